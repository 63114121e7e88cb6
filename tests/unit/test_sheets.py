"""Workbooks to fill in: nothing in them runs, and they print as they should."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd

from planbook.files.forms import Sheet, to_form

FRAME = pd.DataFrame(
    {
        "Department": ["=1+1", "@x", "-5", "+5", "\tx", "plain"],
        "Figure": pd.array([1, None, 3, 4, 5, 6], dtype="Int64"),
        "Person": None,
    }
)


def form(**more):
    sheet = Sheet("A/B", "Sheet & title", FRAME, {"Department": 30}, ["Person"], frozen=1, **more)
    return to_form([sheet])


def opened():
    return openpyxl.load_workbook(io.BytesIO(form())).worksheets[0]


def test_text_that_a_spreadsheet_would_run_stays_text():
    before = FRAME.copy()
    cells = [row[0] for row in opened().iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == ["'=1+1", "'@x", "'-5", "'+5", "'\tx", "plain"]
    assert {cell.data_type for cell in cells} == {"s"}
    pd.testing.assert_frame_equal(FRAME, before)


def test_a_missing_figure_is_an_empty_cell_and_a_number_a_number():
    assert [row[1].value for row in opened().iter_rows(min_row=2)] == [1, None, 3, 4, 5, 6]


def test_header_is_frozen_filterable_and_printed_on_every_page():
    sheet = opened()
    assert sheet.title == "A B"
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:C7"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddHeader.left.text == "Sheet && title"
    assert sheet.column_dimensions["A"].width == 30


def test_only_the_cells_to_fill_in_are_marked():
    second = opened()[2]
    colours = [cell.fill.fgColor.rgb for cell in second]
    assert colours[2] == "00FFF6D6"
    assert colours[0] == colours[1] != colours[2]


def test_the_same_sheets_give_the_same_bytes():
    assert form() == form()
