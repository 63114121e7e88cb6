"""The explorers of scenarios and of synergy with a kernel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from planbook.analysis.scenarios.city import ScenarioResult
from planbook.errors import PlanbookError
from planbook.files.records import LANGS
from planbook.report.view import View
from planbook.widgets import front, scenario_mathematics, synergy_mathematics
from planbook.widgets.live import Explorer
from planbook.widgets.scenario_payload import scenario_payload
from planbook.widgets.synergy_payload import synergy_payload


class ScenarioExplorer(Explorer):
    """A city's scenarios with changes on top, sector by sector."""

    _esm = front.module("scenario")
    _css = front.style()

    def __init__(self, view: View, outcome: ScenarioResult, **more: object) -> None:
        made = scenario_payload(view, outcome, LANGS)
        settings = {**scenario_mathematics.defaults(made), "shown": scenario_mathematics.CO2}
        super().__init__(payload=made, settings=settings, lang=view.lang, **more)

    def choose(self, **settings: object) -> None:
        """Change some settings; another ``scenario`` begins without changes.

        Raises `PlanbookError` if there is no such setting or scenario.
        """
        scenario = settings.get("scenario")
        if scenario is not None and scenario != self.settings["scenario"]:
            known = list(self.payload["names"]["scenario"])
            if scenario not in known:
                raise PlanbookError(f"no scenario '{scenario}'; use one of {', '.join(known)}")
            kept = {key: self.settings[key] for key in ("year", "from", "shown")}
            fresh = scenario_mathematics.defaults(self.payload, str(scenario)) | kept
            unknown = sorted(set(settings) - set(fresh))
            if unknown:
                raise PlanbookError(
                    f"no setting {', '.join(unknown)}; use one of {', '.join(fresh)}"
                )
            self.settings = fresh | settings
            return
        super().choose(**settings)

    @property
    def result(self) -> dict[str, Any]:
        """What the front end shows, computed by Python from the same payload."""
        return scenario_mathematics.explore(self.payload, self.settings)

    @property
    def frame(self) -> pd.DataFrame:
        """The paths as a frame: index ``year``; by quantity the path, its ends, as it is."""
        found = self.result
        columns: dict[str, Any] = {}
        for name, one in found["shown"].items():
            columns |= {
                name: one["path"],
                f"{name}_low": one["low"],
                f"{name}_high": one["high"],
                f"{name}_unadjusted": found["base"][name]["path"],
            }
        return pd.DataFrame(columns, index=pd.Index(found["years"], name="year"))


class SynergyExplorer(Explorer):
    """What changes of activities cut of CO2 and of pollutants.

    Raises `PlanbookError` if nothing is known of any activity.
    """

    _esm = front.module("synergy")
    _css = front.style()

    def __init__(self, view: View, changes_pct: Mapping[str, float], **more: object) -> None:
        made = synergy_payload(view, changes_pct, LANGS)
        if made is None:
            raise PlanbookError("no activity has a published figure; import one first")
        settings = synergy_mathematics.defaults(made)
        super().__init__(payload=made, settings=settings, lang=view.lang, **more)

    @property
    def result(self) -> dict[str, Any]:
        """What the front end shows, computed by Python from the same payload."""
        return synergy_mathematics.explore(self.payload, self.settings)

    @property
    def frame(self) -> pd.DataFrame:
        """One row for each activity: its change and its cuts (kt, thousand equivalents)."""
        rows = [
            {
                "change_pct": self.settings[f"change.{one['id']}"],
                "ghg_cut": None if row["ghg"] is None else row["ghg"][1],
                "pollutant_cut": None if row["pollutant"] is None else row["pollutant"][1],
                **{key: row[key] for key in ("quadrant", "angle", "elasticity")},
            }
            for one, row in zip(self.payload["activities"], self.result["rows"], strict=True)
        ]
        names = pd.Index([one["id"] for one in self.payload["activities"]], name="activity")
        return pd.DataFrame(rows, index=names)
