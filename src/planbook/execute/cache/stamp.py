"""Tell at once that nothing at all has changed since the last build.

Nothing heavy is imported here: the answer takes a fraction of a second, less
than importing what a build needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planbook.data.paths import Paths
from planbook.execute.cache.program import PACKAGE, packages
from planbook.files.hashing import COMPILED, Inputs, below, save, saved

PROSE_FOLDER = "book/"  # what lies there makes pages, and no result of a notebook


@dataclass(frozen=True)
class Stamp:
    """What the last build was made of and what it made."""

    inputs: Mapping[str, str]  # hash of every file that a build reads, by name
    outputs: Mapping[str, Sequence[int]]  # size and time of change of every file that it made
    asked: Mapping[str, Any]  # ``city``, ``langs``, ``as_of`` and ``epoch``
    pages: int
    labels: Sequence[Sequence[str]]  # language and label of each notebook

    @classmethod
    def load(cls, where: Paths) -> Stamp | None:
        """Read the stamp of the last build; None if there is none, or it is damaged."""
        try:
            return cls(**saved(_path(where)))
        except TypeError:  # nothing, or written by another version
            return None

    def save(self, where: Paths) -> None:
        """Keep the stamp of a build that has succeeded."""
        save(_path(where), vars(self))

    def covers(self, asked: Mapping[str, Any]) -> bool:
        """Tell whether a build would make nothing that the last one did not."""
        rest = {key: value for key, value in asked.items() if key != "langs"}
        same = rest == {key: value for key, value in self.asked.items() if key != "langs"}
        return same and set(asked["langs"]) <= set(self.asked["langs"])


def inputs_of(where: Paths, city: str = "", inputs: Inputs | None = None) -> dict[str, str]:
    """Hash every file that the build of `city` reads, the installed packages among them."""
    inputs = inputs or Inputs()
    files = [("_config.yml", where.root / "_config.yml"), ("_toc.yml", where.root / "_toc.yml")]
    others = [*where.notebooks.glob("*.ipynb"), *where.inputs(city)]
    files += [(path.relative_to(where.root).as_posix(), path) for path in others]
    made = (COMPILED, "chapters")
    files += [(f"{PROSE_FOLDER}{name}", path) for name, path in below(where.book, made)]
    files += [(f"package:{name}", path) for name, path in below(PACKAGE)]
    found = {name: inputs.of(path) for name, path in files}
    return {"packages": packages()} | {name: told for name, told in found.items() if told}


def outputs_of(where: Paths) -> dict[str, list[int]]:
    """Give size and time of change of the published site and the executed notebooks."""
    found = {}
    for folder in (where.site, where.chapters):
        begin = folder.relative_to(where.root).as_posix()
        for name, path in below(folder, ()):
            state = path.stat()
            found[f"{begin}/{name}"] = [state.st_size, state.st_mtime_ns]
    return found


def remove(where: Paths) -> None:
    """Forget the last build: from here on it may be half undone."""
    _path(where).unlink(missing_ok=True)


def changed(stamp: Stamp | None, now: Mapping[str, str]) -> list[str]:
    """Name the inputs that are not what they were."""
    before = stamp.inputs if stamp else {}
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def _path(where: Paths) -> Path:
    return where.build / ".cache" / "built.json"
