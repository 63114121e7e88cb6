"""Methods of statsmodels on the fitting scale, to compare with and to check by."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from planbook.analysis.forecast.student import Law, student_method

DIGITS = 9  # of the series divided by its mean yearly change; makes fits free of the unit
THINNEST = 1e-6  # smallest spread, in mean yearly changes: a perfect fit has none

Fit = Callable[[pd.Series, int], tuple[np.ndarray, np.ndarray]]


def _normal_method(name: str) -> Callable[[Fit], Fit]:
    """Register a fit that gives mean and standard deviation for a series of unit change."""

    def register(fit: Fit) -> Fit:
        @student_method(name)
        def run(z: np.ndarray, h: int) -> Law:
            unit = float(np.sqrt(np.mean(np.diff(z) ** 2)))
            if not unit > 0:  # different values that the scale holds at one bound
                unit = 1.0
            series = pd.Series(np.round((z - z[-1]) / unit, DIGITS))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of convergence: the result is used either way
                centre, spread = fit(series, h)
            spread = np.maximum.accumulate(np.maximum(np.asarray(spread, float), THINNEST))
            spread = spread * (1 + 1e-9 * np.arange(h))
            return z[-1] + unit * np.asarray(centre), unit * spread, np.inf

        return fit

    return register


@_normal_method("ets_damped")
def ets_damped(z: pd.Series, h: int) -> tuple[np.ndarray, np.ndarray]:
    """Exponential smoothing with additive damped trend: ``ETSModel``, maximum likelihood."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    fitted = ETSModel(z, error="add", trend="add", damped_trend=True).fit(disp=False)
    ahead = fitted.get_prediction(start=len(z), end=len(z) + h - 1)
    return ahead.predicted_mean.to_numpy(), np.sqrt(np.asarray(ahead.forecast_variance))


@_normal_method("theta")
def theta(z: pd.Series, h: int) -> tuple[np.ndarray, np.ndarray]:
    """Theta method: ``ThetaModel`` without season, with its own intervals."""
    from statsmodels.tsa.forecasting.theta import ThetaModel

    fitted = ThetaModel(z, period=1, deseasonalize=False).fit(disp=False)
    centre = fitted.forecast(h).to_numpy()
    high = fitted.prediction_intervals(h, alpha=0.05)["upper"].to_numpy()
    return centre, (high - centre) / 1.959963984540054


@_normal_method("arima_drift")
def arima_drift(z: pd.Series, h: int) -> tuple[np.ndarray, np.ndarray]:
    """ARIMA(0,1,0) with drift; its intervals leave the drift's uncertainty out."""
    from statsmodels.tsa.arima.model import ARIMA

    ahead = ARIMA(z, order=(0, 1, 0), trend="t").fit().get_forecast(h)
    return ahead.predicted_mean.to_numpy(), np.asarray(ahead.se_mean)


@_normal_method("ucm")
def ucm(z: pd.Series, h: int) -> tuple[np.ndarray, np.ndarray]:
    """Local level with deterministic trend: ``UnobservedComponents``, maximum likelihood."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    ahead = UnobservedComponents(z, "lldtrend").fit(disp=False).get_forecast(h)
    return ahead.predicted_mean.to_numpy(), np.asarray(ahead.se_mean)
