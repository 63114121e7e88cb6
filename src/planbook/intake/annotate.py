"""A copy of what was read, with the cells marked that something is wrong with.

The copy is made from the cells as read, not from the file: nothing of a file that may
be hostile is carried over but values, and those as text or numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from planbook.files import spreadsheets as downloads
from planbook.intake.faults import LEVELS, Fault, visible
from planbook.intake.meaning.entries import META, PROBLEMS
from planbook.intake.reading.grid import Cell, Grid
from planbook.text import say

_FILL = {
    "error": PatternFill("solid", fgColor="F8C9C4"),
    "question": PatternFill("solid", fgColor="E5D3F2"),
    "unread": PatternFill("solid", fgColor="D9D9D9"),
    "warning": PatternFill("solid", fgColor="FBE3A6"),
    "hint": PatternFill("solid", fgColor="D5E6F5"),
}
_HEAD = ("level", "file", "sheet", "cell", "value", "message", "remedy")
_WIDTHS = {"A": 10, "B": 24, "C": 20, "D": 8, "E": 24, "F": 60, "G": 60}
_MAX_WIDTH = 40.0


def annotate(grids: Sequence[Grid], faults: Sequence[Fault], lang: str) -> bytes:
    """Write the copy."""
    book = downloads.new_workbook()
    several = len({grid.file for grid in grids}) > 1
    names: dict[tuple[str, str], str] = {}
    for grid in grids:
        wanted = grid.sheet or grid.file
        if several and grid.sheet:
            wanted = f"{grid.file} {grid.sheet}"
        hidden = grid.sheet == META and not several
        name = downloads.sheet_name(META if hidden else visible(wanted), book.sheetnames)
        sheet = book.create_sheet(name)
        sheet.sheet_state = "veryHidden" if grid.sheet == META else "visible"
        names[grid.file, grid.sheet] = name
        for (row, column), cell in grid.cells.items():
            _fill(sheet, row, column, cell)
        _mark(sheet, [one for one in faults if (one.file, one.sheet) == (grid.file, grid.sheet)],
              lang)  # fmt: skip
        _widen(sheet, grid)
    _list(book.create_sheet(PROBLEMS), faults, names, lang)
    book.active = len(book.sheetnames) - 1
    return downloads.to_bytes(book)


def _fill(sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
    one = sheet.cell(row=row, column=column)
    if cell.kind == "n":
        try:
            one.value = float(cell.text)
            return
        except ValueError:
            pass
    if cell.kind == "p":
        one.value, one.number_format = float(cell.text), "0.0##%"
        return
    one.value = downloads.safe(visible_long(cell.text))


def visible_long(text: str) -> str:
    """Keep a text whole, but without what a workbook cannot hold."""
    return "".join(
        character if character in "\n\t" or visible(character) == character else visible(character)
        for character in text[:2000]
    )


def _mark(sheet: Worksheet, faults: Sequence[Fault], lang: str) -> None:
    by_cell: dict[str, list[Fault]] = {}
    for fault in faults:
        for ref in fault.places:
            by_cell.setdefault(ref, []).append(fault)
    for ref, found in by_cell.items():
        worst = min(found, key=lambda one: LEVELS.index(one.level)).level
        text = "\n\n".join(
            say("intake_comment", lang, level=say(f"intake_level_{one.level}", lang),
                message=one.message(lang), remedy=one.remedy(lang))
            for one in found
        )  # fmt: skip
        cell = sheet[ref]
        cell.fill = _FILL[worst]
        cell.comment = Comment(text[:4000], "planbook", width=360, height=60 + 60 * len(found))


def _widen(sheet: Worksheet, grid: Grid) -> None:
    widths: dict[int, int] = {}
    for cell in grid.cells.values():
        size = sum(2 if ord(one) > 0x2E80 else 1 for one in cell.text[:60])
        widths[cell.column] = max(widths.get(cell.column, 8), size)
    for column, size in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = min(_MAX_WIDTH, size + 2)


def _list(
    sheet: Worksheet, faults: Sequence[Fault], names: dict[tuple[str, str], str], lang: str
) -> None:
    sheet.append([say(f"intake_column_{name}", lang) for name in _HEAD])
    for fault in faults:
        told = fault.as_dict(lang)
        told["level"] = say(f"intake_level_{fault.level}", lang)
        sheet.append([downloads.safe(visible_long(told[name])) for name in _HEAD])
        name = names.get((fault.file, fault.sheet))
        if name and fault.places:
            cell = sheet.cell(row=sheet.max_row, column=4)
            quoted = name.replace("'", "''")
            place = f"'{quoted}'!{fault.places[0]}"
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place)  # in this workbook
            cell.font = Font(underline="single", color="0B5394")
        sheet.cell(row=sheet.max_row, column=1).fill = _FILL[fault.level]
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, size in _WIDTHS.items():
        sheet.column_dimensions[letter].width = size
        for cell in sheet[letter]:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.freeze_panes = "A2"
