"""Scenarios of a city: load and check ``plan/scenarios.yml``.

A scenario is a list of changes with their grounds; what follows from it is
computed in `planbook.analysis.scenarios.projection`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from planbook.data import units
from planbook.data.catalog import Catalog
from planbook.data.factors import Factors
from planbook.data.observations import FIRST_YEAR, LAST_YEAR, Source
from planbook.data.plan import Target
from planbook.data.plant_units import PlantUnit
from planbook.errors import DataError
from planbook.files.records import Document, Strict, Text
from planbook.files.yaml import Key

REST = "rest"  # the sector that holds what no line explains
ECONOMY = "economy"  # stands in place of a sector where the whole city is meant
OUTPUT = "output"  # real output, by which emissions are divided
ACTIVITY, INTENSITY = "activity", "intensity"
Wrong = Callable[[Key, str, str], None]  # takes key, rule and remedy
DEFAULT_SPAN = 3  # years over which a trend's low and high rates are taken


class Ground(Strict):
    """Why a change is what it is.

    ``target``: the plan sets an amount, which is compared with `over` (or is a share).
    ``trend``: the growth of a published series between two years.
    ``published``: an amount that a source gives, compared with `over`; single units of
    plants, compared with the capacity that they add to; or the growth of a series between
    two years, as a one-time change.
    ``assumption``: nothing published; `text` says what is taken and why. It may name a
    series that its range must hold the latest growth of.
    """

    kind: Literal["target", "trend", "published", "assumption"]
    target: str | None = None
    indicator: str | None = None
    entity: str | None = None
    first: int | None = None
    last: int | None = None
    span: int | None = Field(default=None, ge=1)
    amount: float | None = Field(default=None, gt=0)
    unit: str | None = None
    over: str | None = None
    units: tuple[str, ...] = ()
    source: str | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _complete(self) -> Ground:
        has_series = None not in (self.indicator, self.first, self.last)
        has_amount = None not in (self.amount, self.unit, self.over, self.source)
        if self.kind == "target" and self.target is None:
            raise ValueError("a ground of kind target names a target")
        if self.kind == "trend" and not has_series:
            raise ValueError("a trend names indicator, first and last")
        if self.kind == "published" and has_series + has_amount + bool(self.units) != 1:
            raise ValueError(
                "a published change names either indicator, first and last, "
                "or amount, unit, over and source, or units"
            )
        if self.units and (self.kind != "published" or self.over or self.amount):
            raise ValueError("units stand alone, in a published change")
        if self.kind == "assumption" and self.text is None:
            raise ValueError("an assumption says in text what is taken and why")
        if self.first is not None and self.last is not None and self.first >= self.last:
            raise ValueError(f"a trend from {self.first} to {self.last}")
        return self


class Rate(Strict):
    """A yearly change in per cent, over the years `from_` to `to`.

    In the k-th of these years the rate is multiplied by ``damping`` to the power k − 1.
    """

    sector: str
    factor: str
    from_: int = Field(alias="from")
    to: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    damping: float = Field(default=1.0, gt=0, le=1)
    ground: Ground

    @model_validator(mode="after")
    def _ordered(self) -> Rate:
        if self.ground.kind == "trend":
            if not self.low is self.rate is self.high is None:
                raise ValueError("the rates of a trend are computed: leave out rate, low and high")
        elif self.ground.kind != "assumption":
            raise ValueError(
                f"a yearly rate rests on a trend or an assumption, not {self.ground.kind}"
            )
        elif self.low is None or self.rate is None or self.high is None:
            raise ValueError("give rate, low and high")
        elif self.ground.first is not None or self.ground.last is not None:
            raise ValueError("an assumption names a series without first and last")
        elif not -100 < self.low <= self.rate <= self.high:
            raise ValueError(f"low {self.low}, rate {self.rate}, high {self.high} are not in order")
        return self


class Step(Strict):
    """A change that happens once, spread evenly over `ramp` years from `start` on.

    ``effect`` (with ``low`` and ``high``) is in per cent of the part that the ground
    touches; an assumption touches the whole sector.
    """

    id: str
    sector: str
    factor: str
    start: int
    ramp: int = Field(default=1, ge=1)
    effect: float
    low: float
    high: float
    title: Text
    ground: Ground

    @model_validator(mode="after")
    def _ordered(self) -> Step:
        if not self.low <= self.effect <= self.high:
            raise ValueError(
                f"low {self.low}, effect {self.effect}, high {self.high} are not in order"
            )
        if self.ground.kind == "trend":
            raise ValueError("a step rests on a target, a published figure or an assumption")
        if self.ground.text is None:
            raise ValueError("a step says in text why it has this effect")
        return self


class Sector(Strict):
    """A part of the emissions and the inventory lines that it holds."""

    title: Text
    lines: tuple[str, ...]


class Scenario(Strict):
    """One scenario; it takes over the changes of `based_on` and adds or replaces its own.

    A rate replaces those of the same sector and factor in the years that it covers;
    steps are added.
    """

    id: str
    title: Text
    summary: Text
    based_on: str | None = None
    rates: tuple[Rate, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def changes(self) -> tuple[Rate | Step, ...]:
        """Its own changes, the yearly ones first."""
        return (*self.rates, *self.steps)


class LeftOut(Strict):
    """Targets of the plan that no scenario moves, and why."""

    targets: tuple[str, ...] = Field(min_length=1)
    text: Text


class ScenarioSet(Strict):
    """Everything of ``scenarios.yml``; years are calendar years, rates per cent a year."""

    base_year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    last_year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    total: str
    output: str
    intensity_target: str
    peak_by: int
    draws: int = Field(ge=100, le=20000)
    seed: int = Field(ge=0, lt=2**32)
    sectors: dict[str, Sector]
    scenarios: tuple[Scenario, ...] = Field(min_length=1)
    left_out: tuple[LeftOut, ...] = ()

    def rates_of(self, scenario: Scenario) -> list[Rate]:
        """List the yearly rates that hold in a scenario, its own replacing inherited ones."""
        inherited = self.rates_of(self.scenario(scenario.based_on)) if scenario.based_on else []
        kept = list(scenario.rates)
        for old in inherited:
            new = [
                one
                for one in scenario.rates
                if (one.sector, one.factor) == (old.sector, old.factor)
            ]
            for first, last in _remaining(
                (old.from_, old.to), [(one.from_, one.to) for one in new]
            ):
                # what is left of a damped rate goes on where it stood
                kept.append(old.model_copy(update={"from_": first, "to": last}))
        return kept

    def steps_of(self, scenario: Scenario) -> list[Step]:
        """List the steps of a scenario and of those that it is based on."""
        inherited = self.steps_of(self.scenario(scenario.based_on)) if scenario.based_on else []
        return [*inherited, *scenario.steps]

    def moved(self) -> set[str]:
        """Name the targets of the plan that a change of any scenario carries out."""
        return {
            change.ground.target
            for one in self.scenarios
            for change in one.changes
            if change.ground.target is not None
        }

    def scenario(self, name: str) -> Scenario:
        """Look up a scenario."""
        return next(one for one in self.scenarios if one.id == name)


def _remaining(span: tuple[int, int], taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Give the parts of `span` that `taken` leaves."""
    years = [
        year
        for year in range(span[0], span[1] + 1)
        if not any(first <= year <= last for first, last in taken)
    ]
    start = None
    for place_, year in enumerate(years):
        start = year if start is None else start
        if place_ + 1 == len(years) or years[place_ + 1] != year + 1:
            yield start, year
            start = None


