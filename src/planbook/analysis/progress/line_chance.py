"""The textbook chance: a straight line through the figures, as a yardstick beside the forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from planbook.analysis.forecast import MIN_POINTS, ForecastRefused


@dataclass(frozen=True)
class Trend:
    """A least-squares line carried on to one year.

    Attributes
    ----------
    mean : float
        In the unit of the series; of the logarithmic line its median.
    lo95, hi95 : float
        Interval that holds the figure of that year with 95 %.
    chance : float
        Chance that the figure satisfies the target.
    """

    mean: float
    lo95: float
    hi95: float
    chance: float


def trend(points: pd.Series, year: int, value: float, *, wants: str, log: bool = False) -> Trend:
    """Fit a line by least squares and give the chance of meeting a value in a year.

    Parameters
    ----------
    points : pandas.Series
        Figures by integer year; at least `MIN_POINTS`. Gaps do no harm to a line.
    value : float
        In the unit of the series.
    wants : {'at_least', 'at_most'}
    log : bool, optional
        Fit logarithms: a constant yearly rate.

    Raises
    ------
    ForecastRefused
        If there are too few figures, or logarithms of values that have none.

    Notes
    -----
    ``P(y ≤ T) = F((T − ŷ) / (s √(1 + h)))`` with F the t distribution with n − 2
    degrees of freedom, s² the residual variance and
    ``h = 1/n + (x − x̄)² / Σ(xi − x̄)²``. Errors are taken as independent, which
    yearly figures seldom are: the chance is too sure of itself, and never decides.
    """
    if len(points) < MIN_POINTS:
        raise ForecastRefused("refused_short", n=len(points), least=MIN_POINTS)
    if log and (value <= 0 or not (points > 0).all()):
        raise ForecastRefused("refused_not_finite")
    x = points.index.to_numpy(dtype=float)
    y = np.log(points.to_numpy(dtype=float)) if log else points.to_numpy(dtype=float)
    goal = float(np.log(value)) if log else value
    n, centre = len(x), x.mean()
    spread = float(((x - centre) ** 2).sum())
    slope = float(((x - centre) * (y - y.mean())).sum()) / spread
    middle = float(y.mean()) + slope * (year - centre)
    residual = y - y.mean() - slope * (x - centre)
    leverage = 1 / n + (year - centre) ** 2 / spread
    scale = float(np.sqrt((residual**2).sum() / (n - 2) * (1 + leverage)))
    below = float(middle <= goal) if scale == 0 else float(stdtr(n - 2, (goal - middle) / scale))
    reach = float(stdtrit(n - 2, 0.975)) * scale
    back = np.exp if log else float
    if wants == "at_least" and scale == 0:
        chance = float(middle >= goal)
    else:
        chance = below if wants == "at_most" else 1 - below
    return Trend(
        float(back(middle)), float(back(middle - reach)), float(back(middle + reach)), chance
    )
