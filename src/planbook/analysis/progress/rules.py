"""The rules that give a verdict; a shape of target names the one that judges it."""

from __future__ import annotations

from collections.abc import Callable

from planbook.analysis.progress.chances import ahead, distance_scale
from planbook.analysis.progress.facts import (
    AT_RISK,
    BEHIND_SCHEDULE,
    ON_COURSE,
    ON_SCHEDULE,
    Facts,
    ForecastRefused,
    Judgement,
    breaches,
    worst,
)
from planbook.analysis.progress.pace import binding, is_budget, pace, start_of
from planbook.analysis.progress.proofs import with_bounds
from planbook.data.shapes import SHAPES

Rule = Callable[[Facts], Judgement]


def judge(facts: Facts) -> Judgement:
    """Apply the rule of a target's shape.

    Notes
    -----
    Common to all shapes: without a figure a target has no data, or is due and
    awaits data. A deadline passed without the figures that decide it is due and
    awaits data, too, whatever the years before and after it say. An open target is
    judged by the chance of meeting it; where none can be given, by the schedule of the
    plan's own base year; where there is none either, it is on course only if it holds
    already, and at risk if it was held before. A published bound decides
    where it proves a state; see `proofs`.
    """
    nothing = facts.measured.empty
    return with_bounds(facts, _nothing(facts) if nothing else RULES[facts.target.kind.rule](facts))


def _nothing(facts: Facts) -> Judgement:
    """Say that no figure counts, and why not where there are some."""
    state, name = ("due_no_data", "rule_due_no_data") if facts.due else ("no_data", "rule_no_data")
    target, observed = facts.target, facts.observed
    if target.kind.relative and not observed.empty:
        start = observed.get(target.base_year)
        if start is None:
            name = "rule_no_base"
        else:
            name = "rule_none_covered" if start > 0 else "rule_zero_base"
    elif facts.missing_year is not None:
        return _gap(facts)
    elif not observed.empty:
        name = "rule_none_covered"
        earlier = int(observed.index[-1]) < (target.first_year or 0)
        if target.kind.every_year and earlier and not facts.due and target.deadline is not None:
            try:
                made, chance = ahead(facts)
            except ForecastRefused as error:
                return Judgement(state, name, refused=error)
            return Judgement(by_chance(chance), "rule_chance_floor", made, chance)
    elif facts.outside:
        name = f"{name}_outside"
    return Judgement(state, name)


def _gap(facts: Facts) -> Judgement:
    """Say that a sum with a missing year cannot be judged by the years before it."""
    state = "due_no_data" if facts.due else "not_measurable"
    return Judgement(state, "rule_sum_gap", evidence={"missing_year": facts.missing_year})


def _at_deadline(facts: Facts) -> Judgement | None:
    """Met or missed by the figure of the deadline year; None without one."""
    deadline = facts.target.deadline
    if deadline is None or deadline not in facts.measured.index:
        return None
    met = facts.is_met_by(float(facts.measured[deadline]))
    return Judgement("met" if met else "missed", "rule_deadline")


def _open(facts: Facts, rule: str = "rule_chance") -> Judgement:
    """Judge a target whose deciding figure is not there yet."""
    made, chance, refused = None, None, None
    if facts.until_deadline.empty:  # all figures are later than the deadline
        return Judgement("due_no_data", "rule_due_around")
    try:
        made, chance = ahead(facts)
    except ForecastRefused as error:
        refused = error
    if facts.due:
        name, evidence = _beside(facts)
        return Judgement("due_no_data", name, made, chance, refused, evidence)
    if chance is not None:
        return Judgement(by_chance(chance), rule, made, chance)
    assert refused is not None  # no chance and no reason why cannot be
    return _without_chance(facts, refused)


def _beside(facts: Facts) -> tuple[str, dict[str, object]]:
    """Tell whether the figures before and after a deadline without one agree."""
    target, measured = facts.target, facts.measured
    later = measured[measured.index > target.due]
    if later.empty:
        return "rule_due_nowcast", {}
    if not facts.accumulates:
        before, after = int(facts.until_deadline.index[-1]), int(later.index[0])
        said = facts.is_met_by(measured[before]), facts.is_met_by(measured[after])
        if said[0] == said[1]:
            rule = "rule_due_neighbours" if said[0] else "rule_due_neighbours_not"
            return rule, {"neighbours": (before, after)}
    return "rule_due_around", {}


