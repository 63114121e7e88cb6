"""Single units of plants: each stands once, and counts once in a scenario."""

from __future__ import annotations

import pandas as pd
import pytest

from planbook.analysis.scenarios.city import compute
from planbook.analysis.scenarios.parameters import touched
from planbook.data.city import load
from planbook.data.scenarios import Ground
from planbook.errors import DataError
from planbook.report.view import View

HEAD = "id,indicator,entity,name_en,name_zh,number,quantity,unit,status,status_date,start_year,source,locator,note_en,note_zh"
OLD = "old_1,coal_power_capacity,smallville,Old,老厂,1,1000,MW,operating,2023,2010,bureau,row 1,,"
NEW = "new_1,coal_power_capacity,east,New,新厂,1,150,MW,building,2024-05,2025,bureau,row 2,,"
MORE = "new_2,coal_power_capacity,east,New,新厂,2,0.1,GW,operating,2024-05,2023,bureau,row 3,,"
WISH = "wish_1,coal_power_capacity,east,Wish,拟建厂,1,400,MW,planned,2024-05,,bureau,row 4,,"
TEXT = "text: {en: Invented., zh: 虚构。}"


def step(name, *units, start=2025, factor="activity"):
    return (
        f"      - {{id: {name}, sector: power, factor: {factor}, start: {start}, effect: 50, low: 0, "
        f"high: 100, title: {{en: {name}, zh: 新机组}}, ground: {{kind: published, units: "
        f"[{', '.join(units)}], {TEXT}}}}}\n"
    )


def write(project, rows, *, baseline="", plan=""):
    home = project.city("smallville")
    (home / "units.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    path = home / "plan" / "scenarios.yml"
    text = path.read_text(encoding="utf-8")
    if baseline:
        text = text.replace("  - id: plan\n", f"    steps:\n{baseline}  - id: plan\n")
    text = text.replace("left_out:", f"{plan}left_out:")
    path.write_text(text, encoding="utf-8")


def test_a_city_need_not_list_units(project):
    assert load("smallville", project).plants == {}


def test_units_are_read_and_added_up(project):
    write(project, [OLD, NEW, MORE, WISH], baseline=step("new", "new_1", "new_2"),
          plan=step("wish", "wish_1"))  # fmt: skip
    found = load("smallville", project)
    assert list(found.plants) == ["old_1", "new_1", "new_2", "wish_1"]
    assert found.plants["wish_1"].start_year is None
    outcome = compute(View(found, 2024, 2030, lang="en", level=95))
    changes = {one["id"]: one for one in outcome.parameters["scenarios"][0]["changes"]}
    # 150 MW and 0.1 GW on the 1,000 MW of the base year; half of it generates more
    assert changes["step.new"]["touched"] == pytest.approx(0.25)
    assert changes["step.new"]["value"] == pytest.approx(0.125)
    assert changes["step.new"]["high"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([OLD, OLD], "row 3: 'old_1' stands in row 2, too; keep one"),
        ([OLD, OLD.replace("old_1", "other")], "row 3: unit 1 of 'Old' stands in row 2, too"),
        ([OLD, OLD.replace("old_1,", "other,").replace("Old", "Elsewhere")], "row 3: unit 1 of '老厂' stands in row 2"),
        ([OLD, OLD.replace("old_1,", "other,").replace("Old", "OLD").replace("老厂", "厂")], "row 3: unit 1 of 'OLD' stands in row 2"),
        ([OLD.replace("coal_power_capacity", "nothing")], "row 2: no indicator 'nothing'"),
        ([OLD.replace("MW", "Mt")], "row 2: unit 'Mt' does not fit MW of 'coal_power_capacity'"),
        ([OLD.replace("smallville", "mars")], "row 2: no place 'mars'; use one of smallville, east"),
        ([OLD.replace("bureau", "bureau nobody")], "row 2: unknown source 'nobody'; add it"),
        ([OLD.replace("bureau", "")], "row 2: unknown source ''"),
        ([OLD.replace(",2010,", ",,")], "a unit that operates has a start_year"),
        ([OLD.replace(",2010,", ",2024,")], "operates since 2024, after 2023"),
        ([OLD.replace("1000", "0")], "row 2, column quantity"),
        ([OLD.replace("operating", "running")], "row 2, column status"),
        ([OLD.replace(",2023,", ",soon,")], "row 2, column status_date"),
    ],
)  # fmt: skip
def test_a_wrong_list_is_refused(project, rows, message):
    write(project, rows)
    with pytest.raises(DataError) as error:
        load("smallville", project)
    assert message in str(error.value)
    assert "data/cities/smallville/units.csv" in str(error.value)


