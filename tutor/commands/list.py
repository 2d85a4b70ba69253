"""`tutor list`."""

import click
import msgspec

from tutor.course.catalog import Catalog


def show_lessons(catalog: Catalog, as_json: bool, plain: bool = False) -> None:
    """Print every lesson, in the course's order; broken ones go to stderr with what is wrong.

    `plain` has no columns, and says what is done.
    """
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
                "claims": len(lesson.claims),
            }
            for lesson in catalog.lessons
        ]
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
    elif plain:
        _say_lessons(catalog)
    else:
        width = max((len(lesson.id) for lesson in catalog.lessons), default=0)
        for lesson in catalog.lessons:
            click.echo(f"{lesson.order:>2}  {lesson.id:<{width}}  {lesson.title} ({lesson.minutes} min)")
    for broken in catalog.broken:
        click.echo(f"tutor: {broken.id} can't be opened. {broken.error}", err=True)


def _say_lessons(catalog: Catalog) -> None:
    from tutor.learner.record import open_record
    from tutor.plain.conversation import listed
    from tutor.plain.voice import Voice

    record, _ = open_record()
    with record:
        Voice.of_this_process().say(*listed(catalog, record))
