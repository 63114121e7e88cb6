"""The file of scenarios: each rule has teeth and names file, line and remedy."""

from __future__ import annotations

import pytest
from edits import edit

from planbook.data.city import load
from planbook.errors import DataError

FILE = "data/cities/smallville/plan/scenarios.yml"
POWER = "{sector: power, factor: activity, from: 2023, to: 2030, rate: 1, low: 0, high: 2, ground: {kind: assumption, text: {en: Invented., zh: 虚构。}}}"
PLAN = "{sector: power, factor: activity, from: 2025, to: 2026, rate: -2, low: -3, high: 0, ground: {kind: assumption, text: {en: Invented., zh: 虚构。}}}"
OUTPUT = "kind: trend, indicator: gdp_real, first: 2020, last: 2022, span: 1"
GROUND = "kind: target, target: saving_retrofit, over: coal_power_capacity, text: {en: Invented., zh: 虚构。}"
TEXT = "text: {en: Invented., zh: 虚构。}"


def test_the_file_of_the_small_city_is_read(project):
    found = load("smallville", project).scenarios
    assert [one.id for one in found.scenarios] == ["baseline", "plan"]
    assert len(found.rates_of(found.scenarios[0])) == 5
    # the plan's own rate cuts the inherited one into two
    assert len(found.rates_of(found.scenarios[1])) == 7
    assert [one.id for one in found.steps_of(found.scenarios[1])] == ["retrofit"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        # the head
        ("seed: 7", "seed: 7\ncolour: red", "line 9, key colour: unknown key 'colour'; remove the key"),
        ("draws: 200", "draws: 20", "line 7, key draws: value '20': input should be greater"),
        ("last_year: 2030", "last_year: 2022", "last year 2022 is not after the base year"),
        ("peak_by: 2030", "peak_by: 2031", "line 6, key peak_by: peak_by 2031 lies outside the years computed; give one from 2023 to 2030"),
        ("total: co2_emissions_edgar", "total: nothing", "line 3, key total: no indicator 'nothing'"),
        ("total: co2_emissions_edgar", "total: co2_intensity", "line 3, key total: 'co2_intensity' is no mass"),
        ("output: gdp_real", "output: co2_emissions_edgar", "line 4, key output: 'co2_emissions_edgar' is no money"),
        ("intensity_target: co2_intensity_2025", "intensity_target: manure_2025", "line 5, key intensity_target: 'manure_2025' is no target for a change"),
        # sectors
        ("lines: []", "lines: [steel]", "no sector 'rest' without lines; add it"),
        ("lines: [power_coal]", "lines: [coal]", "line 10, key sectors.power: no inventory line 'coal'"),
        ("lines: [power_coal]}", "lines: [power_coal]}\n  more: {title: {en: More, zh: 更多}, lines: [power_coal]}", "line 'power_coal' is in power, too"),
        ("lines: [power_coal]}", "lines: [power_coal]}\n  economy: {title: {en: All, zh: 全部}, lines: []}", "'economy' means the whole city; rename"),
        # scenarios
        ("- id: plan", "- id: baseline", "scenario 'baseline' stands twice"),
        ("    based_on: baseline\n", "", "scenario 'plan' is based on nothing"),
        ("based_on: baseline", "based_on: other", "key scenarios.1.based_on: no earlier scenario 'other'"),
        ("zh: 方案情景}", "zh: ''}", "the zh text is empty"),
        # where a change belongs
        (POWER, POWER.replace("sector: power", "sector: coal"), "no sector 'coal'; use one of power, rest"),
        (PLAN, PLAN.replace("activity", "heat"), "no factor 'heat'; use one of output, activity, intensity, co"),
        (PLAN, PLAN.replace("factor: activity", "factor: output"), "output of sector 'power'; give sector: economy"),
        (PLAN, PLAN.replace("to: 2026", "to: 2031"), "years 2025 to 2031 are not within 2023 to 2030"),
        (PLAN, PLAN.replace("from: 2025", "from: 2027"), "years 2027 to 2026 are not within"),
        ("start: 2024\n        ramp: 2", "start: 2030\n        ramp: 2", "years 2030 to 2031 are not within"),
        (PLAN, f"{PLAN}\n      - {PLAN.replace('from: 2025, to: 2026', 'from: 2026, to: 2028')}", "power activity has two rates for the same years"),
        (POWER, POWER.replace("from: 2023", "from: 2025"), "'baseline' has no rate of power activity for 2023 to 2024; give one, also where nothing changes"),
        # numbers
        (PLAN, PLAN.replace("low: -3", "low: -1"), "low -1.0, rate -2.0, high 0.0 are not in order"),
        (PLAN, PLAN.replace("low: -3", "low: -100"), "low -100.0, rate -2.0, high 0.0 are not in order"),
        (PLAN, PLAN.replace("low: -3, ", ""), "give rate, low and high"),
        ("damping: 0.9", "damping: 1.1", "less than or equal to 1"),
        ("effect: -4", "effect: -8", "low -6.0, effect -8.0, high 0.0 are not in order"),
        ("ramp: 2", "ramp: 0", "greater than or equal to 1"),
        # grounds
        (f"damping: 0.9, ground: {{{OUTPUT}}}", f"damping: 0.9, rate: 3, low: 2, high: 4, ground: {{{OUTPUT}}}", "the rates of a trend are computed: leave out rate, low and high"),
        (OUTPUT, OUTPUT.replace("first: 2020, ", ""), "a trend names indicator, first and last"),
        (OUTPUT, OUTPUT.replace("first: 2020", "first: 2022"), "a trend from 2022 to 2022"),
        (OUTPUT, OUTPUT.replace("gdp_real", "nothing"), "no indicator 'nothing'"),
        (OUTPUT, f"{OUTPUT}, entity: mars", "no place 'mars'; use one of smallville"),
        (OUTPUT, f"{OUTPUT}, entity: china", "a series of china without text; say why it is taken"),
        (PLAN, PLAN.replace(f", {TEXT}", ""), "an assumption says in text what is taken and why"),
        (PLAN, PLAN.replace("kind: assumption", "kind: target, target: saving_retrofit, over: coal_power_capacity"), "a yearly rate rests on a trend or an assumption, not target"),
        (GROUND, GROUND.replace("target: saving_retrofit, ", ""), "a ground of kind target names a target"),
        (GROUND, GROUND.replace("saving_retrofit", "nothing"), "no target 'nothing'; use one of targets.csv"),
        (GROUND, GROUND.replace("over: coal_power_capacity, ", ""), "target 'saving_retrofit' is no share; name in over"),
        (GROUND, GROUND.replace("coal_power_capacity", "gdp_real"), "MW cannot be compared with 1e8 CNY of 'gdp_real'"),
        (GROUND, GROUND.replace(f", {TEXT}", ""), "a step says in text why it has this effect"),
        (GROUND, f"{OUTPUT}, {TEXT}", "a step rests on a target, a published figure or an assumption"),
        (GROUND, f"kind: published, amount: 5, unit: MW, over: coal_power_capacity, source: nobody, {TEXT}", "unknown source 'nobody'; add it to sources.yml"),
        (GROUND, f"kind: published, amount: 5, unit: horses, over: coal_power_capacity, source: bureau, {TEXT}", "no unit 'horses'"),
        (GROUND, f"kind: published, amount: 5, unit: MW, {TEXT}", "a published change names either indicator, first and last, or amount"),
        ("targets: [steel_ule],", "targets: [nothing],", "key left_out.0: no target 'nothing'"),
        ("targets: [steel_ule],", "targets: [steel_ule, steel_ule],", "key left_out.0: target 'steel_ule' stands twice; keep one"),
        ("targets: [steel_ule],", "targets: [saving_retrofit],", "key left_out.0: a scenario holds target 'saving_retrofit'; take it out"),
        ("targets: [steel_ule],", "targets: [],", "key left_out.0.targets"),
        (PLAN, PLAN.replace("kind: assumption", "kind: assumption, indicator: gdp_real, first: 2020, last: 2022"), "an assumption names a series without first and last"),
    ],
)  # fmt: skip
def test_each_rule_has_teeth(project, old, new, message):
    edit(project.city("smallville") / "plan" / "scenarios.yml", old, new)
    with pytest.raises(DataError) as error:
        load("smallville", project)
    assert message in str(error.value)
    assert str(error.value).startswith(f"{FILE} line ")


def test_a_step_stands_once(project):
    path = project.city("smallville") / "plan" / "scenarios.yml"
    text = path.read_text(encoding="utf-8")
    start = text.index("      - id: retrofit")
    step = text[start : text.index("left_out:")]
    path.write_text(text.replace(step, step + step), encoding="utf-8")
    with pytest.raises(
        DataError, match=r"key scenarios\.1\.steps\.1\.id: step 'retrofit' stands twice"
    ):
        load("smallville", project)
