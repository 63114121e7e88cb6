"""Tell at once that nothing at all has changed since the last build.

Nothing heavy is imported here: the answer takes a fraction of a second, less
than importing what a build needs.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planbook.data.paths import Paths
from planbook.execute.cache.code import PACKAGE
from planbook.execute.cache.fingerprint import environment
from planbook.files.atomic import write_atomically

PROSE_FOLDER = "book/"  # what lies there makes pages, and no result of a notebook


@dataclass(frozen=True)
class Stamp:
    """What the last build was made of and what it made."""

    inputs: Mapping[str, str]  # hash of every file that a build reads, by name
    outputs: Mapping[str, Sequence[int]]  # size and time of change of every file that it made
    asked: Mapping[str, Any]  # ``city``, ``langs``, ``as_of`` and ``epoch``
    pages: int
    labels: Sequence[Sequence[str]]  # language and label of each notebook


def inputs(where: Paths, city: str = "") -> dict[str, str]:
    """Hash every file that the build of `city` reads, the installed packages among them."""
    found = {"packages": hashlib.sha256("\n".join(environment()).encode()).hexdigest()}
    names = [where.root / "_config.yml", where.root / "_toc.yml", *where.notebooks.glob("*.ipynb")]
    names += where.inputs(city)
    for folder in (where.book, PACKAGE):
        for here, inner, files in os.walk(folder):
            skipped = ("__pycache__", "chapters") if folder == where.book else ("__pycache__",)
            inner[:] = [name for name in inner if name not in skipped]
            names += [Path(here, name) for name in files if not name.endswith(".pyc")]
    for path in names:
        try:
            raw = path.read_bytes()
        except OSError:
            continue
        inside = path.is_relative_to(PACKAGE)
        name = path.relative_to(PACKAGE if inside else where.root).as_posix()
        found[f"package:{name}" if inside else name] = hashlib.sha256(raw).hexdigest()
    return found


def outputs(where: Paths) -> dict[str, list[int]]:
    """Give size and time of change of the published site and the executed notebooks."""
    found = {}
    for folder in (where.site, where.chapters):
        for here, _, files in os.walk(folder):
            for name in files:
                path = Path(here, name)
                state = path.stat()
                about = [state.st_size, state.st_mtime_ns]
                found[path.relative_to(where.root).as_posix()] = about
    return found


def load(where: Paths) -> Stamp | None:
    """Read the stamp of the last build; None if there is none."""
    try:
        return Stamp(**json.loads(_path(where).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def save(where: Paths, stamp: Stamp) -> None:
    """Keep the stamp of a build that has succeeded."""
    _path(where).parent.mkdir(parents=True, exist_ok=True)
    write_atomically(_path(where), json.dumps(vars(stamp)).encode("utf-8"))


def remove(where: Paths) -> None:
    """Forget the last build: from here on it may be half undone."""
    _path(where).unlink(missing_ok=True)


def _path(where: Paths) -> Path:
    return where.build / ".cache" / "built.json"


def changed(stamp: Stamp | None, now: Mapping[str, str]) -> list[str]:
    """Name the inputs that are not what they were."""
    before = stamp.inputs if stamp else {}
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def covers(stamp: Stamp, asked: Mapping[str, Any]) -> bool:
    """Tell whether a build would make nothing that the last one did not."""
    rest = {key: value for key, value in asked.items() if key != "langs"}
    same = rest == {key: value for key, value in stamp.asked.items() if key != "langs"}
    return same and set(asked["langs"]) <= set(stamp.asked["langs"])
