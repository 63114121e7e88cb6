"""Prepare an executed notebook for readers: one language, results only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LANGUAGE_TAG = "lang-"
HIDDEN_TAGS = frozenset({"parameters", "injected-parameters"})
KEPT_METADATA = ("kernelspec", "language_info", "mystnb")

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# What a page can show without a kernel; text/plain alone is only a widget's repr.
STANDS_ALONE = ("text/html", "text/markdown", "text/latex", "image/")


def for_readers(notebook: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Reduce a notebook to what readers of one edition see."""
    cells = [
        {**cell, "outputs": _static_outputs(cell["outputs"])} if "outputs" in cell else cell
        for cell in notebook.get("cells", ())
        if is_shown(cell, lang)
    ]
    metadata = notebook.get("metadata", {})
    kept = {key: metadata[key] for key in KEPT_METADATA if key in metadata}
    return {**notebook, "cells": cells, "metadata": kept}


def is_shown(cell: Mapping[str, Any], lang: str) -> bool:
    """Tell whether a cell belongs to the edition in `lang`."""
    tags = set(cell.get("metadata", {}).get("tags", ()))
    languages = {tag for tag in tags if tag.startswith(LANGUAGE_TAG)}
    if languages and LANGUAGE_TAG + lang not in languages:
        return False
    return not tags & HIDDEN_TAGS


def _static_outputs(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = []
    for output in outputs:
        data = output.get("data")
        if data and WIDGET_VIEW in data:
            data = {mime: value for mime, value in data.items() if mime != WIDGET_VIEW}
            if not any(mime.startswith(STANDS_ALONE) for mime in data):
                continue
            output = {**output, "data": data}
        kept.append(output)
    return kept