def by_chance(chance: float) -> str:
    """Give the verdict of a chance."""
    level = "on_course" if chance >= ON_COURSE else "at_risk"
    return level if chance >= AT_RISK else "off_course"


def _without_chance(facts: Facts, refused: ForecastRefused) -> Judgement:
    ratio = pace(facts).schedule
    if ratio is not None:
        return Judgement(by_schedule(ratio), "rule_schedule", refused=refused)
    if facts.is_met_by(facts.last) and not is_budget(facts):
        return Judgement("on_course", "rule_already", refused=refused)
    if _was_held(facts):
        return Judgement("at_risk", "rule_lost", refused=refused)
    return Judgement("not_measurable", "rule_no_forecast", refused=refused)


def _was_held(facts: Facts) -> bool:
    """Whether an earlier figure, from the base year on, satisfies a target that can be lost."""
    if facts.accumulates:
        return False
    base, start = facts.target.base_year, start_of(facts)
    earlier = facts.until_deadline.iloc[:-1]
    if base is not None:
        earlier = earlier[earlier.index >= base]
    held = len(breaches(facts, earlier)) < len(earlier)
    return held or (start is not None and start[2] == "base" and facts.is_met_by(start[1]))


def by_schedule(ratio: float) -> str:
    """Give the verdict of a share done over the share due by now."""
    if ratio >= ON_SCHEDULE - 1e-12:
        return "on_course"
    return "at_risk" if ratio >= BEHIND_SCHEDULE - 1e-12 else "off_course"


def _level(facts: Facts) -> Judgement:
    """A level by a date: the deadline's figure, before it the chance."""
    if facts.target.deadline is None:
        met = facts.is_met_by(facts.last)
        return Judgement("met" if met else "off_course", "rule_latest")
    return _at_deadline(facts) or _open(facts)


def _full(facts: Facts) -> Judgement:
    """Full coverage: met only when complete; the gap is measured on the logit scale."""
    if facts.target.deadline is None:
        if _was_held(facts) and not facts.is_met_by(facts.last):
            return Judgement("at_risk", "rule_lost")
        met = facts.is_met_by(facts.last)
        return Judgement("met" if met else "not_measurable", "rule_full_open")
    return _at_deadline(facts) or _open(facts, "rule_chance_full")


def _sum(facts: Facts) -> Judgement:
    """A sum over years: done once reached; before that summed paths, or the schedule."""
    target = facts.target
    if facts.until_deadline.empty:
        return _open(facts)
    if is_budget(facts):
        if breaches(facts, facts.until_deadline):
            return Judgement("missed", "rule_exceeded")
        if target.deadline is None and facts.missing_year is None:
            return Judgement("met", "rule_latest")
    elif _was_reached(facts):
        return Judgement("met", "rule_reached")
    if facts.missing_year is not None:
        return _gap(facts)
    if target.deadline is None:
        return Judgement("not_measurable", "rule_no_deadline")
    return _at_deadline(facts) or _open(facts, "rule_chance_sum")


def _was_reached(facts: Facts) -> bool:
    """Whether any figure up to the deadline satisfies the target, not just the last one."""
    return len(breaches(facts, facts.until_deadline)) < len(facts.until_deadline)


def _amount(facts: Facts) -> Judgement:
    """An amount to be reached; no rate is invented without a start.

    Work done stays done, so reached is met. A stock can be lost again: the deadline's
    figure decides, and without a deadline the latest.
    """
    target = facts.target
    if facts.until_deadline.empty:
        return _open(facts)
    if facts.sign > 0 and facts.accumulates and _was_reached(facts):
        return Judgement("met", "rule_reached")
    if target.deadline is None:
        if facts.sign < 0 or facts.is_met_by(facts.last):
            return _level(facts)
        if _was_held(facts):
            return Judgement("at_risk", "rule_lost")
        return Judgement("not_measurable", "rule_no_deadline")
    return _at_deadline(facts) or _open(facts)


