"""Find the table in a sheet: which column is what, and where its rows are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from planbook.intake import limits
from planbook.intake.faults import Fault, visible
from planbook.intake.grids import Cell, Grid, letters
from planbook.intake.refusal import Refused
from planbook.intake.values import clean

META = "_planbook"  # the hidden sheet of a template
PROBLEMS = "planbook_problems"  # the sheet of an annotated copy
# what a heading may say, in either language -> the field of an observation
_HEADINGS: dict[str, tuple[str, ...]] = {
    "indicator": ("indicator", "indicator id", "id", "指标", "指标名称", "指标代码", "指标编号",
                  "名称", "项目", "name", "name (zh)", "name (en)"),
    "entity": ("entity", "place", "region", "area", "地区", "区域", "行政区", "县区",
               "县市区", "单位名称"),
    "year": ("year", "年份", "年度", "年"),
    "value": ("value", "figure", "数值", "数据", "值", "指标值", "本年数值", "本年"),
    "unit": ("unit", "单位", "计量单位"),
    "status": ("status", "状态", "数据状态", "数据性质"),
    "published": ("published", "publication date", "date", "发布日期", "公布日期",
                  "发布时间", "公布时间"),
    "source": ("source", "来源", "数据来源", "资料来源", "出处"),
    "locator": ("locator", "page", "table", "页码", "位置", "所在页表", "页表"),
    "note": ("note", "note (en)", "remark", "remarks", "英文备注", "备注(英文)"),
    "note_zh": ("note_zh", "note (zh)", "备注", "说明", "中文备注", "备注(中文)"),
    "qualifier": ("qualifier", "mark", "限定", "限定词", "标记"),
}  # fmt: skip
_FIELD = {heading: name for name, headings in _HEADINGS.items() for heading in headings}
_YEAR_HEAD = re.compile(r"((?:19|20)\d\d)\s*(?:年度?|年末|年底)?")
_IN_BRACKETS = re.compile(r"(.*?)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*")
_UNIT_LINE = re.compile(r"(?:计量)?单位\s*[:：]\s*(\S.*)|unit\s*:\s*(\S.*)", re.I)


@dataclass(frozen=True)
class Entry:
    """One figure of a sheet, before it is understood.

    Attributes
    ----------
    file, sheet : str
    row : int
    cells : mapping of str to Cell
        By field of an observation; what is blank is left out.
    unit : str
        The unit that a heading or a line above the table gives, or empty.
    """

    file: str
    sheet: str
    row: int
    cells: Mapping[str, Cell]
    unit: str = ""

    def place(self, name: str) -> Cell:
        """Give the cell of a field, or of the value where that is blank."""
        return self.cells.get(name) or self.cells["value"]


@dataclass(frozen=True)
class Table:
    """The rows of one sheet and what is wrong with its form."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Head:
    """A header row: the column of each field, and the columns that are years."""

    row: int
    columns: Mapping[str, int]
    years: Mapping[int, Cell] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)

    @property
    def used(self) -> set[int]:
        return {*self.columns.values(), *self.years}


