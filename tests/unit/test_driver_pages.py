"""The calls on decoupling and drivers: for a city with all figures, with some, and with none."""

from __future__ import annotations

import csv
import re

import pytest

from planbook import chapter
from planbook.analysis.drivers.decoupling import STATES
from planbook.report.drawing import style as charts
from planbook.report.drivers import charts as charts_drivers
from planbook.text import say

COLUMNS = [
    "indicator", "entity", "year", "value", "unit", "status", "published", "source", "locator",
    "note", "note_zh", "qualifier",
]  # fmt: skip
# GDP grows by 10 % a year, CO2 by 10, 5, 0 and −5 %.
YEARS = range(2018, 2023)
CO2 = (100.0, 110.0, 115.5, 115.5, 109.725)
TARGET = "co2_intensity_2025"
CARBON, SECTOR_TOTAL = "co2_emissions_edgar", "co2_emissions_ceads"
QUANTITIES = (
    CARBON, SECTOR_TOTAL, "energy_consumption_total", "industrial_so2_emissions",
    "industrial_nox_emissions",
)  # fmt: skip
NEEDED = ("co2_emissions_edgar,", "gdp_real,", "population_resident,")


@pytest.fixture
def project(project):
    """Smallville before it published what these calls need."""
    city = project.city("smallville")
    (city / "plan" / "scenarios.yml").unlink()  # their trends rest on these figures
    for path in (city / "observations").glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith(NEEDED)), "utf-8")
    return project


def add(project, indicator: str, unit: str, values, status="final") -> None:
    """Publish figures of Smallville from 2018 on."""
    path = project.city("smallville") / "observations" / f"added_{indicator}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for year, value in zip(YEARS, values, strict=True):
            row = [indicator, "smallville", year, value, unit, status, "", "bureau", "", "", "", ""]
            writer.writerow(row)


def fill(project) -> None:
    add(project, "co2_emissions_edgar", "Mt", CO2, "modelled")
    add(project, "gdp_real", "1e8 CNY", [100 * 1.1**n for n in range(5)])
    add(project, "population_resident", "1e4 persons", [50, 50, 50, 51, 51])


def of(project, lang="en", city="smallville"):
    return chapter.load("16_synergy", city=city, lang=lang, root=project)


def calls(own) -> dict:
    return {
        "decoupling": own.drivers.plot_decoupling(*QUANTITIES),
        "table": own.drivers.table_decoupling(*QUANTITIES),
        "drivers": own.drivers.plot_changes(CARBON),
        "way": own.drivers.plot_way(CARBON, target=TARGET),
        "required": own.drivers.table_required(CARBON, target=TARGET),
    }


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_city_without_figures_is_told_what_is_missing(project, lang):
    own = of(project, lang)
    title = own.view.say("missing_title")
    for name, one in calls(own).items():
        assert title in one.plain, name
        assert own.view.title("gdp_real") in one.plain, name
        assert "nan" not in one.plain


def test_context_shows_only_places_with_real_gdp(project):
    own = of(project)
    shown = own.drivers.plot_decoupling_context("co2_emissions_total", "energy_intensity_ppp")
    assert "GDP is known at current prices only" in shown.html
    assert set(shown.data["Place"]) == {"China"}
    assert "Change, published (%)" not in shown.data.columns  # both are modelled or computed
    assert "not figures of Smallville" in shown.html
    moved = own.drivers.plot_changes_context("co2_emissions_total", total=SECTOR_TOTAL)
    by_place = moved.data.groupby("Place")["Factor"].unique()
    assert set(by_place["Guizhou Province"]) == {"energy use", "CO2 per unit of energy"}
    assert set(by_place["China"]) == {
        "population", "GDP per head", "energy per unit of GDP", "CO2 per unit of energy",
    }  # fmt: skip
    assert "Guizhou Province is not split by GDP per head" in moved.html
    assert {"ceads_province_inventory", "owid_co2", "wdi"} <= set(own.page.sources)
    sectors = own.drivers.table_sectors(SECTOR_TOTAL, entity="province")
    assert set(sectors.data["Place"]) == {"Guizhou Province"}
    parts = own.view.project.catalog[SECTOR_TOTAL].parts
    assert len(sectors.data) == 4 * (len(parts) + 2)  # four runs of years; rest, and all
    assert len(parts) == 9
    assert "process" not in " ".join(parts)


def test_states_by_year_and_plan(project):
    fill(project)
    found = of(project).drivers.plot_decoupling(*QUANTITIES).data
    assert found["Elasticity"].tolist() == pytest.approx([1, 0.5, 0, -0.5])
    assert found["Reading"].tolist() == [
        "expansive coupling", "weak decoupling", "weak decoupling", "strong decoupling",
    ]  # fmt: skip
    table = of(project).drivers.table_decoupling(*QUANTITIES)
    assert table.data[["Five-year plan", "First year", "Last year"]].to_numpy().tolist() == [
        ["13th Five-Year Plan", 2018, 2020], ["14th Five-Year Plan", 2020, 2022],
    ]  # fmt: skip
    assert "Change, published" not in re.sub(r"data:[^\"]*", "", table.html)  # nothing but dashes
    assert "Total energy use" in table.html  # named as missing, with who would hold it


