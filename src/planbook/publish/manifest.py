"""What the site is made of, as hashes: pages made from the data are kept while these stay."""

from __future__ import annotations

from pathlib import Path

from planbook.data.paths import Paths
from planbook.publish import cache as kept

CACHE = ".cache"  # folder of _build with what the next build may use


def inputs_of(paths: Paths, city: str = "") -> dict[str, str]:
    """Hash all that the site is made of, apart from executed notebooks.

    To be taken before anything is read: what is changed later is then noticed by
    the next build.
    """
    config = paths.root / "_config.yml"
    return {
        "program": kept.tree(Path(__file__).resolve().parents[1]),
        "packages": kept.packages(),
        "data": kept.files(paths.data, paths.inputs(city)),
        "notebooks": kept.tree(paths.notebooks),
        "book": kept.tree(*(paths.book / name for name in ("_static", "en", "zh"))),
        "config": kept.digest(config.read_bytes()) if config.is_file() else "",
    }
