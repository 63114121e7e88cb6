"""The executed notebook as a page wants it: stored results in today's prose."""

from __future__ import annotations

import ast
import copy
import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planbook.errors import ParameterError
from planbook.execute.order import Task

INJECTED, PARAMETERS = "injected-parameters", "parameters"
REASON_LENGTH = 300  # characters of an error that a page quotes


def merge(executed: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    """Put the results of an executed notebook into the prose of its source."""
    coded = [cell for cell in executed["cells"] if cell["cell_type"] == "code"]
    injected = [cell for cell in coded if INJECTED in cell["metadata"].get("tags", [])]
    results = iter([cell for cell in coded if cell not in injected])
    cells: list[dict[str, Any]] = []
    if not any(PARAMETERS in cell["metadata"].get("tags", []) for cell in source["cells"]):
        cells += injected
    for cell in source["cells"]:
        cells.append(next(results) if cell["cell_type"] == "code" else _lines(cell))
        if PARAMETERS in cell["metadata"].get("tags", []):
            cells += injected
    return {**executed, "cells": cells}


def _lines(cell: Mapping[str, Any]) -> dict[str, Any]:
    text = "".join(cell["source"])
    metadata = {"tags": [], **cell["metadata"]}
    return {**cell, "metadata": metadata, "source": text.splitlines(keepends=True)}


def as_bytes(book: Mapping[str, Any]) -> bytes:
    """Write a notebook, the same bytes for the same content."""
    return json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")


def marked(book: Mapping[str, Any], *, lang: str, date: str, reason: str) -> dict[str, Any]:
    """Say at the head of an executed notebook that it is an earlier version, and why."""
    from planbook.text import say

    short = " ".join(reason.split())
    short = short if len(short) <= REASON_LENGTH else f"{short[:REASON_LENGTH]} …"
    title, text = say("stale_title", lang), say("stale_text", lang, date=date)
    why = say("stale_reason", lang)
    source = (
        f'<div class="admonition warning pb-stale"><p class="admonition-title">{title}</p>'
        f"<p>{text}</p><p>{why}<code>{html.escape(short)}</code></p></div>"
    )
    cell = {
        "cell_type": "markdown",
        "id": "last-good-version",
        "metadata": {"tags": [f"lang-{lang}"]},
        "source": [source],
    }
    made = copy.deepcopy(dict(book))
    kinds = [one["cell_type"] for one in made["cells"]]
    made["cells"].insert(kinds.index("code") if "code" in kinds else len(kinds), cell)
    return made


def check_parameters(task: Task, notebook: Mapping[str, Any]) -> None:
    """Compare a task's parameters with those its notebook declares.

    Raises `ParameterError` if the notebook has no ``parameters`` cell, or one given is unknown to
    it.
    """
    declared = declared_in(notebook)
    if not declared:
        raise ParameterError(
            f"{task.notebook.name}: no cell is tagged 'parameters'; tag the cell that declares them"
        )
    unknown = sorted(set(task.parameters) - set(declared))
    if unknown:
        raise ParameterError(
            f"{task.notebook.name}: unknown parameter {', '.join(unknown)}; "
            f"it declares {', '.join(declared)}"
        )


def declared_in(notebook: Mapping[str, Any]) -> list[str]:
    """List the names that the cell tagged ``parameters`` assigns."""
    found: list[str] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code" or PARAMETERS not in cell["metadata"].get("tags", []):
            continue
        try:
            body = ast.parse("".join(cell["source"])).body
        except SyntaxError:
            continue
        for node in body:
            targets: list[ast.expr] = [node.target] if isinstance(node, ast.AnnAssign) else []
            targets += node.targets if isinstance(node, ast.Assign) else []
            found += [one.id for one in targets if isinstance(one, ast.Name)]
    return found


def write_if_new(path: Path, raw: bytes) -> None:
    """Write a file unless it holds these bytes already: what is unchanged keeps its date."""
    from planbook.files.atomic import write_atomically

    try:
        if path.read_bytes() == raw:
            return
    except OSError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, raw)
