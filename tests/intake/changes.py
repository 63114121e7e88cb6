"""What is done to a sheet: changes of its meaning, and changes that mean nothing.

A change of meaning gives the changed sheet and what may come of it: that the import
stops is right for all of them; where the changed sheet still has a meaning, so are
exactly its figures. A change without meaning gives the changed sheet alone. None where
a change does not fit a layout.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from .layouts import CITY, COUNTY, Figure, Figures, Layout
from .trouble import Sheet, ink, runs, shown_as, struck

Meant = tuple[Layout, Figures | None]
MEANING: dict[str, Callable[[Layout], Meant | None]] = {}
NOTHING: dict[str, Callable[[Layout], Layout | None]] = {}
SIZES = {"吨": 1.0, "t": 1.0, "万吨": 1e4, "10 000 t": 1e4}


def meaning(name: str):
    """Enter a change of meaning under its name."""

    def enter(change):
        assert name not in MEANING
        MEANING[name] = change
        return change

    return enter


def nothing(name: str):
    """Enter a change without meaning under its name."""

    def enter(change):
        assert name not in NOTHING
        NOTHING[name] = change
        return change

    return enter


# ------------------------------------------------------------------ what changes help with


def _first(layout: Layout) -> Figure:
    return layout.figures[0]


def _last(layout: Layout) -> Figure:
    """Give the last figure of an amount, so that its unit can be another."""
    return [one for one in layout.figures if one.indicator != "straw_utilisation_rate"][-1]


def _at(layout: Layout, one: Figure) -> Any:
    return layout.sheet.rows[one.row][one.column]


def _is_own_form(layout: Layout) -> bool:
    return layout.book is not None


def _moved(layout: Layout, place: str = COUNTY) -> Figures | None:
    """Give the figures as the county's, where no column says whose they are."""
    if "place" in layout.fields:
        return None
    return {(one, place, year): value for (one, _, year), value in layout.right.items()}


def _without(layout: Layout, gone: Figure) -> Figures:
    key = (gone.indicator, gone.place, gone.year)
    return {one: value for one, value in layout.right.items() if one != key}


def _with_value(layout: Layout, one: Figure, value: float, mark: str = "") -> Figures:
    return {**layout.right, (one.indicator, one.place, one.year): (float(f"{value:.10g}"), mark)}


def _unit_of(layout: Layout, one: Figure) -> str:
    """Find the unit that holds for a figure."""
    if layout.unit_place == "column":
        return str(layout.sheet.rows[one.row][layout.column("unit")])
    if layout.unit_place == "heading":
        return str(layout.sheet.head[one.column]).partition("（")[2].rstrip("）")
    return "万吨"


def _year_heads(layout: Layout) -> list[int]:
    return [column for column, what in enumerate(layout.fields) if what.startswith("y2")]


def _after_indicator(layout: Layout) -> int:
    return layout.column("indicator") + 1


# ------------------------------------------------------------------ place

for _title in ("东区2024年农业统计表", "小城市东区2024年报表", "East District, 2024"):

    @meaning(f"title {_title}")
    def _(layout: Layout, title: str = _title) -> Meant:
        return layout.above((title,)), _moved(layout)


for _title in (
    "贵州省2024年农业统计表",
    "小城市市本级统计表",
    "小城市高新技术产业开发区报表",
    "某某农业发展有限公司2024年报表",
):

    @meaning(f"title {_title}")
    def _(layout: Layout, title: str = _title) -> Meant:
        return layout.above((title,)), None


@meaning("an office of the county fills it in")
def _(layout: Layout) -> Meant:
    return layout.above(("填报单位：东区农业农村局",)), _moved(layout)


@meaning("a note below says whose figures they are")
def _(layout: Layout) -> Meant:
    return layout.below((), ("注：以上为东区数据。",)), _moved(layout)


@meaning("a note below leaves a county out")
def _(layout: Layout) -> Meant:
    return layout.below(("注：以上数据不含东区。",)), None


@meaning("the sheet is named after the county")
def _(layout: Layout) -> Meant | None:
    if layout.is_csv or _is_own_form(layout):
        return None
    return layout.with_sheet(name="东区"), _moved(layout)


