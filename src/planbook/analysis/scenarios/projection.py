"""Scenarios: products of yearly changes, summed over sectors, with intervals by drawing.

Everything is computed from the parameters that `planbook.analysis.scenarios.parameters`
gives, a plain dict that can be written as JSON, with the formulas below and nothing
else, so that another program given the same parameters finds the same figures.

A change in the index of a factor from the base year (1) to year t::

    index(t) = Π_rates Π_{u = from … min(t, to)} (1 + value · damping^(u − from + offset))
               · Π_steps (1 + value · min(1, max(0, t − start + 1) / ramp))

Carbon dioxide of a sector is base · activity · intensity; a pollutant is
base · activity · intensity · its own index. Sectors are added up.

Draws: draw i of a change takes u = (mix(hash(id) xor seed + i · 0x9E3779B9) + 0.5) / 2^32,
where ``hash`` is FNV-1a of the id in UTF-8 and ``mix`` the 32-bit finaliser of MurmurHash3,
and turns it into a value by the inverse of the triangular distribution from low over
value to high. The same change has the same draws in every scenario, so that scenarios
differ by what they assume and not by chance, and no order of sectors matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

Parameters = Mapping[str, Any]
CO2 = "co2"
LEVELS = (10, 90)  # per cent of the draws below the ends of an interval
_GOLDEN, _FNV_START, _FNV_PRIME = 0x9E3779B9, 0x811C9DC5, 0x01000193
_MASK = 0xFFFFFFFF
MT_TO_T = 1e6
T_PER_1E4 = 1e-4  # t over 100 million yuan, in t per 10,000 yuan


def uniforms(seed: int, key: str, count: int) -> np.ndarray:
    """Give `count` numbers between 0 and 1 that depend on seed and key alone.

    Parameters
    ----------
    seed : from 0 to 2^32 − 1.

    Returns
    -------
    Shape (count,).

    Notes
    -----
    FNV-1a (Fowler, Noll, Vo) of the key, then the finaliser of MurmurHash3 (Appleby) of
    a counter; both are in the public domain and use 32-bit integers only.
    """
    start = _FNV_START
    for byte in key.encode("utf-8"):
        start = ((start ^ byte) * _FNV_PRIME) & _MASK
    state = (np.arange(count, dtype=np.uint64) * _GOLDEN + (start ^ seed)) & _MASK
    state ^= state >> np.uint64(16)
    state = (state * np.uint64(0x85EBCA6B)) & np.uint64(_MASK)
    state ^= state >> np.uint64(13)
    state = (state * np.uint64(0xC2B2AE35)) & np.uint64(_MASK)
    state ^= state >> np.uint64(16)
    return (state.astype("float64") + 0.5) / 2.0**32


def triangular(u: np.ndarray, low: float, value: float, high: float) -> np.ndarray:
    """Turn numbers between 0 and 1 into draws of a triangular distribution.

    Parameters
    ----------
    u : shape (n,)
    low, value, high : ends and peak of the distribution, ascending.

    Returns
    -------
    Shape (n,); all `value` where low and high are equal.

    Notes
    -----
    Inverse of the distribution function: with c = (value − low) / (high − low),
    low + √(u c) (high − low) for u ≤ c, else high − √((1 − u)(1 − c)) (high − low).
    """
    width = high - low
    if width == 0:
        return np.full_like(u, value)
    peak = (value - low) / width
    return np.where(
        u <= peak,
        low + np.sqrt(u * peak) * width,
        high - np.sqrt((1 - u) * (1 - peak)) * width,
    )


def years_of(parameters: Parameters) -> np.ndarray:
    """List the years computed, from the base year to the last one."""
    return np.arange(parameters["base_year"], parameters["last_year"] + 1)


def index(
    changes: Sequence[Mapping[str, Any]], years: np.ndarray, values: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Compute the index of one factor from its changes.

    Parameters
    ----------
    changes : rates and steps of one factor, as in the parameters.
    years : shape (n_years,); ascending; the first is the base year, in which the index is 1.
    values : shape (n_draws,); change of each id, as a fraction.

    Returns
    -------
    Shape (n_draws, n_years) or (1, n_years) where there is no change.
    """
    found = np.ones((1, len(years)))
    for change in changes:
        value = values[change["id"]][:, None]
        if change["kind"] == "rate":
            running = (years >= change["from"]) & (years <= change["to"])
            age = np.where(running, years - change["from"] + change["offset"], 0)
            growth = np.where(running, value * change["damping"] ** age, 0.0)
            found = found * np.cumprod(1 + growth, axis=1)
        else:
            share = np.clip((years - change["start"] + 1) / change["ramp"], 0, 1)
            found = found * (1 + value * share)
    return found


