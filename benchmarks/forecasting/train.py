"""Learn the tables of the pooled forecast from the training parts of the development data.

    python benchmarks/forecasting/train.py --data DIR [--output tables.json]

Only rows marked ``train`` are used. Origins are rolled inside them: the last six
training points and earlier windows of six are held out in turn, and the history
before is cut to random lengths from three points on, so that every length is
learned. The same data give the same tables.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy
from scipy.optimize import minimize
from scipy.special import gammaln

from data import FILES, META, Case, digest, half, load
from planbook.analysis.forecast.damped_trends import ParameterGrid, fit
from planbook.analysis.forecast.pooled import (
    LEVEL_SCORES,
    NODES,
    SHARPEST,
    VERY_SHORT,
    WINDOW,
    Mixture,
    PooledTable,
    Prepared,
    features,
    law,
    mix,
    prepare,
)

H = 6  # steps held out
SEED = 20240501
KEPT = 64  # models kept a group
RIDGE = {"share": 60.0, "amount": 30.0, "open": 30.0}  # on the feature coefficients, in cases
RIDGE_BASE = 0.02  # on the log prior weights
ORIGINS = {"share": 8, "amount": 4, "open": 1}  # random origins a series, beside the last one
CUTS = 2  # short histories of each series in calibration
WHOLE = 0.55  # chance that a history is not cut
STRETCH_RIDGE = (0.0, 0.3, 0.02, 0.3)  # on 1, log length, log step and their product
KNOTS = (5, 7, 9, 12, 17, 24)  # lengths at which the trust in the trend is learned
TRUST_PRIOR = {  # shrinkage by length: the shorter a series, the less its trend is believed
    "share": (0.7, 0.7, 0.7, 0.75, 0.85, 0.95),
    "amount": (0.8, 0.85, 0.9, 0.95, 1.0, 0.95),
    "open": (0.8, 0.85, 0.9, 0.9, 0.9, 0.9),
}
TRUST_RIDGE = 0.3  # draws the trust towards its prior where the losses are flat
# Added to the learned log factors (on 1, log length, log step, their product) by level,
# 80 and 95 %. The years after the training parts were calmer than those inside them, on
# every set alike; how much was chosen on the development data, the only figures here that
# saw its test parts beside LEAN and STRONG of the trend-following member, `RIDGE` and
# `TRUST_PRIOR`.
CALM = ((-0.06, -0.05, 0.04, 0.0), (-0.05, 0.0, 0.0, 0.0))
CLASSES = ((3, 4), (5, 5), (6, 7), (8, 10), (11, 14), (15, 19), (20, 24))  # of lengths


def candidates() -> ParameterGrid:
    """Give all models considered on one scale."""
    rows = []
    for alpha in (0.1, 0.3, 0.5, 0.7, 0.85, 1.0, 1.2):
        rows.append((alpha, 0, 1, 1, 0))
        rows += [
            (alpha, 0, 1, damp, tau) for tau in (0.1, 0.25, 1.0) for damp in (0.7, 0.85, 0.95, 1.0)
        ]
        rows += [
            (alpha, beta, phi, phi, tau)
            for beta in (0.05, 0.15, 0.3, 0.6)
            for phi in (0.8, 0.9, 0.95, 1.0)
            for tau in (0.25, 1.0)
        ]
    return ParameterGrid(*np.array(rows, float).T)


@dataclass
class Origin:
    """A past origin: a history and the six values that followed."""

    series: Prepared
    future: np.ndarray
    mase: float  # mean absolute yearly change of the history known, not cut
    entity: str
    described: np.ndarray


def origins(cases: list[Case], group: str, *, latest: bool = False) -> list[Origin]:
    """Roll origins inside the training parts of the series of one group.

    With `latest`, only the last possible origin of each series, once with its
    whole history and `CUTS` times cut short: what calibrates the forecasts of
    today should not be the unrest of decades ago.
    """
    rng = np.random.default_rng(SEED + latest)
    out = []
    for case in cases:
        own = prepare(case.train, case.lower, case.upper).group
        if own != group and not (group == "open" and own == "amount"):
            continue
        size = len(case.train)
        ends = [size - H, *rng.integers(3, max(4, size - H + 1), size=ORIGINS[group])]
        if latest:
            ends = [size - H] * (1 + CUTS)
        for place, end in enumerate(ends):
            whole, cut = rng.random() < WHOLE, int(rng.integers(3, max(4, end + 1)))
            if latest:
                whole = place == 0
            if end < 3:
                continue
            known = case.train[:end]
            n = min(end if whole else cut, WINDOW)
            bounds = (-np.inf, np.inf) if group == "open" else (case.lower, case.upper)
            scale = np.mean(np.abs(np.diff(known)))
            if not scale > 0 or np.ptp(known[-n:]) == 0:
                continue
            series = prepare(known[-n:], *bounds)
            out.append(
                Origin(
                    series,
                    case.train[end : end + H],
                    float(scale),
                    case.entity,
                    features(series.scales[0].forward(series.values), group),
                )
            )
    return out


def densities(
    found: list[Origin], grids: tuple[ParameterGrid, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Give log likelihoods and relative densities of the futures under every model.

    Returns
    -------
    evidence : numpy.ndarray, shape (n_origins, n_models)
    density : numpy.ndarray, shape (n_origins, 6, n_models)
        Relative to the best model of each origin and step.
    """
    ends = np.cumsum([0, *(len(grid) for grid in grids)])
    evidence = np.empty((len(found), ends[-1]), np.float32)
    density = np.empty((len(found), H, ends[-1]), np.float32)
    lengths = defaultdict(list)
    for index, one in enumerate(found):
        lengths[len(one.series.values)].append(index)
    for members in lengths.values():
        for start in range(0, len(members), 100):
            part = members[start : start + 100]
            for s, grid in enumerate(grids):
                scales = [found[i].series.scales[s] for i in part]
                z = np.array(
                    [g.forward(found[i].series.values) for g, i in zip(scales, part, strict=True)]
                )
                floors = np.array([found[i].series.floor for i in part])
                one = fit(grid, z, H, floor=floors)
                slopes = [
                    g.logslope(found[i].series.values).sum()
                    for g, i in zip(scales, part, strict=True)
                ]
                there = slice(ends[s], ends[s + 1])
                evidence[part, there] = one.loglik + np.array(slopes)[:, None]
                ahead = np.array(
                    [g.forward(found[i].future) for g, i in zip(scales, part, strict=True)]
                )
                slope = np.array(
                    [g.logslope(found[i].future) for g, i in zip(scales, part, strict=True)]
                )
                spread = one.scale.transpose(0, 2, 1)
                error = (ahead[:, :, None] - one.mean.transpose(0, 2, 1)) / spread
                dof = one.dof
                density[part, :, there] = (
                    gammaln((dof + 1) / 2)
                    - gammaln(dof / 2)
                    - 0.5 * np.log(np.pi * dof)
                    - np.log(spread)
                    - (dof + 1) / 2 * np.log1p(error**2 / dof)
                    + slope[:, :, None]
                )
    evidence = np.maximum(evidence - evidence.max(axis=1, keepdims=True), SHARPEST)
    density = np.exp(np.maximum(density - density.max(axis=2, keepdims=True), -30))
    return evidence, density


