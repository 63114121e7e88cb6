"""Scenarios: indices, sums, draws, peaks, and the parameters that they are computed from."""

from __future__ import annotations

import copy
import json

import numpy as np
import pandas as pd
import pytest
from edits import edit

from planbook import chapter
from planbook.analysis.scenarios.city import compute, uncounted_cuts
from planbook.analysis.scenarios.parameters import (
    RangeError,
    ScenarioGap,
    latest_growth,
    range_problems,
    split_total,
    touched,
    trend,
)
from planbook.analysis.scenarios.projection import (
    amounts,
    central,
    effects,
    index,
    intervals,
    meeting,
    peak_years,
    peaks,
    totals,
    triangular,
    uniforms,
)
from planbook.cli.main import main
from planbook.data.city import load
from planbook.data.paths import ROOT_VARIABLE
from planbook.data.scenarios import Ground
from planbook.errors import MissingYearError
from planbook.exports import descriptor
from planbook.report.view import View


def rate(sector, factor, value, *, first=2021, last=2024, low=None, high=None, **more):
    made = {
        "id": f"x.{sector}.{factor}.{first}", "kind": "rate", "sector": sector, "factor": factor,
        "from": first, "to": last, "damping": 1.0, "offset": 0, "value": value,
        "low": value if low is None else low, "high": value if high is None else high,
    }  # fmt: skip
    return {**made, **more}


def step(sector, factor, value, *, start=2022, ramp=1, low=None, high=None):
    return {
        "id": f"step.{sector}.{factor}", "kind": "step", "sector": sector, "factor": factor,
        "start": start, "ramp": ramp, "touched": 1.0, "value": value,
        "low": value if low is None else low, "high": value if high is None else high,
    }  # fmt: skip


def parameters(*changes, sectors=("power", "rest"), **more):
    """Two sectors of 60 and 40 Mt in 2020, output 100; SO2 of power alone."""
    made = {
        "base_year": 2020, "last_year": 2024, "peak_by": 2022, "draws": 500, "seed": 1,
        "sectors": list(sectors),
        "units": {
            "co2": "Mt", "so2": "t", "output": "1e8 CNY", "equivalents": "thousand",
            "intensity": "t/1e4 CNY", "intensity_change": "%",
        },
        "base": {"co2": {"power": 60.0, "rest": 40.0}, "so2": {"power": 95.0}},
        "output": 100.0,
        "reference": {"year": 2020, "co2": 100.0, "output": 100.0},
        "target": {"year": 2022, "change": -10.0},
        "history": {"2018": 90.0, "2019": 101.0, "2020": 100.0},
        "equivalent_kg": {"so2": 0.95},
        "scenarios": [{"id": "one", "changes": list(changes)}],
    }  # fmt: skip
    return {**made, **more}


def total(made, quantity):
    frame = central(made)
    chosen = (frame["sector"] == "total") & (frame["quantity"] == quantity)
    return frame[chosen]["value"].tolist()


# ---- the index of one factor


YEARS = np.arange(2020, 2025)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (rate("a", "activity", 0.1), [1, 1.1, 1.21, 1.331, 1.4641]),
        (rate("a", "activity", 0.1, first=2022, last=2023), [1, 1, 1.1, 1.21, 1.21]),
        (rate("a", "activity", 0.1, damping=0.5), [1, 1.1, 1.155, 1.183875, 1.1986734375]),
        # what a later scenario leaves of a damped rate goes on where it stood
        (rate("a", "activity", 0.1, first=2023, damping=0.5, offset=2), [1, 1, 1, 1.025, 1.0378125]),
        (step("a", "activity", -0.2), [1, 1, 0.8, 0.8, 0.8]),
        (step("a", "activity", -0.2, ramp=2), [1, 1, 0.9, 0.8, 0.8]),
        (step("a", "activity", 0.3, start=2021, ramp=3), [1, 1.1, 1.2, 1.3, 1.3]),
    ],
)  # fmt: skip
def test_an_index_is_the_product_of_its_changes(change, expected):
    found = index([change], YEARS, {change["id"]: np.array([change["value"]])})
    assert found[0] == pytest.approx(expected)


def test_a_rate_and_a_step_multiply():
    changes = [rate("a", "activity", 0.1), step("a", "activity", 0.5)]
    values = {one["id"]: np.array([one["value"]]) for one in changes}
    assert index(changes, YEARS, values)[0] == pytest.approx([1, 1.1, 1.815, 1.9965, 2.19615])


# ---- sums