def load_scenarios(
    path: Path,
    *,
    catalog: Catalog,
    factors: Factors,
    targets: Mapping[str, Target],
    sources: Mapping[str, Source],
    city: str,
    entities: Collection[str],
    plants: Mapping[str, PlantUnit] | None = None,
    root: Path | None = None,
) -> ScenarioSet:
    """Read and check a city's ``scenarios.yml``.

    Parameters
    ----------
    factors : Factors
        Inventory lines and pollutants that a scenario may name.
    entities : collection of str
        Places whose series may be named.
    plants : mapping of str to PlantUnit, optional
        Single units of the city; each that a capacity of the base year does not hold
        yet enters the first scenario, and every scenario at most once.

    Raises
    ------
    DataError
        With every rule that is broken: file, line, rule and remedy.
    """
    document = Document(path, root)
    found, wrong = document.record(ScenarioSet), document.wrong
    if found is None:
        raise DataError(document.problems)
    _check_head(found, catalog, targets, wrong)
    _check_sectors(found, factors, wrong)
    pollutants = set(factors.equivalents)
    for number, one in enumerate(found.scenarios):
        earlier = [other.id for other in found.scenarios[:number]]
        key: Key = ("scenarios", number)
        if one.id in earlier:
            wrong((*key, "id"), f"scenario '{one.id}' stands twice", "rename one")
        if one.based_on is None and number:
            wrong((*key, "id"), f"scenario '{one.id}' is based on nothing", "name an earlier one")
        if one.based_on is not None and one.based_on not in earlier:
            wrong(
                (*key, "based_on"), f"no earlier scenario '{one.based_on}'", "name an earlier one"
            )
        for place_, change in enumerate(one.changes):
            is_rate = place_ < len(one.rates)
            at: Key = (*key, *(("rates", place_) if is_rate
                               else ("steps", place_ - len(one.rates))))  # fmt: skip
            _check_place(found, change, pollutants, at, wrong)
            _check_ground(change.ground, catalog, targets, sources, city, entities, at, wrong)
        _check_overlap(one, key, wrong)
        ids = [step.id for step in one.steps]
        for place_, step in enumerate(one.steps):
            taken = [s.id for other in found.scenarios[:number] for s in other.steps]
            if step.id in taken or step.id in ids[:place_]:
                wrong((*key, "steps", place_, "id"), f"step '{step.id}' stands twice", "rename one")
    document.problems.stop()
    _check_covered(found, wrong)
    _check_units(found, plants or {}, factors, wrong)
    _check_left_out(found, targets, wrong)
    document.problems.stop()
    return found