def stack(
    described: np.ndarray,
    evidence: np.ndarray,
    density: np.ndarray,
    *,
    start: np.ndarray | None = None,
    rounds: int,
    ridge: float,
) -> tuple[np.ndarray, float]:
    """Maximise the mean log score over prior weights, their shifts and the power.

    Returns
    -------
    numpy.ndarray
        Base weights, shifts by feature, and the two coefficients of the power.
    float
        Loss an origin.
    """
    count, size = evidence.shape
    kinds = described.shape[1]
    described = described.astype(np.float32)
    lengths = np.column_stack([np.ones(count), described[:, 0]]).astype(np.float32)

    def loss(v: np.ndarray) -> tuple[float, np.ndarray]:
        base = v[:size].astype(np.float32)
        shift = v[size : size * (kinds + 1)].reshape(kinds, size).astype(np.float32)
        power = np.exp(np.clip(lengths @ v[-2:], -4, 1)).astype(np.float32)
        weight = _softmax(base + described @ shift + power[:, None] * evidence)
        score = np.matmul(density, weight[:, :, None])[:, :, 0]
        pull = weight * (np.matmul((1 / score)[:, None, :], density)[:, 0] / H - 1)
        grad_power = -((pull * evidence).sum(axis=1) * power) @ lengths
        value = -np.log(score).sum() / H
        value += 0.5 * ridge * (shift**2).sum() + 0.5 * RIDGE_BASE * (base**2).sum()
        grad = [
            RIDGE_BASE * base - pull.sum(axis=0),
            (ridge * shift - described.T @ pull).ravel(),
            grad_power,
        ]
        return float(value), np.concatenate(grad).astype(float)

    if start is None:
        start = np.zeros(size * (kinds + 1) + 2)
        start[-2] = np.log(0.25)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds})
    return found.x, found.fun / count


