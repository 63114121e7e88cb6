"""Drawings beside the pages: a page of some megabytes is read before it can be used.

An executed notebook carries its drawings within itself, so that it can be opened
anywhere. A page names them as files, which a browser loads when they come near the
screen, and the one of two widths that it shows.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

FOLDER = "_images"
_NAMES = "planbook_drawings"  # of the files of each page
_DRAWING = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/]+={0,2})")


def connect(app: Sphinx) -> None:
    """Register with Sphinx, after whatever changes the text of a page."""
    app.connect("source-read", _lay_beside, priority=900)
    app.connect("env-purge-doc", _forget)


def names(env: BuildEnvironment) -> set[str]:
    """Give the names of the files that pages show."""
    return {name for one in _by_page(env).values() for name in one}


def lift(text: str, up: str) -> tuple[str, dict[str, bytes]]:
    """Take the drawings out of the source of a page."""
    files: dict[str, bytes] = {}

    def address(found: re.Match[str]) -> str:
        try:
            raw = base64.b64decode(found[1])
        except ValueError:
            return found[0]  # the check of pages says that it is broken
        name = f"drawing-{hashlib.blake2b(raw, digest_size=20).hexdigest()}.svg"
        files[name] = raw
        return f"{up}{FOLDER}/{name}"

    return _DRAWING.sub(address, text), files


def _lay_beside(app: Sphinx, docname: str, source: list[str]) -> None:
    if app.builder.format != "html":
        return
    source[0], files = lift(source[0], "../" * docname.count("/"))
    _by_page(app.env)[docname] = sorted(files)
    folder = Path(app.outdir) / FOLDER
    for name, raw in files.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)


def _forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _by_page(env).pop(docname, None)


def _by_page(env: BuildEnvironment) -> dict[str, list[str]]:
    if not hasattr(env, _NAMES):
        setattr(env, _NAMES, {})
    return getattr(env, _NAMES)
