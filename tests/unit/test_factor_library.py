"""The library of factors, weights and lines: figures of the methods notes, and each fault."""

from __future__ import annotations

import csv
import shutil

import pytest
from edits import edit

from planbook.data.catalog import load_catalog, load_departments
from planbook.data.factors import load_factors
from planbook.errors import DataError, ParameterError

# t CO2 per t, natural gas per 10,000 m3; METHODS.md section 4, recomputed there to these digits
GUIDE = {
    "bituminous": 1.741750,
    "coke": 2.860419,
    "diesel": 3.095910,
    "petrol": 2.925056,
    "natural_gas": 21.621888,
    "lignite": 1.172864,
}


# table 2 of the annex of the Environmental Protection Tax Law
LAW = {
    "nox": 0.95, "so2": 0.95, "soot": 2.18, "dust": 4, "co": 16.7, "cod": 1, "nh3n": 0.8, "tp": 0.25,
}  # fmt: skip


@pytest.fixture(scope="module")
def catalog(repo):
    return load_catalog(repo.catalog, load_departments(repo.departments))


@pytest.fixture(scope="module")
def factors(repo, catalog):
    return load_factors(repo.factors, catalog)


@pytest.fixture(scope="module")
def library(factors):
    return factors.library


@pytest.fixture
def folder(repo, tmp_path):
    return shutil.copytree(repo.factors, tmp_path / "factors")


@pytest.mark.parametrize(("fuel", "expected"), GUIDE.items())
def test_the_guide_s_factors_reproduce(library, fuel, expected):
    assert library.fuel("guide_2025", fuel).co2 == pytest.approx(expected, abs=5e-7)


def test_coal_equivalent_times_ipcc_is_fourteen_per_cent_higher(library):
    shortcut = library.fuel("tce_ipcc", "raw_coal").co2
    assert shortcut == pytest.approx(0.7143 * 0.7559 * 44 / 12, abs=1e-6)
    assert round(shortcut, 4) == 1.9798
    assert round(shortcut / library.fuel("guide_2025", "bituminous").co2 - 1, 2) == 0.14


def test_a_set_takes_what_it_lacks_from_others_in_order(library):
    assert library.fuel("tce_ipcc", "petrol") is None
    assert library.fuel("tce_ipcc", "petrol", fallback=True).factor_set == "guide_2025"
    clinker = {key: library.factors_of(key, "clinker")[0].factor_set for key in library.compared}
    assert clinker["guide_2025"] == "national"
    assert clinker["ipcc_2006"] == "ipcc_2006"


def test_a_factor_of_the_region_comes_before_the_country_s(library):
    (own,) = library.factors_of("guide_2025", "power_bought", {"guizhou"})
    (other,) = library.factors_of("guide_2025", "power_bought", {"elsewhere"})
    assert (own.factor, other.factor) == (0.4989, 0.5306)
    assert not [one for one in library.factors_of("guide_2025", "livestock") if one.region]


def test_gases_are_added_by_the_metric_the_book_names(library):
    assert library.metric.name == "AR5"
    assert library.warming("CH4") == 28
    assert library.warming("CH4", "AR6", 20) == 81.2
    assert library.warming("CO2", "AR4") == 1
    with pytest.raises(ParameterError, match="no AR4 value over 20 years for 'CH4'"):
        library.warming("CH4", "AR4", 20)
    with pytest.raises(ParameterError, match="no factor set 'ceads_2'; use one of guide_2025"):
        library.order("ceads_2")


def test_a_set_whose_table_was_not_seen_holds_no_factor(library):
    assert "ceads" not in library.compared
    assert not [one for one in library.fuels if one.factor_set == "ceads"]


def test_every_line_stands_in_one_scope_and_every_row_has_source_and_locator(repo, library):
    listed = [line for scope in library.scopes for line in scope.lines]
    assert len(listed) == len(set(listed)) > 12
    assert [scope.id for scope in library.scopes] == [1, 2, 3]
    for name in ("fuels", "activity_factors", "pollutant_factors", "gwp"):
        rows = list(csv.DictReader((repo.factors / f"{name}.csv").open(encoding="utf-8")))
        assert rows
        for row in rows:
            assert row["source"], row
            assert row["locator"], row


def test_the_shipped_weights_are_the_law_s(factors):
    found = factors.equivalents
    assert {key: one.equivalent_kg for key, one in found.items() if key != "voc"} == LAW
    assert found["voc"].equivalent_kg is None
    assert found["voc"].note_en
    assert found["voc"].note_zh


def test_every_line_names_an_activity_and_no_figure_is_both(factors):
    assert len(factors.lines) >= 12
    assert [line.group for line in factors.lines] == sorted(
        (line.group for line in factors.lines), key=list(factors.groups).index
    )
    for line in factors.lines:
        assert line.activity
        assert not set(line.activity) & set(line.near), line.id


