"""Derive the configuration and the contents of one edition from the book's own."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from planbook.errors import BuildError
from planbook.publish import words as wording

BASE_LANG = "en"  # the language whose pages the top-level _toc.yml names
AUTHORED = f"book/{BASE_LANG}/"
GENERATED = f"book/chapters/{BASE_LANG}/"
STAGED_CHAPTERS = "chapters/"

# The extensions of Jupyter Book without those that call other hosts or serve
# only such calls: sphinx_thebe (unpkg.com), sphinx_comments (hypothes.is, utteranc.es),
# sphinx.ext.intersphinx (foreign inventories); sphinx_togglebutton writes English
# words into Chinese pages and sphinx_design has a drop-down without a script.
EXTENSIONS = (
    "sphinx_copybutton",
    "myst_nb",
    "jupyter_book",
    "sphinx_external_toc",
    "sphinx_design",
    "sphinx_book_theme",
    "planbook.publish.sphinx.extension",
)

# Everything that keeps the pages from asking another host for anything,
# and from showing what only their makers need.
OFFLINE: dict[str, Any] = {
    "extensions": list(EXTENSIONS),
    "nb_ipywidgets_js": {},  # require.js and html-manager from two CDNs
    "html_math_renderer": "planbook_mathml",  # instead of MathJax from a CDN
    "myst_update_mathjax": False,
    "html_show_search_summary": False,  # fetch() is refused on file://
    "html_search_language": "planbook",
    "html_copy_source": False,
    "html_show_sourcelink": False,
    "html_use_opensearch": "",
    "html_use_index": False,
    "html_domain_indices": False,
    "html_last_updated_fmt": None,  # no clock
    "nb_remove_code_source": True,
}

THEME_OPTIONS: dict[str, Any] = {
    "article_header_end": ["planbook-language.html", "article-header-buttons.html"],
    "footer_content_items": ["planbook-footer.html", "extra-footer.html"],
    "navbar_persistent": [],  # else a second search box above the page
    "primary_sidebar_end": [],  # else a place for another host's advertisements
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "use_download_button": False,
    "use_edit_page_button": False,
    "use_fullscreen_button": False,
    "use_issues_button": False,
    "use_repository_button": False,
    "use_source_button": False,
    "repository_url": "",
}

# Options of the theme which lead to other hosts wherever they are set.
FOREIGN_OPTIONS = (
    "analytics",
    "bitbucket_url",
    "github_url",
    "gitlab_url",
    "icon_links",
    "launch_buttons",
    "switcher",
    "twitter_url",
)


def edition_config(
    base_config: Mapping[str, Any],
    lang: str,
    title: str,
    author: str,
    *,
    copyright_text: str = "",
    updated: str = "",
    static_path: str = "book/_static",
    with_other_edition: bool = True,
) -> dict[str, Any]:
    """Derive the ``_config.yml`` of one edition."""
    _check_lang(lang)
    result = copy.deepcopy(dict(base_config))
    result.update(title=title, author=author, copyright=copyright_text)
    result["only_build_toc_files"] = True
    result.setdefault("execute", {})["execute_notebooks"] = "off"
    html = result.setdefault("html", {})
    html["use_multitoc_numbering"] = False
    for key in ("analytics", "google_analytics_id", "comments"):
        html.pop(key, None)
    result.pop("launch_buttons", None)
    result["repository"] = {"url": ""}
    sphinx = result.setdefault("sphinx", {})
    sphinx["recursive_update"] = True
    settings = sphinx.get("config") or {}
    extra = [name for name in settings.get("extensions", ()) if name not in EXTENSIONS]
    extra += [name for name in sphinx.pop("extra_extensions", None) or () if name not in extra]
    settings.update(copy.deepcopy(OFFLINE))
    settings["extensions"] += [name for name in extra if name not in EXTENSIONS]
    options = {
        key: value
        for key, value in settings.get("html_theme_options", {}).items()
        if key not in FOREIGN_OPTIONS
    }
    options.update(copy.deepcopy(THEME_OPTIONS))
    options["search_bar_text"] = wording.word("search_hint", lang)
    options["toc_title"] = wording.word("contents", lang)
    settings.update(
        language=wording.SPHINX_LANGUAGE[lang],
        html_theme_options=options,
        html_static_path=[static_path],
        html_css_files=["planbook.css"],
        html_js_files=["planbook-grid.js"],
        nb_code_prompt_show=wording.word("show_cell", lang),
        nb_code_prompt_hide=wording.word("hide_cell", lang),
        planbook_lang=lang,
        planbook_updated=updated,
        planbook_other_edition=f"../{wording.other(lang)}/" if with_other_edition else "",
    )
    sphinx["config"] = settings
    return result


def edition_toc(
    base_toc: Mapping[str, Any], lang: str, *, captions: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Derive the ``_toc.yml`` of one edition.

    Raises `BuildError` if a caption lacks a translation or a page lies in no folder of the book.
    """
    _check_lang(lang)
    missing: list[str] = []

    def said(text: str) -> str:
        if captions and text in captions:
            return captions[text]
        if lang != BASE_LANG:
            missing.append(text)
        return text

    def walk(item: Any) -> Any:
        if isinstance(item, Mapping):
            changed: dict[str, Any] = {}
            for key, value in item.items():
                if key in ("root", "file", "glob"):
                    changed[key] = staged_name(value)
                elif key in ("caption", "title"):
                    changed[key] = said(value)
                else:
                    changed[key] = walk(value)
            return changed
        return [walk(entry) for entry in item] if isinstance(item, list) else item

    result = walk(base_toc)
    if missing:
        raise BuildError(
            f"_toc.yml: no '{lang}' wording for {', '.join(map(repr, missing))}; "
            "add it to the captions"
        )
    return result


def staged_name(name: str) -> str:
    """Give the name of a page within an edition.

    ``book/chapters/en/05_energy`` becomes ``chapters/05_energy``, and
    ``book/en/methods`` becomes ``methods``.

    Raises `BuildError` if the page lies in neither folder.
    """
    if name.startswith(GENERATED):
        return STAGED_CHAPTERS + name.removeprefix(GENERATED)
    if name.startswith(AUTHORED):
        return name.removeprefix(AUTHORED)
    raise BuildError(
        f"_toc.yml: page '{name}' lies neither in {AUTHORED} nor in {GENERATED}; move it there"
    )


def _check_lang(lang: str) -> None:
    if lang not in wording.LANGUAGES:
        raise BuildError(
            f"language '{lang}' is not known; give one of {', '.join(wording.LANGUAGES)}"
        )
