"""What offices sent that was once misread, and other files of the same kinds.

Each case says what came and what is right: the import stops, or it reads these figures
and nothing else. `asks` means that both are right: what matters is that no other figure
gets in without a word. The values in the catalogue's unit were worked out by hand.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from planbook.cli import main
from planbook.intake.delimited import decode
from planbook.paths import ROOT_VARIABLE

from .conftest import REPO, STOPPED, figures_of, outcome, told
from .trouble import Sheet, ink, merged, runs, shown_as, struck, write_csv, write_xlsx

FOLDER = Path(__file__).parent / "cases"
SOURCE = "市农业农村局函（2026）12号"
CITY = "liupanshui"
MANURE, FERTILISER, STRAW = (
    ("畜禽粪污资源化综合利用率", "manure_utilisation_rate"),
    ("主要农作物化肥利用率", "fertiliser_utilisation_rate"),
    ("农作物秸秆综合利用率", "straw_utilisation_rate"),
)
WASTE = ("工业固体废物产生量", "industrial_solid_waste_generated")  # Mt
DIESEL = ("农用柴油使用量", "agricultural_diesel_use")  # kt
LONG = ("指标名称", "年份", "数值", "单位", "来源")
Figures = dict[tuple[str, str, int], tuple[float, str]]


def read(*figures: tuple) -> Figures:
    """Write figures as (indicator, value), (indicator, value, place) or with a year as well."""
    found: Figures = {}
    for (_, indicator), value, *more in figures:
        place, year = [*more, *(CITY, 2025)[len(more) :]]
        found[indicator, place, year] = (float(value), "")
    return found


@dataclass(frozen=True)
class Case:
    """What came, and what is right."""

    kind: str
    came: str
    right: tuple[str | Figures, ...]
    make: Callable[[Path], Path]
    holds: Figures | None = None  # the figures held though it stops, where that matters


def stops(kind: str, came: str, make, holds: Figures | None = None) -> Case:
    return Case(kind, came, (STOPPED,), make, holds)


def reads(kind: str, came: str, make, *figures: tuple) -> Case:
    return Case(kind, came, (read(*figures),), make)


def asks(kind: str, came: str, make, *figures: tuple) -> Case:
    return Case(kind, came, (STOPPED, read(*figures)), make)


def given(name: str):
    """Take a file from the folder of cases."""

    def make(folder: Path) -> Path:
        return Path(shutil.copy(FOLDER / name, folder))

    return make


def xlsx(*sheets: Sheet, name: str = "new.xlsx", book=None):
    return lambda folder: write_xlsx(folder / name, *sheets, book=book)


def table(sheet: Sheet, name: str = "new.csv", **more):
    return lambda folder: write_csv(folder / name, sheet, **more)


def text(content: str, name: str = "new.csv"):
    def make(folder: Path) -> Path:
        (folder / name).write_text(content, encoding="utf-8")
        return folder / name

    return make


def long(*rows: tuple, head: tuple = LONG, **more) -> Sheet:
    return Sheet(head, rows, **more)


def waste(value=310, unit="万吨", source=SOURCE, year=2025, **more) -> Sheet:
    return long((WASTE[0], year, value, unit, source), **more)


def manure(value=88.6, unit="%", source=SOURCE, year=2025, **more) -> Sheet:
    return long((MANURE[0], year, value, unit, source), **more)


def with_column(heading: str, content, at: int = 1, value=310) -> Sheet:
    """Set one more column beside the figure of 310 万吨."""
    row = [WASTE[0], 2025, value, "万吨", SOURCE]
    head = list(LONG)
    head.insert(at, heading)
    row.insert(at, content)
    return Sheet(tuple(head), (tuple(row),))


def wide(heading, value=310, unit="万吨", indicator=WASTE[0], **more) -> Sheet:
    """Lay out one figure below the heading of its year."""
    return Sheet(("指标名称", "计量单位", heading, "来源"), ((indicator, unit, value, SOURCE),), **more)


def wide_without_unit(heading, value=310, indicator=WASTE[0], **more) -> Sheet:
    return Sheet(("指标名称", heading, "来源"), ((indicator, value, SOURCE),), **more)


RIGHT = (WASTE, 3.1)  # 310 万吨
PLACED = ("地区", *LONG)


def placed(*rows: tuple, **more) -> Sheet:
    """Lay out figures of waste by place: (place, value)."""
    return long(*((place, WASTE[0], 2025, value, "万吨", SOURCE) for place, value in rows),
                head=PLACED, **more)  # fmt: skip


def places() -> Iterator[Case]:
    kind = "S01"
    yield stops(kind, "盘州市 in the first row, blanks below as after a merged cell saved as CSV",
                given("S01_blank_place_becomes_city/e02_county_blank_after_merge.csv"))  # fmt: skip
    three = long(("盘州市", MANURE[0], 2025, 88.6, "%", SOURCE),
                 (None, FERTILISER[0], 2025, 41.2, "%", SOURCE),
                 (None, STRAW[0], 2025, 90.1, "%", SOURCE), head=PLACED)  # fmt: skip
    yield asks(kind, "the same with the place merged over its rows", xlsx(
        Sheet(three.head, three.rows, more=(merged("A{first}:A{third}"),))),
        (MANURE, 88.6, "panzhou"), (FERTILISER, 41.2, "panzhou"), (STRAW, 90.1, "panzhou"))  # fmt: skip
    yield stops(kind, "a blank place before a named one", table(
        long((None, MANURE[0], 2025, 88.6, "%", SOURCE),
             ("盘州市", FERTILISER[0], 2025, 41.2, "%", SOURCE), head=PLACED)))  # fmt: skip
    yield stops(kind, "a blank place beside years as columns", xlsx(
        Sheet(("地区", "指标名称", "单位", "2024年", "2025年", "来源"),
              (("盘州市", WASTE[0], "万吨", 80, 90, SOURCE), (None, DIESEL[0], "吨", 500, 520, SOURCE)))))  # fmt: skip
    yield stops(kind, "a column of places in which none is named", table(
        long((None, MANURE[0], 2025, 88.6, "%", SOURCE), head=PLACED)))  # fmt: skip
    yield stops(kind, "a dash for the place", table(placed(("盘州市", 90), ("—", 310))))
    for mark in ("同上", "〃", "″"):
        yield asks(kind, f"{mark} for the place", table(
            long(("盘州市", MANURE[0], 2025, 88.6, "%", SOURCE),
                 (mark, FERTILISER[0], 2025, 41.2, "%", SOURCE), head=PLACED)),
            (MANURE, 88.6, "panzhou"), (FERTILISER, 41.2, "panzhou"))  # fmt: skip
    for name in ("全市", "六盘水市", "六盘水", CITY):
        yield reads(kind, f"{name} written out beside a county", table(placed(("盘州市", 90), (name, 310))),
                    (WASTE, 0.9, "panzhou"), RIGHT)  # fmt: skip

    kind = "S02"
    folder = "S02_place_column_not_recognised"
    yield reads(kind, "盘州市 below 区县", given(f"{folder}/county_makes_city_target_met.csv"),
                (FERTILISER, 43.5, "panzhou"))  # fmt: skip
    yield reads(kind, "盘州市 below 区县", given(f"{folder}/e01_county_column_quxian.csv"),
                (MANURE, 88.6, "panzhou"))  # fmt: skip
    yield reads(kind, "盘州市 below County", given(f"{folder}/h06_County.csv"), (WASTE, 0.886, "panzhou"))
    for heading in ("县区市", "市县", "县（市、区）", "县(市、区)", "县（市、特区、区）", "行政区划",
                    "填报单位", "county", "District", "DISTRICT"):  # fmt: skip
        yield reads(kind, f"盘州市 below {heading}", table(with_column(heading, "盘州市")),
                    (WASTE, 3.1, "panzhou"))  # fmt: skip
    for heading in ("区（县）", "市（县、区）", "县区名称", "所属区县", "报送单位", "填报地区", "属地",
                    "Location", "统计范围"):  # fmt: skip
        yield asks(kind, f"盘州市 below {heading}", xlsx(with_column(heading, "盘州市")),
                   (WASTE, 3.1, "panzhou"))  # fmt: skip
    for office in ("盘州市农业农村局", "盘州市生态环境分局"):
        yield asks(kind, f"{office} below 填报单位", table(with_column("填报单位", office)),
                   (WASTE, 3.1, "panzhou"))  # fmt: skip
    for place in ("贵州省", "贵阳市", "威宁县", "红果经济开发区", "首钢水城钢铁公司", "全国"):
        for heading in ("地区", "区县", "范围"):
            yield stops(kind, f"{place} below {heading}", table(with_column(heading, place)))
    yield asks(kind, "盘州市 in a column without a heading", xlsx(with_column(None, "盘州市")),
               (WASTE, 3.1, "panzhou"))  # fmt: skip
    yield stops(kind, "the park's name in the column of notes", table(
        with_column("备注", "仅红果经济开发区", at=5)))  # fmt: skip

    kind = "S14"
    yield stops(kind, "市本级, which leaves the counties out",
                given("S14_part_total_taken_as_city/e05_shibenji_as_whole_city.csv"))  # fmt: skip
    four = (("钟山区", 100), ("水城区", 80), ("六枝特区", 40), ("盘州市", 90))
    known = ((WASTE, 1.0, "zhongshan"), (WASTE, 0.8, "shuicheng"), (WASTE, 0.4, "liuzhi"),
             (WASTE, 0.9, "panzhou"))  # fmt: skip
    for name in ("合计", "总计", "total"):
        yield stops(kind, f"{name} of three of the four counties", table(
            placed(*four[:3], (name, 220))))  # fmt: skip
        yield stops(kind, f"{name} above three of the four counties", table(
            placed((name, 220), *four[:3])))  # fmt: skip
        yield stops(kind, f"{name} that the four counties do not add up to", table(
            placed(*four, (name, 350))))  # fmt: skip
        yield stops(kind, f"{name} alone", table(placed((name, 310))))
    for name in ("合计", "total"):
        yield reads(kind, f"{name} of all four counties, which add up", table(
            placed(*four, (name, 310))), *known, RIGHT)  # fmt: skip
    for name in ("小计", "市辖区", "城区", "三区合计", "全市（不含盘州市）", "规上企业合计", "其中：盘州市"):
        figures = (WASTE, 1.2, "panzhou") if name.startswith("其中") else None
        sheet = table(placed((name, 120)))
        yield asks(kind, name, sheet, figures) if figures else stops(kind, name, sheet)
    yield stops(kind, "合计 of a list of firms", xlsx(
        Sheet(("企业名称", *LONG), (("水钢", WASTE[0], 2025, 200, "万吨", SOURCE),
                                    ("盘江", WASTE[0], 2025, 100, "万吨", SOURCE),
                                    ("合计", WASTE[0], 2025, 300, "万吨", SOURCE)))))  # fmt: skip
    yield stops(kind, "合计 of a rate: rates do not add up", table(
        long(*((name, MANURE[0], 2025, 22.1, "%", SOURCE) for name, _ in four),
             ("合计", MANURE[0], 2025, 88.4, "%", SOURCE), head=PLACED)))  # fmt: skip


PART_OF_YEAR = ("1-6月累计", "1—6月", "1～9月", "上半年", "一季度", "2季度", "第三季度", "Q2", "6月",
                "截至9月底", "前三季度", "2024/25财年", "2024-2025学年", "H1", "Jan-Jun")  # fmt: skip


def periods() -> Iterator[Case]:
    kind = "S03"
    yield stops(kind, "1-6月累计 below 期间, beside 年份 2025",
                given("S03_period_column_not_recognised/p02_half_year_column.csv"))  # fmt: skip
    for part in PART_OF_YEAR:
        yield stops(kind, f"{part} below 期间", table(with_column("期间", part, at=2)))
    for heading, content in (("季度", 2), ("季度", "二"), ("月份", 6), ("月份", "1-6"), ("报告期", "上半年"),
                             ("quarter", "2"), ("Quarter", 2), ("month", "June"), ("月", 6),
                             ("截止时间", "截至9月底"), ("统计期", "学年"), ("时段", "采暖季"),
                             ("累计月份", 9), ("period", "Jan-Jun")):  # fmt: skip
        yield stops(kind, f"{content} below {heading}", xlsx(with_column(heading, content, at=2)))
    for whole in ("全年", "1-12月", "1—12月"):
        for heading in ("期间", "报告期", "月份"):
            yield reads(kind, f"{whole} below {heading}", table(with_column(heading, whole, at=2)), RIGHT)
    yield stops(kind, "全年 and 上半年 below 期间", table(
        Sheet(("指标名称", "年份", "期间", "数值", "单位", "来源"),
              ((WASTE[0], 2024, "全年", 300, "万吨", SOURCE), (WASTE[0], 2025, "上半年", 310, "万吨", SOURCE)))))  # fmt: skip
    for year in ("2025年1-6月", "2025年上半年", "2025上半年", "2025Q2", "2025年一季度", "2024/25", "2025.6",
                 "2024-2025学年", "2025财年", "2025年9月底", "2025-2026", "十四五", "FY2025"):  # fmt: skip
        yield stops(kind, f"{year} for the year", table(waste(year=year)))
        yield stops(kind, f"{year} as the heading of the figures", xlsx(wide(year)))

    kind = "S04"
    folder = "S04_period_or_plan_in_heading_brackets"
    yield stops(kind, "2025年(1-6月) as heading", given(f"{folder}/p04_half_year_in_year_heading.xlsx"))
    for part in ("1-6月", "1—6月累计", "上半年", "Q2", "截至9月底", "前三季度"):
        yield stops(kind, f"2025年（{part}）", xlsx(wide(f"2025年（{part}）")))
        yield stops(kind, f"2025年({part}) where no column gives the unit", xlsx(
            wide_without_unit(f"2025年({part})", above=(("单位：万吨",),))))  # fmt: skip
        yield stops(kind, f"2025年{part} without brackets", xlsx(wide(f"2025年{part}")))
    for part in ("全年", "1-12月", "年度"):
        yield asks(kind, f"2025年（{part}）", xlsx(wide(f"2025年（{part}）")), RIGHT)

    kind = "S06"
    yield stops(kind, "1—6月 in the title", given("S06_place_or_period_in_title_or_sheet_name/p01_half_year_in_title.csv"))
    for title in ("六盘水市2025年上半年工业固体废物情况", "2025年三季度统计表", "六盘水市2025年1～9月指标",
                  "截至2025年9月底工业固体废物情况", "2025年第一季度报表", "2025财年统计表",
                  "2024-2025学年统计表", "2025年二季度累计", "January to June 2025"):  # fmt: skip
        yield stops(kind, f"title {title}", table(waste(above=((title,),))))
        yield stops(kind, f"title {title} of a workbook", xlsx(waste(above=((title,),))))
    for name in ("上半年", "1-6月", "2025年三季度", "Q3", "9月"):
        yield stops(kind, f"sheet {name}", xlsx(waste(name=name)))
        yield stops(kind, f"file {name}.csv", table(waste(), name=f"{name}.csv"))
    for title in ("六盘水市2025年统计表", "2025年1-12月工业固体废物情况", "2025年全年统计表"):
        yield reads(kind, f"title {title}", table(waste(above=((title,),))), RIGHT)
    yield reads(kind, "file 六盘水市2025年.csv", table(waste(), name="六盘水市2025年.csv"), RIGHT)

    kind = "S20"
    yield stops(kind, "a source that speaks of 1—6月",
                given("S20_half_year_in_note_or_source/p13_half_year_in_source.xlsx"))  # fmt: skip
    for note in ("1-6月累计", "上半年数", "截至9月底", "三季度数据", "预计数", "目标值", "计划数", "抽样调查推算",
                 "仅盘州市", "部分企业数据", "同比增速"):  # fmt: skip
        for heading in ("备注", "说明"):
            yield stops(kind, f"{note} below {heading}", table(with_column(heading, note, at=5)))
    for source in ("2025年上半年经济运行情况", "2025年1-9月统计月报", "盘州市2025年统计公报",
                   "六盘水市“十四五”规划目标", "2025年三季度简报"):  # fmt: skip
        yield stops(kind, f"source {source}", table(waste(source=source)))
    for source in ("2025年统计公报", "六盘水市2025年国民经济和社会发展统计公报", "市生态环境局2025年年报"):
        yield reads(kind, f"source {source}", table(waste(source=source)), RIGHT)
    for note in ("数据来源于年报", "由市局提供", "已核对"):
        yield reads(kind, f"note {note}", table(with_column("备注", note, at=5)), RIGHT)

    kind = "S16"
    yield stops(kind, "2025.10 typed as the number 2025.1 below 发布日期",
                given("S16_month_2025_10_becomes_january/a06_month_2025_10_as_number.xlsx"))  # fmt: skip
    dated = (*LONG, "发布日期")
    for number in (2026.1, 2026.3, 2026.11):
        for look in ("General", "0.00", "0.0"):
            yield stops(kind, f"the number {number} below 发布日期, shown as {look}", xlsx(
                Sheet(dated, ((MANURE[0], 2025, 88.6, "%", SOURCE, number),),
                      looks={(0, 5): shown_as(look)})))  # fmt: skip
    yield stops(kind, "the number 46037 below 发布日期", xlsx(
        Sheet(dated, ((MANURE[0], 2025, 88.6, "%", SOURCE, 46037),))))  # fmt: skip
    yield stops(kind, "the number 2025.1 below 年份", xlsx(manure(year=2025.1)))
    for day, _ in (("2026.10", 10), ("2026-03", 3), ("2026年3月", 3)):
        yield reads(kind, f"the text {day} below 发布日期", xlsx(
            Sheet(dated, ((MANURE[0], 2025, 88.6, "%", SOURCE, day),))), (MANURE, 88.6))  # fmt: skip

    kind = "A10"
    yield stops(kind, "二〇二五年, 2025.0 and a date as years", given("A10_year_forms/u11_year_words.xlsx"))
    for year in ("2025.0", "2025年", "２０２５", "2025年度", 2025.0, " 2025 "):
        yield reads(kind, f"{year!r} for the year", xlsx(manure(year=year)), (MANURE, 88.6))
    for year in ("二〇二五年", "二零二五", dt.date(2025, 12, 31), "25年", "’25"):
        yield asks(kind, f"{year} for the year", xlsx(manure(year=year)), (MANURE, 88.6))


KINDS = ("目标值", "计划数", "计划", "预计", "预计数", "预测值", "规划值", "完成率", "同比", "增速", "比上年增长",
         "占比", "比重", "抽样", "样本", "target", "planned", "forecast", "growth")  # fmt: skip


def kinds() -> Iterator[Case]:
    kind = "S04"
    folder = "S04_period_or_plan_in_heading_brackets"
    yield stops(kind, "2025年（目标值） as heading", given(f"{folder}/p06_target_in_year_heading.xlsx"))
    yield stops(kind, "2025年（目标值） as heading", given(f"{folder}/target_value_makes_target_met.xlsx"))
    for word in KINDS:
        yield stops(kind, f"2025年（{word}）", xlsx(wide(f"2025年（{word}）", 43, "%", FERTILISER[0])))
        yield stops(kind, f"2025年{word}", table(wide(f"2025年{word}", 43, "%", FERTILISER[0])))
        yield stops(kind, f"数值（{word}）", table(
            manure(head=("指标名称", "年份", f"数值（{word}）", "单位", "来源"))))  # fmt: skip
    for heading in ("数值（可比价）", "2025年（同口径）", "2025年（抽查）", "2025年（一）", "2025年（x）"):
        sheet = manure(head=("指标名称", "年份", heading, "单位", "来源"))
        sheet = sheet if heading.startswith("数值") else wide(heading, 43, "%", FERTILISER[0])
        yield stops(kind, f"{heading}: brackets that give no unit", xlsx(sheet))
    for word in ("实际", "完成数", "实际值"):
        yield asks(kind, f"2025年（{word}）", xlsx(wide(f"2025年（{word}）")), RIGHT)
    yield stops(kind, "actual and target of one year side by side", xlsx(
        Sheet(("指标名称", "单位", "2025年目标", "2025年实际", "来源"),
              ((FERTILISER[0], "%", 43, 41.2, SOURCE),))))  # fmt: skip

    kind = "S05"
    yield stops(kind, "计划数 below 类别",
                given("S05_plan_actual_column_not_recognised/p08_plan_actual_column.xlsx"))  # fmt: skip
    for word in KINDS:
        for heading in ("类别", "数据类型", "type"):
            yield stops(kind, f"{word} below {heading}", table(with_column(heading, word)))
    for heading in ("指标类型", "口径", "性质", "状态", "备注1", None):
        yield stops(kind, f"目标值 below {heading}", xlsx(with_column(heading, "目标值")))
    yield stops(kind, "plan and actual in two rows of one year", table(
        Sheet(("指标名称", "类别", *LONG[1:]), ((FERTILISER[0], "计划", 2025, 43, "%", SOURCE),
                                               (FERTILISER[0], "实际", 2025, 41.2, "%", SOURCE)))))  # fmt: skip
    for word in ("完成数", "实际数", "实际"):
        yield asks(kind, f"{word} below 类别", table(with_column("类别", word)), RIGHT)

    kind = "S06"
    for title in ("六盘水市2025年目标任务分解表", "2025年工作计划表", "2025年预计完成情况", "2025年指标增速表",
                  "2025年抽样调查结果", "2025 targets"):  # fmt: skip
        yield stops(kind, f"title {title}", xlsx(waste(above=((title,),))))
    for name in ("目标", "计划", "2025年预计", "增速", "targets"):
        yield stops(kind, f"sheet {name}", xlsx(waste(name=name)))
        yield stops(kind, f"file {name}.xlsx", xlsx(waste(), name=f"{name}.xlsx"))
    for name in (f"其中：{WASTE[0]}", f"{WASTE[0]}增速", f"{WASTE[0]}（目标）", f"{WASTE[0]}同比", f"规上{WASTE[0]}"):
        yield stops(kind, f"indicator {name}", table(long((name, 2025, 310, "万吨", SOURCE))))
    yield stops(kind, "其中 in a row below its total", table(
        long((WASTE[0], 2025, 310, "万吨", SOURCE), ("其中：煤矸石", 2025, 200, "万吨", SOURCE))))  # fmt: skip


def titles() -> Iterator[Case]:
    kind = "S06"
    folder = "S06_place_or_period_in_title_or_sheet_name"
    yield stops(kind, "盘州市 in the title and in 填报单位", given(f"{folder}/e04_county_in_title.xlsx"))
    for title in ("盘州市2025年工业固体废物情况", "六盘水市水城区2025年统计表", "贵州省2025年工业固体废物情况",
                  "全国2025年统计表", "红果经济开发区2025年统计表", "六盘水高新区2025年报表", "首钢水城钢铁公司2025年报表",
                  "六盘水市市本级2025年统计表", "填报单位：盘州市生态环境局", "贵阳市2025年统计表",
                  "Panzhou City, 2025", "Guizhou 2025"):  # fmt: skip
        yield stops(kind, f"title {title}", table(waste(above=((title,),))))
        yield stops(kind, f"title {title} of a workbook", xlsx(waste(above=((title,), (None,)))))
    for name in ("盘州市", "水城", "六枝特区", "贵州省", "贵州", "市本级", "开发区", "Panzhou"):
        yield stops(kind, f"sheet {name}", xlsx(waste(name=name)))
        yield stops(kind, f"file {name}.xlsx", xlsx(waste(), name=f"{name}.xlsx"))
        yield stops(kind, f"file {name}2025.csv", table(waste(), name=f"{name}2025.csv"))
    yield reads(kind, "盘州市 in the title and in the column of places", table(
        placed(("盘州市", 90), above=(("盘州市2025年工业固体废物情况",),))), (WASTE, 0.9, "panzhou"))  # fmt: skip
    yield stops(kind, "盘州市 in the title, 全市 in the column of places", table(
        placed(("全市", 90), above=(("盘州市2025年工业固体废物情况",),))))  # fmt: skip
    yield stops(kind, "盘州市 in the title, 水城区 in the column of places", table(
        placed(("水城区", 90), above=(("盘州市2025年工业固体废物情况",),))))  # fmt: skip
    for line in ("注：以上为盘州市数据", "注：数据为1-6月累计", "注：2025年为预计数", "说明：不含盘州市", "注：数据单位为吨"):
        yield stops(kind, f"below the table: {line}", xlsx(waste(below=((line,),))))
        yield stops(kind, f"below the table, after a blank line: {line}", table(waste(below=((), (line,)))))
    for name in ("全市", "六盘水市", "Sheet1", "2025年", "固废"):
        yield reads(kind, f"sheet {name}", xlsx(waste(name=name)), RIGHT)

    kind = "S15"
    name = "S15_example_sheet_imported/a05_example_sheet.xlsx"
    yield stops(kind, "填报示例 beside the sheet filled in", given(name), read((MANURE, 88.6)))
    for example in ("样表", "例表", "示例", "填报示例", "填表示例", "sample", "Example", "EXAMPLES"):
        yield stops(kind, f"sheet {example} beside the one filled in", xlsx(
            manure(name="填报表"), long((FERTILISER[0], 2025, 43.5, "%", SOURCE), name=example)),
            read((MANURE, 88.6)))  # fmt: skip
        yield stops(kind, f"sheet {example} alone", xlsx(manure(name=example)))
    for example in ("填报说明", "填表说明", "模板"):
        yield stops(kind, f"figures in the sheet {example}", xlsx(
            manure(name="填报表"), long((FERTILISER[0], 2025, 43.5, "%", SOURCE), name=example)))  # fmt: skip
    yield stops(kind, "例： before the row of an example", table(
        long((f"例：{WASTE[0]}", 2025, 999, "万吨", SOURCE), (WASTE[0], 2025, 310, "万吨", SOURCE))))  # fmt: skip


def digits() -> Iterator[Case]:
    kind = "S07"
    folder = "S07_footnote_mark_becomes_digit"
    yield stops(kind, "88.6① and 310②", given(f"{folder}/v01_circled_footnote.csv"))
    yield stops(kind, "310 with a superscript 1 as rich text", given(f"{folder}/v03_richtext_superscript.xlsx"))
    for mark in ("①", "②", "⑩", "¹", "²", "³", "⁴", "₁", "⑴", "⒈", "❶", "㊀", "*", "**", "[1]", "(1)", "（1）", "注1",
                 "†", "a", "^1", "½", "Ⅱ", " 1)"):  # fmt: skip
        yield stops(kind, f"310{mark}", table(waste(f"310{mark}")))
        yield stops(kind, f"88.6{mark} in a workbook", xlsx(manure(f"88.6{mark}")))
    for first, second, font in (("310", "1", {"vertAlign": "superscript"}), ("31", "0", {"vertAlign": "subscript"}),
                                ("3", "10", {"vertAlign": "superscript"})):  # fmt: skip
        yield stops(kind, f"{first} and {second} as {font}", xlsx(
            waste(looks={(0, 2): runs((first, {}), (second, font))})))  # fmt: skip
    yield stops(kind, "the year with a superscript", xlsx(
        waste(looks={(0, 1): runs(("202", {}), ("5", {"vertAlign": "superscript"}))})))  # fmt: skip
    yield asks(kind, "a bold run in the figure", xlsx(
        waste(looks={(0, 2): runs(("31", {"b": True}), ("0", {}))})), RIGHT)  # fmt: skip
    for year in ("2025①", "2025¹", "202⑤", "2025*"):
        yield asks(kind, f"the year {year}", table(waste(year=year)), RIGHT)
    for unit in ("万吨①", "万吨²", "万吨*"):
        yield asks(kind, f"the unit {unit}", table(waste(unit=unit)), RIGHT)
    yield asks(kind, "the indicator with ①", table(long((WASTE[0] + "①", 2025, 310, "万吨", SOURCE))), RIGHT)
    for number in ("３１０", "310.0", "３１０．０", " 310 ", "+310", "3.10e2"):
        yield reads(kind, f"{number}: decimal digits", table(waste(number)), RIGHT)
    for number in ("三百一十", "๓๑๐"):
        yield asks(kind, f"{number}", table(waste(number)), RIGHT)
    for unit in ("μg/m³", "微克/立方米", "ug/m3"):
        yield reads(kind, f"an exponent in the unit {unit}", table(
            long(("pm25_iqair", 2025, 31, unit, SOURCE))), (("", "pm25_iqair"), 31))  # fmt: skip

    kind = "S19"
    folder = "S19_column_of_figures_dropped"
    yield stops(kind, "figures below a blank heading", given(f"{folder}/a16_values_outside_heading.xlsx"))
    yield asks(kind, "2025年① as heading", given(f"{folder}/u22_footnoted_year_heading.xlsx"),
               (MANURE, 87.1, CITY, 2024), (MANURE, 88.6))  # fmt: skip
    for heading in ("2025年①", "2025年*", "2025年[1]", "2025年（注1）", "2025¹", "2025年注"):
        yield asks(kind, f"{heading} beside 2024年", table(
            Sheet(("指标名称", "单位", "2024年", heading, "来源"), ((WASTE[0], "万吨", 300, 310, SOURCE),))),
            (WASTE, 3.0, CITY, 2024), RIGHT)  # fmt: skip
    for heading in ("2025年1-6月", "2025E", "2025（预）", "25年", "本期", "最新", "上年同期", "增减", "位次", "x", None):
        yield stops(kind, f"{heading} beside 2024年", xlsx(
            Sheet(("指标名称", "单位", "2024年", heading, "来源"), ((WASTE[0], "万吨", 300, 310, SOURCE),))))  # fmt: skip
    for heading in ("办理情况", "审核意见", "数值2", "remarks by the office"):
        yield stops(kind, f"content below {heading}", table(with_column(heading, "7 已办", at=5)))
    yield stops(kind, "a number to the right of the table", xlsx(
        Sheet(LONG, ((WASTE[0], 2025, 310, "万吨", SOURCE, None, 42),))))  # fmt: skip
    yield stops(kind, "a number below the table", xlsx(waste(below=((), (None, None, 42)))))

    kind = "S21"
    yield stops(kind, "a figure struck out", given("S21_struck_out_or_invisible_value/v13_struck_out.xlsx"))
    for look in (";;;", ";;;@", '"";"";""', "[White]0.0", ";;"):
        yield stops(kind, f"a figure shown as {look}", xlsx(manure(looks={(0, 2): shown_as(look)})))
    for name, look in (("struck out", struck), ("white on white", ink("FFFFFFFF")),
                       ("white on white paper", ink("FFFFFFFF", "FFFFFFFF")),
                       ("yellow on yellow", ink("FFFFFF00", "FFFFFF00"))):  # fmt: skip
        yield stops(kind, f"a figure {name}", xlsx(waste(looks={(0, 2): look})))
        yield stops(kind, f"a year {name}", xlsx(waste(looks={(0, 1): look})))
    yield stops(kind, "a figure struck out in a run", xlsx(
        waste(looks={(0, 2): runs(("290 ", {"strike": True}), ("310", {}))})))  # fmt: skip
    yield stops(kind, "digits struck out in a run", xlsx(
        waste(looks={(0, 2): runs(("29", {"strike": True}), ("310", {}))})))  # fmt: skip
    yield reads(kind, "white on dark paper", xlsx(
        waste(looks={(0, 2): ink("FFFFFFFF", "FF1F3864")})), RIGHT)  # fmt: skip
    yield reads(kind, "red writing", xlsx(waste(looks={(0, 2): ink("FFFF0000")})), RIGHT)


def units() -> Iterator[Case]:
    kind = "S08"
    yield stops(kind, r"3100000 shown as 310.0000 by 0\.0000",
                given("S08_number_format_shows_wan/v04_wan_by_escaped_point.xlsx"))  # fmt: skip
    for look in (r"0\.0000", '0"."0000', '0"."0000"万"', '0!.0000', '0!.0000"万"', '0!.0,"万"', r'#\.0000"万"',
                 '#,##0.0,"千"', '#,##0,', '0.0,,"百万"', '0"万"', '0.00"亿"', '0"千"', '0"万吨"',
                 '[>=10000]0!.0,"万";0', r'0\.0000_ ', '"约"0"万"', '0.0"k"'):  # fmt: skip
        yield stops(kind, f"3100000 shown as {look}, with 万吨", xlsx(
            waste(3100000, looks={(0, 2): shown_as(look)})))  # fmt: skip
    yield stops(kind, "the format says 吨, the column 万吨", xlsx(waste(looks={(0, 2): shown_as('0"吨"')})))
    for look in ("General", "0.0000", "#,##0.00", "0.00_ ", "#,##0_);(#,##0)", '0" "', "@", '0.0;-0.0;0.0',
                 "[Blue]0.0", "0.00E+00"):  # fmt: skip
        yield reads(kind, f"310 shown as {look}", xlsx(waste(looks={(0, 2): shown_as(look)})), RIGHT)
    yield asks(kind, "the format says 万吨 as the column does", xlsx(
        waste(looks={(0, 2): shown_as('0"万吨"')})), RIGHT)  # fmt: skip

    kind = "S09"
    yield stops(kind, "310万 with 万吨", given("S09_wan_beside_number_and_in_unit/v07_wan_suffix_and_wan_unit.csv"))
    for value, unit in (("310万", "万吨"), ("3.1亿", "万吨"), ("310千", "千吨"), ("310万", "10 000 t"), ("3百万", "万吨"),
                        ("310 万", "万 吨"), ("3.1亿", "亿吨")):  # fmt: skip
        yield stops(kind, f"{value} with {unit}", table(waste(value, unit)))
        yield stops(kind, f"{value} below 2025年（{unit}）", xlsx(wide_without_unit(f"2025年（{unit}）", value)))
        yield stops(kind, f"{value} below 单位：{unit}", xlsx(
            wide_without_unit("2025年", value, above=((f"单位：{unit}",),))))  # fmt: skip
    yield reads(kind, "310万 with 吨", table(waste("310万", "吨")), RIGHT)
    yield reads(kind, "310万吨 with 万吨", table(waste("310万吨", "万吨")), RIGHT)
    yield stops(kind, "310万吨 with 吨", table(waste("310万吨", "吨")))
    yield stops(kind, "310吨 with 万吨", table(waste("310吨", "万吨")))

    kind = "S10"
    yield stops(kind, "3100000 MT", given("S10_unit_MT_is_million_tonnes/v08_unit_MT.csv"))
    for unit in ("MT", "mt", "mT", "ＭＴ"):
        yield stops(kind, f"3100000 {unit}", table(waste(3100000, unit)))
        yield stops(kind, f"3100000 {unit} beside the number", table(waste(f"3100000 {unit}", None)))
        yield stops(kind, f"3100000 below 2025 ({unit})", xlsx(wide_without_unit(f"2025 ({unit})", 3100000)))
        yield stops(kind, f"3100000 below Unit: {unit}", table(
            wide_without_unit("2025", 3100000, above=((f"Unit: {unit}",),))))  # fmt: skip
    for value, unit in ((3.1, "Mt"), (3.1, "百万吨"), (3100, "kt"), (3100000, "t"), (3100000, "吨")):
        yield reads(kind, f"{value} {unit}", table(waste(value, unit)), RIGHT)
    yield reads(kind, "3.1 below 2025 (Mt)", xlsx(wide_without_unit("2025 (Mt)", 3.1)), RIGHT)

    kind = "S11"
    yield asks(kind, "单位：吨 between the rows", given("S11_unit_line_inside_table/a01_unit_line_changes_no_relation.xlsx"),
               RIGHT, (DIESEL, 5.2))  # fmt: skip
    rows = ((WASTE[0], 2025, 310, SOURCE), (DIESEL[0], 2025, 5200, SOURCE))
    head = ("指标名称", "年份", "数值", "来源")
    for line in (("计量单位：吨",), ("（单位：吨）",), (None, None, None, "单位：吨"), ("unit: t",), ("单位:吨",),
                 ("二、农业（单位：吨）",), ("（吨）",)):  # fmt: skip
        yield asks(kind, f"{line} between the rows", xlsx(
            Sheet(head, rows, above=(("单位：万吨",),), between={1: line})), RIGHT, (DIESEL, 5.2))  # fmt: skip
    yield asks(kind, "单位：吨 between rows with years as columns", xlsx(
        Sheet(("指标名称", "2024年", "2025年", "来源"),
              ((WASTE[0], 300, 310, SOURCE), (DIESEL[0], 5100, 5200, SOURCE)),
              above=(("单位：万吨",),), between={1: ("单位：吨",)})),
        (WASTE, 3.0, CITY, 2024), RIGHT, (DIESEL, 5.1, CITY, 2024), (DIESEL, 5.2))  # fmt: skip

    kind = "S12"
    yield stops(kind, "数值（万吨） against 吨 in the column of units",
                given("S12_heading_unit_against_unit_column/a02_heading_unit_against_unit_column.xlsx"))  # fmt: skip
    yield stops(kind, "2025年（万吨） against 吨", xlsx(wide("2025年（万吨）", 310, "吨")))
    yield stops(kind, "单位：吨 above against 万吨 in the column", table(waste(above=(("单位：吨",),))))
    yield stops(kind, "（吨） in the title against 万吨 in the heading", xlsx(
        wide_without_unit("2025年（万吨）", above=(("工业固体废物情况（吨）",),))))  # fmt: skip
    yield stops(kind, "单位：吨 above against 万吨 in the heading", xlsx(
        wide_without_unit("2025年（万吨）", above=(("单位：吨",),))))  # fmt: skip
    yield stops(kind, "the unit in the indicator against the column", table(
        long((WASTE[0] + "（吨）", 2025, 310, "万吨", SOURCE))))  # fmt: skip
    yield stops(kind, "two unit lines that differ", xlsx(
        wide_without_unit("2025年", above=(("单位：万吨",), ("单位：吨",)))))  # fmt: skip
    yield stops(kind, "千瓦时 in the heading against 万吨", xlsx(wide("2025年（千瓦时）")))
    yield reads(kind, "2025年（万吨） beside 万吨", xlsx(wide("2025年（万吨）")), RIGHT)
    yield reads(kind, "单位：万吨 above and in the column", table(waste(above=(("单位：万吨",),))), RIGHT)

    kind = "S17"
    yield stops(kind, "1 in a column of per cent", given("S17_full_share_written_as_1/v11_full_share_as_one.xlsx"))
    for value in (1, "1", 0.886, "0.99", 1.0, "1.00"):
        yield stops(kind, f"{value} per cent", xlsx(manure(value)))
    for value, right in ((100, 100), ("88.6%", 88.6), (1.5, 1.5)):
        yield reads(kind, f"{value} per cent", xlsx(manure(value)), (MANURE, right))
    yield reads(kind, "1 shown as 100 %", xlsx(manure(1, looks={(0, 2): shown_as("0%")})), (MANURE, 100))

    kind = "A04"
    name = "A04_reporting_office_line_taken_as_unit/u04_unit_line_before_filling_unit.xlsx"
    yield reads(kind, "填报单位：市生态环境局 below 单位：万吨", given(name), RIGHT)
    for office in ("填报单位", "报送单位", "责任单位", "制表单位", "填报单位（盖章）", "编制单位", "牵头单位"):
        line, unit = (f"{office}：市生态环境局",), ("单位：万吨",)
        head, row = ("指标名称", "年份", "数值", "来源"), ((WASTE[0], 2025, 310, SOURCE),)
        yield reads(kind, f"{office} below the line of the unit", xlsx(Sheet(head, row, above=(unit, line))), RIGHT)
        yield reads(kind, f"{office} above the line of the unit", table(Sheet(head, row, above=(line, unit))), RIGHT)
        yield reads(kind, f"{office} beside the unit", xlsx(
            Sheet(head, row, above=((*line, None, None, *unit),))), RIGHT)  # fmt: skip


def forms() -> Iterator[Case]:
    kind = "S13"
    yield stops(kind, "2,825 without quotes in the last column",
                given("S13_csv_row_longer_than_heading/a03_unquoted_thousands_last_column.csv"))  # fmt: skip
    yield stops(kind, "2,825 without quotes in the middle", text(
        f"指标名称,年份,数值,单位,来源\n{WASTE[0]},2025,2,825,万吨,{SOURCE}\n"))  # fmt: skip
    yield stops(kind, "2,825 without quotes before a column of notes", text(
        f"指标名称,年份,单位,来源,数值,备注\n{WASTE[0]},2025,万吨,{SOURCE},2,825\n"))  # fmt: skip
    yield stops(kind, "one cell more than headings", text(
        f"指标名称,年份,数值,单位,来源\n{WASTE[0]},2025,310,万吨,{SOURCE},7\n"))  # fmt: skip
    yield stops(kind, "a semicolon file with one cell more", text(
        f"指标名称;年份;数值;单位;来源\n{WASTE[0]};2025;310;万吨;{SOURCE};7\n"))  # fmt: skip
    yield reads(kind, "empty cells beyond the headings", text(
        f"指标名称,年份,数值,单位,来源\n{WASTE[0]},2025,310,万吨,{SOURCE},,,\n"), RIGHT)  # fmt: skip

    kind = "A01"
    name = "A01_merged_note_row/u06_merged_note_row_below.xlsx"
    yield reads(kind, "a note merged over the columns below the table", given(name), (MANURE, 88.6))
    note = (("注：数据来源于年报。",),)
    yield reads(kind, "a note merged over two rows", xlsx(
        manure(below=note, more=(merged("A{second}:E{third}"),))), (MANURE, 88.6))  # fmt: skip
    yield reads(kind, "a title merged over the columns", xlsx(
        manure(above=(("六盘水市2025年统计表",),), more=(merged("A1:E1"),))), (MANURE, 88.6))  # fmt: skip
    yield reads(kind, "merged cells to the right of the table", xlsx(
        manure(more=(merged("H2:J2"),))), (MANURE, 88.6))  # fmt: skip
    two = long((MANURE[0], 2025, 88.6, "%", SOURCE), (FERTILISER[0], 2025, None, "%", SOURCE))
    yield stops(kind, "one value merged over two indicators", xlsx(
        Sheet(two.head, two.rows, more=(merged("C{first}:C{second}"),))))  # fmt: skip
    two = long((MANURE[0], 2024, 87.1, "%", SOURCE), (None, 2025, 88.6, "%", SOURCE))
    yield asks(kind, "one indicator merged over two years", xlsx(
        Sheet(two.head, two.rows, more=(merged("A{first}:A{second}"),))),
        (MANURE, 87.1, CITY, 2024), (MANURE, 88.6))  # fmt: skip

    kind = "A02"
    coded = ("指标代码", *LONG)
    yield reads(kind, "codes of the office beside names", given("A02_code_and_name_columns/u08_code_and_name.xlsx"),
                (MANURE, 88.6))  # fmt: skip
    yield reads(kind, "codes after the names", table(
        Sheet(("指标名称", "指标编号", *LONG[1:]), ((WASTE[0], "A-01", 2025, 310, "万吨", SOURCE),))), RIGHT)  # fmt: skip
    yield reads(kind, "the catalogue's code beside its name", table(
        Sheet(coded, ((WASTE[1], WASTE[0], 2025, 310, "万吨", SOURCE),))), RIGHT)  # fmt: skip
    yield stops(kind, "the code of one indicator beside the name of another", table(
        Sheet(coded, ((DIESEL[1], WASTE[0], 2025, 310, "万吨", SOURCE),))))  # fmt: skip
    yield stops(kind, "neither code nor name is known", table(
        Sheet(coded, (("A01", "固废量", 2025, 310, "万吨", SOURCE),))))  # fmt: skip

    kind = "A03"
    yield reads(kind, "a table set off by tabs that holds 2,825", given("A03_tab_separated_with_comma/u14_tab_with_comma.csv"),
                (WASTE, 28.25))  # fmt: skip
    yield reads(kind, "semicolons, with commas in a note", text(
        f"指标名称;年份;数值;单位;来源;备注\n{WASTE[0]};2025;310;万吨;{SOURCE};含煤矸石,粉煤灰\n"), RIGHT)  # fmt: skip
    yield reads(kind, "commas, with a tab in a note", text(
        f"指标名称,年份,数值,单位,来源,备注\n{WASTE[0]},2025,310,万吨,{SOURCE},煤矸石\t等\n"), RIGHT)  # fmt: skip
    yield reads(kind, "tabs below a title with commas", text(
        "工业固体废物,2025年\n指标名称\t年份\t数值\t单位\t来源\n" f"{WASTE[0]}\t2025\t310\t万吨\t{SOURCE}\n"), RIGHT)  # fmt: skip
    yield reads(kind, "tabs, and every number with a comma", text(
        "指标名称\t单位\t2024年\t2025年\t来源\n" f"{WASTE[0]}\t吨\t3,000,000\t3,100,000\t{SOURCE}\n"),
        (WASTE, 3.0, CITY, 2024), RIGHT)  # fmt: skip

    kind = "A06"
    yield reads(kind, "六枝 for 六枝特区", given("A06_short_name_liuzhi/k01_liuzhi_short.csv"), (WASTE, 0.886, "liuzhi"))
    for name, place in (("六枝", "liuzhi"), ("六枝特区", "liuzhi"), ("盘州", "panzhou"), ("盘县", "panzhou"),
                        ("水城", "shuicheng"), ("钟山", "zhongshan"), ("Liuzhi", "liuzhi"), (" 盘 州 市 ", "panzhou")):  # fmt: skip
        case = asks if name in ("Liuzhi", " 盘 州 市 ") else reads
        yield case(kind, name, table(placed((name, 88.6))), (WASTE, 0.886, place))
    for name in ("六枝特", "六", "盘", "水城县县", "钟"):
        yield stops(kind, f"{name}, which is no name", table(placed((name, 88.6))))

    kind = "A08"
    yield reads(kind, "the same figure twice", given("A08_equal_duplicate_stops_import/a19_dup_equal_rows.xlsx"), (MANURE, 88.6))
    yield reads(kind, "the same figure twice in two units", table(
        long((WASTE[0], 2025, 310, "万吨", SOURCE), (WASTE[0], 2025, 3.1, "Mt", SOURCE))), RIGHT)  # fmt: skip
    yield stops(kind, "two figures of one year", table(
        long((WASTE[0], 2025, 310, "万吨", SOURCE), (WASTE[0], 2025, 311, "万吨", SOURCE))))  # fmt: skip
    yield stops(kind, "two figures of one year, one of them with 约", table(
        long((WASTE[0], 2025, 310, "万吨", SOURCE), (WASTE[0], 2025, "约310", "万吨", SOURCE))))  # fmt: skip

    kind = "A09"
    yield asks(kind, "同上一行 for the source", given("A09_ditto_becomes_source/a11_ditto_source.csv"),
               (MANURE, 88.6), (FERTILISER, 41.2))  # fmt: skip

    kind = "A11"
    yield asks(kind, "a workbook in the strict format", given("A11_strict_open_xml/input.xlsx"), (MANURE, 88.6))
    kind = "A12"
    for name in ("x03_font_family_34", "x06_no_styles_font_rgb"):
        yield asks(kind, name, given(f"A12_style_sheet_oddities/{name}.xlsx"), (MANURE, 88.6))


CASES = [case for part in (places, periods, kinds, titles, digits, units, forms) for case in part()]


def _check(case: Case, folder: Path, prepared) -> list[str]:
    """Import what came; say what is not right."""
    path = case.make(folder)
    intake = prepared(path)
    found, wrong = outcome(intake), []
    if found not in case.right:
        why = "; ".join(told(intake)) or "nothing was said"
        wrong.append(f"came {found}, right {' or '.join(map(str, case.right))} ({why})")
    if case.holds is not None and figures_of(intake) != case.holds:
        wrong.append(f"holds {figures_of(intake)}, right {case.holds}")
    for fault in intake.faults:
        for lang in ("en", "zh"):
            if not (fault.message(lang) and fault.remedy(lang)):
                wrong.append(f"{fault.rule}: no message or remedy in {lang}")
        if fault.file != path.name:
            wrong.append(f"{fault.rule}: told of the file {fault.file}")
    return wrong


@pytest.mark.parametrize("kind", sorted({case.kind for case in CASES}))
def test_what_came_is_understood_or_stops(kind, tmp_path, prepared):
    failed = []
    for number, case in enumerate(case for case in CASES if case.kind == kind):
        folder = tmp_path / str(number)
        folder.mkdir()
        failed += [f"{case.came}: {line}" for line in _check(case, folder, prepared)]
    assert not failed, f"{len(failed)} of {kind}:\n" + "\n".join(failed)
