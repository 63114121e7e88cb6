"""What the shipped city's scenarios and inventory say, worked out from the raw files by hand.

Nothing here calls the code that computes them; the code's results stand only on the other
side of a comparison.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import yaml

from planbook import chapter
from planbook.analysis.scenarios.city import compute
from planbook.data.city import load
from planbook.report.view import View

DATA = Path(__file__).resolve().parents[2] / "data"
CITY = DATA / "cities" / "liupanshui"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


SPANS = {
    (one["indicator"], one["entity"], one["source"]): range(int(one["first"]), int(one["last"]) + 1)
    for one in table(DATA.parent / "tests" / "fixtures" / "liupanshui_series.csv")
}


def figures(indicator: str) -> dict[int, float]:
    """Give the city's figures of one indicator by year, as it was shipped with them."""
    rows = [
        row
        for path in sorted((CITY / "observations").glob("*.csv"))
        for row in table(path)
        if row["indicator"] == indicator
        and row["entity"] == "liupanshui"
        and int(row["year"]) in SPANS.get((indicator, row["entity"], row["source"]), ())
    ]
    assert rows, indicator
    return {int(row["year"]): float(row["value"]) for row in rows}


UNITS = table(CITY / "units.csv")
SCENARIOS = yaml.safe_load((CITY / "plan" / "scenarios.yml").read_text(encoding="utf-8"))
LOADS = {row["line"]: row for row in table(DATA / "factors" / "loads.csv")}
GDP, CO2, CAPACITY = (
    figures("gdp_real"),
    figures("co2_emissions_edgar"),
    figures("coal_power_capacity"),
)


@pytest.fixture(scope="module")
def shipped(as_shipped):
    return compute(View(load("liupanshui", as_shipped), 2026, 2030, lang="en", level=95))


# ---- units


def test_the_units_found_are_listed():
    """Four plants of two units of 660 MW: one running since 2024, three being built."""
    plants = {}
    for row in UNITS:
        assert (row["quantity"], row["unit"], row["indicator"]) == (
            "660",
            "MW",
            "coal_power_capacity",
        )
        plants.setdefault(row["name_zh"], []).append((row["status"], row["start_year"]))
    assert plants == {
        "盘江新光电厂": [("operating", "2024")] * 2,
        "盘南低热值煤电厂": [("building", "2026")] * 2,
        "大湾低热值煤电厂": [("building", "2026")] * 2,
        "贵州能源水城电厂": [("building", "2027")] * 2,
    }
    # the tracker's Dongdi unit is the Shuicheng project under another name
    assert not any("dongdi" in f"{row['id']} {row['name_en']}".lower() for row in UNITS)


def test_each_unit_is_in_the_baseline_once():
    first = SCENARIOS["scenarios"][0]
    named = [unit for step in first["steps"] for unit in step["ground"].get("units", [])]
    due = [
        row["id"] for row in UNITS if row["status"] == "building" or int(row["start_year"]) > 2023
    ]
    assert sorted(named) == sorted(due)
    later = [
        unit
        for one in SCENARIOS["scenarios"][1:]
        for step in one.get("steps", [])
        for unit in step["ground"].get("units", [])
    ]
    assert later == []


def test_the_units_of_2024_are_the_growth_of_the_capacity():
    begun = sum(float(row["quantity"]) for row in UNITS if row["start_year"] == "2024")
    assert begun == CAPACITY[2024] - CAPACITY[2023] == 1320


def test_every_target_is_moved_or_left_out_with_a_reason():
    targets = {row["target_id"] for row in table(CITY / "plan" / "targets.csv")}
    moved = {
        change["ground"]["target"]
        for one in SCENARIOS["scenarios"]
        for change in (*one.get("rates", []), *one.get("steps", []))
        if "target" in change["ground"]
    }
    left = [name for one in SCENARIOS["left_out"] for name in one["targets"]]
    assert len(left) == len(set(left))
    assert moved | set(left) | {SCENARIOS["intensity_target"]} == targets
    assert {"nox_cut_2025", "voc_cut_2025", "cod_cut_2025", "nh3n_cut_2025"} <= set(left)


