"""Cases of place, period and kind, wherever an office writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from .casework import (
    CITY,
    DIESEL,
    FERTILISER,
    LONG,
    MANURE,
    PLACED,
    RIGHT,
    SOURCE,
    STRAW,
    WASTE,
    Case,
    asks,
    given,
    long,
    manure,
    placed,
    read,
    reads,
    stops,
    table,
    waste,
    wide,
    wide_without_unit,
    with_column,
    xlsx,
)
from .trouble import Sheet, merged, shown_as


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
    yield reads(
        kind, "盘州市 below County", given(f"{folder}/h06_County.csv"), (WASTE, 0.886, "panzhou")
    )
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
    for name in (
        "小计",
        "市辖区",
        "城区",
        "三区合计",
        "全市（不含盘州市）",
        "规上企业合计",
        "其中：盘州市",
    ):
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
            yield reads(
                kind, f"{whole} below {heading}", table(with_column(heading, whole, at=2)), RIGHT
            )
    yield stops(kind, "全年 and 上半年 below 期间", table(
        Sheet(("指标名称", "年份", "期间", "数值", "单位", "来源"),
              ((WASTE[0], 2024, "全年", 300, "万吨", SOURCE), (WASTE[0], 2025, "上半年", 310, "万吨", SOURCE)))))  # fmt: skip
    for year in ("2025年1-6月", "2025年上半年", "2025上半年", "2025Q2", "2025年一季度", "2024/25", "2025.6",
                 "2024-2025学年", "2025财年", "2025年9月底", "2025-2026", "十四五", "FY2025"):  # fmt: skip
        yield stops(kind, f"{year} for the year", table(waste(year=year)))
        yield stops(kind, f"{year} as the heading of the figures", xlsx(wide(year)))

    kind = "S04"
    folder = "S04_period_or_plan_in_heading_brackets"
    yield stops(
        kind, "2025年(1-6月) as heading", given(f"{folder}/p04_half_year_in_year_heading.xlsx")
    )
    for part in ("1-6月", "1—6月累计", "上半年", "Q2", "截至9月底", "前三季度"):
        yield stops(kind, f"2025年（{part}）", xlsx(wide(f"2025年（{part}）")))
        yield stops(kind, f"2025年({part}) where no column gives the unit", xlsx(
            wide_without_unit(f"2025年({part})", above=(("单位：万吨",),))))  # fmt: skip
        yield stops(kind, f"2025年{part} without brackets", xlsx(wide(f"2025年{part}")))
    for part in ("全年", "1-12月", "年度"):
        yield asks(kind, f"2025年（{part}）", xlsx(wide(f"2025年（{part}）")), RIGHT)

    kind = "S06"
    yield stops(
        kind,
        "1—6月 in the title",
        given("S06_place_or_period_in_title_or_sheet_name/p01_half_year_in_title.csv"),
    )
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
    for source in (
        "2025年统计公报",
        "六盘水市2025年国民经济和社会发展统计公报",
        "市生态环境局2025年年报",
    ):
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
    yield stops(
        kind, "二〇二五年, 2025.0 and a date as years", given("A10_year_forms/u11_year_words.xlsx")
    )
    for year in ("2025.0", "2025年", "２０２５", "2025年度", 2025.0, " 2025 "):
        yield reads(kind, f"{year!r} for the year", xlsx(manure(year=year)), (MANURE, 88.6))
    for year in ("二〇二五年", "二零二五", dt.date(2025, 12, 31), "25年", "’25"):
        yield asks(kind, f"{year} for the year", xlsx(manure(year=year)), (MANURE, 88.6))


KINDS = ("目标值", "计划数", "计划", "预计", "预计数", "预测值", "规划值", "完成率", "同比", "增速", "比上年增长",
         "占比", "比重", "抽样", "样本", "target", "planned", "forecast", "growth")  # fmt: skip


def kinds() -> Iterator[Case]:
    kind = "S04"
    folder = "S04_period_or_plan_in_heading_brackets"
    yield stops(
        kind, "2025年（目标值） as heading", given(f"{folder}/p06_target_in_year_heading.xlsx")
    )
    yield stops(
        kind, "2025年（目标值） as heading", given(f"{folder}/target_value_makes_target_met.xlsx")
    )
    for word in KINDS:
        yield stops(
            kind, f"2025年（{word}）", xlsx(wide(f"2025年（{word}）", 43, "%", FERTILISER[0]))
        )
        yield stops(kind, f"2025年{word}", table(wide(f"2025年{word}", 43, "%", FERTILISER[0])))
        yield stops(kind, f"数值（{word}）", table(
            manure(head=("指标名称", "年份", f"数值（{word}）", "单位", "来源"))))  # fmt: skip
    for heading in (
        "数值（可比价）",
        "2025年（同口径）",
        "2025年（抽查）",
        "2025年（一）",
        "2025年（x）",
    ):
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
    for name in (
        f"其中：{WASTE[0]}",
        f"{WASTE[0]}增速",
        f"{WASTE[0]}（目标）",
        f"{WASTE[0]}同比",
        f"规上{WASTE[0]}",
    ):
        yield stops(kind, f"indicator {name}", table(long((name, 2025, 310, "万吨", SOURCE))))
    yield stops(kind, "其中 in a row below its total", table(
        long((WASTE[0], 2025, 310, "万吨", SOURCE), ("其中：煤矸石", 2025, 200, "万吨", SOURCE))))  # fmt: skip


def titles() -> Iterator[Case]:
    kind = "S06"
    folder = "S06_place_or_period_in_title_or_sheet_name"
    yield stops(
        kind, "盘州市 in the title and in 填报单位", given(f"{folder}/e04_county_in_title.xlsx")
    )
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
    for line in (
        "注：以上为盘州市数据",
        "注：数据为1-6月累计",
        "注：2025年为预计数",
        "说明：不含盘州市",
        "注：数据单位为吨",
    ):
        yield stops(kind, f"below the table: {line}", xlsx(waste(below=((line,),))))
        yield stops(
            kind, f"below the table, after a blank line: {line}", table(waste(below=((), (line,))))
        )
    for name in ("全市", "六盘水市", "Sheet1", "2025年", "固废"):
        yield reads(kind, f"sheet {name}", xlsx(waste(name=name)), RIGHT)

    kind = "S15"
    name = "S15_example_sheet_imported/a05_example_sheet.xlsx"
    yield stops(kind, "填报示例 beside the sheet filled in", given(name), read((MANURE, 88.6)))
    for example in (
        "样表",
        "例表",
        "示例",
        "填报示例",
        "填表示例",
        "sample",
        "Example",
        "EXAMPLES",
    ):
        yield stops(kind, f"sheet {example} beside the one filled in", xlsx(
            manure(name="填报表"), long((FERTILISER[0], 2025, 43.5, "%", SOURCE), name=example)),
            read((MANURE, 88.6)))  # fmt: skip
        yield stops(kind, f"sheet {example} alone", xlsx(manure(name=example)))
    for example in ("填报说明", "填表说明", "模板"):
        yield stops(kind, f"figures in the sheet {example}", xlsx(
            manure(name="填报表"), long((FERTILISER[0], 2025, 43.5, "%", SOURCE), name=example)))  # fmt: skip
    yield stops(kind, "例： before the row of an example", table(
        long((f"例：{WASTE[0]}", 2025, 999, "万吨", SOURCE), (WASTE[0], 2025, 310, "万吨", SOURCE))))  # fmt: skip
