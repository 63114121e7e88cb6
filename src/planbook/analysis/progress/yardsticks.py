"""The published methods on a target's own figures, and which of them fit its shape."""

from __future__ import annotations

from planbook.analysis.methods import METHODS, Case, Result
from planbook.analysis.methods import judge as judge_case
from planbook.analysis.progress.facts import Facts
from planbook.analysis.progress.pace import is_budget, start_of

# Methods that compare compound yearly rates. A sum starts at zero and has no rate, near 100 %
# a rate says nothing about the gap, and an amount is done or not: each needs equal steps.
COMPOUND = ("eurostat", "open_sdg", "un_chart", "required_geometric", "task_of_year",
            "schedule_geometric")  # fmt: skip
ONLY_GERMANY = tuple(name for name in METHODS if name != "germany")
REFUSED = {"all": (), "equal_steps": COMPOUND, "kept": ONLY_GERMANY}  # by what a shape takes
DONE_OR_NOT = 1  # a target of one piece has no halfway


def case_of(facts: Facts) -> Case | str:
    """Put a target's figures into the form that the methods take.

    Returns
    -------
    Case or str
        The ending of a ``method_missing_`` key where there is no case. A change
        from a base year is judged on the level behind it, a sum from zero in
        its base year. Where the plan names no base year, a level counts from the first
        published figure after the last break.
    """
    target, observed, measured = facts.target, facts.observed, facts.measured
    if measured.empty:
        no_base = target.kind.relative and not observed.empty
        return "no_start" if no_base else "no_figure"
    if facts.missing_year is not None:
        return "sum_gap"
    if target.kind.of_target and target.unit == "count" and target.value <= DONE_OR_NOT:
        return "shape_done_or_not"
    direction, deadline, goal = ("up" if facts.sign > 0 else "down"), target.deadline, target.value
    points = observed[observed.index <= measured.index[-1]]
    if target.kind.sums:
        if is_budget(facts):
            return "shape_budget"
        points = measured.copy()
        points.loc[target.base] = 0.0
        base = target.base, 0.0
    elif target.kind.relative:
        base = target.base, float(observed[target.base])
        goal = facts.level_wanted
    elif target.kind.every_year:
        deadline, points = None, measured
        base = int(measured.index[0]), float(measured.iloc[0])
    else:
        start = start_of(facts)
        if start is None:
            return "no_start"
        base = start[:2]
    points = points.sort_index()
    year = int(points.index[-1])
    if year < base[0]:
        return "no_start"
    series = {int(at): float(value) for at, value in points.items()}
    return Case(direction, base, (year, series[year]), (deadline, goal), series=series)


def by_methods(facts: Facts) -> dict[str, Result]:
    """Apply every published method that fits a target.

    Returns
    -------
    dict of str to Result
        One a method, always all; a method that does not fit the shape, or lacks
        figures, gives the reason in place of a value.
    """
    case = case_of(facts)
    if isinstance(case, str):
        return {name: _refused(name, case) for name in METHODS}
    reason, listed = facts.target.kind.refusal, REFUSED[facts.target.kind.yardsticks]
    return {
        name: _refused(name, reason) if name in listed else result
        for name, result in judge_case(case).items()
    }


def _refused(name: str, reason: str) -> Result:
    empty = METHODS[name](Case("up", (2000, 1.0), (2000, 1.0)))
    return Result(name, "target", None, None, dict.fromkeys(empty.figures), reason)
