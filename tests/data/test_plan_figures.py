"""The plan's figures, typed from a reading of the plan and compared with the data.

Nothing here is computed from the data files or from the plan's text: a slip in
either place shows as a difference. Tables are compared whole, so that a row too
many fails like a row too few.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

DATA = Path(__file__).resolve().parents[2] / "data"
CITY = DATA / "cities" / "liupanshui"
PLAN = CITY / "plan"


def typed(table: str) -> dict[str, list[str]]:
    """Read a table: one row a line, its name first, "-" for what the plan does not say."""
    rows = [line.split() for line in table.strip().splitlines()]
    return {row[0]: ["" if cell == "-" else cell for cell in row[1:]] for row in rows}


# part: its sections
PARTS = typed("""
1 1 2
2 3 4 5 6
3 7 8 9 10 11
4 12 13 14 15
5 16 17 18 19
6 20 21 22 23
7 24 25 26
""")

# target: indicator, section, measure, shape, operator, value, unit, base year, deadline
TARGETS = typed("""
nox_cut_2025 nox_key_project_cut 2 0 cumulative >= 2825 t 2020 2025
voc_cut_2025 voc_key_project_cut 2 0 cumulative >= 1630 t 2020 2025
cod_cut_2025 cod_key_project_cut 2 0 cumulative >= 2710 t 2020 2025
nh3n_cut_2025 nh3n_key_project_cut 2 0 cumulative >= 590 t 2020 2025
co2_intensity_2025 co2_intensity 2 0 change_from_base <= -18 % 2020 2025
steel_sinter_retrofits steel_sinter_retrofits 3 1 quantity >= 2 count - -
steel_ule_share steel_ule_share 3 1 saturation >= 100 % - -
cement_ule_plants cement_ule_plants 3 1 quantity >= 4 count - -
two_high_benchmark_2025 two_high_benchmark_share 4 2 level_by_date > 30 % - 2025
new_coal_unit_size new_coal_unit_size 5 4 floor_each_year >= 600 MW - -
coal_power_ule_2025 coal_power_ule_share 5 4 saturation >= 100 % - 2025
coal_dust_limit_2025 coal_power_dust_concentration 5 4 limit <= 10 mg/m3 - 2025
coal_so2_limit_2025 coal_power_so2_concentration 5 4 limit <= 35 mg/m3 - 2025
coal_nox_limit_2025 coal_power_nox_concentration 5 4 limit <= 50 mg/m3 - 2025
coal_ule_retrofit_capacity coal_power_ule_retrofit_capacity 5 4 quantity >= 2520 MW - -
coal_saving_retrofit_capacity coal_power_saving_retrofit_capacity 5 4 quantity >= 6240 MW - -
pv_base_capacity pv_base_capacity 5 5 quantity >= 1000 MW - -
rooftop_pv_counties rooftop_pv_pilot_counties 5 5 quantity >= 2 count - -
efficiency_leaders_2025 efficiency_leaders 6 8 quantity >= 1 count - 2025
public_nev_2025 public_nev_share 6 8 floor_each_year >= 80 % - 2025
water_saving_fittings_2025 water_saving_fittings_share 6 8 saturation >= 100 % - 2025
aluminium_renewable_2030 aluminium_renewable_share 7 12 level_by_date >= 30 % - 2030
coke_hydrogen_capacity coke_hydrogen_project_capacity 7 13 quantity >= 2 Mt/a - -
coke_circular_capacity coke_circular_project_capacity 7 13 quantity >= 2 Mt/a - -
freight_rail_line freight_rail_line_length 8 14 quantity >= 9.61 km - -
clean_bus_share clean_bus_share 8 15 floor_each_year >= 80 % - -
green_building_2025 green_building_share 9 17 saturation >= 100 % - 2025
fertiliser_utilisation_2025 fertiliser_utilisation_rate 10 20 level_by_date >= 43 % - 2025
pesticide_utilisation_2025 pesticide_utilisation_rate 10 20 level_by_date >= 43 % - 2025
manure_floor_2025 manure_utilisation_rate 10 20 floor_each_year >= 80 % - 2025
reserve_forest_2025 reserve_forest_area 11 21 quantity >= 250000 mu - 2025
degraded_forest_restored degraded_forest_restored_area 11 21 quantity >= 255000 mu - -
closed_hillsides closed_hillside_area 11 21 quantity >= 265000 mu - -
rocky_desertification_treated rocky_desertification_treated_area 11 22 quantity >= 520000 mu - -
soil_erosion_2025 soil_erosion_treated_area 11 22 quantity >= 1175 km2 - 2025
construction_dust_sites construction_dust_share 12 23 saturation >= 100 % - -
bulk_waste_2025 bulk_solid_waste_utilisation_rate 15 29 level_by_date >= 70 % - 2025
msw_resource_2025 msw_resource_use_rate 15 30 level_by_date >= 60 % - 2025
""")

# measure: section, departments in the plan's order (the first leads)
MEASURES = typed("""
0 2
1 3 市自然资源局 市发展改革委 市工业和信息化局 市生态环境局 市农业农村局 市能源局
2 4 市发展改革委 市工业和信息化局 市生态环境局 市自然资源局 市水务局
3 4 市工业和信息化局 市发展改革委 市商务局 市生态环境局
4 5 市能源局 市发展改革委 市工业和信息化局
5 5 市能源局 市发展改革委 市工业和信息化局 市商务局 市科技局 市自然资源局 市生态环境局 市住房和城乡建设局 市农业农村局 市水务局
6 6 市工业和信息化局 市发展改革委 市市场监管局
7 6 市发展改革委 市生态环境局 市交通运输局 市工业和信息化局 市教育局 市文化和广电旅游局 市住房和城乡建设局
8 6 市机关事务服务中心 市发展改革委 市财政局 市生态环境局
9 7 市工业和信息化局 市发展改革委 市生态环境局
10 7 市工业和信息化局 市发展改革委 市生态环境局 市能源局
11 7 市工业和信息化局 市发展改革委 市生态环境局
12 7 市工业和信息化局 市发展改革委
13 7 市工业和信息化局 市发展改革委 市生态环境局 市能源局
14 8 市交通运输局 市发展改革委 市公安局 市商务局
15 8 市交通运输局 市生态环境局 市发展改革委 市公安局 市工业和信息化局 市能源局
16 9 市发展改革委 市住房和城乡建设局 市自然资源局 市民政局 市卫生健康局 市教育局 市文化和广电旅游局 市体育局 市商务局
17 9 市住房和城乡建设局 市发展改革委 市自然资源局 市生态环境局 市能源局 市机关事务服务中心
18 9 市农业农村局 市能源局 市住房和城乡建设局 市自然资源局 市乡村振兴局
19 10 市农业农村局 市能源局
20 10 市农业农村局 市生态环境局 市林业局
21 11 市林业局 市自然资源局 市生态环境局
22 11 市水务局 市自然资源局 市生态环境局 市农业农村局 市林业局
23 12 市住房和城乡建设局 市生态环境局
24 12 市生态环境局 市工业和信息化局 市交通运输局 市市场监管局
25 13 市生态环境局 市工业和信息化局 市能源局
26 13 市工业和信息化局 市住房和城乡建设局 市发展改革委 市水务局 市生态环境局
27 14 市生态环境局 市农业农村局 市自然资源局
28 14 市生态环境局 市农业农村局 市自然资源局 市能源局
29 15 市生态环境局 市工业和信息化局 市发展改革委 市住房和城乡建设局 市商务局 市市场监管局 市能源局
30 15 市住房和城乡建设局 市发展改革委 市生态环境局
31 16 市生态环境局 市发展改革委 市工业和信息化局 市交通运输局
32 17 市生态环境局 市发展改革委 市住房和城乡建设局
33 18 市生态环境局 市发展改革委 市科技局 市工业和信息化局 市住房和城乡建设局 市水务局 市商务局
34 19 市生态环境局 市工业和信息化局 市财政局
35 20 市科技局 市发展改革委 市生态环境局
36 21 市生态环境局 市发展改革委 市工业和信息化局 市商务局 市科技局 市市场监管局 市能源局
37 22 市金融办 市财政局 市发展改革委 市投资促进局 人民银行六盘水市中心支行 市生态环境局
38 23 市生态环境局 市发展改革委 市统计局
39 24 各相关部门
40 25 市生态环境局 市发展改革委 市教育局 市科技局 六盘水师范学院
41 26 市生态环境局
""")

# project: box, measure, owner, quantity, unit
PROJECTS = typed("""
steel_sinter_6_7 1 1 首钢水城钢铁集团有限责任公司 2 count
steel_ule_retrofit 1 1 首钢水城钢铁集团有限责任公司 100 %
cement_shuicheng_ruian 1 1 水城瑞安水泥有限责任公司 1 count
cement_haolong_shengjing 1 1 贵州昊龙胜境建材有限责任公司 1 count
cement_qiangui_sanhe 1 1 贵州黔桂三合水泥有限责任公司 1 count
cement_bohong 1 1 贵州博宏实业有限责任公司水泥分公司 1 count
coal_liuzhi 2 4 福能(贵州)发电有限公司 1320 MW
coal_panbei 2 4 国投盘江发电有限公司 600 MW
coal_yemazhai 2 4 六盘水市钟山区新兴工业投资发展有限公司 600 MW
coal_pannan 2 4 贵州粤黔电力有限公司 2400 MW
coal_panxian 2 4 贵州盘江电力投资有限公司 1320 MW
audit_yueqian 3 9 粤黔电力 1 count
audit_haolong_shengjing 3 9 昊龙胜境 1 count
audit_xianglin 3 9 祥林矿业 1 count
audit_haolong_cement 3 9 豪龙水泥 1 count
aluminium_upgrade_phase_1 3 12 双元铝业 - -
aluminium_expansion 3 12 双元铝业 - -
coke_shuigang 3 13 首钢水钢 - -
coke_meijin_phase_2 3 13 贵州美锦 2 Mt/a
coke_guizhou_energy 3 13 贵州能源集团 2 Mt/a
rail_meijin 4 14 美锦 9.61 km
degraded_forest 5 21 - 255000 mu
closed_hillsides 5 21 - 265000 mu
rocky_desertification 5 22 - 520000 mu
soil_erosion 5 22 - 1175 km2
""")

# box 2: units, MW each, whether an ultra-low-emission retrofit is asked for as well
COAL_PLANTS = {
    "coal_liuzhi": (2, 660, True),
    "coal_panbei": (2, 300, True),
    "coal_yemazhai": (3, 200, True),
    "coal_pannan": (4, 600, False),
    "coal_panxian": (2, 660, False),
}


def read_yaml(path: Path):
    with path.open(encoding="utf-8") as file:
        return yaml.safe_load(file)


def read_csv(path: Path, key: str) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def sections() -> list[dict]:
    return read_yaml(PLAN / "sections.yml")["sections"]


@pytest.fixture(scope="module")
def measures() -> dict[str, dict]:
    return {str(row["number"]): row for row in read_yaml(PLAN / "measures.yml")["measures"]}


@pytest.fixture(scope="module")
def targets() -> dict[str, dict[str, str]]:
    return read_csv(PLAN / "targets.csv", "target_id")


@pytest.fixture(scope="module")
def projects() -> dict[str, dict[str, str]]:
    return read_csv(PLAN / "projects.csv", "project_id")


def test_parts_hold_their_sections(sections):
    assert [row["number"] for row in sections] == list(range(1, 27))
    found: dict[str, list[str]] = {}
    for row in sections:
        found.setdefault(str(row["part"]), []).append(str(row["number"]))
    assert found == PARTS
    assert [str(part["number"]) for part in read_yaml(PLAN / "sections.yml")["parts"]] == [*PARTS]


def test_measures_have_their_section_and_departments(measures):
    general = read_yaml(DATA / "departments.yml")
    local = read_yaml(CITY / "city.yml")["departments"]
    names = {key: value["zh"] for key, value in {**general, **local}.items()}
    assert len(names) == len(general) + len(local) == 28
    assert [*measures] == [str(number) for number in range(42)]
    assert {
        key: [str(row["section"]), *(names[one] for one in row["departments"])]
        for key, row in measures.items()
    } == MEASURES
    assert {name for row in MEASURES.values() for name in row[1:]} == set(names.values())
    assert {row[0] for row in MEASURES.values()} == {str(number) for number in range(2, 27)}


def test_targets(targets):
    named = [
        "indicator",
        "section",
        "measure",
        "shape",
        "operator",
        "value",
        "unit",
        "base_year",
        "deadline",
    ]
    assert {key: [row[name] for name in named] for key, row in targets.items()} == TARGETS
    assert all(row["note_en"] and row["note_zh"] for row in targets.values())
    for indicator, section, measure, *_ in TARGETS.values():
        assert MEASURES[measure][0] == section, indicator


def test_projects(projects):
    named = ("box", "measure", "owner_zh", "quantity", "unit")
    found = {key: [row[name] for name in named] for key, row in projects.items()}
    brackets = str.maketrans("\uff08\uff09", "()")
    for row in found.values():
        row[2] = row[2].translate(brackets)
    assert found == PROJECTS
    boxes = [row[0] for row in PROJECTS.values()]
    assert {box: boxes.count(box) for box in "12345"} == {"1": 6, "2": 5, "3": 9, "4": 1, "5": 4}


def test_projects_stand_in_both_languages_and_a_status_has_date_and_source(projects):
    for key, row in projects.items():
        for field in ("name", "owner", "kind", "note"):
            assert bool(row[f"{field}_en"]) == bool(row[f"{field}_zh"]), (key, field)
        known = row["status"] != "unknown"
        assert bool(row["status_date"]) == bool(row["source"]) == known, key


def test_coal_plants_by_unit(projects):
    box = {key: row for key, row in projects.items() if row["box"] == "2"}
    found = {
        key: (int(row["units_count"]), float(row["unit_size"]), "ultra-low" in row["kind_en"])
        for key, row in box.items()
    }
    assert found == COAL_PLANTS
    for key, (units, size_mw, _) in COAL_PLANTS.items():
        assert float(box[key]["quantity"]) == units * size_mw, key
    assert sum(float(row["quantity"]) for row in box.values()) == 6240


def test_retrofit_targets_are_the_sums_of_their_plants(targets):
    saving_mw = sum(units * size for units, size, _ in COAL_PLANTS.values())
    ule_mw = sum(units * size for units, size, is_ule in COAL_PLANTS.values() if is_ule)
    assert (saving_mw, ule_mw) == (6240, 2520)
    assert float(targets["coal_saving_retrofit_capacity"]["value"]) == saving_mw
    assert float(targets["coal_ule_retrofit_capacity"]["value"]) == ule_mw


def test_measures_list_their_own_targets_and_projects(measures, targets, projects):
    for table, field in ((targets, "targets"), (projects, "projects")):
        listed = sorted((number, one) for number, row in measures.items() for one in row[field])
        assert listed == sorted((row["measure"], key) for key, row in table.items())


def test_measures_list_the_indicators_of_their_targets(measures, targets):
    """They may list more: figures that an answer rests on, though no target is set for them."""
    files = sorted((CITY.parents[1] / "catalog").glob("*.yml"))
    known = {name for path in files for name in read_yaml(path)}
    assert len(known) > 200
    for key, row in measures.items():
        own = {targets[one]["indicator"] for one in row["targets"]}
        assert own <= set(row["indicators"]) <= known, key


def test_city_names_its_counties_and_says_that_the_plan_is_a_draft():
    city = read_yaml(CITY / "city.yml")
    assert list(city["counties"]) == ["zhongshan", "shuicheng", "liuzhi", "panzhou"]
    assert city["parents"] == ["guizhou", "china"]
    assert str(city["code"]) == "520200"
    assert "draft" in city["plan_status"]["en"]
    assert "征求意见稿" in city["plan_status"]["zh"]
