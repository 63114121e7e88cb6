"""Verdicts that a sensible reader would give, tried on an invented city.

Expectations are counted by hand from the figures beside them.
"""

import pytest
from judged import AMOUNT, standing, target

from planbook.analysis.progress import status_rows
from planbook.data.targets import FULL_PCT


def verdict(*args, **more) -> str:
    return standing(*args, **more).verdict


# ---- years before the plan ----

BUSES = {2016: 30.0, 2023: 90.0, 2024: 95.0}


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (BUSES, "met"),
        ({**BUSES, 2022: 79.0}, "met"),  # the year before the plan
        ({**BUSES, 2023: 79.0}, "at_risk"),  # the plan's own year
        ({**BUSES, 2024: 79.0}, "off_course"),
    ],
)
def test_years_before_the_plan_break_no_standing_floor(figures, expected):
    one = target("floor_each_year", 80)
    assert verdict(one, figures, 2024, plan_year=2023) == expected


def test_years_before_the_plan_break_no_standing_cap():
    one = target("limit", 10, "<=")
    assert verdict(one, {2016: 30.0, 2023: 9.0, 2024: 8.0}, 2024, plan_year=2023) == "met"
    assert verdict(one, {2023: 11.0, 2024: 8.0}, 2024, plan_year=2023) == "at_risk"


def test_without_the_year_of_the_plan_five_years_count():
    one = target("floor_each_year", 80)
    assert verdict(one, BUSES, 2024) == "met"
    assert verdict(one, {2020: 79.0, **BUSES}, 2024) == "at_risk"
    assert verdict(one, {2020: 79.0, **BUSES}, 2025) == "met"


def test_a_standing_floor_with_figures_from_before_the_plan_alone_has_no_data():
    found = standing(target("floor_each_year", 80), {2021: 90.0}, 2024, plan_year=2023)
    assert (found.verdict, found.rule) == ("no_data", "rule_none_covered")


# ---- floors by a date ----


@pytest.mark.parametrize(
    ("figures", "as_of", "expected"),
    [
        ({2021: 79.0, 2022: 81, 2023: 84, 2024: 86, 2025: 85}, 2026, "met"),
        ({2025: 81.0}, 2026, "met"),
        ({2024: 85.0, 2025: 79.9}, 2026, "missed"),
        ({2025: 81.0, 2026: 79.0}, 2027, "missed"),  # at 80 % by 2025, and kept there
        ({2021: 79.0, 2024: 85.0}, 2024, "on_course"),
        ({2021: 79.0}, 2024, "not_measurable"),
    ],
)
def test_a_floor_by_a_date_binds_from_that_date(figures, as_of, expected):
    one = target("floor_each_year", 80, deadline=2025)
    assert verdict(one, figures, as_of, plan_year=2023) == expected


def test_a_floor_of_a_period_binds_in_each_of_its_years():
    one = target("floor_each_year", 80, base_year=2020, deadline=2025)
    kept = dict.fromkeys(range(2022, 2026), 85.0)
    assert verdict(one, {2021: 79.0, **kept}, 2026, plan_year=2023) == "missed"
    assert verdict(one, {2021: 80.0, **kept}, 2026, plan_year=2023) == "met"


# ---- complete ----


@pytest.mark.parametrize(
    ("figure", "expected"),
    [(100.0, "met"), (99.96, "met"), (99.5, "met"), (99.49, "missed"), (98.9, "missed")],
)
@pytest.mark.parametrize("decimals", [0, 1, 3])
@pytest.mark.parametrize("shape", ["saturation", "level_by_date"])
def test_a_share_is_complete_from_ninety_nine_and_a_half(shape, decimals, figure, expected):
    one = target(shape, 100, deadline=2025)
    assert verdict(one, {2025: figure}, 2026, decimals=decimals) == expected


def test_what_the_plan_sets_below_full_stays_literal():
    assert verdict(target("level_by_date", 98.9, deadline=2025), {2025: 98.89}, 2026) == "missed"
    assert verdict(target("level_by_date", 99, deadline=2025), {2025: 98.9}, 2026) == "missed"
    beyond = target("level_by_date", 100, deadline=2025)  # such as a rate of self-supply
    assert verdict(beyond, {2025: 99.9}, 2026, bounds=(0, None)) == "missed"
    strict = target("level_by_date", 99.5, ">", deadline=2025)
    assert verdict(strict, {2025: 99.5}, 2026) == "missed"


