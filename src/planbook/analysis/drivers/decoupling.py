"""Decoupling of emissions from growth: Tapio's elasticity and its states.

Boundary rule of this book, since publications differ at the borders: coupling holds its
borders (0.8 ≤ e ≤ 1.2); a quantity that did not move (e = 0) is weakly decoupled where GDP
grew and weakly negative where it fell; where GDP did not move at all there is no elasticity
and the state is `no_growth`, none of the eight.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

import pandas as pd

LOW, HIGH = 0.8, 1.2  # borders of coupling; Tapio 2005, doi 10.1016/j.tranpol.2005.01.001
ROUNDING = 1e-9  # an elasticity this close to a border stands on it, relative
SMALL_GROWTH_PCT = 1.0  # below it (either way) an elasticity says little; this book's own line
NO_GROWTH = "no_growth"
# From best to worst for a growing economy, then for a shrinking one.
STATES = (
    "strong_decoupling",
    "weak_decoupling",
    "expansive_coupling",
    "expansive_negative",
    "recessive_decoupling",
    "recessive_coupling",
    "weak_negative",
    "strong_negative",
    NO_GROWTH,
)
CONSTANT = "constant"  # what the catalogue says of GDP without the movement of prices
COLUMNS = [
    "first_year", "last_year",
    "quantity_first", "quantity_last", "unit",
    "gdp_first", "gdp_last", "gdp_unit",
    "change_pct", "growth_pct", "elasticity", "state",
]  # fmt: skip
PLAN_YEARS = 5
SIXTH_PLAN_END = 1985  # the plans run five calendar years each from the sixth on


def classify(change: float, growth: float) -> tuple[float | None, str]:
    """Give the elasticity of a quantity to GDP, and its state.

    Parameters
    ----------
    change, growth : relative change of the quantity and of GDP at constant prices (0.05: up by 5
        %).

    Returns
    -------
    elasticity : `change` / `growth`, without unit; None where `growth` is zero.
    state : one of `STATES`.

    Raises
    ------
    ValueError : if a change is no finite number.

    Notes
    -----
    Tapio 2005, doi 10.1016/j.tranpol.2005.01.001; borders as the head of this module says.
    """
    if not (math.isfinite(change) and math.isfinite(growth)):
        raise ValueError(f"changes {change} and {growth}: give finite numbers")
    if growth == 0:
        return None, NO_GROWTH
    elasticity = change / growth
    for border in (LOW, HIGH):
        if math.isclose(elasticity, border, rel_tol=ROUNDING):
            elasticity = border
    grows = growth > 0
    if change != 0 and elasticity < 0:
        return elasticity, "strong_decoupling" if grows else "strong_negative"
    if elasticity < LOW:
        return elasticity + 0.0, "weak_decoupling" if grows else "weak_negative"
    if elasticity <= HIGH:
        return elasticity, "expansive_coupling" if grows else "recessive_coupling"
    return elasticity, "expansive_negative" if grows else "recessive_decoupling"


def check_constant_prices(gdp: pd.DataFrame) -> None:
    """Refuse GDP that is not at constant prices.

    `gdp`: with a column ``prices``, as the catalogue has it. Raises `ValueError` if any row is
    not at constant prices, or nobody says at which.
    """
    known = set(gdp["prices"]) if "prices" in gdp else set()
    wrong = sorted(f"'{one}'" for one in known - {CONSTANT})
    if wrong or not known:
        said = ", ".join(wrong) or "nothing"
        raise ValueError(
            f"GDP frame, column 'prices': says {said}, decoupling needs '{CONSTANT}'; use "
            "gdp_real, or gdp_index or gdp_growth_real to chain a volume index"
        )


def decoupling(
    quantity: pd.DataFrame, gdp: pd.DataFrame, spans: Iterable[tuple[int, int]]
) -> pd.DataFrame:
    """Compare the change of a quantity with the growth of GDP over spans of years.

    Parameters
    ----------
    quantity : columns ``year``, ``value``, ``unit``, ``segment``: one row a year, values above
        zero; a new segment begins at each break in the definition.
    gdp : the same with a column ``prices``, which must say ``constant``.
    spans : iterable of (int, int): first and last year of each comparison.

    Returns
    -------
    `COLUMNS`, one row a span: levels with their units, ``change_pct`` and ``growth_pct`` in per
    cent over the whole span, ``elasticity`` (NaN without growth), ``state``.

    Raises
    ------
    ValueError : if GDP is not at constant prices, a value is not above zero, a year is missing or
        stands twice, the units change, or a span crosses a break.
    """
    check_constant_prices(gdp)
    series = {"quantity": _by_year(quantity, "quantity"), "GDP": _by_year(gdp, "GDP")}
    rows = []
    for first, last in spans:
        if not first < last:
            raise ValueError(f"span {first}–{last}: the first year must lie before the last")
        for name, one in series.items():
            for year in (first, last):
                if year not in one.index:
                    raise ValueError(f"{name}, {year}: no value; choose years that both have")
            if one.at[first, "segment"] != one.at[last, "segment"]:
                raise ValueError(
                    f"{name}, {first}–{last}: the series breaks between them; compare within one "
                    "definition only"
                )
        c0, c1 = (float(series["quantity"].at[year, "value"]) for year in (first, last))
        g0, g1 = (float(series["GDP"].at[year, "value"]) for year in (first, last))
        elasticity, state = classify((c1 - c0) / c0, (g1 - g0) / g0)
        rows.append(
            {
                "first_year": first,
                "last_year": last,
                "quantity_first": c0,
                "quantity_last": c1,
                "unit": str(series["quantity"].at[first, "unit"]),
                "gdp_first": g0,
                "gdp_last": g1,
                "gdp_unit": str(series["GDP"].at[first, "unit"]),
                "change_pct": (c1 - c0) / c0 * 100,
                "growth_pct": (g1 - g0) / g0 * 100,
                "elasticity": math.nan if elasticity is None else elasticity,
                "state": state,
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _by_year(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Check a series and index it by year."""
    missing = [column for column in ("year", "value", "unit", "segment") if column not in frame]
    if missing:
        raise ValueError(f"{name} frame: column '{missing[0]}' is missing; add it")
    twice = frame["year"][frame["year"].duplicated()]
    if len(twice):
        raise ValueError(f"{name}, {twice.iloc[0]}: the year stands twice; keep one row")
    if frame["unit"].nunique() > 1:
        raise ValueError(f"{name}: units {', '.join(sorted(set(frame['unit'])))}; convert to one")
    for year, value in zip(frame["year"], frame["value"], strict=True):
        if not (value > 0 and math.isfinite(value)):
            raise ValueError(f"{name}, {year}: {value} is not above zero; a change needs a base")
    return frame.set_index("year").sort_index()


