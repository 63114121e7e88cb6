"""Calls of a chapter on what changed, and on figures that were revised."""

from __future__ import annotations

from collections.abc import Mapping

from planbook.analysis.changes.baseline import Baseline, choose, entered
from planbook.analysis.changes.differences import Changes, compare
from planbook.analysis.changes.snapshot import again, take
from planbook.data.vintages import revisions
from planbook.report.changes import figures, tables
from planbook.report.html.fragments import Shown
from planbook.report.page import Page, Theme
from planbook.report.series import revisions as revised


class ChangeCalls(Theme):
    """What differs from an earlier state of the data.

    `since` is a date or the name of a kept edition; empty for the edition kept last, and
    where there is none, for what `baseline.choose` takes instead.
    """

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._comparisons: dict[str, tuple[Baseline, Changes]] = {}

    def _changes(self, since: str) -> tuple[Baseline, Changes]:
        """Compare the present state with the baseline of `since`, once."""
        if since not in self._comparisons:
            view = self.view
            standings: Mapping = {name: view.standings[name] for name in view.project.plan.targets}
            baseline = choose(view.project, view.until, since)
            old = baseline.edition
            new = take(view.project, view.until, standings=standings)
            found = compare(old, new, lambda: again(view.project, old))
            self._comparisons[since] = baseline, found
        return self._comparisons[since]

    def _cite_changes(self, changes: Changes) -> None:
        for one in changes.figures:
            for row in (one.before, one.after):
                if row is not None and row["source"] in self.view.project.sources:
                    self.page.sources[row["source"]] = None

    def comparison(self, *, since: str = "") -> Shown:
        """Say what the present state is compared with."""
        return figures.comparison(self.view, *self._changes(since))

    def cards(self, *, since: str = "") -> Shown:
        """Show how many figures, verdicts, forecasts and chances differ."""
        return figures.cards(self.view, self._changes(since)[1])

    def summary(self, *, since: str = "") -> Shown:
        """Say how many changes come of the passing of time alone."""
        return figures.summary(self.view, self._changes(since)[1])

    def table_targets(self, *, since: str = "") -> Shown:
        """Show which states became which and why, and every change of a target."""
        shown = tables.verdicts(self.view, self._changes(since)[1])
        return self.page.keep(shown, self.view.say("change_label_targets"))

    def plot_chances(self, *, since: str = "") -> Shown:
        """Draw the chances of reaching targets, then and now."""
        shown = figures.chances(self.view, self._changes(since)[1])
        return self.page.keep(shown, self.view.say("change_card_chances"))

    def table_figures(self, *, since: str = "") -> Shown:
        """Show every figure that is new, revised or withdrawn."""
        changes = self._changes(since)[1]
        self._cite_changes(changes)
        shown = tables.figures(self.view, changes)
        return self.page.keep(shown, self.view.say("change_label_figures"))

    def table_entered(self, *, since: str = "") -> Shown:
        """Show the figures that imports entered since, with file, person and time."""
        names = entered(self.view.project, self._changes(since)[0])
        others = len(self.view.project.imports) > len(names)
        shown = tables.entered(self.view, names, since=others)
        return self.page.keep(shown, self.view.say("change_label_entered"))

    def table_revisions(self) -> Shown:
        """Show every revised figure of the data."""
        view = self.view
        frame = revisions(view.project.observations, view.until)
        for side in ("before_source", "after_source"):
            self.page.cite(frame[side])
        shown = revised.revisions(view, frame, book=True)
        return self.page.keep(shown, view.say("label_revisions"))

    def caveats(self, *, since: str = "") -> Shown:
        """Say how reasons are found, and what limits the comparison."""
        return figures.caveats(self.view, self._changes(since)[1])
