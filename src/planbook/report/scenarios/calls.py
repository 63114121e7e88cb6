"""Calls of a chapter that show scenarios of the city's emissions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from planbook.analysis.scenarios.parameters import RangeError, ScenarioGap
from planbook.data.plan import Target
from planbook.report.html.fragments import Shown, fragment
from planbook.report.scenarios import figures as figures_scenarios
from planbook.report.scenarios import tables as tables_scenarios
from planbook.report.scenarios.results import ScenarioResult, compute
from planbook.report.targets import grounds as tables_grounds
from planbook.report.targets import readings as tables_readings
from planbook.report.view import View
from planbook.text import signed


class ScenarioCalls:
    """Part of `planbook.chapter.Chapter`; not to be used by itself."""

    view: View
    _sources: dict[str, None]

    def _target(self, target: str | None) -> Target | None:  # pragma: no cover
        raise NotImplementedError

    def _pairs(
        self, names: Sequence[str | tuple[str, str]]
    ) -> list[tuple[str, str]]:  # pragma: no cover
        raise NotImplementedError

    def _keep(
        self, shown: Shown, name: str, pairs: Sequence[tuple[str, str]] = ()
    ) -> Shown:  # pragma: no cover
        raise NotImplementedError

    @cached_property
    def _outcome(self) -> ScenarioResult | str:
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
        if isinstance(self._outcome, str):  # said once, where the first of the calls stands
            lines = [self._outcome] if first else []
            return Shown(fragment("sentences.html", lines=lines) if lines else "", "".join(lines))
        self._sources.update(dict.fromkeys(self._outcome.sources))
        return self._keep(make(self.view, self._outcome), self.view.say(label))

    def table_scenario_base(self) -> Shown:
        """Show how the total of the base year is divided among sectors."""
        return self._scenario(tables_scenarios.base, "label_scn_base", first=True)

    def plot_scenarios(self) -> Shown:
        """Draw carbon dioxide of every scenario with its fan, and pollutants."""
        return self._scenario(figures_scenarios.paths, "label_scenarios")

    def table_scenarios(self) -> Shown:
        """Show carbon, pollutants and intensity of every scenario by year."""
        return self._scenario(tables_scenarios.results, "label_scenarios")

    def table_scenario_peaks(self) -> Shown:
        """Show when carbon dioxide is highest in every scenario."""
        return self._scenario(tables_scenarios.peaks, "label_scn_peaks")

    def table_scenario_grounds(self) -> Shown:
        """Show every assumption with its ground, and what no scenario moves."""
        return self._scenario(tables_grounds.grounds, "label_scn_grounds")

    def compare_readings(self, stand_in: str, *, target: str) -> Shown:
        """Set forecast, scenario and arithmetic of one target side by side, and why they differ.

        Parameters
        ----------
        stand_in : str
            Indicator of the change since the target's base year, in per cent.
        """
        aim = self._target(target)
        if aim is None or isinstance(self._outcome, str):  # the scenarios' own page says why
            return Shown("", "")
        shown = tables_readings.compared(self.view, self._outcome, stand_in, aim)
        return self._keep(shown, self.view.title(stand_in), self._pairs([stand_in]))