def test_no_change_is_flat():
    made = parameters()
    assert total(made, "co2") == [100.0] * 5
    assert total(made, "intensity_change") == pytest.approx([0.0] * 5)


def test_sectors_add_up_and_pollutants_follow_activity_and_their_own_index():
    made = parameters(
        rate("power", "activity", -0.1, last=2021),
        rate("power", "so2", -0.5, last=2021),
        rate("rest", "intensity", 0.5, last=2021),
    )
    assert total(made, "co2")[1] == pytest.approx(54 + 60)
    assert total(made, "so2")[1] == pytest.approx(95 * 0.9 * 0.5)
    assert total(made, "equivalents")[:2] == pytest.approx([100, 45])  # 95 t / 0.95 kg: 100,000
    frame = central(made)
    parts = frame[(frame["quantity"] == "co2") & (frame["sector"] != "total")]
    assert parts.groupby("year")["value"].sum().tolist() == pytest.approx(total(made, "co2"))


def test_intensity_is_carbon_over_output():
    made = parameters(rate("economy", "output", 0.25, last=2021))
    assert total(made, "intensity")[:2] == pytest.approx([100.0, 80.0])
    assert total(made, "intensity_change")[1] == pytest.approx(-20)


def test_the_order_of_sectors_and_changes_does_not_matter():
    changes = [
        rate("power", "activity", 0.01, low=-0.02, high=0.02),
        rate("rest", "activity", -0.01, low=-0.03, high=0.0),
        step("power", "intensity", -0.1, low=-0.2, high=0.0),
    ]
    one = parameters(*changes)
    other = parameters(*reversed(changes), sectors=("rest", "power"))
    key = ["scenario", "quantity", "year"]
    for compute_ in (intervals, lambda made: central(made).query("sector == 'total'")):
        first, second = (compute_(made).sort_values(key) for made in (one, other))
        numbers = first.select_dtypes("float").columns
        np.testing.assert_allclose(first[numbers], second[numbers], rtol=1e-12)


def test_scaling_units_changes_no_share_and_no_peak():
    changes = [rate("power", "activity", 0.0, low=-0.03, high=0.03)]
    one = parameters(*changes)
    other = parameters(
        *changes,
        base={"co2": {"power": 6e4, "rest": 4e4}, "so2": {"power": 95.0}},
        history={year: value * 1e3 for year, value in one["history"].items()},
        reference={"year": 2020, "co2": 1e5, "output": 100.0},
    )
    pd.testing.assert_frame_equal(
        peaks(one).drop(columns="value"), peaks(other).drop(columns="value")
    )
    assert total(one, "intensity_change") == pytest.approx(total(other, "intensity_change"))


def test_inputs_stay_and_the_same_seed_gives_the_same_result():
    made = parameters(rate("power", "activity", 0.0, low=-0.03, high=0.03))
    kept = copy.deepcopy(made)
    pd.testing.assert_frame_equal(intervals(made), intervals(made))
    assert made == kept
    other = intervals({**made, "seed": 2})
    assert not other["low"].equals(intervals(made)["low"])


# ---- draws


def test_uniform_draws_depend_on_seed_and_name_alone():
    # computed by hand with 32-bit integers, as any other program would
    assert uniforms(0, "a", 3) == pytest.approx([_by_hand(0, "a", i) for i in range(3)], abs=0)
    assert not np.array_equal(uniforms(0, "a", 9), uniforms(0, "b", 9))
    many = uniforms(5, "power.activity", 20000)
    assert 0 < many.min() < many.max() < 1
    assert many.mean() == pytest.approx(0.5, abs=0.01)
    assert many.std() == pytest.approx(12**-0.5, abs=0.01)


def _by_hand(seed, key, i):
    start = 2166136261
    for byte in key.encode():
        start = ((start ^ byte) * 16777619) % 2**32
    h = ((start ^ seed) + i * 0x9E3779B9) % 2**32
    h ^= h >> 16
    h = h * 0x85EBCA6B % 2**32
    h ^= h >> 13
    h = h * 0xC2B2AE35 % 2**32
    h ^= h >> 16
    return (h + 0.5) / 2**32


def test_a_triangular_draw():
    u = np.array([0.0, 0.125, 0.5, 0.875, 1.0])
    assert triangular(u, 0, 1, 2) == pytest.approx([0, 0.5, 1, 1.5, 2])
    assert triangular(u, 0, 0, 1)[-1] == pytest.approx(1)
    assert triangular(u, 3, 3, 3).tolist() == [3.0] * 5


