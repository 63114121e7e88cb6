"""Calls that show how sure the verdicts of a chapter are."""

from __future__ import annotations

from planbook.report.html.fragments import Shown
from planbook.report.page import Theme
from planbook.report.targets import certainty


class CertaintyCalls(Theme):
    """Other methods and other years beside the chapter's verdicts."""

    def table_methods(self) -> Shown:
        """Show what the published methods say of the chapter's targets, and why they differ."""
        shown = certainty.methods(self.view, self.page.targets)
        return self.page.keep(shown, self.view.say("label_methods"))

    def table_stability(self) -> Shown:
        """Show why each state holds, what it was in earlier years and what would change it."""
        shown = certainty.stability(self.view, self.page.targets)
        return self.page.keep(shown, self.view.say("label_stability"))
