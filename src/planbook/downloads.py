"""Files a reader can save from a page: the figures behind each chart and table."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Mapping

import pandas as pd
from openpyxl import Workbook

from planbook import xlsx

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What begins a formula in a spreadsheet; East Asian editions take the full-width signs, too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|")
# What no workbook can hold: control characters, halves of surrogate pairs, non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_UNSEEN = " \u00a0\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # may hide a formula's sign
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
    escaped = frame.map(safe) if not frame.empty else frame
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
    """Write frames as sheets of one workbook, the same bytes for the same frames.

    Parameters
    ----------
    sheets : mapping of str to pandas.DataFrame
        Sheet names are cut to the 31 characters that Excel allows.

    Returns
    -------
    bytes
    """
    made: list[xlsx.Sheet] = []
    for name, frame in sheets.items():
        name = sheet_name(name, [one.name for one in made])
        made.append(xlsx.Sheet(name, [safe(str(column)) for column in frame], _rows(frame)))
    return xlsx.workbook(made)


def _rows(frame: pd.DataFrame) -> list[list[object]]:
    """Give the rows of a frame as plain values; None is an empty cell."""
    values = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    return [[safe(value) for value in row] for row in values]


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
    parts = {}
    with zipfile.ZipFile(io.BytesIO(raw)) as old:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "docProps/core.xml":
                start = data.find(b"<dcterms:modified")
                end = data.find(b"</dcterms:modified>")
                inner = data.find(b">", start) + 1
                data = data[:inner] + b"2000-01-01T00:00:00Z" + data[end:]
            parts[item.filename] = data
    return xlsx.archive(parts)


def data_uri(raw: bytes, media_type: str) -> str:
    """Give the bytes as an address that needs neither server nor file."""
    return f"data:{media_type};base64,{base64.b64encode(raw).decode('ascii')}"
