"""Cells as they were read, before anything is understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# s text, n number, p number shown as per cent, x number shown in thousands or 万, b true or
# false, d date, f formula, e error value
KINDS = "snpxbdfe"
# how a cell is shown: u part of it raised or lowered, k struck out, h nothing of it seen;
# c of a table in which a comma may be a decimal point
MARKS = "ukhc"


_FEW = 12  # cells that are named one by one


@dataclass(frozen=True)
class Cell:
    """One cell with content."""

    row: int  # from 1, as a spreadsheet counts
    column: int
    kind: str  # one of `KINDS`
    text: str  # the content; a number in full precision, a date as ISO text
    marks: str = ""  # of `MARKS`: what its looks say
    before: str = ""  # what the number format writes beside the number, such as ``万吨``
    after: str = ""
    comment: str = ""  # what is pinned to the cell

    @property
    def ref(self) -> str:
        """The address in a spreadsheet, such as ``B7``."""
        return f"{letters(self.column)}{self.row}"


@dataclass(frozen=True)
class Grid:
    """One sheet."""

    file: str  # name of the file, without folder
    sheet: str  # name of the sheet; empty for a CSV
    cells: Mapping[tuple[int, int], Cell]  # by row and column; empty cells are left out
    state: str = "visible"  # ``visible``, ``hidden`` or ``veryHidden``
    # first row, first column, last row, last column
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    # what stands outside of the cells: text boxes, the lines that are printed above and below each
    # page
    around: tuple[str, ...] = ()

    def rows(self) -> dict[int, dict[int, Cell]]:
        """Give the cells by row, in order."""
        found: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in sorted(self.cells.items()):
            found.setdefault(row, {})[column] = cell
        return found

    def to_plain(self) -> dict[str, Any]:
        """Give the grid as JSON can carry it."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "state": self.state,
            "cells": [
                [c.row, c.column, c.kind, c.text, c.marks, c.before, c.after, c.comment]
                for c in self.cells.values()
            ],
            "merged": [list(one) for one in self.merged],
            "hidden_rows": sorted(self.hidden_rows),
            "hidden_columns": sorted(self.hidden_columns),
            "around": list(self.around),
        }

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> Grid:
        """Undo `to_plain`."""
        cells = {(one[0], one[1]): Cell(*one) for one in data["cells"]}
        return cls(
            data["file"],
            data["sheet"],
            cells,
            data["state"],
            tuple(tuple(one) for one in data["merged"]),
            frozenset(data["hidden_rows"]),
            frozenset(data["hidden_columns"]),
            tuple(data["around"]),
        )


def area(cells: Iterable[Cell]) -> str:
    """Name each of a few cells; of many, those below each other as one range: ``D2:D9, F4``."""
    ordered = sorted(cells, key=lambda one: (one.column, one.row))
    if len(ordered) <= _FEW:
        return ", ".join(one.ref for one in ordered)
    runs: list[list[Cell]] = []
    for cell in ordered:
        last = runs[-1][-1] if runs else None
        if last and last.column == cell.column and last.row == cell.row - 1:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return ", ".join(run[0].ref if len(run) == 1 else f"{run[0].ref}:{run[-1].ref}" for run in runs)


def letters(column: int) -> str:
    """Write a column's number as a spreadsheet does: 1 is A, 28 is AB."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
