"""The explorers of scenarios and of synergy: what a setting does, worked out by hand."""

from __future__ import annotations

import copy
import json

import pytest

from planbook import chapter
from planbook.errors import ParameterError, PlanbookError
from planbook.widgets import scenario_mathematics, synergy_mathematics
from planbook.widgets.scenario_explorer import ScenarioExplorer, SynergyExplorer
from planbook.widgets.scenario_mathematics import adjusted
from planbook.widgets.synergy_payload import synergy_payload


def change(sector, factor, value, **more):
    made = {
        "id": f"x.{sector}.{factor}", "kind": "rate", "sector": sector, "factor": factor,
        "from": 2021, "to": 2024, "damping": 1.0, "offset": 0,
        "value": value, "low": value, "high": value,
    }  # fmt: skip
    return made | more


def payload(*changes) -> dict:
    """Power 60 and rest 40 Mt in 2020 at an output of 100; SO2 of power: 1,000 thousand equivalents."""
    return {
        "as_of": 2021, "horizon": 2022,
        "parameters": {
            "base_year": 2020, "last_year": 2024, "peak_by": 2022, "draws": 200, "seed": 1,
            "sectors": ["power", "cement", "rest"],
            "units": {"co2": "Mt"},
            "base": {"co2": {"power": 60.0, "rest": 40.0}, "so2": {"power": 950.0}},
            "output": 100.0, "reference": {"year": 2020, "co2": 100.0, "output": 100.0},
            "target": {"year": 2023, "change": -10.0}, "history": {"2018": 90.0, "2019": 101.0, "2020": 100.0},
            "equivalent_kg": {"so2": 0.95},
            "scenarios": [
                {"id": "one", "changes": list(changes)},
                {"id": "two", "changes": [change("economy", "output", 0.1)]},
            ],
        },
    }  # fmt: skip


STEP = {
    "id": "step.plant", "kind": "step", "sector": "power", "factor": "activity",
    "start": 2022, "ramp": 1, "touched": 1.0, "value": 0.5, "low": 0.5, "high": 0.5,
}  # fmt: skip


def explored(made, **settings):
    return scenario_mathematics.explore(made, scenario_mathematics.defaults(made) | settings)


def test_nothing_is_moved_at_first_and_only_what_emits_can_be_moved():
    made = payload(STEP)
    settings = scenario_mathematics.defaults(made)
    assert settings == {
        "scenario": "one", "year": 2022, "from": 2022, "output": 0.0,
        "activity.power": 0.0, "activity.rest": 0.0, "intensity.power": 0.0, "intensity.rest": 0.0,
        "effect.plant": 100.0, "start.plant": 2022, "ramp.plant": 1,
    }  # fmt: skip
    found = scenario_mathematics.explore(made, settings)
    assert found["years"] == [2021, 2022, 2023, 2024]
    assert found["shown"]["co2"]["path"] == [100.0, 130.0, 130.0, 130.0]
    assert found["difference"] == {"co2": 0.0, "equivalents": 0.0, "intensity_change": 0.0}
    assert found["peak"]["year"] == 2022
    assert found["target"]["chance"] == 0.0


def test_a_yearly_change_comes_on_top_and_is_certain():
    before = payload()
    kept = copy.deepcopy(before)
    found = explored(before, **{"activity.power": -10.0, "intensity.rest": 5.0, "year": 2023})
    # 60 · 0.9² + 40 · 1.05²
    assert found["shown"]["co2"]["path"] == pytest.approx(
        [100, 96, 92.7, 60 * 0.9**3 + 40 * 1.05**3]
    )
    assert found["shown"]["co2"]["low"] == found["shown"]["co2"]["high"]
    assert found["difference"]["co2"] == pytest.approx(-7.3)
    assert found["difference_pct"]["co2"] == pytest.approx(-7.3)
    assert found["summed"] == pytest.approx(-4 - 7.3)
    assert found["shown"]["equivalents"]["path"][2] == pytest.approx(810.0)
    assert found["sectors"]["power"] == pytest.approx([60, 60, 48.6])
    assert found["since"]["cuts"]["co2"] == pytest.approx(7.3)
    assert found["since"]["quadrant"] == "I"
    assert found["peak"] == {
        "year": 2019,
        "value": 101.0,
        "low": 2019,
        "high": 2019,
        "chance": 1.0,
        "past": 1.0,
    }
    assert before == kept


