"""Random walk with drift, the trend forecast of the book."""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from planbook.analysis.forecast.base import Forecast, check_points, method
from planbook.analysis.forecast.scale import Scale, choose

SHORT = 10  # points; below this the page says that the interval is uncertain itself


def _result(
    name: str,
    points: pd.Series,
    h: int,
    scale: Scale,
    centre: np.ndarray,
    spread: np.ndarray,
    dof: float,
) -> Forecast:
    """Make a Forecast whose law on the fitting scale is a Student t at each step."""
    last = int(points.index[-1])
    law = stats.t(dof)

    def quantile(p: float) -> np.ndarray:
        return scale.back(centre + spread * law.ppf(p))

    def cdf(value: float) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            z = float(scale.forward(np.array([value]))[0])
        return law.cdf((z - centre) / spread)

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
    points : pandas.Series
        Values by integer year, without gaps.
    h : int
        Steps (years) ahead.
    lower, upper : float, optional
        Physical bounds of the quantity.
    kind : str, optional
        Kind of the catalogue.

    Returns
    -------
    Forecast

    Raises
    ------
    ForecastRefused
        As `check_points`.

    Notes
    -----
    The yearly changes on the fitting scale are regressed on a constant with
    statsmodels OLS. The forecast of step h is y_n + h·b with variance
    s²·h·(1 + h/(n−1)) and n−2 degrees of freedom, so the uncertainty of the
    drift is part of the interval (Hyndman & Athanasopoulos, Forecasting:
    Principles and Practice, “drift method”).
    """
    points = check_points(points)
    scale = choose(points.to_numpy(), lower, upper, kind)
    z = scale.forward(points.to_numpy())
    changes = np.diff(z)
    fit = sm.OLS(changes, np.ones((len(changes), 1))).fit()
    step = np.arange(1, h + 1)
    centre = z[-1] + step * float(fit.params[0])
    spread = np.sqrt(float(fit.mse_resid) * step * (1 + step / len(changes)))
    return _result("drift", points, h, scale, centre, spread, float(fit.df_resid))


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
    return _result("naive", points, h, scale, centre, spread, float(len(changes)))
