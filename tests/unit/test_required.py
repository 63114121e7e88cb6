"""What would have to move to meet a target: arithmetic that a reader can redo."""

from __future__ import annotations

import pandas as pd
import pytest

from planbook.analysis.drivers.required import required

UNITS = {"population": "1e4 persons", "gdp": "1e8 CNY", "energy": "Mtce", "co2": "Mt"}


def levels(**series: dict[int, float]) -> pd.DataFrame:
    rows = [
        (year, level, value, UNITS[level])
        for level, values in series.items()
        for year, value in values.items()
    ]
    return pd.DataFrame(rows, columns=["year", "level", "value", "unit"])


# GDP doubles in two years, CO2 rises by a half: CO2 per GDP falls by a quarter.
KNOWN = {"gdp": {2020: 100.0, 2022: 200.0}, "co2": {2020: 40.0, 2022: 60.0}}


def test_the_arithmetic_of_two_years_left():
    known = levels(**KNOWN)
    kept = known.copy()
    found = required(known, base_year=2020, asked_pct=-50, deadline=2024)
    pd.testing.assert_frame_equal(known, kept)
    assert found.reached_pct == pytest.approx(-25)
    assert not found.is_reached
    # GDP of 2024 is 400 at that pace; half of 0.4 a unit allows 80
    assert found.gdp_at_deadline == pytest.approx(400)
    assert found.allowed == pytest.approx(80)
    assert found.at_recent_pace == pytest.approx(90)
    assert (found.latest, found.unit, found.gdp_unit) == (60, "Mt", "1e8 CNY")
    rates = found.rates.set_index("quantity")
    assert rates.at["co2_per_gdp", "needed_pct"] == pytest.approx(((0.2 / 0.3) ** 0.5 - 1) * 100)
    assert rates.at["co2", "needed_pct"] == pytest.approx(((80 / 60) ** 0.5 - 1) * 100)
    assert rates.at["gdp", "needed_pct"] == pytest.approx(((450 / 200) ** 0.5 - 1) * 100)
    assert rates.at["co2", "recent_pct"] == pytest.approx((1.5**0.5 - 1) * 100)
    assert rates["held"].to_dict() == {"co2_per_gdp": "", "co2": "gdp", "gdp": "co2"}
    assert set(rates["unit"]) == {"%/a"}


@pytest.mark.parametrize(
    "quantity", ["co2_per_gdp", "co2", "gdp", "energy_per_gdp", "co2_per_energy"]
)
def test_each_needed_rate_meets_the_target_exactly(quantity):
    known = levels(**KNOWN, energy={2020: 20.0, 2022: 25.0})
    found = required(known, base_year=2020, asked_pct=-50, deadline=2024)
    rates = found.rates.set_index("quantity")
    grow = {name: (1 + rates.at[name, "recent_pct"] / 100) ** 2 for name in rates.index}
    grow[quantity] = (1 + rates.at[quantity, "needed_pct"] / 100) ** 2
    start = 60 / 200
    if quantity == "co2_per_gdp":
        end = start * grow["co2_per_gdp"]
    elif quantity in ("co2", "gdp"):
        end = start * grow["co2"] / grow["gdp"]
    else:
        end = start * grow["energy_per_gdp"] * grow["co2_per_energy"]
    assert end == pytest.approx(0.4 * 0.5)


# All of the fall in one year: CO2 per GDP 1.00, 0.80, 0.79, 0.78; GDP grows by a tenth each year.
UNEVEN = {
    "gdp": {2020: 100.0, 2021: 110.0, 2022: 121.0, 2023: 133.1},
    "co2": {2020: 100.0, 2021: 88.0, 2022: 95.59, 2023: 103.818},
}


