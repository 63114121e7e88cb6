"""What follows from a forecast's paths: sums over years, and scenarios beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planbook.analysis.forecast.base import Forecast
from planbook.errors import PlanbookError

DRAWS = 2000
SCENARIOS = ("step", "ramp", "rate")


def sum_paths(
    made: Forecast,
    *,
    years: Sequence[int] | None = None,
    observed: float = 0.0,
    draws: int = DRAWS,
) -> np.ndarray:
    """Sum the paths of a forecast over years, for a cumulative target.

    Parameters
    ----------
    made : Forecast
        Of the yearly quantity.
    years : sequence of int, optional
        Forecast years in the sum; all by default.
    observed : float, optional
        Sum of the years already published, in the unit of the series.
    draws : int, optional
        Number of paths.

    Returns
    -------
    numpy.ndarray, shape (draws,)
        Sorted sums. Quantiles of a sum are not sums of quantiles: the paths hold
        the dependence of the years.

    Raises
    ------
    PlanbookError
        If a year is not forecast.
    """
    wanted = list(made.years) if years is None else list(years)
    missing = sorted(set(wanted) - set(made.years.tolist()))
    if missing:
        raise PlanbookError(
            f"years not among those forecast: {', '.join(map(str, missing))}; "
            "choose a longer horizon"
        )
    inside = np.isin(made.years, wanted)
    return np.sort(made.sample(draws)[:, inside].sum(axis=1) + observed)


def probability_of_sum(
    made: Forecast,
    value: float,
    *,
    wants: str,
    years: Sequence[int] | None = None,
    observed: float = 0.0,
    draws: int = DRAWS,
) -> float:
    """Give the chance that a sum over years is at least or at most `value`.

    Parameters
    ----------
    made, years, observed, draws
        As for `sum_paths`.
    value : float
        In the unit of the series.
    wants : {'at_least', 'at_most'}

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    PlanbookError
        As `sum_paths`, or if `wants` is something else.
    """
    sums = sum_paths(made, years=years, observed=observed, draws=draws)
    if wants == "at_most":
        return float(np.mean(sums <= value))
    if wants == "at_least":
        return float(np.mean(sums >= value))
    raise PlanbookError(f"wants '{wants}': use 'at_least' or 'at_most'")


@dataclass(frozen=True)
class ConditionalForecast:
    """A forecast changed by an assumption, kept beside its baseline.

    Attributes
    ----------
    baseline, forecast : Forecast
        Without and with the assumption.
    kind : {'step', 'ramp', 'rate'}
    year : int
        First year of the change.
    size : float
        As given to `scenario`.
    """

    baseline: Forecast
    forecast: Forecast
    kind: str
    year: int
    size: float


def scenario(
    made: Forecast,
    kind: str,
    year: int,
    size: float,
    *,
    lower: float = -np.inf,
    upper: float = np.inf,
) -> ConditionalForecast:
    """Apply an assumed change to a forecast.

    Parameters
    ----------
    kind : {'step', 'ramp', 'rate'}
        ``step``: all values from `year` on move by `size`. ``ramp``: they move by
        `size` in `year`, twice that in the next year, and so on. ``rate``: their
        yearly growth from `year` on is multiplied by 1 + `size`/100.
    year : int
        First year of the change.
    size : float
        In the unit of the series (step), unit a year (ramp), per cent a year (rate).
    lower, upper : float, optional
        Physical bounds at which the changed values stop.

    Returns
    -------
    ConditionalForecast
        The spread of the baseline is kept: the assumption itself is taken as certain.

    Raises
    ------
    PlanbookError
        If the kind is unknown, the year lies after the last one forecast, or a
        rate is -100 % or less.
    """
    if kind not in SCENARIOS:
        raise PlanbookError(f"no scenario '{kind}'; use one of {', '.join(SCENARIOS)}")
    if year > made.years[-1]:
        raise PlanbookError(
            f"scenario from {year}: the forecast ends in {made.years[-1]}; choose a longer horizon"
        )
    if kind == "rate" and size <= -100:
        raise PlanbookError(f"rate {size} % a year: give more than -100")
    count = np.maximum(made.years - year + 1, 0)
    add = {"step": size * (count > 0), "ramp": size * count, "rate": 0.0 * count}[kind]
    times = (1 + size / 100) ** count if kind == "rate" else np.ones(len(count))

    def quantile(p: float) -> np.ndarray:
        return np.clip(made.quantile(p) * times + add, lower, upper)

    def cdf(value: float | np.ndarray) -> np.ndarray:
        y = np.asarray(value, float)
        found = made.cdf((y - add) / times)
        return np.where(y < lower, 0.0, np.where(y >= upper, 1.0, found))

    def before(value: float | np.ndarray) -> np.ndarray:
        y = np.asarray(value, float)
        found = made.before((y - add) / times)
        return np.where(y <= lower, 0.0, np.where(y > upper, 1.0, found))

    changed = replace(
        made,
        median=np.clip(made.median * times + add, lower, upper),
        quantile=quantile,
        cdf=cdf,
        before=made.before and before,
        atom=None,
    )
    return ConditionalForecast(made, changed, kind, year, size)
