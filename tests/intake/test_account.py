"""An import accounts for all that came: cells, sheets, files of a folder, forms sent back blank."""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import io
import json
import pkgutil
import shutil
import sys
import types
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string
from openpyxl.utils.cell import coordinate_from_string

import planbook
from planbook.cli.main import main
from planbook.data.paths import ROOT_VARIABLE
from planbook.intake.faults import IntakeError
from planbook.intake.reading.delimited import decode

from .casework import (
    CITY,
    FERTILISER,
    FOLDER,
    MANURE,
    RIGHT,
    SOURCE,
    WASTE,
    long,
    manure,
    read,
    waste,
)
from .conftest import STOPPED, figures_of, outcome, told
from .test_passing import FOLDER as PASSING
from .trouble import Sheet, write_csv, write_xlsx

ROW = "indicator,year,value,unit,source\nmanure_utilisation_rate,2024,81.2,%,bureau\n"


@pytest.fixture
def command(shipped, monkeypatch, capsys):
    """Run ``planbook`` on the shipped city without observations."""

    def run(*arguments):
        monkeypatch.setenv(ROOT_VARIABLE, str(shipped.paths.root))
        code = main([*map(str, arguments), "--city", CITY])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def count_cells(path: Path) -> int:
    """Count the cells with content by other means than the import."""
    if path.suffix == ".csv":
        text = decode(path.read_bytes())
        delimiter = max(",\t;", key=text.splitlines()[0].count)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return sum(bool(value.strip()) for row in rows for value in row)
    book = openpyxl.load_workbook(path)
    return sum(
        cell.value is not None and bool(str(cell.value).strip())
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
    )


ODD = ("A11", "A12", "S22", "A07", "forecast", "verdict", "u17", "expected")
CAME = sorted(
    path
    for folder in (FOLDER, PASSING)
    for path in folder.rglob("*")
    if path.suffix in (".csv", ".xlsx") and not path.relative_to(folder).parts[0].startswith(ODD)
)


@pytest.mark.parametrize("path", CAME, ids=lambda path: path.stem)
def test_every_cell_is_counted_once(path, prepared):
    intake = prepared(path)
    if not intake.read:
        assert told(intake)  # the file as a whole was refused
        return
    assert set(intake.cells) == {"figures", "read_with", "decoration", "not_understood"}
    assert sum(intake.cells.values()) == count_cells(path)
    if not intake.errors:
        assert intake.cells["figures"] >= len(figures_of(intake))
    if intake.cells["not_understood"]:
        assert intake.unread or intake.errors


def test_each_cell_that_is_not_understood_is_named(prepared, tmp_path):
    head = ("指标名称", "年份", "数值", "单位", "来源", "审核意见", None)
    rows = (
        (WASTE[0], 2025, 310, "万吨", SOURCE, "请核", None),
        (FERTILISER[0], 2025, 41.2, "%", SOURCE, None, 42),
    )
    for path in (
        write_xlsx(tmp_path / "a.xlsx", Sheet(head, rows, name="固废")),
        write_csv(tmp_path / "b.csv", Sheet(head, rows)),
    ):
        intake = prepared(path)
        named = {(fault.sheet, cell) for fault in intake.unread for cell in fault.places}
        sheet = "固废" if path.suffix == ".xlsx" else ""
        assert (
            {(sheet, "F2"), (sheet, "G3")}
            <= named
            <= {(sheet, at) for at in ("F1", "F2", "F3", "G3")}
        )
        assert intake.cells["not_understood"] == len(named)
        assert sum(intake.cells.values()) == count_cells(path)
        right = read(RIGHT, (FERTILISER, 41.2))
        assert (
            figures_of(intake) == right
            if not intake.errors
            else figures_of(intake).items() <= right.items()
        )


