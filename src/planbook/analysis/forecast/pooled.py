"""The book's own method: a pooled mixture of damped-trend models.

What one short series cannot tell, many can: how much to trust a trend, which
scale to work on, how wide to be. The weights of the models and the width of the
intervals were learned once on past origins of many annual series and stand in
``tables.json``, which names the script, the data and the versions.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.special import ndtr, ndtri, stdtr

from planbook.analysis.forecast.bound import bound_held
from planbook.analysis.forecast.damped_trends import ParameterGrid, fit, solve
from planbook.analysis.forecast.trend import trend_change, trend_share

TABLES = Path(__file__).with_name("tables.json")
WINDOW = 24  # last points used; more changed the error by less than 1 %, FORECASTING notes
VERY_SHORT = 5  # points; below, the last value is the centre
FLOOR = 0.003  # smallest yearly change (log or logit scale) taken as a spread: rounding of figures
FLOOR_OPEN = 0.02  # the same on the open scale, in mean absolute yearly changes
FLOOR_BOUND = 0.5  # the same where no figure ever left the bound: how far it would fall is unknown
SHARPEST = -60.0  # log likelihood ratio below which a model is not told from another
NODES = np.linspace(-3.7, 3.7, 75)  # standard normal scores at which the law is tabulated
LEVEL_SCORES = (1.2815515655446004, 1.959963984540054)  # normal scores of 80 and 95 %
NEGLIGIBLE = 1e-4  # weight below which a model is left out
MOST_TREND = 5.0  # factor by which the trend-following member may move an amount at most


@dataclass(frozen=True)
class Working:
    """A fitting scale: increasing map, its inverse and the log of its slope."""

    name: str
    forward: Callable[[np.ndarray], np.ndarray]
    back: Callable[[np.ndarray], np.ndarray]
    logslope: Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Prepared:
    """A series with the scales on which it is fitted."""

    # {'share', 'amount', 'open'}; both bounds finite; positive above a finite lower bound; anything
    # else
    group: str
    values: np.ndarray  # shape (n,); the last `WINDOW` values
    scales: tuple[Working, ...]  # the first is the one on which quantiles are tabulated
    lower: float
    upper: float
    floor: float  # smallest prior standard deviation on the scales


def prepare(values: np.ndarray, lower: float = -np.inf, upper: float = np.inf) -> Prepared:
    """Choose the scales from the values and their bounds.

    Parameters
    ----------
    values : shape (n,)
    lower, upper : physical bounds; ±inf where open.

    Notes
    -----
    Every scale is divided so that its slope at the mean is that of the first
    one; then one floor and one set of prior weights serves all of them. On the
    logit scale a value at a bound is held half the distance of the nearest value
    inside, at most 0.1 % of the width, away from it. Figures that are all zero
    have no size of their own: one unit stands in.
    """
    x = np.asarray(values, float)[-WINDOW:]
    at = bound_held(x, lower, upper)
    never_left = at is not None and bool((x == at).all())
    floor = FLOOR_BOUND if never_left else FLOOR
    if np.isfinite(lower) and np.isfinite(upper):
        width = upper - lower
        away = np.minimum(x - lower, upper - x)
        away = away[away > 0]
        margin = max(1e-6, min(1e-3, 0.5 * away.min() / width if away.size else 1e-3)) * width
        low, high = lower + margin, upper - margin

        def hold(y: np.ndarray) -> np.ndarray:
            return np.clip(y, low, high)

        middle = float(hold(x.mean()))
        unit = (middle - lower) * (upper - middle) / width
        logit = Working(
            "logit",
            lambda y: np.log((hold(y) - lower) / (upper - hold(y))),
            lambda z: lower + width / (1 + np.exp(-np.clip(z, -30, 30))),
            lambda y: np.log(width / ((hold(y) - lower) * (upper - hold(y)))),
        )
        return Prepared("share", x, (logit, _linear(middle, unit)), lower, upper, floor)
    if np.isfinite(lower) and (x > lower).all():
        unit = float((x - lower).mean())
        log = Working(
            "log",
            lambda y: np.log((y - lower) / unit),
            lambda z: lower + unit * np.exp(np.clip(z, -200, 200)),
            lambda y: -np.log(y - lower),
        )
        return Prepared("amount", x, (log, _linear(lower, unit)), lower, upper, FLOOR)
    unit = float(np.mean(np.abs(np.diff(x))))
    if unit > 0:
        floor = FLOOR_OPEN
    else:
        unit = float(abs(x[-1])) or 1.0
    return Prepared("open", x, (_linear(float(x[-1]), unit),), lower, upper, floor)


def _linear(origin: float, unit: float) -> Working:
    return Working(
        "identity",
        lambda y: (y - origin) / unit,
        lambda z: origin + unit * z,
        lambda y: np.full(np.shape(y), -math.log(unit)),
    )


def features(z: np.ndarray, group: str) -> np.ndarray:
    """Describe a series by five numbers free of unit, which shift the prior weights.

    Parameters
    ----------
    z : shape (n,); the series on its first scale.
    group : as in `Prepared`.

    Returns
    -------
    Shape (5,); length; strength of the trend (t value of the mean yearly change); agreement of the
    changes in sign; signed strength; size of the changes (0 on the open scale, which has no unit).
    """
    changes = np.diff(z)
    m = len(changes)
    mean = float(changes.mean())
    square = float(np.mean(changes**2)) + 1e-20
    spread = math.sqrt((float(np.sum((changes - mean) ** 2)) + 0.5 * square) / m)
    t = mean / spread * math.sqrt(m)
    size = 0.0 if group == "open" else min(max(0.5 * math.log(square) + 2.7, -3.0), 3.0)
    return np.array(
        [
            math.log(len(z) / 12),
            math.tanh(abs(t) / 3),
            abs(float(np.sign(changes).sum())) / (m + 2),
            math.tanh(t / 3),
            size,
        ]
    )


@dataclass(frozen=True)
class PooledTable:
    """What was learned for one group of series."""

    grids: tuple[ParameterGrid, ...]  # the models kept, one grid a scale
    base: np.ndarray  # shape (n_models,); log prior weights at mean features
    # shape (5, n_models); change of the log weights by one standard deviation of a feature
    shift: np.ndarray
    # shape (2,); log power of the likelihood, and its change with the length feature
    temper: np.ndarray
    # mean, deviation: shape (5,); of the features in training
    mean: np.ndarray
    deviation: np.ndarray
    trust: np.ndarray  # shape (n_knots,); share of the forecast change kept, at the lengths `knots`
    knots: np.ndarray  # shape (n_knots,)
    # shape (2, 2, 4); by side (below, above) and level (80, 95 %): coefficients of the log factor
    # on the normal score: 1, log n/12, log h/3 and their product
    stretch: np.ndarray

    @classmethod
    def from_json(cls, entry: dict) -> PooledTable:
        """Read a table from its entry in ``tables.json``."""
        rows = np.array(entry["models"], float)
        scale = rows[:, 0].astype(int)
        return cls(
            grids=tuple(ParameterGrid(*rows[scale == s, 1:6].T) for s in range(scale.max() + 1)),
            base=rows[:, 6],
            shift=rows[:, 7:].T,
            temper=np.array(entry["temper"], float),
            mean=np.array(entry["feature_mean"], float),
            deviation=np.array(entry["feature_deviation"], float),
            trust=np.array(entry["trust"], float),
            knots=np.array(entry["knots"], float),
            stretch=np.array(entry["stretch"], float),
        )


@lru_cache(maxsize=1)
def tables() -> dict[str, PooledTable]:
    """Read the learned tables, by group."""
    read = json.loads(TABLES.read_text(encoding="utf-8"))
    return {name: PooledTable.from_json(entry) for name, entry in read["groups"].items()}


@lru_cache(maxsize=64)
def _t_table(dof: float) -> tuple[np.ndarray, np.ndarray]:
    """Tabulate the distribution function of Student's t."""
    x = np.sinh(np.linspace(-12, 12, 6001)) / np.sinh(12) * 1e5
    return x, stdtr(dof, x)


