"""Who answers for what, on a plan that can be checked in the head."""

from __future__ import annotations

import pandas as pd
import pytest

from planbook.analysis import accountability
from planbook.data.plan import Measure, Part, Plan, PlanProject, Section, Target
from planbook.files.records import Text

WORDS = {"en": "x", "zh": "某"}


def target(name: str, section: int, measure: int, indicator: str) -> Target:
    return Target(
        target_id=name, section=section, measure=measure, indicator=indicator, shape="quantity",
        operator=">=", value=4, unit="count", base_year=2020, deadline=2025, note_en="x", note_zh="某",
    )  # fmt: skip


def measure(number: int, section: int, *who: str, **links: tuple[str, ...]) -> Measure:
    return Measure(
        number=number, section=section, title=WORDS, summary=WORDS, departments=who, **links
    )


@pytest.fixture
def plan() -> Plan:
    """Aims (measure 0, nobody named), kilns (industry, air) and dust (air, works)."""
    text = Text(**WORDS)
    kilns = PlanProject(
        project_id="kiln", box=1, measure=1, name_zh="窑", name_en="Kiln", owner_zh="", quantity=None,
        unit="", status="unknown", status_date="", source="", owner_en="", kind_en="", kind_zh="",
        units_count=None, unit_size=None, note_en="", note_zh="",
    )  # fmt: skip
    measures = [
        measure(0, 2, targets=("nox",), indicators=("nox_cut",)),
        measure(1, 3, "industry", "air", targets=("kilns",), indicators=("kilns_done",), projects=("kiln",)),
        measure(2, 4, "air", "works", indicators=("nox_cut",)),
    ]  # fmt: skip
    return Plan(
        parts={1: Part(number=1, title=text), 2: Part(number=2, title=text)},
        sections={
            number: Section(number=number, part=part, title=text, question=text, summary=text)
            for number, part in ((2, 1), (3, 2), (4, 2))
        },
        measures={item.number: item for item in measures},
        targets={
            "nox": target("nox", 2, 0, "nox_cut"),
            "kilns": target("kilns", 3, 1, "kilns_done"),
        },
        projects={"kiln": kilns},
        departments={},
    )


@pytest.fixture
def status() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "target_id": ["nox", "kilns"], "section": [2, 3], "indicator": ["nox_cut", "kilns_done"],
            "verdict": ["due_no_data", "met"], "latest": [float("nan"), 4.0], "latest_year": [None, 2024],
            "base_year": [2020, 2020], "operator": [">=", ">="], "target": [4.0, 4.0],
            "unit": ["count", "count"], "deadline": [2025, 2025],
        }
    )  # fmt: skip


def test_the_first_department_leads_and_the_others_take_part(plan):
    found = accountability.duties(plan)
    assert [tuple(row) for row in found[["department", "measure", "role"]].to_numpy()] == [
        ("industry", 1, "lead"), ("air", 1, "part"), ("air", 2, "lead"), ("works", 2, "part"),
    ]  # fmt: skip
    assert found["part"].unique().tolist() == [2]


def test_departments_that_lead_stand_first_in_the_order_of_the_plan(plan):
    assert accountability.departments(plan) == ["industry", "air", "works"]


def test_a_target_is_a_departments_own_only_if_its_measure_names_it(plan):
    found = accountability.target_duties(plan)
    rows = {(row.department, row.target_id): (row.role, row.own) for row in found.itertuples()}
    assert rows == {
        ("industry", "kilns"): ("lead", True),
        ("air", "kilns"): ("part", True),
        ("air", "nox"): ("lead", False),  # dust works on the indicator of a main objective
        ("works", "nox"): ("part", False),
    }


def test_the_summary_counts_measures_targets_states_and_projects(plan, status):
    found = accountability.summary(plan, status)
    assert list(found.index) == ["industry", "air", "works"]
    columns = ["leads", "takes_part", "targets", "targets_lead", "projects", "met", "due_no_data"]
    assert found.loc["industry", columns].tolist() == [1, 0, 1, 1, 1, 1, 0]
    assert found.loc["air", columns].tolist() == [1, 1, 1, 0, 1, 1, 0]
    assert found.loc["works", columns].tolist() == [0, 1, 0, 0, 0, 0, 0]


def test_counts_by_part_add_up_to_all_targets(plan, status):
    before = status.copy()
    found = accountability.counts_by_part(plan, status)
    assert found.loc[1, "due_no_data"] == 1
    assert found.loc[2, "met"] == 1
    assert found.to_numpy().sum() == 2
    pd.testing.assert_frame_equal(status, before)


def test_the_assessment_has_a_row_a_target_and_one_for_a_measure_without(plan, status):
    found = accountability.assessment(plan, status, {"kilns": 1.0})
    rows = found[["department", "measure", "target_id", "base", "target", "verdict"]]
    assert rows.astype(object).fillna("").to_numpy().tolist() == [
        ["industry", 1, "kilns", 1.0, 4.0, "met"],
        ["air", 1, "kilns", 1.0, 4.0, "met"],
        ["air", 2, "", "", "", ""],
        ["works", 2, "", "", "", ""],
    ]
    only = accountability.assessment(plan, status, {}, department="works")
    assert only["department"].tolist() == ["works"]
    assert only.columns.tolist() == found.columns.tolist()


def test_missing_figures_are_listed_by_who_would_hold_them(plan, status):
    class Held:
        department = "air"

    assert accountability.held_by(plan, {"nox_cut": Held()}, status) == {"air": ["nox_cut"]}
