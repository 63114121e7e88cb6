"""``data/datapackage.json``: what the files below ``data`` are, for other programs.

It follows Data Package version 2 (Frictionless). It says which files there are, what
their columns mean and under which terms they stand, and nothing of what is in them: so
a figure, an indicator or a source that is added leaves it as it is, and only a new file
or column makes it out of date.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planbook.data import factors
from planbook.data.control import Pin
from planbook.data.effects import EffectFactor
from planbook.data.factor_records import ActivityFactor, Fuel, FuelUse, Gwp, Load, PollutantFactor
from planbook.data.paths import Paths
from planbook.data.peers import PeerRow
from planbook.data.plan import PlanProject, Target, load_city
from planbook.data.plant_units import PlantUnit
from planbook.errors import DataError, Problem, relative
from planbook.exports.schema import Field, Reference, Schema, fields_of
from planbook.exports.table_schemas import OBSERVED
from planbook.files import table as csv_files
from planbook.files.atomic import write_atomically
from planbook.files.records import LANGS, Text
from planbook.files.yaml import load as load_yaml
from planbook.text import messages, say

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
NAME = "datapackage.json"
COMMAND = "python -m planbook datapackage"
Changes = Mapping[Path, bytes | None]
_RECORDS = "imports"  # of each import; they are no data

_OBSERVATIONS = Schema("observations", OBSERVED,
                       unique=("indicator", "entity", "year", "published"))  # fmt: skip
_TABLES = {
    "targets": Schema("targets", fields_of(Target, {"value": "unit"}), key=("target_id",)),
    "projects": Schema("projects", fields_of(PlanProject, {"quantity": "unit", "unit_size": "MW"}),
                       key=("project_id",)),
    "units": Schema("units", fields_of(PlantUnit, {"quantity": "unit"}), key=("id",)),
    "control": Schema("control", fields_of(Pin, {"value": "unit"}),
                      unique=("indicator", "entity", "year", "source", "value")),
    "peers": Schema("peers", fields_of(PeerRow, {"value": "unit"}),
                    unique=("measure", "year", "since", "prices", "row", "code")),
    "activity_factors": Schema(
        "activity_factors", fields_of(ActivityFactor, {"factor": "unit", "low": "unit",
                                                       "high": "unit"}),
        unique=("factor_set", "line", "activity", "gas", "component", "region"),
        references=(Reference("gas", "factors-gwp", "gas"),)),
    "effect_factors": Schema("effect_factors", fields_of(EffectFactor, {"value": "unit"}),
                             key=("id",)),
    "fuel_use": Schema("fuel_use", fields_of(FuelUse), key=("line", "activity")),
    "fuels": Schema("fuels", fields_of(Fuel, {"heat": "GJ/unit", "carbon": "tC/TJ"}),
                    key=("factor_set", "fuel")),
    "gwp": Schema("gwp", fields_of(Gwp, {"value": "t CO2/t"}), key=("metric", "horizon", "gas")),
    "loads": Schema("loads", fields_of(Load, {"load": "load_unit"}), key=("line",)),
    "pollutant_equivalents": Schema("pollutant_equivalents", fields_of(factors.Equivalent),
                                    key=("pollutant",)),
    "pollutant_factors": Schema("pollutant_factors", fields_of(PollutantFactor,
                                                               {"factor": "unit"}),
                                unique=("line", "activity", "pollutant", "standard")),
}  # fmt: skip


def data_files(where: Paths, city: str, parents: Sequence[str]) -> list[Path]:
    """List the files below ``data`` that the book of a city is made from.

    Sorted; without the records of imports. `parents`: its context.
    """
    homes = [where.catalog, where.factors, *(where.context / one for one in parents)]
    homes.append(where.city(city))
    return [
        path
        for path in _files(where)
        if path == where.departments or any(path.is_relative_to(home) for home in homes)
    ]


def describe(
    where: Paths,
    files: Sequence[Path] | None = None,
    *,
    whole: bool = False,
    changes: Changes | None = None,
) -> dict:
    """Describe files below ``data`` as a Data Package.

    Parameters
    ----------
    files : all by default.
    whole : whether to give size and hash of each, as of a copy that nobody edits.
    changes : what files shall hold, to describe them before they do; None removes one.

    Returns
    -------
    The descriptor; the same for the same files.

    Raises
    ------
    DataError : if a table or a column is unknown.
    """
    changes = changes or {}
    chosen = _files(where, changes) if files is None else list(files)
    resources = []
    for path in chosen:
        raw = changes.get(path)
        resources.append(_resource(where, path, path.read_bytes() if raw is None else raw, whole))
    tables = [one["name"] for one in resources if "schema" in one]
    for one in resources:
        if "schema" in one:
            one["schema"] = one["schema"].descriptor(tables)
    return {
        "$schema": PROFILE,
        "name": "planbook-data",
        "title": say("package_title", "en"),
        "title_zh": say("package_title", "zh"),
        "description": say("package_description", "en"),
        "description_zh": say("package_description", "zh"),
        "licenses": [
            _terms(path.relative_to(where.data).as_posix())
            for path in chosen
            if path.name == "sources.yml"
        ],
        "resources": resources,
    }


def as_json(descriptor: dict) -> bytes:
    """Write a descriptor."""
    return (json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n").encode()


def write(where: Paths) -> bool:
    """Write ``data/datapackage.json`` where it is out of date; tell whether it was."""
    found = beside(where, {})
    for path, raw in found.items():
        write_atomically(path, raw)
    return bool(found)


def beside(where: Paths, changes: Changes) -> dict[Path, bytes]:
    """Give what must be written together with changes to files below ``data``.

    The new ``data/datapackage.json``; nothing where it stays as it is. `changes`: as for
    `describe`. Raises `DataError` if a table or a column is unknown.
    """
    path, raw = where.data / NAME, as_json(describe(where, changes=changes))
    return {} if path.is_file() and path.read_bytes() == raw else {path: raw}


def check(where: Paths) -> None:
    """Check that ``data/datapackage.json`` describes the files that there are.

    Raises `DataError` with one problem, if it is missing or out of date.
    """
    path = where.data / NAME
    name, remedy = relative(path, where.root), f"run '{COMMAND}'"
    if not path.is_file():
        raise DataError(Problem(name, "", "the file is missing", remedy))
    raw = as_json(describe(where))
    if path.read_bytes() != raw:
        raise DataError(Problem(name, "", f"out of date: {_difference(path, raw)}", remedy))


def _difference(path: Path, raw: bytes) -> str:
    """Say in a few words what a descriptor on file lacks."""
    now = {one["path"]: one for one in json.loads(raw)["resources"]}
    try:
        listed = json.loads(path.read_bytes())["resources"]
        old = {one["path"]: one for one in listed}
    except (ValueError, KeyError, TypeError):
        return "it is no descriptor"
    if new := sorted(set(now) - set(old)):
        return f"it lacks {', '.join(new)}"
    if gone := sorted(set(old) - set(now)):
        return f"it names {', '.join(gone)}, which is not there"
    if changed := [name for name in now if now[name] != old[name]]:
        return f"it describes {', '.join(changed)} otherwise"
    return "its head differs"


def _files(where: Paths, changes: Changes | None = None) -> list[Path]:
    changes = changes or {}
    there = {path for path in where.data.rglob("*") if path not in changes and path.is_file()}
    found = []
    for path in there | {path for path, raw in changes.items() if raw is not None}:
        inner = path.relative_to(where.data)
        if _RECORDS not in inner.parts and path.suffix in (".csv", ".yml"):
            found.append(path)
    return sorted(found, key=lambda path: path.relative_to(where.data).as_posix())


def _resource(where: Paths, path: Path, raw: bytes, whole: bool) -> dict[str, Any]:
    inner = path.relative_to(where.data)
    about: dict[str, Any] = {
        "name": "-".join(inner.with_suffix("").parts),
        "path": inner.as_posix(),
    }
    if path.suffix == ".yml":
        about["name"] += "-yml"  # a table may have the same name
    key, place = f"resource_{_kind(inner)}", _place(where, inner)
    for lang in LANGS:
        words = say(key if key in messages() else "resource_other", lang, topic=inner.stem)
        text = words if place is None else say("resource_of", lang, what=words, place=place[lang])
        about["title" if lang == "en" else f"title_{lang}"] = text
    if len(inner.parts) > 1 and inner.parts[0] in ("cities", "context"):
        about["city" if inner.parts[0] == "cities" else "entity"] = inner.parts[1]
    if path.suffix == ".csv":
        about |= {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
        about["schema"] = _schema(where, path, raw, inner)
    else:
        about |= {"format": "yaml", "mediatype": "application/yaml", "encoding": "utf-8"}
    if whole:
        about |= {"bytes": len(raw), "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}"}
    if sources := _sources_of(where, inner):
        about["sources"] = [{"title": say("resource_sources", "en"), "path": sources}]
        about["licenses"] = [_terms(sources)]
    return about


def _terms(sources: str) -> dict[str, str]:
    """Say under which terms figures stand: those that a file of sources names for each."""
    return {"path": sources, "title": say("export_terms", "en")}


def _kind(inner: Path) -> str:
    if inner.suffix == ".csv":
        observed = inner.parts[0] == "context" or "observations" in inner.parts
        return "observations" if observed else inner.stem
    return "catalogue" if inner.parts[0] == "catalog" else inner.stem


def _place(where: Paths, inner: Path) -> Text | None:
    if inner.parts[0] == "cities":
        return load_city(where.cities / inner.parts[1], where.root).name
    if inner.parts[0] == "context":
        data, _ = load_yaml(where.context / inner.parts[1] / "entity.yml", where.root)
        return Text.model_validate(data["name"])
    return None


def _sources_of(where: Paths, inner: Path) -> str | None:
    """Name the file that describes the sources which a table names."""
    home = inner.parts[: 2 if inner.parts[0] in ("cities", "context") else 1]
    path = Path(*home, "sources.yml")
    is_table = inner.suffix == ".csv" and (where.data / path).is_file()
    return path.as_posix() if is_table else None


def _schema(where: Paths, path: Path, raw: bytes, inner: Path) -> Schema:
    """Give the schema of a table with the columns that its file has, in their order."""
    name = relative(path, where.root)
    kind = _kind(inner)
    schema = _OBSERVATIONS if kind == "observations" else _TABLES.get(kind)
    if schema is None:
        known = ", ".join(sorted(_TABLES))
        raise DataError(
            Problem(name, "", f"unknown table; known are observations, {known}",
                    "describe it in planbook.exports.descriptor, or move the file")
        )  # fmt: skip
    header = csv_files.header(raw, name)
    known_fields = {one.name: one for one in schema.fields}
    if wrong := [column for column in header if column not in known_fields]:
        raise DataError(
            Problem(name, "row 1", f"unknown column '{wrong[0]}'",
                    "remove it or mend its name")
        )  # fmt: skip
    fields: tuple[Field, ...] = tuple(known_fields[column] for column in header)
    return Schema(schema.name, fields, schema.key, schema.unique, schema.references)
