"""The tables on how sure verdicts are, in both languages, from the small city."""

import re

import pytest

from planbook import chapter
from planbook.analysis.progress import VERDICTS


@pytest.fixture
def waste(project):
    return lambda lang: chapter.load("15_waste", city="smallville", lang=lang, root=project)


def text(shown) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(shown.html)))


def test_methods_stand_side_by_side_with_figure_and_reason(waste):
    shown = waste("en").certainty.table_methods()
    assert len(shown.data) == 10
    told = text(shown)
    assert "rate so far is 134 % of the rate asked for" in told
    assert "6.0 of 10; 4.6 due by now" in told  # 6 of 10 points in 6 of 13 years
    assert "pace so far is 175 % of the pace still needed" in told  # 1 a year, 4 in 7 years
    assert "The methods do not agree. Recent years differ from the whole period" in told
    assert "Most methods carry the past pace on unchanged" in told
    assert "迄今变化率为所需的134%" in text(waste("zh").certainty.table_methods())


def test_stability_says_why_what_before_what_would_change_it_and_the_chance(waste):
    shown = waste("en").certainty.table_stability()
    told = text(shown)
    assert "2019–2021: not measurable" in told
    assert "Needed +0.57 percentage points a year; so far +1.00 percentage points a year." in told
    assert re.search(r"\+[01]\.\d\d percentage points on the 2023 figure, to 6[67]\.\d\d %: then “at risk”", told)  # fmt: skip
    assert re.search(r"Chance \d\d %\. Only 3 past chances", told)
    assert "2019—2021年：暂无法判断" in text(waste("zh").certainty.table_stability())


def test_refused_methods_share_one_reason(project):
    air = chapter.load("02_overview", city="smallville", root=project)
    told = text(air.certainty.table_methods())
    assert "Not applied: Eurostat, Open SDG (Statistics Canada), UN progress chart" in told
    assert "(a sum starts at zero and has no rate of growth)" in told


def test_a_broken_floor_is_named(project):
    farms = chapter.load("10_agriculture", city="smallville", root=project)
    told = text(farms.certainty.table_stability())
    assert "Below the floor in 2021–2022." in told
    assert "No possible value of the latest figure would change the state." in told
    assert "+2.00 percentage points on the 2023 figure, to 43.00 %: then “met”." in told


def test_a_figure_on_the_line_is_told_as_such(project):
    energy = chapter.load("05_energy", city="smallville", root=project)
    assert "stands exactly on the line" in text(energy.certainty.table_stability())
    assert "too few to measure progress by" in text(energy.certainty.table_methods())


def test_without_a_figure_one_sentence_says_so(project):
    steel = chapter.load("03_zoning", city="smallville", root=project)
    assert steel.certainty.table_methods().plain.startswith(
        "Nor can any of the published methods measure progress"
    )
    assert steel.certainty.table_stability().data is None


def test_the_status_of_the_view_is_that_of_the_pages(project):
    view = chapter.load("15_waste", city="smallville", root=project).view
    found = view.status.set_index("target_id")
    assert set(found["verdict"]) <= set(VERDICTS)
    for name, one in view.standings.items():
        row = found.loc[name]
        assert (row["verdict"], row["rule"]) == (one.verdict, one.rule)
        assert list(row["history"].values())[-1] == one.verdict
    waste = found.loc["bulk_waste_2030"]
    assert waste["lead"] == "ecology_environment"
    assert (waste["pace_seen"], waste["completion"]) == (1.0, 0.6)
    assert view.status is view.status
