"""Change several files as one step: all are new or all are old, also after kill −9.

The new contents are first written beside the data, into a folder of their own; one
rename then decides (`COMMIT` exists: the change holds). Only after that do the files
take their places, one rename each. Whoever starts next finishes what was decided and
removes what was not (`settle`), so no reader sees a mixture.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from planbook.errors import PlanbookError
from planbook.files.atomic import check_folder, remove_abandoned, write_atomically

FOLDER = "imports"
_JOURNAL, _DRAFT, COMMIT, _LOCK = ".journal", ".draft", "commit.json", ".lock"
_WAIT_SECONDS = 30.0
Beside = Callable[[Mapping[Path, bytes | None]], Mapping[Path, bytes]]


def stamp(folder: Path) -> tuple:
    """Describe the state of a city's imports; it changes with every import and undo."""
    home = folder / FOLDER
    if not home.is_dir():
        return ()
    found = []
    for path in sorted(home.glob("*.json")):
        with contextlib.suppress(FileNotFoundError):
            about = path.stat()
            found.append((path.name, about.st_mtime_ns, about.st_size))
    return tuple(found)


def settle(folder: Path) -> tuple:
    """Finish or drop a change that was interrupted, and wait for one under way.

    Raises `PlanbookError` if another process holds the lock for too long.
    """
    home = folder / FOLDER
    if (home / _JOURNAL).exists() or (home / _DRAFT).exists():
        with _locked(home):
            _finish(folder)
    return stamp(folder)


def apply(
    folder: Path,
    changes: Mapping[str, bytes | None],
    check: Callable[[], object] | None = None,
    beside: Beside | None = None,
) -> None:
    """Write, replace or remove files below `folder`, all or none.

    Raises `PlanbookError` if a path leads out of the folder, or another process holds the lock for
    too long.
    """
    for name in changes:
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or "\\" in name or ":" in name:
            raise PlanbookError(f"{name}: leads out of {folder.name}; give a path below it")
    for name in changes:  # what cannot take its place must not be decided
        check_folder((folder.resolve() / name).parent)
    home = folder / FOLDER
    home.mkdir(exist_ok=True)
    with _locked(home):
        _finish(folder)
        if check is not None:
            check()
        outside = beside({folder / name: raw for name, raw in changes.items()}) if beside else {}
        whole: dict[str, bytes | None] = dict(changes)
        for path, other in outside.items():
            way = os.path.relpath(path.resolve(), folder.resolve())
            whole[Path(way).as_posix()] = other
        for path in outside:
            check_folder(path.parent)
        draft = home / _DRAFT
        try:
            draft.mkdir()
            listed = []
            for number, (name, raw) in enumerate(whole.items()):
                if raw is not None:
                    _write(draft / str(number), raw)
                digest = None if raw is None else hashlib.sha256(raw).hexdigest()
                listed.append({"path": name, "part": None if raw is None else str(number),
                               "sha256": digest})  # fmt: skip
            _write(draft / COMMIT, json.dumps(listed).encode())
            _sync(draft)
            draft.rename(home / _JOURNAL)  # here it is decided
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        _sync(home)
        _finish(folder)


def _finish(folder: Path) -> None:
    home = folder / FOLDER
    shutil.rmtree(home / _DRAFT, ignore_errors=True)
    journal = home / _JOURNAL
    if not journal.exists():
        return
    if not (journal / COMMIT).exists():  # was being removed: every file is in its place
        shutil.rmtree(journal, ignore_errors=True)
        return
    listed = json.loads((journal / COMMIT).read_text(encoding="utf-8"))
    for one in listed:
        path = folder.resolve() / one["path"]
        if one["part"] is None:
            path.unlink(missing_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = (journal / one["part"]).read_bytes()
        if hashlib.sha256(raw).hexdigest() != one["sha256"]:
            raise PlanbookError(
                f"{journal}: part {one['part']} for {one['path']} is damaged; restore "
                "the city's folder from its last version and remove this one"
            )
        write_atomically(path, raw)
        _sync(path.parent)
    (journal / COMMIT).unlink()  # first, so that half a journal is never followed
    shutil.rmtree(journal, ignore_errors=True)
    for name in sorted({str(PurePosixPath(one["path"]).parent) for one in listed}):
        parts = (folder.resolve() / name).glob("*.part")  # what a killed rename left behind
        if ".." in PurePosixPath(name).parts:  # where others write, too
            remove_abandoned(parts)
            continue
        for left in parts:
            left.unlink(missing_ok=True)
    _sync(home)


def _write(path: Path, raw: bytes) -> None:
    with path.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make renames in a folder last; systems that cannot, such as Windows, need not."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Hold the lock of a city; the system frees it when its holder dies."""
    path = home / _LOCK
    deadline = time.monotonic() + _WAIT_SECONDS
    with path.open("a+b") as file:
        while not _try_lock(file.fileno()):
            if time.monotonic() > deadline:
                raise PlanbookError(
                    f"{home}: another import is writing; wait until it ends and try again"
                )
            time.sleep(0.05)
        try:
            yield
        finally:
            _unlock(file.fileno())


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, 0, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
