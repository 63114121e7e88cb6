"""Figures of economy, emissions, energy and industry, typed from a reading of their sources.

Each spot check names a cell; what must not stand in the data is searched for as well.
Nothing here is computed from the files that it checks, except where parts are held
against their total.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

DATA = Path(__file__).resolve().parents[2] / "data"
SECTORS = ("economy", "energy", "emissions", "industry", "access", "zoning")
COUNTIES = ("panzhou", "shuicheng", "liuzhi", "zhongshan")


def read_rows() -> list[dict[str, str]]:
    """Return every observation of the six sectors, of city, province and country."""
    files = [
        *DATA.glob("cities/liupanshui/observations/*.csv"),
        *DATA.glob("context/*/*.csv"),
    ]
    rows = []
    for path in files:
        if path.stem in SECTORS:
            with path.open(encoding="utf-8", newline="") as handle:
                rows += list(csv.DictReader(handle))
    assert len(rows) > 1000, "too few rows: are the data folders in place?"
    return rows


ROWS = read_rows()
CATALOG = {
    key: entry
    for sector in SECTORS
    for key, entry in yaml.safe_load(
        (DATA / "catalog" / f"{sector}.yml").read_text(encoding="utf-8")
    ).items()
}


def cells(indicator: str, entity: str, year: int | None = None) -> list[dict[str, str]]:
    """Return the rows of one series, or of one of its years."""
    return [
        row
        for row in ROWS
        if row["indicator"] == indicator
        and row["entity"] == entity
        and (year is None or row["year"] == str(year))
    ]


# indicator, entity, year, value, unit, status, qualifier
SPOT = [
    ("gdp_current", "liupanshui", 2016, "956.25", "1e8 CNY", "final", ""),
    ("gdp_current", "liupanshui", 2020, "1342.48", "1e8 CNY", "final", ""),
    ("gdp_index", "liupanshui", 2022, "100.7", "index", "final", ""),
    ("gdp_real", "liupanshui", 2020, "914.2906", "1e8 CNY", "modelled", ""),
    ("gdp_real", "liupanshui", 2023, "1027.685", "1e8 CNY", "modelled", ""),
    ("value_added_secondary", "liupanshui", 2018, "741.97", "1e8 CNY", "final", ""),
    ("value_added_secondary", "liupanshui", 2019, "582.43", "1e8 CNY", "final", ""),
    ("population_resident", "liupanshui", 2024, "303.7", "1e4 persons", "final", ""),
    ("population_census", "panzhou", 2020, "1074073", "persons", "final", ""),
    ("gdp_nominal", "guizhou", 2023, "20913.25", "1e8 CNY", "provisional", ""),
    ("gdp_growth_real", "china", 2020, "2.3395", "%", "final", ""),
    ("co2_emissions_edgar", "liupanshui", 2020, "46.357168", "Mt", "modelled", ""),
    ("co2_emissions_edgar", "liupanshui", 2023, "43.84216", "Mt", "modelled", ""),
    ("co2_emissions_ceads", "liupanshui", 2015, "69.184682", "Mt", "modelled", ""),
    ("co2_emissions_ceads", "liupanshui", 2016, "29.693908", "Mt", "modelled", ""),
    ("co2_emissions_ceads", "guizhou", 2019, "261.129", "Mt", "modelled", ""),
    ("co2_power_heat_ceads", "guizhou", 2019, "132.788", "Mt", "modelled", ""),
    ("co2_emissions_county_sum", "liupanshui", 2017, "35.407547", "Mt", "modelled", ""),
    ("co2_emissions_county_nightlight", "zhongshan", 2010, "8.091531", "Mt", "modelled", ""),
    ("co2_emissions_total", "china", 2024, "12289.037", "Mt", "modelled", ""),
    ("co2_intensity_change_fyp", "china", 2020, "-18.8", "%", "final", ""),
    ("co2_intensity_change_fyp", "guizhou", 2015, "-29.5", "%", "final", ""),
    ("co2_intensity_change_annual", "china", 2025, "-5", "%", "provisional", ""),
    ("nox_emissions_official", "china", 2020, "10197", "kt", "final", ""),
    ("nox_emissions_inventory", "china", 2020, "20258.37", "kt", "modelled", ""),
    ("so2_emissions_official", "guizhou", 2012, "1000", "kt", "final", "at_least"),
    ("industrial_so2_emissions", "liupanshui", 2010, "88517", "t", "final", ""),
    ("industrial_so2_emissions", "liupanshui", 2011, "236022", "t", "final", ""),
    ("industrial_so2_emissions", "liupanshui", 2019, "46388", "t", "final", ""),
    ("industrial_so2_generated", "liupanshui", 2016, "526437", "t", "final", ""),
    ("industrial_nox_emissions", "liupanshui", 2018, "56312", "t", "final", ""),
    ("coal_power_capacity", "liupanshui", 2023, "8820", "MW", "final", ""),
    ("coal_power_capacity", "liupanshui", 2024, "10140", "MW", "final", ""),
    ("coal_power_capacity", "liuzhi", 2016, "1320", "MW", "final", ""),
    ("new_coal_unit_size", "liupanshui", 2024, "660", "MW", "final", ""),
    ("hydro_capacity_large", "liupanshui", 2019, "878", "MW", "final", ""),
    ("energy_intensity", "liupanshui", 2020, "1.3", "tce/1e4 CNY", "final", ""),
    ("coal_mine_capacity_producing", "liupanshui", 2018, "58.83", "Mt/a", "final", ""),
    ("coal_mine_count_producing", "liupanshui", 2018, "120", "count", "final", ""),
    ("coal_mine_capacity_operating", "liupanshui", 2026, "67.2", "Mt/a", "final", ""),
    ("coal_mine_capacity_operating_large", "liupanshui", 2026, "57.9", "Mt/a", "final", ""),
    ("coal_mine_methane", "liupanshui", 2026, "776.9", "kt", "modelled", ""),
    ("raw_coal_output_company", "liupanshui", 2022, "15.079", "Mt", "final", "at_least"),
    ("saleable_coal_output_company", "liupanshui", 2024, "9.41", "Mt", "final", "at_least"),
    ("power_capacity_total", "guizhou", 2025, "100388", "MW", "provisional", ""),
    ("solar_capacity", "guizhou", 2025, "28719", "MW", "final", ""),
    ("energy_consumption_total", "guizhou", 2013, "92.99", "Mtce", "final", ""),
    ("electricity_hydro_cpsy", "guizhou", 2015, "82.7", "TWh", "final", ""),
    ("nonfossil_share_energy", "guizhou", 2021, "16.5", "%", "final", ""),
    ("coal_power_ule_share", "china", 2018, "75", "%", "provisional", "at_least"),
    ("coal_power_ule_capacity", "china", 2020, "950000", "MW", "final", "about"),
    ("fossil_share_primary_energy", "china", 2024, "80.259", "%", "final", ""),
    ("carbon_intensity_electricity", "china", 2020, "606.258", "g/kWh", "modelled", ""),
    ("crude_steel_capacity", "liupanshui", 2025, "3.501", "Mt/a", "final", ""),
    ("electrolytic_aluminium_capacity", "liupanshui", 2021, "0.145", "Mt/a", "final", ""),
    ("coke_capacity_provincial_share", "liupanshui", 2020, "90", "%", "final", "at_least"),
    ("cement_production", "guizhou", 2019, "110.6107", "Mt", "final", ""),
    ("coke_capacity_built", "liupanshui", 2025, "10.8", "Mt/a", "final", ""),
    ("coal_local_conversion_rate", "liupanshui", 2016, "80", "%", "provisional", ""),
    ("industrial_value_added_large", "liupanshui", 2017, "560.27", "1e8 CNY", "provisional", ""),
    ("coal_mining_mechanisation_rate", "liupanshui", 2016, "69", "%", "provisional", ""),
    ("industrial_enterprises", "liupanshui", 2016, "436", "count", "final", ""),
    ("aluminium_output_value", "shuicheng", 2020, "60", "1e8 CNY", "provisional", ""),
    ("coal_capacity_retired", "liupanshui", 2017, "3.45", "Mt/a", "provisional", ""),
    ("steel_ule_share", "china", 2024, "45", "%", "provisional", "at_least"),
    ("steel_ule_capacity", "china", 2022, "150", "Mt/a", "provisional", "about"),
    ("steel_ule_capacity", "china", 2025, "600", "Mt/a", "provisional", ""),
]


@pytest.mark.parametrize("cell", SPOT, ids=lambda c: f"{c[0]}-{c[1]}-{c[2]}")
def test_figure_is_as_read(cell):
    indicator, entity, year, value, unit, status, qualifier = cell
    found = cells(indicator, entity, year)
    assert len(found) == 1, f"{indicator} {entity} {year}: {len(found)} rows, expected one"
    row = found[0]
    assert Decimal(row["value"]) == Decimal(value)
    assert (row["unit"], row["status"], row["qualifier"]) == (unit, status, qualifier)


# the first and the last year of each series and its number of years
SPANS = [
    ("gdp_current", "liupanshui", 2000, 2023, 24),
    ("value_added_primary", "liupanshui", 2000, 2023, 24),
    ("population_resident", "liupanshui", 2005, 2024, 19),
    ("co2_emissions_edgar", "liupanshui", 2000, 2023, 24),
    ("co2_emissions_ceads", "liupanshui", 2008, 2019, 12),
    ("co2_emissions_ceads", "guizhou", 1997, 2019, 23),
    ("co2_emissions_county_sum", "liupanshui", 1997, 2017, 21),
    ("industrial_so2_emissions", "liupanshui", 2004, 2019, 16),
    ("coal_power_capacity", "panzhou", 1997, 2024, 28),
    ("solar_capacity", "guizhou", 2016, 2025, 9),
    ("energy_consumption_total", "guizhou", 1998, 2019, 22),
]


@pytest.mark.parametrize("span", SPANS, ids=lambda s: f"{s[0]}-{s[1]}")
def test_series_has_its_span(span):
    indicator, entity, first, last, count = span
    years = [int(row["year"]) for row in cells(indicator, entity)]
    known = [year for year in years if year <= last]  # later years may be added
    assert (min(known), max(known), len(known)) == (first, last, count)


def test_restated_share_keeps_the_earlier_figure():
    found = [
        (row["value"], row["status"], row["published"])
        for row in cells("nonfossil_share_energy", "china", 2020)
    ]
    assert found == [("15.9", "final", "2021-10"), ("16", "revised", "2025-11")]


# the plan's own indicators for which no figure of the city is public
NO_FIGURE = [
    "nox_key_project_cut",
    "voc_key_project_cut",
    "cod_key_project_cut",
    "nh3n_key_project_cut",
    "co2_intensity",
    "steel_sinter_retrofits",
    "steel_ule_share",
    "cement_ule_plants",
    "two_high_benchmark_share",
    "coal_power_ule_share",
    "coal_power_dust_concentration",
    "coal_power_so2_concentration",
    "coal_power_nox_concentration",
    "coal_power_ule_retrofit_capacity",
    "coal_power_saving_retrofit_capacity",
    "pv_base_capacity",
    "rooftop_pv_pilot_counties",
    "aluminium_renewable_share",
    "coke_hydrogen_project_capacity",
    "coke_circular_project_capacity",
]


@pytest.mark.parametrize("indicator", NO_FIGURE)
def test_plan_indicator_is_defined_and_has_no_city_figure(indicator):
    assert CATALOG[indicator]["department"]
    found = cells(indicator, "liupanshui")
    assert not found, f"{indicator}: if a figure is public now, take it off this list"


def test_modelled_city_energy_series_is_absent():
    assert cells("energy_consumption_total", "liupanshui") == []
    assert not [
        row
        for row in ROWS
        if "energy_consumption" in row["indicator"] and row["entity"] not in ("guizhou", "china")
    ]
    assert not [row for row in ROWS if row["indicator"].endswith("_est")]


def test_amount_generated_never_stands_as_emitted():
    # 570,386 t of 2011 is the amount generated before treatment
    assert not [row for row in ROWS if Decimal(row["value"]) == 570386]


def test_mislabelled_soot_is_absent():
    years = [row["year"] for row in cells("industrial_nox_emissions", "liupanshui")]
    assert years == ["2018"]
    assert not [row for row in ROWS if Decimal(row["value"]) in (54878, 48851, 47146, 44834)]


def test_city_estimate_without_power_stations_is_absent():
    refused = {
        Decimal(v) for v in ("3206470", "3261216", "3449961", "3.20647", "3.261216", "3.449961")
    }
    assert not [row for row in ROWS if Decimal(row["value"]) in refused]


def test_suspected_interpolation_and_old_counts_of_residents_are_absent():
    years = {int(row["year"]) for row in cells("population_resident", "liupanshui")}
    assert 2013 not in years
    assert min(years) == 2005


def test_forecast_of_provincial_energy_is_absent():
    assert cells("energy_consumption_total", "guizhou", 2022) == []


def test_figure_read_on_an_unknown_host_is_absent():
    # 2,063.4 MW of Liuzhi: neither the publisher nor the day of 2025 is known
    assert cells("power_capacity_total", "liuzhi") == []


def test_coke_limit_and_what_if_are_absent():
    """10.8 Mt/a were filed in 2021, and as much is called built in 2025: only the latter counts."""
    found = [
        (row["indicator"], row["year"])
        for row in ROWS
        if row["indicator"].startswith("coke_")
        and Decimal(row["value"]) in (Decimal("9.5"), Decimal("10.8"), Decimal("14"))
    ]
    assert found == [("coke_capacity_built", "2025")]


def test_heavy_industry_is_a_part_of_all_emissions():
    """The parts of the provincial inventory that are summed stay below its total."""
    parts = CATALOG["co2_heavy_industry_ceads"]["derive"]["of"]
    assert len(parts) == len(set(parts)) == 5
    assert "co2_process_ceads" not in parts  # already in the figure for minerals
    totals = cells("co2_emissions_ceads", "guizhou")
    assert len(totals) == 23
    for row in totals:
        values = [
            Decimal(cell["value"])
            for part in parts
            for cell in cells(part, "guizhou", int(row["year"]))
        ]
        assert len(values) == 5
        assert sum(values) < Decimal(row["value"]), row["year"]


def test_lower_bounds_are_marked():
    for indicator in (
        "raw_coal_output_company",
        "saleable_coal_output_company",
        "coke_capacity_provincial_share",
    ):
        rows = cells(indicator, "liupanshui")
        assert rows
        assert {row["qualifier"] for row in rows} == {"at_least"}


def test_doubtful_years_say_so():
    for year in (2016, 2017):
        (row,) = cells("industrial_so2_emissions", "liupanshui", year)
        assert row["note"].startswith("Doubtful")
        assert row["note_zh"].startswith("存疑")


def test_later_release_of_the_grid_estimate_is_named():
    (row,) = cells("co2_emissions_edgar", "liupanshui", 2023)
    assert "later release" in row["note"]


@pytest.mark.parametrize(
    ("indicator", "total"),
    [
        ("coal_power_capacity", "coal_power_capacity"),
        ("co2_emissions_county_nightlight", "co2_emissions_county_sum"),
        ("coal_mine_capacity_operating", "coal_mine_capacity_operating"),
        ("coal_mine_count_operating", "coal_mine_count_operating"),
        ("population_census", "population_census"),
    ],
)
def test_counties_add_up_to_the_city(indicator, total):
    rows = cells(total, "liupanshui")
    assert rows
    for row in rows:
        parts = [
            Decimal(part["value"])
            for county in COUNTIES
            for part in cells(indicator, county, int(row["year"]))
        ]
        assert len(parts) == 4
        assert abs(sum(parts) - Decimal(row["value"])) <= Decimal("0.000002"), row["year"]


BREAKS = [
    ("value_added_secondary", "liupanshui", 2019),
    ("co2_emissions_ceads", "liupanshui", 2016),
    ("industrial_so2_emissions", "liupanshui", 2011),
    ("energy_consumption_total", "guizhou", 2013),
    ("energy_consumption_total", "guizhou", 2018),
    ("gdp_nominal", "guizhou", 2020),
]


@pytest.mark.parametrize("case", BREAKS, ids=lambda c: f"{c[0]}-{c[2]}")
def test_break_is_declared(case):
    indicator, entity, year = case
    declared = {(b.get("entity"), b["from"]) for b in CATALOG[indicator]["breaks"]}
    assert (entity, year) in declared


@pytest.mark.parametrize(
    "indicator",
    ["coal_power_capacity", "hydro_capacity_large", "nox_emissions_official", "coal_mine_methane"],
)
def test_forecast_is_refused_with_a_reason(indicator):
    reason = CATALOG[indicator]["forecast"]
    assert reason["en"] and reason["zh"]


def test_stand_in_for_the_headline_target():
    entry = CATALOG["co2_intensity_edgar_change"]
    assert (entry["stands_for"], entry["comparability"]) == ("co2_intensity", "proxy")
    assert entry["derive"] == {
        "op": "change_from",
        "of": ["co2_intensity_edgar"],
        "base_year": 2020,
    }
    ratio = CATALOG["co2_intensity_edgar"]["derive"]
    assert (ratio["op"], ratio["of"], ratio["factor"]) == (
        "ratio",
        ["co2_emissions_edgar", "gdp_real"],
        100,
    )
    # 46.357168 Mt over 914.2906e8 CNY is 5.0703 t per 10,000 CNY; 43.84216 over 1027.685 is 4.2661
    change = (Decimal("4.2661") / Decimal("5.0703") - 1) * 100
    assert round(change, 1) == Decimal("-15.9")


def test_derived_indicators_have_no_rows():
    derived = {key for key, entry in CATALOG.items() if "derive" in entry}
    assert derived
    assert not derived & {row["indicator"] for row in ROWS}
