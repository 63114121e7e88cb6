"""An inventory computed for the city of a view, and how its amounts are written."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from planbook.analysis.inventory.activity import (
    KINDS,
    MISSING,
    PUBLISHED,
    SCALED,
    Activity,
    ActivityFigure,
    activities,
)
from planbook.analysis.inventory.emissions import by_line, emissions, pollutants, swap
from planbook.analysis.inventory.uncertainty import Simulated, simulate
from planbook.data import units
from planbook.data.factor_library import Library
from planbook.data.factors import InventoryLine
from planbook.report.view import View
from planbook.text import number

ADDED_SCOPE = 1  # what is counted together; the others stand apart
SMALLEST = 0.001  # of the unit shown; what is less is only said to be less
KIND_DIGITS = {PUBLISHED: 3, SCALED: 2}  # significant digits that a reader may trust


@dataclass(frozen=True)
class Results:
    """The inventory of one city."""

    activity: Mapping[str, Sequence[Activity]]
    rows: pd.DataFrame  # as of `planbook.analysis.inventory.emissions.emissions`
    lines: pd.DataFrame  # as of `by_line`, with ``low`` and ``high`` of the draws
    # sums of lines of one kind and scope; no sum goes across either
    totals: Mapping[tuple[str, int], Simulated]
    swapped: pd.DataFrame
    benefits: pd.DataFrame

    def kind(self, line: str) -> str:
        """Say how a line was computed: published, scaled or missing."""
        return str(self.lines["kind"].get(line, MISSING))


def library_of(view: View) -> Library:
    """Give the library of factors; every project that is loaded has one."""
    library = view.project.factors.library
    assert library is not None
    return library


def latest_figure(view: View, indicator: str) -> ActivityFigure | None:
    """Give the city's latest published point of an indicator; no bound, no estimate."""
    found = view.series(indicator)
    points = found.frame[found.frame["qualifier"].isin(["", "about"])]
    points = points[points["status"] != "modelled"]
    if points.empty:
        return None
    row = points.iloc[-1]
    return ActivityFigure(
        float(row["value"]),
        found.indicator.unit,
        int(row.name),
        tuple(str(row["source"]).split()),
        str(row["qualifier"]),
    )


def compute(view: View) -> Results:
    """Compute the inventory of the view's city by the library's default set."""
    library = library_of(view)
    regions = (view.city, *view.parents)
    known = {one.activity for one in library.uses} | {one.activity for one in library.factors}
    activity = activities(
        library,
        view.project.factors.lines,
        lambda name: latest_figure(view, name),
        computed=known,
    )
    rows = emissions(activity, library, regions=regions)
    lines = by_line(rows)
    scopes = {line: one.id for one in library.scopes for line in one.lines}
    totals = {}
    for (kind, scope), part in rows.groupby([rows["kind"], rows["line"].map(scopes)], sort=False):
        totals[str(kind), int(scope)] = simulate(part)
    spread = [one.lines[["low", "high"]] for one in totals.values()]
    lines = lines.join(pd.concat(spread)) if spread else lines.assign(low=[], high=[])
    weights = {key: one.equivalent_kg for key, one in view.project.factors.equivalents.items()}
    return Results(
        activity,
        rows,
        lines,
        totals,
        swap(activity, library, regions=regions),
        pollutants(activity, library, weights),
    )


def counts(view: View, results: Results) -> dict[str, int]:
    """Count the lines of the inventory by how they were computed."""
    kinds = [results.kind(line.id) for line in view.project.factors.lines]
    return {kind: kinds.count(kind) for kind in KINDS}


def significant(value: float, digits: int) -> str:
    """Write a number with so many significant digits and no false ones."""
    if not math.isfinite(value) or value == 0:
        return number(value if math.isfinite(value) else None, 0)
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    return number(rounded, max(0, places))


def mega(view: View, tonnes: float, digits: int = 2) -> str:
    """Write tonnes in the unit in which readers of the language count millions of them."""
    _, factor = units.display("Mt", view.lang)
    value = tonnes / 1e6 * factor
    if 0 < value < SMALLEST:
        return view.say("inv_below", value=number(SMALLEST, 3))
    return significant(value, min(digits, max(1, 4 + math.floor(math.log10(value or 1)))))


def mega_unit(view: View) -> str:
    """Name the unit of `mega`."""
    return units.display("Mt", view.lang)[0]


def span(view: View, low: float, high: float, digits: int = 2) -> str:
    """Write an interval in the unit of `mega`."""
    return view.say("inv_span", low=mega(view, low, digits), high=mega(view, high, digits))


def line_title(view: View, line: str) -> str:
    """Name a line of the inventory."""
    return line_of(view, line).title[view.lang]


def line_of(view: View, line: str) -> InventoryLine:
    """Find a line of the inventory by its id."""
    return next(one for one in view.project.factors.lines if one.id == line)


def driver_title(view: View, variable: str) -> str:
    """Name an uncertain number in words; ``variable`` is as the draws name it."""
    part, _, rest = variable.partition(":")
    if part in ("carbon", "heat"):
        return view.say(f"driver_{part}", fuel=view.say(f"fuel_{rest}"))
    if part == "mix":
        names = view.say("driver_and").join(view.say(f"fuel_{one}") for one in rest.split("+"))
        return view.say("driver_mix", fuels=names)
    if part == "factor":
        line, _, gas, component = rest.split(":")
        what = view.say(f"component_{component}")
        return view.say("driver_factor", line=line_title(view, line), gas=gas, component=what)
    return view.say(f"driver_{part}", line=line_title(view, rest))
