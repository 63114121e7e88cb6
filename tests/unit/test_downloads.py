"""Files to save: readable by Excel, safe, the same bytes each time."""

import base64
import csv
import io

import pandas as pd
import pytest
from openpyxl import load_workbook

from planbook.files.forms import Sheet, to_form
from planbook.files.spreadsheets import data_uri, safe, to_csv, to_xlsx

FRAME = pd.DataFrame(
    {"指标": ["利用率", "=HYPERLINK(1)"], "value": [61.5, None], "year": [2020, 2021]}
)


def test_csv_has_the_mark_that_excel_needs_and_no_formula():
    raw = to_csv(FRAME)
    assert raw.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(io.BytesIO(raw))
    assert back["指标"].tolist() == ["利用率", "'=HYPERLINK(1)"]
    assert back["value"].isna().tolist() == [False, True]


def test_negative_numbers_stay_numbers():
    back = pd.read_csv(io.BytesIO(to_csv(pd.DataFrame({"x": [-1.5]}))))
    assert back["x"].tolist() == [-1.5]


def test_xlsx_is_read_back_and_neutralises_formulas():
    book = load_workbook(io.BytesIO(to_xlsx({"a/b": FRAME, "a:b": FRAME})))
    assert book.sheetnames == ["a b", "a b 2"]
    rows = list(book["a b"].values)
    assert rows[0] == ("指标", "value", "year")
    assert rows[1] == ("利用率", 61.5, 2020)
    assert rows[2] == ("'=HYPERLINK(1)", None, 2021)


def test_the_same_frame_gives_the_same_bytes(monkeypatch):
    first = to_xlsx({"a": FRAME})
    import time

    real = time.time()
    monkeypatch.setattr(time, "time", lambda: real + 86400)
    assert to_xlsx({"a": FRAME}) == first


def test_data_uri():
    uri = data_uri(b"abc", "text/csv")
    assert uri.startswith("data:text/csv;base64,")
    assert base64.b64decode(uri.split(",")[1]) == b"abc"


HOSTILE = [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)", "\t=1+1", "\r=1+1",
    "\n=1+1", " =1+1", "\u00a0=1+1", "\u3000=1+1", "\u200b=1+1", "\ufeff=1+1", "＝1+1", "＋1", "－1",
    "＠SUM(1)", "|calc", '=HYPERLINK("http://example.org","x")', "=WEBSERVICE(A1)",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_exported_starts_a_formula(text):
    frame = pd.DataFrame({"a": [text], text: ["b"]})
    rows = list(csv.reader(io.StringIO(to_csv(frame).decode("utf-8-sig"), newline="")))
    assert rows[0][1].startswith("'") and rows[1][0].startswith("'")
    sheet = load_workbook(io.BytesIO(to_xlsx({text: frame}))).worksheets[0]
    for cell in (sheet["B1"], sheet["A2"]):
        assert cell.data_type == "s"
        assert cell.value.startswith("'")
    form = to_form([Sheet("a", "a", frame, {})])
    sheet = load_workbook(io.BytesIO(form)).worksheets[0]
    assert {sheet["B1"].data_type, sheet["A2"].data_type} == {"s"}


@pytest.mark.parametrize("text", ["plain", "–", "−3.2", "≥ 40", "5 = 5", "a@b", "市-县"])
def test_ordinary_text_is_exported_as_it_is(text):
    assert safe(text) == text


def test_what_no_workbook_can_hold_does_not_spoil_the_file():
    frame = pd.DataFrame({"a\x00b": ["bell\x07", "half \ud800", "x" * 40_000]}, dtype=object)
    back = load_workbook(io.BytesIO(to_xlsx({"a\x01": frame}))).worksheets[0]
    assert [back["A1"].value, back["A2"].value, back["A3"].value] == [
        "a\ufffdb",
        "bell\ufffd",
        "half \ufffd",
    ]
    assert len(back["A4"].value) == 32_767
    assert b"half \xef\xbf\xbd" in to_csv(frame)


def test_sheet_names_differ_for_excel_which_ignores_case():
    book = load_workbook(io.BytesIO(to_xlsx({"Air": FRAME, "AIR": FRAME, "'x'": FRAME})))
    assert book.sheetnames == ["Air", "AIR 2", "x"]


def test_a_workbook_has_a_bold_heading_that_stays_and_columns_as_wide_as_their_texts():
    frame = pd.DataFrame({"指标名称标题": ["a"], "b" * 80: [1.0]})
    sheet = load_workbook(io.BytesIO(to_xlsx({"a": frame}))).worksheets[0]
    assert (sheet["A1"].font.bold, sheet["A2"].font.bold) == (True, False)
    assert sheet["A1"].fill.fgColor.rgb.endswith("DDE8F3")
    assert sheet["A1"].alignment.wrap_text
    assert sheet.freeze_panes == "A2"
    assert [int(sheet.column_dimensions[name].width) for name in "AB"] == [6 * 2 + 2, 60]


def test_values_of_a_workbook_come_back_as_they_were():
    values = [" a <b> & \"c\" 'd' ", "two\nlines", True, 3, -0.1, 1e-9, 123456789012345, None]
    frame = pd.DataFrame({"x": pd.Series(values, dtype=object)})
    sheet = load_workbook(io.BytesIO(to_xlsx({'<&"': frame}))).worksheets[0]
    assert sheet.title == '<&"'
    assert [cell.value for (cell,) in sheet.iter_rows(min_row=2, max_row=8)] == values[:-1]
    assert sheet["A9"].value is None


def test_what_no_cell_can_hold_is_an_error():
    with pytest.raises(TypeError, match="NAN/INF"):
        to_xlsx({"a": pd.DataFrame({"x": [float("inf")]})})


def test_the_same_table_is_the_same_workbook_to_the_byte():
    assert to_xlsx({"a": FRAME}) == to_xlsx({"a": FRAME.copy()})
