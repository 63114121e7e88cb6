"""Calls of a chapter on synergy: equivalents, quadrants, what-if, the city's years, coupling."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from planbook.analysis.synergy.city import base_of, check_changes
from planbook.errors import ParameterError
from planbook.report.html.fragments import Shown
from planbook.report.page import Page, Theme
from planbook.report.synergy import coupling, cuts, figures, tables


class SynergyCalls(Theme):
    """Whether pollution and carbon fall together, and which measures cut both."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.changes_shown: dict[str, float] = {}  # by `what_if`; an explorer starts from them

    def table_equivalents(self, *, voc_equivalent_kg: float = 0.0) -> Shown:
        """Sum the planned cuts in pollutant equivalents, without and with VOCs.

        Parameters
        ----------
        voc_equivalent_kg : float, optional
            Kilograms of volatile organic compounds that count as one equivalent; the
            law gives no value, and 0 leaves them out.
        """
        self._check_weight(voc_equivalent_kg)
        shown, cited = tables.sums(self.view, self.page.targets, voc_equivalent_kg)
        self.page.cite(cited)
        return self.page.keep(shown, self.view.say("label_syn_sums"))

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
        return figures.quadrants(self.view, self.page.targets, carbon, voc_equivalent_kg)

    def table_effects(self, carbon: str, *, voc_equivalent_kg: float = 0.0) -> Shown:
        """Show the measures of `plot_quadrants` with quadrant, angle and elasticity."""
        self._check_weight(voc_equivalent_kg)
        shown, cited = tables.effects(self.view, self.page.targets, carbon, voc_equivalent_kg)
        self.page.cite(cited)
        used = [one.indicator.id for one in base_of(self.view, carbon).series]
        return self.page.keep(shown, self.view.say("label_syn_effects"), self.page.pairs(used))

    def table_unplaced(self) -> Shown:
        """List the measures of the whole plan without a point, and why they have none."""
        shown = tables.unplaced_measures(self.view)
        return self.page.keep(shown, self.view.say("label_syn_unplaced"))

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
        self.changes_shown = dict(changes_pct)
        known = self.view.project.effects.bases
        found = tables.what_if_frame(self.view, changes_pct)
        drawn = figures.what_if(self.view, found)
        listed = tables.what_if_table(self.view, found)
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
                    self.page.cite(cited)
        both = Shown(
            Markup(drawn.html) + Markup(listed.html), f"{drawn.plain}\n{listed.plain}", listed.data
        )
        return self.page.keep(both, self.view.say("label_syn_what_if"), self.page.pairs(used))

    def plot_city_years(self, carbon: str, *, pollutants: Sequence[str]) -> Shown:
        """Draw year by year whether the city's CO2 and its pollution fell together.

        Parameters
        ----------
        carbon : str
            Modelled CO2 of the city.
        pollutants : sequence of str
            Published emissions or concentrations of the city.
        """
        shown = figures.city_years(self.view, carbon, pollutants)
        return self.page.keep(
            shown, self.view.say("title_city_years"), self.page.pairs([carbon, *pollutants])
        )

    def plot_coupling(self, carbon: str, pollution: str) -> Shown:
        """Draw coupling coordination of CO2 and a pollutant by year and scaling."""
        return figures.degrees(self.view, carbon, pollution)

    def table_coupling(self, carbon: str, pollution: str) -> Shown:
        """Show coupling coordination by scaling and weights, with its classes."""
        shown = coupling.coupling(self.view, carbon, pollution)
        return self.page.keep(
            shown, self.view.say("label_syn_coupling"), self.page.pairs([carbon, pollution])
        )

    def table_cuts(self) -> Shown:
        """Show the planned cuts of pollutants in tonnes and in pollutant equivalents."""
        shown, used, cited = cuts.cuts(self.view, self.page.targets)
        self.page.cite(cited)
        return self.page.keep(shown, self.view.say("label_cuts"), self.page.pairs(used))

    def table_co_movement(self, *carbon: str, pollutants: Sequence[str]) -> Shown:
        """Compare pollutants with estimates of CO2 over the years that both have.

        Parameters
        ----------
        *carbon : str
            Modelled estimates of the city's CO2.
        pollutants : sequence of str
            Published series of the city.
        """
        shown = cuts.co_movements(self.view, pollutants, carbon)
        pairs = self.page.pairs([*pollutants, *carbon])
        return self.page.keep(shown, self.view.say("label_co_movement"), pairs)

    def table_firms(self) -> Shown:
        """List the firms that the plan names with a project."""
        return self.page.keep(cuts.firms(self.view), self.view.say("label_firms"))

    def _check_weight(self, voc_equivalent_kg: float) -> None:
        if not 0 <= voc_equivalent_kg < float("inf"):
            raise ParameterError(
                f"voc_equivalent_kg {voc_equivalent_kg}: give kilograms above zero, or 0"
            )
