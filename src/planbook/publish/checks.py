"""Check a finished site before it is published: whole, offline, in both languages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import html

from planbook.errors import BuildError
from planbook.publish import foreign, images, wording

_ERROR_CLASSES = ("traceback", "stderr", "system-message", "problematic")
_TRACEBACK = re.compile(r"Traceback \(most recent call last\)")
_ROLE_NAMES = "any|cite|doc|download|eq|eval|glue|math|nb-download|numref|ref|term"
_ROLES = (
    re.compile(r"\{[A-Za-z][\w:.+-]*\}`"),
    re.compile(rf"`?\{{(?:{_ROLE_NAMES})(?::\w+)*\b\}}?"),
    re.compile(r"\{\{\s*\w[^{}]*\}\}"),
    re.compile(r"^\s*(?::{3,}|`{3,})", re.M),
)
_ROLE_BEFORE_CODE = re.compile(r"\{[A-Za-z][\w:.+-]*\}$")
_NOT_PROSE = frozenset(("code", "kbd", "math", "pre", "samp", "script", "style", "textarea"))
_REPLACEMENT = "\ufffd"
_TOP = ("", "top")  # fragments that every page has


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong on one page.

    Attributes
    ----------
    page : str
        Path of the page, style sheet, script or drawing within the site.
    rule : str
        Short name of the rule: request, link, anchor, image, error output,
        replacement character, markup, switch, language, page.
    detail : str
        What was found.
    remedy : str
        What to do about it.
    """

    page: str
    rule: str
    detail: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.page}: {self.rule}: {self.detail}; {self.remedy}"


def check_site(root: Path, *, known: Path | None = None) -> list[Problem]:
    """Check every page of a finished site, and what the pages load.

    Parameters
    ----------
    root : pathlib.Path
        Folder of the whole site, with one folder for each edition.

    Returns
    -------
    list of Problem
        Sorted by page; empty if all is well.

    Raises
    ------
    BuildError
        If there is no page at all.
    """
    site = _Site(Path(root))
    if not site.pages:
        raise BuildError(f"{root}: no page found to check; build the book first")
    found: set[Problem] = set()
    for page in site.pages.values():
        for check in _PAGE_CHECKS:
            found.update(check(site, page))
    found.update(_check_assets(site))
    return sorted(found)


def raise_problems(problems: Iterable[Problem]) -> None:
    """Stop the build if there are problems.

    Raises
    ------
    BuildError
        Naming every problem, one a line.
    """
    lines = [str(problem) for problem in problems]
    if lines:
        raise BuildError(f"{len(lines)} problem(s) on the pages:\n" + "\n".join(lines))


@dataclass
class _Page:
    """A parsed page."""

    name: str
    text: str
    tree: Any
    fault: str = ""

    @cached_property
    def anchors(self) -> frozenset[str]:
        return frozenset(self.tree.xpath("//@id | //a/@name"))


@dataclass
class _Site:
    """All files of a site by their names within it, compared letter by letter."""

    root: Path
    files: frozenset[str] = field(init=False)
    pages: dict[str, _Page] = field(init=False)

    def __post_init__(self) -> None:
        paths = sorted(path for path in self.root.rglob("*") if path.is_file())
        self.files = frozenset(path.relative_to(self.root).as_posix() for path in paths)
        self.pages = {
            name: _read_page(self.root / name, name)
            for name in sorted(self.files)
            if name.endswith((".html", ".htm"))
        }

    @property
    def editions(self) -> tuple[str, ...]:
        return tuple(lang for lang in wording.LANGUAGES if f"{lang}/index.html" in self.files)

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


def _read_page(path: Path, name: str) -> _Page:
    data = path.read_bytes()
    fault = "" if data.strip() else "the page is empty"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", errors="ignore")
        fault = f"byte {error.start} is not UTF-8"
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    tree = html.document_fromstring(text.encode() if text.strip() else b"<p></p>", parser=parser)
    return _Page(name, text, tree, fault)


