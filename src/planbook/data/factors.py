"""Weights and inventory lines that hold for every city: load and check ``data/factors``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from planbook.data.catalog import Catalog
from planbook.data.factor_library import Library, load_library
from planbook.data.observations import Source, load_sources
from planbook.errors import DataError, Problem, relative
from planbook.files import table as csv_files
from planbook.files.records import Strict, Text, parse
from planbook.files.yaml import load as load_yaml


class Equivalent(Strict):
    """How much of a pollutant counts as one pollutant equivalent.

    `equivalent_kg` is None where the law gives the pollutant no weight;
    `alternative_kg` is a weight that another published rule, or another line of the law,
    gives; it is shown beside it and never used by itself. `emission_indicators` are
    catalogue entries for what is emitted, best first.
    """

    pollutant: str
    medium: Literal["air", "water"]
    name_en: str
    name_zh: str
    equivalent_kg: float | None
    cut_indicator: str | None
    emission_indicators: tuple[str, ...]
    source: str
    locator: str
    note_en: str = ""
    note_zh: str = ""
    alternative_kg: float | None = None
    alternative_source: str = ""
    alternative_locator: str = ""

    @field_validator("equivalent_kg", "alternative_kg")
    @classmethod
    def _positive(cls, value: float | None) -> float | None:
        if value is not None and value <= 0:
            raise ValueError("an equivalent is above zero; leave it empty where the law gives none")
        return value


class InventoryLine(Strict):
    """One line of a greenhouse-gas inventory and the activity figures that it needs.

    `activity`: any of them suffices to compute the line. `near`: published more
    often, but a capacity, a part or another scope. `retrofit`: capacity that a plan
    brings to the emission level that the line's pollutants are computed at.
    """

    id: str
    group: str
    title: Text
    gases: tuple[str, ...]
    activity: tuple[str, ...]
    near: tuple[str, ...] = ()
    retrofit: str | None = None


@dataclass(frozen=True)
class Factors:
    """Everything of ``data/factors``.

    Attributes
    ----------
    groups : mapping of str to Text
        Parts of the inventory, in order.
    library : Library or None
        Emission factors, loads and warming potentials.
    """

    equivalents: Mapping[str, Equivalent] = field(default_factory=dict)
    groups: Mapping[str, Text] = field(default_factory=dict)
    lines: tuple[InventoryLine, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    library: Library | None = None

    def equivalent_of_cut(self, indicator: str) -> Equivalent | None:
        """Find the pollutant whose planned cut `indicator` measures."""
        return next(
            (one for one in self.equivalents.values() if one.cut_indicator == indicator), None
        )


def load_factors(folder: Path, catalog: Catalog, root: Path | None = None) -> Factors:
    """Read and check ``data/factors``.

    Parameters
    ----------
    catalog : Catalog
        Indicators that a row may name.
    root : pathlib.Path, optional
        Messages name files relative to this folder.

    Raises
    ------
    DataError
        For an unknown key or column, a weight that is not above zero, a source
        or an indicator that does not exist, or an id that stands twice.
    """
    sources = load_sources(folder / "sources.yml", root)
    problems: list[Problem] = []
    equivalents = _load_equivalents(
        folder / "pollutant_equivalents.csv", catalog, sources, root, problems
    )
    groups, lines = _load_lines(folder / "inventory_lines.yml", catalog, root, problems)
    try:
        library = load_library(
            folder,
            lines={one.id: (one.activity, one.near) for one in lines},
            pollutants=equivalents,
            sources=sources,
            root=root,
        )
    except DataError as error:
        raise DataError([*problems, *error.problems]) from None
    if problems:
        raise DataError(problems)
    return Factors(equivalents, groups, lines, sources, library)


def _load_equivalents(
    path: Path,
    catalog: Catalog,
    sources: Mapping[str, Source],
    root: Path | None,
    problems: list[Problem],
) -> dict[str, Equivalent]:
    name = relative(path, root)
    found, wrong = csv_files.records(path, Equivalent, key=["pollutant"], root=root)
    problems += wrong
    for where, record in found:
        named = [record.source, *([record.alternative_source] if record.alternative_kg else [])]
        problems += [
            Problem(name, where, f"unknown source '{one}'", "add it to sources.yml there")
            for one in named
            if one not in sources
        ]
        named = [record.cut_indicator] if record.cut_indicator else []
        problems += _unknown([*named, *record.emission_indicators], catalog, name, where)
    return {record.pollutant: record for _, record in found}


def _load_lines(
    path: Path, catalog: Catalog, root: Path | None, problems: list[Problem]
) -> tuple[dict[str, Text], tuple[InventoryLine, ...]]:
    data, places = load_yaml(path, root)
    name = relative(path, root)
    if not isinstance(data, dict) or set(data) != {"groups", "lines"}:
        raise DataError(
            Problem(name, "", "the file holds other keys than 'groups' and 'lines'", "give these")
        )
    groups: dict[str, Text] = {}
    for key, value in data["groups"].items():
        record, wrong = parse(Text, value, file=name, key=("groups", key), lines=places)
        problems += wrong
        if record:
            groups[key] = record
    found: list[InventoryLine] = []
    for index, value in enumerate(data["lines"]):
        record, wrong = parse(InventoryLine, value, file=name, key=("lines", index), lines=places)
        problems += wrong
        if record is None:
            continue
        where = f"line {places.get(('lines', index), 1)}, key {record.id}"
        if record.group not in groups:
            problems.append(Problem(name, where, f"no group '{record.group}'", "add it to groups"))
        if record.id in [one.id for one in found]:
            problems.append(Problem(name, where, "the id stands twice", "keep one of them"))
        if not record.activity:
            problems.append(Problem(name, where, "no activity", "name what the line needs"))
        problems += _unknown(
            [*record.activity, *record.near, *filter(None, [record.retrofit])],
            catalog,
            name,
            where,
        )
        found.append(record)
    return groups, tuple(found)


def _unknown(names: list[str], catalog: Catalog, file: str, where: str) -> list[Problem]:
    return [
        Problem(file, where, f"no indicator '{one}'", "mend the id or add it to data/catalog")
        for one in names
        if one not in catalog
    ]
