"""The measures of the forecasting benchmark, as its notes define them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from data import Case

COLUMNS = {
    "M3": ("M3", None),
    "general": ("general", None),
    "in-domain": ("in-domain", None),
    "@20": ("in-domain", 20),
    "@12": ("in-domain", 12),
    "@8": ("in-domain", 8),
    "@5": ("in-domain", 5),
}  # data set, and the number of last training points given


@dataclass
class Answer:
    """What a method says of one series.

    Attributes
    ----------
    median : numpy.ndarray, shape (h,)
    bands : numpy.ndarray, shape (4, h)
        Quantiles 2.5, 10, 90 and 97.5 %.
    chance : float
        Probability that the target is met; NaN if not asked.
    """

    median: np.ndarray
    bands: np.ndarray
    chance: float = np.nan


@dataclass
class Score:
    """Measures of one method on one column; names as in the benchmark's notes."""

    owa: float
    msis95: float
    cov80: float
    cov95: float
    brier: float
    outside: int
    crossing: int
    failures: int
    step80: list[float] = field(default_factory=list)
    step95: list[float] = field(default_factory=list)


def score(cases: list[Case], answers: list[Answer | None]) -> Score:
    """Score the answers; a missing one counts as a failure and is left out."""
    smape, mase, msis, briers, in80, in95 = [], [], [], [], [], []
    outside = crossing = failures = 0
    for case, answer in zip(cases, answers, strict=True):
        if answer is None or not (
            np.isfinite(answer.median).all() and np.isfinite(answer.bands).all()
        ):
            failures += 1
            continue
        y, x = case.test, case.train
        q = np.mean(np.abs(np.diff(x)))
        guesses = np.stack([answer.median, np.full(len(y), x[-1])])
        error = np.abs(guesses - y)
        smape.append((200 * error / (np.abs(guesses) + np.abs(y))).mean(axis=1))
        mase.append(error.mean(axis=1) / q)
        lo95, lo80, hi80, hi95 = answer.bands
        below, above = np.maximum(lo95 - y, 0), np.maximum(y - hi95, 0)
        msis.append(np.mean(hi95 - lo95 + 40 * (below + above)) / q)
        in80.append((y >= lo80) & (y <= hi80))
        in95.append((y >= lo95) & (y <= hi95))
        outside += bool((lo95 < case.lower).any() or (hi95 > case.upper).any())
        crossing += bool((np.diff(answer.bands, axis=0) < 0).any())
        if case.target is not None and np.isfinite(answer.chance):
            briers.append((answer.chance - case.target[3]) ** 2)
    if not smape:
        return Score(*[np.nan] * 5, 0, 0, failures)
    s, m = np.mean(smape, axis=0), np.mean(mase, axis=0)
    return Score(
        owa=float((s[0] / s[1] + m[0] / m[1]) / 2),
        msis95=float(np.mean(msis)),
        cov80=float(np.mean(in80)),
        cov95=float(np.mean(in95)),
        brier=float(np.mean(briers)) if briers else np.nan,
        outside=outside,
        crossing=crossing,
        failures=failures,
        step80=[round(float(one), 3) for one in np.mean(in80, axis=0)],
        step95=[round(float(one), 3) for one in np.mean(in95, axis=0)],
    )
