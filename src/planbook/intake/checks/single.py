"""Each figure by itself: units, bounds, states, dates, repeats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from planbook.data import units
from planbook.data.catalog import Catalog
from planbook.data.row_rules import broken
from planbook.intake.faults import Fault
from planbook.intake.meaning.resolve import NewFigure


def drop_equal(figures: Sequence[NewFigure]) -> tuple[list[NewFigure], list[Fault]]:
    """Keep the first of figures that say the same of the same place and year.

    Two departments may send the same figure: equal ones are a hint, others an error.
    """
    kept: dict[tuple, NewFigure] = {}
    found, faults = [], []
    for one in figures:
        other = kept.setdefault(one.key, one)
        if other is one or (other.value, other.qualifier) != (one.value, one.qualifier):
            found.append(one)
            continue
        where = f"{other.entry.file} {other.entry.sheet} {other.entry.cells['value'].ref}"
        faults.append(one.fault("duplicate_equal", level="hint", other=where))
    return found, faults


def check_figures(figures: Sequence[NewFigure], catalog: Catalog, today: dt.date) -> list[Fault]:
    """Test every figure by itself and name each rule that one breaks."""
    first = {one.key: one for one in reversed(figures)}
    found: list[Fault] = []
    for one in figures:
        item = catalog[one.indicator]
        for fault in broken(one, item):
            details: dict[str, Any] = dict(fault.details)
            if fault.rule == "bounds":
                label = {lang: units.label(item.unit, lang) or item.unit for lang in ("en", "zh")}
                details["unit"] = label
            found.append(one.fault(fault.rule, fault.column, **details))
        if not one.source:
            found.append(one.fault("source_missing"))
        if first[one.key] is not one:
            other = first[one.key].entry
            where = f"{other.file} {other.sheet} {other.cells['value'].ref}"
            found.append(one.fault("duplicate", other=where))
        found += _dates(one, today)
    return found


def _dates(one: NewFigure, today: dt.date) -> Iterator[Fault]:
    """Name a year, or a date of publication, that is still to come or comes too early."""
    if one.year > today.year:
        yield one.fault("year_future", "year", today=today.year)
    if one.published > today.isoformat()[: len(one.published)]:  # in the precision of the date
        yield one.fault("published_future", "published")
    if one.published and int(one.published[:4]) < one.year:
        yield one.fault("published_before", "published")