# ---- the baseline, by hand


def power_g_per_kwh() -> float:
    """302.4 g of coal equivalent, 29.3076 MJ/kg, 26.1 g of carbon per MJ, 93 % burnt, 44/12."""
    return 302.4 * 29.3076 * 26.1 / 1000 * 0.93 * 44 / 12


def sectors_mt() -> dict[str, float]:
    """CO2 by sector in 2023: capacity × load × factor; the rest fills the total."""
    found = {
        "power": CAPACITY[2023] * 8760 * 0.53 * power_g_per_kwh() / 1e9,
        "steel": figures("crude_steel_capacity")[2025] * 0.781 * 1.58,
        "coke": figures("coke_capacity_built")[2025] * 0.752 * 0.51,
        "aluminium": figures("electrolytic_aluminium_capacity")[2021] * 0.788 * 1.6,
    }
    return found | {"rest": CO2[2023] - sum(found.values())}


def baseline_mt(year: int) -> float:
    """Half of what the units add is generated; two years each until they are in full."""
    start, n = sectors_mt(), year - 2023
    power = start["power"] * 0.997**n
    for megawatts, first in ((1320, 2024), (2640, 2026), (1320, 2027)):
        share = min(1.0, max(0.0, (year - first + 1) / 2))
        power *= 1 + 0.5 * megawatts / CAPACITY[2023] * share
    slow = (start["steel"] + start["coke"]) * 0.995**n
    return power + slow + start["aluminium"] + start["rest"] * (1.01 * 0.99) ** n


def output(year: int, rate: float) -> float:
    value = GDP[2023]
    for age in range(year - 2023):
        value *= 1 + rate * 0.96**age
    return value


def since_2020(carbon: float, gdp: float) -> float:
    return 100 * (carbon / gdp / (CO2[2020] / GDP[2020]) - 1)


def test_the_start_is_as_by_hand(shipped):
    mine = sectors_mt()
    assert mine["rest"] > 0  # so that nothing is scaled
    for name, value in mine.items():
        assert shipped.split.frame.at[name, "value"] == pytest.approx(value, rel=1e-6), name


@pytest.mark.parametrize("year", [2025, 2028, 2030])
def test_the_baseline_is_as_by_hand(shipped, year):
    assert shipped.value("baseline", "co2", year) == pytest.approx(baseline_mt(year), rel=1e-6)


def test_what_is_being_built_raises_2030_by_a_ninth(shipped):
    """53.3 Mt in 2030; without the 2,640 MW to be completed in 2026 it would be 47.7."""
    without = baseline_mt(2030) - sectors_mt()["power"] * 0.997**7 * (
        (1 + 0.5 * 1320 / 8820) ** 2 * 0.5 * 2640 / 8820
    )
    assert baseline_mt(2030) == pytest.approx(53.3, abs=0.05)
    assert without == pytest.approx(47.7, abs=0.1)
    assert shipped.value("baseline", "co2", 2030) > 1.1 * without


def test_carbon_is_highest_in_2028_and_not_in_the_past(shipped):
    years = range(2024, 2036)
    assert max(years, key=baseline_mt) == 2028
    assert baseline_mt(2028) > max(CO2.values()) == CO2[2018]
    for one in ("baseline", "plan", "peaking"):
        assert shipped.highest.at[one, "year"] == 2028
    assert shipped.highest.at["baseline", "past"] < 0.05
    assert 0.1 < shipped.highest.at["peaking", "past"] < 0.3


def growth_range() -> tuple[float, float, float]:
    """Low, middle and high: 2020 to 2023, two years in a row, and each of the last two years."""
    middle = (GDP[2023] / GDP[2020]) ** (1 / 3) - 1
    two = [(GDP[2022] / GDP[2020]) ** 0.5 - 1, (GDP[2023] / GDP[2021]) ** 0.5 - 1]
    last = [GDP[year] / GDP[year - 1] - 1 for year in sorted(GDP)[-2:]]
    return min(middle, *two, *last), middle, max(middle, *two, *last)


