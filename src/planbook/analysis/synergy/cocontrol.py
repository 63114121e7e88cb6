"""Co-control of pollutants and greenhouse gases: quadrants, angle, cross-elasticity, what-if.

Signs: a cut is positive, a rise negative. Formulas and boundary rules stand on
the methods page, "Synergy: quadrants and elasticity".
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import TypeGuard

import numpy as np
import pandas as pd

from planbook.analysis.synergy.equivalents import equivalents
from planbook.data import units

# In the order in which pages list them. Zero is neither a cut nor a rise: a point on
# an axis lies in no quadrant.
QUADRANTS = (
    "I",
    "II",
    "III",
    "IV",
    "axis_pollutant_cut",
    "axis_pollutant_rise",
    "axis_ghg_cut",
    "axis_ghg_rise",
    "origin",
    "unknown_ghg",
    "unknown_pollutant",
    "unknown",
)
READINGS = ("carbon_faster", "equal", "carbon_slower", "no_synergy", "both_rise", "unknown",
            "other_years")  # fmt: skip
EQUAL_TOLERANCE = 1e-9  # relative; floats that differ by rounding alone are equal
COLUMNS = ("name", "pollutant_cut", "pollutant_unit", "ghg_cut", "ghg_unit")


def _is_known(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def quadrant(pollutant_cut: float | None, ghg_cut: float | None) -> str:
    """Name the place of a measure in the co-control coordinate system.

    Parameters
    ----------
    pollutant_cut, ghg_cut : cuts in any unit; negative if the emission rises. None and NaN: not
        known.

    Returns
    -------
    One of `QUADRANTS`: I both fall, II only the greenhouse gas falls, III both rise, IV only the
    pollutant falls; ``axis_…`` where exactly one of the two is zero; ``unknown…`` where one or both
    are not known.

    Notes
    -----
    Co-control coordinate system as used for Chinese cities, for example
    Xing et al. 2020 (Tangshan); x: pollutant, y: greenhouse gas.
    """
    if not _is_known(pollutant_cut):
        return "unknown_pollutant" if _is_known(ghg_cut) else "unknown"
    if not _is_known(ghg_cut):
        return "unknown_ghg"
    signs = int(np.sign(pollutant_cut)), int(np.sign(ghg_cut))
    return {
        (1, 1): "I",
        (-1, 1): "II",
        (-1, -1): "III",
        (1, -1): "IV",
        (1, 0): "axis_pollutant_cut",
        (-1, 0): "axis_pollutant_rise",
        (0, 1): "axis_ghg_cut",
        (0, -1): "axis_ghg_rise",
        (0, 0): "origin",
    }[signs]


def elasticity(pollutant_share: float | None, ghg_share: float | None) -> float | None:
    """Give the cross-elasticity of carbon to pollution, Els(c/p), in quadrant I only.

    (ΔC/C)/(ΔP/P); None outside quadrant I. In quadrant III the quotient is positive, too, and would
    read as synergy although both emissions rise. `pollutant_share` and `ghg_share`: cuts as shares
    of the base emission (any unit, the same for both).
    """
    if not (_is_known(pollutant_share) and _is_known(ghg_share)):
        return None
    if quadrant(pollutant_share, ghg_share) != "I":
        return None
    return ghg_share / pollutant_share


def reading(pollutant_share: float | None, ghg_share: float | None) -> str:
    """Say in which of `READINGS` a pair of cuts falls; the quadrant decides first."""
    where = quadrant(pollutant_share, ghg_share)
    if where.startswith("unknown"):
        return "unknown"
    if where == "III":
        return "both_rise"
    value = elasticity(pollutant_share, ghg_share)
    if value is None:
        return "no_synergy"
    if math.isclose(value, 1, rel_tol=EQUAL_TOLERANCE):
        return "equal"
    return "carbon_faster" if value > 1 else "carbon_slower"


def angle_deg(pollutant_share: float | None, ghg_share: float | None) -> float | None:
    """Give the angle of a point against the pollutant axis, in degrees from 0 to 360.

    Both axes are shares of the base emission, so that 45° means that both fall by
    the same share. The tangent of the angle is the cross-elasticity.

    None where a share is not known or both are zero.
    """
    if not (_is_known(pollutant_share) and _is_known(ghg_share)):
        return None
    if pollutant_share == 0 and ghg_share == 0:
        return None
    return math.degrees(math.atan2(ghg_share, pollutant_share)) % 360


def coordinates(effects: pd.DataFrame, base: Mapping[str, float | str | None]) -> pd.DataFrame:
    """Place measures in the co-control coordinate system.

    Parameters
    ----------
    effects : `COLUMNS`: name; cuts in the units beside them, NaN where not known.
    base : ``pollutant``, ``pollutant_unit``, ``ghg``, ``ghg_unit``: emissions against which shares
        are taken; a value that is None or not above zero gives none.

    Returns
    -------
    `effects` with ``quadrant``, ``pollutant_share_pct``, ``ghg_share_pct``, ``distance_pct``
    (length of the arrow in per cent of the bases), ``angle_deg``, ``elasticity`` and ``reading``.
    The input is left unchanged.

    Raises
    ------
    ValueError : if a column is missing.
    PlanbookError : if a unit does not fit that of its base.
    """
    absent = [name for name in COLUMNS if name not in effects]
    if absent:
        raise ValueError(f"effects lack the column {', '.join(absent)}; give {', '.join(COLUMNS)}")
    rows = []
    for row in effects.to_dict("records"):
        shares = [_share(row, base, key) for key in ("pollutant", "ghg")]
        both = all(_is_known(one) for one in shares)
        # Cuts decide the quadrant, for a base may be missing where the cut is known.
        where = quadrant(row["pollutant_cut"], row["ghg_cut"])
        rows.append(
            {
                "quadrant": where,
                "pollutant_share_pct": shares[0],
                "ghg_share_pct": shares[1],
                "distance_pct": math.hypot(*shares) if both else np.nan,
                "angle_deg": angle_deg(*shares) if both else None,
                "elasticity": elasticity(*shares) if both else None,
                "reading": reading(*shares),
            }
        )
    found = pd.DataFrame(rows, index=effects.index)
    numbers = ["pollutant_share_pct", "ghg_share_pct", "distance_pct", "angle_deg", "elasticity"]
    if not found.empty:
        found[numbers] = found[numbers].astype("float64")
    return pd.concat([effects, found], axis=1)


def without_other_years(
    placed: pd.DataFrame, vintages: Mapping[str, Collection[int]], base_year: int | None
) -> pd.DataFrame:
    """Take back elasticity and angle where a factor is of another year than the base.

    Shares of a base of other years hold the change of the whole fleet between the two, so
    that their quotient says nothing of the measure.

    Parameters
    ----------
    placed : as of `coordinates`.
    vintages : name → years of its emission factors.

    Returns
    -------
    With the reading ``other_years`` in place of a comparison; in quadrants that have none, the
    reading stays. The input is unchanged.
    """
    if placed.empty:
        return placed.copy()
    mixed = np.array(
        [bool(set(vintages.get(name, ())) - {base_year}) for name in placed["name"]], dtype=bool
    )
    found = placed.copy()
    found.loc[mixed & placed["elasticity"].notna().to_numpy(dtype=bool), "reading"] = "other_years"
    found.loc[mixed, ["elasticity", "angle_deg"]] = np.nan
    return found


def _share(row: Mapping, base: Mapping, key: str) -> float:
    whole, cut = base.get(key), row[f"{key}_cut"]
    if not _is_known(whole) or not whole > 0 or not _is_known(cut):
        return math.nan
    return 100 * cut * units.factor(row[f"{key}_unit"], base[f"{key}_unit"]) / whole


def what_if(
    changes_pct: Mapping[str, float],
    base: pd.DataFrame,
    weights_kg: Mapping[str, float],
) -> pd.DataFrame:
    """Say what a change of activities does to CO2 and to pollutant equivalents.

    Parameters
    ----------
    changes_pct : activity → change in per cent, from -100; −5 cuts it by a twentieth.
    base : one row for each activity and substance: ``activity``, ``substance`` (``co2`` or a
        pollutant of `weights_kg`), ``amount``, ``unit`` (a mass). A blank amount is not known.
    weights_kg : kilograms of each pollutant that count as one equivalent.

    Returns
    -------
    One row for each activity in the order of `changes_pct` and a last row ``total``: ``name``,
    ``change_pct``, ``pollutant_cut``, ``pollutant_unit`` (``1e3 eq``), ``ghg_cut``, ``ghg_unit``
    (``kt``), ``is_partial`` and the columns of `coordinates`. A cut is NaN where the base has no
    amount. The total sums what is known; it is partial, and has no elasticity, where a changed
    activity lacks one side.

    Raises
    ------
    ValueError : if a change is not a number or below -100 per cent.

    Notes
    -----
    Emission moves in proportion to the activity, at constant factors. Of a single
    activity both substances move by the same per cent; shares are therefore taken
    against the sum over all activities of the base of which both sides are known.
    """
    for name, change in changes_pct.items():
        if not _is_known(change) or change < -100:
            raise ValueError(f"change of {name}: {change} %; give a number from -100 up")
    mass = base.dropna(subset=["amount"])
    carbon = mass[mass["substance"] == "co2"]
    carbon_kt = _sum_by_activity(
        carbon.assign(value=carbon["amount"] * [units.factor(one, "kt") for one in carbon["unit"]])
    )
    pollutants = equivalents(
        mass[mass["substance"] != "co2"].rename(columns={"substance": "pollutant"}), weights_kg
    ).dropna(subset=["equivalents"])
    thousand = _sum_by_activity(pollutants.assign(value=pollutants["equivalents"] / 1000))
    rows = [
        {
            "name": name,
            "change_pct": float(change),
            "pollutant_cut": -change / 100 * thousand.get(name, np.nan) + 0.0,
            "ghg_cut": -change / 100 * carbon_kt.get(name, np.nan) + 0.0,
        }
        for name, change in changes_pct.items()
    ]
    frame = pd.DataFrame(rows, columns=["name", "change_pct", "pollutant_cut", "ghg_cut"])
    sides = ["pollutant_cut", "ghg_cut"]
    lacks = frame[sides].isna().any(axis=1)
    total = {"name": "total", "change_pct": np.nan, **frame[sides].sum(min_count=1)}
    frame = pd.concat([frame, pd.DataFrame([total])], ignore_index=True)
    frame = frame.assign(pollutant_unit="1e3 eq", ghg_unit="kt")
    both = [name for name in carbon_kt.index if name in thousand.index]
    whole: dict[str, float | str | None] = {
        "pollutant": float(thousand[both].sum()),
        "pollutant_unit": "1e3 eq",
        "ghg": float(carbon_kt[both].sum()),
        "ghg_unit": "kt",
    }
    is_partial = bool((lacks & (frame["change_pct"].iloc[:-1] != 0)).any())
    found = coordinates(frame, whole).assign(is_partial=[*lacks, is_partial])
    numbers = ["pollutant_share_pct", "ghg_share_pct", "distance_pct", "angle_deg", "elasticity"]
    found[numbers] = found[numbers].mask(found["is_partial"])
    found.loc[found["is_partial"], "reading"] = "unknown"
    return found


def _sum_by_activity(rows: pd.DataFrame) -> pd.Series:
    return rows.groupby("activity", sort=False)["value"].sum().astype("float64")
