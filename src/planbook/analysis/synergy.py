"""Pollution and carbon side by side: pollutant equivalents, and whether two series both fall."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

KG_PER_T = 1000.0
# In the order in which pages list them.
DIRECTIONS = ("both_fell", "only_first_fell", "only_second_fell", "both_rose")


def pollutant_equivalents(mass_t: float, equivalent_kg: float) -> float:
    """Turn a mass of a pollutant into pollutant equivalents.

    Parameters
    ----------
    mass_t : float
        Mass emitted or cut, in tonnes.
    equivalent_kg : float
        Kilograms of the pollutant that count as one equivalent; above zero.

    Returns
    -------
    float
        Number of equivalents (dimensionless).

    Raises
    ------
    ValueError
        If `equivalent_kg` is not above zero.

    Notes
    -----
    Environmental Protection Tax Law of China, article 8 and table 2 of the annex.
    """
    if not equivalent_kg > 0:
        raise ValueError(f"equivalent {equivalent_kg} kg: give a weight above zero")
    return mass_t * KG_PER_T / equivalent_kg


@dataclass(frozen=True)
class CoMovement:
    """How two series changed over the years that both have.

    Attributes
    ----------
    first_year, last_year : int
    first_change, second_change : float
        Change from the first to the last year, in per cent.
    direction : str
        One of `DIRECTIONS`; a series that did not change did not fall.
    """

    first_year: int
    last_year: int
    first_change: float
    second_change: float
    direction: str


def co_movement(first: pd.Series, second: pd.Series) -> CoMovement | None:
    """Compare the change of two series over their common years.

    Parameters
    ----------
    first, second : pandas.Series
        Values by year (integer index), each within one unbroken definition;
        levels above zero. The units may differ.

    Returns
    -------
    CoMovement or None
        None where fewer than two years are common or a first value is not above zero.
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
    fell = tuple(change < 0 for change in changes)
    direction = {
        (True, True): "both_fell",
        (True, False): "only_first_fell",
        (False, True): "only_second_fell",
        (False, False): "both_rose",
    }[fell]
    return CoMovement(start, end, changes[0], changes[1], direction)


def exact_sums(values: dict[str, float]) -> list[tuple[str, str, str]]:
    """Find amounts that are the sum of two others, which may count the same thing twice.

    Parameters
    ----------
    values : dict of str to float
        Amounts of one unit by name.

    Returns
    -------
    list of (part, part, whole)
        Names, in the order of `values`; parts of zero do not count.
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
