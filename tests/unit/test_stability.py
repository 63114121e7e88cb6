"""Verdicts over the years, the change that flips them, and past chances."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from planbook.analysis.progress import history
from planbook.analysis.progress.chances import distance_scale, record
from planbook.analysis.progress.facts import DECIDED, Facts
from planbook.analysis.progress.rules import judge
from planbook.analysis.progress.stability import changes, flip
from planbook.data.catalog import Catalog, Department, Indicator
from planbook.data.plan import Target

TEXT = {"en": "x", "zh": "x"}
SHARE = {"bounds": (0, 100), "kind": "share"}
OPEN = {"bounds": (None, None), "kind": "change"}
RISING = {2016: 50.0, 2017: 53.5, 2018: 55.0, 2019: 58.4, 2020: 61.0, 2021: 63.2, 2022: 66.1}


def indicator(**more) -> Indicator:
    base = dict(id="i", sector="s", title=TEXT, unit="%", direction="none", definition=TEXT,
                department="d")  # fmt: skip
    return Indicator(**{**base, **SHARE, **more})


def target(shape, operator, value, *, base=None, deadline=2025) -> Target:
    return Target(target_id="t", section=1, measure=1, indicator="i", shape=shape,
                  operator=operator, value=value, unit="%", base_year=base, deadline=deadline,
                  note_en="n", note_zh="n")  # fmt: skip


def facts(one, figures, as_of=2023, **meta) -> Facts:
    return Facts(one, indicator(**meta), pd.Series(figures, dtype="float64"), as_of)


def flipped(one, figures, as_of=2023, **meta):
    made = facts(one, figures, as_of, **meta)
    return flip(made, judge(made))


# ---- closed forms
@pytest.mark.parametrize(
    ("one", "figures", "as_of", "change", "verdict"),
    [
        (target("level_by_date", ">=", 70), {2025: 69}, 2026, 1, "met"),
        (target("level_by_date", ">=", 70), {2025: 73}, 2026, -3, "missed"),
        (target("level_by_date", ">", 70), {2025: 70}, 2026, 0, "met"),
        (target("level_by_date", "<=", 70), {2025: 73}, 2026, -3, "met"),
        (target("change_from_base", "<=", -20, base=2020), {2020: 50, 2025: 41}, 2026, -1, "met"),
        (target("cumulative", ">=", 50, base=2023), {2024: 20, 2025: 28}, 2026, 2, "met"),
        # two of five years: 20 is due, 80 % of it is 16
        (target("cumulative", ">=", 50, base=2020), {2021: 8, 2022: 9}, 2023, -1, "off_course"),
        (target("level_by_date", ">=", 70, base=2020), {2020: 50, 2022: 57.75}, 2023, 0.25, "on_course"),
        (target("limit", "<=", 10, deadline=None), {2021: 7, 2022: 9}, 2023, 1, "off_course"),
        (target("floor_each_year", ">=", 80, deadline=None), {2021: 85, 2022: 82}, 2023, -2, "off_course"),
        (target("quantity", ">=", 90, deadline=None), {2022: 60}, 2023, 30, "met"),
    ],
)  # fmt: skip
def test_the_smallest_change_in_closed_form(one, figures, as_of, change, verdict):
    found = flipped(one, figures, as_of)
    assert found.change == pytest.approx(change, abs=1e-9)
    assert (found.verdict, found.exact) == (verdict, True)
    assert found.value == pytest.approx(list(figures.values())[-1] + change)


def test_the_saturation_cut_lies_on_the_logit_scale():
    one = target("saturation", ">=", 100, base=2020, deadline=2024)
    found = flipped(one, {2020: 50, 2022: 75})
    due = math.log(99.5 / 0.5) / 2  # from logit 0 half of the way
    cut = 100 / (1 + math.exp(-0.8 * due))
    assert (found.value, found.verdict) == (pytest.approx(cut), "at_risk")


@pytest.mark.parametrize(
    ("one", "figures"),
    [
        (target("level_by_date", ">=", 70), {}),
        (
            target("floor_each_year", ">=", 80, base=2020),
            {2021: 70, 2022: 85},
        ),  # an earlier year broke it
        (target("level_by_date", ">=", 100, deadline=2022), {2024: 40}),
    ],
)
def test_where_no_change_flips(one, figures):
    assert flipped(one, figures) is None


def test_a_change_beyond_the_bounds_is_none():
    assert flipped(target("limit", ">=", -5, deadline=None), {2022: 3}) is None


def test_a_chance_is_bisected_to_its_line():
    one = target("level_by_date", ">=", 69)
    made = facts(one, RISING)
    now = judge(made)
    found = flip(made, now)
    assert (now.verdict, found.exact, found.verdict) == ("at_risk", False, "on_course")
    assert 0 < found.change < 5
    after = judge(facts(one, {**RISING, 2022: found.value}))
    before = judge(facts(one, {**RISING, 2022: found.value - 1e-4}))
    assert after.verdict == "on_course"
    assert before.verdict == "at_risk"
    assert after.chance == pytest.approx(0.66, abs=1e-3)


def test_a_flip_tells_whether_its_value_itself_flips():
    reaching = flipped(target("level_by_date", ">=", 70), {2025: 69}, 2026)
    losing = flipped(target("level_by_date", ">=", 70), {2025: 73}, 2026)
    assert (reaching.value, reaching.beyond) == (70, False)
    assert (losing.value, losing.beyond) == (70, True)


def test_a_fall_that_shows_a_stock_is_a_flip():
    """Of an amount that may be a stock: 75, then 80, are more than 70 and met until a fall."""
    found = flipped(target("quantity", ">=", 70, deadline=2025), {2020: 75, 2021: 80}, 2026)
    assert (found.change, found.value, found.beyond) == (-5, 75, True)
    assert found.verdict == "due_no_data"
    declared = {**SHARE, "counts": "total"}
    one = target("quantity", ">=", 70, deadline=2025)
    assert flipped(one, {2020: 75, 2021: 80}, 2026, **declared) is None


# ---- properties; fewer than five figures, so that rules of closed form decide
RANK = {"met": 3, "on_course": 2, "at_risk": 1}
SHAPES = ("cumulative", "change_from_base", "level_by_date", "floor_each_year", "saturation",
          "quantity", "limit")  # fmt: skip
quarters = st.integers(8, 396).map(lambda value: value / 4)  # exact in binary


@st.composite
def situations(draw, shapes=SHAPES):
    first = draw(st.integers(2019, 2022))
    figures = {first + i: draw(quarters) for i in range(draw(st.integers(1, 3)))}
    shape = draw(st.sampled_from(shapes))
    needs_base = shape in ("cumulative", "change_from_base")
    base = 2020 if needs_base else draw(st.sampled_from([None, 2020]))
    operator = draw(st.sampled_from([">=", "<="]))
    value = draw(st.integers(-60, 60)) if shape == "change_from_base" else draw(quarters)
    deadline = draw(st.sampled_from([None, 2022, 2024]))
    return target(shape, operator, value, base=base, deadline=deadline), figures


@given(situations(), quarters)
def test_a_better_latest_figure_never_gives_a_worse_verdict(situation, gain):
    one, figures = situation
    latest = max(figures)
    assume(latest != one.base_year)  # the base's own figure is no progress
    sign = -1 if one.wants == "at_most" else 1
    better = {**figures, latest: figures[latest] + sign * gain}
    before, after = (judge(facts(one, item, **OPEN)).verdict for item in (figures, better))
    assert RANK.get(after, 0) >= RANK.get(before, 0)


@given(situations(("level_by_date", "floor_each_year", "limit")))
def test_mirrored_signs_give_the_same_verdict(situation):
    one, figures = situation
    turned = {">=": "<=", "<=": ">="}[one.operator]
    other = one.model_copy(update={"operator": turned, "value": -one.value})
    mirrored = {year: -value for year, value in figures.items()}
    verdicts = [judge(facts(x, y, **OPEN)).verdict for x, y in ((one, figures), (other, mirrored))]
    assert verdicts[0] == verdicts[1]


@given(situations())
def test_the_unit_changes_nothing(situation):
    one, figures = situation
    factor = 8.0  # a power of two: no rounding
    relative = one.kind.relative
    other = one if relative else one.model_copy(update={"value": one.value * factor})
    scaled = {year: value * factor for year, value in figures.items()}
    first, second = facts(one, figures, **OPEN), facts(other, scaled, **OPEN)
    assert judge(first).verdict == judge(second).verdict
    flips = flip(first, judge(first)), flip(second, judge(second))
    assert (flips[0] is None) == (flips[1] is None)
    if flips[0]:
        assert flips[1].change == pytest.approx(flips[0].change * factor, abs=1e-6)


@given(situations())
@example((target("quantity", ">=", 2, deadline=2022), {2019: 2.25, 2020: 2.25}))
@example((target("quantity", ">=", 2.25, deadline=2022), {2019: 2.25, 2020: 2.5}))
@example((target("quantity", ">=", 2.25, deadline=2022), {2019: 2.5, 2020: 2}))
def test_a_flip_does_what_it_says_and_nothing_smaller_does(situation):
    one, figures = situation
    made = facts(one, figures, **OPEN)
    now = judge(made).verdict
    found = flip(made, judge(made))
    if found is None or abs(found.change) < 1e-6:
        return
    assert found.verdict != now
    for share in (-0.999, -0.5, 0.5, 0.999):
        nearer = {**figures, found.year: figures[found.year] + share * abs(found.change)}
        assert judge(facts(one, nearer, **OPEN)).verdict == now


@settings(max_examples=15, deadline=None)
@given(st.floats(-12, 12))
def test_the_chance_rises_with_every_figure(shift):
    one = target("level_by_date", ">=", 70)
    low = judge(facts(one, {year: value + min(shift, 0) for year, value in RISING.items()}))
    high = judge(facts(one, {year: value + max(shift, 0) for year, value in RISING.items()}))
    assert low.chance <= high.chance + 1e-9
    assert 0 <= low.chance <= 1
    assert low.verdict in DECIDED


# ---- past chances
def long_series(kind="share"):
    steps = np.array([1.5, -0.5, 2.0, 1.0, -1.0, 1.8, 0.4, 1.2, -0.3, 1.6, 0.9, 1.1, 0.2, 1.4])
    return dict(zip(range(2008, 2023), np.round(50 + np.r_[0, steps.cumsum()], 2), strict=True))


def test_past_chances_are_scored_against_the_last_value():
    made = facts(target("level_by_date", ">=", 64), long_series())
    found = record(made)
    # 15 figures: origins with 5 to 14 of them, up to three years ahead each
    assert found.forecasts == 3 * 8 + 2 + 1
    assert found.track.forecasts == found.forecasts
    assert 0 <= found.brier <= 1
    assert 0 <= found.brier_naive <= 1
    assert 0 < found.happened < 1


def test_an_event_that_always_happened_costs_what_was_missing_of_its_chance():
    # today's figure has passed the target by far, so that every moved target was met, too
    made = facts(target("level_by_date", ">=", 40), long_series())
    found = record(made)
    assert found.happened == 1
    assert found.brier < 0.05


@pytest.mark.parametrize("shape", ["cumulative", "change_from_base", "floor_each_year"])
def test_every_shape_with_a_chance_has_a_record(shape):
    value = {"cumulative": 300, "change_from_base": 20, "floor_each_year": 55}[shape]
    one = target(shape, ">=", value, base=2018)
    found = record(facts(one, long_series()))
    assert found.forecasts > 10
    assert 0 <= found.brier <= 1


def test_too_short_a_series_has_no_record():
    short = dict(list(long_series().items())[-5:])
    assert record(facts(target("level_by_date", ">=", 70), short)) is None
    assert record(facts(target("level_by_date", ">=", 70, deadline=None), long_series())) is None


@pytest.mark.parametrize("bounds", [(0, 100), (0, math.inf), (-math.inf, math.inf)])
def test_the_scale_of_distances_can_be_inverted(bounds):
    forward, back = distance_scale(*bounds)
    assert back(forward(37.5)) == pytest.approx(37.5)
    assert back(forward(37.5) + 3) > 37.5
    if math.isfinite(bounds[1]):
        assert back(forward(99) + 50) <= 100


# ---- history
def test_earlier_years_are_judged_by_what_was_known_then():
    one = target("level_by_date", ">=", 70, deadline=2022)
    columns = ["indicator", "entity", "year", "value", "unit", "status", "published", "source",
               "qualifier", "note", "note_zh", "file", "row"]  # fmt: skip
    rows = [
        ["i", "town", 2022, 71, "%", "final", "2023-05", "s", "", "", "", "f", 2],
        ["i", "town", 2022, 69, "%", "revised", "2025-01", "s", "", "", "", "f", 3],
        ["i", "east", 2021, 10, "%", "final", "2021-01", "s", "", "", "", "f", 4],
    ]
    observations = pd.DataFrame(rows, columns=columns)
    catalog = Catalog({"i": indicator()}, {"d": Department(en="D", zh="部")})
    found = history({"t": one}, observations, catalog, city="town", as_of=2025)
    assert found == {
        "t": {2020: "no_data", 2021: "no_data", 2022: "due_no_data", 2023: "met", 2024: "met",
              2025: "missed"}
    }  # fmt: skip
    assert changes(found["t"]) == [
        (2020, 2021, "no_data"), (2022, 2022, "due_no_data"), (2023, 2024, "met"),
        (2025, 2025, "missed"),
    ]  # fmt: skip


def test_a_target_has_no_history_before_its_base_year_is_over():
    one = target("cumulative", ">=", 10, base=2022)
    columns = ["indicator", "entity", "year", "value", "unit", "status", "published", "source",
               "qualifier", "note", "note_zh", "file", "row"]  # fmt: skip
    none = pd.DataFrame(columns=columns).astype({"year": "int64", "published": "str"})
    catalog = Catalog({"i": indicator()}, {"d": Department(en="D", zh="部")})
    found = history({"t": one}, none, catalog, city="town", as_of=2024)
    assert found == {"t": {2023: "no_data", 2024: "no_data"}}