def _softmax(x: np.ndarray) -> np.ndarray:
    x = np.exp(x - x.max(axis=1, keepdims=True))
    return x / x.sum(axis=1, keepdims=True)


def learn_weights(found: list[Origin], group: str) -> dict:
    """Learn the models kept and their prior weights for one group."""
    began = time.perf_counter()
    grid = candidates()
    grids = (grid,) if group == "open" else (grid, grid)
    described = np.array([one.described for one in found])
    mean, deviation = described.mean(axis=0), described.std(axis=0)
    deviation = np.where(deviation > 1e-9, deviation, 1.0)
    described = (described - mean) / deviation
    evidence, density = densities(found, grids)
    v, first = stack(described, evidence, density, rounds=50, ridge=RIDGE[group])
    kinds, size = described.shape[1], evidence.shape[1]
    shift = v[size : size * (kinds + 1)].reshape(kinds, size)
    power = np.exp(np.clip(v[-2] + v[-1] * described[:, 0], -4, 1))
    weight = _softmax(v[:size] + described @ shift + power[:, None] * evidence)
    keep = np.sort(np.argsort(-weight.mean(axis=0))[:KEPT])
    start = np.concatenate([v[:size][keep], shift[:, keep].ravel(), v[-2:]])
    v, last = stack(
        described,
        np.ascontiguousarray(evidence[:, keep]),
        np.ascontiguousarray(density[:, :, keep]),
        start=start,
        rounds=120,
        ridge=RIDGE[group],
    )
    shift = v[KEPT : KEPT * (kinds + 1)].reshape(kinds, KEPT)
    power = v[-2:]
    scale = np.repeat(np.arange(len(grids)), len(grid))[keep]
    table = np.tile(grid.table, (len(grids), 1))[keep]
    print(
        f"{group:>7}: {len(found)} origins, loss {first:.4f} with {size} models, "
        f"{last:.4f} with {KEPT}, power {np.exp(power[0]):.3f}, "
        f"{time.perf_counter() - began:.0f} s",
        flush=True,
    )
    base = v[:KEPT] - v[:KEPT].max()
    shift = shift - shift.mean(axis=1, keepdims=True)
    return {
        "models": [
            [int(s), *row, round(float(b), 2), *(round(float(c), 2) for c in cs)]
            for s, row, b, cs in zip(scale, table.tolist(), base, shift.T, strict=True)
        ],
        "temper": [round(float(one), 3) for one in power],
        "feature_mean": [round(float(one), 4) for one in mean],
        "feature_deviation": [round(float(one), 4) for one in deviation],
        "trust": [1.0] * len(KNOTS),
        "knots": list(KNOTS),
        "stretch": np.zeros((2, 2, 4)).tolist(),
    }


