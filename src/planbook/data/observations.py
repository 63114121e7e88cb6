"""Published figures: load, check, select."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pandas as pd

from planbook.data.catalog import Catalog
from planbook.data.row_rules import STATUSES, broken
from planbook.data.vintages import known_on, latest
from planbook.errors import DataError, Problem
from planbook.files import table as tables
from planbook.files.records import Strict, Text, load_records

# Of frames of a few rows, Arrow's arrays take longer to make than all that is done with them.
pd.set_option("mode.string_storage", "python")

COLUMNS = [
    "indicator",
    "entity",
    "year",
    "value",
    "unit",
    "status",
    "published",
    "source",
    "locator",
    "note",
]
OPTIONAL_COLUMNS = ["note_zh", "qualifier"]
COMPILED, EXTERNAL = STATUSES[4:]
NOT_OWN = ("modelled", EXTERNAL)  # what is no figure of the place itself, and decides nothing
FIRST_YEAR, LAST_YEAR = 1949, 2100  # years a figure may belong to

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DATE = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


class Source(Strict):
    """Where figures come from.

    `accounts` says, of figures of the national accounts, whether they are those first
    published or those revised since, as after a census: the two do not add up. `origin`
    says whose figures a third party gives: official ones that it put together
    (``compiled``), or what it lists, counts or measures itself (``external``).
    """

    producer: Text
    title: Text
    address: str | None = None
    reposted: bool = False
    published: str | None = None
    accessed: str
    licence: Text
    note: Text | None = None
    accounts: Literal["first", "revised"] | None = None
    origin: Literal["official", "compiled", "external"] = "official"

    def status_of(self, status: str) -> str:
        """Give the status of a figure of this source: a third party's is never final."""
        if status == "modelled" or self.origin == "official":
            return status
        if self.origin == COMPILED and status == "provisional":
            return status
        return self.origin


def load_sources(path: Path, root: Path | None = None) -> dict[str, Source]:
    """Read one ``sources.yml``.

    Raises
    ------
    DataError
        If a key is unknown or missing.
    """

    def dated(_: str, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            name: str(one) if name in ("published", "accessed") and one is not None else one
            for name, one in value.items()
        }

    return load_records(path, Source, root, dated)  # YAML reads 2024-07-01 as a date


def read_rows(path: Path, root: Path | None = None) -> pd.DataFrame:
    """Read a CSV of observations as text, one row a line, nothing interpreted.

    Returns
    -------
    pandas.DataFrame
        Strings, with the columns of the contract plus ``file`` and ``row``
        (the row as a spreadsheet counts it: the header is row 1).

    Raises
    ------
    DataError
        If the encoding, the header or the number of cells of a row is wrong.
    """
    rows, problems = tables.read(
        path, COLUMNS, optional=OPTIONAL_COLUMNS, dates=("published",), root=root
    )
    problems.stop()
    absent = dict.fromkeys(OPTIONAL_COLUMNS, "")
    about = {"file": problems.file}
    found = [
        {**absent, **row, **about, "row": int(where.removeprefix("row "))} for where, row in rows
    ]
    return pd.DataFrame(found, columns=[*COLUMNS, *OPTIONAL_COLUMNS, "file", "row"])


def check_rows(
    rows: pd.DataFrame,
    catalog: Catalog,
    *,
    entities: Iterable[str],
    sources: Mapping[str, Source] | None,
    remedy_sources: str = "sources.yml",
) -> pd.DataFrame:
    """Check text rows against the catalogue and give them their types.

    Parameters
    ----------
    rows : pandas.DataFrame
        As `read_rows` gives them; left unchanged.
    entities : iterable of str
        Entities that these files may speak of.
    sources : mapping of str to Source or None
        Sources that a row may name; None leaves them unchecked.
    remedy_sources : str, optional
        Where a missing source is to be added, for the message.

    Returns
    -------
    pandas.DataFrame
        ``year`` as int64 and ``value`` as float64; rows with an empty value
        are left out (a blank is missing: never zero, never filled in). The status of a
        third party's figures is that of `Source.status_of`.

    Raises
    ------
    DataError
        With every fault of every row: unknown indicator, entity, status,
        qualifier or source, another unit than the catalogue's, text or a
        non-finite number as value, a value out of bounds, a year that is none,
        a date that is none, a repeated year, a derived indicator.
    """
    entities = set(entities)
    problems: list[Problem] = []
    checked = []
    repeats = _Repeats()
    for row in rows.to_dict("records"):
        faults = list(_faults(row, catalog, entities, sources, remedy_sources))
        if not faults and row["value"] != "":
            faults = repeats.faults(row)
        problems += [Problem(row["file"], f"row {row['row']}", *fault) for fault in faults]
        if faults or row["value"] == "":
            continue
        status = row["status"]
        if sources is not None:
            status = sources[row["source"]].status_of(status)
        checked.append(
            {**row, "year": int(row["year"]), "value": float(row["value"]), "status": status}
        )
    if problems:
        raise DataError(problems)
    frame = pd.DataFrame(checked, columns=rows.columns)
    return frame.astype({"year": "int64", "value": "float64", "row": "int64"})