def test_output_moves_intensity_alone():
    found = explored(payload(), output=25.0)
    assert found["shown"]["co2"]["path"] == [100.0] * 4
    assert found["shown"]["intensity_change"]["path"][:2] == pytest.approx([0, -20])
    assert found["target"]["change"] == pytest.approx(100 / 1.25**2 - 100)
    assert found["target"]["chance"] == 1.0
    assert found["target_base"]["chance"] == 0.0


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"effect.plant": 50.0}, [100, 115, 115, 115]),
        ({"effect.plant": 0.0}, [100, 100, 100, 100]),
        ({"start.plant": 2024}, [100, 100, 100, 130]),
        ({"start.plant": 2021, "ramp.plant": 3}, [110, 120, 130, 130]),
    ],
)
def test_a_step_has_another_size_start_or_ramp(settings, path):
    assert explored(payload(STEP), **settings)["shown"]["co2"]["path"] == pytest.approx(path)


def test_a_change_that_lowers_both_lies_in_the_first_quadrant_and_rounding_is_no_change():
    both = explored(payload(), **{"activity.power": 3.0})
    assert both["since"]["quadrant"] == "III"
    assert explored(payload())["since"]["quadrant"] == "origin"
    carbon = explored(payload(), **{"activity.rest": -3.0})
    assert carbon["since"]["quadrant"] == "axis_ghg_cut"


def test_the_parameters_of_the_scenario_are_left_unchanged():
    made = payload(STEP)
    kept = copy.deepcopy(made)
    settings = scenario_mathematics.defaults(made) | {"effect.plant": 50.0, "output": 1.0}
    found = adjusted(made["parameters"], settings)
    assert [one["id"] for one in found["scenarios"][0]["changes"]] == [
        "step.plant",
        "own.economy.output",
    ]
    assert made == kept


# ---- synergy ----


def activity(name, co2, **pollutants):
    bounds = lambda value: {"low": 0.5 * value, "value": value, "high": 2 * value}  # noqa: E731
    return {
        "id": name, "change": -10.0, "co2": None if co2 is None else bounds(co2),
        "pollutants": {key: bounds(value) for key, value in pollutants.items()},
    }  # fmt: skip


def plants(*activities) -> dict:
    return {"activities": list(activities), "weights": {"so2": 0.5, "nox": 1.0}}


def test_cuts_of_activities_are_placed_and_added():
    made = plants(
        activity("coal", 90_000.0, so2=500.0, nox=2_000.0), activity("coke", 10_000.0, so2=500.0)
    )
    found = synergy_mathematics.explore(
        made, synergy_mathematics.defaults(made) | {"change.coke": 20.0}
    )
    coal, coke = found["rows"]
    assert coal["ghg"] == pytest.approx([4.5, 9, 18])
    assert coal["pollutant"] == pytest.approx(
        [150, 300, 600]
    )  # 500 / 0.5 + 2,000 / 1, a tenth of it
    assert coke["ghg"] == pytest.approx([-4, -2, -1])
    assert coke["pollutant"] == pytest.approx([-400, -200, -100])
    assert (coal["quadrant"], coke["quadrant"]) == ("I", "III")
    assert coke["elasticity"] is None
    assert found["total"]["ghg"] == pytest.approx([0.5, 7, 17])
    assert found["both"]["ghg_share"] == pytest.approx(7.0)
    assert found["both"]["pollutant_share"] == pytest.approx(100 / 4000 * 100)
    assert found["both"]["elasticity"] == pytest.approx(7 / 2.5)
    assert found["both"]["reading"] == "carbon_faster"
    assert found["is_partial"] is False


def test_an_unknown_side_is_not_zero():
    made = plants(activity("coal", 90_000.0, so2=500.0), activity("steel", 10_000.0))
    found = synergy_mathematics.explore(made, synergy_mathematics.defaults(made))
    assert found["rows"][1]["pollutant"] is None
    assert found["rows"][1]["quadrant"] == "unknown_pollutant"
    assert found["total"]["ghg"][1] == pytest.approx(10)
    assert found["both"]["ghg"][1] == pytest.approx(9)
    assert found["both"]["elasticity"] == pytest.approx(1)
    assert found["is_partial"] is True


