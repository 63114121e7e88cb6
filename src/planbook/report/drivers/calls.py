"""Calls of a chapter on decoupling, on what moved CO2, and on what a target asks for."""

from __future__ import annotations

from collections.abc import Sequence

from planbook.analysis.drivers import levels as drivers
from planbook.data.plan import Target
from planbook.data.series import Series
from planbook.report.drivers import (
    decoupling as figures_decoupling,
)
from planbook.report.drivers import (
    figures as figures_drivers,
)
from planbook.report.drivers import (
    tables as tables_drivers,
)
from planbook.report.html.fragments import Shown
from planbook.report.view import View

# What a bureau would set against growth; a city without one of them is told so.
QUANTITIES = (
    "co2_emissions_edgar",
    "co2_emissions_ceads",
    drivers.ENERGY,
    "industrial_so2_emissions",
    "industrial_nox_emissions",
)
CONTEXT_QUANTITIES = ("co2_emissions_total", drivers.ENERGY_PER_GDP)
CARBON = "co2_emissions_edgar"
CONTEXT_CARBON = "co2_emissions_total"
# Sectors of the provincial inventory that do not overlap: process emissions of cement are
# part of non-metallic minerals already.
SECTOR_TOTAL = "co2_emissions_ceads"
SECTORS = (
    "co2_power_heat_ceads",
    "co2_ferrous_smelting_ceads",
    "co2_nonferrous_smelting_ceads",
    "co2_nonmetal_minerals_ceads",
    "co2_coal_mining_ceads",
    "co2_transport_ceads",
    "co2_agriculture_ceads",
    "co2_urban_residential_ceads",
    "co2_rural_residential_ceads",
)


class DriverCalls:
    """Part of `planbook.chapter.Chapter`; not to be used by itself."""

    view: View

    def _keep(
        self, shown: Shown, name: str, pairs: Sequence[tuple[str, str]] = ()
    ) -> Shown:  # pragma: no cover
        raise NotImplementedError

    def _pairs(
        self, names: Sequence[str | tuple[str, str]]
    ) -> list[tuple[str, str]]:  # pragma: no cover
        raise NotImplementedError

    def _entity(self, place: str) -> str:  # pragma: no cover
        raise NotImplementedError

    def _target(self, target: str | None) -> Target | None:  # pragma: no cover
        raise NotImplementedError

    # ---- decoupling ----

    def plot_decoupling(self, *names: str) -> Shown:
        """Draw growth and emissions by plan period, and the state of each quantity by year.

        Parameters
        ----------
        *names : str
            Indicators of the city; `QUANTITIES` by default.
        """
        chosen = names or QUANTITIES
        title = self.view.say("title_decoupling")
        shown = figures_decoupling.decoupled(self.view, chosen, title=title)
        return self._keep(shown, title, self._used(chosen, self.view.city))

    def table_decoupling(self, *names: str) -> Shown:
        """Show growth, change, elasticity and state by five-year plan; `names` as above."""
        shown, used = tables_drivers.decoupled(self.view, names or QUANTITIES)
        return self._keep(shown, self.view.say("label_decoupling"), self._pairs(used))

    def plot_decoupling_context(self, *names: str) -> Shown:
        """Draw the states of province and country, only where GDP at constant prices is known."""
        chosen = names or CONTEXT_QUANTITIES
        title = self.view.say("title_decoupling_context")
        shown = figures_decoupling.decoupled_context(self.view, chosen, title=title)
        pairs = [pair for place in self.view.parents for pair in self._used(chosen, place)]
        return self._keep(shown, title, pairs)

    def _used(self, names: Sequence[str], entity: str) -> list[tuple[str, str]]:
        """Pair the indicators that have figures with their place, GDP with them."""
        output = drivers.real_gdp(lambda name: self.view.series(name, entity))
        every = [*names, *([output[1].indicator.id] if output else [])]
        return [(name, entity) for name in every if len(self.view.series(name, entity))]

    # ---- what moved CO2 ----

    def plot_drivers(self, carbon: str = CARBON) -> Shown:
        """Draw what raised and lowered the city's CO2, by plan period and by year.

        Parameters
        ----------
        carbon : str, optional
            Indicator of the city's CO2. With energy use published for most years, four
            factors; else three.
        """
        title = self.view.say("title_drivers")
        shown = figures_drivers.moved(self.view, carbon, title=title)
        return self._keep(shown, title, self._level_pairs(carbon, self.view.city))

    def plot_way(self, carbon: str = CARBON, *, target: str | None = None) -> Shown:
        """Draw how each factor led from the CO2 of a target's base year to the latest."""
        aim = self._target(target)
        shown = figures_drivers.way(self.view, carbon, aim, title="title_way")
        pairs = self._level_pairs(carbon, self.view.city)
        return self._keep(shown, self.view.say("label_way"), pairs)

    def plot_drivers_context(self, carbon: str = CONTEXT_CARBON) -> Shown:
        """Draw what raised and lowered the CO2 of the city's context, each place apart."""
        view = self.view
        title = view.say("title_drivers_context")
        shown, used = figures_drivers.moved_context(
            view, carbon, total=SECTOR_TOTAL, sectors=SECTORS, title=title
        )
        return self._keep(shown, title, self._of(used))

    def _level_pairs(self, carbon: str, entity: str) -> list[tuple[str, str]]:
        known = drivers.levels(lambda name: self.view.series(name, entity), carbon)
        return [] if known is None else self._of(known.used)

    def _of(self, used: Sequence[Series]) -> list[tuple[str, str]]:
        return [(one.indicator.id, one.entity) for one in used]

    def table_sector_drivers(self, *, entity: str) -> Shown:
        """Show how sectors' CO2 changed, by energy use and by CO2 per unit of it.

        Parameters
        ----------
        entity : str
            A place, ``province`` or ``nation``.
        """
        shown, used = tables_drivers.sectors(self.view, SECTOR_TOTAL, SECTORS, self._entity(entity))
        return self._keep(shown, self.view.say("label_sector_drivers"), self._of(used))

    def table_required(self, carbon: str = CARBON, *, target: str) -> Shown:
        """Show what would have to move to meet a target for CO2 per unit of GDP."""
        shown, used = tables_drivers.needed(self.view, self._target(target), carbon)
        return self._keep(shown, self.view.say("label_required"), self._of(used))
