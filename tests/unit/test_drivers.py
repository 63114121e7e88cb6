"""From published series to drivers: no break is crossed, nothing is filled in, GDP is real."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from planbook.analysis.drivers import levels as drivers
from planbook.data.catalog import Break, Catalog, Indicator
from planbook.data.city import load
from planbook.data.series import series

TEXT = {"en": "x", "zh": "x"}
UNITS = {
    "gdp_real": "1e8 CNY", "gdp_index": "index", "gdp_growth_real": "%",
    "population_resident": "1e4 persons", "energy_consumption_total": "Mtce",
    "energy_intensity_ppp": "MJ/USD", "co2_emissions_per_capita": "t/person",
}  # fmt: skip
KINDS = {"gdp_index": "index", "gdp_growth_real": "change"}
PRICES = {"gdp_real": "constant", "gdp_index": "constant", "gdp_growth_real": "constant"}
NAMES = (*UNITS, "co2", "co2_emissions_total", "power", "steel")


def of_town(values: dict[str, dict[int, float]], breaks=None, **more):
    """Give the series of an invented town: values by year for each indicator that it has."""
    catalog = {
        name: Indicator(
            id=name, sector="s", title=TEXT, unit=UNITS.get(name, "Mt"), direction="none",
            kind=KINDS.get(name, "amount"), bounds=(None, None), definition=TEXT,
            department="d", prices={**PRICES, **more}.get(name),
            breaks=(breaks or {}).get(name, ()),
        )
        for name in NAMES
    }  # fmt: skip
    rows = [
        dict(indicator=name, entity="town", year=year, value=value, status="final",
             published="", source="s", qualifier="", note="", note_zh="")
        for name, one in values.items()
        for year, value in one.items()
    ]  # fmt: skip
    known = pd.DataFrame(rows)
    return lambda name: series(known, Catalog(catalog, {}), name, "town")


YEARS = (2018, 2019, 2020)
TOWN = {
    "co2": dict(zip(YEARS, (30.0, 33.0, 36.0), strict=True)),
    "gdp_real": dict(zip(YEARS, (100.0, 110.0, 121.0), strict=True)),
    "population_resident": dict(zip(YEARS, (50.0, 50.0, 55.0), strict=True)),
}


def test_three_factors_without_energy_and_four_with_it():
    three = drivers.levels(of_town(TOWN), "co2")
    assert three.factors == ["population", "gdp_per_head", "co2_per_gdp"]
    assert three.missing == ("energy_consumption_total",)
    effects = three.effects()
    assert effects["effect"].sum() == pytest.approx(6)
    assert set(effects["unit"]) == {"Mt"}
    energy = {"energy_consumption_total": dict(zip(YEARS, (10.0, 10.5, 11.0), strict=True))}
    four = drivers.levels(of_town({**TOWN, **energy}), "co2")
    assert four.factors == ["population", "gdp_per_head", "energy_per_gdp", "co2_per_energy"]
    assert four.missing == ()
    assert four.effects()["effect"].sum() == pytest.approx(6)


def test_energy_of_too_few_years_does_not_hide_the_others():
    years = range(2010, 2020)
    town = {name: {year: 10.0 + year - 2010 for year in years} for name in TOWN}
    energy = {"energy_consumption_total": {2018: 5.0, 2019: 5.0}}
    found = drivers.levels(of_town({**town, **energy}), "co2")
    assert found.parts == [list(years)]
    assert found.missing == ("energy_consumption_total",)


def test_a_break_splits_and_a_gap_does_not():
    gap = Break(from_=2020, reason=TEXT, gap=True)
    no_2019 = {2018: 50.0, 2020: 55.0}
    town = {**TOWN, "population_resident": no_2019}
    joined = drivers.levels(of_town(town, {"population_resident": (gap,)}), "co2")
    assert joined.parts == [[2018, 2020]]
    cut = Break(from_=2020, reason=TEXT)
    assert drivers.levels(of_town(TOWN, {"co2": (cut,)}), "co2").parts == [[2018, 2019]]
    assert drivers.levels(of_town(town, {"population_resident": (cut,)}), "co2") is None


@pytest.mark.parametrize(
    ("absent", "named"),
    [
        ("co2", "co2"), ("gdp_real", "gdp_real"), ("population_resident", "population_resident"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(absent, named):
    town = of_town({name: one for name, one in TOWN.items() if name != absent})
    assert drivers.levels(town, "co2") is None
    assert drivers.wanted(town, "co2") == [named, "energy_consumption_total"]


def test_gdp_at_current_prices_never_serves():
    town = of_town(TOWN, gdp_real="current")
    assert drivers.real_gdp(town) is None
    assert drivers.levels(town, "co2") is None


def test_an_index_or_growth_is_chained_where_no_level_is_known():
    index = of_town({"gdp_index": {2019: 110.0, 2020: 105.0}})
    frame, source = drivers.real_gdp(index)
    assert frame["value"].tolist() == pytest.approx([100, 110, 115.5])
    assert source.indicator.id == "gdp_index"
    growth = of_town({"gdp_growth_real": {2019: 10.0, 2020: 5.0}})
    frame, _ = drivers.real_gdp(growth)
    assert frame["value"].tolist() == pytest.approx([100, 110, 115.5])
    assert set(frame["prices"]) == {"constant"}


def test_a_country_gets_population_and_energy_from_ratios_of_its_own_sources():
    nation = of_town(
        {
            "co2_emissions_total": {2019: 100.0, 2020: 110.0},
            "co2_emissions_per_capita": {2019: 5.0, 2020: 5.5},
            "gdp_growth_real": {2019: 3.0, 2020: 10.0},
            "energy_intensity_ppp": {2019: 10.0, 2020: 9.0},
        }
    )
    found = drivers.levels(nation, "co2_emissions_total")
    people = found.frame[found.frame["level"] == "population"]
    assert people["value"].tolist() == pytest.approx([2000, 2000])  # 20 million, in 10,000
    effects = found.effects().set_index("factor")["effect"]
    weight = 10 / math.log(1.1)
    assert effects["population"] == pytest.approx(0, abs=1e-9)
    assert effects["gdp_per_head"] == pytest.approx(weight * math.log(1.1))
    assert effects["energy_per_gdp"] == pytest.approx(weight * math.log(0.9))
    assert effects.sum() == pytest.approx(10)


SECTORS = {
    "co2": {2018: 30.0, 2019: 33.0}, "power": {2018: 20.0, 2019: 24.0},
    "steel": {2018: 8.0, 2019: 4.0}, "energy_consumption_total": {2018: 10.0, 2019: 11.0},
}  # fmt: skip


def test_sectors_and_the_rest_add_up_to_the_total():
    found = drivers.sectors(of_town(SECTORS), "co2", ["power", "steel"])
    by_sector = found.effects.groupby("sector")["effect"].sum()
    assert by_sector.to_dict() == pytest.approx({"power": 4, "steel": -4, "other": 3})
    power = found.effects[found.effects["sector"] == "power"].set_index("factor")["effect"]
    assert power["energy"] == pytest.approx(4 / math.log(1.2) * math.log(1.1))
    assert set(found.effects["unit"]) == {"Mt"}
    together = drivers.over_sectors(found.effects)
    assert together["factor"].tolist() == ["energy", "co2_per_energy"]
    assert together["effect"].sum() == pytest.approx(3)
    assert set(together["sector"]) == {"all"}


def test_sectors_that_overlap_are_an_error():
    double = {**SECTORS, "steel": {2018: 8.0, 2019: 12.0}}
    with pytest.raises(ValueError, match="2019: the sectors add up to 3 more than the total"):
        drivers.sectors(of_town(double), "co2", ["power", "steel"])


def test_sectors_are_cut_at_breaks_and_absent_without_figures():
    cut = Break(from_=2019, reason=TEXT)
    assert drivers.sectors(of_town(SECTORS, {"power": (cut,)}), "co2", ["power", "steel"]) is None
    no_energy = {name: one for name, one in SECTORS.items() if "energy" not in name}
    assert drivers.sectors(of_town(no_energy), "co2", ["power", "steel"]) is None


@pytest.fixture(scope="module")
def shipped(as_shipped):
    return load("liupanshui", as_shipped)


def test_the_shipped_city(shipped):
    """Figures of the book: CO2 by EDGAR, 46.36 Mt in 2020 and 43.84 Mt in 2023."""
    city = lambda name: series(shipped.known(2026), shipped.catalog, name, "liupanshui")  # noqa: E731
    found = drivers.levels(city, "co2_emissions_edgar")
    assert found.parts == [[*range(2005, 2013), *range(2014, 2024)]]  # 2013 has no population
    plan = drivers.by_plan(found.effects(), found.parts)
    last = plan[plan["plan"] == 14].set_index("factor")["effect"]
    assert last.sum() == pytest.approx(43.84216 - 46.357168)
    assert last["gdp_per_head"] == pytest.approx(5.2306, abs=1e-3)


def test_process_emissions_of_cement_are_part_of_minerals(shipped):
    """Why the list of sectors leaves them out: the same tonnes would be counted twice."""
    province = lambda name: series(shipped.known(2026), shipped.catalog, name, "guizhou").points  # noqa: E731
    both = pd.DataFrame(
        {name: province(name) for name in ("co2_nonmetal_minerals_ceads", "co2_process_ceads")}
    )
    assert len(both) == 23
    assert (both["co2_nonmetal_minerals_ceads"] > both["co2_process_ceads"]).all()
