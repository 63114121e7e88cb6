"""The explorers of scenarios and of synergy on the shipped pages, by every hand."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from explorer_pages import (
    DESK,
    PHONE,
    VIEWPORTS,
    compare,
    downloaded,
    drag,
    open_page,
    server,
    site,
)
from site_reader import table

from planbook.text import say
from planbook.widgets import scenario_mathematics, synergy_mathematics

__all__ = ["open_page", "server", "site"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.book]

SCENARIOS, WHAT_IF = "#explore-scenarios", "#explore-what-if"
INVENTORY, SYNERGY = "chapters/20_inventory.html", "chapters/16_synergy.html"
FEW = 100  # draws in the grid: its settings, not its draws, are what is compared


def state_of(page, place: str) -> dict:
    return page.evaluate(
        "place => JSON.parse(document.querySelector(`${place} script`).textContent).payload", place
    )


def fill(page, place: str, name: str, value: str) -> None:
    box = page.locator(f'{place} input[name="{name}_number"]')
    box.fill(value)
    box.press("Enter")


def words(page, place: str) -> str:
    return page.locator(f"{place} .pb-x-words").inner_text()


@VIEWPORTS
@pytest.mark.parametrize(
    ("name", "place", "slider"),
    [(INVENTORY, SCENARIOS, "activity.power"), (SYNERGY, WHAT_IF, "change.coal_power")],
    ids=["scenario", "synergy"],
)
def test_drag_keyboard_words_address_and_undo(open_page, viewport, name, place, slider):
    page = open_page(viewport=viewport, name=name)
    before = words(page, place)
    drag(page, place, slider, 0.2)
    assert words(page, place) != before
    assert slider in page.evaluate("location.hash")
    by_hand = page.locator(f'{place} input[type=range][name="{slider}"]')
    value = float(by_hand.input_value())
    by_hand.focus()
    page.keyboard.press("ArrowLeft")
    assert float(by_hand.input_value()) < value
    live = page.locator(f"{place} .pb-x-live", has_text=re.compile(r"\S"))
    live.wait_for(state="attached")  # it is for screen readers
    page.locator(f"{place} .pb-x-chart [role=listitem][tabindex='0']").focus()
    assert page.locator(f"{place} .pb-x-tip").is_visible()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')")
    unnamed = page.locator(f"{place} :is(input, select)").evaluate_all(
        "all => all.filter(one => !one.labels?.length && !one.ariaLabel).map(one => one.name)"
    )
    assert unnamed == []
    assert "NaN" not in page.locator(place).inner_text()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    button = page.locator(f"{place} button[name=undo]")
    while button.is_enabled():
        button.click()
    assert words(page, place) == before
    assert page.evaluate("location.hash") == ""


@pytest.mark.parametrize("own", ["folder", "server"])
def test_a_mailed_link_opens_the_same_scenario_in_both_languages(open_page, server, own):
    home = server if own == "server" else None
    page = open_page(own=home, name=INVENTORY)
    page.locator(f"{SCENARIOS} .pb-x-tabs-scenario label").nth(1).click()
    page.locator(f"{SCENARIOS} button[name=save]").click()
    step = "details:has(input[name='effect.coke_liuzhi'])"
    page.locator(f"{SCENARIOS} {step} summary").click()
    page.locator(f"{SCENARIOS} .pb-x-tabs-shown label").nth(1).click()
    fill(page, SCENARIOS, "intensity.power", "-2.5")
    fill(page, SCENARIOS, "effect.coke_liuzhi", "0")
    address, said = page.evaluate("location.hash"), words(page, SCENARIOS)
    values = page.locator(f"{SCENARIOS} .pb-x-value").all_inner_texts()
    other = open_page(own=home, name=INVENTORY + address)
    assert words(other, SCENARIOS) == said
    assert other.locator(f"{SCENARIOS} .pb-x-value").all_inner_texts() == values
    assert other.locator(f"{SCENARIOS} {step}").get_attribute("open") is not None
    assert other.locator(f"{SCENARIOS} .pb-x-saved-item").count() == 1
    assert other.locator(f"{SCENARIOS} .pb-x-chart .pb-x-saved-0").get_attribute("d")
    page.locator("a.pb-language").click()
    page.wait_for_url("**/zh/chapters/20_inventory.html*")
    checked = page.locator(f"{SCENARIOS} .pb-x-tabs :checked").evaluate_all(
        "all => all.map(one => one.value)"
    )
    assert checked == ["plan", "intensity_change"]
    box = page.locator(f'{SCENARIOS} input[name="intensity.power_number"]')
    assert box.input_value() == "-2.5"
    assert "方案情景" in words(page, SCENARIOS)


def test_it_shows_what_python_computes_and_mends_a_wrong_link(open_page):
    wrong = "?scenario=__proto__&shown=x&year=9999&activity.power=-400&output=NaN"
    page = open_page(name=f"{INVENTORY}{SCENARIOS}{wrong}")
    state = state_of(page, SCENARIOS)
    settings = scenario_mathematics.defaults(state) | {"year": 2035, "activity.power": -15.0}
    found = scenario_mathematics.explore(state, settings)
    card = page.locator(f"{SCENARIOS} .pb-x-card-co2 .pb-x-value").inner_text()
    assert card == f"{found['shown']['co2']['path'][-1]:.1f} Mt"
    peak = page.locator(f"{SCENARIOS} .pb-x-card-peak .pb-x-value").inner_text()
    assert peak == str(found["peak"]["year"])
    page.locator(f"{SCENARIOS} button[name=reset]").click()
    fresh = page.locator(f"{SCENARIOS} .pb-x-card-difference .pb-x-value").inner_text()
    assert fresh == say("explore_none_word", "en")


@pytest.mark.parametrize(
    ("lang", "name", "place", "legend"),
    [
        ("en", INVENTORY, SCENARIOS, "explore_scenario_legend_past"),
        ("zh", SYNERGY, WHAT_IF, "explore_synergy_together"),
    ],
)
def test_files_hold_what_the_chart_shows(open_page, tmp_path, lang, name, place, legend):
    page = open_page(lang, PHONE, name)
    for _ in range(3):
        page.locator(f"{place} button[name=save]").click()
    assert page.locator(f"{place} button[name=save]").is_disabled()
    files = downloaded(page, tmp_path, place)
    frame = table(files["csv"].read_bytes())
    if place == SCENARIOS:
        kinds = frame[say("explore_column_kind", lang)]
        assert (kinds == say("explore_scenario_line_alone", lang)).sum() == 2 * 12
        assert (kinds == say("explore_scenario_line_saved", lang, letter="C")).sum() == 2 * 12
    else:
        first = frame.iloc[0]
        state = state_of(page, place)
        found = synergy_mathematics.explore(state, synergy_mathematics.defaults(state))
        cut = float(first[say("explore_synergy_column_ghg", lang)])
        assert cut == pytest.approx(found["rows"][0]["ghg"][1])
    drawing = files["svg"].read_text("utf-8")
    assert say(legend, lang) in drawing
    assert page.locator(f"{place} .pb-x-title").inner_text() in drawing
    assert files["png"].stat().st_size > 8000


def test_without_a_script_the_page_says_where_the_same_is_shown(open_page):
    page = open_page("en", DESK, INVENTORY, java_script_enabled=False)
    assert page.locator(f"{SCENARIOS} .pb-x-none").inner_text() == say(
        "explore_scenario_none", "en"
    )
    assert page.locator("#fig-scenarios").count() == 1


# ---- one mathematics ----


@dataclass(frozen=True)
class Kind:
    """How a kind of explorer is compared: its grid, its mathematics, a smaller state."""

    grid: Callable[[dict, int], list[dict]]
    explore: Callable[[dict, dict], dict]
    few: Callable[[dict], dict] = lambda state: state


def scenario_grid(state: dict, count: int) -> list[dict]:
    dice, found = random.Random(7), []
    names = [one["id"] for one in state["parameters"]["scenarios"]]
    for n in range(count):
        settings = scenario_mathematics.defaults(state, names[n % len(names)])
        for key in settings:
            if key in ("year", "from") or key.startswith("start."):
                settings[key] = dice.randint(2024, 2035)
            elif key.startswith("ramp."):
                settings[key] = dice.choice((1, 2, 5, 10))
            elif key.startswith("effect."):
                settings[key] = dice.choice((0, 50, 100, 185))
            elif key != "scenario":
                settings[key] = dice.choice((0.0, 0.0, round(dice.uniform(-15, 15), 1)))
        found.append(settings)
    return found


def fewer_draws(state: dict) -> dict:
    """Take few draws, and pollutants that the shipped city's scenarios do not hold."""
    plain = {key: value for key, value in state.items() if key != "plain"}  # nothing is given away
    parameters = state["parameters"] | {"draws": FEW, "equivalent_kg": {"so2": 0.95, "nox": 0.95}}
    parameters["base"] = parameters["base"] | {
        "so2": {"power": 4000.0, "coke": 600.0}, "nox": {"power": 6000.0},
    }  # fmt: skip
    return plain | {"parameters": parameters}


