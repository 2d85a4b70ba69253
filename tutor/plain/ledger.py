"""The surprise ledger in plain lines."""

from tutor.course.ledger import SAID, Ledger
from tutor.plain.prose import linear


def told(book: Ledger) -> list[str]:
    """How sure against how right, and an item for each surprise."""
    lines = [book.verdict]
    for level in book.levels if book.predictions else ():
        share = f", {level.right} right ({100 * level.share:.0f} %)" if level.share is not None else ""
        lines.append(f"- {SAID[level.sure]}: {level.answers}{share}")
    if book.entries:
        lines += ["", "Sure and wrong:"]
    for entry in book.entries:
        lines.append(f"- {entry.item.name}, {entry.when}: {' '.join(linear(entry.asks))}")
    return lines
