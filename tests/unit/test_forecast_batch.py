"""What `planbook forecast` makes of odd files: bounds, ids, steps, constants, refusals."""

import pandas as pd
import pytest

from planbook.analysis.forecast import MOST_STEPS, forecast
from planbook.cli.main import main
from planbook.errors import PlanbookError

CLIMB = [80, 82, 84, 86, 88, 90, 92, 94, 96, 98]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run ``forecast`` on rows of text; give exit code, both outputs and the errors."""
    monkeypatch.chdir(tmp_path)

    def run_(head, rows, *more, targets=()):
        text = "\n".join([head, *rows]) + "\n"
        (tmp_path / "in.csv").write_text(text, encoding="utf-8")
        options = ["--input", "in.csv", "--output", "out.csv", *more]
        if targets:
            (tmp_path / "t.csv").write_text(
                "\n".join(["series_id,h,direction,target", *targets]) + "\n", encoding="utf-8"
            )
            options += ["--targets", "t.csv", "--probabilities", "p.csv"]
        code = main(["forecast", *options])
        files = [tmp_path / name for name in ("out.csv", "p.csv")]
        frames = [pd.read_csv(one) if one.exists() else None for one in files]
        return code, *frames, capsys.readouterr().err.splitlines()

    return run_


def series(values, name="a", first=2014, **cells) -> list[str]:
    """Write rows; `cells` gives by place of the row what follows the value."""
    return [
        f"{name},{first + n},{value},{cells.get(f'at{n}', cells.get('rest', ','))}"
        for n, value in enumerate(values)
    ]


HEAD = "series_id,t,value,lower,upper"


@pytest.mark.parametrize(
    "cells",
    [
        {"rest": "0,100"},
        {"at0": "0,100"},
        {"at9": "0,100"},
        {"at4": "0,100"},
        {"at2": "0,", "at7": ",100"},
        {"at1": "0,100", "at8": "0.0,100.0"},
    ],
)
def test_bounds_count_in_whichever_row_they_stand(run, cells):
    code, out, _, _ = run(HEAD, series(CLIMB, **cells))
    made = forecast(pd.Series(map(float, CLIMB), index=range(2014, 2024)), 6, lower=0, upper=100)
    assert code == 0
    assert out["hi95"].tolist() == pytest.approx(made.frame()["hi95"].tolist())
    assert out["hi95"].max() < 100


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"at0": "0,100", "at9": "0,99"}, "in.csv row 11: upper differs within the series; give a series one upper bound"),
        ({"at3": "0,100", "at5": "1,"}, "in.csv row 7: lower differs within the series; give a series one lower bound"),
        ({"at0": "100,", "at9": ",0"}, "in.csv row 2: the lower bound is not below the upper one; mend the bounds"),
    ],
)  # fmt: skip
def test_two_pairs_of_bounds_are_an_error(run, cells, message):
    assert run(HEAD, series(CLIMB, **cells)) == (1, None, None, [message])


def test_steps_count_in_whichever_row_they_stand(run):
    code, out, _, _ = run("series_id,t,value,h", series(CLIMB, rest="", at7="3"))
    assert (code, out["h"].tolist()) == (0, [1, 2, 3])
    code, _, _, told = run("series_id,t,value,h", series(CLIMB, rest="", at2="3", at7="4"))
    assert code == 1
    assert told == ["in.csv row 9: h differs within the series; give a series one number of steps"]


@pytest.mark.parametrize("blank", [" ", "\u3000", "\u00a0", "\t", "\u200b", " \ufeff "])
@pytest.mark.parametrize("before", [True, False])
def test_an_id_is_bare(run, blank, before):
    other = f"{blank}steel" if before else f"steel{blank}"
    rows = series(range(14, 19), other) + series(range(19, 24), "steel", 2019)
    code, out, chances, _ = run(HEAD, rows, targets=[f"{other},1,at_least ,20"])
    assert code == 0
    assert out["series_id"].tolist() == ["steel"] * 6
    assert out["mean"].iloc[0] > 23  # from 2023 on, not from 2018
    assert chances["series_id"].tolist() == ["steel"]


def test_two_ids_that_become_one_obey_the_rule_of_double_years(run):
    rows = series(range(14, 20), "steel ") + series(range(19, 24), "steel", 2019)
    code, out, _, told = run(HEAD, rows)
    assert code == 1
    assert told == ["steel: refused: a year stands twice."]
    assert out["refused"].tolist() == ["a year stands twice."]


def test_ids_that_look_alike_are_told_apart_by_nobody(run):
    rows = series(range(14, 19), "Ａ１") + series(range(19, 24), "A1", 2019)
    code, out, _, told = run(HEAD, rows)
    assert (code, out) == (1, None)
    assert told == [
        "in.csv row 7: series_id 'A1' and 'Ａ１' differ only in the form of their characters; "
        "write one series in one way, or name two series more clearly apart"
    ]
    assert run(HEAD, series(CLIMB, "Ａ１"))[1]["series_id"].iloc[0] == "Ａ１"  # alone it is kept


@pytest.mark.parametrize("horizon", ["101", "2035", "20000", "9" * 30])
def test_a_year_is_no_number_of_steps(run, horizon):
    code, out, _, told = run(HEAD, series(CLIMB), "--horizon", horizon)
    assert (code, out) == (1, None)
    assert told == [
        f"--horizon {horizon}: that is more than 100 steps; steps are years after the series' "
        "last figure, not a calendar year: give their number"
    ]


def test_steps_in_files_have_the_same_end(run):
    code, out, _, told = run("series_id,t,value,h", series(CLIMB, rest="", at0="2030"))
    assert (code, out, len(told)) == (1, None, 1)
    assert told[0].startswith("in.csv row 2: h is more than 100 steps; ")
    code, out, _, told = run(HEAD, series(CLIMB), targets=["a,2030,at_least,5"])
    assert (code, out, len(told)) == (1, None, 1)
    assert told[0].startswith("t.csv row 2: h is more than 100 steps; ")
    with pytest.raises(PlanbookError, match="horizon 101"):
        forecast(pd.Series(map(float, CLIMB), index=range(2014, 2024)), MOST_STEPS + 1)
    code, out, _, _ = run(HEAD, series(CLIMB), "--horizon", "100")
    assert (code, len(out)) == (0, 100)


def test_a_constant_is_forecast_whatever_its_size(run):
    rows = [row for k in (5, 0, -3) for row in series([k] * 10, f"always_{k}")]
    code, out, _, told = run(HEAD, rows)
    assert (code, told) == (0, [])
    for name, found in out.groupby("series_id"):
        value = float(name.partition("_")[2])
        assert found["mean"].tolist() == pytest.approx([value] * 6, abs=1e-6)
        assert (found["lo95"] < value).all()
        assert (found["hi95"] > value).all()
        assert (found["hi95"] - found["lo95"]).max() < 0.2


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_refused_series_leaves_a_row_and_an_exit_code(run, jobs):
    rows = series([3, 4], "two", 2020) + series(CLIMB) + series([1, 2, 3], "out", rest="2,9")
    targets = ["two,3,at_least,5", "a,1,at_least,99", "out,1,at_most,5"]
    code, out, chances, told = run(HEAD, rows, "--jobs", jobs, targets=targets)
    assert code == 3
    assert list(out.columns)[-1] == "refused"
    assert out["series_id"].tolist() == ["two", *["a"] * 6, "out"]
    assert out["refused"].isna().tolist() == [False, *[True] * 6, False]
    assert out.loc[[0, 7], "h":"hi95"].isna().all(axis=None)
    assert out["refused"].iloc[0] == "the last unbroken part has too few figures: 2, where at least 3 are needed."  # fmt: skip
    assert "2014" in out["refused"].iloc[7]
    assert [line.split(": ")[0] for line in told] == ["two", "out"]
    assert chances["series_id"].tolist() == ["two", "a", "out"]
    assert chances["p"].isna().tolist() == [True, False, True]
    code, out, _, _ = run(HEAD, series([3, 4], "two", 2020))
    assert (code, len(out)) == (1, 1)


def test_a_mistyped_year_costs_no_memory(run):
    rows = [*series(CLIMB), "a,202300000,99,,"]
    code, _, _, told = run(HEAD, rows)
    assert code == 1
    assert told[0].startswith("a: refused: years are missing between its figures (2024, 2025, ")
    assert told[0].count(", ") < 30
    told = run(HEAD, [*series(CLIMB), "a,1e300,99,,"])[3]
    assert told == ["in.csv row 12: t '1e300' is no whole number; mend the cell"]
