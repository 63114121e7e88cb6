"""Exports: everything is there, and each format gives back what went in."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3

import frictionless
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planbook.cli.main import main
from planbook.data.city import load
from planbook.data.paths import ROOT_VARIABLE, Paths
from planbook.data.vintages import known_from
from planbook.exports import contents as frames
from planbook.exports import formats
from planbook.exports import table_schemas as tables
from planbook.exports.schema import Field, Schema
from planbook.files.spreadsheets import safe
from planbook.text import day_text

SCHEMAS = {one.name: one for one in tables.ALL}
HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "＝1",
    "<script>alert(1)</script>",
]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.fixture(scope="module")
def small(lay_out, tmp_path_factory) -> Paths:
    return lay_out(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def gathered(small):
    return frames.gather(load("smallville", small), as_of=2024, horizon=2030)


@pytest.fixture
def export(small, tmp_path, monkeypatch, capsys):
    """Run ``planbook export`` for Smallville; give exit code, folder and errors."""
    monkeypatch.setenv(ROOT_VARIABLE, str(small.root))

    def export_(*options, folder="out"):
        path = tmp_path / folder
        code = main(["export", "--city", "smallville", "--output", str(path), *options])
        return code, path, capsys.readouterr().err

    return export_


# ---- what it holds


def test_every_table_has_the_columns_and_types_of_its_schema(gathered):
    assert list(gathered) == [one.name for one in tables.ALL]
    for name, frame in gathered.items():
        assert list(frame) == SCHEMAS[name].names
        for field in SCHEMAS[name].fields:
            assert str(frame[field.name].dtype) == {"string": "str", "integer": "Int64", "number": "float64", "boolean": "boolean"}[field.kind]  # fmt: skip
            assert not (frame[field.name] == "").any()
            if field.required:
                assert frame[field.name].notna().all(), (name, field.name)
            if field.enum:
                assert set(frame[field.name].dropna()) <= set(field.enum), (name, field.name)


def test_the_figures_are_those_of_the_project(gathered, small):
    project = load("smallville", small)
    names = [field.name for field in tables.OBSERVED]
    out = pd.concat([gathered[name][names] for name in ("observations", "context", "modelled")])
    key = ["indicator", "entity", "year", "published"]
    known = project.observations
    known = known[known_from(known) <= "2024-12-31"][names].replace("", None)
    left = out.sort_values(key).reset_index(drop=True)
    right = known.sort_values(key).reset_index(drop=True)
    pd.testing.assert_frame_equal(left, right.astype(left.dtypes))


def test_city_context_and_estimates_never_share_a_table(gathered):
    assert set(gathered["observations"]["entity"]) <= {"smallville", "east"}
    assert set(gathered["context"]["entity"]) == {"guizhou", "china"}
    assert set(gathered["modelled"]["status"]) == {"modelled"}
    assert "modelled" not in {*gathered["observations"]["status"], *gathered["context"]["status"]}
    assert set(gathered["forecasts"]["status"]) == {"forecast"}
    assert set(gathered["forecasts"]["entity"]) == {"smallville"}


def test_a_revised_figure_stands_beside_the_one_that_counts(small):
    at = {
        year: frames.gather(load("smallville", small), as_of=year, horizon=2030)["observations"]
        for year in (2022, 2024)
    }
    assert at[2022]["known_from"].max() <= "2022-12-31" < at[2024]["known_from"].max()
    for frame in at.values():
        rows = frame[frame["counts"]]
        assert not rows.duplicated(["indicator", "entity", "year"]).any()
        assert set(map(tuple, frame[["indicator", "entity", "year"]].to_numpy())) == set(map(tuple, rows[["indicator", "entity", "year"]].to_numpy()))  # fmt: skip


def test_states_and_forecasts_are_those_of_the_commands(gathered, small, monkeypatch, capsys):
    monkeypatch.setenv(ROOT_VARIABLE, str(small.root))
    assert main(["status", "--city", "smallville", "--format", "json"]) == 0
    status = gathered["status"].set_index("target_id")
    for row in json.loads(capsys.readouterr().out):
        own = status.loc[row["target_id"]]
        assert own["verdict"] == row["verdict"]
        for name in ("latest", "target", "probability", "forecast", "lo95"):
            assert (row[name] is None) == pd.isna(own[name]), name
            assert row[name] is None or own[name] == row[name], name
    assert (status.loc["nox_cut_2025", "verdict_en"], status.loc["nox_cut_2025", "verdict_zh"]) == ("on course", "进度正常")  # fmt: skip
    ahead = gathered["forecasts"]
    assert (ahead["year"] > ahead["fitted_last"]).all()
    assert (ahead["lo95"] <= ahead["median"]).all() and (ahead["median"] <= ahead["hi95"]).all()


def test_what_is_unknown_of_a_project_says_by_when_it_was_not_found(lay_out, tmp_path):
    paths = lay_out(tmp_path / "project")
    path = paths.city("smallville") / "plan" / "projects.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row |= {"status": "unknown", "status_date": "", "source": ""}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    project = load("smallville", paths)
    found = frames.gather(project, as_of=2024, horizon=2030)["projects"]
    assert set(found["status_en"]) == {f"not found by {day_text(project.searched, 'en')}"}
    assert set(found["status_zh"]) == {f"截至{day_text(project.searched, 'zh')}未检索到"}


def test_metadata_say_what_it_is_and_follow_the_data(small, gathered, project):
    about = gathered["metadata"].set_index("key")
    assert about.loc["as_of", "value_en"] == "2024"
    assert about.loc["name", "value_zh"] == "小城市"
    assert len(about.loc["data_sha256", "value_en"]) == 64
    same = frames.data_digest(project, "smallville", ("guizhou", "china"))
    assert same == about.loc["data_sha256", "value_en"]
    path = project.city("smallville") / "observations" / "air.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert frames.data_digest(project, "smallville", ("guizhou", "china")) != same


# ---- each format gives back what went in


def as_written(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a frame with its texts as a spreadsheet may safely hold them."""
    text = [name for name in frame if str(frame[name].dtype) == "str"]
    return frame.assign(
        **{name: frame[name].map(safe, na_action="ignore").astype("str") for name in text}
    )


