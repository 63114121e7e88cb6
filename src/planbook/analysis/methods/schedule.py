"""Pace and schedule: the rate still required, the task of the year, the plan's schedule."""

from __future__ import annotations

import math

from planbook.analysis.methods.base import (
    Case,
    Cuts,
    MethodOutcome,
    NotApplicableError,
    growth,
    method,
    need_target,
    need_two_points,
    need_way_to_go,
    observed_growth,
)
from planbook.errors import PlanbookError

# Pace: 1 is enough by definition, so no cut is chosen.
PACE = Cuts((("fast_enough", 1.0), ("too_slow", 0.0)), "wrong_way")

# Three levels of alert, as in China's barometer of energy targets (节能目标完成情况晴雨表,
# from 2011). The notices name three levels but print no figures, and cities drew their own
# (one plan of 2010: 100, 90 and 50 % of the year's task). These cuts are therefore the
# book's own: green is the task as set; at 80 % a whole year's task of five is missing at the end.
ALERTS = Cuts((("green", 1.0), ("yellow", 0.8)), "red")

_RATES = ("rate_actual", "rate_required", "rate_from_base")


def _pace(actual: float, required: float, from_base: float) -> MethodOutcome:
    value = actual / required
    figures = dict(zip(_RATES, (actual, required, from_base), strict=True))
    return MethodOutcome(value, PACE.level(value), figures)


def _years_left(case: Case) -> tuple[int, int, int, float]:
    """Years so far, years left, years in all, target value; raises if none are left."""
    passed = need_two_points(case)
    deadline, target = need_target(case)
    if case.met:
        raise NotApplicableError("already_met")
    left = deadline - case.latest[0]
    if left < 1:
        raise NotApplicableError("after_deadline")
    return passed, left, deadline - case.base[0], target


@method("required_linear", figures=_RATES, when_met="achieved")
def required_linear(case: Case) -> MethodOutcome:
    """Yearly step so far against the yearly step still required.

    Returns
    -------
    Result
        ``value`` is the ratio of the two. ``rate_actual`` from base to latest,
        ``rate_required`` ``(T - yt) / (tT - t)`` and ``rate_from_base`` are in the
        unit of the case a year.

    Notes
    -----
    Fast enough from a ratio of 1 (by definition, no cut is chosen).
    """
    passed, left, whole, target = _years_left(case)
    return _pace(
        (case.latest[1] - case.base[1]) / passed,
        (target - case.latest[1]) / left,
        (target - case.base[1]) / whole,
    )


@method("required_geometric", figures=_RATES, when_met="achieved")
def required_geometric(case: Case) -> MethodOutcome:
    """Compound yearly rate so far against the compound rate still required.

    Returns
    -------
    Result
        ``value`` is the ratio of the two. ``rate_actual`` from base to latest,
        ``rate_required`` ``(T / yt) ** (1 / (tT - t)) - 1`` and
        ``rate_from_base`` are fractions a year.

    Notes
    -----
    Fast enough from a ratio of 1. Not for a target or latest value of zero.
    """
    _, left, whole, target = _years_left(case)
    if target == 0:
        raise NotApplicableError("zero_target")
    actual = observed_growth(case)
    if case.latest[1] == 0:
        raise NotApplicableError("zero_latest")
    required = growth(case.latest[1], target, left)
    if required == 0:
        raise NotApplicableError("no_change_required")
    return _pace(actual, required, growth(case.base[1], target, whole))


@method("task_of_year", figures=("rate_of_year", "task_rate", "step_of_year", "task_step"))
def task_of_year(case: Case) -> MethodOutcome:
    """The first Chinese yardstick: the rate of the year against the year's task.

    Parameters
    ----------
    case : Case
        Needs the value of the year before the latest, from the series or
        because it is the base.

    Returns
    -------
    Result
        ``value`` is the completion of the year's task, `rate_of_year` over
        `task_rate` (fractions a year). The task is the mean compound rate of the
        plan, ``(T / y0) ** (1 / (tT - t0)) - 1``. ``step_of_year`` and
        ``task_step`` are the same in the unit of the case.

    Notes
    -----
    Cuts: `ALERTS`, the book's own. Practice: the barometer sets each year
    against the mean yearly task of the five-year plan. The year is judged by
    itself, so it can be red though the whole target is met. Values tied to
    output need real GDP at constant prices.
    """
    need_two_points(case)
    deadline, target = need_target(case)
    if case.latest[0] > deadline:
        raise NotApplicableError("after_deadline")
    way = need_way_to_go(case)
    before = (
        case.base[1]
        if case.base[0] == case.latest[0] - 1
        else (case.series or {}).get(case.latest[0] - 1)
    )
    if before is None:
        raise NotApplicableError("no_previous_year")
    if target == 0:
        raise NotApplicableError("zero_target")
    whole = deadline - case.base[0]
    task = growth(case.base[1], target, whole)
    if task == 0:
        raise NotApplicableError("no_change_required")
    rate = growth(before, case.latest[1], 1)
    value = rate / task
    return MethodOutcome(
        value,
        ALERTS.level(value),
        {
            "rate_of_year": rate,
            "task_rate": task,
            "step_of_year": case.latest[1] - before,
            "task_step": way / whole,
        },
    )


