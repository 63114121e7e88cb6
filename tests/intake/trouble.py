"""Sheets as offices lay them out, and what is done to them; written as files.

A `Sheet` is abstract: lines above the table, headings with their meaning, rows, lines
below, and how single cells look. `write_xlsx` and `write_csv` make files of it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill

Value = str | int | float | None


@dataclass(frozen=True)
class Sheet:
    """One table with what stands around it.

    Attributes
    ----------
    head : tuple of str
        The headings.
    rows : tuple of tuple
        Cells by heading; None is blank.
    above, below : tuple of tuple
        Lines above the headings and below the rows, each a tuple of cells.
    between : mapping of int to tuple
        Lines that stand before a row, by its number from 0.
    name : str
        Of the sheet.
    looks : mapping of (int, int) to callable
        What is done to a cell of the table, by row (-1 for the headings) and column.
    more : tuple of callable
        What is done to the sheet, with the rows of its headings and of its first figures.
    """

    head: tuple[Value, ...]
    rows: tuple[tuple[Value, ...], ...]
    above: tuple[tuple[Value, ...], ...] = ()
    below: tuple[tuple[Value, ...], ...] = ()
    between: Mapping[int, tuple[Value, ...]] = field(default_factory=dict)
    name: str = "Sheet1"
    looks: Mapping[tuple[int, int], Callable[[Any], None]] = field(default_factory=dict)
    more: tuple[Callable[[Any, int], None], ...] = ()

    def lines(self) -> tuple[list[tuple[Value, ...]], dict[int, int]]:
        """Give all lines from the top, and the line of each row of the table."""
        out = [*self.above, self.head]
        where = {-1: len(out)}
        for number, row in enumerate(self.rows):
            if number in self.between:
                out.append(self.between[number])
            out.append(row)
            where[number] = len(out)
        return [*out, *self.below], where


def write_xlsx(path: Path, *sheets: Sheet, book: Callable[[Any], None] | None = None) -> Path:
    """Write sheets as one workbook; `book` may change it at the end."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for sheet in sheets:
        page = made.create_sheet(sheet.name)
        lines, where = sheet.lines()
        for number, line in enumerate(lines, start=1):
            for column, value in enumerate(line, start=1):
                if value is not None:
                    cell = page.cell(number, column)
                    cell.value = value
                    if isinstance(value, str) and value.startswith("="):
                        cell.data_type = "f"
        for (row, column), look in sheet.looks.items():
            look(page.cell(where[row], column + 1))
        for change in sheet.more:
            change(page, where[-1])
    if book:
        book(made)
    made.save(path)
    return path


def write_csv(
    path: Path, sheet: Sheet, *, encoding: str = "utf-8", delimiter: str = ",",
    newline: str = "\n", quoting: int = csv.QUOTE_MINIMAL, pad: int = 0, tail: str = "",
) -> Path:  # fmt: skip
    """Write one sheet as a table of text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    for line in sheet.lines()[0]:
        writer.writerow(["" if value is None else value for value in line] + [""] * pad)
    path.write_bytes((out.getvalue() + tail).encode(encoding))
    return path


def shown_as(number_format: str) -> Callable[[Any], None]:
    """Give a cell a number format."""

    def look(cell: Any) -> None:
        cell.number_format = number_format

    return look


def struck(cell: Any) -> None:
    """Strike a cell out."""
    cell.font = Font(strike=True)


def ink(color: str, paper: str | None = None) -> Callable[[Any], None]:
    """Give a cell the colours of its writing and of its ground."""

    def look(cell: Any) -> None:
        cell.font = Font(color=color)
        if paper:
            cell.fill = PatternFill("solid", fgColor=paper)

    return look


def runs(*parts: tuple[str, dict[str, Any]]) -> Callable[[Any], None]:
    """Write a cell as runs of text, each with its font."""

    def look(cell: Any) -> None:
        cell.value = CellRichText(*(TextBlock(InlineFont(**kind), text) for text, kind in parts))

    return look


def merged(area: str) -> Callable[[Any, int], None]:
    """Merge cells; ``{head}`` is the row of the headings, ``{first}`` the one below."""

    def change(page: Any, head: int) -> None:
        page.merge_cells(area.format(head=head, first=head + 1, second=head + 2, third=head + 3,
                                     last=page.max_row))  # fmt: skip

    return change
