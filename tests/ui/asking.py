"""What a test knows of the question on screen."""

from tests.ui.screen import shown, until


def asked(pilot):
    return pilot.app.screen.sitting.asked


def digit(pilot, option):
    """The key that picks the option with this authored index."""
    return str(asked(pilot).order.index(option) + 1)


def answers(pilot):
    return [(answer.question, answer.response, answer.right) for answer in pilot.app.record.answers()]


def row_of(pilot, selector, text):
    """The row of a widget of ours in which `text` stands."""
    return next(row for row, line in enumerate(shown(pilot, selector).split("\n")) if text in line)


async def says(pilot, text):
    """Wait until the question says `text`, however it is wrapped."""
    await until(lambda: text in " ".join(shown(pilot, "#question").split()), pilot)
