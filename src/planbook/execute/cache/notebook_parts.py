"""What an executed notebook depends on before it reads a single figure, as one hash."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planbook.execute.cache.code import Code, imports_of
from planbook.files.hashing import as_json
from planbook.report.themes import THEMES

# with these a cell may name a theme that no attribute shows
_DYNAMIC = {"getattr", "vars", "eval", "exec", "__dict__", "__getattribute__"}
FORMAT = 1  # raise it when the machinery itself changes what an executed notebook holds


def _source(cell: Mapping[str, Any]) -> str:
    return "".join(cell["source"])


def parts(
    notebook: Mapping[str, Any], parameters: Mapping[str, object], code: Code, packages: list[str]
) -> dict[str, Any]:
    """Take apart what one notebook's results depend on, apart from data."""
    cells = notebook["cells"]
    coded = [
        [one.get("id"), _source(one), one["metadata"].get("tags", [])]
        for one in cells
        if one["cell_type"] == "code"
    ]
    names = ["planbook.chapter"]
    for _, source, _ in coded:
        names += _named_in(source)
    prose = [
        [one.get("id"), one["cell_type"], _source(one), one["metadata"].get("tags", [])]
        for one in cells
    ]
    return {
        "cells": as_json(coded),
        "prose": as_json(prose),
        "parameters": dict(parameters),
        "modules": code.reached(names),
        "packages": packages,
    }


def _named_in(source: str) -> list[str]:
    """List the modules that a cell imports, and those behind the themes that it names."""
    everything = [module for module, _ in THEMES.values()]
    try:
        tree = ast.parse(source)
    except SyntaxError:  # magics, or a fault that executing it will tell
        return everything + [word for word in source.split() if word.startswith("planbook.")]
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if not _DYNAMIC.isdisjoint(attributes | names):
        return everything + imports_of(source)
    return [THEMES[one][0] for one in sorted(attributes & THEMES.keys())] + imports_of(source)


def key(found: Mapping[str, Any]) -> str:
    """Hash the parts, without the prose: it changes the page and no result."""
    return as_json([FORMAT, {name: value for name, value in found.items() if name != "prose"}])


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Say in words which parts differ."""
    said = []
    if before["cells"] != now["cells"]:
        said.append("the notebook's code changed")
    old, new = before["parameters"], now["parameters"]
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            said.append(f"parameter {name}: {old.get(name)} → {new.get(name)}")
    old, new = before["modules"], now["modules"]
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    if changed:
        said.append(f"changed in the package: {_some(changed)}")
    packages = sorted(set(before["packages"]) ^ set(now["packages"]))
    if packages:
        said.append(f"other packages installed: {_some(packages)}")
    return said or ["the way notebooks are executed changed"]


def _some(names: list[str], most: int = 3) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook as JSON."""
    return json.loads(path.read_text(encoding="utf-8"))
