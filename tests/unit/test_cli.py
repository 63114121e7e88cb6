"""The command line: exit codes, JSON, the forecast's files."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from edits import edit

from planbook.analysis.forecast import forecast
from planbook.cli.main import commands, main
from planbook.data.paths import ROOT_VARIABLE
from planbook.text import messages

STATUS_KEYS = [
    "target_id", "section", "measure", "indicator", "shape", "operator", "target", "unit",
    "base_year", "deadline", "verdict", "rule", "latest_year", "latest", "gap",
    "forecast", "lo80", "hi80", "lo95", "hi95", "probability", "chance_reason", "lead",
    "indicator_unit", "start_year", "start", "start_kind", "elapsed_share", "due_share",
    "completion", "schedule_ratio", "pace_needed", "pace_seen", "rate_needed", "rate_seen",
    "headroom", "worst_year", "worst", "breaches", "bound_year", "bound", "bound_qualifier", "flip", "flip_value", "flip_year",
    "flip_verdict", "flip_beyond", "flip_exact", "history", "track_forecasts", "coverage80", "coverage95",
    "mae", "mae_naive", "brier_chances", "brier_happened", "brier", "brier_naive", "forecast_method", "trends",
    "figures", "measured", "methods", "disagreement", "reasons",
]  # fmt: skip
AMOUNT = [10.0, 11.2, 11.9, 13.1, 14.8, 15.2, 16.9]
SHARE = [91.0, 93.5, 95.0, 96.2, 97.5, 98.6]
HEAD = "series_id,t,value"
GOOD = HEAD + "\n" + "".join(f"a,{2015 + i},{value}\n" for i, value in enumerate(AMOUNT))


@pytest.fixture
def at_smallville(project, monkeypatch):
    """Let the commands work on the small project."""
    monkeypatch.setenv(ROOT_VARIABLE, str(project.root))
    return project


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run ``forecast`` in an empty folder; give exit code, outputs and what was printed."""
    monkeypatch.chdir(tmp_path)

    def run_(text, *more, targets=None):
        raw = text if isinstance(text, bytes) else text.encode("utf-8")
        (tmp_path / "in.csv").write_bytes(raw)
        options = ["--input", "in.csv", "--output", "out.csv", *more]
        if targets is not None:
            (tmp_path / "t.csv").write_text(targets, encoding="utf-8")
            options += ["--targets", "t.csv", "--probabilities", "p.csv"]
        code = main(["forecast", *options])
        printed = capsys.readouterr()
        assert printed.out == ""
        frames = {
            name: pd.read_csv(path) if (path := tmp_path / f"{name}.csv").exists() else None
            for name in ("out", "p")
        }
        return code, frames["out"], frames["p"], printed.err.splitlines()

    return run_


# ---- help, unknown commands, where it works


