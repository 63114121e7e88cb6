"""Headline cards and tables of a chapter: what is context, what is left out, what is folded."""

import re

import pytest

from planbook import chapter
from planbook.analysis.forecast import ForecastRefused
from planbook.report.html.cells import strong
from planbook.report.html.tabular import Group, Tabular, both, column, held, listed, shown
from planbook.report.series import tables as series_tables
from planbook.report.targets import tables
from planbook.text import MISSING


@pytest.fixture
def view(project):
    return chapter.load("15_waste", city="smallville", root=project).view


def text(shown) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(shown.html)))


def header(shown) -> list[str]:
    return re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', shown.html)


@pytest.mark.parametrize(
    ("value", "number", "unit"),
    [
        ("3", "3", ""),
        ("−15.9 %", "−15.9 %", ""),
        ("≥ 45.0 %", "≥ 45.0 %", ""),
        ("≥45.0%", "≥45.0%", ""),
        ("1,080万吨/年", "1,080", "万吨/年"),
        ("1.3 tce per 10,000 CNY", "1.3", " tce per 10,000 CNY"),
        ("not found by 2024", "not found by 2024", ""),
    ],
)
def test_a_card_sets_the_number_apart_from_its_unit(view, value, number, unit):
    html = tables.cards(view, [(value, "title", "note")]).html
    shown = f'<span class="pb-card-unit">{unit}</span>' if unit else ""
    assert f'<div class="pb-card-value">{number}{shown}</div>' in html


def test_only_a_card_of_another_place_is_marked_as_context(view):
    shown = tables.cards(view, [("1", "own", "here"), ("2", "other", "China")], context=[1])
    assert shown.html.count("pb-card-context") == 1
    assert shown.plain.splitlines() == [
        "1 own here",
        "2 other China context, not the city’s figure",
    ]


def test_the_headline_marks_what_is_not_the_citys(project):
    living = chapter.load("06_living", city="smallville", root=project)
    shown = living.headline(("electric_car_sales_share", "nation"), "manure_utilisation_rate")
    assert shown.html.count("pb-card-mark") == 1
    assert re.search("China, 20.., as compiled .*not the city", shown.plain)


def test_a_summary_keeps_states_that_hold_a_comma_apart(project):
    said = chapter.load("02_overview", city="smallville", root=project).summary(whole_plan=True)
    assert "7 quantified targets: 1 met; 1 on course; 2 off course;" in said.plain


def test_a_column_of_nearest_figures_without_any_is_left_out(view):
    chosen = [t for t in view.project.plan.targets.values() if not view.nearest(t)][:2]
    shown = tables.targets(view, chosen)
    assert "Nearest published figures" not in text(shown)
    assert len(header(shown)) == 3
    near = [t for t in view.project.plan.targets.values() if view.nearest(t)][:1]
    assert "Nearest published figures" in header(tables.targets(view, near))


def test_modelled_estimates_have_a_column_only_where_there_are_any(view):
    shown = series_tables.known(view, "waste")
    assert header(shown) == ["Indicator", "Latest published figure", "Figures", "Source"]


def test_a_note_of_several_projects_is_said_once(view):
    plant = next(iter(view.project.plan.projects.values()))
    audit = plant.model_copy(update={"note_en": "Once in five years.", "quantity": 1})
    shown = tables.projects(view, [audit, audit, plant.model_copy(update={"note_en": "Alone."})])
    assert shown.html.count("Once in five years.") == 1
    assert "<sup>1</sup> Once in five years." in shown.html
    assert shown.html.count("<sup>1</sup>") == 3
    assert "<small>Alone.</small>" in shown.html


def test_a_bare_count_is_no_size(view):
    plant = next(iter(view.project.plan.projects.values()))
    shown = tables.projects(view, [plant.model_copy(update={"quantity": 1, "unit": "count"})])
    assert "Size" not in header(shown)
    assert "Size as the plan gives it" not in text(shown)
    assert "Size" in header(tables.projects(view, [plant]))


def test_long_lists_of_sources_open_on_demand(view):
    names = list(view.project.sources)
    assert "<details" not in series_tables.sources(view, names[: series_tables.FOLD_ABOVE]).html
    assert "<details" in series_tables.sources(view, names[: series_tables.FOLD_ABOVE + 1]).html


def test_missing_years_are_listed_as_the_language_does(project):
    refused = ForecastRefused("refused_gap", years="2019, 2021")
    for lang, words in (("en", "(2019, 2021)"), ("zh", "（2019、2021）")):
        own = chapter.load("15_waste", city="smallville", lang=lang, root=project).view
        assert words in own.why_not(refused, "manure_utilisation_rate")


def test_a_column_is_said_once_for_the_table_and_for_the_data(view):
    fields = [
        held("column_id", lambda one: one["id"]),
        both("column_indicator", lambda one: strong(one["name"])),
        column("column_value", lambda one: f"{one['value']} t", lambda one: one["value"]),
        shown("column_note", lambda one: MISSING),
        listed("column_years", lambda one: ["2020", "2021"], "; "),
    ]
    rows = [Group("Air"), {"id": "so2", "name": "Sulphur <dioxide>", "value": 3}]
    made = Tabular(view, rows, fields).show("label_known", lean=True, lead=["Read this."], name="x")
    assert header(made) == ["Indicator", "Value", "Figures"]  # a column of dashes says nothing
    assert "Air" in made.html
    assert "<strong>Sulphur &lt;dioxide&gt;</strong>" in made.html
    assert "2020<br>2021" in made.html
    assert made.data.to_dict("records") == [
        {
            "Id": "so2",
            "Indicator": "Sulphur <dioxide>",
            "Value": 3,
            "Figures": "2020; 2021",
        }
    ]
    assert made.plain.startswith("Read this.\n")
    assert 'download="smallville_x.csv"' in made.html


def test_a_table_without_data_offers_none(view):
    made = Tabular(view, ["a"], [shown("column_note", str.upper)]).show("label_known")
    assert made.data is None
    assert "download" not in made.html
    assert header(made) == ["Note"]
