"""Write the corpus of bad inputs and its index; the same bytes each time.

Run ``python tests/bad_inputs/make_corpus.py`` after a change here; a test compares the
files with what this would write. Each file is named for its defect. The index says which
rule must be told for it and at which cell; ``level: taken`` marks files that are taken
because what is bad in them is neutralised.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
import sys
import warnings
import zipfile
from pathlib import Path

import openpyxl
import yaml
from openpyxl.worksheet.formula import ArrayFormula

from planbook.files import spreadsheets as downloads

HERE = Path(__file__).resolve().parent
EPOCH = (1980, 1, 1, 0, 0, 0)
HEAD = ["indicator", "year", "value", "unit", "published", "source", "note", "note_zh"]
GOOD = ["manure_utilisation_rate", "2024", "81.2", "%", "2025-03", "bureau", "", ""]
FILES: dict[str, bytes] = {}
INDEX: dict[str, dict[str, str]] = {}


def case(name: str, raw: bytes, rule: str, cell: str = "", level: str = "error") -> None:
    """Add one file."""
    assert name not in FILES, name
    FILES[name] = raw
    INDEX[name] = {"rule": rule, "cell": cell, "level": level}


def table(*rows: list[str], sep: str = ",", end: str = "\r\n") -> str:
    """Write rows as CSV, quoting where needed."""
    return "".join(
        sep.join(
            f'"{c.replace(chr(34), chr(34) * 2)}"' if set(c) & set(',"\r\n') else c for c in row
        )
        + end
        for row in rows
    )


def row(**changed: str) -> list[str]:
    """Give the good row with some cells changed."""
    return [changed.get(name, value) for name, value in zip(HEAD, GOOD, strict=True)]


def csv_case(name: str, rule: str, cell: str = "", level: str = "error", **changed: str) -> None:
    """Add a table whose one row has some cells changed."""
    case(f"{name}.csv", table(HEAD, row(**changed)).encode(), rule, cell, level)


def book(edit=None, rows=None) -> openpyxl.Workbook:
    """Make a workbook with the good row, its number as a number; `edit` spoils it."""
    made = downloads.new_workbook()
    sheet = made.create_sheet("figures")
    for cells in rows or [HEAD, GOOD]:
        sheet.append(
            [float(c) if c == "81.2" else int(c) if c == "2024" else c or None for c in cells]
        )
    if edit:
        edit(made, sheet)
    return made


def book_case(
    name: str, rule: str, cell: str = "", level: str = "error", edit=None, rows=None
) -> None:
    """Add a workbook that openpyxl can write."""
    case(f"{name}.xlsx", downloads.to_bytes(book(edit, rows)), rule, cell, level)


def parts() -> dict[str, bytes]:
    """Give the parts of the good workbook."""
    with zipfile.ZipFile(io.BytesIO(downloads.to_bytes(book()))) as archive:
        return {item.filename: archive.read(item) for item in archive.infolist()}


def pack(content: dict[str, bytes] | list[tuple[str, bytes]], stored: bool = False) -> bytes:
    """Put parts into an archive without a clock; names may stand twice."""
    out = io.BytesIO()
    pairs = content.items() if isinstance(content, dict) else content
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")  # a name that stands twice is meant
        for name, raw in pairs:
            item = zipfile.ZipInfo(name, EPOCH)
            item.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(item, raw, compresslevel=9)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def part_case(name: str, rule: str, change, cell: str = "", level: str = "error") -> None:
    """Add a workbook whose parts are changed by hand."""
    content = parts()
    changed = change(content)
    case(f"{name}.xlsx", pack(changed if changed is not None else content), rule, cell, level)


def put(ref: str, value: object):
    """Make an edit that sets one cell."""
    return lambda _, sheet: sheet.__setitem__(ref, value)


def raw_cell(old: bytes, new: bytes):
    """Make a change of the sheet's XML."""

    def change(content: dict[str, bytes]) -> None:
        assert old in content[SHEET], content[SHEET]
        content[SHEET] = content[SHEET].replace(old, new, 1)

    return change


