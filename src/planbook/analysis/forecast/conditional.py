"""A forecast changed by an assumption, beside its baseline."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planbook.analysis.forecast.base import Forecast
from planbook.errors import PlanbookError

SCENARIOS = ("step", "ramp", "rate")


@dataclass(frozen=True)
class ConditionalForecast:
    """A forecast changed by an assumption, kept beside its baseline."""

    # baseline, forecast: without and with the assumption
    baseline: Forecast
    forecast: Forecast
    kind: str  # {'step', 'ramp', 'rate'}
    year: int  # first year of the change
    size: float  # as given to `scenario`


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
    kind : {'step', 'ramp', 'rate'}; ``step``: all values from `year` on move by `size`. ``ramp``:
        they move by `size` in `year`, twice that in the next year, and so on. ``rate``: their
        yearly growth from `year` on is multiplied by 1 + `size`/100.
    year : first year of the change.
    size : in the unit of the series (step), unit a year (ramp), per cent a year (rate).
    lower, upper : physical bounds at which the changed values stop.

    Returns
    -------
    The spread of the baseline is kept: the assumption itself is taken as certain.

    Raises
    ------
    PlanbookError : if the kind is unknown, the year lies after the last one forecast, or a rate is
        -100 % or less.
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
        assert made.before is not None  # asked of a law with a mass on its bound alone
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
