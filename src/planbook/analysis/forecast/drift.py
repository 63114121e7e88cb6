"""Random walk with drift, the trend forecast of the book."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planbook.analysis.forecast.base import Forecast, check_points, method
from planbook.analysis.forecast.scale import Scale, choose

SHORT = 10  # points; below this the page says that the interval is uncertain itself


def t_result(
    name: str,
    points: pd.Series,
    h: int,
    scale: Scale,
    centre: np.ndarray,
    spread: np.ndarray,
    dof: float,
) -> Forecast:
    """Make a Forecast whose law on the fitting scale is a Student t at each step.

    Parameters
    ----------
    centre, spread : shape (h,); on the fitting scale.
    dof : degrees of freedom; infinity gives the normal law.
    """
    last = int(points.index[-1])

    def quantile(p: float) -> np.ndarray:
        from scipy.special import ndtri, stdtrit

        return scale.back(centre + spread * (stdtrit(dof, p) if np.isfinite(dof) else ndtri(p)))

    def cdf(value: float | np.ndarray) -> np.ndarray:
        from scipy.special import ndtr, stdtr

        with np.errstate(divide="ignore", invalid="ignore"):
            z = scale.forward(np.broadcast_to(np.asarray(value, float), (h,)))
        at = (z - centre) / spread
        found = stdtr(dof, at) if np.isfinite(dof) else ndtr(at)
        return np.where(np.isnan(found), 0.0, found)  # below zero on the log scale

    return Forecast(
        method=name,
        years=np.arange(last + 1, last + 1 + h),
        median=scale.back(centre),
        fitted_years=(int(points.index[0]), last),
        n=len(points),
        scale=scale.name,
        quantile=quantile,
        cdf=cdf,
        warnings=("warn_short_series",) if len(points) < SHORT else (),
    )


@method("drift")
def drift(
    points: pd.Series,
    h: int,
    *,
    lower: float = -np.inf,
    upper: float = np.inf,
    kind: str | None = None,
) -> Forecast:
    """Forecast by a random walk with drift.

    Parameters
    ----------
    points : values by integer year, without gaps.
    h : steps (years) ahead.
    lower, upper : physical bounds of the quantity.

    Raises
    ------
    ForecastRefused : as `check_points`.

    Notes
    -----
    The yearly changes on the fitting scale have mean b and variance s². The
    forecast of step h is y_n + h·b with variance s²·h·(1 + h/(n−1)) and n−2
    degrees of freedom, so the uncertainty of the
    drift is part of the interval (Hyndman & Athanasopoulos, Forecasting:
    Principles and Practice, “drift method”).
    """
    points = check_points(points)
    scale = choose(points.to_numpy(), lower, upper, kind)
    z = scale.forward(points.to_numpy())
    changes = np.diff(z)
    step = np.arange(1, h + 1)
    centre = z[-1] + step * float(changes.mean())
    spread = np.sqrt(float(changes.var(ddof=1)) * step * (1 + step / len(changes)))
    return t_result("drift", points, h, scale, centre, spread, float(len(changes) - 1))


@method("naive")
def naive(
    points: pd.Series,
    h: int,
    *,
    lower: float = -np.inf,
    upper: float = np.inf,
    kind: str | None = None,
) -> Forecast:
    """Forecast by the last value, the yardstick for every other method.

    Parameters and errors as for `drift`.

    Notes
    -----
    Variance s²·h with s² the mean squared yearly change on the fitting scale
    and n−1 degrees of freedom.
    """
    points = check_points(points)
    scale = choose(points.to_numpy(), lower, upper, kind)
    z = scale.forward(points.to_numpy())
    changes = np.diff(z)
    step = np.arange(1, h + 1)
    centre = np.full(h, z[-1])
    spread = np.sqrt(np.mean(changes**2) * step)
    return t_result("naive", points, h, scale, centre, spread, float(len(changes)))
