"""What the tests of new figures share: a project to write to, figures, templates."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from pathlib import Path

import openpyxl
import pytest

from planbook.cli.main import main
from planbook.data.city import CityData, load
from planbook.data.paths import ROOT_VARIABLE, Paths
from planbook.intake.import_run import prepare

REPO = Path(__file__).resolve().parents[2]

TODAY = dt.date(2026, 11, 24)
HEAD = "indicator,entity,year,value,unit,status,published,source,locator,note,note_zh,qualifier"


@pytest.fixture
def small(project, monkeypatch):
    """A small project that the commands work on."""
    monkeypatch.setenv(ROOT_VARIABLE, str(project.root))
    return project


@pytest.fixture
def city(small):
    """The data folder of the invented city."""
    return small.city("smallville")


@pytest.fixture
def run(small, capsys):
    """Run a command for Smallville in English; give exit code, output and errors."""

    def run_(*arguments):
        code = main([*map(str, arguments), "--city", "smallville"])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_


@pytest.fixture
def take(run):
    """Run ``planbook import`` in English."""
    return lambda *arguments: run("import", "--lang", "en", *arguments)


@pytest.fixture
def csv(tmp_path):
    """Write a table beside the project; give its path."""

    def csv_(text, name="new.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return csv_


def everything(folder: Path) -> dict[str, bytes]:
    """Give every file below a folder, without locks."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def fill(raw: bytes, figures: dict[str, dict[str, object]]) -> bytes:
    """Fill cells of a template: figures by indicator, then by column."""
    book = openpyxl.load_workbook(io.BytesIO(raw))
    for sheet in book.worksheets:
        head = {str(cell.value).split("\n")[-1]: cell.column for cell in sheet[1]}
        if "indicator" not in head:
            continue
        for row in range(2, sheet.max_row + 1):
            for name, value in figures.get(sheet.cell(row, head["indicator"]).value, {}).items():
                sheet.cell(row, head[name]).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# What else an import can come to than figures: it stops, and says why.
STOPPED = "stopped"
Figures = dict[tuple[str, str, int], tuple[float, str]]


def figures_of(intake) -> Figures:
    """Give what an import found: value and mark by indicator, place and year."""
    found: Figures = {}
    for change in intake.changes:
        one = change.figure
        key = (one.indicator, one.entity, one.year)
        assert key not in found, f"{key} stands twice among the figures of one import"
        found[key] = (float(f"{one.value:.10g}"), one.qualifier)
    return found


def told(intake) -> list[str]:
    """Give what stops an import, one line each; hints stop nothing."""
    return [fault.line("en") for fault in intake.faults if fault.level != "hint"]


def outcome(intake) -> str | Figures:
    """Give what an import comes to: it stops, or it writes these figures."""
    return STOPPED if told(intake) else figures_of(intake)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory) -> CityData:
    """The shipped catalogue and city without any observation.

    What its users enter later must not turn a test red.
    """
    root = tmp_path_factory.mktemp("shipped")
    kept = ("access", "observations", "imports", ".*")
    shutil.copytree(REPO / "data", root / "data", ignore=shutil.ignore_patterns(*kept))
    for source in REPO.glob("data/cities/liupanshui/observations/*.csv"):
        target = root / source.relative_to(REPO)
        target.parent.mkdir(exist_ok=True)
        target.write_text(HEAD + "\n", encoding="utf-8")
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(REPO / name, root)
    return load("liupanshui", Paths(root))


@pytest.fixture
def prepared(shipped):
    """Prepare an import into the shipped city without observations."""
    return lambda *paths, **more: prepare(shipped, list(paths), today=TODAY, **more)
