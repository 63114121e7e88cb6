"""Many series at once: the file interface of ``planbook forecast``."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from planbook.analysis.forecast import forecast, too_far
from planbook.analysis.forecast.base import MOST_STEPS, join_years
from planbook.errors import DataError, ForecastRefused, PlanbookError, Problem

IN_COLUMNS = ["series_id", "t", "value"]
IN_OPTIONAL = ["lower", "upper", "h"]
OUT_COLUMNS = ["series_id", "h", "mean", "lo80", "hi80", "lo95", "hi95", "refused"]
CHANCE_COLUMNS = ["series_id", "h", "p"]
TARGET_COLUMNS = ["series_id", "h", "direction", "target"]
DEFAULT_HORIZON = 6  # steps
MEANING = {"lower": "lower bound", "upper": "upper bound", "h": "number of steps"}
LARGEST = 1_000_000_000  # of a year or a number of steps: beyond it is a slip of the keys
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"  # characters without width, which no one sees in an id


def read_input(path: Path) -> pd.DataFrame:
    """Read the series to forecast.

    Parameters
    ----------
    path : CSV with ``series_id, t, value`` and optionally ``lower, upper, h``. Bounds and steps
        belong to the series: they may stand in any of its rows.

    Raises
    ------
    DataError : if a column is missing or unknown, a cell is no number, two ids cannot be told apart
        by eye, or a series has two different bounds or numbers of steps.
    """
    frame = _read(path, IN_COLUMNS, IN_OPTIONAL, numeric=["t", "value", *IN_OPTIONAL])
    problems: list[Problem] = []
    if "h" in frame:
        problems += _rows(path, frame["h"] < 1, "h is below 1", "give the steps wanted, at least 1")
        problems += _rows(path, frame["h"] > MOST_STEPS, *_far_words())
    for name in IN_OPTIONAL:
        if name not in frame:
            continue
        # bounds and steps belong to the series: every row gets what one of them gives
        first = frame.groupby("series_id")[name].transform("first")
        other = frame[name].notna() & (frame[name] != first)
        rule, remedy = f"{name} differs within the series", f"give a series one {MEANING[name]}"
        problems += _rows(path, other, rule, remedy)
        frame[name] = first
    if {"lower", "upper"} <= set(frame) and not problems:
        crossed = (frame["lower"] >= frame["upper"]) & ~frame["series_id"].duplicated()
        rule = "the lower bound is not below the upper one"
        problems += _rows(path, crossed, rule, "mend the bounds")
    problems += _look_alikes(path, frame)
    if problems:
        raise DataError(problems)
    return frame


def _rows(
    path: Path, wrong: pd.Series, rule: str | Callable[[int], str], remedy: str
) -> list[Problem]:
    """List the rows that are wrong, as a spreadsheet counts: the header is row 1."""
    return [
        Problem(path.name, f"row {index + 2}", rule(index) if callable(rule) else rule, remedy)
        for index in wrong.index[wrong]
    ]


def _no_number(name: str, text: pd.Series) -> Callable[[int], str]:
    kind = "whole number" if name in ("t", "h") else "number"
    return lambda index: f"{name} '{text[index]}' is no {kind}"


def _far_words() -> tuple[str, str]:
    """Give rule and remedy for a number of steps that is too large."""
    rule, _, remedy = too_far().partition(": ")
    return rule.replace("that is", "h is", 1), remedy


def _look_alikes(path: Path, frame: pd.DataFrame) -> list[Problem]:
    """List ids that differ only in the width or form of their characters."""
    seen: dict[str, str] = {}
    problems = []
    for index, name in frame["series_id"].drop_duplicates().items():
        other = seen.setdefault(unicodedata.normalize("NFKC", name), name)
        if other != name:
            problems.append(
                Problem(
                    path.name,
                    f"row {index + 2}",
                    f"series_id '{name}' and '{other}' differ only in the form of their characters",
                    "write one series in one way, or name two series more clearly apart",
                )
            )
    return problems


def read_targets(path: Path, known: Collection[str]) -> pd.DataFrame:
    """Read the targets: CSV with ``series_id, h, direction, target``.

    `known`: ids of the series that are forecast. Raises `DataError` as `read_input`, or if a
    direction is not ``at_least`` or ``at_most``, a step is below 1 or above `MOST_STEPS`, or a
    series is unknown.
    """
    frame = _read(path, TARGET_COLUMNS, [], numeric=["h", "target"])
    unknown = ~frame["series_id"].isin(known)
    problems = _rows(
        path,
        unknown,
        lambda index: f"no series '{frame.at[index, 'series_id']}' in the input",
        "mend the series_id or add the series",
    )
    problems += _rows(path, frame["h"] < 1, "h is below 1", "give the step meant, at least 1")
    problems += _rows(path, frame["h"] > MOST_STEPS, *_far_words())
    if problems:
        raise DataError(problems)
    frame["direction"] = frame["direction"].str.strip()
    wrong = ~frame["direction"].isin(["at_least", "at_most"])
    problems = _rows(
        path,
        wrong,
        lambda index: f"direction '{frame.at[index, 'direction']}' is unknown",
        "use at_least or at_most",
    )
    if problems:
        raise DataError(problems)
    return frame


def _read(path: Path, wanted: list[str], optional: list[str], numeric: list[str]) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(Problem(path.name, "", "no such file", "check the path")) from None
    except OSError as error:
        raise DataError(
            Problem(str(path), "", f"cannot be read: {error.strerror}", "give a CSV file")
        ) from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        told = " ".join(str(error).split())
        raise DataError(
            Problem(path.name, "", f"not a CSV in UTF-8: {told}", "export it as CSV UTF-8")
        ) from None
    problems = [
        Problem(path.name, "row 1", f"column '{name}' is missing", "add it")
        for name in wanted
        if name not in frame
    ] + [
        Problem(path.name, "row 1", f"unknown column '{name}'", "remove it or mend its name")
        for name in frame
        if name not in wanted + optional
    ]
    if problems:
        raise DataError(problems)
    if frame.empty:
        raise DataError(Problem(path.name, "", "no row below the header", "add the series"))
    frame["series_id"] = frame["series_id"].map(_bare)
    problems += _rows(path, frame["series_id"] == "", "the series_id is empty", "name the series")
    for name in numeric:
        if name not in frame:
            continue
        text = frame[name].str.strip()
        number = pd.to_numeric(text, errors="coerce")
        bad = number.isna() & (text != "") | np.isinf(number)
        if name in wanted:
            bad |= text == ""
        if name in ("t", "h"):
            bad |= number.abs() > LARGEST
            bad |= number.notna() & (number != number.round())
        problems += _rows(path, bad, _no_number(name, text), "mend the cell")
        frame[name] = number
    if problems:
        raise DataError(problems)
    return frame


def _bare(name: str) -> str:
    """Give an id without white space and unseen characters at its ends."""
    before = None
    while name != before:
        before, name = name, name.strip().strip(UNSEEN)
    return name


Refusal = tuple[str, dict[str, object]]  # key of the message table, values for it


def _one(
    job: tuple[str, pd.DataFrame, int, list[dict]],
) -> tuple[str, list, list, Refusal | None]:
    """Forecast one series; give its rows, its probabilities and a reason if refused."""
    series_id, rows, horizon, targets = job
    try:
        if rows["t"].duplicated().any():
            raise ForecastRefused("refused_duplicate")
        points = pd.Series(rows["value"].to_numpy(), index=rows["t"].astype("int64"))
        lower, upper = (
            float(given.iloc[0]) if name in rows and len(given := rows[name].dropna()) else side
            for name, side in (("lower", -np.inf), ("upper", np.inf))
        )
        outside = points[(points < lower) | (points > upper)]
        if len(outside):
            raise ForecastRefused("refused_out_of_bounds", years=join_years(outside.index))
        made = forecast(points, horizon, lower=lower, upper=upper)
    except ForecastRefused as error:
        row = [series_id, *[None] * (len(OUT_COLUMNS) - 2), error.reason]
        unanswered = [[series_id, int(one["h"]), None] for one in targets]
        return series_id, [row], unanswered, (error.reason, error.details)
    frame = made.frame()
    out = [
        [series_id, step, *(float(number) for number in values), None]
        for step, values in enumerate(frame.to_numpy(), start=1)
    ]
    last = int(points.index.max())
    chances = [
        [
            series_id,
            int(one["h"]),
            made.probability(last + int(one["h"]), one["target"], wants=one["direction"]),
        ]
        for one in targets
    ]
    return series_id, out, chances, None


def forecast_many(
    series: pd.DataFrame,
    *,
    horizon: int = DEFAULT_HORIZON,
    targets: pd.DataFrame | None = None,
    jobs: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Refusal]]:
    """Forecast every series of a long table.

    Parameters
    ----------
    series : as `read_input` gives it; left unchanged.
    horizon : steps for a series whose ``h`` is not given, at most `MOST_STEPS`.
    targets : as `read_targets` gives it.
    jobs : processes; the result does not depend on it.

    Returns
    -------
    forecasts : ``series_id, h, mean, lo80, hi80, lo95, hi95, refused`` in input order. A series
        that is refused has one row, with the key of the reason in the last column, which is empty
        elsewhere, and all others empty.
    probabilities : ``series_id, h, p``; p is empty for a series that is refused.
    refused : dict of str to (str, dict): by series, the key of the message that gives the reason,
        and its values.

    Raises
    ------
    PlanbookError : if `horizon` is above `MOST_STEPS`.
    """
    if horizon > MOST_STEPS:
        raise PlanbookError(f"horizon {horizon}: {too_far()}")
    wanted: dict[str, list[dict]] = {}
    if targets is not None:
        for row in targets.to_dict("records"):
            wanted.setdefault(row["series_id"], []).append(row)
    work = []
    for series_id, rows in series.groupby("series_id", sort=False):
        own = wanted.get(series_id, [])
        steps = int(rows["h"].dropna().max()) if "h" in rows and rows["h"].notna().any() else 0
        steps = max([steps or horizon, *(int(one["h"]) for one in own)])
        work.append((series_id, rows.reset_index(drop=True), steps, own))
    if jobs > 1 and len(work) > 1:
        with ProcessPoolExecutor(max_workers=jobs) as pool:
            done = list(pool.map(_one, work, chunksize=max(1, len(work) // (4 * jobs))))
    else:
        done = [_one(job) for job in work]
    forecasts = pd.DataFrame([row for _, rows, _, _ in done for row in rows], columns=OUT_COLUMNS)
    forecasts = forecasts.astype({"h": "Int64", "refused": "object"})
    chances = pd.DataFrame([row for _, _, rows, _ in done for row in rows], columns=CHANCE_COLUMNS)
    return forecasts, chances, {name: reason for name, _, _, reason in done if reason}
