"""The terminal app. It never imports torch: what it knows of a model comes through the pipe as plain data."""
