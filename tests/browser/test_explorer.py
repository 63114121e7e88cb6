"""The forecast explorer on the shipped pages: from the folder and a server, by every hand."""

from __future__ import annotations

import itertools
import random
import re

import openpyxl
import pytest
from explorer_pages import (
    DESK,
    ENERGY,
    PHONE,
    VIEWPORTS,
    compare,
    downloaded,
    drag,
    open_page,
    server,
    site,
)
from site_reader import LANGS, table

from planbook.data.shapes import SHAPES
from planbook.text import say
from planbook.widgets import front
from planbook.widgets.forecast_payload import answers
from planbook.widgets.mathematics import defaults, explore

__all__ = ["open_page", "server", "site"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.book]

PAGES = ("05_energy", "10_agriculture", "12_air", "16_synergy", "20_inventory")
STATE = "JSON.parse(document.querySelector('[data-planbook-widget=forecast] script').textContent)"


def settings(page) -> dict[str, str]:
    """Read the settings that the address holds."""
    query = page.evaluate(
        "Object.fromEntries(new URLSearchParams(location.hash.split('?')[1] || ''))"
    )
    return query


def words(page) -> str:
    return page.locator(".pb-x-words").inner_text()


@VIEWPORTS
@pytest.mark.parametrize("lang", LANGS)
def test_dragging_a_slider_moves_chart_words_and_address(open_page, lang, viewport):
    page = open_page(lang, viewport)
    before = words(page)
    assert page.locator(".pb-x-chart path.pb-x-scenario").get_attribute("d") is None
    drag(page, ".pb-x", "adjust", 0.2)
    assert words(page) != before
    assert float(settings(page)["adjust"]) < -5
    drawn = page.locator(".pb-x-chart path.pb-x-scenario").get_attribute("d")
    assert drawn.startswith("M")
    drag(page, ".pb-x", "horizon", 0.7)
    assert settings(page)["horizon"] in ("2027", "2028")
    assert page.locator(".pb-x-chart path.pb-x-scenario").get_attribute("d") != drawn
    drag(page, ".pb-x", "horizon", 1)
    assert settings(page)["horizon"] == "2029"  # six years after the last figure
    assert page.locator(".pb-x-chart path.pb-x-scenario").get_attribute("d") == drawn
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    button = page.locator(".pb-x button[name=undo]")
    while button.is_enabled():
        button.click()
    assert words(page) == before
    assert page.evaluate("location.hash") == ""


@pytest.mark.parametrize("own", ["folder", "server"])
def test_a_mailed_link_opens_the_same_scenario_in_both_languages(open_page, server, own):
    home = server if own == "server" else None
    page = open_page(own=home)
    page.locator(".pb-x select[name=model]").select_option("drift")
    page.locator(".pb-x button[name=save]").click()
    page.locator(".pb-x input[name=step_number]").fill("-12.5")
    page.locator(".pb-x input[name=step_number]").press("Enter")
    page.locator(".pb-x input[name=deadline_number]").fill("2028")
    page.locator(".pb-x input[name=deadline_number]").press("Enter")
    address, said = page.evaluate("location.hash"), words(page)
    values = page.locator(".pb-x-value").all_inner_texts()
    other = open_page(own=home, name=ENERGY + address)
    assert words(other) == said
    assert other.locator(".pb-x-value").all_inner_texts() == values
    assert other.locator(".pb-x-saved-item").count() == 1
    assert other.locator(".pb-x-chart .pb-x-saved-0").get_attribute("d")
    page.locator("a.pb-language").click()
    page.wait_for_url("**/zh/chapters/05_energy.html*")
    assert page.locator(".pb-x select[name=model]").input_value() == "drift"
    assert page.locator(".pb-x input[name=step_number]").input_value() == "-12.5"
    assert say("explore_save", "zh") in page.locator(".pb-x-actions").inner_text()


def test_what_a_link_says_amiss_is_put_right(open_page):
    wrong = "#explore-05_energy?series=<b>&model=__proto__&window=7&level=400&adjust=NaN&horizon=1&deadline=9999&target=x"
    page = open_page(name=ENERGY + wrong)
    assert page.locator(".pb-x select[name=model]").input_value() == "pooled"
    assert page.locator(".pb-x input[name=level_number]").input_value() == "99"
    assert page.locator(".pb-x input[name=adjust_number]").input_value() == "0"


@VIEWPORTS
def test_it_is_used_by_the_keyboard_alone(open_page, viewport):
    page = open_page(viewport=viewport)
    slider = page.locator(".pb-x input[type=range][name=adjust]")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    assert settings(page)["adjust"] == "-0.5"
    live = page.locator(".pb-x-live")
    page.locator(".pb-x-live").filter(has_text=re.compile(r"\S")).wait_for(state="attached")
    assert live.get_attribute("aria-live") == "polite"
    assert live.inner_text() != ""
    point = page.locator(".pb-x-chart [role=listitem][tabindex='0']")
    point.focus()
    assert say("explore_source", "en", source="").strip() in page.locator(".pb-x-tip").inner_text()
    page.keyboard.press("ArrowRight")
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert "95 % interval" in focused
    assert page.locator(".pb-x-tip").is_visible()
    unnamed = page.locator(".pb-x :is(input, select)").evaluate_all(
        "all => all.filter(one => !one.labels?.length && !one.ariaLabel).map(one => one.name)"
    )
    assert unnamed == []


