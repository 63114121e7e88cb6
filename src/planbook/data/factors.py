"""Weights and inventory lines that hold for every city: load and check ``data/factors``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from planbook.data.catalog import Catalog
from planbook.data.factor_library import Library, load_library
from planbook.data.observations import Source, load_sources
from planbook.errors import DataError
from planbook.files import table as tables
from planbook.files.records import Document, Strict, Text


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

    Raises
    ------
    DataError
        For an unknown key or column, a weight that is not above zero, a source
        or an indicator that does not exist, or an id that stands twice.
    """
    sources = load_sources(folder / "sources.yml", root)
    path = folder / "pollutant_equivalents.csv"
    found, problems = tables.records(path, Equivalent, key=["pollutant"], root=root)
    for where, one in found:
        for source in [one.source, *([one.alternative_source] if one.alternative_kg else ())]:
            if source not in sources:
                problems.add(where, f"unknown source '{source}'", "add it to sources.yml there")
        named = filter(None, (one.cut_indicator, *one.emission_indicators))
        _check_known(named, catalog, partial(problems.add, where))
    equivalents = {record.pollutant: record for _, record in found}
    outline = Document(folder / "inventory_lines.yml", root, ["groups", "lines"])
    groups = {str(key[-1]): one for key, one in outline.records(Text, "groups")}
    lines = tuple(_lines(outline, groups, catalog))
    try:
        library = load_library(
            folder,
            lines={one.id: (one.activity, one.near) for one in lines},
            pollutants=equivalents,
            sources=sources,
            root=root,
        )
    except DataError as error:
        raise DataError([*problems, *outline.problems, *error.problems]) from None
    if faults := [*problems, *outline.problems]:
        raise DataError(faults)
    return Factors(equivalents, groups, lines, sources, library)


def _lines(
    outline: Document, groups: Mapping[str, Text], catalog: Catalog
) -> Iterator[InventoryLine]:
    seen: set[str] = set()
    for key, one in outline.records(InventoryLine, "lines"):
        wrong = partial(outline.wrong, (*key, one.id))
        if one.group not in groups:
            wrong(f"no group '{one.group}'", "add it to groups")
        if one.id in seen:
            wrong("the id stands twice", "keep one of them")
        if not one.activity:
            wrong("no activity", "name what the line needs")
        named = filter(None, (*one.activity, *one.near, one.retrofit))
        _check_known(named, catalog, wrong)
        seen.add(one.id)
        yield one


def _check_known(names: Iterable[str], catalog: Catalog, wrong: Callable[[str, str], None]) -> None:
    for one in names:
        if one not in catalog:
            wrong(f"no indicator '{one}'", "mend the id or add it to data/catalog")
