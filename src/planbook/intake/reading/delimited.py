"""Read a CSV into a grid."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from planbook.intake.meaning.heads import recognises
from planbook.intake.reading import limits
from planbook.intake.reading.grid import Cell, Grid
from planbook.intake.reading.refusal import Refused

DELIMITERS = (",", "\t", ";", "|")
_ENCODINGS = ("utf-8-sig", "gb18030")  # GB18030 contains the GBK of Chinese Excel


def decode(raw: bytes) -> str:
    """Turn a table's bytes into text: UTF-8 first, then GB18030.

    Raises `Refused` if they are UTF-16, hold NUL bytes or are neither of the two.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("utf16")
    if b"\x00" in raw:
        raise Refused("nul_bytes")
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("encoding")


def read_table(path: Path, name: str) -> Grid:
    """Read a CSV, split by commas, tabs, semicolons or bars, whichever makes a header.

    Raises `Refused`.
    """
    text = decode(path.read_bytes())
    if not text.strip():
        raise Refused("empty_file")
    if text.count("\n") + text.count("\r") > 20 * limits.MAX_ROWS:
        raise Refused("too_many_rows", limit=limits.MAX_ROWS)
    delimiter = _delimiter(text)
    marks = "c" if delimiter == ";" else ""  # where commas are decimal points, lists have ;
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    cells: dict[tuple[int, int], Cell] = {}
    filled = row = 0
    try:
        for row, values in enumerate(reader, start=1):
            if not any(value.strip() for value in values):
                continue
            filled += 1
            if filled > limits.MAX_ROWS:
                raise Refused("too_many_rows", limit=limits.MAX_ROWS)
            if any(len(value) > limits.MAX_FIELD for value in values):
                raise Refused("bad_csv", row=row)  # csv has a limit too, but others move it
            if len(values) > limits.MAX_COLUMNS:
                raise Refused("too_many_columns", limit=limits.MAX_COLUMNS)
            for column, value in enumerate(values, start=1):
                if value.strip():
                    cells[row, column] = Cell(row, column, "s", value, marks)
    except csv.Error:
        raise Refused("bad_csv", row=row + 1) from None
    if len(cells) > limits.MAX_CELLS:
        raise Refused("too_many_cells", limit=limits.MAX_CELLS)
    return Grid(name, "", cells)


def _delimiter(text: str) -> str:
    """Choose the delimiter by which a header is recognised; else the one that splits most."""
    lines = "\n".join(text.splitlines()[: limits.MAX_HEADER_ROW])
    widths: dict[str, int] = {}
    for delimiter in DELIMITERS:
        try:
            rows = list(csv.reader(io.StringIO(lines), delimiter=delimiter))
        except csv.Error:
            continue
        if any(recognises(row) for row in rows):
            return delimiter
        widths[delimiter] = max((len(row) for row in rows), default=0)
    return max(widths, key=lambda one: widths[one], default=",")
