"""Find the tables in a sheet and what each cell with content is there for.

Every cell gets one role: a figure; something a figure is read with; decoration that is
recognised as such; or none, and then it is named as not understood. Nothing is left out
because no rule thought of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from planbook.intake import limits, rows
from planbook.intake.faults import Fault, visible
from planbook.intake.grids import Cell, Grid, area, letters
from planbook.intake.headings import Heading, is_yearish, read_heading
from planbook.intake.refusal import Refused
from planbook.intake.scope import Scopes, simple, tidy
from planbook.intake.values import clean, is_blank

META = "_planbook"  # the hidden sheet of a template
PROBLEMS = "planbook_problems"  # the sheet of an annotated copy
FIGURE, READ_WITH, DECORATION = "figures", "read_with", "decoration"
NOT_UNDERSTOOD = "not_understood"
_OBSERVATION = ("indicator", "entity", "year", "value", "unit", "status", "published", "source",
                "locator", "note", "note_zh", "qualifier")  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A text around a table that may say of what its figures are.

    Attributes
    ----------
    where : {'file', 'sheet', 'title', 'sender', 'section', 'note', 'source'}
    text : str
    cell : Cell or None
        None for the name of a file or sheet.
    """

    where: str
    text: str
    cell: Cell | None = None


@dataclass(frozen=True)
class Entry:
    """One figure of a sheet, before it is understood.

    Attributes
    ----------
    file, sheet : str
    row : int
    cells : mapping of str to Cell
        By field of an observation, and ``period``, ``nature``, ``office``; what is blank
        is left out.
    units : tuple of str
        Units that headings and lines around the table give.
    said : tuple of Said
        What stands around it.
    has_place : bool
        Whether the table has a column of places.
    default_source : Cell or None
        The document that a line below the table names.
    table : tuple of (str, int)
        Sheet and header row, to know figures of one table.
    """

    file: str
    sheet: str
    row: int
    cells: Mapping[str, Cell]
    units: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    has_place: bool = False
    default_source: Cell | None = None
    table: tuple[str, int] = ("", 0)

    def place(self, name: str) -> Cell:
        """Give the cell of a field, or of the value where that is blank."""
        return self.cells.get(name) or self.cells["value"]


@dataclass
class Table:
    """What one sheet holds.

    Attributes
    ----------
    entries : list of Entry
    faults : list of Fault
    roles : dict of (int, int) to str
        Role of each cell understood.
    sender : str
        Who sends it, as a line says.
    layout : str
        Its headings and the sheet's name without years, to know the form again.
    columns : set of str
        Fields that its first header has.
    """

    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    roles: dict[tuple[int, int], str] = field(default_factory=dict)
    sender: str = ""
    layout: str = ""
    columns: set[str] = field(default_factory=set)


@dataclass
class Knows:
    """What the reader of a sheet may ask of the city: whether a name is known.

    Attributes
    ----------
    indicator, place : callable
        Tell whether a text names one.
    scopes : Scopes
    same : callable
        Tells whether texts name one and the same indicator.
    """

    indicator: Callable[[str], bool]
    place: Callable[[str], bool]
    scopes: Scopes
    same: Callable[[Iterable[str]], bool]


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


def read_head(number: int, cells: Mapping[int, Cell]) -> Head | None:
    """Read one row as a header; None where it is none."""
    head = Head(number, cells=cells)
    for column, cell in cells.items():
        if cell.kind not in "sn":
            continue
        said = read_heading(cell.text)
        if not said.field:
            continue
        if said.field == "beside":
            head.beside.add(column)
            continue
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


def find_table(grid: Grid, knows: Knows, around: tuple[Said, ...] = ()) -> Table | None:
    """Find the tables of a sheet and tell what every cell is for.

    Parameters
    ----------
    grid : Grid
    knows : Knows
    around : tuple of Said, optional
        What the names of file and sheet say.

    Returns
    -------
    Table or None
        None where no header is recognised.
    """
    every = grid.rows()
    heads = _heads(every)
    if not heads:
        return None
    table = Table()
    table.layout = _layout(grid, heads)
    table.columns = set(heads[0].columns)
    starts = [head.row for head in heads]
    above = {number: cells for number, cells in every.items() if number < starts[0]}
    lines = _Lines(grid, knows, table)
    lines.read_title(above)
    for place, head in enumerate(heads):
        end = starts[place + 1] if place + 1 < len(starts) else None
        body = {
            number: cells
            for number, cells in every.items()
            if number > head.row and (end is None or number < end)
        }
        _Block(grid, knows, table, head, lines, around).read(body)
    return table


