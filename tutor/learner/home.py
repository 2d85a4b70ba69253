"""Where tutor keeps what it writes."""

import os
from pathlib import Path

_APP = "nn-tutor"


def tutor_home() -> Path:
    """The folder of the learner's record: `TUTOR_HOME` if that is set, else the platform's own for user data.

    It may not exist yet.
    """
    if chosen := _chosen():
        return chosen
    # Slow to import, and not needed where TUTOR_HOME is set.
    from platformdirs import user_data_path

    return user_data_path(_APP, appauthor=False)


def state_dir() -> Path:
    """The folder of log files: `state` in `TUTOR_HOME` if that is set, else the platform's for user state.

    It may not exist yet.
    """
    if chosen := _chosen():
        return chosen / "state"
    from platformdirs import user_state_path

    return user_state_path(_APP, appauthor=False)


def _chosen() -> Path | None:
    home = os.environ.get("TUTOR_HOME", "").strip()
    return Path(home).expanduser() if home else None
