"""Read YAML strictly: duplicate keys are errors, and every key knows its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from planbook.errors import DataError, Problem, relative

Key = tuple[str | int, ...]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path: Path, root: Path | None = None) -> tuple[Any, dict[Key, int]]:
    """Read one YAML file.

    Raises `DataError` if the file is missing, is not UTF-8, is not YAML or repeats a key.
    """
    name = relative(path, root)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(
            Problem(name, "", "the file is missing", "restore it or create it as the README shows")
        ) from None
    except UnicodeDecodeError as error:
        raise DataError(
            Problem(
                name,
                f"byte {error.start}",
                "the file is not UTF-8",
                "save it as UTF-8, not ANSI or GBK",
            )
        ) from None
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            lines: dict[Key, int] = {}
            if node is None:
                return None, lines
            _walk(node, (), lines, name)
            return loader.construct_document(node), lines
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataError(
            Problem(name, f"line {line}", f"not valid YAML: {error.problem}", "mend the syntax")
        ) from None
    except yaml.YAMLError as error:  # a character that no text holds
        told = " ".join(str(error).split())
        raise DataError(Problem(name, "", f"not valid YAML: {told}", "save it as text")) from None


def _walk(node: yaml.Node, path: Key, lines: dict[Key, int], name: str) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, line = key_node.value, key_node.start_mark.line + 1
            if key in seen:
                raise DataError(
                    Problem(
                        name,
                        f"line {line}",
                        f"key '{key}' stands twice (first in line {seen[key]})",
                        "keep one of them",
                    )
                )
            seen[key] = line
            lines[*path, key] = line
            _walk(value_node, (*path, key), lines, name)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[*path, number] = item.start_mark.line + 1
            _walk(item, (*path, number), lines, name)


def place(lines: dict[Key, int], key: Key) -> str:
    """Describe where `key` stands: ``line 12, key a.b``."""
    known = key
    while known and known not in lines:
        known = known[:-1]
    dotted = ".".join(str(part) for part in key)
    return f"line {lines[known]}, key {dotted}" if known in lines else f"key {dotted}"
