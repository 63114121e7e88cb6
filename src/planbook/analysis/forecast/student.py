"""Methods whose law on the fitting scale is a Student t at each step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from planbook.analysis.forecast.base import Forecast, check_points, method
from planbook.analysis.forecast.scale import Scale, choose

SHORT = 10  # points; below this the page says that the interval is uncertain itself

Law = tuple[np.ndarray, np.ndarray, float]  # centre, spread, degrees of freedom
Fit = Callable[[np.ndarray, int], Law]


def student_method(name: str) -> Callable[[Fit], Fit]:
    """Register a method that is a Student t law on the fitting scale.

    The function decorated takes the points on that scale, shape (n,), and the number h of steps
    (years) ahead; it gives centre and spread there, each of shape (h,), and the degrees of
    freedom, of which infinity means the normal law. Bounds, scale and refusals are looked after:
    `check_points` has passed the points.
    """

    def register(fit: Fit) -> Fit:
        @method(name)
        def run(
            points: pd.Series,
            h: int,
            *,
            lower: float = -np.inf,
            upper: float = np.inf,
            kind: str | None = None,
        ) -> Forecast:
            points = check_points(points)
            scale = choose(points.to_numpy(), lower, upper, kind)
            law = fit(scale.forward(points.to_numpy()), h)
            return _forecast(name, points, scale, law)

        return fit

    return register


def _forecast(name: str, points: pd.Series, scale: Scale, law: Law) -> Forecast:
    """Make a Forecast of a law on the fitting scale."""
    centre, spread, dof = law
    h, last = len(centre), int(points.index[-1])

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
