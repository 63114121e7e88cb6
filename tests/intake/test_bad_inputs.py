"""Every file of tests/bad_inputs is answered as its index says, and changes nothing."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import pytest
import yaml

import planbook.data.city
from planbook.cli.main import main
from planbook.data.paths import ROOT_VARIABLE
from planbook.intake.import_run import prepare

FOLDER = Path(__file__).resolve().parents[1] / "bad_inputs"
INDEX = yaml.safe_load((FOLDER / "index.yml").read_text(encoding="utf-8"))
SECONDS = 5.0


def digest(folder: Path) -> str:
    """Sum up names and bytes of everything below a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        found.update(str(path.relative_to(folder)).encode())
        if path.is_file():
            found.update(path.read_bytes())
    return found.hexdigest()


@pytest.fixture(scope="module")
def city(tmp_path_factory, lay_out):
    """A small project, loaded once, with the sum of its data before anything is read."""
    paths = lay_out(tmp_path_factory.mktemp("bad") / "project")
    project = planbook.data.city.load("smallville", paths)
    before = digest(paths.data)
    for name in ("taken_comment.xlsx", "jump_down.csv"):  # libraries load, the reader starts
        prepare(project, [FOLDER / name])
    return paths, project, before


@pytest.fixture
def take(city, monkeypatch, capsys):
    """Import one file; give exit code, faults by level, seconds taken."""
    paths, project, before = city
    monkeypatch.setenv(ROOT_VARIABLE, str(paths.root))
    monkeypatch.setattr(planbook.data.city, "load", lambda *_: project)

    def take_(path, *options):
        start = time.process_time()  # the reader's child has a limit of its own
        code = main(
            [
                "import",
                str(path),
                "--city",
                "smallville",
                "--format",
                "json",
                "--lang",
                "en",
                *options,
            ]
        )
        taken = time.process_time() - start
        printed = capsys.readouterr()
        assert digest(paths.data) == before, "data/ was changed"
        assert "Traceback" not in printed.err
        return code, json.loads(printed.out), printed.err, taken

    return take_


def test_the_corpus_is_large_and_the_index_complete():
    files = {path.name for path in FOLDER.iterdir() if path.suffix not in (".py", ".yml")}
    files -= {"__pycache__"}
    assert files == set(INDEX)
    assert len(files) >= 150
    assert len({entry["rule"] for entry in INDEX.values()}) > 60


@pytest.mark.parametrize("name", sorted(INDEX))
def test_bad_input(name, take):
    wanted = INDEX[name]
    option = "--dry-run" if wanted["level"] in ("taken", "hint") else "--yes"
    code, told, err, seconds = take(FOLDER / name, option)
    rules = [(one["rule"], one["cell"], one["level"]) for one in told["faults"]]
    if wanted["level"] == "taken":
        assert code == 0
        assert rules == []
    else:
        assert (wanted["rule"], wanted["cell"], wanted["level"]) in rules, rules
        assert code == (0 if wanted["level"] == "hint" else 1)
        for one in told["faults"]:
            assert one["message"] and one["remedy"]
            assert one["file"] == name
    assert "written" in told and told["written"] is None
    if code:
        assert err.startswith("nothing was written")
    assert seconds < SECONDS


@pytest.mark.parametrize(
    "name", ["value_with_escape.csv", "indicator_with_bidi.csv", "note_with_escape.csv"]
)
def test_no_message_can_steer_a_terminal(name, city, monkeypatch, capsys):
    paths, project, _ = city
    monkeypatch.setenv(ROOT_VARIABLE, str(paths.root))
    monkeypatch.setattr(planbook.data.city, "load", lambda *_: project)
    assert main(["import", str(FOLDER / name), "--city", "smallville", "--dry-run"]) == 1
    printed = "".join(capsys.readouterr())
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert "\\u" in printed
