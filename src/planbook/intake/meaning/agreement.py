"""Whether what stands around a figure agrees with how it is read: place, period, kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planbook.data.catalog import Indicator
from planbook.intake.faults import Fault, Level, visible
from planbook.intake.meaning.entries import Entry, Said
from planbook.intake.meaning.names import Names, is_total, plain
from planbook.intake.meaning.scope import OUTSIDE, PART, WIDER, Mention, is_observed, is_whole_year
from planbook.intake.meaning.values import is_blank, read_text
from planbook.intake.reading.grid import Cell
from planbook.intake.reading.refusal import Refused

_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")  # of sources.yml: no words of an office
_SOFT = ("note", "source")  # what stands there is looked at, but does not name the figures
_OFFICIAL = ("约束性", "预期性", "约束性指标", "预期性指标")  # how plans class their indicators


@dataclass(frozen=True)
class Place:
    """Whose figure it is."""

    entity: str
    is_total: bool = False  # only called a total, which must be shown to be the city's


def place_of(
    entry: Entry, known: Names, indicator: Indicator | None = None
) -> tuple[Place, list[Fault]]:
    """Find the place of a figure: in its own cell, else by what stands around the table.

    Raises `Refused` if a place is blank in a table that has a column of places, or unknown.
    """
    cell = entry.cells.get("entity")
    if entry.has_place:
        text = read_text(cell) if not is_blank(cell) else ""
        entity = known.entity(text)
        place = Place(entity, is_total(text))
        return place, _disagreements(entry, known, entity, indicator)
    named: dict[str, tuple[Said, Mention]] = {}
    faults = []
    for said, one in _mentions(entry, known, "place", indicator):
        if said.where in _SOFT:
            faults.append(_about(entry, said, "scope_place_note", "warning", words=one.words))
        elif one.place in (OUTSIDE, PART, WIDER):
            faults.append(_about(entry, said, "scope_place", words=one.words))
        else:
            named.setdefault(one.place, (said, one))
    if len(named) > 1:
        raise Refused("place_several", places=", ".join(one.words for _, one in named.values()))
    for entity, (said, one) in named.items():
        faults.append(_about(entry, said, "scope_county", words=one.words))
        return Place(entity), faults
    return Place(known.city), faults


def _disagreements(
    entry: Entry, known: Names, entity: str, indicator: Indicator | None
) -> list[Fault]:
    """Find places around a table that are not the one the row itself names."""
    found: dict[str, list[tuple[Said, Mention]]] = {}
    for said, one in _mentions(entry, known, "place", indicator):
        found.setdefault(one.place, []).append((said, one))
    faults = []
    counties = [place for place in found if place not in (OUTSIDE, PART, WIDER)]
    for place, where in found.items():
        said, one = where[0]
        if place in counties and entity in counties:
            continue
        if place == PART and entity != known.city:
            continue
        soft = all(said.where in _SOFT for said, _ in where)
        rule = "scope_place_note" if soft else "scope_place_row"
        faults.append(_about(entry, said, rule, "warning" if soft else "question",
                             words=one.words, place=entity))  # fmt: skip
    return faults


def period_and_kind(
    entry: Entry, known: Names, year: int | None, indicator: Indicator | None
) -> list[Fault]:
    """Find what says that a figure is of part of a year, planned, a rate or a sample."""
    faults = [*_column(entry, known, "period"), *_column(entry, known, "nature")]
    for kind in ("period", "kind", "year"):
        told = set()  # one fault a text, however often it says so
        for said, one in _mentions(entry, known, kind, indicator, year):
            if said in told or _is_covered(one, entry, year):
                continue
            told.add(said)
            soft = said.where in _SOFT
            rule = f"scope_{kind}_note" if soft else f"scope_{kind}"
            faults.append(_about(entry, said, rule, "warning" if soft else "question",
                                 words=one.words))  # fmt: skip
    return faults


def _is_covered(one: Mention, entry: Entry, year: int | None) -> bool:
    """Tell whether years that are named do no harm: a table of several, or one to come."""
    if year is None or not one.years:
        return False
    if one.kind == "year":  # a title of 2026 may well stand above figures of 2025
        return one.years[0] >= year or entry.is_series
    first, last = one.years
    return first <= year <= last and entry.is_series


def _column(entry: Entry, known: Names, name: str) -> list[Fault]:
    """Read the row's own cell in a column of periods or kinds."""
    cell = entry.cells.get(name)
    if is_blank(cell) or cell is None:
        return []
    text = read_text(cell)
    if name == "period":
        if is_whole_year(text) or is_observed(text):
            return []
        return [_of(entry, cell, "part_of_year")]
    if is_observed(text) or plain(text) in _OFFICIAL or is_whole_year(text):
        return []
    if known.scopes.find(text):
        return [_of(entry, cell, "not_observed")]
    return [_of(entry, cell, "nature_unknown", "unread")]


def _mentions(
    entry: Entry, known: Names, kind: str, indicator: Indicator | None, year: int | None = None
) -> Iterator[tuple[Said, Mention]]:
    """Find what the texts around a figure say of it, beside what its indicator says itself.

    A name of the indicator says nothing more. A part of it, such as rural, repeats what is
    so; but a province or another place named by itself is no part of a name.
    """
    names = known.names_of(indicator) if indicator else ()
    same = known.said_by(indicator) if indicator else frozenset()
    own = [
        Said({"source": "source", "office": "sender"}.get(name, "note"), cell.text, cell)
        for name in ("source", "note", "note_zh", "locator", "office")
        if (cell := entry.cells.get(name)) is not None
        and cell.kind == "s"
        and not _KEY.fullmatch(cell.text.strip())
    ]
    own += [Said("note", cell.comment, cell) for cell in entry.cells.values() if cell.comment]
    own += [Said("note", cell.text, cell) for cell in entry.beside if kind == "period"]
    for said in (*entry.said, *own):
        for one in known.scopes.find(said.text, said.where, year, names):
            if one.kind == kind and (one.kind, one.place, one.words) not in same:
                yield said, one


def _of(entry: Entry, cell: Cell, rule: str, level: Level = "error", **details: Any) -> Fault:
    return Fault(rule, entry.file, entry.sheet, cell.ref, visible(cell.text), level, details)


def _about(entry: Entry, said: Said, rule: str, level: Level = "question", **details: Any) -> Fault:
    where = {"en": _WHERE[said.where][0], "zh": _WHERE[said.where][1]}
    cell = said.cell.ref if said.cell else ""
    sheet = "" if said.where == "file" else entry.sheet
    return Fault(rule, entry.file, sheet, cell, visible(said.text), level,
                 {"where": where, **details})  # fmt: skip


_WHERE = {
    "file": ("the name of the file", "文件名"),
    "sheet": ("the name of the sheet", "工作表名称"),
    "title": ("a line above the table", "表头上方文字"),
    "sender": ("the line that says who reports", "填报单位"),
    "section": ("a heading between the rows", "行间标题"),
    "note": ("a note", "附注"),
    "source": ("the source", "数据来源"),
}
