"""The facts that set a city beside others: load and check ``peers.csv``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field

from planbook.data.observations import FIRST_YEAR, LAST_YEAR, Source
from planbook.files import table as tables
from planbook.files.records import Strict

COLUMNS = [
    "measure",
    "year",
    "since",
    "prices",
    "row",
    "code",
    "name_en",
    "name_zh",
    "value",
    "unit",
    "rank",
    "count",
    "status",
    "source",
]
UNITS = {"intensity": "t/1e4 CNY", "intensity_change": "%", "per_head": "t/person"}
QUANTILE_NAMES = ("min", "p10", "p25", "p50", "p75", "p90", "max")  # ascending
_GROUP = ["measure", "year", "prices"]


class PeerRow(Strict):
    """One row: a named city, or a quantile of all cities.

    `prices` is the base year of constant prices, `since` the first year of a change.
    """

    measure: Literal["intensity", "intensity_change", "per_head"]
    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    since: int | None = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    prices: int | None = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    row: Literal["peer", "quantile"]
    code: str
    name_en: str
    name_zh: str
    value: float | None = Field(allow_inf_nan=False)
    unit: str
    rank: int | None = Field(ge=1)
    count: int = Field(ge=1)
    status: Literal["modelled"]
    source: str


@dataclass(frozen=True)
class Peers:
    """A city beside others.

    Attributes
    ----------
    code : str
        Statutory code of the city itself.
    frame : pandas.DataFrame
        Columns `COLUMNS`, one row a fact.
    """

    code: str
    frame: pd.DataFrame

    def years(self, measure: str) -> list[int]:
        """List the years of a measure, ascending."""
        own = self.frame[self.frame["measure"] == measure]
        return sorted({int(year) for year in own["year"]})

    def prices(self) -> list[int]:
        """List the price bases of the level of intensity, ascending."""
        own = self.frame[self.frame["measure"] == "intensity"]
        return sorted({int(year) for year in own["prices"]})

    def named(self, measure: str, year: int, prices: int | None = None) -> pd.DataFrame:
        """Select the named cities, by code; one without a value keeps its row."""
        return self._rows(measure, year, prices, "peer").set_index("code")

    def quantiles(self, measure: str, year: int, prices: int | None = None) -> pd.Series:
        """Select the quantiles of all cities, ascending, by name."""
        return self._rows(measure, year, prices, "quantile").set_index("code")["value"]

    @property
    def sources(self) -> list[str]:
        """Ids of the sources, in order of appearance."""
        return list(dict.fromkeys(" ".join(self.frame["source"]).split()))

    def _rows(self, measure: str, year: int, prices: int | None, row: str) -> pd.DataFrame:
        frame = self.frame
        chosen = (frame["measure"] == measure) & (frame["year"] == year) & (frame["row"] == row)
        if prices is not None:
            chosen &= frame["prices"] == prices
        return frame[chosen]


def load_peers(
    path: Path, code: str, sources: Mapping[str, Source], root: Path | None = None
) -> Peers:
    """Read and check a city's ``peers.csv``.

    Parameters
    ----------
    code : str
        Statutory code of the city, which must be among the named cities.

    Raises
    ------
    DataError
        With every row that breaks a rule.
    """
    found, problems = tables.records(path, PeerRow, root=root)
    for where, record in found:
        for rule, remedy in _row_faults(record, sources):
            problems.add(where, rule, remedy)
    rows, places = [one.model_dump() for _, one in found], [where for where, _ in found]
    if not problems:
        kinds = {"since": "Int64", "prices": "Int64", "rank": "Int64", "value": "float64"}
        frame = pd.DataFrame(rows, columns=COLUMNS).astype(kinds).assign(place=places)
        for key, group in frame.groupby(_GROUP, sort=False, dropna=False):
            label = " ".join(str(part) for part in key if pd.notna(part))
            for place, rule, remedy in _group_faults(group, code, label):
                problems.add(place, rule, remedy)
        if not rows:
            problems.add("", "no row", "give the facts or remove the file")
    problems.stop()
    return Peers(code, frame.drop(columns="place"))


def _row_faults(row: PeerRow, sources: Mapping[str, Source]) -> list[tuple[str, str]]:
    """List rule and remedy of what is wrong within one row."""
    found = []
    if row.unit != UNITS[row.measure]:
        found.append((f"unit '{row.unit}' of {row.measure}", f"give {UNITS[row.measure]}"))
    if (row.prices is None) != (row.measure == "per_head"):
        found.append(
            ("a price base belongs to what is divided by GDP", "fill or empty the column prices")
        )
    if row.measure == "intensity_change":
        if row.since is None or row.since >= row.year:
            found.append((f"a change since {row.since} in {row.year}", "give an earlier year"))
    elif row.since is not None:
        found.append((f"a level since {row.since}", "empty the column since"))
    if row.row == "quantile":
        if row.code not in QUANTILE_NAMES:
            found.append((f"no quantile '{row.code}'", f"use one of {', '.join(QUANTILE_NAMES)}"))
        if row.value is None or row.rank is not None:
            found.append(("a quantile has a value and no rank", "mend the row"))
    else:
        if not (row.code.isdigit() and len(row.code) == 6):
            found.append((f"code '{row.code}' is no statutory code", "give six digits"))
        if not (row.name_en and row.name_zh):
            found.append(("a city without its name in both languages", "give both"))
        if (row.value is None) != (row.rank is None):
            found.append(("a value without rank, or a rank without value", "give both or neither"))
        if row.rank is not None and row.rank > row.count:
            found.append((f"rank {row.rank} of {row.count}", "give a rank within the count"))
    if row.value is not None and row.measure != "intensity_change" and row.value < 0:
        found.append((f"value {row.value} below zero", "mend the value"))
    found += [
        (f"unknown source '{one}'", "add it to sources.yml")
        for one in row.source.split() or [""]
        if one not in sources
    ]
    return found


def _group_faults(group: pd.DataFrame, code: str, label: str) -> list[tuple[str, str, str]]:
    """List place, rule and remedy of what is wrong among the rows of one measure and year."""
    found = []
    twice = group[group.duplicated(["row", "code"])]
    found += [
        (row["place"], f"'{row['code']}' stands twice for {label}", "keep one of them")
        for row in twice.to_dict("records")
    ]
    first = group["place"].iloc[0]
    points = group[group["row"] == "quantile"].drop_duplicates("code").set_index("code")["value"]
    if list(points.index) != list(QUANTILE_NAMES):
        rule = f"the quantiles of {label} are not {', '.join(QUANTILE_NAMES)} in this order"
        return [*found, (first, rule, "give each of them once")]
    if not points.is_monotonic_increasing:
        found.append((first, f"the quantiles of {label} do not ascend", "mend the values"))
    if group["count"].nunique() > 1:
        found.append((first, f"several counts for {label}", "give the number of cities ranked"))
    named = group[group["row"] == "peer"]
    known = named.dropna(subset=["value"])
    if code not in set(known["code"]):
        found.append((first, f"the city itself ({code}) has no value for {label}", "add its row"))
    outside = known[(known["value"] < points["min"]) | (known["value"] > points["max"])]
    found += [
        (row["place"], f"value {row['value']} outside the quantiles of {label}", "mend the value")
        for row in outside.to_dict("records")
    ]
    ascending = group["measure"].iloc[0] == "intensity_change"  # rank 1: the largest fall
    ordered = known.sort_values(["rank", "value"], ascending=[True, ascending])
    steps = ordered["value"].diff().dropna()
    if ((steps < 0) if ascending else (steps > 0)).any():
        rule = f"the ranks of {label} contradict the values"
        found.append((first, rule, "compute them again"))
    return found