def numbers() -> None:
    """Values that are no numbers, or not plainly so."""
    bad = {
        "word_as_value": ("forty", "not_a_number"),
        "chinese_numeral": ("八十一", "not_a_number"),
        "value_with_two_points": ("81.2.3", "not_a_number"),
        "value_with_letter_o": ("8O.2", "unit_unknown"),
        "hex_number": ("0x51", "unit_unknown"),
        "decimal_comma": ("81,2", "comma"),
        "grouping_of_four": ("1,2345", "comma"),
        "grouping_then_comma": ("1,234,56", "comma"),
        "leading_comma": (",812", "comma"),
        "range_with_hyphen": ("80-82", "range"),
        "range_with_tilde": ("80~82", "range"),
        "range_in_chinese": ("80至82", "range"),
        "plus_minus": ("81±2", "range"),
        "brackets_as_negative": ("(81.2)", "not_a_number"),
        "nan": ("NaN", "not_finite"),
        "infinity": ("Infinity", "not_finite"),
        "minus_infinity": ("-inf", "not_finite"),
        "infinity_sign": ("∞", "not_finite"),
        "overflow": ("1e999", "not_finite"),
        "too_large": ("1e16", "not_finite"),
        "forty_one_digits": ("1" * 41, "not_a_number"),
        "excel_error_text": ("#DIV/0!", "error_value"),
        "excel_na_text": ("#N/A", "error_value"),
        "ellipsis_of_yearbooks": ("…", "less_than_unit"),
        "asterisk_for_value": ("*", "less_than_unit"),
        "two_marks": ("约81以上", "two_marks"),
        "mark_twice": ("≥81以上", "two_marks"),
        "date_as_value": ("2024-05-01", "date_as_number"),
        "chinese_date_as_value": ("2024年5月", "date_as_number"),
        "date_with_slashes": ("2024/5/1", "date_as_number"),
        "value_with_foreign_unit": ("81.2furlongs", "unit_unknown"),
        "value_in_tonnes_for_share": ("81.2吨", "two_units"),
        "above_upper_bound": ("101", "bounds"),
        "below_lower_bound": ("-1", "bounds"),
        "far_above_bound": ("8120", "bounds"),
        "formula_as_value": ("=1+1", "formula_text"),
        "dde_as_value": ("+cmd|' /C calc'!A0", "formula_text"),
        "dde_minus": ("-cmd|' /C calc'!A0", "formula_text"),
        "at_function_as_value": ("@SUM(1+1)", "formula_text"),
        "hyperlink_formula_as_value": ('=HYPERLINK("http://example.org","81")', "formula_text"),
        "full_width_formula": ("＝1+1", "formula_text"),
        "script_as_value": ("<script>alert(1)</script>", "markup"),
        "only_a_unit": ("万吨", "not_a_number"),
        "only_a_sign": ("≥", "not_a_number"),
        "true_as_text": ("TRUE", "not_a_number"),
        "spaces_in_number": ("8 1.2", "not_a_number"),
        "exponent_without_digits": ("8e", "unit_unknown"),
        "fraction": ("4/5", "unit_unknown"),
        "null_word": ("null", "not_a_number"),
        "two_figures_in_a_cell": ("81.2\n82.3", "two_figures"),
    }  # fmt: skip
    for name, (value, rule) in bad.items():
        csv_case(name, rule, "C2", value=value)
    csv_case(
        "two_units_in_a_row",
        "two_units",
        "C2",
        indicator="pesticide_commercial_use",
        unit="t",
        value="2.8万吨",
    )


def years_and_dates() -> None:
    """Years and dates of publication."""
    for name, value, rule in (
        ("year_missing", "", "year_missing"),
        ("year_of_two_digits", "24", "year_wrong"),
        ("year_as_word", "last year", "year_wrong"),
        ("year_before_1949", "1948", "year_wrong"),
        ("year_in_the_future", "2099", "year_future"),
        ("year_far_away", "9999", "year_wrong"),
        ("year_with_fraction", "2024.5", "year_wrong"),
        ("year_range", "2021-2024", "year_wrong"),
        ("year_as_date", "2024-12-31", "year_wrong"),
        ("year_as_formula", "=2024", "year_wrong"),
        ("year_in_quarters", "2024Q1", "year_wrong"),
    ):
        csv_case(name, rule, "C2" if not value else "B2", year=value)
    for name, value, rule in (
        ("date_as_word", "in spring", "date_wrong"),
        ("month_13", "2025-13", "date_wrong"),
        ("day_31_of_june", "2025-06-31", "date_wrong"),
        ("date_american", "03/29/2025", "date_wrong"),
        ("date_in_the_future", "2099-01-01", "published_future"),
        ("published_before_its_year", "2023-05", "published_before"),
        ("date_before_1990", "1889-01-01", "date_wrong"),
        ("date_as_formula", "=TODAY()", "date_wrong"),
    ):
        csv_case(name, rule, "E2", published=value)


def names_and_units() -> None:
    """Indicators, places, units, sources that do not exist."""
    csv_case("unknown_indicator", "indicator_unknown", "A2", indicator="happiness of citizens")
    csv_case("misspelt_indicator", "indicator_near", "A2", indicator="manure_utilization_rate")
    csv_case("indicator_missing", "indicator_missing", "C2", indicator="")
    csv_case("derived_indicator", "indicator_derived", "A2", indicator="grain_yield")
    csv_case("indicator_with_path", "indicator_unknown", "A2", indicator="../../city")
    csv_case("indicator_as_formula", "formula_text", "A2", indicator="=cmd|'/C calc'!A0")
    csv_case("indicator_as_script", "markup", "A2", indicator="<script>alert(1)</script>")
    csv_case("unit_missing", "unit_missing", "C2", unit="")
    csv_case("unit_unknown", "unit_unknown", "D2", unit="furlong")
    csv_case("unit_of_other_dimension", "unit_dimension", "D2", unit="万吨")
    csv_case("unit_as_formula", "formula_text", "D2", unit="=A1")
    csv_case("source_missing", "source_missing", "C2", source="")
    csv_case("source_key_unknown", "source_unknown", "F2", source="city_bulletin_1999")
    csv_case("source_too_short", "source_unknown", "F2", source="ab")
    csv_case("source_as_script", "markup", "F2", source="<img src=x onerror=alert(1)>")
    csv_case("source_as_formula", "formula_text", "F2", source='=HYPERLINK("http://example.org")')
    csv_case("source_javascript_address", "markup", "F2", source="统计公报 javascript:alert(1)")
    csv_case("source_file_address", "address_wrong", "F2", source="统计公报 file:///etc/passwd")
    head = [*HEAD, "entity", "status", "qualifier"]
    for name, cells, rule, cell in (
        ("place_of_another_city", ["guizhou", "", ""], "entity_unknown", "I2"),
        ("place_blank", ["", "", ""], "entity_missing", "C2"),
        ("place_with_path", ["../east", "", ""], "entity_unknown", "I2"),
        ("status_unknown", ["smallville", "draft", ""], "status_unknown", "J2"),
        ("qualifier_unknown", ["smallville", "", "maybe"], "qualifier_unknown", "K2"),
    ):
        case(f"{name}.csv", table(head, [*GOOD, *cells]).encode(), rule, cell)
    case("qualifier_against_mark.csv",
         table(head, [*row(value="≥81"), "smallville", "", "about"]).encode(), "two_marks", "K2")  # fmt: skip
    undated = row(value="80.4", published="")
    case("revised_without_date.csv", table(head, [*undated, "smallville", "revised", ""]).encode(),
         "revised_undated", "C2")  # fmt: skip


