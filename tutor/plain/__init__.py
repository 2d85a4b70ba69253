"""The course as linear text: lines out, words in; for screen readers, terminals that can't draw, and pipes.

It needs neither Textual nor torch: the model runs in a lab process, as it does for the screens.
"""
