"""Read the tables below ``data``: one reader for every CSV, also where Excel saved it.

A Chinese Excel writes GBK, turns 2024-03-29 into 2024/3/29 and 2024-03 into 2024年3月,
100000 into 1E+05 and true into TRUE, ends lines with CR LF, and adds or leaves out empty
cells and rows at the end. All of this reads as what it was made from.
"""

from __future__ import annotations

import csv
import io
import re
import types
from collections.abc import Collection, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from planbook.errors import DataError, Problem, Problems, relative
from planbook.files.records import M, parse

Row = tuple[str, dict[str, str]]  # place such as "row 9", cells by column

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_EXCEL_DATES = (
    re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})(/(?P<d>\d{1,2}))?"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月((?P<d>\d{1,2})日)?"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})(-(?P<d>\d{1,2}))?"),
    re.compile(r"(?P<name>[A-Z][a-z]{2})-(?P<y>\d{2})"),
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_THIS_CENTURY = 30  # Excel reads two digits below it as 20xx


def decode(raw: bytes, name: str) -> str:
    """Turn a file's bytes into text.

    UTF-8 (with or without a byte-order mark) is tried first, then GB18030,
    which contains the GBK that Excel writes on Chinese systems.

    Raises `DataError` if the bytes are neither.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        rule, remedy = "the file is UTF-16", "save it as 'CSV UTF-8' (or as GBK)"
    elif b"\x00" in raw:
        rule, remedy = "the file holds NUL bytes, so it is no CSV", "export it as CSV UTF-8"
    else:
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
        rule = "the encoding is neither UTF-8 nor GBK/GB18030"
        remedy = "save it as 'CSV UTF-8' and try again"
    raise DataError(Problem(name, "", rule, remedy))


def header(raw: bytes, name: str) -> list[str]:
    """Name the columns of a table, without those that have no name at the end.

    Raises `DataError` if the file is no CSV or empty.
    """
    return named(_lines(decode(raw, name), name)[0][1])


def read(
    path: Path,
    columns: Collection[str],
    *,
    optional: Collection[str] = (),
    dates: Collection[str] = (),
    root: Path | None = None,
) -> tuple[list[Row], Problems]:
    """Read a table as text.

    Raises `DataError` if the file is missing or no CSV, or a column is missing, unknown or stands
    twice.
    """
    problems = Problems(relative(path, root))
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DataError(Problem(problems.file, "", "the file is missing", "restore it")) from None
    text = decode(raw, problems.file)
    lines = _lines(text, problems.file)
    head, width = named(lines[0][1]), len(lines[0][1])
    _check_header(problems, head, columns, optional)
    problems.stop()
    by_excel = "\r\n" in text  # it leaves out the commas of empty cells at the end of rows
    rows = []
    for number, cells in lines[1:]:
        if not any(cells):
            continue
        if by_excel:
            cells += [""] * (width - len(cells))
        if len(cells) != width or any(cells[len(head) :]):
            rule = f"{len(cells)} cells, the header has {width}"
            problems.add(
                f"row {number}",
                rule if len(cells) != width else "a cell stands below no name",
                "add or remove commas, or quote a cell that holds one",
            )
            continue
        row = dict(zip(head, cells, strict=False))
        when = {one: iso_date(row[one]) for one in dates if one in row}
        rows.append((f"row {number}", row | when))
    return rows, problems


def records(
    path: Path,
    model: type[M],
    *,
    key: Sequence[str] = (),
    dates: Collection[str] = (),
    root: Path | None = None,
) -> tuple[list[tuple[str, M]], Problems]:
    """Read a table of typed rows; no two share what stands in the columns `key`.

    Raises `DataError` as for `read`.
    """
    fields = model.model_fields
    needed = [one for one, about in fields.items() if about.is_required()]
    optional = [one for one in fields if one not in needed]
    rows, problems = read(path, needed, optional=optional, dates=dates, root=root)
    found: list[tuple[str, M]] = []
    seen: dict[tuple[str, ...], str] = {}
    for where, row in rows:
        values = {one: _value(fields[one].annotation, text) for one, text in row.items()}
        record, wrong = parse(model, values, file=problems.file, where=where)
        problems += wrong
        identity = tuple(row.get(one, "") for one in key)
        if key and identity in seen:
            words = ", ".join(filter(None, identity))
            problems.add(where, f"'{words}' stands in {seen[identity]}, too", "keep one of them")
        seen.setdefault(identity, where)
        if record is not None:
            found.append((where, record))
    return found, problems


def iso_date(text: str) -> str:
    """Write a date as Excel shows it as YYYY-MM-DD or YYYY-MM; leave any other text as it is."""
    for form in _EXCEL_DATES:
        if not (found := form.fullmatch(text)):
            continue
        parts = found.groupdict()
        year, day = int(parts["y"]), parts.get("d")
        if "name" in parts:
            if parts["name"] not in _MONTHS:
                return text
            month = _MONTHS.index(parts["name"]) + 1
            year += 2000 if year < _THIS_CENTURY else 1900
        else:
            month = int(parts["m"])
        return f"{year}-{month:02d}" + (f"-{int(day):02d}" if day else "")
    return text


def _lines(text: str, name: str) -> list[tuple[int, list[str]]]:
    """Split a CSV into its rows, the header first, each with its number."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise DataError(
            Problem(name, f"row {reader.line_num}", f"not valid CSV: {error}", "mend the quotes")
        ) from None
    if not lines or not any(lines[0][1]):
        raise DataError(Problem(name, "", "the file is empty", "restore its header row"))
    return lines


def named(head: list[str]) -> list[str]:
    """Leave out the columns at the end that have no name."""
    last = max(place for place, name in enumerate(head) if name)
    return head[: last + 1]


def _check_header(
    problems: Problems, head: Sequence[str], columns: Collection[str], optional: Collection[str]
) -> None:
    for one in columns:
        if one not in head:
            problems.add("row 1", f"column '{one}' is missing", "add it")
    for one in dict.fromkeys(head):
        if one not in {*columns, *optional}:
            problems.add("row 1", f"unknown column '{one}'", "remove it or mend its name")
        elif head.count(one) > 1:
            problems.add("row 1", f"column '{one}' stands twice", "keep one of them")


def _value(annotation: Any, text: str) -> object:
    """Turn a cell into what the field of a model takes."""
    kinds = get_args(annotation) if _is_union(annotation) else (annotation,)
    if not text and type(None) in kinds:
        return None
    if any(get_origin(kind) is tuple for kind in kinds):
        return tuple(text.split())
    if int in kinds and _NUMBER.fullmatch(text):  # 1E+05, as Excel shows 100000
        number = Decimal(text)
        return int(number) if number == number.to_integral_value() else text
    return text


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)
