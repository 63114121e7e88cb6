"""Tell in a moment whether the published site is what a build would publish again.

Nothing heavy is imported here: a build with nothing to do ends within a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from planbook.paths import Paths
from planbook.publish import kept

CACHE = ".cache"  # folder of _build with what the next build may use
_MANIFEST = "site.json"


def inputs_of(paths: Paths) -> dict[str, str]:
    """Hash all that the site is made of, apart from executed notebooks.

    To be taken before anything is read: what is changed later is then noticed by
    the next build.

    Parameters
    ----------
    paths : Paths

    Returns
    -------
    dict of str to str
        ``program`` (source of the package), ``packages``, ``data``, ``notebooks``,
        ``book`` (authored pages and static files) and ``config``.
    """
    config = paths.root / "_config.yml"
    return {
        "program": kept.tree(Path(__file__).resolve().parents[1]),
        "packages": kept.packages(),
        "data": kept.tree(paths.data),
        "notebooks": kept.tree(paths.notebooks),
        "book": kept.tree(*(paths.book / name for name in ("_static", "en", "zh"))),
        "config": kept.digest(config.read_bytes()) if config.is_file() else "",
    }


def write(
    paths: Paths, inputs: Mapping[str, str], *, city: str, langs: Sequence[str], as_of: int
) -> None:
    """Note what the site just published was made of.

    Parameters
    ----------
    paths : Paths
    inputs : mapping of str to str
        As `inputs_of` gave them before the build.
    city : str
    langs : sequence of str
        Editions rendered.
    as_of : int
        Year at whose end the book stands.
    """
    site = _site(paths)
    found = {
        **_asked(city, langs, as_of),
        "inputs": dict(inputs),
        "chapters": _chapters(paths),
        "site": site,
    }
    kept.save(_path(paths), found)


def current_pages(
    paths: Paths, *, city: str, langs: Sequence[str], as_of: int, inputs: Mapping[str, str]
) -> int | None:
    """Tell whether the published site is what a build would make of these inputs.

    Parameters
    ----------
    paths : Paths
    city : str
    langs : sequence of str
        Editions wanted.
    as_of : int
        As given to `write`.
    inputs : mapping of str to str
        See `inputs_of`.

    Returns
    -------
    int or None
        How many pages the site has; None if anything is missing, added, or changed:
        an input, an executed notebook, or a file of the site (by size and time).
    """
    noted = kept.saved(_path(paths))
    asked = {**_asked(city, langs, as_of), "inputs": dict(inputs)}
    if not noted or {name: noted.get(name) for name in asked} != asked:
        return None
    if noted["site"] != _site(paths) or noted["chapters"] != _chapters(paths):
        return None
    return sum(name.endswith(".html") for name in noted["site"])


def forget(paths: Paths) -> None:
    """Remove the note, before the site is replaced."""
    _path(paths).unlink(missing_ok=True)


def _path(paths: Paths) -> Path:
    return paths.build / CACHE / _MANIFEST


def _asked(city: str, langs: Sequence[str], as_of: int) -> dict[str, object]:
    return {"city": city, "langs": sorted(langs), "as_of": as_of}


def _chapters(paths: Paths) -> dict[str, str]:
    return kept.digests(paths.book / "chapters")


def _site(paths: Paths) -> dict[str, list[int]]:
    """List the published files with size and time of change, by name."""
    site = paths.build / "html"
    found = {}
    for path in sorted(site.rglob("*")):
        if path.is_file():
            about = path.stat()
            name = path.relative_to(site).as_posix()
            found[name] = [about.st_size, about.st_mtime_ns]
    return found