def _check_head(
    found: ScenarioSet, catalog: Catalog, targets: Mapping[str, Target], wrong: Wrong
) -> None:
    if found.last_year <= found.base_year:
        wrong(("last_year",), f"last year {found.last_year} is not after the base year", "mend it")
    if not found.base_year < found.peak_by <= found.last_year:
        wrong(
            ("peak_by",),
            f"peak_by {found.peak_by} lies outside the years computed",
            f"give one from {found.base_year + 1} to {found.last_year}",
        )
    for key, dimension in (("total", "mass"), ("output", "money")):
        indicator = getattr(found, key)
        if indicator not in catalog:
            wrong((key,), f"no indicator '{indicator}'", "mend the id or add it to data/catalog")
        elif units.UNITS[catalog[indicator].unit][0] != dimension:
            wrong(
                (key,), f"'{indicator}' is no {dimension}", f"name a yearly amount of {dimension}"
            )
    target = targets.get(found.intensity_target)
    if target is None or not target.kind.relative:
        wrong(
            ("intensity_target",),
            f"'{found.intensity_target}' is no target for a change from a base year",
            "name one of targets.csv",
        )


def _check_sectors(found: ScenarioSet, factors: Factors, wrong: Wrong) -> None:
    known = {line.id for line in factors.lines}
    home: dict[str, str] = {}
    if REST not in found.sectors or found.sectors[REST].lines:
        wrong(("sectors",), f"no sector '{REST}' without lines", "add it; it holds the remainder")
    for name, sector in found.sectors.items():
        if name == ECONOMY:
            wrong(("sectors", name), f"'{ECONOMY}' means the whole city", "rename the sector")
        for line in sector.lines:
            if line not in known:
                wrong(("sectors", name), f"no inventory line '{line}'", "see data/factors")
            if line in home:
                wrong(("sectors", name), f"line '{line}' is in {home[line]}, too", "keep it in one")
            home[line] = name


