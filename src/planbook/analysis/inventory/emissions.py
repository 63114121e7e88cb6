"""Activity times factor: the emissions of each line, gas by gas, and the factors behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from planbook.analysis.inventory.activity import Activity, Variable
from planbook.data.factor_library import Library
from planbook.data.factor_records import GJ_PER_TCE, ActivityFactor, Fuel, FuelUse

# mass of gas in t per unit of the factor, and what the factor is given per
FACTOR_UNITS = {
    "t/t": (1.0, "t"),
    "kg/t": (1e-3, "t"),
    "kg/head": (1e-3, "head"),
    "t/MWh": (1.0, "MWh"),
    "kg/TJ": (1e-3, "TJ"),
}
# bounds of a fuel without its own: the relative ones of this fuel of the default world set
BOUNDS_FROM = {"raw_coal": "bituminous"}
WORLD = "ipcc_2006"
COLUMNS = [
    "line", "kind", "activity", "year", "amount_activity", "per", "gas", "component", "factor",
    "amount", "unit", "co2e", "status", "factor_set", "sources", "variables",
]  # fmt: skip


def fuel_factors(library: Library) -> pd.DataFrame:
    """List what each fuel gives off by each set.

    Columns ``factor_set``, ``fuel``, ``unit``, ``heat`` (GJ per unit), ``carbon`` (tC/TJ),
    ``oxidation`` and ``co2`` (t per unit): heat x carbon x oxidation x 44/12.
    """
    return pd.DataFrame(
        [
            {
                "factor_set": one.factor_set,
                "fuel": one.fuel,
                "unit": one.unit,
                "heat": one.heat,
                "carbon": one.carbon,
                "oxidation": one.oxidation,
                "co2": one.co2,
            }
            for one in library.fuels
        ]
    )


def emissions(
    activity: Mapping[str, Sequence[Activity]],
    library: Library,
    *,
    factor_set: str | None = None,
    regions: Collection[str] = (),
    metric: str | None = None,
    horizon: int | None = None,
) -> pd.DataFrame:
    """Multiply activity by factors.

    Parameters
    ----------
    activity : by line, as from `planbook.analysis.inventory.activity.activities`.
    factor_set : set to compute with; the library's default.
    regions : entities whose own factors come before those that hold everywhere.
    metric, horizon : warming metric; the book's by default.

    Returns
    -------
    One row a line, activity, gas and component: ``amount`` in t of the gas (``unit``), ``co2e`` in
    t of CO2 equivalent, ``factor`` in t of the gas per ``per``, ``status`` (``final`` for published
    activity, ``modelled`` for a scaled one), the set and sources of the factor, and the uncertain
    numbers in it (``variables``).
    """
    chosen = factor_set or library.default
    uses = {one.activity: one for one in library.uses}
    rows = []
    for line, known in activity.items():
        others = library.factors_of(chosen, line, regions)
        for one in known:
            use = uses.get(one.indicator)
            fuels = library.fuels_of(chosen, use) if use else ()
            if use and fuels:
                rows.append(_burnt(one, use, fuels, library))
            for factor in others:
                if factor.activity == one.indicator:
                    rows.append(_other(one, factor, fuels))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    warming = frame["gas"].map(lambda gas: library.warming(gas, metric, horizon))
    return frame.assign(co2e=frame["amount"] * warming.astype(float))


def _row(one: Activity, gas: str, component: str, factor: float, **more: object) -> dict:
    return {
        "line": one.line,
        "kind": one.kind,
        "activity": one.indicator,
        "year": one.figure.year,
        "amount_activity": one.amount,
        "per": one.per,
        "gas": gas,
        "component": component,
        "factor": factor,
        "amount": one.amount * factor,
        "unit": "t",
        "status": "final" if one.kind == "published" else "modelled",
        **more,
    }


def _burnt(one: Activity, use: FuelUse, fuels: Sequence[Fuel], library: Library) -> dict:
    per_heat = one.per == "TJ"
    values = [fuel.co2_per_heat if per_heat else fuel.co2 for fuel in fuels]
    if use.mixed:
        central = (min(values) + max(values)) / 2
        name = "mix:" + "+".join(sorted(use.fuels))
        own: tuple[Variable, ...]
        own = (Variable(name, min(values) / central, max(values) / central, "uniform"),)
    else:
        central = values[0]
        own = fuel_variables(fuels[0], library, with_heat=not per_heat)
    return _row(
        one,
        "CO2",
        "burning",
        central,
        factor_set=fuels[0].factor_set,
        sources=tuple(dict.fromkeys(fuel.source for fuel in fuels)),
        variables=(*one.variables, *own),
    )


def fuel_variables(fuel: Fuel, library: Library, *, with_heat: bool) -> tuple[Variable, ...]:
    """Say how uncertain a fuel's carbon and heat are.

    A fuel without bounds of its own borrows the relative ones of the world defaults.
    """
    world = library.fuel(WORLD, BOUNDS_FROM.get(fuel.fuel, fuel.fuel))
    found = []
    for part in ("carbon", "heat") if with_heat else ("carbon",):
        for source in (fuel, world):
            low = getattr(source, f"{part}_low", None)
            if low is not None:
                value, high = getattr(source, part), getattr(source, f"{part}_high")
                name = f"{part}:{fuel.fuel}"
                found.append(Variable(name, low / value, high / value, "normal"))
                break
    return tuple(found)


def _other(one: Activity, factor: ActivityFactor, fuels: Sequence[Fuel]) -> dict:
    mass, per = FACTOR_UNITS[factor.unit]
    value = factor.factor * mass
    if per == "TJ" and one.per != "TJ":
        value *= fuels[0].heat / 1000 if fuels else float("nan")  # GJ per unit of fuel to TJ
    variables = one.variables
    if factor.low is not None and factor.high is not None and factor.factor > 0:
        name = f"factor:{factor.line}:{factor.activity}:{factor.gas}:{factor.component}"
        own = Variable(
            name,
            factor.low / factor.factor,
            factor.high / factor.factor,
            factor.distribution,
        )
        variables = (*variables, own)
    return _row(
        one,
        factor.gas,
        factor.component,
        value,
        factor_set=factor.factor_set,
        sources=(factor.source,),
        variables=variables,
    )


def by_line(frame: pd.DataFrame) -> pd.DataFrame:
    """Add up the rows of `emissions` by line.

    Index ``line`` in the order of the rows; columns ``kind``, ``year``, ``co2e`` (t CO2 equivalent)
    and ``co2`` (t of CO2 alone).
    """
    co2 = frame["amount"].where(frame["gas"] == "CO2", 0.0)
    grouped = frame.assign(co2=co2).groupby("line", sort=False)
    return grouped.agg(
        kind=("kind", "first"), year=("year", "max"), co2e=("co2e", "sum"), co2=("co2", "sum")
    )


def swap(
    activity: Mapping[str, Sequence[Activity]],
    library: Library,
    *,
    regions: Collection[str] = (),
) -> pd.DataFrame:
    """Compute every line with each set of factors.

    Columns ``line``, ``factor_set``, ``co2e`` (t), ``per_activity`` (t CO2e per unit), ``per``,
    ``own`` (whether a factor of the line is the set's own and not one that it falls back on) and
    ``difference_pct`` from the library's default set.
    """
    rows = []
    for name in library.compared:
        frame = emissions(activity, library, factor_set=name, regions=regions)
        for line, part in frame.groupby("line", sort=False):
            activity_sum = part.drop_duplicates("activity")["amount_activity"].sum()
            rows.append(
                {
                    "line": line,
                    "factor_set": name,
                    "co2e": part["co2e"].sum(),
                    "per_activity": part["co2e"].sum() / activity_sum if activity_sum else 0.0,
                    "per": part["per"].iloc[0],
                    "own": bool((part["factor_set"] == name).any()),
                }
            )
    found = pd.DataFrame(rows, columns=["line", "factor_set", "co2e", "per_activity", "per", "own"])
    base = found[found["factor_set"] == library.default].set_index("line")["co2e"]
    reference = found["line"].map(base)
    difference = 100 * (found["co2e"] / reference - 1)
    return found.assign(difference_pct=difference.where(reference != 0))


def pollutants(
    activity: Mapping[str, Sequence[Activity]],
    library: Library,
    equivalents: Mapping[str, float | None],
) -> pd.DataFrame:
    """Estimate air pollutants from the same activity as the CO2.

    Columns ``line``, ``pollutant``, ``amount``, ``low``, ``high`` (t), ``equivalents`` (thousands
    of pollutant equivalents), ``standard``, ``source``. `equivalents`: kilograms of a pollutant
    that count as one pollutant equivalent.
    """
    uses = {one.activity: one for one in library.uses}
    conversion = {one.line: one.conversion for one in library.loads if one.conversion}
    rows = []
    for factor in library.pollutants:
        for one in activity.get(factor.line, ()):
            if one.indicator != factor.activity:
                continue
            units = one.amount
            if factor.unit == "g/kWh":
                heat = _heat_tj(one, uses, library)
                units = heat * 1000 / GJ_PER_TCE * 1000 / conversion[factor.line]  # MWh
            tonnes = [units * value / 1000 for value in (factor.factor, factor.low, factor.high)]
            weight = equivalents.get(factor.pollutant)
            rows.append(
                {
                    "line": factor.line,
                    "pollutant": factor.pollutant,
                    "amount": tonnes[0],
                    "low": tonnes[1],
                    "high": tonnes[2],
                    "equivalents": tonnes[0] / weight if weight else float("nan"),
                    "standard": factor.standard,
                    "source": factor.source,
                }
            )
    columns = [
        "line", "pollutant", "amount", "low", "high", "equivalents", "standard", "source",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _heat_tj(one: Activity, uses: Mapping[str, FuelUse], library: Library) -> float:
    if one.per == "TJ":
        return one.amount
    fuels = library.fuels_of(library.default, uses[one.indicator])
    return one.amount * fuels[0].heat / 1000
