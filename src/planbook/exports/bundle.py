"""An export as a folder of files that describes itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planbook.data.city import CityData
from planbook.errors import PlanbookError
from planbook.exports import (
    citations,
    descriptor,
    formats,
)
from planbook.exports import (
    contents as frames,
)
from planbook.exports import (
    table_schemas as tables,
)
from planbook.files.records import LANGS
from planbook.text import say

NAME = "planbook-export"
_MEDIA = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
    ".sqlite": "application/vnd.sqlite3",
    ".bib": "application/x-bibtex",
    ".json": "application/json",
    ".yml": "application/yaml",
}
_SCHEMAS = {one.name: one for one in tables.ALL}


def files(
    project: CityData, chosen: Sequence[str], *, as_of: int, horizon: int
) -> dict[str, bytes]:
    """Make the files of an export.

    Parameters
    ----------
    chosen : ``csv, xlsx, parquet, sqlite, bibtex, csl, data``.
    as_of, horizon : years: at whose end to stand, and the last one forecast.

    Returns
    -------
    Contents by path within the folder; ``datapackage.json`` describes the others, with size and
    hash of each.
    """
    city = project.city.id
    made: dict[str, bytes] = {}
    found = {}
    if set(chosen) & {"csv", "xlsx", "parquet", "sqlite"}:
        found = frames.gather(project, as_of=as_of, horizon=horizon)
    if "csv" in chosen:
        made |= {f"csv/{name}.csv": formats.to_csv(frame) for name, frame in found.items()}
    if "xlsx" in chosen:
        made[f"{city}.xlsx"] = formats.to_xlsx(found, _SCHEMAS)
    if "parquet" in chosen:
        made |= {
            f"parquet/{name}.parquet": formats.to_parquet(frame, _SCHEMAS[name])
            for name, frame in found.items()
        }
    if "sqlite" in chosen:
        made[f"{city}.sqlite"] = formats.to_sqlite(found, _SCHEMAS)
    for lang in LANGS:
        if "bibtex" in chosen:
            made[f"sources-{lang}.bib"] = citations.bibtex(project.sources, lang)
        if "csl" in chosen:
            made[f"sources-{lang}.csl.json"] = citations.csl(project.sources, lang)
    if "data" in chosen:
        where = project.paths
        chosen_files = descriptor.data_files(where, city, project.city.parents)
        for path in chosen_files:
            made[f"data/{path.relative_to(where.data).as_posix()}"] = path.read_bytes()
        whole = descriptor.describe(where, chosen_files, whole=True)
        made[f"data/{descriptor.NAME}"] = descriptor.as_json(whole)
    return {**made, descriptor.NAME: _describe(project, made, as_of)}


def check_folder(path: Path) -> None:
    """Raise `PlanbookError` for a folder in which something else lies than an earlier export."""
    if path.exists() and not path.is_dir():
        raise PlanbookError(f"{path}: is a file; give the name of a folder")
    if not path.absolute().parent.is_dir():
        raise PlanbookError(f"{path}: its folder does not exist; make it first")
    if not path.exists() or not any(path.iterdir()):
        return
    try:
        about = json.loads((path / descriptor.NAME).read_bytes())
    except (OSError, ValueError):
        about = None
    if not isinstance(about, dict) or about.get("name") != NAME:
        raise PlanbookError(
            f"{path}: the folder holds something else than an earlier export; give a new one"
        )


def _describe(project: CityData, made: dict[str, bytes], as_of: int) -> bytes:
    present = [name for name in _SCHEMAS if f"csv/{name}.csv" in made]
    own = f"data/{descriptor.NAME}"  # describes the files beside it, which are left out here
    resources = [
        _resource(path, raw, present)
        for path, raw in made.items()
        if path == own or not path.startswith("data/")
    ]
    city = project.city
    return descriptor.as_json(
        {
            "$schema": descriptor.PROFILE,
            "name": NAME,
            "title": say("book_title", "en", city=city.name["en"]),
            "title_zh": say("book_title", "zh", city=city.name["zh"]),
            "description": say("export_separate", "en"),
            "description_zh": say("export_separate", "zh"),
            "city": city.id,
            "as_of": as_of,
            "data_sha256": frames.data_digest(project.paths, city.id, city.parents),
            "resources": resources,
        }
    )


def _resource(path: str, raw: bytes, present: Sequence[str]) -> dict[str, Any]:
    stem, _, ending = path.rpartition(".")
    about: dict[str, Any] = {
        "name": path.replace("/", "-").replace(".", "-"),
        "path": path,
        "mediatype": _MEDIA[f".{ending}"],
        "bytes": len(raw),
        "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}",
    }
    if ending == "parquet":
        about["format"] = "binary"  # readers that take it for a table cannot tell its size
    name = stem.removeprefix("csv/")
    if path.startswith("csv/"):
        schema = _SCHEMAS[name]
        about |= {"name": name, "type": "table", "format": "csv", "encoding": "utf-8"}
        about |= {"title": schema.title("en"), "title_zh": schema.title("zh")}
        about["schema"] = schema.descriptor(present)
    return about
