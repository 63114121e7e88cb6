"""The trend-following member of the pooled forecast and its gate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.forecasting.theta import ThetaModel

from planbook.analysis.forecast import forecast, trend


def test_a_straight_line_is_followed_at_half_its_slope():
    # smoothing with weight 1 fits a line best; the drift is half the slope of 3
    assert trend.theta(np.array([0.0, 3, 6, 9, 12]), 3) == pytest.approx([1.5, 3.0, 4.5])


def test_no_trend_without_slope():
    assert trend.theta(np.array([2.0, 2, 2, 2]), 2) == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_theta_is_that_of_statsmodels_for_the_same_weight(monkeypatch, seed):
    z = pd.Series(np.random.default_rng(seed).normal(0.5, 1, 24).cumsum())
    fitted = ThetaModel(z, period=1, deseasonalize=False).fit()
    monkeypatch.setattr(trend, "ALPHAS", np.array([fitted.params["alpha"]]))
    ours = z.iloc[-1] + trend.theta(z.to_numpy(), 6)
    assert ours == pytest.approx(fitted.forecast(6).to_numpy(), abs=0.02)


def test_theta_moves_with_scale_and_not_with_shift():
    z = np.array([1.0, 2, 4, 3, 6])
    assert trend.theta(10 * z + 7, 4) == pytest.approx(10 * trend.theta(z, 4))


def test_the_gate_opens_with_the_strength_of_the_trend():
    assert trend.trend_share(0.0, 20) == 0
    assert trend.trend_share(trend.STRONG, 20) == pytest.approx(0.5)
    assert trend.trend_share(1.0, 20) > 0.99
    assert trend.trend_share(1.0, trend.SHORTEST - 1) == 0


def test_a_member_that_runs_away_is_outvoted():
    middle, members = np.array([1.0]), np.array([[2.0], [1000.0]])
    changed = trend.trend_change(middle, members)
    assert changed == pytest.approx([1 + trend.LEAN * (2 - 1)])


def test_a_steady_climb_is_followed_and_its_noise_is_not():
    climb = pd.Series([10.0, 11, 12.1, 13, 14.2, 15, 16.1, 17, 18, 19.1], index=range(2011, 2021))
    noise = pd.Series([10.0, 11, 9.5, 10.4, 9.9, 10.8, 10.1, 9.7, 10.3, 10], index=climb.index)
    assert forecast(climb, 5, lower=0).median[-1] > 21
    assert forecast(noise, 5, lower=0).median[-1] == pytest.approx(10, abs=0.4)


def test_no_climb_leaves_its_bounds_or_runs_away():
    steep = pd.Series(2.0 ** np.arange(12), index=range(2009, 2021))
    made = forecast(steep, 10, lower=0)
    assert np.isfinite(made.quantile(0.975)).all()
    assert made.median[-1] <= trend_limit(steep)


def trend_limit(points: pd.Series) -> float:
    """Give what the steepest straight course on the log scale would reach."""
    return float(points.iloc[-1]) * 2.0**10
