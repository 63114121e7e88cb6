"""Figures of the shipped city and its context, after a reading of their sources.

Single figures are pinned in the city's ``control.csv``. Here stand wrong figures that were
seen, by their value, and what holds among figures of one source: so nothing that is
entered later, from another source, is a fault.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

DATA = Path(__file__).resolve().parents[2] / "data"
COUNTIES = ("panzhou", "shuicheng", "liuzhi", "zhongshan")


def read_rows() -> list[dict[str, str]]:
    """Return every observation of the city, the province and the country."""
    rows = []
    for pattern in ("cities/liupanshui/observations/*.csv", "context/*/*.csv"):
        for path in DATA.glob(pattern):
            with path.open(encoding="utf-8", newline="") as handle:
                rows += list(csv.DictReader(handle))
    assert len(rows) > 1000, "too few rows: are the data folders in place?"
    return rows


ROWS = read_rows()
CATALOG = {
    key: {**entry, "sector": path.stem}
    for path in (DATA / "catalog").glob("*.yml")
    for key, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items()
}


def cells(
    indicator: str, entity: str, year: int | None = None, source: str = ""
) -> list[dict[str, str]]:
    """Return the rows of one series, or of one of its years, or of one of its sources."""
    return [
        row
        for row in ROWS
        if row["indicator"] == indicator
        and row["entity"] == entity
        and (year is None or row["year"] == str(year))
        and (not source or row["source"] == source)
    ]


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
    years = {int(row["year"]) for row in cells(indicator, entity)}
    assert {first, last} <= years
    assert len([year for year in years if first <= year <= last]) >= count  # gaps may be filled


def test_restated_share_keeps_the_earlier_figure():
    found = [
        (row["value"], row["status"], row["published"])
        for row in cells("nonfossil_share_energy", "china", 2020)
    ]
    assert found == [("15.9", "final", "2021-10"), ("16", "revised", "2025-11")]


def test_amount_generated_never_stands_as_emitted():
    # 570,386 t of 2011 is the amount generated before treatment
    assert not [row for row in ROWS if Decimal(row["value"]) == 570386]


def test_mislabelled_soot_is_absent():
    assert not [row for row in ROWS if Decimal(row["value"]) in (54878, 48851, 47146, 44834)]


def test_city_estimate_without_power_stations_is_absent():
    refused = {
        Decimal(v) for v in ("3206470", "3261216", "3449961", "3.20647", "3.261216", "3.449961")
    }
    assert not [row for row in ROWS if Decimal(row["value"]) in refused]


def test_suspected_interpolation_and_old_counts_of_residents_are_absent():
    (row,) = cells("population_resident", "liupanshui", 2012)
    panel = cells("population_resident", "liupanshui", source=row["source"])
    years = {int(row["year"]) for row in panel}
    assert 2013 not in years
    assert min(years) >= 2005


def test_forecast_of_provincial_energy_is_absent():
    assert cells("energy_consumption_total", "guizhou", 2022) == []


def test_figure_read_on_an_unknown_host_is_absent():
    # 2,063.4 MW of Liuzhi: neither the publisher nor the day of 2025 is known
    found = [Decimal(row["value"]) for row in cells("power_capacity_total", "liuzhi")]
    assert Decimal("2063.4") not in found


def test_coke_limit_and_what_if_are_absent():
    """10.8 Mt/a were filed in 2021, and as much is called built in 2025: only the latter counts."""
    (built,) = cells("coke_capacity_built", "liupanshui", 2025, "provincial_press_2025_10")
    assert Decimal(built["value"]) == Decimal("10.8")
    filed = {Decimal("9.5"), Decimal("10.8"), Decimal("14")}
    assert not [
        row
        for row in ROWS
        if row["indicator"].startswith("coke_")
        and row["source"] == built["source"]
        and Decimal(row["value"]) in filed
        and row != built
    ]


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


@pytest.mark.parametrize(
    ("indicator", "year"),
    [
        ("raw_coal_output_company", 2022),
        ("saleable_coal_output_company", 2024),
        ("coke_capacity_provincial_share", 2020),
    ],
)
def test_lower_bounds_are_marked(indicator, year):
    (row, *_) = cells(indicator, "liupanshui", year)
    same = cells(indicator, "liupanshui", source=row["source"])
    assert {row["qualifier"] for row in same} == {"at_least"}


def test_doubtful_years_say_so():
    for year in (2016, 2017):
        (row, *_) = cells("industrial_so2_emissions", "liupanshui", year)
        assert row["note"].startswith("Doubtful")
        assert row["note_zh"].startswith("存疑")


def test_later_release_of_the_grid_estimate_is_named():
    (row, *_) = cells("co2_emissions_edgar", "liupanshui", 2023)
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
    """In every year that one source gives for the city and its four counties."""
    checked = 0
    for row in cells(total, "liupanshui"):
        parts = [
            [Decimal(part["value"]) for part in cells(indicator, county, int(row["year"]))
             if part["source"] == row["source"] and part["published"] == row["published"]]
            for county in COUNTIES
        ]  # fmt: skip
        if any(len(one) != 1 for one in parts):
            continue
        checked += 1
        assert abs(sum(one for (one,) in parts) - Decimal(row["value"])) <= Decimal("0.000002"), row
    assert checked


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


# ---- farming, air, waste, water, land, transport and buildings


# figures that were seen and must stay out
@pytest.mark.parametrize(
    ("indicator", "entity", "year"),
    [
        ("pm25_city_mean", "china", 2016),  # no page address
        ("msw_resource_use_rate", "china", 2025),  # a target
        ("bulk_solid_waste_utilisation_rate_wide", "china", 2012),  # "about 16 points"
        ("bulk_solid_waste_utilisation_rate_wide", "china", 2025),  # a target
        ("industrial_solid_waste_utilisation_rate", "china", 2019),  # estimate of the trade press
        ("manure_utilisation_rate", "guizhou", 2020),  # a target
        ("straw_utilisation_rate", "guizhou", 2020),  # a target
        ("fertiliser_utilisation_rate_grain", "china", 2025),  # a target
        ("surface_water_good_share", "guizhou", 2025),  # a target
        ("nev_stock", "guizhou", 2026),  # a target
        ("forest_coverage_inventory", "china", 2024),  # no page address
        ("rocky_desertification_area", "guizhou", 2011),  # computed back from a percentage
    ],
)
def test_figure_stays_out(indicator, entity, year):
    assert cells(indicator, entity, year) == []


def test_a_year_that_repeats_the_last_one_stays_out():
    """For most Chinese cities that source gives 2022 once more as 2023."""
    (row,) = [row for row in cells("pm25_iqair", "liupanshui", 2022) if row["value"] == "22.3"]
    later = cells("pm25_iqair", "liupanshui", 2023)
    assert not [one for one in later if one["source"] == row["source"] and one["value"] == "22.3"]


def test_rebased_good_air_share_of_2015_stays_out():
    assert [row["value"] for row in cells("good_air_days_share", "china", 2015)] == ["76.7"]
    assert [row["value"] for row in cells("surface_water_good_share", "china", 2015)] == ["66"]


LOWER_BOUNDS = {
    ("fertiliser_utilisation_rate_grain", "china", "2023"),
    ("pesticide_utilisation_rate_grain", "china", "2023"),
    ("manure_utilisation_rate", "china", "2020"),
    ("straw_utilisation_rate", "china", "2017"),
    ("straw_utilisation_rate", "china", "2022"),
    ("straw_utilisation_rate", "china", "2023"),
    ("film_recovery_rate", "china", "2023"),
    ("film_recovery_rate", "china", "2025"),
    ("pesticide_packaging_recovery_rate", "china", "2025"),
    ("contaminated_farmland_safe_use_rate", "china", "2020"),
    ("contaminated_farmland_safe_use_rate", "china", "2022"),
    ("forest_coverage", "guizhou", "2018"),
    ("nev_bus_stock", "china", "2016"),
    ("green_building_share", "china", "2022"),
}


def test_published_lower_bounds_are_marked():
    marked = {
        (row["indicator"], row["entity"], row["year"])
        for row in ROWS
        if row["qualifier"] == "at_least"
    }
    assert marked >= LOWER_BOUNDS
    bare = [row for row in ROWS if "ublished only as" in row["note"]]
    assert {row["qualifier"] for row in bare} == {"at_least"}


def test_the_yearly_treated_areas_are_not_the_cumulative_ones():
    for indicator in ("rocky_desertification_treated_in_year", "soil_erosion_treated_in_year"):
        (row, *_) = cells(indicator, "liupanshui", 2022)
        same = [
            one for one in ROWS if (one["indicator"], one["source"]) == (indicator, row["source"])
        ]
        assert same == [row]


def test_only_modelled_series_are_called_modelled():
    modelled = {
        row["indicator"]
        for row in ROWS
        if row["status"] == "modelled"
        and row["entity"] in ("guizhou", "china")
        and CATALOG[row["indicator"]]["sector"]
        in (
            "air",
            "ecology",
            "agriculture",
            "waste",
            "water",
            "soil",
            "transport",
            "buildings",
            "living",
        )
    }
    assert modelled == {"pm25_population_exposure", "forest_area_share_fao"}