def test_csv_is_read_back(gathered):
    for name, frame in gathered.items():
        raw = formats.to_csv(frame)
        back = pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False, na_values=[""])
        for field in SCHEMAS[name].fields:
            if field.kind == "boolean":
                back[field.name] = back[field.name].map({"True": True, "False": False})
            elif field.kind == "integer":
                back[field.name] = pd.array([None if pd.isna(x) else int(x) for x in back[field.name]], dtype="Int64")  # fmt: skip
        pd.testing.assert_frame_equal(SCHEMAS[name].typed(back), as_written(frame))


def from_sheet(sheet, schema: Schema) -> pd.DataFrame:
    head, *rows = sheet.values
    assert [one.split("\n")[-1] for one in head] == schema.names
    return schema.typed(pd.DataFrame(rows, columns=schema.names, dtype=object))


def test_xlsx_is_read_back_and_numbers_are_numbers(gathered):
    book = openpyxl.load_workbook(io.BytesIO(formats.to_xlsx(gathered, SCHEMAS)))
    assert book.sheetnames == list(gathered)
    for name, frame in gathered.items():
        pd.testing.assert_frame_equal(from_sheet(book[name], SCHEMAS[name]), as_written(frame))
        kinds = {cell.data_type for row in book[name].iter_rows() for cell in row}
        assert kinds <= {"s", "n", "b"}
    assert book["observations"]["D1"].value == "Value\n数值\nvalue"
    assert book["observations"]["D2"].data_type == "n"


def test_parquet_is_read_back_with_titles_and_units(gathered):
    for name, frame in gathered.items():
        table = pq.read_table(io.BytesIO(formats.to_parquet(frame, SCHEMAS[name])))
        back = pd.DataFrame({one: table[one].to_pylist() for one in table.column_names}, dtype=object)  # fmt: skip
        pd.testing.assert_frame_equal(SCHEMAS[name].typed(back), frame)
    about = pq.read_schema(io.BytesIO(formats.to_parquet(gathered["targets"], SCHEMAS["targets"])))
    assert about.metadata[b"title_en"] == b"Targets of the plan"
    assert about.field("value").metadata[b"unit"] == b"unit"
    assert str(about.field("value").type) == "double"
    assert str(about.field("deadline").type) == "int64"


def opened(raw: bytes) -> sqlite3.Connection:
    base = sqlite3.connect(":memory:")
    base.deserialize(raw)
    return base


def test_sqlite_is_read_back_and_its_keys_hold(gathered):
    base = opened(formats.to_sqlite(gathered, SCHEMAS))
    assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    links = base.execute("SELECT * FROM pragma_foreign_key_list('observations')").fetchall()
    assert {row[2] for row in links} == {"catalogue", "places", "sources"}
    for name, frame in gathered.items():
        rows = base.execute(f'SELECT * FROM "{name}"').fetchall()
        back = pd.DataFrame(rows, columns=SCHEMAS[name].names, dtype=object)
        for field in SCHEMAS[name].fields:
            if field.kind == "boolean":
                back[field.name] = [None if one is None else bool(one) for one in back[field.name]]
        pd.testing.assert_frame_equal(SCHEMAS[name].typed(back), frame)


def test_a_broken_reference_stops_the_database(gathered):
    broken = {**gathered, "targets": gathered["targets"].assign(indicator="nothing_such")}
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        formats.to_sqlite(broken, SCHEMAS)


