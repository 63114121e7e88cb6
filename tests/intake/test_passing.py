"""Files as offices send them, each with what it means; written down by hand.

``expected.csv`` gives for each file the exit code of ``--dry-run``, whether it stops
``--yes``, and its figures in the unit of the catalogue. Where the code may be 0 or 1,
a refusal is as good as the right figures; other figures are not.
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from planbook.cli.main import main
from planbook.data.paths import ROOT_VARIABLE

from .conftest import figures_of, told

FOLDER = Path(__file__).parent / "passing"
OTHER_COMMANDS = {"forecast_22_series.csv", "verdict_20_cases.csv"}


def read_expected() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["file"], []).append(row)
    return found


EXPECTED = read_expected()


def test_every_file_has_a_line_and_every_line_a_file():
    files = {path.name for path in FOLDER.iterdir()} - {"expected.csv"}
    assert files == EXPECTED.keys() | OTHER_COMMANDS
    assert not OTHER_COMMANDS & EXPECTED.keys()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_it_is_read_as_its_sender_means_it(name, shipped, prepared, monkeypatch, capsys):
    rows = EXPECTED[name]
    assert len({(row["exit"], row["stops"]) for row in rows}) == 1
    monkeypatch.setenv(ROOT_VARIABLE, str(shipped.paths.root))
    city = ["--city", "liupanshui", "--lang", "en"]
    code = main(["import", str(FOLDER / name), "--dry-run", *city])
    printed = capsys.readouterr()
    assert str(code) in rows[0]["exit"].split(" or "), printed.out + printed.err

    intake = prepared(FOLDER / name)
    if rows[0]["stops"] != "maybe":
        assert bool(told(intake)) == (rows[0]["stops"] == "yes"), told(intake)
    right = {
        (row["indicator"], row["place"], int(row["year"])): (float(row["value"]), "")
        for row in rows
        if row["indicator"]
    }
    found = figures_of(intake)
    if code == 0 and right:
        assert found == right
    elif right:  # refused: what is held all the same must be right
        assert found.items() <= right.items()
        assert told(intake)
    for change in intake.changes:
        row = next((one for one in rows if one["indicator"] == change.figure.indicator), None)
        assert row is None or row["unit"] == change.figure.unit
    if not found:
        assert code == 1


def test_without_a_figure_nothing_is_written_even_if_all_is_accepted(
    shipped, tmp_path, monkeypatch, capsys
):
    """Each file that is refused above is refused with every kind accepted, too."""
    root = tmp_path / "copy"
    shutil.copytree(shipped.paths.root, root)
    monkeypatch.setenv(ROOT_VARIABLE, str(root))
    folder = root / "data" / "cities" / "liupanshui" / "observations"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    accept = ["--yes", "--accept-warnings", "--accept-unread", "--city", "liupanshui"]
    for name, rows in EXPECTED.items():
        if rows[0]["exit"] == "1":
            assert main(["import", str(FOLDER / name), *accept]) == 1, name
            capsys.readouterr()
            assert {path.name: path.read_bytes() for path in folder.iterdir()} == before, name


def test_cases_for_the_verdicts(capsys):
    """Ten times the way gone over the way to go, from the file by itself (ESCAP)."""
    path = FOLDER / "verdict_20_cases.csv"
    assert main(["verdict", "--input", str(path), "--format", "json"]) == 0
    found = {row["case_id"]: row["methods"] for row in json.loads(capsys.readouterr().out)}
    cases = pd.read_csv(path).set_index("case_id")
    assert found.keys() == set(cases.index)
    by_hand = {
        "deadline_past_met": 10 * (85 - 50) / (80 - 50),
        "deadline_past_missed": 10 * (75 - 50) / (80 - 50),
        "neg_base": 10 * 5 / 15,
        "neg_both": 10 * 5 / 10,
        "zero_base": 10 * 5 / 10,
        "zero_target": 10 * 30 / 50,
        "zero_value": 10 * 50 / 50,
        "huge": 10 * 1 / 2,
        "tiny": 10 * 1 / 2,
        "share_pp": 10 * (6 - 3.4) / (12 - 3.4),
        "met_exact": 10 * 30 / 30,
        "long_gap": 10 * 99 / 99.5,
    }
    for name, value in by_hand.items():
        row = found[name]["escap_status"]
        assert row["value"] == pytest.approx(value, rel=1e-9), name
        met = (cases.value[name] - cases.target_value[name]) * (
            1 if cases.direction[name] == "up" else -1
        ) >= 0
        assert (row["category"] == "achieved") == met, name


def test_series_for_the_forecast(tmp_path, capsys):
    """What cannot be forecast is named with its reason; the rest has sound intervals."""
    path, out = FOLDER / "forecast_22_series.csv", tmp_path / "out.csv"
    code = main(["forecast", "--input", str(path), "--output", str(out), "--horizon", "3"])
    printed = capsys.readouterr()
    assert code == 3, printed.err
    series = pd.read_csv(path)
    found = pd.read_csv(out)
    assert set(found.series_id) == set(series.series_id)  # a refused one has a row, too
    told_of = found[found["mean"].isna()]
    refused = set(told_of.series_id)
    assert {"one", "two", "dup", "gaps"} <= refused <= {"one", "two", "dup", "gaps", "constant",
                                                        "constant0"}  # fmt: skip
    assert ("constant" in refused) == ("constant0" in refused)  # one rule for both
    for name in refused:
        assert name in printed.err
    good = found[~found.series_id.isin(refused)]
    assert (good.groupby("series_id").size() == 3).all()
    for low, high in (("lo95", "lo80"), ("lo80", "hi80"), ("hi80", "hi95")):
        assert (good[low] <= good[high]).all()
    same = [good[good.series_id == name].drop(columns="series_id").reset_index(drop=True)
            for name in ("asc_same", "desc")]  # fmt: skip
    pd.testing.assert_frame_equal(*same)  # the order of the rows means nothing
