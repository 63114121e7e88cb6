"""What an inventory could be made from: published inputs, and how far estimates differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from planbook.data.factors import InventoryLine

STATES = ("published", "near_only", "missing")


@dataclass(frozen=True)
class LineState:
    """How far one line of the inventory can be filled."""

    line: InventoryLine
    # {'published', 'near_only', 'missing'}; `published`: an activity figure exists; `near_only`:
    # only a figure near it
    state: str
    # activity, near: indicators that have a figure
    activity: tuple[str, ...]
    near: tuple[str, ...]
    wanted: tuple[str, ...]  # activity indicators without one


def line_state(line: InventoryLine, has_figure: Callable[[str], bool]) -> LineState:
    """Say how far one line can be filled.

    `has_figure`: tells whether an indicator has a figure of the territory.
    """
    activity = tuple(one for one in line.activity if has_figure(one))
    near = tuple(one for one in line.near if has_figure(one))
    wanted = tuple(one for one in line.activity if one not in activity)
    state = "published" if activity else "near_only" if near else "missing"
    return LineState(line, state, activity, near, wanted)


@dataclass(frozen=True)
class Spread:
    """How far several estimates of one quantity lie apart in one year."""

    year: int
    # low, high: names of the lowest and the highest estimate
    low: str
    high: str
    ratio: float  # highest over lowest


def spread(estimates: Mapping[str, pd.Series]) -> list[Spread]:
    """Compare estimates in every year that at least two of them have.

    By year; years with fewer than two positive values are left out. `estimates`: values of one unit
    by year, above zero.
    """
    frame = pd.DataFrame(dict(estimates)).sort_index()
    found = []
    for year, row in frame.iterrows():
        values = row.dropna()
        values = values[values > 0]
        if len(values) < 2:
            continue
        low, high = str(values.idxmin()), str(values.idxmax())
        found.append(Spread(int(year), low, high, float(values[high] / values[low])))
    return found