def _check_place(
    found: ScenarioSet, change: Rate | Step, pollutants: set[str], at: Key, wrong: Wrong
) -> None:
    if change.factor == OUTPUT:
        if change.sector != ECONOMY:
            wrong(at, f"output of sector '{change.sector}'", f"give sector: {ECONOMY}")
    elif change.sector not in found.sectors:
        wrong(at, f"no sector '{change.sector}'", f"use one of {', '.join(found.sectors)}")
    if change.factor not in (OUTPUT, ACTIVITY, INTENSITY, *pollutants):
        allowed = ", ".join([OUTPUT, ACTIVITY, INTENSITY, *sorted(pollutants)])
        wrong(at, f"no factor '{change.factor}'", f"use one of {allowed}")
    first, last = (
        (change.from_, change.to)
        if isinstance(change, Rate)
        else (change.start, change.start + change.ramp - 1)
    )
    if not found.base_year < first <= last <= found.last_year:
        wrong(
            at,
            f"years {first} to {last} are not within {found.base_year + 1} to {found.last_year}",
            "mend the years",
        )


def _check_ground(
    ground: Ground,
    catalog: Catalog,
    targets: Mapping[str, Target],
    sources: Mapping[str, Source],
    city: str,
    entities: Collection[str],
    at: Key,
    wrong: Wrong,
) -> None:
    at = (*at, "ground")
    for one in (ground.indicator, ground.over):
        if one is not None and one not in catalog:
            wrong(at, f"no indicator '{one}'", "mend the id or add it to data/catalog")
    indicator, over = (catalog.get(one or "") for one in (ground.indicator, ground.over))
    if indicator and ground.first is not None and ground.last is not None:
        for item in indicator.breaks_of(ground.entity or city):
            if ground.first < item.from_ <= ground.last and not item.gap:
                wrong(
                    at,
                    f"'{ground.indicator}' breaks before {item.from_}, between {ground.first} and "
                    f"{ground.last}",
                    "take years of one definition",
                )
    if ground.source is not None and ground.source not in sources:
        wrong(at, f"unknown source '{ground.source}'", "add it to sources.yml")
    if ground.entity is not None:
        if ground.entity not in entities:
            wrong(at, f"no place '{ground.entity}'", f"use one of {', '.join(entities)}")
        elif ground.entity != city and ground.text is None:
            wrong(at, f"a series of {ground.entity} without text", "say why it is taken")
    unit = ground.unit
    if ground.kind == "target":
        target = targets.get(ground.target or "")
        if target is None:
            wrong(at, f"no target '{ground.target}'", "use one of targets.csv")
            return
        unit = target.unit
        if ground.over is None and unit != "%":
            wrong(at, f"target '{ground.target}' is no share", "name in over what it is a part of")
            return
    if unit is not None and unit not in units.UNITS:
        wrong(at, f"no unit '{unit}'", "use one of the table of units")
    elif over and unit is not None and units.UNITS[unit][0] != units.UNITS[over.unit][0]:
        wrong(at, f"{unit} cannot be compared with {over.unit} of '{ground.over}'", "mend over")


def _check_overlap(one: Scenario, key: Key, wrong: Wrong) -> None:
    for number, rate in enumerate(one.rates):
        for other in one.rates[:number]:
            same = (rate.sector, rate.factor) == (other.sector, other.factor)
            if same and rate.from_ <= other.to and other.from_ <= rate.to:
                wrong(
                    (*key, "rates", number),
                    f"{rate.sector} {rate.factor} has two rates for the same years",
                    "keep one of them",
                )


