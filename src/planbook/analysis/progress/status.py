"""All that is known of every target as rows: for tables, pages and JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import pandas as pd

from planbook.analysis.progress.standing import Standing

WHOLE = ("base_year", "deadline", "latest_year", "start_year", "flip_year", "worst_year",
         "bound_year")  # fmt: skip
NUMBERS = (
    "target", "latest", "gap", "forecast", "lo80", "hi80", "lo95", "hi95", "probability",
    "start", "elapsed_share", "due_share", "completion", "schedule_ratio",
    "pace_needed", "pace_seen", "rate_needed", "rate_seen", "headroom", "worst", "bound",
    "flip", "flip_value", "brier", "brier_naive", "coverage80", "coverage95", "mae", "mae_naive",
)  # fmt: skip


def status_rows(
    standings: Mapping[str, Standing],
    *,
    leads: Mapping[str, str | None] | None = None,
    histories: Mapping[str, Mapping[int, str]] | None = None,
) -> list[dict[str, object]]:
    """Give one object a target, every intermediate figure in it.

    Parameters
    ----------
    leads : mapping of str to (str or None), optional
        Id of the lead department by target.
    histories : mapping of str to mapping of int to str, optional
        Verdicts by year; see `history`.

    Returns
    -------
    list of dict
        Ready for JSON, nothing rounded, the same keys for every target. What is
        unknown is None, and ``reasons`` names by field why: a key of the message
        table. `flip` and ``trends`` are in `indicator_unit`, rates are fractions a year,
        everything else is in `unit`, or a share.
    """
    return [
        _row(one, (leads or {}).get(name), (histories or {}).get(name, {}))
        for name, one in standings.items()
    ]


def status_frame(
    standings: Mapping[str, Standing],
    *,
    leads: Mapping[str, str | None] | None = None,
    histories: Mapping[str, Mapping[int, str]] | None = None,
) -> pd.DataFrame:
    """Give the rows of `status_rows` as a frame, for tables.

    Returns
    -------
    pandas.DataFrame
        One row a target; empty cells are missing values. The columns
        ``breaches, trends, measured, history, methods, disagreement, reasons`` hold lists
        or dicts.
    """
    frame = pd.DataFrame(status_rows(standings, leads=leads, histories=histories))
    if frame.empty:
        return frame
    return frame.astype({**dict.fromkeys(WHOLE, "Int64"), **dict.fromkeys(NUMBERS, "float64")})


def _row(one: Standing, lead: str | None, seen: Mapping[int, str]) -> dict[str, object]:
    target, found, flipped = one.target, one.pace, one.flip
    found_ahead = ahead(one)
    past = one.record
    evidence = one.judgement.evidence
    broken = evidence.get("breaches")
    row: dict[str, object] = {
        "target_id": target.target_id,
        "section": target.section,
        "measure": target.measure,
        "indicator": target.indicator,
        "shape": target.shape,
        "operator": target.operator,
        "target": target.value,
        "unit": target.unit,
        "base_year": target.base_year,
        "deadline": target.deadline,
        "verdict": one.verdict,
        "rule": one.rule,
        "latest_year": one.latest_year,
        "latest": one.latest_value,
        "gap": one.gap,
        **found_ahead,
        "probability": one.chance,
        "chance_reason": one.chance_reason,
        "lead": lead,
        "indicator_unit": one.facts.indicator.unit,
        "start_year": found.start_year,
        "start": found.start,
        "start_kind": found.start_kind,
        "elapsed_share": found.elapsed,
        "due_share": found.due_share,
        "completion": found.completion,
        "schedule_ratio": found.schedule,
        "pace_needed": found.needed,
        "pace_seen": found.seen,
        "rate_needed": found.needed_rate,
        "rate_seen": found.seen_rate,
        "headroom": found.headroom,
        "worst_year": evidence.get("worst_year"),
        "worst": evidence.get("worst"),
        "breaches": list(broken) if isinstance(broken, tuple) else [],
        "bound_year": evidence.get("bound_year"),
        "bound": evidence.get("bound"),
        "bound_qualifier": evidence.get("bound_qualifier"),
        "flip": flipped and flipped.change,
        "flip_value": flipped and flipped.value,
        "flip_year": flipped and flipped.year,
        "flip_verdict": flipped and flipped.verdict,
        "flip_beyond": flipped and flipped.beyond,
        "flip_exact": flipped and flipped.exact,
        "history": dict(seen),
        "track_forecasts": past and past.track.forecasts,
        "coverage80": past and past.track.coverage[80],
        "coverage95": past and past.track.coverage[95],
        "mae": past and past.track.mae,
        "mae_naive": past and past.track.mae_naive,
        "brier_chances": past and past.forecasts,
        "brier_happened": past and past.happened,
        "brier": past and past.brier,
        "brier_naive": past and past.brier_naive,
        "forecast_method": one.forecast and one.forecast.method,
        "trends": {name: found and asdict(found) for name, found in one.trends.items()},
        "figures": len(one.facts.observed),
        "measured": {int(year): float(value) for year, value in one.measured.items()},
        "methods": {name: said.as_row() for name, said in one.methods.items()},
        "disagreement": list(one.disagreement),
    }
    row = {key: _plain(value) for key, value in row.items()}
    row["reasons"] = _reasons(one, row)
    return row


def ahead(one: Standing) -> dict[str, float | None]:
    """Give the forecast of a target at its deadline with its intervals.

    None without one, and where it may not be shown: see
    `planbook.analysis.forecast.showing`. A chance may rest on it all the same.
    """
    names = ("forecast", "lo80", "hi80", "lo95", "hi95")
    if one.forecast is None or one.withheld is not None:
        return dict.fromkeys(names)
    at = one.forecast.frame().loc[one.target.deadline]
    return {name: float(at[name]) for name in names}


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


PAST = ("track_forecasts", "coverage80", "coverage95", "mae", "mae_naive",
        "brier_chances", "brier_happened", "brier", "brier_naive")  # fmt: skip

# field of the row, and the field of `Pace` that holds its reason
_PACE = {
    "elapsed_share": "elapsed",
    "due_share": "due_share",
    "start": "start",
    "start_year": "start",
    "start_kind": "start",
    "completion": "completion",
    "pace_needed": "needed",
    "pace_seen": "seen",
    "rate_needed": "needed_rate",
    "rate_seen": "seen_rate",
}


def _reasons(one: Standing, row: Mapping[str, object]) -> dict[str, str]:
    """Say why fields are None, each by a key of the message table.

    Methods and trends carry their own.
    """
    why: dict[str, str] = {}
    for name in ("base_year", "deadline"):
        if row[name] is None:
            why[name] = f"plan_no_{name}"
    if row["latest"] is None:
        why["latest"] = why["latest_year"] = why["gap"] = one.rule
    if row["forecast"] is None:
        reason = one.withheld.reason if one.withheld else str(one.chance_reason)
        for name in ("forecast", "lo80", "hi80", "lo95", "hi95", "forecast_method"):
            if row[name] is None:
                why[name] = reason
    if row["probability"] is None:
        why["probability"] = str(one.chance_reason)
    for name, field in _PACE.items():
        if row[name] is None and field in one.pace.reasons:
            why[name] = f"pace_missing_{one.pace.reasons[field]}"
    if row["schedule_ratio"] is None:
        why["schedule_ratio"] = "pace_missing_no_schedule"
    if row["headroom"] is None:
        why["headroom"] = "pace_missing_no_cap" if one.latest_year else "pace_missing_no_figure"
    if row["worst"] is None:
        why["worst"] = why["worst_year"] = why.get("headroom", one.rule)
    if row["bound"] is None:
        for name in ("bound", "bound_year", "bound_qualifier"):
            why[name] = "bound_decides_nothing"
    if row["flip"] is None:
        for name in filter(lambda name: name.startswith("flip"), row):
            why[name] = str(one.flip_reason)
    reason = "brier_no_chance" if one.chance is None else "brier_short"
    why.update(dict.fromkeys((name for name in PAST if row[name] is None), reason))
    if row["lead"] is None:
        why["lead"] = "no_lead"
    return why