def _values(
    changes: Sequence[Mapping[str, Any]], parameters: Parameters, draws: int
) -> dict[str, np.ndarray]:
    """Give the value of each change: as assumed (0 draws), or drawn."""
    found = {}
    for change in changes:
        if draws:
            u = uniforms(parameters["seed"], change["id"], draws)
            found[change["id"]] = triangular(u, change["low"], change["value"], change["high"])
        else:
            found[change["id"]] = np.array([change["value"]])
    return found


def amounts(
    parameters: Parameters, scenario: str, *, draws: int = 0
) -> dict[tuple[str, str], np.ndarray]:
    """Compute what each sector emits in each year of one scenario, and the output.

    Parameters
    ----------
    parameters : as of `planbook.analysis.scenarios.parameters.scenario_parameters`.
    draws : number of draws; 0 takes every change as assumed.

    Returns
    -------
    dict of (quantity, sector) to numpy.ndarray, shape (n_draws or 1, n_years): in the unit of the
    quantity; output under ``("output", "economy")``.
    """
    (chosen,) = (one for one in parameters["scenarios"] if one["id"] == scenario)
    changes, years = chosen["changes"], years_of(parameters)
    values = _values(changes, parameters, draws)

    def of(sector: str, factor: str) -> np.ndarray:
        own = [one for one in changes if (one["sector"], one["factor"]) == (sector, factor)]
        return index(own, years, values)

    found = {("output", "economy"): parameters["output"] * of("economy", "output")}
    for sector in parameters["sectors"]:
        burnt = of(sector, "activity") * of(sector, "intensity")
        for quantity, base in parameters["base"].items():
            if sector not in base:
                continue
            path = base[sector] * burnt
            found[quantity, sector] = path if quantity == CO2 else path * of(sector, quantity)
    rows = max(draws, 1)
    return {key: np.broadcast_to(one, (rows, len(years))) for key, one in found.items()}


def totals(
    parameters: Parameters, parts: Mapping[tuple[str, str], np.ndarray]
) -> dict[str, np.ndarray]:
    """Add up sectors, and derive what is asked of the sums.

    Parameters
    ----------
    parts : as of `amounts`.

    Returns
    -------
    Shape (n_draws, n_years); each quantity of ``parameters["base"]``; ``output``; ``equivalents``
    (thousand) where a pollutant is there; ``intensity`` (t per 10,000 yuan) and
    ``intensity_change`` (per cent, from the reference year).
    """
    found: dict[str, np.ndarray] = {"output": parts["output", "economy"]}
    for quantity in parameters["base"]:
        of_sectors = [
            parts[quantity, sector]
            for sector in parameters["sectors"]
            if (quantity, sector) in parts
        ]
        found[quantity] = sum(of_sectors[1:], start=of_sectors[0])
    weights = parameters["equivalent_kg"]
    named = [quantity for quantity in parameters["base"] if quantity in weights]
    if named:  # t / kg is thousand equivalents
        counted = [found[quantity] / weights[quantity] for quantity in named]
        found["equivalents"] = sum(counted[1:], start=counted[0])
    reference = parameters["reference"]
    found["intensity"] = found[CO2] * MT_TO_T / found["output"] * T_PER_1E4
    start = reference[CO2] * MT_TO_T / reference["output"] * T_PER_1E4
    found["intensity_change"] = 100 * (found["intensity"] / start - 1)
    return found


