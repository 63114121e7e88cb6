"""Changes of place, period and kind, wherever an office writes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .changes import (
    Meant,
    after_indicator,
    is_own_form,
    last,
    meaning,
    moved,
    year_heads,
)
from .layouts import Layout

# ------------------------------------------------------------------ place

for _title in ("东区2024年农业统计表", "小城市东区2024年报表", "East District, 2024"):

    @meaning(f"title {_title}")
    def _(layout: Layout, title: str = _title) -> Meant:
        return layout.above((title,)), moved(layout)


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
    return layout.above(("填报单位：东区农业农村局",)), moved(layout)


@meaning("a note below says whose figures they are")
def _(layout: Layout) -> Meant:
    return layout.below((), ("注：以上为东区数据。",)), moved(layout)


@meaning("a note below leaves a county out")
def _(layout: Layout) -> Meant:
    return layout.below(("注：以上数据不含东区。",)), None


@meaning("the sheet is named after the county")
def _(layout: Layout) -> Meant | None:
    if layout.is_csv or is_own_form(layout):
        return None
    return layout.with_sheet(name="东区"), moved(layout)


@meaning("the file is named after the county")
def _(layout: Layout) -> Meant:
    return replace(layout, file=f"东区{layout.file}"), moved(layout)


@meaning("the file is named after the province")
def _(layout: Layout) -> Meant:
    return replace(layout, file=f"贵州省{layout.file}"), None


for _heading in ("区县", "县（市、区）", "行政区划", "County"):

    @meaning(f"a column {_heading} names the county")
    def _(layout: Layout, heading: str = _heading) -> Meant | None:
        if "place" in layout.fields:
            return None
        return layout.with_column(after_indicator(layout), heading, "东区", "other"), moved(layout)


for _heading, _content in (("区县", "市本级"), ("区县", "西区"), ("范围", "高新区"), ("统计范围", "规模以上企业"),
                           ("企业名称", "某某公司"), ("地区", "合计")):  # fmt: skip

    @meaning(f"a column {_heading} says {_content}")
    def _(layout: Layout, heading: str = _heading, content: str = _content) -> Meant | None:
        if "place" in layout.fields and heading != "企业名称":
            return None
        return layout.with_column(after_indicator(layout), heading, content, "other"), None


@meaning("a column of places is filled in its first row only")
def _(layout: Layout) -> Meant | None:
    if "place" in layout.fields or len(layout.sheet.rows) < 2:
        return None
    cells = ["东区", *[None] * (len(layout.sheet.rows) - 1)]
    return layout.with_column(0, "地区", cells, "other"), None


@meaning("one place is blank")
def _(layout: Layout) -> Meant | None:
    at = layout.column("place")
    return None if at is None else (layout.with_cell(last(layout).row, at, None), None)


@meaning("one place is unknown")
def _(layout: Layout) -> Meant | None:
    at = layout.column("place")
    return None if at is None else (layout.with_cell(last(layout).row, at, "西区"), None)


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
    return layout, moved(layout)


@meaning("the indicator is a part: 其中")
def _(layout: Layout) -> Meant:
    one = last(layout)
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
            None if layout.is_csv or is_own_form(layout) else (layout.with_sheet(name=part), None)
        )


for _heading, _content in (("期间", "1-6月累计"), ("季度", 2), ("月份", "6月"), ("报告期", "上半年"),
                           ("quarter", "Q2"), ("month", "June")):  # fmt: skip

    @meaning(f"a column {_heading} says {_content}")
    def _(layout: Layout, heading: str = _heading, content: Any = _content) -> Meant:
        return layout.with_column(after_indicator(layout), heading, content, "other"), None


@meaning("a column 期间 says 全年 but in one row")
def _(layout: Layout) -> Meant:
    cells = ["全年"] * len(layout.sheet.rows)
    cells[-1] = "上半年"
    return layout.with_column(after_indicator(layout), "期间", cells, "other"), None


for _part in ("（1-6月）", "（上半年）", "1-9月", "Q2", "（截至9月底）"):

    @meaning(f"the year with {_part}")
    def _(layout: Layout, part: str = _part) -> Meant:
        heads = year_heads(layout)
        if heads:
            return layout.with_head(heads[-1], f"{layout.fields[heads[-1]][1:]}年{part}"), None
        one, at = last(layout), layout.column("year")
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
    one, at = last(layout), layout.column("source")
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
    heads = year_heads(layout)
    if heads:
        return layout.with_head(heads[-1], None), None
    return layout.with_cell(last(layout).row, layout.column("year"), None), None


@meaning("the year is to come")
def _(layout: Layout) -> Meant:
    heads = year_heads(layout)
    if heads:
        return layout.with_head(heads[-1], "2035年"), None
    return layout.with_cell(last(layout).row, layout.column("year"), 2035), None


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
        at = last(layout).column
        text = str(layout.sheet.head[at])
        if "（" in text:
            return layout.with_head(at, text.replace("（", f"{word}（", 1)), None
        return layout.with_head(at, f"{text}（{word}）"), None

    @meaning(f"a column 类别 says {_word}")
    def _(layout: Layout, word: str = _word) -> Meant:
        return layout.with_column(after_indicator(layout), "类别", word, "other"), None


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
    one, at = last(layout), layout.column("indicator")
    return layout.with_cell(one.row, at, f"{layout.sheet.rows[one.row][at]}增速"), None


@meaning("a column of growth beside the figures")
def _(layout: Layout) -> Meant:
    return layout.with_column(last(layout).column + 1, "比上年增长%", 2.5, "other"), layout.right


@meaning("a column of targets beside the figures")
def _(layout: Layout) -> Meant:
    cells = [row[last(layout).column] for row in layout.sheet.rows]
    return layout.with_column(last(layout).column + 1, "2025年目标", cells, "other"), layout.right
