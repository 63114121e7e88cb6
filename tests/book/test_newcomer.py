"""A newcomer's path, as the README tells it: a template, three figures, a book, a mistake."""

from __future__ import annotations

import io
import json
import re
import shutil

import openpyxl
import pytest
from site_reader import article, digests, files, prose, table

from planbook.data.paths import Paths

pytestmark = pytest.mark.book

DEPARTMENT, YEAR = "市农业农村局", 2024
BULLETIN = "2024年小城市农业农村统计公报"
FIGURES = {
    "manure_utilisation_rate": 81.2,
    "fertiliser_utilisation_rate": 42.4,
    "straw_utilisation_rate": 88.6,
}
PAGE = "zh/chapters/10_agriculture.html"


def fill_in(path, figures: dict[str, object], copy) -> dict[str, str]:
    """Fill in a template as a department does; give the cell of each figure."""
    book = openpyxl.load_workbook(path)
    sheet = book[DEPARTMENT]
    head = {str(cell.value).split("\n")[-1]: cell.column for cell in sheet[1]}
    cells = {}
    for row in range(2, sheet.max_row + 1):
        name = sheet.cell(row, head["indicator"]).value
        if name in figures:
            cell = sheet.cell(row, head["value"], figures[name])
            # before the end of the city's year: what came out later, the book does not know yet
            sheet.cell(row, head["published"]).value = "2024-12"
            sheet.cell(row, head["source"]).value = BULLETIN
            cells[name] = cell.coordinate
    book.save(copy)
    assert set(cells) == set(figures)
    return cells


@pytest.fixture(scope="module")
def path(small_book, command, tmp_path_factory):
    """Walk the path once; give what each step said."""
    assert small_book.done.returncode == 0, small_book.done.stderr
    folder = tmp_path_factory.mktemp("newcomer")
    shutil.copytree(small_book.paths.root, folder / "project")
    paths = Paths(folder / "project")
    template, filled = folder / "template.xlsx", folder / "filled.xlsx"
    city = ("--city", "smallville")

    def run(*arguments: str):
        return command(paths, *arguments, *city)

    steps = {"paths": paths, "folder": folder, "run": run}
    steps["template"] = run(
        "template", "--department", DEPARTMENT, "--year", str(YEAR), "--output", str(template)
    )
    assert steps["template"].returncode == 0, steps["template"].stderr
    steps["cells"] = fill_in(template, FIGURES, filled)
    before = digests(paths.data)
    steps["look"] = run("import", str(filled), "--dry-run", "--lang", "zh")
    assert digests(paths.data) == before
    steps["import"] = run("import", str(filled), "--yes", "--lang", "zh", "--who", "新人")
    assert steps["import"].returncode == 0, steps["import"].stderr
    steps["build"] = run("build", "--lang", "zh", "--explain")
    assert steps["build"].returncode == 0, steps["build"].stderr
    steps["site"] = paths.build / "html"
    steps["mistaken"] = folder / "mistaken.xlsx"
    steps["wrong cells"] = fill_in(
        template, {**FIGURES, "straw_utilisation_rate": 886}, steps["mistaken"]
    )
    return steps


def test_the_template_asks_for_the_departments_figures_and_shows_the_last_ones(path):
    assert re.search(r"template\.xlsx: \d+ rows to fill in", path["template"].stdout)
    book = openpyxl.load_workbook(path["folder"] / "template.xlsx")
    rows = list(book[DEPARTMENT].iter_rows(min_row=2, values_only=True))
    (manure,) = [row for row in rows if "manure_utilisation_rate" in row]
    assert 80.4 in manure and 2023 in manure and YEAR in manure and 81.2 not in manure


def test_a_look_shows_the_three_figures_and_writes_nothing(path):
    assert path["look"].returncode == 0, path["look"].stderr
    for text in ("畜禽粪污资源化综合利用率", "81.2", "42.4", "88.6"):
        assert text in path["look"].stdout


def test_the_figures_stand_in_the_data_with_their_source(path):
    raw = (path["paths"].city("smallville") / "observations" / "agriculture.csv").read_text("utf-8")
    for name, value in FIGURES.items():
        assert re.search(rf"^{name},smallville,{YEAR},{value},%,", raw, re.M)
    assert BULLETIN in (path["paths"].city("smallville") / "sources.yml").read_text("utf-8")
    (record,) = (path["paths"].city("smallville") / "imports").glob("*.json")
    assert json.loads(record.read_text("utf-8"))["who"] == "新人"


def test_only_the_chapters_that_read_them_are_executed(path):
    executed = {"10_agriculture", "02_overview", "27_changes"}
    assert f" {len(executed)} notebooks executed, 3 reused;" in path["build"].stdout
    lines = path["build"].stderr.splitlines()
    for name in (*executed, "05_energy", "12_air", "15_waste"):
        said = " ".join(one for one in lines if f" {name} ·" in one)
        assert ("smallville" in said) == (name in executed), said
        assert ("nothing it depends on has changed" in said) == (name not in executed), said


def test_they_are_on_the_page_as_text(path):
    text = prose(path["site"], PAGE)
    for shown in ("81.2%（2024年", "42.4%（2024年", "88.6%（2024年", BULLETIN):
        assert shown in text
    assert "81.2%（2024年" in prose(path["site"], "zh/chapters/02_overview.html")


def test_they_are_in_the_downloads(path):
    found = files(article(path["site"], PAGE))
    frame = table(found["smallville_agriculture.csv"])
    new = frame[frame["年份"].astype(str) == str(YEAR)].set_index("代码")
    assert {name: float(new.loc[name, "本市数值"]) for name in FIGURES} == FIGURES
    assert new["来源"].str.contains(BULLETIN).all()
    (sheet,) = openpyxl.load_workbook(io.BytesIO(found["smallville_agriculture.xlsx"])).worksheets
    cells = {cell for row in sheet.iter_rows(values_only=True) for cell in row}
    assert set(FIGURES.values()) <= cells


def test_what_changed_names_these_three_and_no_other(path):
    text = prose(path["site"], "zh/chapters/27_changes.html")
    for shown in ("81.2%", "42.4%", "88.6%", BULLETIN, "新人"):
        assert shown in text
    found = files(article(path["site"], "zh/chapters/27_changes.html"))
    book = openpyxl.load_workbook(io.BytesIO(found["smallville_changed_figures.xlsx"]))
    (sheet,) = book.worksheets
    head, *rows = sheet.iter_rows(values_only=True)
    told = {
        row[head.index("代码")]: (row[head.index("类型")], row[head.index("现在")]) for row in rows
    }
    assert told == {name: ("新增", value) for name, value in FIGURES.items()}


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("“886”", "outside", "check the figure and its unit")),
        ("zh", ("886", "超出", "请核对")),
    ],
)
def test_a_mistake_in_one_cell_is_found_by_its_message(path, lang, words):
    before = digests(path["paths"].data)
    marked = path["folder"] / f"marked-{lang}.xlsx"
    done = path["run"](
        "import", str(path["mistaken"]), "--yes", "--lang", lang, "--annotate", str(marked)
    )
    assert done.returncode == 1
    cell = path["wrong cells"]["straw_utilisation_rate"]
    (line,) = [one for one in (done.stdout + done.stderr).splitlines() if f" {cell}" in one]
    assert "mistaken.xlsx" in line and DEPARTMENT in line
    for word in words:
        assert word in line
    assert digests(path["paths"].data) == before
    sheet = openpyxl.load_workbook(marked)[DEPARTMENT]
    assert sheet[cell].comment is not None
