"""Weights and inventory lines: what is shipped, and each fault with its place."""

from __future__ import annotations

import shutil

import pytest

from planbook.data.catalog import load_catalog, load_departments
from planbook.data.factors import load_factors
from planbook.errors import DataError

# table 2 of the annex of the Environmental Protection Tax Law
LAW = {
    "nox": 0.95, "so2": 0.95, "soot": 2.18, "dust": 4, "co": 16.7, "cod": 1, "nh3n": 0.8, "tp": 0.25,
}  # fmt: skip


@pytest.fixture(scope="module")
def catalog(repo):
    return load_catalog(repo.catalog, load_departments(repo.departments))


@pytest.fixture
def folder(repo, tmp_path):
    return shutil.copytree(repo.factors, tmp_path / "factors")


def test_the_shipped_weights_are_the_law_s(repo, catalog):
    found = load_factors(repo.factors, catalog).equivalents
    assert {key: one.equivalent_kg for key, one in found.items() if key != "voc"} == LAW
    assert found["voc"].equivalent_kg is None
    assert found["voc"].note_en
    assert found["voc"].note_zh


def test_every_line_names_an_activity_and_no_figure_is_both(repo, catalog):
    factors = load_factors(repo.factors, catalog)
    assert len(factors.lines) >= 12
    assert [line.group for line in factors.lines] == sorted(
        (line.group for line in factors.lines), key=list(factors.groups).index
    )
    for line in factors.lines:
        assert line.activity
        assert not set(line.activity) & set(line.near), line.id


def test_a_cut_leads_to_its_pollutant(repo, catalog):
    factors = load_factors(repo.factors, catalog)
    assert factors.equivalent_of_cut("cod_key_project_cut").pollutant == "cod"
    assert factors.equivalent_of_cut("gdp_real") is None


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("pollutant_equivalents.csv", "氮氧化物,0.95", "氮氧化物,0", r"row 2.*above zero"),
        ("pollutant_equivalents.csv", "cod,water", "cod,soil", r"row 4.*'air' or 'water'"),
        ("pollutant_equivalents.csv", "cod_key_project_cut", "cod_cut", r"row 4: no indicator 'cod_cut'"),
        ("pollutant_equivalents.csv", "nh3n,water", "cod,water", r"row 5: 'cod' stands in row 4, too"),
        ("pollutant_equivalents.csv", ",env_protection_tax_law,\"table 2, part 2", ",law,\"table 2, part 2", r"unknown source 'law'"),
        ("inventory_lines.yml", "group: energy", "group: power", r"no group 'power'"),
        ("inventory_lines.yml", "[coal_use_power]", "[coal_burnt]", r"no indicator 'coal_burnt'"),
        ("inventory_lines.yml", "[coal_use_power]", "[]", r"no activity"),
        ("inventory_lines.yml", "id: industry_fuel", "id: power_coal", r"the id stands twice"),
        ("inventory_lines.yml", "groups:", "parts:", r"other keys than 'groups' and 'lines'"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place(folder, catalog, name, old, new, message):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_factors(folder, catalog)
