"""Calls of a chapter that show scenarios of the city's emissions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from planbook.analysis.scenarios.city import ScenarioResult, compute
from planbook.analysis.scenarios.parameters import RangeError, ScenarioGap
from planbook.report.html.fragments import Shown, fragment
from planbook.report.page import Theme
from planbook.report.scenarios import figures, grounds, readings, tables
from planbook.report.view import View
from planbook.text import signed


class ScenarioCalls(Theme):
    """Scenarios of the city's emissions."""

    @cached_property
    def outcome(self) -> ScenarioResult | str:
        """The scenarios, or why there are none."""
        view = self.view
        try:
            found = compute(view)
        except RangeError as error:
            return view.say(
                "scn_range",
                where=error.where,
                indicator=view.title(error.indicator),
                first=error.first,
                last=error.last,
                **{
                    key: signed(100 * getattr(error, key), "%", view.lang)
                    for key in ("seen", "low", "high")
                },
            )
        except ScenarioGap as error:
            key = "scn_gap" if error.year is None else "scn_gap_year"
            return view.say(key, indicator=view.title(error.indicator), year=error.year)
        return found or view.say("scn_none", city=view.place(view.city))

    def _scenario(
        self, make: Callable[[View, ScenarioResult], Shown], label: str, *, first: bool = False
    ) -> Shown:
        if isinstance(self.outcome, str):  # said once, where the first of the calls stands
            lines = [self.outcome] if first else []
            return Shown(fragment("sentences.html", lines=lines) if lines else "", "".join(lines))
        self.page.cite(self.outcome.sources)
        return self.page.keep(make(self.view, self.outcome), self.view.say(label))

    def table_base(self) -> Shown:
        """Show how the total of the base year is divided among sectors."""
        return self._scenario(tables.base, "label_scn_base", first=True)

    def plot(self) -> Shown:
        """Draw carbon dioxide of every scenario with its fan, and pollutants."""
        return self._scenario(figures.paths, "label_scenarios")

    def table(self) -> Shown:
        """Show carbon, pollutants and intensity of every scenario by year."""
        return self._scenario(tables.results, "label_scenarios")

    def table_peaks(self) -> Shown:
        """Show when carbon dioxide is highest in every scenario."""
        return self._scenario(tables.peaks, "label_scn_peaks")

    def table_grounds(self) -> Shown:
        """Show every assumption with its ground, and what no scenario moves."""
        return self._scenario(grounds.grounds, "label_scn_grounds")

    def compare_readings(self, stand_in: str, *, target: str) -> Shown:
        """Set forecast, scenario and arithmetic of one target side by side, and why they differ.

        Parameters
        ----------
        stand_in : str
            Indicator of the change since the target's base year, in per cent.
        """
        aim = self.page.target(target)
        if aim is None or isinstance(self.outcome, str):  # the scenarios' own page says why
            return Shown("", "")
        shown = readings.compared(self.view, self.outcome, stand_in, aim)
        return self.page.keep(shown, self.view.title(stand_in), self.page.pairs([stand_in]))
