"""A lab that is started for one question, and ends with it; the learner waits."""

import time
from collections.abc import Callable

from tutor.course import posing
from tutor.link.messages import Command
from tutor.link.trials import Posed
from tutor.plain.lab import Lab, LabError


def made(start: Callable[[], Lab], commands: tuple[Command, ...]) -> Posed:
    """Have a lab make the question that `commands` ask for; without options if it can't, is too slow, or at Ctrl-C."""
    lab, end = start(), time.monotonic() + posing.PATIENCE
    try:
        lab.send(*commands)
        while (left := end - time.monotonic()) > 0:
            if (posed := posing.heard(lab.hear(left))) is not None:
                return posed
        return posing.unmade(posing.SLOW)
    except LabError as error:
        return posing.stopped(str(error))
    except KeyboardInterrupt:
        return posing.unmade("you stopped it.")
    finally:
        lab.close()