@pytest.mark.parametrize(
    ("rows", "baseline", "plan", "message"),
    [
        ([NEW], "", "", "unit 'new_1' is building and not in the figure of 2022, but no step of 'baseline' adds it; name it"),
        ([MORE], "", "", "unit 'new_2' is operating and not in the figure of 2022"),
        # one that only a later scenario adds is missing from the first
        ([NEW], "", step("late", "new_1"), "no step of 'baseline' adds it"),
        ([NEW], step("a", "new_1") + step("b", "new_1"), "", "unit 'new_1' is added by 'a' and by 'b'; let one"),
        ([NEW], step("a", "new_1"), step("b", "new_1"), "unit 'new_1' is added by 'a' and by 'b'"),
        ([NEW], step("a", "new_1", "new_1"), "", "unit 'new_1' is added by 'a' and by 'a'"),
        ([OLD], step("a", "old_1"), "", "unit 'old_1' operates since 2010: the figure of 2022 holds it"),
        ([NEW], step("a", "new_1", start=2024), "", "step 'a' begins in 2024, but unit 'new_1' in 2025"),
        ([NEW], step("a", "new_1", "new_9"), "", "no unit 'new_9'; use one of units.csv"),
        # the same capacity as an amount, beside the units
        ([NEW], step("a", "new_1") + step("b", "x").replace("units: [x]", "amount: 150, unit: MW, over: coal_power_capacity, source: bureau"), "", "step 'b' adds to 'coal_power_capacity', of which single units are added, too"),
        ([NEW], step("a", "new_1") + step("b", "x").replace("units: [x]", "indicator: coal_power_capacity, first: 2022, last: 2024"), "", "step 'b' adds to 'coal_power_capacity', of which"),
        ([NEW], step("a", "new_1").replace("units:", "over: coal_power_capacity, units:"), "", "units stand alone, in a published change"),
        ([NEW], step("a", "new_1").replace("kind: published", "kind: assumption"), "", "units stand alone, in a published change"),
    ],
)  # fmt: skip
def test_each_unit_counts_once(project, rows, baseline, plan, message):
    write(project, rows, baseline=baseline, plan=plan)
    with pytest.raises(DataError) as error:
        load("smallville", project)
    assert message in str(error.value)
    assert str(error.value).startswith("data/cities/smallville/plan/scenarios.yml line ")


def test_what_runs_already_or_is_only_planned_need_not_be_named(project):
    write(project, [OLD, WISH])
    assert len(load("smallville", project).plants) == 2


def test_capacity_of_another_kind_need_not_be_named(project):
    # no sector of the scenarios is scaled from the capacity of hydropower
    write(project, [NEW.replace("coal_power_capacity", "hydro_capacity_large")])
    assert list(load("smallville", project).plants) == ["new_1"]


def test_units_are_converted(project):
    write(project, [NEW, MORE], baseline=step("new", "new_1", "new_2"))
    plants = load("smallville", project).plants
    ground = Ground(kind="published", units=("new_2",), text={"en": "a", "zh": "一"})
    part = touched(ground, 2022, lambda *_: pd.Series([2.0], [2022]), {}, lambda _: "GW", plants)
    assert part == pytest.approx(0.05)
