"""The program that executes chapters, and whether that of another machine is the same."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planbook import __version__
from planbook.files.hashing import Inputs, joined

PACKAGE = Path(__file__).resolve().parents[2]
_NAMED = 3  # packages that an error names


def environment() -> list[str]:
    """List Python and every installed package with its version.

    The names of the folders that installers leave tell both; reading the
    metadata of hundreds of packages would take longer than checking the book.
    """
    found = {f"python-{sys.version}"}
    for folder in sys.path:
        try:
            names = [one.name for one in os.scandir(folder or ".")]
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                found.add(name.rpartition(".")[0])
    return sorted(found)


def packages() -> str:
    """Hash the versions of Python and of every package installed."""
    return joined(*environment())


@functools.cache
def identity() -> Mapping[str, Any]:
    """Tell version and content of the package, and the packages installed.

    Of a process it never changes: what it has imported stays what it was.
    """
    others = [name for name in environment() if name.partition("-")[0] != "planbook"]
    return {"version": __version__, "package": Inputs().of_tree(PACKAGE), "packages": others}


def difference(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    """Say how a worker's identity differs from that of the build; empty if it does not."""
    if here["version"] != there["version"]:
        return f"it has planbook {there['version']}, this build has {here['version']}"
    if here["package"] != there["package"]:
        return f"its planbook {there['version']} has other files than this build's"
    odd = sorted(set(here["packages"]) ^ set(there["packages"]))
    if not odd:
        return ""
    more = f" and {len(odd) - _NAMED} more" if len(odd) > _NAMED else ""
    told = [f"{name} ({'here' if name in here['packages'] else 'there'} only)" for name in odd]
    return f"other packages are installed: {', '.join(told[:_NAMED])}{more}"
