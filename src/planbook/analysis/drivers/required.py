"""What would have to move to meet a target for emissions per unit of GDP: arithmetic, no forecast.

With I = C / G (emissions over GDP at constant prices), base year b, latest year t, deadline T,
n = T − t and a target change of τ per cent, the target allows I* = I_b · (1 + τ/100). Written
g_x for the average yearly rate of x from b to t (the recent past):

- CO2 per GDP must change by (I* / I_t)^(1/n) − 1 a year, whatever GDP does.
- With GDP growing at g_G, the target allows C* = I* · G_t · (1 + g_G)^n, and emissions must
  change by (C* / C_t)^(1/n) − 1 a year.
- With emissions moving at g_C, GDP must grow by (C_t (1 + g_C)^n / (I* G_t))^(1/n) − 1 a year.
- Where energy E is known, I = (E/G) · (C/E): one of the two must move by
  (1 + rate of I) / (1 + g of the other) − 1.

Population and GDP per head multiply both C and G, so that neither can meet such a target.

A pace since b can hide that all of it fell in one year. Where figures allow, everything is
worked out a second time with the pace of the latest two years (three, where the year between
has no figure).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

RATES = [
    "quantity", "recent_pct", "needed_pct", "latest_pct", "needed_latest_pct", "held", "unit",
]  # fmt: skip
LATEST_YEARS = (2, 3)  # length of the latest window, the first that has a figure


@dataclass(frozen=True)
class Requirement:
    """What a target for emissions per unit of GDP asks for from the latest year on."""

    base_year: int
    latest_year: int
    deadline: int
    # asked_pct, reached_pct: change of the intensity since the base year, in per cent: asked for at
    # the deadline, and reached in the latest year
    asked_pct: float
    reached_pct: float
    # allowed, at_recent_pace, latest: emissions: that the target allows at the deadline, if GDP
    # goes on as in the recent past; that the recent pace of emissions would give; of the latest
    # year
    allowed: float
    at_recent_pace: float
    latest: float
    gdp_at_deadline: float  # GDP at the deadline at its recent pace
    unit: str
    gdp_unit: str
    # columns ``quantity`` (``co2_per_gdp``, ``co2``, ``gdp``, ``energy_per_gdp``,
    # ``co2_per_energy``, ``population``, ``gdp_per_head``), ``recent_pct`` and ``needed_pct``
    # (yearly change; NaN where nothing could do it), ``latest_pct`` and ``needed_latest_pct`` (the
    # same with the latest years in place of all since the base; NaN without such a window),
    # ``held`` (what goes on as in the recent past meanwhile, empty for nothing), ``unit`` (``%/a``)
    rates: pd.DataFrame
    # first year of the latest window; None where it would be no shorter than the years since the
    # base year
    latest_first: int | None
    # ends_pct, ends_latest_pct: change of the intensity since the base year at the deadline, at the
    # pace since the base and at that of the latest window
    ends_pct: float
    ends_latest_pct: float | None

    def meets(self, change_pct: float) -> bool:
        """Whether a change since the base year is as large as asked for."""
        return change_pct <= self.asked_pct if self.asked_pct < 0 else change_pct >= self.asked_pct

    @property
    def paces_disagree(self) -> bool:
        """Whether the pace since the base and the latest one give different answers."""
        return self.ends_latest_pct is not None and self.meets(self.ends_pct) != self.meets(
            self.ends_latest_pct
        )

    @property
    def is_reached(self) -> bool:
        """Whether the latest year already meets the target."""
        return self.meets(self.reached_pct)


def required(
    levels: pd.DataFrame, *, base_year: int, asked_pct: float, deadline: int
) -> Requirement:
    """Work out what would have to move from the latest year to the deadline.

    Parameters
    ----------
    levels : columns ``year, level, value, unit``; levels ``co2``, ``gdp`` (at constant prices),
        and, if known, ``population`` and ``energy``. Within one definition.
    asked_pct : change of CO2 per GDP that the target asks for, per cent; above −100.

    Raises
    ------
    ValueError : if the base year is unknown, no later year is known, the deadline is not after the
        latest year, a value is not above zero, or `asked_pct` leaves nothing.

    Notes
    -----
    Formulas at the head of this module; methods page, "What would have to move".
    """
    wide, known = _checked(levels, base_year, asked_pct, deadline)
    latest = int(known.index.max())
    units = levels.groupby("level")["unit"].first()
    years = deadline - latest
    intensity = {year: wide.at[year, "co2"] / wide.at[year, "gdp"] for year in known.index}
    aim = float(intensity[base_year]) * (1 + asked_pct / 100)
    need = (aim / intensity[latest]) ** (1 / years)
    since = _paces(wide, base_year, latest, need)
    first = next(
        (
            latest - gone
            for gone in LATEST_YEARS
            if latest - gone > base_year
            and latest - gone in known.index
            and (known.loc[latest - gone] > 0).all()
        ),
        None,
    )
    newest = None if first is None else _paces(wide, first, latest, need)
    nan = float("nan")
    rows = []
    for name, (pace, wanted, held) in since.items():
        own = (nan, nan, "") if newest is None else newest.get(name, (nan, nan, ""))
        shown = [(one - 1) * 100 for one in (pace, wanted, *own[:2])]
        rows.append((name, *shown, held, "%/a"))
    rates = pd.DataFrame(rows, columns=RATES)

    def ends(pace: float) -> float:
        return float((intensity[latest] * pace**years / intensity[base_year] - 1) * 100)

    gdp_then = float(wide.at[latest, "gdp"]) * since["gdp"][0] ** years
    co2_then = float(wide.at[latest, "co2"]) * since["co2"][0] ** years
    return Requirement(
        base_year=base_year,
        latest_year=latest,
        deadline=deadline,
        asked_pct=asked_pct,
        reached_pct=float(intensity[latest] / intensity[base_year] - 1) * 100,
        allowed=aim * gdp_then,
        at_recent_pace=co2_then,
        latest=float(wide.at[latest, "co2"]),
        gdp_at_deadline=gdp_then,
        unit=str(units["co2"]),
        gdp_unit=str(units["gdp"]),
        rates=rates,
        latest_first=first,
        ends_pct=ends(since["co2_per_gdp"][0]),
        ends_latest_pct=None if newest is None else ends(newest["co2_per_gdp"][0]),
    )


def _checked(
    levels: pd.DataFrame, base_year: int, asked_pct: float, deadline: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the levels by year, and the years of both CO2 and GDP; refuse as `required` says."""
    if not asked_pct > -100:
        raise ValueError(f"a change of {asked_pct} % leaves no emissions; give one above −100")
    wide = levels.pivot(index="year", columns="level", values="value").sort_index()
    for level in ("co2", "gdp"):
        if level not in wide:
            raise ValueError(f"level '{level}' is missing; add it")
    known = wide[["co2", "gdp"]].dropna()
    if base_year not in known.index:
        raise ValueError(f"{base_year}: no figure of the base year; nothing to start from")
    latest = int(known.index.max())
    if latest <= base_year:
        raise ValueError(f"{base_year}: no later year is known, so there is no recent past")
    if deadline <= latest:
        raise ValueError(
            f"deadline {deadline}: not after the latest year {latest}; judge, not plan"
        )
    if not (known.loc[[base_year, latest]] > 0).to_numpy().all():
        raise ValueError("emissions or GDP are zero or below; rates need values above zero")
    return wide, known


def _paces(
    wide: pd.DataFrame, first: int, last: int, need: float
) -> dict[str, tuple[float, float, str]]:
    """Give each quantity its yearly factor over a window, the factor needed, and what is held."""

    def recent(level: str) -> float:
        return float(wide.at[last, level] / wide.at[first, level]) ** (1 / (last - first))

    carbon, output = recent("co2"), recent("gdp")
    found = {
        "co2_per_gdp": (carbon / output, need, ""),
        "co2": (carbon, need * output, "gdp"),
        "gdp": (output, carbon / need, "co2"),
    }
    has = {
        level
        for level in ("energy", "population")
        if level in wide and wide.loc[[first, last], level].gt(0).all()
    }
    if "energy" in has:
        use = recent("energy")
        per_gdp, per_energy = use / output, carbon / use
        found["energy_per_gdp"] = (per_gdp, need / per_energy, "co2_per_energy")
        found["co2_per_energy"] = (per_energy, need / per_gdp, "energy_per_gdp")
    if "population" in has:
        people, none = recent("population"), float("nan")
        found["population"] = (people, none, "")
        found["gdp_per_head"] = (output / people, none, "")
    return found