def test_the_pace_of_the_latest_two_years_is_told_beside_the_pace_since_the_base():
    found = required(levels(**UNEVEN), base_year=2020, asked_pct=-30, deadline=2025)
    rates = found.rates.set_index("quantity")
    assert found.latest_first == 2021
    assert rates.at["co2_per_gdp", "recent_pct"] == pytest.approx((0.78 ** (1 / 3) - 1) * 100)
    assert rates.at["co2_per_gdp", "latest_pct"] == pytest.approx(((0.78 / 0.8) ** 0.5 - 1) * 100)
    # two years more: 0.78 ** (5 / 3) = 0.661 meets 0.70, 0.78 × 0.78 / 0.8 = 0.7605 does not
    assert found.ends_pct == pytest.approx((0.78 ** (5 / 3) - 1) * 100)
    assert found.ends_latest_pct == pytest.approx(-23.95)
    assert found.paces_disagree
    for name in ("needed_pct", "needed_latest_pct"):
        assert rates.at["co2_per_gdp", name] == pytest.approx(((0.7 / 0.78) ** 0.5 - 1) * 100)
    # with GDP at a tenth a year in either window, CO2 may move alike
    assert rates.at["co2", "needed_latest_pct"] == pytest.approx(rates.at["co2", "needed_pct"])
    co2 = (103.818 / 88) ** 0.5
    assert rates.at["gdp", "needed_latest_pct"] == pytest.approx(
        (co2 / (0.7 / 0.78) ** 0.5 - 1) * 100
    )
    mild = required(levels(**UNEVEN), base_year=2020, asked_pct=-20, deadline=2025)
    assert not mild.paces_disagree


def test_a_window_as_long_as_the_way_from_the_base_is_none():
    short = {name: {year: own[year] for year in (2020, 2021, 2022)} for name, own in UNEVEN.items()}
    found = required(levels(**short), base_year=2020, asked_pct=-30, deadline=2025)
    assert (found.latest_first, found.ends_latest_pct) == (None, None)
    assert not found.paces_disagree
    assert found.rates[["latest_pct", "needed_latest_pct"]].isna().all(axis=None)
    # three years where the year between has no figure
    gap = {name: {**own, 2019: own[2020]} for name, own in UNEVEN.items()}
    gap = {name: {year: own[year] for year in (2019, 2020, 2023)} for name, own in gap.items()}
    found = required(levels(**gap), base_year=2019, asked_pct=-30, deadline=2025)
    assert found.latest_first == 2020


def test_population_and_gdp_per_head_cannot_meet_an_intensity_target():
    known = levels(**KNOWN, population={2020: 10.0, 2022: 10.0})
    rates = required(known, base_year=2020, asked_pct=-50, deadline=2024).rates
    rates = rates.set_index("quantity")
    assert rates.loc[["population", "gdp_per_head"], "needed_pct"].isna().all()
    assert rates.at["population", "recent_pct"] == pytest.approx(0)
    assert rates.at["gdp_per_head", "recent_pct"] == pytest.approx((2**0.5 - 1) * 100)


def test_a_target_that_is_reached_already_asks_for_less_than_nothing():
    found = required(levels(**KNOWN), base_year=2020, asked_pct=-20, deadline=2024)
    assert found.is_reached
    assert found.rates.set_index("quantity").at["co2_per_gdp", "needed_pct"] > 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"base_year": 2019}, "2019: no figure of the base year"),
        ({"base_year": 2022}, "no later year is known"),
        ({"deadline": 2022}, "deadline 2022: not after the latest year 2022"),
        ({"asked_pct": -100}, "leaves no emissions"),
    ],
)
def test_faults_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        required(
            levels(**KNOWN), **{"base_year": 2020, "asked_pct": -18, "deadline": 2025, **change}
        )


def test_levels_must_be_there_and_above_zero():
    with pytest.raises(ValueError, match="level 'gdp' is missing"):
        required(levels(co2=KNOWN["co2"]), base_year=2020, asked_pct=-18, deadline=2025)
    zero = {**KNOWN, "co2": {2020: 0.0, 2022: 1.0}}
    with pytest.raises(ValueError, match="zero or below"):
        required(levels(**zero), base_year=2020, asked_pct=-18, deadline=2025)
