"""What the scenario explorer computes: a city's scenario with a reader's changes on top.

`front/scenario_mathematics.js` does the same in the page; a test compares both over a
grid of settings, so whoever changes one changes the other. A reader's change is a change
of the scenario model itself: a yearly rate that is taken as certain, or another size,
start or ramp of a step. Everything after that is `planbook.analysis.scenarios.projection`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from planbook.analysis.scenarios.projection import CO2, LEVELS, amounts, highest, totals, years_of
from planbook.analysis.synergy.cocontrol import quadrant

ECONOMY, OUTPUT = "economy", "output"
FACTORS = ("activity", "intensity")
QUANTITIES = (CO2, "equivalents", "intensity_change")  # that the explorer shows
SAME = 1e-9  # relative; sums that differ by rounding alone are no difference
STEP = "step."  # begins the id of a step
PERCENT = 100.0


def moved(parameters: Mapping[str, Any]) -> list[str]:
    """List the sectors that emit: only their changes change anything."""
    return [name for name in parameters["sectors"] if parameters["base"][CO2].get(name)]


def steps_of(parameters: Mapping[str, Any], scenario: str) -> dict[str, Mapping[str, Any]]:
    """Give the steps of a scenario by their id without its prefix, in order of start."""
    (chosen,) = (one for one in parameters["scenarios"] if one["id"] == scenario)
    found = [one for one in chosen["changes"] if one["kind"] == "step"]
    found.sort(key=lambda one: (one["start"], one["id"]))
    return {one["id"].removeprefix(STEP): one for one in found}


def defaults(payload: Mapping[str, Any], scenario: str | None = None) -> dict[str, Any]:
    """Give the settings that leave a scenario as it is."""
    parameters = payload["parameters"]
    scenario = scenario or parameters["scenarios"][0]["id"]
    first, last = parameters["base_year"] + 1, parameters["last_year"]
    out: dict[str, Any] = {
        "scenario": scenario,
        "year": min(max(payload["horizon"], first), last),
        "from": min(max(payload["as_of"] + 1, first), last),
        OUTPUT: 0.0,
    }
    for factor in FACTORS:
        out |= {f"{factor}.{name}": 0.0 for name in moved(parameters)}
    for name, one in steps_of(parameters, scenario).items():
        out |= {f"effect.{name}": 100.0, f"start.{name}": one["start"], f"ramp.{name}": one["ramp"]}
    return out


def adjusted(parameters: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Put a reader's settings into the parameters of one scenario."""
    (chosen,) = (one for one in parameters["scenarios"] if one["id"] == settings["scenario"])
    changes = []
    for one in chosen["changes"]:
        if one["kind"] == "step":
            name = one["id"].removeprefix(STEP)
            share = settings[f"effect.{name}"] / PERCENT
            one = {
                **one,
                **{key: one[key] * share for key in ("low", "value", "high")},
                "start": settings[f"start.{name}"],
                "ramp": settings[f"ramp.{name}"],
            }
        changes.append(one)
    own = {(ECONOMY, OUTPUT): settings[OUTPUT]}
    for factor in FACTORS:
        own |= {(name, factor): settings[f"{factor}.{name}"] for name in moved(parameters)}
    for (sector, factor), rate in own.items():
        if rate:
            value = rate / PERCENT
            changes.append(
                {
                    "id": f"own.{sector}.{factor}",
                    "kind": "rate",
                    "sector": sector,
                    "factor": factor,
                    "from": settings["from"],
                    "to": parameters["last_year"],
                    "damping": 1.0,
                    "offset": 0,
                    "value": value,
                    "low": value,
                    "high": value,
                }
            )
    return {**parameters, "scenarios": [{"id": chosen["id"], "changes": changes}]}


def explore(payload: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Compute what the explorer shows."""
    parameters = payload["parameters"]
    mine = _read(parameters, settings)
    plain = _read(parameters, {**settings, **_plain(payload, settings)})
    years = [int(year) for year in years_of(parameters)]
    at = years.index(settings["year"])
    gap = {name: mine[name]["path"][at] - plain[name]["path"][at] for name in mine["names"]}
    start = {name: mine[name]["path"][0] for name in mine["names"]}
    cuts = {
        name: PERCENT * (1 - mine[name]["path"][at] / start[name])
        for name in (CO2, "equivalents")
        if name in start
    }
    held = {name: 0.0 if abs(cut) < SAME * PERCENT else cut for name, cut in cuts.items()}
    return {
        "years": years[1:],
        "shown": {name: _after(mine[name]) for name in mine["names"]},
        "base": {name: _after(plain[name]) for name in plain["names"]},
        "peak": mine["peak"],
        "peak_base": plain["peak"],
        "target": mine["target"],
        "target_base": plain["target"],
        "difference": gap,
        "difference_pct": {
            name: PERCENT * gap[name] / plain[name]["path"][at]
            for name in gap
            if name != "intensity_change"
        },
        "summed": float(sum(a - b for a, b in zip(mine[CO2]["path"][1 : at + 1],
                                                  plain[CO2]["path"][1 : at + 1], strict=True))),
        "since": {"cuts": cuts, "quadrant": quadrant(held.get("equivalents"), held[CO2])},
        "sectors": {
            name: [mine["parts"][name][0], plain["parts"][name][at], mine["parts"][name][at]]
            for name in moved(parameters)
        },
    }  # fmt: skip


def unmoved(payload: Mapping[str, Any], scenario: str) -> dict[str, Any]:
    """Give what `front/scenario_mathematics.js` reads of a scenario that nobody has moved.

    A page shows it at once, before any draw is made in it.
    """
    parameters = payload["parameters"]
    found = _read(parameters, defaults(payload, scenario))
    found["years"] = [int(year) for year in years_of(parameters)]
    return _rounded(found)


def _rounded(found: Any) -> Any:
    if isinstance(found, Mapping):
        return {key: _rounded(value) for key, value in found.items()}
    if isinstance(found, list):
        return [_rounded(one) for one in found]
    return float(f"{found:.9g}") if isinstance(found, float) else found


def _plain(payload: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("scenario", "year", "from")
    plain = defaults(payload, settings["scenario"])
    return {key: value for key, value in plain.items() if key not in kept}


def _read(parameters: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Compute one scenario with the settings: paths, ends of the draws, peak, target."""
    made = adjusted(parameters, settings)
    name = settings["scenario"]
    parts = amounts(made, name)
    sums = totals(made, parts)
    drawn = totals(made, amounts(made, name, draws=made["draws"]))
    out: dict[str, Any] = {"names": [one for one in QUANTITIES if one in sums]}
    for one in out["names"]:
        low, high = np.percentile(drawn[one], LEVELS, axis=0)
        out[one] = {"path": sums[one][0].tolist(), "low": low.tolist(), "high": high.tolist()}
    out["parts"] = {
        sector: parts[CO2, sector][0].tolist()
        for sector in made["sectors"]
        if (CO2, sector) in parts
    }
    out["peak"] = highest(made, sums[CO2], drawn[CO2])
    out["target"] = None
    aim, years = made["target"], years_of(made)
    if aim["year"] in years:
        at = int(aim["year"] - years[0])
        change = out["intensity_change"]
        out["target"] = {
            "change": change["path"][at],
            "low": change["low"][at],
            "high": change["high"][at],
            "chance": float(np.mean(drawn["intensity_change"][:, at] <= aim["change"])),
        }
    return out


def _after(one: Mapping[str, list[float]]) -> dict[str, list[float]]:
    return {key: values[1:] for key, values in one.items()}
