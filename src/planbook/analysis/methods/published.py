"""Published methods: Eurostat, Open SDG, UN progress chart, Germany, ESCAP.

ESCAP's anticipated progress and OECD's likelihood are left out: the weights of
the one and the thresholds of the other could not be read.
"""

from __future__ import annotations

from collections.abc import Sequence

from planbook.analysis.methods.base import (
    Case,
    Cuts,
    MethodOutcome,
    NotApplicableError,
    Result,
    growth,
    method,
    need_target,
    need_two_points,
    need_way_to_go,
    observed_growth,
    reaches,
    wanted_growth,
)

# Eurostat, “Sustainable development in the European Union”, SDG introduction
EUROSTAT_TARGET = Cuts((("significant", 0.95), ("moderate", 0.60), ("insufficient", 0.0)), "away")
EUROSTAT_TREND = Cuts(  # a year, as fractions
    (("significant", 0.01), ("moderate", 0.0), ("moderate_away", -0.01)), "significant_away"
)

# sdg-build, sdg/ProgressMeasure.py, commit 139fede
OPEN_SDG_TARGET = Cuts(
    (("substantial", 0.95), ("moderate", 0.60), ("limited", 0.0)), "deterioration"
)
OPEN_SDG_TREND = Cuts(  # a year, as fractions, each multiplied by the limit factor
    (("substantial", 0.015), ("moderate", 0.005), ("limited", 0.0)), "deterioration"
)
OPEN_SDG_SCORE = Cuts((("substantial", 2.5), ("moderate", 0.0), ("limited", -2.5)), "deterioration")
LIMIT_EXPONENT = 4.44
WORST_SCORE, BEST_SCORE = -5.0, 5.0

# Eustat (Basque Country), metodologia, after the UN progress chart's technical note of 2023
UN_TARGET = Cuts((("on_track", 0.95), ("accelerate", 0.10)), "stagnation")
UN_TREND = Cuts((("on_track", 0.02), ("accelerate", 0.005)), "stagnation")

# German Sustainable Development Strategy, indicator status
GERMAN_SUN, GERMAN_LIGHT_CLOUD = 0.05, 0.20  # miss as a share of the gap still open
GERMAN_POINTS, GERMAN_LEAST_POINTS = 6, 4  # yearly values


@method("eurostat", figures=("cagr_actual", "cagr_required"), when_met="achieved")
def eurostat(case: Case) -> MethodOutcome:
    """Eurostat: the rate so far against the rate from base to target.

    Returns
    -------
    Result
        ``value`` is the ratio of compound yearly rates, or without a target the
        yearly rate in the wanted direction (a fraction).

    Notes
    -----
    Ratio: from 95 % significant, from 60 % moderate, from 0 insufficient, below
    that away. Rate: cuts at 1 %, 0 and −1 %. Source: Eurostat, SDG introduction.
    That a target met already is *achieved* is the book's wording. A base or
    target of zero has no compound rate and is not judged.
    """
    years = need_two_points(case)
    if case.target is None:
        actual = observed_growth(case)
        value = wanted_growth(case, actual)
        return MethodOutcome(value, EUROSTAT_TREND.level(value), {"cagr_actual": actual})
    deadline, target = need_target(case)
    need_way_to_go(case)
    if target == 0:
        raise NotApplicableError("zero_target")
    actual = growth(case.base[1], case.latest[1], years)
    required = growth(case.base[1], target, deadline - case.base[0])
    if required == 0:
        raise NotApplicableError("no_change_required")
    value = actual / required
    return MethodOutcome(
        value,
        EUROSTAT_TARGET.level(value),
        {"cagr_actual": actual, "cagr_required": required},
    )


def limit_factor(base: float, limit: float | None) -> float:
    """Factor that lowers the cuts of an indicator near its natural limit.

    Parameters
    ----------
    base, limit : float
        In one unit; only their size counts. Without a limit the factor is 1.

    Returns
    -------
    float
        Between 0 (the base is at the limit) and 1 (it is far away).

    Notes
    -----
    ``1 - (y0/L)**4.44`` up to the limit, ``1 - ((2L - y0)/L)**4.44`` up to twice
    the limit, else 1. Source: sdg-build, sdg/ProgressMeasure.py.
    """
    if limit is None:
        return 1.0
    size, most = abs(base), abs(limit)
    if size >= 2 * most:
        return 1.0
    near = size if size <= most else 2 * most - size
    return 1 - (near / most) ** LIMIT_EXPONENT


def open_sdg_score(value: float, *, with_target: bool, factor: float = 1.0) -> float:
    """Score from −5 to 5 of an Open SDG progress value.

    Parameters
    ----------
    value : float
        Ratio of rates (with a target) or yearly rate in the wanted direction.
    factor : float, optional
        Of `limit_factor`; only without a target.

    Notes
    -----
    The pieces are those of sdg-build, sdg/ProgressMeasure.py, whose rounded
    coefficients leave steps below 0.0001 where they join.
    """
    if with_target:
        high = reaches(value, 0.60)
        score = 7.1429 * value - 4.2857 if high else 4.1667 * value - 2.5
    elif not reaches(value, 0):
        score = 125 * value - 2.5
    elif factor == 0:
        score = BEST_SCORE
    elif reaches(value, 0.015 * factor):
        score = 500 * value / factor - 5
    elif reaches(value, 0.005 * factor):
        score = 250 * value / factor - 1.25
    else:
        score = 500 * value / factor - 2.5
    return min(max(score, WORST_SCORE), BEST_SCORE)


