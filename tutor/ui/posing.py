"""A lab that is started for one question, and ends with it."""

import asyncio

from tutor.course import posing
from tutor.link.client import LabProcess
from tutor.link.messages import Command
from tutor.link.trials import Posed


async def made(lab: LabProcess, commands: tuple[Command, ...]) -> Posed:
    """Have `lab` make the question that `commands` ask for; without options if it can't, or is too slow."""
    try:
        async with asyncio.timeout(posing.PATIENCE):
            lab.send(*commands)
            async for report in lab.reports():
                if (posed := posing.heard(report)) is not None:
                    return posed
            return posing.stopped(await lab.ended())
    except TimeoutError:
        return posing.unmade(posing.SLOW)
    finally:
        await lab.close()