def common_years(quantity: pd.DataFrame, gdp: pd.DataFrame) -> list[list[int]]:
    """List the years that both series have, one list for each unbroken part.

    Ascending; a part with a single year is left out. `quantity` and `gdp`: as for `decoupling`.
    """
    both = quantity.merge(gdp, on="year", suffixes=("", "_gdp")).sort_values("year")
    parts = both.groupby(["segment", "segment_gdp"], sort=True)["year"]
    found = [[int(year) for year in years] for _, years in parts]
    return [years for years in found if len(years) > 1]


def by_year(quantity: pd.DataFrame, gdp: pd.DataFrame) -> pd.DataFrame:
    """Chain `decoupling` from each year to the next that both series have.

    A year that is missing makes one longer span; a break makes none.
    """
    spans = [span for years in common_years(quantity, gdp) for span in pairwise(years)]
    return decoupling(quantity, gdp, spans)


def by_plan(quantity: pd.DataFrame, gdp: pd.DataFrame) -> pd.DataFrame:
    """Compare over the national five-year plans, from the year before each to its end.

    Returns
    -------
    As of `decoupling`, with the number of the ``plan`` in front and the average yearly changes
    ``change_pct_a`` and ``growth_pct_a`` (compound, per cent) at the end, which periods of
    different length do not distort. Where a series begins, breaks or ends inside a plan, its rows
    cover the years there are; a plan with fewer than two years of one definition has no row.
    """
    spans = plan_spans(common_years(quantity, gdp))
    found = decoupling(quantity, gdp, [span for _, span in spans])
    found.insert(0, "plan", [plan for plan, _ in spans])
    years = found["last_year"] - found["first_year"]
    for name in ("change_pct", "growth_pct"):
        found[f"{name}_a"] = ((1 + found[name] / 100) ** (1 / years) - 1) * 100
    return found


def plan_spans(parts: Iterable[Iterable[int]]) -> list[tuple[int, tuple[int, int]]]:
    """Cut unbroken runs of years at the ends of the national five-year plans.

    list of (plan, (first, last)): number of the plan (14: 2021–2025) and the years covered, with
    the year before the plan as the base; ordered by year. `parts`: the years of each unbroken part.
    """
    found = []
    for years in parts:
        known = sorted(years)
        if not known:
            continue
        base = (known[0] - SIXTH_PLAN_END) // PLAN_YEARS * PLAN_YEARS + SIXTH_PLAN_END
        while base < known[-1]:
            within = [year for year in known if base <= year <= base + PLAN_YEARS]
            if len(within) > 1:
                plan = 6 + (base + PLAN_YEARS - SIXTH_PLAN_END) // PLAN_YEARS
                found.append((plan, (within[0], within[-1])))
            base += PLAN_YEARS
    return sorted(found, key=lambda one: one[1])


def chain_index(changes: pd.DataFrame, *, unit: str = "index") -> pd.DataFrame:
    """Chain yearly growth at constant prices to a volume index.

    Parameters
    ----------
    changes : columns ``year``, ``value`` (growth on the year before, per cent), ``prices``; with
        ``segment``, nothing is chained across a break.

    Returns
    -------
    Columns ``year, value, unit, prices, segment``: 100 in the year before the first growth of each
    run of years; a gap begins a new segment. After a break the index begins with 100 in the first
    year of the new definition.

    Raises
    ------
    ValueError : if a growth takes the level to zero or below, or is no number.
    """
    rows, level, before, segment, part = [], 100.0, None, -1, None
    for one in changes.sort_values("year").itertuples():
        own = getattr(one, "segment", None)
        if before is None or one.year != before + 1:
            segment, level = segment + 1, 100.0
            rows.append((int(one.year) - 1, level, segment))
        elif own != part:  # its growth would lead across the break
            segment, level, before, part = segment + 1, 100.0, one.year, own
            rows.append((int(one.year), level, segment))
            continue
        part = own
        if not one.value > -100:
            raise ValueError(f"growth of {one.year}: {one.value} % leaves no GDP; mend the figure")
        level *= 1 + one.value / 100
        rows.append((int(one.year), level, segment))
        before = one.year
    frame = pd.DataFrame(rows, columns=["year", "value", "segment"])
    prices = changes["prices"].iloc[0] if len(changes) else CONSTANT
    return frame.assign(unit=unit, prices=prices)[["year", "value", "unit", "prices", "segment"]]
