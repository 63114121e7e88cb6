"""The pooled forecast: its grid against statsmodels, its properties, its tables."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from planbook.analysis.forecast import forecast, scenario
from planbook.analysis.forecast.batch import forecast_many
from planbook.analysis.forecast.damped_trends import NU, ParameterGrid, fit, solve
from planbook.analysis.forecast.pooled import TABLES, WINDOW
from planbook.errors import PlanbookError

LINE = np.array([1.51, 1.51, 1.38, 1.40, 1.27, 1.55, 1.69, 1.65, 1.62, 1.82])
AMOUNT = pd.Series([10.0, 11.2, 11.9, 13.1, 14.8, 15.2, 16.9], index=range(2015, 2022))


def one(alpha, beta, phi, damp, tau):
    return ParameterGrid(*(np.array([float(value)]) for value in (alpha, beta, phi, damp, tau)))


def annual(values, first=2000):
    return pd.Series(values, index=range(first, first + len(values)), dtype=float)


@pytest.mark.parametrize("parameters", [(0.5, 0.3, 0.9), (0.85, 0.05, 0.8), (0.99, 0.6, 0.95)])
def test_a_model_of_the_grid_is_that_of_statsmodels(parameters):
    alpha, beta, phi = parameters
    made = solve(one(alpha, beta, phi, phi, 1e6), 10, 5)  # a flat prior of the slope
    level, slope = made.start[0] @ LINE
    model = ETSModel(
        pd.Series(LINE), error="add", trend="add", damped_trend=True,
        initialization_method="known", initial_level=level, initial_trend=slope,
    )  # fmt: skip
    known = model.smooth([alpha, alpha * beta, phi, level, slope])
    np.testing.assert_allclose(made.residual[0, :10] @ LINE, known.resid, atol=1e-8)
    np.testing.assert_allclose(made.ahead[0] @ LINE, known.forecast(5), atol=1e-8)
    steps = np.arange(1, 5)
    weights = alpha * (1 + beta * np.array([sum(phi**i for i in range(1, j + 1)) for j in steps]))
    shocks = 1 + np.concatenate([[0], np.cumsum(weights**2)])
    ahead = known.get_prediction(start=10, end=14).forecast_variance / known.scale
    np.testing.assert_allclose(ahead, shocks, rtol=1e-6)
    assert (made.variance[0] > shocks).all()  # first level and slope are uncertain


def test_a_random_walk_with_free_drift_is_the_closed_form():
    step = np.arange(1, 7)
    made = solve(one(1, 0, 1, 1, 1e6), 10, 6)
    drift = (LINE[-1] - LINE[0]) / 9
    np.testing.assert_allclose(made.ahead[0] @ LINE, LINE[-1] + step * drift, atol=1e-8)
    np.testing.assert_allclose(made.variance[0], step * (1 + step / 9), rtol=1e-6)


def test_the_variance_of_one_model_follows_its_prior_and_its_residuals():
    found = fit(one(1, 0, 1, 1, 0), LINE[None, :], 2)
    square = np.mean(np.diff(LINE) ** 2)
    expected = (NU * 0.5 * square + 9 * square) / (NU + 9)
    np.testing.assert_allclose(found.scale[0, 0] ** 2, expected * np.array([1, 2]))
    assert found.dof == NU + 9


VALUES = st.lists(st.floats(0.5, 2.0), min_size=3, max_size=60)


@settings(max_examples=60, deadline=None)
@given(ratios=VALUES, unit=st.sampled_from([1e-6, 1.0, 1e9]), h=st.integers(1, 12))
def test_an_amount_obeys_its_contract(ratios, unit, h):
    points = annual(10 * np.exp(np.cumsum(np.log(ratios)) / 3))
    made = forecast(points, h, lower=0)
    frame = made.frame()
    ordered = frame[["lo95", "lo80", "forecast", "hi80", "hi95"]].to_numpy()
    assert np.isfinite(ordered).all()
    assert (ordered > 0).all()
    assert (np.diff(ordered, axis=1) > 0).all()
    low, high = np.log(frame["lo95"] / frame["forecast"]), np.log(frame["hi95"] / frame["forecast"])
    assert (np.diff(high) > -1e-9).all()
    assert (np.diff(low) < 1e-9).all()
    np.testing.assert_allclose(forecast(points * unit, h, lower=0).frame(), frame * unit, rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.floats(0, 100), min_size=3, max_size=40))
def test_a_share_stays_inside(values):
    frame = forecast(annual(values), 8, lower=0, upper=100).frame()
    assert frame.to_numpy().min() >= 0
    assert frame.to_numpy().max() <= 100
    ordered = frame[["lo95", "lo80", "forecast", "hi80", "hi95"]].to_numpy()
    assert (np.diff(ordered, axis=1) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.floats(-5, 5), min_size=3, max_size=30), shift=st.sampled_from([-3, 40]))
def test_without_bounds_the_origin_of_the_scale_is_free(values, shift):
    values = np.round(values, 3)
    if np.ptp(values) < 0.01:
        return
    frame = forecast(annual(values), 5).frame()
    ordered = frame[["lo95", "lo80", "forecast", "hi80", "hi95"]].to_numpy()
    assert (np.diff(ordered, axis=1) > 0).all()
    assert (np.diff(frame["hi95"] - frame["lo95"]) > 0).all()
    moved = forecast(annual(values + shift), 5).frame()
    np.testing.assert_allclose(moved, frame + shift, atol=1e-6)


@pytest.mark.parametrize("n", range(3, 61))
def test_no_length_fails(n):
    points = annual(50 + 30 * np.sin(np.arange(n) * 1.7) + np.arange(n) / 4)
    for bounds in ({}, {"lower": 0}, {"lower": 0, "upper": 100}):
        assert np.isfinite(forecast(points, 6, **bounds).frame().to_numpy()).all()


def test_warnings_name_what_is_thin():
    assert forecast(AMOUNT[:3], 1, lower=0).warnings == ("warn_very_short",)
    assert forecast(AMOUNT[:3], 2, lower=0).median.tolist() == pytest.approx([11.9, 11.9])
    assert forecast(AMOUNT, 1, lower=0).warnings == ("warn_short_series",)
    assert forecast(annual([3.0] * 12), 1, lower=0).warnings == ("warn_constant",)
    assert forecast(annual(LINE.tolist() * 2), 1, lower=0).warnings == ()
    low, high = forecast(annual([3.0] * 12), 1, lower=0).interval(95)
    assert 2.8 < low[0] < 3 < high[0] < 3.2


def test_zeros_are_fitted_on_their_own_scale_and_stay_above_the_bound():
    made = forecast(annual([4.0, 3.0, 0.0, 1.0, 0.0, 0.0]), 5, lower=0)
    assert made.scale == "identity"
    assert made.frame().to_numpy().min() >= 0
    assert forecast(annual([0.0] * 6), 2, lower=0).median.tolist() == [0, 0]


def test_only_the_last_years_count():
    long = np.concatenate([np.full(30, 900.0), np.tile(LINE, 3)[:WINDOW]])
    pd.testing.assert_frame_equal(
        forecast(annual(long), 3, lower=0).frame(),
        forecast(annual(long[30:], first=2030), 3, lower=0).frame(),
    )


def test_chances_and_quantiles_are_inverse():
    made = forecast(AMOUNT, 4, lower=0)
    for p in (0.01, 0.2, 0.5, 0.9, 0.99):
        np.testing.assert_allclose(made.cdf(made.quantile(p)), p, atol=1e-9)
    assert made.cdf(-1).tolist() == [0, 0, 0, 0]
    share = forecast(AMOUNT, 2, lower=0, upper=20)
    assert share.cdf(20).tolist() == [1, 1]


def test_a_sum_is_wider_than_independent_years_and_narrower_than_equal_ones():
    made = forecast(AMOUNT, 4, lower=0)
    sums = 100 + made.sample(2000).sum(axis=1)
    low, high = made.interval(80)
    width = np.quantile(sums, 0.9) - np.quantile(sums, 0.1)
    assert np.sqrt(((high - low) ** 2).sum()) < width < (high - low).sum()
    assert np.median(sums) == pytest.approx(100 + made.median.sum(), rel=0.02)


def test_a_scenario_stands_beside_its_baseline():
    made = forecast(AMOUNT, 4, lower=0)
    step = scenario(made, "step", 2023, -2)
    np.testing.assert_allclose(step.forecast.median - made.median, [0, -2, -2, -2])
    ramp = scenario(made, "ramp", 2023, -2)
    np.testing.assert_allclose(ramp.forecast.median - made.median, [0, -2, -4, -6])
    rate = scenario(made, "rate", 2024, -10)
    np.testing.assert_allclose(rate.forecast.median / made.median, [1, 1, 0.9, 0.81])
    assert rate.baseline is made
    for changed in (step, ramp, rate):
        np.testing.assert_allclose(changed.forecast.cdf(changed.forecast.quantile(0.3)), 0.3)
    floor = scenario(made, "ramp", 2022, -50, lower=0).forecast
    assert floor.median.tolist() == [0, 0, 0, 0]
    assert floor.probability(2025, 0, wants="at_most") == pytest.approx(1, abs=1e-3)
    for wrong, text in ((("jump", 2023, 1), "no scenario"), (("step", 2040, 1), "ends in 2025"),
                        (("rate", 2023, -100), "more than -100")):  # fmt: skip
        with pytest.raises(PlanbookError, match=text):
            scenario(made, *wrong)


def test_many_series_depend_on_neither_order_nor_jobs():
    rows = [
        {"series_id": f"s{k}", "t": 2000 + t, "value": 20 + k + 3 * np.sin(k + t), "lower": 0.0}
        for k in range(6)
        for t in range(4 + k)
    ]
    frame = pd.DataFrame(rows)
    alone, _, refused = forecast_many(frame)
    assert not refused
    pooled, _, _ = forecast_many(frame, jobs=2)
    pd.testing.assert_frame_equal(alone, pooled)
    turned, _, _ = forecast_many(frame.iloc[::-1])
    order = ["series_id", "h"]
    pd.testing.assert_frame_equal(
        alone.sort_values(order, ignore_index=True), turned.sort_values(order, ignore_index=True)
    )


def test_the_tables_say_where_they_come_from_and_are_small():
    read = json.loads(TABLES.read_text(encoding="utf-8"))
    assert read["made_by"] == "benchmarks/forecasting/train.py"
    assert all(len(digest) == 16 for digest in read["data"].values())
    assert set(read["groups"]) == {"share", "amount", "open"}
    assert TABLES.stat().st_size < 30_000


def test_importing_the_forecasts_loads_no_statistics_package():
    code = (
        "import sys, planbook.analysis.forecast as f; "
        "print([m for m in ('statsmodels', 'scipy.stats') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
