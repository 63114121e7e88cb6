"""Targets that contradict themselves, each other or the catalogue, and notes on the rest."""

import pandas as pd
import pytest

from planbook.data.catalog import Catalog, Department, Indicator
from planbook.data.contradictions import contradictions, notes
from planbook.data.plan import Plan, Target

TEXT = {"en": "x", "zh": "x"}


def catalog(direction="up", bounds=(0, 100)) -> Catalog:
    one = Indicator(id="i", sector="s", title=TEXT, unit="%", direction=direction, kind="share",
                    bounds=bounds, definition=TEXT, department="d")  # fmt: skip
    return Catalog({"i": one}, {"d": Department(en="D", zh="部")})


def target(name, shape, operator, value, *, base=None, deadline=2025) -> Target:
    return Target(target_id=name, section=1, measure=1, indicator="i", shape=shape,
                  operator=operator, value=value, unit="%", base_year=base, deadline=deadline,
                  note_en="n", note_zh="n")  # fmt: skip


def plan(*targets) -> Plan:
    rows = {one.target_id: f"row {number}" for number, one in enumerate(targets, start=2)}
    return Plan({}, {}, {}, {one.target_id: one for one in targets}, {}, {}, rows)


def faults(*targets, **meta) -> list[str]:
    return [str(one) for one in contradictions(plan(*targets), catalog(**meta), "targets.csv")]


@pytest.mark.parametrize(
    ("one", "meta", "told"),
    [
        (target("a", "level_by_date", "<=", 40), {}, "operator '<=' of 'a' asks for less, but 'i' is good when it goes up; mend the operator"),
        (target("a", "level_by_date", ">=", 40), {"direction": "down"}, "operator '>=' of 'a' asks for more"),
        (target("a", "change_from_base", "<=", 18, base=2020), {"direction": "down"}, "'a' sets 18 %, above its base year, but 'i' is good when it goes down; mend the sign"),
        (target("a", "change_from_base", ">=", -18, base=2020), {}, "'a' sets -18 %, below its base year"),
        (target("a", "level_by_date", ">=", 101), {}, "value 101 % of 'a' is outside [0, 100]; check the value and its unit"),
        (target("a", "change_from_base", "<=", -101, base=2020), {"direction": "down"}, "outside [-100, ∞]"),
        (target("a", "cumulative", ">=", -1, base=2020), {}, "outside [0, ∞]"),
    ],
)  # fmt: skip
def test_a_target_that_contradicts_itself(one, meta, told):
    (found,) = faults(one, **meta)
    assert found.startswith("targets.csv row 2: ")
    assert told in found


def test_what_is_meant_is_no_fault():
    assert faults(target("a", "level_by_date", ">=", 40)) == []
    assert faults(target("a", "level_by_date", "==", 40), direction="down") == []
    assert faults(target("a", "limit", "<=", 40), direction="none") == []
    assert faults(target("a", "cumulative", ">=", 4000, base=2020)) == []
    assert faults(target("a", "change_from_base", "<=", -18, base=2020), direction="down") == []


NONE = {"direction": "none"}


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (("limit", "<=", 40), ("level_by_date", ">=", 50), True),
        (("limit", "<=", 50), ("level_by_date", ">=", 50), False),
        (("limit", "<", 50), ("level_by_date", ">=", 50), True),
        (("level_by_date", "==", 40), ("level_by_date", "==", 50), True),
        (("level_by_date", ">=", 40), ("level_by_date", ">=", 50), False),
    ],
)
def test_two_targets_that_exclude_each_other(one, other, clash):
    found = faults(target("a", *one), target("b", *other), **NONE)
    assert bool(found) == clash
    if clash:
        assert found[0].startswith("targets.csv row 3: 'b' (")
        assert "'a' (" in found[0]
        assert "row 2) cannot both hold for i; mend the value, operator or deadline" in found[0]


def test_only_targets_that_bind_in_one_year_can_exclude_each_other():
    low = target("a", "level_by_date", "<=", 40, deadline=2025)
    late = target("b", "level_by_date", ">=", 50, deadline=2030)
    assert faults(low, late, **NONE) == []
    assert len(faults(target("a", "limit", "<=", 40, deadline=None), late, **NONE)) == 1
    assert len(faults(target("a", "limit", "<=", 40, deadline=2025), late, **NONE)) == 1
    floor = target("c", "floor_each_year", ">=", 50, deadline=2030)
    assert faults(floor, low, **NONE) == []  # it binds from 2030 on
    early = target("c", "floor_each_year", ">=", 50, deadline=2024)
    assert len(faults(early, low, **NONE)) == 1
    period = target("c", "floor_each_year", ">=", 50, base=2024, deadline=2029)
    assert len(faults(period, low, **NONE)) == 1
    assert faults(target("c", "floor_each_year", ">=", 50, base=2025, deadline=2030), low, **NONE) == []  # fmt: skip


def test_a_sum_and_a_level_are_different_quantities():
    total = target("a", "cumulative", ">=", 500, base=2020)
    assert faults(total, target("b", "limit", "<=", 40), **NONE) == []
    assert len(faults(total, target("b", "cumulative", "<=", 400, base=2020), **NONE)) == 1


def noted(one, figures, status="final") -> list[str]:
    columns = ["indicator", "entity", "year", "value", "unit", "status", "published", "source",
               "qualifier", "note", "note_zh"]  # fmt: skip
    rows = [["i", "town", year, value, "%", status, "", "s", "", "", ""]
            for year, value in figures.items()]  # fmt: skip
    known = pd.DataFrame(rows, columns=columns)
    return [str(x) for x in notes(plan(one), known, catalog(), city="town", name="targets.csv")]


def test_a_base_year_without_a_figure_is_noted_with_its_holder():
    (note,) = noted(target("a", "change_from_base", ">=", 18, base=2020), {2021: 40})
    assert note == (
        "targets.csv row 2: base year 2020 of 'a' has no figure of the city for 'i'; "
        "add it to the observations; department 'd' would hold it"
    )
    (note,) = noted(target("a", "level_by_date", ">=", 50, base=2020), {2020: 40}, "modelled")
    assert "has no figure of the city" in note
    assert noted(target("a", "cumulative", ">=", 50, base=2020), {}) == []


def test_a_target_met_in_its_base_year_is_noted():
    one = target("a", "level_by_date", ">=", 50, base=2020)
    assert noted(one, {2020: 49.9}) == []
    (note,) = noted(one, {2020: 50})
    assert "'a' (>= 50 % by 2025) is met already: 50 % in the base year 2020;" in note
    (note,) = noted(one, {2020: 60})
    assert "60 % in the base year 2020; the target lies below that figure;" in note
    (note,) = noted(target("a", "level_by_date", ">=", 50), {2019: 55, 2020: 40})
    assert "55 % in 2019, the first year with a figure" in note


def test_a_floor_may_lie_below_its_base():
    assert noted(target("a", "floor_each_year", ">=", 80, base=2020), {2020: 85}) == []
