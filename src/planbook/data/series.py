"""Series of one indicator for one place: selected, or computed from others."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from planbook.data.catalog import Catalog, Indicator
from planbook.data.observations import Figures

# worst first: a value computed from several is as uncertain as the worst of them
_STATUS_ORDER = ("modelled", "external", "provisional", "compiled", "revised", "final")


@dataclass(frozen=True)
class Series:
    """One indicator for one place, by year.

    Attributes
    ----------
    frame : pandas.DataFrame
        Index ``year`` (ascending, unique); columns ``value`` in the
        indicator's unit, ``status``, ``source`` (ids, joined by a space),
        ``published``, ``qualifier``, ``note``, ``note_zh`` and ``segment``
        (0, 1, …: a new one begins at each break).
    """

    indicator: Indicator
    entity: str
    frame: pd.DataFrame = field(repr=False)

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def points(self) -> pd.Series:
        """The values that are points: a bound such as “over 41” is none."""
        exact = self.frame["qualifier"].isin(["", "about"])
        return self.frame.loc[exact, "value"]

    @property
    def last_segment(self) -> pd.Series:
        """The points after the last break, which may be fitted together."""
        if self.frame.empty:
            return self.points
        last = self.frame["segment"].max()
        points = self.points
        return points[self.frame.loc[points.index, "segment"] == last]

    @property
    def last_bounds(self) -> pd.DataFrame:
        """The rows after the last break that are bounds, such as “over 41”."""
        rows = self.frame[self.frame["qualifier"].isin(["at_least", "at_most"])]
        return rows[rows["segment"] == self.frame["segment"].max()]

    @property
    def is_modelled(self) -> bool:
        """Whether any value is a modelled estimate."""
        return bool((self.frame["status"] == "modelled").any())

    @property
    def latest(self) -> pd.Series | None:
        """The row of the latest year, or None; its ``name`` is the year."""
        return None if self.frame.empty else self.frame.iloc[-1]

    @property
    def last(self) -> pd.Series:
        """The row of the latest year of a series that is not empty; its ``name`` is the year."""
        return self.frame.iloc[-1]

    @property
    def sources(self) -> list[str]:
        """Ids of the sources, in order of appearance."""
        named = " ".join(self.frame["source"]).split()
        return list(dict.fromkeys(named))


COLUMNS = ["value", "status", "source", "published", "qualifier", "note", "note_zh"]


def series(known: pd.DataFrame | Figures, catalog: Catalog, indicator: str, entity: str) -> Series:
    """Select or compute one series.

    Parameters
    ----------
    known : pandas.DataFrame or Figures
        Observations, one row for each indicator, entity and year.
    indicator : str
        Id in the catalogue.

    Returns
    -------
    Series
        Empty if nothing is known. A derived value exists only for the years in
        which each of its inputs has a point, and a change only where both ends are
        of one definition; none is filled in.
    """
    meta = catalog[indicator]
    if meta.derive:
        frame = _derive(known, catalog, meta, entity)
    else:
        if isinstance(known, Figures):
            frame = known.by_year(indicator, entity)
            if frame.empty and known.blank is not None:
                return Series(meta, entity, known.blank)
            frame = frame[COLUMNS]
        else:
            rows = known[(known["indicator"] == indicator) & (known["entity"] == entity)]
            frame = rows.set_index("year").sort_index()[COLUMNS]
    frame = frame.assign(segment=segments(meta, entity, frame.index))
    if isinstance(known, Figures) and not meta.derive and frame.empty:
        known.blank = frame
    return Series(meta, entity, frame)


def segments(meta: Indicator, entity: str, years: pd.Index, *, gaps: bool = True) -> np.ndarray:
    """Number the unbroken parts of a series, year by year.

    Parameters
    ----------
    gaps : bool, optional
        Whether a year left out (`gap` of the catalogue) ends a part; two levels may be
        compared across it.
    """
    found = np.zeros(len(years), dtype="int64")
    for item in meta.breaks_of(entity):
        if gaps or not item.gap:
            found += years.to_numpy() >= item.from_
    return found


def behind(catalog: Catalog, indicator: str) -> list[str]:
    """List the observed indicators that a series rests on: itself, or what it is computed from."""
    meta = catalog[indicator]
    if not meta.derive:
        return [indicator]
    return list(dict.fromkeys(name for one in meta.derive.of for name in behind(catalog, one)))


def _parts(one: Series, years: pd.Index) -> np.ndarray:
    """Number the parts of one definition, within which a change is a change."""
    return segments(one.indicator, one.entity, years, gaps=False)


def _derive(
    known: pd.DataFrame | Figures, catalog: Catalog, meta: Indicator, entity: str
) -> pd.DataFrame:
    derive = meta.derive
    assert derive is not None  # `series` asks of no other
    inputs = [series(known, catalog, other, entity) for other in derive.of]
    points = [item.points for item in inputs]
    years = points[0].index
    for other in points[1:]:
        years = years.intersection(other.index)
    first = points[0].loc[years]
    if derive.op == "ratio":
        value = first / points[1].loc[years] * derive.factor
    elif derive.op == "share_of":
        value = first / points[1].loc[years] * 100
    elif derive.op == "difference":
        value = first - points[1].loc[years]
    elif derive.op == "sum":
        value = sum(other.loc[years] for other in points)
    elif derive.op == "complement":
        value = 100 - first
    elif derive.op == "annual_change":
        before = first.reindex(years - 1)
        before.index = years
        same = _parts(inputs[0], years) == _parts(inputs[0], years - 1)
        value = ((first / before - 1) * 100)[same].dropna()
    else:  # change_from
        base = first.get(derive.base_year)
        same = _parts(inputs[0], years) == _parts(inputs[0], pd.Index([derive.base_year]))
        value = first.iloc[:0] if base is None else ((first / base - 1) * 100)[same]
    value = value.sort_index()
    frame = pd.DataFrame({"value": value})
    for column in COLUMNS[1:]:
        frame[column] = ""
    if frame.empty:
        return frame
    parts = [item.frame.loc[frame.index] for item in inputs]
    frame["status"] = [
        min((part.at[year, "status"] for part in parts), key=_STATUS_ORDER.index)
        for year in frame.index
    ]
    frame["source"] = [
        " ".join(dict.fromkeys(" ".join(part.at[year, "source"] for part in parts).split()))
        for year in frame.index
    ]
    frame["published"] = [max(part.at[year, "published"] for part in parts) for year in frame.index]
    frame["qualifier"] = [
        "about" if any(part.at[year, "qualifier"] == "about" for part in parts) else ""
        for year in frame.index
    ]
    return frame
