"""The explorer of changes of activities in a chapter."""

from __future__ import annotations

from planbook.analysis.synergy.city import check_changes
from planbook.errors import ParameterError
from planbook.report.html.fragments import Shown
from planbook.report.page import Theme
from planbook.report.synergy.calls import SynergyCalls
from planbook.widgets import host
from planbook.widgets.embedding import mounted
from planbook.widgets.synergy_payload import synergy_payload


class WhatIfExplorerCalls(Theme):
    """Lets a reader move the changes of `synergy.what_if`, and the weights of pollutants."""

    def show(self, **changes_pct: float) -> object:
        """Show the explorer.

        Parameters
        ----------
        **changes_pct : float
            As of `synergy.what_if`; those of the last `what_if` by default.

        Returns
        -------
        Shown or SynergyExplorer
            As of the explorer of forecasts. Nothing where no activity has a figure:
            `what_if` says so.

        Raises
        ------
        ParameterError
            As of `synergy.what_if`; or if no change is given and none was shown before.
        """
        changes_pct = changes_pct or self.page.part(SynergyCalls).changes_shown
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
        return mounted(self.page, "synergy", "what-if", state, label, none)