def _check_covered(found: ScenarioSet, wrong: Wrong) -> None:
    """Refuse silent assumptions: the first scenario says for each year what each part does."""
    first = found.scenarios[0]
    wanted = [(ECONOMY, OUTPUT)]
    wanted += [(name, factor) for name in found.sectors for factor in (ACTIVITY, INTENSITY)]
    for sector, factor in wanted:
        years = {
            year
            for rate in first.rates
            if (rate.sector, rate.factor) == (sector, factor)
            for year in range(rate.from_, rate.to + 1)
        }
        gap = sorted(set(range(found.base_year + 1, found.last_year + 1)) - years)
        if gap:
            wrong(
                ("scenarios", 0, "rates"),
                f"'{first.id}' has no rate of {sector} {factor} for {gap[0]} to {gap[-1]}",
                "give one, also where nothing changes",
            )


def _check_units(
    found: ScenarioSet, plants: Mapping[str, PlantUnit], factors: Factors, wrong: Wrong
) -> None:
    """Let each unit count once, and none that is being built stay out of the first scenario."""
    for number, one in enumerate(found.scenarios):
        home: dict[str, str] = {}
        counted = {plants[name].indicator for step in found.steps_of(one)
                   for name in step.ground.units if name in plants}  # fmt: skip
        for step in found.steps_of(one):
            is_own = step in one.steps
            key: Key = ("scenarios", number)
            key = (*key, "steps", one.steps.index(step)) if is_own else key
            ground = step.ground
            grown = ground.indicator or (ground.over if ground.kind == "published" else None)
            if grown in counted:
                wrong(
                    key,
                    f"step '{step.id}' adds to '{grown}', of which single units are added, too",
                    "name the units instead of an amount or a growth",
                )
            kinds = {plants[name].indicator for name in ground.units if name in plants}
            if len(kinds) > 1:
                wrong(key, f"step '{step.id}' joins units of {', '.join(sorted(kinds))}", "part it")
            for name in ground.units:
                if name in home:
                    wrong(
                        key,
                        f"unit '{name}' is added by '{home[name]}' and by '{step.id}'",
                        "let one of them add it",
                    )
                home[name] = step.id
                if is_own:
                    _check_unit(found, step, name, plants, key, wrong)
        if number == 0:
            sectors = {line for sector in found.sectors.values() for line in sector.lines}
            loads = factors.library.loads if factors.library else ()
            scaled = {one.near for one in loads if one.line in sectors}
            for name, unit in plants.items():
                if (
                    unit.indicator in scaled
                    and unit.comes_after(found.base_year)
                    and name not in home
                ):
                    wrong(
                        ("scenarios", 0, "steps"),
                        f"unit '{name}' is {unit.status} and not in the figure of "
                        f"{found.base_year}, but no step of '{one.id}' adds it",
                        "name it in the ground of a step",
                    )


def _check_unit(
    found: ScenarioSet,
    step: Step,
    name: str,
    plants: Mapping[str, PlantUnit],
    key: Key,
    wrong: Wrong,
) -> None:
    unit = plants.get(name)
    if unit is None:
        wrong(key, f"no unit '{name}'", "use one of units.csv")
        return
    begins = unit.start_year
    if begins is not None and begins <= found.base_year:
        wrong(
            key,
            f"unit '{name}' operates since {begins}: the figure of {found.base_year} holds it",
            "leave it out here",
        )
    elif begins is not None and step.start < begins:
        wrong(
            key,
            f"step '{step.id}' begins in {step.start}, but unit '{name}' in {begins}",
            "mend one of the two",
        )


def _check_left_out(found: ScenarioSet, targets: Mapping[str, Target], wrong: Wrong) -> None:
    seen: set[str] = set()
    moved = found.moved() | {found.intensity_target}
    for number, item in enumerate(found.left_out):
        for name in item.targets:
            if name not in targets:
                wrong(("left_out", number), f"no target '{name}'", "mend the id")
            if name in seen:
                wrong(("left_out", number), f"target '{name}' stands twice", "keep one of them")
            if name in moved:
                wrong(("left_out", number), f"a scenario holds target '{name}'", "take it out here")
            seen.add(name)