def _check_readable(site: _Site, page: _Page) -> Iterator[Problem]:
    if page.fault:
        yield Problem(page.name, "page", page.fault, "build the page again")


def _check_errors(site: _Site, page: _Page) -> Iterator[Problem]:
    remedy = "mend the notebook and run it again"
    shown = set()
    for name in _ERROR_CLASSES:
        for element in page.tree.find_class(name):
            shown.add(_shorten(element.text_content()))
    for found in _TRACEBACK.finditer(page.tree.text_content()):
        if not shown:
            shown.add(found[0])
    for detail in shown:
        yield Problem(page.name, "error output", detail, remedy)


def _check_links(site: _Site, page: _Page) -> Iterator[Problem]:
    links = page.tree.xpath("//a[@href] | //area[@href] | //link[@href]")
    addresses = {element.get("href") for element in links}
    addresses |= {reference.url for reference in foreign.in_tree(page.tree)}
    for url in sorted(addresses):
        if not foreign.is_local(url):
            continue
        target, fragment = site.resolve(page.name, url)
        if target is None:
            yield Problem(
                page.name, "link", f"{url} leads to no file of the site", "mend the address"
            )
        elif fragment not in _TOP and (there := site.pages.get(target)):
            fragment = fragment.partition(":~:")[0]
            if fragment not in _TOP and fragment not in there.anchors:
                yield Problem(
                    page.name,
                    "anchor",
                    f"{url}: {target} has no place named '{fragment}'",
                    "mend the link or name the place",
                )


def _check_requests(site: _Site, page: _Page) -> Iterator[Problem]:
    yield from _foreign(page.name, foreign.in_tree(page.tree))
    for frame in page.tree.xpath("//iframe[@srcdoc]"):
        inner = html.document_fromstring(frame.get("srcdoc") or "<p></p>")
        yield from _foreign(page.name, foreign.in_tree(inner))


def _check_images(site: _Site, page: _Page) -> Iterator[Problem]:
    remedy = "draw the figure again"
    for element in page.tree.iter("img"):
        if not (element.get("src") or "").strip():
            yield Problem(page.name, "image", "an image has no address", remedy)
    for reference in foreign.in_tree(page.tree):
        if not reference.is_image:
            continue
        url = foreign.clean(reference.url)
        fault = None
        if url.lower().startswith("data:"):
            fault, url = images.data_uri_fault(url), f"{url[:40]}…"
        elif foreign.is_local(url):
            target, _ = site.resolve(page.name, url)
            if target is not None:
                fault = images.fault(
                    (site.root / target).read_bytes(), posixpath.splitext(target)[1][1:]
                )
        if fault:
            yield Problem(page.name, "image", f"{url}: {fault}", remedy)
    for drawing in page.tree.xpath("//main//svg[not(ancestor::svg)]"):
        if not images.draws(drawing):
            named = drawing.get("aria-label") or drawing.get("id") or "drawing in the page"
            yield Problem(page.name, "image", f"{named}: it has nothing to draw", remedy)


def _check_characters(site: _Site, page: _Page) -> Iterator[Problem]:
    for text in page.tree.xpath("//text() | //@*"):
        if _REPLACEMENT in text:
            at = text.index(_REPLACEMENT)
            yield Problem(
                page.name,
                "replacement character",
                f"U+FFFD in '{_shorten(text[max(0, at - 20) : at + 20])}'",
                "read the source of the text in its own encoding",
            )


def _check_markup(site: _Site, page: _Page) -> Iterator[Problem]:
    remedy = "write the role or directive so that the page resolves it"
    for element in page.tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "code" and _ROLE_BEFORE_CODE.search(_text_before(element)):
            found = _ROLE_BEFORE_CODE.search(_text_before(element))
            detail = f"{found[0]}`{_shorten(element.text_content())}`"
            yield Problem(page.name, "markup", f"left as it was written: {detail}", remedy)
        pieces = [(element, element.text)] if element.tag not in _NOT_PROSE else []
        pieces.append((element.getparent(), element.tail))
        for owner, text in pieces:
            if not text or owner is None or _within_code(owner):
                continue
            for pattern in _ROLES:
                if found := pattern.search(text):
                    detail = _shorten(text[found.start() :])
                    yield Problem(page.name, "markup", f"left as it was written: {detail}", remedy)
                    break


