"""What moved a quantity: LMDI-I decomposition into named factors, without residual.

A quantity V is a sum over sectors, and in each sector a product of factors. The logarithmic
mean divisia index (LMDI-I) splits the change of V among the factors, as amounts that add up
to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

COLUMNS = ["year", "sector", "factor", "value", "unit"]
EFFECTS = ["first_year", "last_year", "sector", "factor", "effect", "unit"]
WHOLE = "whole"  # the sector's name where there is only one
# Kaya's identity: each level and the factor that leads to it from the level before.
KAYA = {
    "population": "population",
    "gdp": "gdp_per_head",
    "energy": "energy_per_gdp",
    "co2": "co2_per_energy",
}
WITHOUT_ENERGY = {"population": "population", "gdp": "gdp_per_head", "co2": "co2_per_gdp"}


def log_mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Give the logarithmic mean (a − b) / ln(a / b); a where both are equal, 0 where one is 0.

    In the unit of `a` and `b`. `a` and `b`: not negative, of shapes that fit each other.
    """
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    positive = (a > 0) & (b > 0)
    a, b = np.where(positive, a, 1.0), np.where(positive, b, 1.0)
    log = _log_ratio(a, b)
    mean = np.where(log == 0, b, (a - b) / np.where(log == 0, 1.0, log))
    return np.where(positive, mean, 0.0)


def _log_ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Give ln(a / b) of positive numbers with all its digits, also where they nearly agree."""
    step = (a - b) / b
    is_near = np.abs(step) < 0.5
    return np.where(is_near, np.log1p(np.where(is_near, step, 0.0)), np.log(a) - np.log(b))


def effects(x0: np.ndarray, x1: np.ndarray) -> np.ndarray:
    """Split the change of every sector's product among its factors.

    Parameters
    ----------
    x0, x1 : shape (n_sectors, m_factors); the factors in the first and in the last year, none
        negative; the product along a row is the sector's part of the quantity.

    Returns
    -------
    Shape (n_sectors, m_factors); amounts in the unit of the product; each row adds up to its
    sector's change.

    Raises
    ------
    ValueError : if the shapes differ, there is no factor, or a value is negative or no number.

    Notes
    -----
    Z = L(v1, v0) · ln(x1 / x0) with v the product of a row: Ang 2005, doi
    10.1016/j.enpol.2003.10.010. Zeros take the eight analytic limits of Ang, Zhang and Choi
    1998, doi 10.1016/S0360-5442(98)00016-4, table 2: the factor that leaves zero, or falls to
    it, carries its sector's whole change, the others none. Where several factors of one
    sector do so together, they share the change equally, the limit when all approach zero
    alike. A sector that is zero in both years changes nothing.
    """
    x0, x1 = _checked(x0, x1)
    v0, v1 = x0.prod(axis=1), x1.prod(axis=1)
    alive = (x0 > 0).all(axis=1) & (x1 > 0).all(axis=1)
    out = np.zeros_like(x0)
    if alive.any():
        weights = log_mean(v1[alive], v0[alive])
        out[alive] = weights[:, None] * _log_ratio(x1[alive], x0[alive])
    for sector in np.flatnonzero(~alive):
        change = v1[sector] - v0[sector]
        turned = (x0[sector] > 0) != (x1[sector] > 0)
        if change != 0:
            out[sector, turned] = change / turned.sum()
    return out


def _checked(x0: np.ndarray, x1: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x0, x1 = np.array(x0, dtype=float), np.array(x1, dtype=float)
    if x0.shape != x1.shape or x0.ndim != 2:
        raise ValueError(
            f"factors of shapes {x0.shape} and {x1.shape}: give (sectors, factors) twice, the "
            "same sectors and factors in both years"
        )
    if 0 in x0.shape:
        raise ValueError("no sector or no factor: give at least one of each")
    for name, one in (("first", x0), ("last", x1)):
        if not np.isfinite(one).all():
            raise ValueError(f"factors of the {name} year hold a value that is no number")
        if (one < 0).any():
            place = tuple(int(i) for i in np.argwhere(one < 0)[0])
            raise ValueError(
                f"factors of the {name} year, sector {place[0]}, factor {place[1]}: "
                f"{one[place]:g} is negative; logarithms need zero or more"
            )
    return x0, x1


def _arrays(factors: pd.DataFrame) -> tuple[dict[int, np.ndarray], list[str], list[str]]:
    """Turn a long frame into one (sectors, factors) array a year, checked."""
    missing = [column for column in COLUMNS if column not in factors]
    if missing:
        raise ValueError(f"factor frame: column '{missing[0]}' is missing; add it")
    twice = factors.duplicated(["year", "sector", "factor"])
    if twice.any():
        one = factors[twice].iloc[0]
        raise ValueError(f"{one.year}, {one.sector}, {one.factor}: stands twice; keep one row")
    for factor, units in factors.groupby("factor")["unit"]:
        if units.nunique() > 1:
            several = ", ".join(sorted(set(units)))
            raise ValueError(f"factor {factor}: units {several}; convert to one")
    sectors = list(dict.fromkeys(factors["sector"]))
    names = list(dict.fromkeys(factors["factor"]))
    arrays = {}
    for year, rows in factors.groupby("year"):
        wide = rows.pivot(index="sector", columns="factor", values="value")
        gone = [one for one in sectors if one not in wide.index]
        if gone:
            raise ValueError(
                f"{year}: sector '{gone[0]}' has no row though another year has; a sector that "
                "does not exist yet stands with a zero, one that is not known makes the year "
                "unusable"
            )
        wide = wide.reindex(index=sectors, columns=names)
        if wide.isna().to_numpy().any():
            sector, factor = next((s, f) for s in sectors for f in names if pd.isna(wide.at[s, f]))
            raise ValueError(
                f"{year}, sector '{sector}': no value of '{factor}'; leave the year out"
            )
        arrays[int(year)] = wide.to_numpy()
    return arrays, sectors, names


def _steps(years: Sequence[int], chained: bool) -> list[tuple[int, int]]:
    if len(years) < 2:
        raise ValueError("fewer than two years: there is no change to decompose")
    return list(pairwise(years)) if chained else [(years[0], years[-1])]


def decompose(factors: pd.DataFrame, *, unit: str, chained: bool = True) -> pd.DataFrame:
    """Split the change of a quantity among factors, as amounts.

    Parameters
    ----------
    factors : columns ``year, sector, factor, value, unit``; every year has the same sectors and
        factors, in one unit a factor. Within one definition: cut at breaks before.
    unit : unit of the product of the factors.
    chained : from each year to the next (default), or from the first to the last year only.

    Returns
    -------
    Columns ``first_year, last_year, sector, factor, effect, unit``. Over all rows of a step the
    effects add up to the change of the quantity.

    Raises
    ------
    ValueError : if a column, sector, factor or value is missing, a row stands twice, units change,
        a value is negative, or there are fewer than two years.
    """
    arrays, sectors, names = _arrays(factors)
    rows = []
    for first, last in _steps(sorted(arrays), chained):
        found = effects(arrays[first], arrays[last])
        rows += [
            (first, last, sector, name, float(found[i, k]), unit)
            for i, sector in enumerate(sectors)
            for k, name in enumerate(names)
        ]
    return pd.DataFrame(rows, columns=EFFECTS)


def over(found: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Add up chained effects between two years.

    Parameters
    ----------
    found : as `decompose` gives it, chained.
    first, last : years at which steps begin and end.

    Returns
    -------
    The same columns, one row for each sector and factor.

    Raises
    ------
    ValueError : if the steps do not lead from `first` to `last` without a gap.
    """
    within = found[(found["first_year"] >= first) & (found["last_year"] <= last)]
    steps = sorted(set(zip(within["first_year"], within["last_year"], strict=True)))
    ends = [first, *[end for _, end in steps]]
    starts = [*[start for start, _ in steps], last]
    if not steps or ends != starts:
        raise ValueError(f"{first}–{last}: the steps do not lead from one to the other")
    total = within.groupby(["sector", "factor", "unit"], sort=False)["effect"].sum().reset_index()
    return total.assign(first_year=first, last_year=last)[list(found.columns)]


