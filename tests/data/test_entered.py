"""Whatever a user enters for the shipped city, the tests that read it stay green."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from entered import enter_everything

from planbook import chapter
from planbook.data import control
from planbook.data.city import load
from planbook.data.paths import ROOT_VARIABLE, Paths

REPO = Path(__file__).resolve().parents[2]
LEFT_OUT = (".git", "_build", "chapters", ".venv", "venv", "__pycache__", ".*_cache", "*.egg-info")
CITY = "liupanshui"
FIRST = {  # invented
    "manure_utilisation_rate": 88.6,
    "fertiliser_utilisation_rate": 43.4,
    "straw_utilisation_rate": 87.1,
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> tuple[Paths, dict[str, int]]:
    """The repository with a figure entered for every indicator of the city."""
    root = tmp_path_factory.mktemp("entered") / "planbook"
    shutil.copytree(REPO, root, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return Paths(root), enter_everything(Paths(root), CITY)


def test_every_indicator_has_a_figure_and_the_book_can_be_made(copy):
    where, done = copy
    project = load(CITY, where)
    own = project.observations[project.observations["entity"] == CITY]
    observed = {one.id for one in project.catalog.values() if not one.derive}
    assert observed == set(own["indicator"])
    targets = {one.indicator for one in project.plan.targets.values()}
    assert targets <= set(own["indicator"]) | {
        one.id for one in project.catalog.values() if one.derive
    }
    assert min(done.values()) > 50, done


def test_check_finds_no_fault_and_control_no_change(copy, command):
    where, _ = copy
    project = load(CITY, where)
    assert control.compare(project) == []
    done = command(where, "check", "--city", CITY)
    assert done.returncode == 0, done.stderr


def run_tests(where: Paths, *folders: str) -> int:
    """Run the tests of a copy that read its city; give how many passed."""
    root = where.root
    left_out = (Path(__file__).name, "test_excel_saves.py")  # read the tables, not what they say
    program = [
        sys.executable, "-m", "pytest", "-n0", "-p", "entered", "-p", "no:cacheprovider",
        "--maxfail=20", *(f"--ignore={root}/tests/data/{name}" for name in left_out),
        *(f"tests/{name}" for name in folders),
    ]  # fmt: skip
    surroundings = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("PYTEST_") and key != ROOT_VARIABLE
    }
    surroundings["PYTHONPATH"] = os.pathsep.join([str(root / "src"), str(root / "tests")])
    done = subprocess.run(
        program, cwd=root, env=surroundings, capture_output=True, encoding="utf-8", timeout=840
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return int(re.search(r"(\d+) passed", done.stdout)[1])


def test_the_tests_that_read_the_city_stay_green(copy):
    where, _ = copy
    assert run_tests(where, "data", "unit", "exports", "intake") > 200


def test_the_first_steps_of_the_readme_leave_the_tests_green(tmp_path, command):
    """Template, three figures, import, as "The first time" tells, on the shipped city."""
    where = Paths(tmp_path / "planbook")
    shutil.copytree(REPO, where.root, ignore=shutil.ignore_patterns(*LEFT_OUT))
    told = (REPO / "README.md").read_text(encoding="utf-8").partition("### The first time")[2]
    steps = re.findall(r"`python -m planbook ([^`]+)`", told.partition("### By hand")[0])
    assert [one.split()[0] for one in steps[:3]] == ["template", "import", "build"]
    done = command(where, *steps[0].split())
    assert done.returncode == 0, done.stderr
    form = where.root / steps[1].split()[1]
    assert form.is_file()
    fill_in(form)
    look = command(where, *steps[1].split())
    assert look.returncode == 0, look.stdout + look.stderr
    done = command(where, *steps[1].replace("--dry-run", "--yes").split())
    assert done.returncode == 0, done.stdout + done.stderr
    form.unlink()
    project = load(CITY, where)
    found = project.observations[project.observations["year"] == 2025]
    own = found[found["entity"] == CITY].set_index("indicator")["value"]
    assert {name: own.get(name) for name in FIRST} == FIRST
    assert control.compare(project) == []
    done = command(where, "check")
    assert done.returncode == 0, done.stderr
    for lang in ("en", "zh"):
        page = chapter.load("10_agriculture", lang=lang, root=where)
        shown = page.series.plot_latest(*FIRST).plain
        for value in FIRST.values():
            assert str(value) in shown
    assert run_tests(where, "data") > 50


def fill_in(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    head = {str(cell.value).split("\n")[-1]: cell.column for cell in sheet[1]}
    filled = 0
    for row in range(2, sheet.max_row + 1):
        name = sheet.cell(row, head["indicator"]).value
        if name in FIRST:
            sheet.cell(row, head["value"]).value = FIRST[name]
            sheet.cell(row, head["published"]).value = "2026-06"
            sheet.cell(row, head["source"]).value = "2025年六盘水市农业农村统计公报"
            filled += 1
    assert filled == len(FIRST)
    book.save(path)
