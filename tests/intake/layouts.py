"""Twenty and more sheets as offices usually lay them out, each with its known figures."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from planbook.data.city import CityData
from planbook.intake.template.form import write_template
from planbook.intake.template.wanted import departments_of, make_form

from .trouble import Sheet, Value, merged, write_csv, write_xlsx

CITY, COUNTY = "smallville", "east"
Figures = dict[tuple[str, str, int], tuple[float, str]]


@dataclass(frozen=True)
class Figure:
    """A figure of a layout: where it stands and what it is in the catalogue's unit."""

    row: int
    column: int
    indicator: str
    place: str
    year: int
    value: float
    qualifier: str = ""


@dataclass(frozen=True)
class Layout:
    """A sheet, what its columns are, its figures, and the file it comes in.

    `fields` holds for each column one of indicator, code, place, year, value, unit,
    source, y2024 (figures of that year), or another name that bears no figure.
    """

    name: str
    sheet: Sheet
    fields: tuple[str, ...]
    figures: tuple[Figure, ...]
    file: str
    csv: Mapping[str, Any] = field(default_factory=dict)
    extra: tuple[Sheet, ...] = ()
    book: Callable[[Any], None] | None = None

    @property
    def is_csv(self) -> bool:
        return self.file.endswith(".csv")

    @property
    def right(self) -> Figures:
        return {(one.indicator, one.place, one.year): (float(f"{one.value:.10g}"), one.qualifier)
                for one in self.figures}  # fmt: skip

    def column(self, name: str) -> int | None:
        """Find a column by what it is."""
        return self.fields.index(name) if name in self.fields else None

    def write(self, folder: Path) -> Path:
        path = folder / self.file
        if self.is_csv:
            return write_csv(path, self.sheet, **self.csv)
        return write_xlsx(path, self.sheet, *self.extra, book=self.book)

    def with_sheet(self, **changes: Any) -> Layout:
        return replace(self, sheet=replace(self.sheet, **changes))

    def with_head(self, column: int, text: Value) -> Layout:
        head = list(self.sheet.head)
        head[column] = text
        return self.with_sheet(head=tuple(head))

    def with_cell(self, row: int, column: int, value: Value) -> Layout:
        rows = [list(one) for one in self.sheet.rows]
        rows[row][column] = value
        return self.with_sheet(rows=tuple(map(tuple, rows)))

    def with_look(self, row: int, column: int, look: Callable[[Any], None]) -> Layout:
        return self.with_sheet(looks={**self.sheet.looks, (row, column): look})

    def with_more(self, *changes: Callable[[Any, int], None]) -> Layout:
        return self.with_sheet(more=(*self.sheet.more, *changes))

    def with_figures(self, change: Callable[[Figure], Figure | None]) -> Layout:
        """Change what is known of the figures; those of which nothing is left go."""
        return replace(self, figures=tuple(filter(None, map(change, self.figures))))

    def with_columns(self, order: list[int | tuple[Value, list[Value], str]]) -> Layout:
        """Reorder columns; a tuple is a new one: heading, cells, what it is."""
        old = self.sheet

        def pick(cells: tuple[Value, ...], number: int | None) -> tuple[Value, ...]:
            out = []
            for one in order:
                if isinstance(one, int):
                    out.append(cells[one])
                else:
                    out.append(one[0] if number is None else one[1][number])
            return tuple(out)

        moved = {one: new for new, one in enumerate(order) if isinstance(one, int)}
        return replace(
            self,
            sheet=replace(
                old,
                head=pick(old.head, None),
                rows=tuple(pick(row, number) for number, row in enumerate(old.rows)),
                looks={(row, moved[column]): look for (row, column), look in old.looks.items()
                       if column in moved},
            ),
            fields=tuple(self.fields[one] if isinstance(one, int) else one[2] for one in order),
            figures=tuple(replace(one, column=moved[one.column]) for one in self.figures
                          if one.column in moved),
        )  # fmt: skip

    def with_column(self, at: int, heading: Value, cells: Value | list[Value], what: str) -> Layout:
        """Insert a column; one cell is repeated in all rows."""
        values = cells if isinstance(cells, list) else [cells] * len(self.sheet.rows)
        order: list = list(range(len(self.fields)))
        order.insert(at, (heading, values, what))
        return self.with_columns(order)

    def without_column(self, at: int) -> Layout:
        return self.with_columns([one for one in range(len(self.fields)) if one != at])

    def with_rows(self, order: list[int]) -> Layout:
        """Reorder or leave out rows."""
        new = {old: number for number, old in enumerate(order)}
        sheet = replace(
            self.sheet,
            rows=tuple(self.sheet.rows[one] for one in order),
            looks={(new.get(row, row), column): look
                   for (row, column), look in self.sheet.looks.items() if row < 0 or row in new},
        )  # fmt: skip
        figures = tuple(replace(one, row=new[one.row]) for one in self.figures if one.row in new)
        return replace(self, sheet=sheet, figures=figures)

    def above(self, *lines: tuple[Value, ...]) -> Layout:
        return self.with_sheet(above=(*lines, *self.sheet.above))

    def below(self, *lines: tuple[Value, ...]) -> Layout:
        return self.with_sheet(below=(*self.sheet.below, *lines))

    @property
    def unit_place(self) -> str:
        """Tell where the units stand: column, heading or line."""
        if "unit" in self.fields:
            return "column"
        heads = " ".join(str(one) for one in self.sheet.head)
        return "heading" if "（" in heads or "(" in heads else "line"