@method(
    "open_sdg",
    figures=(
        "score", "cagr_actual", "cagr_required", "limit_factor", "cut_high", "cut_middle",
    ),
)  # fmt: skip
def open_sdg(case: Case) -> MethodOutcome:
    """Open SDG, as Statistics Canada uses it.

    Parameters
    ----------
    case : Case
        A limit is used only where there is no target.

    Returns
    -------
    Result
        ``value`` is the ratio of compound rates (base to latest, base to
        target), or without a target the yearly rate; ``score`` from −5 to 5.

    Notes
    -----
    Ratio: cuts at 0.95, 0.60 and 0. Rate: 1.5 %, 0.5 % and 0, each times
    `limit_factor`. A target met already is achieved and scores 5, even where no
    value can be computed. A change of sign or a single year cannot be judged, nor
    can a base or target of zero: sdg-build takes 0.001 in their place, and the rate
    would be that of the number chosen. Source: sdg-build, sdg/ProgressMeasure.py;
    Open SDG, progress methodology.
    """
    figures: dict[str, float | None] = {}
    try:
        made = _open_sdg_value(case, figures)
    except NotApplicableError as error:
        made = MethodOutcome(None, None, figures, reason=error.reason)
    if not case.met:
        return made
    figures["score"] = BEST_SCORE
    return MethodOutcome(made.value, "achieved", figures, reason=made.reason)


def _open_sdg_value(case: Case, figures: dict[str, float | None]) -> MethodOutcome:
    need_two_points(case)
    actual = observed_growth(case)
    figures["cagr_actual"] = actual
    if case.target is None:
        factor = limit_factor(case.base[1], case.limit)
        value = wanted_growth(case, actual)
        (_, high), (_, middle), _ = OPEN_SDG_TREND.steps
        figures.update(
            limit_factor=factor,
            cut_high=high * factor,
            cut_middle=middle * factor,
            score=open_sdg_score(value, with_target=False, factor=factor),
        )
        return MethodOutcome(value, OPEN_SDG_TREND.level(value, factor), figures)
    deadline, goal = need_target(case)
    if goal == 0:
        raise NotApplicableError("zero_target")
    required = growth(case.base[1], goal, deadline - case.base[0])
    if required == 0:
        raise NotApplicableError("no_change_required")
    value = wanted_growth(case, actual) / abs(required)
    (_, high), (_, middle), _ = OPEN_SDG_TARGET.steps
    figures.update(
        cagr_required=required,
        cut_high=high,
        cut_middle=middle,
        score=open_sdg_score(value, with_target=True),
    )
    return MethodOutcome(value, OPEN_SDG_TARGET.level(value), figures)


def combine_open_sdg(results: Sequence[Result]) -> tuple[float | None, str | None]:
    """Judge an indicator of several series by the mean of their scores.

    Parameters
    ----------
    results : sequence of Result
        Of `open_sdg`; those without a score are left out.

    Returns
    -------
    tuple of (float or None, str or None)
        Mean score and category; *achieved* only if every series is.

    Notes
    -----
    Cuts of the mean: 2.5, 0 and −2.5. Source: sdg-build, sdg/ProgressMeasure.py.
    """
    scores = [
        (one.category, score) for one in results if (score := one.figures["score"]) is not None
    ]
    if not scores:
        return None, None
    mean = sum(score for _, score in scores) / len(scores)
    if all(category == "achieved" for category, _ in scores):
        return mean, "achieved"
    return mean, OPEN_SDG_SCORE.level(mean)


@method("un_chart", figures=("cagr_actual", "expected_at_deadline"), when_met="on_track")
def un_chart(case: Case) -> MethodOutcome:
    """UN progress chart: the share of the way done by the deadline at today's rate.

    Returns
    -------
    Result
        ``value`` is ``(e - y0) / (T - y0)``, where e carries the latest value on
        to the deadline at the compound rate so far; without a target the yearly
        rate in the wanted direction.

    Notes
    -----
    Share: from 0.95 on track, from 0.10 to be accelerated, else stagnation or
    decline. Rate: cuts at 2 % and 0.5 %. A target met is on track whatever the
    trend. Source: Eustat, metodologia, after the UN technical note of 2023.
    """
    actual = observed_growth(case)
    if case.target is None:
        value = wanted_growth(case, actual)
        return MethodOutcome(value, UN_TREND.level(value), {"cagr_actual": actual})
    deadline, _ = need_target(case)
    way = need_way_to_go(case)
    if case.latest[0] > deadline:
        raise NotApplicableError("after_deadline")
    expected = case.latest[1] * (1 + actual) ** (deadline - case.latest[0])
    value = (expected - case.base[1]) / way
    return MethodOutcome(
        value,
        UN_TARGET.level(value),
        {"cagr_actual": actual, "expected_at_deadline": expected},
    )


