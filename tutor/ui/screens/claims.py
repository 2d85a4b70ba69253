"""The claims of a page, checked: what is said, what comes out here and now, and what to think of it."""

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region

from tutor.course.claims import Claim
from tutor.link.client import LabProcess
from tutor.link.messages import Check, Checked, Report, Trouble
from tutor.ui.keys import CLAIMS, bindings
from tutor.ui.screens.overlay import RunOverlay
from tutor.ui.widgets.claim_list import ClaimList, State
from tutor.ui.widgets.key_bar import KeyBar
from tutor.ui.widgets.lines import Lines

if TYPE_CHECKING:
    from tutor.ui.screens.tuning import TuningScreen


class ClaimsScreen(RunOverlay):
    """Lists claims, and runs their checks in a lab of its own: the run below goes on, and a long check can be left."""

    ACTIONS = CLAIMS
    BINDINGS = bindings(CLAIMS)
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    ClaimsScreen #top { height: 1; background: $surface; }
    ClaimsScreen #scroll { height: 1fr; padding: 1 1 0 1; }
    ClaimsScreen #progress { height: 1; background: $surface; }
    """

    def __init__(self, run: "TuningScreen", page: tuple[Claim, ...], lesson: tuple[Claim, ...]) -> None:
        """List those of the `page`, or of the whole `lesson` if the page has none."""
        super().__init__(run)
        self._page = page
        self._lesson = lesson
        self._whole = not page
        self._chosen = 0
        self._states: dict[str, State] = {}
        self._awaited: list[str] = []
        """The claims that are to be checked yet, in order."""
        self._wrong = ""
        self._lab: LabProcess | None = None

    def parts(self) -> ComposeResult:
        """A title; the claims; how far the checks are; the keys."""
        yield Lines(id="top")
        with VerticalScroll(id="scroll", can_focus=False):
            yield ClaimList(id="claims")
        yield Lines(id="progress")
        yield KeyBar(CLAIMS)

    def on_mount(self) -> None:
        """Show them, unchecked."""
        self._show()

    @on(events.Unmount)
    async def _end_checks(self) -> None:
        """The checks end with their screen."""
        lab, self._lab = self._lab, None
        if lab is not None:
            await lab.close()

    def on_resize(self) -> None:
        """Keep the bar in view."""
        self.call_after_refresh(self._follow_bar)

    @property
    def _claims(self) -> tuple[Claim, ...]:
        return self._lesson if self._whole else self._page

    def _show(self) -> None:
        claims = self._claims
        what = "lesson" if self._whole else "page"
        told = f" Claims of this {what}, {self._chosen + 1} of {len(claims)}"
        self.query_one("#top", Lines).show([((told, "title"),)])
        self.query_one(ClaimList).list_claims(claims, self._states, self._chosen)
        self.query_one("#progress", Lines).show([self._told()])
        self.call_after_refresh(self._follow_bar)

    def _told(self) -> tuple[tuple[str, str], ...]:
        """How far the checks are, in a line."""
        if self._wrong:
            return ((f" {self._wrong}", "bad"),)
        done = [state for state in self._states.values() if isinstance(state, Checked)]
        if not self._states:
            return ((" Judge it first. Then enter checks the claim at the bar.", "muted"),)
        same = sum(state.agrees for state in done)
        left = f" · {len(self._awaited)} to go" if self._awaited else ""
        return ((f" {len(done)} checked, {same} as recorded{left}", "text"),)

    def _follow_bar(self) -> None:
        listed = self.query_one(ClaimList)
        top, rows = listed.rows_of(self._chosen)
        view = self.query_one("#scroll", VerticalScroll)
        view.scroll_to_region(Region(0, top, listed.size.width, min(rows, view.size.height)), animate=False)

    def action_choose(self, by: int) -> None:
        """Move the bar."""
        self._chosen = min(max(self._chosen + by, 0), len(self._claims) - 1)
        self._show()

    @on(ClaimList.Picked)
    def _picked(self, event: ClaimList.Picked) -> None:
        self._chosen = event.place
        self._show()

    def action_widen(self) -> None:
        """From the page's claims to all of the lesson's, and back."""
        if self._page:
            chosen = self._claims[self._chosen]
            self._whole = not self._whole
            self._chosen = self._claims.index(chosen) if chosen in self._claims else 0
            self._show()

    def action_check(self) -> None:
        """Check the claim at the bar."""
        self._check(self._claims[self._chosen])

    def action_check_all(self) -> None:
        """Check all that are listed and aren't yet."""
        self._check(*(claim for claim in self._claims if not isinstance(self._states.get(claim.id), Checked)))

    def _check(self, *claims: Claim) -> None:
        new = [claim.id for claim in claims if claim.id not in self._awaited]
        if not new:
            return
        idle, self._wrong = not self._awaited, ""
        self._awaited += new
        self._note_order()
        self._show()
        if self._lab is not None:
            self._lab.send(self._command(new))
        elif idle:
            self.run_worker(self._serve(), group="checks", exclusive=True)

    def _command(self, ids: list[str]) -> Check:
        return Check(str(self.run.lesson.path), tuple(ids))

    def _note_order(self) -> None:
        for place, name in enumerate(self._awaited):
            self._states[name] = "waiting" if place else "checking"

    async def _serve(self) -> None:
        """Start a lab, send what is asked for so far, and follow what it says until it ends."""
        self._lab = lab = await self.tutor.a_lab()
        lab.send(self._command(self._awaited))
        async for report in lab.reports():
            self._hear_checks(report)
        how = await lab.ended()
        if self._lab is lab:
            self._lab = None
            self._give_up(f"The checks stopped ({how}).")

    def _hear_checks(self, report: Report) -> None:
        match report:
            case Checked():
                self._states[report.id] = report
                self._awaited = [name for name in self._awaited if name != report.id]
                self._note_order()
                self._show()
            case Trouble():
                self._give_up(f"{report.where}: {report.what}" if report.where else report.what)
            case _:
                pass

    def _give_up(self, trouble: str) -> None:
        """Nothing more will come: say why, and leave what wasn't checked as it was."""
        if self._awaited or trouble:
            self._wrong = trouble
        for name in self._awaited:
            self._states.pop(name, None)
        self._awaited = []
        self._show()