@meaning("the file is named after the county")
def _(layout: Layout) -> Meant:
    return replace(layout, file=f"东区{layout.file}"), _moved(layout)


@meaning("the file is named after the province")
def _(layout: Layout) -> Meant:
    return replace(layout, file=f"贵州省{layout.file}"), None


for _heading in ("区县", "县（市、区）", "行政区划", "County"):

    @meaning(f"a column {_heading} names the county")
    def _(layout: Layout, heading: str = _heading) -> Meant | None:
        if "place" in layout.fields:
            return None
        return layout.with_column(_after_indicator(layout), heading, "东区", "other"), _moved(
            layout
        )


for _heading, _content in (("区县", "市本级"), ("区县", "西区"), ("范围", "高新区"), ("统计范围", "规模以上企业"),
                           ("企业名称", "某某公司"), ("地区", "合计")):  # fmt: skip

    @meaning(f"a column {_heading} says {_content}")
    def _(layout: Layout, heading: str = _heading, content: str = _content) -> Meant | None:
        if "place" in layout.fields and heading != "企业名称":
            return None
        return layout.with_column(_after_indicator(layout), heading, content, "other"), None


@meaning("a column of places is filled in its first row only")
def _(layout: Layout) -> Meant | None:
    if "place" in layout.fields or len(layout.sheet.rows) < 2:
        return None
    cells = ["东区", *[None] * (len(layout.sheet.rows) - 1)]
    return layout.with_column(0, "地区", cells, "other"), None


@meaning("one place is blank")
def _(layout: Layout) -> Meant | None:
    at = layout.column("place")
    return None if at is None else (layout.with_cell(_last(layout).row, at, None), None)


@meaning("one place is unknown")
def _(layout: Layout) -> Meant | None:
    at = layout.column("place")
    return None if at is None else (layout.with_cell(_last(layout).row, at, "西区"), None)


@meaning("the column of places is gone")
def _(layout: Layout) -> Meant | None:
    at = layout.column("place")
    return None if at is None else (layout.without_column(at), None)


@meaning("the heading of places is gone")
def _(layout: Layout) -> Meant | None:
    at = layout.column("place")
    return None if at is None else (layout.with_head(at, None), None)


@meaning("the source is the county's")
def _(layout: Layout) -> Meant:
    at = layout.column("source")
    for row in range(len(layout.sheet.rows)):
        layout = layout.with_cell(row, at, "东区2025年统计公报")
    return layout, _moved(layout)


@meaning("the indicator is a part: 其中")
def _(layout: Layout) -> Meant:
    one = _last(layout)
    at = layout.column("indicator")
    return layout.with_cell(one.row, at, f"其中：{layout.sheet.rows[one.row][at]}"), None


# ------------------------------------------------------------------ period

PARTS = ("2024年上半年", "2024年1—6月", "2024年第三季度", "截至2024年9月底", "2024年1～9月累计", "2024/25财年",
         "2024-2025学年", "2024 Q2")  # fmt: skip
for _part in PARTS:

    @meaning(f"title {_part}统计表")
    def _(layout: Layout, part: str = _part) -> Meant:
        return layout.above((f"{part}统计表",)), None


for _part in ("上半年", "1-9月", "三季度"):

    @meaning(f"file {_part}")
    def _(layout: Layout, part: str = _part) -> Meant:
        return replace(layout, file=f"{part}{layout.file}"), None

    @meaning(f"sheet {_part}")
    def _(layout: Layout, part: str = _part) -> Meant | None:
        return (
            None if layout.is_csv or _is_own_form(layout) else (layout.with_sheet(name=part), None)
        )


for _heading, _content in (("期间", "1-6月累计"), ("季度", 2), ("月份", "6月"), ("报告期", "上半年"),
                           ("quarter", "Q2"), ("month", "June")):  # fmt: skip

    @meaning(f"a column {_heading} says {_content}")
    def _(layout: Layout, heading: str = _heading, content: Any = _content) -> Meant:
        return layout.with_column(_after_indicator(layout), heading, content, "other"), None


@meaning("a column 期间 says 全年 but in one row")
def _(layout: Layout) -> Meant:
    cells = ["全年"] * len(layout.sheet.rows)
    cells[-1] = "上半年"
    return layout.with_column(_after_indicator(layout), "期间", cells, "other"), None