def texts() -> None:
    """Notes that run, hide or steer."""
    for name, value, rule in (
        ("note_with_script", "<script>alert(1)</script>", "markup"),
        ("note_with_image", "see <img src=x onerror=alert(1)>", "markup"),
        ("note_with_svg", "<svg/onload=alert(1)>", "markup"),
        ("note_with_entity", "&#60;script&#62;", "markup"),
        ("note_with_javascript", "javascript:alert(1)", "markup"),
        ("note_with_full_width_tag", "＜script＞alert(1)＜/script＞", "markup"),
        ("note_with_formula", '=HYPERLINK("http://example.org","open")', "formula_text"),
        ("note_with_dde", "+cmd|' /C calc'!A0", "formula_text"),
        ("note_with_minus_dde", "-2+3+cmd|' /C calc'!A0", "formula_text"),
        ("note_with_at", "@SUM(1,1)", "formula_text"),
        ("note_with_bell", "a\x07b", "control_character"),
        ("note_with_escape", "a\x1b[31mb", "control_character"),
        ("note_with_backspace", "a\x08b", "control_character"),
        ("note_with_c1_control", "a\x9bb", "control_character"),
        ("note_with_bidi_override", "a\u202eb", "direction_mark"),
        ("note_with_bidi_isolate", "a\u2067b", "direction_mark"),
        ("note_with_private_use", "a\ue000b", "control_character"),
        ("note_with_noncharacter", "a\ufffeb", "control_character"),
        ("note_too_long", "长" * 1001, "text_too_long"),
    ):
        csv_case(name, rule, "G2", note=value)
    csv_case(
        "indicator_with_bidi", "direction_mark", "A2", indicator="\u202emanure_utilisation_rate"
    )
    csv_case("value_with_escape", "control_character", "C2", value="81.2\x1b[0m")
    csv_case("unit_with_bell", "control_character", "D2", unit="%\x07")
    csv_case("year_with_bidi", "direction_mark", "B2", year="20\u202e24")


def neutralised() -> None:
    """What looks bad and is taken, because it can be read in one way only."""
    for name, value in (
        ("thousands_separator", "2,825"),
        ("full_width_digits", "２８２５"),
        ("full_width_comma", "2，825"),
        ("no_break_space", "2\u00a0825"),
        ("zero_width_space", "28\u200b25"),
        ("byte_order_mark_inside", "\ufeff2825"),
        ("mark_about", "约2825"),
        ("mark_at_least", "≥2825"),
        ("mark_over_in_chinese", "超过2825"),
        ("mark_behind", "2825以上"),
        ("unicode_minus_zero", "−0"),
        ("exponent", "2.825e3"),
    ):
        csv_case(
            f"taken_{name}",
            "",
            "",
            "taken",
            indicator="pesticide_commercial_use",
            unit="t",
            value=value,
        )
    csv_case(
        "taken_unit_in_cell",
        "",
        "",
        "taken",
        indicator="pesticide_commercial_use",
        unit="",
        value="0.2825万吨",
    )
    csv_case("taken_percent_sign", "", "", "taken", value="81.2%")
    csv_case("taken_newline_in_note", "note_one_language", "G2", "hint", note="one\ntwo")
    csv_case("no_figure_blank_value", "no_figure", value="")
    csv_case("no_figure_dash", "no_figure", value="—")
    csv_case("no_figure_chinese", "no_figure", value="暂无数据")
    book_case("taken_cell_with_hyperlink", "", "", "taken",
              edit=lambda _, s: setattr(s["A2"], "hyperlink", "https://example.org/"))  # fmt: skip
    part_case(
        "taken_rows_without_content", "", lambda c: c.update({SHEET: c[SHEET].replace(
            b"</sheetData>",
            b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (i, i) for i in range(3, 12_000))
            + b"</sheetData>",
        )}), level="taken",
    )  # fmt: skip
    book_case("taken_stray_cell_at_the_end", "", "", "taken", edit=put("A1048576", " "))
    book_case("taken_comment", "note_not_kept", "C2", "hint", edit=lambda _, s: setattr(
        s["C2"], "comment", openpyxl.comments.Comment("=cmd|'/C calc'!A0", "x")))  # fmt: skip


