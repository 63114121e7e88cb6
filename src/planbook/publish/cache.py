"""What a rendering leaves for the next one, used only if it is whole and fits.

A folder is kept for each edition: the sources as they were rendered, what Sphinx
remembers of them, and the pages. Its seal, a list of all files with their hashes
and of all that the pages depend on besides their sources, is written last and
removed first; so a folder without a good seal is no state that anyone may build on.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from planbook.files.atomic import write_atomically

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
        sealed = self._sealed()
        if sealed.get("key") == key and sealed.get("files") == digests(self.folder):
            (self.folder / SEAL).unlink()
            found = sealed["files"]
            begin = f"{STAGE}/"
            return {
                name.removeprefix(begin): digest
                for name, digest in found.items()
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
        sealed = {"key": key, "files": digests(self.folder)}
        write_atomically(self.folder / SEAL, _encode(sealed))

    def drop(self) -> None:
        """Forget everything."""
        (self.folder / SEAL).unlink(missing_ok=True)  # first, lest a part of it seems whole
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def _sealed(self) -> dict[str, object]:
        try:
            return _decode((self.folder / SEAL).read_bytes())
        except (OSError, ValueError):
            return {}


def _encode(data: object) -> bytes:
    text = json.dumps(data, sort_keys=True)
    return f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}\n".encode()


def _decode(raw: bytes) -> dict[str, object]:
    told, _, text = raw.decode("utf-8").partition("\n")
    text = text.removesuffix("\n")
    if hashlib.sha256(text.encode()).hexdigest() != told:
        raise ValueError("the file is damaged")
    return json.loads(text)


def save(path: Path, data: object) -> None:
    """Write plain data with a check sum, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, _encode(data))


def saved(path: Path) -> dict[str, object]:
    """Read what `save` wrote; empty if it is missing or damaged."""
    try:
        return _decode(path.read_bytes())
    except (OSError, ValueError):
        return {}


def digest(raw: bytes) -> str:
    """Hash bytes."""
    return hashlib.blake2b(raw, digest_size=20).hexdigest()


def digests(folder: Path) -> dict[str, str]:
    """Hash every file below `folder` except its seal, by its name within it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name != SEAL and path.is_file():
            found[name] = digest(path.read_bytes())
    return found


def tree(*folders: Path) -> str:
    """Hash the names and contents of all files below `folders`, compiled ones apart."""
    out = hashlib.sha256()
    for folder in folders:
        _add(out, folder, sorted(folder.rglob("*")))
    return out.hexdigest()


def files(folder: Path, paths: Iterable[Path]) -> str:
    """Hash the names within `folder` and the contents of files."""
    out = hashlib.sha256()
    _add(out, folder, paths)
    return out.hexdigest()


def _add(out: hashlib._Hash, folder: Path, paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_file() and "__pycache__" not in path.parts:
            name = path.relative_to(folder).as_posix()
            out.update(f"{name}\0{digest(path.read_bytes())}\n".encode())
    out.update(b"\0")


def packages() -> str:
    """Hash the versions of Python and of every package installed."""
    # the process that renders loads this module, and nothing that is no part of `code`
    from planbook.execute.cache.fingerprint import environment

    return digest("\n".join(environment()).encode())


def code() -> str:
    """Hash the source of everything that makes pages of executed notebooks.

    Besides this package it is the front end of explorers, whose scripts lie beside the
    pages.
    """
    here = Path(__file__).parent
    widgets = here.parent / "widgets"
    front = sorted((widgets / "front").rglob("*"))
    return key_of(tree(here), files(widgets, [widgets / "front.py", *front]))


def key_of(*parts: str) -> str:
    """Hash several texts as one."""
    return digest("\0".join(parts).encode())


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
        for handle in self.handles:
            os.close(handle)


def _locked(handle: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True
