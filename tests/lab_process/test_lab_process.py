"""The lab as a process of its own, driven through its bare pipe."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.line import LAB, write_lesson
from tests.processes import alive, needs_proc, wait_until
from tutor.link.framing import HEADER, length, pack, report
from tutor.link.messages import Frame, Look, Open, Ready, Run

CHATTY = LAB.replace(
    "        x = torch.randn",
    """\
        print("from Python", flush=True)
        os.write(1, b"from the file descriptor\\n")
        subprocess.run([sys.executable, "-S", "-c", "print('from a child')"])
        x = torch.randn""",
).replace("import torch\n", "import os\nimport subprocess\nimport sys\n\nimport torch\n", 1)

PARENT = """
import asyncio, sys
from pathlib import Path
from tutor.link.client import LabProcess
from tutor.link.messages import Frame, Open, Run

async def main():
    lab = await LabProcess.start(Path(sys.argv[1]))
    print(lab.pid, flush=True)
    if len(sys.argv) > 2:
        lab.send(Open(sys.argv[2], 42), Run())
        async for report in lab.reports():
            if isinstance(report, Frame):
                break
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def lab() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor.lab_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        yield process
        process.kill()


def send(lab, *commands):
    lab.stdin.write(b"".join(map(pack, commands)))
    lab.stdin.flush()


def heard(lab):
    return report(lab.stdout.read(length(lab.stdout.read(HEADER))))


def test_the_end_of_stdin_is_its_end_while_it_starts(lab):
    lab.stdin.close()
    assert lab.wait(timeout=30) == 0
    assert lab.stdout.read() == b""


def test_the_end_of_stdin_is_its_end_while_it_trains(lab, tmp_path):
    send(lab, Open(str(write_lesson(tmp_path / "line")), 1), Run())
    assert isinstance(heard(lab), Ready)
    assert isinstance(heard(lab), Frame)
    lab.stdin.close()
    assert lab.wait(timeout=30) == 0


def test_half_a_message_at_the_end_is_no_message(lab):
    lab.stdin.write(pack(Look())[:-1])
    lab.stdin.close()
    assert lab.wait(timeout=30) == 0


def test_a_reader_that_goes_away_ends_it_quietly(lab, tmp_path):
    send(lab, Open(str(write_lesson(tmp_path / "line")), 1))
    assert isinstance(heard(lab), Ready)
    lab.stdout.close()
    send(lab, Look(), Look())
    assert lab.wait(timeout=30) == 0
    assert b"Traceback" not in lab.stderr.read()


def test_a_lesson_that_prints_does_not_disturb_the_pipe(lab, tmp_path):
    send(lab, Open(str(write_lesson(tmp_path / "line", CHATTY)), 1), Run())
    assert isinstance(heard(lab), Ready)
    frame = heard(lab)
    while frame.iteration < 3:
        send(lab, Look())
        frame = heard(lab)
        assert isinstance(frame, Frame)
    lab.stdin.close()
    printed = lab.stderr.read()
    for line in (b"a line from the lesson", b"from Python", b"from the file descriptor", b"from a child"):
        assert line in printed


@needs_proc
@pytest.mark.parametrize("training", [False, True])
def test_it_goes_when_its_parent_is_killed(tmp_path: Path, training: bool):
    folder = [str(write_lesson(tmp_path / "line"))] if training else []
    command = [sys.executable, "-c", PARENT, str(tmp_path / "lab.log"), *folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        assert parent.stdout.readline() == "ready\n"
        assert alive(pid)
        os.kill(parent.pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid), 5)


def test_a_fault_of_our_own_is_told_and_ends_it_without_a_core():
    code = """
import tutor.lab.server
from tutor.lab_process import main

def serve(self):
    raise RuntimeError("our own fault")

tutor.lab.server.Lab.serve = serve
main()
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.wait(timeout=30) == 1
        assert b"RuntimeError: our own fault" in process.stderr.read()
