"""Random walks with and without drift, the yardsticks of the book."""

from __future__ import annotations

import numpy as np

from planbook.analysis.forecast.student import Law, student_method


@student_method("drift")
def drift(z: np.ndarray, h: int) -> Law:
    """Forecast by a random walk with drift.

    Notes
    -----
    The yearly changes on the fitting scale have mean b and variance s². The
    forecast of step h is y_n + h·b with variance s²·h·(1 + h/(n−1)) and n−2
    degrees of freedom, so the uncertainty of the
    drift is part of the interval (Hyndman & Athanasopoulos, Forecasting:
    Principles and Practice, “drift method”).
    """
    changes = np.diff(z)
    step = np.arange(1, h + 1)
    spread = np.sqrt(float(changes.var(ddof=1)) * step * (1 + step / len(changes)))
    return z[-1] + step * float(changes.mean()), spread, float(len(changes) - 1)


@student_method("naive")
def naive(z: np.ndarray, h: int) -> Law:
    """Forecast by the last value, the yardstick for every other method.

    Notes
    -----
    Variance s²·h with s² the mean squared yearly change on the fitting scale
    and n−1 degrees of freedom.
    """
    changes = np.diff(z)
    spread = np.sqrt(np.mean(changes**2) * np.arange(1, h + 1))
    return np.full(h, z[-1]), spread, float(len(changes))
