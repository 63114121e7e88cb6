"""Render editions side by side: of each, what has changed since its last rendering."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from planbook.errors import BuildError
from planbook.files.hashing import Inputs, digest, joined
from planbook.publish.cache import Kept
from planbook.publish.sphinx.renderer import Job, Renderer

SETTINGS = ("_config.yml", "_toc.yml")
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


@dataclass(frozen=True)
class Workshop:
    """What the rendering of all editions shares."""

    folder: Path  # holds what is kept between renderings; see `alone`
    stamp: str  # hash of the program and of the packages installed
    known: Path  # file of what is known of pages by their bytes

    def kept(self, lang: str) -> Kept:
        """Give what is kept of an edition."""
        return Kept(self.folder / f"render-{lang}")

    def learned(self, lang: str) -> Path:
        """Name the file of what new pages add to what is known."""
        return self.folder / f"learned-{lang}.json"


def render_editions(
    sources: Iterable[tuple[str, Mapping[str, bytes]]],
    html: Path,
    shop: Workshop,
    *,
    static: Path,
    renderer: Renderer | None = None,
    inputs: Inputs | None = None,
) -> dict[str, int]:
    """Render editions and put their pages below `html`.

    An edition is rendered from nothing if its settings, its contents, the static
    files or the program have changed; else only what its changed sources touch.

    Raises `BuildError` with the warnings of every edition that has any; nothing of it is kept.
    """
    shared = joined(shop.stamp, (inputs or Inputs()).of_tree(static), str(shop.folder.resolve()))
    keys: dict[str, str] = {}
    counts: dict[str, int] = {}
    with renderer or Renderer() as renderer:
        for lang, files in sources:
            state = shop.kept(lang)
            settings = [files[name].decode("utf-8") for name in SETTINGS]
            keys[lang] = joined(shared, *settings, *sorted(files))
            before = state.open(keys[lang])
            state.fill_stage(files)
            changed = [name for name in files if before.get(name) != digest(files[name])]
            counts[lang] = len(changed)
            if not changed:
                continue
            pages = tuple(name.rpartition(".")[0] for name in changed) if before else ()
            renderer.start(
                Job(
                    name=lang,
                    stage=str(state.stage.resolve()),
                    out=str(state.html.resolve()),
                    log=str(state.log),
                    changed=pages,
                    stamp=shop.stamp,
                    known=str(shop.known),
                    learned=str(shop.learned(lang)),
                )
            )
        succeeded = renderer.results()
    faults = []
    for lang, key in keys.items():
        state = shop.kept(lang)
        if succeeded.get(lang, True):
            state.seal(key)
            copy_pages(state.html, html / lang)
        else:
            faults.append(explain(state.log, state.stage.resolve(), lang))
            state.drop()
    if faults:
        raise BuildError("\n".join(faults))
    return counts


def copy_pages(html: Path, out_dir: Path) -> None:
    """Copy what Sphinx has written, without what only it or a debugger uses."""
    surplus = {path for pattern in _SURPLUS for path in html.glob(pattern)}
    shutil.copytree(
        html,
        out_dir,
        ignore=lambda folder, names: [name for name in names if Path(folder, name) in surplus],
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