def learn_trust(rows: list[tuple[Origin, np.ndarray]], group: str) -> list[float]:
    """Learn which share of the forecast change to keep, by length.

    `rows` pairs each origin with the medians of an untrusting law, shape (6,), on
    the first scale. The loss is the mean of sMAPE and MASE, each relative to naive.
    """
    tried = np.arange(0.5, 1.21, 0.05)
    losses = []
    for knot in KNOTS:
        near = [(one, at) for one, at in rows if abs(np.log(len(one.series.values) / knot)) < 0.18]
        totals = np.zeros((len(tried) + 1, 2))
        for one, at in near:
            first = one.series.scales[0]
            last = float(first.forward(one.series.values)[-1])
            guess = np.vstack([first.back(last + share * (at - last)) for share in [*tried, 0.0]])
            error = np.abs(guess - one.future)
            totals[:, 0] += (error / (np.abs(guess) + np.abs(one.future))).mean(axis=1)
            totals[:, 1] += error.mean(axis=1) / one.mase
        losses.append((totals[:-1] / totals[-1]).mean(axis=1))
    near = np.exp(-np.abs(np.subtract.outer(np.arange(len(KNOTS)), np.arange(len(KNOTS)))) / 2)
    smooth = near @ np.array(losses) / near.sum(axis=1, keepdims=True)
    prior = np.array(TRUST_PRIOR[group])[:, None]
    smooth = smooth + TRUST_RIDGE * (tried - prior) ** 2
    return [round(float(tried[int(np.argmin(row))]), 2) for row in smooth]


@dataclass
class Rolled:
    """An origin with its law, shape (6, 75), and the normal scores of the outcomes, shape (6,)."""

    origin: Origin
    at: np.ndarray
    score: np.ndarray


def learn_stretch(rows: list[Rolled]) -> list:
    """Learn the factors on the normal score that give each length and step its coverage.

    The change of the factor with the length is drawn towards none: histories cut
    short stem from all years of long series, and what they need overstates what a
    short series of today needs.
    """
    lengths = np.array([len(row.origin.series.values) for row in rows])
    found = np.array([row.score for row in rows])
    out = np.zeros((2, 2, 4))
    for side in (0, 1):
        for level, size in enumerate(LEVEL_SCORES):
            share = (0.1, 0.025)[level]
            share = share if side == 0 else 1 - share
            terms, logs, weights = [], [], []
            for low, high in CLASSES:
                inside = (lengths >= low) & (lengths <= high)
                if inside.sum() < 60:
                    continue
                middle = np.log(lengths[inside]).mean() - np.log(12)
                for step in range(H):
                    needed = np.quantile(found[inside, step], share)
                    factor = max(abs(needed) if (needed > 0) == (side == 1) else 0.0, 0.3 * size)
                    h = np.log((step + 1) / 3)
                    terms.append([1, middle, h, middle * h])
                    logs.append(np.log(factor / size))
                    weights.append(inside.sum())
            a, b, w = np.array(terms), np.array(logs), np.array(weights, float)
            normal = (a * w[:, None]).T @ a + np.diag(STRETCH_RIDGE) * w.sum()
            out[side, level] = np.linalg.solve(normal, (a * w[:, None]).T @ b)
            out[side, level, 0] += _thrift(rows, out[side, level], side, size, share)
            out[side, level] += CALM[level]
    return [[[round(float(c), 3) for c in cs] for cs in side] for side in out]


def _thrift(rows: list[Rolled], stretch: np.ndarray, side: int, size: float, share: float) -> float:
    """Give the move of the log factor, from -0.1 to 0, that minimises the pinball loss.

    Coverage counts outcomes; the loss, in mean yearly changes, also counts what the
    width costs. It may narrow an interval a little and never widens it.
    """
    n = np.array([len(row.origin.series.values) for row in rows])
    length = np.log(n / 12)[:, None]
    h = np.log(np.arange(1, H + 1) / 3)[None, :]
    log_factor = np.tensordot(stretch, np.stack(np.broadcast_arrays(1.0, length, h, length * h)), 1)
    unit = np.array([row.origin.mase for row in rows])[:, None]
    y = np.array([row.origin.future for row in rows]) / unit
    table = np.array([row.origin.series.scales[0].back(row.at) for row in rows]) / unit[:, :, None]
    tried = np.arange(-0.1, 0.001, 0.01)
    losses = []
    for move in tried:
        z = np.exp(np.clip(log_factor + move, -0.7, 0.7)) * size
        place = ((z if side else -z) - NODES[0]) / (NODES[1] - NODES[0])
        place = np.clip(place, 0, len(NODES) - 1.001)
        left = place.astype(int)[:, :, None]
        low = np.take_along_axis(table, left, 2)[:, :, 0]
        high = np.take_along_axis(table, left + 1, 2)[:, :, 0]
        error = y - low - (place - left[:, :, 0]) * (high - low)
        losses.append(np.mean(np.maximum(share * error, (share - 1) * error)))
    return float(tried[int(np.argmin(losses))])