def test_intervals_hold_the_middle_of_the_draws():
    made = parameters(rate("power", "activity", 0.0, low=-0.1, high=0.1, last=2021), draws=20000)
    row = intervals(made).query("quantity == 'co2' and year == 2021").iloc[0]
    # the tenth per cent of a triangle from -0.1 over 0 to 0.1 is -0.1 + 0.1 * sqrt(0.2)
    assert row["low"] == pytest.approx(100 - 60 * (0.1 - 0.1 * 0.2**0.5), abs=0.1)
    assert row["middle"] == pytest.approx(100, abs=0.1)
    assert row["low"] + row["high"] == pytest.approx(200, abs=0.15)


def test_scenarios_share_the_draws_of_a_change_they_share():
    change = rate("power", "activity", 0.0, low=-0.1, high=0.1)
    made = parameters(change)
    made["scenarios"].append({"id": "two", "changes": [change, rate("rest", "activity", -0.5)]})
    first, second = (amounts(made, one, draws=50)["co2", "power"] for one in ("one", "two"))
    np.testing.assert_array_equal(first, second)


def test_every_draw_adds_up():
    made = parameters(rate("power", "activity", 0.0, low=-0.1, high=0.1))
    parts = amounts(made, "one", draws=20)
    assert totals(made, parts)["co2"] == pytest.approx(parts["co2", "power"] + parts["co2", "rest"])


# ---- peaks


@pytest.mark.parametrize(
    ("path", "year"),
    [
        ([100, 101, 102, 103, 104], 2024),  # a rising path has its peak at its end
        ([100, 99, 98, 97, 96], 2019),  # a falling one in the past
        ([100, 105, 106, 103, 100], 2022),
        ([101, 101, 101, 101, 101], 2019),  # the earliest of several
    ],
)
def test_the_highest_year_of_past_and_path(path, year):
    history = {2018: 90.0, 2019: 101.0, 2020: 1e9}  # the base year belongs to the path
    found = peak_years(history, YEARS, np.array([path], dtype=float))
    assert found.tolist() == [year]


def test_without_a_past_a_falling_path_peaks_at_its_start():
    assert peak_years({}, YEARS, np.array([[5.0, 4, 3, 2, 1]])).tolist() == [2020]


def test_chance_of_peaking_counts_draws():
    rising = peaks(parameters(rate("power", "activity", 0.05))).loc["one"]
    assert (rising["year"], rising["low"], rising["high"]) == (2024, 2024, 2024)
    assert (rising["chance"], rising["past"]) == (0, 0)
    falling = peaks(parameters(rate("power", "activity", -0.05))).loc["one"]
    assert (falling["year"], falling["value"]) == (2019, 101.0)
    assert (falling["chance"], falling["past"]) == (1, 1)
    either = peaks(parameters(rate("power", "activity", 0.0, low=-0.05, high=0.05), draws=4000))
    assert 0.4 < either.loc["one", "chance"] < 0.7
    assert (either.loc["one", "low"], either.loc["one", "high"]) == (2019, 2024)


def test_share_of_draws_that_meet_the_target():
    made = parameters(rate("economy", "output", 0.1))
    assert meeting(made) == {"one": 1.0}  # 1 / 1.21: a fall of 17 % by 2022
    assert meeting({**made, "target": {"year": 2022, "change": -18.0}}) == {"one": 0.0}
    assert meeting({**made, "target": {"year": 2030, "change": -18.0}}) == {}


def test_the_effect_of_a_change_is_the_difference_it_makes():
    made = parameters(step("power", "activity", 0.5), rate("rest", "activity", 0.0))
    found = effects(made, 2023).set_index(["id", "quantity"])["value"]
    assert found["step.power.activity", "co2"] == pytest.approx(30)
    assert found["x.rest.activity.2021", "co2"] == 0
    assert found["step.power.activity", "equivalents"] == pytest.approx(50)


# ---- the split of the total


def test_the_rest_is_what_no_estimate_explains():
    found = split_total(100.0, {"power": 60.0, "steel": 10.0}, ["power", "steel", "rest"])
    assert found.frame["value"].tolist() == [60, 10, 30]
    assert (found.factor, found.explained) == (1.0, 70)


