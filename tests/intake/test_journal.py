"""Several files at once: all new or all old, whatever ends the process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from functools import partial

import numpy as np
import pytest

from planbook.data.city import load
from planbook.errors import PlanbookError
from planbook.exports import descriptor
from planbook.files import journal
from planbook.intake import import_records as records

from .conftest import everything

OLD = {"observations/a.csv": b"old a", "b.yml": b"old b"}
NEW = {
    "imports/r.json": b"{}",
    "observations/a.csv": b"new a",
    "b.yml": b"new b",
    "observations/c.csv": b"new c",
}


@pytest.fixture
def folder(tmp_path):
    for name, raw in OLD.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(raw)
    return tmp_path


def test_all_files_are_written_and_removed(folder):
    journal.apply(folder, NEW)
    assert everything(folder) == NEW
    journal.apply(folder, {"b.yml": None, "observations/a.csv": b"third"})
    assert everything(folder) == {
        **{k: v for k, v in NEW.items() if k != "b.yml"},
        "observations/a.csv": b"third",
    }
    assert [path.name for path in (folder / "imports").iterdir() if path.name.startswith(".")] == [
        ".lock"
    ]


class Killed(BaseException):
    """What stands for kill −9: nothing after it runs."""


@pytest.mark.parametrize("stop", range(46))
def test_stopped_at_any_step_the_next_start_finds_old_or_new(tmp_path, monkeypatch, stop):
    """Count the calls that touch the disk and end the process at each in turn."""
    folder, about = tmp_path / "cities" / "small", tmp_path / "about.json"
    for name, raw in OLD.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    about.write_bytes(b"of the old")
    asked = []

    def beside(changes):
        asked.append(changes)
        return {about: b"of the new"}

    done = 0

    def counted(real):
        def call(*arguments, **more):
            nonlocal done
            done += 1
            if done > stop:
                raise Killed
            return real(*arguments, **more)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", counted(os.fsync))
        patch.setattr(os, "unlink", counted(os.unlink))
        for name in ("rename", "replace", "mkdir"):
            patch.setattr(os, name, counted(getattr(os, name)))
        try:
            journal.apply(folder, NEW, beside=beside)
            finished = True
        except Killed:
            finished = False
    journal.settle(folder)
    state = everything(folder)
    assert state in (OLD, NEW)
    assert about.read_bytes() == (b"of the new" if state == NEW else b"of the old")
    assert state == NEW or not finished
    if stop == 0:
        assert state == OLD and not finished
    if stop == 45:
        assert finished
        assert asked == [{folder / name: raw for name, raw in NEW.items()}]


def test_what_fails_beside_changes_nothing(folder):
    def beside(_changes):
        raise PlanbookError("no")

    with pytest.raises(PlanbookError, match="no"):
        journal.apply(folder, NEW, beside=beside)
    assert everything(folder) == OLD


def test_beside_a_folder_behind_a_link_is_beside_the_real_one(folder, tmp_path):
    link = tmp_path / "elsewhere" / "link"
    link.parent.mkdir()
    real = tmp_path / "real"
    real.mkdir()
    link.symlink_to(real, target_is_directory=True)
    journal.apply(link, {"a": b"1"}, beside=lambda _changes: {tmp_path / "about": b"2"})
    assert (real / "a").read_bytes() == b"1"
    assert (tmp_path / "about").read_bytes() == b"2"


def test_a_damaged_journal_is_told_and_not_followed(folder):
    home = folder / "imports" / ".journal"
    home.mkdir(parents=True)
    (home / "0").write_bytes(b"half")
    (home / "commit.json").write_text(
        json.dumps([{"path": "b.yml", "part": "0", "sha256": "0" * 64}])
    )
    with pytest.raises(PlanbookError, match="is damaged"):
        journal.settle(folder)
    assert (folder / "b.yml").read_bytes() == b"old b"


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "a\\..\\x", "C:x"])
def test_no_path_leads_out_of_the_city(folder, name):
    with pytest.raises(PlanbookError, match="leads out of"):
        journal.apply(folder, {name: b""})


def test_two_writers_wait_for_each_other(folder):
    program = (
        "import sys, pathlib; from planbook.files import journal\n"
        "for n in range(30): journal.apply(pathlib.Path(sys.argv[1]), "
        "{'b.yml': sys.argv[2].encode(), 'observations/a.csv': sys.argv[2].encode()})\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(folder), text])
        for text in ("one", "two")
    ]
    mixed = 0
    while any(writer.poll() is None for writer in writers):
        before = journal.settle(folder)
        pair = {(folder / name).read_bytes() for name in OLD}
        mixed += (
            len(pair) > 1
            and journal.settle(folder) == before
            and not (folder / "imports/.journal").exists()
        )
        time.sleep(0.01)
    assert [writer.wait() for writer in writers] == [0, 0]
    assert {(folder / name).read_bytes() for name in OLD} in ({b"one"}, {b"two"})


FILE = (
    "indicator,year,value,unit,published,source\n"
    "manure_utilisation_rate,2024,81.2,%,2025-03,2024 farm bulletin\n"
    "manure_utilisation_rate,2023,80.9,%,2025-03,bureau\n"
    "industrial_solid_waste_generated,2024,120,万吨,2025-03,2024 environment bulletin\n"
    "solar_capacity,2024,1.2,万千瓦,2025-03,bureau\n"
    "pm25_iqair,2024,35,ug/m3,2025-02,bureau\n"
    "surface_water_good_share,2024,91.2,%,2025-02,bureau\n"  # the first of its file
)
PROGRAM = (
    "import sys, pathlib\n"
    "from planbook.data.city import load\n"
    "from planbook.intake.import_run import prepare, write\n"
    "from planbook.intake.undo import undo\n"
    "from planbook.data.paths import Paths\n"
    "from functools import partial\n"
    "from planbook.exports import descriptor\n"
    "root = Paths(pathlib.Path(sys.argv[1])); folder = root.city('smallville')\n"
    "print('ready', flush=True)\n"
    "project = load('smallville', root)\n"
    "intake = prepare(project, [pathlib.Path(sys.argv[2])])\n"
    "while True:\n"  # undone, all is as it was read, so the same import fits again
    "    write(project, intake, beside=partial(descriptor.beside, root))\n"
    "    undo(folder, beside=partial(descriptor.beside, root))\n"
)


def parts(state):
    return {name: raw for name, raw in state.items() if not name.startswith("imports/")}


def kill_imports(paths, file, times, seed):
    """Import and undo without end in a process, kill it at random moments, look each time."""
    folder = paths.city("smallville")
    old = everything(folder)
    from planbook.intake.import_run import prepare, write
    from planbook.intake.undo import undo

    project = load("smallville", paths)
    intake = prepare(project, [file])
    assert [fault.rule for fault in intake.faults] == []
    about = partial(descriptor.beside, paths)
    before = (paths.data / descriptor.NAME).read_bytes()
    write(project, intake, beside=about)
    new = parts(everything(folder))
    assert (paths.data / descriptor.NAME).read_bytes() != before, "a new file comes with it"
    undo(folder, beside=about)
    assert parts(everything(folder)) == old
    assert len({name for name in new if new[name] != old.get(name)}) == 6
    random = np.random.default_rng(seed)
    seen = {"old": 0, "new": 0, "unfinished": 0}
    for turn in range(times):
        worker = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(paths.root), str(file)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdout.readline() == "ready\n"
        time.sleep(float(random.uniform(0.1, 2.0)))
        assert worker.poll() is None
        worker.kill()
        worker.wait()
        worker.stdout.close()
        home = folder / "imports"
        seen["unfinished"] += (home / ".journal").exists() or (home / ".draft").exists()
        if turn % 10:
            journal.settle(folder)  # what every command does first
        else:
            load("smallville", paths)
        state = parts(everything(folder))
        assert state in (old, new), "a mixture of old and new"
        descriptor.check(paths)
        assert not list(paths.data.glob("*.part"))
        standing = [record for record in records.load_all(folder) if not record["undone"]]
        assert len(standing) == (state == new), "the record and the data disagree"
        assert sorted(path.name for path in home.iterdir() if path.suffix != ".json") == [".lock"]
        seen["new" if state == new else "old"] += 1
        if state == new:
            undo(folder, beside=about)
        for path in home.glob("*.json"):
            path.unlink()
    return seen


def test_a_few_kills_leave_old_or_new(project, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text(FILE, encoding="utf-8")
    assert sum(kill_imports(project, file, 5, 1).values()) >= 5  # 200 of them: -m interrupts


@pytest.mark.interrupts
@pytest.mark.timeout(7200)
def test_two_hundred_kills_leave_old_or_new(project, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text(FILE, encoding="utf-8")
    seen = kill_imports(project, file, 200, 2)
    print(seen)
    assert seen["old"] and seen["new"] and seen["unfinished"]
