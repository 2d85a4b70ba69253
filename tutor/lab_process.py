"""The lab as a process: commands come in on stdin, reports go out on stdout, and the end of stdin is the end.

It lies outside `tutor.lab`, whose import takes torch and a second: here a listener is up first, so that even a lab
that is still starting ends with the terminal that started it.
"""

import os
import queue
import sys
import threading
import traceback
import warnings
from typing import BinaryIO

from tutor.link.framing import HEADER, command, length, pack
from tutor.link.messages import Command, Report


def main() -> None:
    """Serve until the terminal's end of the pipe closes, however that happens."""
    # A lesson that prints must not write into the pipe: what it prints goes to the log instead.
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, inbox), daemon=True).start()

    # torch says this once if there is no NumPy, which the program doesn't need.
    warnings.filterwarnings("ignore", "Failed to initialize NumPy", UserWarning)
    import torch

    from tutor.lab.server import Lab

    torch.set_num_threads(1)

    def send(report: Report) -> None:
        message = memoryview(pack(report))
        while message:
            message = message[out.write(message) :]

    try:
        Lab(inbox, send).serve()
    except BrokenPipeError:
        os._exit(0)
    except BaseException:
        # Not by raising: Python would wait for the listener's hold on stdin, and abort.
        traceback.print_exc()
        os._exit(1)


def _listen(stdin: BinaryIO, inbox: "queue.SimpleQueue[Command]") -> None:
    """Put each command into the inbox; at the end of the stream leave at once, whatever the main thread is doing."""
    while len(header := stdin.read(HEADER)) == HEADER:
        body = stdin.read(length(header))
        if len(body) < length(header):
            break
        inbox.put(command(body))
    os._exit(0)


if __name__ == "__main__":
    main()
