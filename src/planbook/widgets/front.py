"""The front end as one script, for both hosts, from the same files.

anywidget takes an ES module; a page opened from a disk takes classic scripts only, since
browsers refuse modules there. Both are the files of ``front/`` one after another without
their ``import`` and ``export`` lines; only what stands around them differs.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path
from zlib import crc32

from planbook.errors import PlanbookError

SHARED = ("host.js", "files.js", "shell.js", "guide.js")  # that every explorer uses
KINDS = {
    "forecast": (*SHARED, "mathematics.js", "chart.js", "forecast.js"),
    "scenario": (*SHARED, "cocontrol.js", "scenario_mathematics.js", "chart.js", "scenario.js"),
    "synergy": (*SHARED, "cocontrol.js", "synergy_mathematics.js", "quadrants.js", "synergy.js"),
}
STYLE = "planbook-widgets.css"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.M)
_EXPORT = re.compile(r"^export \{[^}]*\};\n", re.M)


@cache
def read(name: str) -> str:
    """Read a file of the front end."""
    return (resources.files("planbook.widgets") / "front" / name).read_text("utf-8")


def joined(kind: str) -> str:
    """Join the files of an explorer, each after those it imports.

    Raises `PlanbookError` if a file imports one that does not stand before it.
    """
    before: list[str] = []
    parts = []
    for name in KINDS[kind]:
        text = read(name)
        late = set(_IMPORT.findall(text)) - set(before)
        if late:
            raise PlanbookError(f"front/{name} imports {', '.join(sorted(late))}: list it before")
        parts.append(_EXPORT.sub("", _IMPORT.sub("", text)))
        before.append(name)
    return "\n".join(parts)


def module(kind: str) -> str:
    """Give an explorer as an ES module in the form that anywidget asks for."""
    return f"{joined(kind)}\nexport default {{ render }};\n"


def classic(kind: str) -> str:
    """Give an explorer as a classic script that mounts itself in the page so far."""
    return f'(() => {{\n"use strict";\n{joined(kind)}\nmountAll({kind!r}, render);\n}})();\n'


@cache
def version(kind: str) -> str:
    """Give a mark of an explorer's script that changes with it, for its address."""
    return f"{crc32(classic(kind).encode()):08x}"


def style() -> str:
    """Give the style sheet of all explorers."""
    return read("widgets.css")


def script_name(kind: str) -> str:
    """Name the classic script of an explorer in the page's static folder."""
    return f"planbook-{kind}.js"


def write_static(folder: Path) -> list[str]:
    """Write scripts and style sheet for pages."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {script_name(kind): classic(kind) for kind in KINDS} | {STYLE: style()}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return list(files)
