"""What the explorer of synergy computes: changes of activities, in the co-control system.

`front/synergy_mathematics.js` does the same in the page; a test compares both over a
grid of settings. The rules are those of `planbook.analysis.synergy.cocontrol.what_if`, on plain
numbers: emissions move in proportion to the activity, and what is not known counts nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planbook.analysis.synergy.cocontrol import angle_deg, elasticity, quadrant, reading

T_PER_KT = 1000.0
PERCENT = 100.0
BOUNDS = ("low", "value", "high")


def defaults(payload: Mapping[str, Any]) -> dict[str, float]:
    """Give the settings that the notebook starts from."""
    changes = {f"change.{one['id']}": float(one["change"]) for one in payload["activities"]}
    return changes | {f"weight.{key}": float(kg) for key, kg in payload["weights"].items()}


def explore(payload: Mapping[str, Any], settings: Mapping[str, float]) -> dict[str, Any]:
    """Compute what changes of activities do to CO2 and to pollutant equivalents."""
    known = [_emitted(one, settings) for one in payload["activities"]]
    pairs = [(one["ghg"], one["pollutant"]) for one in known if one["ghg"] and one["pollutant"]]
    whole = tuple(sum(pair[side][1] for pair in pairs) for side in (0, 1))
    rows = []
    for one, emitted in zip(payload["activities"], known, strict=True):
        share = -settings[f"change.{one['id']}"] / PERCENT
        rows.append(
            _place(_times(emitted["ghg"], share), _times(emitted["pollutant"], share), whole)
        )
    changed = [settings[f"change.{one['id']}"] != 0 for one in payload["activities"]]
    lacks = [row["ghg"] is None or row["pollutant"] is None for row in rows]
    full = [row for row, lack in zip(rows, lacks, strict=True) if not lack]
    total = _place(_sum(rows, "ghg"), _sum(rows, "pollutant"), whole)
    return {
        "rows": rows,
        "total": {key: total[key] for key in ("ghg", "pollutant", "quadrant")},
        "both": _place(_sum(full, "ghg"), _sum(full, "pollutant"), whole),
        "is_partial": any(a and b for a, b in zip(changed, lacks, strict=True)),
    }


def _emitted(one: Mapping[str, Any], settings: Mapping[str, float]) -> dict[str, list | None]:
    """Give what an activity emits today, low, value and high: kt and thousand equivalents."""
    ghg = None if one["co2"] is None else [one["co2"][key] / T_PER_KT for key in BOUNDS]
    counted = [
        (mass, settings[f"weight.{name}"])
        for name, mass in one["pollutants"].items()
        if settings[f"weight.{name}"] > 0
    ]
    # t / kg is thousand equivalents
    pollutant = [sum(mass[key] / kg for mass, kg in counted) for key in BOUNDS]
    return {"ghg": ghg, "pollutant": pollutant if counted else None}


def _times(amounts: list[float] | None, share: float) -> list[float] | None:
    if amounts is None:
        return None
    low, value, high = (one * share + 0.0 for one in amounts)  # no minus zero
    return [min(low, high), value, max(low, high)]


def _sum(rows: Sequence[Mapping[str, Any]], side: str) -> list[float] | None:
    """Add up cuts, ends as ends, since the ranges are bounds and not draws."""
    known = [row[side] for row in rows if row[side] is not None]
    return [sum(one[n] for one in known) for n in range(3)] if known else None


def _place(
    ghg: list[float] | None, pollutant: list[float] | None, whole: tuple[float, float]
) -> dict[str, Any]:
    """Place a pair of cuts in the co-control system."""
    out: dict[str, Any] = {"ghg": ghg, "pollutant": pollutant}
    cuts = [None if one is None else one[1] for one in (pollutant, ghg)]
    shares = [
        None if cut is None or not total > 0 else PERCENT * cut / total
        for cut, total in zip(cuts, reversed(whole), strict=True)
    ]
    is_known = None not in shares
    return out | {
        "quadrant": quadrant(*cuts),
        "pollutant_share": shares[0],
        "ghg_share": shares[1],
        "angle": angle_deg(*shares) if is_known else None,
        "elasticity": elasticity(*shares) if is_known else None,
        "reading": reading(*shares),
    }