def central(parameters: Parameters) -> pd.DataFrame:
    """Compute every scenario with its changes as assumed.

    Columns ``scenario, sector, quantity, year, value, unit``; sector ``total`` for sums.
    """
    years, units, rows = years_of(parameters), parameters["units"], []
    for one in parameters["scenarios"]:
        parts = amounts(parameters, one["id"])
        sums = {("total", name): path for name, path in totals(parameters, parts).items()}
        both = {(sector, quantity): path for (quantity, sector), path in parts.items()}
        both.pop(("economy", "output"))
        for (sector, quantity), path in {**both, **sums}.items():
            rows.append(
                pd.DataFrame(
                    {
                        "scenario": one["id"],
                        "sector": sector,
                        "quantity": quantity,
                        "year": years,
                        "value": path[0],
                        "unit": units[quantity],
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def intervals(parameters: Parameters) -> pd.DataFrame:
    """Compute the middle and the ends of what the draws of every scenario give.

    Columns ``scenario, quantity, year, low, middle, high, unit``: the 10th, 50th and 90th per cent
    of the draws of the city's sums.
    """
    years, units, rows = years_of(parameters), parameters["units"], []
    for one in parameters["scenarios"]:
        parts = amounts(parameters, one["id"], draws=parameters["draws"])
        for quantity, path in totals(parameters, parts).items():
            low, middle, high = np.percentile(path, [LEVELS[0], 50, LEVELS[1]], axis=0)
            rows.append(
                pd.DataFrame(
                    {
                        "scenario": one["id"],
                        "quantity": quantity,
                        "year": years,
                        "low": low,
                        "middle": middle,
                        "high": high,
                        "unit": units[quantity],
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def peak_years(history: Mapping[int, float], years: np.ndarray, paths: np.ndarray) -> np.ndarray:
    """Find the year in which each path, with the past before it, is highest.

    Parameters
    ----------
    history : past amounts by year; years from the first of `years` on do not count.
    years : shape (n_years,); ascending.
    paths : shape (n_draws, n_years); in the unit of `history`.

    Returns
    -------
    Shape (n_draws,); integer years; the earliest where several are equally high.
    """
    past = sorted(year for year in history if year < years[0])
    before = np.tile([history[year] for year in past], (len(paths), 1)).reshape(len(paths), -1)
    joined = np.concatenate([before, paths], axis=1)
    every = np.concatenate([np.array(past, dtype=int), years])
    return every[np.argmax(joined, axis=1)]


def highest(parameters: Parameters, path: np.ndarray, drawn: np.ndarray) -> dict[str, float]:
    """Say when one scenario is highest, with the past before it.

    Parameters
    ----------
    path : shape (1, n_years); carbon dioxide with the changes as assumed, Mt.
    drawn : shape (n_draws, n_years); the same by draw.

    Returns
    -------
    The columns of `peaks`.
    """
    years = years_of(parameters)
    history = {int(year): value for year, value in parameters["history"].items()}
    year = int(peak_years(history, years, path)[0])
    found = peak_years(history, years, drawn)
    low, high = np.percentile(found, LEVELS, method="inverted_cdf")
    return {
        "year": year,
        "value": history[year] if year < years[0] else float(path[0, year - years[0]]),
        "low": int(low),
        "high": int(high),
        "chance": float(np.mean(found <= parameters["peak_by"])),
        "past": float(np.mean(found < years[0])),
    }


def peaks(parameters: Parameters) -> pd.DataFrame:
    """Compute when carbon dioxide is highest in every scenario.

    Returns
    -------
    Index ``scenario``; columns ``year`` (changes as assumed), ``value`` (Mt of that year), ``low``,
    ``high`` (10th and 90th per cent of the draws, whole years), ``chance`` (share of draws that are
    highest in ``peak_by`` or before) and ``past`` (share of draws that never exceed the highest
    past year).

    Notes
    -----
    A highest year that is the last one computed means that no peak was seen. A chance
    is that of the assumptions and their distributions, not of the future.
    """
    rows = []
    for one in parameters["scenarios"]:
        path = totals(parameters, amounts(parameters, one["id"]))[CO2]
        drawn = totals(parameters, amounts(parameters, one["id"], draws=parameters["draws"]))[CO2]
        rows.append({"scenario": one["id"], **highest(parameters, path, drawn)})
    return pd.DataFrame(rows).set_index("scenario")


def meeting(parameters: Parameters) -> dict[str, float]:
    """Compute the share of draws in which the intensity meets its target.

    By scenario; empty where the target's year is not computed or it has none.
    """
    years, target = years_of(parameters), parameters["target"]
    if target["year"] not in years:
        return {}
    place = int(target["year"] - years[0])
    found = {}
    for one in parameters["scenarios"]:
        parts = amounts(parameters, one["id"], draws=parameters["draws"])
        change = totals(parameters, parts)["intensity_change"][:, place]
        found[one["id"]] = float(np.mean(change <= target["change"]))
    return found


def effects(parameters: Parameters, year: int) -> pd.DataFrame:
    """Compute what each change does by itself: the scenario with it less the one without.

    Columns ``scenario, id, quantity, value, unit``, with the changes as assumed, for each quantity
    of ``parameters["base"]`` and ``equivalents``. Changes of one factor multiply, so the effects of
    several do not add up exactly to that of all.
    """
    place = int(year - parameters["base_year"])
    rows = []
    for one in parameters["scenarios"]:
        names = list(dict.fromkeys(change["id"] for change in one["changes"]))
        full = totals(parameters, amounts(parameters, one["id"]))
        for name in names:
            kept = [change for change in one["changes"] if change["id"] != name]
            without = {**parameters, "scenarios": [{"id": one["id"], "changes": kept}]}
            rest = totals(without, amounts(without, one["id"]))
            for quantity in (*parameters["base"], "equivalents"):
                if quantity in full:
                    rows.append(
                        {
                            "scenario": one["id"],
                            "id": name,
                            "quantity": quantity,
                            "value": float(full[quantity][0, place] - rest[quantity][0, place]),
                            "unit": parameters["units"][quantity],
                        }
                    )
    return pd.DataFrame(rows)