@dataclass(frozen=True)
class Mixture:
    """The mixture's law on the first scale, before it is moved and stretched."""

    at: np.ndarray  # shape (h, n_nodes); points on the first scale, increasing
    score: np.ndarray  # shape (h, n_nodes); normal score of the distribution function at them
    last: float  # the last value on the first scale
    correlation: np.ndarray  # shape (h, h); of the forecast errors of the steps
    # shape (h,); change from the last value that the trend-following member gives, on the first
    # scale
    trend: np.ndarray
    share: float  # how far the centre leans on the trend-following member, from 0 to 1


def mix(series: Prepared, table: PooledTable, h: int) -> Mixture:
    """Fit every model, weigh them, and tabulate the mixture.

    Notes
    -----
    Log weights are prior plus κ times the log marginal likelihood, densities of
    all scales expressed in the unit of the series by their slopes. Shares and
    amounts lie inside their bounds, so mass that a model puts outside is cut off;
    an open series that touches its bound may stay there, so such mass is put on
    the bound. The prior was learned by stacking:
    the log score of the mixture at unseen years (Yao, Vehtari, Simpson & Gelman
    2018, Bayesian Analysis 13, 917–1007).
    """
    fits, loglik = [], []
    for scale, grid in zip(series.scales, table.grids, strict=False):
        z = scale.forward(series.values)
        one = fit(grid, z[None, :], h, floor=series.floor)
        fits.append(one)
        loglik.append(one.loglik[0] + float(scale.logslope(series.values).sum()))
    evidence = np.concatenate(loglik)
    evidence = np.maximum(evidence - evidence.max(), SHARPEST)
    z = series.scales[0].forward(series.values)
    described = (features(z, series.group) - table.mean) / table.deviation
    power = math.exp(min(max(float(table.temper @ [1, described[0]]), -4.0), 1.0))
    logit = table.base + described @ table.shift + power * evidence
    weight = np.exp(logit - logit.max())
    weight /= weight.sum()
    keep = weight > NEGLIGIBLE * weight.max()
    weight = np.where(keep, weight, 0.0) / weight[keep].sum()

    ends = np.cumsum([0, *(len(grid) for grid in table.grids)])
    parts = []
    x, t_cdf = _t_table(fits[0].dof)
    correlation = np.zeros((h, h))
    for scale, grid, one, start, end in zip(
        series.scales, table.grids, fits, ends[:-1], ends[1:], strict=False
    ):
        chosen = np.flatnonzero(keep[start:end])
        if not chosen.size:
            continue
        made = solve(grid, len(series.values), h)
        deviation = np.sqrt(made.variance[chosen])
        relation = made.covariance[chosen] / (deviation[:, :, None] * deviation[:, None, :])
        own = weight[start:end][chosen]
        correlation += np.einsum("g,gij->ij", own, relation)
        mean, spread = one.mean[0, chosen].T, one.scale[0, chosen].T  # shape (h, n_chosen)
        bounds = []
        for bound, open_end in ((series.lower, 0.0), (series.upper, 1.0)):
            if series.group != "open" and scale.name == "identity" and np.isfinite(bound):
                level = (float(scale.forward(np.array(bound))) - mean) / spread
                bounds.append(np.interp(level, x, t_cdf) @ own)
            else:
                bounds.append(np.full(h, open_end * own.sum()))
        parts.append((scale, mean, spread, own, *bounds))
    inside = sum(part[5] - part[4] for part in parts)[:, None]
    first = series.scales[0]

    def distribution(u: np.ndarray) -> np.ndarray:
        y = first.back(u)
        total = np.zeros(u.shape)
        for scale, mean, spread, own, below, _ in parts:
            at = u if scale is first else scale.forward(y)
            law = np.interp((at[:, :, None] - mean[:, None, :]) / spread[:, None, :], x, t_cdf)
            total += law @ own - below[:, None]
        return np.clip(total / inside, 0.0, 1.0)

    at = _nodes(series, parts, h, distribution)
    score = ndtri(np.clip(distribution(at), 1e-9, 1 - 1e-9))
    score = np.maximum.accumulate(score, axis=1) + 1e-9 * np.arange(score.shape[1])
    middle = np.array([np.interp(0.0, *row) for row in zip(score, at, strict=True)]) - z[-1]
    share, trend = 0.0, np.zeros(h)
    if series.group != "open":  # without bounds no member could be kept from running away
        share = trend_share(float(features(z, series.group)[1]), len(z))
        trend = trend_change(middle, _trend_members(series, h)) if share else trend
    return Mixture(at, score, float(z[-1]), correlation, trend, share)


