"""Changes that mean nothing: how a sheet looks, what stands around it, how it is written."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

from .changes import (
    after_indicator,
    cell_of,
    is_own_form,
    nothing,
    unit_of,
    year_heads,
)
from .layouts import Layout
from .trouble import Sheet, shown_as

# ------------------------------------------------------------------ nothing: how it looks


def _each(layout: Layout, look: Callable[[Any], None]) -> Layout:
    """Give all cells of the table a look that is added to the one they have."""
    looks = dict(layout.sheet.looks)
    for row in range(-1, len(layout.sheet.rows)):
        for column in range(len(layout.fields)):
            looks[row, column] = look
    return layout.with_sheet(looks=looks)


def _font(cell: Any) -> None:
    cell.font = Font(name="仿宋_GB2312", size=12, bold=True, italic=True, color="FF1F3864")


def _fill(cell: Any) -> None:
    cell.fill = PatternFill("solid", fgColor="FFFFF2CC")


def _border(cell: Any) -> None:
    line = Side(style="thin", color="FF000000")
    cell.border = Border(left=line, right=line, top=line, bottom=line)


def _align(cell: Any) -> None:
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _comment(cell: Any) -> None:
    if cell.row == 2:
        cell.comment = Comment("请核对", "张三")


for _name, _change in (("fonts", _font), ("fills", _fill), ("borders", _border), ("alignment", _align),
                       ("comments on cells", _comment)):  # fmt: skip

    @nothing(_name)
    def _(layout: Layout, change: Any = _change) -> Layout | None:
        return None if layout.is_csv else _each(layout, change)


for _look in ("0.00", "#,##0.00", "0.0_ ", "#,##0.0_);(#,##0.0)"):

    @nothing(f"numbers shown as {_look}")
    def _(layout: Layout, look: str = _look) -> Layout | None:
        if layout.is_csv:
            return None
        for one in layout.figures:
            layout = layout.with_look(one.row, one.column, shown_as(look))
        return layout


def _page(name: str):
    """Enter a change of a workbook's page as a change without meaning."""

    def enter(change: Callable[[Any, int], None]):
        @nothing(name)
        def _(layout: Layout) -> Layout | None:
            return None if layout.is_csv else layout.with_more(change)

        return change

    return enter


@_page("column widths and row heights")
def _(page: Any, head: int) -> None:
    page.column_dimensions["A"].width = 44
    page.row_dimensions[head].height = 40


@_page("panes that stay in sight")
def _(page: Any, head: int) -> None:
    page.freeze_panes = f"B{head + 1}"


@_page("a print area, headers and footers")
def _(page: Any, head: int) -> None:
    page.print_area = f"A1:C{head + 1}"
    page.print_title_rows = f"{head}:{head}"
    page.oddHeader.center.text = "2024年上报"
    page.oddFooter.right.text = "&P / &N"


@_page("a filter that hides nothing")
def _(page: Any, head: int) -> None:
    page.auto_filter.ref = f"A{head}:C{page.max_row}"


@_page("protection, zoom and a coloured tab")
def _(page: Any, head: int) -> None:
    page.protection.sheet = True
    page.sheet_view.zoomScale = 85
    page.sheet_properties.tabColor = "FFC00000"


@_page("a list to choose from")
def _(page: Any, head: int) -> None:
    rule = DataValidation(type="list", formula1='"一,二"', allow_blank=True)
    rule.add(f"A{head + 1}:A{head + 9}")
    page.add_data_validation(rule)


@_page("borders drawn far down")
def _(page: Any, head: int) -> None:
    for row in range(head + 9, head + 60):
        _border(page.cell(row, 1))


@_page("rows in groups, none of them closed")
def _(page: Any, head: int) -> None:
    page.row_dimensions.group(head + 1, head + 2, hidden=False)


@_page("empty columns hidden far to the right")
def _(page: Any, head: int) -> None:
    page.column_dimensions["AB"].hidden = True


