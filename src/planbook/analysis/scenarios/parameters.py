"""Turn a city's scenarios into plain numbers: base amounts, and changes with their ranges."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from planbook.data import series as derive
from planbook.data import units
from planbook.data.city import CityData
from planbook.data.plan import Target
from planbook.data.plant_units import PlantUnit, capacity
from planbook.data.scenarios import DEFAULT_SPAN, REST, Ground, Rate, Scenario, ScenarioSet, Step
from planbook.errors import MissingYearError, PlanbookError, Problem, relative

FORMAT = 1  # of the parameters; raised whenever their meaning changes
PERCENT = 100.0
RECENT = 2  # latest steps between figures whose growth every range must hold
Lookup = Callable[[str, str | None], pd.Series]  # indicator, entity → values by year


@dataclass(frozen=True)
class Split:
    """A total and what of it is explained."""

    # index ``sector``; columns ``estimated`` (as the lines give it) and ``value`` (as used), both
    # in the unit of the total; missing where a sector has no estimate
    frame: pd.DataFrame
    total: float
    # by which the estimates were multiplied: 1, or below it where they exceed the total
    factor: float

    @property
    def explained(self) -> float:
        """The sum of the estimates, before any scaling."""
        return float(self.frame["estimated"].sum())


def split_total(total: float, estimated: Mapping[str, float], sectors: list[str]) -> Split:
    """Divide a total among sectors; what no estimate explains is the rest.

    Parameters
    ----------
    total : above zero.
    estimated : estimates by sector, none below zero, in the unit of `total`.
    sectors : all sectors in order, with ``rest``.

    Raises
    ------
    ValueError : if the total is not above zero, an estimate is below zero, or a sector is unknown.

    Notes
    -----
    Rule: the total is the level. Estimates that stay within it are used as they are and
    the rest is the difference. Where they exceed it, the rest is zero and all estimates
    are multiplied by total / sum, so that shares among sectors are kept; the page says so.
    """
    if not total > 0:
        raise ValueError(f"total {total}: give an amount above zero")
    unknown = set(estimated) - set(sectors) | ({REST} & set(estimated))
    if unknown:
        raise ValueError(f"no sector {', '.join(sorted(unknown))} to estimate")
    if any(value < 0 for value in estimated.values()):
        raise ValueError("an estimate is below zero; give amounts emitted")
    explained = sum(estimated.values())
    factor = min(1.0, total / explained) if explained else 1.0
    frame = pd.DataFrame(
        {"estimated": pd.Series(dict(estimated), dtype="float64").reindex(sectors)},
        index=pd.Index(sectors, name="sector"),
    )
    frame["value"] = frame["estimated"] * factor
    frame.loc[REST, "value"] = max(0.0, total - explained)
    return Split(frame, total, factor)


class ScenarioGap(MissingYearError):
    """A scenario needs a figure that is not there.

    `year`: none where the indicator has no figure at all.
    """

    def __init__(self, indicator: str, year: int | None) -> None:
        self.indicator, self.year = indicator, year
        when = f" for {year}" if year is not None else ""
        super().__init__(f"{indicator}: no figure{when}; scenarios cannot be computed without it")


class RangeError(PlanbookError):
    """A range of a scenario does not hold the growth that was seen last.

    Parameters
    ----------
    first, last : years between which the growth was seen.
    seen, low, high : fractions a year.
    where : the scenario, sector and factor.
    """

    def __init__(
        self,
        indicator: str,
        first: int,
        last: int,
        seen: float,
        low: float,
        high: float,
        where: str,
    ) -> None:
        self.indicator, self.first, self.last = indicator, first, last
        self.seen, self.low, self.high, self.where = seen, low, high, where
        self.rule = (
            f"'{indicator}' moved by {PERCENT * seen:+.2f} % a year from {first} to {last}, "
            f"outside {PERCENT * low:+.2f} to {PERCENT * high:+.2f} %"
        )
        self.remedy = "widen low or high so that the range holds the present"
        super().__init__(f"scenarios.yml: {where}: {self.rule}; {self.remedy}")


def latest_growth(points: pd.Series, count: int = RECENT) -> list[tuple[int, int, float]]:
    """Measure what a series did last.

    Parameters
    ----------
    points : values by year, above zero, ascending.
    count : steps between neighbouring figures, at most.

    Returns
    -------
    list of (first, last, growth): of each step its years and its compound growth, as a fraction a
    year.
    """
    years = [int(year) for year in points.index][-count - 1 :]
    return [
        (first, last, float(points[last] / points[first]) ** (1 / (last - first)) - 1)
        for first, last in pairwise(years)
    ]


def trend(points: pd.Series, first: int, last: int, span: int = DEFAULT_SPAN) -> dict[str, float]:
    """Measure the compound yearly growth of a series between two years, and its range.

    Parameters
    ----------
    points : values by year, above zero.
    span : years of the stretches whose growth gives the range.

    Returns
    -------
    ``value`` from `first` to `last`; ``low`` and ``high``: smallest and largest growth over any
    `span` years in between, and never so narrow that they leave out `value` or one of the latest
    `RECENT` steps of the whole series; fractions a year.

    Raises
    ------
    MissingYearError : if the series lacks one of the two years, or no stretch of `span` years is
        complete.
    """
    known = points[(points.index >= first) & (points.index <= last)]
    absent = [year for year in (first, last) if year not in known.index]
    if absent:
        raise MissingYearError(f"trend {first} to {last}: no figure for {absent[0]}")
    value = float(known[last] / known[first]) ** (1 / (last - first)) - 1
    rates = [
        float(known[year + span] / known[year]) ** (1 / span) - 1
        for year in range(first, last - span + 1)
        if year in known.index and year + span in known.index
    ]
    if not rates:
        raise MissingYearError(f"trend {first} to {last}: no two figures {span} years apart")
    held = [value, *rates, *(growth for _, _, growth in latest_growth(points))]
    return {"value": value, "low": min(held), "high": max(held)}


def touched(
    ground: Ground,
    base_year: int,
    series: Lookup,
    targets: Mapping[str, Target],
    unit_of: Callable,
    plants: Mapping[str, PlantUnit] | None = None,
) -> float:
    """Say how large a part of its sector a step touches, as a fraction.

    Parameters
    ----------
    ground : of kind target, published or assumption (which touches all of it).

    Returns
    -------
    Amount over what it is a part of, in the base year or the last year before it that has a figure;
    or the growth of the series named.

    Raises
    ------
    ScenarioGap : if there is no figure to compare with.
    """
    if ground.kind == "assumption":
        return 1.0
    if ground.indicator is not None:
        points = _between(ground, series)
        return float(points[ground.last] / points[ground.first]) - 1
    over = ground.over
    if ground.units:
        chosen = [(plants or {})[name] for name in ground.units]
        over = chosen[0].indicator
        amount, unit = capacity(chosen, unit_of(over)), unit_of(over)
    elif ground.target is not None:
        amount, unit = targets[ground.target].value, targets[ground.target].unit
    else:
        assert ground.amount is not None and ground.unit is not None  # as `Ground` checks
        amount, unit = ground.amount, ground.unit
    if over is None:
        return amount / PERCENT
    points = series(over, ground.entity)
    # a figure of a later year is used only where no earlier one exists
    before = points[points.index <= base_year]
    if points.empty:
        raise ScenarioGap(over, None)
    whole = float(before.iloc[-1] if len(before) else points.iloc[0])
    return amount * units.factor(unit, unit_of(over)) / whole


def scenario_parameters(
    found: ScenarioSet,
    *,
    base: Mapping[str, Mapping[str, float]],
    series: Lookup,
    targets: Mapping[str, Target],
    unit_of: Callable[[str], str],
    equivalent_kg: Mapping[str, float],
    plants: Mapping[str, PlantUnit] | None = None,
) -> dict[str, Any]:
    """Give everything that the computation of `planbook.analysis.scenarios.projection` needs.

    Parameters
    ----------
    base : amounts of the base year by quantity and sector: ``co2`` in Mt (all sectors), pollutants
        in t (sectors that have a figure).
    series : looks up the values of an indicator by year; of the city where the place is None.
    equivalent_kg : weight of one pollutant equivalent by pollutant.
    plants : units that a ground may name.

    Returns
    -------
    Of strings, whole numbers, floats, lists and dicts only, in a stable order; changes as
    fractions. Each change has ``id, kind, sector, factor, value, low, high``; a rate also ``from,
    to, damping, offset``, a step ``start, ramp, touched``.

    Raises
    ------
    ScenarioGap : if a series lacks a year that a ground names.
    RangeError : if a range that names a series leaves out what it did last.
    """
    target = targets[found.intensity_target]
    total, output = _totals(found, target, series)
    to_mt = units.factor(unit_of(found.total), "Mt")
    pollutants = [name for name in base if name != "co2"]
    weighed = [name for name in pollutants if name in equivalent_kg]
    plain = ("base_year", "last_year", "peak_by", "draws", "seed")
    made: dict[str, Any] = {
        "format": FORMAT,
        **{name: getattr(found, name) for name in plain},
        "sectors": list(found.sectors),
        "units": {
            "co2": "Mt",
            "output": unit_of(found.output),
            **dict.fromkeys(pollutants, "t"),
            "equivalents": "thousand",
            "intensity": "t/1e4 CNY",
            "intensity_change": "%",
        },
        "base": {
            quantity: {name: float(parts[name]) for name in found.sectors if name in parts}
            for quantity, parts in base.items()
        },
        "output": float(output[found.base_year]),
        "reference": {
            "year": target.base_year,
            "co2": float(total[target.base_year]) * to_mt,
            "output": float(output[target.base_year]),
        },
        "target": {"year": target.deadline, "change": float(target.value)},
        "history": {
            str(year): float(value) * to_mt
            for year, value in total.items()
            if year <= found.base_year
        },
        "equivalent_kg": {name: float(equivalent_kg[name]) for name in weighed},
        "scenarios": [],
    }

    def changes_of(scenario: Scenario) -> list[dict[str, Any]]:
        changes = [_rate(rate, scenario.id, found, series) for rate in found.rates_of(scenario)]
        changes += [
            _step(step, found.base_year, series, targets, unit_of, plants or {})
            for step in found.steps_of(scenario)
        ]
        return sorted(changes, key=lambda one: (one["sector"], one["factor"], one["id"]))

    made["scenarios"] = [{"id": one.id, "changes": changes_of(one)} for one in found.scenarios]
    json.dumps(made, allow_nan=False)  # a value that JSON cannot hold must not pass
    return made


def _totals(found: ScenarioSet, target: Target, series: Lookup) -> tuple[pd.Series, pd.Series]:
    """Give emissions and output by year; `ScenarioGap` where a year to start from is missing."""
    total, output = series(found.total, None), series(found.output, None)
    for name, points, year in (
        (found.total, total, target.base_year),
        (found.output, output, found.base_year),
        (found.output, output, target.base_year),
    ):
        if year not in points.index:
            raise ScenarioGap(name, year)
    return total, output


def _rate(rate: Rate, scenario: str, found: ScenarioSet, series: Lookup) -> dict[str, Any]:
    ground = rate.ground
    home = _home(rate, scenario, found)
    if ground.kind == "trend":
        points = _between(ground, series)
        assert ground.first is not None and ground.last is not None  # as `Ground` checks
        values = trend(points, ground.first, ground.last, ground.span or DEFAULT_SPAN)
    else:
        values = _stated(rate)
        if ground.indicator is not None:
            where = f"'{scenario}', {rate.sector} {rate.factor} from {rate.from_}"
            _hold(ground.indicator, values, series(ground.indicator, ground.entity), where)
    return {
        # the id keeps the years of the rate as written, so that what is left of it where a
        # later scenario cuts into it has the same draws
        "id": f"{home[0]}.{rate.sector}.{rate.factor}.{home[1]}",
        "kind": "rate",
        "sector": rate.sector,
        "factor": rate.factor,
        "from": rate.from_,
        "to": rate.to,
        "damping": rate.damping,
        "offset": rate.from_ - home[1],
        **values,
    }


def _stated(rate: Rate) -> dict[str, float]:
    """Give a rate stated by hand and its range, as fractions."""
    assert not (rate.rate is None or rate.low is None or rate.high is None)  # as `Rate` checks
    return {
        "value": rate.rate / PERCENT,
        "low": rate.low / PERCENT,
        "high": rate.high / PERCENT,
    }


def _between(ground: Ground, series: Lookup) -> pd.Series:
    """Give the series of a ground; `ScenarioGap` where it lacks a year that the ground names."""
    assert ground.indicator is not None
    points = series(ground.indicator, ground.entity)
    for year in (ground.first, ground.last):
        if year not in points.index:
            raise ScenarioGap(ground.indicator, year)
    return points


def _hold(indicator: str, values: Mapping[str, float], points: pd.Series, where: str) -> None:
    """Refuse a range that leaves out what its own series did last."""
    if len(points) < 2:
        raise ScenarioGap(indicator, None)
    for first, last, seen in latest_growth(points):
        if not values["low"] <= seen <= values["high"]:
            raise RangeError(indicator, first, last, seen, values["low"], values["high"], where)


def range_problems(project: CityData) -> list[Problem]:
    """List the ranges stated by hand that leave out what their series did last.

    Of the year that the city's book looks from.
    """
    found = project.scenarios
    if found is None:
        return []
    figures = project.figures(project.city.as_of)
    path = project.paths.city(project.city.id) / "plan" / "scenarios.yml"
    problems = []
    for scenario in found.scenarios:
        for rate in scenario.rates:
            ground = rate.ground
            if ground.kind != "assumption" or ground.indicator is None:
                continue
            place = ground.entity or project.city.id
            points = derive.series(figures, project.catalog, ground.indicator, place).points
            try:
                where = f"'{scenario.id}', {rate.sector} {rate.factor}"
                _hold(ground.indicator, _stated(rate), points, where)
            except RangeError as error:
                file = relative(path, project.paths.root)
                problems.append(Problem(file, error.where, error.rule, error.remedy))
            except ScenarioGap:
                continue  # the page says which figure is missing
    return problems


def _home(rate: Rate, scenario: str, found: ScenarioSet) -> tuple[str, int]:
    """Find the scenario that states a rate, and the first year that it states it for."""
    name: str | None = scenario
    while name is not None:
        own = found.scenario(name)
        for one in own.rates:
            if (one.sector, one.factor) == (rate.sector, rate.factor) and (
                one.from_ <= rate.from_ and rate.to <= one.to and one.ground == rate.ground
            ):
                return name, one.from_
        name = own.based_on
    raise AssertionError(f"rate of {rate.sector} {rate.factor} has no scenario")


def _step(
    step: Step,
    base_year: int,
    series: Lookup,
    targets: Mapping[str, Target],
    unit_of: Callable,
    plants: Mapping[str, PlantUnit],
) -> dict[str, Any]:
    part = touched(step.ground, base_year, series, targets, unit_of, plants)
    ends = sorted((part * step.low / PERCENT, part * step.high / PERCENT))
    return {
        "id": f"step.{step.id}",
        "kind": "step",
        "sector": step.sector,
        "factor": step.factor,
        "start": step.start,
        "ramp": step.ramp,
        "touched": part,
        "value": part * step.effect / PERCENT,
        "low": ends[0],
        "high": ends[1],
    }
