"""How far an own sum lies from what others publish for the same territory, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Gap:
    """One published estimate beside an own sum."""

    estimate: str
    year: int  # year of the estimate nearest to `own_year`
    value: float  # the estimate, in t CO2
    own: float  # our sum, in t CO2
    difference_pct: float  # how far our sum lies above the estimate, in per cent of it


def gaps(own: float, own_year: int, estimates: Mapping[str, pd.Series]) -> list[Gap]:
    """Compare an own sum with the nearest year of each estimate.

    Parameters
    ----------
    own : in t CO2, of scope 1 and carbon dioxide alone, as the estimates are.
    own_year : middle of the years that the sum was made from.
    estimates : t CO2 by year; those without a value above zero are left out.
    """
    found = []
    for name, values in estimates.items():
        known = values.dropna()
        known = known[known > 0]
        if known.empty:
            continue
        years = known.index.to_numpy()
        year = int(min(years, key=lambda one: (abs(int(one) - own_year), -int(one))))
        value = float(known.loc[year])
        found.append(Gap(name, year, value, own, 100 * (own / value - 1)))
    return found


def step_pct(values: pd.Series, first_after: int) -> float | None:
    """How far a series steps where its data change, in per cent; None without both sides.

    Parameters
    ----------
    values : by year, above zero.
    first_after : first year after the break.
    """
    known = values.dropna().sort_index()
    before, after = known[known.index < first_after], known[known.index >= first_after]
    if before.empty or after.empty or before.iloc[-1] <= 0:
        return None
    return 100 * float(after.iloc[0] / before.iloc[-1] - 1)
