"""Pollutant equivalents, joint movement, and amounts that count the same thing twice."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planbook.analysis.synergy.equivalents import (
    co_movement,
    equivalents,
    exact_sums,
    pollutant_equivalents,
    screening,
)
from planbook.errors import PlanbookError


@pytest.mark.parametrize(
    ("mass_t", "weight_kg", "thousand"),
    [(2825, 0.95, 2973.7), (2710, 1, 2710.0), (590, 0.8, 737.5), (0, 0.95, 0.0)],
)
def test_the_planned_cuts_in_equivalents(mass_t, weight_kg, thousand):
    assert pollutant_equivalents(mass_t, weight_kg) / 1000 == pytest.approx(thousand, abs=0.05)


@pytest.mark.parametrize("weight", [0, -1, float("nan")])
def test_a_weight_must_be_above_zero(weight):
    with pytest.raises(ValueError, match="give a weight above zero"):
        pollutant_equivalents(1, weight)


@pytest.mark.parametrize(
    ("first", "second", "direction"),
    [
        ([100, 50], [200, 180], "both_fell"),
        ([100, 50], [200, 220], "only_first_fell"),
        ([100, 150], [200, 180], "only_second_fell"),
        ([100, 150], [200, 220], "both_rose"),
        ([100, 100], [200, 180], "only_second_fell"),  # unchanged is not fallen
    ],
)
def test_joint_movement_has_four_directions(first, second, direction):
    years = [2015, 2019]
    found = co_movement(pd.Series(first, years), pd.Series(second, years))
    assert found.direction == direction
    assert (found.first_year, found.last_year) == (2015, 2019)


def test_only_common_years_count_and_the_inputs_stay():
    first = pd.Series([400.0, 100.0, 80.0], [2010, 2011, 2019])
    second = pd.Series([10.0, 5.0, 1.0], [2011, 2019, 2023])
    kept = first.copy(), second.copy()
    found = co_movement(first, second)
    assert (found.first_year, found.last_year) == (2011, 2019)
    assert found.first_change == pytest.approx(-20)
    assert found.second_change == pytest.approx(-50)
    pd.testing.assert_series_equal(first, kept[0])
    pd.testing.assert_series_equal(second, kept[1])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (pd.Series([1.0, 2.0], [2010, 2011]), pd.Series([1.0, 2.0], [2011, 2012])),
        (pd.Series([0.0, 2.0], [2010, 2011]), pd.Series([1.0, 2.0], [2010, 2011])),
        (pd.Series(dtype="float64"), pd.Series([1.0], [2010])),
    ],
)
def test_too_little_in_common_is_no_comparison(first, second):
    assert co_movement(first, second) is None


def test_an_amount_that_is_the_sum_of_two_others_is_found():
    amounts = {"restored": 255000.0, "closed": 265000.0, "treated": 520000.0, "reserve": 250000.0}
    assert exact_sums(amounts) == [("restored", "closed", "treated")]
    assert exact_sums({"a": 1.0, "b": 2.0, "c": 3.1}) == []
    assert exact_sums({"a": 0.0, "b": 2.0, "c": 2.0}) == []


AMOUNTS = pd.DataFrame(
    {
        "pollutant": ["nox", "cod", "voc"],
        "amount": [2825.0, 2.71, 1.0],
        "unit": ["t", "kt", "t"],
    }
)


def test_equivalents_take_their_weights_and_leave_out_what_has_none():
    kept = AMOUNTS.copy()
    found = equivalents(AMOUNTS, {"nox": 0.95, "cod": 1, "voc": None})
    assert found["equivalents"].tolist()[:2] == pytest.approx([2_973_684.2, 2_710_000])
    assert found["equivalents"].isna().tolist() == [False, False, True]
    assert equivalents(AMOUNTS, {"voc": 0.5})["equivalents"].tolist()[2] == pytest.approx(2000)
    pd.testing.assert_frame_equal(AMOUNTS, kept)


def test_equivalents_need_masses_and_weights_above_zero():
    with pytest.raises(PlanbookError, match="'MW' measures power"):
        equivalents(AMOUNTS.assign(unit="MW"), {"nox": 0.95})
    with pytest.raises(ValueError, match="give a weight above zero"):
        equivalents(AMOUNTS, {"nox": -1})


@given(st.floats(0, 1e9), st.floats(0.01, 20))
def test_kilotonnes_and_tonnes_weigh_the_same(amount, weight):
    rows = pd.DataFrame(
        {"pollutant": ["x", "x"], "amount": [amount, amount / 1000], "unit": ["t", "kt"]}
    )
    one, other = equivalents(rows, {"x": weight})["equivalents"]
    assert one == pytest.approx(other)


def test_screening_compares_the_ends_or_each_year():
    carbon = pd.Series([100.0, 90.0, 99.0, 50.0], [2011, 2012, 2013, 2020])
    pollution = pd.Series([10.0, 8.0, 6.0], [2011, 2012, 2013])
    whole = screening(carbon, pollution)
    assert whole[["first_year", "last_year"]].values.tolist() == [[2011, 2013]]
    assert whole.at[0, "pollution_cut_pct"] == pytest.approx(40)
    assert whole.at[0, "carbon_cut_pct"] == pytest.approx(1)
    assert bool(whole.at[0, "is_synergistic"])
    yearly = screening(carbon, pollution, yearly=True)
    assert yearly["last_year"].tolist() == [2012, 2013]
    assert yearly["carbon_cut_pct"].tolist() == pytest.approx([10, -10])
    assert yearly["is_synergistic"].tolist() == [True, False]


def test_no_change_is_no_synergy_and_no_common_year_no_row():
    same = pd.Series([5.0, 5.0], [2011, 2012])
    falling = pd.Series([5.0, 4.0], [2011, 2012])
    assert not bool(screening(same, falling).at[0, "is_synergistic"])
    assert screening(falling, falling.set_axis([2020, 2021])).empty
    assert screening(falling.iloc[:1], falling).empty
