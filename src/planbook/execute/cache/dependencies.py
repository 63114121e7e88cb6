"""What a chapter may depend on, named as keys, and the present state of each as a hash.

While a chapter runs each thing that it asks for is noted as a key with its hash;
to know later whether anything has changed, each key is looked up again. Both
sides use `Present`, so they cannot disagree on what a key means.

Keys
----
``("rows", indicator, entity)``
    Every row, all vintages, of one series; also of one that has none.
``("figures",)``
    Every row of every series.
``("item", path, key)``, ``("keys", path)``
    One entry of a mapping of the project, such as ``catalog.indicators``; the
    names of all its entries, in their order.
``("value", path)``
    A field of the project that is no mapping, such as ``city``.
``("call", path, name, *arguments)``
    The answer of a method, such as ``plan.measures_of(12)``.
``("page", section)``
    The page that answers a section: it depends on which notebooks there are.
``("word", key, lang)``, ``("words",)``
    One message in one language; the names of all messages, in their order.
``("font", path)``
    A font of the system.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Set
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from planbook import text
from planbook.data.city import CityData
from planbook.files.hashing import digest

Key = tuple[Any, ...]
ABSENT = "absent"
# Where in a file a row stands is no part of what it says.
_PLACE = ("file", "row")


def said_by(value: object) -> str:
    """Hash what a value says: records, frames, mappings and plain values.

    Raises `TypeError` if the value holds something whose content cannot be told.
    """
    raw = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    return digest(raw.encode())[:24]


def _plain(value: object) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, BaseModel):
        return [type(value).__name__, _plain(dict(value))]
    if isinstance(value, Mapping):
        return [[_plain(key), _plain(item)] for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Set):
        return sorted(_plain(item) for item in value)
    if isinstance(value, Path):
        return value.as_posix()
    if isinstance(value, pd.DataFrame):
        rows = value.astype(object).where(value.notna(), None)
        return ["frame", _plain(list(value)), _plain(value.index.tolist()), rows.values.tolist()]
    if isinstance(value, pd.Series):
        found = value.astype(object).where(value.notna(), None)
        return ["series", _plain(value.index.tolist()), _plain(found.tolist())]
    if isinstance(value, np.generic | np.ndarray):
        return _plain(value.tolist())
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return [type(value).__name__, [_plain(getattr(value, one.name)) for one in fields]]
    raise TypeError(f"cannot tell what a {type(value).__name__} says")


def as_key(value: Any) -> Any:
    """Give a key that was written as JSON."""
    return tuple(map(as_key, value)) if isinstance(value, list) else value


class Present:
    """The present state of a project, key by key."""

    def __init__(self, project: CityData) -> None:
        self.project = project
        self._known: dict[Key, str] = {}

    @cached_property
    def _rows(self) -> dict[tuple[str, str], tuple[str, list[str]]]:
        """File and hash of each row, by series."""
        found: dict[tuple[str, str], tuple[str, list[str]]] = {}
        for row in self.project.observations.to_dict("records"):
            said = {key: value for key, value in row.items() if key not in _PLACE}
            _, rows = found.setdefault((row["indicator"], row["entity"]), (row["file"], []))
            rows.append(said_by(said)[:10])
        return found

    def rows(self, indicator: str, entity: str) -> tuple[str, list[str]]:
        """Give the file that a series stands in, and a hash of each of its rows."""
        return self._rows.get((indicator, entity), ("", []))

    def state(self, key: Key) -> str:
        """Hash what `key` names, `ABSENT` if there is no such thing."""
        if key not in self._known:
            self._known[key] = self._look_up(*key)
        return self._known[key]

    def _look_up(self, kind: str, *rest: Any) -> str:
        if kind == "rows":
            return said_by(self.rows(*rest)[1])
        if kind == "figures":
            return said_by({"/".join(pair): rows for pair, (_, rows) in self._rows.items()})
        if kind == "word":
            try:
                return said_by(text.messages()[rest[0]][rest[1]])
            except KeyError:
                return ABSENT
        if kind == "words":
            return said_by(list(text.messages()))
        if kind == "font":
            try:
                state = Path(rest[0]).stat()
            except OSError:
                return ABSENT
            return said_by([state.st_size, state.st_mtime_ns])
        if kind == "page":
            section = self.project.plan.sections.get(rest[0])
            return ABSENT if section is None else said_by(self.project.page_of(section))
        try:
            here = self.at(rest[0])
        except AttributeError:
            return ABSENT
        if kind == "item":
            return said_by(here[rest[1]]) if rest[1] in here else ABSENT
        if kind == "keys":
            return said_by(list(here))
        if kind == "call":
            return self._answer(here, rest[1], rest[2:])
        return said_by(here)

    def _answer(self, here: object, name: str, arguments: tuple[Any, ...]) -> str:
        try:
            found = getattr(here, name)
            answer = found(*arguments) if callable(found) else found
        except (AttributeError, KeyError, TypeError):
            return ABSENT
        return said_by(answer)  # what cannot be told is an error: a page would go stale unseen

    def at(self, path: str) -> Any:
        """Give the part of the project that a dotted path names; empty is the project."""
        here: Any = self.project
        for name in filter(None, path.split(".")):
            here = getattr(here, name)
        return here


def told(key: Key, before: Mapping[str, Any] | None, present: Present | None = None) -> str:
    """Say in words what a key names, and for a series how many rows have changed."""
    kind, *rest = key
    if kind == "rows":
        file, rows = present.rows(*rest) if present else ("", [])
        old = (before or {}).get("rows", [])
        count = max(len(set(old) - set(rows)), len(set(rows) - set(old)))
        name = Path(file or (before or {}).get("file") or "observations").name
        what = "order" if not count else f"{count} row{'s' if count > 1 else ''}"
        return f"{name}: {rest[0]} of {rest[1]} changed: {what}"
    if kind == "figures":
        return "observations changed, and it reads them all"
    if kind == "word":
        return f"messages.yml: {rest[0]} ({rest[1]}) changed"
    if kind == "words":
        return "messages.yml: a message was added, removed or moved, and it looks through all"
    if kind == "font":
        return f"font {Path(rest[0]).name} changed"
    if kind == "page":
        return f"the page of section {rest[0]} changed"
    path = rest[0] or "project"
    if kind == "item":
        return f"{path}: {rest[1]} changed"
    if kind == "keys":
        return f"{path}: an entry was added, removed or moved"
    if kind == "call":
        arguments = ", ".join(map(str, rest[2:]))
        return f"{path}: {rest[1]}({arguments}) changed"
    return f"{path} changed"
