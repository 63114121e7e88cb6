"""A city's scenarios computed: base amounts from the inventory, paths, peaks, a forecast beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planbook.analysis.as_of import AsOf
from planbook.analysis.forecast import Forecast, ForecastRefused, forecast
from planbook.analysis.inventory.activity import Activity, activities, published_figure
from planbook.analysis.inventory.city import library_of
from planbook.analysis.inventory.emissions import by_line, emissions, pollutants
from planbook.analysis.scenarios.parameters import (
    ScenarioGap,
    Split,
    scenario_parameters,
    split_total,
)
from planbook.analysis.scenarios.projection import central, effects, intervals, meeting, peaks
from planbook.data import units
from planbook.data.scenarios import ScenarioSet

SHOWN = (2025, 2030, 2035)  # years that tables show, where they are computed
T_PER_MT = 1e6


@dataclass(frozen=True)
class ScenarioResult:
    """Scenarios and everything that follows from them."""

    found: ScenarioSet
    parameters: Mapping[str, Any]  # as of `scenario_parameters`; can be written as JSON
    split: Split  # the total of the base year among sectors, in Mt
    activity: Mapping[str, tuple[Activity, ...]]  # what each sector's lines were computed from
    paths: pd.DataFrame  # as of `central`, `intervals` and `peaks`
    spans: pd.DataFrame
    highest: pd.DataFrame
    meeting: Mapping[str, float]  # as of `planbook.analysis.scenarios.projection.meeting`
    # as of `planbook.analysis.scenarios.projection.effects`, for the year of peaking
    effects: pd.DataFrame
    # of the total's own series, to the last year; None where it is refused
    forecast: Forecast | None
    # cuts of pollutants that the plan asks for and no scenario can count; with any of them the
    # scenarios are of carbon alone
    uncounted: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def years(self) -> list[int]:
        """List the years that tables show."""
        first, last = self.found.base_year, self.found.last_year
        return [first, *[year for year in SHOWN if first < year <= last]]

    def value(self, scenario: str, quantity: str, year: int, sector: str = "total") -> float:
        """Look up one figure with its changes as assumed."""
        one = self.paths
        chosen = (one["scenario"] == scenario) & (one["quantity"] == quantity)
        chosen &= (one["sector"] == sector) & (one["year"] == year)
        return float(one.loc[chosen, "value"].iloc[0])

    def effect(self, scenario: str, change: str, quantity: str) -> float:
        """Look up what one change does by itself in the year of peaking."""
        one = self.effects
        chosen = (one["scenario"] == scenario) & (one["id"] == change)
        return float(one.loc[chosen & (one["quantity"] == quantity), "value"].iloc[0])

    def span(self, scenario: str, quantity: str, year: int) -> tuple[float, float]:
        """Look up the ends of the interval of a sum."""
        one = self.spans
        chosen = (one["scenario"] == scenario) & (one["quantity"] == quantity)
        row = one[chosen & (one["year"] == year)].iloc[0]
        return float(row["low"]), float(row["high"])


def compute(at: AsOf) -> ScenarioResult | None:
    """Compute the scenarios of the city.

    Raises `ScenarioGap` if a figure that they need is not known.
    """
    found = at.project.scenarios
    if found is None:
        return None
    total = at.series(found.total)
    if found.base_year not in total.points.index:
        raise ScenarioGap(found.total, found.base_year)
    to_mt = units.factor(total.indicator.unit, "Mt")
    library, factors = library_of(at), at.project.factors
    lines = {line: name for name, one in found.sectors.items() for line in one.lines}
    activity = activities(
        library,
        [line for line in factors.lines if line.id in lines],
        lambda name: published_figure(at.series(name), found.base_year),
        computed={one.activity for one in library.uses} | {one.activity for one in library.factors},
    )
    weights = {key: one.equivalent_kg for key, one in factors.equivalents.items()}
    rows = emissions(activity, library, regions=(at.city, *at.parents))
    co2 = by_line(rows)["co2"].groupby(lambda line: lines[line], sort=False).sum() / T_PER_MT
    split = split_total(
        float(total.points[found.base_year]) * to_mt, co2.to_dict(), list(found.sectors)
    )
    base: dict[str, dict[str, float]] = {
        "co2": {name: float(value) for name, value in split.frame["value"].dropna().items()}
    }
    uncounted = uncounted_cuts(at, found)
    emitted = pollutants(activity, library, weights) if not uncounted else pd.DataFrame()
    for row in emitted.to_dict("records"):
        parts = base.setdefault(row["pollutant"], {})
        sector = lines[row["line"]]
        parts[sector] = parts.get(sector, 0.0) + row["amount"] * split.factor
    parameters = scenario_parameters(
        found,
        base=base,
        series=lambda name, place: at.series(name, place).points,
        targets=at.project.plan.targets,
        unit_of=lambda name: at.project.catalog[name].unit,
        equivalent_kg={key: value for key, value in weights.items() if value is not None},
        plants=at.project.plants,
    )
    cited = [*total.sources, *at.series(found.output).sources]
    cited += [
        source for known in activity.values() for one in known for source in one.figure.sources
    ]
    cited += [
        one.load.load_source
        for known in activity.values()
        for one in known
        if one.load and one.load.load_source
    ]
    cited += [source for row in rows["sources"] for source in row]
    for one in found.scenarios:
        for change in one.changes:
            ground = change.ground
            cited += [ground.source] if ground.source else []
            for name in (ground.indicator, ground.over):
                cited += at.series(name, ground.entity).sources if name else []
            for name in ground.units:
                cited += at.project.plants[name].sources
    return ScenarioResult(
        found,
        parameters,
        split,
        activity,
        central(parameters),
        intervals(parameters),
        peaks(parameters),
        meeting(parameters),
        effects(parameters, found.peak_by),
        _forecast(at, found),
        uncounted,
        tuple(dict.fromkeys(cited)),
    )


def uncounted_cuts(at: AsOf, found: ScenarioSet) -> tuple[str, ...]:
    """List the plan's own cuts of pollutants that no step carries out.

    A balance of pollutants that counts works which raise them and leaves out the cuts that
    the same plan asks for would mislead, so there is none as long as one is left out.
    """
    cut = {one.cut_indicator for one in at.project.factors.equivalents.values()}
    moved = found.moved()
    return tuple(
        name
        for name, target in at.project.plan.targets.items()
        if target.indicator in cut - {None, ""} and name not in moved
    )


def _forecast(at: AsOf, found: ScenarioSet) -> Forecast | None:
    """Forecast the total's own series to the last year of the scenarios."""
    own = at.series(found.total)
    points, meta = own.last_segment, own.indicator
    steps = found.last_year - int(points.index[-1])
    if steps < 1 or meta.forecast:
        return None
    try:
        return forecast(points, steps, lower=meta.lower, upper=meta.upper, kind=meta.kind)
    except ForecastRefused:
        return None
