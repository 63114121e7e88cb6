"""From published series to what decoupling and decomposition compute with.

Nothing is joined across a break in a definition and nothing is filled in: where a level has
no figure, the year is left out, and what is missing is named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from planbook.analysis.drivers.decomposition import (
    COLUMNS,
    KAYA,
    WITHOUT_ENERGY,
    chain_of_ratios,
    decompose,
    over,
)
from planbook.analysis.drivers.decoupling import CONSTANT, chain_index, plan_spans
from planbook.data.series import Series, segments

SeriesOf = Callable[[str], Series]  # indicator → its series in one place
# GDP at constant prices, the best first: as a level, as an index on the year before, as growth.
REAL_GDP = ("gdp_real", "gdp_index", "gdp_growth_real")
POPULATION = "population_resident"
ENERGY = "energy_consumption_total"
# Two national estimates whose ratio is the population, as the catalogue defines the second.
PER_HEAD = {"co2_emissions_total": "co2_emissions_per_capita"}
ENERGY_PER_GDP = "energy_intensity_ppp"  # at constant prices; times GDP it is energy use
# Energy with fewer of the other levels' years would hide most of the history.
LEAST_SHARE_ENERGY = 0.5
BY_ENERGY = ("energy", "co2_per_energy")  # the two factors of `sectors`
ALL = "all"  # all sectors together
OTHER = "other"  # what a total holds beyond the sectors that are shown


def joined(series: Series) -> pd.DataFrame:
    """Give the points of a series, cut where its definition breaks.

    Columns ``year, value, unit, prices, segment``. A year that is only left out (`gap` of the
    catalogue) begins no new segment.
    """
    meta, points = series.indicator, series.points.sort_index()
    return pd.DataFrame(
        {
            "year": points.index.astype("int64"),
            "value": points.to_numpy(dtype=float),
            "unit": meta.unit,
            "prices": meta.prices or "",
            "segment": segments(meta, series.entity, points.index, gaps=False),
        }
    )


def real_gdp(series_of: SeriesOf) -> tuple[pd.DataFrame, Series] | None:
    """Find gross domestic product at constant prices, or chain it from growth.

    Returns
    -------
    frame : columns ``year, value, unit, prices, segment``.
    series : what it comes from. None in place of both where no growth at constant prices is known;
        figures at current prices are never used.
    """
    for name in REAL_GDP:
        series = series_of(name)
        if series.indicator.prices != CONSTANT or len(series.points) < 1:
            continue
        frame = joined(series)
        if series.indicator.kind == "index":
            frame = chain_index(frame.assign(value=frame["value"] - 100))
        elif series.indicator.kind == "change":
            frame = chain_index(frame)
        if len(frame) > 1:
            return frame, series
    return None


@dataclass(frozen=True)
class Levels:
    """Population, GDP, energy and CO2 of one place, ready to be decomposed."""

    frame: pd.DataFrame  # columns ``year, level, value, unit``: only years that have every level
    parts: list[list[int]]  # these years, one list for each run without a break
    used: tuple[Series, ...]  # what the levels come from
    missing: tuple[str, ...]  # indicators that are not known, or too short to use

    @property
    def identity(self) -> dict[str, str]:
        """Each level and the factor that leads to it, with energy where it is known."""
        return KAYA if "energy" in set(self.frame["level"]) else WITHOUT_ENERGY

    @property
    def factors(self) -> list[str]:
        """Names of the factors, in the order of the identity."""
        return list(self.identity.values())

    def effects(self) -> pd.DataFrame:
        """Decompose from year to year within each part; as of `decompose`."""
        unit = self.frame.loc[self.frame["level"] == "co2", "unit"]
        found = [
            decompose(
                chain_of_ratios(self.frame[self.frame["year"].isin(years)], self.identity),
                unit=str(unit.iloc[0]),
            )
            for years in self.parts
        ]
        return pd.concat(found, ignore_index=True)


def levels(series_of: SeriesOf, carbon: str) -> Levels | None:
    """Collect what Kaya's identity needs of one place.

    With energy where it is known for at least half of the other years. None where CO2, population
    or real GDP leave no two years of one definition; `wanted` names them. `carbon`: indicator of
    CO2.
    """
    co2 = series_of(carbon)
    output = real_gdp(series_of)
    people = _population(series_of, carbon)
    if not len(co2) or output is None or people is None:
        return None
    found = {"population": people[0], "gdp": output[0], "co2": joined(co2)}
    used = [co2, people[1], output[1]]
    base = _parts(found)
    if not base:
        return None
    energy = _energy(series_of, output)
    missing: tuple[str, ...] = (ENERGY,)
    if energy is not None:
        with_energy = {**found, "energy": energy[0]}
        parts = _parts(with_energy)
        if sum(map(len, parts)) >= LEAST_SHARE_ENERGY * sum(map(len, base)):
            found, base, missing = with_energy, parts, ()
            used.append(energy[1])
    years = [year for part in base for year in part]
    rows = [
        frame[frame["year"].isin(years)].assign(level=level)[["year", "level", "value", "unit"]]
        for level, frame in found.items()
    ]
    return Levels(pd.concat(rows, ignore_index=True), base, tuple(used), missing)


def wanted(series_of: SeriesOf, carbon: str) -> list[str]:
    """Name what is missing for `levels`, as indicators; energy, which it can do without, last."""
    absent = [] if len(series_of(carbon)) else [carbon]
    if _population(series_of, carbon) is None:
        absent.append(POPULATION)
    output = real_gdp(series_of)
    if output is None:
        absent.append(REAL_GDP[0])
    if output is None or _energy(series_of, output) is None:
        absent.append(ENERGY)
    return absent


def _population(series_of: SeriesOf, carbon: str) -> tuple[pd.DataFrame, Series] | None:
    residents = series_of(POPULATION)
    if len(residents.points) > 1:
        return joined(residents), residents
    if carbon in PER_HEAD and len(series_of(PER_HEAD[carbon]).points) > 1:
        per_head = series_of(PER_HEAD[carbon])
        both = joined(series_of(carbon)).merge(joined(per_head), on="year", suffixes=("", "_head"))
        value = both["value"] / both["value_head"]  # Mt over t a head: millions
        segment = both["segment"] + both["segment_head"]  # a break of either is one
        return both.assign(value=value * 100, unit="1e4 persons", segment=segment), per_head
    return None


def _energy(
    series_of: SeriesOf, output: tuple[pd.DataFrame, Series]
) -> tuple[pd.DataFrame, Series] | None:
    """Find energy use: published, else energy per GDP times real GDP."""
    total = series_of(ENERGY)
    frame = joined(total)
    sizes = frame.groupby("segment")["year"].transform("size")
    if len(total.points) > 1 and (sizes >= LEAST_SHARE_ENERGY * len(output[0])).any():
        return frame, total
    intensity = series_of(ENERGY_PER_GDP)
    if len(intensity.points) > 1:
        return energy_from_intensity(joined(intensity), output[0]), intensity
    return (frame, total) if sizes.gt(1).any() else None


def energy_from_intensity(intensity: pd.DataFrame, gdp: pd.DataFrame) -> pd.DataFrame:
    """Multiply energy per GDP by GDP, both at constant prices, to an index of energy use.

    Columns ``year, value, unit, segment``: 100 in the first common year. Only its changes mean
    something, since the two are in different money. `intensity` and `gdp`: as of `joined` and
    `real_gdp`.
    """
    both = intensity.merge(gdp, on="year", suffixes=("", "_gdp")).sort_values("year")
    value = both["value"] * both["value_gdp"]
    return pd.DataFrame(
        {
            "year": both["year"],
            "value": value / value.iloc[0] * 100 if len(value) else value,
            "unit": "index",
            "segment": both["segment"] + both["segment_gdp"],
        }
    )


def _parts(found: dict[str, pd.DataFrame]) -> list[list[int]]:
    """List the years that all levels have, one list for each run without a break."""
    columns = [
        frame[frame["value"] > 0].set_index("year")["segment"].rename(level)
        for level, frame in found.items()
    ]
    together = pd.concat(columns, axis=1, join="inner").sort_index()
    runs = together.groupby(list(together), sort=True).groups.values() if len(together) else []
    return [[int(year) for year in years] for years in runs if len(years) > 1]


def by_plan(effects: pd.DataFrame, parts: Sequence[Sequence[int]]) -> pd.DataFrame:
    """Add up chained effects over the national five-year plans.

    The columns of `effects` with the number of the ``plan`` in front.
    """
    rows = [over(effects, *span).assign(plan=plan) for plan, span in plan_spans(parts)]
    found = pd.concat(rows, ignore_index=True)
    return found[["plan", *effects.columns]]


def by_part(effects: pd.DataFrame, parts: Sequence[Sequence[int]]) -> pd.DataFrame:
    """Add up chained effects over each run of years without a break."""
    rows = [over(effects, years[0], years[-1]) for years in parts]
    return pd.concat(rows, ignore_index=True)


@dataclass(frozen=True)
class Sectors:
    """CO2 of sectors as energy use times CO2 per unit of energy use."""

    # as of `decompose`, added up over each run of years without a break; factors ``energy`` and
    # ``co2_per_energy``, sectors by indicator, and `OTHER`
    effects: pd.DataFrame
    parts: list[list[int]]
    used: tuple[Series, ...]


def sectors(
    series_of: SeriesOf, total: str, names: Sequence[str], activity: str = ENERGY
) -> Sectors | None:
    """Decompose the CO2 of sectors by the place's energy use and CO2 per unit of it.

    Parameters
    ----------
    total : indicator of all CO2; what the sectors leave of it becomes `OTHER`.
    names : indicators of CO2 by sector that do not overlap, in the unit of `total`.
    activity : the activity that drives all sectors alike; energy use by default. GDP at current
        prices would count a rise of prices as activity.

    Returns
    -------
    None where no two years of one definition have every series.

    Raises
    ------
    ValueError : if sectors add up to more than the total: they overlap or do not belong together.
    """
    series = {name: series_of(name) for name in (total, *names, activity)}
    if not all(len(one.points) > 1 for one in series.values()):
        return None
    found = {name: joined(one) for name, one in series.items()}
    parts = _parts(found)
    if not parts:
        return None
    values = {name: frame.set_index("year")["value"] for name, frame in found.items()}
    made = []
    for years in parts:
        emitted = pd.DataFrame({name: values[name].loc[years] for name in names})
        emitted[OTHER] = values[total].loc[years] - emitted.sum(axis=1)
        for year, rest in emitted[OTHER].items():
            if rest < 0:
                raise ValueError(
                    f"{total}, {year}: the sectors add up to {-rest:g} more than the total; "
                    "leave out those that overlap"
                )
        made.append(_two_factors(emitted, values[activity].loc[years], series, total, activity))
    effects = pd.concat(
        [decompose(one, unit=series[total].indicator.unit) for one in made], ignore_index=True
    )
    return Sectors(by_part(effects, parts), parts, tuple(series.values()))


def over_sectors(effects: pd.DataFrame) -> pd.DataFrame:
    """Add up the effects of all sectors, span by span; columns as of `decompose`."""
    keys = ["first_year", "last_year", "factor", "unit"]
    total = effects.groupby(keys, sort=False)["effect"].sum().reset_index()
    return total.assign(sector=ALL)[list(effects.columns)]


def _two_factors(
    emitted: pd.DataFrame,
    drive: pd.Series,
    series: dict[str, Series],
    total: str,
    activity: str,
) -> pd.DataFrame:
    units = series[activity].indicator.unit, series[total].indicator.unit
    rows = []
    for sector in emitted:
        for year, value in emitted[sector].items():
            rows.append((year, sector, BY_ENERGY[0], float(drive[year]), units[0]))
            ratio = float(value / drive[year])
            rows.append((year, sector, BY_ENERGY[1], ratio, f"{units[1]} per {units[0]}"))
    return pd.DataFrame(rows, columns=COLUMNS)
