"""Large, slow and stubborn files: a message within seconds, in bounded memory."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from planbook.files import spreadsheets as downloads
from planbook.intake.reading import limits
from planbook.intake.reading.reader import Reader
from planbook.intake.reading.refusal import Refused

CORPUS = Path(__file__).resolve().parents[1] / "bad_inputs"
MEGABYTES = 500


@pytest.fixture(scope="module")
def reader():
    found = Reader()
    found.read(CORPUS / "taken_comment.xlsx")  # the child starts
    yield found
    found.close()


def big_workbook(path, rows, columns=8):
    """Write a workbook of numbers, as fast as possible."""
    book = downloads.new_workbook()
    book.create_sheet("a")
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "xl/worksheets/sheet1.xml":
                cells = "".join(
                    f'<row r="{r}">'
                    + "".join(f"<c><v>{r * 7919 % 100003}.{c}</v></c>" for c in range(columns))
                    + "</row>"
                    for r in range(1, rows + 1)
                )
                content = content.replace(b"<sheetData/>", b"<sheetData></sheetData>")
                content = content.replace(b"</sheetData>", cells.encode() + b"</sheetData>")
            new.writestr(item.filename, content)
    return path


def refused(reader, path):
    start = time.process_time()  # the child has a limit of its own
    with pytest.raises(Refused) as found:
        reader.read(path)
    assert time.process_time() - start < 5
    return found.value.rule


def test_a_million_rows_in_a_table(reader, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"1,2\n" * 1_000_000)
    assert refused(reader, path) == "too_many_rows"
    path.write_bytes(b"a,2024,1,t,bureau\n" * 1_000_000)
    assert refused(reader, path) == "file_too_large"


def test_a_million_rows_in_a_workbook(reader, tmp_path):
    path = big_workbook(tmp_path / "a.xlsx", 1_000_000, 1)
    assert refused(reader, path) in ("too_many_rows", "zip_bomb", "file_too_large")
    assert refused(reader, big_workbook(tmp_path / "b.xlsx", 20_000, 1)) == "too_many_rows"


def test_too_many_cells(reader, tmp_path):
    assert refused(reader, big_workbook(tmp_path / "a.xlsx", 9_000, 12)) == "too_many_cells"


def test_a_workbook_at_the_limit_is_read_or_refused_in_time(reader, tmp_path):
    path = big_workbook(tmp_path / "a.xlsx", 9_000, 11)
    start = time.process_time()
    try:
        grids = reader.read(path)
        assert len(grids[0].cells) == 99_000
    except Refused as found:
        assert found.rule == "too_slow"
    assert time.process_time() - start < 3  # the rest is the child's


@pytest.mark.parametrize("limit", [131_072, 10_000_000])  # a library may have moved it
def test_one_very_long_cell(reader, tmp_path, limit):
    before = csv.field_size_limit(limit)
    path = tmp_path / "a.csv"
    path.write_bytes(b'indicator,year,value\n"' + b"x" * 4_000_000 + b'",2024,1\n')
    try:
        assert refused(reader, path) == "bad_csv"
    finally:
        csv.field_size_limit(before)


def test_a_reader_that_takes_too_long_is_stopped_and_starts_again(tmp_path):
    hasty = Reader(seconds=0.0)
    assert refused(hasty, CORPUS / "taken_comment.xlsx") == "too_slow"
    hasty.seconds = limits.SECONDS
    assert hasty.read(CORPUS / "taken_comment.xlsx")[0].sheet == "figures"
    hasty._child.kill()  # dies between two files
    hasty._child.wait()
    assert hasty.read(CORPUS / "taken_comment.xlsx")[0].sheet == "figures"
    hasty.close()


def test_the_child_ends_with_its_input():
    child = subprocess.Popen(
        [sys.executable, "-m", "planbook.intake.reading.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline() == "ready\n"
    child.stdin.write(json.dumps({"path": "nowhere.xlsx", "name": "nowhere.xlsx"}) + "\n")
    child.stdin.close()
    assert json.loads(child.stdout.readline())["rule"] == "broken_workbook"
    assert child.wait(timeout=30) == 0
    child.stdout.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a child's peak memory")
def test_no_file_takes_more_than_half_a_gigabyte(tmp_path):
    """Read the heaviest files in a process of its own and ask the system for both peaks."""
    heavy = [
        big_workbook(tmp_path / "a.xlsx", 9_000, 11),
        big_workbook(tmp_path / "b.xlsx", 900_000, 1),
    ]
    table = tmp_path / "c.csv"
    table.write_bytes(b"1,2\n" * 1_200_000)
    heavy += [
        table,
        *sorted(path for path in CORPUS.iterdir() if "bomb" in path.name or "laughs" in path.name),
    ]
    program = (
        "import re, resource, sys, pathlib\n"
        "from planbook.intake.reading.reader import Reader\n"
        "from planbook.intake.reading.refusal import Refused\n"
        "reader = Reader(20)\n"
        "for name in sys.argv[1:]:\n"
        "    try: reader.read(pathlib.Path(name))\n"
        "    except Refused: pass\n"
        "reader.close()\n"
        "own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "status = pathlib.Path('/proc/self/status')\n"
        # Linux counts what the process was before it became this program, too.
        "if status.exists(): own = int(re.search(r'VmHWM:\\s+(\\d+)', status.read_text())[1])\n"
        "print([own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, heavy)],
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    unit = 1 if sys.platform == "darwin" else 1024
    peaks = [peak * unit / 1e6 for peak in json.loads(done.stdout)]
    print(peaks)
    assert max(peaks) < MEGABYTES
