"""A series at its bound: mass on it, by hand, and one law in quantiles, chances and pages."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planbook.analysis.forecast import forecast, forecast_change, scenario
from planbook.data.catalog import Indicator
from planbook.widgets.forecast_payload import RULES, fit_all
from planbook.widgets.mathematics import Law, defaults, explore

SHARE = {"lower": 0.0, "upper": 100.0}


def annual(values, first=2014):
    return pd.Series(values, index=range(first, first + len(values)), dtype=float)


# the chance of staying and of coming back, each with half a case added on both sides
@pytest.mark.parametrize(
    ("values", "limits", "staying", "returning"),
    [
        ([100] * 10, SHARE, 9.5 / 10, 0.5),  # nine of nine stayed; never off it
        ([0] * 10, SHARE, 9.5 / 10, 0.5),
        ([0] * 10, {"lower": 0.0}, 9.5 / 10, 0.5),
        ([99.8, 99.9, *[100] * 8], SHARE, 7.5 / 8, 1.5 / 3),  # one of two came to the bound
        ([60, 80, 90, 100, 100, 100], {"upper": 100.0}, 2.5 / 3, 1.5 / 4),
        ([4, 3, 2, 1, 0, 0, 0, 0], {"lower": 0.0}, 3.5 / 4, 1.5 / 5),
        ([100, 99, 100, 99, 100], SHARE, 0.5 / 3, 0.5 / 3),  # never stayed: coming back no likelier
    ],
)
def test_the_mass_on_the_bound_is_that_of_two_states(values, limits, staying, returning):
    made = forecast(annual(values), 4, **limits)
    bound = values[-1]
    wants = "at_least" if bound == limits.get("upper") else "at_most"
    mass = 1.0
    for year in made.years:
        mass = mass * staying + (1 - mass) * returning
        assert made.probability(year, bound, wants=wants) == pytest.approx(mass, abs=1e-12)
        other = "at_most" if wants == "at_least" else "at_least"
        assert made.probability(year, bound, wants=other) == pytest.approx(1)  # never beyond


@pytest.mark.parametrize("values", [[100] * 10, [99.8, 99.9, *[100] * 8]])
def test_a_complete_share_stays_complete_in_the_middle_and_at_the_top(values):
    frame = forecast(annual(values), 6, **SHARE).frame()
    assert (frame[["forecast", "hi80", "hi95"]] == 100).all(axis=None)
    assert (frame["lo95"] < 100).all()
    assert (frame["lo95"] > 99).all()
    assert (frame["lo95"].diff().dropna() <= 0).all()


def test_half_a_decimal_below_the_bound_is_likelier_than_the_bound():
    made = forecast(annual([100] * 10), 1, **SHARE)
    chances = [made.probability(2024, x, wants="at_least") for x in (100, 99.95, 99.5, 90, 0)]
    assert chances == sorted(chances)
    assert chances[0] == pytest.approx(0.95)
    assert chances[-1] == 1


def test_a_series_off_its_bound_has_no_mass_there():
    for values in ([100] * 9 + [99.9], [1, 2, 3, 4, 5, 6.5]):
        made = forecast(annual(values), 2, **SHARE)
        assert made.atom is None
        assert "warn_bound" not in made.warnings
        assert made.probability(made.years[0], 100, wants="at_least") == 0
    assert "warn_bound" in forecast(annual([100] * 5), 1, **SHARE).warnings


def test_close_to_a_bound_chances_and_quantiles_are_inverse():
    made = forecast(annual([99.2, 99.5, 99.6, 99.7, 99.8, 99.9]), 3, **SHARE)
    for p in (0.6, 0.9, 0.99):
        np.testing.assert_allclose(made.cdf(made.quantile(p)), p, atol=1e-9)


VALUES = st.lists(st.sampled_from([0.0, 0.2, 40.0, 99.5, 100.0]), min_size=2, max_size=20)
LIMITS = st.sampled_from([SHARE, {"lower": 0.0}, {"upper": 100.0}])


@settings(max_examples=80, deadline=None)
@given(values=VALUES, last=st.sampled_from([0.0, 100.0]), limits=LIMITS)
def test_one_law_at_every_bound(values, last, limits):
    made = forecast(annual([*values, last]), 4, **limits)
    levels = (0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99)
    table = np.array([made.quantile(p) for p in levels])
    assert (np.diff(table, axis=0) >= 0).all()
    assert limits.get("lower", -np.inf) <= table.min() <= table.max() <= limits.get("upper", np.inf)
    before = made.before or made.cdf
    for p, row in zip(levels, table, strict=True):
        for step, value in enumerate(row):
            if min(abs(value), abs(value - 100)) < 1e-6 and value != last:
                continue  # the other bound: floats beside it are too coarse for the far tail
            assert made.cdf(value)[step] >= p - 1e-6
            assert before(value)[step] <= p + 1e-6 or made.atom is None
    grid = np.sort(np.append(table.ravel(), [0.0, 50.0, 100.0]))
    chances = np.array([made.cdf(value) for value in grid])
    assert (np.diff(chances, axis=0) >= -1e-12).all()


def test_paths_changes_and_scenarios_keep_the_mass():
    points = annual([100] * 10)
    made = forecast(points, 3, **SHARE)
    paths = made.sample(1000)
    assert np.mean(paths[:, 0] == 100) == pytest.approx(0.95, abs=0.002)
    change = forecast_change(points, 1, base_year=2014, **SHARE)
    assert change.probability(2024, 0, wants="at_least") == pytest.approx(0.95)
    moved = scenario(made, "step", 2025, -10, **SHARE).forecast
    assert moved.probability(2024, 100, wants="at_least") == pytest.approx(0.95)
    assert moved.probability(2025, 90, wants="at_least") == pytest.approx(made.atom.mass[1])
    assert moved.probability(2025, 100, wants="at_least") == pytest.approx(0)


# ---- the explorer


def payload(values, bounds=(0, 100)) -> dict:
    meta = Indicator.model_construct(
        id="thing", sector="energy", title={"en": "Thing", "zh": "物"}, unit="%", direction="up",
        bounds=list(bounds), decimals=1, kind="share", department="energy",
        definition={"en": "a", "zh": "一"},
    )  # fmt: skip
    points, laws = annual(values), []
    one = fit_all(points, meta, laws, models=("pooled",), windows=(5,)) | {
        "change": None, "start": {"year": 2014, "value": float(points.iloc[0])}, "so_far": None,
        "kept": [], "target": None, "measured": {"years": [], "values": []},
        "history": {"last_shown": float(points.iloc[-1])},
    }  # fmt: skip
    made = {
        "as_of": 2023, "horizon": 2029, "level": 95, "draws": 1000, "rules": RULES, "laws": laws,
        "series": [one],
    }  # fmt: skip
    return json.loads(json.dumps(made, allow_nan=False))


@pytest.mark.parametrize("values", [[100] * 10, [99.8, 99.9, *[100] * 8], [3, 2, 1, 0, 0, 0]])
def test_the_explorer_repeats_the_law_at_a_bound(values):
    state = payload(values)
    result = explore(state, defaults(state))
    made = forecast(annual(values), 6, **SHARE)
    low, high = made.interval(95)
    np.testing.assert_allclose(result["median"][:6], made.median, atol=1e-5)
    np.testing.assert_allclose(result["bands"][0]["lower"][:6], low, atol=1e-5)
    np.testing.assert_allclose(result["bands"][0]["upper"][:6], high, atol=1e-5)
    law = Law(state["series"][0], state["laws"], defaults(state), plain=True)
    for value in (0.0, 0.05, 50.0, 99.95, 100.0):
        assert law.cdf(value, 2) == pytest.approx(made.cdf(value)[2], abs=1e-6)
        assert law.cdf(value, 2, strict=True) == pytest.approx(made.before(value)[2], abs=1e-6)
    scores = np.array([-3.0, -1.0, 0.0, 1.0, 3.0])
    rows = [law.quantile(score, 1) for score in scores]
    np.testing.assert_allclose(law.quantiles(scores, 1), rows)


def test_an_assumption_moves_the_mass_with_the_rest():
    state = payload([100] * 10)
    moved = defaults(state) | {"step": -10.0, "step_unit": "points", "target": 90.0, "deadline": 2026}  # fmt: skip
    result = explore(state, moved)
    assert result["median"][2] == pytest.approx(90)
    mass = 1.0
    for _ in range(3):
        mass = 0.95 * mass + 0.5 * (1 - mass)
    assert result["chance"] == pytest.approx(mass)
    assert not math.isnan(result["chance_base"])
    assert result["chance_base"] > 0.99
