"""What was imported into a city's data, read back: ``imports/<id>.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from planbook.errors import DataError, Problem

FORMAT = 1
FOLDER = "imports"
_FIELDS = {"id", "when", "who", "read", "rows", "undone"}  # that others than the import read


def load_all(folder: Path) -> list[dict[str, Any]]:
    """Read the records of a city, the oldest first.

    Parameters
    ----------
    folder : pathlib.Path
        The data folder of the city.

    Raises
    ------
    DataError
        If one is damaged.
    """
    found, problems = [], []
    for path in sorted((folder / FOLDER).glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            if record["format"] != FORMAT or record["id"] != path.stem or _FIELDS - set(record):
                raise ValueError
            found.append(record)
        except (ValueError, KeyError, TypeError, UnicodeDecodeError):
            problems.append(
                Problem(f"{FOLDER}/{path.name}", "", "no record of an import",
                        "restore it from the last version of the folder, or remove it")
            )  # fmt: skip
    if problems:
        raise DataError(problems)
    return found