ONE = Schema("units", (Field("note"), Field("value", "number"), Field("size", "integer")))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(TEXT, st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**53), 2**53)), min_size=1, max_size=4))  # fmt: skip
def test_any_text_and_number_comes_back(rows):
    frame = ONE.typed(pd.DataFrame(rows, columns=ONE.names, dtype=object))
    table = pq.read_table(io.BytesIO(_parquet(frame)))
    back = pd.DataFrame({name: table[name].to_pylist() for name in ONE.names}, dtype=object)
    pd.testing.assert_frame_equal(ONE.typed(back), frame)
    found = opened(_sqlite(frame)).execute("SELECT * FROM units").fetchall()
    pd.testing.assert_frame_equal(ONE.typed(pd.DataFrame(found, columns=ONE.names, dtype=object)), frame)  # fmt: skip
    text = formats.to_csv(frame).decode("utf-8-sig")
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    assert head == ONE.names
    for line, row in zip(lines, frame.itertuples(index=False), strict=True):
        assert line[0] == ("" if pd.isna(row.note) else safe(row.note))
        assert (float(line[1]), int(line[2])) == (row.value, row.size)


def _parquet(frame):
    return formats.to_parquet(frame, ONE)


def _sqlite(frame):
    return formats.to_sqlite({"units": frame}, {"units": ONE})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless_in_spreadsheets_and_whole_elsewhere(text):
    frame = ONE.typed(pd.DataFrame([[text, -1.5, -2]], columns=ONE.names, dtype=object))
    (line,) = list(csv.reader(io.StringIO(formats.to_csv(frame).decode("utf-8-sig"))))[1:]
    assert not line[0].startswith(("=", "+", "-", "@", "\t", "＝"))
    assert line[1:] == ["-1.5", "-2"]
    sheet = openpyxl.load_workbook(io.BytesIO(formats.to_xlsx({"units": frame}, {"units": ONE})))[
        "units"
    ]
    assert (sheet["A2"].data_type, sheet["B2"].value, sheet["C2"].value) == ("s", -1.5, -2)
    assert not str(sheet["A2"].value).startswith(("=", "+", "-", "@", "\t", "＝"))
    assert sheet["A2"].hyperlink is None
    assert opened(_sqlite(frame)).execute("SELECT note FROM units").fetchone() == (text,)


# ---- the command


def test_an_export_describes_itself_and_other_programs_read_it(export):
    code, folder, err = export()
    assert (code, err) == (0, "")
    about = json.loads((folder / "datapackage.json").read_bytes())
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    inner = json.loads((folder / "data" / "datapackage.json").read_bytes())
    listed = {one["path"] for one in about["resources"]} | {"datapackage.json"}
    assert listed | {f"data/{one['path']}" for one in inner["resources"]} == files
    assert {"smallville.xlsx", "smallville.sqlite", "sources-en.bib", "sources-zh.csl.json", "csv/targets.csv", "parquet/status.parquet", "data/datapackage.json", "data/cities/smallville/plan/measures.yml"} <= files  # fmt: skip
    for one in about["resources"]:
        raw = (folder / one["path"]).read_bytes()
        assert (one["bytes"], one["hash"]) == (len(raw), f"sha256:{hashlib.sha256(raw).hexdigest()}")  # fmt: skip
    for path in (folder / "datapackage.json", folder / "data" / "datapackage.json"):
        report = frictionless.Package(str(path)).validate()
        assert [error.message for task in report.tasks for error in task.errors] == [], path


def test_the_same_data_give_the_same_bytes_whenever(export, monkeypatch):
    import time

    chosen = ("--format", "csv,xlsx,parquet,sqlite,bibtex,csl")
    first = {path.name: path.read_bytes() for path in export(*chosen)[1].rglob("*.*") if path.is_file()}  # fmt: skip
    real = time.time()
    monkeypatch.setattr(time, "time", lambda: real + 86_400)
    second = {path.name: path.read_bytes() for path in export(*chosen, folder="again")[1].rglob("*.*") if path.is_file()}  # fmt: skip
    assert first == second
    assert len(first) > 40


def test_an_earlier_export_is_replaced_and_nothing_else(export, tmp_path):
    assert export("--format", "bibtex")[0] == 0
    code, folder, _ = export("--format", "csl")
    assert code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["datapackage.json", "sources-en.csl.json", "sources-zh.csl.json"]  # fmt: skip
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    code, folder, err = export("--format", "csl", folder="mine")
    assert code == 1
    assert "the folder holds something else than an earlier export; give a new one" in err
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]
    code, _, err = export("--format", "csl", folder="no/such/folder")
    assert (code, "its folder does not exist" in err) == (1, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "out"]


def test_a_failure_leaves_the_earlier_export_whole(export, monkeypatch):
    _, folder, _ = export("--format", "bibtex")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    code, _, told = export("--format", "csl")
    assert code == 1 and "no space left on device" in told
    assert len(told.splitlines()) == 1
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_an_unknown_format_is_told(export, capsys):
    with pytest.raises(SystemExit) as caught:
        export("--format", "csv,pdf")
    assert caught.value.code == 2
    assert "'csv,pdf': give some of csv, xlsx, parquet, sqlite" in capsys.readouterr().err