for _part in ("（1-6月）", "（上半年）", "1-9月", "Q2", "（截至9月底）"):

    @meaning(f"the year with {_part}")
    def _(layout: Layout, part: str = _part) -> Meant:
        heads = _year_heads(layout)
        if heads:
            return layout.with_head(heads[-1], f"{layout.fields[heads[-1]][1:]}年{part}"), None
        one, at = _last(layout), layout.column("year")
        return layout.with_cell(one.row, at, f"{one.year}年{part}"), None


@meaning("the heading of values speaks of part of a year")
def _(layout: Layout) -> Meant | None:
    at = layout.column("value")
    if at is None:
        return None
    return layout.with_head(at, f"{layout.sheet.head[at]}（1-6月）"), None


@meaning("a note below speaks of part of a year")
def _(layout: Layout) -> Meant:
    return layout.below(("注：2024年数据截至9月底。",)), None


@meaning("the source is of part of a year")
def _(layout: Layout) -> Meant:
    one, at = _last(layout), layout.column("source")
    return layout.with_cell(one.row, at, "2024年上半年经济运行简报"), None


@meaning("a note in a row speaks of part of a year")
def _(layout: Layout) -> Meant | None:
    cells = [None] * len(layout.sheet.rows)
    cells[-1] = "上半年数"
    return layout.with_column(
        len(layout.fields), "说明" if "note_zh" in layout.fields else "备注", cells, "note"
    ), None


@meaning("the year is gone")
def _(layout: Layout) -> Meant:
    heads = _year_heads(layout)
    if heads:
        return layout.with_head(heads[-1], None), None
    return layout.with_cell(_last(layout).row, layout.column("year"), None), None


@meaning("the year is to come")
def _(layout: Layout) -> Meant:
    heads = _year_heads(layout)
    if heads:
        return layout.with_head(heads[-1], "2035年"), None
    return layout.with_cell(_last(layout).row, layout.column("year"), 2035), None


# ------------------------------------------------------------------ kind

for _word in (
    "目标任务分解表",
    "2024年计划表",
    "2024年预计完成情况",
    "2024年增速表",
    "抽样调查结果",
):

    @meaning(f"title {_word}")
    def _(layout: Layout, word: str = _word) -> Meant:
        return layout.above((word,)), None


for _word in (
    "目标值",
    "计划数",
    "预计",
    "完成率",
    "同比",
    "增速",
    "比上年增长",
    "占比",
    "比重",
    "样本",
):

    @meaning(f"the heading of figures with {_word}")
    def _(layout: Layout, word: str = _word) -> Meant:
        at = _last(layout).column
        text = str(layout.sheet.head[at])
        if "（" in text:
            return layout.with_head(at, text.replace("（", f"{word}（", 1)), None
        return layout.with_head(at, f"{text}（{word}）"), None

    @meaning(f"a column 类别 says {_word}")
    def _(layout: Layout, word: str = _word) -> Meant:
        return layout.with_column(_after_indicator(layout), "类别", word, "other"), None


@meaning("a note below speaks of a target")
def _(layout: Layout) -> Meant:
    return layout.below(("注：2024年为目标值。",)), None


@meaning("a note in a row speaks of a forecast")
def _(layout: Layout) -> Meant:
    cells = [None] * len(layout.sheet.rows)
    cells[-1] = "预计数"
    return layout.with_column(
        len(layout.fields), "说明" if "note_zh" in layout.fields else "备注", cells, "note"
    ), None


@meaning("the indicator's growth")
def _(layout: Layout) -> Meant | None:
    if "code" in layout.fields:
        return None
    one, at = _last(layout), layout.column("indicator")
    return layout.with_cell(one.row, at, f"{layout.sheet.rows[one.row][at]}增速"), None


@meaning("a column of growth beside the figures")
def _(layout: Layout) -> Meant:
    return layout.with_column(_last(layout).column + 1, "比上年增长%", 2.5, "other"), layout.right


@meaning("a column of targets beside the figures")
def _(layout: Layout) -> Meant:
    cells = [row[_last(layout).column] for row in layout.sheet.rows]
    return layout.with_column(_last(layout).column + 1, "2025年目标", cells, "other"), layout.right


