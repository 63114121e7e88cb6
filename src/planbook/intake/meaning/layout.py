"""Find the tables in a sheet and what each cell with content is there for.

Every cell gets one role: a figure; something a figure is read with; decoration that is
recognised as such; or none, and then it is named as not understood. Nothing is left out
because no rule thought of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from planbook.intake.faults import Fault, Level, visible
from planbook.intake.meaning import other_rows as rows
from planbook.intake.meaning.entries import (
    DECORATION,
    FIGURE,
    READ_WITH,
    Entry,
    Knows,
    Said,
    Table,
    unread,
)
from planbook.intake.meaning.headings import is_yearish
from planbook.intake.meaning.heads import Head, read_head
from planbook.intake.meaning.lines import Lines
from planbook.intake.meaning.scope import simple, tidy
from planbook.intake.meaning.values import clean, is_blank
from planbook.intake.reading import limits
from planbook.intake.reading.grid import Cell, Grid, letters
from planbook.intake.reading.refusal import Refused

_STRAY = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?\s*[%％\u4e00-\u9fffa-zA-Z]{0,4}")
_CODE = re.compile(r"[A-Za-z]{0,4}[-_.]?\d[\dA-Za-z_.-]*")  # A01-6, 520281: an office's own key


def find_table(grid: Grid, knows: Knows, around: tuple[Said, ...] = ()) -> Table | None:
    """Find the tables of a sheet and tell what every cell is for."""
    every = grid.rows()
    heads = _heads(every, knows.is_template)
    if not heads:
        return None
    table = Table()
    table.layout = _layout(grid, heads)
    table.columns = set(heads[0].columns)
    starts = [head.row for head in heads]
    above = {number: cells for number, cells in every.items() if number < starts[0]}
    first = Lines(grid, knows, table)
    first.read_title(above)
    first.said += _pinned(cell for cells in above.values() for cell in cells.values())
    lines = first
    for place, head in enumerate(heads):
        end = starts[place + 1] if place + 1 < len(starts) else None
        body: dict[int, Mapping[int, Cell]] = {
            number: cells
            for number, cells in every.items()
            if number > head.row and (end is None or number < end)
        }
        titles = _titles_of_next(head, body) if end else {}
        for number in titles:
            del body[number]
        _Block(grid, knows, table, head, lines, around).read(body)
        if end:  # a table below has titles, units and a sender of its own
            lines = Lines(grid, knows, table, tuple(first.said), lines.units)
            lines.read_title(titles)
    return table


def _titles_of_next(
    head: Head, body: Mapping[int, Mapping[int, Cell]]
) -> dict[int, Mapping[int, Cell]]:
    """Give the lines between the last figure of a table and the header of the next one."""
    figures = [number for number, cells in body.items() if head.values & set(cells)]
    last = max(figures, default=head.row)
    found: dict[int, Mapping[int, Cell]] = {}
    for number, cells in body.items():
        texts = [tidy(cell.text) for cell in cells.values()]
        is_below = any(rows.is_note(one) or rows.source_of_line(one) for one in texts)
        if number > last and not is_below:
            found[number] = cells
    return found


def _heads(every: Mapping[int, Mapping[int, Cell]], is_template: bool) -> list[Head]:
    found: list[Head] = []
    for number, cells in every.items():
        if not found and number > limits.MAX_HEADER_ROW:
            break
        if head := read_head(number, cells, is_template):
            found.append(head)
    return found


def _pinned(cells: Iterable[Cell]) -> list[Said]:
    """Give what is pinned to cells, such as a comment on a heading."""
    return [Said("note", cell.comment, cell) for cell in cells if cell.comment]


def _layout(grid: Grid, heads: list[Head]) -> str:
    words = [
        re.sub(r"\d+", "#", simple(cell.text)) for head in heads for cell in head.cells.values()
    ]
    return "|".join([re.sub(r"\d+", "#", simple(grid.sheet)), *sorted(words)])


@dataclass(frozen=True)
class _Draft:
    """A figure of a block before what stands below it is known."""

    row: int
    cells: dict[str, Cell]
    units: tuple[str, ...]
    said: tuple[Said, ...]
    beside: tuple[Cell, ...]


class _Block:
    """One header and the rows below it."""

    def __init__(
        self, grid: Grid, knows: Knows, table: Table, head: Head, lines: Lines,
        around: tuple[Said, ...],
    ) -> None:  # fmt: skip
        self.grid, self.knows, self.table = grid, knows, table
        self.head, self.lines, self.around = head, lines, around
        self.section: list[Said] = []
        self.drafts: list[_Draft] = []
        self.source: Cell | None = None
        self.notes: list[Said] = []

    def read(self, body: dict[int, Mapping[int, Cell]]) -> None:
        """Give roles to the cells of the block, and its entries and faults to the table."""
        self._settle_twice(body)
        self._settle_office(body)
        if faults := self._head_faults():
            self.table.faults += faults
            self._take_block(body)
            return
        self._take_head()
        figure_rows = []
        for number, cells in body.items():
            if self._read_row(number, cells):
                figure_rows.append(number)
        self._form_faults(body, figure_rows)
        self._left_over(body)
        said = (*self.around, *self.lines.said, *_pinned(self.head.cells.values()))
        # a unit line with no figure below it speaks of those above, as a note does
        below = tuple(self.lines.fresh) if self.drafts else ()
        if self.drafts:
            self.lines.fresh = []
        if self.section and (not self.drafts or self.drafts[-1].said != tuple(self.section)):
            self.notes += [Said("note", one.text, one.cell) for one in self.section]
        years = {draft.cells["year"].text for draft in self.drafts if "year" in draft.cells}
        for draft in self.drafts:
            self.table.entries.append(
                Entry(self.grid.file, self.grid.sheet, draft.row, draft.cells,
                      (*draft.units, *below), (*said, *draft.said, *self.notes),
                      "entity" in self.head.columns, self.source, draft.beside, len(years) > 1)
            )  # fmt: skip

    def _settle_twice(self, body: Mapping[int, Mapping[int, Cell]]) -> None:
        """Of two columns of indicators or places take the one whose names are known."""
        for name, known in (("indicator", self.knows.indicator), ("entity", self.knows.place)):
            columns = self.head.twice.get(name)
            if not columns:
                continue
            counts = {
                column: sum(known(row[column].text) for row in body.values() if column in row)
                for column in columns
            }
            best = max(counts.values())
            chosen = [column for column in columns if counts[column] == best]
            others = [column for column in columns if not counts[column]]
            codes = [column for column in others if self._is_codes(column, body)]
            if best and len(chosen) == 1 and len(others) == len(columns) - 1:
                self.head.columns[name] = chosen[0]
                self.head.beside |= set(codes)  # the others are named as not understood
                del self.head.twice[name]
            elif best and name == "indicator" and self._agree(columns, body):
                self.head.beside |= set(columns) - {self.head.columns[name]}
                del self.head.twice[name]

    def _is_codes(self, column: int, body: Mapping[int, Mapping[int, Cell]]) -> bool:
        texts = [
            tidy(row[column].text)
            for row in body.values()
            if column in row and self.head.values & set(row)
        ]
        return bool(texts) and all(_CODE.fullmatch(one) for one in texts)

    def _agree(self, columns: list[int], body: Mapping[int, Mapping[int, Cell]]) -> bool:
        """Tell whether two columns name the same indicator in each row, as code and title do."""
        return all(
            self.knows.same([row[column].text for column in columns if column in row])
            for row in body.values()
        )

    def _settle_office(self, body: Mapping[int, Mapping[int, Cell]]) -> None:
        """Take a column of offices for the places, where it names nothing but places."""
        column = self.head.columns.get("office")
        if column is None or "entity" in self.head.columns:
            return
        cells = [row[column] for row in body.values() if column in row]
        if cells and all(self.knows.place(cell.text) for cell in cells):
            self.head.columns["entity"] = self.head.columns.pop("office")

    def _fault(self, rule: str, cell: Cell, level: Level = "error", **details: Any) -> Fault:
        return Fault(rule, self.grid.file, self.grid.sheet, cell.ref, visible(cell.text), level,
                     details)  # fmt: skip

    def _head_faults(self) -> list[Fault]:
        head = self.head
        faults = [
            self._fault("header_twice", head.cells[column], name=head.cells[column].text.strip())
            for columns in head.twice.values()
            for column in columns[-1:]
        ]
        if head.years and ("year" in head.columns or "value" in head.columns):
            cell = next(iter(head.years.values()))
            faults.append(self._fault("layout_mixed", head.cells[cell.column]))
        elif not head.years and "year" not in head.columns:
            faults.append(Fault("header_missing", self.grid.file, self.grid.sheet, f"A{head.row}",
                                details={"name": {"en": "year", "zh": "年份"}}))  # fmt: skip
        for cell in head.cells.values():
            try:
                clean(cell.text)
            except Refused as refused:
                faults.append(self._fault(refused.rule, cell, **refused.details))
        return faults

    def _take_block(self, body: Mapping[int, Mapping[int, Cell]]) -> None:
        """Count the cells of a block that is refused as a whole among what it is read with."""
        self.lines.take(self.head.cells.values(), READ_WITH)
        for cells in body.values():
            self.lines.take(cells.values(), READ_WITH)

    def _take_head(self) -> None:
        for column, cell in self.head.cells.items():
            if column in self.head.used:
                self.lines.take([cell], READ_WITH)
            elif column in self.head.beside:
                self.lines.take([cell], DECORATION)

    def _read_row(self, number: int, cells: Mapping[int, Cell]) -> bool:
        """Give roles to a row's cells; tell whether figures stand in it."""
        head = self.head
        values = [cells[column] for column in head.values if column in cells]
        named = {name: cells[column] for name, column in head.columns.items() if column in cells}
        if rows.is_counting(cells) and not self._names_indicator(named):
            self.lines.take(cells.values(), DECORATION)
            return False
        if self._is_form_row(cells):
            self.lines.line(cells)
            return False
        if len(cells) == 1 and values and not rows.is_words(values):
            return False  # a number by itself: no row of this table, so not understood
        if not values or (len(cells) == 1 and not self._names_indicator(named)):
            if self._read_line(cells, named):
                return False
            if not values:
                self._take_fields(cells)
                self._look_for_strays(cells)
                return False
        self._long_row(number, cells, values)
        self._take_fields(cells)
        if all(is_blank(cell) for cell in values):
            self._look_for_strays(cells)
        own = (*self.section,)
        for column in sorted(head.values):
            if column not in cells:
                continue
            cell = cells[column]
            self.table.roles[cell.row, column] = READ_WITH if is_blank(cell) else FIGURE
            stated = (
                head.units.get(column),
                *(head.units.get(head.columns.get(name, -1)) for name in ("unit", "indicator")),
            )
            units = tuple(filter(None, (*stated, *self.lines.settle())))
            year = {"value": cell, "year": head.years[column]} if head.years else {}
            entry = {**named, **year}
            if column in head.odd and not is_blank(cell):
                self.table.faults.append(
                    self._fault("heading_brackets", head.cells[column], found=head.odd[column])
                )
            beside = tuple(cells[one] for one in sorted(head.beside & set(cells)))
            self.drafts.append(_Draft(number, entry, units, own, beside))
        for name, column in head.columns.items():
            if column in head.odd and values and self._changes(name, head.odd[column]):
                self.table.faults.append(
                    self._fault("heading_brackets", head.cells[column], found=head.odd[column])
                )
        return any(not is_blank(cell) for cell in values)

    def _changes(self, name: str, odd: str) -> bool:
        """Tell whether words in the brackets of a heading say of what its figures are."""
        return name in ("year", "entity") or any(
            one.kind != "year" for one in self.knows.scopes.find(odd, "heading")
        )

    def _speaks(self, text: str) -> bool:
        return bool(self.knows.scopes.find(text, "section"))

    def _is_form_row(self, cells: Mapping[int, Cell]) -> bool:
        """Tell whether every cell is a line of the form, or stands behind the label of one."""
        is_label = False
        for cell in cells.values():
            text = tidy(cell.text)
            is_line = cell.kind == "s" and rows.is_form_line(text)
            if not is_line and not is_label:
                return False
            is_label = is_line and text.endswith(":")
        return True

    def _look_for_strays(self, cells: Mapping[int, Cell]) -> None:
        """Leave without a role a number that stands beside a blank value, not in it."""
        for name in ("unit", "note", "note_zh", "status", "qualifier"):
            cell = cells.get(self.head.columns.get(name, -1))
            if cell is not None and _STRAY.fullmatch(tidy(cell.text)):
                del self.table.roles[cell.row, cell.column]

    def _names_indicator(self, named: Mapping[str, Cell]) -> bool:
        return "indicator" in named and self.knows.indicator(named["indicator"].text)

    def _take_fields(self, cells: Mapping[int, Cell]) -> None:
        for column, cell in cells.items():
            if column in self.head.used:
                self.lines.take([cell], READ_WITH)
            elif column in self.head.beside:
                self.lines.take([cell], DECORATION)

    def _read_line(self, cells: Mapping[int, Cell], named: Mapping[str, Cell]) -> bool:
        """Take a row without a figure that is a line of its own; tell whether it is one."""
        if self._names_indicator(named) or len(set(named) - {"indicator"}) > 1:
            return False  # a row of the form that is not filled in
        left = self.lines.line(cells)
        if not left:
            return True
        if len(left) != 1 or left[0].kind != "s":
            return len(left) < len(cells)  # what is left over is named as not understood
        cell = left[0]
        text = simple(cell.text)
        if document := rows.source_of_line(text):
            self.source = Cell(cell.row, cell.column, "s", document)
            self.notes.append(Said("source", document, cell))
        elif rows.is_note(text) or len(text) > 40:
            self.notes.append(Said("note", cell.text, cell))
            self.table.faults.append(self._fault("note_not_kept", cell, "hint"))
        elif self._names_indicator({"indicator": cell}) or not rows.is_words([cell]):
            return False
        else:  # a heading between rows: what it says holds for those below
            self.section = [Said("section", cell.text, cell)]
            if not self._speaks(cell.text):
                self.lines.take([cell], DECORATION)
                return True
        self.lines.take([cell], READ_WITH)
        return True

    def _long_row(self, number: int, cells: Mapping[int, Cell], values: list[Cell]) -> None:
        """Refuse a row of a CSV that a comma too many has shifted."""
        for cell in values if not self.grid.sheet else ():
            behind = cells.get(cell.column + 1)
            if (
                behind is not None
                and behind.column not in self.head.values
                and re.fullmatch(r"[-+]?\d{1,3}", cell.text.strip())
                and re.fullmatch(r"\d{3}(?:\.\d+)?", behind.text.strip())
            ):
                self.table.faults.append(
                    self._fault("number_split", cell, rest=behind.text.strip())
                )
        last = max(self.head.cells)
        beyond = [cell for column, cell in cells.items() if column > last]
        if beyond and not self.grid.sheet:
            self.table.faults.append(self._fault("row_longer", beyond[0], row=number, count=last))

    def _form_faults(self, body: Mapping[int, Mapping[int, Cell]], figures: list[int]) -> None:
        """Find what hides or joins figures: hidden rows and columns, merged cells."""
        grid, head, faults = self.grid, self.head, self.table.faults
        for number, cells in body.items():
            if number in grid.hidden_rows and head.used & set(cells):
                faults.append(Fault("hidden_row", grid.file, grid.sheet, f"A{number}",
                                    details={"row": number}))  # fmt: skip
        if not body:
            return
        for column in sorted(head.used & grid.hidden_columns):
            faults.append(
                Fault("hidden_column", grid.file, grid.sheet, f"{letters(column)}{head.row}",
                      details={"column": letters(column)})
            )  # fmt: skip
        for top, left, bottom, right in grid.merged:
            touches = any(left <= column <= right for column in head.used)
            holds = top <= head.row <= bottom or any(top <= row <= bottom for row in figures)
            if touches and holds:
                where = f"{letters(left)}{top}:{letters(right)}{bottom}"
                faults.append(Fault("merged", grid.file, grid.sheet, f"{letters(left)}{top}",
                                    details={"area": where}))  # fmt: skip

    def _left_over(self, body: Mapping[int, Mapping[int, Cell]]) -> None:
        """Name what has no role, a column at a time where it stands in one."""
        by_column: dict[int, list[Cell]] = {}
        for row in body.values():
            for column, cell in row.items():
                if (cell.row, column) not in self.table.roles:
                    by_column.setdefault(column, []).append(cell)
        for column, heading in self.head.cells.items():
            if (heading.row, column) not in self.table.roles and column not in by_column:
                self.lines.take([heading], DECORATION)  # a heading with nothing below it
        for column, cells in sorted(by_column.items()):
            top = self.head.cells.get(column)
            if top is not None and column not in self.head.used | self.head.beside:
                rule = "column_year_unread" if is_yearish(top.text) else "column_unread"
                self._unread(rule, [top, *cells], heading=visible(top.text))
            elif top is None and len(cells) > 1:
                self._unread("column_unheaded", cells, heading=letters(column))
            else:
                self._unread("cells_unread", cells)

    def _unread(self, rule: str, cells: list[Cell], **details: Any) -> None:
        self.table.faults.append(unread(self.grid, rule, cells, **details))