@dataclass(frozen=True)
class Fact:
    """What a sheet says in one place: a number in a unit, and the catalogue's value."""

    indicator: str
    zh: str
    en: str
    year: int
    given: Value
    unit: str
    value: float
    place: str = CITY


def _facts() -> dict[str, list[Fact]]:
    straw = ("straw_utilisation_rate", "农作物秸秆综合利用率", "Crop straw utilisation rate")
    diesel = ("agricultural_diesel_use", "农用柴油使用量", "Diesel use in farming")
    grain = ("grain_output", "粮食产量", "Grain output")
    return {
        "straw": [Fact(*straw, 2024, 88.1, "%", 88.1), Fact(*straw, 2025, 89.3, "%", 89.3)],
        "diesel": [Fact(*diesel, 2024, 5100, "吨", 5.1), Fact(*diesel, 2025, 5200, "吨", 5.2)],
        "diesel_wan": [Fact(*diesel, 2024, 0.51, "万吨", 5.1), Fact(*diesel, 2025, 0.52, "万吨", 5.2)],
        "grain": [Fact(*grain, 2024, 120, "万吨", 1200), Fact(*grain, 2025, 123, "万吨", 1230)],
        "grain_east": [Fact(*grain, 2024, 30, "万吨", 300, COUNTY), Fact(*grain, 2025, 31, "万吨", 310, COUNTY)],
    }  # fmt: skip


FACTS = _facts()
PLACES = {CITY: "全市", COUNTY: "东区"}
BULLETIN = "小城市2025年统计公报"
LONG_ZH = {
    "indicator": "指标名称",
    "year": "年份",
    "value": "数值",
    "unit": "单位",
    "source": "来源",
}


def long(name: str, file: str, heads: Mapping[str, Value], facts: list[Fact], *,
         cells: Callable[[str, Fact, int], Value] | None = None, source: str = "bureau",
         **more: Any) -> Layout:  # fmt: skip
    """Lay out one figure in each row."""
    layout = {key: more.pop(key) for key in ("csv", "extra", "book") if key in more}

    def cell(what: str, fact: Fact, number: int) -> Value:
        own = cells(what, fact, number) if cells else None
        known = {"indicator": fact.zh, "code": fact.indicator, "year": fact.year, "value": fact.given,
                 "unit": fact.unit, "source": source, "place": PLACES[fact.place]}  # fmt: skip
        return own if own is not None else known.get(what)

    fields = tuple(heads)
    rows = tuple(
        tuple(cell(what, fact, number) for what in fields) for number, fact in enumerate(facts)
    )
    figures = tuple(
        Figure(number, fields.index("value"), fact.indicator, fact.place, fact.year, fact.value)
        for number, fact in enumerate(facts)
    )
    return Layout(name, Sheet(tuple(heads.values()), rows, **more), fields, figures, file, **layout)