@_page("a link on a cell")
def _(page: Any, head: int) -> None:
    page.cell(head + 1, 1).hyperlink = "https://example.org/"


# ------------------------------------------------------------------ nothing: what stands around

for _title in ("小城市2024年农业农村统计表", "小城市农业农村统计表（全市）", "农业农村绿色发展情况", "表3", "附件1",
               "填报单位：市农业农村局", "填报日期：2026年1月15日", "制表机关：市统计局"):  # fmt: skip

    @nothing(f"a line above: {_title}")
    def _(layout: Layout, title: str = _title) -> Layout:
        return layout.above((title,))


for _lines in ((("填表人：张三", None, "联系电话：0858-8223344"),), ((), ("审核人：李四  填表人：张三",)),
               (("单位负责人（签字）：", None, "填报日期：2026年3月15日"),), ((), ("注：数据来源于年报。",)),
               (("说明：本表一式两份。",),), ((), ("第1页，共1页",)), (("注：“—”表示无数据。",),)):  # fmt: skip

    @nothing(f"below: {_lines}")
    def _(layout: Layout, lines: Any = _lines) -> Layout:
        return layout.below(*lines)


@nothing("a title merged over the columns")
def _(layout: Layout) -> Layout | None:
    if layout.is_csv or layout.sheet.above:
        return None

    def merge(page: Any, head: int) -> None:
        page.merge_cells("A1:D1")

    return layout.above(("小城市统计表",)).with_more(merge)


@nothing("a note below merged over the columns")
def _(layout: Layout) -> Layout | None:
    if layout.is_csv or layout.sheet.below:
        return None

    def merge(page: Any, head: int) -> None:
        page.merge_cells(f"A{page.max_row}:D{page.max_row}")

    return layout.below(("注：数据来源于年报。",)).with_more(merge)


@nothing("blank lines above")
def _(layout: Layout) -> Layout:
    return layout.above((), (None, None))


@nothing("a blank line between the rows")
def _(layout: Layout) -> Layout | None:
    at = len(layout.sheet.rows) - 1
    if at in layout.sheet.between:
        return None
    return layout.with_sheet(between={**layout.sheet.between, at: ()})


@nothing("blank lines below")
def _(layout: Layout) -> Layout:
    return layout.below((), (None, " "), ())


@nothing("a blank column on the left")
def _(layout: Layout) -> Layout | None:
    return None if layout.sheet.between else layout.with_column(0, None, None, "other")


@nothing("a blank column in the middle")
def _(layout: Layout) -> Layout:
    return layout.with_column(after_indicator(layout), None, None, "other")


@nothing("blank columns on the right")
def _(layout: Layout) -> Layout:
    return layout.with_column(len(layout.fields), None, None, "other").with_column(
        len(layout.fields) + 1, None, " ", "other"
    )


@nothing("a column of notes without a note")
def _(layout: Layout) -> Layout | None:
    if "note_zh" in layout.fields:
        return None
    return layout.with_column(len(layout.fields), "备注", None, "note")


@nothing("a column of notes that say nothing of the figures' scope")
def _(layout: Layout) -> Layout | None:
    if "note_zh" in layout.fields:
        return None
    return layout.with_column(len(layout.fields), "备注", "已核对", "note")


@nothing("a serial number")
def _(layout: Layout) -> Layout | None:
    if layout.sheet.between or "number" in layout.fields:
        return None
    numbers: list = list(range(1, len(layout.sheet.rows) + 1))
    return layout.with_column(0, "序号", numbers, "number")


@nothing("columns the other way round")
def _(layout: Layout) -> Layout | None:
    if layout.sheet.between:
        return None
    return layout.with_columns(list(reversed(range(len(layout.fields)))))


@nothing("the source first")
def _(layout: Layout) -> Layout | None:
    at = layout.column("source")
    if layout.sheet.between:
        return None
    return layout.with_columns([at, *(one for one in range(len(layout.fields)) if one != at)])


