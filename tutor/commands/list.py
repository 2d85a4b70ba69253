"""`tutor list`."""

import click
import msgspec

from tutor.course.catalog import Catalog


def show_lessons(catalog: Catalog, as_json: bool) -> None:
    """Print every lesson, in the course's order; broken ones go to stderr with what is wrong."""
    if as_json:
        rows = [
            {
                "id": lesson.id,
                "title": lesson.title,
                "order": lesson.order,
                "concepts": lesson.concepts,
                "minutes": lesson.minutes,
                "needs": lesson.needs,
                "questions": len(lesson.questions),
                "claims": lesson.claims,
            }
            for lesson in catalog.lessons
        ]
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
    else:
        width = max((len(lesson.id) for lesson in catalog.lessons), default=0)
        for lesson in catalog.lessons:
            click.echo(f"{lesson.order:>2}  {lesson.id:<{width}}  {lesson.title} ({lesson.minutes} min)")
    for broken in catalog.broken:
        click.echo(f"tutor: {broken.id} can't be opened. {broken.error}", err=True)
