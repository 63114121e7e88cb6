"""Snapshots of an edition: what a book knew and said, as one JSON file.

``edition.json`` stands in every site; ``editions/<name>.json`` of a city's folder keeps
one for later comparison. The same inputs give the same bytes. README, "What changed",
describes the fields.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from planbook.data.vintages import is_day
from planbook.errors import DataError, PlanbookError, Problem, relative

FORMAT = 1
FOLDER = "editions"  # of a city's folder
SITE_FILE = "edition.json"  # in the published site
FIGURE_COLUMNS = (
    "indicator", "entity", "year", "value", "unit", "status", "published", "source", "qualifier",
)  # fmt: skip
DEFINITION = ("indicator", "shape", "operator", "value", "unit", "base_year", "deadline")
NUMBERS = ("latest", "forecast", "lo80", "hi80", "lo95", "hi95", "probability")
RESULTS = ("verdict", "rule", "latest_year", *NUMBERS, "chance_reason", "forecast_method")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
# names that a disk or the program takes for something else
_TAKEN = re.compile(r"now|con|prn|aux|nul|(com|lpt)[0-9]")


@dataclass(frozen=True)
class Edition:
    """What a book knew and said at one time.

    Attributes
    ----------
    day : str
        The figures are those known at its end, ``YYYY-MM-DD``.
    year : int
        Year at whose end the targets are judged.
    program : mapping of str to str
        Version and hash of the code, versions of the libraries.
    data : mapping of str to str
        Hash of each part of the data; empty where they were not read from files.
    imports : tuple of str
        Ids of the imports whose figures it holds.
    figures : pandas.DataFrame
        The figures known, one row for each indicator, entity and year: `FIGURE_COLUMNS`.
    targets : mapping of str to mapping
        For each target its ``definition``, ``terms`` (hash of the catalogue entries behind
        it), ``behind`` (the observed indicators) and ``result``, with `RESULTS`.
    name, kept : str
        Name and date of one that was kept; else empty.
    """

    city: str
    day: str
    year: int
    program: Mapping[str, str]
    data: Mapping[str, str]
    imports: tuple[str, ...]
    figures: pd.DataFrame = field(repr=False)
    targets: Mapping[str, Mapping[str, Any]] = field(repr=False)
    name: str = ""
    kept: str = ""


def check_name(name: str) -> str:
    """Give `name` back if an edition may have it.

    Raises
    ------
    PlanbookError
        If it could be a date, a path or a reserved word.
    """
    if not _NAME.fullmatch(name) or _TAKEN.fullmatch(name):
        raise PlanbookError(
            f"'{name[:60]}' cannot name an edition; begin with a letter and use a-z, 0-9, - "
            "and _ only, such as spring-2026"
        )
    return name


def to_bytes(edition: Edition) -> bytes:
    """Write an edition as JSON, one target and one figure a line, the same bytes each time."""
    head = {
        "format": FORMAT,
        "city": edition.city,
        "name": edition.name,
        "kept": edition.kept,
        "day": edition.day,
        "year": edition.year,
        "program": dict(edition.program),
        "data": dict(edition.data),
        "imports": list(edition.imports),
        "figure_columns": list(FIGURE_COLUMNS),
    }
    lines = [f" {_json(key)}: {_json(value)}," for key, value in head.items()]
    targets = [f"  {_json(key)}: {_json(one)}" for key, one in edition.targets.items()]
    rows = edition.figures[list(FIGURE_COLUMNS)].astype(object).to_numpy().tolist()
    figures = [f"  {_json(row)}" for row in rows]
    parts = [
        "{",
        *lines,
        ' "targets": {',
        ",\n".join(targets),
        " },",
        ' "figures": [',
        ",\n".join(figures),
        " ]",
        "}",
        "",
    ]
    return "\n".join(part for part in parts if part or part is parts[-1]).encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def from_bytes(raw: bytes, file: str) -> Edition:
    """Read an edition, every part of it checked.

    Parameters
    ----------
    file : str
        Name for messages.

    Raises
    ------
    DataError
        If it is no edition, or one of another format.
    """
    try:
        found = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        if not isinstance(found, dict):
            raise ValueError("it is no object")
        if found.get("format") != FORMAT:
            raise ValueError(f"its format is {str(found.get('format'))[:20]}, not {FORMAT}")
        return _edition(found)
    except KeyError as error:
        rule = f"{error} is missing"
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        rule = str(error)[:200]
    raise DataError(
        Problem(
            file,
            "",
            f"no snapshot of an edition: {rule}",
            "take the file as 'planbook build' or 'planbook edition' wrote it",
        )
    )


def _edition(found: Mapping[str, Any]) -> Edition:
    for key in ("city", "name", "kept", "day"):
        _must(isinstance(found[key], str), f"'{key}' is no text")
    _must(type(found["year"]) is int, "'year' is no whole number")
    _must(len(found["day"]) == 10 and is_day(found["day"]), f"'day' is no date: {found['day']}")
    _must(not found["kept"] or is_day(found["kept"]), f"'kept' is no date: {found['kept']}")
    for key in ("program", "data"):
        _must(_texts(found[key].values()), f"'{key}' holds more than texts")
    _must("code" in found["program"], "'program' names no code")
    _must(_texts(found["imports"]), "'imports' holds more than texts")
    _must(list(found["figure_columns"]) == list(FIGURE_COLUMNS), "its figures have other columns")
    for row in found["figures"]:
        _must(isinstance(row, list) and len(row) == len(FIGURE_COLUMNS), "a figure lacks a cell")
        one = dict(zip(FIGURE_COLUMNS, row, strict=True))
        year, value = one.pop("year"), one.pop("value")
        _must(type(year) is int and _is_number(value) and _texts(one.values()), f"figure {row}")
    for name, one in found["targets"].items():
        _must(set(one["definition"]) == set(DEFINITION), f"the definition of {name}")
        _must(set(one["result"]) == set(RESULTS), f"the result of {name}")
        _must(isinstance(one["terms"], str) and _texts(one["behind"]), f"the terms of {name}")
        numbers = [one["result"][key] for key in NUMBERS]
        _must(all(value is None or _is_number(value) for value in numbers), f"numbers of {name}")
        _must(_is_number(one["definition"]["value"]), f"the value of {name}")
        _must(isinstance(one["result"]["verdict"], str), f"the verdict of {name}")
    frame = pd.DataFrame(found["figures"], columns=list(FIGURE_COLUMNS))
    return Edition(
        city=found["city"],
        day=found["day"],
        year=found["year"],
        program=found["program"],
        data=found["data"],
        imports=tuple(found["imports"]),
        figures=frame.astype({"year": "int64", "value": "float64"}),
        targets=found["targets"],
        name=found["name"],
        kept=found["kept"],
    )


def _must(holds: bool, rule: str) -> None:
    if not holds:
        raise ValueError(rule)


def _texts(values: Any) -> bool:
    return not isinstance(values, str) and all(isinstance(one, str) for one in values)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def load_editions(folder: Path, root: Path | None = None) -> dict[str, Edition]:
    """Read the editions kept in a city's folder, the oldest first.

    Parameters
    ----------
    folder : pathlib.Path
        The data folder of the city.

    Returns
    -------
    dict of str to Edition
        By name, in the order of the dates on which they were kept.

    Raises
    ------
    DataError
        If a file is no edition, is named otherwise than it says, or is of another city.
    """
    found: list[Edition] = []
    problems: list[Problem] = []
    for path in sorted((folder / FOLDER).glob("*.json")):
        name = relative(path, root)
        try:
            one = from_bytes(path.read_bytes(), name)
        except DataError as error:
            problems += error.problems
            continue
        if (one.city, one.name) != (folder.name, path.stem):
            told = f"it says that it is '{one.name}' of '{one.city}'"
            problems.append(Problem(name, "", told, "restore its name and folder"))
        found.append(one)
    if problems:
        raise DataError(problems)
    return {one.name: one for one in sorted(found, key=lambda one: (one.kept, one.day, one.name))}
