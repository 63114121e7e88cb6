"""Render editions side by side: of each, what has changed since its last rendering."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from planbook.errors import BuildError
from planbook.files.hashing import Inputs, digest, joined
from planbook.publish.cache import Kept
from planbook.publish.sphinx.jupyter_book import copy_pages, explain
from planbook.publish.sphinx.renderer import Job, Renderer

SETTINGS = ("_config.yml", "_toc.yml")


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
) -> dict[str, int]:
    """Render editions and put their pages below `html`.

    An edition is rendered from nothing if its settings, its contents, the static
    files or the program have changed; else only what its changed sources touch.

    Raises `BuildError` with the warnings of every edition that has any; nothing of it is kept.
    """
    shared = joined(shop.stamp, Inputs().of_tree(static), str(shop.folder.resolve()))
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
