"""Whether a plan's targets make sense: contradictions, and what deserves a look."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import pandas as pd

from planbook.data.catalog import Catalog, Indicator
from planbook.data.observations import NOT_OWN
from planbook.data.plan import Plan, Target
from planbook.data.series import series
from planbook.errors import Problem


def contradictions(plan: Plan, catalog: Catalog, name: str) -> list[Problem]:
    """Find targets that cannot be meant: these are errors and stop.

    Parameters
    ----------
    name : str
        File of the targets, for the messages.

    Returns
    -------
    list of Problem
        An operator against the indicator's direction, a change that points away
        from what is good, a value outside the indicator's bounds, two targets that
        cannot both hold.
    """
    found = []
    for target in plan.targets.values():
        indicator = catalog.get(target.indicator)
        if indicator:
            where = plan.target_rows.get(target.target_id, f"target {target.target_id}")
            found += [Problem(name, where, *fault) for fault in _faults(target, indicator)]
    targets = list(plan.targets.values())
    for one, other in combinations(targets, 2):
        if _exclude(one, other):
            where = plan.target_rows.get(other.target_id, f"target {other.target_id}")
            first = plan.target_rows.get(one.target_id, f"target {one.target_id}")
            rule = (
                f"'{other.target_id}' ({_asks(other)}) and '{one.target_id}' ({_asks(one)}, "
                f"{first}) cannot both hold for {one.indicator}"
            )
            found.append(Problem(name, where, rule, "mend the value, operator or deadline of one"))
    return found


def _asks(target: Target) -> str:
    by = "" if target.deadline is None else f" by {target.deadline}"
    return f"{target.operator} {target.value:g} {target.unit}{by}"


def _faults(target: Target, indicator: Indicator) -> Iterator[tuple[str, str]]:
    """Give rule and remedy of each contradiction within one target."""
    up = target.wants == "at_least"
    wanted = {"up": True, "down": False, "none": None}[indicator.direction]
    value, unit = target.value, target.unit
    if target.operator != "==" and wanted is not None and wanted != up:
        yield (
            f"operator '{target.operator}' of '{target.target_id}' asks for "
            f"{'more' if up else 'less'}, but '{indicator.id}' is good when it goes "
            f"{indicator.direction}",
            "mend the operator, or the direction in the catalogue",
        )
    elif target.kind.relative and wanted is not None and value * (1 if up else -1) < 0:
        yield (
            f"'{target.target_id}' sets {value:g} %, {'below' if up else 'above'} its base year, "
            f"but '{indicator.id}' is good when it goes {indicator.direction}",
            "mend the sign; a bound on a change for the worse is a 'limit' on a derived indicator",
        )
    low, high = target.kind.limits(indicator.lower, indicator.upper)
    if not low <= value <= high:
        left = "−∞" if math.isinf(low) else f"{low:g}"
        right = "∞" if math.isinf(high) else f"{high:g}"
        yield (
            f"value {value:g} {unit} of '{target.target_id}' is outside [{left}, {right}]",
            "check the value and its unit",
        )


def _range(target: Target) -> tuple[float, float, bool]:
    """Give the values that satisfy a target, and whether its ends are left out."""
    value = target.value
    ends = {">=": (value, math.inf), ">": (value, math.inf), "<=": (-math.inf, value),
            "<": (-math.inf, value), "==": (value, value)}  # fmt: skip
    return (*ends[target.operator], target.operator in ("<", ">"))


def _exclude(one: Target, other: Target) -> bool:
    """Whether two targets ask for the same quantity in the same year and exclude each other."""
    terms = [(item.indicator, item.kind.sums, item.kind.relative,
              item.base_year if item.kind.sums or item.kind.relative else None)
             for item in (one, other)]  # fmt: skip
    if terms[0] != terms[1] or not _meet(one, other):
        return False
    (low, high, open_), (other_low, other_high, other_open) = _range(one), _range(other)
    least, most = max(low, other_low), min(high, other_high)
    return least > most or (least == most and (open_ or other_open))


def _meet(one: Target, other: Target) -> bool:
    """Whether there is a year in which both targets bind."""
    if one.deadline == other.deadline:
        return True
    for binding, dated in ((one, other), (other, one)):
        if not binding.kind.at_once or dated.deadline is None:
            continue
        if binding.deadline is None:
            return True
        if binding.kind.every_year and dated.deadline <= binding.deadline:
            return dated.deadline >= (binding.first_year or 0)
        if binding.binds_on and dated.deadline >= binding.deadline:
            return True
    return False


def notes(
    plan: Plan, known: pd.DataFrame, catalog: Catalog, *, city: str, name: str
) -> list[Problem]:
    """List what is true of the data but deserves a look; none of it stops.

    Parameters
    ----------
    known : pandas.DataFrame
        Observations, one row for each indicator, entity and year.
    name : str
        File of the targets, for the messages.

    Returns
    -------
    list of Problem
        A base year without a figure of the city (a sum needs none: it starts at
        zero), a target that the base year's figure meets already or surpasses, without a
        base year a level that the first published figure meets, and an amount of which
        the catalogue does not say whether it can be lost again.
    """
    found = []
    for target in plan.targets.values():
        where = plan.target_rows.get(target.target_id, f"target {target.target_id}")
        indicator = catalog[target.indicator]
        if target.kind.keeps == "declared" and indicator.counts is None:
            rule = f"'{indicator.id}' of '{target.target_id}' may be lost again or not: not said"
            fix = "write 'counts: stock' or 'counts: total' in the catalogue"
            found.append(Problem(name, where, rule, fix))
        if target.kind.sums or (target.kind.at_once and target.base_year is None):
            continue
        own = series(known, catalog, target.indicator, city)
        points = own.points[~own.frame.loc[own.points.index, "status"].isin(NOT_OWN)]
        faults = _at_start(target, points, indicator)
        found += [Problem(name, where, *fault) for fault in faults]
    return found


def _at_start(target: Target, points: pd.Series, indicator: Indicator) -> Iterator[tuple[str, str]]:
    base = target.base_year
    if base is not None and base not in points.index:
        yield (
            f"base year {base} of '{target.target_id}' has no figure of the city for "
            f"'{indicator.id}'",
            f"add it to the observations; department '{indicator.department}' would hold it",
        )
        return
    if points.empty or target.kind.may_hold_already:
        return
    year = int(points.index[0]) if base is None else base
    value = float(points[year])
    if not target.is_met_by(value, indicator):
        return
    start = f"the base year {year}" if base else f"{year}, the first year with a figure"
    surpassed = value != target.value
    side = "below" if target.wants == "at_least" else "above"
    yield (
        f"'{target.target_id}' ({_asks(target)}) is met already: {value:g} {target.unit} in {start}"
        + (f"; the target lies {side} that figure" if surpassed else ""),
        "check value, operator and base year; it asks for no change for the better",
    )