def chain_of_ratios(
    levels: pd.DataFrame, names: Mapping[str, str], *, sector: str = WHOLE
) -> pd.DataFrame:
    """Write the last of several levels as the first times the ratio of each to the one before.

    Parameters
    ----------
    levels : columns ``year, level, value, unit``; above zero.
    names : level → factor, in the order of the identity, such as `KAYA`: CO2 = population × GDP per
        head × energy per GDP × CO2 per energy.
    sector : name that the factors carry.

    Returns
    -------
    As `decompose` takes it; only years in which all levels are known.

    Raises
    ------
    ValueError : if a level is missing or not above zero.
    """
    wide = levels.pivot(index="year", columns="level", values="value")
    units = levels.groupby("level")["unit"].first()
    gone = [name for name in names if name not in wide]
    if gone:
        raise ValueError(f"level '{gone[0]}' is missing; known are {', '.join(wide.columns)}")
    wide = wide[list(names)].dropna()
    if not (wide > 0).to_numpy().all():
        raise ValueError("a level is zero or below, so there are no ratios; leave the year out")
    rows, before = [], None
    for level, factor in names.items():
        values = wide[level] if before is None else wide[level] / wide[before]
        unit = units[level] if before is None else f"{units[level]} per {units[before]}"
        rows += [(int(year), sector, factor, float(value), unit) for year, value in values.items()]
        before = level
    return pd.DataFrame(rows, columns=COLUMNS)
