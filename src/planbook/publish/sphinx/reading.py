"""Which pages Sphinx reads and writes again when only some sources have changed.

Sphinx goes by the times of files and writes the pages that it has read. Neither is
enough: a clock may be wrong, and a page shows the titles, numbers and places of
others. Here the pages whose sources differ are named by whoever compared them, and
all pages are written if anything has changed that one page may show of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from planbook.files.hashing import digest
from planbook.publish.sphinx import drawings

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_BEFORE = "_planbook_shared"
# Of a notebook, shown nowhere but on its own page, if at all.
_OWN_METADATA = ("kernelspec", "language_info", "source_map", "wordcount")
_SHARED = (
    "titles",
    "longtitles",
    "tocs",
    "toc_num_entries",
    "toc_secnumbers",
    "toc_fignumbers",
    "toctree_includes",
    "files_to_rebuild",
    "glob_toctrees",
    "numbered_toctrees",
    "included",
)


def connect(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_config_value("planbook_changed", [], "", types=(list,))
    app.connect("env-get-outdated", _name_changed)
    app.connect("env-updated", _write_all_if_shared_facts_changed, priority=900)
    app.connect("builder-inited", _drop_vanished_terms)
    app.connect("builder-inited", _write_what_was_read)


def _name_changed(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    setattr(app, _BEFORE, shared_facts(env))
    return list(app.config.planbook_changed)


def _write_all_if_shared_facts_changed(app: Sphinx, env: BuildEnvironment) -> list[str]:
    return [] if shared_facts(env) == getattr(app, _BEFORE, None) else sorted(env.found_docs)


def _write_what_was_read(app: Sphinx) -> None:
    """Leave out the pages that Sphinx writes because its hash of the settings differs.

    Some settings have another hash in each process, so that these would be all. Who
    names the changed pages has compared the settings.
    """
    if app.config.planbook_changed:
        vars(app.builder)["get_outdated_docs"] = lambda: []


def shared_facts(env: BuildEnvironment) -> str:
    """Hash all that a page may show of others: titles, numbers, places, contents."""
    facts: dict[str, Any] = {name: getattr(env, name) for name in _SHARED}
    facts["metadata"] = {
        page: {key: value for key, value in about.items() if key not in _OWN_METADATA}
        for page, about in env.metadata.items()
    }
    facts["domains"] = env.domaindata
    glued = Path(env.app.outdir).parent.rglob("*.glue.json")
    facts["glued"] = {path.name: path.read_bytes() for path in glued}
    return digest("\n".join(_lines(facts, "")).encode())


def _lines(value: Any, place: str) -> Iterable[str]:
    """Write a value so that equal ones give equal lines, in whatever order they grew."""
    if isinstance(value, nodes.Node):
        yield f"{place}: {value.pformat()}"
    elif isinstance(value, Mapping):
        # Tables are often made by looking into them: an empty one says nothing.
        filled = {repr(key): inner for key, inner in value.items() if not _is_empty(inner)}
        for key in sorted(filled):
            yield from _lines(filled[key], f"{place}/{key}")
    elif isinstance(value, Set):
        yield f"{place}: {sorted(map(repr, value))}"
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _lines(inner, f"{place}/{number}")
    elif isinstance(value, str | bytes | int | float | None):
        yield f"{place}: {value!r}"
    else:  # a table of symbols of another language: none of the book's
        yield f"{place}: {type(value).__name__}"


def _is_empty(value: Any) -> bool:
    return isinstance(value, Mapping | Set | list | tuple) and not value


def _drop_vanished_terms(app: Sphinx) -> None:
    """Make the search index of a part of the pages the same as that of all of them.

    Sphinx keeps a term of the index after the last page with it is gone.
    """
    from sphinx.builders.html import StandaloneHTMLBuilder

    builder = app.builder
    if not isinstance(builder, StandaloneHTMLBuilder):
        return
    load = builder.load_indexer

    def load_without_vanished(docnames: Iterable[str]) -> None:
        load(docnames)
        index = builder.indexer
        for terms in (index._mapping, index._title_mapping) if index else ():
            for term in [term for term, pages in terms.items() if not pages]:
                del terms[term]

    vars(builder)["load_indexer"] = load_without_vanished


def drop_unused_images(app: Sphinx) -> None:
    """Delete the images that no page shows any more."""
    folder = Path(app.outdir) / drawings.FOLDER
    used = {name for _, name in app.env.images.values()} | drawings.names(app.env)
    for path in folder.glob("*"):
        if path.name not in used:
            path.unlink()
    if folder.is_dir() and not used:
        folder.rmdir()
