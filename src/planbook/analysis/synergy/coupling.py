"""Coupling coordination of subsystems, its ten classes, and how far both hang on the scaling.

The degree D is popular and fragile: C clusters near 1, and D moves with the scaling
and with the years compared. `sensitivity` shows by how much.
Formulas: methods page, "Coupling coordination".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

EQUAL = 1e-9  # relative; values closer than this differ by the rounding of floats alone
# From 0 to 1 by tenths.
CLASSES = (
    "extreme_disorder",
    "severe_disorder",
    "moderate_disorder",
    "slight_disorder",
    "near_disorder",
    "barely_coordinated",
    "primary_coordination",
    "intermediate_coordination",
    "good_coordination",
    "superior_coordination",
)
EDGES = ("left", "right")  # which end of a class belongs to it
# D is a root of rounded figures: an edge within this distance counts as reached.
EDGE_TOLERANCE = 1e-9


def coupling(levels: pd.DataFrame, weights: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Compute coupling C, development T and coupling coordination D.

    Parameters
    ----------
    levels : shape (n_cases, n_subsystems); scaled levels of each subsystem from 0 to 1
        (dimensionless); 1 is best.
    weights : weight of each subsystem in T, summing to 1; equal by default.

    Returns
    -------
    Shape (n_cases, 3); ``C``, ``T``, ``D`` (dimensionless, 0 to 1), index of `levels`. NaN where a
    level is. Where all levels are 0, C is not defined (NaN) and D is 0.

    Raises
    ------
    ValueError : if there are fewer than two subsystems, a level lies outside [0, 1], or the weights
        do not cover the subsystems, are negative or do not sum to 1.

    Notes
    -----
    C = n (ΠU)^(1/n) / ΣU, T = ΣαU, D = √(C·T).
    """
    names = list(levels.columns)
    if len(names) < 2:
        raise ValueError("coupling needs at least two subsystems; give a column for each")
    values = levels.astype("float64")
    outside = (values < -EDGE_TOLERANCE) | (values > 1 + EDGE_TOLERANCE)
    if outside.any(axis=None):
        where = ", ".join(values.columns[outside.any()])
        raise ValueError(f"levels of {where} lie outside 0 to 1; scale them first")
    shares = dict.fromkeys(names, 1 / len(names)) if weights is None else dict(weights)
    if set(shares) != set(names) or min(shares.values()) < 0:
        raise ValueError(f"weights {shares}: give one of zero or more for each of {names}")
    if not math.isclose(sum(shares.values()), 1, abs_tol=1e-9):
        raise ValueError(f"weights sum to {sum(shares.values()):g}; they must sum to 1")
    values = values.clip(0, 1)
    total = values.sum(axis=1, skipna=False)
    means = values.prod(axis=1, skipna=False) ** (1 / len(names))
    degree = (len(names) * means / total.where(total > 0)).clip(upper=1)
    level = sum(values[name] * shares[name] for name in names)
    coordination = np.sqrt(degree * level).where(total.isna() | (total > 0), 0.0)
    return pd.DataFrame({"C": degree, "T": level, "D": coordination})


def class_of(degree: float, *, closed: str = "left") -> str | None:
    """Name the class of a degree of coupling coordination.

    Parameters
    ----------
    degree : D, from 0 to 1.
    closed : {'left', 'right'}; which edge belongs to a class: with ``left`` [0.6, 0.7) is primary
        coordination and 0.6 belongs to it, with ``right`` 0.6 ends (0.5, 0.6] and is barely
        coordinated. Both are in use. 0 and 1 belong to the outer classes.

    Returns
    -------
    One of `CLASSES`; None where the degree is not known.

    Raises
    ------
    ValueError : if the degree lies outside [0, 1] or `closed` is unknown.
    """
    if closed not in EDGES:
        raise ValueError(f"closed '{closed}': use one of {', '.join(EDGES)}")
    if degree is None or math.isnan(degree):
        return None
    if not -EDGE_TOLERANCE <= degree <= 1 + EDGE_TOLERANCE:
        raise ValueError(f"degree {degree} lies outside 0 to 1")
    tenths = degree * 10
    if math.isclose(tenths, round(tenths), abs_tol=10 * EDGE_TOLERANCE):
        tenths = float(round(tenths))
    place = math.floor(tenths) if closed == "left" else math.ceil(tenths) - 1
    return CLASSES[min(max(place, 0), len(CLASSES) - 1)]


