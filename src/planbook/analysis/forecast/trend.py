"""The trend-following member of the pooled forecast, and the gate that lets it in.

Most indicators are served best by a forecast near the last value; an amount or a share
that has moved one way for years is served better by one that follows its trend. The
gate opens on the strength of the trend alone, so that the rule can be read.
"""

from __future__ import annotations

import math

import numpy as np

ALPHAS = np.array([0.1, 0.2, 0.3, 0.5, 0.7, 0.85, 1.0])  # smoothing weights tried
STRONG = 0.85  # strength at which the gate is half open: tanh of |t|/3, so |t| of 3.8
SOFT = 0.03  # width of the gate, in the same measure
LEAN = 0.72  # share of the trend-following centre where the gate is open; development data
SHORTEST = 5  # points; below, no trend is followed


def theta(z: np.ndarray, h: int) -> np.ndarray:
    """Forecast the change from the last value by the Theta method.

    Parameters
    ----------
    z : shape (n,); series on its fitting scale; at least two points.

    Returns
    -------
    Shape (h,).

    Notes
    -----
    Simple exponential smoothing with half the slope b of a straight line as drift:
    l_n + (b/2)·(k − 1 + 1/α − (1 − α)^n/α) at step k (Assimakopoulos & Nikolopoulos
    2000, International Journal of Forecasting 16, 521–530; in this form by Hyndman &
    Billah 2003, the same journal 19, 287–290). α is the one of `ALPHAS` with the
    smallest squared errors of one step.
    """
    z = np.asarray(z, float)
    n = len(z)
    level = np.full(len(ALPHAS), z[0])
    squares = np.zeros(len(ALPHAS))
    for value in z[1:]:
        error = value - level
        squares += error**2
        level = level + ALPHAS * error
    best = int(np.argmin(squares))
    alpha = float(ALPHAS[best])
    t = np.arange(n) - (n - 1) / 2
    slope = float(t @ z) / float(t @ t)
    steps = np.arange(h) + 1 / alpha - (1 - alpha) ** n / alpha
    return float(level[best]) - z[-1] + 0.5 * slope * steps


def trend_share(strength: float, n: int) -> float:
    """Give the share of the trend-following centre for a trend of this strength.

    From 0 to 1; 0 where it would be negligible. `strength`: tanh of a third of the absolute t value
    of the mean yearly change; the second of the pooled method's features.
    """
    if n < SHORTEST:
        return 0.0
    share = 1 / (1 + math.exp(-(strength - STRONG) / SOFT))
    return share if share > 1e-3 else 0.0


def trend_change(middle: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Combine the mixture's median with the members that follow the trend.

    Parameters
    ----------
    middle : shape (h,); median change of the mixture, on the first scale.
    members : shape (n_members, h); changes of the members on the same scale.

    Returns
    -------
    Shape (h,); `LEAN` of the median of all, the rest of the mixture's own: a member that runs away
    is outvoted.
    """
    voted = np.median(np.vstack([middle[None, :], members]), axis=0)
    return (1 - LEAN) * middle + LEAN * voted
