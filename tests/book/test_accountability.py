"""Status, scoreboard and chapters tell the same; departments have addresses of their own."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from site_reader import LANGS, article, files, page_names, prose, table

from planbook.data.city import load
from planbook.publish.pages.sections import DEPARTMENT, department_names
from planbook.text import day_text, say

pytestmark = pytest.mark.book

BOARD = "chapters/02_overview.html"
ACCOUNTABILITY = "chapters/24_accountability.html"


@pytest.fixture(scope="module")
def site(shipped_book):
    assert shipped_book.done.returncode == 0, shipped_book.done.stderr
    return shipped_book.site


@pytest.fixture(scope="module")
def city(shipped_book):
    return load("liupanshui", shipped_book.paths)


@pytest.fixture(scope="module")
def status(shipped_book, command):
    """Verdict and latest figure by target, as ``planbook status`` gives them."""
    done = command(shipped_book.paths, "status", "--city", "liupanshui", "--format", "json")
    assert done.returncode == 0, done.stderr
    return {row["target_id"]: row for row in json.loads(done.stdout)}


def shown(page, target: str, lang: str, searched: str) -> tuple[str, str, bool]:
    """Read the class and words of a target's badge, and whether its row has a figure."""
    (row,) = page.xpath(".//tr[@id=$name]", name=f"target-{target}")
    (badge,) = row.xpath(".//span[contains(@class, 'pb-badge')]")
    return (
        badge.get("class"),
        badge.text,
        say("no_figure", lang, searched=day_text(searched, lang)) not in row.text_content(),
    )


@pytest.mark.parametrize("lang", LANGS)
def test_status_scoreboard_and_chapter_give_every_target_the_same_verdict(site, city, status, lang):
    targets = city.plan.targets
    assert list(status) == list(targets)
    assert len(targets) == 38
    board = article(site, f"{lang}/{BOARD}")
    (rows,) = board.xpath(".//div[@id='board']//tbody")
    assert [row.get("id") for row in rows] == [f"target-{name}" for name in targets]
    pages = {}
    for name, target in targets.items():
        expected = (
            f"pb-badge pb-{status[name]['verdict']}",
            say(f"verdict_{status[name]['verdict']}", lang),
            status[name]["latest"] is not None,
        )
        assert shown(board, name, lang, city.searched) == expected, name
        page = f"{lang}/chapters/{city.page_of(city.plan.sections[target.section])}.html"
        pages.setdefault(page, article(site, page))
        assert shown(pages[page], name, lang, city.searched) == expected, f"{name} in {page}"
    assert len(pages) > 8


@pytest.mark.parametrize("lang", LANGS)
def test_the_file_of_the_scoreboard_tells_what_the_page_tells(site, city, status, lang):
    found = table(files(article(site, f"{lang}/{BOARD}"))["liupanshui_scoreboard.csv"])
    assert found[say("column_id", lang)].tolist() == list(status)
    words = [say(f"verdict_{row['verdict']}", lang) for row in status.values()]
    assert found[say("column_verdict", lang)].tolist() == words


@pytest.mark.parametrize("lang", LANGS)
def test_every_department_has_a_page_with_its_measures_targets_and_sheet(site, city, status, lang):
    plan = city.plan
    names = department_names(city)
    assert len(names) == 28
    overview = article(site, f"{lang}/{ACCOUNTABILITY}")
    for page in names:
        department = page.removeprefix(DEPARTMENT)
        assert overview.xpath(".//a[@href=$page]", page=f"{page}.html"), department
        own = article(site, f"{lang}/chapters/{page}.html")
        text = prose(site, f"{lang}/chapters/{page}.html")
        title = own.findtext(".//h1").strip().replace("’", "'")  # the renderer sets it
        assert title == plan.departments[department][lang]
        measures = [m for m in plan.measures.values() if department in m.departments]
        assert [m.number for m in measures if m.title[lang] not in text] == [], department
        for name in {one for item in measures for one in item.targets}:
            assert (
                shown(own, name, lang, city.searched)[0] == f"pb-badge pb-{status[name]['verdict']}"
            )
        saved = files(own)
        file = f"liupanshui_assessment_{city.city.as_of}_{department}.xlsx"
        (sheet,) = openpyxl.load_workbook(io.BytesIO(saved[file]), read_only=True).worksheets
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        assert {row[0] for row in rows} == {plan.departments[department][lang]}
        assert sorted({row[2] for row in rows}) == sorted(item.number for item in measures)


@pytest.mark.parametrize("lang", LANGS)
def test_the_assessment_of_all_departments_misses_none_and_runs_nothing(site, city, lang):
    saved = files(article(site, f"{lang}/{ACCOUNTABILITY}"))
    book = openpyxl.load_workbook(
        io.BytesIO(saved[f"liupanshui_assessment_{city.city.as_of}.xlsx"])
    )
    summary, sheet = book.worksheets
    assert len(list(summary.rows)) == 1 + 28
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # "f" would be a formula
    duties = sum(len(item.departments) for item in city.plan.measures.values())
    assert sheet.max_row - 1 >= duties
    assert {row[2].value for row in sheet.iter_rows(min_row=2)} == set(range(1, 42))


@pytest.mark.parametrize("lang", LANGS)
def test_every_project_stands_in_one_table_with_its_state(site, city, lang):
    page = article(site, f"{lang}/{ACCOUNTABILITY}")
    rows = page.xpath(".//div[@id='all-projects']//tbody/tr")
    assert [row.get("id") for row in rows] == [f"project-{name}" for name in city.plan.projects]
    for row, item in zip(rows, city.plan.projects.values(), strict=True):
        assert row.get("data-state") == item.status
        said = say(f"project_{item.status}", lang, searched=day_text(city.searched, lang))
        assert said in row.text_content()


def test_each_page_loads_the_script_of_the_tables_from_its_own_folder(site):
    for name in page_names(site, "en"):
        sources = [
            one for one in (site / name).read_text(encoding="utf-8").split('"')
            if one.partition("?")[0].endswith("planbook-grid.js")
        ]  # fmt: skip
        assert len(sources) == 1, name
        assert ((site / name).parent / sources[0].partition("?")[0]).is_file(), name
