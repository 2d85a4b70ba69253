"""What a test reads from drawn lines."""


def plain(lines):
    """The lines as strings."""
    return ["".join(text for text, _ in line) for line in lines]


def roles(line):
    """The role of each cell of one line."""
    return [role for text, role in line for _ in text]


def find(lines, word):
    """The (column, row) where `word` is written first."""
    return next((line.index(word), row) for row, line in enumerate(plain(lines)) if word in line)


def text(figure, width, height):
    """A figure drawn at a size, as one string."""
    return "\n".join(plain(figure.draw(width, height)))
