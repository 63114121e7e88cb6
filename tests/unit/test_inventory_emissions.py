"""Activity times factor: each figure by hand, sums, scaling of units, swapping of sets."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planbook.analysis.inventory.activity import (
    Activity,
    ActivityFigure,
    activities,
    published,
    scaled,
    to_base,
)
from planbook.analysis.inventory.emissions import by_line, emissions, fuel_factors, pollutants, swap
from planbook.analysis.inventory.gap import gaps, step_pct
from planbook.data.catalog import load_catalog, load_departments
from planbook.data.factors import load_factors
from planbook.errors import ParameterError


@pytest.fixture(scope="module")
def factors(repo):
    return load_factors(
        repo.factors, load_catalog(repo.catalog, load_departments(repo.departments))
    )


@pytest.fixture(scope="module")
def library(factors):
    return factors.library


def _only(one: Activity) -> dict[str, tuple[Activity, ...]]:
    return {one.line: (one,)}


def _load(library, line):
    return next(one for one in library.loads if one.line == line)


# ---- activity


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (2, "Mt", (2e6, "t")),
        (2, "kt", (2e3, "t")),
        (3, "1e8 m3", (3e4, "1e4 m3")),
        (5, "1e4 head", (5e4, "head")),
        (1, "TWh", (1e6, "MWh")),
    ],
)
def test_amounts_come_in_what_factors_are_given_per(value, unit, expected):
    amount, per = to_base(value, unit)
    assert per == expected[1]
    assert amount == pytest.approx(expected[0])


def test_a_unit_that_no_factor_knows_is_an_error():
    with pytest.raises(ParameterError, match="unit 'km2': factors are given per t"):
        to_base(1, "km2")


def test_power_is_scaled_by_hours_load_and_coal_rate(library):
    one = scaled(_load(library, "power_coal"), ActivityFigure(1000, "MW", 2024))
    # 1,000 MW x 8,760 h x 0.53 x 302.4 kgce/MWh x 29.3076 GJ/tce
    assert one.amount == pytest.approx(1000 * 8760 * 0.53 * 0.3024 * 29.3076 / 1000)
    assert (one.per, one.kind, one.near) == ("TJ", "scaled", "coal_power_capacity")
    assert {name.name for name in one.variables} == {"load:power_coal", "conversion:power_coal"}


def test_a_yearly_capacity_is_scaled_by_its_load_and_a_daily_one_by_days(library):
    steel = scaled(_load(library, "steel"), ActivityFigure(2, "Mt/a", 2025))
    assert steel.amount == pytest.approx(2e6 * 0.781)
    burnt = scaled(_load(library, "waste_burnt"), ActivityFigure(100, "t/d", 2017))
    assert burnt.amount == pytest.approx(36_500)
    assert burnt.variables == ()
    with pytest.raises(ParameterError, match="'coal_power_capacity' is no power"):
        scaled(_load(library, "power_coal"), ActivityFigure(2, "Mt/a", 2025))


def test_a_published_activity_takes_the_place_of_a_capacity(factors):
    both = {
        "crude_steel_output": ActivityFigure(1, "Mt", 2023),
        "crude_steel_capacity": ActivityFigure(9, "Mt/a", 2025),
        "coke_capacity_built": ActivityFigure(1, "Mt/a", 2025),
    }
    found = activities(factors.library, factors.lines, both.get)
    assert [(one.kind, one.amount) for one in found["steel"]] == [("published", 1e6)]
    assert [one.kind for one in found["coke"]] == ["scaled"]
    assert found["clinker"] == ()


# ---- emissions


def test_coal_of_a_tonne_gives_the_guide_s_factor_and_nitrous_oxide_by_heat(library):
    frame = emissions(_only(published("power_coal", "coal_use_power", ActivityFigure(1, "Mt", 2023))), library)  # fmt: skip
    co2, n2o = frame.to_dict("records")
    assert co2["amount"] == pytest.approx(1_741_749.7, abs=0.5)
    assert n2o["amount"] == pytest.approx(1e6 * 19.57 / 1000 * 1.5 / 1000)  # t, by 1.5 kg/TJ
    assert n2o["co2e"] == pytest.approx(265 * n2o["amount"])
    assert set(frame["unit"]) == {"t"}
    assert set(frame["status"]) == {"final"}


def test_a_mixed_fuel_lies_between_its_two(library):
    one = published("transport_fuel", "motor_fuel_use", ActivityFigure(1, "kt", 2023))
    (row,) = emissions(_only(one), library).to_dict("records")
    assert row["amount"] == pytest.approx(1000 * (2.925056 + 3.095910) / 2, rel=1e-6)
    (own,) = row["variables"]
    assert own.low * row["factor"] == pytest.approx(2.925056, abs=1e-5)
    assert own.high * row["factor"] == pytest.approx(3.095910, abs=1e-5)


def test_aluminium_adds_three_gases_by_the_metric(library):
    one = published("aluminium", "aluminium_output", ActivityFigure(1, "kt", 2023))
    frame = emissions(_only(one), library).set_index("gas")
    assert frame["amount"].to_dict() == pytest.approx({"CO2": 1600, "CF4": 0.4, "C2F6": 0.04})
    assert frame["co2e"].sum() == pytest.approx(1600 + 0.4 * 6630 + 0.04 * 11100)
    later = emissions(_only(one), library, metric="AR6").set_index("gas")
    assert later["co2e"]["CF4"] == pytest.approx(0.4 * 7380)


def test_inputs_stay_as_they_were(library):
    known = _only(published("coke", "coke_output", ActivityFigure(1, "Mt", 2023)))
    before = {key: tuple(value) for key, value in known.items()}
    swap(known, library)
    assert known == before


def test_fuel_factors_are_a_frame_with_units(library):
    frame = fuel_factors(library)
    row = frame[(frame["factor_set"] == "guide_2025") & (frame["fuel"] == "natural_gas")].iloc[0]
    assert row["unit"] == "1e4 m3"
    assert row["co2"] == pytest.approx(21.621888, abs=5e-7)


def test_every_line_of_the_small_city_is_computed_but_the_forest(project):
    from planbook import chapter

    own = chapter.load("20_inventory", city="smallville", root=project)
    results = own.inventory.results
    kinds = {line.id: results.kind(line.id) for line in own.view.project.factors.lines}
    assert {key for key, kind in kinds.items() if kind != "published"} == {"forest"}
    assert set(results.totals) == {("published", 1), ("published", 2)}
    assert "power_bought" not in results.totals["published", 1].lines.index
    shown = own.inventory.table()
    assert len(shown.data) == len(kinds)
    text = own.inventory.totals().plain
    assert "Lines: 14 (" in text
    assert "counted apart" in text


# ---- properties


@settings(max_examples=40, deadline=None)
@given(
    coal=st.floats(0.01, 100),
    steel=st.floats(0.01, 100),
    clinker=st.floats(0.01, 100),
)
def test_lines_add_up_and_shares_to_a_hundred(library, coal, steel, clinker):
    known = {
        "power_coal": (
            published("power_coal", "coal_use_power", ActivityFigure(coal, "Mt", 2023)),
        ),
        "steel": (published("steel", "crude_steel_output", ActivityFigure(steel, "Mt", 2023)),),
        "clinker": (
            published("clinker", "cement_clinker_output", ActivityFigure(clinker, "Mt", 2023)),
        ),
    }
    frame = emissions(known, library)
    lines = by_line(frame)
    assert lines["co2e"].sum() == pytest.approx(frame["co2e"].sum())
    assert (100 * lines["co2e"] / lines["co2e"].sum()).sum() == pytest.approx(100)
    assert (lines["co2e"] >= lines["co2"] - 1e-6).all()


@settings(max_examples=40, deadline=None)
@given(amount=st.floats(0.001, 1000))
def test_the_unit_of_a_figure_changes_nothing(library, amount):
    made = [
        emissions(
            _only(published("coke", "coke_output", ActivityFigure(value, unit, 2023))), library
        )["co2e"].sum()
        for value, unit in ((amount, "Mt"), (amount * 1e3, "kt"), (amount * 1e6, "t"))
    ]
    assert made[1] == pytest.approx(made[0])
    assert made[2] == pytest.approx(made[0])


@settings(max_examples=25, deadline=None)
@given(amount=st.floats(0.01, 100), times=st.floats(1, 50))
def test_emissions_grow_with_activity(library, amount, times):
    small, large = (
        emissions(
            _only(published("steel", "crude_steel_output", ActivityFigure(value, "Mt", 2023))),
            library,
        )["co2e"].sum()
        for value in (amount, amount * times)
    )
    assert large == pytest.approx(times * small)


# ---- sets, pollutants, gaps


def test_swapping_a_set_changes_only_lines_with_another_factor(library):
    known = {
        "power_coal": (published("power_coal", "coal_use_power", ActivityFigure(1, "Mt", 2023)),),
        "steel": (published("steel", "crude_steel_output", ActivityFigure(1, "Mt", 2023)),),
    }
    found = swap(known, library).set_index(["line", "factor_set"])
    assert found.loc[("steel", slice(None)), "difference_pct"].abs().max() == 0
    coal = found.loc["power_coal"]["difference_pct"]
    assert coal["guide_2025"] == 0
    assert coal["ipcc_2006"] > 35
    assert 13 < coal["tce_ipcc"] < 14
    assert bool(found.loc[("power_coal", "tce_ipcc"), "own"])
    assert not bool(found.loc[("steel", "tce_ipcc"), "own"])


def test_pollutants_follow_the_same_activity(library):
    coke = published("coke", "coke_output", ActivityFigure(1, "Mt", 2023))
    found = pollutants(_only(coke), library, {"so2": 0.95, "nox": 0.95, "soot": 2.18})
    by_name = found.set_index("pollutant")
    assert by_name.loc["so2", "amount"] == pytest.approx(69.5)
    assert by_name.loc["so2", "equivalents"] == pytest.approx(69.5 / 0.95)
    power = scaled(_load(library, "power_coal"), ActivityFigure(1000, "MW", 2024))
    made = pollutants(_only(power), library, {}).set_index("pollutant")
    kwh = 1000 * 1000 * 8760 * 0.53
    assert made.loc["nox", "amount"] == pytest.approx(kwh * 0.133 / 1e6)
    assert made["equivalents"].isna().all()


def test_a_gap_is_told_from_the_nearest_year():
    estimates = {
        "grid": pd.Series({2019: 40.0, 2023: 50.0}),
        "old": pd.Series({2015: 60.0}),
        "empty": pd.Series(dtype=float),
    }
    found = {one.estimate: one for one in gaps(55.0, 2024, estimates)}
    assert set(found) == {"grid", "old"}
    assert (found["grid"].year, found["grid"].value) == (2023, 50.0)
    assert found["grid"].difference_pct == pytest.approx(10)
    assert found["old"].difference_pct == pytest.approx(-100 * 5 / 60)


def test_a_step_is_measured_across_the_break_only():
    values = pd.Series({2014: 70.0, 2015: 60.0, 2016: 30.0, 2017: 31.0})
    assert step_pct(values, 2016) == pytest.approx(-50)
    assert step_pct(values, 2010) is None
