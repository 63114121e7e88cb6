"""Calls of a chapter that let a reader move what the page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planbook.analysis.forecast import MOST_AHEAD
from planbook.data.plan import Target
from planbook.errors import ForecastRefused, ParameterError
from planbook.report.html.fragments import Shown, fragment
from planbook.report.scenarios.results import ScenarioResult
from planbook.report.synergy.parts import check_changes
from planbook.report.view import View
from planbook.widgets import embedding as page
from planbook.widgets import host
from planbook.widgets.forecast_payload import forecast_payload
from planbook.widgets.scenario_payload import scenario_payload
from planbook.widgets.synergy_payload import synergy_payload


class ExplorerCalls:
    """Part of `planbook.chapter.Chapter`; not to be used by itself."""

    view: View
    name: str
    _outcome: ScenarioResult | str
    _changes: dict[str, float]

    def _keep(
        self, shown: Shown, name: str, pairs: Sequence[tuple[str, str]] = ()
    ) -> Shown:  # pragma: no cover
        raise NotImplementedError

    def _pairs(
        self, names: Sequence[str | tuple[str, str]]
    ) -> list[tuple[str, str]]:  # pragma: no cover
        raise NotImplementedError

    def _target(self, target: str | None) -> Target | None:  # pragma: no cover
        raise NotImplementedError

    def explore(self, *names: str | tuple[str, str], target: str | None = None) -> object:
        """Let a reader change the forecasts of some series.

        Parameters
        ----------
        *names : str or (indicator, entity)
            The first is shown first; one that cannot be forecast, or whose forecast the
            book does not show, is left out, and the reason given.
        target : str, optional
            Id of a target asked of the first series.

        Returns
        -------
        Shown or ForecastExplorer
            In a notebook interface a widget. Where the notebook is executed for the book,
            HTML that the page's own script brings to life, and that says where the
            same is shown without a script.
        """
        view, pairs = self.view, self._pairs(names)
        shown = [pair for pair in pairs if self._is_shown(pair)]
        if not shown:
            return self._nothing(pairs)
        aim = self._target(target) if shown[0] == pairs[0] else None
        if host.is_live():
            from planbook.widgets.forecast_explorer import ForecastExplorer

            try:
                return ForecastExplorer(view, shown, target=aim)
            except ForecastRefused:
                return self._nothing(pairs)
        state = forecast_payload(view, shown, target=aim)
        if state is None:
            return self._nothing(pairs)
        named = [(one["id"], one["entity"]) for one in state["series"]]
        none = view.say("explore_none")
        label = view.say("explore_label", name=view.title(named[0][0]))
        made = self._mounted("forecast", self.name, state, label, none, named)
        lines = self._limits(pairs)
        if not lines:
            return made
        html = made.html + fragment("sentences.html", lines=lines)
        return Shown(html, "\n".join([made.plain, *lines]), made.data)

    def _is_shown(self, pair: tuple[str, str]) -> bool:
        """Whether the book shows a forecast of a series; an analyst's own explorer may not ask."""
        try:
            self.view.forecast(*pair)
        except ForecastRefused:
            return False
        return True

    def _limits(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        """Say which series are left out of an explorer and why, and where the book stops."""
        view, left_out, lines = self.view, [], []
        for indicator, entity in pairs:
            name = view.say("title_place", title=view.title(indicator), place=view.place(entity))
            try:
                _, made = view.forecast(indicator, entity)
            except ForecastRefused as error:
                reason = view.why_not(error, indicator).rstrip(".。")
                left_out.append(view.say("explore_left_out_one", name=name, reason=reason))
                continue
            end = int(made.years[-1])
            if end < min(view.horizon, made.fitted_years[1] + MOST_AHEAD):
                lines.append(view.say("explore_beyond", name=name, year=end))
        if left_out:
            listed = view.say("semicolon").join(left_out)
            lines.append(view.say("explore_left_out", list=listed))
        return lines

    def explore_scenarios(self) -> object:
        """Let a reader change the city's scenarios, sector by sector.

        Returns
        -------
        Shown or ScenarioExplorer
            As of `explore`. Nothing where the city has no scenarios: the first table of
            them says why.
        """
        outcome = self._outcome
        if isinstance(outcome, str):
            return Shown("", "")
        if host.is_live():
            from planbook.widgets.scenario_explorer import ScenarioExplorer

            return ScenarioExplorer(self.view, outcome)
        label, none = (self.view.say(f"explore_scenario_{key}") for key in ("label", "none"))
        state = scenario_payload(self.view, outcome)
        return self._mounted("scenario", "scenarios", state, label, none)

    def explore_what_if(self, **changes_pct: float) -> object:
        """Let a reader move the changes of `what_if`, and the weights of pollutants.

        Parameters
        ----------
        **changes_pct : float
            As of `what_if`; those of the last `what_if` by default.

        Returns
        -------
        Shown or SynergyExplorer
            As of `explore`. Nothing where no activity has a figure: `what_if` says so.

        Raises
        ------
        ParameterError
            As of `what_if`; or if no change is given and none was shown before.
        """
        changes_pct = changes_pct or getattr(self, "_what_if", {})
        if not changes_pct:
            raise ParameterError("no change to start from: give one, or call what_if before")
        check_changes(self.view, changes_pct)
        state = synergy_payload(self.view, changes_pct)
        if state is None:
            return Shown("", "")
        if host.is_live():
            from planbook.widgets.scenario_explorer import SynergyExplorer

            return SynergyExplorer(self.view, changes_pct)
        label, none = (self.view.say(f"explore_synergy_{key}") for key in ("label", "none"))
        return self._mounted("synergy", "what-if", state, label, none)

    def _mounted(
        self,
        kind: str,
        anchor: str,
        state: Mapping[str, object],
        label: str,
        none: str,
        pairs: Sequence[tuple[str, str]] = (),
    ) -> Shown:
        html = page.mount(
            kind, f"explore-{anchor}", {"payload": state}, label=label, none=none
        )  # fmt: skip
        return self._keep(Shown(html, f"{label}\n{none}"), label, pairs)

    def _nothing(self, pairs: Sequence[tuple[str, str]]) -> Shown:
        lines = [self.view.say("explore_nothing"), *self._limits(pairs)]
        return Shown(fragment("sentences.html", lines=lines), "\n".join(lines))
