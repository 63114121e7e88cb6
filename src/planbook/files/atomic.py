"""Write files so that a reader finds the old one or the new one, never a part."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from planbook.errors import PlanbookError


def check_writable(path: Path) -> None:
    """Refuse a path that no file can be written to, before any work is done.

    Raises `PlanbookError` if it is a folder, or lies in a folder that does not exist or may not be
    written to.
    """
    if path.is_dir():
        raise PlanbookError(f"{path}: is a folder; give the name of a file")
    if not path.resolve().parent.is_dir():
        raise PlanbookError(f"{path}: its folder does not exist; make it first")
    check_folder(path.resolve().parent, path)


def check_folder(folder: Path, asked: Path | None = None) -> None:
    """Refuse a folder that nothing may be written to, before any work is done.

    One that does not exist yet counts as the nearest above it that does.

    Raises `PlanbookError`.
    """
    folder = folder.resolve()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PlanbookError(
            f"{asked or folder}: you may not write to {folder}; change its permissions, or give "
            "another place"
        )


def write_atomically(path: Path, raw: bytes) -> None:
    """Write `raw` to `path` in one step."""
    # named after the process, so that another can tell whether it still writes
    prefix = f"{os.getpid()}-"
    handle, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=prefix, suffix=".part")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        draft.chmod(0o644)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def remove_abandoned(parts: Iterable[Path]) -> None:
    """Remove what `write_atomically` had begun in processes that are no more."""
    for part in parts:
        if not is_running(part.name.split("-")[0]):
            part.unlink(missing_ok=True)


def is_running(process: str) -> bool:
    """Tell whether there is a process of this number, given as in the name of a file."""
    import psutil

    return process.isdigit() and psutil.pid_exists(int(process))