class _Repeats:
    """Which figures of a file were seen: of a year there is one, and its later revisions."""

    def __init__(self) -> None:
        self._rows: dict[tuple[Any, ...], int] = {}
        self._modelled: dict[tuple[Any, ...], bool] = {}

    def faults(self, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Give rule and remedy where a sound row repeats another; note it otherwise."""
        plain = (row["indicator"], row["entity"], int(row["year"]), row["file"])
        key = (*plain, row["published"])
        what = f"{row['indicator']} of {row['entity']} for {row['year']}"
        modelled = row["status"] == "modelled"
        if self._modelled.get(plain, modelled) != modelled:
            return [
                (
                    f"{what}: a modelled estimate and a figure stand for one another "
                    f"(row {self._rows[plain]})",
                    "give each an indicator of its own; a later estimate is 'modelled', too",
                )
            ]
        later = row["status"] == "revised" or (modelled and row["published"])
        if key in self._rows or (plain in self._rows and not later):
            return [
                (
                    f"{what} stands in row {self._rows.get(key, self._rows.get(plain))}, too",
                    "keep one; a later revision has status 'revised' and its own date in "
                    "'published'",
                )
            ]
        self._rows[key] = self._rows[plain] = row["row"]
        self._modelled[plain] = modelled
        return []


class _Stated(NamedTuple):
    value: float | None
    unit: str
    status: str
    published: str
    qualifier: str


def _faults(
    row: Mapping[str, str],
    catalog: Catalog,
    entities: set[str],
    sources: Mapping[str, Source] | None,
    remedy_sources: str,
) -> Iterable[tuple[str, str]]:
    indicator = catalog.get(row["indicator"])
    if indicator is None:
        yield (
            f"unknown indicator '{row['indicator']}'",
            "mend the id or add it to data/catalog",
        )
    elif indicator.derive:
        yield (
            f"'{row['indicator']}' is computed from {', '.join(indicator.derive.of)}",
            "remove the row, or the formula in the catalogue",
        )
    if row["entity"] not in entities:
        yield (
            f"entity '{row['entity']}' does not belong in this file",
            f"use one of {', '.join(sorted(entities))}",
        )
    if not re.fullmatch(r"\d{4}", row["year"]) or not (FIRST_YEAR <= int(row["year"]) <= LAST_YEAR):
        yield (
            f"'{row['year']}' is no year from {FIRST_YEAR} to {LAST_YEAR}",
            "write the year as four digits",
        )
    is_number = _NUMBER.fullmatch(row["value"]) is not None
    if row["value"] != "" and not is_number:
        yield (
            f"value '{row['value']}' is no number",
            "write digits only, without unit or thousands separator, or leave it blank",
        )
    value = float(row["value"]) if is_number else None
    stated = _Stated(value, *(row[one] for one in ("unit", "status", "published", "qualifier")))
    for fault in broken(stated, None if indicator is None or indicator.derive else indicator):
        yield fault.text(row["value"])
    if row["published"] and not _DATE.fullmatch(row["published"]):
        yield (
            f"published '{row['published']}' is no date",
            "write YYYY, YYYY-MM or YYYY-MM-DD, or leave it blank",
        )
    if sources is not None and row["source"] not in sources:
        yield (
            f"unknown source '{row['source']}'" if row["source"] else "the source is missing",
            f"name one of {remedy_sources} or add it there",
        )
    if bool(row["note"]) != bool(row["note_zh"]):
        yield ("the note stands in one language only", "fill both 'note' and 'note_zh'")


def empty_rows() -> pd.DataFrame:
    """Give checked observations without a row, for a city that has no figure yet."""
    text = [*COLUMNS, *OPTIONAL_COLUMNS, "file", "row"]
    frame = pd.DataFrame({name: pd.Series(dtype="str") for name in text})
    return frame.astype({"year": "int64", "value": "float64", "row": "int64"})


class Figures:
    """Checked observations, looked up by indicator and entity.

    Parameters
    ----------
    frame : pandas.DataFrame
        Checked observations; not changed afterwards.

    Attributes
    ----------
    blank : pandas.DataFrame or None
        What `planbook.data.series.series` makes of no rows: most places lack most figures.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self.blank: pd.DataFrame | None = None
        self._places = frame.groupby(["indicator", "entity"], sort=False).indices
        self._by_year: pd.DataFrame | None = None
        self._ranges: dict[tuple[str, str], slice] = {}

    def rows(self, indicator: str, entity: str) -> pd.DataFrame:
        """Give the rows of one indicator for one place, in their order; none is an empty frame."""
        return self._frame.take(self._places.get((indicator, entity), []))

    def by_year(self, indicator: str, entity: str) -> pd.DataFrame:
        """Give the same rows with the years as index, in ascending order.

        All series are sorted at once when the first one is asked for: one by one it
        took longer than all that is then done with them.
        """
        if self._by_year is None:
            order = ["indicator", "entity", "year"]
            frame = self._frame.sort_values(order, kind="stable", ignore_index=True)
            for pair, places in frame.groupby(order[:2], sort=False).indices.items():
                self._ranges[pair] = slice(places[0], places[-1] + 1)
            self._by_year = frame.set_index("year")
        return self._by_year.iloc[self._ranges.get((indicator, entity), slice(0, 0))]


def known_in(frame: pd.DataFrame, as_of: int | str) -> pd.DataFrame:
    """Select what was known at the end of `as_of`, the latest figure of each year.

    What counts as known when is told in `planbook.data.vintages`.

    Parameters
    ----------
    frame : pandas.DataFrame
        Checked observations.
    as_of : int or str
        Year, or day as ``YYYY-MM-DD``.

    Returns
    -------
    pandas.DataFrame
        One row for each indicator, entity and year, sorted by these.
    """
    return latest(known_on(frame, as_of))