def _standing(facts: Facts, rule: str) -> Judgement:
    """A floor or cap without a deadline: it binds now, and broken years are named."""
    series = binding(facts) if facts.target.kind.from_deadline else facts.measured
    broken = breaches(facts, series)
    found = worst(facts.target, series)
    evidence = {"breaches": broken, "worst_year": found[0], "worst": found[1]}
    if not facts.is_met_by(facts.last):
        return Judgement("off_course", rule, evidence=evidence)
    return Judgement("at_risk" if broken else "met", rule, evidence=evidence)


def _floor(facts: Facts) -> Judgement:
    """A floor: one broken year of those that it binds is a miss."""
    target, measured = facts.target, facts.measured
    if target.deadline is None:
        return _standing(facts, "rule_floor_open")
    if target.binds_on:
        return _from_deadline(facts, "rule_floor_by")
    broken = breaches(facts, measured)
    found = worst(target, measured)
    evidence = {"breaches": broken, "worst_year": found[0], "worst": found[1]}
    if broken:
        return Judgement("missed", "rule_floor_broken", evidence=evidence)
    if set(range(target.first_year or 0, target.due + 1)) <= set(measured.index):
        return Judgement("met", "rule_floor_kept", evidence=evidence)
    if target.deadline in measured.index:  # a year in between is not published
        state = "due_no_data" if facts.due else "not_measurable"
        return Judgement(state, "rule_floor_gap", evidence=evidence)
    made = _open(facts, "rule_chance_floor")
    rule = "rule_floor_so_far" if made.rule == "rule_already" else made.rule
    return Judgement(made.verdict, rule, made.forecast, made.chance, made.refused, evidence)


def _cap(facts: Facts) -> Judgement:
    """A cap: from the deadline on the worst figure counts, before it the chance."""
    if facts.target.deadline is None:
        return _standing(facts, "rule_limit_open")
    return _from_deadline(facts, "rule_limit_worst")


def _from_deadline(facts: Facts, rule: str) -> Judgement:
    """Judge by every figure from the deadline on, before it as a level."""
    target, series = facts.target, binding(facts)
    broken = breaches(facts, series) if series.index[-1] >= target.due else ()
    found = worst(target, series)
    evidence = {"breaches": broken, "worst_year": found[0], "worst": found[1]}
    if broken:
        return Judgement("missed", rule, evidence=evidence)
    if target.deadline in series.index:
        return Judgement("met", rule, evidence=evidence)
    made = _open(facts)
    evidence |= made.evidence
    return Judgement(made.verdict, made.rule, made.forecast, made.chance, made.refused, evidence)


RULES: dict[str, Rule] = {  # by what a shape calls its rule
    "sum": _sum,
    "level": _level,
    "floor": _floor,
    "full": _full,
    "amount": _amount,
    "cap": _cap,
}
if unknown := {one.rule for one in SHAPES.values()} - RULES.keys():
    raise TypeError(f"no rule '{', '.join(unknown)}'; a shape names one of {', '.join(RULES)}")


def cuts_of(facts: Facts) -> list[float]:
    """List the latest measured values at which a rule without a chance changes its verdict.

    Parameters
    ----------
    facts : Facts
        With a measured figure.

    Returns
    -------
    list of float
        In the target's unit: the target itself, the two cuts of the schedule, and the figure
        before, where the latest falling below it shows an amount that can be lost.
    """
    target, found = facts.target, pace(facts)
    out = [facts.threshold]
    if facts.is_undeclared and len(facts.observed) > 1:
        out.append(float(facts.observed.iloc[-2]))
    if found.schedule is None or found.due_share is None:
        return out
    for cut in (ON_SCHEDULE, BEHIND_SCHEDULE):
        share = found.due_share / cut if is_budget(facts) else found.due_share * cut
        start, goal = float(found.start or 0.0), facts.threshold
        if target.kind.to_full:
            forward, back = distance_scale(facts.indicator.lower, facts.indicator.upper)
            start, goal = forward(facts.inside(start)), forward(facts.inside(goal))
            out.append(back(start + share * (goal - start)))
        else:
            out.append(start + share * (goal - start))
    return out
