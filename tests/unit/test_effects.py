"""What the plan's figures would change: the file, its faults, and the arithmetic."""

from __future__ import annotations

import math
import shutil

import pytest
from edits import edit

from planbook.analysis.synergy.measure_effects import (
    Range,
    activity_bases,
    activity_of,
    computed,
    masses,
    planned_cuts,
    unplaced,
    vintages,
)
from planbook.data import units
from planbook.data.city import load
from planbook.data.effects import (
    Chain,
    Effect,
    EffectFactor,
    Effects,
    Term,
    a_year,
    library_factors,
    step,
)
from planbook.data.plan import Plan
from planbook.errors import DataError, PlanbookError
from planbook.files.records import Text

WORDS = Text(en="x", zh="字")


def factor(name: str, value: float, unit: str, low=None, high=None) -> EffectFactor:
    return EffectFactor(
        id=name, name_en=name, name_zh=name, value=value, low=low, high=high, unit=unit,
        year=None, source="s", locator="",
    )  # fmt: skip


FACTORS = {
    "hours": factor("hours", 1.0, "GWh/MW", 0.8, 1.1),
    "co2": factor("co2", 800, "t/GWh"),
    "so2": factor("so2", 0.95, "t/GWh", 0.475, 1.9),
    "coke_co2": factor("coke_co2", 0.5, "t/t"),
    "power": factor("power", 10_000, "kWh/t"),
}


def effect(**changes) -> Effect:
    values = {
        "id": "solar",
        "title": WORDS,
        "note": WORDS,
        "measure": 1,
        "direction": "cut",
        "activity": ({"figure": "capacity"}, {"factor": "hours"}),
        "co2": "co2",
        "pollutants": {"so2": "so2"},
    }
    return Effect.model_validate(values | changes)


def figure(name: str) -> tuple[float, str] | None:
    return {"capacity": (100.0, "MW"), "smelter": (0.1, "Mt/a"), "share": (30.0, "%")}.get(name)


NO_PLAN = Plan({}, {}, {}, {}, {}, {})


def made(one: Chain) -> Effects:
    return Effects(effects={one.id: one}, factors=FACTORS, has_file=True)


@pytest.mark.parametrize(
    ("unit", "quotient", "after", "size"),
    [
        ("MW", "GWh/MW", "GWh", 1),
        ("GW", "GWh/MW", "GWh", 1000),
        ("GWh", "%", "GWh", 0.01),
        ("Mt/a", "kWh/t", "kWh", 1e6),
        ("Mt/a", "%", "t", 1e4),
        ("kWh", "t/GWh", "t", 1e-6),
    ],
)
def test_a_step_keeps_the_units_in_step(unit, quotient, after, size):
    found = step(unit, quotient)
    assert found[0] == after
    assert found[1] == pytest.approx(size)


def test_units_that_do_not_fit_are_an_error():
    with pytest.raises(PlanbookError, match="'MW' measures power, 't' measures mass"):
        step("MW", "t/t")
    with pytest.raises(PlanbookError, match="unit 'GWh' is no quotient; write it as t/GWh"):
        step("MW", "GWh")
    assert a_year("t/d") == ("t", 365.0)
    assert a_year("MW") == ("MW", 1.0)


def test_an_effect_is_a_product_with_its_range():
    one = effect()
    activity = activity_of(one, made(one), NO_PLAN, figure)
    assert activity == Range(80.0, 100.0, pytest.approx(110.0), "GWh")
    found = masses(one, made(one), activity).set_index("substance")
    assert found.loc["co2", ["low", "value", "high"]].tolist() == pytest.approx([64e3, 80e3, 88e3])
    assert found.loc["so2", ["low", "value", "high"]].tolist() == pytest.approx([38, 95, 209])
    assert set(found["unit"]) == {"t"}
    row = computed(made(one), NO_PLAN, figure, {"so2": 0.95}).iloc[0]
    assert [row["pollutant_low"], row["pollutant_cut"], row["pollutant_high"]] == pytest.approx(
        [40, 100, 220]
    )
    assert row["ghg_cut"] == pytest.approx(80)


def test_a_share_and_a_flow_lead_to_electricity():
    one = effect(activity=({"figure": "smelter"}, {"figure": "share"}, {"factor": "power"}))
    activity = activity_of(one, made(one), NO_PLAN, figure)
    # 100,000 t × 30 % × 10,000 kWh/t = 300 GWh
    assert activity.value * units.factor(activity.unit, "GWh") == pytest.approx(300)