def tables() -> None:
    """Files of text whose form is wrong."""
    good = table(HEAD, GOOD)
    case("empty.csv", b"", "empty_file")
    case("only_blank_lines.csv", b"\r\n\r\n  \r\n", "empty_file")
    case("only_commas.csv", b",,,\r\n,,,\r\n", "empty_file")
    case("only_byte_order_mark.csv", b"\xef\xbb\xbf", "empty_file")
    case("no_header.csv", table(GOOD).encode(), "no_table")
    case("header_of_another_kind.csv", b"name,colour\r\na,b\r\n", "no_table")
    case("header_below_row_20.csv", b"x\r\n" * 20 + good.encode(), "no_table")
    case(
        "duplicate_header.csv", table([*HEAD, "value"], [*GOOD, "1"]).encode(), "header_twice", "I1"
    )
    case(
        "duplicate_header_in_two_languages.csv",
        table([*HEAD, "数值"], [*GOOD, "1"]).encode(),
        "header_twice",
        "I1",
    )
    case(
        "duplicate_year_column.csv",
        b"indicator,unit,source,2023,2024,2024\r\nmanure_utilisation_rate,%,bureau,80.4,81,82\r\n",
        "header_twice",
        "F1",
    )
    case(
        "year_and_year_columns.csv",
        b"indicator,year,unit,source,2024\r\nmanure_utilisation_rate,2024,%,bureau,81\r\n",
        "layout_mixed",
        "E1",
    )
    case(
        "no_year_column.csv",
        b"indicator,value,unit,source\r\nmanure_utilisation_rate,81,%,bureau\r\n",
        "header_missing",
        "A1",
    )
    case(
        "open_quote.csv",
        b'indicator,year,value,unit,source\r\n"manure_utilisation_rate,2024,81,%,bureau\r\n',
        "bad_csv",
    )
    case(
        "quote_inside_cell.csv",
        b'indicator,year,value,unit,source\r\n"manure"x,2024,81,%,bureau\r\n',
        "bad_csv",
    )
    case("utf16.csv", good.encode("utf-16"), "utf16")
    case("utf16_big_endian.csv", b"\xfe\xff" + good.encode("utf-16-be"), "utf16")
    case("nul_bytes.csv", good.replace("81.2", "81\x00.2").encode(), "nul_bytes")
    case("utf32.csv", good.encode("utf-32-be"), "nul_bytes")
    case("neither_utf8_nor_gbk.csv", good.encode() + b"\xff\xff\xff", "encoding")
    case(
        "lone_surrogate_bytes.csv",
        good.replace("81.2", "81.2X").encode().replace(b"X", b"\xed\xa0\x80\xff"),
        "encoding",
    )
    case("latin1.csv", table(HEAD, row(note="\xe9\xff\xff")).encode("latin-1"), "encoding")
    case("duplicate_figure.csv", table(HEAD, GOOD, row(value="82")).encode(), "duplicate", "C3")
    case(
        "duplicate_figure_by_name.csv",
        table(HEAD, GOOD, row(indicator="畜禽粪污资源化综合利用率", value="82")).encode(),
        "duplicate",
        "C3",
    )
    case("taken_duplicate_alike.csv", table(HEAD, GOOD, GOOD).encode(), "duplicate_equal", "C3",
         "hint")  # fmt: skip
    case(
        "html_named_csv.csv", b"<html><table><tr><td>1</td></tr></table></html>", "wrong_extension"
    )
    case("xml_named_csv.csv", b'<?xml version="1.0"?><Workbook/>', "wrong_extension")
    case("zip_named_csv.csv", downloads.to_bytes(book()), "wrong_extension")
    case("pdf_named_csv.csv", b"%PDF-1.7\n%", "wrong_extension")
    case(
        "old_excel_named_csv.csv",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64,
        "wrong_extension",
    )
    case(
        "too_many_columns.csv", (",".join(HEAD) + ",x" * 400 + "\r\n").encode(), "too_many_columns"
    )
    case("ten_thousand_and_two_rows.csv", b"a\n" * 10_002, "too_many_rows")
    case("table_named_txt.txt", good.encode(), "unknown_format")
    case("table_named_json.json", b"{}", "unknown_format")
    case("no_extension", good.encode(), "unknown_format")
    case("script_named_sh.sh", b"#!/bin/sh\n", "unknown_format")
    case("formula_in_header.csv", table([*HEAD[:-1], "=1+1"], GOOD).encode(), "", "", "taken")
    case(
        "control_character_in_header.csv",
        table([*HEAD[:-1], "a\x07"], GOOD).encode(),
        "control_character",
        "H1",
    )
    case(
        "bidi_in_header.csv", table([*HEAD[:-1], "a\u202e"], GOOD).encode(), "direction_mark", "H1"
    )


_UNITS = {"gdp_current": "1e8 CNY", "value_added": "1e8 CNY", "msw_": "t/d",
          "industrial_solid_waste": "Mt"}  # fmt: skip


def _unit_of(indicator: str) -> str:
    return next((unit for start, unit in _UNITS.items() if indicator.startswith(start)), "MW")


