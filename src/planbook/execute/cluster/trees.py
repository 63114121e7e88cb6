"""A city's inputs as one object: packed where the build runs, laid out where a worker runs."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from pathlib import Path, PurePosixPath

from planbook.data.paths import Paths
from planbook.errors import BuildError
from planbook.execute.cluster.objects import Objects
from planbook.files.atomic import write_atomically

_one_at_a_time = threading.Lock()


def pack(paths: Paths, city: str, objects: Objects) -> str:
    """Store all that a chapter of `city` may read; give the name of the list of it.

    These are the files of ``data`` without those of other cities, and the notebooks.
    What the message table and the code say is the package's, which a worker has in
    the same version.
    """
    found = [*paths.inputs(city), *sorted(paths.notebooks.glob("*.ipynb"))]
    kept = [path for path in found if not _is_hidden(path.relative_to(paths.root))]
    names = objects.put_all(path.read_bytes() for path in kept)
    listed = {
        path.relative_to(paths.root).as_posix(): name
        for path, name in zip(kept, names, strict=True)
    }
    return objects.put(json.dumps(listed, ensure_ascii=False, sort_keys=True).encode("utf-8"))


def _is_hidden(path: Path) -> bool:
    """Tell locks and drafts of imports, and what a system leaves in folders, from data."""
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def lay_out(tree: str, objects: Objects, cache: Path) -> Path:
    """Lay a packed tree out below `cache`, unless that has been done.

    Files that several trees share are fetched once and linked. A tree is put
    together under another name and gets its own in one step, so it is whole if it
    is there at all.

    Raises `BuildError` if an object is missing or damaged, or a path leads out of the tree.
    """
    home = cache / "trees" / tree
    with _one_at_a_time:
        if home.is_dir():
            return home
        listed = json.loads(objects.get(tree))
        for name in listed:
            parts = PurePosixPath(name).parts
            if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name:
                raise BuildError(f"object {tree[:12]}: the path '{name}' leads out of the tree")
        _fetch(sorted(set(listed.values())), objects, cache)
        home.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=home.parent))
        try:
            for name, content in listed.items():
                path = draft / name
                path.parent.mkdir(parents=True, exist_ok=True)
                _link(_kept(cache, content), path)
            draft.rename(home)
        except OSError:
            if not home.is_dir():  # else another process with the same cache was faster
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return home


def _fetch(names: list[str], objects: Objects, cache: Path) -> None:
    missing = [name for name in names if not _kept(cache, name).is_file()]
    for name, raw in objects.get_all(missing).items():
        path = _kept(cache, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, raw)


def _kept(cache: Path, name: str) -> Path:
    return cache / "contents" / name


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)
