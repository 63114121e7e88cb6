"""Figures on farming, air, waste, water, land, transport and buildings: what must stay out.

Single figures are pinned in the city's ``control.csv``. What is named here was seen and
refused: of the city by its value, so that a figure of another source may take its place.
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
    assert _find(indicator, entity, year) == []


def test_a_year_that_repeats_the_last_one_stays_out():
    """For most Chinese cities that source gives 2022 once more as 2023."""
    (row,) = [row for row in _find("pm25_iqair", "liupanshui", 2022) if row["value"] == "22.3"]
    later = _find("pm25_iqair", "liupanshui", 2023)
    assert not [one for one in later if one["source"] == row["source"] and one["value"] == "22.3"]


def test_rebased_good_air_share_of_2015_stays_out():
    assert [row["value"] for row in _find("good_air_days_share", "china", 2015)] == ["76.7"]
    assert [row["value"] for row in _find("surface_water_good_share", "china", 2015)] == ["66"]


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
        (row, *_) = _find(indicator, "liupanshui", 2022)
        same = [
            one for one in ROWS if (one["indicator"], one["source"]) == (indicator, row["source"])
        ]
        assert same == [row]


def test_only_modelled_series_are_called_modelled():
    modelled = {
        row["indicator"]
        for row in ROWS
        if row["status"] == "modelled" and row["entity"] in ("guizhou", "china")
    }
    assert modelled == {"pm25_population_exposure", "forest_area_share_fao"}
