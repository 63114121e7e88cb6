"""Published progress methods: worked examples, cuts from both sides, guards, properties."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planbook.analysis.methods import (
    METHODS,
    Case,
    NotApplicableError,
    combine_open_sdg,
    disagreement,
    escap_parity,
    escap_status,
    eurostat,
    germany,
    judge,
    limit_factor,
    open_sdg,
    open_sdg_score,
    required_geometric,
    required_linear,
    schedule_geometric,
    schedule_linear,
    schedule_path,
    stance,
    task_of_year,
    un_chart,
    worst_symbol,
)
from planbook.analysis.methods.compare import STANCES
from planbook.errors import PlanbookError
from planbook.text import messages

CIF_1_1_1 = Case("down", (2015, 14.5), (2023, 10.2), (2030, 7.25))
CIF_1_2_1 = Case("up", (2016, 66.6), (2023, 71.4), limit=100)
CIF_1_3_1 = Case("down", (2015, 178.8), (2024, 171.9))
CIF_12_1_1 = Case("up", (2015, 0.37), (2024, 14.63), (2030, 60))
INTENSITY = Case("down", (2020, 1.0), (2024, 0.86), (2025, 0.82))


# ---- worked examples
@pytest.mark.parametrize(
    ("case", "value", "score", "category"),
    [
        (CIF_1_1_1, 0.9525901792032172, 2.5185563910306596, "substantial"),
        (CIF_1_2_1, 0.009991483690946268, 1.739752850099936, "moderate"),
        (CIF_1_3_1, 0.004363225612730504, -0.3183871936347482, "limited"),
        (CIF_12_1_1, 1.249622415033452, 4.640227948342444, "substantial"),
    ],
)
def test_open_sdg_gives_the_published_canadian_figures(case, value, score, category):
    found = open_sdg(case)
    assert found.value == pytest.approx(value, rel=1e-14, abs=0)
    assert found.figures["score"] == pytest.approx(score, rel=1e-13, abs=0)
    assert found.category == category


def test_the_limit_factor_of_the_canadian_example():
    assert round(open_sdg(CIF_1_2_1).figures["limit_factor"], 4) == 0.8355


def test_compound_and_linear_reading_of_one_case_lie_apart():
    found = judge(CIF_12_1_1)
    assert round(found["escap_status"].value, 2) == 2.39
    assert found["escap_status"].figures["target_pace"] == pytest.approx(6)
    assert found["escap_status"].category == "behind_pace"
    assert round(found["schedule_linear"].value, 3) == 0.399
    assert found["eurostat"].value == found["open_sdg"].value
    assert found["schedule_linear"].category == "red"
    assert found["schedule_geometric"].category == "green"
    assert disagreement(found) == ("disagree", "compound_linear")


def test_the_schedule_of_an_intensity_that_falls_by_18_per_cent():
    path = schedule_path(INTENSITY, kind="geometric")
    assert list(path) == [2020, 2021, 2022, 2023, 2024, 2025]
    assert [f"{value:.4f}" for value in path.values()] == [
        "1.0000", "0.9611", "0.9237", "0.8877", "0.8532", "0.8200",
    ]  # fmt: skip
    rate = required_geometric(INTENSITY).figures["rate_from_base"]
    assert f"{-100 * rate:.3f}" == "3.891"
    assert schedule_path(INTENSITY, kind="linear")[2024] == pytest.approx(0.856)


def test_fourteen_of_eighteen_per_cent_after_four_of_five_years():
    linear, geometric = schedule_linear(INTENSITY), schedule_geometric(INTENSITY)
    assert f"{linear.figures['completion']:.1%}" == "77.8%"
    assert linear.figures["elapsed_share"] == pytest.approx(0.8)
    assert linear.value == pytest.approx(35 / 36)
    assert f"{geometric.value:.1%}" == "95.4%"
    # the reading: the fall so far over the fall due after four years at equal rates
    assert geometric.value == pytest.approx(0.14 / (1 - 0.82**0.8))
    assert f"{geometric.figures['log_ratio']:.1%}" == "95.0%"
    assert (linear.category, geometric.category) == ("yellow", "yellow")


def test_required_against_actual_rate():
    found = required_linear(INTENSITY)
    assert found.figures["rate_actual"] == pytest.approx(-0.035)
    assert found.figures["rate_required"] == pytest.approx(-0.04)
    assert found.figures["rate_from_base"] == pytest.approx(-0.036)
    assert (found.value, found.category) == (pytest.approx(0.875), "too_slow")
    rate = required_geometric(INTENSITY)
    assert rate.figures["rate_required"] == pytest.approx(0.82 / 0.86 - 1)
    assert rate.value == pytest.approx((0.86**0.25 - 1) / (0.82 / 0.86 - 1))


def test_the_task_of_the_year():
    found = task_of_year(Case("down", (2020, 1.0), (2024, 0.86), (2025, 0.82), series={2023: 0.89}))
    assert found.figures["task_rate"] == pytest.approx(0.82**0.2 - 1)
    assert found.figures["rate_of_year"] == pytest.approx(0.86 / 0.89 - 1)
    assert found.value == pytest.approx((0.86 / 0.89 - 1) / (0.82**0.2 - 1))
    assert found.category == "yellow"
    first = task_of_year(Case("down", (2020, 1.0), (2021, 0.96), (2025, 0.82)))
    assert (first.category, first.figures["step_of_year"]) == ("green", pytest.approx(-0.04))
    assert task_of_year(INTENSITY).reason == "no_previous_year"


# ---- cuts, each from both sides
def by_ratio(ratio):
    """Give a case whose ratio of compound rates is `ratio`: +5 % a year is wanted."""
    return Case("up", (2020, 100.0), (2021, 100 * (1 + 0.05 * ratio)), (2030, 100 * 1.05**10))


def by_rate(rate, direction="up"):
    """Give a case without a target that grows by `rate` a year."""
    return Case(direction, (2020, 100.0), (2025, 100 * (1 + rate) ** 5))


@pytest.mark.parametrize(
    ("ratio", "european", "canadian"),
    [
        (0.95, "significant", "substantial"),
        (0.9499, "moderate", "moderate"),
        (0.60, "moderate", "moderate"),
        (0.5999, "insufficient", "limited"),
        (0.0, "insufficient", "limited"),
        (-0.0001, "away", "deterioration"),
    ],
)
def test_cuts_of_the_ratio_of_rates(ratio, european, canadian):
    assert eurostat(by_ratio(ratio)).category == european
    assert open_sdg(by_ratio(ratio)).category == canadian


@pytest.mark.parametrize(
    ("run", "cases"),
    [
        (eurostat, [(0.01, "significant"), (0.0099, "moderate"), (0.0, "moderate"),
                    (-0.0001, "moderate_away"), (-0.01, "moderate_away"),
                    (-0.0101, "significant_away")]),
        (open_sdg, [(0.015, "substantial"), (0.0149, "moderate"), (0.005, "moderate"),
                    (0.0049, "limited"), (0.0, "limited"), (-0.0001, "deterioration")]),
        (un_chart, [(0.02, "on_track"), (0.0199, "accelerate"), (0.005, "accelerate"),
                    (0.0049, "stagnation"), (-0.1, "stagnation")]),
    ],
)  # fmt: skip
def test_cuts_of_the_rate_without_a_target(run, cases):
    for rate, category in cases:
        assert run(by_rate(rate)).category == category, rate
        # the same rate downwards, where down is good
        assert run(by_rate(-rate, "down")).category == category, rate


@pytest.mark.parametrize(
    ("share", "category"),
    [(0.95, "on_track"), (0.9499, "accelerate"), (0.10, "accelerate"), (0.0999, "stagnation"),
     (-0.5, "stagnation")],
)  # fmt: skip
def test_cuts_of_the_un_chart(share, category):
    at_deadline = Case("up", (2020, 100.0), (2030, 100 + 50 * share), (2030, 150.0))
    assert un_chart(at_deadline).value == pytest.approx(share)
    assert un_chart(at_deadline).category == category


@pytest.mark.parametrize(
    ("share", "category"), [(1.0, "green"), (0.9999, "yellow"), (0.8, "yellow"), (0.7999, "red")]
)
def test_cuts_of_the_three_alerts(share, category):
    linear = Case("up", (2020, 0.0), (2024, 80 * share), (2025, 100.0))
    assert schedule_linear(linear).category == category
    due = 100 * 2**0.8 - 100
    geometric = Case("up", (2020, 100.0), (2024, 100 + due * share), (2025, 200.0))
    assert schedule_geometric(geometric).category == category
    task = 2**0.2 - 1
    year = Case("up", (2020, 100.0), (2021, 100 * (1 + task * share)), (2025, 200.0))
    assert task_of_year(year).category == category


def test_pace_from_both_sides():
    def pace(value):
        return Case("up", (2020, 100.0), (2022, value), (2024, 110.0))

    for value, category in [(105, "fast_enough"), (104.9, "too_slow"), (100, "too_slow"),
                            (99.9, "wrong_way")]:  # fmt: skip
        assert required_linear(pace(value)).category == category
    even = 100 * math.sqrt(1.1)
    for value, category in [(even, "fast_enough"), (even - 0.1, "too_slow"), (99.9, "wrong_way")]:
        assert required_geometric(pace(value)).category == category


@pytest.mark.parametrize(
    ("value", "category"),
    [(105, "ahead_of_pace"), (104.9, "behind_pace"), (100, "behind_pace"), (99.9, "regression")],
)
def test_escap_names_the_side_of_the_target_pace(value, category):
    found = escap_status(Case("up", (2020, 100.0), (2022, value), (2024, 110.0)))
    assert found.category == category
    assert found.value == pytest.approx(value - 100)


def test_escap_parity():
    assert escap_parity(0.8, 0.9, 1) == pytest.approx(5)
    assert escap_parity(0.8, 1.1, 1) == pytest.approx(5)
    assert escap_parity(0.8, 1.3, 1) == pytest.approx(-5)
    with pytest.raises(NotApplicableError, match="no_change_required"):
        escap_parity(1, 0.9, 1)


# ---- Open SDG: score, limit, guards
@pytest.mark.parametrize(
    ("value", "with_target", "factor", "score"),
    [
        (0.95, True, 1, 2.500055), (0.6, True, 1, 4e-05), (0.5999, True, 1, -0.00039667),
        (0.0, True, 1, -2.5), (-0.1, True, 1, -2.91667), (-9, True, 1, -5), (9, True, 1, 5),
        (0.015, False, 1, 2.5), (0.0149, False, 1, 2.475), (0.005, False, 1, 0),
        (0.0049, False, 1, -0.05), (0.0, False, 1, -2.5), (-0.01, False, 1, -3.75),
        (-0.02, False, 1, -5), (0.02, False, 1, 5), (0.0075, False, 0.5, 2.5),
        (0.0025, False, 0.5, 0), (0.0, False, 0, 5), (-0.01, False, 0, -3.75),
    ],
)  # fmt: skip
def test_score(value, with_target, factor, score):
    found = open_sdg_score(value, with_target=with_target, factor=factor)
    assert found == pytest.approx(score, abs=1e-9)


def test_limit_factor_on_either_side_of_the_limit():
    assert limit_factor(50, None) == 1
    assert limit_factor(100, 100) == 0
    assert limit_factor(50, 100) == pytest.approx(1 - 0.5**4.44)
    assert limit_factor(150, 100) == pytest.approx(1 - 0.5**4.44)
    assert limit_factor(200, 100) == limit_factor(500, 100) == limit_factor(7, 0) == 1
    assert limit_factor(-50, -100) == limit_factor(50, 100)


def test_at_the_limit_any_standstill_scores_best():
    still = open_sdg(Case("up", (2020, 100.0), (2023, 100.0), limit=100))
    assert (still.category, still.figures["score"]) == ("substantial", 5)
    fallen = open_sdg(Case("up", (2020, 100.0), (2023, 99.0), limit=100))
    assert fallen.category == "deterioration"


def test_a_limit_is_ignored_where_there_is_a_target():
    plain = Case("up", (2020, 90.0), (2023, 92.0), (2030, 99.0))
    limited = Case("up", (2020, 90.0), (2023, 92.0), (2030, 99.0), limit=100)
    assert open_sdg(plain) == open_sdg(limited)


def test_a_limit_can_be_why_methods_disagree():
    found = judge(Case("up", (2020, 98.0), (2025, 99.0), limit=100))
    assert stance(found["open_sdg"]) == "good"
    assert disagreement(found)[:2] == ("disagree", "limit_factor")


def test_a_base_or_target_of_zero_is_judged_by_no_compound_rate():
    """The package behind Open SDG takes 0.001 for zero, and the number chosen makes the rate.

    Of the way from 0 to 10, 3.1 is done in five of ten years: a tenth in place of 0.001 would
    turn a ratio of (3100^0.2 − 1) / (10000^0.1 − 1) = 2.6 into (31^0.2 − 1) / (100^0.1 − 1) = 1.7.
    """
    for case in (
        Case("up", (2020, 0.0), (2025, 3.1), (2030, 10.0)),
        Case("up", (2020, 0.0), (2025, 3.1)),
        Case("down", (2020, 0.0), (2025, -3.1), (2030, -10.0)),
    ):
        for run in (open_sdg, eurostat, un_chart):
            found = run(case)
            assert (found.value, found.category, found.reason) == (None, None, "zero_base")
        assert open_sdg(case).figures["score"] is None
    zero = Case("up", (2020, 0.0), (2022, 4.0), (2030, 10.0))
    assert schedule_geometric(zero).reason == "zero_base"
    assert schedule_linear(zero).value == pytest.approx(2)
    gone = Case("down", (2020, 10.0), (2022, 4.0), (2030, 0.0))
    for run in (open_sdg, eurostat, required_geometric, schedule_geometric):
        assert (run(gone).category, run(gone).reason) == (None, "zero_target")
    assert un_chart(gone).available
    near = Case("down", (2020, 10.0), (2022, 0.0005), (2030, 0.0))
    assert open_sdg(near).category is None  # below 0.001, yet above zero
    met = Case("down", (2020, 10.0), (2022, 0.0), (2030, 0.0))
    assert (open_sdg(met).category, open_sdg(met).value) == ("achieved", None)


def test_a_change_of_sign_and_a_single_year_are_not_judged():
    turned = Case("up", (2020, -2.0), (2022, 1.0), (2030, 5.0))
    across = Case("up", (2020, -2.0), (2022, -1.0), (2030, 5.0))
    single = Case("up", (2020, 2.0), (2020, 2.0), (2030, 5.0))
    for run in (eurostat, open_sdg, un_chart, schedule_geometric):
        assert run(turned).reason == "sign_change" or run is schedule_geometric
        assert not run(turned).available
        assert (run(single).category, run(single).reason) == (None, "too_few_points")
    assert (eurostat(across).reason, open_sdg(across).reason) == ("sign_change", "sign_change")
    assert schedule_linear(turned).available
    assert not any(one.available for one in judge(single).values())


def test_a_rise_among_negative_values_is_a_rise():
    found = Case("up", (2020, -10.0), (2022, -5.0), (2024, -2.5))
    assert open_sdg(found).value == pytest.approx(1)
    assert eurostat(found).value == pytest.approx(1)
    for run in (open_sdg, eurostat, un_chart):
        assert run(Case("up", (2020, -10.0), (2022, -5.0))).value > 0.2


def test_a_target_met_is_achieved_even_where_nothing_can_be_computed():
    turned = open_sdg(Case("up", (2020, -2.0), (2022, 6.0), (2030, 5.0)))
    assert (turned.category, turned.value, turned.figures["score"]) == ("achieved", None, 5)
    assert turned.reason == "sign_change"


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case("up", (2020, 50.0), (2022, 40.0), (2030, 50.0)), "no_change_required"),
        (Case("up", (2020, 60.0), (2022, 40.0), (2030, 50.0)), "target_behind_base"),
        (Case("up", (2020, 30.0), (2022, 40.0), (None, 50.0)), "no_deadline"),
        (Case("up", (2020, 30.0), (2022, 40.0), (2020, 50.0)), "deadline_before_base"),
        (Case("up", (2020, 30.0), (2022, 40.0)), "no_target"),
        (Case("up", (2020, 1e-300), (2021, 1e300), (2030, 1e308)), "not_finite"),
    ],
)
def test_reasons(case, reason):
    found = judge(case)
    assert reason in {one.reason for one in found.values()}
    assert list(found) == list(METHODS)


def test_after_the_deadline_the_whole_task_is_due():
    late = Case("up", (2015, 0.0), (2022, 90.0), (2020, 100.0))
    assert schedule_linear(late).value == pytest.approx(0.9)
    assert required_linear(late).reason == "after_deadline"
    late = Case("up", (2015, 10.0), (2022, 90.0), (2020, 100.0))
    assert (un_chart(late).reason, task_of_year(late).reason) == ("after_deadline",) * 2


# ---- Germany
def yearly(values, direction="up", target=None):
    series = dict(zip(range(2020, 2030), values, strict=False))
    last = 2019 + len(values)
    return Case(direction, (2020, values[0]), (last, values[-1]), target, series=series)


@pytest.mark.parametrize(
    ("goal", "category"),
    [
        (20.0, "sun"),  # projected 20 exactly
        (20.5, "sun"),  # miss 0.5 of 10.5 still open
        (20.526, "sun"),  # 4.997 %
        (20.527, "light_cloud"),  # 5.006 %
        (22.5, "light_cloud"),  # 20 % exactly
        (22.51, "cloud"),
    ],
)
def test_german_cuts_of_a_dated_target(goal, category):
    # five steps of 2 up to 10, five more years: projected 20
    found = germany(yearly([0.0, 2, 4, 6, 8, 10], target=(2030, goal)))
    assert found.category == category
    assert found.rule == "target"
    assert found.figures["projected"] == 20


def test_german_storm_and_standstill():
    assert germany(yearly([10.0, 9, 8, 7], target=(2030, 20.0))).category == "storm"
    assert germany(yearly([10.0, 9, 11, 10], target=(2030, 20.0))).category == "storm"


@pytest.mark.parametrize(
    ("values", "category"),
    [
        ([5.0, 6, 7, 8], "sun"), ([8.0, 8, 8, 8], "sun"), ([9.0, 9, 8, 8], "light_cloud"),
        ([5.0, 5, 6, 6], "cloud"), ([6.0, 6, 6, 6], "cloud"), ([7.0, 6, 6, 6], "storm"),
    ],
)  # fmt: skip
def test_german_rule_of_keeping_a_level(values, category):
    found = germany(yearly(values, target=(None, 8.0)))
    assert (found.rule, found.category) == ("keep", category)
    mirrored = germany(yearly([-one for one in values], "down", target=(None, -8.0)))
    assert mirrored.category == category


def test_a_dated_target_met_already_is_judged_as_one_to_keep():
    assert germany(yearly([9.0, 9, 8, 8], target=(2030, 8.0))).rule == "keep"


@pytest.mark.parametrize(
    ("values", "category"),
    [
        ([5.0, 6, 7, 8], "sun"), ([5.0, 7, 8, 7], "light_cloud"), ([5.0, 7, 8, 8], "light_cloud"),
        ([8.0, 7, 5, 6], "cloud"), ([8.0, 7, 7, 8], "cloud"), ([8.0, 7, 6, 5], "storm"),
        ([8.0, 8, 8, 8], "storm"),
    ],
)  # fmt: skip
def test_german_rule_of_direction(values, category):
    found = germany(yearly(values))
    assert (found.rule, found.category) == ("direction", category)


def test_germany_uses_the_last_six_years_and_needs_four_in_a_row():
    found = germany(yearly([99.0, 0, 1, 2, 3, 4, 5]))
    assert (found.figures["points"], found.value) == (6, pytest.approx(1))
    assert germany(yearly([1.0, 2, 3])).reason == "too_few_years"
    gap = Case("up", (2020, 1.0), (2025, 5.0), series={2020: 1, 2021: 2, 2023: 3, 2024: 4, 2025: 5})
    assert germany(gap).reason == "too_few_years"
    assert germany(CIF_1_3_1).reason == "no_series"
    other = Case("up", (2020, 1.0), (2023, 5.0), series={2023: 4.0})
    assert germany(other).reason == "series_disagrees"


def test_the_worst_of_several_german_symbols_rules():
    sun, storm = germany(yearly([5.0, 6, 7, 8])), germany(yearly([8.0, 7, 6, 5]))
    assert worst_symbol([sun, storm, germany(CIF_1_3_1)]) == "storm"
    assert worst_symbol([germany(CIF_1_3_1)]) is None


# ---- several series, disagreement, words
def test_an_indicator_takes_the_mean_of_its_series():
    first, second = open_sdg(CIF_1_1_1), open_sdg(CIF_1_3_1)
    mean, category = combine_open_sdg([first, second])
    assert mean == pytest.approx((2.5185563910306596 - 0.3183871936347482) / 2)
    assert category == "moderate"
    met = open_sdg(Case("up", (2020, 1.0), (2022, 5.0), (2030, 5.0)))
    assert combine_open_sdg([met, met]) == (5, "achieved")
    assert combine_open_sdg([met, second])[1] == "moderate"
    assert combine_open_sdg([open_sdg(Case("up", (2020, 1.0), (2020, 1.0)))]) == (None, None)


@pytest.mark.parametrize(
    ("case", "cause"),
    [
        (INTENSITY, "cuts"),
        (INTENSITY, "time_left"),
        (by_rate(0.012), "cuts"),
        (yearly([10.0, 20, 19, 18, 17, 16, 15], target=(2030, 30.0)), "recent_years"),
    ],
)
def test_why_methods_disagree(case, cause):
    found = disagreement(judge(case))
    assert found[0] == "disagree"
    assert cause in found


def test_no_disagreement_where_all_say_the_same():
    assert disagreement(judge(by_rate(0.03))) == ()
    assert disagreement(judge(Case("up", (2020, 1.0), (2020, 1.0)))) == ()


def test_every_key_has_its_words():
    known = messages()
    for name in METHODS:
        assert f"method_name_{name}" in known
        assert f"method_asks_{name}" in known
    for listed in STANCES.values():
        assert all(f"method_category_{category}" in known for category in listed)


def test_a_case_must_make_sense():
    with pytest.raises(PlanbookError, match="direction 'sideways': use 'up' or 'down'"):
        Case("sideways", (2020, 1.0), (2021, 2.0))
    with pytest.raises(PlanbookError, match="finite"):
        Case("up", (2020, math.nan), (2021, 2.0))
    with pytest.raises(PlanbookError, match="use 'linear' or 'geometric'"):
        schedule_path(INTENSITY, kind="curved")


# ---- properties
amounts = st.floats(0.5, 500)
years = st.integers(1, 20)


@st.composite
def cases(draw, with_target=True):
    start, year = 2000, 2000 + draw(years)
    target = (start + draw(years), draw(amounts)) if with_target else None
    return Case(draw(st.sampled_from(["up", "down"])), (start, draw(amounts)),
                (year, draw(amounts)), target)  # fmt: skip


def scaled(case, by):
    target = case.target and (case.target[0], case.target[1] * by)
    return Case(case.direction, (case.base[0], case.base[1] * by),
                (case.latest[0], case.latest[1] * by), target)  # fmt: skip


UNIT_FREE = [name for name in METHODS if name != "germany"]


@given(st.one_of(cases(), cases(with_target=False)))
def test_ratios_do_not_depend_on_the_unit(case):
    assume(case.target is None or abs(case.target[1] / case.base[1] - 1) > 1e-6)
    assume(case.target is None or abs(case.target[1] / case.latest[1] - 1) > 1e-6)
    one, other = judge(case), judge(scaled(case, 8.0))  # a power of two: no rounding
    for name in UNIT_FREE:
        assert one[name].category == other[name].category, name
        assert one[name].value == pytest.approx(other[name].value), name


@given(cases())
def test_reversed_direction_and_signs_give_the_same_linear_verdict(case):
    flip = Case("down" if case.direction == "up" else "up", (case.base[0], -case.base[1]),
                (case.latest[0], -case.latest[1]), (case.target[0], -case.target[1]))  # fmt: skip
    one, other = judge(case), judge(flip)
    for name in METHODS:
        assert one[name].category == other[name].category, name
        assert one[name].value == pytest.approx(other[name].value), name


@given(cases(with_target=False))
def test_the_other_direction_gives_the_opposite_rate(case):
    flip = Case("down" if case.direction == "up" else "up", case.base, case.latest)
    for run in (eurostat, open_sdg, un_chart):
        assert run(case).value == -run(flip).value


@given(st.floats(-3, 3), st.floats(-3, 3), st.booleans(), st.floats(0, 1))
def test_the_score_is_clipped_and_never_falls_with_progress(one, other, with_target, factor):
    low, high = sorted([one, other])
    first, second = (
        open_sdg_score(value, with_target=with_target, factor=factor) for value in (low, high)
    )
    assert -5 <= first <= second + 1e-9
    assert second <= 5


@given(cases())
def test_a_target_met_is_achieved_by_every_method_that_judges_the_target(case):
    assume(case.met)
    found = judge(case)
    for name in ("eurostat", "open_sdg", "escap_status", "required_linear", "required_geometric"):
        assert found[name].category == "achieved", name
    assert found["un_chart"].category == "on_track"
    assert found["schedule_linear"].category == found["schedule_geometric"].category == "green"
    assert found["open_sdg"].figures["score"] == 5


numbers = st.floats(allow_nan=False, allow_infinity=False)
any_case = st.builds(
    Case,
    st.sampled_from(["up", "down"]),
    st.tuples(st.integers(1990, 2030), numbers),
    st.tuples(st.integers(1990, 2030), numbers),
    st.none() | st.tuples(st.none() | st.integers(1990, 2030), numbers),
    st.none() | numbers,
    st.none() | st.dictionaries(st.integers(1990, 2030), numbers),
)


@given(any_case)
def test_no_case_raises_and_every_gap_has_a_reason(case):
    found = judge(case)
    disagreement(found)
    known = messages()
    for name, one in found.items():
        assert set(one.figures) == set(METHODS[name](CIF_1_1_1).figures)
        assert one.value is not None or f"method_missing_{one.reason}" in known
        assert one.category is None or f"method_category_{one.category}" in known
        assert one.value is None or math.isfinite(one.value)
