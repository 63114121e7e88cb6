"""Calls of a chapter that set the city beside others."""

from __future__ import annotations

from planbook.report.html.fragments import Shown
from planbook.report.page import Theme
from planbook.report.peers import figures


class PeerCalls(Theme):
    """The city beside others."""

    def plot(self) -> Shown:
        """Draw the cities of the province beside each other, and the city's place among all."""
        peers = self.view.project.peers
        if peers is None:
            return figures.none(self.view)
        self.page.cite(peers.sources)
        return self.page.keep(figures.beside(self.view, peers), self.view.say("label_peers"))

    def table(self) -> Shown:
        """Show the cities of the province in a table, with their ranks among all."""
        peers = self.view.project.peers
        if peers is None:
            return Shown("", "")  # the figure has said so
        self.page.cite(peers.sources)
        return figures.listing(self.view, peers)
