"""What a rendering leaves for the next one, used only if it is whole and fits.

A folder is kept for each edition: the sources as they were rendered, what Sphinx
remembers of them, and the pages. Its seal, a list of all files with their hashes
and of all that the pages depend on besides their sources, is written last and
removed first; so a folder without a good seal is no state that anyone may build on.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from planbook.files.hashing import Inputs, below, digest, joined, save, saved

CACHE = ".cache"  # folder of _build with what the next build may use
SEAL = "seal.json"
STAGE, OUT = "stage", "out"
HTML = f"{OUT}/html"
# Copies of notebooks that myst-nb makes on reading and nobody reads again.
_COPIES = f"{OUT}/jupyter_execute"


class Kept:
    """One edition's folder of what is kept between renderings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def stage(self) -> Path:
        """Folder of the sources."""
        return self.folder / STAGE

    @property
    def html(self) -> Path:
        """Folder of the pages, as Sphinx writes them."""
        return self.folder / HTML

    @property
    def log(self) -> Path:
        """File of what the renderer says."""
        return self.folder / "log.txt"

    def open(self, key: str) -> dict[str, str]:
        """Take the folder for a new rendering; from here to `seal` it is nobody's."""
        sealed = saved(self.folder / SEAL)
        if sealed.get("key") == key and sealed.get("files") == digests(self.folder):
            (self.folder / SEAL).unlink()
            found = sealed["files"]
            begin = f"{STAGE}/"
            return {
                name.removeprefix(begin): told
                for name, told in found.items()
                if name.startswith(begin)
            }
        self.drop()
        self.folder.mkdir(parents=True)
        return {}

    def fill_stage(self, files: Mapping[str, bytes]) -> None:
        """Make the stage hold these files and no other; equal ones are not touched."""
        for path in list(self.stage.rglob("*")):
            if path.is_file() and path.relative_to(self.stage).as_posix() not in files:
                path.unlink()
        for name, raw in files.items():
            path = self.stage / name
            if path.is_file() and path.read_bytes() == raw:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)

    def seal(self, key: str) -> None:
        """Declare the folder whole: what was rendered last succeeded in all."""
        self.log.unlink(missing_ok=True)
        for path in (self.folder / _COPIES).rglob("*.ipynb"):
            path.unlink()
        save(self.folder / SEAL, {"key": key, "files": digests(self.folder)})

    def drop(self) -> None:
        """Forget everything."""
        (self.folder / SEAL).unlink(missing_ok=True)  # first, lest a part of it seems whole
        if self.folder.exists():
            shutil.rmtree(self.folder)


def digests(folder: Path) -> dict[str, str]:
    """Hash every file below `folder` except its seal, by its name within it."""
    return {name: digest(path.read_bytes()) for name, path in below(folder, ()) if name != SEAL}


def code(inputs: Inputs) -> str:
    """Hash the source of everything that makes pages of executed notebooks.

    Besides this package it is the front end of explorers, whose scripts lie beside the
    pages.
    """
    here = Path(__file__).parent
    widgets = here.parent / "widgets"
    return joined(inputs.of_tree(here, widgets / "front"), inputs.of(widgets / "front.py"))


class Lock:
    """The right to the folder of all that is kept; a context manager."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.handles = (os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644),)

    def take(self) -> bool:
        """Take the right; false if another build has it or the system cannot tell."""
        return _locked(*self.handles)

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the right up."""
        for handle in self.handles:
            os.close(handle)


def _locked(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True
