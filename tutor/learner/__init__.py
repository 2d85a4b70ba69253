"""What the learner did, kept on disk. No torch, no Textual."""
