"""Files to save: readable by Excel, safe, the same bytes each time."""

import base64
import io

import pandas as pd
from openpyxl import load_workbook

from planbook.downloads import data_uri, to_csv, to_xlsx

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
