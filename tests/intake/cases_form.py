"""Cases of digits, units and the form of a table."""

from __future__ import annotations

from collections.abc import Iterator

from .casework import (
    CITY,
    DIESEL,
    FERTILISER,
    LONG,
    MANURE,
    RIGHT,
    SOURCE,
    WASTE,
    Case,
    asks,
    given,
    long,
    manure,
    placed,
    reads,
    stops,
    table,
    text,
    waste,
    wide,
    wide_without_unit,
    with_column,
    xlsx,
)
from .trouble import Sheet, ink, merged, runs, shown_as, struck


def digits() -> Iterator[Case]:
    kind = "S07"
    folder = "S07_footnote_mark_becomes_digit"
    yield stops(kind, "88.6① and 310②", given(f"{folder}/v01_circled_footnote.csv"))
    yield stops(
        kind,
        "310 with a superscript 1 as rich text",
        given(f"{folder}/v03_richtext_superscript.xlsx"),
    )
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
    yield asks(
        kind,
        "the indicator with ①",
        table(long((WASTE[0] + "①", 2025, 310, "万吨", SOURCE))),
        RIGHT,
    )
    for number in ("３１０", "310.0", "３１０．０", " 310 ", "+310", "3.10e2"):
        yield reads(kind, f"{number}: decimal digits", table(waste(number)), RIGHT)
    for number in ("三百一十", "๓๑๐"):
        yield asks(kind, f"{number}", table(waste(number)), RIGHT)
    for unit in ("μg/m³", "微克/立方米", "ug/m3"):
        yield reads(kind, f"an exponent in the unit {unit}", table(
            long(("pm25_iqair", 2025, 31, unit, SOURCE))), (("", "pm25_iqair"), 31))  # fmt: skip

    kind = "S19"
    folder = "S19_column_of_figures_dropped"
    yield stops(
        kind, "figures below a blank heading", given(f"{folder}/a16_values_outside_heading.xlsx")
    )
    yield asks(kind, "2025年① as heading", given(f"{folder}/u22_footnoted_year_heading.xlsx"),
               (MANURE, 87.1, CITY, 2024), (MANURE, 88.6))  # fmt: skip
    for heading in ("2025年①", "2025年*", "2025年[1]", "2025年（注1）", "2025¹", "2025年注"):
        yield asks(kind, f"{heading} beside 2024年", table(
            Sheet(("指标名称", "单位", "2024年", heading, "来源"), ((WASTE[0], "万吨", 300, 310, SOURCE),))),
            (WASTE, 3.0, CITY, 2024), RIGHT)  # fmt: skip
    for heading in (
        "2025年1-6月",
        "2025E",
        "2025（预）",
        "25年",
        "本期",
        "最新",
        "上年同期",
        "增减",
        "位次",
        "x",
        None,
    ):
        yield stops(kind, f"{heading} beside 2024年", xlsx(
            Sheet(("指标名称", "单位", "2024年", heading, "来源"), ((WASTE[0], "万吨", 300, 310, SOURCE),))))  # fmt: skip
    for heading in ("办理情况", "审核意见", "数值2", "remarks by the office"):
        yield stops(kind, f"content below {heading}", table(with_column(heading, "7 已办", at=5)))
    yield stops(kind, "a number to the right of the table", xlsx(
        Sheet(LONG, ((WASTE[0], 2025, 310, "万吨", SOURCE, None, 42),))))  # fmt: skip
    yield stops(kind, "a number below the table", xlsx(waste(below=((), (None, None, 42)))))

    kind = "S21"
    yield stops(
        kind, "a figure struck out", given("S21_struck_out_or_invisible_value/v13_struck_out.xlsx")
    )
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
    yield stops(
        kind, "the format says 吨, the column 万吨", xlsx(waste(looks={(0, 2): shown_as('0"吨"')}))
    )
    for look in ("General", "0.0000", "#,##0.00", "0.00_ ", "#,##0_);(#,##0)", '0" "', "@", '0.0;-0.0;0.0',
                 "[Blue]0.0", "0.00E+00"):  # fmt: skip
        yield reads(
            kind, f"310 shown as {look}", xlsx(waste(looks={(0, 2): shown_as(look)})), RIGHT
        )
    yield asks(kind, "the format says 万吨 as the column does", xlsx(
        waste(looks={(0, 2): shown_as('0"万吨"')})), RIGHT)  # fmt: skip

    kind = "S09"
    yield stops(
        kind,
        "310万 with 万吨",
        given("S09_wan_beside_number_and_in_unit/v07_wan_suffix_and_wan_unit.csv"),
    )
    for value, unit in (("310万", "万吨"), ("3.1亿", "万吨"), ("310千", "千吨"), ("310万", "10 000 t"), ("3百万", "万吨"),
                        ("310 万", "万 吨"), ("3.1亿", "亿吨")):  # fmt: skip
        yield stops(kind, f"{value} with {unit}", table(waste(value, unit)))
        yield stops(
            kind,
            f"{value} below 2025年（{unit}）",
            xlsx(wide_without_unit(f"2025年（{unit}）", value)),
        )
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
        yield stops(
            kind, f"3100000 {unit} beside the number", table(waste(f"3100000 {unit}", None))
        )
        yield stops(
            kind, f"3100000 below 2025 ({unit})", xlsx(wide_without_unit(f"2025 ({unit})", 3100000))
        )
        yield stops(kind, f"3100000 below Unit: {unit}", table(
            wide_without_unit("2025", 3100000, above=((f"Unit: {unit}",),))))  # fmt: skip
    for value, unit in (
        (3.1, "Mt"),
        (3.1, "百万吨"),
        (3100, "kt"),
        (3100000, "t"),
        (3100000, "吨"),
    ):
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
    yield stops(
        kind, "单位：吨 above against 万吨 in the column", table(waste(above=(("单位：吨",),)))
    )
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
    yield reads(
        kind, "单位：万吨 above and in the column", table(waste(above=(("单位：万吨",),))), RIGHT
    )

    kind = "S17"
    yield stops(
        kind,
        "1 in a column of per cent",
        given("S17_full_share_written_as_1/v11_full_share_as_one.xlsx"),
    )
    for value in (1, "1", 0.886, "0.99", 1.0, "1.00"):
        yield stops(kind, f"{value} per cent", xlsx(manure(value)))
    for value, right in ((100, 100), ("88.6%", 88.6), (1.5, 1.5)):
        yield reads(kind, f"{value} per cent", xlsx(manure(value)), (MANURE, right))
    yield reads(
        kind, "1 shown as 100 %", xlsx(manure(1, looks={(0, 2): shown_as("0%")})), (MANURE, 100)
    )

    kind = "A04"
    name = "A04_reporting_office_line_taken_as_unit/u04_unit_line_before_filling_unit.xlsx"
    yield reads(kind, "填报单位：市生态环境局 below 单位：万吨", given(name), RIGHT)
    for office in (
        "填报单位",
        "报送单位",
        "责任单位",
        "制表单位",
        "填报单位（盖章）",
        "编制单位",
        "牵头单位",
    ):
        line, unit = (f"{office}：市生态环境局",), ("单位：万吨",)
        head, row = ("指标名称", "年份", "数值", "来源"), ((WASTE[0], 2025, 310, SOURCE),)
        yield reads(
            kind,
            f"{office} below the line of the unit",
            xlsx(Sheet(head, row, above=(unit, line))),
            RIGHT,
        )
        yield reads(
            kind,
            f"{office} above the line of the unit",
            table(Sheet(head, row, above=(line, unit))),
            RIGHT,
        )
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
    yield reads(
        kind,
        "六枝 for 六枝特区",
        given("A06_short_name_liuzhi/k01_liuzhi_short.csv"),
        (WASTE, 0.886, "liuzhi"),
    )
    for name, place in (("六枝", "liuzhi"), ("六枝特区", "liuzhi"), ("盘州", "panzhou"), ("盘县", "panzhou"),
                        ("水城", "shuicheng"), ("钟山", "zhongshan"), ("Liuzhi", "liuzhi"), (" 盘 州 市 ", "panzhou")):  # fmt: skip
        case = asks if name in ("Liuzhi", " 盘 州 市 ") else reads
        yield case(kind, name, table(placed((name, 88.6))), (WASTE, 0.886, place))
    for name in ("六枝特", "六", "盘", "水城县县", "钟"):
        yield stops(kind, f"{name}, which is no name", table(placed((name, 88.6))))

    kind = "A08"
    yield reads(
        kind,
        "the same figure twice",
        given("A08_equal_duplicate_stops_import/a19_dup_equal_rows.xlsx"),
        (MANURE, 88.6),
    )
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
    yield asks(
        kind,
        "a workbook in the strict format",
        given("A11_strict_open_xml/input.xlsx"),
        (MANURE, 88.6),
    )
    kind = "A12"
    for name in ("x03_font_family_34", "x06_no_styles_font_rgb"):
        yield asks(kind, name, given(f"A12_style_sheet_oddities/{name}.xlsx"), (MANURE, 88.6))
