"""Which forecasts the book shows: each limit by hand, on laws of known width."""

import ast
import json
import math
import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from planbook.analysis.forecast import Forecast, forecast, head, shown_until, track_record, widened
from planbook.analysis.forecast.showing import factor, rounding
from planbook.analysis.forecast.track import Track
from planbook.data.city import load
from planbook.errors import ForecastRefused
from planbook.report.series.forecast import outlook
from planbook.report.view import View


def law(factors, *, n=12, last=2020, middle=50.0) -> Forecast:
    """A log-normal law whose 95 % interval spans `factors` at each step."""
    spread = np.log(np.array(factors, float)) / (2 * norm.ppf(0.975))
    return Forecast(
        method="pooled",
        years=np.arange(last + 1, last + 1 + len(factors)),
        median=np.full(len(factors), middle),
        fitted_years=(last - n + 1, last),
        n=n,
        scale="log",
        quantile=lambda p: middle * np.exp(norm.ppf(p) * spread),
        cdf=lambda value: norm.cdf(np.log(np.asarray(value) / middle) / spread),
    )


def past(count, ratio):
    return lambda steps: Track(count, ratio * 2.0, 2.0, {80: 80.0, 95: 95.0}, 0.2)


def no_past(steps):
    return None


NARROW = [1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9]


def refusal(*given, **more) -> str:
    with pytest.raises(ForecastRefused) as caught:
        shown_until(*given, **{"past": no_past, **more})
    return caught.value.reason


def test_six_years_and_no_further():
    assert shown_until(law(NARROW), needed=2026, past=no_past) == 2026
    assert refusal(law(NARROW), needed=2027) == "withheld_far"


def test_five_figures_and_no_fewer():
    assert shown_until(law(NARROW, n=5), needed=2021, past=no_past) == 2026
    assert refusal(law(NARROW, n=4), needed=2021) == "refused_short"


@pytest.mark.parametrize(
    ("factors", "final"),
    [([1.5, 1.99, 2.01, 2.5], 2022), ([1.5, 1.9, 1.95, 2.001], 2023), ([1.99, 2.2, 1.5], 2021)],
)
def test_it_ends_where_the_interval_spans_a_factor_of_two(factors, final):
    made = law(factors)
    assert shown_until(made, needed=2021, past=no_past) == final
    assert refusal(made, needed=final + 1) == "withheld_wide"


def test_an_interval_too_wide_from_the_start_is_not_shown():
    assert refusal(law([2.0001, 2.1]), needed=2021) == "withheld_wide"


def test_a_share_may_span_half_of_its_room_instead():
    made = law([2.5, 4.0], middle=3.0)  # 1.9 to 4.7 %, 1.5 to 6 %
    assert shown_until(made, needed=2021, past=no_past, lower=0, upper=100) == 2022
    assert refusal(made, needed=2021, lower=0) == "withheld_wide"
    wide = law([2.5, 4.0], middle=50.0)  # 32 to 79 %: 47 points; 25 to 100 %
    assert shown_until(wide, needed=2021, past=no_past, lower=0, upper=100) == 2021


def test_a_change_is_judged_by_its_level():
    made = law([1.5, 1.9, 2.4], middle=80.0).mapped(lambda x: x - 100, lambda x: x + 100)
    assert made.median.tolist() == [-20, -20, -20]
    assert shown_until(made, needed=2021, past=no_past, base=100) == 2022
    assert refusal(made, needed=2021) == "withheld_wide"  # −35 to −2 % apart by 18, taken as levels


def test_factors():
    assert factor(2, 5) == 2.5
    assert factor(-6, -2) == 3
    assert factor(0, 0) == 1
    assert factor(0, 1) == factor(-1, 1) == math.inf


@pytest.mark.parametrize(
    ("count", "ratio", "kept"),
    [(10, 1.09, True), (10, 1.11, False), (9, 3.0, True), (40, 1.57, False), (40, 0.5, True)],
)
def test_a_bad_record_of_ten_withholds(count, ratio, kept):
    given = {"needed": 2021, "past": past(count, ratio)}
    if kept:
        assert shown_until(law(NARROW), **given) == 2026
    else:
        assert refusal(law(NARROW), **given) == "withheld_record"


def test_the_record_is_that_of_the_steps_shown():
    asked = []
    shown_until(law([1.2, 1.5, 1.9, 2.5]), needed=2021, past=lambda steps: asked.append(steps))
    assert asked == [3]


def test_a_constant_is_not_worse_than_itself():
    points = pd.Series([100.0] * 14, index=range(2010, 2024))
    made = forecast(points, 6, lower=0, upper=100)

    def record(steps):
        return track_record(points, steps=steps, lower=0, upper=100)

    assert record(6).mae_naive == 0
    assert shown_until(made, needed=2029, past=record, lower=0, upper=100) == 2029


def test_a_head_is_the_shorter_forecast():
    points = pd.Series([10.0, 11.2, 11.9, 13.1, 14.8, 15.2, 16.9], index=range(2015, 2022))
    long, short = forecast(points, 6, lower=0), forecast(points, 2, lower=0)
    cut = head(long, 2023)
    pd.testing.assert_frame_equal(cut.frame(), short.frame())
    np.testing.assert_array_equal(cut.sample(50), short.sample(50))
    assert head(long, 2027) is long


