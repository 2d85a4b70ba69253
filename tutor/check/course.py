"""Rules about the course: what a lesson needs is there, in no circle, and no concept falls from the sky."""

from collections.abc import Iterator, Mapping

from tutor.check.draft import Draft
from tutor.check.finding import Finding
from tutor.course.outline import Outline
from tutor.suggest import nearest

Known = Mapping[str, Outline]
"""The lessons that there are, by id."""


def course_findings(draft: Draft, known: Known) -> Iterator[Finding]:
    """All about the lesson's place among the others that are `known`."""
    lesson = draft.lesson
    every = {**known, lesson.id: lesson}
    names = {*every, *(concept for other in every.values() for concept in other.concepts)}
    for need in lesson.needs:
        if need not in names:
            remedy = nearest(need, names).strip() or "Name a lesson, or a concept that one introduces."
            yield draft.at_front(
                "needs", f"it needs '{need}', and no lesson here is or has that.", remedy, warning=True
            )
    if circle := _circle(lesson.id, every):
        what = f"it needs itself: {' needs '.join(circle)}."
        yield draft.at_front("needs", what, "Let a lesson need only what comes before it.")
    yield from _concepts(draft, every)


def needed(name: str, known: Known) -> set[str]:
    """The lessons that the lesson `name` needs, and those that these need, and so on."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = _needs(waiting.pop(), known) - found
        found |= new
        waiting += new
    return found


def _needs(name: str, known: Known) -> set[str]:
    """The lessons that `name` itself needs, by their own ids or by a concept of theirs."""
    wanted = set(known[name].needs)
    return {id for id, other in known.items() if id != name and not wanted.isdisjoint((id, *other.concepts))}


def _circle(start: str, known: Known) -> list[str]:
    """A way from `start` back to it along what lessons need; empty if there is none."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop()
        needs = _needs(way[-1], known)
        if start in needs:
            return [*way, start]
        ways += [[*way, need] for need in needs - seen]
        seen |= needs
    return []


def _concepts(draft: Draft, known: Known) -> Iterator[Finding]:
    lesson = draft.lesson
    taught = set(lesson.concepts).union(*(known[name].concepts for name in needed(lesson.id, known)))
    says = "neither this lesson nor one that it needs introduces the concept '{}'."
    remedy = "Add it to `concepts` in lesson.md, or the lesson that has it to `needs`."
    for question in lesson.questions.values():
        if question.concept not in taught:
            yield draft.at_question(question.id, says.format(question.concept), remedy, "concept")
    for claim in lesson.claims.values():
        if claim.concept not in taught:
            yield draft.at_claim(claim.id, says.format(claim.concept), remedy, "concept")