# ------------------------------------------------------------------ unit


def _with_unit(layout: Layout, one: Figure, unit: str) -> tuple[Layout, list[Figure]]:
    """Write another unit where the unit of a figure stands; give the figures it holds for."""
    if layout.unit_place == "column":
        changed = layout.with_cell(one.row, layout.column("unit"), unit)
        return changed, [other for other in layout.figures if other.row == one.row]
    if layout.unit_place == "heading":
        text = str(layout.sheet.head[one.column])
        changed = layout.with_head(one.column, text.partition("（")[0] + f"（{unit}）")
        return changed, [other for other in layout.figures if other.column == one.column]
    above = tuple(tuple(cell.replace("万吨", unit) if isinstance(cell, str) else cell for cell in line)
                  for line in layout.sheet.above)  # fmt: skip
    return layout.with_sheet(above=above), list(layout.figures)


@meaning("another unit of the same kind")
def _(layout: Layout) -> Meant:
    one = _last(layout)
    old = _unit_of(layout, one)
    new = "吨" if SIZES[old] > 1 else "万吨"
    changed, touched = _with_unit(layout, one, new)
    right = dict(layout.right)
    for other in touched:
        value = other.value / SIZES[old] * SIZES[new]
        right[other.indicator, other.place, other.year] = (float(f"{value:.10g}"), "")
    return changed, right


for _unit in ("公顷", "MT", "mt", "%", "万元", "个（台）"):

    @meaning(f"the unit {_unit}")
    def _(layout: Layout, unit: str = _unit) -> Meant:
        return _with_unit(layout, _last(layout), unit)[0], None


@meaning("the unit is gone")
def _(layout: Layout) -> Meant:
    one = _last(layout)
    if layout.unit_place == "column":
        return layout.with_cell(one.row, layout.column("unit"), None), None
    if layout.unit_place == "heading":
        return layout.with_head(
            one.column, str(layout.sheet.head[one.column]).partition("（")[0]
        ), None
    return _with_unit(layout, one, "")[0], None


@meaning("a line above gives another unit")
def _(layout: Layout) -> Meant:
    return layout.above(("单位：千克",)), None


@meaning("a line between the rows gives another unit")
def _(layout: Layout) -> Meant | None:
    at = len(layout.sheet.rows) - 1
    if at in layout.sheet.between:
        return None
    changed = layout.with_sheet(between={**layout.sheet.between, at: ("单位：千克",)})
    if layout.unit_place != "line":
        return changed, None
    right = dict(layout.right)
    for one in layout.figures:
        if one.row == at:
            right[one.indicator, one.place, one.year] = (float(f"{one.value / 1e7:.10g}"), "")
    return changed, right


@meaning("the heading gives another unit")
def _(layout: Layout) -> Meant | None:
    if layout.unit_place == "heading":
        return None
    at = _last(layout).column
    return layout.with_head(at, f"{layout.sheet.head[at]}（千克）"), None


@meaning("a unit beside the number against the one stated")
def _(layout: Layout) -> Meant:
    one = _last(layout)
    other = "千克"
    return layout.with_cell(one.row, one.column, f"{_at(layout, one)}{other}"), None


@meaning("万 beside the number")
def _(layout: Layout) -> Meant:
    one = _last(layout)
    unit = _unit_of(layout, one)
    right = _with_value(layout, one, one.value * 1e4) if SIZES[unit] == 1 else None
    return layout.with_cell(one.row, one.column, f"{_at(layout, one)}万"), right


for _look in (
    r"0\.0000",
    '0"."0000"万"',
    '0!.0,"万"',
    "#,##0.0,",
    '0"万"',
    '0.0,"千"',
    '0"千克"',
    "0.0%",
):

    @meaning(f"the number shown as {_look}")
    def _(layout: Layout, look: str = _look) -> Meant | None:
        one = _last(layout)
        if layout.is_csv:
            return None
        return layout.with_look(one.row, one.column, shown_as(look)), None


# ------------------------------------------------------------------ footnotes, digits

