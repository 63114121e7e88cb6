"""Results by what they depend on: ``_build/.cache``.

``objects`` holds executed notebooks by the hash of their bytes; ``runs`` tells,
for each key (notebook, parameters, code, packages), with which state of the data
which of them came out; ``last`` tells the last good run of each chapter. Nothing
is ever changed in place, so a build that is killed leaves no half of anything.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planbook.files.atomic import write_atomically
from planbook.files.hashing import digest, save, saved

KEPT_RUNS = 6  # states of the data remembered for one key
KEPT_KEYS = 4  # keys remembered for one chapter


class Store:
    """What earlier builds have found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, raw: bytes) -> str:
        """Store bytes; give the hash by which `get` finds them."""
        name = digest(raw)
        path = self._object(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, raw)
        return name

    def get(self, name: str) -> bytes | None:
        """Give stored bytes; None if they are gone or no longer what they were."""
        try:
            raw = self._object(name).read_bytes()
        except OSError:
            return None
        return raw if digest(raw) == name else None

    def _object(self, name: str) -> Path:
        return self.folder / "objects" / name[:2] / name[2:]

    def runs(self, key: str) -> list[dict[str, Any]]:
        """List the runs with `key`, the newest first."""
        return saved(self.folder / "runs" / f"{key}.json").get("runs", [])

    def last(self, place: str) -> dict[str, Any] | None:
        """Give the last good run of a chapter, with its ``key``."""
        return saved(self.folder / "last" / f"{place}.json") or None

    def add(self, place: str, key: str, run: dict[str, Any]) -> None:
        """Remember a run, as the newest with its key and the last of its chapter."""
        others = [one for one in self.runs(key) if one["reads"] != run["reads"]]
        save(self.folder / "runs" / f"{key}.json", {"runs": [run, *others][:KEPT_RUNS]})
        self.use(place, key, run)

    def use(self, place: str, key: str, run: dict[str, Any]) -> None:
        """Remember a run as the last good one of a chapter."""
        before = self.last(place) or {}
        keys = [key, *(one for one in before.get("keys", []) if one != key)][:KEPT_KEYS]
        now = {**run, "key": key, "keys": keys}
        if now != before:
            save(self.folder / "last" / f"{place}.json", now)

    def tidy(self) -> None:
        """Remove what no chapter's last keys lead to."""
        lasts = [saved(path) for path in (self.folder / "last").glob("*.json")]
        keys = {key for one in lasts for key in one.get("keys", [])}
        objects = {one.get("object") for one in lasts}
        for path in (self.folder / "runs").glob("*.json"):
            if path.stem in keys:
                objects |= {run["object"] for run in self.runs(path.stem)}
            else:
                path.unlink(missing_ok=True)
        for path in (self.folder / "objects").glob("*/*"):
            if path.parent.name + path.name not in objects:
                path.unlink(missing_ok=True)
