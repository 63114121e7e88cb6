"""Calls of a chapter on decoupling, on what moved CO2, and on what a target asks for."""

from __future__ import annotations

from collections.abc import Sequence

from planbook.analysis.drivers import levels as drivers
from planbook.data.series import Series
from planbook.report.drivers import decoupling, figures, tables
from planbook.report.html.fragments import Shown
from planbook.report.page import Theme


class DriverCalls(Theme):
    """Decoupling, what moved CO2, and what a target asks for."""

    # ---- decoupling ----

    def plot_decoupling(self, *names: str) -> Shown:
        """Draw growth and emissions by plan period, and the state of each quantity by year.

        Parameters
        ----------
        *names : str
            Indicators of the city.
        """
        title = self.view.say("title_decoupling")
        shown = decoupling.decoupled(self.view, names, title=title)
        return self.page.keep(shown, title, self._used(names, self.view.city))

    def table_decoupling(self, *names: str) -> Shown:
        """Show growth, change, elasticity and state by five-year plan; `names` as above."""
        shown, used = tables.decoupled(self.view, names)
        return self.page.keep(shown, self.view.say("label_decoupling"), self.page.pairs(used))

    def plot_decoupling_context(self, *names: str) -> Shown:
        """Draw the states of province and country, only where GDP at constant prices is known."""
        title = self.view.say("title_decoupling_context")
        shown = decoupling.decoupled_context(self.view, names, title=title)
        pairs = [pair for place in self.view.parents for pair in self._used(names, place)]
        return self.page.keep(shown, title, pairs)

    def _used(self, names: Sequence[str], entity: str) -> list[tuple[str, str]]:
        """Pair the indicators that have figures with their place, GDP with them."""
        output = drivers.real_gdp(lambda name: self.view.series(name, entity))
        every = [*names, *([output[1].indicator.id] if output else [])]
        return [(name, entity) for name in every if len(self.view.series(name, entity))]

    # ---- what moved CO2 ----

    def plot_changes(self, carbon: str) -> Shown:
        """Draw what raised and lowered the city's CO2, by plan period and by year.

        Parameters
        ----------
        carbon : str
            Indicator of the city's CO2. With energy use published for most years, four
            factors; else three.
        """
        title = self.view.say("title_drivers")
        shown = figures.moved(self.view, carbon, title=title)
        return self.page.keep(shown, title, self._level_pairs(carbon, self.view.city))

    def plot_way(self, carbon: str, *, target: str | None = None) -> Shown:
        """Draw how each factor led from the CO2 of a target's base year to the latest."""
        aim = self.page.target(target)
        shown = figures.way(self.view, carbon, aim, title="title_way")
        pairs = self._level_pairs(carbon, self.view.city)
        return self.page.keep(shown, self.view.say("label_way"), pairs)

    def plot_changes_context(self, carbon: str, *, total: str) -> Shown:
        """Draw what raised and lowered the CO2 of the city's context, each place apart.

        Parameters
        ----------
        total : str
            Indicator of CO2 whose `parts` in the catalogue are sectors.
        """
        title = self.view.say("title_drivers_context")
        sectors = self.view.project.catalog[total].parts
        shown, used = figures.moved_context(
            self.view, carbon, total=total, sectors=sectors, title=title
        )
        return self.page.keep(shown, title, self._of(used))

    def _level_pairs(self, carbon: str, entity: str) -> list[tuple[str, str]]:
        known = drivers.levels(lambda name: self.view.series(name, entity), carbon)
        return [] if known is None else self._of(known.used)

    def _of(self, used: Sequence[Series]) -> list[tuple[str, str]]:
        return [(one.indicator.id, one.entity) for one in used]

    def table_sectors(self, total: str, *, entity: str) -> Shown:
        """Show how sectors' CO2 changed, by energy use and by CO2 per unit of it.

        Parameters
        ----------
        total : str
            As in `plot_changes_context`.
        entity : str
            A place, ``province`` or ``nation``.
        """
        sectors = self.view.project.catalog[total].parts
        shown, used = tables.sectors(self.view, total, sectors, self.page.entity(entity))
        return self.page.keep(shown, self.view.say("label_sector_drivers"), self._of(used))

    def table_required(self, carbon: str, *, target: str) -> Shown:
        """Show what would have to move to meet a target for CO2 per unit of GDP."""
        shown, used = tables.needed(self.view, self.page.target(target), carbon)
        return self.page.keep(shown, self.view.say("label_required"), self._of(used))
