"""Which forecasts the book shows, and how far ahead: one rule for every page.

A forecast that can be computed need not be worth showing. `shown_until` holds the whole rule:
charts, tables, sentences, explorers, exports and states ask it and nothing else. Chances
and states may rest on a forecast that is not shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from planbook.analysis.forecast.base import MIN_POINTS, Forecast
from planbook.analysis.forecast.track import Track
from planbook.errors import ForecastRefused

MOST_AHEAD = 6  # years beyond the last figure: past forecasts are scored no further
MOST_ERROR = 1.1  # of the mean error of repeating the last value: worse is no forecast
LEAST_PAST = 10  # past forecasts; fewer cannot tell a bad method from bad luck
MOST_FACTOR = 2.0  # from end to end of the 95 % interval: beyond it the direction is open
MOST_SHARE = 0.5  # of the room between two bounds, for a share near zero, of which a factor
# says little: 2 to 5 % is a narrow answer
LEVEL = 95  # per cent, of the interval judged
COARSER = 100  # times the step of the other figures: of a hundred, one would be so round by chance
NODES = np.linspace(-3.7, 3.7, 75)  # normal scores at which a widened law is tabulated


def shown_until(
    made: Forecast,
    *,
    needed: int,
    past: Callable[[int], Track | None],
    lower: float = -np.inf,
    upper: float = np.inf,
    base: float = 0.0,
) -> int:
    """Give the last year to which a forecast may be shown.

    Parameters
    ----------
    needed : year that must be reached: the deadline of a target, or the year that a page asks for.
    past : ``past(steps)`` gives the record of past forecasts up to so many years ahead.
    lower, upper : physical bounds of what is forecast; a share has both.
    base : what is added before a factor is taken: 100 for a change in per cent, whose level is 100
        plus it.

    Returns
    -------
    From `needed` on: as far as the interval is narrow enough.

    Raises
    ------
    ForecastRefused : with the reason why nothing is shown.

    Notes
    -----
    In this order: at least `MIN_POINTS` figures; at most `MOST_AHEAD` years beyond the last
    one; up to `needed` an interval that spans less than a factor of `MOST_FACTOR`, or less
    than `MOST_SHARE` of the room between two bounds; and a record that is no worse than
    `MOST_ERROR` times that of repeating the last value, over the steps shown, where at least
    `LEAST_PAST` past forecasts can be scored.
    """
    if made.n < MIN_POINTS:
        raise ForecastRefused("refused_short", n=made.n, least=MIN_POINTS)
    last = made.fitted_years[1]
    if needed > last + MOST_AHEAD:
        raise ForecastRefused("withheld_far", year=needed, last=last, most=MOST_AHEAD)
    low, high = made.interval(LEVEL)
    room = upper - lower if base == 0 else math.inf
    final = last
    for year, least, top in zip(made.years[:MOST_AHEAD], low + base, high + base, strict=False):
        share = (top - least) / room if math.isfinite(room) else math.inf
        if not (factor(least, top) < MOST_FACTOR or share < MOST_SHARE):
            break
        final = int(year)
    if final < needed:
        step = needed - last - 1
        wide = factor(low[step] + base, high[step] + base)
        if math.isfinite(wide):
            most = f"{MOST_FACTOR:g}"
            raise ForecastRefused("withheld_wide", year=needed, factor=wide, most=most)
        raise ForecastRefused("withheld_open", year=needed)
    record = past(final - last)
    if record is not None and record.forecasts >= LEAST_PAST:
        allowed = MOST_ERROR * record.mae_naive + 1e-9 * float(np.abs(high).max())
        if record.mae > allowed:
            ratio = record.mae / record.mae_naive if record.mae_naive else math.inf
            raise ForecastRefused("withheld_record", count=record.forecasts, ratio=ratio)
    return final


def factor(low: float, high: float) -> float:
    """Give by what factor two ends lie apart; infinity across zero, 1 where they are equal."""
    if high == low:
        return 1.0
    return high / low if low > 0 else low / high if high < 0 else math.inf


def head(made: Forecast, last_year: int) -> Forecast:
    """Give a forecast up to a year."""
    count = int((made.years <= last_year).sum())
    if count == len(made.years):
        return made
    before = made.before
    cut = replace(
        made,
        years=made.years[:count],
        median=made.median[:count],
        quantile=lambda p: made.quantile(p)[:count],
        cdf=lambda value: made.cdf(value)[:count],
        before=before and (lambda value: before(value)[:count]),
        atom=None,
    )
    if made.correlation is not None:
        cut = replace(cut, correlation=made.correlation[:count, :count])
    return cut


def rounding(points: pd.Series) -> float:
    """Give the step to which the last figures are rounded, where the earlier ones are finer.

    In the unit of the series; 0 where the last two figures are as fine as the others. `points`:
    values by year.
    """
    steps = [_step(float(value)) for value in points]
    if len(steps) < MIN_POINTS or 0.0 in steps[-2:]:
        return 0.0
    own, finest = min(steps[-2:]), min(step for step in steps if step)
    return own if own >= COARSER * finest * (1 - 1e-9) else 0.0


def _step(value: float) -> float:
    """Give the power of ten in whole multiples of which a figure is written; 0 for zero."""
    if value == 0 or not math.isfinite(value):
        return 0.0
    digits, _, exponent = f"{abs(value):.9e}".partition("e")
    return 10.0 ** (int(exponent) - len(digits.replace(".", "").rstrip("0")) + 1)


def widened(
    made: Forecast, points: pd.Series, *, lower: float = -np.inf, upper: float = np.inf
) -> Forecast:
    """Add to the spread of a forecast what the rounding of its last figures hides.

    Parameters
    ----------
    points : the figures fitted.
    lower, upper : physical bounds.

    Returns
    -------
    The same one where the last two figures are not rounded more than the others.

    Notes
    -----
    A figure rounded to a step g lies anywhere within ±g/2, a spread of g/√12. Distances
    from the median are added in quadrature: √((q − m)² + (z·g/√12)²) at normal score z.
    """
    step = rounding(points)
    if step == 0 or made.atom is not None:
        return made
    hidden = step / math.sqrt(12)

    def quantile(p: float) -> np.ndarray:
        z = float(ndtri(p))
        away = np.hypot(made.quantile(p) - made.median, z * hidden)
        return np.clip(made.median + math.copysign(1.0, z) * away, lower, upper)

    rows = np.array([quantile(float(ndtr(z))) for z in NODES]).T  # shape (h, n_nodes)

    def cdf(value: float | np.ndarray) -> np.ndarray:
        y = np.broadcast_to(np.asarray(value, float), (len(rows),))
        found = ndtr([np.interp(one, row, NODES) for one, row in zip(y, rows, strict=True)])
        return np.where(y < lower, 0.0, np.where(y >= upper, 1.0, found))

    return replace(made, quantile=quantile, cdf=cdf)
