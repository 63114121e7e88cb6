"""Many series at once: the file interface of ``planbook forecast``."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from planbook.analysis.forecast import forecast
from planbook.analysis.forecast.base import join_years
from planbook.errors import DataError, ForecastRefused, Problem

IN_COLUMNS = ["series_id", "t", "value"]
IN_OPTIONAL = ["lower", "upper", "h"]
OUT_COLUMNS = ["series_id", "h", "mean", "lo80", "hi80", "lo95", "hi95"]
TARGET_COLUMNS = ["series_id", "h", "direction", "target"]
DEFAULT_HORIZON = 6  # steps


def read_input(path: Path) -> pd.DataFrame:
    """Read the series to forecast.

    Parameters
    ----------
    path : pathlib.Path
        CSV with ``series_id, t, value`` and optionally ``lower, upper, h``.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    DataError
        If a column is missing or unknown, or a cell is no number.
    """
    frame = _read(path, IN_COLUMNS, IN_OPTIONAL, numeric=["t", "value", *IN_OPTIONAL])
    rows = frame.index + 2  # as a spreadsheet counts: the header is row 1
    problems = []

    def report(wrong: pd.Series, rule: str, remedy: str) -> None:
        problems.extend(
            Problem(path.name, f"row {rows[index]}", rule, remedy)
            for index in np.flatnonzero(wrong)
        )

    if "h" in frame:
        report(frame["h"] < 1, "h is below 1", "give the steps wanted, at least 1")
    if {"lower", "upper"} <= set(frame):
        crossed = frame["lower"] >= frame["upper"]
        report(crossed, "the lower bound is not below the upper one", "mend the bounds")
    for name in ("lower", "upper"):
        if name in frame:
            first = frame.groupby("series_id")[name].transform("first")
            other = frame[name].notna() & (frame[name] != first)
            report(other, f"{name} differs within the series", "give a series one pair of bounds")
    if problems:
        raise DataError(problems)
    return frame


def read_targets(path: Path, known: Collection[str]) -> pd.DataFrame:
    """Read the targets: CSV with ``series_id, h, direction, target``.

    Parameters
    ----------
    path : pathlib.Path
    known : collection of str
        Ids of the series that are forecast.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    DataError
        As `read_input`, or if a direction is not ``at_least`` or ``at_most``, a
        step is below 1 or a series is unknown.
    """
    frame = _read(path, TARGET_COLUMNS, [], numeric=["h", "target"])
    unknown = ~frame["series_id"].isin(known)
    early = frame["h"] < 1
    problems = [
        Problem(
            path.name,
            f"row {index + 2}",
            f"no series '{frame.at[index, 'series_id']}' in the input",
            "mend the series_id or add the series",
        )
        for index in frame.index[unknown]
    ] + [
        Problem(path.name, f"row {index + 2}", "h is below 1", "give the step meant, at least 1")
        for index in frame.index[early]
    ]
    if problems:
        raise DataError(problems)
    wrong = ~frame["direction"].isin(["at_least", "at_most"])
    if wrong.any():
        raise DataError(
            [
                Problem(
                    path.name,
                    f"row {index + 2}",
                    f"direction '{frame.at[index, 'direction']}' is unknown",
                    "use at_least or at_most",
                )
                for index in frame.index[wrong]
            ]
        )
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
    problems += [
        Problem(path.name, f"row {index + 2}", "the series_id is empty", "name the series")
        for index in frame.index[frame["series_id"].str.strip() == ""]
    ]
    for name in numeric:
        if name not in frame:
            continue
        text = frame[name].str.strip()
        number = pd.to_numeric(text, errors="coerce")
        bad = number.isna() & (text != "") | np.isinf(number)
        if name in wanted:
            bad |= text == ""
        if name in ("t", "h"):
            bad |= number.notna() & (number != number.round())
        problems += [
            Problem(
                path.name,
                f"row {index + 2}",
                f"{name} '{text[index]}' is no {'whole ' if name in ('t', 'h') else ''}number",
                "mend the cell",
            )
            for index in frame.index[bad]
        ]
        frame[name] = number
    if problems:
        raise DataError(problems)
    return frame


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
            float(rows[name].iloc[0]) if name in rows and pd.notna(rows[name].iloc[0]) else side
            for name, side in (("lower", -np.inf), ("upper", np.inf))
        )
        outside = points[(points < lower) | (points > upper)]
        if len(outside):
            raise ForecastRefused("refused_out_of_bounds", years=join_years(outside.index))
        made = forecast(points, horizon, lower=lower, upper=upper)
    except ForecastRefused as error:
        return series_id, [], [], (error.reason, error.details)
    frame = made.frame()
    out = [
        [series_id, step, *(float(number) for number in values)]
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
    series : pandas.DataFrame
        As `read_input` gives it; left unchanged.
    horizon : int, optional
        Steps for a series whose ``h`` is not given.
    targets : pandas.DataFrame, optional
        As `read_targets` gives it.
    jobs : int, optional
        Processes; the result does not depend on it.

    Returns
    -------
    forecasts : pandas.DataFrame
        ``series_id, h, mean, lo80, hi80, lo95, hi95`` in input order.
    probabilities : pandas.DataFrame
        ``series_id, h, p``.
    refused : dict of str to (str, dict)
        By series, the key of the message that gives the reason, and its values.
    """
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
    chances = pd.DataFrame(
        [row for _, _, rows, _ in done for row in rows], columns=["series_id", "h", "p"]
    )
    return forecasts, chances, {name: reason for name, _, _, reason in done if reason}