@nothing("rows the other way round")
def _(layout: Layout) -> Layout | None:
    if layout.sheet.between or "number" in layout.fields:
        return None
    return layout.with_rows(list(reversed(range(len(layout.sheet.rows)))))


for _name in ("Sheet3", "农业农村", "2024年", "附表一", "全市"):

    @nothing(f"sheet {_name}")
    def _(layout: Layout, name: str = _name) -> Layout | None:
        return None if layout.is_csv or is_own_form(layout) else layout.with_sheet(name=name)


for _name in ("小城市2024年", "（定稿）", "20260315_"):

    @nothing(f"file {_name}")
    def _(layout: Layout, name: str = _name) -> Layout:
        return replace(layout, file=f"{name}{layout.file}")


@nothing("empty sheets")
def _(layout: Layout) -> Layout | None:
    if layout.is_csv or is_own_form(layout):
        return None
    return replace(layout, extra=(Sheet((), (), name="Sheet2"), Sheet((), (), name="Sheet9")))


@nothing("an empty sheet, hidden")
def _(layout: Layout) -> Layout | None:
    if layout.is_csv or is_own_form(layout):
        return None

    def hide(book: Any) -> None:
        book["Sheet2"].sheet_state = "hidden"

    return replace(layout, extra=(Sheet((), (), name="Sheet2"),), book=hide)


# ------------------------------------------------------------------ nothing: how it is written

TRADITIONAL = str.maketrans({
    "标": "標", "称": "稱", "数": "數", "单": "單", "计": "計", "来": "來", "区": "區", "农": "農", "业": "業", "综": "綜",
    "产": "產", "粮": "糧", "万": "萬", "吨": "噸", "县": "縣", "东": "東", "资": "資", "项": "項", "号": "號", "备": "備",
    "据": "據", "状": "狀", "态": "態", "发": "發", "页": "頁", "码": "碼", "报": "報", "统": "統", "编": "編",
})  # fmt: skip
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
WIDE_DIGITS = str.maketrans("0123456789.%", "０１２３４５６７８９．％")


def _rewrite(layout: Layout, change: Callable[[str], str], fields: tuple[str, ...] = ()) -> Layout:
    """Rewrite the headings, and the texts of some columns."""
    head = tuple(change(one) if isinstance(one, str) else one for one in layout.sheet.head)
    rows = tuple(
        tuple(
            change(cell) if isinstance(cell, str) and what in fields else cell
            for what, cell in zip(layout.fields, row, strict=True)
        )
        for row in layout.sheet.rows
    )
    return layout.with_sheet(head=head, rows=rows)


@nothing("traditional characters")
def _(layout: Layout) -> Layout | None:
    if is_own_form(layout):
        return None
    changed = _rewrite(
        layout, lambda text: text.translate(TRADITIONAL), ("indicator", "unit", "place")
    )
    above = tuple(
        tuple(cell.translate(TRADITIONAL) if isinstance(cell, str) else cell for cell in line)
        for line in layout.sheet.above
    )
    return changed.with_sheet(above=above)


@nothing("spaces around headings and names")
def _(layout: Layout) -> Layout | None:
    if is_own_form(layout):
        return None
    return _rewrite(layout, lambda text: f"\u3000{text} \u00a0", ("indicator", "unit", "place"))


@nothing("spaces within short headings")
def _(layout: Layout) -> Layout | None:
    if is_own_form(layout):
        return None

    def spread(text: str) -> str:
        return "\u3000".join(text) if len(text) == 2 and not text.isascii() else text

    return _rewrite(layout, spread)


@nothing("headings in capitals")
def _(layout: Layout) -> Layout | None:
    return None if is_own_form(layout) else _rewrite(layout, str.upper)


@nothing("headings in full-width letters")
def _(layout: Layout) -> Layout | None:
    return None if is_own_form(layout) else _rewrite(layout, lambda text: text.translate(WIDE))


@nothing("characters that cannot be seen")
def _(layout: Layout) -> Layout | None:
    if is_own_form(layout) or layout.csv.get("encoding") == "gbk":
        return None
    return _rewrite(layout, lambda text: f"\u200b{text}\ufeff", ("indicator", "place"))


