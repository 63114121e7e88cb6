"""Turn the rows of sheets into figures of the catalogue, or say why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from planbook.data.catalog import Indicator
from planbook.intake.faults import Fault, Level, visible
from planbook.intake.meaning import names
from planbook.intake.meaning.agreement import period_and_kind, place_of
from planbook.intake.meaning.entries import Entry
from planbook.intake.meaning.headings import is_unit
from planbook.intake.meaning.names import Names, name_and_unit
from planbook.intake.meaning.origins import Origins
from planbook.intake.meaning.other_rows import unit_of_line
from planbook.intake.meaning.scope import tidy
from planbook.intake.meaning.unit_names import factor_to, is_multiple
from planbook.intake.meaning.values import (
    PER_MILLE,
    Number,
    is_blank,
    read_date,
    read_number,
    read_text,
    read_year,
)
from planbook.intake.reading.grid import Cell
from planbook.intake.reading.refusal import Refused

_SEVERAL = re.compile(r"[、,，;；和及与]|\s*/\s*(?=[%％])")
_LOOK = re.compile(r"见|详|各|如表|所示|see")


@dataclass(frozen=True)
class NewFigure:
    """One figure, ready to be compared with what is known."""

    indicator: str
    entity: str
    year: int
    value: float  # in the catalogue's `unit`
    unit: str  # as in the files of observations
    status: str
    published: str
    source: str
    locator: str
    note: str
    note_zh: str
    qualifier: str
    entry: Entry = field(compare=False)  # where it was read
    given_value: str = field(compare=False, default="")  # what stood there
    given_unit: str = field(compare=False, default="")
    is_total: bool = field(compare=False, default=False)  # whether its place is only called a total

    @property
    def key(self) -> tuple[str, str, int]:
        return self.indicator, self.entity, self.year

    def fault(
        self, rule: str, column: str = "value", level: Level = "error", **details: Any
    ) -> Fault:
        """Make a fault at one of the figure's cells."""
        cell = self.entry.place(column)
        return Fault(rule, self.entry.file, self.entry.sheet, cell.ref, visible(cell.text),
                     level, details)  # fmt: skip


T = TypeVar("T")