def test_a_cut_leads_to_its_pollutant(factors):
    assert factors.equivalent_of_cut("cod_key_project_cut").pollutant == "cod"
    assert factors.equivalent_of_cut("gdp_real") is None


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("fuels.csv", "19.57,t,26.1,0.93", "19.57,t,26.1,1.93", r"row 2.*oxidation is a share"),
        ("fuels.csv", "19.57,t,26.1", "-19.57,t,26.1", r"row 2.*above zero"),
        ("fuels.csv", "guide_2025,lignite", "guide_2025,bituminous", r"row 3: 'guide_2025, bituminous' stands in row 2, too"),
        ("fuels.csv", "guide_2025,bituminous", "guide,bituminous", r"row 2: no factor set 'guide'.*factor_sets\.yml"),
        ("fuels.csv", "19.57,t", "19.57,kg", r"row 2, column unit.*'t' or '1e4 m3'"),
        ("fuels.csv", ",provincial_guide_2025,", ",guide,", r"row 2: unknown source 'guide'"),
        ("fuels.csv", "26.7,t,26.8,1,21.6", "26.7,t,26.8,1,27.6", r"heat 26.7 is not between 27.6 and 32.2"),
        ("fuels.csv", "heat_high", "heat_top", r"unknown column 'heat_top'"),
        ("fuel_use.csv", "bituminous raw_coal", "brown_coal", r"no fuel 'brown_coal'"),
        ("activity_factors.csv", "ipcc_2006,steel,", "ipcc_2006,iron,", r"no line 'iron'.*inventory_lines\.yml"),
        ("activity_factors.csv", "aluminium_output,CF4", "aluminium_output,SF6", r"gas 'SF6' has no row in gwp\.csv"),
        ("activity_factors.csv", "crude_steel_output", "coke_output", r"line 'steel' has no activity 'coke_output'"),
        ("activity_factors.csv", "1.58,t/t,1.422", "1.58,t/t,", r"one bound only"),
        ("activity_factors.csv", "0.4,kg/t,0.004", "0.4,kg/t,0", r"low bound above zero"),
        ("loads.csv", "0.53,0.51", "0.50,0.51", r"row 2.*load 0.5 is not between"),
        ("loads.csv", "crude_steel_capacity", "steel_capacity", r"no near 'steel_capacity'"),
        ("pollutant_factors.csv", ",so2,", ",so3,", r"no pollutant 'so3'"),
        ("gwp.csv", "AR4,100", "AR3,100", r"row 2, column metric"),
        ("factor_sets.yml", "fallback: [national, ipcc_2006]", "fallback: [nation]", r"no other set 'nation'"),
        ("factor_sets.yml", "default: guide_2025", "default: guide", r"no set 'guide'"),
        ("factor_sets.yml", "name: AR5", "name: AR9", r"'AR4', 'AR5' or 'AR6'"),
        ("inventory_scopes.yml", "lines: [power_bought]", "lines: [steel]", r"line 'power_bought' stands in 0 scopes"),
        ("inventory_scopes.yml", "boundaries:", "borders:", r"key borders: unknown key; use scopes and boundaries only"),
        ("pollutant_equivalents.csv", "氮氧化物,0.95", "氮氧化物,0", r"row 2.*above zero"),
        ("pollutant_equivalents.csv", "cod,water", "cod,soil", r"row 4.*'air' or 'water'"),
        ("pollutant_equivalents.csv", "cod_key_project_cut", "cod_cut", r"row 4: no indicator 'cod_cut'"),
        ("pollutant_equivalents.csv", "nh3n,water", "cod,water", r"row 5: 'cod' stands in row 4, too"),
        ("pollutant_equivalents.csv", ",env_protection_tax_law,\"table 2, part 2", ",law,\"table 2, part 2", r"unknown source 'law'"),
        ("inventory_lines.yml", "group: energy", "group: power", r"no group 'power'"),
        ("inventory_lines.yml", "[coal_use_power]", "[coal_burnt]", r"no indicator 'coal_burnt'"),
        ("inventory_lines.yml", "[coal_use_power]", "[]", r"no activity"),
        ("inventory_lines.yml", "id: industry_fuel", "id: power_coal", r"the id stands twice"),
        ("inventory_lines.yml", "groups:", "parts:", r"key parts: unknown key; use groups and lines only"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place(folder, catalog, name, old, new, message):
    edit(folder / name, old, new)
    with pytest.raises(DataError, match=message):
        load_factors(folder, catalog)


def test_a_missing_file_is_told(folder, catalog):
    (folder / "gwp.csv").unlink()
    with pytest.raises(DataError, match=r"gwp\.csv: the file is missing"):
        load_factors(folder, catalog)
