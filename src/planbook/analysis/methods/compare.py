"""All methods on one case, and why they differ."""

from __future__ import annotations

from collections.abc import Mapping

from planbook.analysis.methods.base import METHODS, Case, Result
from planbook.analysis.methods.published import EUROSTAT_TARGET, OPEN_SDG_TREND
from planbook.analysis.methods.schedule import ALERTS

# what a category says, in the three words that all methods share
GOOD, SHORT, AWAY = "good", "short", "away"
STANCES = {
    GOOD: {"achieved", "significant", "substantial", "on_track", "sun", "ahead_of_pace",
           "fast_enough", "green"},
    SHORT: {"moderate", "insufficient", "limited", "accelerate", "stagnation", "light_cloud",
            "cloud", "behind_pace", "too_slow", "yellow", "red"},
    AWAY: {"away", "moderate_away", "significant_away", "deterioration", "storm", "regression",
           "wrong_way"},
}  # fmt: skip
_STANCE_OF = {category: stance for stance, listed in STANCES.items() for category in listed}


def judge(case: Case) -> dict[str, Result]:
    """Apply every method to one case.

    Returns
    -------
    dict of str to Result
        One a method, always all and in the same order; a method that does not
        apply gives the reason in place of a value.
    """
    return {name: run(case) for name, run in METHODS.items()}


def stance(result: Result) -> str | None:
    """Reduce a result to good, short or away; None where it has no category.

    The lowest class of some methods holds both slow progress and decline, so
    their value tells the two apart.
    """
    if result.category in ("stagnation", "red") and result.value is not None and result.value < 0:
        return AWAY
    return _STANCE_OF.get(result.category or "")


def majority(results: Mapping[str, Result]) -> str | None:
    """Give the stance of more than half of the methods that have one, or None."""
    given = [one for one in map(stance, results.values()) if one]
    for one in (GOOD, SHORT, AWAY):
        if 2 * given.count(one) > len(given):
            return one
    return None


def disagreement(results: Mapping[str, Result]) -> tuple[str, ...]:
    """Tell whether methods disagree on a case, and why.

    Parameters
    ----------
    results : mapping of str to Result
        Of `judge`.

    Returns
    -------
    tuple of str
        Endings of ``method_why_`` keys of the message table: empty where all
        agree, else ``disagree`` and then each cause found:
        ``compound_linear``
            Compound rates and equal steps lead to different answers.
        ``time_left``
            The share of the schedule done looks fair, but the years left are so
            few that the lag asks for a far higher pace.
        ``limit_factor``
            The cuts were lowered because the indicator is near its limit.
        ``recent_years``
            Recent years differ from the whole period.
        ``cuts``
            The methods draw their lines at different places.
    """
    stances = {name: stance(one) for name, one in results.items()}
    given = {one for one in stances.values() if one}
    time_left = _lag_grows(results)
    if len(given) < 2 and not time_left:
        return ()
    causes = []
    if _compounding_matters(results, stances):
        causes.append("compound_linear")
    if time_left:
        causes.append("time_left")
    open_sdg = results["open_sdg"]
    factor = open_sdg.figures["limit_factor"]
    lowered = (
        factor is not None
        and open_sdg.value is not None
        and OPEN_SDG_TREND.level(open_sdg.value) != open_sdg.category
    )
    if lowered:
        causes.append("limit_factor")
    whole = stances["eurostat"] or stances["schedule_linear"]
    recent = {stances[name] for name in ("germany", "task_of_year")} - {None, whole}
    if whole and recent:
        causes.append("recent_years")
    if _cuts_matter(results, stances) or (not causes and len(given) > 1):
        causes.append("cuts")
    return ("disagree", *causes)


def _compounding_matters(results: Mapping[str, Result], stances: Mapping[str, str | None]) -> bool:
    """Whether compound and linear forms of one question give different answers."""
    for kind in ("required", "schedule"):
        pair = stances[f"{kind}_geometric"], stances[f"{kind}_linear"]
        if None not in pair and pair[0] != pair[1]:
            return True
    compound, linear = results["eurostat"], results["schedule_linear"]
    if compound.rule != "target" or compound.category == "achieved":
        return False
    if compound.value is None or linear.value is None:
        return False
    return EUROSTAT_TARGET.level(compound.value) != EUROSTAT_TARGET.level(linear.value)


def _lag_grows(results: Mapping[str, Result]) -> bool:
    """Whether the schedule is yellow while the pace is red against the years left."""
    for kind in ("linear", "geometric"):
        done, needed = results[f"schedule_{kind}"].value, results[f"required_{kind}"].value
        if done is None or needed is None:
            continue
        if ALERTS.level(done) == "yellow" and ALERTS.level(needed) == "red":
            return True
    return False


def _cuts_matter(results: Mapping[str, Result], stances: Mapping[str, str | None]) -> bool:
    """Whether one and the same figure is good by one method and short by another."""
    if results["eurostat"].rule == "trend":
        same = {stances[name] for name in ("eurostat", "open_sdg", "un_chart")} - {None}
        return len(same) > 1
    return any(
        stances[name] == GOOD
        and results[name].category != "achieved"
        and (value := results[name].value) is not None
        and value < 1
        for name in ("eurostat", "open_sdg", "un_chart")
    ) and SHORT in (stances["schedule_linear"], stances["required_linear"])
