"""Calls of a chapter that set the city beside others."""

from __future__ import annotations

from collections.abc import Sequence

from planbook.report.html.fragments import Shown
from planbook.report.peers import figures as figures_peers
from planbook.report.view import View


class PeerCalls:
    """Part of `planbook.chapter.Chapter`; not to be used by itself."""

    view: View
    _sources: dict[str, None]

    def _keep(
        self, shown: Shown, name: str, pairs: Sequence[tuple[str, str]] = ()
    ) -> Shown:  # pragma: no cover
        raise NotImplementedError

    def plot_peers(self) -> Shown:
        """Draw the cities of the province beside each other, and the city's place among all."""
        peers = self.view.project.peers
        if peers is None:
            return figures_peers.none(self.view)
        self._sources.update(dict.fromkeys(peers.sources))
        return self._keep(figures_peers.beside(self.view, peers), self.view.say("label_peers"))

    def table_peers(self) -> Shown:
        """Show the cities of the province in a table, with their ranks among all."""
        peers = self.view.project.peers
        if peers is None:
            return Shown("", "")  # the figure has said so
        self._sources.update(dict.fromkeys(peers.sources))
        return figures_peers.listing(self.view, peers)
