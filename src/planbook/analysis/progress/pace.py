"""How far a target's quantity has come, how fast it moves and how fast it must."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd

from planbook.analysis.progress.chances import distance_scale
from planbook.analysis.progress.facts import Facts, breaches, worst

LATEST_YEARS = (2, 3)  # length of the latest window, the first that has a figure


@dataclass
class Pace:
    """Start, way, time and speed of one target; None where unknown.

    Attributes
    ----------
    start_year, start : int, float or None
        What progress is counted from, in the target's terms.
    start_kind : str or None
        ``base`` (the plan's base year), or ``first_figure`` where the plan names none.
    elapsed : float or None
        Share of the time from start to deadline gone at the latest figure, at most 1.
    completion : float or None
        Share done: of the way from start to target (on the logit scale for
        ``saturation``), of the sum or the quantity, or of the years for a floor.
    due_share : float or None
        Share that the plan's schedule asks for by the latest figure: equal steps,
        for ``change_from_base`` equal rates, for ``saturation`` equal logit steps.
    schedule : float or None
        Done over due; 1 and more is on schedule. Only from a base year of the plan.
    needed, seen : float or None
        Equal yearly steps in the target's unit: still required, and since the start.
    needed_rate, seen_rate : float or None
        The same as compound yearly rates (fractions), for levels that have them.
    latest, latest_since : float or None, int or None
        The yearly step of the latest two or three years and their first year, where it
        answers otherwise than `seen`: one would suffice and the other not.
    headroom : float or None
        How far the worst figure that counts lies on the good side of a floor or
        cap, in the target's unit; negative where it is broken.
    reasons : dict of str to str
        Why a field is None: ending of a ``pace_missing_`` key of the message table.
    """

    start_year: int | None = None
    start: float | None = None
    start_kind: str | None = None
    elapsed: float | None = None
    completion: float | None = None
    due_share: float | None = None
    schedule: float | None = None
    needed: float | None = None
    seen: float | None = None
    needed_rate: float | None = None
    seen_rate: float | None = None
    headroom: float | None = None
    latest: float | None = None
    latest_since: int | None = None
    reasons: dict[str, str] = field(default_factory=dict)


def start_of(facts: Facts) -> tuple[int, float, str] | None:
    """Give year, value and kind of what progress is counted from, in the target's terms.

    Returns
    -------
    tuple or None
        None if the base year has no figure, or if a quantity, for which no rate
        is invented, or a floor has none.
    """
    target, observed = facts.target, facts.observed
    if target.kind.start == "zero":
        return None if facts.measured.empty else (target.base, 0.0, "base")
    if target.kind.start == "none":
        return None
    if target.base_year is not None:
        value = observed.get(target.base_year)
        return None if value is None else (target.base_year, float(value), "base")
    if target.kind.start == "base_only" or observed.empty:
        return None
    return int(observed.index[0]), float(observed.iloc[0]), "first_figure"


def pace(facts: Facts) -> Pace:
    """Compute start, way, time and speed of one target."""
    target, known = facts.target, facts.until_deadline
    names = ("needed", "seen", "needed_rate", "seen_rate", "completion", "elapsed")
    if facts.missing_year is not None:  # what lies behind the gap is not known
        return Pace(reasons=dict.fromkeys((*names, "start", "due_share"), "sum_gap"))
    if known.empty:
        reason = "only_bound" if facts.bounds else "no_figure"
        return Pace(reasons=dict.fromkeys((*names, "start", "due_share"), reason))
    out = Pace()
    why = out.reasons
    year, last = int(known.index[-1]), facts.last
    start = start_of(facts)
    if start:
        out.start_year, out.start, out.start_kind = start
    if start and start[0] < year:
        out.seen = (last - start[1]) / (year - start[0])
    elif start:
        why["seen"] = "single_figure"
    else:
        why["seen"] = "keep" if target.kind.every_year else "no_start"
    left = None if target.deadline is None else target.deadline - year
    there = facts.is_met_by(last) and not is_budget(facts)
    if target.kind.every_year:
        why["needed"] = "keep"
    elif there:
        why["needed"] = "already_there"
    elif left is None:
        why["needed"] = "no_deadline"
    elif left < 1:
        why["needed"] = "after_deadline"
    else:
        out.needed = (target.value - last) / left
    if start and left is not None and year > start[0]:
        out.elapsed = min(1.0, (year - start[0]) / (target.due - start[0]))
    else:
        why["elapsed"] = "no_deadline" if left is None else why.get("seen", "no_start")
    _rates(facts, out)
    _latest(facts, out)
    _shares(facts, out)
    if start is None:
        why["start"] = why["seen"]
    if out.due_share is None:
        why["due_share"] = why.get("elapsed") or why.get("completion") or "no_schedule"
    return out


def is_budget(facts: Facts) -> bool:
    """Whether the target caps a sum, which can be used up but not reached early."""
    return facts.target.kind.keeps == "always" and facts.sign < 0


def _rates(facts: Facts, out: Pace) -> None:
    """Add compound rates where the levels behind a target have them."""
    target, known, why = facts.target, facts.until_deadline, out.reasons
    if not target.kind.rate:
        why["needed_rate"] = why["seen_rate"] = "no_compound_rate"
        return

    def level(value: float) -> float:  # relative to the base; only ratios are used below
        return 1 + value / 100 if target.kind.relative else value

    def rate(name: str, step: float | None, first: float, final: float, years: int) -> float | None:
        if step is None:
            why[f"{name}_rate"] = why[name]
        elif first > 0 and final > 0 and years > 0:
            return (final / first) ** (1 / years) - 1
        else:
            why[f"{name}_rate"] = "no_compound_rate"
        return None

    last, year = level(facts.last), int(known.index[-1])
    start = level(out.start) if out.start is not None else 0.0
    out.seen_rate = rate("seen", out.seen, start, last, year - (out.start_year or year))
    years = (target.deadline or year) - year
    out.needed_rate = rate("needed", out.needed, last, level(target.value), years)


def _latest(facts: Facts, out: Pace) -> None:
    """Add the pace of the latest years where it answers otherwise than the pace since the start."""
    known, needed, seen, since = facts.until_deadline, out.needed, out.seen, out.start_year
    if needed is None or seen is None or since is None:
        return
    year = int(known.index[-1])
    for gone in LATEST_YEARS:
        first = year - gone
        if first in known.index and first > since:
            step = (facts.last - float(known[first])) / gone
            if (facts.sign * (step - needed) >= 0) != (facts.sign * (seen - needed) >= 0):
                out.latest, out.latest_since = step, first
            return


def _shares(facts: Facts, out: Pace) -> None:
    """Add the share done, the share due and the headroom of a floor or cap."""
    target, last, sign, why = facts.target, facts.last, facts.sign, out.reasons
    if target.kind.every_year:
        out.completion = 1 - len(breaches(facts, facts.measured)) / len(facts.measured)
        out.headroom = sign * (worst(target, facts.measured)[1] - target.value)
        return
    if target.kind.from_deadline:
        out.headroom = sign * (worst(target, binding(facts))[1] - target.value)
    start, elapsed = out.start, out.elapsed
    if target.kind.of_target and start is None:
        if sign > 0 and target.value > 0:
            out.completion = last / target.value
        else:
            why["completion"] = "no_start"
        return
    if start is None:
        why["completion"] = why["seen"]
        return
    try:
        done, due = _way(facts, start, elapsed)
    except (ArithmeticError, ValueError):
        why["completion"] = "target_behind_start"
        return
    out.completion = last / target.value if target.kind.of_target else done
    if due:
        out.due_share = due
        if out.start_kind == "base":
            out.schedule = (
                (due / done if done > 0 else math.inf) if is_budget(facts) else done / due
            )


def _way(facts: Facts, start: float, elapsed: float | None) -> tuple[float, float | None]:
    """Give the shares of the way done and due; raises where there is no way to go."""
    target = facts.target
    goal, last, due = facts.threshold, facts.last, elapsed
    if facts.sign * (goal - start) <= 0 and not is_budget(facts):
        raise ValueError("the start is as good as the target")
    if target.kind.to_full:
        forward, _ = distance_scale(facts.indicator.lower, facts.indicator.upper)
        start, goal, last = (forward(facts.inside(one)) for one in (start, goal, last))
    if target.kind.relative and elapsed is not None:
        rate = 1 + target.value / 100
        if rate > 0:
            due = (rate**elapsed - 1) / (rate - 1)
    return (last - start) / (goal - start), due


def binding(facts: Facts) -> pd.Series:
    """Give the figures that a cap, or a floor by a date, already binds.

    Returns
    -------
    pandas.Series
        From the deadline on; without one from `Facts.first_year` on. The latest figure
        alone where there is none yet.
    """
    target, measured = facts.target, facts.measured
    first = facts.first_year if target.deadline is None else target.deadline
    since = measured[measured.index >= first]
    return measured.iloc[-1:] if since.empty else since