def _norm(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def heading(text: str) -> tuple[str | None, str]:
    """Tell which field a heading names, and the unit in its brackets.

    Parameters
    ----------
    text : str

    Returns
    -------
    name : str or None
        A field of an observation, a year as text, or None.
    unit : str
        Empty where there is none.
    """
    for line in text.split("\n"):  # a template's headings stand in both languages
        name, unit = _heading(line)
        if name:
            return name, unit
    return None, ""


def _heading(text: str) -> tuple[str | None, str]:
    plain, unit = _norm(text), ""
    if plain in _FIELD:
        return _FIELD[plain], ""
    if found := _IN_BRACKETS.fullmatch(plain):
        plain, unit = found[1], found[2]
    if plain in _FIELD:
        return _FIELD[plain], unit
    if found := _YEAR_HEAD.fullmatch(plain):
        return found[1], unit
    return None, ""


def _read_head(number: int, cells: Mapping[int, Cell]) -> tuple[Head | None, list[tuple]]:
    """Read one row as a header; gives None where it is none, and what stands twice."""
    columns: dict[str, int] = {}
    years: dict[int, Cell] = {}
    units: dict[int, str] = {}
    repeated = []
    for column, cell in cells.items():
        if cell.kind not in "sn":
            continue
        name, unit = heading(cell.text)
        if name is None:
            continue
        if name.isdigit():
            if any(one.text == name for one in years.values()):
                repeated.append((cell, name))
            years[column] = Cell(cell.row, column, "s", name)
        elif name in columns:
            repeated.append((cell, cell.text.strip()))
        else:
            columns[name] = column
        if unit:
            units[column] = unit
    is_long = "indicator" in columns and "value" in columns
    is_wide = "indicator" in columns and bool(years)
    if not (is_long or is_wide) or (is_long and len(columns) < 3 and not years):
        return None, []
    return Head(number, columns, years, units), repeated


def find_table(grid: Grid) -> Table | None:
    """Find the table of a sheet.

    Parameters
    ----------
    grid : Grid

    Returns
    -------
    Table or None
        None where no header is recognised.
    """
    rows = grid.rows()
    head, repeated, unit = None, [], ""
    for number, cells in rows.items():
        if number > limits.MAX_HEADER_ROW:
            break
        head, repeated = _read_head(number, cells)
        if head:
            break
        for cell in cells.values():
            found = _UNIT_LINE.search(_norm(cell.text)) if cell.kind == "s" else None
            if found:
                unit = (found[1] or found[2]).strip()
    if head is None:
        return None
    faults = _head_faults(grid, head, rows[head.row], repeated)
    if faults:
        return Table((), tuple(faults))
    body = {number: cells for number, cells in rows.items() if number > head.row}
    faults += _form_faults(grid, head, body)
    entries = []
    for number, cells in body.items():
        entries += _entries(grid, head, number, cells, unit)
    return Table(tuple(entries), tuple(faults))


def _head_faults(
    grid: Grid, head: Head, cells: Mapping[int, Cell], repeated: list[tuple]
) -> list[Fault]:
    faults = [
        Fault("header_twice", grid.file, grid.sheet, cell.ref, visible(cell.text),
              details={"name": name})
        for cell, name in repeated
    ]  # fmt: skip
    if head.years and ("year" in head.columns or "value" in head.columns):
        cell = next(iter(head.years.values()))
        faults.append(
            Fault("layout_mixed", grid.file, grid.sheet, f"{letters(cell.column)}{head.row}")
        )
    elif not head.years and "year" not in head.columns:
        faults.append(Fault("header_missing", grid.file, grid.sheet, f"A{head.row}",
                            details={"name": {"en": "year", "zh": "年份"}}))  # fmt: skip
    for cell in cells.values():
        try:
            clean(cell.text)
        except Refused as refused:
            faults.append(_of_cell(grid, cell, refused))
    return faults


def _of_cell(grid: Grid, cell: Cell, refused: Refused) -> Fault:
    return Fault(refused.rule, grid.file, grid.sheet, cell.ref, visible(cell.text),
                 details=refused.details)  # fmt: skip


def _form_faults(grid: Grid, head: Head, body: Mapping[int, Mapping[int, Cell]]) -> list[Fault]:
    """Find what hides or joins figures: hidden rows and columns, merged cells."""
    faults = []
    for number, cells in body.items():
        if number in grid.hidden_rows and head.used & set(cells):
            faults.append(Fault("hidden_row", grid.file, grid.sheet, f"A{number}",
                                details={"row": number}))  # fmt: skip
    for column in sorted(head.used & grid.hidden_columns):
        faults.append(Fault("hidden_column", grid.file, grid.sheet, f"{letters(column)}{head.row}",
                            details={"column": letters(column)}))  # fmt: skip
    last = max(body, default=head.row)
    for top, left, bottom, right in grid.merged:
        touches = any(left <= column <= right for column in head.used)
        if touches and bottom >= head.row and top <= last:
            area = f"{letters(left)}{top}:{letters(right)}{bottom}"
            faults.append(Fault("merged", grid.file, grid.sheet, f"{letters(left)}{top}",
                                details={"area": area}))  # fmt: skip
    return faults


def _entries(
    grid: Grid, head: Head, number: int, cells: Mapping[int, Cell], unit: str
) -> list[Entry]:
    named = {name: cells[column] for name, column in head.columns.items() if column in cells}
    if not head.years:
        if not named:
            return []
        value = cells.get(head.columns["value"])
        if value is None:  # no figure; kept, so that the row's other mistakes can be told
            return []
        return [Entry(grid.file, grid.sheet, number, named,
                      head.units.get(head.columns["value"], unit))]  # fmt: skip
    found = []
    for column, year in head.years.items():
        if column in cells:
            own = {**named, "value": cells[column], "year": year}
            found.append(Entry(grid.file, grid.sheet, number, own, head.units.get(column, unit)))
    return found
