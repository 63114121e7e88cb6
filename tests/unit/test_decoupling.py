"""Tapio's states: every border, spans that never cross a break, and GDP that must be real."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from planbook.analysis.drivers.decoupling import (
    STATES,
    by_plan,
    by_year,
    chain_index,
    classify,
    common_years,
    decoupling,
    plan_spans,
)


def series(values: dict[int, float], *, unit: str = "Mt", segment: int = 0) -> pd.DataFrame:
    rows = [(year, value, unit, segment) for year, value in values.items()]
    return pd.DataFrame(rows, columns=["year", "value", "unit", "segment"])


def gdp(values: dict[int, float], prices: str = "constant") -> pd.DataFrame:
    return series(values, unit="1e8 CNY").assign(prices=prices)


@pytest.mark.parametrize(
    ("change", "growth", "elasticity", "state"),
    [
        (-0.05, 0.10, -0.5, "strong_decoupling"),
        (-1e-12, 0.10, -1e-11, "strong_decoupling"),
        (0.0, 0.10, 0.0, "weak_decoupling"),  # unchanged emissions, growing economy
        (0.05, 0.10, 0.5, "weak_decoupling"),
        (0.0799, 0.10, 0.799, "weak_decoupling"),
        (0.08, 0.10, 0.8, "expansive_coupling"),  # the border belongs to coupling
        (0.10, 0.10, 1.0, "expansive_coupling"),
        (0.12, 0.10, 1.2, "expansive_coupling"),
        (0.1201, 0.10, 1.201, "expansive_negative"),
        (0.05, -0.10, -0.5, "strong_negative"),
        (0.0, -0.10, 0.0, "weak_negative"),  # unchanged emissions, shrinking economy
        (-0.05, -0.10, 0.5, "weak_negative"),
        (-0.08, -0.10, 0.8, "recessive_coupling"),
        (-0.12, -0.10, 1.2, "recessive_coupling"),
        (-0.1201, -0.10, 1.201, "recessive_decoupling"),
        (0.05, 0.0, None, "no_growth"),
        (-0.05, 0.0, None, "no_growth"),
        (0.0, 0.0, None, "no_growth"),
    ],
)
def test_every_state_and_every_border(change, growth, elasticity, state):
    found, name = classify(change, growth)
    assert name == state
    assert found == (None if elasticity is None else pytest.approx(elasticity))


def test_all_states_can_be_reached_and_nothing_else():
    reached = {
        classify(change / 100, growth / 100)[1]
        for change in range(-20, 21)
        for growth in range(-10, 11)
    }
    assert reached == set(STATES)
    assert len(STATES) == 9


@pytest.mark.parametrize(("c1", "g1"), [(108.0, 110.0), (112.0, 110.0), (92.0, 90.0), (88.0, 90.0)])
def test_rounding_of_floats_does_not_push_a_figure_over_a_border(c1, g1):
    found = decoupling(
        series({2020: 100.0, 2021: c1}), gdp({2020: 100.0, 2021: g1}), [(2020, 2021)]
    )
    assert found["elasticity"].iloc[0] in (0.8, 1.2)
    assert found["state"].iloc[0] in ("expansive_coupling", "recessive_coupling")


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_change_must_be_a_number(value):
    with pytest.raises(ValueError, match="give finite numbers"):
        classify(value, 0.1)


def test_a_table_with_levels_units_and_changes():
    quantity, output = series({2019: 200.0, 2020: 190.0}), gdp({2019: 50.0, 2020: 55.0})
    kept = quantity.copy(), output.copy()
    (row,) = decoupling(quantity, output, [(2019, 2020)]).to_dict("records")
    assert (row["quantity_first"], row["quantity_last"], row["unit"]) == (200, 190, "Mt")
    assert (row["gdp_first"], row["gdp_last"], row["gdp_unit"]) == (50, 55, "1e8 CNY")
    assert row["change_pct"] == pytest.approx(-5)
    assert row["growth_pct"] == pytest.approx(10)
    assert row["elasticity"] == pytest.approx(-0.5)
    pd.testing.assert_frame_equal(quantity, kept[0])
    pd.testing.assert_frame_equal(output, kept[1])


def test_without_growth_the_elasticity_stays_empty():
    found = by_year(series({2019: 1.0, 2020: 2.0}), gdp({2019: 5.0, 2020: 5.0}))
    assert found["state"].tolist() == ["no_growth"]
    assert found["elasticity"].isna().all()


@pytest.mark.parametrize("prices", ["current", ""])
def test_gdp_at_current_prices_is_refused(prices):
    with pytest.raises(ValueError, match=r"decoupling needs 'constant'; use gdp_real"):
        by_year(series({2019: 1.0, 2020: 2.0}), gdp({2019: 5.0, 2020: 6.0}, prices))


def test_gdp_without_a_word_on_prices_is_refused():
    with pytest.raises(ValueError, match="says nothing"):
        by_year(series({2019: 1.0, 2020: 2.0}), series({2019: 5.0, 2020: 6.0}))


def broken() -> pd.DataFrame:
    """A series with a break before 2016, as an inventory whose source changed."""
    return pd.concat(
        [series({2013: 80.0, 2014: 83.0, 2015: 69.0}), series({2016: 30.0, 2017: 29.0}, segment=1)]
    )


def test_a_break_is_never_crossed():
    output = gdp({year: 100.0 + year - 2013 for year in range(2013, 2018)})
    found = by_year(broken(), output)
    assert found[["first_year", "last_year"]].to_numpy().tolist() == [
        [2013, 2014], [2014, 2015], [2016, 2017],
    ]  # fmt: skip
    plans = by_plan(broken(), output)
    assert plans[["plan", "first_year", "last_year"]].to_numpy().tolist() == [
        [12, 2013, 2015], [13, 2016, 2017],
    ]  # fmt: skip
    with pytest.raises(ValueError, match="2015–2016: the series breaks between them"):
        decoupling(broken(), output, [(2015, 2016)])


def test_a_missing_year_makes_one_longer_span():
    quantity = series({2010: 1.0, 2012: 2.0, 2013: 3.0})
    output = gdp({2010: 1.0, 2011: 1.1, 2012: 1.2, 2013: 1.3})
    assert common_years(quantity, output) == [[2010, 2012, 2013]]
    assert by_year(quantity, output)["first_year"].tolist() == [2010, 2012]


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        (series({2019: 0.0, 2020: 2.0}), "quantity, 2019: 0.0 is not above zero"),
        (series({2019: -1.0, 2020: 2.0}), "quantity, 2019: -1.0 is not above zero"),
        (pd.concat([series({2019: 1.0}), series({2019: 2.0})]), "2019: the year stands twice"),
        (
            pd.concat([series({2019: 1.0}), series({2020: 2.0}, unit="t")]),
            "units Mt, t; convert to one",
        ),
        (series({2019: 1.0}), "quantity, 2020: no value"),
        (series({2019: 1.0, 2020: 2.0}).drop(columns="unit"), "column 'unit' is missing"),
    ],
)
def test_faults_are_named(quantity, message):
    with pytest.raises(ValueError, match=message):
        decoupling(quantity, gdp({2019: 5.0, 2020: 6.0}), [(2019, 2020)])


def test_a_span_runs_forwards():
    with pytest.raises(ValueError, match="must lie before"):
        decoupling(series({2019: 1.0}), gdp({2019: 1.0}), [(2019, 2019)])


def test_plans_begin_with_the_year_before_them():
    assert plan_spans([range(2000, 2024)]) == [
        (10, (2000, 2005)), (11, (2005, 2010)), (12, (2010, 2015)), (13, (2015, 2020)),
        (14, (2020, 2023)),
    ]  # fmt: skip
    assert plan_spans([[2008, 2009, 2010, 2011]]) == [(11, (2008, 2010)), (12, (2010, 2011))]
    assert plan_spans([[2015], []]) == []


def test_growth_is_chained_to_an_index_and_a_gap_begins_anew():
    growth = pd.DataFrame({"year": [2001, 2002, 2005], "value": [10.0, -5.0, 3.0]})
    found = chain_index(growth.assign(prices="constant"))
    assert found["year"].tolist() == [2000, 2001, 2002, 2004, 2005]
    assert found["value"].tolist() == pytest.approx([100, 110, 104.5, 100, 103])
    assert found["segment"].tolist() == [0, 0, 0, 1, 1]
    with pytest.raises(ValueError, match="leaves no GDP"):
        chain_index(growth.assign(value=-100.0, prices="constant"))