@pytest.mark.parametrize("command", ["build", "check", "status", "forecast"])
def test_help_names_its_options_and_succeeds(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    wanted = {
        "build": ["--city", "--lang", "--chapters", "--jobs", "--as-of", "--force", "--explain"],
        "check": ["--city", "--format"],
        "status": ["--city", "--as-of", "--format"],
        "forecast": ["--input", "--output", "--horizon", "--targets", "--probabilities", "--jobs"],
    }[command]
    assert [option for option in wanted if option not in text] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["paint"], "No such command 'paint'"),
        ([], "Missing command"),
        (["build", "--lang", "fr"], "'fr' is not one of 'en', 'zh', 'all'"),
        (["build", "--jobs", "0"], "'0': give a number from 1"),
        (["forecast", "--input", "in.csv"], "Missing option '--output'"),
        (["status", "--format", "xml"], "'xml' is not one of 'table', 'json'"),
    ],
)
def test_a_wrong_command_line_is_told_and_exits_with_2(arguments, told, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert told in capsys.readouterr().err


def params(command, *words):
    """Read a command line without running the command."""
    with commands.commands[command].make_context(command, list(words), obj={}) as context:
        return context.params


def test_some_options_take_several_words_or_none():
    words = (
        "--city",
        "a",
        "b",
        "--lang",
        "en",
        "--chapters",
        "05_energy",
        "--city",
        "c",
        "--force",
    )
    asked = params("build", *words)
    assert asked["city"] == ("a", "b", "c") and asked["chapters"] == ("05_energy",)
    assert asked["force"] and asked["lang"] == "en" and asked["jobs"] >= 1
    assert asked["as_of"] == 0 and asked["memory_limit"] is None
    assert params("build", "--as-of", "2024-06-30")["as_of"] == "2024-06-30"
    assert params("import", "a.xlsx", "b.csv")["undo"] is None
    assert params("import", "--undo")["undo"] == ""
    assert params("import", "--undo", "2026-01-a", "--who", "x")["undo"] == "2026-01-a"
    asked = params("import", "--answer", "k1", "a.xlsx", "--answer", "k2")
    assert (asked["answer"], [str(path) for path in asked["files"]]) == (("k1", "k2"), ["a.xlsx"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["import", "--yes", "--dry-run"], "--yes is not allowed with --dry-run"),
        (["template"], "one of these is required: --department, --all"),
        (["edition", "--list", "--keep", "a"], "--list is not allowed with --keep"),
    ],
)
def test_options_that_exclude_one_another_are_told(arguments, told, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert told in capsys.readouterr().err


def test_an_unknown_city_or_project_is_told_in_one_line(at_smallville, monkeypatch, capsys):
    assert main(["check", "--city", "atlantis"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith("data/cities: no city 'atlantis'; known: smallville; give one of these")
    monkeypatch.setenv(ROOT_VARIABLE, str(at_smallville.root / "book"))
    assert main(["check", "--city", "smallville"]) == 1
    assert (
        "the folder holds no data/catalog; point it to a planbook project"
        in capsys.readouterr().err
    )


# ---- check and status


def test_check_counts_what_it_has_read(at_smallville, capsys):
    assert main(["check", "--city", "smallville", "--format", "json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert counts["city"] == "smallville"
    assert (counts["targets"], counts["projects"], counts["figures_of_the_city"]) == (7, 1, 57)
    assert counts["figures"] > 34
    assert main(["check", "--city", "smallville"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "no fault found"


def test_check_tells_a_fault_and_fails(at_smallville, capsys):
    path = at_smallville.city("smallville") / "observations" / "air.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("48,ug", "48,mg"), encoding="utf-8")
    assert main(["check", "--city", "smallville"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("data/cities/smallville/observations/air.csv row 2: unit 'mg/m3'")


def test_check_lists_what_deserves_a_look_and_still_succeeds(at_smallville, capsys):
    path = at_smallville.city("smallville") / "observations" / "emissions.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("co2_intensity,smallville,2020", "co2_intensity,smallville,2018"), encoding="utf-8")  # fmt: skip
    assert main(["check", "--city", "smallville", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["errors"] == []
    (note,) = found["notes"]
    assert (note["file"], note["place"]) == ("data/cities/smallville/plan/targets.csv", "row 3")
    assert note["rule"].startswith("base year 2020 of 'co2_intensity_2025' has no figure")
    assert main(["check", "--city", "smallville"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[-2].startswith("note: data/cities/smallville/plan/targets.csv row 3: base year 2020")
    assert out[-1] == "no fault found; notes: 1"


def test_check_gives_contradictions_as_json_and_fails(at_smallville, capsys):
    edit(
        at_smallville.city("smallville") / "plan" / "targets.csv",
        "floor_each_year,>=,80",
        "floor_each_year,<=,80",
    )
    assert main(["check", "--city", "smallville", "--format", "json"]) == 1
    printed = capsys.readouterr()
    (error,) = json.loads(printed.out)["errors"]
    assert (error["file"], error["place"]) == ("data/cities/smallville/plan/targets.csv", "row 6")
    assert "operator '<=' of 'manure_2025' asks for less" in error["rule"]
    assert "operator '<='" in printed.err


def test_status_gives_one_object_a_target(at_smallville, capsys):
    assert main(["status", "--city", "smallville", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert all(list(row) == STATUS_KEYS for row in rows)
    found = {row["target_id"]: row for row in rows}
    assert list(found) == ["nox_cut_2025", "co2_intensity_2025", "steel_ule", "saving_retrofit", "manure_2025", "fertiliser_2023", "bulk_waste_2030"]  # fmt: skip

    nox = found["nox_cut_2025"]
    assert (nox["latest"], nox["latest_year"], nox["gap"]) == (90.0, 2023, 10.0)
    assert (nox["base_year"], nox["deadline"], nox["operator"], nox["target"]) == (2020, 2025, ">=", 100.0)  # fmt: skip
    assert found["co2_intensity_2025"]["latest"] == pytest.approx(-6.0)
    steel = found["steel_ule"]
    nothing = {key for key in STATUS_KEYS if steel[key] is None}
    assert {"base_year", "deadline", "latest", "gap", "forecast", "lo80", "probability", "pace_needed", "flip", "brier"} <= nothing  # fmt: skip
    assert {"latest", "forecast", "probability", "pace_needed", "flip", "brier"} <= set(steel["reasons"])  # fmt: skip
    assert (steel["lead"], steel["history"]["2024"]) == ("industry_it", "no_data")
    assert all(one["reason"] == "no_figure" for one in steel["methods"].values())
    # three years of five with 90 of 100: 1.5 times what is due; 40 in place of 30 reaches the target
    assert (nox["completion"], nox["elapsed_share"]) == (0.9, 0.6)
    assert nox["schedule_ratio"] == pytest.approx(1.5)
    assert (nox["pace_needed"], nox["pace_seen"]) == (5.0, 30.0)
    assert (nox["flip"], nox["flip_value"], nox["flip_verdict"], nox["flip_exact"]) == (10.0, 40.0, "met", True)  # fmt: skip
    assert nox["history"] == {"2021": "no_data", "2022": "on_course", "2023": "on_course", "2024": "on_course"}  # fmt: skip
    assert nox["methods"]["eurostat"]["reason"] == "shape_cumulative"
    assert nox["methods"]["schedule_linear"]["value"] == pytest.approx(1.5)
    known = messages()
    assert all(reason in known for row in rows for reason in row["reasons"].values())
    waste = found["bulk_waste_2030"]
    assert waste["verdict"] == "off_course"
    assert 0.05 < waste["probability"] < 0.33
    names = ("lo95", "lo80", "forecast", "hi80", "hi95")  # seven years ahead: a chance, no figure
    assert {waste[key] for key in names} == {None}
    assert {waste["reasons"][key] for key in names} == {"withheld_far"}
    assert waste["forecast_method"] == "pooled"


def test_status_shows_a_forecast_that_is_near_enough(at_smallville, capsys):
    path = at_smallville.city("smallville") / "plan" / "targets.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(bulk_waste_2030,.*),2030,", r"\1,2029,", text), encoding="utf-8")
    assert main(["status", "--city", "smallville", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    (waste,) = (row for row in rows if row["target_id"] == "bulk_waste_2030")
    assert waste["deadline"] == 2029
    bounds = [waste[key] for key in ("lo95", "lo80", "forecast", "hi80", "hi95")]
    assert bounds == sorted(bounds)
    assert 0 < bounds[0] < bounds[-1] < 100


def test_status_replays_what_was_known(at_smallville, capsys):
    seen = {}
    for year in (2022, 2023, 2024):
        assert (
            main(["status", "--city", "smallville", "--as-of", str(year), "--format", "json"]) == 0
        )
        rows = {row["target_id"]: row for row in json.loads(capsys.readouterr().out)}
        seen[year] = {key: (row["verdict"], row["latest_year"]) for key, row in rows.items()}
    assert [seen[year]["manure_2025"][1] for year in seen] == [2021, 2022, 2023]
    assert seen[2023]["fertiliser_2023"] == ("due_no_data", None)  # “over 40” is no point
    assert seen[2024]["fertiliser_2023"] == ("missed", 2023)
    assert seen[2023]["saving_retrofit"] == ("no_data", None)
    assert seen[2024]["saving_retrofit"] == ("met", 2023)


def test_status_prints_a_table(at_smallville, capsys):
    assert main(["status", "--city", "smallville"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["target_id", "target", "unit", "deadline", "latest", "gap", "pace_needed", "pace_seen", "probability", "verdict"]  # fmt: skip
    assert len(rows) == 7
    assert ["fertiliser_2023", "43", "%", "2023", "41", "2", "-", "-", "-", "missed"] in [row.split() for row in rows]  # fmt: skip


# ---- forecast: what goes in comes out


def test_forecast_gives_a_row_for_each_series_and_step(run):
    text = "series_id,t,value,lower,upper,h\n"
    text += "".join(f"b,{2018 + i},{value},0,100,3\n" for i, value in enumerate(SHARE))
    text += "".join(f"a,{2015 + i},{value},0,,\n" for i, value in enumerate(AMOUNT))
    code, out, chances, told = run(text, "--horizon", "2")
    assert (code, chances, told) == (0, None, [])
    assert list(out.columns) == ["series_id", "h", "mean", "lo80", "hi80", "lo95", "hi95", "refused"]  # fmt: skip
    assert out["refused"].isna().all()
    assert out[["series_id", "h"]].to_numpy().tolist() == [["b", 1], ["b", 2], ["b", 3], ["a", 1], ["a", 2]]  # fmt: skip
    ordered = out[["lo95", "lo80", "mean", "hi80", "hi95"]].to_numpy()
    assert (np.diff(ordered, axis=1) > 0).all()
    share = out[out["series_id"] == "b"]
    assert share["lo95"].min() > 0
    assert share["hi95"].max() < 100
    made = forecast(pd.Series(AMOUNT, index=range(2015, 2022)), 2, lower=0).frame()
    np.testing.assert_allclose(
        out.loc[out["series_id"] == "a", ["mean", "lo80", "hi80", "lo95", "hi95"]], made, rtol=1e-12
    )


def test_forecast_takes_rows_in_any_order_and_names_of_any_kind(run):
    rows = GOOD.splitlines()[1:]
    _, expected, _, _ = run(GOOD)
    shuffled = [row.replace("a,", '"六枝, 01",', 1) for row in reversed(rows)]
    code, out, _, _ = run("\ufeff" + "\r\n".join([HEAD, *shuffled]) + "\r\n")
    assert code == 0
    assert set(out["series_id"]) == {"六枝, 01"}
    pd.testing.assert_frame_equal(out.drop(columns="series_id"), expected.drop(columns="series_id"))
    assert len(out) == 6  # the default horizon


def test_probabilities_answer_each_target(run):
    targets = "series_id,h,direction,target\na,1,at_least,17\na,1,at_most,17\na,8,at_least,0\n"
    code, out, chances, told = run(GOOD, "--horizon", "2", targets=targets)
    assert (code, told) == (0, [])
    assert list(chances.columns) == ["series_id", "h", "p"]
    assert chances[["series_id", "h"]].to_numpy().tolist() == [["a", 1], ["a", 1], ["a", 8]]
    above, below, sure = chances["p"]
    assert above + below == pytest.approx(1)
    assert 0.5 < above < 1  # the mean of step 1 lies above 17
    assert out.loc[0, "mean"] > 17
    assert sure > 0.99
    made = forecast(pd.Series(AMOUNT, index=range(2015, 2022)), 1)
    assert above == pytest.approx(made.probability(2022, 17, wants="at_least"))


def test_a_refused_series_is_told_and_the_others_are_forecast(run):
    short = "b,2020,1\nb,2021,2\n"
    gap = "".join(f"c,{year},{year - 2000}\n" for year in (2010, 2011, 2012, 2014, 2015, 2016))
    code, out, _, told = run(GOOD + short + gap)
    assert code == 3
    assert out["series_id"].tolist() == ["a"] * 6 + ["b", "c"]
    assert out["refused"].isna().tolist() == [True] * 6 + [False] * 2
    assert out.iloc[6:, 1:7].isna().all(axis=None)
    assert [line.partition(": refused: ")[2] for line in told] == out["refused"].tolist()[6:]
    assert [line.partition(":")[0] for line in told] == ["b", "c"]
    assert "refused" in told[0]
    assert "2013" in told[1]


def test_when_all_series_are_refused_the_command_fails(run):
    code, out, _, told = run(HEAD + "\na,2020,1\nb,2020,1\n")
    assert code == 1
    assert out["series_id"].tolist() == ["a", "b"]
    assert out["mean"].isna().all()
    assert out["refused"].notna().all()
    assert [line.partition(":")[0] for line in told] == ["a", "b"]


def test_jobs_do_not_change_a_byte(command, at_smallville, tmp_path):
    rows = [
        f"s{number},{2010 + i},{20 + number + i * 0.5 + (i * 7 + number) % 3}"
        for number in range(12)
        for i in range(8)
    ]
    (tmp_path / "in.csv").write_text("\n".join([HEAD, *rows, "short,2020,1"]), encoding="utf-8")
    (tmp_path / "t.csv").write_text(
        "series_id,h,direction,target\ns3,2,at_least,25\nshort,1,at_most,2\n", encoding="utf-8"
    )
    written = []
    for jobs in ("1", "2"):
        out, chances = tmp_path / f"out{jobs}.csv", tmp_path / f"p{jobs}.csv"
        done = command(
            at_smallville, "forecast", "--input", str(tmp_path / "in.csv"), "--output", str(out),
            "--targets", str(tmp_path / "t.csv"), "--probabilities", str(chances), "--jobs", jobs,
        )  # fmt: skip
        assert done.returncode == 3, done.stderr
        assert done.stderr.startswith("short: refused: ")
        written.append((out.read_bytes(), chances.read_bytes(), done.stderr))
    assert written[0] == written[1]
    assert written[0][0].count(b"\n") == 1 + 12 * 6 + 1
    assert written[0][1].splitlines()[-1] == b"short,1,"


# ---- forecast: bad files


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "in.csv: not a CSV in UTF-8"),
        (GOOD.encode("utf-16"), "in.csv: not a CSV in UTF-8"),
        ("单位,t,value\n".encode("gbk"), "in.csv: not a CSV in UTF-8"),
        ("series_id,t\na,2015\n", "in.csv row 1: column 'value' is missing; add it"),
        (GOOD.replace("\n", ",1\n").replace("value,1", "value,weight", 1), "in.csv row 1: unknown column 'weight'; remove it or mend its name"),
        (GOOD.replace("11.2", "eleven"), "in.csv row 3: value 'eleven' is no number; mend the cell"),
        (GOOD.replace("11.2", ""), "in.csv row 3: value '' is no number; mend the cell"),
        (GOOD.replace("11.2", "inf"), "in.csv row 3: value 'inf' is no number; mend the cell"),
        (GOOD.replace("11.2", "nan"), "in.csv row 3: value 'nan' is no number; mend the cell"),
        (GOOD.replace("a,2016", "a,2016.5"), "in.csv row 3: t '2016.5' is no whole number; mend the cell"),
        (GOOD + 'a,2022,"3\n', "in.csv: not a CSV in UTF-8"),
        (GOOD + "a,2022,3,4\n", "in.csv: not a CSV in UTF-8"),
    ],
)  # fmt: skip
def test_a_bad_file_gives_one_clear_error_and_no_output(run, text, message):
    code, out, _, told = run(text)
    assert (code, out) == (1, None)
    assert told[0].startswith(message)
    assert len([line for line in told if line]) == 1


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ("series_id,h,direction,target\na,1,upwards,3\n", "t.csv row 2: direction 'upwards' is unknown; use at_least or at_most"),
        ("series_id,h,target\na,1,3\n", "t.csv row 1: column 'direction' is missing; add it"),
        ("series_id,h,direction,target\na,1,at_least,x\n", "t.csv row 2: target 'x' is no number; mend the cell"),
    ],
)  # fmt: skip
def test_a_bad_targets_file_gives_one_clear_error_and_no_output(run, targets, message):
    code, out, chances, told = run(GOOD, targets=targets)
    assert (code, out, chances, told) == (1, None, None, [message])


def test_targets_and_probabilities_go_together(run):
    code, out, _, told = run(GOOD, "--targets", "in.csv")
    assert (code, out) == (1, None)
    assert told == ["--targets and --probabilities go together; give both or neither"]


def test_a_missing_file_is_told(run, tmp_path, capsys):
    assert main(["forecast", "--input", "none.csv", "--output", "out.csv"]) == 1
    assert capsys.readouterr().err == "none.csv: no such file; check the path\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [["--output", "nowhere/out.csv"], ["--input", "."]])
def test_a_folder_that_does_not_fit_is_told_and_is_no_traceback(run, tmp_path, capsys, options):
    (tmp_path / "in.csv").write_text(GOOD, encoding="utf-8")
    assert main(["forecast", "--input", "in.csv", "--output", "out.csv", *options]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "out.csv").exists()


def bounded(bounds: str, columns: str = "lower,upper") -> str:
    """Give the good series with bounds on every row."""
    return GOOD.replace("\n", f",{bounds}\n").replace(f",{bounds}", f",{columns}", 1)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(bounded("20,5"), id="lower above upper"),
        pytest.param(bounded("5,5"), id="no room between bounds"),
        pytest.param(bounded("12,"), id="value below lower"),
        pytest.param(bounded(",14"), id="value above upper"),
        pytest.param(bounded("0", "h"), id="no step"),
        pytest.param(bounded("-3", "h"), id="negative steps"),
        pytest.param(GOOD.replace("a,", ",", 1), id="row without a series"),
        pytest.param(HEAD + "\n", id="no series at all"),
    ],
)
def test_what_makes_no_sense_is_never_forecast(run, text):
    code, out, _, told = run(text)
    assert code == 1
    assert out is None or out["mean"].isna().all()
    assert len(told) >= 1


@pytest.mark.parametrize("bounds", ["0,17.5", ",17.5", "9.5,", "9.5,17.5"])
def test_a_bound_is_never_crossed_whichever_is_given(run, bounds):
    low, high = (float(one) if one else side for one, side in zip(bounds.split(","), (-np.inf, np.inf), strict=True))  # fmt: skip
    code, out, _, _ = run(bounded(bounds), "--horizon", "10")
    assert code == 0
    assert out["lo95"].min() >= low
    assert out["hi95"].max() <= high


@pytest.mark.parametrize(
    "row", ["zz,2,at_least,10", "a,0,at_least,10"], ids=["unknown series", "no step"]
)
def test_a_target_that_cannot_be_answered_is_told_with_its_row(run, row):
    code, _, chances, told = run(GOOD, targets=f"series_id,h,direction,target\n{row}\n")
    assert code == 1
    assert chances is None
    assert told[0].startswith("t.csv row 2: ")