class _Row:
    """One row while it is read: what could not be read is told, not raised."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.faults: list[Fault] = []

    def attempt(self, column: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Refused as refused:
            self.tell(refused.rule, column, **refused.details)
            return None

    def text(self, column: str) -> str | None:
        return self.attempt(column, lambda: read_text(self.entry.cells.get(column)))

    def tell(self, rule: str, column: str, level: Level = "error", **details: Any) -> None:
        cell = self.entry.place(column)
        self.faults.append(Fault(rule, self.entry.file, self.entry.sheet, cell.ref,
                                 visible(cell.text), level, details))  # fmt: skip


def resolve(
    entry: Entry, known: Names, origins: Origins, department: str = ""
) -> tuple[NewFigure | None, list[Fault]]:
    """Understand one row."""
    if is_blank(entry.cells["value"]):
        return None, []
    row, cells = _Row(entry), entry.cells
    attempt = row.attempt
    for name in ("title_zh", "title_en"):  # a form that was sorted or typed over
        title = cells.get(name)
        if title and not known.same_indicator([title.text, _text(entry, "indicator")]):
            row.tell("names_disagree", name, other=visible(_text(entry, "indicator")))
    indicator = attempt("indicator", lambda: known.indicator(_named(entry, "indicator")))
    placed = attempt("entity", lambda: place_of(entry, known, indicator))
    year = attempt("year", lambda: read_year(cells.get("year")))
    number = attempt("value", lambda: read_number(cells["value"]))
    status = attempt("status", lambda: names.status(read_text(cells.get("status"))))
    published = attempt("published", lambda: read_date(cells.get("published")))
    marked = attempt("qualifier", lambda: names.qualifier(_mark(cells.get("qualifier"))))
    locator, note, note_zh = (row.text(name) for name in ("locator", "note", "note_zh"))
    source: str | None = None
    if indicator is not None:
        holder, said = department or indicator.department, cells.get("source")
        source = attempt(
            "source", lambda: origins.key_of(said, holder, published or "", entry.default_source)
        )
    if number is not None and marked and number.qualifier and number.qualifier != marked:
        row.tell("two_marks", "qualifier")
    value, given_unit = None, ""
    if indicator is not None and number is not None:
        at = "value" if number.unit or number.multiplier else "unit"
        measured, wanted = number, indicator
        unit = attempt(at, lambda: _unit(entry, measured, wanted))
        if unit is not None:
            given_unit = unit
            value = attempt(at, lambda: to_unit(measured.value, given_unit, wanted.unit))
    try:
        row.faults += period_and_kind(entry, known, year, indicator)
    except Refused as refused:  # a formula or markup where a word was looked for
        row.faults.append(Fault(refused.rule, entry.file, entry.sheet, entry.place("period").ref,
                                details=refused.details))  # fmt: skip
    row.faults += placed[1] if placed is not None else []
    if any(fault.level == "error" for fault in row.faults):
        return None, row.faults
    assert indicator and placed and year and number and value is not None  # else an error is told
    assert not {status, published, source, locator, note, note_zh, marked} & {None}
    if cells["value"].after == PER_MILLE:
        row.tell("per_mille_shown", "value", "question")
    day = published or ""
    if day[:4] == str(year) and day[5:7] not in ("", "12"):
        row.tell("published_within", "published", "hint")
    if note != note_zh and not (note and note_zh):
        note = note_zh = note or note_zh  # told in the preview, not translated by guess
        row.tell("note_one_language", "note" if "note" in cells else "note_zh", "hint")
    figure = NewFigure(
        indicator.id, placed[0].entity, year, value, indicator.unit, status or "", day,
        source or "", locator or "", note or "", note_zh or "",
        qualifier=number.qualifier or marked or "", entry=entry,
        given_value=visible(cells["value"].text), given_unit=given_unit,
        is_total=placed[0].is_total,
    )  # fmt: skip
    return figure, row.faults


def _text(entry: Entry, name: str) -> str:
    cell = entry.cells.get(name)
    return cell.text if cell is not None else ""


def _named(entry: Entry, name: str) -> str:
    text = read_text(entry.cells.get(name))
    if not text:
        raise Refused("indicator_missing")
    return text


def _mark(cell: Cell | None) -> str:
    if cell is None or is_blank(cell):
        return ""
    return cell.text if cell.text.strip() in "≥≤≈" else read_text(cell)


def _unit(entry: Entry, number: Number, indicator: Indicator) -> str:
    """Give the unit that a figure states: beside the number, in its column, in a heading, above.

    All that is stated must come to the same.
    """
    cell = entry.cells.get("unit")
    own = read_text(cell) if cell is not None and cell.kind != "p" and not is_blank(cell) else ""
    name_unit = name_and_unit(_text(entry, "indicator"))[1]
    wanted = indicator.unit
    noted = [_unit_of_note(_text(entry, name)) for name in ("note", "note_zh")]
    stated = [one for one in (number.unit, own, name_unit, *entry.units, *noted) if one]
    stated = [unit for one in stated if (unit := _one_of(one, wanted, bool(own or number.unit)))]
    if not stated:
        raise Refused("unit_missing", wanted=wanted)
    first = stated[0]
    for other in stated[1:]:
        if _factor(other, wanted) != _factor(first, wanted):
            raise Refused("two_units", first=first, second=other)
    shown = entry.cells["value"].after  # what the number format writes beside the number
    if number.multiplier and shown:  # 0"万" shows 310 as 310万
        raise Refused("scaled_format")
    if shown and is_multiple(shown) and any(map(is_multiple, stated[1:])):
        raise Refused("scaled_format")
    if number.multiplier and is_multiple(first):
        raise Refused("multiplier_twice", multiplier=number.multiplier, unit=first)
    return first


def _unit_of_note(text: str) -> str:
    """Give the unit that a note of the row states, as 单位吨 or 吨 alone."""
    return text.strip() if text and is_unit(text.strip()) else unit_of_line(tidy(text))


def _one_of(stated: str, wanted: str, has_own: bool) -> str:
    """Choose of a line such as ``单位：万吨、%`` the unit that measures what is wanted.

    Where the row has a unit of its own, a line that only says to look there (见表) is none.
    """
    if is_unit(stated) or not _SEVERAL.search(stated):
        return "" if has_own and _LOOK.search(stated) else stated
    found = [one.strip() for one in _SEVERAL.split(stated) if one.strip()]
    fits = [one for one in found if isinstance(_factor(one, wanted), float)]
    if len({_factor(one, wanted) for one in fits}) == 1:
        return fits[0]
    return "" if has_own else stated


def _factor(unit: str, wanted: str) -> float | str:
    """Give what a unit comes to, or why it does not, so that two can be set side by side."""
    try:
        return factor_to(unit, wanted)
    except Refused as refused:
        return refused.rule if refused.rule == "unit_dimension" else unit


def to_unit(value: float, unit: str, wanted: str) -> float:
    """Convert a value that a department gives in `unit` into the catalogue's unit.

    Raises `Refused`.
    """
    factor = factor_to(unit, wanted)
    return value if factor == 1.0 else float(f"{value * factor:.12g}")