# ---- rounding

FINE = [12.938, 14.469, 13.725, 11.122, 9.21, 8.423]


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([*FINE, 7.0, 7.0], 1.0),
        ([*FINE, 7.048, 7.0], 0.0),  # one round figure is chance
        ([*FINE, 7.1, 7.4], 0.1),
        ([*FINE, 8.42, 7.41], 0.0),
        ([12.0, 14.0, 13.0, 11.0, 9.0], 0.0),
        ([129.4, 144.7, 137.2, 110.0, 100.0], 10.0),
        ([*FINE, 0.0, 7.0], 0.0),
        ([1.25, 7.0, 7.0], 0.0),  # too few to tell
    ],
)
def test_rounding_shows_in_the_last_two_figures(values, step):
    points = pd.Series(values, index=range(2000, 2000 + len(values)))
    assert rounding(points) == pytest.approx(step)


def test_rounding_adds_to_the_spread_in_quadrature():
    points = pd.Series([*FINE, 7.0, 7.0], index=range(2016, 2024))
    made = forecast(points, 3, lower=0)
    wider = widened(made, points, lower=0)
    for p in (0.025, 0.1, 0.9, 0.975):
        hidden = norm.ppf(p) * 1.0 / math.sqrt(12)
        expected = np.sqrt((made.quantile(p) - made.median) ** 2 + hidden**2)
        np.testing.assert_allclose(np.abs(wider.quantile(p) - made.median), expected, rtol=1e-9)
        np.testing.assert_allclose(wider.cdf(wider.quantile(p)), p, atol=1e-3)
    assert (wider.median == made.median).all()
    assert widened(made, pd.Series(FINE, index=range(6)), lower=0) is made


# ---- on the pages


@pytest.fixture(scope="module")
def shipped(as_shipped):
    """The city as it was known on a day: what is entered later changes nothing here."""
    return View(load("liupanshui", as_shipped), 2026, 2030, "2026-11-30", lang="en", level=95)


WITHHELD = [
    ("co2_transport_ceads", "guizhou"),
    ("population_resident", None),
    ("nev_bus_share", "china"),
    ("urban_road_area_per_person", None),
    ("pm25_iqair", None),
]
KEPT = [
    ("electric_car_sales_share", "china"),
    ("good_air_days_share", "china"),
    ("surface_water_good_share", "china"),
    ("co2_emissions_edgar", None),
    ("value_added_secondary", None),
]


@pytest.mark.parametrize(("indicator", "entity"), WITHHELD)
def test_what_says_nothing_is_not_drawn(shipped, indicator, entity):
    with pytest.raises(ForecastRefused, match=r"withheld_|refused_short"):
        shipped.forecast(indicator, entity)
    shown = outlook(shipped, indicator, entity=entity)
    assert "<img" not in shown.html
    assert "pb-missing" in shown.html
    assert shown.data is None


@pytest.mark.parametrize(("indicator", "entity"), KEPT)
def test_what_is_sensible_is_drawn_as_far_as_it_is(shipped, indicator, entity):
    found, made = shipped.forecast(indicator, entity)
    frame, last = made.frame(), int(found.last_segment.index[-1])
    assert max(shipped.as_of - 1, last + 1) <= frame.index[-1] <= last + 6
    room = found.indicator.upper - found.indicator.lower
    narrow = frame["hi95"] / frame["lo95"] < 2
    assert (narrow | ((frame["hi95"] - frame["lo95"]) / room < 0.5)).all()


def test_every_forecast_of_the_pages_obeys_the_rule(repo, shipped):
    drawn = 0
    for path in sorted(repo.notebooks.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
        for call in re.findall(r"plot_forecast\((.*)\)$", text, re.MULTILINE):
            name = ast.literal_eval(f"({call.partition(', target=')[0]},)")[0]
            item, place = (name, "") if isinstance(name, str) else name
            entity = {"": None, "province": "guizhou", "nation": "china"}[place]
            try:
                _, made = shipped.forecast(item, entity)
            except ForecastRefused:
                continue
            drawn += 1
            assert made.n >= 5
            assert 1 <= len(made.years) <= 6
            record = shipped.track(item, entity, steps=len(made.years))
            if record is not None and record.forecasts >= 10:
                assert record.mae <= 1.1 * record.mae_naive, name
    assert drawn >= 8


def test_a_withheld_target_gets_the_pace_it_needs(lay_out, tmp_path):
    view = View(load("smallville", lay_out(tmp_path)), 2024, 2030, lang="en", level=95)
    target = view.project.plan.targets["bulk_waste_2030"]
    points = view.series(target.indicator).last_segment
    with pytest.raises(ForecastRefused, match="withheld_far"):
        view.forecast(target.indicator, target=target)
    shown = outlook(view, target.indicator, target=target)
    needed = (target.value - points.iloc[-1]) / (2030 - points.index[-1])
    assert f"Needed instead: +{needed:.2f} percentage points a year" in shown.plain
    assert "more than 6 years after its last figure (2023)" in shown.plain
