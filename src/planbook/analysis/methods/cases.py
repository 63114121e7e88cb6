"""Many cases at once: the file interface of ``planbook verdict``."""

from __future__ import annotations

import csv
import io
import math
import re
from pathlib import Path

from planbook.analysis.methods import Case, disagreement, judge
from planbook.data.observations import FIRST_YEAR, LAST_YEAR
from planbook.errors import DataError, Problem
from planbook.files.table import decode

COLUMNS = [
    "case_id",
    "direction",
    "base_year",
    "base_value",
    "year",
    "value",
    "target_year",
    "target_value",
    "limit",
]
MAY_BE_EMPTY = ("target_year", "target_value", "limit")
YEARS = ("base_year", "year", "target_year")
DIRECTIONS = {  # the words of the catalogue, of `planbook forecast`, and plain signs
    "up": "up", "at_least": "up", "1": "up", "+1": "up",
    "down": "down", "at_most": "down", "-1": "down",
}  # fmt: skip

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def read_cases(path: Path) -> dict[str, Case]:
    """Read the cases to judge.

    Parameters
    ----------
    path : pathlib.Path
        CSV with the columns `COLUMNS`; the last three may be empty. A target
        value without a year is a target without a deadline.

    Returns
    -------
    dict of str to Case
        By `case_id`, in file order.

    Raises
    ------
    DataError
        With every fault found: file, row, rule and remedy.
    """
    name = path.name
    try:
        text = decode(path.read_bytes(), name)
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise DataError(Problem(name, "", reason, "check the path")) from None
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise DataError(Problem(name, "", f"not a CSV: {error}", "export it again")) from None
    header = [cell.strip() for cell in rows[0]] if rows else []
    _check_header(name, header)
    cases: dict[str, Case] = {}
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        case_id, made, found = _one(name, number, header, cells)
        if case_id and case_id in seen:
            found.append(
                Problem(
                    name,
                    f"row {number}",
                    f"case_id '{case_id}' stands in row {seen[case_id]} already",
                    "give each case an id of its own",
                )
            )
        seen.setdefault(case_id, number)
        problems += found
        if made and not found:
            cases[case_id] = made
    if not seen and not problems:
        problems.append(Problem(name, "", "the file holds no case", "add a row below the header"))
    if problems:
        raise DataError(problems)
    return cases


def _check_header(name: str, header: list[str]) -> None:
    problems = [
        Problem(name, "row 1", f"column '{column}' is missing", "add it; it may be empty")
        if column in MAY_BE_EMPTY
        else Problem(name, "row 1", f"column '{column}' is missing", "add it")
        for column in COLUMNS
        if column not in header
    ]
    problems += [
        Problem(name, "row 1", f"unknown column '{column}'", "remove it or mend its name")
        for column in header
        if column not in COLUMNS
    ]
    problems += [
        Problem(name, "row 1", f"column '{column}' stands there twice", "remove one")
        for column in COLUMNS
        if header.count(column) > 1
    ]
    if problems:
        raise DataError(problems)


def _one(
    name: str, number: int, header: list[str], cells: list[str]
) -> tuple[str, Case | None, list[Problem]]:
    """Read one row: its id, its case if it has no fault, its faults."""
    place, problems = f"row {number}", []

    def fault(rule: str, remedy: str) -> None:
        problems.append(Problem(name, place, rule, remedy))

    if len(cells) != len(header):
        fault(
            f"{len(cells)} cells, the header has {len(header)}",
            "add the missing commas or quote cells that contain one",
        )
        return "", None, problems
    row = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
    if not row["case_id"]:
        fault("case_id is empty", "give the case an id")
    direction = DIRECTIONS.get(row["direction"].lower())
    if direction is None:
        fault(f"direction '{row['direction']}' is unknown", "use up or down")
    values: dict[str, float | None] = {}
    for column in COLUMNS[2:]:
        text, value = row[column], None
        if not text and column not in MAY_BE_EMPTY:
            fault(f"{column} is empty", "give it, or leave the case out until it is known")
        elif text:
            value = float(text) if _NUMBER.fullmatch(text) else None
            if value is None or not math.isfinite(value):
                fault(f"{column} '{text}' is no number", "write digits and a point, as in 1234.5")
                value = None
            elif column in YEARS and not (value.is_integer() and FIRST_YEAR <= value <= LAST_YEAR):
                fault(
                    f"{column} '{text}' is no year from {FIRST_YEAR} to {LAST_YEAR}",
                    "write a whole year, as in 2020",
                )
                value = None
        values[column] = value
    base_year, year, deadline = (values[column] for column in YEARS)
    if base_year is not None and year is not None and year < base_year:
        fault(
            f"year {year:.0f} lies before base_year {base_year:.0f}",
            "mend one of the two, or exchange the values",
        )
    if base_year is not None and deadline is not None and deadline <= base_year:
        fault(
            f"target_year {deadline:.0f} is not after base_year {base_year:.0f}",
            "mend one of the two",
        )
    if row["target_year"] and not row["target_value"]:
        fault("target_year without target_value", "give the value or clear the year")
    base, latest, goal = (values[one] for one in ("base_value", "value", "target_value"))
    if direction is None or base_year is None or base is None or year is None or latest is None:
        return row["case_id"], None, problems
    if problems:
        return row["case_id"], None, problems
    case = Case(
        direction=direction,
        base=(int(base_year), base),
        latest=(int(year), latest),
        target=None if goal is None else (None if deadline is None else int(deadline), goal),
        limit=values["limit"],
    )
    return row["case_id"], case, []


def verdicts(cases: dict[str, Case]) -> list[dict]:
    """Judge cases by every method.

    Returns
    -------
    list of dict
        One a case, ready for JSON: the case itself, ``met``, ``elapsed_share``,
        ``methods`` (each with ``rule``, ``value``, ``category``, ``reason`` and
        its intermediate figures; keys are the same for every case, None where
        there is nothing) and ``disagreement``. Nothing is rounded.
    """
    found = []
    for case_id, case in cases.items():
        results = judge(case)
        deadline, goal = case.target or (None, None)
        found.append(
            {
                "case_id": case_id,
                "direction": case.direction,
                "base_year": case.base[0],
                "base_value": case.base[1],
                "year": case.latest[0],
                "value": case.latest[1],
                "target_year": deadline,
                "target_value": goal,
                "limit": case.limit,
                "met": case.met if case.target else None,
                "elapsed_share": case.elapsed_share,
                "methods": {name: one.as_row() for name, one in results.items()},
                "disagreement": list(disagreement(results)),
            }
        )
    return found