def test_growth_holds_the_present(shipped):
    changes = {one["id"]: one for one in shipped.parameters["scenarios"][0]["changes"]}
    growth = changes["baseline.economy.output.2024"]
    found = growth["low"], growth["value"], growth["high"]
    assert found == pytest.approx(growth_range())
    slow = GDP[2022] / GDP[2021] - 1, GDP[2023] / GDP[2022] - 1
    assert slow == pytest.approx((0.0070, 0.0320), abs=5e-5)
    assert growth["low"] <= min(slow) < max(slow) <= growth["high"]
    # and the coal per kWh of the city's plants: 325 g in 2020, 313.84 g in 2024
    rate = changes["baseline.power.intensity.2024"]
    assert rate["low"] < (313.84 / 325) ** 0.25 - 1 < rate["high"]
    assert rate["low"] < 302.4 / 301.9 - 1 < rate["high"]  # the country, 2023 to 2024


def test_the_change_of_2025_and_its_share_of_draws(shipped):
    low, rate, high = growth_range()
    change = since_2020(baseline_mt(2025), output(2025, rate))
    assert change == pytest.approx(-18.3, abs=0.05)
    assert shipped.value("baseline", "intensity_change", 2025) == pytest.approx(change, rel=1e-6)
    # the same with draws of NumPy's own; only what moves 2025 is drawn
    dice, count = np.random.default_rng(1), 200_000
    start = sectors_mt()

    def draw(low, value, high):
        return dice.triangular(low, value, high, count)

    growth = draw(low, rate, high)
    gdp = GDP[2023] * (1 + growth) * (1 + growth * 0.96)
    units = 1 + draw(0, 0.5, 1) * 1320 / CAPACITY[2023]
    power = (1 + draw(-0.02, 0, 0.015)) ** 2 * (1 + draw(-0.01, -0.003, 0.002)) ** 2
    carbon = start["power"] * power * units
    carbon += start["steel"] * ((1 + draw(-0.02, 0, 0.01)) * (1 + draw(-0.01, -0.005, 0))) ** 2
    carbon += start["coke"] * ((1 + draw(-0.02, 0, 0.01)) * (1 + draw(-0.01, -0.005, 0))) ** 2
    carbon += start["aluminium"] * ((1 + draw(0, 0, 0.03)) * (1 + draw(-0.005, 0, 0))) ** 2
    carbon += start["rest"] * ((1 + draw(-0.01, 0.01, 0.03)) * (1 + draw(-0.02, -0.01, 0))) ** 2
    share = float(np.mean(since_2020(carbon, gdp) <= -18))
    assert shipped.meeting["baseline"] == pytest.approx(share, abs=0.025)


def test_the_scenarios_are_of_carbon_alone(as_shipped, shipped):
    """The plan's four cuts cannot be counted, so no balance of pollutants is printed."""
    assert shipped.uncounted == ("nox_cut_2025", "voc_cut_2025", "cod_cut_2025", "nh3n_cut_2025")
    assert list(shipped.parameters["base"]) == ["co2"]
    assert set(shipped.paths["quantity"]) == {"co2", "output", "intensity", "intensity_change"}
    page = chapter.load("20_inventory", root=as_shipped)
    for shown in (page.scenarios.plot(), page.scenarios.table(), page.scenarios.table_grounds()):
        assert "equivalent" not in shown.plain.lower()
    assert (
        "Carbon alone: the plan’s own cuts (Cut of nitrogen oxides" in page.scenarios.table().html
    )


# ---- one target, three kinds of figure