def test_the_chance_counts_the_same_figures_as_complete():
    rising = {2018: 92.0, 2019: 94.0, 2020: 95.5, 2021: 97.0, 2022: 98.0, 2023: 98.7}
    found = standing(target("saturation", 100, deadline=2025), rising, 2024)
    assert found.facts.threshold == FULL_PCT == 99.5
    by_hand = 1 - float(found.forecast.cdf(99.5)[list(found.forecast.years).index(2025)])
    assert found.chance == pytest.approx(by_hand)


def test_none_left_is_read_alike():
    one = target("level_by_date", 0, "<=", deadline=2025)
    assert verdict(one, {2025: 0.5}, 2026) == "met"
    assert verdict(one, {2025: 0.6}, 2026) == "missed"


# ---- stocks and sums ----

FOREST = {2023: 251_000.0, 2025: 240_000.0}


@pytest.mark.parametrize(
    ("counts", "figures", "expected"),
    [
        ("stock", FOREST, "missed"),
        ("stock", {2023: 240_000.0, 2025: 251_000.0}, "met"),
        ("total", FOREST, "met"),  # what was done stays done
        (None, FOREST, "missed"),  # a running total never falls
        (None, {2023: 251_000.0, 2025: 252_000.0}, "met"),
    ],
)
def test_a_stock_reached_and_not_kept_is_missed(counts, figures, expected):
    one = target("quantity", 250_000, unit="mu", deadline=2025)
    assert verdict(one, figures, 2026, counts=counts, **AMOUNT) == expected


def test_a_stock_reached_early_is_on_course_not_done():
    one = target("quantity", 250_000, unit="mu", deadline=2025)
    assert verdict(one, {2023: 251_000.0}, 2024, counts="stock", **AMOUNT) == "on_course"
    assert verdict(one, {2023: 251_000.0}, 2024, counts="total", **AMOUNT) == "met"


def test_a_stock_without_a_deadline_is_judged_by_its_latest_figure():
    one = target("quantity", 100, unit="mu")
    said = {name: verdict(one, figures, 2026, counts="stock", **AMOUNT) for name, figures in {
        "there": {2023: 90.0, 2024: 100.0}, "lost": {2023: 100.0, 2024: 90.0}, "never": {2023: 80.0},
    }.items()}  # fmt: skip
    assert said == {"there": "met", "lost": "at_risk", "never": "not_measurable"}


# ---- a deadline between two figures ----


@pytest.mark.parametrize(
    ("figures", "rule"),
    [
        ({2024: 61.0, 2026: 64.0}, "rule_due_neighbours"),
        ({2024: 51.0, 2026: 54.0}, "rule_due_neighbours_not"),
        ({2024: 51.0, 2026: 64.0}, "rule_due_around"),
        ({2026: 64.0}, "rule_due_around"),
        ({2024: 61.0}, "rule_due_nowcast"),
    ],
)
def test_a_deadline_without_a_figure_is_due_and_its_neighbours_are_named(figures, rule):
    found = standing(target("level_by_date", 60, deadline=2025), figures, 2027)
    assert (found.verdict, found.rule) == ("due_no_data", rule)
    expected = (2024, 2026) if "neighbours" in rule else None
    assert found.judgement.evidence.get("neighbours") == expected


@pytest.mark.parametrize(
    ("one", "figures", "meta"),
    [
        (target("limit", 10, "<=", deadline=2025), {2024: 9.0, 2026: 8.0}, {}),
        (target("saturation", 100, deadline=2025), {2024: 99.6, 2026: 100.0}, {}),
        (target("floor_each_year", 80, deadline=2025), {2024: 81.0, 2026: 82.0}, {}),
        (target("change_from_base", -18, "<=", base_year=2020, deadline=2025), {2020: 100.0, 2024: 80.0, 2026: 79.0}, {}),
        (target("quantity", 50, deadline=2025), {2024: 51.0, 2026: 52.0}, {"counts": "stock"}),
    ],
)  # fmt: skip
def test_neighbours_speak_for_every_shape_that_a_date_decides(one, figures, meta):
    found = standing(one, figures, 2026, **meta)
    assert (found.verdict, found.rule) == ("due_no_data", "rule_due_neighbours")