def _trend_members(series: Prepared, h: int) -> np.ndarray:
    """Give the Theta change of every scale on the first one, shape (n_scales, h)."""
    from planbook.analysis.forecast.trend import theta

    first, last = series.scales[0], series.values[-1]
    at = float(first.forward(last))
    changes = []
    for scale in series.scales:
        moved = float(scale.forward(last)) + theta(scale.forward(series.values), h)
        above = scale.back(moved) - series.lower  # an amount stays within a factor of the last one
        least, most = (factor * (last - series.lower) for factor in (1 / MOST_TREND, MOST_TREND))
        held = np.clip(series.lower + np.clip(above, least, most), *_inner(series))
        changes.append(first.forward(held) - at)
    return np.array(changes)


COARSE = np.array([-40, -12, -6, -4, -3, -2.2, -1.6, -1.1, -0.7, -0.35])
COARSE = np.concatenate([COARSE, [0.0], -COARSE[::-1]])


def _nodes(
    series: Prepared, parts: list, h: int, distribution: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Place the points of the tabulated law where its mass lies, shape (h, n)."""
    first = series.scales[0]
    points = []
    for scale, mean, spread, _, _, _ in parts:
        heavy = mean[:, :, None] + spread[:, :, None] * COARSE  # shape (h, n_models, n_coarse)
        low, high = heavy.min(axis=1), heavy.max(axis=1)
        for side in (low, high):
            if scale is first:
                points.append(side)
            else:
                y = scale.back(side)
                y = np.clip(y, *_inner(series))
                points.append(first.forward(y))
    rough = np.sort(np.concatenate(points, axis=1), axis=1)
    for wanted in (np.linspace(-4.2, 4.2, 33), np.linspace(-4.5, 4.5, 61)):
        mass = distribution(rough)
        fine = np.empty((h, len(wanted)))
        for step in range(h):
            fine[step] = np.interp(ndtr(wanted), mass[step], rough[step])
        rough = fine
    return np.maximum.accumulate(rough, axis=1) + 1e-12 * np.arange(rough.shape[1])


def _inner(series: Prepared) -> tuple[float, float]:
    """Give the bounds, drawn in by a hair so that the first scale is finite."""
    low, high = series.lower, series.upper
    hair = 1e-9 * max(1e-300, float(np.abs(series.values - (low if np.isfinite(low) else 0)).max()))
    return low + hair, high - hair


def law(mixture: Mixture, table: PooledTable, n: int) -> np.ndarray:
    """Move and stretch the mixture as learned, and tabulate it at `NODES`.

    Shape (h, 75); quantiles on the first scale at the normal scores `NODES`. Increasing along
    scores; distances from the median never shrink from step to step.
    """
    h = len(mixture.at)
    trust = 0.0 if n < VERY_SHORT else float(np.interp(n, table.knots, table.trust))
    share = 0.0 if n < VERY_SHORT else mixture.share
    asked = scores(table, n, h)
    out = np.empty((h, len(NODES)))
    for step in range(h):
        out[step] = np.interp(asked[step], mixture.score[step], mixture.at[step])
        centre = np.interp(0.0, mixture.score[step], mixture.at[step])
        moved = (1 - share) * trust * (centre - mixture.last) + share * mixture.trend[step]
        out[step] += mixture.last + moved - centre
    middle = out[:, [len(NODES) // 2]]
    away = out - middle
    for step in range(1, h):
        away[step] = np.where(
            NODES > 0,
            np.maximum(away[step], away[step - 1] * (1 + 1e-6)),
            np.minimum(away[step], away[step - 1] * (1 + 1e-6)),
        )
    return middle + away


def scores(table: PooledTable, n: int, h: int) -> np.ndarray:
    """Give the mixture's normal score for each calibrated one of `NODES`, shape (h, 75)."""
    step = np.log(np.minimum(np.arange(1, h + 1), 10) / 3)
    length = math.log(min(n, WINDOW) / 12)
    terms = np.stack([np.ones(h), np.full(h, length), step, length * step])
    factor = np.exp(np.clip(table.stretch @ terms, -0.7, 0.7))  # shape (2, 2, h)
    size = np.abs(NODES)
    out = np.empty((h, len(NODES)))
    for at in range(h):
        for side, here in ((0, NODES < 0), (1, NODES >= 0)):
            near, far = factor[side, :, at]
            far = max(far, near * (LEVEL_SCORES[0] + 0.05) / LEVEL_SCORES[1])
            size_at = np.interp(size[here], LEVEL_SCORES, (near, far)) * size[here]
            out[at, here] = np.sign(NODES[here]) * size_at
    return np.maximum.accumulate(out, axis=1) + 1e-12 * np.arange(len(NODES))
