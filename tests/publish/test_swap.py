"""Publication in one step, also when the process is killed at any moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from planbook.errors import BuildError
from planbook.publish import swap

# Publishes, counting what it does to the disk, and dies at the step it is told.
KILLED = """
import errno, os, shutil, signal, sys
from pathlib import Path
from planbook.publish import swap

new, target, mode, last = sys.argv[1:]
steps = 0

def step():
    global steps
    steps += 1
    if steps == int(last):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

def counted(function):
    def wrapper(*args, **kwargs):
        step()
        answer = function(*args, **kwargs)
        step()
        return answer
    return wrapper

rename = os.rename
def rename_on_two_disks(source, goal):
    if Path(source) == Path(new):
        raise OSError(errno.EXDEV, "two disks")
    rename(source, goal)

if mode == "two disks":
    os.rename = rename_on_two_disks
if mode == "renames":
    swap._exchange = lambda first, second: False
else:
    swap._exchange = counted(swap._exchange)
os.rename = counted(os.rename)
os.unlink = counted(os.unlink)
os.rmdir = counted(os.rmdir)
shutil.copyfile = counted(shutil.copyfile)
swap.swap_into_place(Path(new), Path(target))
"""
MOST_STEPS = 80


def write_site(folder: Path, version: str) -> Path:
    """Write a site of three files, each naming its version."""
    for name in ("index.html", "en/index.html", "en/chapters/05.html"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(version, encoding="utf-8")
    return folder


def version_of(folder: Path) -> str:
    """Read the version, making sure that the site is whole and of one version."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert len(files) == 3
    (version,) = {path.read_text(encoding="utf-8") for path in files}
    return version


def leftovers(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir() if path.name.startswith("."))


def test_first_publication(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "site"
    swap.swap_into_place(write_site(tmp_path / "new", "1"), target)
    assert version_of(target) == "1"
    assert not (tmp_path / "new").exists()
    assert leftovers(target) == []


@pytest.mark.parametrize("exchange", [True, False])
def test_replacement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool) -> None:
    target = write_site(tmp_path / "site", "1")
    (target / "old.html").write_text("1", encoding="utf-8")
    if not exchange:
        monkeypatch.setattr(swap, "_exchange", lambda first, second: False)
    swap.swap_into_place(write_site(tmp_path / "new", "2"), target)
    assert version_of(target) == "2"
    assert leftovers(target) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the call is Linux's")
def test_linux_exchanges_at_once(tmp_path: Path) -> None:
    first, second = write_site(tmp_path / "a", "1"), write_site(tmp_path / "b", "2")
    if not swap._exchange(first, second):
        pytest.skip("this file system cannot exchange two folders")
    assert (version_of(first), version_of(second)) == ("2", "1")


@pytest.mark.parametrize("mode", ["exchange", "renames", "two disks"])
@pytest.mark.parametrize("with_old", [True, False])
def test_killed_at_every_step(tmp_path: Path, mode: str, with_old: bool) -> None:
    seen = set()
    for last in range(1, MOST_STEPS):
        work = tmp_path / str(last)
        target = work / "out" / "site"
        target.parent.mkdir(parents=True)
        if with_old:
            write_site(target, "old")
        new = write_site(work / "new", "new")
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(new), str(target), mode, str(last)],
            capture_output=True,
            text=True,
        )
        if done.returncode == 0:
            break
        assert "Traceback" not in done.stderr, done.stderr
        if target.exists():
            seen.add(version_of(target))
        else:
            assert mode == "renames" or not with_old  # the moment between two renames
        swap.recover(target)
        if with_old or target.exists():
            assert version_of(target) in {"old", "new"}
        assert leftovers(target) == []
        swap.swap_into_place(write_site(work / "next", "next"), target)
        assert version_of(target) == "next"
    else:
        pytest.fail("the process never came to its end")
    assert last > 4
    assert seen == ({"old", "new"} if with_old else {"new"})
    assert version_of(target) == "new"


def test_failed_second_rename_brings_the_old_site_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = write_site(tmp_path / "site", "1")
    new = write_site(tmp_path / "new", "2")
    rename = swap.os.rename

    def held_open(source: Path, goal: Path) -> None:
        if Path(source).name.endswith(".incoming") and Path(goal) == target:
            raise PermissionError(13, "held open")
        rename(source, goal)

    monkeypatch.setattr(swap, "_exchange", lambda first, second: False)
    monkeypatch.setattr(swap.os, "rename", held_open)
    with pytest.raises(BuildError, match=r"held open.*close the programs"):
        swap.swap_into_place(new, target)
    assert version_of(target) == "1"
    assert version_of(new) == "2"
    assert leftovers(target) == []


def test_nothing_to_publish(tmp_path: Path) -> None:
    target = write_site(tmp_path / "site", "1")
    with pytest.raises(BuildError, match="no such folder"):
        swap.swap_into_place(tmp_path / "absent", target)
    assert version_of(target) == "1"


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("mine", encoding="utf-8")
    with pytest.raises(BuildError, match="a file stands where the site belongs"):
        swap.swap_into_place(write_site(tmp_path / "new", "1"), tmp_path / "site")
    assert (tmp_path / "site").read_text(encoding="utf-8") == "mine"
