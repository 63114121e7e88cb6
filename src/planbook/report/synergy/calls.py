"""Calls of a chapter on synergy: equivalents, quadrants, what-if, the city's years, coupling."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from planbook.data.plan import Target
from planbook.errors import ParameterError
from planbook.report.html.fragments import Shown
from planbook.report.synergy import (
    coupling as tables_coupling,
)
from planbook.report.synergy import (
    figures as figures_synergy,
)
from planbook.report.synergy import (
    tables as tables_synergy,
)
from planbook.report.synergy.parts import base_of, check_changes
from planbook.report.view import View


class SynergyCalls:
    """Part of `planbook.chapter.Chapter`; not to be used by itself."""

    view: View
    targets: list[Target]
    _sources: dict[str, None]
    _changes: dict[str, float]

    def _keep(
        self, shown: Shown, name: str, pairs: Sequence[tuple[str, str]] = ()
    ) -> Shown:  # pragma: no cover
        raise NotImplementedError

    def _pairs(
        self, names: Sequence[str | tuple[str, str]]
    ) -> list[tuple[str, str]]:  # pragma: no cover
        raise NotImplementedError

    def table_equivalents(self, *, voc_equivalent_kg: float = 0.0) -> Shown:
        """Sum the planned cuts in pollutant equivalents, without and with VOCs.

        Parameters
        ----------
        voc_equivalent_kg : float, optional
            Kilograms of volatile organic compounds that count as one equivalent; the
            law gives no value, and 0 leaves them out.
        """
        self._check_weight(voc_equivalent_kg)
        shown, cited = tables_synergy.sums(self.view, self.targets, voc_equivalent_kg)
        self._sources.update(dict.fromkeys(cited))
        return self._keep(shown, self.view.say("label_syn_sums"))

    def plot_quadrants(self, carbon: str, *, voc_equivalent_kg: float = 0.0) -> Shown:
        """Draw the plan's measures by what they cut of pollutants and of CO2.

        Parameters
        ----------
        carbon : str
            Indicator of the city's CO2, against which shares are taken.
        voc_equivalent_kg : float, optional
            As in `table_equivalents`.
        """
        self._check_weight(voc_equivalent_kg)
        return figures_synergy.quadrants(self.view, self.targets, carbon, voc_equivalent_kg)

    def table_effects(self, carbon: str, *, voc_equivalent_kg: float = 0.0) -> Shown:
        """Show the measures of `plot_quadrants` with quadrant, angle and elasticity."""
        self._check_weight(voc_equivalent_kg)
        shown, cited = tables_synergy.effects(self.view, self.targets, carbon, voc_equivalent_kg)
        self._sources.update(dict.fromkeys(cited))
        used = [one.indicator.id for one in base_of(self.view, carbon).series]
        return self._keep(shown, self.view.say("label_syn_effects"), self._pairs(used))

    def table_unplaced(self) -> Shown:
        """List the measures of the whole plan without a point, and why they have none."""
        shown = tables_synergy.unplaced_measures(self.view)
        return self._keep(shown, self.view.say("label_syn_unplaced"))

    def what_if(self, **changes_pct: float) -> Shown:
        """Show what changes of activities do to CO2 and to pollutants, drawn and as a table.

        Parameters
        ----------
        **changes_pct : float
            Activity of ``data/factors/activity_bases.yml`` → change in per cent.

        Raises
        ------
        ParameterError
            If there is no such activity, or a change is no number from -100 up.
        """
        check_changes(self.view, changes_pct)
        self._what_if = dict(changes_pct)  # from which the explorer starts
        known = self.view.project.effects.bases
        found = tables_synergy.what_if_frame(self.view, changes_pct)
        drawn = figures_synergy.what_if(self.view, found)
        listed = tables_synergy.what_if_table(self.view, found)
        used = [
            term.figure
            for name in changes_pct
            for term in known[name].activity
            if term.figure and len(self.view.series(term.figure))
        ]
        for name in changes_pct:
            for factor in (known[name].co2, *known[name].pollutants.values()):
                if factor:
                    cited = self.view.project.effects.factors[factor].source.split()
                    self._sources.update(dict.fromkeys(cited))
        both = Shown(
            Markup(drawn.html) + Markup(listed.html), f"{drawn.plain}\n{listed.plain}", listed.data
        )
        return self._keep(both, self.view.say("label_syn_what_if"), self._pairs(used))

    def plot_city_years(self, carbon: str, *, pollutants: Sequence[str]) -> Shown:
        """Draw year by year whether the city's CO2 and its pollution fell together.

        Parameters
        ----------
        carbon : str
            Modelled CO2 of the city.
        pollutants : sequence of str
            Published emissions or concentrations of the city.
        """
        shown = figures_synergy.city_years(self.view, carbon, pollutants)
        return self._keep(
            shown, self.view.say("title_city_years"), self._pairs([carbon, *pollutants])
        )

    def plot_coupling(self, carbon: str, pollution: str) -> Shown:
        """Draw coupling coordination of CO2 and a pollutant by year and scaling."""
        return figures_synergy.degrees(self.view, carbon, pollution)

    def table_coupling(self, carbon: str, pollution: str) -> Shown:
        """Show coupling coordination by scaling and weights, with its classes."""
        shown = tables_coupling.coupling(self.view, carbon, pollution)
        return self._keep(
            shown, self.view.say("label_syn_coupling"), self._pairs([carbon, pollution])
        )

    def _check_weight(self, voc_equivalent_kg: float) -> None:
        if not 0 <= voc_equivalent_kg < float("inf"):
            raise ParameterError(
                f"voc_equivalent_kg {voc_equivalent_kg}: give kilograms above zero, or 0"
            )
