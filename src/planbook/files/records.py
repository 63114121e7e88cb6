"""What the typed models of the data files share: strictness and error messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from planbook.errors import DataError, Problem, relative
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


def load_records(
    path: Path,
    model: type[M],
    root: Path | None = None,
    prepare: Callable[[str, Any], Any] | None = None,
) -> dict[str, M]:
    """Read a YAML file that holds one record a key.

    Raises `DataError` with everything that is wrong in the file.
    """
    data, lines = load(path, root)
    name, problems, found = relative(path, root), [], {}
    for key, value in (data or {}).items():
        given = prepare(key, value) if prepare else value
        record, wrong = parse(model, given, file=name, key=(key,), lines=lines)
        problems += wrong
        if record is not None:
            found[key] = record
    if problems:
        raise DataError(problems)
    return found
