"""Folders whose modules are found, so that a new one is named nowhere else."""

from __future__ import annotations

import pkgutil
from importlib import import_module


def import_all(package: str) -> None:
    """Import every module of a package, in the order of their names."""
    for module in pkgutil.iter_modules(import_module(package).__path__):
        import_module(f"{package}.{module.name}")
