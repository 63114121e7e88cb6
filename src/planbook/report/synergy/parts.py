"""What the tables and figures of synergy share: weights, base emissions, effects, names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from planbook.analysis.synergy.cocontrol import coordinates, without_other_years
from planbook.analysis.synergy.equivalents import equivalents
from planbook.analysis.synergy.measure_effects import (
    activity_bases,
    computed,
    planned_cuts,
    vintages,
)
from planbook.data import units
from planbook.data.effects import Chain
from planbook.data.plan import Target
from planbook.data.series import Series
from planbook.errors import ParameterError
from planbook.report.view import View
from planbook.text import number, signed


def weights_of(view: View, voc_equivalent_kg: float = 0.0) -> dict[str, float]:
    """Give the statutory weights, and the reader's for volatile organic compounds."""
    found = {
        name: one.equivalent_kg
        for name, one in view.project.factors.equivalents.items()
        if one.equivalent_kg
    }
    return found | ({"voc": voc_equivalent_kg} if voc_equivalent_kg else {})


def figure_of(view: View, indicator: str) -> tuple[float, str] | None:
    """Give the city's latest published figure that is a point and not modelled."""
    found = view.series(indicator)
    if found.is_modelled or found.points.empty:
        return None
    return float(found.points.iloc[-1]), found.indicator.unit


@dataclass(frozen=True)
class Base:
    """What shares of cuts are taken against, all of one year."""

    year: int | None  # none where no year has CO2 and a pollutant
    # as `planbook.analysis.synergy.cocontrol.coordinates` takes it
    amounts: dict[str, float | str | None]
    pollutants: tuple[str, ...] = ()  # those counted
    series: tuple[Series, ...] = ()  # CO2 first
    # pollutants whose figure may be weighed otherwise → their part of the sum, and what it would be
    # by the other weight; thousand equivalents
    others: dict[str, tuple[float, float]] = field(default_factory=dict)


def base_of(view: View, carbon: str) -> Base:
    """Find the latest year in which the city's air pollutants and its CO2 are known."""
    empty: dict[str, float | str | None] = {
        "pollutant": None, "pollutant_unit": "1e3 eq", "ghg": None, "ghg_unit": "kt",
    }  # fmt: skip
    weights = weights_of(view)
    emitted: dict[str, Series] = {}
    for name, one in view.project.factors.equivalents.items():
        if one.medium != "air" or name not in weights:
            continue
        for indicator in one.emission_indicators:
            found = view.series(indicator)
            if len(found.points) and not found.is_modelled:
                emitted[name] = found
                break
    source = view.series(carbon)
    years = set(source.points.index)
    for one in emitted.values():
        years &= set(one.points.index)
    if not emitted or not years:
        return Base(None, empty)
    year = int(max(years))
    rows = pd.DataFrame(
        [(name, float(one.points[year]), one.indicator.unit) for name, one in emitted.items()],
        columns=["pollutant", "amount", "unit"],
    )
    parts = equivalents(rows, weights).set_index("pollutant")["equivalents"] / 1000
    others = {
        name: (float(parts[name]), float(parts[name]) * weights[name] / one.alternative_kg)
        for name, one in view.project.factors.equivalents.items()
        if name in emitted and one.alternative_kg
    }
    total = parts.sum()
    co2 = float(source.points[year]) * units.factor(source.indicator.unit, "kt")
    amounts = empty | {"pollutant": float(total), "ghg": co2}
    return Base(year, amounts, tuple(emitted), (source, *emitted.values()), others)


def placed(view: View, base: Base) -> pd.DataFrame:
    """Compute the effects of the plan's measures and place them in the coordinate system."""
    own = view.project.effects
    found = computed(
        own,
        view.project.plan,
        lambda indicator: figure_of(view, indicator),
        weights_of(view),
    )
    years = {name: vintages(one, own) for name, one in own.effects.items()}
    return without_other_years(coordinates(found, base.amounts), years, base.year)


def cuts_of(view: View, chosen: Sequence[Target], voc_equivalent_kg: float) -> pd.DataFrame:
    """Give the planned cuts of pollutants among `chosen`, see `planned_cuts`."""
    return planned_cuts(chosen, view.project.factors.equivalents, voc_equivalent_kg)


def pollutant_name(view: View, pollutant: str) -> str:
    """Name a pollutant."""
    one = view.project.factors.equivalents[pollutant]
    return one.name_zh if view.lang == "zh" else one.name_en


def effect_name(view: View, effect: str) -> str:
    """Name a computed effect with its measure."""
    one = view.project.effects.effects[effect]
    return view.say("syn_effect_name", number=one.measure, title=one.title[view.lang])


def burdens_of(view: View, carbon: str, pollution: str) -> tuple[pd.DataFrame, list[Series]]:
    """Give CO2 and a pollutant over the years that both have after their last break."""
    found = [view.series(carbon), view.series(pollution)]
    burdens = pd.DataFrame(
        {"carbon": found[0].last_segment, "pollution": found[1].last_segment}
    ).dropna()
    return burdens.astype("float64"), found


def why_unknown(view: View, activity: str) -> list[str]:
    """Say why a side of an activity is not computed, or what its base leaves out."""
    chain = view.project.effects.bases[activity]
    title = chain.title[view.lang]
    wanted = [
        term.figure
        for term in chain.activity
        if term.figure and figure_of(view, term.figure) is None
    ]
    if wanted:
        name = view.title(wanted[0])
        department = view.department(view.project.catalog[wanted[0]].department)
        return [view.say("syn_no_activity", activity=title, name=name, department=department)]
    texts = list(dict.fromkeys(one[view.lang] for one in chain.unknown.values()))
    texts += [chain.note[view.lang]] if chain.note else []
    texts += co2_beside(view, chain)
    return [view.say("syn_assumption", name=title, text=text) for text in texts]


def co2_beside(view: View, chain: Chain) -> list[str]:
    """Say what another published factor would make of an activity's CO2."""
    found = view.project.effects
    if chain.co2 is None or chain.co2_beside is None:
        return []
    base = activity_bases(found, view.project.plan, lambda name: figure_of(view, name))
    rows = base[(base["activity"] == chain.id) & (base["substance"] == "co2")]
    if rows.empty:
        return []
    own, other = (found.factors[name] for name in (chain.co2, chain.co2_beside))
    sign, size = units.display("Mt", view.lang)
    value = float(rows["amount"].iloc[0]) * units.factor(str(rows["unit"].iloc[0]), "Mt")
    return [
        view.say(
            "co2_beside",
            value=number(value * size, 1 if size == 1 else 0),
            unit=sign,
            own=number(own.value, 0),
            name=other.name_zh if view.lang == "zh" else other.name_en,
            factor=number(other.value, 0),
            year=other.year,
            other=number(value * size * other.value / own.value, 1 if size == 1 else 0),
            pct=signed(100 * (other.value / own.value - 1), "%", view.lang, 0),
        )
    ]


def check_changes(view: View, changes_pct: Mapping[str, float]) -> None:
    """Refuse changes of activities that are not known or that no activity can make.

    Raises `ParameterError` if there is no such activity, or a change is no number from -100 up.
    """
    known = view.project.effects.bases
    for name, change in changes_pct.items():
        if name not in known:
            raise ParameterError(f"no activity '{name}'; use one of {', '.join(known)}")
        if not -100 <= change < float("inf"):
            raise ParameterError(f"{name}: {change} per cent; give a number from -100 up")
