"""Files a reader can save from a page: the figures behind each chart and table."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime

import pandas as pd
import xlsxwriter
from openpyxl import Workbook
from pandas.api.types import is_numeric_dtype

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a ZIP can hold: no clock in any file
# What begins a formula in a spreadsheet; East Asian editions take the full-width signs, too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|")
# What no workbook can hold: control characters, halves of surrogate pairs, non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_UNSEEN = " \u00a0\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # may hide a formula's sign
# No text becomes a formula, a link or a number; no clock in the file.
_PLAIN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_CREATED = datetime(2000, 1, 1)
_HEAD = {"bold": True, "bg_color": "#DDE8F3", "valign": "top", "text_wrap": True}
_NARROWEST, _WIDEST = 8, 60  # characters of a column
_LONGEST = 32_767  # characters that a cell of Excel holds


def safe(value: object) -> object:
    """Keep a text from being run as a formula by a spreadsheet, or from spoiling the file."""
    if not isinstance(value, str):
        return value
    text = _FORBIDDEN.sub("\ufffd", value)
    if text.startswith(_FORMULA) or text.lstrip(_UNSEEN).startswith(_FORMULA):
        text = "'" + text
    return text[:_LONGEST]


def to_csv(frame: pd.DataFrame) -> bytes:
    """Write a frame as CSV in UTF-8 with a byte-order mark, which Excel needs."""
    escaped = frame
    if not frame.empty:  # numbers keep their type: a gap must not make 2020 of it 2020.0
        escaped = frame.apply(lambda one: one if is_numeric_dtype(one) else one.map(safe))
    escaped = escaped.set_axis([safe(str(column)) for column in frame.columns], axis="columns")
    return escaped.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def new_workbook() -> Workbook:
    """Make a workbook without a sheet and without the clock's time."""
    book = Workbook()
    book.remove(book.active)
    fixed = pd.Timestamp("2000-01-01").to_pydatetime()
    book.properties.created = book.properties.modified = fixed
    book.properties.creator = "planbook"
    return book


def to_xlsx(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """Write frames as sheets of one workbook, the same bytes for the same frames."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _PLAIN) as book:
        book.set_properties({"author": "planbook", "created": _CREATED})
        head = book.add_format(_HEAD)
        for name, frame in sheets.items():
            sheet = book.add_worksheet(sheet_name(name, list(book.sheetnames)))
            heads = [safe(str(column)) for column in frame.columns]
            rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
            sheet.write_row(0, 0, heads, head)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, map(safe, row))
            sheet.freeze_panes(1, 0)
            for place, texts in enumerate(zip(heads, *rows, strict=True)):
                sheet.set_column(place, place, _width(texts))
    return out.getvalue()


def _width(values: Iterable[object]) -> int:
    """Give the width of a column in characters, of which East Asian ones count twice."""
    longest = 0
    for value in values:
        text = "" if value is None else str(value)[:_WIDEST]
        size = len(text) + (0 if text.isascii() else sum(one > "\u2e80" for one in text))
        longest = max(longest, size)
    return min(_WIDEST, max(_NARROWEST, longest + 2))


def to_bytes(book: Workbook) -> bytes:
    """Save a workbook, the same bytes for the same content."""
    raw = io.BytesIO()
    book.save(raw)
    return _without_clock(raw.getvalue())


def sheet_name(name: str, taken: list[str]) -> str:
    """Shorten a sheet's name to what Excel allows, unlike those `taken`."""
    for character in "[]:*?/\\":
        name = name.replace(character, " ")
    name = _FORBIDDEN.sub(" ", name)[:31].strip(" '") or "data"
    candidate, count = name, 2
    while candidate.lower() in {one.lower() for one in taken}:  # Excel ignores case
        candidate = f"{name[:27]} {count}"
        count += 1
    return candidate


def _without_clock(raw: bytes) -> bytes:
    """Write the archive again with a fixed date on every member."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "docProps/core.xml":
                start = data.find(b"<dcterms:modified")
                end = data.find(b"</dcterms:modified>")
                inner = data.find(b">", start) + 1
                data = data[:inner] + b"2000-01-01T00:00:00Z" + data[end:]
            member = zipfile.ZipInfo(item.filename, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            new.writestr(member, data)
    return out.getvalue()


def data_uri(raw: bytes, media_type: str) -> str:
    """Give the bytes as an address that needs neither server nor file."""
    return f"data:{media_type};base64,{base64.b64encode(raw).decode('ascii')}"