def test_at_most_reaches_down_to_nothing_and_a_rise_turns_the_sign():
    one = effect(is_at_most=True, direction="rise")
    row = computed(made(one), NO_PLAN, figure, {"so2": 0.95}).iloc[0]
    assert [row["ghg_low"], row["ghg_cut"], row["ghg_high"]] == pytest.approx([-88, -80, 0])
    assert row["pollutant_cut"] == pytest.approx(-100)


def test_without_a_figure_nothing_is_computed_and_its_name_is_told():
    one = effect(activity=({"figure": "nothing"}, {"factor": "hours"}))
    row = computed(made(one), NO_PLAN, figure, {"so2": 0.95}).iloc[0]
    assert row["missing"] == "nothing"
    assert math.isnan(row["ghg_cut"])


def test_a_side_that_is_unknown_stays_unknown():
    one = effect(pollutants={}, unknown={"pollutants": WORDS})
    row = computed(made(one), NO_PLAN, figure, {"so2": 0.95}).iloc[0]
    assert row["ghg_cut"] == pytest.approx(80)
    assert math.isnan(row["pollutant_cut"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"co2": None}, "give co2 either a factor or, under 'unknown', a reason"),
        ({"unknown": {"co2": WORDS}}, "give co2 either a factor or"),
        ({"activity": ({"figure": "a", "factor": "b"},)}, "name exactly one of target, project"),
        ({"activity": ({},)}, "name exactly one of"),
    ],
)
def test_an_effect_gives_each_side_once(changes, message):
    with pytest.raises(ValueError, match=message):
        effect(**changes)


def test_a_factor_lies_within_its_range():
    with pytest.raises(ValueError, match="low, value and high in rising order"):
        factor("x", 1.0, "t/t", low=2.0)
    assert Term(target="a").kind == "target"


def test_bases_are_amounts_and_what_has_none_stays_in_the_list():
    coke = Chain(id="coke", title=WORDS, activity=({"figure": "smelter"},), co2="coke_co2", unknown={"pollutants": WORDS})  # fmt: skip
    roads = Chain(id="roads", title=WORDS, unknown={"co2": WORDS, "pollutants": WORDS})
    lost = coke.model_copy(update={"id": "lost", "activity": (Term(figure="nothing"),)})
    effects = Effects(factors=FACTORS, bases={one.id: one for one in (coke, roads, lost)})
    found = activity_bases(effects, NO_PLAN, figure)
    assert found["activity"].tolist() == ["coke", "roads", "lost"]
    assert found["amount"].tolist()[0] == pytest.approx(50_000)
    assert found["amount"].isna().tolist() == [False, True, True]
    assert found["missing"].tolist() == ["", "", "nothing"]


# ---- what is shipped ----


@pytest.fixture(scope="module")
def shipped(repo):
    return load("liupanshui", repo)


def test_the_planned_cuts_are_those_of_the_plan(shipped):
    targets = list(shipped.plan.targets.values())
    found = planned_cuts(targets, shipped.factors.equivalents).set_index("pollutant")
    cut = found["pollutant_cut"]
    assert cut["nox"] == pytest.approx(2973.7, abs=0.05)
    assert cut["cod"] == pytest.approx(2710.0)
    assert cut["nh3n"] == pytest.approx(737.5)
    assert math.isnan(cut["voc"])
    assert found["ghg_cut"].isna().all()
    weighed = planned_cuts(targets, shipped.factors.equivalents, 0.95).set_index("pollutant")
    assert weighed.at["voc", "pollutant_cut"] == pytest.approx(1630 / 0.95)
    assert weighed.at["nox", "pollutant_cut"] == cut["nox"]
    with pytest.raises(ValueError, match="give kilograms above zero, or 0"):
        planned_cuts(targets, shipped.factors.equivalents, -1)


def test_the_weight_of_vocs_is_an_alternative_and_no_statutory_one(shipped):
    voc = shipped.factors.equivalents["voc"]
    assert voc.equivalent_kg is None
    assert voc.alternative_kg == 0.95
    assert voc.alternative_source in shipped.sources
    for note, word in ((voc.note_en, "Article 27"), (voc.note_zh, "第二十七条")):
        assert word in note and "2025" in note and "2026" in note
    law = shipped.sources["env_protection_tax_law"].note
    assert "28 October 2025" in law.en and "2025年10月28日" in law.zh


def test_soot_and_dust_of_one_figure_have_the_law_s_other_weight_beside_them(shipped):
    soot, dust = (shipped.factors.equivalents[one] for one in ("soot", "dust"))
    assert (soot.equivalent_kg, soot.alternative_kg) == (2.18, dust.equivalent_kg) == (2.18, 4.0)
    assert soot.emission_indicators == ("industrial_dust_emissions",)
    assert soot.alternative_source == "env_protection_tax_law"


