"""Synergy in a city as it is known at a date: weights, base emissions, effects of measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from planbook.analysis.as_of import AsOf
from planbook.analysis.synergy.cocontrol import coordinates, without_other_years
from planbook.analysis.synergy.equivalents import equivalents
from planbook.analysis.synergy.measure_effects import computed, planned_cuts, vintages
from planbook.data import units
from planbook.data.plan import Target
from planbook.data.series import Series
from planbook.errors import ParameterError


def weights_of(at: AsOf, voc_equivalent_kg: float = 0.0) -> dict[str, float]:
    """Give the statutory weights, and the reader's for volatile organic compounds."""
    found = {
        name: one.equivalent_kg
        for name, one in at.project.factors.equivalents.items()
        if one.equivalent_kg
    }
    return found | ({"voc": voc_equivalent_kg} if voc_equivalent_kg else {})


def figure_of(at: AsOf, indicator: str) -> tuple[float, str] | None:
    """Give the city's latest published figure that is a point and not modelled."""
    found = at.series(indicator)
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

    def amount(self, side: str) -> float:
        """Give the amount of ``pollutant`` or ``ghg`` of a base that has a year."""
        amount = self.amounts[side]
        assert isinstance(amount, float)
        return amount


def base_of(at: AsOf, carbon: str) -> Base:
    """Find the latest year in which the city's air pollutants and its CO2 are known."""
    empty: dict[str, float | str | None] = {
        "pollutant": None, "pollutant_unit": "1e3 eq", "ghg": None, "ghg_unit": "kt",
    }  # fmt: skip
    weights = weights_of(at)
    emitted: dict[str, Series] = {}
    for name, one in at.project.factors.equivalents.items():
        if one.medium != "air" or name not in weights:
            continue
        for indicator in one.emission_indicators:
            found = at.series(indicator)
            if len(found.points) and not found.is_modelled:
                emitted[name] = found
                break
    source = at.series(carbon)
    years = set(source.points.index)
    for own in emitted.values():
        years &= set(own.points.index)
    if not emitted or not years:
        return Base(None, empty)
    year = int(max(years))
    rows = pd.DataFrame(
        [(name, float(own.points[year]), own.indicator.unit) for name, own in emitted.items()],
        columns=["pollutant", "amount", "unit"],
    )
    parts = equivalents(rows, weights).set_index("pollutant")["equivalents"] / 1000
    others = {
        name: (float(parts[name]), float(parts[name]) * weights[name] / one.alternative_kg)
        for name, one in at.project.factors.equivalents.items()
        if name in emitted and one.alternative_kg
    }
    total = parts.sum()
    co2 = float(source.points[year]) * units.factor(source.indicator.unit, "kt")
    amounts = empty | {"pollutant": float(total), "ghg": co2}
    return Base(year, amounts, tuple(emitted), (source, *emitted.values()), others)


def placed(at: AsOf, base: Base) -> pd.DataFrame:
    """Compute the effects of the plan's measures and place them in the coordinate system."""
    own = at.project.effects
    found = computed(
        own,
        at.project.plan,
        lambda indicator: figure_of(at, indicator),
        weights_of(at),
    )
    years = {name: vintages(one, own) for name, one in own.effects.items()}
    return without_other_years(coordinates(found, base.amounts), years, base.year)


def cuts_of(at: AsOf, chosen: Sequence[Target], voc_equivalent_kg: float) -> pd.DataFrame:
    """Give the planned cuts of pollutants among `chosen`, see `planned_cuts`."""
    return planned_cuts(chosen, at.project.factors.equivalents, voc_equivalent_kg)


def burdens_of(at: AsOf, carbon: str, pollution: str) -> tuple[pd.DataFrame, list[Series]]:
    """Give CO2 and a pollutant over the years that both have after their last break."""
    found = [at.series(carbon), at.series(pollution)]
    burdens = pd.DataFrame(
        {"carbon": found[0].last_segment, "pollution": found[1].last_segment}
    ).dropna()
    return burdens.astype("float64"), found


def check_changes(at: AsOf, changes_pct: Mapping[str, float]) -> None:
    """Refuse changes of activities that are not known or that no activity can make.

    Raises `ParameterError` if there is no such activity, or a change is no number from -100 up.
    """
    known = at.project.effects.bases
    for name, change in changes_pct.items():
        if name not in known:
            raise ParameterError(f"no activity '{name}'; use one of {', '.join(known)}")
        if not -100 <= change < float("inf"):
            raise ParameterError(f"{name}: {change} per cent; give a number from -100 up")
