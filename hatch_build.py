"""The build's one special step: lessons and data go into the wheel, inside the package."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundledFolders(BuildHookInterface):  # type: ignore[type-arg]
    """Ships `lessons` as `tutor/_lessons` and `data` as `tutor/_data`.

    An editable install gets neither: it reads the checkout's own folders, and a `tutor` folder in
    site-packages would be found before the checkout's package.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders to a wheel of kind `version` ("standard" or "editable")."""
        if version == "standard":
            build_data["force_include"].update({"lessons": "tutor/_lessons", "data": "tutor/_data"})
