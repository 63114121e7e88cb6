"""The sheets of one file: what each is for, and the figures in those that hold tables."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planbook.data.catalog import Department
from planbook.intake.faults import Fault, visible
from planbook.intake.meaning import other_rows as rows
from planbook.intake.meaning.entries import (
    DECORATION,
    META,
    PROBLEMS,
    READ_WITH,
    Entry,
    Knows,
    Said,
    Table,
    unread,
)
from planbook.intake.meaning.layout import find_table
from planbook.intake.meaning.names import Names
from planbook.intake.meaning.origins import Origins
from planbook.intake.meaning.values import is_blank
from planbook.intake.reading.grid import Cell, Grid
from planbook.intake.reading.refusal import Refused

TEMPLATE_VERSION = 2  # 1 had the place in a column out of sight; it is still read
_KNOWN_VERSIONS = (1, 2)
SOURCES_SHEET, GUIDE_SHEET = "来源 Sources", "说明 Guide"
_EXAMPLE = re.compile(
    r"示例|样例|样表|例表|范例|模拟|演示|模板|example|sample|demo\b|template", re.I
)
_GUIDE = re.compile(r"说明|封面|目录|须知|要求|guide|instruction|readme|cover|contents", re.I)
_COLUMNS = ("indicator", "entity", "year", "value")  # without which a template is none


class Sheets:
    """The sheets of one file."""

    def __init__(
        self, file: str, grids: Sequence[Grid], departments: Mapping[str, Department], city: str,
        origins: Origins, names: Names,
    ) -> None:  # fmt: skip
        self.file, self.grids, self.departments = file, grids, departments
        self.city, self.origins, self.names = city, origins, names
        self.entries: list[Entry] = []
        self.holders: dict[str, str] = {}
        self.roles: dict[tuple[str, str, str], str] = {}
        self.forms: dict[tuple[str, str], tuple[str, str]] = {}
        self._tables: list[tuple[Grid, Table]] = []
        self._refused = False  # something else is wrong that explains why there is no figure

    def read(self) -> list[Fault]:
        """Find the tables; give what is wrong with the form of the file."""
        faults: list[Fault] = []
        is_template = False
        for grid in self.grids:
            if grid.sheet == META and grid.state != "visible":
                wrong = self._meta(grid)
                is_template = not wrong
                faults += wrong
        if faults:
            self._refused = True
            for grid in self.grids:
                self._take(grid, READ_WITH)
            return faults
        for grid in self.grids:
            faults += self._read_sheet(grid, is_template)
        if not self._tables:  # what was unread beside other sheets is all there is
            self._refused = True
            faults = [fault for fault in faults if fault.rule not in ("no_header", "sheet_words")]
            empty = not any(grid.cells for grid in self.grids)
            faults.append(Fault("empty_file" if empty else "no_table", self.file))
            faults += [
                unread(grid, "cells_unread", list(grid.cells.values()))
                for grid in self.grids
                if grid.cells and grid.state == "visible" and grid.sheet not in (META, PROBLEMS)
                and not _EXAMPLE.search(grid.sheet)
            ]  # fmt: skip
        return faults

    def without_figures(self) -> list[Fault]:
        """Name the file or the sheets that have the form and no figure."""
        filled = {(entry.sheet) for entry in self.entries if not is_blank(entry.cells["value"])}
        if self._refused or all(table.faults and not table.entries for _, table in self._tables):
            return []
        if not filled:
            return [Fault("no_figure", self.file)]
        return [
            Fault("no_figure_sheet", self.file, grid.sheet, level="warning")
            for grid, table in self._tables
            if grid.sheet not in filled and not any(f.level == "error" for f in table.faults)
        ]

    def _take(self, grid: Grid, role: str) -> None:
        for cell in grid.cells.values():
            self.roles[grid.file, grid.sheet, cell.ref] = role

    def _read_sheet(self, grid: Grid, is_template: bool) -> list[Fault]:
        if not grid.cells:
            return []
        cells = list(grid.cells.values())
        if grid.sheet == META and grid.state != "visible":
            self._take(grid, READ_WITH)
            return []
        if grid.sheet == PROBLEMS or (is_template and grid.sheet == GUIDE_SHEET):
            self._take(grid, DECORATION)
            return []
        if is_template and grid.sheet == SOURCES_SHEET:
            self._take(grid, READ_WITH)
            return self._sources(grid)
        if grid.state != "visible":
            if rows.is_words(cells) and not self._is_table(grid):  # lists to choose from
                self._take(grid, DECORATION)
                return [Fault("sheet_words", grid.file, grid.sheet, level="hint")]
            return [unread(grid, "hidden_sheet", cells)]
        if _EXAMPLE.search(grid.sheet):
            self._take(grid, DECORATION)
            return [Fault("sheet_example", grid.file, grid.sheet, level="warning")]
        table = find_table(grid, self._knows(is_template), self._around(grid, is_template))
        if table is None:
            if _GUIDE.search(grid.sheet) and rows.is_words(cells):
                self._take(grid, DECORATION)
                return [Fault("sheet_words", grid.file, grid.sheet, level="hint")]
            return [unread(grid, "no_header", cells)]
        if _GUIDE.search(grid.sheet) and not is_template:
            self._take(grid, DECORATION)
            return [Fault("sheet_example", grid.file, grid.sheet, level="warning")]
        return self._take_table(grid, table, is_template)

    def _knows(self, is_template: bool) -> Knows:
        return Knows(self.names.knows_indicator, self.names.knows_place, self.names.scopes,
                     self.names.same_indicator, is_template)  # fmt: skip

    def _is_table(self, grid: Grid) -> bool:
        return find_table(grid, self._knows(False)) is not None

    def _take_table(self, grid: Grid, table: Table, is_template: bool) -> list[Fault]:
        faults = list(table.faults)
        self._tables.append((grid, table))
        for (row, column), role in table.roles.items():
            self.roles[grid.file, grid.sheet, grid.cells[row, column].ref] = role
        sender = table.sender or self.holders.get(grid.sheet, "")
        self.forms[grid.file, grid.sheet] = (sender, table.layout)
        missing = [name for name in _COLUMNS if name not in table.columns]
        if is_template and missing:
            self._refused = True
            faults.append(Fault("template_columns", grid.file, grid.sheet,
                                details={"columns": ", ".join(missing)}))  # fmt: skip
        else:
            self.entries += table.entries
        faults += [
            Fault("note_not_kept", grid.file, grid.sheet, cell.ref, visible(cell.comment), "hint")
            for cell in grid.cells.values()
            if cell.comment
        ]
        named = {cell for fault in faults if fault.level == "unread" for cell in fault.places}
        left = [
            cell
            for place, cell in grid.cells.items()
            if place not in table.roles and cell.ref not in named
        ]
        return [*faults, unread(grid, "cells_unread", left)] if left else faults

    def _around(self, grid: Grid, is_template: bool) -> tuple[Said, ...]:
        said = [Said("file", Path(grid.file).stem)]
        if grid.sheet and not (is_template and grid.sheet in self.holders):
            said.append(Said("sheet", grid.sheet))
        return (*said, *(Said("note", text) for text in grid.around))

    def _sources(self, grid: Grid) -> list[Fault]:
        try:
            self.origins.describe(grid)
        except Refused as refused:
            cell: Cell = refused.details.pop("at")
            return [Fault(refused.rule, grid.file, grid.sheet, cell.ref, visible(cell.text),
                          details=refused.details)]  # fmt: skip
        return []

    def _meta(self, grid: Grid) -> list[Fault]:
        try:
            meta: Any = json.loads(next(iter(grid.cells.values())).text)
            sheets = {str(name): str(holder) for name, holder in meta["sheets"].items()}
            version, home = meta["version"], str(meta["city"])
        except (ValueError, KeyError, TypeError, AttributeError, StopIteration, RecursionError):
            return [Fault("template_damaged", grid.file, grid.sheet)]
        if version not in _KNOWN_VERSIONS:
            return [Fault("template_version", grid.file, grid.sheet,
                          details={"found": visible(version),
                                   "known": TEMPLATE_VERSION})]  # fmt: skip
        if home != self.city:
            return [Fault("template_city", grid.file, grid.sheet,
                          details={"found": visible(home), "city": self.city})]  # fmt: skip
        if not set(sheets.values()) <= set(self.departments):
            return [Fault("template_damaged", grid.file, grid.sheet)]
        self.holders = sheets
        return []