def known() -> None:
    """Figures that do not agree with what is on file, or with each other."""
    csv_case(
        "revision_without_date", "revision_undated", "C2", year="2023", value="80.9", published=""
    )
    csv_case(
        "revision_of_same_date",
        "revision_not_later",
        "E2",
        year="2023",
        value="80.9",
        published="2024-06-01",
    )
    csv_case(
        "revision_of_earlier_date",
        "revision_not_later",
        "E2",
        year="2023",
        value="80.9",
        published="2024-01",
    )
    csv_case(
        "other_source_disagrees",
        "other_source",
        "C2",
        "warning",
        year="2023",
        value="80.9",
        published="2025-01",
        source="农业农村局年度通报",
    )
    csv_case("jump_beyond_history", "jump", "C2", "warning", value="95")
    csv_case("jump_down", "jump", "C2", "warning", value="60")
    csv_case("ten_times_too_small", "unit_slip", "C2", "warning", value="8.12")
    csv_case("hundred_times_too_small", "unit_slip", "C2", "warning", value="0.812")
    csv_case(
        "triple_of_short_series",
        "jump_short",
        "C2",
        "warning",
        indicator="coal_power_saving_retrofit_capacity",
        unit="MW",
        value="2400",
    )
    csv_case(
        "year_gap", "year_gap", "B2", "warning", year="2025", value="82.5", published="2026-03"
    )
    csv_case(
        "share_as_fraction",
        "share_fraction",
        "C2",
        "warning",
        indicator="straw_utilisation_rate",
        value="0.85",
    )
    waste = "industrial_solid_waste"
    for name, figures, rule, cell, level in (
        (
            "utilised_above_generated",
            {f"{waste}_generated": "10", f"{waste}_utilised": "11"},
            "parts_above_open",
            "C2",
            "warning",
        ),
        (
            "utilised_above_generated_and_stock",
            {f"{waste}_generated": "10", f"{waste}_utilised": "13", f"{waste}_from_stock": "2"},
            "parts_above",
            "C2",
            "error",
        ),
        (
            "part_above_total",
            {"coal_power_capacity": "11", "power_capacity_total": "10"},
            "parts_above",
            "C2",
            "error",
        ),
        (
            "parts_above_total",
            {
                "solar_capacity": "10",
                "solar_capacity_utility": "6",
                "solar_capacity_distributed": "6",
            },
            "parts_above",
            "C2",
            "error",
        ),
        (
            "sectors_above_gdp",
            {
                "gdp_current": "90",
                "value_added_primary": "10",
                "value_added_secondary": "50",
                "value_added_tertiary": "40",
            },
            "parts_above_open",
            "C2",
            "warning",
        ),
        (
            "share_above_one_hundred",
            {"msw_recovered_by_sorting": "11", "msw_generated_central": "10"},
            "parts_above",
            "C2",
            "error",
        ),
    ):
        rows = [
            row(indicator=one, value=value, unit=_unit_of(one)) for one, value in figures.items()
        ]
        case(f"{name}.csv", table(HEAD, *rows).encode(), rule, cell, level)
    head = [*HEAD, "entity"]
    east = row(indicator="solar_capacity", unit="MW", value="20")
    whole = row(indicator="solar_capacity", unit="MW", value="10")
    case(
        "county_above_city.csv",
        table(head, [*whole, "smallville"], [*east, "east"]).encode(),
        "counties_above",
        "C2",
    )


def workbooks() -> None:
    """Workbooks that a spreadsheet program could have written."""
    book_case("formula_cell", "formula", "C2", edit=put("C2", "=80+1.2"))
    book_case(
        "hyperlink_formula_cell",
        "formula",
        "C2",
        edit=put("C2", '=HYPERLINK("http://example.org",81)'),
    )
    book_case("array_formula", "formula", "C2", edit=put("C2", ArrayFormula("C2", "=SUM(A1:A2)")))
    book_case("formula_in_note", "formula", "G2", edit=put("G2", "=A2"))
    book_case("formula_in_year", "formula", "B2", edit=put("B2", "=2000+24"))
    book_case(
        "formula_in_indicator", "formula", "A2", edit=put("A2", '="manure_"&"utilisation_rate"')
    )
    book_case(
        "webservice_formula", "formula", "C2", edit=put("C2", '=WEBSERVICE("http://example.org")')
    )
    book_case("error_cell", "error_value", "C2", edit=put("C2", "#DIV/0!"))
    book_case("error_cell_in_note", "error_value", "G2", edit=put("G2", "#REF!"))
    book_case("boolean_cell", "boolean", "C2", edit=put("C2", True))
    book_case("date_cell_as_value", "date_as_number", "C2", edit=put("C2", dt.datetime(2024, 5, 1)))
    book_case("time_cell_as_value", "date_as_number", "C2", edit=put("C2", dt.time(8, 12)))
    book_case(
        "duration_cell_as_value", "date_as_number", "C2", edit=put("C2", dt.timedelta(hours=81))
    )
    book_case("date_cell_as_year", "year_wrong", "B2", edit=put("B2", dt.datetime(2024, 1, 1)))
    book_case("percent_format_for_tonnes", "two_units", "C2", rows=[HEAD, row(indicator="pesticide_commercial_use", unit="t")],
              edit=lambda _, s: setattr(s["C2"], "number_format", "0.0%"))  # fmt: skip
    for name, shown in (
        ("thousands", "0.0,"),
        ("ten_thousands", "0!.0,"),
        ("millions", "#,##0.0,,"),
    ):
        book_case(f"number_shown_in_{name}", "scaled_format", "C2", edit=_shown_as(shown))
    book_case("taken_plain_thousands_format", "", "", "taken", edit=_shown_as('#,##0.00_);"x,"'))
    book_case(
        "percent_format_above_bound",
        "bounds",
        "C2",
        edit=lambda _, s: setattr(s["C2"], "number_format", "0%"),
    )
    book_case("number_as_date_of_publication", "date_wrong", "E2", edit=put("E2", 45000))
    book_case("script_in_cell", "markup", "G2", edit=put("G2", "<script>alert(1)</script>"))
    book_case("text_formula_in_cell", "formula_text", "G2", edit=lambda _, s: (
        s.__setitem__("G2", "=1+1"), setattr(s["G2"], "data_type", "s")))  # fmt: skip
    book_case("bidi_in_cell", "direction_mark", "G2", edit=put("G2", "a\u202eb"))
    book_case(
        "merged_value_cells",
        "merged",
        "A2",
        rows=[HEAD, GOOD, row(year="2022")],
        edit=lambda _, s: s.merge_cells("A2:A3"),
    )
    book_case("merged_header", "merged", "C1", edit=lambda _, s: s.merge_cells("C1:D1"))
    book_case("merged_row", "merged", "C2", edit=lambda _, s: s.merge_cells("C2:D2"))
    book_case(
        "hidden_row",
        "hidden_row",
        "A2",
        edit=lambda _, s: setattr(s.row_dimensions[2], "hidden", True),
    )
    part_case(
        "row_of_no_height",
        "hidden_row",
        raw_cell(b'<row r="2"', b'<row ht="0" customHeight="1" r="2"'),
        "A2",
    )
    book_case(
        "hidden_column",
        "hidden_column",
        "C1",
        edit=lambda _, s: setattr(s.column_dimensions["C"], "hidden", True),
    )
    book_case(
        "hidden_sheet",
        "hidden_sheet",
        "A1, A2, B1, B2, C1, C2, D1, E1, F1, G1, H1",
        "unread",
        edit=_hidden_sheet("hidden"),
    )
    book_case(
        "very_hidden_sheet",
        "hidden_sheet",
        "A1, A2, B1, B2, C1, C2, D1, E1, F1, G1, H1",
        "unread",
        edit=_hidden_sheet("veryHidden"),
    )
    book_case("only_hidden_sheet", "no_table", edit=_only_hidden)
    book_case(
        "sheet_without_header",
        "no_header",
        "A1",
        "unread",
        edit=lambda b, _: b.create_sheet("notes").append(["remember"]),
    )
    book_case("empty_workbook", "empty_file", edit=lambda _, s: s.delete_rows(1, 5))
    book_case("duplicate_header_cells", "header_twice", "I1", edit=put("I1", "value"))
    book_case("cell_beyond_columns", "too_many_columns", edit=put("XFD2", 1))
    book_case("sheets_repeat_a_figure", "duplicate_equal", "C2", "hint", edit=_twice)
    book_case(
        "template_of_another_city",
        "template_city",
        edit=_meta('{"version": 1, "city": "bigville", "year": 2024, "sheets": {}}'),
    )
    book_case(
        "template_of_another_version",
        "template_version",
        edit=_meta('{"version": 99, "city": "smallville", "year": 2024, "sheets": {}}'),
    )
    book_case("template_with_damaged_description", "template_damaged", edit=_meta("{broken"))
    book_case("template_with_deep_description", "template_damaged", edit=_meta("[" * 900))
    book_case(
        "template_of_unknown_department",
        "template_damaged",
        edit=_meta(
            '{"version": 1, "city": "smallville", "year": 2024, "sheets": {"figures": "../x"}}'
        ),
    )


