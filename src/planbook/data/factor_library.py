"""Emission factors, loads and warming potentials that hold for every city: load and check them.

The files stand in ``data/factors``. Nothing here is computed but the factor of a fuel.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from planbook.data.factor_records import (
    ActivityFactor,
    FactorSet,
    Fuel,
    FuelUse,
    Gwp,
    Load,
    Metric,
    PollutantFactor,
    Row,
    Scope,
)
from planbook.errors import DataError, ParameterError, Problem, relative
from planbook.files import table as tables
from planbook.files.records import Document, Text


@dataclass(frozen=True)
class Library:
    """Everything that turns activity into emissions.

    Attributes
    ----------
    metric : Metric
        The warming metric that the book uses.
    default : str
        The set that the book computes with.
    """

    sets: Mapping[str, FactorSet]
    metric: Metric
    default: str
    fuels: tuple[Fuel, ...] = ()
    uses: tuple[FuelUse, ...] = ()
    factors: tuple[ActivityFactor, ...] = ()
    loads: tuple[Load, ...] = ()
    pollutants: tuple[PollutantFactor, ...] = ()
    gwp: tuple[Gwp, ...] = ()
    scopes: tuple[Scope, ...] = ()
    boundaries: tuple[Text, ...] = field(default=())

    @property
    def compared(self) -> tuple[str, ...]:
        """Sets that can be computed with, the default first."""
        rest = [key for key, one in self.sets.items() if one.compared and key != self.default]
        return (self.default, *rest)

    def order(self, factor_set: str) -> tuple[str, ...]:
        """Give a set and then those it falls back on.

        Raises
        ------
        ParameterError
            If there is no such set.
        """
        if factor_set not in self.sets:
            known = ", ".join(self.sets)
            raise ParameterError(f"no factor set '{factor_set}'; use one of {known}")
        return (factor_set, *self.sets[factor_set].fallback)

    def fuel(self, factor_set: str, fuel: str, *, fallback: bool = False) -> Fuel | None:
        """Find a fuel in a set, or in those that it falls back on."""
        for key in self.order(factor_set) if fallback else (factor_set,):
            for one in self.fuels:
                if one.factor_set == key and one.fuel == fuel:
                    return one
        return None

    def fuels_of(self, factor_set: str, use: FuelUse) -> tuple[Fuel, ...]:
        """Find the fuel or, if mixed, the fuels that stand for an activity."""
        for key in self.order(factor_set):
            found = [one for name in use.fuels if (one := self.fuel(key, name))]
            if use.mixed and len(found) == len(use.fuels):
                return tuple(found)
            if found and not use.mixed:
                return (found[0],)
        return ()

    def factors_of(
        self, factor_set: str, line: str, regions: Collection[str] = ()
    ) -> tuple[ActivityFactor, ...]:
        """Choose a factor for each activity, gas and component of a line.

        The set comes before those it falls back on, and a factor of one of
        `regions` before one that holds everywhere; those of other regions are left out.
        """
        chosen: dict[tuple[str, str, str], ActivityFactor] = {}
        for key in self.order(factor_set):
            fit = [
                one
                for one in self.factors
                if one.factor_set == key
                and one.line == line
                and (one.region is None or one.region in regions)
            ]
            for one in sorted(fit, key=lambda item: item.region is None):
                chosen.setdefault((one.activity, one.gas, one.component), one)
        return tuple(chosen.values())

    def warming(self, gas: str, metric: str | None = None, horizon: int | None = None) -> float:
        """Tonnes of CO2 that one tonne of `gas` equals.

        Parameters
        ----------
        gas : str
            Such as ``CH4``.
        metric : {'AR4', 'AR5', 'AR6'}, optional
        horizon : {20, 100}, optional
            Years; both default to those of the book.

        Raises
        ------
        ParameterError
            If the table has no such value.
        """
        name, years = metric or self.metric.name, horizon or self.metric.horizon
        for one in self.gwp:
            if (one.gas, one.metric, one.horizon) == (gas, name, years):
                return one.value
        raise ParameterError(f"gwp.csv has no {name} value over {years} years for '{gas}'")


def load_library(
    folder: Path,
    *,
    lines: Mapping[str, tuple[Collection[str], Collection[str]]],
    pollutants: Collection[str],
    sources: Collection[str],
    root: Path | None = None,
) -> Library:
    """Read and check the library of factors.

    Parameters
    ----------
    folder : pathlib.Path
        ``data/factors``.
    lines : mapping of str to (activity, near)
        Indicators that each line of the inventory may name.
    pollutants, sources : collection of str
        Ids that a row may name.

    Raises
    ------
    DataError
        With every fault: an unknown key, column, set, line, indicator, gas, fuel
        or source, a value outside its bounds, or a row that stands twice.
    """
    reading = _Tables(folder, lines, pollutants, sources, root)
    sets, metric, default = reading.sets()
    library = Library(
        sets,
        metric,
        default,
        fuels=reading.table("fuels.csv", Fuel, "factor_set", "fuel"),
        uses=reading.table("fuel_use.csv", FuelUse, "line", "activity"),
        factors=reading.table(
            "activity_factors.csv",
            ActivityFactor,
            *("factor_set", "line", "activity", "gas", "component", "region"),
        ),
        loads=reading.table("loads.csv", Load, "line"),
        pollutants=reading.table(
            "pollutant_factors.csv", PollutantFactor, "line", "pollutant", "standard"
        ),
        gwp=reading.table("gwp.csv", Gwp, "metric", "horizon", "gas"),
        **reading.scopes(),
    )
    wrong = reading.wrong
    gases = {one.gas for one in library.gwp}
    for one in library.factors:
        if one.gas not in gases:
            rule = f"gas '{one.gas}' has no row in gwp.csv"
            wrong("activity_factors.csv", f"line {one.line}", rule, "add it there")
    fuels = {one.fuel for one in library.fuels}
    for use in library.uses:
        for name in sorted(set(use.fuels) - fuels):
            rule = f"no fuel '{name}'"
            wrong("fuel_use.csv", f"line {use.line}", rule, "add it to fuels.csv")
    if reading.problems:
        raise DataError(reading.problems)
    return library


R = TypeVar("R", bound=Row)


class _Tables:
    """Reads one file at a time and gathers what is wrong."""

    def __init__(
        self,
        folder: Path,
        lines: Mapping[str, tuple[Collection[str], Collection[str]]],
        pollutants: Collection[str],
        sources: Collection[str],
        root: Path | None,
    ) -> None:
        self.folder, self.root = folder, root
        self.lines, self.pollutants, self.sources = lines, pollutants, sources
        self.problems: list[Problem] = []
        self.set_names: Collection[str] = ()

    def wrong(self, name: str, where: str, rule: str, remedy: str) -> None:
        self.problems.append(Problem(relative(self.folder / name, self.root), where, rule, remedy))

    def sets(self) -> tuple[dict[str, FactorSet], Metric, str]:
        name = "factor_sets.yml"
        document = Document(self.folder / name, self.root, ["metric", "default", "sets"])
        metric = document.record(Metric, ("metric",))
        found = {str(key[-1]): one for key, one in document.records(FactorSet, "sets")}
        self.problems += document.problems
        self.set_names = document.data["sets"]
        for key, one in found.items():
            self._sources(name, f"key {key}", one.sources)
            for other in one.fallback:
                if other not in self.set_names or other == key:
                    rule = f"no other set '{other}' to fall back on"
                    self.wrong(name, f"key {key}", rule, "mend the name")
        default = str(document.data["default"])
        if default not in found:
            self.wrong(name, "key default", f"no set '{default}'", "name one of the sets")
        if metric is None:
            raise DataError(self.problems)
        return found, metric, default

    def scopes(self) -> dict[str, Any]:
        name = "inventory_scopes.yml"
        document = Document(self.folder / name, self.root, ["scopes", "boundaries"])
        scopes = tuple(one for _, one in document.records(Scope, "scopes"))
        boundaries = tuple(one for _, one in document.records(Text, "boundaries"))
        self.problems += document.problems
        listed = [line for one in scopes for line in one.lines]
        for line in sorted({*listed, *self.lines}):
            if line not in self.lines:
                self.wrong(name, "", f"no line '{line}'", "mend the id")
            elif listed.count(line) != 1:
                rule = f"line '{line}' stands in {listed.count(line)} scopes"
                self.wrong(name, "", rule, "put it into one")
        return {"scopes": scopes, "boundaries": boundaries}

    def table(self, name: str, model: type[R], *identity: str) -> tuple[R, ...]:
        """Read one table; `identity` are the columns that no two rows share."""
        try:
            found, wrong = tables.records(self.folder / name, model, key=identity, root=self.root)
        except DataError as error:
            self.problems += error.problems
            return ()
        self.problems += wrong
        for where, record in found:
            self._references(name, where, record)
        return tuple(record for _, record in found)

    def _references(self, name: str, where: str, record: Row) -> None:
        line = getattr(record, "line", None)
        if line is not None and line not in self.lines:
            self.wrong(name, where, f"no line '{line}'", "use an id of inventory_lines.yml")
        elif line is not None:
            activity, near = self.lines[line]
            for key, known in (("activity", activity), ("near", near)):
                value = getattr(record, key, None)
                if value is not None and value not in known:
                    rule = f"line '{line}' has no {key} '{value}'"
                    self.wrong(name, where, rule, "use one that inventory_lines.yml gives")
        pollutant = getattr(record, "pollutant", None)
        if pollutant is not None and pollutant not in self.pollutants:
            rule = f"no pollutant '{pollutant}'"
            self.wrong(name, where, rule, "use one of pollutant_equivalents.csv")
        chosen = getattr(record, "factor_set", None)
        if chosen is not None and chosen not in self.set_names:
            self.wrong(name, where, f"no factor set '{chosen}'", "add it to factor_sets.yml")
        named = [
            getattr(record, key, None) for key in ("source", "load_source", "conversion_source")
        ]
        self._sources(name, where, [one for one in named if one])

    def _sources(self, name: str, where: str, named: Iterable[str]) -> None:
        for source in named:
            if source not in self.sources:
                self.wrong(name, where, f"unknown source '{source}'", "add it to sources.yml there")
