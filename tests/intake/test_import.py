"""Import, preview, records and undo, through the command as an analyst uses it."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import sys

import openpyxl
import pytest

from planbook.data.city import load
from planbook.data.observations import known_in
from planbook.exports import descriptor
from planbook.intake import import_records as records
from planbook.intake.meaning.entries import PROBLEMS
from planbook.intake.undo import undo

from .conftest import everything

LONG = "指标,年份,数值,单位,发布日期,来源\n畜禽粪污资源化综合利用率,2024,81.2,%,2025-03,bureau\n"
REVISED = "indicator,year,value,unit,published,source\nmanure_utilisation_rate,2023,80.9,%,2025-03,bureau\n"


def figures(paths, year):
    found = load("smallville", paths).observations
    return found[(found["entity"] == "smallville") & (found["year"] == year)]


def test_a_dry_run_shows_and_writes_nothing(take, csv, city):
    before = everything(city)
    code, out, err = take(csv(LONG), "--dry-run")
    assert (code, err) == (0, "")
    assert "Livestock manure utilisation rate" in out
    assert "new: 1; revised: 0; unchanged: 0; refused: 0" in out
    assert "this was a dry run" in out
    assert everything(city) == before


def test_without_a_terminal_it_refuses(take, csv, city):
    before = everything(city)
    code, _, err = take(csv(LONG))
    assert code == 1
    assert "there is no terminal to ask at; add --yes" in err
    assert everything(city) == before


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("是", 0), ("", 1), ("n", 1)])
def test_at_a_terminal_it_asks(take, csv, city, monkeypatch, answer, code):
    asked = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda text: asked.append(text) or answer)
    before = everything(city)
    assert take(csv(LONG))[0] == code
    assert asked == ["Write 1 figures? [y/N] "]
    assert (everything(city) == before) == (code == 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_tables_of_every_usual_encoding(take, csv, small, encoding):
    assert take(csv(LONG, encoding=encoding), "--yes")[0] == 0
    assert figures(small, 2024)["value"].tolist() == [81.2]


def test_only_one_line_is_added_and_beside_its_series(take, csv, city):
    before = (city / "observations/agriculture.csv").read_text(encoding="utf-8").splitlines()
    take(csv(LONG), "--yes")
    after = (city / "observations/agriculture.csv").read_text(encoding="utf-8").splitlines()
    added = "manure_utilisation_rate,smallville,2024,81.2,%,provisional,2025-03,bureau,,,,"
    assert after == [*before[:9], added, *before[9:]]
    assert before[8].startswith("manure_utilisation_rate,smallville,2023")


def test_years_as_columns_with_a_unit_above_the_table(take, csv, small):
    wide = "农用塑料薄膜,,,,\n单位：万吨,,,,\n指标,来源,2022年,2023年,2024年\nmulch_film_use,bureau,0.28,0.29,0.3\n"
    code, out, _ = take(csv(wide), "--yes")
    assert code == 0, out
    found = load("smallville", small).observations
    film = found[(found["indicator"] == "mulch_film_use") & (found["entity"] == "smallville")]
    assert film[["year", "value", "unit"]].values.tolist() == [
        [2022, 2.8, "kt"],
        [2023, 2.9, "kt"],
        [2024, 3.0, "kt"],
    ]


def test_units_in_the_heading_of_a_column(take, csv, small):
    text = 'indicator,source,2024 (吨)\nmulch_film_use,bureau,"2,825"\n'
    assert take(csv(text), "--yes")[0] == 0
    assert figures(small, 2024)["value"].tolist() == [2.825]


def test_several_files_and_a_folder_are_one_import(take, tmp_path, small):
    folder = tmp_path / "from departments"
    folder.mkdir()
    (folder / "a.csv").write_text(LONG, encoding="gbk")
    book = openpyxl.Workbook()
    book.active.append(["indicator", "year", "value", "unit", "source"])
    book.active.append(["fertiliser_utilisation_rate", 2024, 42, "%", "bureau"])
    book.save(folder / "b.xlsx")
    (folder / "~$b.xlsx").write_bytes(b"lock of a spreadsheet program")
    (folder / "notes.txt").write_text("not a table", encoding="utf-8")
    code, out, err = take(folder, "--yes")
    assert code == 1
    assert "not understood [" in out
    assert "notes.txt: the file was not read" in out
    assert "~$b" not in out
    assert "not understood: 1" in err
    assert take(folder, "--yes", "--accept-unread")[0] == 0
    assert sorted(figures(small, 2024)["indicator"]) == [
        "fertiliser_utilisation_rate",
        "manure_utilisation_rate",
    ]


def test_one_mistake_stops_everything_and_every_mistake_is_told(take, csv, city):
    before = everything(city)
    good = csv(LONG, "good.csv")
    bad = csv(
        "indicator,year,value,unit,source\nmanure_utilisation_rate,2024,8l,%,bureau\nnothing_such,20x4,1,t,\n",
        "bad.csv",
    )
    code, out, err = take(good, bad, "--yes", "--accept-warnings")
    assert code == 1
    for place in ("bad.csv C2", "bad.csv A3", "bad.csv B3"):
        assert f"error: {place}" in out
    assert "nothing was written: errors" in err
    assert everything(city) == before


def test_a_revision_keeps_the_earlier_figure(take, csv, small):
    code, out, _ = take(csv(REVISED), "--yes")
    assert code == 0
    assert "revised" in out and "80.4" in out
    both = figures(small, 2023)
    both = both[both["indicator"] == "manure_utilisation_rate"]
    assert both[["value", "status", "published"]].values.tolist() == [
        [80.4, "final", "2024-06-01"],
        [80.9, "revised", "2025-03"],
    ]
    known = known_in(both, 2024)["value"].tolist(), known_in(both, 2025)["value"].tolist()
    assert known == ([80.4], [80.9])


def test_the_same_figure_again_is_unchanged_whatever_its_unit(take, csv, city):
    before = everything(city)
    text = "indicator,year,value,unit,source\nnox_key_project_cut,2023,0.003,万吨,bureau\nmanure_utilisation_rate,2023,80.40,％,bureau\n"
    code, out, _ = take(csv(text), "--yes")
    assert code == 0
    assert "unchanged: 2" in out
    assert everything(city) == before


def test_warnings_need_to_be_accepted(take, csv, city, small):
    text = LONG.replace("81.2", "60")
    before = everything(city)
    code, out, err = take(csv(text), "--yes")
    assert code == 1
    assert "warning: new.csv C2" in out and "modified z-score" in out
    assert "add --accept-warnings" in err
    assert everything(city) == before
    assert take(csv(text), "--yes", "--accept-warnings")[0] == 0
    record = json.loads(next((city / "imports").glob("*.json")).read_text(encoding="utf-8"))
    assert record["accepted_warnings"][0]["rule"] == "jump"


def test_a_source_for_all_figures_that_name_none(take, csv, small):
    text = "indicator,year,value,unit\nmanure_utilisation_rate,2024,81.2,%\n"
    assert take(csv(text), "--yes")[0] == 1
    assert take(csv(text), "--yes", "--source", "bureau")[0] == 0
    assert figures(small, 2024)["source"].tolist() == ["bureau"]
    code, _, err = take(csv(text), "--yes", "--source", "nobody")
    assert code == 1
    assert "--source nobody: the city smallville has no such source" in err


def test_messages_in_chinese(run, csv):
    code, out, err = run("import", "--lang", "zh", csv(LONG.replace("81.2", "8l.2")), "--yes")
    assert code == 1
    assert "错误：new.csv C2：“8l.2”：" in out
    assert "未写入任何数据" in err


def test_json_has_everything(take, csv):
    code, out, _ = take(
        csv(LONG + "nothing_such,2024,1,t,,bureau\n"), "--dry-run", "--format", "json"
    )
    told = json.loads(out)
    assert code == 1
    assert told["counts"] == {"new": 1, "revised": 0, "unchanged": 0, "refused": 1,
                              "questions": 0, "unread": 0, "warnings": 0}  # fmt: skip
    cells = sum(len(line.split(",")) - line.split(",").count("") for line in
                (LONG + "nothing_such,2024,1,t,,bureau").strip().split("\n"))  # fmt: skip
    assert told["cells"] == {
        "figures": 2,
        "read_with": cells - 2,
        "decoration": 0,
        "not_understood": 0,
    }
    assert told["figures"][0] | {} == {
        "action": "new", "indicator": "manure_utilisation_rate", "entity": "smallville", "year": 2024,
        "before": None, "after": 81.2, "unit": "%", "qualifier": "", "status": "provisional",
        "published": "2025-03", "source": "bureau", "file": "new.csv", "sheet": "", "cell": "C2",
        "given": "81.2", "given_unit": "%",
    }  # fmt: skip
    fault = told["faults"][0]
    assert (fault["level"], fault["file"], fault["cell"], fault["value"], fault["rule"]) == (
        "error",
        "new.csv",
        "A3",
        "nothing_such",
        "indicator_unknown",
    )
    assert fault["message"] and fault["remedy"]


def test_the_annotated_copy_marks_the_cells(take, csv, tmp_path):
    out = tmp_path / "marked.xlsx"
    path = csv(LONG.replace("81.2", "=1+1").replace("bureau", "@x"))
    code, _, _ = take(path, "--dry-run", "--annotate", out)
    assert code == 1
    book = openpyxl.load_workbook(out)
    sheet = book["new.csv"]
    assert sheet["C2"].value == "'=1+1" and sheet["C2"].data_type == "s"
    assert "formula" in sheet["C2"].comment.text
    assert sheet["C2"].fill.fgColor.rgb == "00F8C9C4"
    assert sheet["A2"].comment is None
    listed = [[cell.value for cell in row] for row in book[PROBLEMS].iter_rows(min_row=2)]
    assert [(row[0], row[3]) for row in listed] == [("error", "C2"), ("error", "F2")]
    assert book[PROBLEMS]["D2"].hyperlink.location == "'new.csv'!C2"
    assert not any(cell.data_type == "f" for one in book for row in one.iter_rows() for cell in row)


def test_the_annotated_copy_never_replaces_what_is_imported(take, tmp_path):
    book = openpyxl.Workbook()
    path = tmp_path / "a.xlsx"
    book.save(path)
    raw = path.read_bytes()
    code, _, err = take(path, "--dry-run", "--annotate", path)
    assert code == 1 and "would replace a file" in err
    assert path.read_bytes() == raw


def test_the_corrected_annotated_copy_can_be_imported(take, csv, tmp_path, small):
    out = tmp_path / "marked.xlsx"
    take(csv(LONG.replace("81.2", "8l.2")), "--dry-run", "--annotate", out)
    book = openpyxl.load_workbook(out)
    book["new.csv"]["C2"] = 81.2
    book.save(out)
    code, printed, _ = take(out, "--yes")
    assert code == 0, printed
    assert figures(small, 2024)["value"].tolist() == [81.2]


def test_a_record_says_who_when_what_and_from_where(take, csv, city):
    path = csv(REVISED)
    take(path, "--yes", "--who", "Li")
    record = json.loads(next((city / "imports").glob("*.json")).read_text(encoding="utf-8"))
    assert record["who"] == "Li"
    assert record["read"] == [
        {
            "name": "new.csv",
            "bytes": len(REVISED),
            "sha256": hashlib.sha256(REVISED.encode()).hexdigest(),
        }
    ]
    row = record["rows"][0]
    assert row["before"]["value"] == 80.4 and row["row"]["value"] == "80.9"
    assert row["read_from"] == {
        "file": "new.csv",
        "sheet": "",
        "cell": "C2",
        "value": "80.9",
        "unit": "%",
    }


def test_undo_restores_every_byte(take, csv, city):
    before = everything(city)
    text = (
        LONG
        + "工业固体废物产生量,2024,120,万吨,2025-03,2024年环境公报\n"
        + "solar_capacity,2024,1.2,万千瓦,2025-03,2024年能源公报\n"
    )
    assert take(csv(text), "--yes")[0] == 0
    changed = everything(city)
    names = {name for name in changed if changed[name] != before.get(name)}
    record = next(name for name in names if name.startswith("imports/"))
    assert names == {
        "observations/agriculture.csv",
        "observations/waste.csv",
        "observations/energy.csv",
        "sources.yml",
        record,
    }
    code, out, _ = take("--undo")
    assert code == 0 and "3 figures" in out
    after = everything(city)
    after.pop(record)
    assert after == before
    code, out, _ = take("--list")
    assert "taken back" in out


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("last", [True, False])
def test_undo_restores_files_of_any_form(take, csv, city, ending, encoding, last):
    path = city / "observations/agriculture.csv"
    lines = path.read_text(encoding="utf-8").replace(",qualifier", "").splitlines()
    lines = [
        line.rpartition(",")[0] if number and not line.endswith("at_least") else line
        for number, line in enumerate(lines)
    ]
    lines = [line for line in lines if not line.endswith("at_least")]
    path.write_bytes((ending.join(lines) + (ending if last else "")).encode(encoding))
    before = everything(city)
    text = LONG.replace("81.2", "约81.2")  # needs the column that the file lacks
    assert take(csv(text), "--yes")[0] == 0
    raw = path.read_bytes()
    assert ("\r\n" in raw.decode(encoding)) == (ending == "\r\n")
    assert "81.2" in raw.decode(encoding) and "about" in raw.decode(encoding)
    assert take("--undo")[0] == 0
    after = {name: raw for name, raw in everything(city).items() if not name.startswith("imports/")}
    assert after == before


def test_undo_keeps_edits_elsewhere_and_refuses_touched_rows(take, csv, city):
    assert take(csv(LONG), "--yes")[0] == 0
    path = city / "observations/agriculture.csv"
    path.write_bytes(path.read_bytes().replace(b"table 2", b"table 3"))
    kept = everything(city)
    path.write_bytes(path.read_bytes().replace(b"2024,81.2", b"2024,81.3"))
    before = everything(city)
    code, _, err = take("--undo")
    assert code == 1 and "was edited since" in err
    assert everything(city) == before
    path.write_bytes(kept["observations/agriculture.csv"])
    assert take("--undo")[0] == 0
    assert b"81.2" not in path.read_bytes() and b"table 3" in path.read_bytes()


def test_names_of_imports_sort_as_they_came():
    """Within one second, and where the clock was put back."""
    when = dt.datetime(2026, 11, 25, 18, 0, 59, 7, tzinfo=dt.UTC)
    taken = ["20251231T235959Z-0123abcd", "by hand"]
    assert records.new_id(when, [], ["99991231T235959Z-0123abcd"]).startswith("20261125T180059Z")
    for number in range(20):
        taken.append(records.new_id(when, [{"name": f"{number}.csv"}], taken))
        assert records.path_of(taken[-1])
    assert taken[2][:16] == "20261125T180059Z" and taken[3][:16] == "20261125T180100Z"
    taken.append(records.new_id(when - dt.timedelta(days=400), [], taken))
    assert taken[2:] == sorted(taken[2:])


def test_undo_refuses_what_a_later_import_built_on(take, csv, city):
    take(csv(LONG), "--yes")
    first = next((city / "imports").glob("*.json")).stem
    take(csv(LONG.replace("81.2", "81.4").replace("2025-03", "2025-06")), "--yes")
    code, _, err = take("--undo", first)
    assert code == 1 and "changed manure_utilisation_rate of 2024, too" in err
    assert take("--undo")[0] == 0
    assert take("--undo")[0] == 0
    code, _, err = take("--undo")
    assert code == 1 and "no import to take back" in err
    code, _, err = take("--undo", first)
    assert code == 1 and "taken back on" in err
    assert take("--undo", "../../etc/passwd")[0] == 1


def test_undo_refuses_while_another_row_uses_the_source(take, csv, city):
    take(csv(LONG.replace("bureau", "2024年农业公报")), "--yes")
    first = next((city / "imports").glob("*.json")).stem
    text = "indicator,year,value,unit,source\nstraw_utilisation_rate,2024,88,%,agriculture_rural_2025\n"
    assert take(csv(text), "--yes")[0] == 0
    code, _, err = take("--undo", first)
    assert code == 1 and "rests on the source agriculture_rural_2025" in err


def test_nothing_is_written_if_a_file_changed_since_it_was_compared(small, csv, city, monkeypatch):
    from planbook.errors import PlanbookError
    from planbook.intake.import_run import prepare, write

    project = load("smallville", small)
    intake = prepare(project, [csv(LONG)])
    path = city / "observations/agriculture.csv"
    real = path.read_bytes()
    import planbook.intake.import_run as module

    def meddle(*arguments):
        path.write_bytes(real + b"pesticide_commercial_use,smallville,2020,5,t,final,,bureau,,,,\n")

    monkeypatch.setattr(module, "_check_result", meddle)
    with pytest.raises(PlanbookError, match="was changed while the import was prepared"):
        write(project, intake)
    assert not list((city / "imports").glob("*.json"))


def test_the_new_figure_passes_the_check_and_reaches_the_frame(take, run, csv, small):
    take(csv(LONG), "--yes")
    code, out, _ = run("check")
    assert code == 0 and "no fault found" in out
    assert undo(small.city("smallville"))["undone"]["when"]


def test_hostile_file_names_are_told_and_kept_harmless(take, tmp_path, city):
    path = tmp_path / "a\x1b[31m\u202eb.csv"
    path.write_text(LONG, encoding="utf-8")
    code, out, _ = take(path, "--yes")
    assert code == 0
    assert "\x1b" not in out and "\u202e" not in out
    record = next((city / "imports").glob("*.json")).read_text(encoding="utf-8")
    assert "\\\\u001b" in record and "\u202e" not in record


def test_list_as_json(take, csv):
    assert take("--list")[1].strip() == "no imports yet"
    take(csv(LONG), "--yes")
    found = json.loads(take("--list", "--format", "json")[1])
    assert [len(one["rows"]) for one in found] == [1]


def test_no_file_is_an_error(take, tmp_path):
    assert "no file is named" in take("--yes")[2]
    (tmp_path / "void").mkdir()
    assert "holds no workbook" in take(tmp_path / "void", "--yes")[2]
    code, out, _ = take(tmp_path / "gone.csv", "--yes")
    assert code == 1 and "there is no such file" in out


def test_reading_leaves_the_file_as_it_is(take, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["indicator", "year", "value", "unit", "source"])
    raw = io.BytesIO()
    book.save(raw)
    path = tmp_path / "a.xlsx"
    path.write_bytes(raw.getvalue())
    take(path, "--dry-run")
    assert path.read_bytes() == raw.getvalue()


NEW_FILE = (
    "indicator,year,value,unit,published,source\n"
    "surface_water_good_share,2024,91.2,%,2025-02,bureau\n"
)


def test_a_figure_that_brings_a_new_file_brings_its_description(small, take, csv):
    code, _, _ = take(csv(NEW_FILE), "--yes", "--accept-warnings")
    assert code == 0
    assert (small.city("smallville") / "observations/water.csv").is_file()
    descriptor.check(small)
    assert take("--undo")[0] == 0
    assert not (small.city("smallville") / "observations/water.csv").exists()
    descriptor.check(small)


def test_data_that_cannot_be_described_take_no_new_figures(small, take, csv, city):
    strange = small.data / "cities" / "otherville" / "plan" / "wishes.csv"
    strange.parent.mkdir(parents=True)
    about = (city / "city.yml").read_text(encoding="utf-8").replace("smallville", "otherville")
    (strange.parents[1] / "city.yml").write_text(about, encoding="utf-8")
    strange.write_text("wish\n", encoding="utf-8")
    before = everything(small.data)
    code, _, said = take(csv(NEW_FILE), "--yes", "--accept-warnings")
    assert code == 1
    assert "otherville/plan/wishes.csv" in said and "unknown table" in said
    assert everything(small.data) == before
