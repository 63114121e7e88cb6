"""Calls of a chapter that weigh evidence: amounts, levels, coverage, joint movement, inventory."""

from __future__ import annotations

from collections.abc import Sequence

from planbook.data.plan import Section, Target
from planbook.report.evidence import figures as figures_evidence
from planbook.report.evidence import tables as tables_evidence
from planbook.report.figure import missing
from planbook.report.html.fragments import Shown, fragment
from planbook.report.targets import tables
from planbook.report.view import View


class EvidenceCalls:
    """Part of `planbook.chapter.Chapter`; not to be used by itself."""

    view: View
    sections: list[Section]
    targets: list[Target]
    _sources: dict[str, None]

    def _keep(
        self, shown: Shown, name: str, pairs: Sequence[tuple[str, str]] = ()
    ) -> Shown:  # pragma: no cover
        raise NotImplementedError

    def _pairs(
        self, names: Sequence[str | tuple[str, str]]
    ) -> list[tuple[str, str]]:  # pragma: no cover
        raise NotImplementedError

    # ---- what the sections ask, and what answers it ----

    def table_sections(self) -> Shown:
        """Answer each of the chapter's sections: what is published, what is missing, at whom."""
        named = [
            name
            for section in self.sections
            for name in tables_evidence.section_indicators(self.view, section)
        ]
        shown = tables_evidence.sections(self.view, self.sections)
        return self._keep(shown, self.view.say("label_sections"), self._pairs(named))

    def missing_figures(self, *names: str) -> Shown:
        """Say which figures of the city are missing, and who would hold them.

        Parameters
        ----------
        *names : str
            Indicators in addition to those of the chapter's targets and measures;
            what has a figure of the city is passed over.
        """
        standings = self.view.standings
        absent = [
            one.indicator for one in self.targets if standings[one.target_id].latest_value is None
        ]
        named = [
            name
            for section in self.sections
            for name in tables_evidence.section_indicators(self.view, section)
        ]
        absent += [name for name in (*named, *names) if not len(self.view.series(name))]
        if not absent:
            line = self.view.say("missing_none")
            return Shown(fragment("sentences.html", lines=[line]), line)
        return missing(self.view, list(dict.fromkeys(absent)))

    # ---- figures ----

    def plot_amounts(self, *, title: str) -> Shown:
        """Draw the amounts that the chapter's targets set, and what is published of each."""
        shown = figures_evidence.amounts(self.view, self.targets, title=self.view.say(title))
        pairs = [(one.indicator, self.view.city) for one in self.targets]
        for target in self.targets:
            pairs += [pair for pair in self.view.nearest(target) if pair[1] == self.view.city]
        return self._keep(shown, title, pairs)

    def plot_levels(self, *names: str | tuple[str, str], title: str) -> Shown:
        """Draw the latest figures in per cent, each place in a panel of its own."""
        pairs = self._pairs(names)
        shown = figures_evidence.levels(self.view, pairs, title=self.view.say(title))
        return self._keep(shown, pairs[0][0], pairs)

    def plot_aligned(self, *names: str | tuple[str, str], title: str) -> Shown:
        """Draw series in panels above each other, over the same years."""
        pairs = self._pairs(names)
        shown = figures_evidence.panels(self.view, pairs, title=self.view.say(title))
        return self._keep(shown, pairs[0][0], pairs)

    def plot_coverage(self, *, title: str) -> Shown:
        """Draw for which years the inputs of an inventory are published for the city."""
        lines = self.view.project.factors.lines
        names = [name for line in lines for name in (*line.activity, *line.near)]
        shown = figures_evidence.coverage(self.view, names, title=self.view.say(title))
        return self._keep(shown, title, self._pairs(list(dict.fromkeys(names))))

    # ---- pollution and carbon ----

    def table_cuts(self) -> Shown:
        """Show the planned cuts of pollutants in tonnes and in pollutant equivalents."""
        shown, used, cited = tables_evidence.cuts(self.view, self.targets)
        self._sources.update(dict.fromkeys(cited))
        return self._keep(shown, self.view.say("label_cuts"), self._pairs(used))

    def table_co_movement(self, *carbon: str, pollutants: Sequence[str]) -> Shown:
        """Compare pollutants with estimates of CO2 over the years that both have.

        Parameters
        ----------
        *carbon : str
            Modelled estimates of the city's CO2.
        pollutants : sequence of str
            Published series of the city.
        """
        shown = tables_evidence.co_movements(self.view, pollutants, carbon)
        return self._keep(
            shown, self.view.say("label_co_movement"), self._pairs([*pollutants, *carbon])
        )

    def table_firms(self) -> Shown:
        """List the firms that the plan names with a project."""
        return self._keep(tables_evidence.firms(self.view), self.view.say("label_firms"))

    # ---- inventory ----

    def cards_inventory(self) -> Shown:
        """Count the lines of an inventory that published figures fill."""
        return tables.cards(self.view, tables_evidence.inventory_counts(self.view))

    def table_inventory(self) -> Shown:
        """Show line by line which inputs of an inventory are published, and who holds the rest."""
        lines = self.view.project.factors.lines
        names = [name for line in lines for name in (*line.activity, *line.near)]
        shown = tables_evidence.inventory(self.view)
        return self._keep(
            shown, self.view.say("label_inventory"), self._pairs(list(dict.fromkeys(names)))
        )

    def table_estimates(self, *names: str) -> Shown:
        """Show published estimates of one quantity side by side, and how far they differ."""
        shown = tables_evidence.estimates(self.view, names)
        return self._keep(shown, self.view.say("label_estimates"), self._pairs(names))
