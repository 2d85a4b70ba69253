"""What the commands do; `tutor.cli` says how they are called."""