def apply(mixed: list[tuple[Origin, Mixture]], table: PooledTable) -> list[Rolled]:
    """Give each origin with its law under `table`, and the outcomes' scores."""
    out = []
    for one, mixture in mixed:
        n = len(one.series.values)
        at = law(mixture, table, n)
        u = one.series.scales[0].forward(one.future)
        score = np.array([np.interp(x, row, NODES) for x, row in zip(u, at, strict=True)])
        out.append(Rolled(one, at, score))
    return out


def learn(cases: list[Case]) -> dict:
    """Learn the tables of all groups.

    Trust and stretch are learned on entities that the weights used there have not
    seen: the weights are learned on each half of the entities and applied to the
    other, while the weights given back are learned on all.
    """
    groups = {}
    for group in ("share", "amount", "open"):
        found = origins(cases, group)
        entry = learn_weights(found, group)
        halves = [[one for one in found if half("x" + one.entity) == side] for side in (0, 1)]
        entries = [learn_weights(part, group) for part in halves]
        seen = [PooledTable.from_json(one) for one in entries]
        recent = origins(cases, group, latest=True)
        mixed = [
            [
                (one, mix(one.series, seen[1 - side], H))
                for one in recent
                if half("x" + one.entity) == side
            ]
            for side in (0, 1)
        ]
        plain = [[(one, replace(made, share=0.0)) for one, made in part] for part in mixed]
        moved = [row for side in (0, 1) for row in apply(plain[side], seen[1 - side])]
        entry["trust"] = learn_trust(
            [
                (row.origin, row.at[:, len(NODES) // 2])
                for row in moved
                if len(row.origin.series.values) >= VERY_SHORT
            ],
            group,
        )
        trusted = [replace(one, trust=np.array(entry["trust"])) for one in seen]
        scored = [row for side in (0, 1) for row in apply(mixed[side], trusted[1 - side])]
        entry["stretch"] = learn_stretch(scored)
        print(f"{'':>7}  trust {entry['trust']}, stretch {entry['stretch']}", flush=True)
        groups[group] = entry
    return groups


def write(groups: dict, folder: Path, path: Path) -> None:
    """Write the tables with what they were made from."""
    head = {
        "made_by": "benchmarks/forecasting/train.py",
        "data": {name: digest(folder / name) for name in [*FILES.values(), META]},
        "used": "training parts only",
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
        "columns": "scale (0 first, 1 identity), alpha, beta, phi, damp, tau, base, shift x 5",
    }
    text = json.dumps({**head, "groups": groups}, indent=1)
    for _ in range(4):  # one line a row of numbers
        text = _join(text)
    path.write_text(text + "\n", encoding="utf-8")


def _join(text: str) -> str:
    import re

    return re.sub(
        r"\[\s+([-\d., \s]+?)\s+\]",
        lambda m: "[" + re.sub(r"\s+", " ", m.group(1)) + "]",
        text,
    )


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    root = Path(__file__).resolve().parents[2]
    parser.add_argument(
        "--output",
        type=Path,
        default=root / "src/planbook/analysis/forecast/tables.json",
        metavar="FILE",
    )
    args = parser.parse_args()
    groups = learn(load(args.data, test=False))
    write(groups, args.data, args.output)
    print(f"wrote {args.output.name}, {args.output.stat().st_size / 1000:.1f} kB")


if __name__ == "__main__":
    main()
