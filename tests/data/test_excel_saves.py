"""Every table below ``data`` reads the same after a Chinese Excel has saved it."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from planbook.data import control
from planbook.data.city import load
from planbook.data.paths import Paths
from planbook.errors import DataError
from planbook.exports import descriptor
from planbook.files import table as csv_files

REPO = Path(__file__).resolve().parents[2]
FILES = sorted(
    path
    for home in (REPO / "data", REPO / "tests/fixtures/smallville")
    for path in home.rglob("*.csv")
    if "imports" not in path.parts
)
NAMES = [path.relative_to(REPO).as_posix() for path in FILES]
BLOCK = 16  # rows for which Excel decides together how many cells it writes
DATES = ("published", "status_date")


def shown(text: str, date: Callable[[int, int, int | None], str]) -> str:
    """Give a cell as Excel shows it, and so saves it, once it has read it from a CSV."""
    if found := re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", text):
        year, month, day = found.groups()
        return date(int(year), int(month), int(day) if day else None)
    if re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        number = Decimal(text)
        assert len(number.as_tuple().digits) <= 10, "Excel would cut it off"
        if number and number == number.to_integral_value() and abs(number) >= 10**5:
            power = number.adjusted()
            short = number.scaleb(-power).normalize()
            if len(short.as_tuple().digits) <= 3:  # in a cell formatted as scientific
                return f"{short}E+{power:02d}"
        return f"{number.normalize():f}"
    return text.upper() if text in ("true", "false") else text


def slashes(year: int, month: int, day: int | None) -> str:
    return f"{year}/{month}/{day}" if day else f"{year}年{month}月"


def words(year: int, month: int, day: int | None) -> str:
    return f"{year}年{month}月{day}日" if day else f"{year}/{month}"


def english(year: int, month: int, day: int | None) -> str:
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{year}/{month:02d}/{day:02d}" if day else f"{names[month - 1]}-{year % 100:02d}"


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(path.open(encoding="utf-8", newline="")))


def saved(
    rows: list[list[str]],
    *,
    encoding: str,
    date: Callable[[int, int, int | None], str],
    wider: int = 0,
    shorter: bool = False,
    more_rows: int = 0,
) -> bytes:
    """Write rows as Excel does."""
    out = [[shown(cell, date) for cell in row] + [""] * wider for row in rows]
    out += [[""] * len(out[0]) for _ in range(more_rows)]
    for start in range(BLOCK, len(out), BLOCK) if shorter else ():
        block = out[start : start + BLOCK]
        width = max(max((n for n, cell in enumerate(row, 1) if cell), default=1) for row in block)
        out[start : start + BLOCK] = [row[:width] for row in block]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(out)
    return text.getvalue().encode(encoding, errors="replace")


FORMS = {
    "gbk": {"encoding": "gbk", "date": slashes},
    "gb18030_with_cells_left_out": {"encoding": "gb18030", "date": words, "shorter": True},
    "utf8_with_more_columns_and_rows": {
        "encoding": "utf-8-sig", "date": slashes, "wider": 3, "more_rows": 4,
    },
    "gbk_with_more_rows_in_english": {"encoding": "gbk", "date": english, "more_rows": 2},
}  # fmt: skip


def as_in(text: str, encoding: str) -> str:
    """Give a text with a question mark for what an encoding lacks, as Excel writes it."""
    return text.encode(encoding, errors="replace").decode(encoding)


def same(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except ArithmeticError:
        return one == other


def test_there_are_tables_of_every_kind():
    kinds = {"observations", "context", "factors", "plan"}
    assert len(FILES) > 40
    assert kinds <= {part for path in FILES for part in path.parts}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_each_cell_of_each_table_is_read_the_same(path, form, tmp_path):
    rows = rows_of(path)
    head = rows[0]
    (tmp_path / path.name).write_bytes(saved(rows, **FORMS[form]))
    assert csv_files.header((tmp_path / path.name).read_bytes(), path.name) == head
    found, problems = csv_files.read(tmp_path / path.name, head, dates=DATES)
    assert problems == []
    wanted = [dict(zip(head, row, strict=True)) for row in rows[1:] if any(row)]
    assert len(found) == len(wanted)
    encoding = FORMS[form]["encoding"]
    for (where, row), other in zip(found, wanted, strict=True):
        for column, cell in row.items():
            right = as_in(other[column].strip(), encoding)
            assert same(cell, right), f"{where} {column}: {cell!r}, not {right!r}"


def contents(where: Paths, city: str) -> SimpleNamespace:
    """Give everything of a city that comes from a table."""
    project = load(city, where)
    return SimpleNamespace(
        observations=project.observations.drop(columns="row"),
        peers=project.peers,
        others=(
            project.plan,
            project.factors,
            project.effects,
            project.scenarios,
            control.compare(project),
        ),
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("city", ["liupanshui", "smallville"])
def test_the_project_is_the_same(city, form, tmp_path):
    for name in ("catalog", "context", "factors", "departments.yml"):
        source, copy = REPO / "data" / name, tmp_path / "data" / name
        shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)
    home = REPO / "data/cities" / city
    home = home if home.is_dir() else REPO / "tests/fixtures" / city
    shutil.copytree(home, tmp_path / "data/cities" / city)
    tables = [one for one in (tmp_path / "data").rglob("*.csv") if "imports" not in one.parts]
    assert len(tables) > 30
    encoding = FORMS[form]["encoding"]
    for path in tables:  # what the encoding lacks is lost before anything is read
        path.write_text(as_in(path.read_text(encoding="utf-8"), encoding), encoding="utf-8")
    where = Paths(tmp_path)
    before, described = contents(where, city), descriptor.describe(where)
    for path in tables:
        path.write_bytes(saved(rows_of(path), **FORMS[form]))
    after = contents(where, city)
    pd.testing.assert_frame_equal(after.observations, before.observations)
    assert (after.peers is None) == (before.peers is None)
    if before.peers is not None:
        pd.testing.assert_frame_equal(after.peers.frame, before.peers.frame)
    assert after.others == before.others
    assert descriptor.describe(where) == described


@pytest.mark.parametrize("form", FORMS)
def test_an_import_adds_to_what_excel_has_saved(form, project, command, tmp_path):
    path = project.city("smallville") / "observations/agriculture.csv"
    rows = [row[:-1] for row in rows_of(path) if "at_least" not in row]
    assert rows[0][-1] != "qualifier"  # so that a column must be added
    path.write_bytes(saved(rows, **FORMS[form]))
    before = len(load("smallville", project).observations)
    new = tmp_path / "new.csv"
    new.write_text(
        "indicator,entity,year,value,unit,published,source,qualifier\n"
        "manure_utilisation_rate,smallville,2024,81.2,%,2025-03,Bulletin of 2024,about\n",
        encoding="utf-8",
    )
    done = command(project, "import", str(new), "--yes", "--city", "smallville")
    assert done.returncode == 0, done.stdout + done.stderr
    found = load("smallville", project).observations
    assert len(found) == before + 1
    (row,) = found[
        (found["indicator"] == "manure_utilisation_rate")
        & (found["entity"] == "smallville")
        & (found["year"] == 2024)
    ].to_dict("records")
    assert (row["value"], row["qualifier"]) == (81.2, "about")


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_what_is_no_text_is_refused_in_one_line(path, tmp_path):
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes() + b"\xff\xff\xff\xff")
    with pytest.raises(DataError, match="neither UTF-8 nor GBK") as caught:
        csv_files.read(copy, rows_of(path)[0])
    assert len(caught.value.problems) == 1
