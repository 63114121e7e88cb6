"""How well a method would have done in the past of one series."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from planbook.analysis.forecast.base import METHODS, MIN_POINTS
from planbook.errors import ForecastRefused


@dataclass(frozen=True)
class Track:
    """Backtest of one method on one series."""

    forecasts: int  # number of past forecasts scored, all of years unseen in fitting
    # mae, mae_naive: mean absolute error of the method and of the last value, in the unit
    mae: float
    mae_naive: float
    coverage: dict[int, float]  # share of outcomes inside the interval of each level, in per cent
    # mean squared error of the chance that the figure rises above the last one seen; 0.25 is what a
    # coin would reach
    brier: float
    # the same for each class of lengths (first and last number of points seen) that occurred
    by_length: dict[tuple[int, int], Track] = field(default_factory=dict, repr=False)


LENGTHS = ((3, 4), (5, 9), (10, 14), (15, 24), (25, 10_000))  # points; those of the calibration


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
    points : values by integer year, without gaps.
    steps : longest step scored, in years.
    lower, upper, kind : as for the method.
    levels : interval levels in per cent.

    Returns
    -------
    None if the series is too short for a single past forecast.
    """
    points = points.sort_index()
    scored: list[tuple[int, np.ndarray]] = []
    for end in range(MIN_POINTS, len(points)):
        seen, unseen = points.iloc[:end], points.iloc[end : end + steps]
        try:
            made = METHODS[name](seen, len(unseen), lower=lower, upper=upper, kind=kind)
        except ForecastRefused:
            continue
        actual, last = unseen.to_numpy(), float(seen.iloc[-1])
        rows = [np.abs(made.median - actual), np.abs(last - actual)]
        rows.append((1 - made.cdf(last) - (actual > last)) ** 2)
        for level in levels:
            low, high = made.interval(level)
            rows.append((actual >= low) & (actual <= high))
        scored += [(end, row) for row in np.column_stack(rows)]
    if not scored:
        return None

    def total(rows: list[np.ndarray], parts: dict) -> Track:
        mean = [math.fsum(column) / len(rows) for column in zip(*rows, strict=True)]
        return Track(
            forecasts=len(rows),
            mae=mean[0],
            mae_naive=mean[1],
            coverage={level: 100 * share for level, share in zip(levels, mean[3:], strict=True)},
            brier=mean[2],
            by_length=parts,
        )

    parts = {}
    for least, most in LENGTHS:
        found = [row for end, row in scored if least <= end <= most]
        if found:
            parts[least, most] = total(found, {})
    return total([row for _, row in scored], parts)
