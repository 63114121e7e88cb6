"""Tables that are sorted and filtered in the page: whole and readable without a script."""

from __future__ import annotations

import pandas as pd
import pytest
from lxml import html
from markupsafe import Markup

from planbook.errors import PlanbookError
from planbook.report.html.filter_table import Facet, GridCell, GridField, GridRow, grid
from planbook.report.html.sparkline import sparkline

FIELDS = [GridField("name", "Name"), GridField("size", "Size", numeric=True)]
FACETS = [
    Facet("kind", "Kind", [("good", "Good"), ("bad", "Bad")]),
    Facet("one", "One", [("a", "A")]),
]
LINES = [
    GridRow(
        {"name": GridCell("<b>x</b>", "x"), "size": GridCell("1,200", 1200.0)},
        {"kind": "good"},
        "row-x",
    ),
    GridRow(
        {"name": GridCell(Markup("<i>[cell 0 0]</i>"), "y"), "size": GridCell("–")},
        {"kind": "bad good"},
    ),
]


def made(lang: str = "en", lines: list[GridRow] = LINES):
    text = grid("things", FIELDS, lines, FACETS, lang=lang, label="Things", notes=["A note."])
    return html.fragment_fromstring(text)


def test_rows_and_cells_carry_what_they_sort_and_filter_by():
    block = made()
    first, second = block.findall(".//tbody/tr")
    assert (first.get("id"), first.get("data-kind")) == ("row-x", "good")
    assert (second.get("id"), second.get("data-kind")) == (None, "bad good")
    assert [cell.get("data-sort") for cell in first] == ["x", "1200.0"]
    assert [cell.get("data-sort") for cell in second] == ["y", ""]
    assert [cell.get("data-label") for cell in first] == ["Name", "Size"]
    assert [(cell.tag, cell.get("scope")) for cell in first] == [("th", "row"), ("td", None)]
    assert second[1].get("class") == "pb-num pb-empty"
    heads = block.findall(".//thead//th")
    assert [(one.text_content().strip(), one.get("data-column"), one.get("scope")) for one in heads] == [
        ("Name", "0", "col"), ("Size", "1", "col"),
    ]  # fmt: skip


def test_plain_text_is_escaped_and_markup_stays_as_it_is():
    first, second = made().findall(".//tbody/tr")
    assert first[0].text_content() == "<b>x</b>"
    assert second[0].findtext("i") == "[cell 0 0]"  # what looks like a place is not filled again


def test_the_table_needs_no_script_and_no_style_of_its_own():
    block = made()
    assert block.find(".//form").get("hidden") is not None
    assert block.find(".//tbody").text_content().strip()
    assert block.findall(".//style") == block.findall(".//script") == []
    assert block.xpath(".//*[@style]") == []
    assert block.xpath(".//tr[@hidden]") == []


def test_filters_and_words_follow_the_language_and_a_single_choice_is_no_filter():
    english, chinese = made("en"), made("zh")
    assert english.xpath(".//select[@data-facet]/@name") == ["kind"]
    assert english.xpath(".//select[@name='kind']/option/@value") == ["", "good", "bad"]
    assert english.get("data-count") == "{shown} of 2 rows"
    assert chinese.get("data-count") == "显示{shown}行，共2行"
    assert chinese.findtext(".//button") == "显示全部"


def test_a_row_that_no_filter_could_find_is_an_error():
    lines = [GridRow(LINES[0].cells, {"kind": "ugly"}, "row-z")]
    with pytest.raises(PlanbookError, match=r"row 'row-z': the filter 'kind' offers no 'ugly'"):
        made(lines=lines)


def test_a_sparkline_leaves_a_gap_where_a_year_is_missing():
    points = pd.Series([1.0, 2.0, 4.0], index=[2018, 2019, 2022])
    drawing = html.fragment_fromstring(sparkline(points, target=5.0, label="Up & up"))
    assert drawing.get("aria-label") == "Up & up"
    (line,) = drawing.findall(".//polyline")
    assert line.get("points") == "4.0,26.0 22.0,20.5"  # 2018 and 2019; none to 2022
    (last,) = drawing.findall(".//circle")
    assert last.get("cx") == "76.0"
    (wanted,) = drawing.xpath(".//line")
    assert wanted.get("y1") == "4.0"  # above every figure


def test_a_single_figure_is_a_dot_without_a_line():
    drawing = html.fragment_fromstring(
        sparkline(pd.Series([3.0], index=[2024]), target=None, label="x")
    )
    assert drawing.findall(".//polyline") == drawing.xpath(".//line") == []
    assert len(drawing.findall(".//circle")) == 1