def test_the_years_of_factors_are_known(shipped):
    own = shipped.effects
    years = {name: vintages(one, own) for name, one in own.effects.items()}
    assert years == {
        "pv_base": {2022}, "aluminium_renewable": {2022}, "coke_hydrogen": {2018},
        "coke_circular": {2018},
    }  # fmt: skip


def test_derived_factors_can_be_recomputed(shipped):
    found = shipped.effects.factors
    # Guizhou 2021: 8.259 TWh from 11.37 GW; grid 0.4989 over thermal 0.824 kg/kWh
    assert found["pv_output"].value == pytest.approx(8.259 / 11.37, abs=5e-4)
    assert found["thermal_share"].value == pytest.approx(0.4989 / 0.824, abs=5e-4)
    assert found["power_coal_so2"].unit == "t/GWh"
    assert library_factors(None) == {}


def test_the_photovoltaic_base_by_hand(shipped):
    one = shipped.effects.effects["pv_base"]
    activity = activity_of(one, shipped.effects, shipped.plan, lambda name: None)
    # 1,000 MW × 0.726 GWh/MW × 0.605
    assert activity.value == pytest.approx(439.23)
    found = masses(one, shipped.effects, activity).set_index("substance")
    assert found.at["co2", "value"] == pytest.approx(439.23 * 824)
    assert found.at["co2", "high"] == pytest.approx(726 * 824)


def test_every_measure_has_an_effect_a_reason_or_no_figure(shipped):
    found = unplaced(shipped.plan, shipped.effects).set_index("measure")["reason"]
    placed = {one.measure for one in shipped.effects.effects.values()}
    assert placed | set(found.index) | {0} == set(shipped.plan.measures)
    assert not placed & set(found.index)
    for number, reason in found.items():
        if reason == "no_figure":
            assert not shipped.plan.measures[number].targets, number


def test_no_quantity_of_the_plan_is_typed_again(repo):
    text = (repo.city("liupanshui") / "plan" / "effects.yml").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.strip().startswith(("- target", "- project", "- figure", "- factor", "co2:")):
            assert not line.split(":", 1)[1].strip()[0].isdigit(), line


@pytest.fixture
def own(project, repo):
    """A small project with the shipped city's plan beside it."""
    shutil.copytree(repo.city("liupanshui"), project.cities / "liupanshui")
    return project


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("target: pv_base_capacity", "target: pv_base", "no target 'pv_base'"),
        ("target: pv_base_capacity", "target: aluminium_renewable_2030", "belongs to measure 12"),
        (
            "factor: pv_output",
            "factor: coke_load",
            "units of 'thermal_co2' do not fit: 'MW' measures",
        ),
        ("co2: thermal_co2", "co2: nothing", "no factor 'nothing'"),
        ("{so2: power_coal_so2", "{voc: power_coal_so2", "pollutant 'voc' has no weight"),
        ("id: aluminium_renewable", "id: pv_base", "'pv_base' stands twice"),
        ("  - measure: 2\n", "  - measure: 1\n", "measure 1 stands twice"),
        ("  - measure: 2\n", "  - measure: 99\n", "no measure 99"),
        (
            "  - measure: 2\n",
            "  - measure: 3\n",
            "measure 2 has targets, but neither an effect nor",
        ),
        ("reasons:", "why:", "key why: unknown key; use effects and reasons only"),
        ("direction: cut", "direction: down", "'cut' or 'rise'"),
    ],
)
def test_each_fault_of_the_file_is_named(own, old, new, message):
    edit(own.city("liupanshui") / "plan" / "effects.yml", old, new)
    with pytest.raises(DataError, match=message) as caught:
        load("liupanshui", own)
    assert "plan/effects.yml" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.726,,,GWh/MW", "0.726,,,GWh", "unknown unit 'GWh'"),
        ("0.726,,,GWh/MW", "0.726,0.9,,GWh/MW", "low, value and high in rising order"),
        ("824,,,t/GWh,2022,cec_thermal_co2", "824,,,t/GWh,2022,nobody", "unknown source 'nobody'"),
        ("thermal_co2,CO2", "pv_output,CO2", "'pv_output' stands in row 2, too"),
        ("national figure of 2022,,", "national figure of 2022,,,", "13 cells, the header has 12"),
    ],
)
def test_each_fault_of_the_factors_is_named(own, old, new, message):
    edit(own.factors / "effect_factors.csv", old, new)
    with pytest.raises(DataError, match=message):
        load("liupanshui", own)


def test_the_file_is_optional(project):
    found = load("smallville", project)
    assert not found.effects.has_file
    assert found.effects.bases
    reasons = unplaced(found.plan, found.effects).set_index("measure")["reason"]
    assert reasons[1] == "no_file"
    assert reasons[4] == "no_figure"