# ---- held and lost ----


@pytest.mark.parametrize(
    ("one", "figures", "expected"),
    [
        (target("level_by_date", 43, base_year=2020, deadline=2025), {2020: 43.0, 2022: 42.5}, "at_risk"),
        (target("level_by_date", 43, base_year=2020, deadline=2025), {2020: 43.0, 2022: 43.5}, "on_course"),
        (target("level_by_date", 43, base_year=2020, deadline=2025), {2018: 44.0, 2020: 42.0, 2022: 41.0}, "off_course"),
        (target("level_by_date", 43, deadline=2025), {2020: 43.0, 2022: 42.5}, "at_risk"),
        (target("level_by_date", 43, deadline=2025), {2020: 42.0, 2022: 42.5}, "not_measurable"),
        (target("limit", 10, "<=", deadline=2025), {2020: 9.0, 2022: 11.0}, "at_risk"),
        (target("change_from_base", 0, "<=", base_year=2020, deadline=2025), {2020: 9.0, 2022: 9.5}, "at_risk"),
        (target("saturation", 100), {2020: 100.0, 2022: 98.0}, "at_risk"),
    ],
)  # fmt: skip
def test_below_a_level_that_was_held_is_at_risk(one, figures, expected):
    assert verdict(one, figures, 2023) == expected


# ---- sums with a gap ----

SUM = target("cumulative", 2500, unit="t", base_year=2020, deadline=2025)
TONNES = {"bounds": (0, None), "kind": "amount", "unit": "t"}


@pytest.mark.parametrize(
    ("figures", "as_of", "state", "rule"),
    [
        ({2021: 500.0, 2023: 500.0}, 2023, "not_measurable", "rule_sum_gap"),
        ({2022: 500.0, 2023: 500.0}, 2023, "not_measurable", "rule_sum_gap"),  # the first year
        ({2021: 500.0, 2023: 500.0}, 2026, "due_no_data", "rule_sum_gap"),
        ({2021: 500.0, 2023: 2000.0}, 2023, "met", "rule_published_years"),  # whatever 2022 was
        ({2021: 500.0, 2022: 500.0, 2023: 500.0}, 2023, "on_course", "rule_schedule"),
        ({2021: 500.0, 2022: 500.0, 2027: 500.0}, 2027, "due_no_data", "rule_due_nowcast"),
    ],
)
def test_a_sum_with_a_missing_year_is_not_judged_by_the_years_before_it(
    figures, as_of, state, rule
):
    found = standing(SUM, figures, as_of, **TONNES)
    assert (found.verdict, found.rule) == (state, rule)
    if rule == "rule_sum_gap":
        missing = next(year for year in (2021, 2022) if year not in figures)
        assert found.judgement.evidence["missing_year"] == missing
        row = status_rows({"t": found})[0]
        assert row["schedule_ratio"] is row["pace_needed"] is row["probability"] is None
        assert row["reasons"]["pace_needed"] == "pace_missing_sum_gap"


def test_a_sum_with_a_gap_has_no_chance_however_many_figures():
    figures = {year: 500.0 + year % 3 for year in range(2012, 2025) if year != 2022}
    found = standing(SUM, figures, 2024, **TONNES)
    assert (found.verdict, found.chance) == ("not_measurable", None)
    assert found.chance_reason == "chance_sum_gap"
    assert not any(result.available for result in found.methods.values())


# ---- whose figure ----


@pytest.mark.parametrize("status", ["external", "modelled"])
def test_what_others_list_or_compute_is_no_figure_of_the_city(status):
    found = standing(target("floor_each_year", 60), {2024: 66.0}, 2024, status=status)
    assert (found.verdict, found.latest_value) == ("no_data", None)
    outside = "rule_no_data_outside" if status == "external" else "rule_no_data"
    assert found.rule == outside


def test_official_figures_that_others_put_together_still_count():
    assert verdict(target("floor_each_year", 60), {2024: 66.0}, 2024, status="compiled") == "met"


@pytest.mark.parametrize(("lang", "words"), [("en", "from {:g} %"), ("zh", "达到{:g}%")])
def test_the_methods_page_gives_the_share_that_counts_as_complete(repo, lang, words):
    page = (repo.root / "book" / lang / "methods.md").read_text(encoding="utf-8")
    assert words.format(FULL_PCT) in page
