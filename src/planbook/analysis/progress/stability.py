"""How stable a verdict is: over the years, and against its latest figure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planbook.analysis.progress.facts import DECIDED, Facts, Judgement, facts_of
from planbook.analysis.progress.rules import cuts_of, judge
from planbook.data.catalog import Catalog
from planbook.data.observations import Figures, known_in
from planbook.data.plan import Target

HISTORY_YEARS = 5  # years before the present one: a five-year plan
HALVINGS = 20  # of a bracket: the flip is found to a millionth of its width
DOUBLINGS = 12  # of the search step, which begins at a thousandth of the scale


@dataclass(frozen=True)
class Flip:
    """The smallest change of the latest figure that changes a verdict.

    Attributes
    ----------
    change : float
        Signed, in the indicator's unit. The verdict changes at this change or
        directly beyond it.
    value : float
        The latest figure after that change.
    year : int
        Year of the latest figure.
    verdict : str
        Verdict after it.
    beyond : bool
        Whether the verdict changes only beyond that value, not at it.
    exact : bool
        Whether the change follows from a closed form; else it was found by bisection.
    """

    change: float
    value: float
    year: int
    verdict: str
    beyond: bool
    exact: bool


def flip(facts: Facts, judgement: Judgement) -> Flip | None:
    """Find the smallest change of the latest figure that flips a verdict.

    Parameters
    ----------
    judgement : Judgement
        Of these facts.

    Returns
    -------
    Flip or None
        None if there is no figure, a published bound decides, or no value within the
        indicator's bounds flips the verdict. For a chance, values up to four times the largest of
        figure, distance to the target and spread are searched.

    Notes
    -----
    Where a rule compares with the target or with a share of the schedule, those values
    are tried exactly. A chance is followed outwards in growing steps and the
    crossing then halved; there a verdict that only tells of a missing forecast is no
    flip.
    """
    if facts.measured.empty or "bound" in judgement.evidence:
        return None
    year = int(facts.measured.index[-1])
    now = float(facts.observed[year])
    lower, upper = facts.indicator.lower, facts.indicator.upper

    def verdict(value: float) -> str:
        changed = facts.observed.copy().astype("float64")
        changed.loc[year] = value
        return judge(replace(facts, observed=changed)).verdict

    def is_flip(found: str) -> bool:
        return found != judgement.verdict and found in DECIDED

    found: list[Flip] = []
    for cut in cuts_of(facts):
        value = _raw(facts, cut, now)
        if value is None:
            continue
        tiny = 1e-9 * max(1.0, abs(value))
        beyond = value + math.copysign(tiny, value - now) if value != now else None
        tries = [value, beyond] if beyond is not None else [value - tiny, value + tiny]
        for one in tries:
            if lower <= one <= upper and verdict(one) != judgement.verdict:
                exact = judgement.chance is None
                found.append(Flip(value - now, value, year, verdict(one), one != value, exact))
                break
    if judgement.chance is not None and judgement.verdict in DECIDED:
        found += _search(facts, now, verdict, is_flip, year)
    return min(found, key=lambda one: abs(one.change), default=None)


def _raw(facts: Facts, cut: float, now: float) -> float | None:
    """Give the latest figure at which the measured value equals `cut`."""
    target = facts.target
    base = float(facts.observed.get(target.base_year, math.nan)) if target.base_year else math.nan
    raw = target.kind.latest_for(cut, now, float(facts.measured.iloc[-1]), base)
    return raw if math.isfinite(raw) else None


def _search(
    facts: Facts,
    now: float,
    verdict: Callable[[float], str],
    is_flip: Callable[[str], bool],
    year: int,
) -> list[Flip]:
    """Follow the verdict outwards from the latest figure, both ways."""
    goal = _raw(facts, facts.target.value, now)
    steps = np.diff(facts.observed.to_numpy(dtype=float))
    spread = float(np.abs(steps).max()) if len(steps) else 0.0
    scale = max(abs(now), abs((goal if goal is not None else now) - now), spread, 1e-9)
    found: list[Flip] = []
    inside = {-1: now, 1: now}
    bounds = {-1: facts.indicator.lower, 1: facts.indicator.upper}
    for count in range(DOUBLINGS + 1):  # both ways in step: what flips first is nearest
        for way in list(inside):
            outside = now + way * scale * 1e-3 * 2**count
            at_bound = way * (outside - bounds[way]) >= 0
            outside = bounds[way] if at_bound else outside
            if outside != now and is_flip(verdict(outside)):
                near, far = inside[way], outside
                for _ in range(HALVINGS):
                    middle = (near + far) / 2
                    near, far = (near, middle) if is_flip(verdict(middle)) else (middle, far)
                found.append(Flip(far - now, far, year, verdict(far), False, False))
            elif at_bound:
                del inside[way]
            else:
                inside[way] = outside
        if found or not inside:
            break
    return found


def history(
    targets: Mapping[str, Target],
    observations: pd.DataFrame,
    catalog: Catalog,
    *,
    city: str,
    as_of: int,
    day: str = "",
    plan_year: int | None = None,
) -> dict[str, dict[int, str]]:
    """Give the verdict of every target at the end of each of the last years.

    Parameters
    ----------
    observations : pandas.DataFrame
        All checked rows, with every vintage and its date of publication.
    as_of : int
        Last year.
    day : str, optional
        Day on which the figures of the last year were known; its last day by default.

    Returns
    -------
    dict of str to dict of int to str
        Verdict by year from `HISTORY_YEARS` years before `as_of` on, as the figures
        known then give it; years that are not after the target's base year are left out.
    """
    own = observations[observations["entity"] == city]
    out: dict[str, dict[int, str]] = {name: {} for name in targets}
    for year in range(as_of - HISTORY_YEARS, as_of + 1):
        known = Figures(known_in(own, day if day and year == as_of else year))
        for name, target in targets.items():
            if target.base_year is not None and year <= target.base_year:
                continue
            facts, _ = facts_of(target, known, catalog, city=city, as_of=year, plan_year=plan_year)
            out[name][year] = judge(facts).verdict
    return out


def changes(verdicts: Mapping[int, str]) -> list[tuple[int, int, str]]:
    """Join years of one verdict: (first year, last year, verdict), oldest first."""
    out: list[tuple[int, int, str]] = []
    for year, verdict in sorted(verdicts.items()):
        if out and out[-1][2] == verdict and out[-1][1] == year - 1:
            out[-1] = (out[-1][0], year, verdict)
        else:
            out.append((year, year, verdict))
    return out
