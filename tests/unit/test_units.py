"""Conversions are exact and stay within one dimension."""

import pandas as pd
import pytest

from planbook.data import units
from planbook.errors import PlanbookError


@pytest.mark.parametrize(
    ("unit", "to", "factor"),
    [("Mt", "t", 1e6), ("kt", "Mt", 1e-3), ("km2", "mu", 1500), ("ha", "mu", 15),
     ("TWh", "kWh", 1e9), ("mg/m3", "ug/m3", 1000), ("GW", "MW", 1000), ("%", "%", 1)],
)  # fmt: skip
def test_factors(unit, to, factor):
    assert units.factor(unit, to) == pytest.approx(factor, rel=1e-15)


def test_convert_leaves_its_input_alone():
    values = pd.Series([1.0, 2.0])
    assert units.convert(values, "Mt", "kt").tolist() == [1000.0, 2000.0]
    assert values.tolist() == [1.0, 2.0]


def test_other_dimensions_and_unknown_units_are_errors():
    with pytest.raises(PlanbookError, match="'t' measures mass, 'MW' measures power"):
        units.factor("t", "MW")
    with pytest.raises(PlanbookError, match="unit '万吨' is not in the table"):
        units.factor("万吨", "t")


def test_every_unit_has_a_chinese_label_or_is_a_symbol():
    plain = {"%", "pH"}
    assert [u for u in units.UNITS if u not in plain and units.label(u, "zh") == u] == []
