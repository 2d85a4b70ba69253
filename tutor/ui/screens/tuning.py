"""A screen with a live run and its knobs: turning them, presets, forks."""

from collections.abc import Iterator
from functools import partial
from typing import Literal

from textual import on

from tutor.course.lesson import Lesson
from tutor.errors import TutorError
from tutor.link.knobs import Knob, Value, find
from tutor.link.messages import Fork, Keep, Restart, Turn
from tutor.ui.screens.base import Offer
from tutor.ui.screens.run import RunScreen
from tutor.ui.widgets.knob_panel import KnobPanel
from tutor.ui.widgets.page import Page
from tutor.ui.widgets.prompt import Prompt


class TuningScreen(RunScreen):
    """What the learner sets on the run; a subclass lays out a `Page` too, which counts the moves to a goal."""

    def __init__(self, lesson: Lesson) -> None:
        super().__init__(lesson)
        self._preset = -1

    def offers(self) -> Iterator[Offer]:
        """The presets and the knobs too."""
        yield from super().offers()
        ready = self.session.ready
        for place, preset in enumerate(ready.presets if ready is not None else ()):
            yield Offer(f"preset {preset.name}: {preset.says}", partial(self._choose_preset, place))
        for knob in ready.knobs if ready is not None else ():
            yield Offer(f"knob {knob.name}: {knob.help or 'type a value'}", partial(self._ask_value, knob))

    @on(KnobPanel.Turned)
    def _turned(self, event: KnobPanel.Turned) -> None:
        self._notify("")
        self._moved(event.knob.name, event.before, event.value)
        self.session.send(Turn({event.knob.name: event.value}))

    @on(KnobPanel.Asked)
    def _type_value(self, event: KnobPanel.Asked) -> None:
        self._ask_value(event.knob)

    def _ask_value(self, knob: Knob) -> None:
        panel = self.query_one(KnobPanel)

        def done(text: str) -> None:
            panel.focus()
            try:
                value = knob.parse(text)
            except TutorError as error:
                self._notify(str(error), "bad")
                return
            self.set_knob(knob, value)

        self.query_one(Prompt).ask(f"{knob.name} =", knob.show(panel.values[knob.name]), done)

    def set_knob(self, knob: Knob, value: Value) -> None:
        """Set a knob, as if it had been turned."""
        panel = self.query_one(KnobPanel)
        self._moved(knob.name, panel.values[knob.name], value)
        panel.set_values({knob.name: value})
        self._notify("")
        self.session.send(Turn({knob.name: value}))

    def action_next_preset(self) -> None:
        """The preset after the one last chosen."""
        ready = self.session.ready
        if ready is None or not ready.presets:
            self._notify("This lesson has no presets.", "muted")
            return
        self._choose_preset((self._preset + 1) % len(ready.presets))

    def _choose_preset(self, place: int) -> None:
        ready = self.session.ready
        if ready is None:
            return
        self._preset, preset = place, ready.presets[place]
        values: dict[str, Value] = {knob.name: knob.value for knob in ready.knobs} | preset.values
        self._moved("preset", self.query_one(KnobPanel).values, values)
        self.session.send(Turn(values), Restart(self._seed))
        self._notify(f"{preset.name}: {preset.says}", "accent")

    def action_fork(self) -> None:
        """Ask in which knob the fork is to differ."""
        panel = self.query_one(KnobPanel)
        if self.session.frame is None or not self._can_train() or not panel.knobs:
            return

        def done(text: str) -> None:
            name, _, value = text.partition("=")
            try:
                changes = {name.strip(): find(panel.knobs, name.strip()).parse(value)}
            except TutorError as error:
                self._notify(str(error), "bad")
                return
            self.session.send(Fork(changes))

        knob = panel.chosen
        other = knob.show(knob.turn(panel.values[knob.name], 1))
        self.query_one(Prompt).ask("let B differ in", f"{knob.name}={other}", done, selected=False)

    def action_keep(self, run: Literal["a", "b"]) -> None:
        """End the fork."""
        if run == "b" and self.session.frame is not None and self.session.frame.fork:
            self._moved("fork", False, True)
        self.session.send(Keep(run))

    def _moved(self, what: str, before: object, after: object) -> None:
        """The learner has set `what`, a knob or the presets."""
        self.sitting.attempts.moved(what, before, after)
        self.query_one(Page).show_goal()
