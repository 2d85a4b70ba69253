"""Questions and goals in plain lines."""

from tutor.course.asked import Asked
from tutor.course.attempt import Attempt
from tutor.course.outcome import told, untold
from tutor.course.quiz import Bug, Choice, Draw, Multiple, Numeric, Order, Own
from tutor.learner.sure import SURE
from tutor.link.goals import Gauge, last_step
from tutor.plain.prose import CODE, linear


def question(asked: Asked, place: tuple[int, int], trains: bool) -> list[str]:
    """The question, its options, the hints so far, what came of an answer, and what to type."""
    options = [_option(asked, shown, option) for shown, option in enumerate(asked.order)]
    hints = [line for number in range(asked.hints) for line in hint(asked, number)]
    answered = ["", *outcome(asked)] if asked.verdict is not None else []
    return [
        _heading(asked, place),
        *linear(asked.question.ask),
        *options,
        *hints,
        *answered,
        what_next(asked, place, trains),
    ]


def hint(asked: Asked, number: int) -> list[str]:
    """The hint with that number, counted from 0."""
    return linear(asked.question.hints[number], f"Hint {number + 1}: ")


def outcome(asked: Asked) -> list[str]:
    """What is said after an answer."""
    verdict = asked.verdict
    if verdict is None:
        return []
    if asked.locked or asked.measuring:
        return ["Your prediction is locked in."]
    lines = [told(asked.question, asked.outcome)] if asked.outcome is not None else []
    if asked.trouble:
        lines = [untold(asked.trouble)]
    if verdict.right:
        lines += linear(verdict.message, "Right. ")
    else:
        share = f" ({verdict.score:.0%} of it is right)" if verdict.score else ""
        lines += linear(verdict.message, f"Not so{share}. ")
    return [*lines, "", *linear(asked.question.explain)] if asked.settled else lines


def what_next(asked: Asked, place: tuple[int, int], trains: bool) -> str:
    """What to type now."""
    more = place[0] < place[1]
    if asked.given is not None:
        sure = ", ".join(f"{number} to {word}" for number, word in enumerate(SURE, start=1))
        return f"How sure are you? Type {sure}: that locks it. Or change, to choose anew."
    if asked.locked:
        if more:
            return "Press enter for the next prediction."
        if asked.runless:
            return "Type show to see what came of it; or next, for the next page."
        start = "Type run to start the run" if trains else "Set a knob, with KNOB=VALUE"
        return f"{start}; or show, to see what came of it; or next, for the next page."
    if asked.settled:
        return "Press enter for the next question." if more else "Type next for the next page."
    if isinstance(asked.question, Own):
        return "Press enter to be asked about your run as it stands. Or type skip."
    skipped = "Skipped; you can still answer it. " if asked.skipped else ""
    return f"{skipped}{_how(asked)} Or type hint, or skip."


def _how(asked: Asked) -> str:
    match asked.question:
        case Numeric(unit=unit):
            return f"Type your answer, a number{f' in {unit}' if unit else ''}."
        case Multiple():
            return "Type the numbers of all that are right, such as 1 3."
        case Order():
            return "Type the numbers in order, such as 2 1 3."
        case Bug():
            return "Type the number of the faulty line."
        case Draw(live=live, low=low, high=high) if live is not None:
            steps = ", ".join(f"{step:,}" for step in live.at)
            return f"Type {len(live.at)} numbers, from {low:g} to {high:g}: {live.metric} at steps {steps}."
        case _:
            return "Type the number of your answer."


def _heading(asked: Asked, place: tuple[int, int]) -> str:
    kind = "Prediction" if asked.question.predict else "Question"
    return f"{kind}:" if place[1] == 1 else f"{kind} {place[0]} of {place[1]}:"


def _option(asked: Asked, shown: int, option: int) -> str:
    question = asked.question
    if isinstance(question, Bug):
        text = f"{CODE}{shown + 1:>2}  {question.lines[option]}"
    elif isinstance(question, Choice | Multiple):
        text = " ".join(linear(question.options[option].text, f"{shown + 1}. "))
        points = question.options[option].points
        if points:
            stop = "" if text.endswith((".", "?", "!")) else "."
            text += f"{stop} Its curve: {', '.join(f'{value:g}' for value in points)}."
    else:
        text = f"{shown + 1}. {question.items[option]}" if isinstance(question, Order) else ""
    note = _note(asked, option)
    return f"{text} ({note})" if note else text


def _note(asked: Asked, option: int) -> str:
    """What is to be said of an option of a question that has been answered."""
    question, response = asked.question, asked.response
    if isinstance(question, Order) or response is None:
        return ""
    given = response == (option + 1 if isinstance(question, Bug) else option)
    if isinstance(response, frozenset):
        given = option in response
    right = isinstance(question, Choice | Multiple) and question.options[option].right
    if not asked.revealed:
        return "your answer" if given else ""
    if given:
        return f"your answer, {'right' if right or asked.right else 'wrong'}"
    return "right" if right and asked.settled else ""


def goal(attempt: Attempt, trains: bool) -> list[str]:
    """The goal, how things stand with each condition, the hints asked for, and what to type."""
    best = f", best {attempt.best}" if attempt.best is not None else ""
    lines = [f"Goal ({_moves(attempt.moves)} so far{best}):", *map(_condition, attempt.gauges)]
    if attempt.reached:
        lines.append(reached(attempt, trains))
    return [*lines, *hints(attempt), *_for_the_goal(attempt, trains)]


def reached(attempt: Attempt, trains: bool) -> str:
    """What came of a try that reached its goal."""
    where = f" at step {attempt.iteration:,}" if trains else ""
    return f"Goal reached{where}. You: {_moves(attempt.moves)}; ours: {attempt.ours}."


def hints(attempt: Attempt) -> list[str]:
    """The hints asked for so far."""
    return [f"Hint {number}: {told}" for number, told in enumerate(attempt.hints, start=1)]


def _condition(gauge: Gauge) -> str:
    if gauge.value is None:
        return f"- {gauge.condition.says}: not known yet"
    return f"- {gauge.condition.says}: {gauge.condition.show(gauge.value)}, {'holds' if gauge.holds else 'not yet'}"


def _for_the_goal(attempt: Attempt, trains: bool) -> list[str]:
    hint = "hint" if attempt.more_hints else ""
    if attempt.reached:
        words = ["own to try with fewer" if attempt.moves > attempt.ours else "", hint and "hint for ours", "next"]
    else:
        spent = trains and attempt.iteration >= last_step(attempt.goal)
        words = ["restart" if spent else "", "own to reset" if attempt.moves else "", hint]
    told = "; or ".join(filter(None, words))
    return [f"Type {told}."] if told else []


def _moves(count: int) -> str:
    return "1 move" if count == 1 else f"{count} moves"
