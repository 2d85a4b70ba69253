import asyncio
import contextlib
import os
import signal
from pathlib import Path

from tests.line import write_lesson
from tests.processes import alive, needs_proc
from tutor.lab.datasets import Sources
from tutor.lab.load import load_experiment
from tutor.lab.runner import Runner
from tutor.link.client import LabProcess
from tutor.link.messages import Frame, Look, Open, Pause, Ready, Run, Step
from tutor.paths import lessons_dir

LONGEST = 60.0
"""Seconds after which a lab that doesn't answer counts as hung."""


@contextlib.asynccontextmanager
async def a_lab(log: Path):
    """A lab, and its next report whenever that is awaited."""
    lab = await LabProcess.start(log)
    reports = lab.reports()
    try:
        yield lab, lambda: asyncio.wait_for(anext(reports), LONGEST)
    finally:
        await lab.close()


async def test_a_lab_trains_the_runners_run_and_pauses(tmp_path):
    async with a_lab(tmp_path / "state" / "lab.log") as (lab, heard):
        lab.send(Open(str(lessons_dir() / "minibatches"), 42))
        assert isinstance(ready := await heard(), Ready)
        assert ready.trains
        first = await heard()
        assert (first.iteration, first.heard, lab.sent) == (0, 1, 1)
        lab.send(Run())
        assert (await heard()).running
        lab.send(Look())
        running = await heard()
        lab.send(Pause())
        paused = await heard()
        assert not paused.running
        assert paused.iteration >= running.iteration > 0
        assert paused.heard == lab.sent == 4
    runner = Runner(load_experiment(lessons_dir() / "minibatches"), Sources(), 42)
    runner.advance(paused.iteration)
    assert paused.loss == runner.loss


async def test_commands_sent_at_once_are_answered_together_and_in_order(tmp_path):
    folder = write_lesson(tmp_path / "line")
    async with a_lab(tmp_path / "lab.log") as (lab, heard):
        lab.send(Open(str(folder), 1), *(Step() for _ in range(20)))
        while (frame := await heard()) and not (isinstance(frame, Frame) and frame.heard == lab.sent):
            pass
        assert frame.iteration == 20


async def test_a_killed_lab_says_how_it_ended_and_ignores_what_it_is_sent(tmp_path):
    async with a_lab(tmp_path / "lab.log") as (lab, heard):
        lab.send(Open(str(write_lesson(tmp_path / "line")), 1))
        assert isinstance(await heard(), Ready)
        os.kill(lab.pid, signal.SIGKILL)
        assert await asyncio.wait_for(lab.ended(), LONGEST) == "killed by signal 9 (SIGKILL)"
        with contextlib.suppress(StopAsyncIteration):
            while await heard():
                pass
        lab.send(Look())
        lab.send(Look(), Look())
        await lab.close()


@needs_proc
async def test_closing_ends_the_process_even_one_that_is_still_starting(tmp_path):
    lab = await LabProcess.start(tmp_path / "lab.log")
    assert alive(lab.pid)
    await lab.close()
    assert not alive(lab.pid)
    assert await lab.ended() == "killed by signal 9 (SIGKILL)"


async def test_files_in_the_working_folder_are_not_taken_for_modules(tmp_path, monkeypatch):
    for name in ("queue", "copy", "torch", "tutor", "msgspec"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)\n")
    monkeypatch.chdir(tmp_path)
    async with a_lab(tmp_path / "lab.log") as (lab, heard):
        lab.send(Open(str(write_lesson(tmp_path / "line")), 1))
        assert isinstance(await heard(), Ready)


async def test_what_a_lesson_prints_goes_to_the_log(tmp_path):
    log = tmp_path / "lab.log"
    async with a_lab(log) as (lab, heard):
        lab.send(Open(str(write_lesson(tmp_path / "line")), 1))
        assert isinstance(await heard(), Ready)
    assert "NumPy" not in log.read_text()


async def test_a_lab_starts_without_a_log(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    async with a_lab(blocked / "lab.log") as (lab, heard):
        lab.send(Open(str(write_lesson(tmp_path / "line")), 1))
        assert isinstance(await heard(), Ready)
