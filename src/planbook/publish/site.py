"""Render one edition with Jupyter Book, warnings counting as errors."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from planbook.errors import BuildError
from planbook.publish.landing import write_landing
from planbook.publish.swap import recover, swap_into_place

__all__ = ["build_edition", "recover", "swap_into_place", "write_landing"]

# Jupyter Book 1 has no __main__ module; this is its command-line program.
_PROGRAM = "from jupyter_book.cli.main import main; main()"
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
    """Render a staged edition to HTML.

    The renderer runs in a process of its own: Sphinx keeps the language of its
    words in global state.

    Parameters
    ----------
    stage_dir : pathlib.Path
        Folder with ``_config.yml``, ``_toc.yml`` and the pages they name.
    out_dir : pathlib.Path
        Where the pages go; must be absent or empty.
    lang : {"en", "zh"}
        Language that the stage was prepared for.
    strict : bool
        Whether a warning fails the build.

    Raises
    ------
    BuildError
        With each warning, or the end of the renderer's output if it died.
        `out_dir` is untouched then.
    """
    stage_dir, out_dir = Path(stage_dir).resolve(), Path(out_dir).absolute()
    _check_stage(stage_dir, lang)
    if out_dir.exists() and any(out_dir.iterdir()):
        raise BuildError(f"{out_dir}: the folder is not empty; give a new one")
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".render-", dir=out_dir.parent) as work:
        command = [sys.executable, "-X", "utf8", "-c", _PROGRAM, "build", str(stage_dir)]
        command += ["--path-output", work, "-q"]
        if strict:
            command += ["-W", "--keep-going"]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "LC_ALL": "C", "LANGUAGE": "en", "PYTHONHASHSEED": "0"},
        )
        if done.returncode:
            raise BuildError(_explain(done.stdout, stage_dir, lang))
        html = Path(work, "_build", "html")
        _drop_surplus(html)
        if out_dir.exists():
            out_dir.rmdir()
        html.rename(out_dir)


def _check_stage(stage_dir: Path, lang: str) -> None:
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


def _explain(output: str, stage_dir: Path, lang: str) -> str:
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


def _drop_surplus(html: Path) -> None:
    for pattern in _SURPLUS:
        for path in sorted(html.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