def wide(name: str, file: str, heads: Mapping[str, Value], groups: list[list[Fact]], *,
         cells: Callable[[str, Fact, int], Value] | None = None, source: str = "bureau",
         **more: Any) -> Layout:  # fmt: skip
    """Lay out one indicator in each row, with a column for each year."""
    layout = {key: more.pop(key) for key in ("csv", "extra", "book") if key in more}
    fields, rows, figures = tuple(heads), [], []
    for number, facts in enumerate(groups):
        first = facts[0]
        by_year = {f"y{fact.year}": fact for fact in facts}
        known = {"indicator": first.zh, "code": first.indicator, "unit": first.unit, "source": source,
                 "place": PLACES[first.place]}  # fmt: skip
        row = []
        for column, what in enumerate(fields):
            own = cells(what, first, number) if cells else None
            if what in by_year:
                fact = by_year[what]
                figures.append(
                    Figure(number, column, fact.indicator, fact.place, fact.year, fact.value)
                )
                row.append(fact.given)
            else:
                row.append(own if own is not None else known.get(what))
        rows.append(tuple(row))
    sheet = Sheet(tuple(heads.values()), tuple(rows), **more)
    return Layout(name, sheet, fields, tuple(figures), file, **layout)


def template(project: CityData) -> Layout:
    """Fill in a form of our own: the rows of two indicators, and its other sheets as they are."""
    raw = _form(project)
    made = openpyxl.load_workbook(io.BytesIO(raw))
    page = made.worksheets[0]
    head = tuple(cell.value for cell in page[1])
    fields = tuple(str(one).split("\n")[-1] for one in head)
    facts = {fact.indicator: fact for fact in (FACTS["straw"][0], FACTS["diesel"][0])}
    rows, figures = [], []
    for cells in page.iter_rows(min_row=2, values_only=True):
        row = dict(zip(fields, cells, strict=True))
        fact = facts.get(row["indicator"])
        if fact:
            row |= {"value": fact.given, "unit": fact.unit, "source": "bureau"}
            figures.append(
                Figure(len(rows), fields.index("value"), fact.indicator, CITY, 2024, fact.value)
            )
            rows.append(tuple(row.values()))
    names = {"entity": "place"}

    def others(book: Any) -> None:
        for sheet in made.worksheets[1:]:
            copy = book.create_sheet(sheet.title)
            copy.sheet_state = sheet.sheet_state
            for line in sheet.iter_rows():
                for cell in line:
                    if cell.value is not None:
                        copy[cell.coordinate] = cell.value

    return Layout("form of our own", Sheet(head, tuple(rows), name=page.title),
                  tuple(names.get(one, one) for one in fields), tuple(figures), "form.xlsx",
                  book=others)  # fmt: skip


@cache
def _forms() -> dict[str, bytes]:
    return {}


def _form(project: CityData) -> bytes:
    known = _forms()
    if "form" not in known:
        assert "agriculture_rural" in departments_of(project)
        known["form"] = write_template(
            project, [make_form(project, "agriculture_rural", 2024, None)], 2024
        )
    return known["form"]


