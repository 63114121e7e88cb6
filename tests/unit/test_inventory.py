"""How far an inventory can be filled, and how far estimates lie apart."""

from __future__ import annotations

import pandas as pd
import pytest

from planbook.analysis.inventory.coverage import STATES, line_state, spread
from planbook.data.factors import InventoryLine

LINE = InventoryLine(
    id="steel",
    group="process",
    title={"en": "Steel", "zh": "钢铁"},
    gases=("CO2",),
    activity=("steel_output", "steel_output_old"),
    near=("steel_capacity",),
)


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({"steel_output", "steel_capacity"}, "published"),
        ({"steel_output_old"}, "published"),
        ({"steel_capacity"}, "near_only"),
        (set(), "missing"),
    ],
)
def test_a_capacity_is_no_activity(known, state):
    found = line_state(LINE, known.__contains__)
    assert found.state == state
    assert found.state in STATES
    assert set(found.wanted) == set(LINE.activity) - known


def test_estimates_are_compared_year_by_year():
    low = pd.Series([30.0, 20.0, 40.0], [2015, 2016, 2017])
    high = pd.Series([60.0, 50.0], [2015, 2016])
    found = spread({"grid": low, "inventory": high})
    assert [(one.year, one.low, one.high, one.ratio) for one in found] == [
        (2015, "grid", "inventory", 2.0),
        (2016, "grid", "inventory", 2.5),
    ]


def test_a_single_estimate_has_no_spread():
    assert spread({"grid": pd.Series([30.0], [2015])}) == []
    zero = pd.Series([0.0], [2015])
    assert spread({"grid": zero, "other": pd.Series([5.0], [2015])}) == []