for _mark in ("①", "②", "¹", "⑴", "*", "[1]", "注1", "❶", "(2)", "†"):

    @meaning(f"the figure with {_mark}")
    def _(layout: Layout, mark: str = _mark) -> Meant:
        one = _first(layout)
        return layout.with_cell(one.row, one.column, f"{_at(layout, one)}{mark}"), layout.right


for _mark in ("①", "¹", "*", "[1]"):

    @meaning(f"the year with {_mark}")
    def _(layout: Layout, mark: str = _mark) -> Meant:
        heads = _year_heads(layout)
        if heads:
            return layout.with_head(
                heads[-1], f"{layout.sheet.head[heads[-1]]}{mark}"
            ), layout.right
        one, at = _last(layout), layout.column("year")
        return layout.with_cell(one.row, at, f"{one.year}{mark}"), layout.right


@meaning("a digit raised in the figure")
def _(layout: Layout) -> Meant | None:
    one = _first(layout)
    if layout.is_csv:
        return None
    look = runs((str(_at(layout, one)), {}), ("1", {"vertAlign": "superscript"}))
    return layout.with_look(one.row, one.column, look), layout.right


for _name, _change in (("struck out", struck), ("shown as nothing", shown_as(";;;")),
                       ("white on white", ink("FFFFFFFF"))):  # fmt: skip

    @meaning(f"the figure {_name}")
    def _(layout: Layout, change: Any = _change) -> Meant | None:
        one = _first(layout)
        return None if layout.is_csv else (layout.with_look(one.row, one.column, change), None)


for _name, _text in (("a range", "{0}-{0}"), ("words", "八八"), ("a decimal comma", "{0},5"), ("an error", "#N/A"),
                     ("a sum", "=1+1"), ("a question mark", "{0}?"), ("less than a unit", "…"),
                     ("two numbers", "{0}/{0}"), ("a date", "2024年3月")):  # fmt: skip

    @meaning(f"the figure is {_name}")
    def _(layout: Layout, text: str = _text) -> Meant:
        one = _first(layout)
        return layout.with_cell(one.row, one.column, text.format(_at(layout, one))), None


@meaning("the figure is negative")
def _(layout: Layout) -> Meant:
    one = _first(layout)
    return layout.with_cell(one.row, one.column, -_at(layout, one)), None


for _text, _marked in (("约{0}", "about"), ("≥{0}", "at_least"), ("{0}以下", "at_most")):

    @meaning(f"the figure as {_text}")
    def _(layout: Layout, text: str = _text, marked: str = _marked) -> Meant:
        one = _first(layout)
        right = _with_value(layout, one, one.value, marked)
        return layout.with_cell(one.row, one.column, text.format(_at(layout, one))), right


# ------------------------------------------------------------------ form

for _blank in (None, "—", "/", "暂无"):

    @meaning(f"no figure: {_blank}")
    def _(layout: Layout, blank: Any = _blank) -> Meant:
        one = _first(layout)
        return layout.with_cell(one.row, one.column, blank), _without(layout, one)


@meaning("the indicator is blank")
def _(layout: Layout) -> Meant | None:
    if "code" in layout.fields:
        return None
    layout = layout.with_cell(_last(layout).row, layout.column("indicator"), None)
    return layout, None


@meaning("the source is blank")
def _(layout: Layout) -> Meant:
    return layout.with_cell(_last(layout).row, layout.column("source"), None), None


@meaning("a column of figures without a heading")
def _(layout: Layout) -> Meant:
    return layout.with_column(_last(layout).column + 1, None, 7, "other"), layout.right


@meaning("a column of words without a heading")
def _(layout: Layout) -> Meant:
    return layout.with_column(len(layout.fields), None, "待核", "other"), layout.right


@meaning("a number below the table")
def _(layout: Layout) -> Meant:
    return layout.below((), (None, None, 42)), layout.right


@meaning("a number above the table")
def _(layout: Layout) -> Meant:
    return layout.above((42,)), layout.right


@meaning("two cells of a row change places")
def _(layout: Layout) -> Meant | None:
    one = _last(layout)
    other = layout.column("source")
    value, text = _at(layout, one), layout.sheet.rows[one.row][other]
    return layout.with_cell(one.row, one.column, text).with_cell(one.row, other, value), None


