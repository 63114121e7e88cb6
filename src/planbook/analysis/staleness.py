"""Which indicators have had no new figure for long, and whose they are."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planbook.data.catalog import Catalog, Indicator
from planbook.data.observations import NOT_OWN
from planbook.data.plan import City, Measure, Plan
from planbook.data.series import behind

MONTHS = 18  # without a new figure; an annual one is half a year late by then


# The row of an indicator's last figure, the last day it can have come out, how that is known.
Last = tuple[dict[str, Any] | None, dt.date | None, str]
NEVER: Last = (None, None, "never")


@dataclass(frozen=True)
class Overdue:
    """An indicator without a new figure."""

    indicator: Indicator
    department: str  # who would hold the figure, by the catalogue
    leads: tuple[str, ...]  # lead departments of the measures that need the indicator
    targets: tuple[str, ...]  # targets that need it
    # the row of the latest year of the city, its latest vintage; None if there has never been one
    last: Mapping[str, object] | None
    came_out: dt.date | None  # the last day on which `last` can have come out
    # how that day is known: ``day``, ``month``, ``year`` (of publication), or ``undated``;
    # ``never`` without a figure
    dated_by: str
    months: int | None  # whole months from `came_out` to the day of the question


def overdue(
    observations: pd.DataFrame,
    catalog: Catalog,
    plan: Plan,
    city: City,
    *,
    today: dt.date,
    months: int = MONTHS,
) -> list[Overdue]:
    """List the indicators of a city whose last figure came out more than `months` ago.

    Parameters
    ----------
    observations : checked rows, all vintages.
    today : the day of the question; figures that came out later do not count.

    Returns
    -------
    Those with a target first, then those that a measure names, each by department; within it those
    that never had a figure first, then the oldest.

    Notes
    -----
    Only published figures of the city as a whole count, no modelled estimate and nothing
    that others list. Asked for
    is what a target or a measure of the plan needs, and what has been published before;
    not asked for is what is computed from others, or known for no target but from
    estimates or lists of others alone. A
    figure of a month or a year counts as of its last day; one without a publication
    date as of the last day of the year after the one that it describes, the latest day
    at which `observations.known_in` has it.
    """
    own = observations[observations["entity"] == city.id]
    others = own["status"].isin(NOT_OWN)
    estimated = set(own.loc[others, "indicator"])
    own = own[~others]
    own = own.sort_values(["year", "published", "row"], kind="stable")
    last: dict[str, Last] = {}
    for figure in own.to_dict("records"):
        out, known_by = last_day(figure["published"], figure["year"])
        if _first_day(out, known_by) <= today:
            last[figure["indicator"]] = figure, out, known_by
    found = []
    for item in catalog.values():
        row, day, by = last.get(item.id, NEVER)
        served = [one for one in plan.measures.values() if _serves(one, item.id, plan, catalog)]
        targets = tuple(
            name for name, one in plan.targets.items() if item.id in behind(catalog, one.indicator)
        )
        is_asked = targets or (served and item.id not in estimated)
        if item.derive or (row is None and not is_asked):
            continue
        if day is not None and day >= months_before(today, months):
            continue
        since = None if day is None else months_between(day, today)
        leads = tuple(dict.fromkeys(one.lead for one in served if one.lead))
        found.append(Overdue(item, item.department, leads, targets, row, day, by, since))
    order = list(catalog.departments)

    def rank(one: Overdue) -> tuple[bool, bool, int, dt.date]:
        place = order.index(one.department)
        return not one.targets, not one.leads, place, one.came_out or dt.date.min

    return sorted(found, key=rank)


def last_day(published: str, year: int) -> tuple[dt.date, str]:
    """Give the last day on which a figure can have come out, and how it is known.

    Parameters
    ----------
    published : ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD`` or empty.
    year : year that the figure describes.

    Returns
    -------
    by : {'day', 'month', 'year', 'undated'}
    """
    parts = [int(part) for part in published.split("-")] if published else []
    if len(parts) == 3:
        end = calendar.monthrange(parts[0], parts[1])[1]
        return dt.date(parts[0], parts[1], min(parts[2], end)), "day"
    if len(parts) == 2:
        year, month = parts
        return dt.date(year, month, calendar.monthrange(year, month)[1]), "month"
    if parts:
        return dt.date(parts[0], 12, 31), "year"
    return dt.date(year + 1, 12, 31), "undated"


def months_between(start: dt.date, end: dt.date) -> int:
    """Count the whole months from `start` to `end`; none before it."""
    whole = (end.year - start.year) * 12 + end.month - start.month
    return max(0, whole - (end.day < min(start.day, calendar.monthrange(end.year, end.month)[1])))


def months_before(day: dt.date, months: int) -> dt.date:
    """Give the day some months before another, the last of its month where that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _first_day(day: dt.date, by: str) -> dt.date:
    """Give the first day on which a figure can have come out; `last_day` gave the last."""
    return {
        "day": day,
        "month": day.replace(day=1),
        "year": day.replace(month=1, day=1),
        "undated": day.replace(month=1, day=1),
    }[by]


def _serves(measure: Measure, indicator: str, plan: Plan, catalog: Catalog) -> bool:
    """Whether a measure names an indicator, or what is computed from it."""
    named = [*measure.indicators, *(plan.targets[name].indicator for name in measure.targets)]
    return any(indicator in behind(catalog, one) for one in named)
