"""What published bounds prove, such as “over 85 %” of a target of 80 %; they are never fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from planbook.analysis.progress.facts import Facts, Judgement, Span, settles, worst
from planbook.analysis.progress.pace import is_budget
from planbook.data.plan import Target

OPEN_STATES = ("no_data", "not_measurable")  # where a bound that holds may still tell something
HOLDING = ("rule_already", "rule_floor_so_far")  # a later bound can refute these


def with_bounds(facts: Facts, judgement: Judgement) -> Judgement:
    """Let published bounds decide where they prove something, and nowhere else.

    Parameters
    ----------
    judgement : Judgement
        What the points alone give.

    Returns
    -------
    Judgement
        The same, unless the bounds prove another state. A year between two values
        satisfies a target if both ends do, and breaks it if no value between does.

    Notes
    -----
    A year of a sum without any figure counts with all that the quantity can be, so that
    published years alone may reach a target of a quantity that is never negative.
    """
    if not facts.bounds and not facts.target.kind.sums:
        return judgement
    seen = _seen(facts)
    found = _decide(facts, seen)
    if found is not None and found != judgement.verdict:
        rule = "rule_bound" if facts.bounds else "rule_published_years"
        return Judgement(found, rule, evidence=_evidence(facts, seen, found))
    if found is not None or not facts.bounds or facts.due:
        return _only_bounds(facts, judgement)
    held = _holds(facts, seen)
    if held and judgement.verdict in OPEN_STATES:
        evidence = _evidence(facts, seen, "on_course")
        return Judgement("on_course", "rule_bound_holds", evidence=evidence)
    if held is False and judgement.rule in HOLDING:
        evidence = _evidence(facts, seen, "at_risk")
        return Judgement("at_risk", "rule_bound_fails", evidence=evidence)
    return _only_bounds(facts, judgement)


def _only_bounds(facts: Facts, judgement: Judgement) -> Judgement:
    """Say that there is a bound, where the points say that there is nothing."""
    if not facts.bounds or not facts.measured.empty:
        return judgement
    names = {"rule_no_data": "rule_bound_open", "rule_due_no_data": "rule_due_bound"}
    return replace(judgement, rule=names.get(judgement.rule, judgement.rule))


@dataclass(frozen=True)
class _Year:
    """What is known of one year, in the target's terms, and whether that settles it."""

    span: Span
    good: bool | None
    is_point: bool


def _seen(facts: Facts) -> dict[int, _Year]:
    """Give the years that a target covers, by year: points and bounds, later ones too."""
    target, lower, upper = facts.target, facts.indicator.lower, facts.indicator.upper
    spans: dict[int, Span] = {int(y): (float(v), float(v)) for y, v in facts.observed.items()}
    points = set(spans)
    spans.update(facts.bounds)
    first = None if target.binds_on else facts.first_year
    start = facts.observed.get(target.base_year)
    spans = target.kind.spans(target, spans, start, (lower, upper))
    return {
        year: _Year(span, settles(facts, span), year in points and span[0] == span[1])
        for year, span in sorted(spans.items())
        if first is None or year >= first
    }


def _decide(facts: Facts, seen: Mapping[int, _Year]) -> str | None:
    """Give the state that the years prove, or None."""
    target, deadline = facts.target, facts.target.deadline
    known = {year: one.good for year, one in seen.items() if one.good is not None}
    if not known:
        return None
    good = [year for year, fine in known.items() if fine]
    bad = [year for year, fine in known.items() if not fine]
    in_time = [year for year in known if deadline is None or year <= deadline]
    final = None if deadline is None else known.get(deadline)
    adds = facts.accumulates and facts.sign > 0
    if adds and any(year in good for year in in_time):
        return "met"
    if is_budget(facts) and any(y in bad for y in in_time):
        return "missed"
    if target.kind.every_year and deadline is not None:
        covered = range(target.first_year or 0, deadline + 1)
        bad = [year for year in bad if year <= deadline]
        return "missed" if bad else "met" if set(covered) <= set(good) else None
    if target.binds_on and any(year >= target.due for year in bad):
        return "missed"
    if deadline is not None:
        return None if final is None else "met" if final else "missed"
    return None if adds else _now(target, known, bad)


def _now(target: Target, known: Mapping[int, bool], bad: list[int]) -> str | None:
    """Give the state of what binds now, for lack of a deadline."""
    if not known[max(known)] and target.kind.open_end:
        return "at_risk" if len(bad) < len(known) else None  # held and lost, or not there yet
    if not known[max(known)]:
        return "off_course"
    return "at_risk" if bad and target.kind.at_once else "met"


def _holds(facts: Facts, seen: Mapping[int, _Year]) -> bool | None:
    """Tell whether a bound later than every point satisfies a level, or breaks it."""
    if facts.accumulates:
        return None
    year = max(seen, default=None)
    return None if year is None or seen[year].is_point else seen[year].good


def _evidence(facts: Facts, seen: Mapping[int, _Year], verdict: str) -> dict[str, object]:
    """Name the bound that decides, and the years that broke a floor or cap."""
    target, deadline = facts.target, facts.target.deadline
    ends = {}  # the end of each year's span that settles it
    for year, one in seen.items():
        if one.good is not None:
            ends[year] = one.span[0] if one.good == (facts.sign > 0) else one.span[1]
    in_time = {
        year: value
        for year, value in ends.items()
        if deadline is None or year <= deadline or target.binds_on
    }
    wanted = verdict in ("met", "on_course")
    telling = [year for year in in_time if seen[year].good == wanted] or list(in_time)
    bounds = [year for year in telling if not seen[year].is_point]
    reached_early = facts.accumulates
    decisive = min(bounds or telling) if reached_early else max(bounds or telling)
    at_least = seen[decisive].good == (facts.sign > 0)
    out: dict[str, object] = {
        "bound_year": decisive,
        "bound": float(in_time[decisive]),
        "bound_qualifier": "at_least" if at_least else "at_most",
    }
    if target.kind.at_once:
        since = deadline if target.binds_on else None
        years = pd.Series({y: v for y, v in in_time.items() if since is None or y >= since})
        found = worst(target, years)
        if found:
            broken = tuple(year for year in years.index if not seen[year].good)
            out.update(breaches=broken, worst_year=found[0], worst=found[1])
    return out