def schedule_path(case: Case, *, kind: str) -> dict[int, float]:
    """Give the values that a plan's schedule asks for, year by year.

    Parameters
    ----------
    case : Case
        With a dated target.
    kind : {'linear', 'geometric'}
        Equal steps, or equal rates.

    Returns
    -------
    dict of int to float
        From the base year to the deadline, in the unit of the case.

    Raises
    ------
    NotApplicableError
        If there is no such path.
    PlanbookError
        If `kind` is unknown.
    """
    if kind not in ("linear", "geometric"):
        raise PlanbookError(f"kind '{kind}': use 'linear' or 'geometric'")
    deadline, target = need_target(case)
    first, start = case.base
    whole = deadline - first
    if kind == "linear":
        return {first + k: start + (target - start) * k / whole for k in range(whole + 1)}
    if target == 0:
        raise NotApplicableError("zero_target")
    growth(start, target, whole)  # refuses a base of zero and a change of sign
    return {first + k: start * (target / start) ** (k / whole) for k in range(whole + 1)}


_SCHEDULE = ("completion", "elapsed_share", "scheduled_value", "scheduled_completion")


def _schedule(case: Case, kind: str) -> MethodOutcome:
    need_two_points(case)
    deadline, _ = need_target(case)
    way = need_way_to_go(case)
    scheduled = schedule_path(case, kind=kind)[min(case.latest[0], deadline)]
    done = case.latest[1] - case.base[1]
    due = scheduled - case.base[1]
    if due == 0:
        raise NotApplicableError("no_change_required")
    value = done / due
    figures = (done / way, case.elapsed_share, scheduled, due / way)
    return MethodOutcome(value, ALERTS.level(value), dict(zip(_SCHEDULE, figures, strict=True)))


@method("schedule_linear", figures=_SCHEDULE, when_met="green")
def schedule_linear(case: Case) -> MethodOutcome:
    """The second Chinese yardstick: what is done against what equal steps ask by now.

    Returns
    -------
    Result
        ``value`` is ``completion / elapsed_share``; ``completion`` is the share
        of the whole task that is done, ``scheduled_value`` the value that was due
        in the latest year, in the unit of the case.

    Notes
    -----
    Cuts: `ALERTS`, the book's own. After the deadline the whole task is due.
    """
    return _schedule(case, "linear")


@method("schedule_geometric", figures=(*_SCHEDULE, "log_ratio"), when_met="green")
def schedule_geometric(case: Case) -> MethodOutcome:
    """The second Chinese yardstick: what is done against what equal rates ask by now.

    Returns
    -------
    Result
        ``value`` is the change so far over the change due by now,
        ``(yt - y0) / (s - y0)``, with ``s = y0 (T / y0) ** elapsed_share``.
        ``log_ratio`` sets logarithms of the changes against each other instead,
        ``ln(yt / y0) / (elapsed_share ln(T / y0))``: close to the ratio of rates.

    Notes
    -----
    Cuts: `ALERTS`, the book's own. A fall of 18 % in five years asks for 14.68 %
    after four; a fall of 14 % is 95.4 % of that (`value`), and 95.0 % by
    logarithms.
    """
    made = _schedule(case, "geometric")
    ratio = case.latest[1] / case.base[1]
    log_ratio = None
    share = made.figures["elapsed_share"]
    if ratio > 0 and share is not None and case.target is not None:
        log_ratio = math.log(ratio) / (math.log(case.target[1] / case.base[1]) * share)
    return MethodOutcome(made.value, made.category, {**made.figures, "log_ratio": log_ratio})
