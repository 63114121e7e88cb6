"""Header rows: which column holds what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from planbook.intake.meaning.headings import Heading, read_heading
from planbook.intake.reading.grid import Cell

_OBSERVATION = ("indicator", "entity", "year", "value", "unit", "status", "published", "source",
                "locator", "note", "note_zh", "qualifier")  # fmt: skip


@dataclass
class Head:
    """A header row: the column of each field, the columns that are years, the others."""

    row: int
    columns: dict[str, int] = field(default_factory=dict)
    years: dict[int, Cell] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    odd: dict[int, str] = field(default_factory=dict)
    beside: set[int] = field(default_factory=set)
    twice: dict[str, list[int]] = field(default_factory=dict)
    cells: Mapping[int, Cell] = field(default_factory=dict)

    @property
    def used(self) -> set[int]:
        return {*self.columns.values(), *self.years}

    @property
    def values(self) -> set[int]:
        """The columns in which figures stand."""
        return set(self.years) or {self.columns["value"]}


def read_head(number: int, cells: Mapping[int, Cell], is_template: bool = False) -> Head | None:
    """Read one row as a header; None where it is none."""
    head = Head(number, cells=cells)
    for column, cell in cells.items():
        if cell.kind not in "sn":
            continue
        said = read_heading(cell.before + cell.text + cell.after)
        if not said.field or (said.field in ("shown", "title_en") and not is_template):
            continue
        if said.field in ("beside", "shown"):
            head.beside.add(column)
            continue
        if said.field == "title_zh" and not is_template:
            said = Heading("indicator")
        if said.field.isdigit():
            if any(one.text == said.field for one in head.years.values()):
                head.twice.setdefault(said.field, []).append(column)
            head.years[column] = Cell(cell.row, column, "s", said.field)
        elif said.field in head.columns:
            head.twice.setdefault(said.field, [head.columns[said.field]]).append(column)
        else:
            head.columns[said.field] = column
        _note_brackets(head, column, said)
    fields = [one for one in head.columns if one in _OBSERVATION]
    is_long = "indicator" in fields and "value" in fields
    is_wide = "indicator" in fields and bool(head.years)
    if not (is_long or is_wide) or (is_long and len(fields) < 3 and not head.years):
        return None
    return head


def _note_brackets(head: Head, column: int, said: Heading) -> None:
    if said.unit:
        head.units[column] = said.unit
    if said.odd:
        head.odd[column] = said.odd


def recognises(cells: Iterable[str]) -> bool:
    """Tell whether the texts of a row are a header; the reader of tables asks."""
    row = {number: Cell(1, number, "s", text) for number, text in enumerate(cells, 1) if text}
    return read_head(1, row) is not None
