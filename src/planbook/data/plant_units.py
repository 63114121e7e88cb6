"""Single units of plants, each counted once: load and check a city's ``units.csv``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from planbook.data import units
from planbook.data.catalog import Catalog
from planbook.data.observations import FIRST_YEAR, LAST_YEAR, Source
from planbook.files import table as tables
from planbook.files.records import Strict

OPERATING, BUILDING, PLANNED = "operating", "building", "planned"


class PlantUnit(Strict):
    """One unit of a plant, a row of ``units.csv``.

    Attributes
    ----------
    indicator : str
        Of the capacity that the unit is, or will be, a part of.
    number : str
        Of the unit within its plant.
    status : {'operating', 'building', 'planned'}
        As known on `status_date`.
    start_year : int or None
        Year in which it began to run; expected, where it does not run yet.
    source : str
        Several, separated by spaces.
    """

    id: str
    indicator: str
    entity: str
    name_en: str
    name_zh: str
    number: str
    quantity: float = Field(gt=0)
    unit: str
    status: Literal["operating", "building", "planned"]
    status_date: str = Field(pattern=r"^(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")
    start_year: int | None = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    source: str
    locator: str
    note_en: str = ""
    note_zh: str = ""

    @model_validator(mode="after")
    def _begun(self) -> PlantUnit:
        if self.status != OPERATING:
            return self
        if self.start_year is None:
            raise ValueError("a unit that operates has a start_year")
        if self.start_year > int(self.status_date[:4]):
            raise ValueError(f"operates since {self.start_year}, after {self.status_date}")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources, one by one."""
        return tuple(self.source.split())

    def comes_after(self, year: int) -> bool:
        """Whether a capacity of the end of `year` does not hold the unit, but is to."""
        start = self.start_year if self.status == OPERATING else None
        begun = start is not None and start <= year
        return not begun and self.status != PLANNED


def load_units(
    path: Path,
    *,
    catalog: Catalog,
    entities: Collection[str],
    sources: Mapping[str, Source],
    root: Path | None = None,
) -> dict[str, PlantUnit]:
    """Read and check ``units.csv``; a city need not have one.

    Parameters
    ----------
    entities : collection of str
        The city and its counties.

    Raises
    ------
    DataError
        For a wrong cell, an unknown indicator, place, unit or source, and for a unit
        that stands twice, under one id or under two.
    """
    if not path.exists():
        return {}
    rows, problems = tables.records(path, PlantUnit, key=["id"], dates=["status_date"], root=root)
    problems.stop()
    seen: dict[tuple[str, str, str], str] = {}
    for where, one in rows:
        wrong = partial(problems.add, where)
        if one.indicator not in catalog:
            wrong(f"no indicator '{one.indicator}'", "mend the id or add it to data/catalog")
        elif one.unit not in units.UNITS or (
            units.UNITS[one.unit][0] != units.UNITS[catalog[one.indicator].unit][0]
        ):
            fits = f"{catalog[one.indicator].unit} of '{one.indicator}'"
            wrong(f"unit '{one.unit}' does not fit {fits}", "mend the unit")
        if one.entity not in entities:
            wrong(f"no place '{one.entity}'", f"use one of {', '.join(entities)}")
        for source in one.sources or ("",):
            if source not in sources:
                wrong(f"unknown source '{source}'", "add it to sources.yml")
        # the same unit under another id would count twice; either name gives it away
        for title in dict.fromkeys((one.name_en, one.name_zh)):
            key = (one.indicator, title.casefold(), one.number)
            if key in seen:
                wrong(f"unit {one.number} of '{title}' stands in {seen[key]}, too", "keep one row")
                break
        for title in (one.name_en, one.name_zh):
            seen.setdefault((one.indicator, title.casefold(), one.number), where)
    problems.stop()
    return {one.id: one for _, one in rows}


def capacity(chosen: Collection[PlantUnit], unit: str) -> float:
    """Add up units, in `unit`."""
    return sum(one.quantity * units.factor(one.unit, unit) for one in chosen)
