"""How uncertain an inventory is: draws of every uncertain number, and what widens the total."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planbook.analysis.inventory.activity import Variable

DRAWS = 10_000
SEED = 20_300  # fixed, so that a page built twice says the same
Z_95 = 1.959964  # half width of a 95 % interval in standard deviations


@dataclass(frozen=True)
class Simulated:
    """What the draws say."""

    # index ``line``; ``central``, ``mean``, ``low``, ``high`` in t CO2e, the last two the 2.5th and
    # 97.5th percentile
    lines: pd.DataFrame
    total: pd.Series  # the same for the sum of the lines
    # ``variable`` and ``share_pct`` of the variance of the sum, widest first, adding up to 100;
    # empty where nothing is uncertain
    drivers: pd.DataFrame
    draws: int


def draw(variable: Variable, draws: int = DRAWS, seed: int = SEED) -> np.ndarray:
    """Draw a variable relative to its central value; the mean of every shape is 1.

    Each variable has a stream of its own, named after it, so that a further line
    changes no draw of the others.

    Parameters
    ----------
    variable : bounds: 95 % of a normal or lognormal shape, all of a triangular or uniform one.

    Returns
    -------
    Shape (draws,); at least zero.

    Notes
    -----
    Lognormal: sigma = ln(high/low)/(2 x 1.96), shifted so that the mean is 1.
    Triangular: two triangles that meet at 1, weighted so that the mean is 1 even where
    the bounds lie unevenly: P(below) = (high - 1)/(high - low).
    """
    rng = np.random.default_rng([seed, zlib.crc32(variable.name.encode())])
    low, high = variable.low, variable.high
    if variable.distribution == "fixed" or high <= low:
        return np.ones(draws)
    if variable.distribution == "normal":
        return np.clip(rng.normal(1.0, (high - low) / (2 * Z_95), draws), 0.0, None)
    if variable.distribution == "lognormal":
        sigma = np.log(high / low) / (2 * Z_95)
        return rng.lognormal(-(sigma**2) / 2, sigma, draws)
    if variable.distribution == "uniform":
        return rng.uniform(low, high, draws)
    below = rng.random(draws) < (high - 1) / (high - low)
    toward = np.sqrt(rng.random(draws))  # 1 at the peak, 0 at the bound
    return np.where(below, low + (1 - low) * toward, high - (high - 1) * toward)


def simulate(frame: pd.DataFrame, *, draws: int = DRAWS, seed: int = SEED) -> Simulated:
    """Draw the emissions of each line and of their sum.

    Parameters
    ----------
    frame : rows of `planbook.analysis.inventory.emissions.emissions` that may be added up: of one
        kind and one scope.

    Notes
    -----
    Rows that share a variable (the carbon of one fuel, the load of one line) share its
    draw and are fully correlated; all other variables are independent. Drivers: the
    variance of the sum when one variable alone varies, as a share of the sum of these.
    """
    variables = {one.name: one for row in frame["variables"] for one in row}
    drawn = {name: draw(one, draws, seed) for name, one in variables.items()}
    columns = [_product(row, drawn, draws) for row in frame["variables"]]
    weights = frame["co2e"].to_numpy(float)
    matrix = np.column_stack(columns) * weights if columns else np.zeros((draws, 0))
    order = list(dict.fromkeys(frame["line"]))
    names = frame["line"].to_numpy()
    rows = {line: matrix[:, names == line].sum(axis=1) for line in order}
    central = frame.groupby("line", sort=False)["co2e"].sum()
    lines = pd.DataFrame(
        [_summary(central[line], rows[line]) for line in order],
        index=pd.Index(order, name="line"),
        columns=["central", "mean", "low", "high"],
    )
    total = pd.Series(_summary(weights.sum(), matrix.sum(axis=1)))
    return Simulated(lines, total, _drivers(frame, drawn), draws)


def _product(variables: Sequence[Variable], drawn: dict[str, np.ndarray], draws: int) -> np.ndarray:
    result = np.ones(draws)
    for one in variables:
        result = result * drawn[one.name]
    return result


def _summary(central: float, values: np.ndarray) -> dict[str, float]:
    low, high = np.percentile(values, [2.5, 97.5]) if len(values) else (0.0, 0.0)
    return {
        "central": float(central),
        "mean": float(values.mean()),
        "low": float(low),
        "high": float(high),
    }


def _drivers(frame: pd.DataFrame, drawn: dict[str, np.ndarray]) -> pd.DataFrame:
    weights = frame["co2e"].to_numpy(float)
    alone = {}
    for name, values in drawn.items():
        has = np.array([any(one.name == name for one in row) for row in frame["variables"]])
        alone[name] = float(np.var(values) * weights[has].sum() ** 2)
    whole = sum(alone.values())
    if whole <= 0:
        return pd.DataFrame(columns=["variable", "share_pct"])
    shares = pd.Series(alone) * 100 / whole
    ordered = shares.sort_values(ascending=False, kind="stable")
    return pd.DataFrame({"variable": ordered.index, "share_pct": ordered.to_numpy()})
