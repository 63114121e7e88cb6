"""The explorer of scenarios in a chapter."""

from __future__ import annotations

from planbook.report.html.fragments import Shown
from planbook.report.page import Theme
from planbook.report.scenarios.calls import ScenarioCalls
from planbook.widgets import host
from planbook.widgets.embedding import mounted
from planbook.widgets.scenario_payload import scenario_payload


class ScenarioExplorerCalls(Theme):
    """Lets a reader change the city's scenarios, sector by sector."""

    def show(self) -> object:
        """Show the explorer.

        Returns
        -------
        Shown or ScenarioExplorer
            As of the explorer of forecasts. Nothing where the city has no scenarios: the
            first table of them says why.
        """
        outcome = self.page.part(ScenarioCalls).outcome
        if isinstance(outcome, str):
            return Shown("", "")
        if host.is_live():
            from planbook.widgets.scenario_explorer import ScenarioExplorer

            return ScenarioExplorer(self.view, outcome)
        label, none = (self.view.say(f"explore_scenario_{key}") for key in ("label", "none"))
        state = scenario_payload(self.view, outcome)
        return mounted(self.page, "scenario", "scenarios", state, label, none)