def test_json_counts_the_cells_and_has_faults_of_every_level(command, tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", waste(below=((), (*[None] * 6, 42))))
    code, out, _ = command("import", path, "--dry-run", "--format", "json")
    told_in = json.loads(out)
    assert code == 0
    assert sum(told_in["cells"].values()) == count_cells(path) == 11
    assert {fault["level"] for fault in told_in["faults"]} >= {"unread"}
    assert [fault["cell"] for fault in told_in["faults"] if fault["level"] == "unread"] == ["G4"]


@pytest.mark.parametrize(
    ("change", "option"),
    [
        (lambda text: text.replace("81.2", "60"), "--accept-warnings"),
        (lambda text: text.replace("bureau\n", "bureau,已核\n").replace("source", "source,审核意见"),
         "--accept-unread"),
    ],
)  # fmt: skip
def test_each_kind_is_accepted_by_its_own_option(take, csv, city, change, option):
    path = csv(change(ROW))
    before = (city / "observations/agriculture.csv").read_bytes()
    other = ({"--accept-warnings", "--accept-unread"} - {option}).pop()
    assert take(path, "--dry-run")[0] == 0
    assert take(path, "--yes")[0] == 1
    assert take(path, "--yes", other)[0] == 1
    assert (city / "observations/agriculture.csv").read_bytes() == before
    assert take(path, "--yes", option)[0] == 0
    assert (city / "observations/agriculture.csv").read_bytes() != before


def test_a_question_is_passed_by_neither_option(take, csv, city):
    path = csv("上半年统计表,,,,\n" + ROW)
    before = (city / "observations/agriculture.csv").read_bytes()
    assert take(path, "--yes", "--accept-warnings", "--accept-unread")[0] == 1
    assert (city / "observations/agriculture.csv").read_bytes() == before


def formatted(path: Path, rows: int, columns: int) -> Path:
    """Write one figure in a sheet whose empty cells have borders far down and to the right."""
    write_xlsx(path, manure(looks={(0, 0): lambda cell: setattr(cell, "number_format", "0.00")}))
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    empty = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{chr(65 + column)}{row}" s="1"/>' for column in range(columns))
        + "</row>"
        for row in range(3, rows + 3)
    )
    page = parts["xl/worksheets/sheet1.xml"].decode()
    assert page.count("</sheetData>") == 1
    parts["xl/worksheets/sheet1.xml"] = page.replace(
        "</sheetData>", f"{empty}</sheetData>"
    ).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, raw in parts.items():
            book.writestr(name, raw)
    return path


@pytest.mark.parametrize(("rows", "columns"), [(5000, 20), (20000, 10)])
def test_empty_cells_with_borders_are_no_content(prepared, tmp_path, rows, columns):
    """A05: one figure, and borders drawn far below it, in files of any usual size."""
    intake = prepared(formatted(tmp_path / "a.xlsx", rows, columns))
    if told(intake):
        assert rows > 5000
        assert any("empty" in line for line in told(intake)), told(intake)
        assert figures_of(intake) == {}
    else:
        assert figures_of(intake) == read((MANURE, 88.6))
        assert sum(intake.cells.values()) == 10


NOW = dt.datetime(2026, 11, 23, 18, 0, tzinfo=dt.UTC)  # 2:00 on the 24th in China


class _Alike(type):
    """A stand-in of a class is that class, and its instances are the class's own."""

    def __instancecheck__(cls, one):
        return isinstance(one, cls.__mro__[1])


class _Moment(dt.datetime, metaclass=_Alike):
    @classmethod
    def now(cls, tz=None):
        return NOW.astimezone(tz) if tz else NOW.replace(tzinfo=None)

    @classmethod
    def today(cls):
        return cls.now()


class _Day(dt.date, metaclass=_Alike):
    @classmethod
    def today(cls):
        return dt.date(2026, 11, 23)


@pytest.fixture
def evening_before(monkeypatch):
    """Let the machine's clock stand in UTC on the evening before a morning in China."""
    for part in pkgutil.walk_packages(planbook.__path__, "planbook."):
        if part.name.startswith(("planbook.cli.main", "planbook.intake")):
            importlib.import_module(part.name)
    clock = types.SimpleNamespace(**{**vars(dt), "datetime": _Moment, "date": _Day})
    for name, module in list(sys.modules.items()):
        if name.startswith("planbook") and getattr(module, "dt", None) is dt:
            monkeypatch.setattr(module, "dt", clock)


@pytest.mark.parametrize(
    ("published", "right"), [("2026-11-23", 0), ("2026-11-24", 0), ("2026-11-26", 1)]
)
def test_what_came_out_today_in_china_is_not_in_the_future(
    evening_before, command, tmp_path, published, right
):
    """A07: the machine's clock is in UTC, where it is still the day before."""
    text = (FOLDER / "A07_published_today_in_china/input_template.csv").read_text(encoding="utf-8")
    assert text.count("TODAY") == 1
    path = tmp_path / "a.csv"
    path.write_text(text.replace("TODAY", published), encoding="utf-8")
    code, out, err = command("import", path, "--dry-run")
    assert code == right, out + err


