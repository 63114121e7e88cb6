"""A whole project: the small city loads; each fault in a plan is told."""

import pytest
from edits import edit

from planbook.data.city import load
from planbook.errors import DataError, PlanbookError


def test_the_small_city_loads(project):
    loaded = load("smallville", project)
    assert list(loaded.entities) == ["smallville", "east", "guizhou", "china"]
    assert len(loaded.plan.targets) == 7
    assert loaded.plan.lead_of(loaded.plan.targets["steel_ule"]) == "industry_it"
    assert loaded.plan.lead_of(loaded.plan.targets["nox_cut_2025"]) is None


def test_an_unknown_city_is_told_with_those_known(project):
    with pytest.raises(PlanbookError, match="no city 'atlantis'; known: smallville"):
        load("atlantis", project)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("plan/targets.csv", "manure_utilisation_rate", "manure_rate", "row 6: target 'manure_2025' has no indicator 'manure_rate'"),
        ("plan/targets.csv", "600,MW", "0.6,GW", "row 5: unit 'GW', catalogue says 'MW'; convert the value"),
        ("plan/targets.csv", "600,MW", "600,t", "row 5: unit 't', catalogue says 'MW', and 't' measures mass, 'MW' measures power"),
        ("plan/targets.csv", "2020,2025,sum", ",2025,sum", "a target of shape 'cumulative' needs a base_year"),
        ("plan/targets.csv", "saturation", "fullness", "row 4, column shape: value 'fullness'"),
        ("plan/targets.csv", ",note_zh", ",note_cn", "row 1: column 'note_zh' is missing"),
        ("plan/targets.csv", "steel_ule,3,1", "steel_ule,5,1", "measure 1 stands in section 3, not 5"),
        ("plan/targets.csv", "steel_ule,3", "steel_new,3", "measure 1 does not list 'steel_new'"),
        ("plan/measures.yml", "industry_it", "industry_bureau", "line 12, key measures.1.departments: unknown department 'industry_bureau'"),
        ("plan/measures.yml", "targets: [steel_ule]", "target: [steel_ule]", "unknown key 'target'"),
        ("plan/measures.yml", "number: 5", "number: 4", "number 4 stands twice"),
        ("plan/measures.yml", "[plant_one]", "[plant_two]", "'plant_two' is not in projects.csv"),
        ("plan/projects.csv", "2024-01,bureau", "2024-01,", "row 2: status 'building' without a source"),
        ("plan/projects.csv", "600,MW,building", "600,MW,begun", "row 2, column status: value 'begun'"),
        ("plan/sections.yml", "part: 1", "part: 9", "no part 9"),
        ("city.yml", "as_of: 2024", "as_of: soon", "value 'soon'"),
        ("city.yml", "id: smallville", "id: bigville", "id 'bigville' is not the folder's name 'smallville'"),
        ("sources.yml", "licence", "license", "unknown key 'license'"),
        ("observations/air.csv", "ug/m3", "mg/m3", "observations/air.csv row 2: unit 'mg/m3', catalogue says 'ug/m3'; convert the value"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_file_place_and_remedy(project, file, old, new, message):
    edit(project.data / "cities" / "smallville" / file, old, new)
    with pytest.raises(DataError) as caught:
        load("smallville", project)
    assert message in str(caught.value)
    assert f"data/cities/smallville/{file}" in str(caught.value)


def test_an_indicator_of_one_place_in_two_files_is_an_error(project):
    folder = project.data / "cities" / "smallville" / "observations"
    (folder / "zz.csv").write_bytes((folder / "air.csv").read_bytes())
    with pytest.raises(DataError, match=r"stands in .*air.csv, too"):
        load("smallville", project)


def test_a_list_where_ids_belong_is_refused_and_not_numbered(project):
    """Read by place, its first source would be called 0 and every row's source unknown."""
    path = project.city("smallville") / "sources.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [line for line in lines if line and not line.startswith((" ", "#"))]
    listed = [f"- id: {line.rstrip(':')}" if line in starts else line for line in lines]
    path.write_text("\n".join(listed) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"sources\.yml: the file holds no mapping; write each"):
        load("smallville", project)