def test_forecast_scenario_and_arithmetic_stand_side_by_side(as_shipped):
    ratio = {year: CO2[year] / GDP[year] for year in (2020, 2021, 2023)}
    seen = 100 * ((ratio[2023] / ratio[2020]) ** (1 / 3) - 1)
    recent = 100 * ((ratio[2023] / ratio[2021]) ** (1 / 2) - 1)
    needed = 100 * ((0.82 * ratio[2020] / ratio[2023]) ** (1 / 2) - 1)
    assert (seen, recent, needed) == pytest.approx((-5.6, -0.8, -1.3), abs=0.05)
    said = {}
    for name in ("02_overview", "05_energy", "16_synergy", "20_inventory"):
        page = chapter.load(name, root=as_shipped)
        shown = page.scenarios.compare_readings(
            "co2_intensity_edgar_change", target="co2_intensity_2025"
        )
        said[name] = shown.plain
    assert len(set(said.values())) == 1  # the same words wherever a reader meets the target
    text = said["20_inventory"]
    assert "−5.6 % a year from 2020 to 2023, −0.8 % a year from 2021 to 2023" in text
    assert "needed −1.3 % a year until 2025" in text
    assert "Scenario “Baseline” (chapter 20): −18.3 % in 2025, as low as asked in" in text
    assert "no probability" in text


# ---- the inventory


def test_the_same_coal_power_gives_one_figure_on_both_pages(as_shipped):
    kwh = CAPACITY[max(CAPACITY)] * 8760 * 0.53 / 1e9  # per gram, in Mt
    by_hand, other = kwh * power_g_per_kwh(), kwh * 824
    assert power_g_per_kwh() == pytest.approx(788.8, abs=0.05)
    inventory, synergy = (
        chapter.load(name, root=as_shipped) for name in ("20_inventory", "16_synergy")
    )
    line = inventory.inventory.results.lines.loc["power_coal", "co2"]
    assert line / 1e6 == pytest.approx(by_hand, rel=1e-6)
    cut = synergy.synergy.what_if(coal_power=-10.0).data.iloc[0]
    assert any(value == pytest.approx(by_hand * 100) for value in cut if isinstance(value, float))
    beside = f"{by_hand:.1f} Mt of CO2 (789 g a kWh"
    for text in (
        inventory.inventory.totals().plain,
        synergy.synergy.what_if(coal_power=-10.0).html,
    ):
        assert beside in text
        assert f"824 g per kWh generated, 2022) it would be {other:.1f} (+4 %)" in text


def test_the_spread_of_factors_is_no_interval_and_the_other_estimate_stands_beside(as_shipped):
    (estimate,) = figures("coal_mine_methane").values()
    assert estimate * 28 / 1000 == pytest.approx(21.8, abs=0.05)  # Mt CO2e by the AR5
    page = chapter.load("20_inventory", root=as_shipped)
    text = page.inventory.totals(methane="coal_mine_methane").plain
    line = page.inventory.results.lines.loc["coal_methane"]
    mines = figures("coal_mine_capacity_operating")
    tonnes = mines[max(mines)] * 0.728 * (4.78 + 1.305) * 28 / 1000
    assert line["co2e"] / 1e6 == pytest.approx(tonnes, rel=1e-6)
    whole = page.inventory.results.totals["scaled", 1].total["central"] / 1e6
    assert whole - tonnes + estimate * 28 / 1000 == pytest.approx(68, abs=0.5)
    assert "777 kt or 22 Mt CO2e, lies outside the spread of the line (8.3; 6.8–10)" in text
    assert "the sum would be about 68" in text
    assert "no 95 % interval for the city" in text
    assert "30 in place of 28" in text
    assert "7 % higher" in text  # 30 / 28
    assert "95 % interval" not in page.inventory.table().html.replace("no 95 % interval for", "")


def test_units_not_yet_retrofitted_are_named_beside_the_pollutants(as_shipped):
    (row,) = (
        row
        for row in table(CITY / "plan" / "targets.csv")
        if row["target_id"] == "coal_ule_retrofit_capacity"
    )
    assert float(row["value"]) == 2 * 660 + 2 * 300 + 3 * 200
    html = chapter.load("20_inventory", root=as_shipped).inventory.table_benefits().html
    year = max(CAPACITY)
    assert f"2,520 MW of {CAPACITY[year]:,.0f} MW ({year}) still to be retrofitted" in html
