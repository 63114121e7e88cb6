"""The code that a notebook can reach, each module as a hash that comments do not change."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from planbook.execute.cache.program import PACKAGE
from planbook.files.hashing import Inputs, below, digest, save, saved

# These read their own text or that of others: for them every byte counts.
_READS_ITSELF = ("__doc__", "inspect", "linecache", "__file__")
# Where statements, handlers and cases hold others.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
# What a package calls to import all its modules, whatever their names.
_FINDER = "planbook.files.modules"
# The message table is followed message by message; pages are made after notebooks.
_LEFT_OUT = ("messages.yml", "publish/", "execute/")


def hash_of(text: str, tree: ast.Module | None = None) -> str:
    """Hash what a module does: its syntax tree without docstrings and positions.

    A module that looks at its own text is hashed as it stands. Constants,
    annotations and the order of all statements count. Docstrings are taken out of
    `tree`, where one has been parsed of the text already.
    """
    tree = ast.parse(text) if tree is None else tree
    if any(name in text for name in _READS_ITSELF) and _reads_itself(tree):
        return digest(text.encode())[:24]
    for node in (tree, *_statements(tree)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            match node.body[:1]:
                case [ast.Expr(value=ast.Constant(value=str()))]:
                    node.body[0] = ast.Pass()
    return digest(ast.dump(tree).encode())[:24]


def imports_of(text: str, tree: ast.Module | None = None) -> list[str]:
    """List what a module imports of the package, also inside functions; dotted names.

    What only a type checker reads is left out.
    """
    found = []
    for node in _statements(ast.parse(text) if tree is None else tree, run=True):
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
    return [name for name in dict.fromkeys(found) if name.split(".")[0] == "planbook"]


def _reads_itself(tree: ast.Module) -> bool:
    names = (getattr(node, "id", getattr(node, "attr", None)) for node in ast.walk(tree))
    return not set(_READS_ITSELF).isdisjoint(names)


def _statements(tree: ast.AST, *, run: bool = False) -> Iterator[ast.AST]:
    """Give all statements, or those that ever run, at whatever depth.

    They are a tenth of the nodes of a module.
    """
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        is_type_only = run and isinstance(node, ast.If) and _is_type_checking(node.test)
        for name in _BLOCKS:
            inner = () if is_type_only and name == "body" else getattr(node, name, ())
            yield from inner
            waiting += inner


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


class Code:
    """The package's modules, each as it stood when it was first asked for.

    What a module does and imports is found anew only where the hash of its file is new.
    A name may later be that of a part of a module: whoever compares asks for names alone.
    """

    def __init__(self, cache: Path, inputs: Inputs | None = None) -> None:
        self._cache, self._inputs = cache, inputs or Inputs()
        known = saved(cache)
        self._known: dict[str, Any] = known if known.pop("python", "") == sys.version else {}
        self._before = dict(self._known)
        self._looked_at: dict[str, dict[str, Any] | None] = {}
        self._others: dict[str, str] | None = None

    def reached(self, names: Iterable[str]) -> dict[str, str]:
        """Hash every module that `names` import, directly or not, and the files they read."""
        found: dict[str, str] = {}
        waiting = list(names)
        while waiting:
            parts = waiting.pop().split(".")
            for length in range(1, len(parts) + 1):
                name = ".".join(parts[:length])
                if name in found or (about := self._look_at(name)) is None:
                    continue
                found[name] = about["does"]
                waiting += about["imports"]
        if self._others is None:
            self._others = self._other_files()
        return dict(sorted({**found, **self._others}.items()))

    def _look_at(self, name: str) -> dict[str, Any] | None:
        """Tell of a dotted name what it does and imports; None if it is no module."""
        if name not in self._looked_at:
            path = _file_of(name)
            about = None if path is None else self._about(path)
            if path and about and path.name == "__init__.py" and _FINDER in about["imports"]:
                found = [f"{name}.{one.stem}" for one in sorted(path.parent.glob("[!_]*.py"))]
                about = {**about, "imports": [*about["imports"], *found]}
            self._looked_at[name] = about
        return self._looked_at[name]

    def _about(self, path: Path) -> dict[str, Any]:
        name, stamp = path.relative_to(PACKAGE).as_posix(), self._inputs.of(path)
        known = self._known.get(name)
        if known is None or known["stamp"] != stamp:
            text = path.read_text(encoding="utf-8")
            tree = ast.parse(text)
            imports = imports_of(text, tree)
            known = {"stamp": stamp, "does": hash_of(text, tree), "imports": imports}
            self._known[name] = known
        return known

    def _other_files(self) -> dict[str, str]:
        return {
            name: self._inputs.of(path)[:24]
            for name, path in below(PACKAGE)
            if path.suffix not in (".py", ".pyc") and not name.startswith(_LEFT_OUT)
        }

    def save(self) -> None:
        """Keep what was found for the next build."""
        if self._known != self._before:
            save(self._cache, {"python": sys.version, **self._known})


def _file_of(name: str) -> Path | None:
    inner = PACKAGE.joinpath(*name.split(".")[1:])
    for path in (inner / "__init__.py", inner.with_suffix(".py")):
        if path.is_file() and name.split(".")[0] == "planbook":
            return path
    return None
