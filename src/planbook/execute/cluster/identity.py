"""What a machine executes chapters with: only equal ones may answer for each other."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from planbook import __version__
from planbook.execute.cache.code import PACKAGE
from planbook.execute.cache.fingerprint import environment

_NAMED = 3  # packages that an error names


@functools.cache
def identity() -> Mapping[str, Any]:
    """Tell version and content of the package, and the packages installed.

    Of a process it never changes: what it has imported stays what it was.
    """
    out = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            out.update(f"{path.relative_to(PACKAGE).as_posix()}\0".encode())
            out.update(hashlib.sha256(path.read_bytes()).digest())
    packages = [name for name in environment() if name.partition("-")[0] != "planbook"]
    return {"version": __version__, "package": out.hexdigest(), "packages": packages}


def mark(one: Mapping[str, Any]) -> str:
    """Hash an identity, for comparing."""
    return hashlib.sha256(json.dumps(one, sort_keys=True).encode("utf-8")).hexdigest()


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
