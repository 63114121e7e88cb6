"""A series that stands at its bound, such as 100 % or 0, may stay exactly there.

A continuous law gives no chance to a single value. So the forecast of a series whose last
figure is its bound is a mixture: a mass on the bound, and the usual law for the case that
the series leaves it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

MOST_OUTSIDE = 0.999  # share of the law beyond the bound above which the rest is not resolved
EDGE = 1e-9  # chance within which a quantile counts as one of the bound
SAME = 1e-12  # relative difference below which a value counts as the bound itself


@dataclass(frozen=True)
class Atom:
    """The mass that a forecast has on one value."""

    at: float  # the bound, in the unit of the series
    is_upper: bool
    mass: np.ndarray  # shape (h,); chance of the bound itself at each step
    # ``inner(p)`` gives the p-quantile of the law off the bound, shape (h,)
    inner: Callable[[float], np.ndarray]

    def quantile(self, p: float) -> np.ndarray:
        """Give the p-quantile of bound and law together, shape (h,)."""
        rest = 1 - self.mass
        if self.is_upper:
            free, on = p / rest, p >= rest - EDGE
        else:
            free, on = (p - self.mass) / rest, p <= self.mass + EDGE
        held = np.clip(free, 0.0, 1.0)
        found = np.array([self.inner(float(one))[step] for step, one in enumerate(held)])
        return np.where(on, self.at, found)

    def is_at(self, value: np.ndarray) -> np.ndarray:
        """Tell whether values are the bound itself, rounding of floats aside."""
        return np.abs(value - self.at) <= SAME * np.maximum(1.0, abs(self.at))

    def cdf(self, value: np.ndarray, below: np.ndarray, *, strict: bool = False) -> np.ndarray:
        """Give the chance of at most `value`, or with `strict` of less, shape (h,).

        Parameters
        ----------
        value : shape (h,)
        below : shape (h,); the same chance under the law off the bound.
        """
        at = self.is_at(value)
        if self.is_upper:
            inside = (1 - self.mass) * np.where(at, 1.0, below)
            reached = (value > self.at) | (at & (not strict))
            return np.where(reached, 1.0, inside)
        inside = self.mass + (1 - self.mass) * np.where(at, 0.0, below)
        short = (value < self.at) & ~at | (at & strict)
        return np.where(short, 0.0, inside)


def bound_held(values: np.ndarray, lower: float, upper: float) -> float | None:
    """Give the bound at which a series stands by its last figure, or None."""
    last = float(values[-1])
    return last if np.isfinite(last) and last in (lower, upper) else None


def masses(values: np.ndarray, at: float, h: int) -> np.ndarray:
    """Give the chance that the series is at its bound at each step.

    Parameters
    ----------
    values : shape (n,); the last one is the bound.

    Returns
    -------
    Shape (h,); never rising from step to step.

    Notes
    -----
    A chain of two states, at the bound or off it. Of the b figures at the bound that have
    a successor, s stayed: the chance of staying is (s + ½)/(b + 1). Of the o figures off
    it, e were followed by the bound: the chance of coming back is (e + ½)/(o + 1), at
    most that of staying. Half a case each way is Jeffreys' prior (1946, Proceedings of the
    Royal Society A 186, 453–461): ten years of 100 % without an exception stay with 95 %,
    not for certain.
    """
    there = np.asarray(values) == at
    before, after = there[:-1], there[1:]
    stay = (float((before & after).sum()) + 0.5) / (float(before.sum()) + 1)
    back = (float((~before & after).sum()) + 0.5) / (float((~before).sum()) + 1)
    back = min(back, stay)
    out, mass = np.empty(h), 1.0
    for step in range(h):
        mass = mass * stay + (1 - mass) * back
        out[step] = mass
    return out


def off_bound(at: np.ndarray, nodes: np.ndarray, edge: float, *, is_upper: bool) -> np.ndarray:
    """Give a tabulated law on condition that it lies inside its bound.

    Parameters
    ----------
    at : shape (h, n_nodes); quantiles on the fitting scale, increasing.
    nodes : shape (n_nodes,); their normal scores.
    edge : the bound on the fitting scale.

    Returns
    -------
    Shape (h, n_nodes).
    """
    out = np.empty_like(at)
    shares = ndtr(nodes)
    for step, row in enumerate(at):
        below = float(ndtr(np.interp(edge, row, nodes)))
        if is_upper:
            asked = shares * max(below, 1 - MOST_OUTSIDE)
        else:
            asked = 1 - (1 - shares) * max(1 - below, 1 - MOST_OUTSIDE)
        out[step] = np.interp(ndtri(np.clip(asked, 1e-12, 1 - 1e-12)), nodes, row)
    inside = np.minimum(out, edge) if is_upper else np.maximum(out, edge)
    return np.maximum.accumulate(inside, axis=1) + 1e-12 * np.arange(inside.shape[1])
