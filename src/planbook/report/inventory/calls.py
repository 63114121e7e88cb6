"""Calls of a chapter that compute an inventory: lines, factor sets, intervals, comparison."""

from __future__ import annotations

from functools import cached_property

from planbook.analysis.inventory.city import Inventory, compute, library_of
from planbook.report.html.fragments import Shown
from planbook.report.inventory import coverage, figures, inputs, tables
from planbook.report.page import Theme
from planbook.report.targets.tables import cards


class InventoryCalls(Theme):
    """An inventory of emissions from published activity data."""

    @cached_property
    def results(self) -> Inventory:
        return compute(self.view)

    def _cite_inventory(self) -> list[tuple[str, str]]:
        """Remember the sources of the factors and loads; name the figures they were used on."""
        results = self.results
        library = library_of(self.view)
        for names in results.rows["sources"]:
            self.page.cite(names)
        used: list[str] = []
        for known in results.activity.values():
            for one in known:
                used.append(one.near or one.indicator)
                load = one.load
                cited = (load.load_source, load.conversion_source) if load else ()
                self.page.cite(name for name in cited if name)
        metric = library.metric
        self.page.cite(
            one.source
            for one in library.gwp
            if (one.metric, one.horizon) == (metric.name, metric.horizon)
        )
        return self.page.pairs(list(dict.fromkeys(used)))

    def cards(self) -> Shown:
        """Count the lines of the inventory by how they are computed."""
        return cards(self.view, tables.cards(self.view, self.results))

    def totals(self, *, methane: str | None = None) -> Shown:
        """Say the sums, each kind and scope by itself, and what other figures would make of them.

        Parameters
        ----------
        methane : str, optional
            As in `compare_estimates`.
        """
        return tables.totals(self.view, self.results, methane)

    def table(self) -> Shown:
        """Show every line: where it starts, its factors, emissions, interval or what is missing."""
        shown = tables.lines(self.view, self.results)
        return self.page.keep(shown, self.view.say("label_inv_lines"), self._cite_inventory())

    def plot(self, *, title: str) -> Shown:
        """Draw the emissions of the lines with the spread of the published factors."""
        shown = figures.intervals(self.view, self.results, title=self.view.say(title))
        return self.page.keep(shown, title, self._cite_inventory())

    def plot_uncertainty(self, *, title: str) -> Shown:
        """Draw which uncertain numbers widen the sum."""
        shown = figures.drivers(self.view, self.results, title=self.view.say(title))
        return self.page.keep(shown, title)

    def table_factor_sets(self) -> Shown:
        """Set the factors of fuels of all sets side by side, with what each set is for."""
        library = library_of(self.view)
        self.page.cite(one.source for one in library.fuels)
        shown = tables.factor_sets(self.view)
        return self.page.keep(shown, self.view.say("label_inv_sets"))

    def table_swapped(self) -> Shown:
        """Show what each set of factors would make of each line."""
        shown = tables.swapped(self.view, self.results)
        return self.page.keep(shown, self.view.say("label_inv_swap"))

    def table_benefits(self) -> Shown:
        """Set CO2 and air pollutants of the same activity side by side."""
        self.page.cite(self.results.benefits["source"])
        shown = tables.benefits(self.view, self.results)
        return self.page.keep(shown, self.view.say("label_inv_benefits"))

    def scopes(self) -> Shown:
        """Say what is counted together, what apart, and what not at all."""
        return tables.scopes(self.view)

    def compare_estimates(self, *names: str, methane: str | None = None) -> Shown:
        """Set the sum beside published estimates, and say why they differ.

        Parameters
        ----------
        *names : str
            Modelled estimates of the city's CO2, in Mt.
        methane : str, optional
            Modelled estimate of the methane of coal mines, in kt of CH4.
        """
        return tables.compared(self.view, self.results, names, methane)

    # ---- what is published of it

    def cards_coverage(self) -> Shown:
        """Count the lines of an inventory that published figures fill."""
        return cards(self.view, inputs.inventory_counts(self.view))

    def plot_coverage(self, *, title: str) -> Shown:
        """Draw for which years the inputs of an inventory are published for the city."""
        names = self._inputs()
        shown = coverage.coverage(self.view, names, title=self.view.say(title))
        return self.page.keep(shown, title, self.page.pairs(names))

    def table_coverage(self) -> Shown:
        """Show line by line which inputs of an inventory are published, and who holds the rest."""
        shown = inputs.inventory(self.view)
        pairs = self.page.pairs(self._inputs())
        return self.page.keep(shown, self.view.say("label_inventory"), pairs)

    def table_estimates(self, *names: str) -> Shown:
        """Show published estimates of one quantity side by side, and how far they differ."""
        shown = inputs.estimates(self.view, names)
        return self.page.keep(shown, self.view.say("label_estimates"), self.page.pairs(names))

    def _inputs(self) -> list[str]:
        lines = self.view.project.factors.lines
        return list(dict.fromkeys(name for one in lines for name in (*one.activity, *one.near)))
