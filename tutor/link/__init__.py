"""What the terminal's process and the lab's process say to each other, and the pipe they say it through.

Nothing here imports torch or Textual, so both sides may import all of it.
"""