def test_estimates_above_the_total_are_reduced_in_proportion():
    found = split_total(100.0, {"power": 120.0, "steel": 40.0}, ["power", "steel", "coke", "rest"])
    assert found.factor == pytest.approx(0.625)
    assert found.frame["value"].dropna().tolist() == pytest.approx([75, 25, 0])
    assert found.frame["estimated"].dropna().tolist() == [120, 40]  # what was estimated stays
    assert found.frame["value"].sum() == pytest.approx(100)
    assert pd.isna(found.frame.at["coke", "value"])


@pytest.mark.parametrize(
    ("total_", "parts", "message"),
    [
        (0.0, {}, "total 0.0: give an amount above zero"),
        (1.0, {"power": -1.0}, "an estimate is below zero"),
        (1.0, {"other": 1.0}, "no sector other to estimate"),
        (1.0, {"rest": 1.0}, "no sector rest to estimate"),
    ],
)
def test_a_split_refuses_what_cannot_be(total_, parts, message):
    with pytest.raises(ValueError, match=message):
        split_total(total_, parts, ["power", "rest"])


# ---- grounds


def test_a_trend_is_compound_and_its_range_holds_it():
    points = pd.Series([100.0, 110.0, 121.0, 121.0], [2020, 2021, 2022, 2023])
    found = trend(points, 2020, 2023, span=1)
    assert found["value"] == pytest.approx(1.21 ** (1 / 3) - 1)
    assert (found["low"], found["high"]) == pytest.approx((0.0, 0.1))
    even = trend(points, 2020, 2022, span=1)
    assert even["low"] <= even["value"] <= even["high"]


def test_a_range_holds_the_last_two_years_also_after_the_window():
    points = pd.Series([100.0, 110.0, 121.0, 133.1, 133.1 * 1.01, 133.1 * 1.01 * 0.98],
                       [2018, 2019, 2020, 2021, 2022, 2023])  # fmt: skip
    found = trend(points, 2018, 2021, span=2)
    assert found["value"] == pytest.approx(0.1)
    assert (found["low"], found["high"]) == pytest.approx((-0.02, 0.1))
    assert latest_growth(points) == [
        (2021, 2022, pytest.approx(0.01)),
        (2022, 2023, pytest.approx(-0.02)),
    ]
    # between figures that lie years apart growth is per year
    assert latest_growth(pd.Series([100.0, 121.0], [2020, 2022])) == [
        (2020, 2022, pytest.approx(0.1))
    ]
    assert latest_growth(pd.Series([100.0], [2020])) == []


def test_a_trend_needs_its_years():
    points = pd.Series([100.0, 121.0], [2020, 2022])
    with pytest.raises(MissingYearError, match="no figure for 2021"):
        trend(points, 2021, 2022)
    with pytest.raises(MissingYearError, match="no two figures 1 years apart"):
        trend(points, 2020, 2022, span=1)


def test_how_much_of_a_sector_a_step_touches(project):
    targets = load("smallville", project).plan.targets
    series = {
        "coal_power_capacity": pd.Series([500.0, 1000.0, 4000.0], [2020, 2022, 2024]),
    }

    def part(**ground):
        return touched(
            Ground(**ground), 2023, lambda name, _: series[name], targets, lambda _: "MW"
        )

    text = {"en": "a", "zh": "一"}
    capacity = "coal_power_capacity"
    # 600 MW of the 1,000 MW of the last year up to 2023; a later figure does not count
    assert part(kind="target", target="saving_retrofit", over=capacity) == pytest.approx(0.6)
    assert part(kind="target", target="manure_2025") == pytest.approx(0.8)  # a share
    assert part(
        kind="published", amount=0.1, unit="GW", over=capacity, source="x"
    ) == pytest.approx(0.1)
    assert part(kind="published", indicator=capacity, first=2020, last=2022) == pytest.approx(1)
    assert part(kind="assumption", text=text) == 1
    with pytest.raises(ScenarioGap, match="coal_power_capacity: no figure for 2021"):
        part(kind="published", indicator=capacity, first=2021, last=2022)


# ---- the parameters of a city


def small(project):
    found = load("smallville", project)
    return View(found, 2024, 2030, lang="en", level=95)


def test_parameters_are_plain_and_stable(project):
    outcome = compute(small(project))
    text = json.dumps(outcome.parameters, allow_nan=False)
    assert json.dumps(compute(small(project)).parameters, allow_nan=False) == text
    again = json.loads(text)  # what another program would read
    pd.testing.assert_frame_equal(central(again), outcome.paths)
    pd.testing.assert_frame_equal(intervals(again), outcome.spans)
    assert list(again) == [
        "format", "base_year", "last_year", "peak_by", "draws", "seed", "sectors", "units", "base",
        "output", "reference", "target", "history", "equivalent_kg", "scenarios",
    ]  # fmt: skip


