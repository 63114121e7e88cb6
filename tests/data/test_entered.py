"""Whatever a user enters for the shipped city, the tests that read it stay green."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from entered import enter_everything

from planbook import control
from planbook.paths import ROOT_VARIABLE, Paths
from planbook.project import load

REPO = Path(__file__).resolve().parents[2]
LEFT_OUT = (".git", "_build", "chapters", ".venv", "venv", "__pycache__", ".*_cache", "*.egg-info")
CITY = "liupanshui"


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


def test_the_tests_that_read_the_city_stay_green(copy):
    where, _ = copy
    root = where.root
    program = [
        sys.executable, "-m", "pytest", "-n0", "-p", "entered", "-p", "no:cacheprovider",
        "--maxfail=20", *(f"--ignore={root}/tests/data/{name}" for name in (Path(__file__).name, "test_excel_saves.py")),
        *(f"tests/{name}" for name in ("data", "unit", "exports", "intake")),
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
    passed = int(re.search(r"(\d+) passed", done.stdout)[1])
    assert passed > 200, done.stdout[-500:]
