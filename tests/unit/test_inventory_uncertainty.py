"""Draws: their mean, their bounds, what they share, and that they repeat."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planbook.analysis.inventory.activity import Variable
from planbook.analysis.inventory.uncertainty import DRAWS, draw, simulate

SHAPES = ("normal", "lognormal", "triangular", "uniform")


def _frame(*rows: tuple[str, float, tuple[Variable, ...]]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"line": line, "co2e": co2e, "variables": variables} for line, co2e, variables in rows]
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_the_mean_of_every_shape_is_the_central_value(shape):
    drawn = draw(Variable("x", 0.8, 1.2, shape), 100_000)
    assert drawn.mean() == pytest.approx(1, abs=0.003)
    assert drawn.min() >= 0


def test_uneven_bounds_keep_the_mean_and_are_not_left():
    drawn = draw(Variable("x", 0.9, 1.6, "triangular"), 100_000)
    assert drawn.mean() == pytest.approx(1, abs=0.003)
    assert drawn.min() >= 0.9
    assert drawn.max() <= 1.6


def test_bounds_of_normal_and_lognormal_shapes_hold_95_per_cent():
    normal = draw(Variable("n", 0.9, 1.1, "normal"), 100_000)
    assert np.percentile(normal, [2.5, 97.5]) == pytest.approx([0.9, 1.1], abs=0.003)
    skew = draw(Variable("s", 0.5, 2.0, "lognormal"), 100_000)
    low, high = np.percentile(skew, [2.5, 97.5])
    assert high / low == pytest.approx(4, rel=0.03)


@settings(max_examples=30, deadline=None)
@given(low=st.floats(0.3, 0.99), high=st.floats(1.01, 3.0))
def test_the_mean_holds_for_any_bounds(low, high):
    drawn = draw(Variable("any", low, high, "triangular"), 40_000)
    assert drawn.mean() == pytest.approx(1, abs=4 * (high - low) / np.sqrt(40_000))
    assert low <= drawn.min()
    assert drawn.max() <= high


def test_draws_repeat_and_a_further_line_changes_none_of_the_others():
    one = ("steel", 10.0, (Variable("load:steel", 0.8, 1.2, "triangular"),))
    two = ("coke", 5.0, (Variable("load:coke", 0.8, 1.2, "triangular"),))
    alone, both, again = simulate(_frame(one)), simulate(_frame(one, two)), simulate(_frame(one))
    pd.testing.assert_frame_equal(alone.lines, again.lines)
    assert both.lines.loc["steel"].equals(alone.lines.loc["steel"])
    assert alone.draws == DRAWS


def test_the_mean_lies_near_the_central_value_and_lines_add_up():
    frame = _frame(
        ("steel", 10.0, (Variable("a", 0.8, 1.2, "normal"),)),
        ("steel", 2.0, ()),
        ("coke", 5.0, (Variable("b", 0.5, 2.0, "lognormal"),)),
    )
    found = simulate(frame)
    assert found.total["central"] == pytest.approx(17)
    assert found.total["mean"] == pytest.approx(17, rel=0.01)
    assert found.lines["central"].sum() == pytest.approx(found.total["central"])
    assert found.lines["mean"].sum() == pytest.approx(found.total["mean"])
    assert (found.lines["low"] <= found.lines["central"]).all()
    assert (found.lines["central"] <= found.lines["high"]).all()


def test_a_shared_fuel_widens_a_sum_that_separate_ones_would_narrow():
    shared, other = (Variable(name, 0.8, 1.2, "normal") for name in ("carbon:coal", "carbon:b"))
    together = simulate(_frame(("a", 10.0, (shared,)), ("b", 10.0, (shared,))))
    apart = simulate(_frame(("a", 10.0, (shared,)), ("b", 10.0, (other,))))
    width = {key: one.total["high"] - one.total["low"] for key, one in (("t", together), ("a", apart))}  # fmt: skip
    assert width["t"] == pytest.approx(width["a"] * np.sqrt(2), rel=0.03)
    assert together.drivers["variable"].tolist() == ["carbon:coal"]


def test_drivers_add_up_to_a_hundred_widest_first():
    frame = _frame(
        ("a", 30.0, (Variable("wide", 0.8, 1.2, "normal"),)),
        ("b", 10.0, (Variable("narrow", 0.8, 1.2, "normal"),)),
    )
    drivers = simulate(frame).drivers
    assert drivers["variable"].tolist() == ["wide", "narrow"]
    assert drivers["share_pct"].sum() == pytest.approx(100)
    assert drivers["share_pct"].iloc[0] == pytest.approx(90, abs=1)


def test_what_is_certain_has_no_width_and_no_driver():
    found = simulate(_frame(("a", 3.0, ())))
    assert found.total.tolist() == [3.0, 3.0, 3.0, 3.0]
    assert found.drivers.empty