def synergy_grid(state: dict, count: int) -> list[dict]:
    dice = random.Random(7)
    return [
        {
            key: dice.choice((0.0, value, dice.uniform(-90, 200)))
            if key.startswith("change")
            else dice.choice((0.0, value, dice.uniform(0.1, 20)))
            for key, value in synergy_mathematics.defaults(state).items()
        }
        for _ in range(count)
    ]


KINDS = {
    "scenario": Kind(scenario_grid, scenario_mathematics.explore, fewer_draws),
    "synergy": Kind(synergy_grid, synergy_mathematics.explore),
}


def test_one_mathematics_in_python_and_in_the_page(chromium, open_page):
    checked = 0
    for kind, name, place, count in (
        ("scenario", INVENTORY, SCENARIOS, 500),
        ("synergy", SYNERGY, WHAT_IF, 1600),
    ):
        one, state = KINDS[kind], state_of(open_page(name=name), place)
        chosen = one.grid(state, count)
        assert compare(chromium, one.few(state), chosen, kind=kind, own=one.explore) < 1e-6
        checked += count
        if (
            kind == "scenario"
        ):  # with every draw, and what the page is given of scenarios as they are
            full = scenario_grid(state, 3) + [
                scenario_mathematics.defaults(state, name) for name in state["plain"]
            ]
            assert compare(chromium, state, full, kind=kind, own=one.explore) < 1e-6
    assert checked >= 2000
