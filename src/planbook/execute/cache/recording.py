"""Note, inside a kernel, each thing that a chapter reads; refuse reading behind the loader.

`install` stands between `planbook.data.city.load` and the notebook: the project
that the notebook gets is the real one, whose mappings, methods and series note
what is asked of them. Nothing of it changes a result.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import FunctionType
from typing import Any

import pandas as pd

from planbook import text
from planbook.data import city as project_module
from planbook.data.city import CityData
from planbook.data.observations import Figures
from planbook.data.paths import Paths
from planbook.execute.cache.dependencies import ABSENT, Key, Present, said_by

UNNOTED = ("paths",)  # where the project lies changes nothing that is shown
_SIMPLE = (str, int, float, bool, type(None))

MOST_PRELOADED = 4  # cities: those that notebooks running at a time are likely to be of
_preloaded: dict[tuple[str, str], tuple[tuple, Present]] = {}


class Recorder:
    """What has been read so far."""

    def __init__(self) -> None:
        self.notes: dict[Key, str] = {}
        self.details: dict[Key, dict[str, Any]] = {}
        self.trespasses: list[str] = []

    def note(self, present: Present, *key: Any) -> None:
        """Note that the thing named by `key` was read."""
        if key in self.notes:
            return
        self.notes[key] = present.state(key)
        if key[0] == "rows":
            file, rows = present.rows(*key[1:])
            self.details[key] = {"file": file, "rows": rows}

    def as_json(self) -> str:
        """Give everything as JSON."""
        reads = [[list(key), found, self.details.get(key)] for key, found in self.notes.items()]
        return json.dumps({"reads": reads, "trespasses": self.trespasses}, ensure_ascii=False)


class WatchedMapping(Mapping):
    """A mapping that notes which entries are looked up."""

    def __init__(self, raw: Mapping, path: str, note: Callable[..., None]) -> None:
        self._raw, self._path, self._note = raw, path, note

    def __getitem__(self, key: Any) -> Any:
        self._note("item", self._path, key)
        return self._raw[key]

    def __contains__(self, key: object) -> bool:
        self._note("item", self._path, key)
        return key in self._raw

    def __iter__(self) -> Iterator:
        self._note("keys", self._path)
        return iter(self._raw)

    def __len__(self) -> int:
        self._note("keys", self._path)
        return len(self._raw)

    def __or__(self, other: Mapping) -> dict:
        return {**self, **other}

    def __ror__(self, other: Mapping) -> dict:
        return {**other, **self}


class WatchedFigures(Figures):
    """Figures that note which series are asked for."""

    def __init__(self, frame: pd.DataFrame, note: Callable[..., None]) -> None:
        super().__init__(frame)
        self._note = note

    def rows(self, indicator: str, entity: str) -> pd.DataFrame:
        self._note("rows", indicator, entity)
        return super().rows(indicator, entity)

    def by_year(self, indicator: str, entity: str) -> pd.DataFrame:
        self._note("rows", indicator, entity)
        return super().by_year(indicator, entity)


def watch(
    raw: Any, path: str, note: Callable[..., None], own: Mapping[str, object] | None = None
) -> Any:
    """Give a copy of a dataclass that notes what is asked of it.

    Mappings note entries, dataclasses within are watched in turn, any other field
    is noted as a whole when it is read. A method whose arguments are plain values
    is answered by the original, and question and answer are noted; any other
    method runs on the copy and notes what it reads. `own` holds methods that note
    in a way of their own.
    """
    kind, own = type(raw), dict(own or {})
    parts: dict[str, Any] = {}
    for one in dataclasses.fields(raw):
        value = getattr(raw, one.name)
        inner = f"{path}.{one.name}".lstrip(".")
        if isinstance(value, Mapping) and not dataclasses.is_dataclass(value):
            parts[one.name] = WatchedMapping(value, inner, note)
        elif dataclasses.is_dataclass(value) and one.name not in UNNOTED:
            parts[one.name] = watch(value, inner, note)
        else:
            parts[one.name] = value

    def get(self: Any, name: str) -> Any:
        if name in parts:
            value = parts[name]
            if name not in UNNOTED and not _is_watched(value):
                inner = f"{path}.{name}".lstrip(".")
                note(*(("figures",) if inner == "observations" else ("value", inner)))
            return value
        if name.startswith("_") or name in own:
            return object.__getattribute__(self, name)
        found = getattr(kind, name, None)
        if isinstance(found, property):
            note("call", path, name)
            return getattr(raw, name)
        if isinstance(found, FunctionType):
            return _asking(self, found, raw, path, note)
        return object.__getattribute__(self, name)

    body = {**own, "__getattribute__": get, "_watched": True}
    made: Any = object.__new__(type(kind.__name__, (kind,), body))
    made.__dict__.update(parts, _note=note, _original=raw)
    return made


def _is_watched(value: object) -> bool:
    return isinstance(value, WatchedMapping) or hasattr(type(value), "_watched")


def _is_plain(value: object) -> bool:
    return isinstance(value, _SIMPLE) or (isinstance(value, tuple) and all(map(_is_plain, value)))


def _asking(
    watched: Any, method: FunctionType, raw: Any, path: str, note: Callable[..., None]
) -> Callable:
    def ask(*arguments: Any, **named: Any) -> Any:
        plain = tuple(tuple(one) if isinstance(one, list) else one for one in arguments)
        if named or not all(map(_is_plain, plain)):
            return method(watched, *arguments, **named)
        note("call", path, method.__name__, *plain)
        return method(raw, *plain)

    return ask


class _OfProject:
    """How a watched project answers, where not in the general way."""

    def figures(self: Any, as_of: int | str) -> Figures:
        known = self._original.known(as_of)
        return WatchedFigures(known, self._note)

    def vintages(self: Any, pairs: Iterable[tuple[str, str]]) -> pd.DataFrame:
        wanted = list(dict.fromkeys(pairs))
        for pair in wanted:
            self._note("rows", *pair)
        return self._original.vintages(wanted)

    def known(self: Any, as_of: int | str | None = None) -> pd.DataFrame:
        self._note("figures")
        return self._original.known(as_of)

    def page_of(self: Any, section: Any) -> str:
        self._note("page", section.number)
        return self._original.page_of(section)


class _Entry(dict):
    """A message; notes the languages that it is read in."""

    __slots__ = ("_key", "_note")

    def __init__(self, entry: Mapping[str, str], key: str, note: Callable[..., None]) -> None:
        super().__init__(entry)
        self._key, self._note = key, note

    def __getitem__(self, lang: str) -> str:
        self._note("word", self._key, lang)
        return super().__getitem__(lang)


class _Words(Mapping):
    """The message table; notes each message in each language that is used."""

    def __init__(self, table: Mapping, note: Callable[..., None]) -> None:
        self._table, self._note = table, note
        self._entries: dict[str, _Entry] = {}

    def __getitem__(self, key: str) -> Mapping[str, str]:
        if key not in self._entries:
            if key not in self._table:
                self._note("word", key, "en")
            self._entries[key] = _Entry(self._table[key], key, self._note)
        return self._entries[key]

    def __contains__(self, key: object) -> bool:
        self._note("word", key, "en")
        return key in self._table

    def __iter__(self) -> Iterator[str]:
        self._note("words")  # which there are; what they say is noted where it is read
        return iter(self._table)

    def __len__(self) -> int:
        self._note("words")
        return len(self._table)


_OF_PROJECT = {name: one for name, one in vars(_OfProject).items() if not name.startswith("_")}


def watched_project(present: Present, recorder: Recorder) -> CityData:
    """Give a project that notes in `recorder` what is asked of it."""

    def note(*key: Any) -> None:
        recorder.note(present, *key)

    return watch(present.project, "", note, _OF_PROJECT)


def preload(city: str, root: Path) -> None:
    """Read a project before any notebook asks, for the children of a fork."""
    where = Paths(root.resolve())
    key, state = (city, str(where.root)), _state(where, city)
    if key in _preloaded and _preloaded[key][0] == state:
        _preloaded[key] = _preloaded.pop(key)  # now the latest asked for
        return
    present = Present(project_module.read(city, where))
    present.rows("", "")  # hashes every row, once for all
    _preloaded.pop(key, None)
    _preloaded[key] = (state, present)
    while len(_preloaded) > MOST_PRELOADED:
        del _preloaded[next(iter(_preloaded))]


def _state(where: Paths, city: str) -> tuple:
    """Tell the files that a project is read from apart by size and time of change."""
    found = []
    for path in where.inputs(city):
        about = path.stat()
        found.append((str(path), about.st_size, about.st_mtime_ns))
    return tuple(found)


_current: Recorder | None = None


def install(root: str) -> None:
    """Note from now on, in this process, what is read of the project in `root`."""
    global _current
    recorder = _current = Recorder()
    data = os.path.realpath(Paths(Path(root)).data) + os.sep
    reading = [0]

    def through(reader: project_module.Read, city: str, where: Paths) -> CityData:
        reading[0] += 1
        try:
            ready = _preloaded.get((city, str(where.root.resolve())))
            is_fresh = ready is not None and ready[0] == _state(where, city)
            present = ready[1] if ready and is_fresh else Present(reader(city, where))
        finally:
            reading[0] -= 1
        return watched_project(present, recorder)

    def audit(event: str, arguments: tuple) -> None:
        if event != "open" or reading[0] or not isinstance(arguments[0], str | bytes):
            return
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if path.startswith(data) and path not in recorder.trespasses:
            recorder.trespasses.append(path[len(data) :])

    project_module.pass_through(through)
    table = text.messages()
    present = _WordsPresent()
    words = _Words(table, lambda *key: recorder.note(present, *key))
    for module in list(sys.modules.values()):
        if getattr(module, "messages", None) is text.messages and module is not text:
            vars(module)["messages"] = lambda: words
    vars(text)["messages"] = lambda: words
    _note_fonts(recorder)
    sys.addaudithook(audit)


class _WordsPresent(Present):
    """Hashes of messages and fonts, which belong to no project."""

    def __init__(self) -> None:
        self._known = {}
        self._table = text.messages()

    def _look_up(self, kind: str, *rest: Any) -> str:
        if kind == "words":
            return said_by(list(self._table))
        if kind == "word" and rest[0] in self._table:
            return said_by(self._table[rest[0]][rest[1]])
        return ABSENT if kind == "word" else super()._look_up(kind, *rest)


def _note_fonts(recorder: Recorder) -> None:
    """Note the font of the charts where it comes from the system and not from a package."""
    from importlib.util import find_spec

    if find_spec("mpl_font"):
        return  # its version is one of those that the environment counts
    from matplotlib import font_manager

    from planbook.report.drawing import fonts

    path = font_manager.findfont(fonts.family())
    recorder.note(_WordsPresent(), "font", path)


def collect(path: str) -> None:
    """Write to `path` what was noted since `install`."""
    if _current is not None:
        Path(path).write_text(_current.as_json(), encoding="utf-8")
