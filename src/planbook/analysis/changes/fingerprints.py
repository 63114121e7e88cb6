"""Hashes that tell whether the data or the code behind two results are the same."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from planbook import __version__
from planbook.data.paths import Paths
from planbook.files.hashing import Inputs, below

# What figures, verdicts and forecasts are computed with, and no word or drawing.
COMPUTING = ("data", "analysis")
LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels")
_NOT_DATA = ("imports", "editions")  # of a city's folder: they tell of its data


def code(package: Path | None = None, inputs: Inputs | None = None) -> str:
    """Hash the modules that compute.

    Parameters
    ----------
    package : pathlib.Path, optional
        Folder of another version of the package; this one by default.
    inputs : Inputs, optional
        Files of which this build has hashes already.
    """
    package = package or Path(__file__).resolve().parents[2]
    found = [
        (f"{folder}/{name}", path)
        for folder in COMPUTING
        for name, path in below(package / folder)
        if path.suffix in (".py", ".json")
    ]
    return (inputs or Inputs()).of_texts(found)


def program(inputs: Inputs | None = None) -> dict[str, str]:
    """Name what computes: version and hash of the package, versions of the libraries."""
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return {"planbook": __version__, "code": code(inputs=inputs), **versions}


def data(where: Paths, city: str, inputs: Inputs | None = None) -> dict[str, str]:
    """Hash what a city's book is computed from, part by part.

    Parameters
    ----------
    city : str
        Folder of ``data/cities``.
    inputs : Inputs, optional
        Files of which this build has hashes already.

    Returns
    -------
    dict of str to str
        ``catalog`` (with the departments), ``context``, ``factors``, ``city``: its folder
        without records of imports and kept editions.
    """
    hashes = inputs or Inputs()
    own = [one for one in _below(where.city(city)) if one[0].partition("/")[0] not in _NOT_DATA]
    catalog = [*_below(where.catalog), ("departments", where.departments)]
    return {
        "catalog": hashes.of_texts(catalog),
        "context": hashes.of_texts(_below(where.context)),
        "factors": hashes.of_texts(_below(where.factors)),
        "city": hashes.of_texts(own),
    }


def _below(folder: Path) -> list[tuple[str, Path]]:
    return [one for one in below(folder) if one[1].suffix != ".part" and one[1].name[:1] != "."]
