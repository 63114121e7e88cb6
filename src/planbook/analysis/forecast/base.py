"""The one result that every forecast method gives, and the registry of methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypedDict

import numpy as np
import pandas as pd

from planbook.analysis.forecast.bound import Atom
from planbook.errors import ForecastRefused, PlanbookError

MIN_POINTS = 5  # fewer points give no usable spread: FORECASTING notes, coverage at n = 5
MOST_STEPS = 100  # ahead; more is a year given for a number of steps, and fills the memory
GAPS_NAMED = 20  # missing years that a message names; a mistyped year leaves millions
LEVELS = (80, 95)  # per cent
SEED = 7  # of the paths


@dataclass(frozen=True)
class Forecast:
    """The predictive distribution of a series at each step ahead."""

    method: str  # id in the registry
    years: np.ndarray  # shape (h,); years forecast
    median: np.ndarray  # shape (h,); in the unit of the series
    fitted_years: tuple[int, int]  # first and last year of the points fitted
    n: int  # number of points fitted
    scale: str  # scale of the fit: ``identity``, ``log`` or ``logit``
    # ``quantile(p)`` gives the p-quantile at each step, shape (h,)
    quantile: Callable[[float], np.ndarray] = field(repr=False)
    # ``cdf(value)`` gives P(y ≤ value) at each step, shape (h,)
    cdf: Callable[[float], np.ndarray] = field(repr=False)
    warnings: tuple[str, ...] = ()  # keys of the message table
    # shape (h, h), or None; of the errors of the steps, for paths; None: that of a random walk
    correlation: np.ndarray | None = field(default=None, repr=False)
    # ``before(value)`` gives P(y < value) at each step, shape (h,); None where no value has a
    # chance of its own, so that it is `cdf`
    before: Callable[[float], np.ndarray] | None = field(default=None, repr=False)
    # mass on a bound, in the unit of the series fitted
    atom: Atom | None = field(default=None, repr=False)

    def interval(self, level: int) -> tuple[np.ndarray, np.ndarray]:
        """Give the central interval that holds `level` per cent.

        Gives lower and upper: shape (h,). `level`: per cent, above 0 and below 100.
        """
        tail = (1 - level / 100) / 2
        return self.quantile(tail), self.quantile(1 - tail)

    def frame(self, levels: Sequence[int] = LEVELS) -> pd.DataFrame:
        """Give the forecast as a frame.

        Index ``year``; columns ``forecast`` and ``lo80, hi80, …``.
        """
        out = pd.DataFrame({"forecast": self.median}, index=pd.Index(self.years, name="year"))
        for level in levels:
            out[f"lo{level}"], out[f"hi{level}"] = self.interval(level)
        return out

    def sample(self, draws: int = 1000) -> np.ndarray:
        """Draw paths: values of all steps together.

        Returns
        -------
        Shape (draws, h); every step holds the same stratified quantiles in another order, so that
        the paths repeat the intervals; the same in every run.

        Notes
        -----
        Normal scores with the correlation of the steps are ranked and replaced
        by quantiles (Gaussian copula; Clark et al. 2004, Journal of
        Hydrometeorology 5, 243–262, reorder the same way).
        """
        levels = (np.arange(draws) + 0.5) / draws
        values = np.array([self.quantile(float(p)) for p in levels])  # shape (draws, h)
        return np.take_along_axis(values, self.ranks(draws), axis=0)

    def ranks(self, draws: int = 1000) -> np.ndarray:
        """Give which of the stratified quantiles each path of `sample` takes at each step.

        Shape (draws, h); from 0 to draws − 1. A longer forecast of the same series begins with the
        ranks of a shorter one, so that chances do not depend on the horizon.
        """
        h = len(self.years)
        step = np.arange(1, h + 1)
        relation = self.correlation
        if relation is None:
            relation = np.sqrt(np.minimum.outer(step, step) / np.maximum.outer(step, step))
        root = np.linalg.cholesky(relation + 1e-9 * np.eye(h))
        noise = np.random.Generator(np.random.PCG64(SEED)).standard_normal((h, draws)).T
        return (noise @ root.T).argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")

    def mapped(
        self, forward: Callable[[np.ndarray], np.ndarray], back: Callable[[float], float]
    ) -> Forecast:
        """Express the forecast in other terms by an increasing map.

        `forward`: from the unit of the series to the new terms; increasing.
        """
        before = self.before
        return replace(
            self,
            median=forward(self.median),
            quantile=lambda p: forward(self.quantile(p)),
            cdf=lambda value: self.cdf(back(value)),
            before=before and (lambda value: before(back(value))),
        )

    def probability(self, year: int, value: float, *, wants: str) -> float:
        """Give the chance that the figure of `year` is at least or at most `value`.

        Parameters
        ----------
        value : in the unit of the series.
        wants : {'at_least', 'at_most'}

        Returns
        -------
        Between 0 and 1.

        Raises
        ------
        PlanbookError : if `year` is not forecast or `wants` is something else.
        """
        at = np.flatnonzero(self.years == year)
        if at.size == 0:
            raise PlanbookError(
                f"year {year} is not among those forecast "
                f"({self.years[0]}–{self.years[-1]}); choose a longer horizon"
            )
        below = float(self.cdf(value)[at[0]])
        if wants == "at_most":
            return below
        if wants == "at_least":
            return 1 - (below if self.before is None else float(self.before(value)[at[0]]))
        raise PlanbookError(f"wants '{wants}': use 'at_least' or 'at_most'")


class MethodOptions(TypedDict, total=False):
    """What every method may be told of a quantity."""

    lower: float  # physical bounds; open (±inf) by default
    upper: float
    kind: str | None  # of the catalogue


Method = Callable[..., Forecast]
METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Register a forecast method under `name`; `PlanbookError` where another has it."""

    def register(function: Method) -> Method:
        if name in METHODS:
            raise PlanbookError(f"forecast method '{name}' is registered twice; rename one")
        METHODS[name] = function
        return function

    return register


def join_years(years: Iterable[int]) -> str:
    """Write years as a list."""
    return ", ".join(str(int(year)) for year in years)


def _missing(years: Sequence[int]) -> list[int]:
    """List years missing between others, one more than are named at most."""
    found: list[int] = []
    for before, after in pairwise(years):
        room = GAPS_NAMED + 1 - len(found)
        found += range(before + 1, min(after, before + 1 + room))
    return found


def check_points(
    points: pd.Series, *, least: int = MIN_POINTS, constant: bool = False
) -> pd.Series:
    """Refuse what no method may fit.

    Parameters
    ----------
    points : values by integer year.
    least : fewest points accepted.
    constant : whether the method can do with values that are all the same.

    Returns
    -------
    Sorted by year, as float64.

    Raises
    ------
    ForecastRefused : if years are missing between the points, a value is not finite, there are too
        few points, or all values are the same.
    """
    out = points.sort_index().astype("float64")
    if not np.isfinite(out.to_numpy()).all():
        raise ForecastRefused("refused_not_finite")
    if len(out) < least:
        raise ForecastRefused("refused_short", n=len(out), least=least)
    if out.index.has_duplicates:
        raise ForecastRefused("refused_duplicate")
    gaps = _missing([int(year) for year in out.index])
    if gaps:
        more = ", …" if len(gaps) > GAPS_NAMED else ""
        raise ForecastRefused("refused_gap", years=join_years(gaps[:GAPS_NAMED]) + more)
    if out.nunique() == 1 and not constant:
        raise ForecastRefused("refused_constant")
    return out
