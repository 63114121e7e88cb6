"""Render one edition with Jupyter Book, warnings counting as errors."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

import yaml

from planbook.errors import BuildError
from planbook.publish.sphinx.renderer import Job, Renderer

_WARNING = re.compile(r"\b(WARNING|ERROR|CRITICAL|SEVERE)\b")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_EXCEPTION = re.compile(r"^[\w.]*(Error|Exception)\b")
_TAIL = 30  # lines of output shown when the renderer dies without a word we know

# What only the renderer, a debugger or other projects use. The hash in .buildinfo
# would also differ between machines.
_SURPLUS = (
    ".buildinfo",
    "objects.inv",
    "reports",
    "_sources",
    "_static/locales",
    "_static/images/logo_*",
    "_static/*macros.html",
    "**/*.map",
)


def build_edition(stage_dir: Path, out_dir: Path, *, lang: str, strict: bool = True) -> None:
    """Render a staged edition to HTML, from nothing.

    Raises `BuildError` with each warning, or the end of the renderer's output if it died. `out_dir`
    is untouched then.
    """
    stage_dir, out_dir = Path(stage_dir).resolve(), Path(out_dir).absolute()
    check_stage(stage_dir, lang)
    if out_dir.exists() and any(out_dir.iterdir()):
        raise BuildError(f"{out_dir}: the folder is not empty; give a new one")
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".render-", dir=out_dir.parent) as work:
        html, log = Path(work, "out", "html"), Path(work, "log.txt")
        with Renderer() as renderer:
            renderer.start(Job(lang, str(stage_dir), str(html), str(log), strict))
            succeeded = renderer.results()[lang]
        if not succeeded:
            raise BuildError(explain(log, stage_dir, lang))
        if out_dir.exists():
            out_dir.rmdir()
        copy_pages(html, out_dir)


def copy_pages(html: Path, out_dir: Path) -> None:
    """Copy what Sphinx has written, without what only it or a debugger uses."""
    surplus = {path for pattern in _SURPLUS for path in html.glob(pattern)}
    shutil.copytree(
        html,
        out_dir,
        ignore=lambda folder, names: [name for name in names if Path(folder, name) in surplus],
    )


def check_stage(stage_dir: Path, lang: str) -> None:
    """Refuse a stage that is not of the edition asked for.

    Raises `BuildError`.
    """
    for name in ("_config.yml", "_toc.yml"):
        if not (stage_dir / name).is_file():
            raise BuildError(f"{stage_dir}: {name} is missing; stage the edition first")
    config = yaml.safe_load((stage_dir / "_config.yml").read_text(encoding="utf-8"))
    staged = config.get("sphinx", {}).get("config", {}).get("planbook_lang")
    if staged != lang:
        raise BuildError(
            f"{stage_dir}/_config.yml: planbook_lang is {staged!r}, the edition asked for is "
            f"{lang!r}; stage that one"
        )


def explain(log: Path, stage_dir: Path, lang: str) -> str:
    """Say why an edition could not be rendered."""
    output = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    output = _COLOUR.sub("", output).replace(f"{stage_dir}{os.sep}", "")
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    warnings = list(dict.fromkeys(line for line in lines if _WARNING.search(line)))
    if not warnings:
        told = [line for line in lines if _EXCEPTION.match(line)] or lines[-_TAIL:]
        return f"the '{lang}' edition could not be rendered:\n" + "\n".join(told)
    return (
        f"the '{lang}' edition has {len(warnings)} warning(s), each of which is an error:\n"
        + "\n".join(warnings)
    )
