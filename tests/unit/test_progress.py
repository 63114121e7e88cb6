"""States of targets, by shape."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from planbook.analysis.forecast import forecast
from planbook.analysis.progress import Standing, measure, stand
from planbook.analysis.progress.rules import RULES
from planbook.data.catalog import Catalog, Department, Indicator
from planbook.data.plan import Target
from planbook.data.shapes import IN_PLAN, SHAPES

TEXT = {"en": "x", "zh": "x"}


def indicator(**more) -> Indicator:
    base = dict(id="i", sector="s", title=TEXT, unit="%", direction="up", kind="share",
                bounds=(0, 100), definition=TEXT, department="d")  # fmt: skip
    return Indicator(**{**base, **more})


def target(shape, operator, value, *, base=None, deadline=None, unit="%") -> Target:
    return Target(target_id="t", section=1, measure=1, indicator="i", shape=shape,
                  operator=operator, value=value, unit=unit, base_year=base, deadline=deadline,
                  note_en="n", note_zh="n")  # fmt: skip


def verdict(one: Target, figures: dict[int, float], as_of: int, status="final", **meta) -> str:
    return standing(one, figures, as_of, status, **meta).verdict


def standing(
    one: Target, figures: dict[int, float], as_of: int, status="final", **meta
) -> Standing:
    rows = [
        dict(indicator="i", entity="town", year=year, value=value, unit="%", status=status,
             published="", source="s", qualifier="", note="", note_zh="")
        for year, value in figures.items()
    ]  # fmt: skip
    columns = ["indicator", "entity", "year", "value", "unit", "status", "published", "source",
               "qualifier", "note", "note_zh"]  # fmt: skip
    known = pd.DataFrame(rows, columns=columns)
    catalog = Catalog({"i": indicator(**meta)}, {"d": Department(en="D", zh="部")})
    return stand(one, known, catalog, city="town", as_of=as_of)


LEVEL = target("level_by_date", ">=", 70, deadline=2025)
RISING = {2016: 50.0, 2017: 53.5, 2018: 55.0, 2019: 58.4, 2020: 61.0, 2021: 63.2, 2022: 66.1}


@pytest.mark.parametrize(
    ("one", "figures", "as_of", "expected"),
    [
        (LEVEL, {}, 2024, "no_data"),
        (LEVEL, {}, 2025, "due_no_data"),
        (LEVEL, {2025: 71}, 2026, "met"),
        (LEVEL, {2025: 70}, 2026, "met"),
        (LEVEL, {2025: 69.9}, 2026, "missed"),
        (LEVEL, {2024: 75, 2026: 76}, 2026, "due_no_data"),
        (LEVEL, {year: value + 1.2 for year, value in RISING.items()}, 2023, "at_risk"),
        (LEVEL, {year: value + 5 for year, value in RISING.items()}, 2023, "on_course"),
        (LEVEL, RISING, 2026, "due_no_data"),
        (LEVEL, {year: value - 12 for year, value in RISING.items()}, 2023, "off_course"),
        (LEVEL, {2022: 60}, 2023, "not_measurable"),
        (target("level_by_date", ">", 30, deadline=2025), {2025: 30}, 2026, "missed"),
        (target("quantity", ">=", 100, deadline=2025), {2022: 100}, 2023, "met"),
        (target("quantity", ">=", 100), {2022: 40}, 2030, "not_measurable"),
        (target("limit", "<=", 10), {2022: 11}, 2023, "off_course"),
        (target("limit", "<=", 10), {2022: 9}, 2023, "met"),
        (target("saturation", ">=", 100, deadline=2025), {2025: 100}, 2025, "met"),
        (target("cumulative", ">=", 50, base=2020, deadline=2025), {2021: 20, 2022: 31}, 2023, "met"),
        (target("cumulative", ">=", 50, base=2020, deadline=2025), {2021: 20}, 2026, "due_no_data"),
        # five years ask for 50, so two years for 20: 20, 16 and 15.9 of it
        (target("cumulative", ">=", 50, base=2020, deadline=2025), {2021: 10, 2022: 10}, 2023, "on_course"),
        (target("cumulative", ">=", 50, base=2020, deadline=2025), {2021: 8, 2022: 8}, 2023, "at_risk"),
        (target("cumulative", ">=", 50, base=2020, deadline=2025), {2021: 8, 2022: 7.9}, 2023, "off_course"),
        (target("cumulative", ">=", 50, base=2020), {2021: 8}, 2023, "not_measurable"),
        (target("cumulative", ">=", 50, base=2020, deadline=2022), {2021: 8, 2022: 8, 2023: 40}, 2024, "missed"),
        # a cap on a sum cannot be met early, only used up
        (target("cumulative", "<=", 50, base=2020, deadline=2025), {2021: 10, 2022: 10}, 2023, "on_course"),
        (target("cumulative", "<=", 50, base=2020, deadline=2025), {2021: 12, 2022: 12}, 2023, "at_risk"),
        (target("cumulative", "<=", 50, base=2020, deadline=2025), {2021: 30, 2022: 21}, 2023, "missed"),
        (target("cumulative", "<=", 50, base=2020, deadline=2022), {2021: 30, 2022: 20}, 2023, "met"),
        # floors: every covered year counts
        (target("floor_each_year", ">=", 80, base=2020, deadline=2023), {2019: 60, 2021: 80, 2022: 85, 2023: 81}, 2024, "met"),
        (target("floor_each_year", ">=", 80, base=2020, deadline=2023), {2021: 79, 2022: 85}, 2022, "missed"),
        (target("floor_each_year", ">=", 80, base=2020, deadline=2025), {2021: 79, 2022: 85}, 2023, "missed"),
        (target("floor_each_year", ">=", 80, base=2020, deadline=2025), {2021: 81, 2022: 85}, 2023, "on_course"),
        (target("floor_each_year", ">=", 80, base=2020, deadline=2023), {2021: 81, 2023: 85}, 2024, "due_no_data"),
        (target("floor_each_year", ">=", 80, base=2020, deadline=2023), {2021: 81, 2022: 85}, 2024, "due_no_data"),
        (target("floor_each_year", ">=", 80, base=2020, deadline=2023), {2021: 81, 2022: 85, 2023: 85, 2024: 10}, 2025, "met"),
        (target("floor_each_year", ">=", 80), {2021: 81, 2022: 85}, 2023, "met"),
        (target("floor_each_year", ">=", 80), {2021: 79, 2022: 85}, 2023, "at_risk"),
        (target("floor_each_year", ">=", 80), {2021: 81, 2022: 79}, 2023, "off_course"),
        # without a base year a floor binds from its deadline on
        (target("floor_each_year", ">=", 80, deadline=2025), {2019: 60, 2020: 70, 2021: 81}, 2022, "on_course"),
        (target("floor_each_year", ">=", 80, deadline=2025), {2019: 60, 2020: 70}, 2022, "not_measurable"),
        (target("floor_each_year", ">=", 80, deadline=2025), {2020: 70, **dict.fromkeys(range(2021, 2026), 81)}, 2026, "met"),
        (target("floor_each_year", ">=", 80, deadline=2025), {2025: 81}, 2026, "met"),
        (target("floor_each_year", ">=", 80, deadline=2025), {2025: 81, 2026: 79}, 2026, "missed"),
        # caps: the worst figure from the deadline on
        (target("limit", "<=", 10, deadline=2022), {2020: 30, 2022: 10, 2023: 9}, 2024, "met"),
        (target("limit", "<=", 10, deadline=2022), {2022: 9, 2023: 11}, 2024, "missed"),
        (target("limit", "<=", 10, deadline=2022), {2023: 9}, 2024, "due_no_data"),
        (target("limit", "<=", 10, deadline=2025), {2022: 9}, 2023, "on_course"),
        (target("limit", "<=", 10, deadline=2025), {2022: 11}, 2023, "not_measurable"),
        (target("limit", "<=", 10), {2021: 11, 2022: 9}, 2023, "at_risk"),
        (target("limit", "<=", 10, base=2021), {2021: 11, 2022: 9}, 2023, "met"),
        # full coverage: complete from 99.5; 50 to 99.5 on the logit scale is 5.29
        (target("saturation", ">=", 100, deadline=2025), {2025: 99.4}, 2026, "missed"),
        (target("saturation", ">=", 100), {2022: 99.4}, 2023, "not_measurable"),
        (target("saturation", ">=", 100, base=2020, deadline=2024), {2020: 50, 2022: 94}, 2023, "on_course"),
        (target("saturation", ">=", 100, base=2020, deadline=2024), {2020: 50, 2022: 90}, 2023, "at_risk"),
        (target("saturation", ">=", 100, base=2020, deadline=2024), {2020: 50, 2022: 75}, 2023, "off_course"),
        # amounts: no rate without a start
        (target("quantity", ">=", 100, deadline=2025), {2021: 10, 2022: 40}, 2023, "not_measurable"),
        (target("quantity", ">=", 100, base=2020, deadline=2025), {2020: 0, 2022: 40}, 2023, "on_course"),
        (target("quantity", ">=", 100, base=2020, deadline=2025), {2020: 0, 2022: 31}, 2023, "off_course"),
        (target("quantity", ">=", 100, deadline=2025), {2025: 99, 2026: 100}, 2027, "missed"),
        # a level with a base year of the plan follows its schedule
        (target("level_by_date", ">=", 70, base=2020, deadline=2024), {2020: 50, 2022: 60}, 2023, "on_course"),
        (target("level_by_date", ">=", 70, base=2020, deadline=2024), {2020: 50, 2022: 58}, 2023, "at_risk"),
        (target("level_by_date", ">=", 70, base=2020, deadline=2024), {2020: 50, 2022: 49}, 2023, "off_course"),
        (LEVEL, {2022: 71}, 2023, "on_course"),
        (LEVEL, {2026: 76}, 2027, "due_no_data"),
        (LEVEL, {2026: 76, 2027: 76, 2028: 77, 2029: 78, 2030: 80}, 2031, "due_no_data"),
        # equal rates ask for 1 - 0.81 ** (1/2) = 10 % after half of the time
        (target("change_from_base", "<=", -19, base=2020, deadline=2024), {2020: 2, 2022: 1.8}, 2023, "on_course"),
        (target("change_from_base", "<=", -19, base=2020, deadline=2024), {2020: 2, 2022: 1.81}, 2023, "at_risk"),
        (target("change_from_base", "<=", -19, base=2020, deadline=2024), {2020: 2, 2022: 1.85}, 2023, "off_course"),
        (target("change_from_base", "<=", -18, base=2020, deadline=2025), {2020: 2, 2025: 1.6}, 2026, "met"),
        (target("change_from_base", "<=", -18, base=2020, deadline=2025), {2020: 2, 2025: 1.7}, 2026, "missed"),
        (target("change_from_base", "<=", -18, base=2020, deadline=2025), {2025: 1.7}, 2026, "due_no_data"),
        # from zero or below there is no change in per cent
        (target("change_from_base", "<=", -18, base=2020, deadline=2025), {2020: 0, 2025: 1}, 2026, "due_no_data"),
        # sums of floats: 0.7 + 0.1 + 0.2 is a little below 1
        (target("cumulative", ">=", 1, base=2020, deadline=2023), {2021: 0.7, 2022: 0.1, 2023: 0.2}, 2024, "met"),
        (target("cumulative", ">", 1, base=2020, deadline=2023), {2021: 0.7, 2022: 0.1, 2023: 0.2}, 2024, "missed"),
    ],
)  # fmt: skip
def test_state_by_shape(one, figures, as_of, expected):
    assert verdict(one, figures, as_of) == expected


def test_a_modelled_estimate_never_decides():
    assert verdict(LEVEL, {2025: 99}, 2026, status="modelled") == "due_no_data"


def test_figures_before_a_break_do_not_count():
    cut = {"breaks": ({"from": 2021, "reason": TEXT},)}
    assert verdict(LEVEL, RISING, 2023, **cut) == "not_measurable"


def test_a_catalogue_that_forbids_a_forecast_is_obeyed():
    assert verdict(LEVEL, RISING, 2023, forecast=TEXT) == "not_measurable"


def test_a_sum_ends_before_the_first_missing_year():
    one = target("cumulative", ">=", 50, base=2020, deadline=2025)
    points = pd.Series({2020: 9.0, 2021: 1.0, 2022: 2.0, 2024: 5.0})
    assert measure(one, points).to_dict() == {2021: 1.0, 2022: 3.0}


def test_every_shape_has_its_rule():
    assert {one.rule for one in SHAPES.values()} == set(RULES)
    assert set(IN_PLAN) == set(Target.model_fields["shape"].annotation.__args__)


def test_a_floor_names_the_years_that_broke_it():
    one = standing(
        target("floor_each_year", ">=", 80, base=2019, deadline=2025),
        {2019: 70, 2020: 79, 2021: 81, 2022: 75},
        2023,
    )
    assert one.judgement.evidence == {"breaches": (2020, 2022), "worst_year": 2022, "worst": 75}
    assert one.rule == "rule_floor_broken"
    assert one.pace.headroom == -5
    assert one.pace.completion == pytest.approx(1 / 3)


def test_the_pace_of_a_level():
    one = standing(target("level_by_date", ">=", 70, base=2020, deadline=2025),
                   {2020: 50, 2022: 58}, 2023)  # fmt: skip
    found = one.pace
    assert (found.start_year, found.start, found.start_kind) == (2020, 50, "base")
    assert (found.seen, found.needed, found.elapsed, found.completion) == (4, 4, 0.4, 0.4)
    assert found.schedule == pytest.approx(1)
    assert found.seen_rate == pytest.approx(1.16**0.5 - 1)
    assert found.needed_rate == pytest.approx((70 / 58) ** (1 / 3) - 1)


def test_fourteen_of_eighteen_per_cent_after_four_of_five_years():
    one = standing(target("change_from_base", "<=", -18, base=2020, deadline=2025),
                   {2020: 1.0, 2024: 0.86}, 2024, unit="t")  # fmt: skip
    found = one.pace
    assert f"{found.completion:.1%}" == "77.8%"
    assert f"{found.schedule:.1%}" == "95.4%"
    assert (found.seen, found.needed) == (pytest.approx(-3.5), pytest.approx(-4))
    assert found.needed_rate == pytest.approx(0.82 / 0.86 - 1)
    assert one.verdict == "at_risk"


def test_an_uneven_pace_is_told_for_the_latest_years_too():
    """By hand: 50 to 66 in four years, all but one point of it in the first: 70 in two years.

    Needed are 2 points a year; since 2018 it was 4, of the latest two years 0.25.
    """
    one = target("level_by_date", ">=", 70, base=2018, deadline=2024)
    uneven = {2018: 50.0, 2019: 65.0, 2020: 65.5, 2021: 65.8, 2022: 66.0}
    found = standing(one, uneven, 2022).pace
    assert (found.needed, found.seen) == (2.0, 4.0)
    assert (found.latest, found.latest_since) == (pytest.approx(0.25), 2020)
    # without 2020 the window is three years: one point in three years
    found = standing(one, {year: uneven[year] for year in (2018, 2019, 2022)}, 2022).pace
    assert (found.latest, found.latest_since) == (pytest.approx(1 / 3), 2019)
    # an even way, or one that starts two years ago, has nothing to add
    even = {2018: 50.0, 2019: 54.0, 2020: 58.0, 2021: 62.0, 2022: 66.0}
    assert standing(one, even, 2022).pace.latest is None
    assert standing(one, {2018: 50.0, 2020: 66.0}, 2020).pace.latest is None
    # a faster end than the way as a whole answers otherwise, too
    late = {2018: 50.0, 2019: 50.0, 2020: 50.0, 2021: 53.0, 2022: 61.0}
    found = standing(one, late, 2022).pace
    assert (found.needed, found.seen, found.latest) == (4.5, 2.75, 5.5)


def test_without_a_base_year_a_level_has_a_pace_but_no_schedule():
    found = standing(LEVEL, {2021: 50, 2022: 58}, 2023).pace
    assert (found.start_kind, found.seen, found.needed) == ("first_figure", 8, 4)
    assert found.schedule is None


def test_no_rate_is_invented_for_an_amount_without_a_start():
    found = standing(target("quantity", ">=", 100, deadline=2025), {2021: 10, 2022: 40}, 2023).pace
    assert (found.completion, found.seen, found.seen_rate) == (0.4, None, None)
    assert found.reasons["seen"] == "no_start"
    assert found.needed == 20


def test_reasons_stand_where_nothing_is_known():
    one = standing(LEVEL, {}, 2023)
    assert one.pace.reasons["needed"] == "no_figure"
    assert (one.chance_reason, one.flip, one.record) == ("chance_no_figure", None, None)
    assert standing(target("limit", "<=", 9), {2022: 3}, 2023).chance_reason == "chance_no_deadline"
    assert standing(LEVEL, {2025: 71}, 2026).chance_reason == "chance_decided"
    short = standing(LEVEL, {2021: 60, 2022: 61}, 2023)
    assert (short.chance_reason, short.refused.details) == ("refused_short", {"n": 2, "least": 5})


AMOUNTS = {2016: 9.0, 2017: 11, 2018: 10, 2019: 12, 2020: 11, 2021: 10, 2022: 13}
AMOUNT = {"bounds": (0, None), "kind": "amount", "unit": "t"}


def test_the_chance_of_a_sum_adds_up_paths_and_learns_from_years_before_the_base():
    one = standing(
        target("cumulative", ">=", 58, base=2020, deadline=2025), AMOUNTS, 2023, **AMOUNT
    )
    assert one.rule == "rule_chance_sum"
    yearly = forecast(pd.Series(AMOUNTS), 3, lower=0, kind="amount")
    sums = 23 + yearly.sample(1000).sum(axis=1)
    assert one.chance == pytest.approx((sums >= 58).mean(), abs=1e-12)
    assert 0.2 < one.chance < 0.8
    assert one.forecast.probability(2025, 58, wants="at_least") == pytest.approx(
        one.chance, abs=0.01
    )
    easy = standing(
        target("cumulative", ">=", 40, base=2020, deadline=2025), AMOUNTS, 2023, **AMOUNT
    )
    assert easy.verdict == "on_course"


def test_keeping_a_floor_every_year_is_less_likely_than_in_one():
    kept = {2016: 82.0, 2017: 83, 2018: 82.5, 2019: 83.4, 2020: 83.0, 2021: 82.2, 2022: 82.1}
    floor = standing(target("floor_each_year", ">=", 80, base=2020, deadline=2027), kept, 2023)
    level = standing(target("level_by_date", ">=", 80, deadline=2027), kept, 2023)
    assert floor.rule == "rule_chance_floor"
    assert 0 < floor.chance < level.chance


def test_full_coverage_is_counted_from_where_a_figure_counts_as_complete():
    rising = {2018: 91.0, 2019: 93.5, 2020: 95.0, 2021: 96.2, 2022: 97.5, 2023: 98.6}
    full = standing(target("saturation", ">=", 100, deadline=2025), rising, 2024)
    nearly = standing(target("level_by_date", ">=", 99.5, deadline=2025), rising, 2024)
    assert full.rule == "rule_chance_full"
    assert full.chance == pytest.approx(nearly.chance)
    assert full.chance > 0


@pytest.mark.parametrize(
    ("shape", "figures", "base", "rule"),
    [
        ("floor_each_year", {2019: 60.0, 2020: 70}, 2020, "rule_none_covered"),
        ("cumulative", {2019: 60.0}, 2020, "rule_none_covered"),
        ("change_from_base", {2020: 60.0}, 2020, "rule_none_covered"),
        ("change_from_base", {2020: 0.0, 2021: 1}, 2020, "rule_zero_base"),
        ("change_from_base", {2021: 1.0}, 2020, "rule_no_base"),
        ("level_by_date", {}, None, "rule_no_data"),
    ],
)
def test_no_data_tells_why_published_figures_do_not_count(shape, figures, base, rule):
    found = standing(target(shape, ">=", 80, base=base, deadline=2025), figures, 2022)
    assert (found.verdict, found.rule) == ("no_data", rule)


def test_a_floor_is_given_a_chance_before_its_first_year():
    kept = {2016: 82.0, 2017: 83, 2018: 82.5, 2019: 83.4, 2020: 83.0}
    found = standing(target("floor_each_year", ">=", 80, base=2021, deadline=2026), kept, 2021)
    early = standing(target("floor_each_year", ">=", 80, base=2020, deadline=2026), kept, 2021)
    assert found.rule == early.rule == "rule_chance_floor"
    assert 0 < early.chance <= found.chance  # 2021 counts for the one alone
    assert found.latest_value is None


def random_case(seed: int):
    """A random series of any habit, and a target near its end."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(5, 12))
    values = 50 + np.cumsum(rng.normal(0, 2) + rng.normal(0, rng.uniform(0.2, 3), count))
    if seed % 3 == 0:
        values[rng.integers(count - 1)] += 12  # an outlier
    values = np.clip(values, 5, 90)
    near = float(values[-1] + rng.normal(0, 5))
    free = {"bounds": (0, None), "kind": "amount"}
    shapes = [
        (target("level_by_date", ">=", near, deadline=2025), {}),
        (target("limit", "<=", near, deadline=2026), free),
        (target("floor_each_year", ">=", near - 6, base=2021, deadline=2025), {}),
        (target("saturation", ">=", 100, deadline=2026), {}),
        (target("change_from_base", "<=", -8, base=2023 - count, deadline=2025), free),
        (target("cumulative", ">=", 5.5 * near, base=2019, deadline=2025), free),
        (target("cumulative", "<=", 6.5 * near, base=2019, deadline=2025), free),
    ]
    one, meta = shapes[seed % len(shapes)]
    return one, meta, dict(zip(range(2023 - count, 2023), values.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(28))
def test_a_better_latest_figure_hardly_ever_lowers_the_chance(seed):
    one, meta, figures = random_case(seed)
    sign = -1 if one.wants == "at_most" else 1
    chances = []
    for gain in (0, 1, 3):
        better = {**figures, 2022: figures[2022] + sign * gain}
        chances.append(standing(one, better, 2023, **meta).chance)
    known = [chance for chance in chances if chance is not None]
    # a leap also widens the forecast, so a chance that is high already may give a little
    rounding, widening = 0.005, 0.05
    for low, high in pairwise(known):
        assert high >= low - (widening if low > 0.8 else rounding)
