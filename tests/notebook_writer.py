"""Write small notebooks for tests of the engine, and read what they showed."""

from __future__ import annotations

import json
from pathlib import Path

SETTINGS = {"city": "smallville", "lang": "en", "as_of": 2024, "horizon": 2030, "level": 95}
DECLARED = "\n".join(
    f"{key}: {type(value).__name__} = {value!r}" for key, value in SETTINGS.items()
)
LOAD = 'chapter.load("10_agriculture", city=city, lang=lang, as_of=as_of, horizon=horizon, level=level)'


def write(path: Path, *cells: str, tag: str = "parameters", prose: str = "") -> Path:
    """Write a notebook whose first cell declares the parameters."""
    found = [
        {"cell_type": "code", "id": f"c{number}", "metadata": {"tags": [tag]} if number == 0 else {}, "execution_count": None, "outputs": [], "source": text}
        for number, text in enumerate([DECLARED, *cells])
    ]  # fmt: skip
    if prose:
        found.insert(0, {"cell_type": "markdown", "id": "title", "metadata": {}, "source": prose})
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}, "language_info": {"name": "python"}}  # fmt: skip
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": found}
    path.write_text(json.dumps(book), encoding="utf-8")
    return path


def texts(path: Path) -> str:
    """Give all that an executed notebook printed or displayed, and its prose."""
    found = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            found.append("".join(cell["source"]))
        for output in cell.get("outputs", []):
            found.append("".join(output.get("text", "")))
            found += ["".join(value) for value in output.get("data", {}).values()]
    return "\n".join(found)


def noted():
    """Give a list and a function that notes the engine's events in it."""
    events = []
    return events, lambda event, item: events.append((event, item))
