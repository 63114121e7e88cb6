"""A grid of damped-trend innovation models, each solved in closed form.

Every model of the grid is linear in the series, so its residuals and forecasts
are one fixed matrix times the series; the matrices depend only on the number
of points and are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

NU = 3.0  # pseudo-observations behind the prior of the variance; FORECASTING notes, prototypes
HALF = 0.5  # prior variance relative to the mean squared yearly change; as above


@dataclass(frozen=True)
class ParameterGrid:
    """Parameters of the models, each array of shape (n_models,)."""

    alpha: np.ndarray  # weight of an innovation in the level, above 0 and at most 1
    # weight of an innovation in the slope, as a share of `alpha` (β* of the literature): the slope
    # moves by ``alpha * beta`` times the innovation
    beta: np.ndarray
    phi: np.ndarray  # damping of the slope within the series, above 0 and at most 1
    # damping of the slope after the last point; equal to `phi` in the textbook model, below it for
    # a trend that held so far and may fade
    damp: np.ndarray
    # prior standard deviation of the first slope in units of the innovation's; 0 for a model
    # without slope
    tau: np.ndarray

    def __len__(self) -> int:
        return len(self.alpha)

    @cached_property
    def table(self) -> np.ndarray:
        """Parameters as columns, shape (n_models, 5)."""
        return np.column_stack([self.alpha, self.beta, self.phi, self.damp, self.tau])

    def __hash__(self) -> int:
        return hash(self.table.tobytes())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParameterGrid) and np.array_equal(self.table, other.table)


@dataclass(frozen=True)
class Solved:
    """What the matrices of `solve` hold for `n` points and `h` steps."""

    # shape (n_models, n + 1, n); maps a series to its innovations and, last, the penalty of its
    # slope
    residual: np.ndarray
    ahead: np.ndarray  # shape (n_models, h, n); maps a series to its point forecasts
    start: np.ndarray  # shape (n_models, 2, n); maps a series to the first level and slope
    penalty: np.ndarray  # shape (n_models,); log determinant terms of the marginal likelihood
    # shape (n_models, h, h); predictive covariance of the steps in units of the innovation's
    # variance
    covariance: np.ndarray
    variance: np.ndarray  # shape (n_models, h); its diagonal


@lru_cache(maxsize=256)
def solve(grid: ParameterGrid, n: int, h: int) -> Solved:
    """Solve every model of the grid for series of `n` points.

    Parameters
    ----------
    n : points, at least 2.
    h : steps ahead, at least 1.

    Notes
    -----
    ETS(A,Ad,N) in innovation form (Hyndman, Koehler, Ord & Snyder 2008,
    Forecasting with Exponential Smoothing, ch. 3): with state x = (level, slope),
    y_t = w'x_{t−1} + e_t and x_t = F x_{t−1} + g e_t. Hence
    e_t = y_t − w' Σ_j D^{t−1−j} g y_j − w' D^{t−1} x_0 with D = F − g w', which is
    linear in y and in x_0. The first level has a flat prior, the first slope a
    normal one with mean 0 and standard deviation τσ, so x_0 follows from a ridge
    regression of two columns whose matrix does not hold σ.
    """
    a, b = grid.alpha, grid.alpha * grid.beta
    size = len(grid)
    sloped = grid.tau > 0
    w = np.stack([np.ones(size), np.where(sloped, grid.phi, 0.0)], axis=1)
    gain = np.stack([a, np.where(sloped, b, 0.0)], axis=1)
    step = np.zeros((size, 2, 2))
    step[:, 0, 0] = 1
    step[:, 0, 1] = step[:, 1, 1] = w[:, 1]
    fade = step - gain[:, :, None] * w[:, None, :]
    powers = np.empty((n + 1, size, 2, 2))
    powers[0] = np.eye(2)
    for t in range(n):
        powers[t + 1] = powers[t] @ fade
    columns = np.einsum("gi,tgij->gtj", w, powers[:n])  # of x_0 in the innovations
    lag = np.einsum("gi,tgij,gj->gt", w, powers[: max(n - 1, 0)], gain)
    whiten = np.broadcast_to(np.eye(n), (size, n, n)).copy()
    later, earlier = np.tril_indices(n, -1)
    whiten[:, later, earlier] = -lag[:, later - 1 - earlier]
    ridge = np.where(sloped, 1 / np.where(sloped, grid.tau, 1.0) ** 2, 1.0)
    normal = np.einsum("gti,gtj->gij", columns, columns)
    normal[:, 1, 1] += ridge
    inverse = np.linalg.inv(normal)
    start = inverse @ np.einsum("gti,gtj->gij", columns, whiten)
    residual = np.empty((size, n + 1, n))
    residual[:, :n] = whiten - columns @ start
    residual[:, n] = np.sqrt(ridge)[:, None] * start[:, 1]
    state = np.einsum("jgab,gb->gaj", powers[:n][::-1], gain) + powers[n] @ start
    steps = np.arange(1, h + 1)
    damped = np.cumsum(grid.damp[:, None] ** steps, axis=1) * sloped[:, None]
    view = np.stack([np.ones((size, h)), damped], axis=2)
    ahead = view @ state
    psi = gain[:, :1] + gain[:, 1:] * damped[:, : h - 1]
    moving = np.zeros((size, h, h))  # effect of the shock of step k on step j
    for k in range(h):
        moving[:, k, k] = 1
        moving[:, k + 1 :, k] = psi[:, : h - 1 - k]
    seen = view @ powers[n]
    covariance = moving @ moving.transpose(0, 2, 1) + seen @ inverse @ seen.transpose(0, 2, 1)
    variance = np.ascontiguousarray(np.diagonal(covariance, axis1=1, axis2=2))
    _, logdet = np.linalg.slogdet(normal)
    penalty = -0.5 * logdet + 0.5 * np.log(ridge)
    return Solved(residual, ahead, start, penalty, covariance, variance)


@dataclass(frozen=True)
class Fit:
    """Student t laws of every model for several series of equal length."""

    # shape (n_series, n_models); log marginal likelihood up to a constant common to all models
    loglik: np.ndarray
    # mean, scale: shape (n_series, n_models, h); location and scale of the predictive Student t
    mean: np.ndarray
    scale: np.ndarray
    dof: float  # its degrees of freedom


def fit(grid: ParameterGrid, z: np.ndarray, h: int, *, floor: np.ndarray | float = 0.0) -> Fit:
    """Fit every model of the grid to every series.

    Parameters
    ----------
    z : shape (n_series, n); series on their fitting scale.
    floor : shape (n_series,); smallest prior standard deviation, on the fitting scale.

    Notes
    -----
    The variance has an inverse-gamma prior worth `NU` observations whose mean
    square is `HALF` that of the yearly changes. With the flat level and the
    normal slope it integrates out: the marginal likelihood is
    |X'X + Λ|^{−1/2} |Λ|^{1/2} (ν s₀² + RSS)^{−(ν+n−1)/2} and the predictive law a
    Student t with ν + n − 1 degrees of freedom, parameter uncertainty included.
    """
    n = z.shape[1]
    made = solve(grid, n, h)
    last = z[:, -1:]
    centred = (z - last).T  # shape (n, n_series); the level's flat prior makes this exact
    errors = made.residual @ centred
    squares = np.einsum("gts,gts->sg", errors, errors)
    prior = np.maximum(HALF * np.mean(np.diff(z, axis=1) ** 2, axis=1), np.square(floor))
    total = NU * prior[:, None] + squares
    dof = NU + n - 1
    loglik = made.penalty - 0.5 * dof * np.log(total) + 0.5 * NU * np.log(prior)[:, None]
    mean = np.moveaxis(made.ahead @ centred, 2, 0) + last[:, :, None]
    scale = np.sqrt(total[:, :, None] / dof * made.variance)
    return Fit(loglik, mean, scale, dof)