def layouts(project: CityData) -> list[Layout]:
    """Lay out all."""
    straw, diesel, grain = FACTS["straw"], FACTS["diesel"], FACTS["grain"]
    facts = [*straw, *diesel, *grain]
    placed = [*grain, *FACTS["grain_east"]]
    wan = [FACTS["diesel_wan"], grain]
    years = {"y2024": "2024年", "y2025": "2025年"}
    english = {"indicator": "indicator", "year": "year", "value": "value", "unit": "unit",
               "source": "source"}  # fmt: skip
    unit_en = {"吨": "t", "万吨": "10 000 t", "%": "%"}

    def in_english(what: str, fact: Fact, _: int) -> Value:
        return {"indicator": fact.en, "unit": unit_en[fact.unit]}.get(what)

    def by_code(what: str, fact: Fact, _: int) -> Value:
        return {"indicator": fact.indicator, "unit": unit_en[fact.unit]}.get(what)

    def numbered(what: str, _: Fact, number: int) -> Value:
        return {"number": number + 1}.get(what)

    def full(what: str, fact: Fact, _: int) -> Value:
        return {
            "status": "初步",
            "published": "2026-03-15",
            "locator": "表3",
            "note_zh": "已核对",
        }.get(what)

    def coded(what: str, _: Fact, number: int) -> Value:
        return {"code": f"A{number + 1:02d}"}.get(what)

    signed = (("单位负责人：王五", "统计负责人：李四", "填表人：张三", "联系电话：0858-8223344",
               "填报日期：2026年3月15日"),)  # fmt: skip
    title = "小城市农业农村统计表"
    return [
        long("one row a figure", "固废.xlsx", LONG_ZH, facts),
        long("table of text", "上报.csv", LONG_ZH, facts, source=BULLETIN),
        long("table of text in GBK", "报表.csv", LONG_ZH, facts, csv={"encoding": "gbk", "newline": "\r\n"}),
        long("table of text with a mark of its encoding", "data.csv", LONG_ZH, facts,
             csv={"encoding": "utf-8-sig", "newline": "\r\n"}, source=BULLETIN),
        long("set off by tabs", "tab.csv", LONG_ZH, facts, csv={"delimiter": "\t"}),
        long("set off by semicolons", "semi.csv", LONG_ZH, facts, csv={"delimiter": ";"}),
        long("in English, by code", "figures.csv", english, facts, cells=by_code),
        long("in English, by name", "Figures.xlsx",
             {key: head.title() for key, head in english.items()}, facts, cells=in_english),
        long("in both languages", "双语.xlsx",
             {"indicator": "指标\nIndicator", "year": "年份\nYear", "value": "数值\nValue",
              "unit": "单位\nUnit", "source": "来源\nSource"}, facts, source=BULLETIN),
        long("numbered and signed", "农业农村局.xlsx", {"number": "序号", **LONG_ZH}, facts, cells=numbered,
             above=((title,),), below=signed, more=(merged("A1:F1"),)),
        long("with status, date, page and note", "full.csv",
             {**LONG_ZH, "status": "数据状态", "published": "发布日期", "locator": "页码", "note_zh": "备注"},
             facts, cells=full),
        long("with codes of the office", "编码.xlsx", {"code": "指标代码", **LONG_ZH}, facts, cells=coded),
        long("counties as rows", "分县.xlsx", {"place": "地区", **LONG_ZH}, placed),
        long("notes below", "注释.csv", LONG_ZH, facts,
             below=((), ("注：1.数据来源于年报。",), ("2.本表由市局汇总。",))),
        long("lines of an index above", "索引.xlsx",
             {key: LONG_ZH[key] for key in ("indicator", "year", "value", "source")}, [*wan[0], *wan[1]],
             above=((title,), ("表号：农1表", None, "制定机关：市统计局"),
                    ("填报单位：市农业农村局", None, None, "单位：万吨")),
             more=(merged("A1:D1"),), source=BULLETIN),
        wide("years as columns", "历年.xlsx", {"indicator": "指标名称", "unit": "计量单位", **years, "source": "来源"},
             [straw, diesel, grain]),
        wide("years as columns, text", "历年.csv", {"indicator": "指标", "unit": "单位", **years, "source": "数据来源"},
             [straw, diesel, grain], source=BULLETIN),
        wide("units in the headings of years", "产量.xlsx",
             {"indicator": "指标", "y2024": "2024年（万吨）", "y2025": "2025年（万吨）", "source": "来源"}, wan),
        wide("one unit above", "产量.csv", {"indicator": "指标名称", **years, "source": "来源"}, wan,
             above=((title,), ("单位：万吨",))),
        wide("years as numbers", "年表.xlsx", {"indicator": "项目", "unit": "单位", "y2024": 2024, "y2025": 2025,
                                             "source": "资料来源"}, [straw, diesel, grain]),
        wide("counties as rows, years as columns", "分县.csv",
             {"place": "地区", "indicator": "指标名称", "unit": "单位", **years, "source": "来源"},
             [grain, FACTS["grain_east"]]),
        wide("two parts with titles", "分类.xlsx",
             {"number": "序号", "indicator": "指标名称", "unit": "计量单位", **years, "source": "来源"},
             [straw, diesel, grain], cells=numbered, between={0: ("一、利用情况",), 1: ("二、使用和产出情况",)}),
        template(project),
    ]  # fmt: skip


__all__ = ["CITY", "COUNTY", "Figure", "Figures", "Layout", "csv", "dataclasses", "layouts"]