def _shown_as(number_format: str):
    return lambda _, sheet: setattr(sheet["C2"], "number_format", number_format)


def _hidden_sheet(state: str):
    def edit(made, _sheet):
        extra = made.create_sheet("extra")
        extra.append(HEAD)
        extra.append(["manure_utilisation_rate", 2022, 79])
        extra.sheet_state = state

    return edit


def _only_hidden(made, sheet) -> None:
    sheet.sheet_state = "hidden"
    made.create_sheet("empty")
    made.active = 1


def _twice(made, sheet) -> None:
    made.copy_worksheet(sheet)


def _meta(text: str):
    def edit(made, _sheet):
        meta = made.create_sheet("_planbook")
        meta["A1"] = text
        meta.sheet_state = "veryHidden"

    return edit


def archives() -> None:
    """Workbooks whose archive or XML is not what a spreadsheet program writes."""
    good = pack(parts())
    case("empty.xlsx", b"", "empty_file")
    case("text_named_xlsx.xlsx", b"indicator,year\r\n", "wrong_extension")
    case("html_named_xlsx.xlsx", b"<html><table></table></html>", "wrong_extension")
    case(
        "old_excel_named_xlsx.xlsx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504,
        "old_or_locked",
    )
    case("png_named_xlsx.xlsx", b"\x89PNG\r\n\x1a\n", "wrong_extension")
    case("truncated_at_half.xlsx", good[: len(good) // 2], "broken_workbook")
    case("truncated_by_one_byte.xlsx", good[:-1], "broken_workbook")
    case("truncated_to_header.xlsx", good[:30], "broken_workbook")
    case("zeroed_directory.xlsx", good[:-200] + b"\x00" * 200, "broken_workbook")
    case("flipped_byte_in_sheet.xlsx", _flip(good), "broken_workbook")
    case("empty_archive.xlsx", b"PK\x05\x06" + b"\x00" * 18, "broken_workbook")
    case("archive_of_something_else.xlsx", pack({"a.txt": b"hello"}), "broken_workbook")
    case("macro_workbook.xlsm", good, "macros")
    case("macro_template.xltm", good, "macros")
    case("binary_workbook.xlsb", good, "macros")
    case("old_workbook.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504, "old_format")
    case("opendocument.ods", good, "old_format")
    part_case("macro_project_inside", "macros", lambda c: c.update({"xl/vbaProject.bin": b"\x00"}))
    part_case(
        "macro_sheet_inside", "macros", lambda c: c.update({"xl/macrosheets/sheet1.xml": b"<x/>"})
    )
    part_case(
        "macro_content_type",
        "macros",
        lambda c: c.update(
            {
                "[Content_Types].xml": c["[Content_Types].xml"].replace(
                    b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
                )
            }
        ),
    )
    part_case(
        "external_workbook",
        "external_links",
        lambda c: c.update({"xl/externalLinks/externalLink1.xml": b"<x/>"}),
    )
    part_case(
        "data_connection", "external_links", lambda c: c.update({"xl/connections.xml": b"<x/>"})
    )
    part_case(
        "query_table",
        "external_links",
        lambda c: c.update({"xl/queryTables/queryTable1.xml": b"<x/>"}),
    )
    part_case(
        "external_relation",
        "external_links",
        lambda c: c.update(
            {
                "xl/_rels/workbook.xml.rels": c["xl/_rels/workbook.xml.rels"].replace(
                    b"</Relationships>",
                    b'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="http://example.org/x.png" TargetMode="External"/></Relationships>',
                )
            }
        ),
    )
    part_case(
        "embedded_object",
        "embedded_objects",
        lambda c: c.update({"xl/embeddings/oleObject1.bin": b"\x00"}),
    )
    part_case(
        "activex_control",
        "embedded_objects",
        lambda c: c.update({"xl/activeX/activeX1.xml": b"<x/>"}),
    )
    part_case("path_upwards", "zip_path", lambda c: c.update({"../../evil.xml": b"<x/>"}))
    part_case("absolute_path", "zip_path", lambda c: c.update({"/etc/evil.xml": b"<x/>"}))
    part_case("backslash_path", "zip_path", lambda c: c.update({"..\\evil.xml": b"<x/>"}))
    part_case("drive_path", "zip_path", lambda c: c.update({"C:evil.xml": b"<x/>"}))
    case("symlink_inside.xlsx", _symlink(), "zip_path")
    case("part_twice.xlsx", pack([*parts().items(), (SHEET, b"<x/>")]), "zip_repeated")
    case(
        "part_twice_by_case.xlsx",
        pack([*parts().items(), (SHEET.upper(), b"<x/>")]),
        "zip_repeated",
    )
    part_case(
        "four_hundred_parts",
        "zip_entries",
        lambda c: c.update({f"xl/x{i}.xml": b"<x/>" for i in range(400)}),
    )
    part_case(
        "forty_one_sheets",
        "too_many_sheets",
        lambda c: c.update({f"xl/worksheets/extra{i}.xml": b"<x/>" for i in range(41)}),
    )
    part_case(
        "zip_bomb_zeros",
        "zip_bomb",
        lambda c: c.update({"xl/media/image1.bin": b"\x00" * 20_000_000}),
    )
    part_case(
        "zip_bomb_sheet",
        "zip_bomb",
        lambda c: c.update(
            {SHEET: c[SHEET].replace(b"</sheetData>", b'<row r="3"/>' * 400_000 + b"</sheetData>")}
        ),
    )
    part_case(
        "zip_bomb_many_parts",
        "zip_bomb",
        lambda c: c.update({f"xl/media/{i}.bin": _noise(i) for i in range(12)}),
    )
    case("zip_bomb_lying_size.xlsx", _lying_size(), "broken_workbook")
    case("zip_bomb_overlapping.xlsx", _overlapping(), "zip_bomb")
    case("encrypted_flag.xlsx", _encrypted(good), "old_or_locked")
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        + b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    )
    for name, part in (
        ("workbook", "xl/workbook.xml"),
        ("sheet", SHEET),
        ("styles", "xl/styles.xml"),
        ("strings", "xl/sharedStrings.xml"),
        ("types", "[Content_Types].xml"),
        ("relations", "_rels/.rels"),
        ("properties", "docProps/core.xml"),
    ):
        part_case(
            f"billion_laughs_in_{name}",
            "xml_entities",
            lambda c, part=part: c.update({part: bomb + c.get(part, b"<sst/>")}),
        )
    part_case(
        "external_entity",
        "xml_entities",
        lambda c: c.update(
            {SHEET: b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + c[SHEET]}
        ),
    )
    part_case(
        "entities_in_lower_case",
        "xml_entities",
        lambda c: c.update({SHEET: b"<!doctype w>" + c[SHEET]}),
    )
    part_case(
        "sheet_in_utf16",
        "xml_encoding",
        lambda c: c.update({SHEET: c[SHEET].decode().encode("utf-16")}),
    )
    part_case(
        "sheet_in_utf7",
        "xml_encoding",
        lambda c: c.update({SHEET: b'<?xml version="1.0" encoding="UTF-7"?>' + c[SHEET]}),
    )
    part_case("sheet_is_no_xml", "broken_workbook", lambda c: c.update({SHEET: b"not xml"}))
    part_case("sheet_cut_off", "broken_workbook", lambda c: c.update({SHEET: c[SHEET][:-40]}))
    part_case(
        "sheet_of_ten_thousand_levels",
        "broken_workbook",
        lambda c: c.update({SHEET: b"<a>" * 10_000}),
    )
    part_case("workbook_without_sheet", "empty_file", lambda c: c.pop(SHEET) and None)
    part_case(
        "workbook_part_missing", "broken_workbook", lambda c: c.pop("xl/workbook.xml") and None
    )
    part_case(
        "string_index_out_of_range",
        "broken_workbook",
        raw_cell(b't="inlineStr"><is><t>indicator</t></is>', b't="s"><v>99999</v>'),
    )
    part_case("cell_address_is_nonsense", "broken_workbook", raw_cell(b'r="C2"', b'r="??"'))
    part_case("number_cell_holds_word", "broken_workbook", raw_cell(b"<v>81.2</v>", b"<v>many</v>"))
    part_case("number_cell_holds_nan", "broken_workbook", raw_cell(b"<v>81.2</v>", b"<v>NaN</v>"))
    part_case(
        "number_cell_holds_infinity", "broken_workbook", raw_cell(b"<v>81.2</v>", b"<v>INF</v>")
    )
    part_case(
        "number_cell_overflows", "not_finite", raw_cell(b"<v>81.2</v>", b"<v>1e400</v>"), "C2"
    )
    part_case(
        "merge_of_the_whole_sheet",
        "too_complex",
        raw_cell(
            b"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        ),
    )
    part_case(
        "merge_is_nonsense",
        "broken_workbook",
        raw_cell(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="hello"/></mergeCells>'),
    )
    part_case(
        "lone_surrogate_in_cell",
        "surrogate",
        lambda c: c.update(
            {
                SHEET: c[SHEET].replace(
                    b"</row></sheetData>",
                    b'<c r="G2" t="inlineStr"><is><t>a_xD800_b</t></is></c></row></sheetData>',
                )
            }
        ),
        "G2",
    )
    part_case(
        "control_character_in_cell",
        "control_character",
        lambda c: c.update(
            {
                SHEET: c[SHEET].replace(
                    b"</row></sheetData>",
                    b'<c r="G2" t="inlineStr"><is><t>a_x0007_b</t></is></c></row></sheetData>',
                )
            }
        ),
        "G2",
    )
    part_case(
        "cached_formula_value",
        "formula",
        raw_cell(b"<v>81.2</v>", b"<f>80+1.2</f><v>81.2</v>"),
        "C2",
    )
    part_case(
        "shared_formula",
        "formula",
        raw_cell(b"<v>81.2</v>", b'<f t="shared" ref="C2:C9" si="0">80+1.2</f><v>81.2</v>'),
        "C2",
    )
    part_case(
        "twenty_thousand_names",
        "too_complex",
        lambda c: c.update(
            {
                "xl/workbook.xml": c["xl/workbook.xml"].replace(
                    b"</sheets>",
                    b"</sheets><definedNames>"
                    + b"".join(
                        b'<definedName name="n%d">%d</definedName>' % (i, i * 7919 % 10007)
                        for i in range(20_001)
                    )
                    + b"</definedNames>",
                )
            }
        ),
    )
    part_case(
        "ten_thousand_and_one_rows",
        "too_many_rows",
        lambda c: c.update(
            {
                SHEET: c[SHEET].replace(
                    b"</sheetData>",
                    b"".join(
                        b'<row r="%d" ht="%d"><c r="A%d"><v>%d</v></c></row>'
                        % (i, i * 7919 % 409, i, i * 31 % 977)
                        for i in range(3, 10_005)
                    )
                    + b"</sheetData>",
                )
            }
        ),
    )


def _noise(seed: int) -> bytes:
    """Give bytes that pack little at first, so that no single part looks like a bomb."""
    state, out = seed + 1, bytearray()
    for _ in range(7000):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out += struct.pack("<I", state)
    return bytes(out) + b"\x00" * 3_400_000


def _flip(raw: bytes) -> bytes:
    at = raw.index(b"xl/worksheets/sheet1.xml") + 60
    return raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :]


def _symlink() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in parts().items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), raw)
        link = zipfile.ZipInfo("xl/link.xml", EPOCH)
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def _lying_size() -> bytes:
    """State a small size for a part that unpacks to a large one."""
    content = parts()
    content[SHEET] = content[SHEET].replace(b"</sheetData>", b" " * 3_000_000 + b"</sheetData>")
    raw = bytearray(pack(content))
    size = struct.pack("<I", len(content[SHEET]))
    small = struct.pack("<I", 900)
    return bytes(raw).replace(size, small)


def _overlapping() -> bytes:
    """Let two entries of the directory share one stretch of the archive."""
    content = parts()
    content["xl/a.xml"] = content["xl/b.xml"] = b"<x/>" * 500
    raw = pack(content)
    first = raw.index(b"PK\x03\x04", raw.index(b"xl/theme") - 60)
    a = raw.index(b"xl/a.xml") - 30
    entry = raw.rindex(b"xl/b.xml") - 46
    assert first >= 0 and raw[entry : entry + 4] == b"PK\x01\x02"
    return raw[: entry + 42] + struct.pack("<I", a) + raw[entry + 46 :]


def _encrypted(raw: bytes) -> bytes:
    entry = raw.index(b"PK\x01\x02")
    out = bytearray(raw)
    out[entry + 8] |= 1
    out[6] |= 1
    return bytes(out)


def make() -> tuple[dict[str, bytes], bytes]:
    """Give every file by name, and the index."""
    FILES.clear()
    INDEX.clear()
    for part in (numbers, years_and_dates, names_and_units, texts, neutralised, tables, known,
                 workbooks, archives):  # fmt: skip
        part()
    head = (
        "# What each file of this folder must be answered with; written by make_corpus.py.\n"
        "# file: rule (message intake_<rule>), cell, level; taken: nothing is refused.\n"
    )
    index = head + yaml.safe_dump(dict(sorted(INDEX.items())), allow_unicode=True, sort_keys=False)
    return dict(FILES), index.encode()


def main() -> None:
    """Write the corpus."""
    files, index = make()
    for path in HERE.iterdir():
        if path.is_file() and path.name not in files and path.suffix not in (".py", ".yml"):
            path.unlink()
    for name, raw in files.items():
        (HERE / name).write_bytes(raw)
    (HERE / "index.yml").write_bytes(index)
    total = sum(map(len, files.values()))
    print(f"{len(files)} files, {total / 1e3:.0f} kB", file=sys.stderr)


if __name__ == "__main__":
    main()
