"""Write the law of a forecast compactly, and read it again without a loss that shows.

A law is tabulated at fixed normal scores on its fitting scale, where interpolation
between them is what the book's own method does anyway. Laws that have the same shape at
every step, as those of a Student t, keep one shape, a centre and a spread.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtr

from planbook.analysis.forecast import Forecast

NODES = np.linspace(-3.7, 3.7, 75)  # normal scores; chances beyond 1 in 10,000 are not resolved
MIDDLE = len(NODES) // 2
UNIT_NODE = int(np.flatnonzero(np.isclose(NODES, 1.0))[0])  # where the spread is measured
STEPS = 20_000_000  # into which the range of a tabulated law is divided
EDGE = 30.0  # largest logit and exponent; keeps scales finite at a bound
SAME_SHAPE = 1e-7  # difference of two shapes that count as one, in spreads


def forward(values: np.ndarray, scale: str, lower: float, upper: float) -> np.ndarray:
    """Express levels on a fitting scale."""
    y = np.asarray(values, float)
    if scale == "identity":
        return y
    if scale == "log":
        return np.log(np.maximum(y - lower, math.exp(-700)))
    share = (y - lower) / (upper - lower)
    tiny = 1 / (1 + math.exp(EDGE))
    held = np.clip(share, tiny, 1 - tiny)
    return np.log(held / (1 - held))


def back(points: np.ndarray, scale: str, lower: float, upper: float) -> np.ndarray:
    """Give the levels behind points of a fitting scale; inverse of `forward`."""
    u = np.asarray(points, float)
    if scale == "identity":
        return u
    if scale == "log":
        return lower + np.exp(u)
    return lower + (upper - lower) / (1 + np.exp(-np.clip(u, -EDGE, EDGE)))


def encode(made: Forecast, lower: float, upper: float, laws: list[list[float]]) -> dict[str, Any]:
    """Write the law of a forecast at each step."""
    entry = _encode_law(made, lower, upper, laws)
    if made.atom is not None:
        mass = [float(f"{one:.10g}") for one in made.atom.mass]
        entry["atom"] = {"upper": made.atom.is_upper, "mass": mass}
    return entry


def _encode_law(made: Forecast, lower: float, upper: float, laws: list[list[float]]) -> dict:
    scale = made.scale
    quantile = made.quantile if made.atom is None else made.atom.inner
    table = np.array([quantile(float(ndtr(z))) for z in NODES]).T  # shape (h, n_nodes)
    points = np.maximum.accumulate(forward(table, scale, lower, upper), axis=1)
    centre = points[:, MIDDLE]
    spread = points[:, UNIT_NODE] - centre
    if (spread > 0).all():
        shapes = (points - centre[:, None]) / spread[:, None]
        if np.abs(shapes - shapes[0]).max() < SAME_SHAPE:
            law = [float(f"{one:.9g}") for one in shapes[0]]
            place = next(
                (n for n, other in enumerate(laws) if np.abs(np.subtract(other, law)).max() < 1e-7),
                len(laws),
            )
            if place == len(laws):
                laws.append(law)
            return {
                "scale": scale,
                "centre": [float(f"{one:.10g}") for one in centre],
                "spread": [float(f"{one:.8g}") for one in spread],
                "law": place,
            }
    # a power of ten, so that it is written in few digits
    unit = 10.0 ** math.floor(math.log10(max(float(np.ptp(points)), 1e-9) / STEPS) + 1)
    whole = np.rint(points / unit).astype("int64")
    coded = np.concatenate([whole[:, :1], np.diff(whole, axis=1)], axis=1)
    return {"scale": scale, "unit": unit, "table": coded.tolist()}


def decode(entry: Mapping[str, Any], laws: Sequence[Sequence[float]]) -> np.ndarray:
    """Read what `encode` wrote: points on the fitting scale, shape (h, n_nodes)."""
    if "table" in entry:
        return np.cumsum(np.array(entry["table"], "int64"), axis=1) * float(entry["unit"])
    law = np.array(laws[int(entry["law"])])
    centre, spread = np.array(entry["centre"]), np.array(entry["spread"])
    return centre[:, None] + spread[:, None] * law


def encode_ranks(made: Forecast, draws: int) -> str:
    """Write the ranks of sampled paths: which quantile each path takes at each step."""
    ranks = made.ranks(draws)
    return base64.b64encode(ranks.T.astype("<u2").tobytes()).decode("ascii")


def decode_ranks(text: str, draws: int) -> np.ndarray:
    """Read what `encode_ranks` wrote, shape (draws, h)."""
    return np.frombuffer(base64.b64decode(text), "<u2").reshape(-1, draws).T.astype("int64")