def test_published_and_modelled_changes_have_columns_of_their_own(project):
    fill(project)
    add(project, "industrial_so2_emissions", "t", [90, 80, 70, 60, 50])
    found = of(project).drivers.table_decoupling(*QUANTITIES).data.set_index("Quantity")
    modelled, published = "Change, modelled (%)", "Change, published (%)"
    assert found.loc["CO2 emissions (EDGAR estimate)", published].isna().all()
    assert found.loc["Industrial emissions of sulphur dioxide", modelled].isna().all()


def test_energy_is_used_as_soon_as_it_is_published(project):
    fill(project)
    three = of(project).drivers.plot_changes(CARBON)
    assert set(three.data["Factor"]) == {"population", "GDP per head", "CO2 per unit of GDP"}
    assert "Missing for a further split" in three.html
    assert "Municipal Bureau of Statistics" in three.html
    assert three.data["Effect, modelled"].sum() == pytest.approx(CO2[-1] - CO2[0])
    add(project, "energy_consumption_total", "Mtce", [40, 42, 43, 43, 42])
    four = of(project).drivers.plot_changes(CARBON)
    assert set(four.data["Factor"]) == {
        "population", "GDP per head", "energy per unit of GDP", "CO2 per unit of energy",
    }  # fmt: skip
    assert "Missing for a further split" not in four.html
    assert four.data["Effect, modelled"].sum() == pytest.approx(CO2[-1] - CO2[0])
    rows = of(project).drivers.table_required(CARBON, target=TARGET).data["What moves"].tolist()
    assert "energy per unit of GDP" in rows and "CO2 per unit of energy" in rows


def test_the_way_begins_with_the_base_year_of_the_target(project):
    fill(project)
    own = of(project)
    shown = own.drivers.plot_way(CARBON, target=TARGET)
    assert "From the CO2 of 2020 to that of 2022, Smallville, modelled" in shown.plain
    assert shown.data["Effect, modelled"].sum() == pytest.approx(109.725 - 115.5)
    assert set(shown.data["First year"]) == {2020}
    assert (
        own.drivers.plot_way(CARBON, target="no_such_target").data is not None
    )  # begins with the plan


def test_the_arithmetic_of_the_target(project):
    fill(project)
    shown = of(project).drivers.table_required(CARBON, target=TARGET)
    assert "arithmetic, not a forecast" in shown.html
    # from 2020 to 2022 CO2 per GDP fell from 115.5/121 to 109.725/146.41
    assert "−21.5 %" in shown.plain
    assert "already lies beyond the target" in shown.html
    data = shown.data.set_index("What moves")
    recent, needed = data.columns[:2]
    assert data.at["real GDP", recent] == pytest.approx(10)
    assert data.loc[["population", "GDP per head"], needed].isna().all()


def test_a_plan_without_such_a_target_says_so(project):
    fill(project)
    for target in ("nox_cut_2025", "unknown"):
        plain = of(project).drivers.table_required(CARBON, target=target).plain
        assert say("required_none", "en") in plain


def test_a_deadline_that_the_figures_reach_leaves_nothing_to_move(project):
    fill(project)
    path = project.city("smallville") / "plan" / "targets.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("-18,%,2020,2025,", "-18,%,2020,2022,"), encoding="utf-8")
    assert (
        "nothing is left to move" in of(project).drivers.table_required(CARBON, target=TARGET).plain
    )
    path.write_text(text.replace("-18,%,2020,2025,", "-18,%,2016,2025,"), encoding="utf-8")
    assert (
        "no figure of the base year 2016"
        in of(project).drivers.table_required(CARBON, target=TARGET).plain
    )


