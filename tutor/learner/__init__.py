"""What the learner did, kept on disk. No torch, no Textual."""

from tutor.learner.home import state_dir, tutor_home
from tutor.learner.record import Answer, Progress, Record, open_record

__all__ = ["Answer", "Progress", "Record", "open_record", "state_dir", "tutor_home"]