def test_a_pointer_shows_figures_with_their_source(open_page):
    page = open_page()
    chart = page.locator(".pb-x-chart")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    tip = page.locator(".pb-x-tip").inner_text()
    assert say("status_modelled", "en") in tip
    assert "EDGAR" in tip


def test_three_scenarios_are_compared_and_removed(open_page):
    page = open_page()
    for change in (20, 40, 60):
        page.locator(".pb-x input[name=step_number]").fill(str(-change))
        page.locator(".pb-x input[name=step_number]").press("Enter")
        page.locator(".pb-x button[name=save]").click()
    assert page.locator(".pb-x button[name=save]").is_disabled()
    dashes = page.locator(".pb-x-chart .pb-x-line[d]").evaluate_all(
        "all => all.map(one => getComputedStyle(one).strokeDasharray)"
    )
    assert len(dashes) == len(set(dashes)) >= 7  # figures, forecast, scenario, target, three kept
    page.locator(".pb-x button[name=open_B]").click()
    assert page.locator(".pb-x input[name=step_number]").input_value() == "-40"
    page.locator(".pb-x button[name=drop_A]").click()
    assert page.locator(".pb-x-saved-item").count() == 2
    page.locator(".pb-x button[name=reset]").click()
    assert page.locator(".pb-x-saved-item").count() == 0
    assert page.locator(".pb-x input[name=step_number]").input_value() == "0"


@pytest.mark.parametrize("lang", LANGS)
def test_files_hold_what_the_chart_shows(open_page, tmp_path, lang):
    page = open_page(
        lang,
        name="chapters/20_inventory.html#explore-20_inventory?series=co2_emissions_edgar.liupanshui&adjust=-3&horizon=2029",
    )
    files = downloaded(page, tmp_path, "#explore-20_inventory")
    assert files["csv"].name == "20_inventory-co2_emissions_edgar.csv"
    frame = table(files["csv"].read_bytes())
    kinds = frame[say("explore_column_kind", lang)]
    moved = frame[kinds == say("explore_line_scenario", lang)]
    assert list(moved[say("explore_column_year", lang)].astype(int)) == list(range(2024, 2030))
    assert (kinds == say("status_modelled", lang)).sum() == 24
    state = page.evaluate(STATE)["payload"]
    found = explore(state, defaults(state) | {"adjust": -3})
    assert float(moved[say("explore_column_value", lang)].iloc[-1]) == pytest.approx(
        found["median"][5]
    )
    book = openpyxl.load_workbook(files["xlsx"])
    assert book.sheetnames == [
        say("explore_sheet_figures", lang),
        say("explore_sheet_settings", lang),
    ]
    assert book.worksheets[0].max_row == len(frame) + 1
    assert book.worksheets[0]["E2"].value == pytest.approx(float(frame.iloc[0, 4]))
    drawing = files["svg"].read_text("utf-8")
    assert drawing.startswith("<svg")
    assert 'class="' not in drawing
    for said in ("legend_forecast", "legend_scenario", "legend_band"):  # it explains itself
        assert say(f"explore_{said}", lang) in drawing
    assert "EDGAR" in drawing
    assert say("explore_unit_line", lang, unit="").strip() in drawing
    assert files["png"].read_bytes().startswith(b"\x89PNG")
    assert files["png"].stat().st_size > 8000


@pytest.mark.parametrize(("lang", "viewport"), [("en", DESK), ("zh", PHONE)])
def test_every_explorer_comes_to_life_beside_its_static_figure(open_page, lang, viewport):
    for name in PAGES:
        page = open_page(lang, viewport, f"chapters/{name}.html")
        explorers = page.locator(".pb-explorer")
        assert explorers.count() == (2 if name in ("16_synergy", "20_inventory") else 1)
        assert page.locator(".pb-explorer[data-ready]").count() == explorers.count()
        assert page.locator(".pb-x-none:visible").count() == 0
        assert page.locator("figure[id^=fig-forecast]").count() >= 1
        page.locator(".pb-x select[name=series]").evaluate(
            "one => { one.selectedIndex = one.options.length - 1; one.dispatchEvent(new Event('change')); }"
        )
        assert not [text for text in explorers.all_inner_texts() if "NaN" in text]
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.context.close()


def test_without_a_script_the_page_says_where_the_same_is_shown(open_page):
    page = open_page("zh", java_script_enabled=False)
    assert page.locator(".pb-x-none").inner_text() == say("explore_none", "zh")
    assert page.locator("#fig-forecast-co2_intensity_edgar_change img").is_visible()