def _heads(every: Mapping[int, Mapping[int, Cell]]) -> list[Head]:
    found: list[Head] = []
    for number, cells in every.items():
        if not found and number > limits.MAX_HEADER_ROW:
            break
        if head := read_head(number, cells):
            found.append(head)
    return found


def _layout(grid: Grid, heads: list[Head]) -> str:
    words = [
        re.sub(r"\d+", "#", simple(cell.text)) for head in heads for cell in head.cells.values()
    ]
    return "|".join([re.sub(r"\d+", "#", simple(grid.sheet)), *sorted(words)])


class _Lines:
    """What lines around the rows of figures say: units, sender, titles, notes."""

    def __init__(self, grid: Grid, knows: Knows, table: Table) -> None:
        self.grid, self.knows, self.table = grid, knows, table
        self.units: tuple[str, ...] = ()  # of the lines above; several must agree
        self.fresh: list[tuple[str, int]] = []  # units of lines not yet followed by a figure
        self.said: list[Said] = []

    def take(self, cells: Iterable[Cell], role: str) -> None:
        for cell in cells:
            self.table.roles[cell.row, cell.column] = role

    def line(self, cells: Mapping[int, Cell]) -> list[Cell]:
        """Take from a row what is a line of its own; give the cells left over."""
        left, follows = [], None
        for cell in cells.values():
            text = tidy(cell.text) if cell.kind == "s" else ""
            if follows is not None and cell.kind in "snd":  # 填报单位： | 市生态环境局
                follows(cell)
                self.take([cell], READ_WITH)
                follows = None
                continue
            sender = rows.sender_of_line(text)
            if unit := rows.unit_of_line(text):
                self.fresh.append((unit, cell.row))
                self.take([cell], READ_WITH)
                if sender:
                    self._follow_sender(Cell(cell.row, cell.column, "s", sender))
                if rest := _after_unit(text):
                    self.said.append(Said("title", rest, cell))
            elif re.fullmatch(r"(?:计量|数量)?单位\s*[:：]|units?\s*:", text, re.I):
                follows = self._follow_unit
                self.take([cell], READ_WITH)
            elif sender is not None:
                self.take([cell], READ_WITH)
                if sender:
                    self._follow_sender(Cell(cell.row, cell.column, "s", sender))
                else:
                    follows = self._follow_sender
            elif text and rows.is_signature(text):
                self.take([cell], DECORATION)
                if text.endswith((":", "：")):
                    follows = self._follow_nothing
            else:
                left.append(cell)
        return left

    def _follow_unit(self, cell: Cell) -> None:
        self.fresh.append((tidy(cell.text), cell.row))

    def settle(self) -> tuple[str, ...]:
        """Give the units that hold for the next figure: those of the lines just above it."""
        if self.fresh:
            self.units, self.fresh = tuple(unit for unit, _ in self.fresh), []
        return self.units

    def _follow_sender(self, cell: Cell) -> None:
        self.table.sender = self.table.sender or simple(cell.text)
        self.said.append(Said("sender", cell.text, cell))

    def _follow_nothing(self, cell: Cell) -> None:
        """A name, a date or a phone number behind its label."""

    def read_title(self, above: Mapping[int, Mapping[int, Cell]]) -> None:
        """Take the lines above a header: titles, units, who sends it."""
        for cells in above.values():
            left = self.line(cells)
            texts = [cell for cell in left if cell.kind == "s"]
            if not left or len(texts) != len(left) or len(left) > 2 or not rows.is_words(texts):
                if left and len(left) == 1 and left[0].kind == "d":
                    self.take(left, DECORATION)  # a date beside the title
                continue  # not understood: a number, or a row of a table without a header
            for cell in texts:
                if document := rows.source_of_line(simple(cell.text)):
                    self.said.append(Said("note", document, cell))
                    self.take([cell], READ_WITH)
                    continue
                if unit := rows.unit_of_title(cell.text):
                    self.fresh.append((unit, cell.row))
                where = "note" if rows.is_note(cell.text) else "title"
                self.said.append(Said(where, cell.text, cell))
                says = bool(self.knows.scopes.find(cell.text)) or bool(unit)
                self.take([cell], READ_WITH if says else DECORATION)


def _after_unit(text: str) -> str:
    """Give what stands in a line beside its unit: a title, say."""
    rest = re.sub(r"[(（]?[\u4e00-\u9fff]*单位\s*[:：]\s*[^\s:：;；,，。]+", " ", text).strip(
        " ()（）"
    )
    return rest if re.search(r"[\u4e00-\u9fff]{2}", rest) else ""