def _numbers(layout: Layout, write: Callable[[Any], Any]) -> Layout:
    for one in layout.figures:
        layout = layout.with_cell(one.row, one.column, write(cell_of(layout, one)))
    return layout


@nothing("numbers as text")
def _(layout: Layout) -> Layout:
    return _numbers(layout, str)


@nothing("numbers in full-width digits")
def _(layout: Layout) -> Layout:
    return _numbers(layout, lambda value: str(value).translate(WIDE_DIGITS))


@nothing("numbers with separators of thousands and zeros behind")
def _(layout: Layout) -> Layout:
    return _numbers(layout, lambda value: f"{value:,.2f}")


@nothing("numbers with spaces around")
def _(layout: Layout) -> Layout:
    return _numbers(layout, lambda value: f" {value}\u00a0")


@nothing("units beside the numbers as well")
def _(layout: Layout) -> Layout | None:
    for one in layout.figures:
        unit = unit_of(layout, one)
        if not unit[0].isdigit():  # 10 000 t beside a number makes another number
            layout = layout.with_cell(one.row, one.column, f"{cell_of(layout, one)}{unit}")
    return layout


YEARS = ("{}", "{}年", "{} 年", "{}年度")
for _form in YEARS:

    @nothing(f"years as {_form}")
    def _(layout: Layout, form: str = _form) -> Layout | None:
        if layout.unit_place == "heading":
            return None
        for column in year_heads(layout):
            layout = layout.with_head(column, form.format(layout.fields[column][1:]))
        at = layout.column("year")
        for one in layout.figures if at is not None else ():
            layout = layout.with_cell(one.row, at, form.format(one.year))
        return layout


@nothing("years as numbers")
def _(layout: Layout) -> Layout | None:
    if layout.unit_place == "heading":
        return None
    for column in year_heads(layout):
        layout = layout.with_head(column, int(layout.fields[column][1:]))
    at = layout.column("year")
    for one in layout.figures if at is not None else ():
        layout = layout.with_cell(one.row, at, float(one.year) if not layout.is_csv else one.year)
    return layout


UNITS = {"万吨": "万 吨", "吨": "t", "%": "％", "10 000 t": "万吨", "t": "tonnes"}


@nothing("units written otherwise")
def _(layout: Layout) -> Layout | None:
    at = layout.column("unit")
    if at is None:
        return None
    for row, cells in enumerate(layout.sheet.rows):
        layout = layout.with_cell(row, at, UNITS.get(str(cells[at]), cells[at]))
    return layout


@nothing("one more column, of the days of publication")
def _(layout: Layout) -> Layout | None:
    if "published" in layout.fields:
        return None
    day = "2026-03-15" if layout.is_csv else dt.date(2026, 3, 15)
    return layout.with_column(len(layout.fields), "发布日期", day, "published")


# ------------------------------------------------------------------ nothing: tables of text

for _name, _options in (
    ("GBK", {"encoding": "gbk"}),
    ("GB18030", {"encoding": "gb18030"}),
    ("UTF-8 with its mark", {"encoding": "utf-8-sig"}),
    ("line ends of Windows", {"newline": "\r\n"}),
    ("line ends of an old Mac", {"newline": "\r"}),
    ("every field in quotes", {"quoting": csv.QUOTE_ALL}),
    ("set off by tabs", {"delimiter": "\t"}),
    ("set off by semicolons", {"delimiter": ";"}),
    ("empty columns at the end", {"pad": 4}),
    ("blank lines at the end", {"tail": "\n\n\n"}),
    ("lines of commas at the end", {"pad": 2, "tail": ",,,\n,,,\n"}),
):

    @nothing(_name)
    def _(layout: Layout, options: Any = _options) -> Layout | None:
        if not layout.is_csv or ("tail" in options and layout.csv.get("delimiter")):
            return None
        return replace(layout, csv={**layout.csv, **options})
