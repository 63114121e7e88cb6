"""When a figure was known: dates of publication, replay, and which figures were revised."""

from __future__ import annotations

import calendar
import re
from datetime import date

import pandas as pd

from planbook.errors import ParameterError

SERIES = ["indicator", "entity", "year"]  # one figure; each vintage of it is a row
ORDER = [*SERIES, "published", "row"]  # the later vintage below the earlier
_DAY = re.compile(r"(19|20|21)\d\d(-\d\d(-\d\d)?)?")


def last_day(published: str) -> str:
    """Give the last day that a date of publication may mean.

    Parameters
    ----------
    published : str
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

    Returns
    -------
    str
        ``YYYY-MM-DD``: a date that names no day counts as the last one of its month or
        year, so that no replay knows a figure too early.
    """
    if len(published) == 4:
        return f"{published}-12-31"
    if len(published) == 7:
        year, month = int(published[:4]), int(published[5:])
        return f"{published}-{calendar.monthrange(year, month)[1]:02d}"
    return published


def is_day(text: str) -> bool:
    """Tell whether `text` is a year, a month or a day, as `day_of` reads it."""
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(last_day(text))
    except ValueError:
        return False
    return True


def day_of(as_of: int | str) -> str:
    """Give the day that a replay stands on, at its end.

    Parameters
    ----------
    as_of : int or str
        A year (its last day), ``YYYY-MM`` (its last day) or ``YYYY-MM-DD``.

    Returns
    -------
    str
        ``YYYY-MM-DD``.

    Raises
    ------
    ParameterError
        If it is none of these.
    """
    text = str(as_of)
    if not is_day(text):
        raise ParameterError(f"as_of '{text[:40]}': give a year, or a date as YYYY-MM-DD")
    return last_day(text)


def year_of(as_of: int | str) -> int:
    """Give the last year that is over at the end of the day: targets are judged by it."""
    day = day_of(as_of)
    return int(day[:4]) - (not day.endswith("-12-31"))


def standing(as_of: int | str) -> tuple[int, str]:
    """Split what a book stands at: the year by which targets are judged, and the day.

    The day is empty where a whole year was given.
    """
    whole = isinstance(as_of, int) or len(as_of) == 4
    return year_of(as_of), "" if whole else day_of(as_of)


def year_before(day: str) -> str:
    """Give the same day of the year before; 28 February for the 29th."""
    year, month, number = int(day[:4]) - 1, int(day[5:7]), int(day[8:])
    return f"{year}-{month:02d}-{min(number, calendar.monthrange(year, month)[1]):02d}"


def known_from(frame: pd.DataFrame) -> pd.Series:
    """Give the first day on which each row counts as known.

    Parameters
    ----------
    frame : pandas.DataFrame
        Checked observations.

    Returns
    -------
    pandas.Series of str
        The last day that ``published`` may mean. A row without a date of publication
        counts as known from the end of the year after the one that it describes,
        when annual statistics are out.
    """
    days = {text: last_day(text) for text in frame["published"].unique() if text}
    undated = (frame["year"] + 1).astype(str) + "-12-31"
    return frame["published"].map(days).where(frame["published"] != "", undated)


def known_on(frame: pd.DataFrame, as_of: int | str) -> pd.DataFrame:
    """Select every vintage known at the end of a year or day, the later below the earlier."""
    known = frame[known_from(frame) <= day_of(as_of)] if len(frame) else frame
    return known.sort_values(ORDER, kind="stable")


def latest(vintages: pd.DataFrame) -> pd.DataFrame:
    """Keep the latest vintage of each figure of what `known_on` gave."""
    return vintages.drop_duplicates(SERIES, keep="last").reset_index(drop=True)


def revisions(frame: pd.DataFrame, as_of: int | str) -> pd.DataFrame:
    """List what was revised: one row for each figure that replaced an earlier one.

    Parameters
    ----------
    frame : pandas.DataFrame
        Checked observations with all vintages.
    as_of : int or str
        Year or day; later figures are not looked at.

    Returns
    -------
    pandas.DataFrame
        ``indicator, entity, year, unit, status, before, before_qualifier, before_published,
        before_source, after, after_qualifier, after_published, after_source, change_pct``:
        the change in per cent of the earlier figure, missing where that is zero. A
        vintage that repeats the earlier figure is no revision.
    """
    known = known_on(frame, as_of)
    earlier = known.groupby(SERIES, sort=False)[["value", "qualifier", "published", "source"]]
    earlier = earlier.shift(1)
    same = (earlier["value"] == known["value"]) & (earlier["qualifier"] == known["qualifier"])
    chosen = earlier["value"].notna() & ~same
    found, before = known[chosen], earlier[chosen]
    out = found[[*SERIES, "unit", "status"]].copy()
    for side, rows in (("before", before), ("after", found)):
        out[side] = rows["value"].astype("float64")
        for name in ("qualifier", "published", "source"):
            out[f"{side}_{name}"] = rows[name]
    base = out["before"].where(out["before"] != 0)
    out["change_pct"] = (out["after"] / base - 1) * 100
    return out.reset_index(drop=True)
