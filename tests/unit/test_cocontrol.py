"""Quadrants, angle, cross-elasticity and what-if of pollutants and greenhouse gases."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planbook.analysis.synergy.cocontrol import (
    angle_deg,
    coordinates,
    elasticity,
    quadrant,
    reading,
    what_if,
    without_other_years,
)
from planbook.errors import PlanbookError

NAN = float("nan")
CUTS = st.floats(-1e6, 1e6).filter(lambda value: value == 0 or abs(value) > 1e-3)


@pytest.mark.parametrize(
    ("pollutant", "ghg", "where"),
    [
        (1, 1, "I"), (-1, 1, "II"), (-1, -1, "III"), (1, -1, "IV"),
        (1, 0, "axis_pollutant_cut"), (-1, 0, "axis_pollutant_rise"),
        (0, 1, "axis_ghg_cut"), (0, -1, "axis_ghg_rise"), (0, 0, "origin"),
        (0.0, -0.0, "origin"),
        (1, None, "unknown_ghg"), (NAN, -1, "unknown_pollutant"), (None, NAN, "unknown"),
    ],
)  # fmt: skip
def test_quadrants_and_axes(pollutant, ghg, where):
    assert quadrant(pollutant, ghg) == where


@pytest.mark.parametrize(
    ("pollutant", "ghg", "value", "words"),
    [
        (5, 10, 2.0, "carbon_faster"),
        (5, 5, 1.0, "equal"),
        (0.1 + 0.2, 0.3, 1.0, "equal"),  # differs by rounding alone
        (10, 5, 0.5, "carbon_slower"),
        (5, 0, None, "no_synergy"),
        (5, -1, None, "no_synergy"),
        (-5, 1, None, "no_synergy"),
        (0, 0, None, "no_synergy"),
        (-5, -10, None, "both_rise"),  # the quotient is 2, too, and says nothing good
        (5, None, None, "unknown"),
    ],
)
def test_elasticity_means_something_in_quadrant_one_alone(pollutant, ghg, value, words):
    found = elasticity(pollutant, ghg)
    assert found is None if value is None else found == pytest.approx(value)
    assert reading(pollutant, ghg) == words


@pytest.mark.parametrize(
    ("pollutant", "ghg", "angle"),
    [(1, 1, 45), (2, 0, 0), (0, 2, 90), (-1, 1, 135), (-1, -1, 225), (1, -1, 315)],
)
def test_the_angle_runs_from_the_pollutant_axis(pollutant, ghg, angle):
    assert angle_deg(pollutant, ghg) == pytest.approx(angle)


def test_there_is_no_angle_at_the_origin_or_of_the_unknown():
    assert angle_deg(0, 0) is None
    assert angle_deg(1, None) is None


EFFECTS = pd.DataFrame(
    {
        "name": ["solar", "ovens", "filter"],
        "pollutant_cut": [10.0, -5.0, 20.0],
        "pollutant_unit": "1e3 eq",
        "ghg_cut": [0.3, -0.1, NAN],
        "ghg_unit": "Mt",
    }
)
BASE = {"pollutant": 100.0, "pollutant_unit": "1e3 eq", "ghg": 1000.0, "ghg_unit": "kt"}


def test_shares_distance_and_angle_are_taken_against_the_base():
    kept = EFFECTS.copy()
    found = coordinates(EFFECTS, BASE).set_index("name")
    assert found["quadrant"].tolist() == ["I", "III", "unknown_ghg"]
    assert found.at["solar", "pollutant_share_pct"] == pytest.approx(10)
    assert found.at["solar", "ghg_share_pct"] == pytest.approx(30)
    assert found.at["solar", "distance_pct"] == pytest.approx(math.sqrt(1000))
    assert found.at["solar", "elasticity"] == pytest.approx(3)
    assert math.tan(math.radians(found.at["solar", "angle_deg"])) == pytest.approx(3)
    assert math.isnan(found.at["ovens", "elasticity"])
    assert found.at["filter", "pollutant_share_pct"] == pytest.approx(20)
    assert math.isnan(found.at["filter", "distance_pct"])
    pd.testing.assert_frame_equal(EFFECTS, kept)


def test_without_a_base_the_quadrant_stays_and_the_shares_go():
    found = coordinates(EFFECTS, {**BASE, "pollutant": None}).set_index("name")
    assert found.at["solar", "quadrant"] == "I"
    assert found.at["solar", "reading"] == "unknown"
    assert math.isnan(found.at["solar", "angle_deg"])


def test_a_wrong_unit_or_a_missing_column_is_an_error():
    with pytest.raises(PlanbookError, match="'MW' measures power"):
        coordinates(EFFECTS.assign(ghg_unit="MW"), BASE)
    with pytest.raises(ValueError, match="effects lack the column ghg_unit"):
        coordinates(EFFECTS.drop(columns="ghg_unit"), BASE)


@given(CUTS, CUTS)
def test_turning_both_signs_swaps_the_quadrants(pollutant, ghg):
    turned = {"I": "III", "II": "IV", "III": "I", "IV": "II"}
    where = quadrant(pollutant, ghg)
    if where in turned:
        assert quadrant(-pollutant, -ghg) == turned[where]


@given(st.floats(0.01, 1e4), st.floats(0.01, 1e4))
def test_the_elasticity_is_the_tangent_of_the_angle(pollutant, ghg):
    found = math.tan(math.radians(angle_deg(pollutant, ghg)))
    assert elasticity(pollutant, ghg) == pytest.approx(found, rel=1e-6)


@given(CUTS, CUTS)
def test_other_units_change_no_share(pollutant, ghg):
    rows = [("kt", ghg), ("t", ghg * 1000)]
    effects = pd.DataFrame(
        [
            {"name": unit, "pollutant_cut": pollutant, "pollutant_unit": "1e3 eq",
             "ghg_cut": value, "ghg_unit": unit}
            for unit, value in rows
        ]
    )  # fmt: skip
    one, other = coordinates(effects, BASE).to_dict("records")
    assert one["ghg_share_pct"] == pytest.approx(other["ghg_share_pct"])
    assert one["quadrant"] == other["quadrant"]


ROWS = pd.DataFrame(
    [
        ("power", "co2", 20.0, "Mt"),
        ("power", "so2", 950.0, "t"),
        ("steel", "co2", 5000.0, "kt"),
        ("steel", "so2", 2.85, "kt"),
        ("buses", "co2", NAN, "kt"),
    ],
    columns=["activity", "substance", "amount", "unit"],
)
WEIGHTS = {"so2": 0.95}


def test_what_if_cuts_in_proportion_and_sums_what_is_known():
    kept = ROWS.copy()
    found = what_if({"power": -10, "steel": 20, "buses": -50}, ROWS, WEIGHTS).set_index("name")
    assert found["ghg_cut"].tolist()[:2] == pytest.approx([2000, -1000])
    assert found["pollutant_cut"].tolist()[:2] == pytest.approx([100, -600])
    assert found.at["buses", "quadrant"] == "unknown"
    assert found.at["total", "ghg_cut"] == pytest.approx(1000)
    assert found.at["total", "pollutant_cut"] == pytest.approx(-500)
    assert found["quadrant"].tolist() == ["I", "III", "unknown", "II"]
    assert found["is_partial"].tolist() == [False, False, True, True]
    assert found.at["total", "reading"] == "unknown"  # the buses are not in the sums
    # 2,000 of 25,000 kt and 100 of 4,000 thousand equivalents
    assert found.at["power", "ghg_share_pct"] == pytest.approx(8)
    assert found.at["power", "pollutant_share_pct"] == pytest.approx(2.5)
    assert found.at["power", "elasticity"] == pytest.approx(3.2)
    pd.testing.assert_frame_equal(ROWS, kept)


def test_shares_count_only_what_has_both_sides():
    rows = pd.concat(
        [ROWS, pd.DataFrame([("smelter", "co2", 25.0, "Mt")], columns=ROWS.columns[:4])]
    )
    found = what_if({"power": -10, "smelter": -10}, rows, WEIGHTS).set_index("name")
    assert found.at["power", "ghg_share_pct"] == pytest.approx(8)
    assert found.at["smelter", "ghg_cut"] == pytest.approx(2500)
    assert math.isnan(found.at["smelter", "ghg_share_pct"])
    assert found.at["smelter", "quadrant"] == "unknown_pollutant"
    assert found.at["total", "ghg_cut"] == pytest.approx(4500)
    assert math.isnan(found.at["total", "elasticity"])


def test_what_if_knows_no_activity_without_a_base():
    found = what_if({"cement": -5.0}, ROWS, WEIGHTS)
    assert found["quadrant"].tolist() == ["unknown", "unknown"]


@pytest.mark.parametrize("change", [-101, NAN, float("inf")])
def test_what_if_refuses_an_impossible_change(change):
    with pytest.raises(ValueError, match=r"change of power: .* give a number from -100 up"):
        what_if({"power": change}, ROWS, WEIGHTS)


@given(st.floats(-100, 100), st.floats(-100, 100))
def test_the_total_is_the_sum_of_the_activities(one, other):
    found = what_if({"power": one, "steel": other}, ROWS, WEIGHTS)
    for column in ("ghg_cut", "pollutant_cut", "ghg_share_pct", "pollutant_share_pct"):
        parts, total = found[column].iloc[:2].sum(), found[column].iloc[2]
        assert total == pytest.approx(parts, abs=1e-9)


def test_no_elasticity_where_a_factor_is_of_another_year_than_the_base():
    rows = [
        ("old", 1.0, 2.0), ("new", 1.0, 2.0), ("undated", 1.0, 2.0), ("half", 1.0, 2.0),
        ("rises", -1.0, -2.0),
    ]  # fmt: skip
    effects = pd.DataFrame(rows, columns=["name", "pollutant_cut", "ghg_cut"])
    effects = effects.assign(pollutant_unit="1e3 eq", ghg_unit="kt")
    base = {"pollutant": 100.0, "pollutant_unit": "1e3 eq", "ghg": 100.0, "ghg_unit": "kt"}
    placed = coordinates(effects, base)
    kept = placed.copy()
    years = {"old": {2018}, "new": {2022}, "undated": set(), "half": {2018, 2022}, "rises": {2022}}
    found = without_other_years(placed, years, 2018).set_index("name")
    pd.testing.assert_frame_equal(placed, kept)
    assert found["elasticity"].dropna().to_dict() == {"old": 2.0, "undated": 2.0}
    assert sorted(found["angle_deg"].dropna().index) == ["old", "undated"]
    assert found["reading"].to_dict() == {
        "old": "carbon_faster", "new": "other_years", "undated": "carbon_faster",
        "half": "other_years", "rises": "both_rise",
    }  # fmt: skip
    assert found["ghg_share_pct"].to_dict() == pytest.approx(
        {"old": 2, "new": 2, "undated": 2, "half": 2, "rises": -2}
    )