def test_the_shipped_city(as_shipped):
    own = of(as_shipped, city="liupanshui")
    by_year = own.drivers.plot_decoupling(*QUANTITIES).data.set_index("Quantity")
    ceads = by_year.loc["CO2 emissions (CEADs inventory)"]
    so2 = by_year.loc["Industrial emissions of sulphur dioxide"]
    assert 2016 not in set(ceads["Last year"]) and {2015, 2017} <= set(ceads["Last year"])
    assert 2011 not in set(so2["Last year"]) and {2010, 2012} <= set(so2["Last year"])
    plans = own.drivers.table_decoupling(*QUANTITIES).data
    edgar = plans[plans["Quantity"] == "CO2 emissions (EDGAR estimate)"]
    assert edgar["Reading"].tolist() == [
        "expansive coupling", "expansive coupling", "weak decoupling", "weak decoupling",
        "strong decoupling",
    ]  # fmt: skip
    assert edgar["Elasticity"].round(2).tolist() == [1.15, 0.88, 0.10, 0.39, -0.44]
    needed = own.drivers.table_required(CARBON, target=TARGET)
    assert "−15.9 %" in needed.plain and "46.2 Mt" in needed.plain
    rate = needed.data.set_index("What moves").iloc[0, 1]
    assert rate == pytest.approx(((0.82 / 0.841374) ** 0.5 - 1) * 100, abs=0.01)
    # by hand: all but 1.6 points of the fall came in 2021, 0.8549 to 0.8414 since
    assert (
        "The pace decides the answer. In 2025, −5.6 % a year as in 2020–2023 leads to −25.0 %, "
        "which meets it; −0.8 % a year as in 2021–2023 leads to −17.2 %, which misses it."
    ) in needed.plain
    intensity = {
        year: _raw(as_shipped, "emissions", "co2_emissions_edgar", year)
        / _raw(as_shipped, "economy", "gdp_real", year)
        for year in (2020, 2021, 2023)
    }
    latest = (intensity[2023] / intensity[2021]) ** 0.5
    assert round((latest - 1) * 100, 1) == -0.8
    assert round((intensity[2023] * latest**2 / intensity[2020] - 1) * 100, 1) == -17.2


# ---- charts ----


def test_every_state_has_a_look_a_sign_of_its_own_and_words():
    assert set(charts_drivers.STATE_LOOKS) == set(STATES)
    assert len({look.sign for look in charts_drivers.STATE_LOOKS.values()}) == len(STATES)
    assert len({look.color for look in charts_drivers.STATE_LOOKS.values()}) == len(STATES)
    for state in STATES:
        for lang in ("en", "zh"):
            assert say(f"decoupling_{state}", lang) and say(f"meaning_{state}", lang)


def test_all_states_can_be_drawn_with_the_fonts_of_the_book():
    cells = tuple(
        charts_drivers.StateCell(2000 + n, 2001 + n, state) for n, state in enumerate(STATES)
    )
    rows = [charts_drivers.StateRow("六盘水 CO2", cells, (2005,), True)]
    with charts.style():
        figure = charts.new_figure((4, 2))
        ax = charts_drivers.plot_states(figure.subplots(), rows, first=2001, last=2009)
        handles = charts_drivers.state_handles(
            rows, {state: state for state in STATES}, "hatched", "break"
        )
        figure.legend([one for one, _ in handles], [word for _, word in handles])
        svg = charts.to_svg(figure)
    assert svg.startswith("<?xml")
    signs = {text.get_text() for text in ax.texts}
    assert {look.sign for look in charts_drivers.STATE_LOOKS.values()} <= signs
    assert len(handles) == len(STATES) + 2


def test_a_span_of_two_years_is_twice_as_wide():
    cells = (charts_drivers.StateCell(2010, 2012, "weak_decoupling"),)
    with charts.style():
        ax = charts.new_figure((4, 2)).subplots()
        row = charts_drivers.StateRow("x", cells, (), False)
        charts_drivers.plot_states(ax, [row], first=2011, last=2012)
    (box,) = ax.patches
    assert (box.get_x(), box.get_width()) == (2010.5, 2)


def test_a_waterfall_ends_where_the_last_total_stands():
    steps = [
        charts_drivers.WaterfallBar("2020", 40.0),
        charts_drivers.WaterfallBar("a", 5.0, "gdp_per_head"),
        charts_drivers.WaterfallBar("b", -8.0, "co2_per_gdp"),
        charts_drivers.WaterfallBar("2023", 37.0),
    ]
    with charts.style():
        ax = charts_drivers.plot_waterfall(charts.new_figure((4, 2)).subplots(), steps, unit="Mt")
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    assert ends == [(0, 40), (40, 45), (45, 37), (0, 37)]
    assert [text.get_text() for text in ax.texts] == ["40.0", "+5.0", "−8.0", "37.0"]


def test_what_lowers_hangs_below_zero_and_the_mark_is_the_net():
    bar = charts_drivers.EffectBar(
        0, 0.5, {"population": 2.0, "gdp_per_head": 3.0, "co2_per_gdp": -4.0}, "x"
    )
    with charts.style():
        ax = charts_drivers.plot_effects(charts.new_figure((4, 2)).subplots(), [bar], unit="Mt")
    assert [(one.get_y(), one.get_height()) for one in ax.patches] == [(0, 2), (2, 3), (0, -4)]
    marks = [line for line in ax.lines if line.get_marker() == "D"]
    assert [float(mark.get_ydata()[0]) for mark in marks] == [1.0]
    assert [text.get_text() for text in ax.texts if "◆" in text.get_text()] == ["◆ +1.0"]


def _raw(as_shipped, sector: str, indicator: str, year: int) -> float:
    path = as_shipped.city("liupanshui") / "observations" / f"{sector}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["indicator"] == indicator]
    return float(next(row["value"] for row in rows if row["year"] == str(year)))