@pytest.mark.parametrize("mark", ["同上一行", "同上", "〃", "″", "ditto", "Ditto", "同前", "同 上"])
def test_a_ditto_is_no_source(prepared, tmp_path, mark):
    """A09: it stands for the source above, or for none; it is never a title of its own."""
    rows = ((MANURE[0], 2025, 88.6, "%", SOURCE), (FERTILISER[0], 2025, 41.2, "%", mark))
    intake = prepared(write_csv(tmp_path / "a.csv", long(*rows)))
    titles = [entry["title"]["zh"] for entry in intake.sources.values()]
    assert set(titles) <= {SOURCE}
    if told(intake):
        assert figures_of(intake).items() <= read((MANURE, 88.6)).items()
    else:
        assert figures_of(intake) == read((MANURE, 88.6), (FERTILISER, 41.2))
        assert len({change.figure.source for change in intake.changes}) == 1


def test_the_given_ditto_is_no_source(prepared):
    intake = prepared(FOLDER / "A09_ditto_becomes_source/a11_ditto_source.csv")
    assert {entry["title"]["zh"] for entry in intake.sources.values()} <= {SOURCE}


def test_a_form_returned_without_its_column_of_places_stops(prepared):
    """S18: 盘州市 filled in its row and deleted the columns at the right."""
    intake = prepared(FOLDER / "S18_template_place_column_deleted/filled_by_panzhou.xlsx")
    assert told(intake)
    assert (MANURE[1], CITY, 2025) not in figures_of(intake)


NAMES = {CITY: (CITY, "六盘水市"), "panzhou": ("panzhou", "盘州市")}


@pytest.fixture
def form(command, tmp_path):
    """Have a template written, fill it in, change it; give the path."""

    def make(fill=None, change=None, *options):
        path = tmp_path / "form.xlsx"
        asked = ("--department", "agriculture_rural", "--year", "2025", "--output", path)
        assert command("template", *asked, *options)[0] == 0
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        head = {str(cell.value).split("\n")[-1]: cell.column for cell in page[1]}
        for (indicator, place), value in (fill or {}).items():
            row = next(
                row
                for row in range(2, page.max_row + 1)
                if page.cell(row, head["indicator"]).value == indicator
                and any(name in str(page.cell(row, head["entity"]).value) for name in NAMES[place])
            )
            page.cell(row, head["value"]).value = value
            page.cell(row, head["source"]).value = SOURCE
        if change:
            change(page, head)
        book.save(path)
        return path

    return make


FILLED = {(MANURE[1], "panzhou"): 88.6}


def test_a_form_filled_in_for_a_county_is_the_countys(form, prepared):
    assert outcome(prepared(form(FILLED, None, "--counties"))) == read((MANURE, 88.6, "panzhou"))


def test_a_form_filled_in_for_the_city_is_the_citys(form, prepared):
    whole = {(MANURE[1], CITY): 88.6}
    assert outcome(prepared(form(whole))) == read((MANURE, 88.6))
    assert outcome(prepared(form(whole, None, "--counties"))) == read((MANURE, 88.6))


@pytest.mark.parametrize("counties", [True, False])
def test_a_form_whose_places_are_gone_never_means_the_city(form, prepared, counties):
    place = "panzhou" if counties else CITY
    options = ["--counties"] if counties else []

    def delete(page, head):
        page.delete_cols(head["entity"])

    def blank(page, head):
        for row in range(2, page.max_row + 1):
            page.cell(row, head["entity"]).value = None

    def behead(page, head):
        page.cell(1, head["entity"]).value = None

    for change in (delete, blank, behead):
        intake = prepared(form({(MANURE[1], place): 88.6}, change, *options))
        assert outcome(intake) == STOPPED, change.__name__
        if counties:
            assert (MANURE[1], CITY, 2025) not in figures_of(intake), change.__name__


def test_the_place_stands_where_one_types(form):
    """In the columns that stay in sight, by its name, so that no two rows look alike."""
    page = openpyxl.load_workbook(form(None, None, "--counties")).worksheets[0]
    frozen = coordinate_from_string(page.freeze_panes)[0]
    last = column_index_from_string(frozen) - 1
    rows = [
        tuple(page.cell(row, column).value for column in range(1, last + 1))
        for row in range(2, page.max_row + 1)
    ]
    assert any("盘州市" in map(str, row) or "panzhou" in map(str, row) for row in rows)
    shown = [row for row in rows if any(row)]
    assert len(set(shown)) == len(shown)


def test_a_form_sent_back_blank_does_not_pass_for_done(form, command, tmp_path):
    for options in ((), ("--counties",)):
        code, out, err = command("import", form(None, None, *options), "--dry-run")
        assert code == 1, out + err


