"""The explorers: coding of forecasts, their mathematics, the payload, the front end's files."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planbook.analysis.forecast import ForecastRefused, forecast, scenario
from planbook.analysis.progress.chances import ahead
from planbook.analysis.progress.facts import Facts
from planbook.analysis.progress.pace import pace
from planbook.analysis.progress.rules import judge
from planbook.data.catalog import Indicator
from planbook.data.city import load
from planbook.data.plan import Target
from planbook.errors import PlanbookError
from planbook.report.view import View
from planbook.text import messages
from planbook.widgets import embedding as page
from planbook.widgets import forecast_coding as coding
from planbook.widgets import front, host
from planbook.widgets.forecast_payload import RULES, answers, fit_all, forecast_payload
from planbook.widgets.mathematics import defaults, explore, interp
from planbook.widgets.words import texts

YEARS = range(2010, 2020)
AMOUNT = pd.Series([50.0, 48, 47, 44, 45, 41, 40, 38, 37, 35], index=YEARS)
SHARE = pd.Series([70.0, 72, 71, 75, 78, 80, 82, 81, 85, 88], index=YEARS)


def indicator(**more) -> Indicator:
    given = {
        "id": "thing", "sector": "energy", "title": {"en": "Thing", "zh": "物"}, "unit": "t", "direction": "down",
        "bounds": [0, None], "decimals": 1, "kind": "amount", "department": "energy", "definition": {"en": "a", "zh": "一"},
    } | more  # fmt: skip
    return Indicator.model_construct(**given)


def aim(**more) -> Target:
    given = {
        "target_id": "x", "section": 1, "measure": 1, "indicator": "thing", "shape": "level_by_date", "operator": "<=",
        "value": 30.0, "unit": "t", "base_year": None, "deadline": 2023, "note_en": "a", "note_zh": "一",
    } | more  # fmt: skip
    return Target(**given)


def payload(points=AMOUNT, meta=None, target=None, **more) -> dict:
    """A payload of one series by the two fastest models."""
    meta, laws = meta or indicator(), []
    one = fit_all(points, meta, laws, target=target, models=("pooled", "drift"), windows=(5,))
    facts = Facts(target, meta, points, 2019) if target else None
    measured = facts.measured if target else points.iloc[:0]
    one |= {
        "change": None, "start": {"year": 2010, "value": float(points.iloc[0])}, "so_far": None, "kept": [], "target": None,
        "measured": {"years": list(map(int, measured.index)), "values": [float(v) for v in measured]},
        "history": {"last_shown": float(points.iloc[-1])},
    } | more  # fmt: skip
    if target:
        one["target"] = {
            key: getattr(target, key) for key in ("value", "operator", "base_year", "deadline")
        } | {
            "kind": answers(target.kind, adds=facts.accumulates, at_most=target.wants == "at_most")
        }
        if one["so_far"] is not None:
            one["weights"] = target.kind.weights(len(measured), len(one["years"]))
    return {
        "as_of": 2019,
        "horizon": 2023,
        "level": 95,
        "draws": 1000,
        "rules": RULES,
        "laws": laws,
        "series": [one],
    }


# ---- coding ----


@pytest.mark.parametrize("model", ["pooled", "drift", "naive"])
@pytest.mark.parametrize(("points", "upper"), [(AMOUNT, math.inf), (SHARE, 100.0)])
def test_a_law_survives_being_written_and_read(model, points, upper):
    made, laws = forecast(points, 4, lower=0, upper=upper, method=model), []
    entry = json.loads(json.dumps(coding.encode(made, 0, upper, laws)))
    assert ("table" in entry) == (model == "pooled")
    found = coding.decode(entry, laws)
    for z in (-2, 0, 1.9):  # nodes of the table
        at = int(np.argmin(np.abs(coding.NODES - z)))
        levels = coding.back(found[:, at], entry["scale"], 0, upper)
        from scipy.special import ndtr

        assert np.allclose(levels, made.quantile(float(ndtr(coding.NODES[at]))), rtol=2e-6)


def test_models_of_one_shape_share_it():
    laws: list = []
    for model in ("naive", "naive", "drift"):
        coding.encode(forecast(AMOUNT, 3, lower=0, method=model), 0, math.inf, laws)
    assert len(laws) == 2  # Student t with 9 and with 8 degrees of freedom


def test_ranks_survive_and_do_not_depend_on_the_horizon():
    short, long = (forecast(AMOUNT, h, lower=0) for h in (2, 6))
    read = coding.decode_ranks(coding.encode_ranks(long, 500), 500)
    assert read.shape == (500, 6)
    assert (read[:, :2] == short.ranks(500)).all()
    assert sorted(read[:, 5]) == list(range(500))


@pytest.mark.parametrize(("scale", "upper"), [("identity", 9.0), ("log", math.inf), ("logit", 9.0)])
def test_scales_lead_back(scale, upper):
    levels = np.array([0.5, 2.0, 8.0])
    assert np.allclose(
        coding.back(coding.forward(levels, scale, 0, upper), scale, 0, upper), levels
    )
    assert np.isfinite(coding.forward(np.array([0.0]), scale, 0, upper)).all()


# ---- mathematics ----


def test_unadjusted_it_is_the_books_own_forecast():
    found = payload()
    result = explore(found, defaults(found))
    made = forecast(AMOUNT, 16, lower=0, kind="amount")
    low, high = made.interval(95)
    assert result["years"] == list(range(2020, 2036))
    assert np.allclose(result["median"], made.median, rtol=2e-6)
    assert [band["level"] for band in result["bands"]] == [95, 80, 50]
    assert np.allclose(result["bands"][0]["lower"], low, rtol=2e-6)
    assert np.allclose(result["bands"][0]["upper"], high, rtol=2e-6)
    assert result["median"] == result["base"]["median"]
    assert result["difference"] == 0 == result["difference_pct"]
    assert result["chance"] is None is result["reached"]


@pytest.mark.parametrize(
    ("settings", "times", "plus"),
    [
        ({"adjust": 10.0}, [1, 1.1, 1.21, 1.331], [0, 0, 0, 0]),
        ({"adjust": 10.0, "fade": 50}, [1, 1.1, 1.1 * 1.05, 1.1 * 1.05 * 1.025], [0, 0, 0, 0]),
        ({"adjust": -2.0, "adjust_unit": "points"}, [1] * 4, [0, -2, -4, -6]),
        ({"adjust": -2.0, "adjust_unit": "points", "fade": 50}, [1] * 4, [0, -2, -3, -3.5]),
        ({"step": 20.0, "step_from": 2022}, [1, 1, 1.2, 1.2], [0] * 4),
        ({"step": 20.0, "step_from": 2021, "ramp": 2}, [1, 1.1, 1.2, 1.2], [0] * 4),
        ({"step": 4.0, "step_unit": "points", "step_from": 2021, "ramp": 4}, [1] * 4, [0, 1, 2, 3]),
    ],
)
def test_adjustments_follow_their_formulas(settings, times, plus):
    found = payload()
    plain, changed = (
        explore(found, defaults(found) | {"adjust_from": 2021} | more) for more in ({}, settings)
    )
    for step in range(4):
        expected = plain["median"][step] * times[step] + plus[step]
        assert changed["median"][step] == pytest.approx(expected, rel=1e-9)
        wide = plain["bands"][0]["upper"][step] * times[step] + plus[step]
        assert changed["bands"][0]["upper"][step] == pytest.approx(wide, rel=1e-9)


def test_a_step_is_the_scenario_of_the_forecasts():
    found = payload()
    made = scenario(forecast(AMOUNT, 4, lower=0), "step", 2022, -5, lower=0)
    settings = defaults(found) | {"step": -5.0, "step_unit": "points", "step_from": 2022}
    assert np.allclose(explore(found, settings)["median"][:4], made.forecast.median, rtol=2e-6)


def test_a_trend_that_fades_wholly_stays_at_the_last_figure():
    found = payload()
    still = explore(found, defaults(found) | {"trend_fade": 100})
    assert np.allclose(still["median"], 35)
    half = explore(found, defaults(found) | {"trend_fade": 50})
    plain = explore(found, defaults(found))
    first = 35 * (plain["median"][0] / 35) ** 0.5
    assert half["median"][0] == pytest.approx(first)


def test_bounds_hold_whatever_is_assumed():
    found = payload(SHARE, indicator(bounds=[0, 100], unit="%", direction="up"))
    up = explore(found, defaults(found) | {"step": 300.0})
    assert max(up["median"]) == 100 == max(up["bands"][0]["upper"])
    down = explore(found, defaults(found) | {"step": -500.0, "step_unit": "points"})
    assert min(down["median"]) == 0 == min(down["bands"][0]["lower"])


@pytest.mark.parametrize(
    ("target", "points", "meta"),
    [
        (aim(), AMOUNT, indicator()),
        (aim(shape="limit", value=34.0), AMOUNT, indicator()),
        (aim(operator=">=", value=90.0), SHARE, indicator(bounds=[0, 100])),
        (aim(shape="saturation", operator=">=", value=100.0), SHARE, indicator(bounds=[0, 100])),
        (aim(shape="quantity", operator=">=", value=95.0), SHARE, indicator(bounds=[0, 100])),
        (aim(shape="cumulative", base_year=2017, value=200.0, operator="<="), AMOUNT, indicator()),
        (aim(shape="cumulative", base_year=2017, value=210.0, operator=">="), AMOUNT, indicator()),
        (aim(shape="saturation", operator=">=", value=100.0), SHARE, indicator(bounds=[0, 100], unit="%")),
        (aim(shape="floor_each_year", operator=">=", value=84.0, base_year=2018), SHARE, indicator(bounds=[0, 100])),
        (aim(shape="floor_each_year", operator=">=", value=84.0), SHARE, indicator(bounds=[0, 100])),
    ],
)  # fmt: skip
def test_the_unadjusted_chance_and_pace_are_those_of_the_verdicts(target, points, meta):
    facts = Facts(target, meta, points, 2019)
    cumulative = target.kind.sums
    so_far = float(facts.measured.iloc[-1]) if cumulative else None
    own = pace(facts)
    start = None if own.start is None else {"year": own.start_year, "value": own.start}
    found = payload(points, meta, target, so_far=so_far, start=start)
    result = explore(found, defaults(found))
    made, chance = ahead(facts)
    assert result["chance"] == pytest.approx(chance, abs=2e-5 if not cumulative else 1e-3)
    if not target.kind.every_year:
        assert np.allclose(result["median"][:4], made.median, rtol=1e-5)
    for name in ("needed", "seen", "needed_rate", "seen_rate"):
        assert result[name] == pytest.approx(getattr(own, name)), name


def test_a_change_is_computed_through_its_level():
    base = float(AMOUNT[2015])
    shown = (AMOUNT / base - 1) * 100
    found = payload(
        target=None, change={"base": base, "year": 2015}, history={"last_shown": float(shown.iloc[-1])},
    )  # fmt: skip
    goal = {"target": -30.0, "deadline": 2025}
    result = explore(found, defaults(found) | goal)
    level = forecast(AMOUNT, 6, lower=0)
    assert result["median"][5] == pytest.approx((level.median[5] / base - 1) * 100, rel=1e-5)
    assert result["chance"] == pytest.approx(float(level.cdf(base * 0.7)[5]), abs=1e-5)
    moved = explore(found, defaults(found) | goal | {"adjust": -1.0, "adjust_unit": "points"})
    assert moved["difference"] == pytest.approx(-4)  # four years from 2020 on to 2023, a point each


def test_the_year_reached_and_what_figures_have_decided():
    found = payload(target=aim(value=33.0, deadline=2030))
    result = explore(found, defaults(found))
    first = next(y for y, v in zip(result["years"], result["median"], strict=True) if v <= 33)
    assert result["reached"] == result["reached_base"] == first
    assert result["likely"] is None or result["likely"] >= first
    steep = explore(found, defaults(found) | {"step": -50.0, "step_from": 2020})
    assert steep["reached"] == 2020
    done = explore(found, defaults(found) | {"target": 36.0})
    assert done["reached"] == 2019
    met = payload(target=aim(deadline=2019, value=35.0))
    assert explore(met, defaults(met))["decided"] is True
    missed = payload(target=aim(deadline=2019, value=34.0))
    assert explore(missed, defaults(missed))["decided"] is False
    assert explore(missed, defaults(missed))["chance"] is None


@pytest.mark.parametrize(
    ("target", "figures", "counts", "decided"),
    [
        ({"shape": "saturation"}, {2018: 98.0, 2019: 99.5}, None, True),
        ({"shape": "saturation"}, {2018: 98.0, 2019: 99.4}, None, False),
        ({"shape": "level_by_date", "value": 99.0}, {2018: 98.0, 2019: 98.9}, None, False),
        ({"shape": "quantity", "value": 25.0}, {2017: 25.1, 2019: 24.0}, "stock", False),
        ({"shape": "quantity", "value": 25.0}, {2017: 25.1, 2018: 25.2, 2020: 25.3}, "total", True),
        ({"shape": "floor_each_year", "value": 80.0}, {2017: 79.0, 2018: 81.0, 2019: 81.0}, None, True),
        ({"shape": "floor_each_year", "value": 80.0}, {2018: 81.0, 2019: 81.0, 2020: 79.0}, None, False),
        ({"shape": "floor_each_year", "value": 80.0, "base_year": 2016}, {2017: 79.0, 2018: 81.0}, None, False),
    ],
)  # fmt: skip
def test_what_figures_have_decided_is_decided_as_for_the_states(target, figures, counts, decided):
    meta = indicator(bounds=[0, 100], unit="%", direction="up", counts=counts)
    one = aim(**{"operator": ">=", "value": 100.0, "unit": "%", "deadline": 2019} | target)
    facts = Facts(one, meta, pd.Series(figures), 2021)
    found = payload(SHARE, meta, one)
    found["series"][0]["target"]["adds"] = facts.accumulates
    found["series"][0]["measured"] = {"years": list(figures), "values": list(figures.values())}
    assert explore(found, defaults(found))["decided"] is decided
    said = judge(facts).verdict
    assert said == ("met" if decided else "missed")


def test_of_equal_points_the_last_counts():
    assert interp(0, [0, 0, 1], [1, 2, 3]) == 2
    assert interp(0.5, [0, 0, 1], [1, 2, 3]) == 2.5
    assert (interp(-1, [0, 1], [5, 6]), interp(9, [0, 1], [5, 6])) == (5, 6)


def test_exploring_changes_neither_payload_nor_settings():
    found = payload(target=aim())
    settings = defaults(found) | {"adjust": 3.0}
    before = json.dumps([found, settings])
    explore(found, settings)
    assert json.dumps([found, settings]) == before


# ---- payload ----


@pytest.fixture(scope="module")
def view(tmp_path_factory, lay_out):
    project = lay_out(tmp_path_factory.mktemp("widgets"))
    return View(load("smallville", project), 2024, 2030, lang="en", level=95)


def test_a_payload_holds_figures_sources_and_words(view):
    made = forecast_payload(
        view, [("pm25_iqair", "smallville"), ("manure_utilisation_rate", "smallville")]
    )
    text = json.dumps(made, allow_nan=False)
    assert len(text) < 200_000
    one = made["series"][0]
    found = view.series("pm25_iqair")
    assert one["history"]["years"] == [int(year) for year in found.frame.index]
    assert one["history"]["values"] == pytest.approx(list(found.frame["value"]))
    assert all(len(row) >= 1 for row in one["history"]["source"])
    assert one["sources"][0]["en"] == view.cite([found.sources[0]])[0]["label"]
    assert set(made["texts"]) == {"en"}
    assert one["role"] == "city"


def test_a_series_that_cannot_be_forecast_is_left_out(view):
    assert forecast_payload(view, [("steel_ule_share", "smallville")]) is None
    with pytest.raises(ForecastRefused):
        fit_all(AMOUNT.iloc[:2], indicator(), [])


# ---- the front end's files ----


def test_page_and_widget_get_the_same_source():
    for kind in front.KINDS:
        core = front.joined(kind)
        assert front.module(kind) == f"{core}\nexport default {{ render }};\n"
        assert core in front.classic(kind)
        for name in front.KINDS[kind]:
            lines = [
                line
                for line in front.read(name).splitlines()
                if not re.match(r"(im|ex)port ", line)
            ]
            assert "\n".join(lines).strip() in core, name
        assert not re.search(r"^(import|export) ", core, re.M)


def test_the_front_end_needs_no_permission_of_a_strict_page():
    for kind in front.KINDS:
        text = front.classic(kind)
        for banned in (
            "eval(",
            "new Function",
            "innerHTML",
            "document.write",
            "fetch(",
            "http:",
            "import(",
        ):
            assert banned not in text.replace("http://www.w3.org", "").replace(
                "http://schemas.openxmlformats.org", ""
            ), banned


def test_a_file_that_imports_what_comes_later_is_an_error(monkeypatch):
    monkeypatch.setitem(front.KINDS, "wrong", ("forecast.js", "host.js"))
    with pytest.raises(
        PlanbookError, match=r"front/forecast\.js imports .*chart\.js.*list it before"
    ):
        front.joined("wrong")


def test_the_front_end_says_only_what_the_table_holds_and_all_of_it():
    spoken: set[str] = set()
    for kind in front.KINDS:
        code, known = front.joined(kind), texts(kind, "en")
        said = set(re.findall(r'\bt\(\s*"(\w+)"', code))
        for chosen in re.findall(r"\bt\([^\"()]*\? (.*?)[,)]", code):  # t(moved ? "one" : "other")
            said |= set(re.findall(r'"(\w+)"', chosen))
        assert len(said) > 30
        assert said - set(known) == set(), kind
        for begun in re.findall(r"\bt\(`(\w+_)\$", code):
            assert any(key.startswith(begun) for key in known), (kind, begun)
        own = f"explore_{kind}_"
        spoken |= {own + key for key in known} | {
            f"explore_{key}" for key in known if own + key not in messages()
        }
    package = Path(front.__file__).parents[1]
    python = "".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    python += (
        "explore_scenario_label explore_scenario_none explore_synergy_label explore_synergy_none"
    )
    idle = {
        key
        for key in messages()
        if key.startswith("explore_") and key not in spoken and not re.search(rf"\b{key}\b", python)
    }
    assert idle == set()


def test_a_kind_of_explorer_has_its_own_words_where_it_needs_them():
    assert texts("forecast", "en")["line_alone"] == "Forecast"
    assert texts("scenario", "en")["line_alone"] == "As it is"
    assert texts("scenario", "zh")["quadrant_I"] == "第一象限：同降"
    assert "group_refit" not in texts("synergy", "en")


def test_state_cannot_end_its_block():
    text = page.state_json({"a": "</script><!-- & \u2028"})
    assert not re.search(r"[<>&\u2028]", text)
    assert json.loads(text) == {"a": "</script><!-- & \u2028"}
    html = page.mount("forecast", "explore-x", {"a": 1}, label='"q"', none="<b>")
    assert 'aria-label="&#34;q&#34;"' in html
    assert "&lt;b&gt;" in html


def test_nobody_sits_before_a_batch():
    assert host.is_live() is False


def test_static_files_are_written(tmp_path):
    names = front.write_static(tmp_path / "_static")
    kinds = ("forecast", "scenario", "synergy")
    assert sorted(names) == [*(f"planbook-{kind}.js" for kind in kinds), "planbook-widgets.css"]
    assert (tmp_path / "_static" / "planbook-forecast.js").read_text("utf-8") == front.classic(
        "forecast"
    )
