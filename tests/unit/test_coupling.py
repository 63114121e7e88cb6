"""Coupling coordination, its classes and its sensitivity."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planbook.analysis.synergy import coupling as module
from planbook.analysis.synergy.coupling import (
    CLASSES,
    class_of,
    coupling,
    scale_own_years,
    scale_range,
    scale_scores,
    scale_to_best,
    scale_vector,
    sensitivity,
    spread_by_year,
)

LEVELS = st.floats(0, 1)


def frame(*rows: tuple[float, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["air", "carbon", "water"][: len(rows[0])])


def test_the_worked_example():
    found = coupling(frame((0.2, 0.8))).iloc[0]
    assert found["C"] == pytest.approx(0.8)
    assert found["T"] == pytest.approx(0.5)
    assert found["D"] == pytest.approx(0.632456, abs=5e-7)


def test_limits():
    found = coupling(frame((1, 1), (0.5, 0.5), (0, 1), (0, 0), (float("nan"), 1)))
    assert found["C"].iloc[:3].tolist() == pytest.approx([1, 1, 0])
    assert found["D"].iloc[:4].tolist() == pytest.approx([1, math.sqrt(0.5), 0, 0])
    assert math.isnan(found.at[3, "C"])
    assert math.isnan(found.at[4, "D"])


def test_weights_move_t_and_d_but_not_c():
    even = coupling(frame((0.2, 0.8))).iloc[0]
    other = coupling(frame((0.2, 0.8)), {"air": 0.25, "carbon": 0.75}).iloc[0]
    assert other["C"] == even["C"]
    assert other["T"] == pytest.approx(0.65)
    assert other["D"] == pytest.approx(math.sqrt(0.8 * 0.65))


@pytest.mark.parametrize(
    ("levels", "weights", "message"),
    [
        (frame((0.2, 0.8))[["air"]], None, "at least two subsystems"),
        (frame((0.2, 1.8)), None, "levels of carbon lie outside 0 to 1"),
        (frame((0.2, 0.8)), {"air": 1.0}, "give one of zero or more for each"),
        (frame((0.2, 0.8)), {"air": -1, "carbon": 2}, "give one of zero or more for each"),
        (frame((0.2, 0.8)), {"air": 0.5, "carbon": 0.6}, "weights sum to 1.1"),
    ],
)
def test_wrong_input_is_an_error(levels, weights, message):
    with pytest.raises(ValueError, match=message):
        coupling(levels, weights)


@pytest.mark.parametrize(
    ("degree", "left", "right"),
    [
        (0, "extreme_disorder", "extreme_disorder"),
        (0.1, "severe_disorder", "extreme_disorder"),
        (0.55, "barely_coordinated", "barely_coordinated"),
        (0.6, "primary_coordination", "barely_coordinated"),
        (0.1 * 6, "primary_coordination", "barely_coordinated"),  # 0.6000000000000001
        (0.61, "primary_coordination", "primary_coordination"),
        (1, "superior_coordination", "superior_coordination"),
    ],
)
def test_the_edge_rule_decides_at_a_tenth(degree, left, right):
    assert class_of(degree) == left
    assert class_of(degree, closed="right") == right


def test_a_class_needs_a_degree_and_a_rule():
    assert class_of(float("nan")) is None
    with pytest.raises(ValueError, match=r"degree 1\.2 lies outside"):
        class_of(1.2)
    with pytest.raises(ValueError, match="closed 'both': use one of left, right"):
        class_of(0.5, closed="both")


def test_scalings_of_a_burden():
    values = pd.Series([4.0, 2.0, 1.0], [2011, 2012, 2013])
    assert scale_own_years(values).tolist() == pytest.approx([0, 2 / 3, 1])
    assert scale_own_years(values, is_good_up=True).tolist() == pytest.approx([1, 1 / 3, 0])
    assert scale_range(values, 0, 2).tolist() == pytest.approx([0, 0, 0.5])
    assert scale_to_best(values).tolist() == pytest.approx([0.25, 0.5, 1])
    lengths = (1 - values / math.sqrt(21)).tolist()
    assert scale_vector(values).tolist() == pytest.approx(lengths)
    scores = scale_scores(pd.Series([1.0, 2.0, 3.0]))
    assert scores.iloc[1] == pytest.approx(0.5)
    assert scores.iloc[0] + scores.iloc[2] == pytest.approx(1)
    assert values.tolist() == [4.0, 2.0, 1.0]


def test_equal_years_cannot_be_scaled_by_their_range():
    same = pd.Series([3.0, 3.0])
    assert scale_own_years(same).isna().all()
    assert scale_scores(same).isna().all()
    with pytest.raises(ValueError, match="scale by range instead"):
        scale_to_best(pd.Series([0.0, 1.0]))


BURDENS = pd.DataFrame({"air": [4.0, 2.0, 1.0], "carbon": [10.0, 12.0, 11.0]}, [2011, 2012, 2013])
EVEN, TILTED = {"air": 0.5, "carbon": 0.5}, {"air": 0.3, "carbon": 0.7}


def test_sensitivity_has_a_row_for_each_scaling_weighting_and_year():
    found = sensitivity(BURDENS, [EVEN, TILTED], ranges={"air": (0, 8), "carbon": (0, 20)})
    assert set(found["scaling"]) == {*module.SCALINGS, "peers"}
    assert len(found) == 5 * 2 * 3
    best = found[(found["scaling"] == "own_years") & (found["weights"] == 0)].set_index("year")
    # 2013: air 1, carbon 0.5: C = 2·√0.5/1.5, T = 0.75
    assert best.at[2013, "D"] == pytest.approx(math.sqrt(2 * math.sqrt(0.5) / 1.5 * 0.75))
    assert best.at[2011, "D"] == 0  # the worst year of one subsystem
    spread = spread_by_year(found)
    assert spread.at[2011, "low"] == 0
    assert spread.at[2011, "high"] > 0.5
    assert spread.at[2011, "classes"] > 1


def test_no_common_year_gives_no_row():
    assert sensitivity(BURDENS.iloc[:0], [EVEN]).empty


@given(LEVELS, LEVELS)
def test_c_is_symmetric_and_all_lie_between_0_and_1(one, other):
    found, turned = coupling(frame((one, other))), coupling(frame((other, one)))
    if one + other > 0:
        assert found.at[0, "C"] == pytest.approx(turned.at[0, "C"])
        assert 0 <= found.at[0, "C"] <= 1
    assert 0 <= found.at[0, "D"] <= 1
    assert found.at[0, "D"] == pytest.approx(turned.at[0, "D"])
    assert class_of(found.at[0, "D"]) in CLASSES


@given(st.floats(0.01, 1))
def test_equal_levels_are_fully_coupled(level):
    assert coupling(frame((level, level, level))).at[0, "C"] == pytest.approx(1)


BURDEN = st.floats(1, 1e3).map(lambda value: round(value, 6))  # no two differ by rounding alone


@given(
    st.lists(st.tuples(BURDEN, BURDEN), min_size=2, max_size=6),
    st.floats(1e-3, 1e3),
)
def test_another_unit_changes_nothing(rows, factor):
    burdens = pd.DataFrame(rows, columns=["air", "carbon"])
    one = sensitivity(burdens, [EVEN])
    other = sensitivity(burdens.assign(air=burdens["air"] * factor), [EVEN])
    assert one["D"].tolist() == pytest.approx(other["D"].tolist(), abs=1e-6, nan_ok=True)


def test_equal_levels_stay_equal_in_another_unit():
    """Their spread is then a rounding error of floats, not a difference."""
    levels = pd.Series([133.93970947698122] * 3) * 20.5
    assert levels.std(ddof=0) > 0
    assert scale_scores(levels).isna().all()
