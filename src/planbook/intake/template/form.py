"""Write a template as a workbook: locked where it is filled, checked where it is not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from planbook.data.city import CityData
from planbook.errors import PlanbookError
from planbook.files import spreadsheets as downloads
from planbook.files.records import LANGS, Text
from planbook.intake.meaning.entries import META
from planbook.intake.meaning.origins import SHEET_FIELDS
from planbook.intake.meaning.sheets import GUIDE_SHEET, SOURCES_SHEET, TEMPLATE_VERSION
from planbook.intake.template.wanted import Ask, Form, size_of
from planbook.text import say

# field of an observation, or what is shown only -> width in characters
_SHOWN = {"indicator": 30, "title_zh": 26, "title_en": 30, "definition_zh": 36,
          "definition_en": 40, "entity": 13, "year": 8, "last_year": 9, "last": 14,
          "last_source": 18, "on_file": 14}  # fmt: skip
_FILLED = {"value": 14, "unit": 14, "qualifier": 13, "status": 16, "published": 14, "source": 34,
           "locator": 18, "note_zh": 26, "note": 26}  # fmt: skip
# the first three are frozen: whose figure it is stays in sight where one types
_ORDER = ("title_zh", "entity", "year", "value", "unit", "qualifier", "status", "published",
          "source", "locator", "note_zh", "note", "last_year", "last", "last_source", "on_file",
          "title_en", "definition_zh", "definition_en", "indicator")  # fmt: skip
_STATUS = ("正式 final", "初步 provisional", "修订 revised")
_QUALIFIER = ("约 about", "不低于 at_least", "不高于 at_most")
_LINE = Side(style="thin", color="BFBFBF")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="DDE8F3")
_OPEN = PatternFill("solid", fgColor="FFF6D6")
_QUIET = PatternFill("solid", fgColor="F3F3F3")
_SOURCE_ROWS = 15
_GUIDE_LINES = 12


def write_template(project: CityData, forms: Sequence[Form], year: int) -> bytes:
    """Write one workbook with a sheet for each department.

    Raises `PlanbookError` if no form has a row.
    """
    filled = [form for form in forms if form.rows]
    if not filled:
        names = ", ".join(form.department for form in forms)
        raise PlanbookError(f"{names}: no indicator of the catalogue is held by this department")
    book = downloads.new_workbook()
    sheets: dict[str, str] = {}
    for form in filled:
        name = downloads.sheet_name(form.name.zh, book.sheetnames)
        sheets[name] = form.department
        _data_sheet(book.create_sheet(name), form, year)
    _sources_sheet(book.create_sheet(SOURCES_SHEET), filled)
    _guide_sheet(book.create_sheet(GUIDE_SHEET), project, year)
    _meta_sheet(book, project.city.id, year, sheets)
    return downloads.to_bytes(book)


def _two(key: str, **values: object) -> str:
    """Write a text in both languages, Chinese first: the form is filled in there."""
    return "\n".join(say(key, lang, **values) for lang in reversed(LANGS))


def _heading(name: str) -> str:
    """Write a heading whose last line is the field's name where the cell is read."""
    if name in ("indicator", "entity", "year", *_FILLED):
        return f"{say(f'intake_head_{name}', 'zh')}\n{name}"
    return _two(f"intake_head_{name}")


def _shown(ask: Ask, name: str, year: int) -> object:
    item = ask.indicator
    return {
        "indicator": item.id,
        "title_zh": item.title.zh,
        "title_en": item.title.en,
        "definition_zh": item.definition.zh,
        "definition_en": item.definition.en,
        "entity": ask.place,
        "year": year,
        "last_year": ask.last_year,
        "last": _number(ask.last),
        "last_source": ask.last_source,
        "on_file": _number(ask.on_file),
        "unit": ask.unit if item.unit != "count" else item.unit,
    }.get(name)


def _number(text: str) -> object:
    try:
        return float(text) if text else None
    except ValueError:  # with a mark such as ≥
        return text


def _data_sheet(sheet: Worksheet, form: Form, year: int) -> None:
    widths = {**_SHOWN, **_FILLED}
    for number, name in enumerate(_ORDER, start=1):
        cell = sheet.cell(row=1, column=number, value=_heading(name))
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _BORDER
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = widths[name]
    for row, ask in enumerate(form.rows, start=2):
        for number, name in enumerate(_ORDER, start=1):
            cell = sheet.cell(row=row, column=number, value=downloads.safe(_shown(ask, name, year)))
            cell.border = _BORDER
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            is_open = name in _FILLED
            cell.fill = _OPEN if is_open else _QUIET
            cell.protection = Protection(locked=not is_open)
            if name == "published":
                cell.number_format = "yyyy-mm-dd"
        sheet.row_dimensions[row].height = 48
    sheet.row_dimensions[1].height = 36
    last = len(form.rows) + 1
    _lists(sheet, last)
    _bounds(sheet, form)
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_ORDER))}{last}"
    sheet.protection.sheet = True  # without a password: against slips, not against people
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.protection.autoFilter = sheet.protection.sort = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.oddHeader.left.text = f"{form.name.zh} {form.name.en} {year}".replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"