@method(
    "germany",
    figures=("mean_change", "last_change", "points", "projected", "miss"),
)
def germany(case: Case) -> MethodOutcome:
    """Weather symbols of the German Sustainable Development Strategy.

    Parameters
    ----------
    case : Case
        Needs a yearly series whose last unbroken part has at least four values;
        the last six are used.

    Returns
    -------
    Result
        Rule ``target`` (a dated target): ``value`` is the miss at the deadline,
        at the mean yearly change, as a share of the gap still open. Rule ``keep``
        (a target for each year, or a dated one met already) and ``direction``
        (no target): ``value`` is the mean yearly change in the wanted direction,
        in the unit of the case. ``miss`` is in that unit too, below zero where
        the target is overshot.

    Notes
    -----
    *Target*: a miss below 5 % sun, to 20 % light cloud, above that cloud, no
    movement in the right direction storm. *Keep*: met and not worsening sun, met
    and worsening light cloud, not met and not receding cloud, else storm.
    *Direction*: mean and last change right sun, only the mean light cloud, only
    the last cloud, neither storm. A standstill is not the right direction. Of
    several targets the worst rules; see `worst_symbol`. Source: Germany's
    open-sdg-site-starter, _pages/en/status.md.
    """
    recent = case.recent(GERMAN_POINTS)
    if len(recent) < GERMAN_LEAST_POINTS:
        raise NotApplicableError("too_few_years")
    mean = (recent[-1] - recent[0]) / (len(recent) - 1)
    last = recent[-1] - recent[-2]
    found: dict[str, float | None] = {
        "mean_change": mean,
        "last_change": last,
        "points": len(recent),
    }
    good = case.sign * mean
    if case.target is None:
        right = good > 0, case.sign * last > 0
        category = {
            (True, True): "sun",
            (True, False): "light_cloud",
            (False, True): "cloud",
            (False, False): "storm",
        }[right]
        return MethodOutcome(good, category, found, rule="direction")
    deadline, target = case.target
    if case.met:
        return MethodOutcome(good, "sun" if good >= 0 else "light_cloud", found, rule="keep")
    if deadline is None:
        return MethodOutcome(good, "cloud" if good >= 0 else "storm", found, rule="keep")
    years = deadline - case.latest[0]
    if years < 1:
        raise NotApplicableError("after_deadline")
    projected = case.latest[1] + mean * years
    miss = case.sign * (target - projected)
    value = miss / abs(target - case.latest[1])
    found.update(projected=projected, miss=miss)
    if good <= 0:
        category = "storm"
    elif not reaches(value, GERMAN_SUN):
        category = "sun"
    else:
        category = "light_cloud" if reaches(GERMAN_LIGHT_CLOUD, value) else "cloud"
    return MethodOutcome(value, category, found)


def worst_symbol(results: Sequence[Result]) -> str | None:
    """Give the worst German symbol of several targets of one indicator, or None."""
    order = ("storm", "cloud", "light_cloud", "sun")
    found = [one.category for one in results if one.category in order]
    return min(found, key=order.index) if found else None


@method("escap_status", figures=("target_pace", "pace_ratio", "elapsed_share"), when_met="achieved")
def escap_status(case: Case) -> MethodOutcome:
    """Current status index of ESCAP, with the pace that the target asks for.

    Returns
    -------
    Result
        ``value`` is ``10 d (yt - y0) / |T - y0|``: 0 at the base, 10 at the
        target. ``target_pace`` is 10 times the share of time elapsed.

    Notes
    -----
    Source: ESCAP, technical notes, current status index. The index has no
    categories; the book names only on which side of the target pace it stands.
    """
    need_two_points(case)
    if case.target is None:
        raise NotApplicableError("no_target")
    way = case.target[1] - case.base[1]
    if way == 0:
        raise NotApplicableError("no_change_required")
    index = 10 * case.sign * (case.latest[1] - case.base[1]) / abs(way)
    elapsed = case.elapsed_share
    if elapsed is None:
        undated = case.target[0] is None
        return MethodOutcome(
            index, None, reason="no_deadline" if undated else "deadline_before_base"
        )
    pace = 10 * elapsed
    if index < 0:
        category = "regression"
    else:
        category = "ahead_of_pace" if reaches(index, pace) else "behind_pace"
    return MethodOutcome(
        index,
        category,
        {"target_pace": pace, "pace_ratio": index / pace, "elapsed_share": elapsed},
    )


def escap_parity(base: float, latest: float, target: float) -> float:
    """Current status index of an indicator whose target is good from neither side.

    Parameters
    ----------
    base, latest, target : float
        In one unit, such as a parity ratio with target 1.

    Returns
    -------
    float
        ``10 - 10 |T - yt| / |T - y0|``; 10 at the target.

    Raises
    ------
    NotApplicableError
        If the base is at the target.
    """
    if target == base:
        raise NotApplicableError("no_change_required")
    return 10 - 10 * abs(target - latest) / abs(target - base)
