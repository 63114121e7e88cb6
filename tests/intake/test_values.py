"""What cells say: numbers with their marks, units, years, dates, headings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planbook.data.units import UNITS
from planbook.intake.faults import visible
from planbook.intake.meaning import values
from planbook.intake.meaning.headings import read_heading
from planbook.intake.meaning.resolve import to_unit
from planbook.intake.meaning.unit_names import factor_to, read_unit
from planbook.intake.reading.grid import Cell, letters
from planbook.intake.reading.refusal import Refused


def cell(text, kind="s"):
    return Cell(1, 1, kind, text)


@pytest.mark.parametrize(
    ("text", "value", "qualifier", "unit"),
    [
        ("2825", 2825, "", ""), ("2,825", 2825, "", ""), ("2，825", 2825, "", ""),
        ("2 825", 2825, "", ""), ("２８２５．５", 2825.5, "", ""), ("1,234,567.5", 1234567.5, "", ""),
        ("41.5%", 41.5, "", "%"), ("41.5％", 41.5, "", "%"), ("−3.2", -3.2, "", ""),
        ("－3.2", -3.2, "", ""), ("+3.2", 3.2, "", ""), ("1.2e3", 1200, "", ""), (".5", 0.5, "", ""),
        ("约41", 41, "about", ""), ("41左右", 41, "about", ""), ("~41", 41, "about", ""),
        ("about 41", 41, "about", ""), ("≥40", 40, "at_least", ""), (">= 40", 40, "at_least", ""),
        ("40以上", 40, "at_least", ""), ("超过40", 40, "at_least", ""), ("不低于40%", 40, "at_least", "%"),
        ("over 40", 40, "at_least", ""), ("不超过900", 900, "at_most", ""), ("≤900", 900, "at_most", ""),
        ("900以下", 900, "at_most", ""), ("281.5万吨", 281.5, "", "万吨"), ("约281.5万吨", 281.5, "about", "万吨"),
        ("2.8万", 28000, "", ""), ("1.2亿", 1.2e8, "", ""), ("-0", 0, "", ""),
    ],
)  # fmt: skip
def test_numbers_that_are_taken(text, value, qualifier, unit):
    multiplier = text[-1] if text[-1] in "万亿" else ""
    assert values.read_number(cell(text)) == values.Number(value, qualifier, unit, multiplier)


def test_a_number_shown_as_per_cent_is_what_is_shown():
    assert values.read_number(cell("0.415", "p")) == values.Number(41.5, "", "%")
    assert values.read_number(cell("0.07", "p")).value == 7  # not 7.000000000000001
    assert values.read_number(cell("0.415", "n")) == values.Number(0.415)


@pytest.mark.parametrize("text", ["", "-", "—", "/", "N/A", "暂无", "未统计", " "])
def test_blanks_are_missing_and_never_zero(text):
    assert values.is_blank(cell(text))
    assert not values.is_blank(cell("0"))


@pytest.mark.parametrize(
    ("text", "iso"),
    [("2025", "2025"), ("2025-3", "2025-03"), ("2025年3月29日", "2025-03-29"), ("2025/03/29", "2025-03-29"),
     ("2025.3.29", "2025-03-29"), ("2025年3月", "2025-03"), ("", "")],
)  # fmt: skip
def test_dates(text, iso):
    assert values.read_date(cell(text)) == iso


def test_years():
    assert values.read_year(cell("2024年")) == 2024
    assert values.read_year(cell("２０２４")) == 2024
    assert values.read_year(cell("2024", "n")) == 2024


@pytest.mark.parametrize(
    ("written", "wanted", "factor"),
    [
        ("万吨", "kt", 10), ("吨", "Mt", 1e-6), ("万亩", "mu", 1e4), ("万亩", "km2", 20 / 3), ("公顷", "km2", 0.01),
        ("万公顷", "mu", 150_000), ("亿千瓦时", "TWh", 0.1), ("万千瓦时", "GWh", 0.01), ("万千瓦", "MW", 10),
        ("吨标准煤", "Mtce", 1e-6), ("万吨标准煤", "Mtce", 0.01), ("亿元", "1e8 CNY", 1), ("万元", "1e8 CNY", 1e-4),
        ("万人", "1e4 persons", 1), ("人", "1e4 persons", 1e-4), ("μg/m³", "ug/m3", 1), ("微克/立方米", "mg/m3", 1e-3),
        ("万吨/年", "Mt/a", 0.01), ("吨/日", "t/d", 1), ("平方公里", "km2", 1), ("km²", "km2", 1), ("％", "%", 1),
        ("万头", "1e4 head", 1), ("头", "1e4 head", 1e-4), ("公斤/亩", "kg/ha", 15), ("亿立方米", "1e4 m3", 1e4),
        ("Mt", "kt", 1e3), ("MW", "GW", 1e-3), ("kW", "MW", 1e-3), ("家", "count", 1),
        ("万千瓦 ", "MW", 10), ("( 万吨 )".strip("() "), "t", 1e4),
    ],
)  # fmt: skip
def test_units_as_departments_write_them(written, wanted, factor):
    assert factor_to(written, wanted) == pytest.approx(factor, rel=1e-12)


def test_every_unit_of_the_table_reads_itself():
    for unit in UNITS:
        assert read_unit(unit) == (unit, 1.0)


def test_conversion_leaves_no_noise_of_binary_fractions():
    assert to_unit(281.5, "万吨", "kt") == 2815
    assert to_unit(0.07, "万吨", "t") == 700
    assert to_unit(41.7, "%", "%") == 41.7
    with pytest.raises(Refused, match="unit_dimension"):
        to_unit(1, "公顷", "t")


@pytest.mark.parametrize(
    ("text", "name", "unit"),
    [
        ("指标", "indicator", ""), ("Indicator", "indicator", ""), ("数值（万吨）", "value", "万吨"),
        ("Value (t)", "value", "t"), ("2024年", "2024", ""), ("2024年（万吨）", "2024", "万吨"), ("２０２４", "2024", ""),
        ("年份\nyear", "year", ""), ("中文名\nChinese title", "title_zh", ""), ("1899", "", ""), ("备注", "note_zh", ""),
    ],
)  # fmt: skip
def test_headings(text, name, unit):
    found = read_heading(text)
    assert (found.field, found.unit, found.odd) == (name, unit, "")


def test_columns_are_lettered_as_in_a_spreadsheet():
    assert [letters(n) for n in (1, 26, 27, 52, 702, 703, 16384)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "ZZ",
        "AAA",
        "XFD",
    ]


def test_messages_show_what_cannot_be_seen():
    assert visible("a\x1bb\u202ec") == "a\\u001bb\\u202ec"
    assert len(visible("x" * 500)) == 81


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_refused_with_a_reason(text):
    try:
        found = values.read_number(cell(text))
    except Refused as refused:
        assert refused.rule
        return
    assert abs(found.value) <= 1e15
    assert any(character.isdigit() for character in text)


@given(st.text(alphabet="0123456789.,-+eE%万亿吨约≥≤~至 年月", max_size=16))
def test_texts_like_numbers_never_crash(text):
    for read in (values.read_number, values.read_year, values.read_date, values.read_text):
        try:
            read(cell(text))
        except Refused as refused:
            assert refused.rule


@given(st.floats(min_value=-1e14, max_value=1e14), st.sampled_from(["", "约", "≥", "不超过"]))
def test_a_number_arrives_as_it_was_written(number, mark):
    text = f"{number:.15g}"
    assert values.read_number(cell(mark + text)).value == float(text)
    grouped = f"{number:,.2f}"
    assert values.read_number(cell(mark + grouped)).value == float(grouped.replace(",", ""))


@given(st.text(max_size=60))
def test_headings_never_crash(text):
    found = read_heading(text)
    assert not found.field or found.field.isdigit() or found.field.isidentifier()
    assert isinstance(found.unit, str)


@given(st.text(max_size=30))
def test_units_are_known_or_refused(text):
    try:
        unit, count = read_unit(text)
    except Refused as refused:
        assert refused.rule == "unit_unknown"
        return
    assert unit in UNITS and count > 0
