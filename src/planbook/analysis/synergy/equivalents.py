"""Pollution and carbon side by side: pollutant equivalents, and whether two series both fall."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from planbook.data import units

KG_PER_T = 1000.0
# In the order in which pages list them.
DIRECTIONS = ("both_fell", "only_first_fell", "only_second_fell", "both_rose")


def pollutant_equivalents(mass_t: float, equivalent_kg: float) -> float:
    """Turn a mass of a pollutant into pollutant equivalents.

    Parameters
    ----------
    mass_t : mass emitted or cut, in tonnes.
    equivalent_kg : kilograms of the pollutant that count as one equivalent; above zero.

    Returns
    -------
    Number of equivalents (dimensionless).

    Raises
    ------
    ValueError : if `equivalent_kg` is not above zero.

    Notes
    -----
    Environmental Protection Tax Law of China, article 8 and table 2 of the annex.
    """
    if not equivalent_kg > 0:
        raise ValueError(f"equivalent {equivalent_kg} kg: give a weight above zero")
    return mass_t * KG_PER_T / equivalent_kg


def equivalents(amounts: pd.DataFrame, weights_kg: Mapping[str, float | None]) -> pd.DataFrame:
    """Turn masses of several pollutants into pollutant equivalents.

    Parameters
    ----------
    amounts : ``pollutant``, ``amount``, ``unit`` (a mass); other columns are kept.
    weights_kg : kilograms that count as one equivalent; None, zero or no entry: the pollutant has
        no weight and is left out of sums.

    Returns
    -------
    `amounts` with ``weight_kg`` and ``equivalents`` (dimensionless), both NaN where there is no
    weight. The input is left unchanged.

    Raises
    ------
    ValueError : if a weight is below zero.
    PlanbookError : if a unit is no mass.
    """
    weights = [weights_kg.get(name) or np.nan for name in amounts["pollutant"]]
    values = [
        np.nan
        if math.isnan(weight)
        else pollutant_equivalents(amount * units.factor(unit, "t"), weight)
        for amount, unit, weight in zip(amounts["amount"], amounts["unit"], weights, strict=True)
    ]
    return amounts.assign(
        weight_kg=pd.Series(weights, index=amounts.index, dtype="float64"),
        equivalents=pd.Series(values, index=amounts.index, dtype="float64"),
    )


def screening(carbon: pd.Series, pollution: pd.Series, *, yearly: bool = False) -> pd.DataFrame:
    """Screen a city: do carbon and pollution both fall over the years that both have?

    Parameters
    ----------
    carbon, pollution : values by year (integer index), each within one unbroken definition.
    yearly : whether to compare each common year with the common year before, in place of the last
        with the first.

    Returns
    -------
    ``first_year``, ``last_year``, ``pollution_cut_pct``, ``carbon_cut_pct`` (a cut is positive) and
    ``is_synergistic`` (both above zero). Empty where fewer than two years are common; pairs whose
    first value is not above zero are left out.

    Notes
    -----
    The rule of the national screening of 2015-2019 (Chinese Academy of
    Environmental Planning, 2020): cut rates of both positive.
    """
    years = sorted(carbon.index.intersection(pollution.index))
    ends = list(pairwise(years if yearly else years[:1] + years[1:][-1:]))
    rows = []
    for start, end in ends:
        moved = co_movement(pollution.loc[[start, end]], carbon.loc[[start, end]])
        if moved is None:
            continue
        cuts = -moved.first_change + 0.0, -moved.second_change + 0.0
        rows.append((int(start), int(end), *cuts, cuts[0] > 0 and cuts[1] > 0))
    names = ["first_year", "last_year", "pollution_cut_pct", "carbon_cut_pct", "is_synergistic"]
    return pd.DataFrame(rows, columns=names)


@dataclass(frozen=True)
class CoMovement:
    """How two series changed over the years that both have."""

    first_year: int
    last_year: int
    # first_change, second_change: change from the first to the last year, in per cent
    first_change: float
    second_change: float
    direction: str  # one of `DIRECTIONS`; a series that did not change did not fall


def co_movement(first: pd.Series, second: pd.Series) -> CoMovement | None:
    """Compare the change of two series over their common years.

    None where fewer than two years are common or a first value is not above zero. `first` and
    `second`: values by year (integer index), each within one unbroken definition; levels above
    zero. The units may differ.
    """
    years = first.index.intersection(second.index)
    if len(years) < 2:
        return None
    start, end = int(years.min()), int(years.max())
    changes = []
    for one in (first, second):
        base = float(one.loc[start])
        if not base > 0 or not math.isfinite(base):
            return None
        changes.append((float(one.loc[end]) / base - 1) * 100)
    direction = {
        (True, True): "both_fell",
        (True, False): "only_first_fell",
        (False, True): "only_second_fell",
        (False, False): "both_rose",
    }[changes[0] < 0, changes[1] < 0]
    return CoMovement(start, end, changes[0], changes[1], direction)


def exact_sums(values: dict[str, float]) -> list[tuple[str, str, str]]:
    """Find amounts that are the sum of two others, which may count the same thing twice.

    list of (part, part, whole): names, in the order of `values`; parts of zero do not count.
    `values`: amounts of one unit by name.
    """
    names = [name for name, value in values.items() if value > 0]
    return [
        (one, other, whole)
        for place, one in enumerate(names)
        for other in names[place + 1 :]
        for whole in names
        if whole not in (one, other)
        and math.isclose(values[one] + values[other], values[whole], rel_tol=1e-9)
    ]
