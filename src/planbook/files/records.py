"""What the typed models of the data files share: strictness and error messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from planbook.errors import Problem, Problems, relative
from planbook.files.yaml import Key, load, place

LANGS = ("en", "zh")


class Strict(BaseModel):
    """A record in which an unknown key is an error and nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """One string in both languages."""

    en: str
    zh: str

    def __getitem__(self, lang: str) -> str:
        return getattr(self, lang)

    def model_post_init(self, _context: Any) -> None:
        for lang in LANGS:
            if not getattr(self, lang).strip():
                raise ValueError(f"the {lang} text is empty")


M = TypeVar("M", bound=BaseModel)

_REMEDIES = {
    "extra_forbidden": "remove the key or mend its name",
    "missing": "add it",
    "literal_error": "use one of the values named",
}


def parse(
    model: type[M],
    data: Any,
    *,
    file: str,
    key: Key = (),
    lines: Mapping[Key, int] | None = None,
    where: str | None = None,
) -> tuple[M | None, list[Problem]]:
    """Turn plain data into `model`, or say what is wrong with them."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        problems = []
        for item in error.errors(include_url=False, include_context=False):
            at = (*key, *item["loc"])
            spot = f"{where}, column {item['loc'][0]}" if where and item["loc"] else where
            rule = item["msg"][0].lower() + item["msg"][1:]
            value = item.get("input")
            if item["type"] == "extra_forbidden":
                rule = f"unknown key '{item['loc'][-1]}'"
            elif item["type"] == "missing":
                rule = f"'{item['loc'][-1]}' is missing"
            elif isinstance(value, str | int | float):
                rule = f"value '{value}': {rule}"
            remedy = _REMEDIES.get(item["type"], "mend the value")
            problems.append(Problem(file, spot or place(dict(lines or {}), at), rule, remedy))
        return None, problems


class Document:
    """A YAML file of typed records; `problems` gathers what is wrong with them.

    Raises `DataError` if it cannot be read, or holds other keys than `keys`, where these are given.
    """

    def __init__(self, path: Path, root: Path | None = None, keys: Sequence[str] = ()) -> None:
        self.data, self.lines = load(path, root)
        self.problems = Problems(relative(path, root))
        if keys and not isinstance(self.data, dict):
            rule = f"the file holds no mapping with {' and '.join(keys)}"
            self.problems.add("", rule, "add it")
        elif keys:
            for key in self.data:
                if key not in keys:
                    self.wrong((key,), "unknown key", f"use {' and '.join(keys)} only")
            for key in keys:
                if key not in self.data:
                    self.problems.add("", f"key '{key}' is missing", "add it")
        self.problems.stop()

    def wrong(self, key: Key, rule: str, remedy: str) -> None:
        """Note what is wrong at a key."""
        self.problems.add(place(self.lines, key), rule, remedy)

    def record(self, model: type[M], key: Key = ()) -> M | None:
        """Read what stands at a key; None if it is wrong."""
        given = self._at(key)
        record, wrong = parse(model, given, file=self.problems.file, key=key, lines=self.lines)
        self.problems += wrong
        return record

    def records(
        self, model: type[M], *key: str | int, prepare: Callable[[Any, Any], Any] | None = None
    ) -> Iterator[tuple[Key, M]]:
        """Read the list or mapping at a key; give each sound record with the key it stands at."""
        found = self._at(key)
        if not isinstance(found, dict | list | None):
            self.wrong(key, "neither a list nor a mapping", "write one record below another")
            return
        pairs = found.items() if isinstance(found, dict) else enumerate(found or ())
        for name, value in pairs:
            given = prepare(name, value) if prepare else value
            record, wrong = parse(
                model, given, file=self.problems.file, key=(*key, name), lines=self.lines
            )
            self.problems += wrong
            if record is not None:
                yield (*key, name), record

    def _at(self, key: Key) -> Any:
        found = self.data
        for one in key:
            found = found[one]
        return found


def load_records(
    path: Path,
    model: type[M],
    root: Path | None = None,
    prepare: Callable[[Any, Any], Any] | None = None,
) -> dict[str, M]:
    """Read a YAML file that holds one record a key.

    Raises `DataError` with everything that is wrong in the file.
    """
    document = Document(path, root)
    if not isinstance(document.data, dict | None):  # a list has no ids
        document.problems.add("", "the file holds no mapping", "write each record below its id")
    document.problems.stop()
    found = {str(key[-1]): one for key, one in document.records(model, prepare=prepare)}
    document.problems.stop()
    return found
