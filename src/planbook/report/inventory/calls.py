"""Calls of a chapter that compute an inventory: lines, factor sets, intervals, comparison."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from planbook.report.html.fragments import Shown
from planbook.report.inventory import (
    figures as figures_inventory,
)
from planbook.report.inventory import (
    results as inventory_results,
)
from planbook.report.inventory import (
    tables as tables_inventory,
)
from planbook.report.targets import tables
from planbook.report.view import View


class InventoryCalls:
    """Part of `planbook.chapter.Chapter`; not to be used by itself."""

    view: View
    _sources: dict[str, None]

    def _keep(
        self, shown: Shown, name: str, pairs: Sequence[tuple[str, str]] = ()
    ) -> Shown:  # pragma: no cover
        raise NotImplementedError

    def _pairs(
        self, names: Sequence[str | tuple[str, str]]
    ) -> list[tuple[str, str]]:  # pragma: no cover
        raise NotImplementedError

    @cached_property
    def _inventory(self) -> inventory_results.Results:
        return inventory_results.compute(self.view)

    def _cite_inventory(self) -> list[tuple[str, str]]:
        """Remember the sources of the factors and loads; name the figures they were used on."""
        results = self._inventory
        library = inventory_results.library_of(self.view)
        for names in results.rows["sources"]:
            self._sources.update(dict.fromkeys(names))
        used: list[str] = []
        for known in results.activity.values():
            for one in known:
                used.append(one.near or one.indicator)
                load = one.load
                cited = (load.load_source, load.conversion_source) if load else ()
                self._sources.update(dict.fromkeys(name for name in cited if name))
        metric = library.metric
        self._sources.update(
            dict.fromkeys(
                one.source
                for one in library.gwp
                if (one.metric, one.horizon) == (metric.name, metric.horizon)
            )
        )
        return self._pairs(list(dict.fromkeys(used)))

    def cards_emissions(self) -> Shown:
        """Count the lines of the inventory by how they are computed."""
        return tables.cards(self.view, tables_inventory.cards(self.view, self._inventory))

    def inventory_totals(self, *, methane: str | None = None) -> Shown:
        """Say the sums, each kind and scope by itself, and what other figures would make of them.

        Parameters
        ----------
        methane : str, optional
            As in `compare_estimates`.
        """
        return tables_inventory.totals(self.view, self._inventory, methane)

    def table_emissions(self) -> Shown:
        """Show every line: where it starts, its factors, emissions, interval or what is missing."""
        shown = tables_inventory.lines(self.view, self._inventory)
        return self._keep(shown, self.view.say("label_inv_lines"), self._cite_inventory())

    def plot_emissions(self, *, title: str) -> Shown:
        """Draw the emissions of the lines with the spread of the published factors."""
        shown = figures_inventory.intervals(self.view, self._inventory, title=self.view.say(title))
        return self._keep(shown, title, self._cite_inventory())

    def plot_uncertainty(self, *, title: str) -> Shown:
        """Draw which uncertain numbers widen the sum."""
        shown = figures_inventory.drivers(self.view, self._inventory, title=self.view.say(title))
        return self._keep(shown, title)

    def table_factor_sets(self) -> Shown:
        """Set the factors of fuels of all sets side by side, with what each set is for."""
        library = inventory_results.library_of(self.view)
        self._sources.update(dict.fromkeys(one.source for one in library.fuels))
        shown = tables_inventory.factor_sets(self.view)
        return self._keep(shown, self.view.say("label_inv_sets"))

    def table_swapped(self) -> Shown:
        """Show what each set of factors would make of each line."""
        shown = tables_inventory.swapped(self.view, self._inventory)
        return self._keep(shown, self.view.say("label_inv_swap"))

    def table_benefits(self) -> Shown:
        """Set CO2 and air pollutants of the same activity side by side."""
        self._sources.update(dict.fromkeys(self._inventory.benefits["source"]))
        shown = tables_inventory.benefits(self.view, self._inventory)
        return self._keep(shown, self.view.say("label_inv_benefits"))

    def scopes(self) -> Shown:
        """Say what is counted together, what apart, and what not at all."""
        return tables_inventory.scopes(self.view)

    def compare_estimates(self, *names: str, methane: str | None = None) -> Shown:
        """Set the sum beside published estimates, and say why they differ.

        Parameters
        ----------
        *names : str
            Modelled estimates of the city's CO2, in Mt.
        methane : str, optional
            Modelled estimate of the methane of coal mines, in kt of CH4.
        """
        return tables_inventory.compared(self.view, self._inventory, names, methane)