def test_parameters_of_the_small_city(project):
    made = compute(small(project)).parameters
    assert sum(made["base"]["co2"].values()) == pytest.approx(9)
    assert made["reference"] == {"year": 2020, "co2": 10.0, "output": 100.0}
    base, plan = ({one["id"]: one for one in s["changes"]} for s in made["scenarios"])
    output = base["baseline.economy.output.2023"]
    assert (output["value"], output["damping"]) == (pytest.approx(0.1), 0.9)
    retrofit = plan["step.retrofit"]
    assert (retrofit["touched"], retrofit["value"]) == pytest.approx((0.6, -0.024))
    assert (retrofit["low"], retrofit["high"]) == pytest.approx((-0.036, 0.0))
    # the plan replaces 2025 and 2026, what is left of the baseline keeps its name and draws
    own = [
        (one["id"], one["from"], one["to"], one["offset"])
        for one in made["scenarios"][1]["changes"]
        if (one["sector"], one["factor"]) == ("power", "activity")
    ]
    assert sorted(own) == [
        ("baseline.power.activity.2023", 2023, 2024, 0),
        ("baseline.power.activity.2023", 2027, 2030, 4),
        ("plan.power.activity.2025", 2025, 2026, 0),
    ]


def widen(project, low, high):
    """Let the range of coal power's activity answer to the city's real GDP: +10 and +10 % a year."""
    path = project.city("smallville") / "plan" / "scenarios.yml"
    text = path.read_text(encoding="utf-8")
    old = "rate: 1, low: 0, high: 2, ground: {kind: assumption, text"
    assert text.count(old) == 1
    new = (
        f"rate: 5, low: {low}, high: {high}, ground: {{kind: assumption, indicator: gdp_real, text"
    )
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_range_that_leaves_out_the_present_is_refused(project):
    widen(project, 0, 9)
    with pytest.raises(RangeError, match=r"'gdp_real' moved by \+10\.00 % a year from") as error:
        compute(small(project))
    assert (error.value.low, error.value.high) == pytest.approx((0.0, 0.09))
    (problem,) = range_problems(load("smallville", project))
    assert problem.file == "data/cities/smallville/plan/scenarios.yml"
    assert "outside +0.00 to +9.00 %" in problem.rule
    assert problem.remedy == "widen low or high so that the range holds the present"
    said = (
        chapter.load("20_inventory", city="smallville", root=project).scenarios.table_base().plain
    )
    assert "0.0 % to +9.0 % a year, leaves out what “GDP at 2000 prices” did" in said


def test_check_notes_such_a_range_and_finds_no_fault(project, monkeypatch, capsys):
    """A figure entered later may leave the range behind; it is no mistake of the figure."""
    descriptor.write(project)
    monkeypatch.setenv(ROOT_VARIABLE, str(project.root))
    widen(project, 0, 9)
    assert main(["check", "--city", "smallville"]) == 0
    noted = [line for line in capsys.readouterr().out.splitlines() if "scenarios.yml" in line]
    (problem,) = range_problems(load("smallville", project))
    assert noted == [f"note: {problem}"]


def test_a_range_that_holds_the_present_is_taken(project):
    widen(project, 0, 11)
    assert range_problems(load("smallville", project)) == []
    assert compute(small(project)) is not None


def test_a_balance_of_pollutants_needs_all_cuts_of_the_plan(repo):
    view = View(load("liupanshui", repo), 2026, 2030, lang="en", level=95)
    found = view.project.scenarios
    cuts = ("nox_cut_2025", "voc_cut_2025", "cod_cut_2025", "nh3n_cut_2025")
    assert uncounted_cuts(view, found) == cuts

    def carrying_out(names):
        model = found.scenarios[1].steps[0]
        steps = tuple(
            model.model_copy(update={"ground": model.ground.model_copy(update={"target": name})})
            for name in names
        )
        plan = found.scenarios[1].model_copy(update={"steps": steps})
        return found.model_copy(update={"scenarios": (found.scenarios[0], plan)})

    assert uncounted_cuts(view, carrying_out(cuts[:3])) == cuts[3:]
    assert uncounted_cuts(view, carrying_out(cuts)) == ()


