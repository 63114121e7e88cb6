"""Dates that are still to come are refused; what was not found is dated."""

import datetime as dt
import json
import re

import pytest
from edits import edit

from planbook import chapter
from planbook.cli.main import main
from planbook.data.city import load
from planbook.data.future import check_dates
from planbook.data.paths import ROOT_VARIABLE
from planbook.data.plant_units import PlantUnit
from planbook.errors import DataError
from planbook.report.targets.overdue import overdue_by_department
from planbook.text import day_text, messages

TODAY = dt.date(2026, 12, 1)
FILES = {
    "sources": ("sources.yml", "accessed: 2024-07-01", "accessed: {day}"),
    "published": ("sources.yml", "published: 2024-06-01", "published: {day}"),
    "observations": ("observations/agriculture.csv", "final,2024-06-01", "final,{day}"),
    "projects": ("plan/projects.csv", "building,2024-01,", "building,{day},"),
}


def change(project, key: str, day: str):
    name, old, new = FILES[key]
    edit(project.city("smallville") / name, old, new.format(day=day))
    return load("smallville", project)


@pytest.mark.parametrize("key", FILES)
@pytest.mark.parametrize("day", ["2026-12-02", "2027-01", "2027"])
def test_a_date_to_come_is_refused_with_file_and_place(project, key, day):
    found = change(project, key, day)
    with pytest.raises(DataError) as caught:
        check_dates(found, TODAY)
    (problem,) = caught.value.problems
    assert FILES[key][0] in problem.file
    assert f"'{day}' lies in the future; today is 2026-12-01" in problem.rule


@pytest.mark.parametrize("key", FILES)
@pytest.mark.parametrize("day", ["2026-12-01", "2026-12", "2026"])
def test_a_date_that_may_have_passed_is_none(project, key, day):
    check_dates(change(project, key, day), TODAY)


@pytest.mark.parametrize(("day", "wrong"), [("2026-12-02", True), ("2026-12", False)])
def test_the_state_of_a_unit_is_dated_like_that_of_a_project(project, day, wrong):
    row = f"a,coal_power_capacity,smallville,New,新厂,1,150,MW,planned,{day},2027,bureau,row 2,,"
    path = project.city("smallville") / "units.csv"
    path.write_text(f"{','.join(PlantUnit.model_fields)}\n{row}\n", encoding="utf-8")
    found = load("smallville", project)
    if not wrong:
        return check_dates(found, TODAY)
    with pytest.raises(DataError, match=r"units.csv unit 'a': status_date '2026-12-02' lies in"):
        check_dates(found, TODAY)


def test_a_search_later_than_the_book_is_refused(project):
    path = project.city("smallville") / "city.yml"
    text = path.read_text(encoding="utf-8").replace("searched: 2024-07-01", "searched: 2025-01")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="searched '2025-01' is later than as_of 2024"):
        check_dates(load("smallville", project), dt.date(2026, 1, 1))


def test_the_command_refuses_and_changes_nothing(project, monkeypatch, capsys):
    monkeypatch.setenv(ROOT_VARIABLE, str(project.root))
    main(["datapackage"])
    assert main(["check", "--city", "smallville", "--today", "2027-01-01"]) == 0
    change(project, "sources", "2027-01-02")
    capsys.readouterr()
    assert main(["check", "--city", "smallville", "--today", "2027-01-01", "--format", "json"]) == 1
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert error["place"] == "key bureau.accessed"


def test_the_shipped_book_names_no_date_to_come(repo):
    check_dates(load("liupanshui", repo), max(TODAY, dt.date.today()))  # entries come later


def test_the_shipped_book_stands_on_the_day_of_its_search(as_shipped):
    found = load("liupanshui", as_shipped)
    assert found.day(2026) == found.city.searched
    assert found.day(2024) == "2024-12-31"
    for items in overdue_by_department(found, 2026).values():
        late = [one for one in items if one.came_out and one.came_out.isoformat() > found.day(2026)]
        assert [one for one in late if one.dated_by == "day"] == []


def test_without_a_date_of_search_the_last_reading_of_a_source_stands_for_it(project):
    path = project.city("smallville") / "city.yml"
    text = path.read_text(encoding="utf-8").replace("searched: 2024-07-01\n", "")
    path.write_text(text, encoding="utf-8")
    found = load("smallville", project)
    assert found.searched == max(source.accessed for source in found.sources.values())


@pytest.mark.parametrize(
    ("day", "chinese"),
    [("2026-11-30", "2026年11月30日"), ("2026-03", "2026年3月"), ("2026", "2026年")],
)
def test_a_date_is_written_as_each_language_does(day, chinese):
    assert (day_text(day, "en"), day_text(day, "zh")) == (day, chinese)


def test_no_message_claims_that_a_figure_was_never_published():
    claims = {
        "en": r"(never|not|nor) (been )?published|nobody has published|no published figure"
        r"|[Nn]othing (is )?published|no public figure|is not public\b|without (a|any) public\b",
        "zh": "从未公布|未公布|未见公布|未见公开|未公开|尚无公开|无公开|没有公布",
    }
    found = [
        (key, lang)
        for key, entry in messages().items()
        for lang, pattern in claims.items()
        if re.search(pattern, entry[lang])
    ]
    assert found == []


def test_what_was_not_found_is_dated_by_the_city(project):
    pages = {
        lang: chapter.load("03_zoning", city="smallville", lang=lang, root=project)
        for lang in ("en", "zh")
    }
    assert "not found by 2024-07-01" in pages["en"].targets.table().html
    assert "截至2024年7月1日未检索到" in pages["zh"].targets.table().html
