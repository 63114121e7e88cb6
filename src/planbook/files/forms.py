"""Workbooks to fill in: filterable, ready for print, with the cells to fill marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass

import pandas as pd
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from planbook.files import spreadsheets as downloads

_LINE = Side(style="thin", color="BFBFBF")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD, _FILL_IN = PatternFill("solid", fgColor="DDE8F3"), PatternFill("solid", fgColor="FFF6D6")
_WIDTH = 12.0  # characters, where none is given


@dataclass(frozen=True)
class Sheet:
    """One sheet."""

    name: str
    title: str  # printed at the head of every page
    frame: pd.DataFrame  # as it stands; missing values become empty cells
    widths: Mapping[str, float]  # width of a column in characters, by its heading
    fill_in: Sequence[str] = ()  # headings of the columns that the reader fills in
    frozen: int = 0  # columns that stay in sight when scrolling sideways


def to_form(sheets: Sequence[Sheet]) -> bytes:
    """Write sheets as one workbook, the same bytes for the same sheets.

    The header row is frozen, filterable and repeated on each printed page; pages are
    A4 across, as wide as the paper. A text that a spreadsheet would run as a formula
    is kept as text.
    """
    book = downloads.new_workbook()
    for one in sheets:
        sheet = book.create_sheet(downloads.sheet_name(one.name, book.sheetnames))
        sheet.append([downloads.safe(str(column)) for column in one.frame.columns])
        for row in one.frame.astype(object).itertuples(index=False):
            sheet.append([None if pd.isna(value) else downloads.safe(value) for value in row])
        _format(sheet, one)
        _set_up_print(sheet, one)
    return downloads.to_bytes(book)


def _format(sheet: Worksheet, one: Sheet) -> None:
    styles: dict[tuple[str, str], StyleArray] = {}  # setting one by its parts is slow
    for number, column in enumerate(one.frame.columns, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = one.widths.get(column, _WIDTH)
        for place, cell in enumerate(sheet[letter]):
            kind = "fill in" if column in one.fill_in else "body"
            kind = kind if place else "head"
            is_text = isinstance(cell.value, str) or cell.value is None
            side = "left" if is_text else "right"
            if (kind, side) not in styles:
                _set_style(cell, kind, side)
                styles[kind, side] = cell._style
            cell._style = copy(styles[kind, side])
    sheet.freeze_panes = sheet.cell(row=2, column=one.frozen + 1)
    sheet.auto_filter.ref = sheet.dimensions


def _set_style(cell: Cell, kind: str, side: str) -> None:
    cell.border = _BORDER
    cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal=side)
    if kind == "head":
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    elif kind == "fill in":
        cell.fill = _FILL_IN


def _set_up_print(sheet: Worksheet, one: Sheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.oddHeader.left.text = one.title.replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
    sheet.page_margins.left = sheet.page_margins.right = 0.4  # inches
