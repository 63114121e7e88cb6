"""Hashes of bytes and of files, each file read once; JSON that carries its own hash."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from planbook.files.atomic import write_atomically

COMPILED = "__pycache__"


def digest(raw: bytes) -> str:
    """Hash bytes."""
    return hashlib.sha256(raw).hexdigest()


def joined(*parts: str) -> str:
    """Hash several texts as one."""
    return digest("\0".join(parts).encode())


def as_json(value: object) -> str:
    """Hash plain data."""
    return digest(json.dumps(value, ensure_ascii=False, sort_keys=True).encode())


def below(folder: Path, skipped: Sequence[str] = (COMPILED,)) -> list[tuple[str, Path]]:
    """List the files below a folder in a stable order, each with its name within it."""
    found = []
    for here, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if name not in skipped]
        found += [Path(here, name) for name in names]
    return sorted((path.relative_to(folder).as_posix(), path) for path in found)


class Inputs:
    """The files that one build is made of; each is read and hashed when it is first asked for.

    Whoever asks later in the build hears of the file as it was then, so a change meanwhile
    is noticed by the next build.
    """

    def __init__(self) -> None:
        self._known: dict[Path, tuple[str, str]] = {}

    def _hashes(self, path: Path) -> tuple[str, str]:
        if path not in self._known:
            try:
                raw = path.read_bytes()
            except OSError:
                self._known[path] = "", ""
            else:
                plain = digest(raw)
                has_returns = b"\r\n" in raw
                text = digest(raw.replace(b"\r\n", b"\n")) if has_returns else plain
                self._known[path] = plain, text
        return self._known[path]

    def of(self, path: Path) -> str:
        """Hash a file; empty if it cannot be read."""
        return self._hashes(path)[0]

    def of_texts(self, files: Iterable[tuple[str, Path]]) -> str:
        """Hash files by name and content, with line ends the same on every system."""
        told = (f"{name}\0{self._hashes(path)[1]}\n" for name, path in sorted(files))
        return digest("".join(told).encode())

    def of_tree(self, *folders: Path) -> str:
        """Hash names and contents of all files below `folders`, compiled ones apart."""
        told = [[[name, self.of(path)] for name, path in below(folder)] for folder in folders]
        return as_json(told)


def save(path: Path, data: object) -> None:
    """Write plain data with a check sum, in one step."""
    text = json.dumps(data, sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, f"{digest(text.encode())}\n{text}\n".encode())


def saved(path: Path) -> dict[str, Any]:
    """Read what `save` wrote; empty if it is missing or damaged."""
    try:
        told, _, text = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        return {}
    text = text.removesuffix("\n")
    return json.loads(text) if digest(text.encode()) == told else {}
