"""Spot checks of the figures on farming, air, waste, water, land, transport and buildings.

The expected values are typed by hand from the sources, not read from the files.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "data"
SECTORS = (
    "agriculture",
    "air",
    "waste",
    "water",
    "soil",
    "ecology",
    "transport",
    "buildings",
    "living",
)
CITY = ("liupanshui", "panzhou", "shuicheng", "liuzhi", "zhongshan")


def _rows() -> list[dict[str, str]]:
    folders = [DATA / "cities/liupanshui/observations"]
    folders += [DATA / "context" / entity for entity in ("guizhou", "china")]
    files = [folder / f"{sector}.csv" for folder in folders for sector in SECTORS]
    rows = []
    for path in files:
        if path.exists():
            with path.open(encoding="utf-8", newline="") as stream:
                rows += list(csv.DictReader(stream))
    assert rows, "no observation file was found"
    return rows


ROWS = _rows()


def _find(indicator: str, entity: str, year: int) -> list[dict[str, str]]:
    return [
        row
        for row in ROWS
        if (row["indicator"], row["entity"], row["year"]) == (indicator, entity, str(year))
    ]


# indicator, entity, year, value, unit, status, qualifier
FIGURES = [
    ("pm25_iqair", "liupanshui", 2017, 38.9, "ug/m3", "final", ""),
    ("pm25_iqair", "liupanshui", 2022, 22.3, "ug/m3", "final", ""),
    ("pm25_who", "liupanshui", 2019, 26.19, "ug/m3", "final", ""),
    ("pm25_stations", "liupanshui", 2016, 40.664, "ug/m3", "final", ""),
    ("pm10_ipe", "liupanshui", 2013, 59, "ug/m3", "final", ""),  # 0.059 mg/m3
    ("co_stations", "liupanshui", 2015, 0.665, "mg/m3", "final", ""),
    ("pm25_january", "liupanshui", 2021, 31.6, "ug/m3", "final", ""),
    ("pm25_december", "liupanshui", 2016, 65.2, "ug/m3", "final", ""),
    ("good_air_days_share", "liupanshui", 2016, 92.08, "%", "final", ""),
    ("good_air_days_share", "guizhou", 2018, 97.1, "%", "provisional", ""),  # ten months
    ("good_air_days_share", "guizhou", 2024, 99.1, "%", "final", ""),
    ("good_air_days_share", "china", 2015, 76.7, "%", "final", ""),
    ("good_air_days_share", "china", 2025, 89.3, "%", "final", ""),
    ("pm25_population_exposure", "china", 2023, 31.9916, "ug/m3", "modelled", ""),
    ("fertiliser_use_total", "guizhou", 2010, 865, "kt", "final", ""),  # 86.5 in 10,000 t
    ("fertiliser_use_total", "china", 2023, 50217, "kt", "final", ""),
    ("pesticide_use_total", "guizhou", 2017, 13.399, "kt", "final", ""),
    ("plastic_film_use_total", "guizhou", 2023, 38, "kt", "final", ""),
    ("fertiliser_utilisation_rate_grain", "china", 2022, 41.3, "%", "final", ""),
    ("pesticide_utilisation_rate_grain", "china", 2023, 41, "%", "provisional", "at_least"),
    ("manure_utilisation_rate", "china", 2020, 75, "%", "final", "at_least"),
    ("manure_utilisation_rate", "china", 2023, 78.3, "%", "provisional", ""),
    ("grain_output", "liupanshui", 2016, 771.2, "kt", "provisional", ""),  # 77.12 in 10,000 t
    ("grain_sown_area", "liupanshui", 2023, 2750000, "mu", "provisional", ""),
    ("industrial_solid_waste_utilisation_rate", "liupanshui", 2018, 63.96, "%", "final", ""),
    ("industrial_solid_waste_generated", "guizhou", 2014, 73.94, "Mt", "final", ""),
    ("industrial_solid_waste_generated", "china", 2020, 3680, "Mt", "final", ""),
    ("bulk_solid_waste_utilisation_rate_wide", "china", 2021, 56.8, "%", "final", ""),
    ("msw_resource_use_rate", "china", 2020, 50, "%", "final", "about"),
    ("msw_harmless_treatment_rate", "liupanshui", 2012, 100, "%", "final", ""),
    ("surface_water_good_share", "china", 2020, 83.4, "%", "final", ""),
    ("freshwater_withdrawal_total", "china", 2013, 6028, "1e8 m3", "final", ""),  # 602.8 billion
    ("industrial_wastewater_discharge", "liupanshui", 2018, 53.42, "Mt", "final", ""),
    ("contaminated_farmland_safe_use_rate", "liupanshui", 2020, 93.83, "%", "final", ""),
    ("contaminated_farmland_safe_use_rate", "china", 2022, 90, "%", "final", "at_least"),
    ("forest_coverage", "liupanshui", 2018, 59, "%", "provisional", "about"),
    ("forest_coverage", "guizhou", 2021, 62.12, "%", "final", ""),
    ("rocky_desertification_treated_in_year", "liupanshui", 2022, 20.8, "km2", "final", ""),
    ("soil_erosion_treated_in_year", "liupanshui", 2022, 235, "km2", "final", ""),
    ("nev_bus_share", "china", 2023, 81.2, "%", "final", ""),
    ("nev_bus_stock", "china", 2016, 16, "1e4 vehicles", "final", "at_least"),
    ("green_building_share", "china", 2024, 97.9, "%", "final", ""),
    ("green_building_share", "china", 2022, 90, "%", "provisional", "at_least"),
    ("electric_car_sales_share", "china", 2024, 48, "%", "final", ""),
    ("public_energy_per_person", "china", 2018, 341.57, "kgce/person", "final", ""),
    ("public_energy_per_area", "china", 2020, 18.48, "kgce/m2", "final", ""),
    ("public_water_per_person", "china", 2022, 20.99, "m3/person", "final", ""),
    ("public_energy_per_person", "china", 2023, 317.16, "kgce/person", "final", ""),
    ("freight_rail", "china", 2023, 5035, "Mt", "final", ""),
    ("freight_road", "china", 2023, 40337, "Mt", "final", ""),
    ("freight_road", "china", 2021, 39139, "Mt", "final", ""),
    ("freight_water", "china", 2023, 9367, "Mt", "final", ""),
]


@pytest.mark.parametrize(
    ("indicator", "entity", "year", "value", "unit", "status", "qualifier"), FIGURES
)
def test_figure(indicator, entity, year, value, unit, status, qualifier):
    (row,) = _find(indicator, entity, year)
    assert float(row["value"]) == pytest.approx(value, rel=1e-9)
    assert (row["unit"], row["status"], row["qualifier"]) == (unit, status, qualifier)


# figures that were seen and must stay out
@pytest.mark.parametrize(
    ("indicator", "entity", "year"),
    [
        ("pm25_iqair", "liupanshui", 2023),  # repeats 2022 for most Chinese cities
        ("pm25_city_mean", "china", 2016),  # no page address
        ("msw_resource_use_rate", "china", 2025),  # a target
        ("bulk_solid_waste_utilisation_rate_wide", "china", 2012),  # "about 16 points"
        ("bulk_solid_waste_utilisation_rate_wide", "china", 2025),  # a target
        ("industrial_solid_waste_utilisation_rate", "china", 2019),  # estimate of the trade press
        ("manure_utilisation_rate", "guizhou", 2020),  # a target
        ("straw_utilisation_rate", "guizhou", 2020),  # a target
        ("fertiliser_utilisation_rate_grain", "china", 2025),  # a target
        ("surface_water_good_share", "guizhou", 2025),  # a target
        ("good_air_days_share", "liupanshui", 2025),  # a target of another plan
        ("nev_stock", "guizhou", 2026),  # a target
        ("grain_output", "panzhou", 2022),  # a sowing plan
        ("forest_coverage_inventory", "china", 2024),  # no page address
        ("rocky_desertification_area", "guizhou", 2011),  # computed back from a percentage
    ],
)
def test_figure_stays_out(indicator, entity, year):
    assert _find(indicator, entity, year) == []


def test_rebased_good_air_share_of_2015_stays_out():
    assert [row["value"] for row in _find("good_air_days_share", "china", 2015)] == ["76.7"]
    assert [row["value"] for row in _find("surface_water_good_share", "china", 2015)] == ["66"]


@pytest.mark.parametrize(
    "indicator",
    [
        "fertiliser_utilisation_rate",
        "pesticide_utilisation_rate",
        "manure_utilisation_rate",
        "reserve_forest_area",
        "degraded_forest_restored_area",
        "closed_hillside_area",
        "rocky_desertification_treated_area",
        "soil_erosion_treated_area",
        "bulk_solid_waste_utilisation_rate",
        "msw_resource_use_rate",
        "clean_bus_share",
        "freight_rail_line_length",
        "green_building_share",
        "efficiency_leaders",
        "public_nev_share",
        "water_saving_fittings_share",
    ],
)
def test_target_has_no_published_city_figure(indicator):
    """A figure that comes to light goes in with its source, and leaves this list."""
    assert [row for row in ROWS if row["indicator"] == indicator and row["entity"] in CITY] == []


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


def test_lower_bounds_are_marked():
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
        (row,) = [row for row in ROWS if row["indicator"] == indicator]
        assert row["year"] == "2022"


def test_only_modelled_series_are_called_modelled():
    modelled = {row["indicator"] for row in ROWS if row["status"] == "modelled"}
    assert modelled == {"pm25_population_exposure", "forest_area_share_fao"}
