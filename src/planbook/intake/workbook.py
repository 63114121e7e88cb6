"""Read a workbook into grids; runs in the child process, which may die of it."""

from __future__ import annotations

import datetime as dt
import math
import os
import re
from pathlib import Path

os.environ["OPENPYXL_LXML"] = "False"  # so that openpyxl reads XML by defusedxml

import openpyxl
from openpyxl.cell.cell import TYPE_ERROR, TYPE_FORMULA

from planbook.intake import limits
from planbook.intake.grids import Cell, Grid
from planbook.intake.refusal import Refused
from planbook.intake.safety import check_workbook

_SCALED = re.compile(r"[0#?],+(?![0#?,])|[0#?]!\.")  # shows thousands or 万 for ones
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")  # how the format writes what XML cannot


def read_workbook(path: Path, name: str) -> list[Grid]:
    """Read every sheet: values, formulas as such, what is merged or hidden.

    Parameters
    ----------
    path : pathlib.Path
    name : str
        Name of the file for messages.

    Returns
    -------
    list of Grid
        In the order of the workbook, hidden ones included.

    Raises
    ------
    Refused
        If the workbook is unsafe, broken or too large.
    """
    check_workbook(path)
    try:
        book = openpyxl.load_workbook(path, data_only=False, keep_links=False, rich_text=False)
    except MemoryError:
        raise
    except Exception as error:  # openpyxl raises whatever the fault leads to
        raise Refused("broken_workbook") from error
    grids = []
    for sheet in book.worksheets:
        cells: dict[tuple[int, int], Cell] = {}
        # Only what the file holds: a stray cell at the sheet's far end costs nothing.
        for (row, column), one in sheet._cells.items():
            found = _cell(row, column, one)
            if found:
                cells[row, column] = found
        if len({row for row, _ in cells}) > limits.MAX_ROWS:
            raise Refused("too_many_rows", limit=limits.MAX_ROWS)
        if any(column > limits.MAX_COLUMNS for _, column in cells):
            raise Refused("too_many_columns", limit=limits.MAX_COLUMNS)
        hidden_columns = set()
        for dimension in sheet.column_dimensions.values():
            if dimension.hidden and dimension.min and dimension.max:
                last = min(dimension.max, limits.MAX_COLUMNS)
                hidden_columns |= set(range(dimension.min, last + 1))
        grids.append(
            Grid(
                name,
                sheet.title,
                cells,
                sheet.sheet_state,
                tuple(
                    (one.min_row, one.min_col, one.max_row, one.max_col)
                    for one in sheet.merged_cells.ranges
                ),
                frozenset(
                    number
                    for number, dimension in sheet.row_dimensions.items()
                    if dimension.hidden or dimension.height == 0
                ),
                frozenset(hidden_columns),
            )
        )
    return grids


def _cell(row: int, column: int, cell: object) -> Cell | None:
    value = getattr(cell, "value", None)
    if value is None:
        return None
    kind = cell.data_type
    if kind == TYPE_FORMULA or not isinstance(
        value, str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta
    ):
        text = str(getattr(value, "text", None) or value)  # array formulas are objects
        return Cell(row, column, "f", text)
    if kind == TYPE_ERROR:
        return Cell(row, column, "e", str(value))
    if isinstance(value, bool):
        return Cell(row, column, "b", str(value).upper())
    if isinstance(value, dt.datetime | dt.date):
        return Cell(row, column, "d", value.isoformat()[:10])
    if isinstance(value, dt.time | dt.timedelta):
        return Cell(row, column, "d", str(value))
    if isinstance(value, int | float):
        if isinstance(value, float) and not math.isfinite(value):
            return Cell(row, column, "n", str(value))
        shown = _plain_format(str(cell.number_format))
        if _SCALED.search(shown):
            return Cell(row, column, "x", f"{value:.15g}")
        percent = "%" in shown
        # Excel itself keeps 15 digits; more are the noise of binary fractions
        return Cell(row, column, "p" if percent else "n", f"{value:.15g}")
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)
    return Cell(row, column, "s", text) if text.strip() else None


def _plain_format(number_format: str) -> str:
    """Leave out of a number format what is quoted or escaped: ``0"%"`` shows no per cent."""
    out, quoted, skip = [], False, False
    for character in number_format.partition(";")[0]:
        if skip:
            skip = False
        elif character == '"':
            quoted = not quoted
        elif character in "\\_*":
            skip = True
        elif not quoted:
            out.append(character)
    return "".join(out)
