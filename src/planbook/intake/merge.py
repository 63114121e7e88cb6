"""Make the files to write: every line that is not new stays as it is, byte for byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planbook.data.catalog import Catalog
from planbook.data.observations import COLUMNS, OPTIONAL_COLUMNS
from planbook.errors import PlanbookError
from planbook.files import table as csv_files
from planbook.intake.checks.revisions import Change

HEADER = [*COLUMNS, *OPTIONAL_COLUMNS]


@dataclass(frozen=True)
class NewLine:
    """One line that an import adds to a file."""

    text: str
    change: Change


def home_of(change: Change, homes: Mapping[tuple[str, str], str], catalog: Catalog) -> str:
    """Give the file that holds, or will hold, a figure's series."""
    figure = change.figure
    fallback = f"observations/{catalog[figure.indicator].sector}.csv"
    return homes.get((figure.indicator, figure.entity), fallback)


def row_of(change: Change) -> dict[str, str]:
    """Write a figure as a row of observations."""
    figure = change.figure
    return {
        **{name: str(getattr(figure, name)) for name in HEADER if name != "value"},
        "value": f"{figure.value:.15g}",
    }


def _format(values: Sequence[str], end: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerow(values)
    return out.getvalue()


def encoding_of(raw: bytes) -> str:
    if raw.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def split_records(text: str) -> list[tuple[list[str], str]]:
    """Split a CSV into its records: the cells, and the very text they stand in."""
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(iter(lines), strict=True)
    found, done = [], 0
    for cells in reader:
        found.append((cells, "".join(lines[done : reader.line_num])))
        done = reader.line_num
    return found


def add_rows(raw: bytes | None, changes: Sequence[Change]) -> tuple[bytes, list[str], bool]:
    """Add figures to a file of observations, each beside its series."""
    plain = True
    if raw is None:
        raw = _format(HEADER, "\n").encode()
    encoding = encoding_of(raw)
    text = raw.decode(encoding)
    end = "\r\n" if "\r\n" in text else "\n"
    if not text.endswith(("\n", "\r")):
        text, plain = text + end, False
    records = split_records(text)
    header = [name.strip() for name in records[0][0]]
    needed = [
        name
        for name in OPTIONAL_COLUMNS
        if name not in header and any(row_of(change)[name] for change in changes)
    ]
    if needed:
        plain = False
        named = csv_files.named(header)
        header = [*named, *needed]
        records = [
            (cells, one if not any(cell.strip() for cell in cells) else _format(
                header if not place else
                [*(cells + [""] * len(named))[: len(named)], *[""] * len(needed)], end))
            for place, (cells, one) in enumerate(records)
        ]  # fmt: skip
    missing = set(COLUMNS) - set(header)
    if missing:
        raise PlanbookError(f"columns {', '.join(sorted(missing))} are missing; restore them")
    at = {name: header.index(name) for name in ("indicator", "entity", "year")}
    texts, places = [], []
    for order, change in enumerate(changes):
        row = row_of(change)
        texts.append(_format([row.get(name, "") for name in header], end))
        places.append((_place(records, at, change), change.figure.year, order))
    out = [one for _, one in records]
    for place, _, order in sorted(places, reverse=True):
        out.insert(place, texts[order])
    return "".join(out).encode(encoding), texts, plain


def _place(records: Sequence[tuple[list[str], str]], at: Mapping[str, int], change: Change) -> int:
    """Find where a row goes: after its series' earlier years, else after its indicator."""
    figure = change.figure
    after_year = after_indicator = first = None
    for place, (cells, _) in enumerate(records):
        if not place or len(cells) <= max(at.values()):
            continue
        if cells[at["indicator"]].strip() != figure.indicator:
            continue
        after_indicator = place + 1
        if cells[at["entity"]].strip() == figure.entity:
            first = place if first is None else first
            year = cells[at["year"]].strip()
            if year.isdigit() and int(year) <= figure.year:
                after_year = place + 1
    for found in (after_year, first, after_indicator):
        if found is not None:
            return found
    return len(records)


def take_out(raw: bytes, lines: Sequence[str]) -> bytes | None:
    """Remove lines that an import added, the last occurrence of each."""
    encoding = encoding_of(raw)
    records = [one for _, one in split_records(raw.decode(encoding))]
    for line in lines:
        if records.count(line) != 1:
            return None
        records.remove(line)
    return "".join(records).encode(encoding)