def test_a_readers_weight_moves_the_balance_and_none_leaves_the_pollutant_out():
    made = plants(activity("coal", 90_000.0, so2=500.0), activity("coke", 10_000.0, nox=500.0))
    settings = synergy_mathematics.defaults(made)
    light = synergy_mathematics.explore(made, settings | {"weight.so2": 5.0, "change.coke": 0.0})
    assert light["rows"][0]["pollutant"][1] == pytest.approx(10)
    assert light["rows"][0]["pollutant_share"] == pytest.approx(10 / 600 * 100)
    out = synergy_mathematics.explore(made, settings | {"weight.nox": 0.0})
    assert out["rows"][1]["quadrant"] == "unknown_pollutant"


# ---- on the shipped city ----


@pytest.fixture(scope="module")
def synergy():
    return chapter.load("16_synergy")


def test_the_explorer_says_what_the_table_of_the_page_says(synergy):
    from planbook.report.synergy.tables import what_if_frame

    given = {"coal_power": -5.0, "steel": -5.0, "coke": -5.0, "aluminium": -5.0, "transport": -5.0}
    made = synergy_payload(synergy.view, given)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    frame = what_if_frame(synergy.view, given).set_index("name")
    found = synergy_mathematics.explore(made, synergy_mathematics.defaults(made))
    assert [one["id"] for one in made["activities"]] == ["coal_power", "steel", "coke", "aluminium"]
    for one, row in zip(made["activities"], found["rows"], strict=True):
        own = frame.loc[one["id"]]
        assert row["ghg"] == pytest.approx([own["ghg_low"], own["ghg_cut"], own["ghg_high"]])
        assert row["quadrant"] == own["quadrant"]
        if row["pollutant"]:
            assert row["elasticity"] == pytest.approx(own["elasticity"])
            assert row["angle"] == pytest.approx(own["angle_deg"])
    assert found["total"]["pollutant"][1] == pytest.approx(frame.loc["total", "pollutant_cut"])
    assert any("was not found" in note or "not computed" in note for note in made["notes"]["en"])


def test_widgets_are_set_from_python(synergy):
    inventory = chapter.load("20_inventory")
    widget = ScenarioExplorer(inventory.view, inventory.scenarios.outcome)
    highest = inventory.scenarios.outcome.highest.loc["baseline"]
    assert widget.result["peak"]["year"] == highest["year"]
    assert widget.result["peak"]["chance"] == highest["chance"]
    widget.choose(**{"activity.power": -2.0})
    assert widget.frame.loc[2035, "co2"] < widget.frame.loc[2035, "co2_unadjusted"]
    widget.choose(scenario="peaking", year=2035)
    assert widget.settings["activity.power"] == 0.0
    assert "effect.coke_liuzhi" in widget.settings
    with pytest.raises(PlanbookError, match="no scenario 'other'; use one of baseline"):
        widget.choose(scenario="other")
    with pytest.raises(PlanbookError, match="no setting speed; use one of scenario"):
        widget.choose(speed=1)
    other = SynergyExplorer(synergy.view, {"coal_power": -5.0})
    other.choose(**{"change.coal_power": 10.0})
    assert other.frame.loc["coal_power", "quadrant"] == "III"


def test_a_page_gets_an_explorer_and_an_unknown_activity_is_refused(synergy):
    with pytest.raises(ParameterError, match="no change to start from"):
        chapter.load("16_synergy").what_if_explorer.show()
    synergy.synergy.what_if(coal_power=-5.0)
    html = str(synergy.what_if_explorer.show().html)
    assert 'data-planbook-widget="synergy"' in html
    with pytest.raises(ParameterError, match="no activity 'tea'; use one of coal_power"):
        synergy.what_if_explorer.show(tea=-5.0)
    with pytest.raises(ParameterError, match="coal_power: -101 per cent"):
        synergy.what_if_explorer.show(coal_power=-101)
