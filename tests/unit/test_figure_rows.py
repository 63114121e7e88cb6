"""Bars of single figures and dots of states: one row each, never unlike things together."""

from __future__ import annotations

import base64
import re

import pytest

from planbook import chapter
from planbook.errors import ParameterError
from planbook.report.drawing import bars as chart_rows
from planbook.report.drawing import style as charts

STATES = {"unknown": "not published", "planned": "planned", "done": "done"}


@pytest.fixture(scope="module")
def industry(as_shipped):
    return chapter.load("07_industry", root=as_shipped)


@pytest.fixture
def ax():
    with charts.style():
        yield charts.new_figure((4, 3)).subplots()


def bar(label: str, value: float, *, hatched: bool = False) -> chart_rows.Bar:
    return chart_rows.Bar(label, value, f"{value:.0f} t", charts.LOOKS["city"], hatched)


def test_bars_stand_in_the_order_given_with_their_texts(ax):
    chart_rows.plot_bars(ax, [bar("steel", 4), bar("coke", 8)], unit="t", room=1.5)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["coke", "steel"]  # from below
    assert [one.get_text() for one in ax.texts] == ["8 t", "4 t"]
    assert [patch.get_width() for patch in ax.patches] == [8, 4]
    assert ax.get_xlim() == (0, 12)  # 1.5 times the longest bar
    assert ax.get_title("left") == "t"


def test_a_modelled_bar_is_hatched_and_another_is_not(ax):
    chart_rows.plot_bars(ax, [bar("a", 1), bar("b", 2, hatched=True)], unit="", room=1)
    assert [bool(patch.get_hatch()) for patch in ax.patches] == [True, False]
    assert ax.get_title("left") == ""


def test_bars_of_zero_and_below_leave_an_axis(ax):
    chart_rows.plot_bars(ax, [bar("none", 0)], unit="t", room=1.5)
    assert ax.get_xlim() == (0, 1)
    chart_rows.plot_bars(ax, [bar("fall", -3), bar("rise", 2)], unit="t", room=2)
    assert ax.get_xlim() == (-3, 4)


def test_each_dot_stands_in_the_column_of_its_state(ax):
    rows = [("kiln", "done", "2024-05"), ("oven", "unknown", "")]
    chart_rows.plot_states(ax, rows, STATES)
    dots = [line for line in ax.lines if line.get_marker() not in ("None", "")]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in dots] == [(0, 0), (2, 1)]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["oven", "kiln"]
    assert [label.get_text() for label in ax.get_xticklabels()] == list(STATES.values())
    assert [text.get_text() for text in ax.texts] == ["2024-05"]
    unknown, done = dots
    assert unknown.get_markerfacecolor() == "white"
    assert done.get_markerfacecolor() == chart_rows.STATES["done"].color


def test_no_two_states_share_a_sign():
    signs = {(dot.marker, dot.filled) for dot in chart_rows.STATES.values()}
    assert len(signs) == len(chart_rows.STATES)


def test_latest_figures_name_year_and_unit_in_both_languages(as_shipped):
    for lang, year, text in (("en", "(2025)", "10.8 Mt a year"), ("zh", "2025年", "1,080万吨/年")):
        shown = chapter.load("07_industry", lang=lang, root=as_shipped).series.plot_latest(
            "coke_capacity_built", "crude_steel_capacity", title="title_industry_capacity"
        )
        assert year in shown.plain
        assert text in shown.plain
        assert len(shown.data) == 2


def test_what_has_no_figure_is_named_below_the_bars(industry):
    shown = industry.series.plot_latest("crude_steel_capacity", "coke_hydrogen_project_capacity")
    assert "Not found by 2026-11-30: Coal-coke-hydrogen project" in shown.html
    assert shown.plain.startswith("Crude-steel capacity; Coal-coke-hydrogen project")


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (("crude_steel_capacity", ("steel_ule_capacity", "nation")), "places of the city and its context"),
        (("raw_coal_output_company", "co2_emissions_edgar"), "published and modelled figures"),
        (("crude_steel_capacity", "industry_share_gdp"), "units"),
    ],
)  # fmt: skip
def test_unlike_figures_are_refused_a_common_chart(industry, names, what):
    with pytest.raises(ParameterError, match=f"different {what} in one chart; draw them apart"):
        industry.series.plot_latest(*names)


def test_counties_are_drawn_with_their_own_figures(industry):
    shown = industry.series.plot_counties("coal_mine_capacity_operating")
    assert "Panzhou City: 43.20 Mt a year (2026, external list)" in shown.plain
    assert len(shown.data) == 4
    modelled = industry.series.plot_counties("co2_emissions_county_nightlight")
    assert ", modelled" in modelled.plain.splitlines()[0]


def test_states_count_the_projects_and_keep_their_sources(industry):
    shown = industry.targets.plot_projects()
    total = "Projects that the plan names: 9 (6 not found by 2026-11-30, 1 planned, 1 under construction, 1 done)."
    assert total in shown.plain
    frame = shown.data.set_index("Project")
    assert frame.loc["Shuangyuan Aluminium: expansion", "As of"] == "2025-12-26"
    assert "cri_2025_12" in industry.page.sources


def test_only_the_year_shown_is_cited_and_saved(repo):
    transport = chapter.load("08_transport", root=repo)
    shown = transport.series.plot_latest(("freight_rail", "nation"), ("freight_road", "nation"))
    assert shown.data["Year"].tolist() == [2023, 2023]
    assert "bulletin of transport 2023" in shown.html
    assert "bulletin of transport 2021" not in shown.html
    assert "China (2023)" in shown.plain


def test_a_single_stacked_series_has_the_colour_of_its_place_and_its_values(repo):
    zoning = chapter.load("03_zoning", root=repo)
    shown = zoning.series.plot_stack("steel_ule_capacity", entity="nation")
    found = re.findall(r"svg\+xml;base64,([^\"]+)", shown.html)
    drawn = [base64.b64decode(one).decode("utf-8") for one in found]
    assert len(drawn) == 2  # for a desktop and for a phone
    for svg in drawn:
        assert charts.LOOKS["nation"].color.lower() in svg.lower()
        assert charts.LOOKS["city"].color.lower() not in svg.lower()


def test_modelled_series_are_named_in_one_note(repo):
    access = chapter.load("04_access", root=repo)
    shown = access.series.plot_stack(
        "co2_power_heat_ceads", "co2_ferrous_smelting_ceads", entity="province"
    )
    assert shown.html.count("not measurements or official inventories") == 1
    assert "is a modelled estimate" not in shown.html
