"""Which published methods fit which shape of target, and on which figures."""

import pandas as pd
import pytest

from planbook.analysis.methods import METHODS, majority
from planbook.analysis.progress.facts import Facts
from planbook.analysis.progress.yardsticks import COMPOUND, by_methods, case_of
from planbook.data.catalog import Indicator
from planbook.data.plan import Target
from planbook.text import messages

TEXT = {"en": "x", "zh": "x"}


def facts(shape, operator, value, figures, *, base=None, deadline=2025, unit="t", **meta) -> Facts:
    one = Indicator(**{**dict(id="i", sector="s", title=TEXT, unit=unit, direction="none",
                    kind="amount", bounds=(0, None), definition=TEXT, department="d"), **meta})  # fmt: skip
    goal = Target(target_id="t", section=1, measure=1, indicator="i", shape=shape,
                  operator=operator, value=value, unit=unit, base_year=base, deadline=deadline,
                  note_en="n", note_zh="n")  # fmt: skip
    return Facts(goal, one, pd.Series(figures, dtype="float64"), 2023)


def reasons(made: Facts) -> dict[str, str | None]:
    return {name: result.reason for name, result in by_methods(made).items()}


def test_a_level_counts_from_the_base_year_or_the_first_figure():
    figures = {2019: 40, 2020: 50, 2022: 58}
    based = case_of(facts("level_by_date", ">=", 70, figures, base=2020))
    assert (based.base, based.latest, based.target) == ((2020, 50), (2022, 58), (2025, 70))
    assert case_of(facts("level_by_date", ">=", 70, figures)).base == (2019, 40)
    assert case_of(facts("level_by_date", ">=", 70, {2022: 58}, base=2020)) == "no_start"
    assert case_of(facts("level_by_date", ">=", 70, {})) == "no_figure"


def test_a_change_is_judged_on_the_level_behind_it():
    made = facts("change_from_base", "<=", -18, {2020: 2.0, 2024: 1.72}, base=2020)
    found = case_of(made)
    assert (found.direction, found.base, found.latest) == ("down", (2020, 2.0), (2024, 1.72))
    assert found.target == (2025, pytest.approx(1.64))
    results = by_methods(made)
    assert f"{results['eurostat'].value:.1%}" == "95.1%"
    assert f"{results['schedule_geometric'].value:.1%}" == "95.4%"
    assert case_of(facts("change_from_base", "<=", -18, {2024: 1.7}, base=2020)) == "no_start"


def test_a_sum_counts_from_zero_and_refuses_compound_rates():
    made = facts("cumulative", ">=", 50, {2021: 10, 2022: 12}, base=2020)
    found = case_of(made)
    assert (found.base, found.latest) == ((2020, 0.0), (2022, 22.0))
    told = reasons(made)
    assert {told[name] for name in COMPOUND} == {"shape_cumulative"}
    assert by_methods(made)["schedule_linear"].value == pytest.approx(22 / 20)
    assert by_methods(made)["escap_status"].value == pytest.approx(4.4)
    budget = facts("cumulative", "<=", 50, {2021: 10, 2022: 12}, base=2020)
    assert set(reasons(budget).values()) == {"shape_budget"}


def test_near_full_coverage_only_equal_steps_are_applied():
    made = facts("saturation", ">=", 100, {2020: 90, 2022: 94}, base=2020, unit="%")
    told = reasons(made)
    assert {told[name] for name in COMPOUND} == {"shape_saturation"}
    assert by_methods(made)["schedule_linear"].value == pytest.approx(1)


def test_an_amount_needs_a_start_and_one_piece_has_no_halfway():
    assert set(reasons(facts("quantity", ">=", 90, {2021: 10, 2022: 30})).values()) == {"no_start"}
    told = reasons(facts("quantity", ">=", 90, {2020: 0, 2022: 30}, base=2020))
    assert told["eurostat"] == "shape_quantity"
    assert told["schedule_linear"] is None
    piece = facts("quantity", ">=", 1, {2020: 0, 2022: 0}, base=2020, unit="count")
    assert set(reasons(piece).values()) == {"shape_done_or_not"}


def test_a_floor_is_judged_by_the_german_rule_of_keeping_alone():
    made = facts("floor_each_year", ">=", 80, {2019: 82, 2020: 83, 2021: 84, 2022: 85}, base=2018)
    found = by_methods(made)
    assert (found["germany"].rule, found["germany"].category) == ("keep", "sun")
    told = reasons(made)
    assert told.pop("germany") is None
    assert set(told.values()) == {"shape_floor"}


def test_all_methods_answer_always_with_the_same_figures_and_a_reason_in_words():
    known = messages()
    full = by_methods(facts("level_by_date", ">=", 70, {2020: 50, 2022: 58}, base=2020))
    for made in (
        facts("level_by_date", ">=", 70, {}),
        facts("cumulative", ">=", 50, {2021: 10}, base=2020),
        facts("floor_each_year", ">=", 80, {2022: 81}),
        facts("quantity", ">=", 1, {2022: 0}, unit="count"),
    ):
        found = by_methods(made)
        assert list(found) == list(METHODS)
        for name, result in found.items():
            assert set(result.figures) == set(full[name].figures)
            assert result.available or f"method_missing_{result.reason}" in known


def test_the_majority_is_more_than_half():
    good = by_methods(facts("level_by_date", ">=", 70, {2020: 50, 2022: 60}, base=2020))
    assert majority(good) == "good"
    away = by_methods(facts("level_by_date", ">=", 70, {2020: 50, 2022: 40}, base=2020))
    assert majority(away) == "away"
    assert majority(by_methods(facts("level_by_date", ">=", 70, {}))) is None
