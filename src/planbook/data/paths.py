"""Where the project's files are."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from planbook.errors import PlanbookError

ROOT_VARIABLE = "PLANBOOK_ROOT"


@cache
def _role(notebook: Path, _changed: int) -> str:
    about = json.loads(notebook.read_text(encoding="utf-8")).get("metadata", {})
    return str(about.get("planbook", {}).get("role", ""))


@dataclass(frozen=True)
class Paths:
    """The folders of one project.

    Attributes
    ----------
    root : pathlib.Path
        The folder that holds ``data``, ``notebooks`` and ``book``.
    own : str
        City whose site, chapters and renderings lie in ``_build/cities/<city>``, as
        they do where one run builds several; empty where the project has one book.
    """

    root: Path
    own: str = ""

    def of(self, city: str) -> Paths:
        """Give the paths of one city among several that are built in one run."""
        return Paths(self.root, city)

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def catalog(self) -> Path:
        return self.data / "catalog"

    @property
    def departments(self) -> Path:
        return self.data / "departments.yml"

    @property
    def factors(self) -> Path:
        return self.data / "factors"

    @property
    def context(self) -> Path:
        return self.data / "context"

    @property
    def cities(self) -> Path:
        return self.data / "cities"

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    def notebooks_for(self, role: str) -> list[str]:
        """Name the notebooks to which their metadata, ``planbook.role``, give a role.

        ``whole_book``: it is about the book as a whole and stands after the plan's sections.
        """
        files = sorted(self.notebooks.glob("*.ipynb"))
        return [one.stem for one in files if _role(one, one.stat().st_mtime_ns) == role]

    @property
    def book(self) -> Path:
        return self.root / "book"

    @property
    def build(self) -> Path:
        whole = self.root / "_build"
        return whole / "cities" / self.own if self.own else whole

    @property
    def site(self) -> Path:
        return self.build / "html"

    @property
    def chapters(self) -> Path:
        """Executed notebooks, by language; plain Jupyter Book finds those of a single city."""
        return (self.build if self.own else self.book) / "chapters"

    @property
    def results(self) -> Path:
        """Results by what they depend on, of all cities."""
        return self.root / "_build" / ".cache"

    def inputs(self, city: str = "") -> list[Path]:
        """List the files of ``data`` that the book of `city` can read, in a stable order.

        Those of other cities are left out: they change nothing, and a run over many
        cities would look at all of them once for each. Without `city` none is left out.
        """
        found = []
        for folder, inner, names in os.walk(self.data):
            if city and Path(folder) == self.cities:
                inner[:] = [name for name in inner if name == city]
            found += [Path(folder, name) for name in names]
        return sorted(found)

    def city(self, city: str) -> Path:
        """Give the data folder of `city`.

        Parameters
        ----------
        city : str
            Name of a folder in ``data/cities``.

        Raises
        ------
        PlanbookError
            If there is no such folder.
        """
        known = self.city_names()
        if city not in known:
            raise PlanbookError(
                f"data/cities: no city '{city}'; known: {', '.join(known) or 'none'}; "
                "give one of these, or copy a city's folder and replace its contents"
            )
        return self.cities / city

    def city_names(self) -> list[str]:
        """List the cities that have a folder with a ``city.yml``."""
        return sorted(path.parent.name for path in self.cities.glob("*/city.yml"))


def find(start: Path | None = None) -> Paths:
    """Find the project that `start` lies in.

    The variable ``PLANBOOK_ROOT`` wins; then the nearest folder upwards from the
    notebook that asks, where its place is known, or else from `start`, that holds
    ``data/catalog``; then the checkout that the package was installed from in editable
    mode. A notebook gets no such checkout: it may lie in another copy of the project,
    whose figures it would seem to show.

    Parameters
    ----------
    start : pathlib.Path, optional
        Defaults to the working directory.

    Raises
    ------
    PlanbookError
        If no project is found.
    """
    if named := os.environ.get(ROOT_VARIABLE):
        root = Path(named).resolve()
        if not (root / "data" / "catalog").is_dir():
            raise PlanbookError(
                f"{ROOT_VARIABLE}={named}: the folder holds no data/catalog; "
                "point it to a planbook project or unset it"
            )
        return Paths(root)
    here = (start or Path.cwd()).resolve()
    notebook = None if start else _notebook()
    if (found := (above(notebook.parent) if notebook else None) or above(here)) is not None:
        return found
    if _in_kernel():
        raise PlanbookError(
            f"{here}: no folder upwards of it holds data/catalog, and it is not known in which "
            "project the notebook lies; run it there (papermill --cwd, or --engine planbook) or "
            f"set {ROOT_VARIABLE}"
        )
    if (checkout := above(Path(__file__).resolve().parents[3])) is not None:
        return checkout
    raise PlanbookError(
        f"{here}: no folder upwards of it holds data/catalog; "
        f"run inside a planbook project or set {ROOT_VARIABLE}"
    )


def above(folder: Path) -> Paths | None:
    """Find the nearest project at or above a folder; None where there is none."""
    for one in (folder, *folder.parents):
        if (one / "data" / "catalog").is_dir():
            return Paths(one)
    return None


def _in_kernel() -> bool:
    """Tell whether this process executes a notebook."""
    app = getattr(sys.modules.get("ipykernel.kernelapp"), "IPKernelApp", None)
    return bool(app and app.initialized())


def _notebook() -> Path | None:
    """Give the notebook that this process executes, where something tells: Papermill,
    a Jupyter server or VS Code.
    """
    if not _in_kernel():
        return None
    cells = vars(sys.modules["__main__"])
    told = [cells.get(name) for name in ("PAPERMILL_INPUT_PATH", "__vsc_ipynb_file__")]
    for one in (*told, os.environ.get("JPY_SESSION_NAME"), _asked_of_papermill()):
        if one and (path := Path(str(one))).is_absolute() and path.is_file():
            return path.resolve()
    return None


def _asked_of_papermill() -> Path | None:
    """Give the notebook that the command which started this kernel names."""
    import psutil

    try:
        parent = psutil.Process().parent()
        words, here = (parent.cmdline(), Path(parent.cwd())) if parent else ([], Path())
    except (psutil.Error, OSError):
        return None
    if not any(Path(word).stem == "papermill" for word in words[:3]):
        return None
    return next((here / word for word in words if word.endswith(".ipynb")), None)