class _Block:
    """One header and the rows below it."""

    def __init__(
        self, grid: Grid, knows: Knows, table: Table, head: Head, lines: _Lines,
        around: tuple[Said, ...],
    ) -> None:  # fmt: skip
        self.grid, self.knows, self.table = grid, knows, table
        self.head, self.lines, self.around = head, lines, around
        self.section: list[Said] = []
        self.drafts: list[tuple[int, dict[str, Cell], tuple[str, ...], tuple[Said, ...]]] = []
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
        said = (*self.around, *self.lines.said)
        # a unit line with no figure below it speaks of those above, as a note does
        below = tuple(unit for unit, _ in self.lines.fresh) if self.drafts else ()
        if self.drafts:
            self.lines.fresh = []
        for number, cells, units, own in self.drafts:
            self.table.entries.append(
                Entry(self.grid.file, self.grid.sheet, number, cells, (*units, *below),
                      (*said, *own, *self.notes), "entity" in self.head.columns, self.source,
                      (self.grid.sheet, self.head.row))
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
            if best and len(chosen) == 1 and len(others) == len(columns) - 1:
                self.head.columns[name] = chosen[0]
                self.head.beside |= set(others)
                del self.head.twice[name]
            elif best and name == "indicator" and self._agree(columns, body):
                self.head.beside |= set(columns) - {self.head.columns[name]}
                del self.head.twice[name]

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

    def _fault(self, rule: str, cell: Cell, level: str = "error", **details) -> Fault:
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
        if len(cells) == 1 and values and values[0].kind != "s":
            return False  # a number by itself: no row of this table, so not understood
        if not values or (len(cells) == 1 and not self._names_indicator(named)):
            if self._read_line(cells, named):
                return False
            if not values:
                self._take_fields(cells)
                return False
        self._long_row(number, cells, values)
        self._take_fields(cells)
        own = (*self.section,)
        for column in sorted(head.values):
            if column not in cells:
                continue
            cell = cells[column]
            self.table.roles[cell.row, column] = READ_WITH if is_blank(cell) else FIGURE
            stated = (head.units.get(column), head.units.get(head.columns.get("unit", -1)))
            units = tuple(filter(None, (*stated, *self.lines.settle())))
            year = {"value": cell, "year": head.years[column]} if head.years else {}
            entry = {**named, **year}
            if column in head.odd and not is_blank(cell):
                self.table.faults.append(
                    self._fault("heading_brackets", head.cells[column], found=head.odd[column])
                )
            self.drafts.append((number, entry, units, own))
        for name, column in head.columns.items():
            if name in ("year", "entity") and column in head.odd and values:
                self.table.faults.append(
                    self._fault("heading_brackets", head.cells[column], found=head.odd[column])
                )
        return any(not is_blank(cell) for cell in values)

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
        elif self._names_indicator({"indicator": cell}) or not rows.is_words([cell]):
            return False
        else:  # a heading between rows: what it says holds for those below
            self.section = [Said("section", cell.text, cell)]
            if not self.knows.scopes.find(cell.text):
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
            self.lines.take(beyond, READ_WITH)
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
        for cells in body.values():
            for column, cell in cells.items():
                if (cell.row, column) not in self.table.roles:
                    by_column.setdefault(column, []).append(cell)
        for column, heading in self.head.cells.items():
            if (heading.row, column) not in self.table.roles and column not in by_column:
                self.lines.take([heading], DECORATION)  # a heading with nothing below it
        for column, cells in sorted(by_column.items()):
            heading = self.head.cells.get(column)
            if heading is not None and column not in self.head.used | self.head.beside:
                rule = "column_year_unread" if is_yearish(heading.text) else "column_unread"
                self._unread(rule, [heading, *cells], heading=visible(heading.text))
            elif heading is None and len(cells) > 1:
                self._unread("column_unheaded", cells, heading=letters(column))
            else:
                self._unread("cells_unread", cells)

    def _unread(self, rule: str, cells: list[Cell], **details) -> None:
        self.table.faults.append(unread(self.grid, rule, cells, **details))


def unread(grid: Grid, rule: str, cells: list[Cell], **details) -> Fault:
    """Make the fault that names cells which are not understood."""
    shown = "; ".join(visible(cell.text) for cell in cells[:3]) + ("; …" if cells[3:] else "")
    return Fault(rule, grid.file, grid.sheet, area(cells), shown, "unread",
                 {**details, "count": len(cells)}, tuple(cell.ref for cell in cells))  # fmt: skip
