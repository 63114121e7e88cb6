"""Figures that a city's data must hold, read from their sources once more: ``control.csv``.

A pin names one figure by indicator, place, year and source. It says nothing of what is
not there, so whatever is entered later, also a revision, leaves it true.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import Field

from planbook.data import units
from planbook.data.catalog import Catalog
from planbook.data.city import CityData
from planbook.data.observations import FIRST_YEAR, LAST_YEAR, Source
from planbook.data.row_rules import QUALIFIERS, STATUSES
from planbook.errors import PlanbookError, Problem, relative
from planbook.files import table as tables
from planbook.files.records import Strict

NAME = "control.csv"
_SAME = 1e-9  # share by which two spellings of a number may differ


class Pin(Strict):
    """A figure as it was read from its source; in any unit that converts."""

    indicator: str
    entity: str
    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    source: str
    value: float = Field(allow_inf_nan=False)
    unit: str
    status: str = ""
    qualifier: str = ""
    note: str = ""
    note_zh: str = ""

    def __str__(self) -> str:
        return f"{self.indicator} of {self.entity} for {self.year} from '{self.source}'"


def load(
    path: Path,
    catalog: Catalog,
    *,
    entities: Mapping[str, object],
    sources: Mapping[str, Source],
    root: Path | None = None,
) -> list[tuple[str, Pin]]:
    """Read a city's ``control.csv``.

    Parameters
    ----------
    path : pathlib.Path
        May be missing: the file is optional.
    entities, sources : mappings
        What a pin may name.

    Returns
    -------
    list of (str, Pin)
        With the row of each.

    Raises
    ------
    DataError
        With every fault: something unknown, a unit that does not convert, a pin that
        stands twice.
    """
    if not path.exists():
        return []
    key = ("indicator", "entity", "year", "source", "value")
    found, problems = tables.records(path, Pin, key=key, root=root)
    for where, pin in found:
        for rule, remedy in _faults(pin, catalog, entities, sources):
            problems.add(where, rule, remedy)
    problems.stop()
    return found


def _faults(
    pin: Pin, catalog: Catalog, entities: Mapping[str, object], sources: Mapping[str, Source]
) -> Iterator[tuple[str, str]]:
    indicator = catalog.get(pin.indicator)
    if indicator is None or indicator.derive:
        yield f"no observed indicator '{pin.indicator}'", "use an id of data/catalog"
    else:
        try:
            units.factor(pin.unit, indicator.unit)
        except PlanbookError as error:
            yield str(error), f"give the value in {indicator.unit}"
    if pin.entity not in entities:
        yield f"no place '{pin.entity}'", f"use one of {', '.join(entities)}"
    if pin.source not in sources:
        yield f"unknown source '{pin.source}'", "name one of a sources.yml"
    if pin.status and pin.status not in STATUSES:
        yield f"status '{pin.status}' is unknown", f"use one of {', '.join(STATUSES)}"
    if pin.qualifier not in QUALIFIERS:
        yield f"qualifier '{pin.qualifier}' is unknown", "use at_least, at_most or about"
    if bool(pin.note) != bool(pin.note_zh):
        yield "the note stands in one language only", "fill both 'note' and 'note_zh'"


def compare(project: CityData) -> list[Problem]:
    """List the pins that the figures on file of a city do not bear out.

    Returns
    -------
    list of Problem
        In the file's order; none where there is no ``control.csv``.

    Raises
    ------
    DataError
        As for `load`.
    """
    root = project.paths.root
    path = project.paths.city(project.city.id) / NAME
    pins = load(
        path, project.catalog, entities=project.entities, sources=project.sources, root=root
    )
    if not pins:
        return []
    name, places = relative(path, root), ["indicator", "entity", "year", "source"]
    on_file: dict[tuple, list[dict]] = {}
    for row in project.observations.to_dict("records"):
        on_file.setdefault(tuple(row[place] for place in places), []).append(row)
    found = []
    for where, pin in pins:
        rows = on_file.get((pin.indicator, pin.entity, pin.year, pin.source), [])
        factor = units.factor(pin.unit, project.catalog[pin.indicator].unit)
        if fault := _against(pin, rows, pin.value * factor):
            found.append(Problem(name, where, *fault))
    return found


def _against(pin: Pin, rows: list[dict], value: float) -> tuple[str, str] | None:
    """Give rule and remedy where no row is the figure that was read."""
    read = f"read as {pin.value:.15g} {pin.unit}"
    if not rows:
        return (
            f"{pin}, {read}, is not on file",
            "restore it; a later figure stands beside it, with status 'revised' and its date",
        )
    same = [row for row in rows if math.isclose(row["value"], value, rel_tol=_SAME)]
    first = (same or rows)[0]
    spot = f"{first['file']} row {first['row']}"
    if not same:
        return (
            f"{pin}, {read}, is {first['value']:.15g} {first['unit']} in {spot}",
            "look it up in the source, and mend the one that is wrong",
        )
    for field in ("status", "qualifier"):
        wanted = getattr(pin, field)
        if (wanted or field == "qualifier") and all(row[field] != wanted for row in same):
            return (
                f"{field} of {pin} is '{first[field]}' in {spot}, '{wanted}' when it was read",
                "look it up in the source, and mend the one that is wrong",
            )
    return None
