"""Calls of a chapter on what changed, and on figures that were revised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from planbook.analysis.changes.baseline import Baseline, choose, entered
from planbook.analysis.changes.differences import Changes, compare
from planbook.analysis.changes.snapshot import again, take
from planbook.data.series import behind
from planbook.data.vintages import revisions
from planbook.report.changes import figures as figures_changes
from planbook.report.changes import tables as tables_changes
from planbook.report.html.fragments import Shown
from planbook.report.view import View


class ChangeCalls:
    """Part of `planbook.chapter.Chapter`; not to be used by itself.

    `since` is a date or the name of a kept edition; empty for the edition kept last, and
    where there is none, for what `baseline.choose` takes instead.
    """

    view: View
    _sources: dict[str, None]
    _pairs_shown: dict[tuple[str, str], None]

    def _keep(
        self, shown: Shown, name: str, pairs: Sequence[tuple[str, str]] = ()
    ) -> Shown:  # pragma: no cover
        raise NotImplementedError

    @cached_property
    def _comparisons(self) -> dict[str, tuple[Baseline, Changes]]:
        return {}

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
                    self._sources[row["source"]] = None

    def comparison(self, *, since: str = "") -> Shown:
        """Say what the present state is compared with."""
        return figures_changes.comparison(self.view, *self._changes(since))

    def cards_changes(self, *, since: str = "") -> Shown:
        """Show how many figures, verdicts, forecasts and chances differ."""
        return figures_changes.cards(self.view, self._changes(since)[1])

    def summary_changes(self, *, since: str = "") -> Shown:
        """Say how many changes come of the passing of time alone."""
        return figures_changes.summary(self.view, self._changes(since)[1])

    def table_changed_targets(self, *, since: str = "") -> Shown:
        """Show which states became which and why, and every change of a target."""
        shown = tables_changes.verdicts(self.view, self._changes(since)[1])
        return self._keep(shown, self.view.say("change_label_targets"))

    def plot_changed_chances(self, *, since: str = "") -> Shown:
        """Draw the chances of reaching targets, then and now."""
        shown = figures_changes.chances(self.view, self._changes(since)[1])
        return self._keep(shown, self.view.say("change_card_chances"))

    def table_changed_figures(self, *, since: str = "") -> Shown:
        """Show every figure that is new, revised or withdrawn."""
        changes = self._changes(since)[1]
        self._cite_changes(changes)
        shown = tables_changes.figures(self.view, changes)
        return self._keep(shown, self.view.say("change_label_figures"))

    def table_entered(self, *, since: str = "") -> Shown:
        """Show the figures that imports entered since, with file, person and time."""
        names = entered(self.view.project, self._changes(since)[0])
        others = len(self.view.project.imports) > len(names)
        shown = tables_changes.entered(self.view, names, since=others)
        return self._keep(shown, self.view.say("change_label_entered"))

    def table_all_revisions(self) -> Shown:
        """Show every revised figure of the data."""
        view = self.view
        frame = revisions(view.project.observations, view.until)
        for side in ("before_source", "after_source"):
            self._sources.update(dict.fromkeys(frame[side]))
        shown = tables_changes.revisions(view, frame, book=True)
        return self._keep(shown, view.say("label_revisions"))

    def caveats_changes(self, *, since: str = "") -> Shown:
        """Say how reasons are found, and what limits the comparison."""
        return figures_changes.caveats(self.view, self._changes(since)[1])

    def _revisions(self) -> Shown:
        """Show which of the figures on the page were revised, or that none is known to be."""
        view, catalog = self.view, self.view.project.catalog
        pairs = [
            (name, entity)
            for indicator, entity in self._pairs_shown
            for name in behind(catalog, indicator)
        ]
        frame = revisions(view.project.vintages(pairs), view.until)
        return tables_changes.revisions(view, frame)
