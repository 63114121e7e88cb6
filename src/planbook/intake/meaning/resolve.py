"""Turn the rows of sheets into figures of the catalogue, or say why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from planbook.data.catalog import Indicator
from planbook.intake.faults import Fault, visible
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
TEXTS = ("locator", "note", "note_zh")


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

    def fault(self, rule: str, column: str = "value", level: str = "error", **details) -> Fault:
        """Make a fault at one of the figure's cells."""
        cell = self.entry.place(column)
        return Fault(rule, self.entry.file, self.entry.sheet, cell.ref, visible(cell.text),
                     level, details)  # fmt: skip


def resolve(
    entry: Entry, known: Names, origins: Origins, department: str = ""
) -> tuple[NewFigure | None, list[Fault]]:
    """Understand one row."""
    faults: list[Fault] = []

    def attempt(column: str, read: Callable[[], object]) -> object | None:
        try:
            return read()
        except Refused as refused:
            cell = entry.place(column)
            faults.append(Fault(refused.rule, entry.file, entry.sheet, cell.ref,
                                visible(cell.text), details=refused.details))  # fmt: skip
            return None

    if is_blank(entry.cells["value"]):
        return None, []
    for name in ("title_zh", "title_en"):  # a form that was sorted or typed over
        cell = entry.cells.get(name)
        if cell is not None and not known.same_indicator([cell.text, _text(entry, "indicator")]):
            faults.append(Fault("names_disagree", entry.file, entry.sheet, cell.ref,
                                visible(cell.text),
                                details={"other": visible(_text(entry, "indicator"))}))  # fmt: skip
    indicator = attempt("indicator", lambda: known.indicator(_named(entry, "indicator")))
    placed = attempt("entity", lambda: place_of(entry, known, indicator))
    year = attempt("year", lambda: read_year(entry.cells.get("year")))
    number = attempt("value", lambda: read_number(entry.cells["value"]))
    status = attempt("status", lambda: names.status(read_text(entry.cells.get("status"))))
    published = attempt("published", lambda: read_date(entry.cells.get("published")))
    marked = attempt("qualifier", lambda: names.qualifier(_mark(entry.cells.get("qualifier"))))
    texts = {
        name: attempt(name, lambda name=name: read_text(entry.cells.get(name))) for name in TEXTS
    }
    source = value = None
    if indicator is not None:
        holder = department or indicator.department
        source = attempt(
            "source",
            lambda: origins.key_of(
                entry.cells.get("source"), holder, published or "", entry.default_source
            ),
        )
    if number is not None and marked and number.qualifier and number.qualifier != marked:
        attempt("qualifier", lambda: _refuse("two_marks"))
    given_unit = ""
    if indicator is not None and number is not None:
        at = "value" if number.unit or number.multiplier else "unit"
        unit = attempt(at, lambda: _unit(entry, number, indicator))
        if unit is not None:
            given_unit = unit
            value = attempt(at, lambda: to_unit(number.value, unit, indicator.unit))
    try:
        around = period_and_kind(entry, known, year, indicator)
    except Refused as refused:  # a formula or markup where a word was looked for
        around = [Fault(refused.rule, entry.file, entry.sheet, entry.place("period").ref,
                        details=refused.details)]  # fmt: skip
    faults += around
    if placed is not None:
        faults += placed[1]
    if any(fault.level == "error" for fault in faults):
        return None, faults
    if entry.cells["value"].after == PER_MILLE:
        cell = entry.cells["value"]
        faults.append(Fault("per_mille_shown", entry.file, entry.sheet, cell.ref,
                            visible(cell.text), "question"))  # fmt: skip
    place = placed[0]
    if published[:4] == str(year) and published[5:7] not in ("", "12"):
        cell = entry.place("published")
        faults.append(Fault("published_within", entry.file, entry.sheet, cell.ref,
                            visible(cell.text), "hint"))  # fmt: skip
    if texts["note"] != texts["note_zh"] and not (texts["note"] and texts["note_zh"]):
        one = texts["note"] or texts["note_zh"]  # told in the preview, not translated by guess
        texts["note"] = texts["note_zh"] = one
        at = "note" if "note" in entry.cells else "note_zh"
        cell = entry.place(at)
        faults.append(Fault("note_one_language", entry.file, entry.sheet, cell.ref,
                            visible(cell.text), "hint"))  # fmt: skip
    figure = NewFigure(
        indicator.id, place.entity, year, value, indicator.unit, status, published, source,
        **texts, qualifier=number.qualifier or marked, entry=entry,
        given_value=visible(entry.cells["value"].text), given_unit=given_unit,
        is_total=place.is_total,
    )  # fmt: skip
    return figure, faults


def _text(entry: Entry, name: str) -> str:
    cell = entry.cells.get(name)
    return cell.text if cell is not None else ""


def _refuse(rule: str) -> None:
    raise Refused(rule)


def _named(entry: Entry, name: str) -> str:
    text = read_text(entry.cells.get(name))
    if not text:
        raise Refused("indicator_missing")
    return text


def _mark(cell: Cell | None) -> str:
    return (
        "" if is_blank(cell) else read_text(cell) if cell.text.strip() not in "≥≤≈" else cell.text
    )


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
