"""Sphinx extension of the book: one language a page, both a click apart, offline.

Named in ``_config.yml`` among the extensions. It adds these settings:

``planbook_lang``
    Language of the edition, ``en`` or ``zh``.
``planbook_other_edition``
    Where the other edition's root is, seen from this edition's root, such as
    ``../zh/``; empty where only one edition is built (then no page has a switch).
``planbook_updated``
    What the footer says of the book's date; never taken from a clock.
``planbook_changed``
    Pages to read again, whatever the times of their files say.
"""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import locale
from sphinx.errors import ConfigError

from planbook.publish import words as wording
from planbook.publish.checks import policy
from planbook.publish.one_language import for_readers
from planbook.publish.sphinx import drawings, mathml, reading, theme
from planbook.publish.sphinx.search import BilingualSearch
from planbook.widgets import front

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

TEMPLATES = Path(__file__).parent / "templates"
_EXPLORER = re.compile(
    r'<section [^>]*data-planbook-widget="(?P<kind>\w+)"[^>]*>.*?</section>', re.DOTALL
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    app.add_config_value("planbook_lang", "en", "env", types=(str,))
    app.add_config_value("planbook_other_edition", "", "html", types=(str,))
    app.add_config_value("planbook_updated", "", "html", types=(str,))
    if "comments_config" not in app.config:
        # Jupyter Book sets it whether or not sphinx_comments is there to know it.
        app.add_config_value("comments_config", {}, "html")
    app.add_html_math_renderer(
        mathml.RENDERER, (mathml.visit_inline, None), (mathml.visit_block, None)
    )
    app.add_search_language(BilingualSearch)
    app.add_css_file(theme.ICONS)
    reading.connect(app)
    drawings.connect(app)
    app.connect("config-inited", _use_edition)
    app.connect("source-read", _keep_one_language)
    app.connect("doctree-read", _silence_images)
    # Before the theme drops the parts of a page that would be empty.
    app.connect("html-page-context", _add_switch, priority=400)
    app.connect("builder-inited", _write_static)
    app.connect("html-page-context", _add_widgets)
    app.connect("html-page-context", _escape_titles, priority=900)  # after the theme has set it
    app.connect("build-finished", _finish_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _use_edition(app: Sphinx, config: Config) -> None:
    lang = config.planbook_lang
    if lang not in wording.LANGUAGES:
        raise ConfigError(
            f"_config.yml: planbook_lang is {lang!r}; give one of {', '.join(wording.LANGUAGES)}"
        )
    config.templates_path = [str(TEMPLATES), *config.templates_path]
    # Without it the theme's script reports an invalid mode on the first visit.
    config.html_context.setdefault("default_mode", "auto")
    # Sphinx keeps its catalogues in this table and has no other way to put one first.
    behind = locale.translators["general", "sphinx"]
    own = wording.ThemeWords(lang, behind)
    locale.translators["general", "sphinx"] = own
    app.translator = own


def _keep_one_language(app: Sphinx, docname: str, source: list[str]) -> None:
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    try:
        notebook = json.loads(source[0])
    except ValueError:
        return  # the notebook parser reports it with its place
    source[0] = json.dumps(for_readers(notebook, app.config.planbook_lang), ensure_ascii=False)


def _silence_images(app: Sphinx, doctree: nodes.document) -> None:
    # Without this a screen reader spells out the file's name, a long hash.
    for image in doctree.findall(nodes.image):
        image.setdefault("alt", "")


def _add_switch(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    config = app.config
    lang = config.planbook_lang
    context["planbook_updated"] = config.planbook_updated
    context["planbook_switch"] = None
    if not config.planbook_other_edition:
        return
    there = wording.other(lang)
    root = context.get("content_root", "").removeprefix("./")
    page = app.builder.get_target_uri(pagename)
    href = f"{root}{config.planbook_other_edition}{page}"
    context["planbook_switch"] = {
        "href": href,
        "lang": wording.HTML_LANGUAGE[there],
        "label": wording.word("edition_name", there),
        "hint": wording.word("switch_hint", there),
    }
    context["metatags"] = context.get("metatags", "") + (
        f'\n    <link rel="alternate" hreflang="{wording.HTML_LANGUAGE[there]}"'
        f' href="{escape(href)}" />'
    )


def _write_static(app: Sphinx) -> None:
    if app.builder.format == "html":
        folder = Path(app.outdir) / "_static"
        front.write_static(folder)
        (folder / theme.ICONS).write_text(theme.icon_style(), encoding="utf-8", newline="\n")


def _add_widgets(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Put the script of an explorer right behind each place, and its style into the head.

    A page of a megabyte is read in pieces: an explorer that did not wait for the rest, nor
    for the scripts of the theme, can be used in half the time.
    """
    body = context.get("body") or ""
    if "data-planbook-widget" not in body:
        return
    place = context["pathto"]

    def behind(found: re.Match[str]) -> str:
        kind = found["kind"]
        address = f"{place(f'_static/{front.script_name(kind)}', 1)}?v={front.version(kind)}"
        return f'{found[0]}\n<script src="{escape(address)}"></script>'

    context["body"] = _EXPLORER.sub(behind, body)
    app.add_css_file(front.STYLE)


def _escape_titles(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Keep titles as text: the theme repeats them in its own places without escaping them."""
    for name in ("pagetitle", "root_title"):
        if name in context:
            context[name] = escape(context[name], quote=False)


def _finish_pages(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    reading.drop_unused_images(app)
    lang = app.config.planbook_lang
    folder = Path(app.outdir)
    theme.mend_translations(folder / "_static")
    for path in sorted(folder.rglob("*.html")):
        if folder / "_static" in path.parents:
            continue  # pieces that the theme leaves there
        page = path.read_text(encoding="utf-8")
        if policy.is_protected(page):
            continue  # of an earlier rendering
        page = theme.without_icon_style(wording.localise(page, lang))
        path.write_text(policy.protect(page), encoding="utf-8", newline="\n")