def _check_switch(site: _Site, page: _Page) -> Iterator[Problem]:
    lang, slash, rest = page.name.partition("/")
    if page.name == "index.html" and site.editions:
        targets = {site.resolve(page.name, url)[0] for url in page.tree.xpath("//a/@href")}
        for edition in site.editions:
            if f"{edition}/index.html" not in targets:
                yield Problem(
                    page.name,
                    "switch",
                    f"no link to the edition '{edition}'",
                    "write the page in front of the editions again",
                )
    if not slash or lang not in site.editions:
        return
    declared = page.tree.get("lang")
    if declared != wording.HTML_LANGUAGE[lang]:
        yield Problem(
            page.name,
            "language",
            f'<html lang="{declared or ""}"> instead of "{wording.HTML_LANGUAGE[lang]}"',
            "set sphinx.config.language for this edition",
        )
    for edition in site.editions:
        if edition == lang:
            continue
        tag = wording.HTML_LANGUAGE[edition]
        links = page.tree.xpath("//body//a[@hreflang=$tag]/@href", tag=tag)
        if not any(site.resolve(page.name, url)[0] == f"{edition}/{rest}" for url in links):
            yield Problem(
                page.name,
                "switch",
                f"no link to the same page in '{edition}'",
                "set planbook_other_edition and build both editions from the same contents",
            )


_PAGE_CHECKS: tuple[Callable[[_Site, _Page], Iterator[Problem]], ...] = (
    _check_readable,
    _check_errors,
    _check_links,
    _check_requests,
    _check_images,
    _check_characters,
    _check_markup,
    _check_switch,
)


def _check_assets(site: _Site) -> Iterator[Problem]:
    """Check style sheets, scripts and drawings; the same content only once."""
    seen: dict[tuple[str, bytes], list[foreign.Reference]] = {}
    for name in sorted(site.files):
        kind = posixpath.splitext(name)[1].lower()
        if kind not in (".css", ".js", ".mjs", ".svg"):
            continue
        data = (site.root / name).read_bytes()
        if (kind, data) not in seen:
            seen[kind, data] = list(_in_asset(kind, data))
        references = seen[kind, data]
        yield from _foreign(name, references)
        if kind != ".css":
            continue
        for reference in references:
            if (
                foreign.is_local(reference.url)
                and not reference.url.startswith("#")
                and site.resolve(name, reference.url)[0] is None
            ):
                yield Problem(
                    name,
                    "link",
                    f"{reference.url} leads to no file of the site",
                    "mend the address",
                )


def _in_asset(kind: str, data: bytes) -> Iterator[foreign.Reference]:
    text = data.decode("utf-8", errors="replace")
    if kind == ".css":
        yield from foreign.in_css(text, "style sheet")
    elif kind == ".svg":
        if (tree := images.parse_svg(data)) is not None:
            yield from foreign.in_tree(tree)
    else:
        yield from foreign.in_script(text, "script")


def _foreign(name: str, references: Iterable[foreign.Reference]) -> Iterator[Problem]:
    for reference in references:
        if foreign.is_foreign(reference.url):
            yield Problem(
                name,
                "request",
                f"{reference.by} asks another host: {_shorten(reference.url)}",
                "ship the file with the book or leave it out",
            )


def _within_code(element: Any) -> bool:
    while element is not None:
        if element.tag in _NOT_PROSE:
            return True
        element = element.getparent()
    return False


def _text_before(element: Any) -> str:
    previous = element.getprevious()
    parent = element.getparent()
    text = previous.tail if previous is not None else parent.text if parent is not None else ""
    return text or ""


def _shorten(text: str, width: int = 120) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else f"{text[: width - 1]}…"
