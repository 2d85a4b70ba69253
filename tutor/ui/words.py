"""Words laid out as lines: wrapping with a little inline Markdown, and the status line."""

import re
import textwrap

from tutor.figures.base import Line, Span
from tutor.link.messages import Frame

_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|([^`*]+|[`*])")


def wrapped(text: str, width: int, role: str = "text", first: str = "", rest: str = "") -> list[Line]:
    """`text` in lines of at most `width` cells, `first` before the first one and `rest` before the others.

    Blank lines part paragraphs; lines of a fenced block are kept as they are; `code` and **strong** words get
    roles of their own.
    """
    lines: list[Line] = []
    lead = first
    for paragraph, verbatim in _paragraphs(text):
        if verbatim:
            lines += [(((rest + row)[:width], "accent"),) for row in paragraph.split("\n")]
            continue
        if lines and lines[-1] and not paragraph.startswith("- "):
            lines.append(())
        for row in _rows(paragraph, width, lead, rest):
            lines.append(row if role == "text" else _in_role(row, role))
            lead = rest
    return lines


def _paragraphs(text: str) -> list[tuple[str, bool]]:
    """Pieces of `text`, each with whether it is to be kept as it is."""
    pieces: list[tuple[str, bool]] = []
    for index, part in enumerate(re.split(r"^```.*\n?", text.strip(), flags=re.MULTILINE)):
        if index % 2:
            pieces.append((part.rstrip("\n"), True))
            continue
        for paragraph in re.split(r"\n\s*\n|\n(?=- )", part.strip()):
            if paragraph.strip():
                pieces.append((" ".join(paragraph.split()), False))
    return pieces


def _rows(paragraph: str, width: int, first: str, rest: str) -> list[Line]:
    spans = _spans(paragraph)
    plain = "".join(text for text, _ in spans)
    room = max(width, len(rest) + 1, len(first) + 1)
    rows = textwrap.wrap(plain, room, initial_indent=first, subsequent_indent=rest) or [first]
    roles = [role for text, role in spans for _ in text]
    lines: list[Line] = []
    position = 0
    for number, row in enumerate(rows):
        indent = first if number == 0 else rest
        body = row[len(indent) :]
        position = plain.index(body, position) if body else position
        lines.append(((indent, "text"), *_runs(body, roles[position : position + len(body)])))
        position += len(body)
    return lines


def _spans(paragraph: str) -> list[Span]:
    spans: list[Span] = []
    for code, strong, stressed, plain in _INLINE.findall(paragraph):
        spans.append((code or strong or stressed or plain, "accent" if code else "title" if strong else "text"))
    return spans


def _runs(body: str, roles: list[str]) -> list[Span]:
    """Neighbouring characters of one role, joined."""
    runs: list[Span] = []
    for letter, role in zip(body, roles, strict=True):
        if runs and runs[-1][1] == role:
            runs[-1] = (runs[-1][0] + letter, role)
        else:
            runs.append((letter, role))
    return runs


def _in_role(line: Line, role: str) -> Line:
    return tuple((text, role if was == "text" else was) for text, was in line)


def status(frame: Frame, trains: bool, width: int) -> Line:
    """What is going on, as `step 12,345 · loss 2.312 · 6,410 steps/s · seed 42`; the splits' losses where they fit."""
    if not trains:
        return ((f" nothing to train: turn the knobs · seed {frame.seed}", "muted"),)
    loss = "–" if frame.loss is None else f"{frame.loss:.3f}"
    left = f" step {frame.iteration:,} · loss {loss} · {frame.rate:,.0f} steps/s · seed {frame.seed}"
    splits = " · ".join(f"{name} {value:.3f}" for name, value in frame.metrics.items())
    right = "running " if frame.running else "paused "
    middle = f" · {splits}" if splits and len(left) + len(splits) + len(right) + 4 <= width else ""
    gap = " " * max(width - len(left) - len(middle) - len(right), 1)
    return ((left, "text"), (middle, "muted"), (gap, "text"), (right, "accent" if frame.running else "muted"))