def test_only_pages_with_an_explorer_load_it(site):
    script, size = front.script_name("forecast"), 0
    for path in (site / "en" / "chapters").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert (script in text) == (path.stem in PAGES), path.stem
        size += path.stem in PAGES
    assert size == len(PAGES)
    assert (site / "en" / "_static" / script).read_text("utf-8") == front.classic("forecast")


def grid(state: dict, count: int) -> list[dict]:
    """List `count` settings: every model and window of every series, the rest by chance."""
    dice = random.Random(7)
    fits = [
        (place, model, int(window))
        for place, one in enumerate(state["series"])
        for model, windows in one["models"].items()
        for window in windows
    ]
    found = []
    for place, model, window in itertools.islice(itertools.cycle(fits), count):
        one = state["series"][place]
        years, last = one["years"], one["history"]["last_shown"]
        found.append(
            defaults(state, place)
            | {
                "model": model,
                "window": window,
                "horizon": dice.choice(years),
                "level": dice.choice((50, 66, 80, 95, 99)),
                "adjust": dice.choice((0.0, dice.uniform(-9, 9))),
                "adjust_unit": dice.choice(("percent", "points")),
                "adjust_from": dice.choice(years),
                "fade": dice.choice((0, 13, 100)),
                "trend_fade": dice.choice((0, 0, 25, 100)),
                "step": dice.choice((0.0, dice.uniform(-60, 90))),
                "step_unit": dice.choice(("percent", "points")),
                "step_from": dice.choice(years),
                "ramp": dice.choice((1, 2, 7)),
                "target": dice.choice((None, last * dice.uniform(0.5, 1.5), 100.0, 0.0)),
                "deadline": dice.choice((None, *years)),
            }
        )
    return found


def test_one_mathematics_in_python_and_in_the_page(chromium, open_page):
    checked = 0
    for name, count in (
        ("05_energy", 700),
        ("10_agriculture", 500),
        ("12_air", 700),
        ("20_inventory", 300),
    ):
        state = open_page(name=f"chapters/{name}.html").evaluate(STATE)["payload"]
        assert compare(chromium, state, grid(state, count)) < 1e-6
        checked += count
    assert checked >= 2000


@pytest.mark.parametrize(
    "target",
    [
        {"shape": "cumulative", "operator": ">=", "base_year": 2021},
        {"shape": "cumulative", "operator": "<=", "base_year": 2021},
        {"shape": "floor_each_year", "operator": ">=", "base_year": None},
        {"shape": "floor_each_year", "operator": ">=", "base_year": 2023},
    ],
)
def test_sums_and_floors_over_paths_agree_as_well(chromium, open_page, repo, target):
    from planbook.analysis.forecast import forecast
    from planbook.widgets import forecast_coding as coding

    state = open_page(name="chapters/20_inventory.html").evaluate(STATE)["payload"]
    one = state["series"][0]
    points = dict(zip(one["history"]["years"], one["history"]["values"], strict=True))
    import pandas as pd

    made = forecast(pd.Series(points), len(one["years"]), lower=0)
    one["paths"] = {"own": coding.encode_ranks(made, state["draws"])}
    for windows in one["models"].values():
        for entry in windows.values():
            entry["paths"] = "own"
    total = points[2022] + points[2023]
    kind = SHAPES[target["shape"]].variant(target["base_year"], 2027)
    one |= {
        "target": {
            "kind": answers(kind, adds=kind.sums, at_most=target["operator"] == "<="),
            "value": 3.0 * total if target["shape"] == "cumulative" else points[2023],
            "deadline": 2027,
            **target,
        },
        "so_far": total,
        "weights": kind.weights(2, len(one["years"])) if kind.sums else None,
    }
    chosen = grid(state, 40)
    for setting in chosen:
        setting["target"] = None
    assert compare(chromium, state, chosen) < 1e-6


@pytest.mark.parametrize("shape", ["saturation", "limit", "quantity", "floor_each_year"])
def test_what_counts_as_complete_and_as_kept_agrees_as_well(chromium, open_page, shape):
    state = open_page(name="chapters/05_energy.html").evaluate(STATE)["payload"]
    one = next(one for one in state["series"] if one["bounds"] == [0, 100] and not one["change"])
    last = one["last_year"]
    one["target"] = {
        "value": 100.0, "operator": "<=" if shape == "limit" else ">=",
        "base_year": None, "deadline": last,
        "kind": answers(SHAPES[shape].variant(None, last), adds=False, at_most=shape == "limit"),
    }  # fmt: skip
    for figures in ([99.5, 99.4], [99.4, 99.5], [100.0, 99.6], [20.0, 0.4]):
        one["measured"] = {"years": [last, last + 1], "values": figures}
        for goal in (100.0, 99.0, 0.0):
            chosen = grid(state, 12)
            for setting in chosen:
                setting |= {"series": state["series"].index(one), "target": goal, "deadline": last}
                setting |= {"model": one["default"], "window": 0, "horizon": one["years"][0]}
                setting |= {"adjust_from": one["years"][0], "step_from": one["years"][0]}
            assert compare(chromium, state, chosen) < 1e-6
