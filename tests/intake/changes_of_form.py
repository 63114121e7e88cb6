"""Changes of units, digits and the form of a table that change what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from openpyxl.utils import get_column_letter

from .changes import (
    SIZES,
    Meant,
    cell_of,
    first,
    is_own_form,
    last,
    meaning,
    unit_of,
    with_value,
    without,
    year_heads,
)
from .layouts import CITY, COUNTY, Figure, Layout
from .trouble import Sheet, ink, runs, shown_as, struck

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
    one = last(layout)
    old = unit_of(layout, one)
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
        return _with_unit(layout, last(layout), unit)[0], None


@meaning("the unit is gone")
def _(layout: Layout) -> Meant:
    one = last(layout)
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
    at = last(layout).column
    return layout.with_head(at, f"{layout.sheet.head[at]}（千克）"), None


@meaning("a unit beside the number against the one stated")
def _(layout: Layout) -> Meant:
    one = last(layout)
    other = "千克"
    return layout.with_cell(one.row, one.column, f"{cell_of(layout, one)}{other}"), None


@meaning("万 beside the number")
def _(layout: Layout) -> Meant:
    one = last(layout)
    unit = unit_of(layout, one)
    right = with_value(layout, one, one.value * 1e4) if SIZES[unit] == 1 else None
    return layout.with_cell(one.row, one.column, f"{cell_of(layout, one)}万"), right


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
        one = last(layout)
        if layout.is_csv:
            return None
        return layout.with_look(one.row, one.column, shown_as(look)), None


# ------------------------------------------------------------------ footnotes, digits

for _mark in ("①", "②", "¹", "⑴", "*", "[1]", "注1", "❶", "(2)", "†"):

    @meaning(f"the figure with {_mark}")
    def _(layout: Layout, mark: str = _mark) -> Meant:
        one = first(layout)
        return layout.with_cell(one.row, one.column, f"{cell_of(layout, one)}{mark}"), layout.right


for _mark in ("①", "¹", "*", "[1]"):

    @meaning(f"the year with {_mark}")
    def _(layout: Layout, mark: str = _mark) -> Meant:
        heads = year_heads(layout)
        if heads:
            return layout.with_head(
                heads[-1], f"{layout.sheet.head[heads[-1]]}{mark}"
            ), layout.right
        one, at = last(layout), layout.column("year")
        return layout.with_cell(one.row, at, f"{one.year}{mark}"), layout.right


@meaning("a digit raised in the figure")
def _(layout: Layout) -> Meant | None:
    one = first(layout)
    if layout.is_csv:
        return None
    look = runs((str(cell_of(layout, one)), {}), ("1", {"vertAlign": "superscript"}))
    return layout.with_look(one.row, one.column, look), layout.right


for _name, _change in (("struck out", struck), ("shown as nothing", shown_as(";;;")),
                       ("white on white", ink("FFFFFFFF"))):  # fmt: skip

    @meaning(f"the figure {_name}")
    def _(layout: Layout, change: Any = _change) -> Meant | None:
        one = first(layout)
        return None if layout.is_csv else (layout.with_look(one.row, one.column, change), None)


for _name, _text in (("a range", "{0}-{0}"), ("words", "八八"), ("a decimal comma", "{0},5"), ("an error", "#N/A"),
                     ("a sum", "=1+1"), ("a question mark", "{0}?"), ("less than a unit", "…"),
                     ("two numbers", "{0}/{0}"), ("a date", "2024年3月")):  # fmt: skip

    @meaning(f"the figure is {_name}")
    def _(layout: Layout, text: str = _text) -> Meant:
        one = first(layout)
        return layout.with_cell(one.row, one.column, text.format(cell_of(layout, one))), None


@meaning("the figure is negative")
def _(layout: Layout) -> Meant:
    one = first(layout)
    return layout.with_cell(one.row, one.column, -cell_of(layout, one)), None


for _text, _marked in (("约{0}", "about"), ("≥{0}", "at_least"), ("{0}以下", "at_most")):

    @meaning(f"the figure as {_text}")
    def _(layout: Layout, text: str = _text, marked: str = _marked) -> Meant:
        one = first(layout)
        right = with_value(layout, one, one.value, marked)
        return layout.with_cell(one.row, one.column, text.format(cell_of(layout, one))), right


# ------------------------------------------------------------------ form

for _blank in (None, "—", "/", "暂无"):

    @meaning(f"no figure: {_blank}")
    def _(layout: Layout, blank: Any = _blank) -> Meant:
        one = first(layout)
        return layout.with_cell(one.row, one.column, blank), without(layout, one)


@meaning("the indicator is blank")
def _(layout: Layout) -> Meant | None:
    if "code" in layout.fields:
        return None
    layout = layout.with_cell(last(layout).row, layout.column("indicator"), None)
    return layout, None


@meaning("the source is blank")
def _(layout: Layout) -> Meant:
    return layout.with_cell(last(layout).row, layout.column("source"), None), None


@meaning("a column of figures without a heading")
def _(layout: Layout) -> Meant:
    return layout.with_column(last(layout).column + 1, None, 7, "other"), layout.right


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
    one = last(layout)
    other = layout.column("source")
    value, text = cell_of(layout, one), layout.sheet.rows[one.row][other]
    return layout.with_cell(one.row, one.column, text).with_cell(one.row, other, value), None


@meaning("a row slips one column to the right")
def _(layout: Layout) -> Meant:
    one = last(layout)
    row = (None, *layout.sheet.rows[one.row])
    rows = list(layout.sheet.rows)
    rows[one.row] = row
    return layout.with_sheet(rows=tuple(rows)), None


@meaning("a number with a comma makes two cells")
def _(layout: Layout) -> Meant | None:
    one = last(layout)
    if not layout.is_csv:
        return None
    rows = list(layout.sheet.rows)
    cells = rows[one.row]
    rows[one.row] = (*cells[: one.column + 1], 825, *cells[one.column + 1 :])
    return layout.with_sheet(rows=tuple(rows)), None


@meaning("the figure a second time with another value")
def _(layout: Layout) -> Meant:
    one = last(layout)
    again = list(layout.sheet.rows[one.row])
    again[one.column] = again[one.column] + 1
    return layout.with_sheet(rows=(*layout.sheet.rows, tuple(again))), None


@meaning("the figure a second time with the same value")
def _(layout: Layout) -> Meant:
    one = last(layout)
    return layout.with_sheet(rows=(*layout.sheet.rows, layout.sheet.rows[one.row])), layout.right


def _more_sheet(layout: Layout, name: str) -> Layout | None:
    if layout.is_csv or is_own_form(layout):
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
    letter = get_column_letter(last(layout).column + 1)

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
    return layout.with_head(last(layout).column, None), None


@meaning("two columns of figures have the same heading")
def _(layout: Layout) -> Meant:
    at = last(layout).column
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
    one = first(layout)
    row = list(layout.sheet.rows[one.row])
    row[layout.column("indicator")] = f"例：{row[layout.column('indicator')]}"
    row[one.column] = 99
    return layout.with_sheet(rows=(*layout.sheet.rows, tuple(row))), layout.right
