"""What the tests of new figures share: a project to write to, figures, templates."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest

from planbook.cli import main
from planbook.paths import ROOT_VARIABLE

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