def test_pollutants_stand_on_the_page_once_the_cut_is_carried_out(project):
    own = chapter.load("20_inventory", city="smallville", root=project)
    assert own.scenarios.outcome.uncounted == ("nox_cut_2025",)
    assert "Carbon alone" in own.scenarios.table().html
    path = project.city("smallville") / "plan" / "scenarios.yml"
    text = path.read_text(encoding="utf-8")
    step = (
        "      - {id: nox, sector: power, factor: nox, start: 2024, effect: -100, low: -100, high: 0, "
        "title: {en: Cut, zh: 减排}, ground: {kind: target, target: nox_cut_2025, "
        "over: industrial_nox_emissions, text: {en: Invented., zh: 虚构。}}}\n"
    )
    path.write_text(text.replace("left_out:", f"{step}left_out:"), encoding="utf-8")
    figures = project.city("smallville") / "observations" / "emissions.csv"
    row = "industrial_nox_emissions,smallville,2022,400,t,final,2023,bureau,table 3,,,\n"
    figures.write_text(figures.read_text(encoding="utf-8") + row, encoding="utf-8")
    own = chapter.load("20_inventory", city="smallville", root=project)
    assert own.scenarios.outcome.uncounted == ()
    shown = own.scenarios.table()
    assert "Carbon alone" not in shown.html
    assert "thousand pollutant equivalents" in shown.html
    for one, left in (("baseline", 1.0), ("plan", 0.75)):  # 100 of 400 t
        burnt = own.scenarios.outcome.value(one, "co2", 2030, "power")
        burnt /= own.scenarios.outcome.value(one, "co2", 2022, "power")
        start = own.scenarios.outcome.value(one, "nox", 2022)
        assert own.scenarios.outcome.value(one, "nox", 2030) == pytest.approx(left * burnt * start)
    assert "They are not the city’s total" in own.scenarios.plot().html


def test_a_missing_figure_is_named(project):
    edit(
        project.city("smallville") / "observations" / "economy.csv",
        "gdp_real,smallville,2020",
        "gdp_real,smallville,2019",
    )
    with pytest.raises(ScenarioGap, match="gdp_real: no figure for 2020") as error:
        compute(small(project))
    assert (error.value.indicator, error.value.year) == ("gdp_real", 2020)


def test_a_city_without_scenarios(project):
    (project.city("smallville") / "plan" / "scenarios.yml").unlink()
    assert compute(small(project)) is None


def test_a_page_without_scenarios_says_so_once(project):
    (project.city("smallville") / "plan" / "scenarios.yml").unlink()
    own = chapter.load("20_inventory", city="smallville", lang="zh", root=project)
    assert own.scenarios.table_base().plain == "尚未为小城市设定情景。"
    for call in (own.scenarios.plot, own.scenarios.table, own.scenarios.table_peaks):
        assert call().html == ""


def test_a_page_names_the_figure_that_is_missing(project):
    edit(
        project.city("smallville") / "observations" / "economy.csv",
        "gdp_real,smallville,2020",
        "gdp_real,smallville,2019",
    )
    own = chapter.load("20_inventory", city="smallville", root=project)
    assert own.scenarios.table_base().plain == (
        "The scenarios cannot be computed: there is no figure of “GDP at 2000 prices” for 2020."
    )


# ---- the shipped city


@pytest.fixture(scope="module")
def shipped(as_shipped):
    return compute(View(load("liupanshui", as_shipped), 2026, 2030, lang="en", level=95))


def test_the_shipped_split_keeps_the_total(shipped):
    assert shipped.split.frame["value"].sum() == pytest.approx(shipped.split.total)
    assert shipped.split.total == pytest.approx(43.842, abs=0.001)
    assert shipped.split.frame.at["rest", "value"] >= 0


def test_the_shipped_baseline_points_the_way_of_the_forecast(shipped):
    start, last = shipped.value("baseline", "co2", 2023), shipped.found.peak_by
    middle = dict(zip(shipped.forecast.years, shipped.forecast.median, strict=True))[last]
    assert (middle > start) == (shipped.value("baseline", "co2", last) > start)
    low, high = shipped.forecast.interval(80)
    place = list(shipped.forecast.years).index(last)
    assert low[place] < shipped.value("baseline", "co2", last) < high[place]


def test_the_shipped_scenarios_are_ordered(shipped):
    at = {one: shipped.value(one, "co2", 2035) for one in ("baseline", "plan", "peaking")}
    assert at["peaking"] < at["plan"] < at["baseline"]
    assert shipped.highest.at["peaking", "chance"] > shipped.highest.at["plan", "chance"]
    assert shipped.value("baseline", "intensity_change", 2023) == pytest.approx(-15.86, abs=0.01)