@meaning("a row slips one column to the right")
def _(layout: Layout) -> Meant:
    one = _last(layout)
    row = (None, *layout.sheet.rows[one.row])
    rows = list(layout.sheet.rows)
    rows[one.row] = row
    return layout.with_sheet(rows=tuple(rows)), None


@meaning("a number with a comma makes two cells")
def _(layout: Layout) -> Meant | None:
    one = _last(layout)
    if not layout.is_csv:
        return None
    rows = list(layout.sheet.rows)
    cells = rows[one.row]
    rows[one.row] = (*cells[: one.column + 1], 825, *cells[one.column + 1 :])
    return layout.with_sheet(rows=tuple(rows)), None


@meaning("the figure a second time with another value")
def _(layout: Layout) -> Meant:
    one = _last(layout)
    again = list(layout.sheet.rows[one.row])
    again[one.column] = again[one.column] + 1
    return layout.with_sheet(rows=(*layout.sheet.rows, tuple(again))), None


@meaning("the figure a second time with the same value")
def _(layout: Layout) -> Meant:
    one = _last(layout)
    return layout.with_sheet(rows=(*layout.sheet.rows, layout.sheet.rows[one.row])), layout.right


def _more_sheet(layout: Layout, name: str) -> Layout | None:
    if layout.is_csv or _is_own_form(layout):
        return None
    more = Sheet(
        ("指标名称", "年份", "数值", "单位", "来源"),
        (("农膜回收率", 2024, 84.5, "%", "bureau"),),
        name=name,
    )
    return replace(layout, extra=(*layout.extra, more))


FILM = "film_recovery_rate"
for _name in ("填报示例", "样表", "Sample"):

    @meaning(f"one more sheet {_name}")
    def _(layout: Layout, name: str = _name) -> Meant | None:
        changed = _more_sheet(layout, name)
        return changed and (changed, None)


@meaning("one more sheet of the county")
def _(layout: Layout) -> Meant | None:
    changed = _more_sheet(layout, "东区")
    return changed and (changed, {**layout.right, (FILM, COUNTY, 2024): (84.5, "")})


@meaning("one more sheet of the city")
def _(layout: Layout) -> Meant | None:
    changed = _more_sheet(layout, "农膜")
    return changed and (changed, {**layout.right, (FILM, CITY, 2024): (84.5, "")})


@meaning("one more sheet, hidden")
def _(layout: Layout) -> Meant | None:
    changed = _more_sheet(layout, "农膜")

    def hide(book: Any) -> None:
        book["农膜"].sheet_state = "hidden"

    return changed and (replace(changed, book=hide), None)


@meaning("a hidden row")
def _(layout: Layout) -> Meant | None:
    def hide(page: Any, head: int) -> None:
        page.row_dimensions[head + 1 + bool(layout.sheet.between.get(0))].hidden = True

    return None if layout.is_csv else (layout.with_more(hide), None)


@meaning("a hidden column of figures")
def _(layout: Layout) -> Meant | None:
    letter = get_column_letter(_last(layout).column + 1)

    def hide(page: Any, head: int) -> None:
        page.column_dimensions[letter].hidden = True

    return None if layout.is_csv else (layout.with_more(hide), None)


@meaning("one figure merged over two rows")
def _(layout: Layout) -> Meant | None:
    if layout.is_csv or layout.sheet.between:
        return None
    gone = next(one for one in layout.figures if one.row == 1)
    letter = get_column_letter(gone.column + 1)

    def merge(page: Any, head: int) -> None:
        page.merge_cells(f"{letter}{head + 1}:{letter}{head + 2}")

    return layout.with_cell(gone.row, gone.column, None).with_more(merge), None


@meaning("the indicator merged over two rows of years")
def _(layout: Layout) -> Meant | None:
    if layout.is_csv or "year" not in layout.fields or len(layout.sheet.rows) < 3:
        return None
    letter = get_column_letter(layout.column("indicator") + 1)

    def merge(page: Any, head: int) -> None:
        page.merge_cells(f"{letter}{head + 1}:{letter}{head + 2}")

    return layout.with_cell(1, layout.column("indicator"), None).with_more(merge), layout.right


@meaning("the heading of figures is gone")
def _(layout: Layout) -> Meant:
    return layout.with_head(_last(layout).column, None), None


