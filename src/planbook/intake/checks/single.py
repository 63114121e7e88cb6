"""Each figure by itself: types, units, bounds, dates, repeats. Checked with pandera.

Pandera tests all columns at once and names every row that fails (``lazy``), so that an
analyst mends a file in one go; the names of its checks are the keys of our messages.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from planbook.data import units
from planbook.data.catalog import Catalog
from planbook.data.observations import QUALIFIERS, STATUSES
from planbook.intake.faults import Fault
from planbook.intake.meaning.resolve import NewFigure

# check -> the column of the sheet that is marked
_COLUMN = {"year_future": "year", "published_future": "published", "published_before": "published",
           "revised_undated": "published", "duplicate": "value", "bounds": "value",
           "not_finite": "value"}  # fmt: skip


def to_frame(figures: Sequence[NewFigure], catalog: Catalog) -> pd.DataFrame:
    """Put figures into a frame, beside what the catalogue says of them."""
    columns = ("indicator", "entity", "year", "value", "unit", "status", "published", "source",
               "qualifier")  # fmt: skip
    rows = [
        {
            **{name: getattr(one, name) for name in columns},
            "catalogue_unit": catalog[one.indicator].unit,
            "lower": catalog[one.indicator].lower,
            "upper": catalog[one.indicator].upper,
        }
        for one in figures
    ]
    frame = pd.DataFrame(rows, columns=[*columns, "catalogue_unit", "lower", "upper"])
    return frame.astype({"year": "int64", "value": "float64", "lower": "float64",
                         "upper": "float64"})  # fmt: skip


@lru_cache(maxsize=4)  # making it takes longer than using it
def figures_schema(today: dt.date) -> pa.DataFrameSchema:
    """Make the schema of the figures of one import."""
    text = {"nullable": False, "required": True}
    last = today.year
    return pa.DataFrameSchema(
        {
            "indicator": pa.Column(str, **text),
            "entity": pa.Column(str, **text),
            "year": pa.Column("int64", pa.Check(lambda one: one <= last, name="year_future")),
            "value": pa.Column("float64", pa.Check(np.isfinite, name="not_finite")),
            "unit": pa.Column(str, **text),
            "status": pa.Column(str, pa.Check(_within(STATUSES), name="status_unknown"), **text),
            "published": pa.Column(
                str, pa.Check(lambda one: one <= _end(one, today), name="published_future")
            ),
            "source": pa.Column(
                str, pa.Check(lambda one: one != "", name="source_missing"), **text
            ),
            "qualifier": pa.Column(str, pa.Check(_within(QUALIFIERS), name="qualifier_unknown")),
        },
        checks=[
            pa.Check(lambda d: d["unit"] == d["catalogue_unit"], name="unit_other"),
            pa.Check(lambda d: d["value"].between(d["lower"], d["upper"]), name="bounds"),
            pa.Check(
                lambda d: ~d.duplicated(["indicator", "entity", "year"], keep="first"),
                name="duplicate",
            ),
            pa.Check(
                lambda d: (d["published"] == "") | (_year_of(d["published"]) >= d["year"]),
                name="published_before",
            ),
            pa.Check(
                lambda d: (d["status"] != "revised") | (d["published"] != ""),
                name="revised_undated",
            ),
        ],
    )  # fmt: skip


def _within(known: Sequence[str]) -> Callable[[pd.Series], pd.Series]:
    return lambda one: one.isin(list(known))


def _end(published: pd.Series, today: dt.date) -> pd.Series:
    """Give today's date in the precision of each date: 2026, 2026-11 or 2026-11-24."""
    return published.str.len().map(lambda length: today.isoformat()[:length])


def _year_of(published: pd.Series) -> pd.Series:
    return pd.to_numeric(published.str.slice(0, 4), errors="coerce").fillna(0)


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


def check_schema(figures: Sequence[NewFigure], catalog: Catalog, today: dt.date) -> list[Fault]:
    """Test every figure by itself and name each that fails."""
    if not figures:
        return []
    frame = to_frame(figures, catalog)
    try:
        figures_schema(today).validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases[["check", "index"]].drop_duplicates()
    else:
        return []
    first = {one.key: one for one in reversed(figures)}
    found = []
    for check, index in sorted(
        (str(check), int(index)) for check, index in cases.itertuples(index=False)
    ):
        one = figures[index]
        details: dict[str, object] = {}
        if check == "bounds":
            item = catalog[one.indicator]
            details = {
                "given": f"{one.value:.12g}",
                "unit": {lang: units.label(item.unit, lang) or item.unit for lang in ("en", "zh")},
                "low": "−∞" if math.isinf(item.lower) else f"{item.lower:g}",
                "high": "∞" if math.isinf(item.upper) else f"{item.upper:g}",
            }
        elif check == "duplicate":
            other = first[one.key].entry
            details = {"other": f"{other.file} {other.sheet} {other.cells['value'].ref}"}
        elif check in ("status_unknown", "qualifier_unknown"):
            known = STATUSES if check == "status_unknown" else QUALIFIERS
            details = {"known": ", ".join(filter(None, known))}
        elif check == "year_future":
            details = {"today": today.year}
        found.append((index, one.fault(check, _COLUMN.get(check, "value"), **details)))
    return [fault for _, fault in sorted(found, key=lambda pair: pair[0])]
