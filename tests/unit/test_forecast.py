"""Forecast methods: one contract suite for all, and the drift's closed form."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from planbook.analysis.forecast import (
    DEFAULT_METHOD,
    METHODS,
    forecast,
    forecast_change,
    track_record,
)
from planbook.analysis.forecast.base import method
from planbook.analysis.forecast.wording import check_words
from planbook.errors import DataError, ForecastRefused, PlanbookError

SHARE = pd.Series([91.0, 93.5, 95.0, 96.2, 97.5, 98.6], index=range(2018, 2024))
AMOUNT = pd.Series([10.0, 11.2, 11.9, 13.1, 14.8, 15.2, 16.9], index=range(2015, 2022))
# METHODS, section 6, "Chance": values of 2010 to 2019
LINE = pd.Series(
    [1.51, 1.51, 1.38, 1.40, 1.27, 1.55, 1.69, 1.65, 1.62, 1.82], index=range(2010, 2020)
)


@pytest.fixture(params=sorted(METHODS))
def name(request):
    return request.param


def test_every_method_has_words_and_one_without_is_refused(monkeypatch):
    check_words()
    assert {"naive", DEFAULT_METHOD} < set(METHODS)
    with pytest.raises(PlanbookError, match="method 'naive' is registered twice"):
        method("naive")(None)
    monkeypatch.setitem(METHODS, "magic", None)
    with pytest.raises(DataError) as caught:
        check_words()
    assert [one.place for one in caught.value.problems] == [
        "key method_magic", "key explore_method_magic",
    ]  # fmt: skip


def test_contract_years_order_and_input_unchanged(name):
    before = AMOUNT.copy()
    made = forecast(AMOUNT, 5, lower=0, method=name)
    assert made.years.tolist() == [2022, 2023, 2024, 2025, 2026]
    assert (made.method, made.n, made.fitted_years) == (name, 7, (2015, 2021))
    frame = made.frame()
    ordered = frame[["lo95", "lo80", "forecast", "hi80", "hi95"]].to_numpy()
    assert (np.diff(ordered, axis=1) > 0).all()
    pd.testing.assert_series_equal(AMOUNT, before)


def test_contract_bounds_are_never_crossed(name):
    frame = forecast(SHARE, 12, lower=0, upper=100, method=name).frame()
    assert frame.to_numpy().min() > 0
    assert frame.to_numpy().max() < 100
    assert forecast(AMOUNT, 30, lower=0, method=name).frame()["lo95"].min() > 0


def test_contract_intervals_never_narrow(name):
    low, high = forecast(LINE, 8, method=name).interval(95)
    assert (np.diff(high - low) > 0).all()


def test_contract_order_of_points_does_not_matter(name):
    shuffled = AMOUNT.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        forecast(AMOUNT, 3, method=name).frame(), forecast(shuffled, 3, method=name).frame()
    )


def test_contract_scale_equivariance(name):
    one = forecast(AMOUNT, 4, lower=0, method=name).frame()
    thousand = forecast(1000 * AMOUNT, 4, lower=0, method=name).frame()
    # a fit by numerical optimisation ends within its tolerance, not on the digit
    closed = name in ("drift", "naive", "pooled")
    np.testing.assert_allclose(thousand, 1000 * one, rtol=1e-10 if closed else 1e-4)


def test_contract_paths_repeat_the_intervals(name):
    made = forecast(AMOUNT, 3, lower=0, method=name)
    paths = made.sample(500)
    assert paths.shape == (500, 3)
    np.testing.assert_array_equal(paths, made.sample(500))
    np.testing.assert_allclose(np.median(paths, axis=0), made.median, rtol=0.01)
    assert np.corrcoef(paths.T)[0, 1] > 0.3


def test_contract_probability_agrees_with_the_quantiles(name):
    made = forecast(AMOUNT, 4, lower=0, method=name)
    for level in (50, 80, 95):
        low, high = made.interval(level)
        tail = (1 - level / 100) / 2
        assert made.probability(2025, low[-1], wants="at_most") == pytest.approx(tail)
        assert made.probability(2025, high[-1], wants="at_least") == pytest.approx(tail)


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        (AMOUNT.iloc[:2], "refused_short"),
        (AMOUNT.drop(2018), "refused_gap"),
        (AMOUNT * 0, "refused_constant"),
        (AMOUNT.replace(10.0, np.nan), "refused_not_finite"),
        (pd.concat([AMOUNT, AMOUNT.iloc[:1]]), "refused_duplicate"),
    ],
)
def test_contract_refusals_name_the_reason(name, points, reason):
    if (name, reason) == ("pooled", "refused_constant"):
        # the book's own method knows from other series how steady a constant is
        assert forecast(points, 3).median == pytest.approx([0, 0, 0], abs=1e-9)
        return
    with pytest.raises(ForecastRefused) as caught:
        forecast(points, 3, method=name)
    assert caught.value.reason == reason


def test_drift_reproduces_its_closed_form():
    made = forecast(LINE, 3, method="drift")
    changes = np.diff(LINE)
    fitted = sm.OLS(changes, np.ones((len(changes), 1))).fit()
    assert made.median[0] == pytest.approx(1.82 + fitted.params[0])
    n, drift, s = len(LINE), changes.mean(), changes.std(ddof=1)
    step = np.arange(1, 4)
    half = stats.t(n - 2).ppf(0.975) * s * np.sqrt(step * (1 + step / (n - 1)))
    np.testing.assert_allclose(made.median, 1.82 + step * drift)
    np.testing.assert_allclose(made.interval(95)[1], 1.82 + step * drift + half)


def test_naive_repeats_the_last_value():
    np.testing.assert_allclose(forecast(LINE, 3, method="naive").median, 1.82)


def test_a_change_from_a_base_is_the_level_in_other_terms():
    level = forecast(AMOUNT, 2, lower=0)
    change = forecast_change(AMOUNT, 2, base_year=2015, lower=0)
    np.testing.assert_allclose(change.median, level.median * 10 - 100)
    assert change.probability(2023, 50, wants="at_least") == pytest.approx(
        level.probability(2023, 15, wants="at_least")
    )
    with pytest.raises(ForecastRefused, match="refused_no_base"):
        forecast_change(AMOUNT, 2, base_year=1999)


def test_unknown_methods_years_and_directions_are_errors():
    with pytest.raises(PlanbookError, match="no method 'magic'; use one of"):
        forecast(AMOUNT, 2, method="magic")
    with pytest.raises(PlanbookError, match="give at least one step"):
        forecast(AMOUNT, 0)
    made = forecast(AMOUNT, 2)
    with pytest.raises(PlanbookError, match="year 2050 is not among those forecast"):
        made.probability(2050, 1, wants="at_most")
    with pytest.raises(PlanbookError, match="use 'at_least' or 'at_most'"):
        made.probability(2022, 1, wants="more")


def test_the_track_record_scores_only_unseen_years():
    straight = pd.Series(range(10, 22), index=range(2000, 2012), dtype=float)
    straight.iloc[-1] += 0.5
    record = track_record(straight.iloc[:-1] + np.sin(range(11)) / 100, steps=1)
    assert record.forecasts == 6
    assert record.mae < record.mae_naive
    assert record.brier < 0.1  # it always rises
    assert {key: part.forecasts for key, part in record.by_length.items()} == {
        (5, 9): 5,
        (10, 14): 1,
    }
    assert track_record(AMOUNT.iloc[:5]) is None