@pytest.mark.parametrize(
    "sheets",
    [
        [long()],
        [long((WASTE[0], 2025, None, "万吨", SOURCE))],
        [long((WASTE[0], 2025, "—", "万吨", SOURCE))],
        [waste(name="一"), long(name="二")],
        [waste(name="一"), long((FERTILISER[0], 2025, None, "%", SOURCE), name="二")],
    ],
)
def test_a_sheet_without_a_figure_says_so(command, prepared, tmp_path, sheets):
    path = write_xlsx(tmp_path / "a.xlsx", *sheets)
    code, out, err = command("import", path, "--dry-run")
    assert code == 1, out + err
    assert told(prepared(path))
    if len(sheets) == 1:
        assert command("import", write_csv(tmp_path / "a.csv", sheets[0]), "--dry-run")[0] == 1


def test_a_file_without_a_figure_beside_a_sound_one_says_so(command, tmp_path):
    write_csv(tmp_path / "a.csv", waste())
    write_csv(tmp_path / "b.csv", long())
    code, out, _ = command("import", tmp_path / "a.csv", tmp_path / "b.csv", "--dry-run")
    assert code == 1
    assert "b.csv" in out


FOLDER_CAME = FOLDER / "S22_files_in_folder_skipped" / "来件"


def test_every_file_of_a_folder_is_read_or_named(command, prepared, tmp_path):
    """S22: a workbook in a folder below, a WPS table, a .tsv, a half-saved workbook."""
    folder = shutil.copytree(FOLDER_CAME, tmp_path / "来件")
    (folder / "通知.docx").write_bytes(b"PK")
    (folder / "数据.zip").write_bytes(b"PK")
    (folder / "~$市农业农村局.xlsx").write_bytes(b"lock")
    (folder / ".DS_Store").write_bytes(b"\x00")
    intake = prepared(folder)
    assert told(intake)
    lines = " ".join(told(intake))
    read_from = {change.figure.entry.file for change in intake.changes}
    for name in (
        "固废.xlsx",
        "市统计局.et",
        "市能源局.tsv",
        "市水务局.XLSX.tmp",
        "通知.docx",
        "数据.zip",
    ):
        assert name in lines or any(name in file for file in read_from), name
    assert "DS_Store" not in lines and "~$" not in lines
    right = read((MANURE, 88.6), RIGHT)
    assert read((MANURE, 88.6)).items() <= figures_of(intake).items() <= right.items()
    code, out, _ = command("import", folder, "--yes")
    assert code == 1
    assert "市统计局.et" in out


def test_a_folder_in_which_all_is_read_is_not_stopped(prepared, tmp_path):
    write_csv(tmp_path / "a.csv", waste())
    write_xlsx(tmp_path / "b.xlsx", manure())
    (tmp_path / "~$b.xlsx").write_bytes(b"lock")
    (tmp_path / "Thumbs.db").write_bytes(b"\x00")
    assert outcome(prepared(tmp_path)) == read((MANURE, 88.6), RIGHT)


def test_a_folder_of_folders_is_not_empty(prepared, tmp_path):
    inner = tmp_path / "来件" / "市生态环境局"
    inner.mkdir(parents=True)
    write_csv(inner / "固废.csv", waste())
    try:
        intake = prepared(tmp_path / "来件")
    except IntakeError as refused:
        assert "固废.csv" in str(refused) or "市生态环境局" in str(refused)
        return
    assert outcome(intake) in (STOPPED, read(RIGHT))
    assert figures_of(intake) or "固废.csv" in " ".join(told(intake))


def test_a_strict_workbook_is_told_how_to_save_anew(prepared):
    """A11: it is not empty."""
    intake = prepared(FOLDER / "A11_strict_open_xml/input.xlsx")
    if told(intake):
        assert "strict" in " ".join(told(intake)).lower()
        assert any("xlsx" in fault.remedy("en") for fault in intake.faults)


@pytest.mark.parametrize("name", ["x03_font_family_34", "x06_no_styles_font_rgb"])
def test_an_odd_style_sheet_is_not_called_damaged(prepared, name):
    """A12: other programs write them, and Excel opens them without a word."""
    intake = prepared(FOLDER / f"A12_style_sheet_oddities/{name}.xlsx")
    if told(intake):
        assert "style" in " ".join(told(intake)).lower()
        assert not any(fault.rule == "broken_workbook" for fault in intake.faults)
