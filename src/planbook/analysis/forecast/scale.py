"""Scales on which a series is fitted, so that forecasts stay within bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scale:
    """A monotone increasing map from values to the fitting scale and back."""

    name: str
    forward: Callable[[np.ndarray], np.ndarray]
    back: Callable[[np.ndarray], np.ndarray]


IDENTITY = Scale("identity", lambda y: np.asarray(y, float), lambda z: np.asarray(z, float))
LOG = Scale("log", np.log, np.exp)


def logit(lower: float, upper: float) -> Scale:
    """Give the scaled logit of (lower, upper).

    Notes
    -----
    Values are held 0.1 % of the width away from the bounds, where the logit is
    infinite: a share of exactly 100 % is fitted as 99.9 %. Back-transformed
    quantiles keep their coverage (Hyndman & Athanasopoulos, Forecasting:
    Principles and Practice, “Forecasting within limits”).
    """
    width = upper - lower
    margin = 1e-3 * width

    def forward(y: np.ndarray) -> np.ndarray:
        held = np.clip(np.asarray(y, float), lower + margin, upper - margin)
        return np.log((held - lower) / (upper - held))

    def back(z: np.ndarray) -> np.ndarray:
        return lower + width / (1 + np.exp(-np.clip(z, -700, 700)))

    return Scale("logit", forward, back)


def clipped(lower: float, upper: float) -> Scale:
    """Give the identity, held within one bound or two: quantiles stop at a bound."""
    return Scale(
        "identity",
        lambda y: np.asarray(y, float),
        lambda z: np.clip(np.asarray(z, float), lower, upper),
    )


def choose(values: np.ndarray, lower: float, upper: float, kind: str | None) -> Scale:
    """Choose the scale from the bounds, the kind and the values.

    Parameters
    ----------
    lower, upper : physical bounds; ±inf where open.
    kind : kind of the catalogue; ``change`` and ``index`` stay on their own scale.

    Returns
    -------
    Logit where both bounds are finite, log for positive values whose lower bound is zero, else
    identity, held within a bound that is given.
    """
    if np.isfinite(lower) and np.isfinite(upper):
        return logit(lower, upper)
    if kind != "change" and lower == 0 and (values > 0).all():
        return LOG
    if np.isfinite(lower) or np.isfinite(upper):
        return clipped(lower, upper)
    return IDENTITY