@meaning("two columns of figures have the same heading")
def _(layout: Layout) -> Meant:
    at = _last(layout).column
    cells = [row[at] for row in layout.sheet.rows]
    cells[-1] = (cells[-1] or 0) + 1
    return layout.with_column(at + 1, layout.sheet.head[at], cells, "other"), None


@meaning("another table beside this one")
def _(layout: Layout) -> Meant:
    columns = {one.column for one in layout.figures}
    head = (*layout.sheet.head, None, *layout.sheet.head)
    rows = tuple(
        (*row, None, *(cell + 1 if at in columns else cell for at, cell in enumerate(row)))
        for row in layout.sheet.rows
    )
    return layout.with_sheet(head=head, rows=rows), None


@meaning("an example in a row")
def _(layout: Layout) -> Meant:
    one = _first(layout)
    row = list(layout.sheet.rows[one.row])
    row[layout.column("indicator")] = f"例：{row[layout.column('indicator')]}"
    row[one.column] = 99
    return layout.with_sheet(rows=(*layout.sheet.rows, tuple(row))), layout.right


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
    return layout.with_column(_after_indicator(layout), None, None, "other")


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
        return None if layout.is_csv or _is_own_form(layout) else layout.with_sheet(name=name)


for _name in ("小城市2024年", "（定稿）", "20260315_"):

    @nothing(f"file {_name}")
    def _(layout: Layout, name: str = _name) -> Layout:
        return replace(layout, file=f"{name}{layout.file}")


@nothing("empty sheets")
def _(layout: Layout) -> Layout | None:
    if layout.is_csv or _is_own_form(layout):
        return None
    return replace(layout, extra=(Sheet((), (), name="Sheet2"), Sheet((), (), name="Sheet9")))


@nothing("an empty sheet, hidden")
def _(layout: Layout) -> Layout | None:
    if layout.is_csv or _is_own_form(layout):
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
    if _is_own_form(layout):
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
    if _is_own_form(layout):
        return None
    return _rewrite(layout, lambda text: f"\u3000{text} \u00a0", ("indicator", "unit", "place"))


@nothing("spaces within short headings")
def _(layout: Layout) -> Layout | None:
    if _is_own_form(layout):
        return None

    def spread(text: str) -> str:
        return "\u3000".join(text) if len(text) == 2 and not text.isascii() else text

    return _rewrite(layout, spread)


@nothing("headings in capitals")
def _(layout: Layout) -> Layout | None:
    return None if _is_own_form(layout) else _rewrite(layout, str.upper)


@nothing("headings in full-width letters")
def _(layout: Layout) -> Layout | None:
    return None if _is_own_form(layout) else _rewrite(layout, lambda text: text.translate(WIDE))


@nothing("characters that cannot be seen")
def _(layout: Layout) -> Layout | None:
    if _is_own_form(layout) or layout.csv.get("encoding") == "gbk":
        return None
    return _rewrite(layout, lambda text: f"\u200b{text}\ufeff", ("indicator", "place"))


def _numbers(layout: Layout, write: Callable[[Any], Any]) -> Layout:
    for one in layout.figures:
        layout = layout.with_cell(one.row, one.column, write(_at(layout, one)))
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
    if _is_own_form(layout):
        return None
    for one in layout.figures:
        unit = _unit_of(layout, one) if layout.unit_place != "line" else "万吨"
        layout = layout.with_cell(one.row, one.column, f"{_at(layout, one)}{unit}")
    return layout


YEARS = ("{}", "{}年", "{} 年", "{}年度")
for _form in YEARS:

    @nothing(f"years as {_form}")
    def _(layout: Layout, form: str = _form) -> Layout | None:
        if layout.unit_place == "heading":
            return None
        for column in _year_heads(layout):
            layout = layout.with_head(column, form.format(layout.fields[column][1:]))
        at = layout.column("year")
        for one in layout.figures if at is not None else ():
            layout = layout.with_cell(one.row, at, form.format(one.year))
        return layout


@nothing("years as numbers")
def _(layout: Layout) -> Layout | None:
    if layout.unit_place == "heading":
        return None
    for column in _year_heads(layout):
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
