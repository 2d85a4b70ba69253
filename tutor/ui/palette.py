"""The command palette's contents: all that the screen below it offers, and the themes."""

from collections.abc import Iterator
from functools import partial
from typing import cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tutor.ui.app import TutorApp
from tutor.ui.screens.base import Offer, TutorScreen


class Offers(Provider):
    """Finds what a screen offers by its words."""

    async def discover(self) -> Hits:
        """Everything, in the screen's own order."""
        for offer in self._offers():
            yield DiscoveryHit(_line(Content(offer.says), offer.key), offer.do, offer.says)

    async def search(self, query: str) -> Hits:
        """What matches `query`, letters in order but not always next to each other."""
        matcher = self.matcher(query)
        for offer in self._offers():
            score = matcher.match(offer.says)
            if score > 0:
                yield Hit(score, _line(matcher.highlight(offer.says), offer.key), offer.do, offer.says)

    def _offers(self) -> Iterator[Offer]:
        if isinstance(self.screen, TutorScreen):
            yield from self.screen.offers()
        if not self.app.no_color:
            for name in self.app.available_themes:
                yield Offer(f"theme: {name}", partial(cast(TutorApp, self.app).choose_theme, name))


def _line(says: Content, key: str) -> Content:
    return Content.assemble(says, (f"  {key}", "not bold")) if key else says