def _letter(name: str) -> str:
    return get_column_letter(_ORDER.index(name) + 1)


def _lists(sheet: Worksheet, last: int) -> None:
    for name, options in (("status", _STATUS), ("qualifier", _QUALIFIER)):
        rule = DataValidation(type="list", formula1=f'"{",".join(options)}"', allow_blank=True)
        rule.errorTitle, rule.error = "planbook", _two("intake_form_list")
        rule.showErrorMessage = True
        rule.add(f"{_letter(name)}2:{_letter(name)}{last}")
        sheet.add_data_validation(rule)
    day = DataValidation(type="date", operator="greaterThan", formula1="36526", allow_blank=True)
    day.errorStyle = "warning"  # a month or a year alone is allowed, too
    day.errorTitle, day.error = "planbook", _two("intake_form_date")
    day.showErrorMessage = day.showInputMessage = True
    day.promptTitle, day.prompt = "planbook", _two("intake_form_date")
    day.add(f"{_letter('published')}2:{_letter('published')}{last}")
    sheet.add_data_validation(day)


def _bounds(sheet: Worksheet, form: Form) -> None:
    """Check numbers within the bounds that the catalogue gives, one rule for like bounds.

    A rule holds in the unit that the row is printed with.
    """
    rules: dict[tuple, list[str]] = {}
    for row, ask in enumerate(form.rows, start=2):
        size = size_of(ask.indicator.unit, ask.unit)
        ends = tuple(None if end is None else end * size for end in ask.indicator.bounds)
        rules.setdefault(ends, []).append(f"{_letter('value')}{row}")
    for (low, high), cells in sorted(rules.items(), key=str):
        rule = DataValidation(type="decimal", allow_blank=True)
        if low is not None and high is not None:
            rule.operator, rule.formula1, rule.formula2 = "between", f"{low:g}", f"{high:g}"
        elif low is not None:
            rule.operator, rule.formula1 = "greaterThanOrEqual", f"{low:g}"
        elif high is not None:
            rule.operator, rule.formula1 = "lessThanOrEqual", f"{high:g}"
        else:
            rule.operator, rule.formula1, rule.formula2 = "between", "-1E+15", "1E+15"
        rule.errorStyle = "stop"
        rule.errorTitle = "planbook"
        rule.error = _two(
            "intake_form_bounds",
            low="−∞" if low is None else f"{low:g}",
            high="∞" if high is None else f"{high:g}",
        )
        rule.showErrorMessage = True
        for cell in cells:
            rule.add(cell)
        sheet.add_data_validation(rule)


def _sources_sheet(sheet: Worksheet, forms: Sequence[Form]) -> None:
    holder = forms[0].name if len(forms) == 1 else None
    for number, name in enumerate(SHEET_FIELDS, start=1):
        cell = sheet.cell(row=1, column=number, value=f"{_two(f'intake_origin_{name}')}\n{name}")
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _BORDER
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = 28
    for row in range(2, _SOURCE_ROWS + 2):
        for number, name in enumerate(SHEET_FIELDS, start=1):
            cell = sheet.cell(row=row, column=number)
            cell.fill, cell.border, cell.protection = _OPEN, _BORDER, Protection(locked=False)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if holder and row == 2 and name.startswith("producer_"):
                cell.value = holder[name[-2:]]
    sheet.row_dimensions[1].height = 54
    sheet.freeze_panes = "B2"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def _guide_sheet(sheet: Worksheet, project: CityData, year: int) -> None:
    city: Text = project.city.name
    sheet.column_dimensions["A"].width = 70
    sheet.column_dimensions["B"].width = 80
    for column, lang in enumerate(reversed(LANGS), start=1):
        for row in range(1, _GUIDE_LINES + 1):
            text = say(f"intake_guide_{row}", lang, city=city[lang], year=year)
            cell = sheet.cell(row=row, column=column, value=text)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.font = Font(bold=row == 1, size=14 if row == 1 else 11)
    sheet.protection.sheet = True


def _meta_sheet(book: Workbook, city: str, year: int, sheets: dict[str, str]) -> None:
    sheet = book.create_sheet(META)
    sheet["A1"] = json.dumps(
        {"version": TEMPLATE_VERSION, "city": city, "year": year, "sheets": sheets},
        ensure_ascii=False,
    )
    sheet.sheet_state = "veryHidden"


def default_name(city: str, department: str, year: int) -> Path:
    """Give the name of the file where none is asked for."""
    return Path(f"template_{city}_{department}_{year}.xlsx")
