"""How well a method would have done in the past of one series."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planbook.analysis.forecast.base import METHODS, MIN_POINTS
from planbook.errors import ForecastRefused


@dataclass(frozen=True)
class Track:
    """Backtest of one method on one series.

    Attributes
    ----------
    forecasts : int
        Number of past forecasts scored, all of years unseen in fitting.
    mae, mae_naive : float
        Mean absolute error of the method and of the last value, in the unit.
    coverage : dict of int to float
        Share of outcomes inside the interval of each level, in per cent.
    """

    forecasts: int
    mae: float
    mae_naive: float
    coverage: dict[int, float]


def track_record(
    points: pd.Series,
    *,
    name: str = "pooled",
    steps: int = 3,
    lower: float = -np.inf,
    upper: float = np.inf,
    kind: str | None = None,
    levels: tuple[int, ...] = (80, 95),
) -> Track | None:
    """Score `name` by rolling-origin forecasts.

    Parameters
    ----------
    points : pandas.Series
        Values by integer year, without gaps.
    name : str, optional
        Method of the registry.
    steps : int, optional
        Longest step scored, in years.
    lower, upper, kind
        As for the method.
    levels : tuple of int, optional
        Interval levels in per cent.

    Returns
    -------
    Track or None
        None if the series is too short for a single past forecast.
    """
    points = points.sort_index()
    errors, naive_errors = [], []
    inside: dict[int, list[bool]] = {level: [] for level in levels}
    for end in range(MIN_POINTS, len(points)):
        seen, unseen = points.iloc[:end], points.iloc[end : end + steps]
        try:
            made = METHODS[name](seen, len(unseen), lower=lower, upper=upper, kind=kind)
        except ForecastRefused:
            continue
        actual = unseen.to_numpy()
        errors += list(np.abs(made.median - actual))
        naive_errors += list(np.abs(seen.iloc[-1] - actual))
        for level in levels:
            low, high = made.interval(level)
            inside[level] += list((actual >= low) & (actual <= high))
    if not errors:
        return None
    return Track(
        forecasts=len(errors),
        mae=math.fsum(errors) / len(errors),
        mae_naive=math.fsum(naive_errors) / len(naive_errors),
        coverage={level: 100 * float(np.mean(hits)) for level, hits in inside.items()},
    )
