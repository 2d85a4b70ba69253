"""`tutor review`."""

from collections.abc import Mapping
from typing import Any

import click

from tutor.commands.app import open_app
from tutor.course.catalog import Catalog
from tutor.course.review import waiting, why_none
from tutor.learner.home import tutor_home
from tutor.learner.record import open_record
from tutor.learner.trust import Trust
from tutor.settings import read_settings


def review(catalog: Catalog, plain: bool, looks: Mapping[str, Any], trust: Trust) -> None:
    """Ask what is due today, in the app or with `plain` as lines of text; where nothing is, say so and be done."""
    settings, _ = read_settings(tutor_home() / "settings.toml")
    record, _ = open_record()
    with record:
        due = bool(waiting(catalog.lessons, record, settings.reviews_a_day))
        if not due:
            click.echo(record.notice or why_none(catalog.lessons, record, settings.reviews_a_day))
    if due:
        open_app(catalog, None, None, 42, plain, looks, trust, review=True)