def scale_own_years(values: pd.Series, *, is_good_up: bool = False) -> pd.Series:
    """Scale by minimum and maximum of the series' own years: the worst year is 0, the best 1.

    Parameters
    ----------
    values : any unit.
    is_good_up : whether more is better.

    Returns
    -------
    From 0 to 1; NaN everywhere if all values are equal.
    """
    return scale_range(values, values.min(), values.max(), is_good_up=is_good_up)


def scale_range(
    values: pd.Series, low: float, high: float, *, is_good_up: bool = False
) -> pd.Series:
    """Scale by a range from outside, such as that of peer cities; beyond it 0 or 1 holds.

    From 0 to 1; NaN everywhere if the range has no width. `low` and `high`: in the unit of
    `values`.
    """
    if not high - low > EQUAL * max(abs(high), abs(low)):
        return values * np.nan
    up = ((values - low) / (high - low)).clip(0, 1)
    return up if is_good_up else 1 - up


def scale_to_best(values: pd.Series, *, is_good_up: bool = False) -> pd.Series:
    """Scale by the ratio to the best year, which is 1; values must be above zero.

    Raises `ValueError` if a value is not above zero: a ratio means nothing then.
    """
    if not (values.dropna() > 0).all():
        raise ValueError("a value is not above zero; scale by range instead")
    return values / values.max() if is_good_up else values.min() / values


def scale_scores(values: pd.Series, *, is_good_up: bool = False) -> pd.Series:
    """Scale by z-score, taken through the normal distribution to lie between 0 and 1.

    0.5 at the mean; NaN everywhere if all values are equal.
    """
    spread = values.std(ddof=0)
    if not spread > EQUAL * abs(values.mean()):
        return values * np.nan
    scores = (values - values.mean()) / spread * (1 if is_good_up else -1)
    return scores.map(NormalDist().cdf)


def scale_vector(values: pd.Series, *, is_good_up: bool = False) -> pd.Series:
    """Scale by the length of the vector of all years; for a burden, 1 minus that share."""
    length = float(np.sqrt((values.astype("float64") ** 2).sum()))
    if not length > 0:
        return values * np.nan
    share = values / length
    return share if is_good_up else 1 - share


SCALINGS: Mapping[str, Callable[..., pd.Series]] = {
    "own_years": scale_own_years,
    "to_best": scale_to_best,
    "scores": scale_scores,
    "vector": scale_vector,
}


def sensitivity(
    burdens: pd.DataFrame,
    weights: Sequence[Mapping[str, float]],
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    closed: str = "left",
) -> pd.DataFrame:
    """Compute D by every scaling and every set of weights.

    Parameters
    ----------
    burdens : shape (n_years, n_subsystems); burdens by year (less is better), each column in its
        own unit; no gap.
    weights : sets of weights, each as in `coupling`.
    ranges : mapping of str to (low, high): lowest and highest burden of peers for every subsystem;
        adds the scaling ``peers``.
    closed : {'left', 'right'}

    Returns
    -------
    One row for each scaling, set of weights and year: ``scaling``, ``weights`` (place in the
    sequence), ``year``, ``C``, ``T``, ``D``, ``class``.
    """
    scaled = {
        name: burdens.apply(scale, axis=0) for name, scale in SCALINGS.items() if len(burdens)
    }
    if ranges is not None and len(burdens):
        scaled["peers"] = pd.DataFrame(
            {name: scale_range(burdens[name], *ranges[name]) for name in burdens}
        )
    parts = []
    for name, levels in scaled.items():
        for place, chosen in enumerate(weights):
            found = coupling(levels, chosen)
            parts.append(
                found.assign(
                    scaling=name,
                    weights=place,
                    year=found.index,
                    **{"class": [class_of(one, closed=closed) for one in found["D"]]},
                )
            )
    names = ["scaling", "weights", "year", "C", "T", "D", "class"]
    if not parts:
        return pd.DataFrame(columns=names)
    return pd.concat(parts, ignore_index=True)[names]


def spread_by_year(found: pd.DataFrame) -> pd.DataFrame:
    """Give the range of D and the number of classes by year over all scalings and weights.

    ``low``, ``high``, ``classes`` (number of different classes), by year. `found`: as of
    `sensitivity`.
    """
    groups = found.groupby("year")
    return pd.DataFrame(
        {"low": groups["D"].min(), "high": groups["D"].max(), "classes": groups["class"].nunique()}
    )
