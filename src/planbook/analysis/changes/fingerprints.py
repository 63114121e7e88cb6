"""Hashes that tell whether the data or the code behind two results are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from planbook import __version__
from planbook.data.paths import Paths

# What figures, verdicts and forecasts are computed with, and no word or drawing.
COMPUTING = (
    "data/units", "data/vintages", "data/catalog", "data/observations", "data/series",
    "data/plan", "data/city", "analysis",
)  # fmt: skip
LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels")
_NOT_DATA = ("imports", "editions")  # of a city's folder: they tell of its data


def digest(files: Iterable[tuple[str, Path]]) -> str:
    """Hash files by name and content; line ends are the same on every system."""
    out = hashlib.sha256()
    for name, path in sorted(files):
        raw = path.read_bytes().replace(b"\r\n", b"\n")
        out.update(f"{name}\0{hashlib.sha256(raw).hexdigest()}\n".encode())
    return out.hexdigest()


def code(package: Path | None = None) -> str:
    """Hash the modules that compute.

    Parameters
    ----------
    package : pathlib.Path, optional
        Folder of another version of the package; this one by default.
    """
    return _code(package or Path(__file__).resolve().parents[2])


@cache
def _code(package: Path) -> str:
    found = []
    for name in COMPUTING:
        one = package / f"{name}.py"
        paths = [one] if one.is_file() else (package / name).rglob("*")
        found += [
            (path.relative_to(package).as_posix(), path)
            for path in paths
            if path.suffix in (".py", ".json") and path.is_file()
        ]
    return digest(found)


def program() -> dict[str, str]:
    """Name what computes: version and hash of the package, versions of the libraries."""
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return {"planbook": __version__, "code": code(), **versions}


def data(where: Paths, city: str) -> dict[str, str]:
    """Hash what a city's book is computed from, part by part.

    Parameters
    ----------
    city : str
        Folder of ``data/cities``.

    Returns
    -------
    dict of str to str
        ``catalog`` (with the departments), ``context``, ``factors``, ``city``: its folder
        without records of imports and kept editions.
    """
    folder = where.city(city)
    return {
        "catalog": digest([*_below(where.catalog), ("departments", where.departments)]),
        "context": digest(_below(where.context)),
        "factors": digest(_below(where.factors)),
        "city": digest(
            (name, path) for name, path in _below(folder) if name.partition("/")[0] not in _NOT_DATA
        ),
    }


def _below(folder: Path) -> list[tuple[str, Path]]:
    return [
        (path.relative_to(folder).as_posix(), path)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".part" and not path.name.startswith(".")
    ]
