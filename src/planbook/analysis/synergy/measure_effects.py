"""Effects of the plan's measures: published cuts, and what a figure of the plan would change.

The two are never mixed: a published cut has no effect on carbon beside it, and a
computed effect is planned and not observed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planbook.analysis.synergy.equivalents import equivalents
from planbook.data import units
from planbook.data.effects import EMISSION_UNIT, Chain, Effect, Effects, a_year, step
from planbook.data.factors import Equivalent
from planbook.data.plan import Plan, Target

# figure of an indicator → value and unit, or None where none is published
Lookup = Callable[[str], tuple[float, str] | None]
BOUNDS = ("low", "value", "high")


@dataclass(frozen=True)
class Range:
    """A number with the least and the most that it may be."""

    low: float
    value: float
    high: float
    unit: str

    def times(self, low: float, value: float, high: float, unit: str) -> Range:
        """Multiply with a factor above zero; lows with lows, highs with highs."""
        after, factor = step(self.unit, unit)
        return Range(
            self.low * low * factor, self.value * value * factor, self.high * high * factor, after
        )


def activity_of(effect: Chain, effects: Effects, plan: Plan, figure: Lookup) -> Range | str:
    """Multiply out the activity of an effect or of a base.

    Parameters
    ----------
    effects : its factors.
    figure : latest published figure of an indicator of the city.

    Returns
    -------
    The id of the target, project or indicator that has no figure, where one is missing.
    """
    found: Range | None = None
    for term in effect.activity:
        if term.kind == "factor":
            factor = effects.factors[term.name]
            low = factor.value if factor.low is None else factor.low
            high = factor.value if factor.high is None else factor.high
            parts = (low, factor.value, high, factor.unit)
        else:
            known = _quantity(term.kind, term.name, plan, figure)
            if known is None:
                return term.name
            parts = (known[0], known[0], known[0], known[1])
        if found is None:
            unit, size = a_year(parts[3])
            found = Range(parts[0] * size, parts[1] * size, parts[2] * size, unit)
        else:
            found = found.times(*parts)
    assert found is not None  # a chain has a term
    return found


def _quantity(kind: str, name: str, plan: Plan, figure: Lookup) -> tuple[float, str] | None:
    if kind == "target":
        return plan.targets[name].value, plan.targets[name].unit
    if kind == "project":
        project = plan.projects[name]
        return None if project.quantity is None else (project.quantity, project.unit)
    return figure(name)


def masses(chain: Chain, effects: Effects, activity: Range) -> pd.DataFrame:
    """Turn an activity into tonnes a year of each substance.

    ``substance`` (``co2`` or a pollutant), ``low``, ``value``, ``high``, ``unit`` (t). Of an
    effect, cuts are above zero and rises below.
    """
    chosen = {"co2": chain.co2, **chain.pollutants}
    rows = []
    for substance, name in chosen.items():
        if name is None:
            continue
        factor = effects.factors[name]
        low = factor.value if factor.low is None else factor.low
        high = factor.value if factor.high is None else factor.high
        made = activity.times(low, factor.value, high, factor.unit)
        size = units.factor(made.unit, EMISSION_UNIT)
        bounds = [made.low * size, made.value * size, made.high * size]
        if isinstance(chain, Effect):
            if chain.is_at_most:
                bounds[0] = 0.0
            if chain.direction == "rise":
                bounds = [-one + 0.0 for one in reversed(bounds)]
        rows.append((substance, *bounds, EMISSION_UNIT))
    return pd.DataFrame(rows, columns=["substance", *BOUNDS, "unit"])


def activity_bases(effects: Effects, plan: Plan, figure: Lookup) -> pd.DataFrame:
    """Compute what the activities emit that a reader may change.

    Returns
    -------
    One row for each activity and substance, as `planbook.analysis.synergy.cocontrol.what_if` takes
    it: ``activity``, ``substance``, ``low``, ``amount``, ``high``, ``unit`` (t a year), ``missing``
    (the indicator without a figure, else empty). An activity of which nothing is known has one row
    with a blank substance.
    """
    names = ["activity", "substance", "low", "amount", "high", "unit", "missing"]
    rows: list[tuple] = []
    for chain in effects.bases.values():
        activity = activity_of(chain, effects, plan, figure) if chain.activity else ""
        if isinstance(activity, Range):
            found = masses(chain, effects, activity)
            rows += [(chain.id, *row, "") for row in found.itertuples(index=False)]
        else:
            rows.append((chain.id, "", np.nan, np.nan, np.nan, EMISSION_UNIT, activity or ""))
    return pd.DataFrame(rows, columns=names)


def computed(
    effects: Effects, plan: Plan, figure: Lookup, weights_kg: Mapping[str, float]
) -> pd.DataFrame:
    """Compute the effect of every measure for which the plan's figure and a factor allow it.

    Parameters
    ----------
    figure : as of `activity_of`.
    weights_kg : kilograms of each pollutant that count as one equivalent.

    Returns
    -------
    One row for each effect: ``name`` (its id), ``measure``, ``missing`` (what has no figure, else
    empty), ``pollutant_cut``, ``pollutant_low``, ``pollutant_high``, ``pollutant_unit`` (``1e3
    eq``), ``ghg_cut``, ``ghg_low``, ``ghg_high``, ``ghg_unit`` (``kt``), all a year; NaN where not
    computed.
    """
    rows = []
    for effect in effects.effects.values():
        activity = activity_of(effect, effects, plan, figure)
        sides = {
            f"{side}_{key}": np.nan
            for side in ("pollutant", "ghg")
            for key in ("cut", "low", "high")
        }
        missing = ""
        if isinstance(activity, str):
            missing = activity
        else:
            sides |= _sides(masses(effect, effects, activity), weights_kg)
        rows.append({"name": effect.id, "measure": effect.measure, "missing": missing, **sides})
    names = ["name", "measure", "missing"]
    names += [f"{side}_{key}" for side in ("pollutant", "ghg") for key in ("cut", "low", "high")]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(pollutant_unit="1e3 eq", ghg_unit="kt")


def vintages(chain: Chain, effects: Effects) -> set[int]:
    """Give the years that the emission factors of a chain are of; undated ones give none."""
    named = [chain.co2, *chain.pollutants.values()]
    years = {effects.factors[name].year for name in named if name is not None}
    return {year for year in years if year is not None}


def _sides(found: pd.DataFrame, weights_kg: Mapping[str, float]) -> dict[str, float]:
    sides = {}
    carbon = found[found["substance"] == "co2"]
    others = found[found["substance"] != "co2"].rename(columns={"substance": "pollutant"})
    for bound, key in zip(BOUNDS, ("low", "cut", "high"), strict=True):
        if len(carbon):
            sides[f"ghg_{key}"] = float(carbon[bound].iloc[0]) * units.factor(EMISSION_UNIT, "kt")
        if len(others):
            made = equivalents(others.assign(amount=others[bound]), weights_kg)["equivalents"]
            sides[f"pollutant_{key}"] = float(made.sum(skipna=False)) / 1000
    return sides


def planned_cuts(
    targets: Sequence[Target],
    pollutants: Mapping[str, Equivalent],
    voc_equivalent_kg: float = 0.0,
) -> pd.DataFrame:
    """Give the cuts of pollutants that a plan publishes, in tonnes and in equivalents.

    Parameters
    ----------
    targets : those that are no cut of a pollutant are left out.
    voc_equivalent_kg : weight of volatile organic compounds, for which the law gives none; 0 leaves
        them out.

    Returns
    -------
    ``name`` (target id), ``pollutant``, ``medium``, ``amount``, ``unit`` (t), ``weight_kg``,
    ``equivalents``, ``pollutant_cut`` (thousand equivalents), ``pollutant_unit`` (``1e3 eq``),
    ``ghg_cut`` (NaN: not published), ``ghg_unit``.

    Raises
    ------
    ValueError : if the weight of the compounds is below zero.
    """
    if not voc_equivalent_kg >= 0:
        raise ValueError(f"voc_equivalent_kg {voc_equivalent_kg}: give kilograms above zero, or 0")
    by_cut = {one.cut_indicator: one for one in pollutants.values() if one.cut_indicator}
    rows = [
        {
            "name": target.target_id,
            "pollutant": by_cut[target.indicator].pollutant,
            "medium": by_cut[target.indicator].medium,
            "amount": target.value * units.factor(target.unit, EMISSION_UNIT),
            "unit": EMISSION_UNIT,
        }
        for target in targets
        if target.indicator in by_cut
    ]
    frame = pd.DataFrame(rows, columns=["name", "pollutant", "medium", "amount", "unit"])
    weights = {
        one.pollutant: one.equivalent_kg or (voc_equivalent_kg if one.pollutant == "voc" else None)
        for one in pollutants.values()
    }
    frame = equivalents(frame, weights)
    return frame.assign(
        pollutant_cut=frame["equivalents"] / 1000,
        pollutant_unit="1e3 eq",
        ghg_cut=np.nan,
        ghg_unit="kt",
    )


def unplaced(plan: Plan, effects: Effects) -> pd.DataFrame:
    """List the measures that have no point, and which kind of reason each has.

    ``measure`` and ``reason``: ``given`` (a text of ``effects.yml``), ``no_figure`` (the plan sets
    no figure for it), ``projects_only`` (its figures are those of projects) or ``no_file`` (it has
    a target, but the city has no ``effects.yml``). Measures with an effect are left out.
    """
    done = {one.measure for one in effects.effects.values()}
    rows = []
    for number, item in plan.measures.items():
        if number in done or number == 0:
            continue
        if number in effects.reasons:
            rows.append((number, "given"))
        elif item.targets and not effects.has_file:
            rows.append((number, "no_file"))
        else:
            sized = any(plan.projects[one].quantity is not None for one in item.projects)
            rows.append((number, "projects_only" if sized else "no_figure"))
    return pd.DataFrame(rows, columns=["measure", "reason"])
