"""Check a finished site before it is published: whole, offline, in both languages."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from planbook.errors import BuildError
from planbook.publish import words as wording
from planbook.publish.checks import images
from planbook.publish.checks import requests as foreign
from planbook.publish.checks.page import ASSETS, PAGES, Known

_TOP = ("", "top")  # fragments that every page has


@dataclass(frozen=True, order=True)
class PageProblem:
    """One thing that is wrong on one page."""

    page: str  # path of the page, style sheet, script or drawing within the site
    # short name of the rule: request, link, anchor, image, error output, replacement character,
    # markup, switch, language, page, policy
    rule: str
    detail: str  # what was found
    remedy: str  # what to do about it

    def __str__(self) -> str:
        return f"{self.page}: {self.rule}: {self.detail}; {self.remedy}"


def check_site(root: Path, *, known: Known | None = None) -> list[PageProblem]:
    """Check every page of a finished site, and what the pages load.

    Raises `BuildError` if there is no page at all.
    """
    site = _Site(Path(root), known or Known())
    if not site.pages:
        raise BuildError(f"{root}: no page found to check; build the book first")
    found: set[PageProblem] = set()
    for name in site.pages:
        found.update(_check_links(site, name))
        found.update(_check_pictures(site, name))
        found.update(_check_switch(site, name))
    found.update(_check_assets(site))
    for name, shown in (*site.pages.items(), *site.assets.items()):
        found.update(PageProblem(name, *fault) for fault in shown["faults"])
    return sorted(found)


def raise_problems(problems: Iterable[PageProblem]) -> None:
    """Stop the build if there are problems.

    Raises `BuildError`: naming every problem, one a line.
    """
    lines = [str(problem) for problem in problems]
    if lines:
        raise BuildError(f"{len(lines)} problem(s) on the pages:\n" + "\n".join(lines))


class _Site:
    """All files of a site by their names within it, compared letter by letter."""

    def __init__(self, root: Path, known: Known) -> None:
        self.root = root
        paths = sorted(path for path in root.rglob("*") if path.is_file())
        self.files = frozenset(path.relative_to(root).as_posix() for path in paths)
        shown = {
            name: known.of(name, (root / name).read_bytes())
            for name in sorted(self.files)
            if name.lower().endswith((*PAGES, *ASSETS))
        }
        self.pages: dict[str, Mapping[str, Any]] = {
            name: shown[name] for name in shown if name.lower().endswith(PAGES)
        }
        self.assets = {name: shown[name] for name in shown if name not in self.pages}
        self._anchors: dict[str, frozenset[str]] = {}

    @cached_property
    def editions(self) -> tuple[str, ...]:
        return tuple(lang for lang in wording.LANGUAGES if f"{lang}/index.html" in self.files)

    def anchors(self, page: str) -> frozenset[str]:
        """Names of the places on a page."""
        if page not in self._anchors:
            self._anchors[page] = frozenset(self.pages[page]["anchors"])
        return self._anchors[page]

    def resolve(self, page: str, url: str) -> tuple[str | None, str]:
        """Find the file that `url` on `page` names, None if there is none."""
        path, _, fragment = foreign.clean(url).partition("#")
        path = unquote(path.partition("?")[0])
        if not path:
            return page, unquote(fragment)
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
        if path.startswith("/") or target.startswith(".."):
            return None, ""
        for name in (target, posixpath.normpath(posixpath.join(target, "index.html"))):
            if name in self.files:
                return name, unquote(fragment)
        return None, ""


def _check_links(site: _Site, page: str) -> Iterator[PageProblem]:
    for url in site.pages[page]["links"]:
        target, fragment = site.resolve(page, url)
        if target is None:
            yield PageProblem(
                page, "link", f"{url} leads to no file of the site", "mend the address"
            )
        elif fragment not in _TOP and target in site.pages:
            fragment = fragment.partition(":~:")[0]
            if fragment not in _TOP and fragment not in site.anchors(target):
                yield PageProblem(
                    page,
                    "anchor",
                    f"{url}: {target} has no place named '{fragment}'",
                    "mend the link or name the place",
                )


def _check_pictures(site: _Site, page: str) -> Iterator[PageProblem]:
    for url in site.pages[page]["pictures"]:
        target, _ = site.resolve(page, url)
        if target is None:
            continue
        kind = posixpath.splitext(target)[1][1:]
        if fault := images.fault((site.root / target).read_bytes(), kind):
            shown = foreign.clean(url)
            yield PageProblem(page, "image", f"{shown}: {fault}", "draw the figure again")


def _check_switch(site: _Site, page: str) -> Iterator[PageProblem]:
    shown = site.pages[page]
    lang, slash, rest = page.partition("/")
    if page == "index.html" and site.editions:
        targets = {site.resolve(page, url)[0] for url in shown["ways"]}
        for edition in site.editions:
            if f"{edition}/index.html" not in targets:
                yield PageProblem(
                    page,
                    "switch",
                    f"no link to the edition '{edition}'",
                    "write the page in front of the editions again",
                )
    if not slash or lang not in site.editions:
        return
    if shown["lang"] != wording.HTML_LANGUAGE[lang]:
        yield PageProblem(
            page,
            "language",
            f'<html lang="{shown["lang"]}"> instead of "{wording.HTML_LANGUAGE[lang]}"',
            "set sphinx.config.language for this edition",
        )
    for edition in site.editions:
        if edition == lang:
            continue
        links = shown["alternates"].get(wording.HTML_LANGUAGE[edition], ())
        if not any(site.resolve(page, url)[0] == f"{edition}/{rest}" for url in links):
            yield PageProblem(
                page,
                "switch",
                f"no link to the same page in '{edition}'",
                "set planbook_other_edition and build both editions from the same contents",
            )


def _check_assets(site: _Site) -> Iterator[PageProblem]:
    for name, shown in site.assets.items():
        for url in shown["links"]:
            if site.resolve(name, url)[0] is None:
                yield PageProblem(
                    name, "link", f"{url} leads to no file of the site", "mend the address"
                )
