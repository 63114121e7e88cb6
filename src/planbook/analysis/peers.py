"""Where a city stands among others: ranks with ties, quantiles, and the share left behind."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

# Quantiles that a strip of all cities is drawn from, in ascending order.
QUANTILES: Mapping[str, float] = {
    "min": 0.0,
    "p10": 0.1,
    "p25": 0.25,
    "p50": 0.5,
    "p75": 0.75,
    "p90": 0.9,
    "max": 1.0,
}
# Rank 1 by measure: the highest level, but the largest fall.
LARGEST_FIRST: Mapping[str, bool] = {
    "intensity": True,
    "per_head": True,
    "intensity_change": False,
}

# Share of the ranks, from the first, up to which each word holds. A rank of estimates says no
# more than that.
PLACES: Mapping[str, float] = {
    "top_tenth": 0.15,
    "top_quarter": 0.3,
    "upper_half": 0.45,
    "middle": 0.55,
    "lower_half": 0.7,
    "bottom_quarter": 0.85,
    "bottom_tenth": 1.0,
}


def place(rank: int, count: int) -> str:
    """Say roughly where a rank stands, as one of `PLACES`.

    Raises `ValueError` if the rank lies outside 1 to `count`.
    """
    if not 1 <= rank <= count:
        raise ValueError(f"rank {rank} of {count}: give one from 1 to {count}")
    share = (rank - 0.5) / count
    return next(name for name, most in PLACES.items() if share <= most)


def ranks(values: pd.Series, *, largest_first: bool) -> pd.Series:
    """Rank values from 1; equal values share the better rank, missing ones have none.

    Parameters
    ----------
    values : shape (n,); any unit.
    largest_first : whether rank 1 is the largest value.

    Returns
    -------
    Shape (n,); nullable integers (``Int64``), same index.
    """
    return values.rank(method="min", ascending=not largest_first).astype("Int64")


def quantiles(values: pd.Series) -> pd.Series:
    """Compute `QUANTILES` of the values that are not missing.

    Parameters
    ----------
    values : shape (n,)

    Returns
    -------
    In the unit of `values`, by the name of the quantile; between two values it is interpolated in
    proportion (Hyndman and Fan's type 7).

    Raises
    ------
    ValueError : if no value is left.
    """
    known = values.dropna()
    if known.empty:
        raise ValueError("quantiles of nothing: give at least one value")
    return pd.Series({name: float(known.quantile(share)) for name, share in QUANTILES.items()})


def band(value: float, points: pd.Series) -> tuple[str, str]:
    """Name the two neighbouring quantiles between which a value lies.

    Gives lower and upper: a value on a quantile belongs to the band above it, the maximum to the
    last one. `points`: as of `quantiles`. Raises `ValueError` if it lies outside them all.
    """
    names = list(QUANTILES)
    if not points["min"] <= value <= points["max"]:
        raise ValueError(f"{value} lies outside {points['min']} to {points['max']}")
    for lower, upper in pairwise(names):
        if value < points[upper]:
            return lower, upper
    return names[-2], names[-1]


def measures(panel: pd.DataFrame, *, first: int, last: int) -> pd.DataFrame:
    """Compute the measures that cities are compared by, for every city of a panel.

    Parameters
    ----------
    panel : columns ``year``, ``code``, ``co2_t`` (t), ``gdp_real_1e8cny`` (100 million yuan at
        constant prices of `panel.attrs["prices"]`), ``gdp_current_1e8cny`` and ``population_1e4``
        (10,000 persons); one row a city and year.
    first, last : base year and latest year.

    Returns
    -------
    Columns ``measure``, ``year``, ``since``, ``prices``, ``code``, ``value``, ``unit``: intensity
    in t per 10,000 yuan at the panel's prices and at prices of `first`, its change from `first` to
    `last` in per cent, and t per person. A value is missing where an input is.

    Notes
    -----
    Real GDP at prices of `first` is GDP of `first` at current prices carried forward
    with the growth of real GDP. The change is the same on either base, the level is not.
    """
    wide = panel.pivot(index="code", columns="year")
    co2, real = wide["co2_t"], wide["gdp_real_1e8cny"]
    current, people = wide["gdp_current_1e8cny"], wide["population_1e4"]
    rebased = real.mul(current[first] / real[first], axis=0)
    prices = int(panel.attrs["prices"])
    per_1e4 = 1e4  # 10,000 yuan in 100 million yuan
    found = []

    def add(
        measure: str, year: int, values: pd.Series, unit: str, *, since: int = 0, base: int = 0
    ) -> None:
        found.append(
            pd.DataFrame(
                {
                    "measure": measure,
                    "year": year,
                    "since": since or None,
                    "prices": base or None,
                    "code": values.index,
                    "value": values.to_numpy(),
                    "unit": unit,
                }
            )
        )

    for year in (first, last):
        add("intensity", year, co2[year] / real[year] / per_1e4, "t/1e4 CNY", base=prices)
    for year in (first, last):
        add("intensity", year, co2[year] / rebased[year] / per_1e4, "t/1e4 CNY", base=first)
    change = 100 * ((co2[last] / real[last]) / (co2[first] / real[first]) - 1)
    add("intensity_change", last, change, "%", since=first, base=prices)
    for year in (first, last):
        add("per_head", year, co2[year] / people[year] / 1e4, "t/person")
    frame = pd.concat([one.astype({"since": "Int64", "prices": "Int64"}) for one in found])
    return frame.reset_index(drop=True)


def facts(measured: pd.DataFrame, peers: list[str]) -> pd.DataFrame:
    """Boil the measures of all cities down to what a page shows.

    Parameters
    ----------
    measured : as of `measures`.
    peers : codes of the cities to name; one that the panel lacks keeps a row without a value.

    Returns
    -------
    For each measure, year and price base: a row ``peer`` for each of `peers` with ``value``,
    ``rank`` (see `LARGEST_FIRST`) and ``count`` (cities ranked), and a row ``quantile`` for each of
    `QUANTILES`, its name as ``code``.
    """
    rows = []
    keys = ["measure", "year", "since", "prices", "unit"]
    for key, group in measured.groupby(keys, sort=False, dropna=False):
        values = group.set_index("code")["value"]
        places = ranks(values, largest_first=LARGEST_FIRST[key[0]])
        count = int(values.notna().sum())
        about = dict(zip(keys, key, strict=True)) | {"count": count}
        for code in peers:
            value = values.get(code, float("nan"))
            rank = places.get(code, pd.NA)
            rows.append({**about, "row": "peer", "code": code, "value": value, "rank": rank})
        for name, value in quantiles(values).items():
            rows.append({**about, "row": "quantile", "code": name, "value": value, "rank": pd.NA})
    return pd.DataFrame(rows).astype({"rank": "Int64"})
