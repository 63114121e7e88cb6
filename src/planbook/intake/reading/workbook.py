"""Read a workbook into grids; runs in the child process, which may die of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import io
import math
import os
import re
import zipfile
from pathlib import Path
from typing import Any

os.environ["OPENPYXL_LXML"] = "False"  # so that openpyxl reads XML by defusedxml

import openpyxl
from openpyxl.cell.cell import TYPE_ERROR, TYPE_FORMULA
from openpyxl.cell.rich_text import CellRichText, TextBlock

from planbook.intake.reading import limits
from planbook.intake.reading.grid import Cell, Grid
from planbook.intake.reading.number_formats import look_of
from planbook.intake.reading.refusal import Refused
from planbook.intake.reading.safety import check_workbook, is_sheet, without_empty
from planbook.intake.reading.style_sheets import STYLES, plain_styles

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")  # how the format writes what XML cannot
_BOX = re.compile(rb"<(?:\w+:)?txBody>(.*?)</(?:\w+:)?txBody>", re.S)
_RUN = re.compile(rb"<(?:\w+:)?t(?:\s[^<>]*)?>([^<]*)</(?:\w+:)?t>")
_WHITE = ("FFFFFFFF", "00FFFFFF")


def read_workbook(path: Path, name: str) -> list[Grid]:
    """Read every sheet: values, formulas as such, what is merged or hidden.

    Raises `Refused` if the workbook is unsafe, broken or too large.
    """
    check_workbook(path)
    book = _open(path)
    boxes = _text_boxes(path)
    grids = []
    for sheet in book.worksheets:
        looks: dict[tuple, str] = {}
        cells: dict[tuple[int, int], Cell] = {}
        # Only what the file holds: a stray cell at the sheet's far end costs nothing.
        for (row, column), one in sheet._cells.items():
            found = _cell(row, column, one, looks)
            if found and getattr(one, "comment", None) is not None:
                text = str(one.comment.text or "")[: limits.MAX_TEXT]
                found = dataclasses.replace(found, comment=text)
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
                (*boxes, *_printed(sheet)),
            )
        )
    return grids


def _open(path: Path) -> openpyxl.Workbook:
    """Load a workbook; where its style sheet is odd, with a plain one in its place."""
    error: Exception | None = None
    for is_plain in (False, True):
        try:
            return openpyxl.load_workbook(_copy(path, is_plain), data_only=False,
                                          keep_links=False, rich_text=True)  # fmt: skip
        except MemoryError:
            raise
        except Exception as wrong:  # openpyxl raises whatever the fault leads to
            error = error or wrong
    raise Refused("broken_workbook") from error


def _copy(path: Path, is_plain: bool) -> io.BytesIO:
    """Copy a workbook in memory without cells that are empty; its file stays as it is."""
    copy = io.BytesIO()
    with (
        zipfile.ZipFile(path) as archive,
        zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as out,
    ):
        for item in archive.infolist():
            raw = archive.read(item)
            if is_sheet(item.filename):
                raw = without_empty(raw)
            elif is_plain and item.filename.lower() == STYLES:
                raw = plain_styles(raw)
            out.writestr(item.filename, raw)
    copy.seek(0)
    return copy


def _text_boxes(path: Path) -> list[str]:
    """Give the texts of boxes that lie above the cells; they may speak of any sheet."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.lower().startswith("xl/drawings/") and name.lower().endswith(".xml"):
                for box in _BOX.findall(archive.read(name)):
                    text = b"".join(_RUN.findall(box)).decode("utf-8", "replace")
                    found.append(html.unescape(text)[: limits.MAX_TEXT])
    return [text for text in found if text.strip()]


def _printed(sheet: Any) -> list[str]:
    """Give the lines printed above and below each page of a sheet."""
    parts = [
        getattr(getattr(sheet, name), side).text
        for name in ("oddHeader", "oddFooter")
        for side in ("left", "center", "right")
    ]
    return [str(text) for text in parts if text and str(text).strip()]


def _cell(row: int, column: int, cell: Any, looks: dict[tuple, str]) -> Cell | None:
    value = getattr(cell, "value", None)
    if value is None:
        return None
    marks = _marks(cell, looks)
    if isinstance(value, CellRichText):
        runs = [run.font for run in value if isinstance(run, TextBlock) and str(run).strip()]
        marks += "u" if any(font.vertAlign in ("superscript", "subscript") for font in runs) else ""
        marks += "k" if "k" not in marks and any(font.strike for font in runs) else ""
        value = str(value)
        if value.startswith("="):  # in a text of several fonts this is no formula, but looks so
            return Cell(row, column, "f", value, marks)
    kind = cell.data_type
    if kind == TYPE_FORMULA or not isinstance(
        value, str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta
    ):
        text = str(getattr(value, "text", None) or value)  # array formulas are objects
        return Cell(row, column, "f", text, marks)
    if kind == TYPE_ERROR:
        return Cell(row, column, "e", str(value), marks)
    if isinstance(value, bool):
        return Cell(row, column, "b", str(value).upper(), marks)
    if isinstance(value, dt.datetime | dt.date):
        return Cell(row, column, "d", value.isoformat()[:10], marks)
    if isinstance(value, dt.time | dt.timedelta):
        return Cell(row, column, "d", str(value), marks)
    if isinstance(value, int | float):
        if isinstance(value, float) and not math.isfinite(value):
            return Cell(row, column, "n", str(value), marks)
        look = look_of(str(cell.number_format), value)
        # Excel itself keeps 15 digits; more are the noise of binary fractions
        text = f"{value:.15g}"
        marks += "h" if look.is_hidden and "h" not in marks else ""
        kind = "x" if look.is_scaled else "p" if look.is_percent else "n"
        return Cell(row, column, kind, text, marks, look.before, look.after)
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)
    return Cell(row, column, "s", text, marks) if text.strip() else None


def _marks(cell: Any, looks: dict[tuple, str]) -> str:
    """Tell what the font of a whole cell says: struck out, raised, white on white."""
    if not cell.has_style:
        return ""
    key = (cell._style.fontId, cell._style.fillId)
    if key not in looks:
        font, fill = cell.font, cell.fill
        ground = "white"
        if fill is not None and fill.fill_type == "solid":
            ground = _colour(fill.fgColor)
        ink = _colour(font.color) if font.color is not None else "black"
        looks[key] = (
            ("k" if font.strike else "")
            + ("u" if font.vertAlign in ("superscript", "subscript") else "")
            + ("h" if ink == ground else "")
        )
    return looks[key]


def _colour(colour: Any) -> str:
    """Name a colour so that two alike are equal: white, whether by number or by theme."""
    if colour is None:
        return "none"
    if colour.type == "rgb" and isinstance(colour.rgb, str):
        return "white" if colour.rgb.upper() in _WHITE else colour.rgb.upper()[-6:]
    if colour.type == "theme":
        shade = f"theme{colour.theme}{colour.tint or 0:g}"
        return "white" if shade == "theme00" else shade
    return {9: "white", 1: "white", 65: "white"}.get(colour.indexed, f"indexed{colour.indexed}")
