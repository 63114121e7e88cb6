"""Forecasts of short annual series: one interface, several methods."""

from __future__ import annotations

from typing import Unpack

import pandas as pd

from planbook.analysis.forecast import registered as _registered  # noqa: F401 (finds methods)
from planbook.analysis.forecast.base import (
    LEVELS,
    METHODS,
    MIN_POINTS,
    MOST_STEPS,
    Forecast,
    MethodOptions,
)
from planbook.analysis.forecast.conditional import ConditionalForecast, scenario
from planbook.analysis.forecast.showing import MOST_AHEAD, head, shown_until, widened
from planbook.analysis.forecast.track import Track, track_record
from planbook.errors import ForecastRefused, PlanbookError

DEFAULT_METHOD = "pooled"

__all__ = [
    "DEFAULT_METHOD",
    "LEVELS",
    "METHODS",
    "MIN_POINTS",
    "MOST_AHEAD",
    "MOST_STEPS",
    "ConditionalForecast",
    "Forecast",
    "ForecastRefused",
    "Track",
    "forecast",
    "forecast_change",
    "head",
    "scenario",
    "shown_until",
    "too_far",
    "track_record",
    "widened",
]


def too_far() -> str:
    """Say that more steps were asked for than make sense, and what was probably meant."""
    return (
        f"that is more than {MOST_STEPS} steps; steps are years after the series' last figure, "
        "not a calendar year: give their number"
    )


def forecast(
    points: pd.Series,
    h: int,
    *,
    method: str = DEFAULT_METHOD,
    **options: Unpack[MethodOptions],
) -> Forecast:
    """Forecast `points` for `h` years after the last one.

    Parameters
    ----------
    points : values by integer year, without gaps.
    h : years ahead, from 1 to `MOST_STEPS`.
    options : physical bounds and kind of the quantity.

    Raises
    ------
    ForecastRefused : with the reason, if the series cannot be forecast.
    PlanbookError : if the method is unknown, or `h` is below 1 or above `MOST_STEPS`.
    """
    if method not in METHODS:
        raise PlanbookError(f"no method '{method}'; use one of {', '.join(METHODS)}")
    if h < 1:
        raise PlanbookError(f"horizon {h}: give at least one step")
    if h > MOST_STEPS:
        raise PlanbookError(f"horizon {h}: {too_far()}")
    return METHODS[method](points, h, **options)


def forecast_change(
    points: pd.Series,
    h: int,
    *,
    base_year: int,
    method: str = DEFAULT_METHOD,
    **options: Unpack[MethodOptions],
) -> Forecast:
    """Forecast the change from a base year in per cent.

    The level is forecast, then every quantile expressed as a change: a change
    has no natural scale of its own, the level behind it has.

    Parameters
    ----------
    points : levels by integer year; must hold `base_year` with a value above zero.
    h, method, options : as for `forecast`, of the level.

    Returns
    -------
    In per cent.

    Raises
    ------
    ForecastRefused : as `forecast`, or if the base year has no figure above zero.
    """
    base = points.get(base_year)
    if base is None or not base > 0:
        raise ForecastRefused("refused_no_base", year=base_year)
    level = forecast(points, h, method=method, **options)
    return level.mapped(
        lambda value: (value / base - 1) * 100, lambda change: base * (1 + change / 100)
    )
