"""The book's own method, registered: the pooled mixture of damped-trend models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from planbook.analysis.forecast import pooled as mixtures
from planbook.analysis.forecast.base import Forecast, check_points, method
from planbook.analysis.forecast.bound import Atom, bound_held, masses, off_bound
from planbook.analysis.forecast.pooled import NODES, VERY_SHORT, WINDOW, Prepared
from planbook.analysis.forecast.student import SHORT

LEAST = 3  # points

Quantile = Callable[[float], np.ndarray]
Cdf = Callable[[float | np.ndarray], np.ndarray]


@method("pooled")
def pooled(
    points: pd.Series,
    h: int,
    *,
    lower: float = -np.inf,
    upper: float = np.inf,
    kind: str | None = None,  # not used: values and bounds say enough
) -> Forecast:
    """Forecast by the pooled mixture of damped-trend models.

    Parameters
    ----------
    points : values by integer year, without gaps; at least three. Below five the centre is the
        last value.
    lower, upper : physical bounds of the quantity, which no quantile crosses. Both finite: a share;
        a finite lower one with all values above: an amount.

    Raises
    ------
    ForecastRefused : as `check_points`.

    Notes
    -----
    `mix` gives the mixture and `law` its centre and calibration: the change of the
    median is shrunk by a share learned by length, or, where an amount or a share has
    moved one way for years, drawn to the trend-following member of `trend`. The chance of values
    beyond the scores ±3.7 (1 in 10,000) is not resolved. Where the last figure is a bound,
    `bound.masses` gives the chance of the bound itself and this law the rest.
    """
    points = check_points(points, least=LEAST, constant=True)
    series = mixtures.prepare(points.to_numpy(), lower, upper)
    table = mixtures.tables()[series.group]
    n = len(points)
    mixture = mixtures.mix(series, table, h)
    at = mixtures.law(mixture, table, n)
    first = series.scales[0]
    held = bound_held(series.values, lower, upper)
    if held is not None:
        is_upper = held == upper
        if series.group != "share":  # a share's law lies inside as it is
            edge = float(first.forward(np.array(held)))
            at = off_bound(at, NODES, edge, is_upper=is_upper)
        # with time it can only get further away, or else intervals would narrow
        at = (np.minimum if is_upper else np.maximum).accumulate(at, axis=0)

    inner_quantile, inner_cdf = _off_bound_law(series, at)
    quantile, cdf, before, atom = inner_quantile, inner_cdf, None, None
    if held is not None:
        mass = masses(series.values, held, h)
        atom = Atom(held, is_upper, mass, inner_quantile)
        quantile = atom.quantile

        def cdf(value: float | np.ndarray) -> np.ndarray:
            y = np.broadcast_to(np.asarray(value, float), (h,))
            return atom.cdf(y, inner_cdf(y))

        def before(value: float | np.ndarray) -> np.ndarray:
            y = np.broadcast_to(np.asarray(value, float), (h,))
            return np.where(y <= lower, 0.0, atom.cdf(y, inner_cdf(y), strict=True))

    last = int(points.index[-1])
    return Forecast(
        method="pooled",
        years=np.arange(last + 1, last + 1 + h),
        median=quantile(0.5),
        fitted_years=(int(points.index[0]), last),
        n=n,
        scale=first.name,
        quantile=quantile,
        cdf=cdf,
        warnings=_warnings(points, at_bound=atom is not None),
        correlation=mixture.correlation,
        before=before,
        atom=atom,
    )


def _off_bound_law(series: Prepared, at: np.ndarray) -> tuple[Quantile, Cdf]:
    """Give quantiles and chances of a law tabulated at `NODES`, shape (h, 75), each shape (h,)."""
    first, lower, upper = series.scales[0], series.lower, series.upper

    def quantile(p: float) -> np.ndarray:
        z = float(ndtri(p))
        inside = first.back(np.array([np.interp(z, NODES, row) for row in at]))
        return np.clip(inside, lower, upper)

    def cdf(value: float | np.ndarray) -> np.ndarray:
        y = np.broadcast_to(np.asarray(value, float), (len(at),))
        inside = np.clip(y, lower, upper)
        with np.errstate(divide="ignore", invalid="ignore"):
            if series.group == "share":  # not held off the bounds as the figures are for the fit
                u = np.log((inside - lower) / (upper - inside))
            else:
                u = first.forward(inside)
        found = ndtr([np.interp(one, row, NODES) for one, row in zip(u, at, strict=True)])
        found = np.where(y < lower, 0.0, found)
        return np.where(y >= upper, 1.0, found)

    return quantile, cdf


def _warnings(points: pd.Series, *, at_bound: bool) -> tuple[str, ...]:
    """List what a reader must know of the points fitted, as keys of the message table."""
    n = len(points)
    found = {
        "warn_very_short": n < VERY_SHORT,
        "warn_short_series": VERY_SHORT <= n < SHORT,
        "warn_constant": points.iloc[-WINDOW:].nunique() == 1,
        "warn_bound": at_bound,
    }
    return tuple(key for key, holds in found.items() if holds)
