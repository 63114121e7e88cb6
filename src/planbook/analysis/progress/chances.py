"""The chance of meeting a target, and how good such chances were in the past."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planbook.analysis.forecast import (
    DEFAULT_METHOD,
    METHODS,
    MIN_POINTS,
    Forecast,
    ForecastRefused,
    Track,
    forecast,
    forecast_change,
    track_record,
    widened,
)
from planbook.analysis.progress.facts import Facts, settles

DRAWS = 1000  # paths of the chance
PAST_DRAWS = 300  # paths of each past chance: many are averaged
NAIVE = "naive"  # method of the registry whose chance is the yardstick


def ahead(facts: Facts) -> tuple[Forecast, float]:
    """Forecast a target's quantity to its deadline and give the chance of meeting it.

    Parameters
    ----------
    facts : Facts
        With a deadline after the last figure that may be fitted.

    Returns
    -------
    forecast : Forecast
        In the target's terms.

    Raises
    ------
    ForecastRefused
        If the catalogue forbids it, there are fewer than `MIN_POINTS` figures
        (whatever a method would give), or the series cannot be forecast.

    Notes
    -----
    A sum is judged by summed paths, a floor in each year by the paths that keep it in every
    covered year to the deadline, everything else by the distribution of the deadline.
    """
    target = facts.target
    if facts.indicator.forecast:
        raise ForecastRefused("refused_catalog")
    points = facts.observed[facts.observed.index < target.due]
    if len(points) < MIN_POINTS:
        raise ForecastRefused("refused_short", n=len(points), least=MIN_POINTS)
    steps = target.due - int(points.index[-1])
    if target.kind.sums:
        made = _running_sum(facts, points, steps)
    elif target.kind.relative:
        made = forecast_change(points, steps, base_year=target.base, **facts.limits)
    else:
        one = facts.indicator
        made = forecast(points, steps, **facts.limits)
        made = widened(made, points, lower=one.lower, upper=one.upper)
    if target.kind.every_year:
        kept = [y for y, span in facts.bounds.items() if settles(facts, span)]  # proven
        years = np.asarray(made.years)
        covered = (years >= (target.first_year or years[0])) & ~np.isin(years, kept)
        good = facts.sign * (made.sample(DRAWS)[:, covered] - facts.threshold) >= 0
        return made, float(good.all(axis=1).mean())
    return made, made.probability(target.due, facts.threshold, wants=target.wants)


def _running_sum(facts: Facts, points: pd.Series, steps: int) -> Forecast:
    """Forecast the sum since the base year; years before it inform the yearly forecast."""
    yearly = forecast(points, steps, **facts.limits)
    so_far = float(facts.until_deadline.iloc[-1])
    # paths, not marginal quantiles: the quantiles of a sum are not sums of quantiles
    kept, share = facts.target.kind.weights(len(facts.until_deadline), steps)
    later = np.array(share) * yearly.sample(DRAWS).cumsum(axis=1)
    sums = np.sort(np.array(kept) * so_far + later, axis=0).T
    return replace(
        yearly,
        median=np.quantile(sums, 0.5, axis=1),
        quantile=lambda p: np.quantile(sums, p, axis=1),
        cdf=lambda value: np.mean(sums <= value, axis=1),
        before=yearly.before and (lambda value: np.mean(sums < value, axis=1)),
    )


@dataclass(frozen=True)
class Record:
    """How good chances of one kind were in the past of one series.

    Attributes
    ----------
    forecasts : int
        Past chances scored, all of years unseen in fitting.
    brier, brier_naive : float
        Mean squared difference between chance and outcome (0 or 1), of the
        book's forecast and of the last value's; 0 is perfect, 0.25 a coin.
    happened : float
        Share of the events that happened.
    track : Track
        Errors and coverage of the forecasts behind them.
    """

    forecasts: int
    brier: float
    brier_naive: float
    happened: float
    track: Track


def record(facts: Facts) -> Record | None:
    """Score the chance of the target's own event at each past origin of the series.

    Returns
    -------
    Record or None
        None if the target has no open deadline or the series is too short for a
        single past chance.

    Notes
    -----
    At each earlier year s with `MIN_POINTS` figures the target is moved so that
    it asks for the same pace from there: k years ahead it lies k/h of today's
    distance D from the figure of s, where h is the number of years to the
    deadline. D is measured on the logarithm of quantities above a lower bound, on the
    logit of those between two bounds, else on the figures themselves, so that a moved
    target stays possible. A sum is moved by the ratio of the yearly amount still
    needed to the latest yearly amount. Brier (1950), Monthly Weather Review 78, 1–3.
    """
    points = facts.observed.sort_index().astype("float64")
    deadline = facts.target.deadline
    if deadline is None or len(points) <= MIN_POINTS or facts.indicator.forecast:
        return None
    steps = deadline - int(points.index[-1])
    if steps < 1:
        return None
    try:
        event = _moved_event(facts, points, steps)
    except (ArithmeticError, ValueError, KeyError):
        return None
    track = track_record(points, steps=steps, **facts.limits)
    if track is None:
        return None
    scores = []
    for end in range(MIN_POINTS, len(points)):
        seen, unseen = points.iloc[:end], points.iloc[end : end + steps].to_numpy()
        try:
            made = [
                METHODS[name](seen, len(unseen), **facts.limits) for name in (DEFAULT_METHOD, NAIVE)
            ]
        except ForecastRefused:
            continue
        start, paths = float(seen.iloc[-1]), [one.sample(PAST_DRAWS) for one in made]
        for count in range(1, len(unseen) + 1):
            try:
                happened = bool(event(start, unseen[None, :count])[0])
                chances = [float(event(start, drawn[:, :count]).mean()) for drawn in paths]
            except (ArithmeticError, ValueError):  # this origin lies on a bound
                continue
            scores.append([(p - happened) ** 2 for p in chances] + [float(happened)])
    if not scores:
        return None
    brier, naive, share = np.mean(scores, axis=0)
    return Record(len(scores), float(brier), float(naive), float(share), track)


Event = Callable[[float, np.ndarray], np.ndarray]


def _moved_event(facts: Facts, points: pd.Series, steps: int) -> Event:
    """Give the event “the moved target is met”, of a last value and paths (draws, k)."""
    target, sign, last = facts.target, facts.sign, float(points.iloc[-1])
    if target.kind.sums:
        kept, share = target.kind.weights(len(facts.measured), steps)
        so_far = kept[-1] * float(facts.measured.iloc[-1])
        needed = (target.value - so_far) / (share[-1] * steps)
        ratio = needed / last

        def summed(start: float, paths: np.ndarray) -> np.ndarray:
            return sign * (paths.sum(axis=1) - ratio * start * paths.shape[1]) >= 0

        if not math.isfinite(ratio):
            raise ValueError("the latest amount is zero")
        return summed
    goal = facts.level_wanted
    forward, back = distance_scale(facts.indicator.lower, facts.indicator.upper)
    way = forward(goal) - forward(last)
    if not math.isfinite(way):
        raise ValueError("no distance to a bound")
    each_year = target.kind.every_year

    def reached(start: float, paths: np.ndarray) -> np.ndarray:
        count = paths.shape[1]
        if each_year:  # the floor itself is moved, not approached
            return np.all(sign * (paths - back(forward(start) + way)) >= 0, axis=1)
        return sign * (paths[:, -1] - back(forward(start) + way * count / steps)) >= 0

    return reached


def distance_scale(
    lower: float, upper: float
) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Give the scale on which the distance to a target is measured, and its inverse.

    Parameters
    ----------
    lower, upper : float
        Physical bounds.

    Returns
    -------
    forward, back : callable
        Logit between two bounds, logarithm above a lower one, else unchanged.
        A value on a bound has an infinite or undefined distance.
    """
    if math.isfinite(lower) and math.isfinite(upper):

        def logit(value: float) -> float:
            return math.log((value - lower) / (upper - value))

        def expit(value: float) -> float:
            share = 1 / (1 + math.exp(-value)) if value > -700 else 0.0
            return lower + (upper - lower) * share

        return logit, expit
    if math.isfinite(lower):
        return (lambda value: math.log(value - lower)), (lambda value: lower + math.exp(value))
    return (lambda value: value), (lambda value: value)
