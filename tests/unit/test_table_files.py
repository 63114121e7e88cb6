"""The one reader of tables: what Excel adds is taken, what is wrong is named."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from planbook.errors import DataError
from planbook.files import table as csv_files
from planbook.files import yaml as yamlio
from planbook.files.records import Strict

SRC = Path(__file__).resolve().parents[2] / "src" / "planbook"
# What is read there is no file below data: a table of cases, an office's table, its change.
OTHER_READERS = {
    "analysis/methods/cases.py",
    "intake/reading/delimited.py",
    "intake/merge.py",
}


class Plant(Strict):
    id: str
    built: int | None
    units: int
    running: bool
    fuels: tuple[str, ...]
    note: str = ""


HEAD = "id,built,units,running,fuels,note\n"


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "plants.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("2024/3/29", "2024-03-29"),
        ("2024/03/29", "2024-03-29"),
        ("2024-3-9", "2024-03-09"),
        ("2024年3月29日", "2024-03-29"),
        ("2024年3月", "2024-03"),
        ("2024/12", "2024-12"),
        ("Oct-24", "2024-10"),
        ("Oct-99", "1999-10"),
        ("2024", "2024"),
        ("29/3/2024", "29/3/2024"),  # which of the two is the month is not known
        ("24-Oct", "24-Oct"),
        ("Okt-24", "Okt-24"),
        ("", ""),
    ],
)
def test_dates_of_excel(shown, meant):
    assert csv_files.iso_date(shown) == meant


def test_cells_become_what_the_fields_take(tmp_path):
    path = write(tmp_path, HEAD + "one, ,1E+05,TRUE,coal  gas,\r\n,,,,,\r\ntwo,2020,3,FALSE\r\n")
    found, problems = csv_files.records(path, Plant, key=["id"])
    # the last row lacks two cells that are empty in a file whose lines end as Excel's
    assert problems == []
    assert found == [
        ("row 2", Plant(id="one", built=None, units=100_000, running=True, fuels=("coal", "gas"))),
        ("row 4", Plant(id="two", built=2020, units=3, running=False, fuels=())),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "plants.csv: the file is empty; restore its header row"),
        (",,\n", "plants.csv: the file is empty; restore its header row"),
        (HEAD.replace("units", "unit"), "row 1: column 'units' is missing; add it"),
        (HEAD.replace("units", "unit"), "row 1: unknown column 'unit'; remove it"),
        (HEAD.replace("note", "id"), "row 1: column 'id' stands twice; keep one"),
        (HEAD.replace("units,", "units,,"), "row 1: unknown column ''; remove it"),
        (HEAD + "one,,1,yes,coal\n", "row 2: 5 cells, the header has 6; add or remove commas"),
        (HEAD + "one,,1,yes,coal,,\n", "row 2: 7 cells, the header has 6; add or remove commas"),
        (HEAD.replace("\n", ",\n") + "one,,1,yes,coal,,x\n", "row 2: a cell stands below no name"),
        (HEAD + "one,,1.5,yes,coal,\n", "row 2, column units: value '1.5'"),
        (HEAD + "one,,1,yes,,\none,,2,no,,\n", "row 3: 'one' stands in row 2, too; keep one"),
        (HEAD + 'one,,1,yes,"co"al,\n', "row 2: not valid CSV"),
        (b"\xff\xfei\x00", "plants.csv: the file is UTF-16; save it as 'CSV UTF-8'"),
        (b"i\x00", "NUL bytes"),
        (HEAD.encode() + b"\x81", "the encoding is neither UTF-8 nor GBK"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, told):
    with pytest.raises(DataError) as caught:
        _, problems = csv_files.records(write(tmp_path, text), Plant, key=["id"])
        raise DataError(problems)
    assert told in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"plants\.csv: the file is missing; restore it"):
        csv_files.records(tmp_path / "plants.csv", Plant)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("name: 六盘水市".encode("gbk"), "the file is not UTF-8; save it as UTF-8"),
        ("name: 六盘水市".encode("utf-16"), "the file is not UTF-8; save it as UTF-8"),
        (b"name: a\x00b", "not valid YAML"),
        (b"name: [", "not valid YAML"),
    ],
)
def test_yaml_that_is_none_is_refused_in_one_line(tmp_path, raw, told):
    path = tmp_path / "city.yml"
    path.write_bytes(raw)
    with pytest.raises(DataError, match=told) as caught:
        yamlio.load(path)
    assert "\n" not in str(caught.value)


def test_yaml_with_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "city.yml"
    path.write_bytes(b"\xef\xbb\xbfid: town\n")
    assert yamlio.load(path)[0] == {"id": "town"}


def test_no_other_module_reads_tables():
    """A reader of its own would forget what this one knows."""
    readers = set()
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = node.attr if isinstance(node, ast.Attribute) else ""
            owner = getattr(getattr(node, "value", None), "id", "")
            if owner == "csv" and named in ("reader", "DictReader"):
                readers.add(path.relative_to(SRC).as_posix())
    assert readers == {"files/table.py", *OTHER_READERS}
