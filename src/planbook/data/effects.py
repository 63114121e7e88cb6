"""What the plan's figures would change: load and check ``plan/effects.yml`` and its factors."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, model_validator

from planbook.data import units
from planbook.data.catalog import Catalog
from planbook.data.factor_library import Library
from planbook.data.factor_records import GJ_PER_TCE, ActivityFactor, Load, PollutantFactor
from planbook.data.factors import Factors
from planbook.data.plan import Plan
from planbook.errors import PlanbookError
from planbook.files import table as tables
from planbook.files.records import Document, Strict, Text

EMISSION_UNIT = "t"  # per year; every effect ends in it
SHARE_UNIT = "%"
GWH_PER_MW_YEAR = 8.76  # 24 hours on 365 days at full load


class EffectFactor(Strict):
    """One number that turns an activity into another or into an emission.

    `unit` is a quotient of two units of the table, such as ``t/GWh``. `low` and
    `high` are None where the source gives no range. `source` may name several,
    separated by spaces.
    """

    id: str
    name_en: str
    name_zh: str
    value: float
    low: float | None
    high: float | None
    unit: str
    year: int | None
    source: str
    locator: str
    note_en: str = ""
    note_zh: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> EffectFactor:
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if not 0 < low <= self.value <= high:
            raise ValueError("give low, value and high in rising order, all above zero")
        return self


class Term(Strict):
    """One factor of a product: exactly one of the four."""

    target: str | None = None
    project: str | None = None
    figure: str | None = None
    factor: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Term:
        if sum(value is not None for value in self.model_dump().values()) != 1:
            raise ValueError("name exactly one of target, project, figure and factor")
        return self

    @property
    def kind(self) -> str:
        """Which of the four is given."""
        return next(name for name, value in self.model_dump().items() if value is not None)

    @property
    def name(self) -> str:
        """Its id."""
        return getattr(self, self.kind)


class Chain(Strict):
    """An activity as a product, and the factors that turn it into emissions.

    Attributes
    ----------
    activity : tuple of Term
        Multiplied from left to right; begins with a quantity.
    co2 : str or None
        Factor from the activity to tonnes of CO2.
    pollutants : dict of str to str
        Pollutant → factor from the activity to tonnes.
    unknown : dict of {'co2', 'pollutants'} to Text
        Why a side is not computed.
    co2_beside : str or None
        Another published factor of the same CO2, of which the page says what it would give.
    """

    id: str
    title: Text
    activity: tuple[Term, ...] = ()
    co2: str | None = None
    pollutants: dict[str, str] = Field(default_factory=dict)
    note: Text | None = None
    unknown: dict[Literal["co2", "pollutants"], Text] = Field(default_factory=dict)
    co2_beside: str | None = None

    @model_validator(mode="after")
    def _each_side_once(self) -> Chain:
        for side in ("co2", "pollutants"):
            if bool(getattr(self, side)) == (side in self.unknown):
                raise ValueError(f"give {side} either a factor or, under 'unknown', a reason")
        return self


class Effect(Chain):
    """What one measure would change, computed from a figure of the plan.

    Attributes
    ----------
    measure : int
        A target or project of the activity belongs to it.
    direction : {'cut', 'rise'}
    is_at_most : bool
        Whether the figure is the most that the measure can do, because where it
        starts from is not published; the least is then zero.
    """

    measure: int
    direction: Literal["cut", "rise"]
    is_at_most: bool = False
    note: Text


class Reason(Strict):
    """Why a measure with figures in the plan has no computed effect."""

    measure: int
    reason: Text


@dataclass(frozen=True)
class Effects:
    """All of ``effects.yml``; empty for a city without it.

    Attributes
    ----------
    reasons : mapping of int to Text
        By measure.
    bases : mapping of str to Chain
        Activities of any city that a reader may change, by id.
    """

    effects: Mapping[str, Effect] = field(default_factory=dict)
    reasons: Mapping[int, Text] = field(default_factory=dict)
    factors: Mapping[str, EffectFactor] = field(default_factory=dict)
    bases: Mapping[str, Chain] = field(default_factory=dict)
    has_file: bool = False


def step(unit: str, quotient: str) -> tuple[str, float]:
    """Apply a factor's unit to a unit.

    Parameters
    ----------
    unit : str
        Unit so far; a flow such as ``Mt/a`` counts as the mass of one year.
    quotient : str
        ``numerator/denominator``, or ``%`` for a share.

    Returns
    -------
    unit : str
        The numerator; the unit so far after a share.
    factor : float
        What the product of the two numbers must be multiplied with.

    Raises
    ------
    PlanbookError
        If the denominator does not fit the unit so far.
    """
    unit, size = a_year(unit)
    if quotient == SHARE_UNIT:
        return unit, size / 100
    numerator, slash, denominator = quotient.rpartition("/")
    if not slash:
        raise PlanbookError(f"unit '{quotient}' is no quotient; write it as t/GWh")
    return numerator, size * units.factor(unit, denominator)


def a_year(unit: str) -> tuple[str, float]:
    """Turn a mass flow into the mass of one year: ``Mt/a`` → ``t``, 1e6."""
    if units.is_known(unit) and units.UNITS[unit][0] == units.UNITS["Mt/a"][0]:
        return EMISSION_UNIT, units.UNITS[unit][1]
    return unit, 1.0


def load_effect_factors(
    path: Path, factors: Factors, root: Path | None = None
) -> dict[str, EffectFactor]:
    """Read ``data/factors/effect_factors.csv``; empty where there is no such file.

    Raises
    ------
    DataError
        For a wrong cell, an id that stands twice, a unit that is no quotient of
        known units or a source that does not exist.
    """
    if not path.exists():
        return {}
    found, problems = tables.records(path, EffectFactor, key=["id"], root=root)
    for where, record in found:
        if not all(units.is_known(one) for one in record.unit.rpartition("/")[::2]):
            problems.add(where, f"unknown unit '{record.unit}'", "write it as t/GWh")
        for one in record.source.split():
            if one not in factors.sources:
                problems.add(where, f"unknown source '{one}'", "add it to sources.yml there")
    problems.stop()
    return {record.id: record for _, record in found}


# Units of the library that are no quotient of two units of the table.
_LIBRARY_UNITS = {"g/kWh": ("t/GWh", 1.0), "t/MWh": ("t/GWh", 1000.0)}


def library_factors(library: Library | None) -> dict[str, EffectFactor]:
    """Give the factors of the library that an effect may name.

    Returns
    -------
    dict of str to EffectFactor
        ``<line>_<pollutant>`` for pollutants; ``<line>_co2`` for CO2 of the default
        set that holds everywhere and has one component, and of a power station by its
        fuel and coal per unit of electricity; ``<line>_load`` for the share of a capacity
        that is used.
    """
    if library is None:
        return {}
    found: dict[str, EffectFactor] = {}
    for one in library.pollutants:
        name = f"{one.line}_{one.pollutant}"
        found[name] = _factor(name, one, one.low, one.factor, one.high, one.unit)
    for line in dict.fromkeys(one.line for one in library.factors):
        chosen = [one for one in library.factors_of(library.default, line) if one.gas == "CO2"]
        if len(chosen) == 1 and chosen[0].unit in ("t/t", "kg/t", "t/MWh"):
            co2 = chosen[0]
            name = f"{line}_co2"
            found[name] = _factor(name, co2, co2.low, co2.factor, co2.high, co2.unit)
    for load in library.loads:
        if load.load_unit == "share":
            # Of power stations the load leads to electricity, of works to a mass.
            hours, unit = (GWH_PER_MW_YEAR, "GWh/MW") if load.conversion else (1.0, "t/t")
            low, middle, high = (hours * one for one in (load.load_low, load.load, load.load_high))
            name = f"{load.line}_load"
            found[name] = _factor(name, load, low, middle, high, unit)
        if load.conversion and (made := _per_electricity(library, load, load.conversion)):
            found[made.id] = made
    return found


def _factor(
    name: str,
    row: PollutantFactor | ActivityFactor | Load,
    low: float | None,
    value: float,
    high: float | None,
    unit: str,
) -> EffectFactor:
    """Turn a row of the library into a factor in units of the table."""
    unit, size = _LIBRARY_UNITS.get(unit, (unit, 1.0))
    if isinstance(row, Load):
        source, locator = row.load_source or "", row.load_locator or ""
    else:
        source, locator = row.source, row.locator
    return EffectFactor(
        id=name,
        name_en=row.line,
        name_zh=row.line,
        value=value * size,
        low=None if low is None else low * size,
        high=None if high is None else high * size,
        unit=unit,
        year=row.year if isinstance(row, PollutantFactor) else None,
        source=source,
        locator=locator,
        note_en=row.note_en or "",
        note_zh=row.note_zh or "",
    )


def _per_electricity(library: Library, load: Load, conversion: float) -> EffectFactor | None:
    """Turn coal per unit of electricity into CO2, as the inventory does; None without a fuel."""
    uses = [one for one in library.uses if one.line == load.line]
    fuels = library.fuels_of(library.default, uses[0]) if len(uses) == 1 else ()
    if len(fuels) != 1:
        return None
    # gce/kWh is t of coal equivalent per GWh
    size = GJ_PER_TCE / 1000 * fuels[0].co2_per_heat
    low, high = load.conversion_low, load.conversion_high
    return EffectFactor(
        id=f"{load.line}_co2",
        name_en=load.line,
        name_zh=load.line,
        value=conversion * size,
        low=None if low is None else low * size,
        high=None if high is None else high * size,
        unit="t/GWh",
        year=None,
        source=f"{load.conversion_source} {fuels[0].source}",
        locator=fuels[0].locator,
    )


def load_effects(
    path: Path,
    plan: Plan,
    catalog: Catalog,
    factors: Factors,
    effect_factors: Mapping[str, EffectFactor],
    bases: Mapping[str, Chain] | None = None,
    root: Path | None = None,
) -> Effects:
    """Read and check ``plan/effects.yml``.

    Parameters
    ----------
    path : pathlib.Path
        May be missing: the file is optional for a city.
    factors : Factors
        Weights of the pollutants.
    bases : mapping of str to Chain, optional
        Kept beside the effects.

    Raises
    ------
    DataError
        For an unknown key or id, units that do not fit each other, a measure with
        both an effect and a reason, or a measure with targets and neither.
    """
    if not path.exists():
        return Effects(factors=effect_factors, bases=bases or {})
    document = Document(path, root, ["effects", "reasons"])
    known = {
        "target": plan.targets,
        "project": plan.projects,
        "figure": catalog,
        "factor": effect_factors,
    }
    effects = _chains(document, Effect, known, factors, "effects", measures=plan.measures)
    reasons: dict[int, Text] = {}
    for key, one in document.records(Reason, "reasons"):
        if one.measure not in plan.measures:
            document.wrong(key, f"no measure {one.measure}", "mend the number")
        if one.measure in reasons:
            document.wrong(key, f"measure {one.measure} stands twice", "keep one of them")
        reasons[one.measure] = one.reason
    answered = {*reasons, *(one.measure for one in effects.values())}
    for number, item in plan.measures.items():
        if item.targets and number not in answered:
            rule = f"measure {number} has targets, but neither an effect nor a reason"
            document.problems.add("", rule, "add one of them")
    document.problems.stop()
    return Effects(effects, reasons, effect_factors, bases or {}, has_file=True)


def load_bases(
    path: Path,
    catalog: Catalog,
    factors: Factors,
    effect_factors: Mapping[str, EffectFactor],
    root: Path | None = None,
) -> dict[str, Chain]:
    """Read ``data/factors/activity_bases.yml``; empty where there is no such file.

    Raises
    ------
    DataError
        For an unknown key or id, an id that stands twice, or units that do not fit.
    """
    if not path.exists():
        return {}
    document = Document(path, root)
    known = {"target": {}, "project": {}, "figure": catalog, "factor": effect_factors}
    found = _chains(document, Chain, known, factors)
    document.problems.stop()
    return found


C = TypeVar("C", bound=Chain)


def _chains(
    document: Document,
    model: type[C],
    known: Mapping[str, Mapping[str, Any]],
    factors: Factors,
    *key: str,
    measures: Collection[int] = (),
) -> dict[str, C]:
    """Read chains by id and check that they name what is known, in units that fit."""
    found: dict[str, C] = {}
    for at, record in document.records(model, *key):
        if record.id in found:
            document.wrong(at, f"'{record.id}' stands twice", "keep one of them")
        found[record.id] = record
        for rule, remedy in _faults(record, known, factors):
            document.wrong(at, rule, remedy)
        if isinstance(record, Effect) and record.measure not in measures:
            document.wrong(at, f"no measure {record.measure}", "mend the number")
    return found


def _faults(
    chain: Chain, known: Mapping[str, Mapping[str, Any]], factors: Factors
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    named = (chain.co2, chain.co2_beside, *chain.pollutants.values())
    ends = [Term(factor=one) for one in named if one]
    for term in (*chain.activity, *ends):
        if term.name not in known[term.kind]:
            found.append((f"no {term.kind} '{term.name}'", "mend the id or add it"))
        elif term.kind in ("target", "project") and isinstance(chain, Effect):
            owner = known[term.kind][term.name].measure
            if owner != chain.measure:
                found.append(
                    (f"'{term.name}' belongs to measure {owner}", "name that measure's own")
                )
    for one in chain.pollutants:
        if one not in factors.equivalents or not factors.equivalents[one].equivalent_kg:
            found.append((f"pollutant '{one}' has no weight", "use one with a statutory weight"))
    if ends and (not chain.activity or chain.activity[0].kind == "factor"):
        found.append(
            ("the activity begins with no figure", "begin with a target, project or figure")
        )
    if found:
        return found

    def unit_of(term: Term) -> str:
        return known[term.kind][term.name].unit

    for end in ends:
        try:
            unit, _ = a_year(unit_of(chain.activity[0]))
            for term in (*chain.activity[1:], end):
                unit, _ = step(unit, unit_of(term))
            units.factor(unit, EMISSION_UNIT)
        except PlanbookError as error:
            found.append(
                (f"units of '{end.name}' do not fit: {error}", "mend the order or a factor")
            )
    return found
