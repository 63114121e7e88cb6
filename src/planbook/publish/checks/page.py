"""What a page or a file shows by itself: its faults, its places, where it leads.

All of it follows from the bytes alone; so what was found once holds for the same
bytes ever after, and only pages that have changed are taken apart again.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from planbook.files.hashing import digest, save, saved
from planbook.publish.checks import images, policy
from planbook.publish.checks import requests as foreign

ASSETS = (".css", ".js", ".mjs", ".svg")
PAGES = (".html", ".htm")
Fault = tuple[str, str, str]  # rule, detail, remedy

_ERROR_CLASSES = frozenset(("traceback", "stderr", "system-message", "problematic"))
_TRACEBACK = "Traceback (most recent call last)"
_ROLE_NAMES = "any|cite|doc|download|eq|eval|glue|math|nb-download|numref|ref|term"
_ROLES = (
    re.compile(r"\{[A-Za-z][\w:.+-]*\}`"),
    re.compile(rf"`?\{{(?:{_ROLE_NAMES})(?::\w+)*\b\}}?"),
    re.compile(r"\{\{\s*\w[^{}]*\}\}"),
    re.compile(r"^\s*(?::{3,}|`{3,})", re.M),
)
_MAY_BE_ROLE = ("{", ":::", "```")  # one of these is in whatever the patterns find
_ROLE_BEFORE_CODE = re.compile(r"\{[A-Za-z][\w:.+-]*\}$")
_NOT_PROSE = frozenset(("code", "kbd", "math", "pre", "samp", "script", "style", "textarea"))
_REPLACEMENT = "\ufffd"

_TEXT = etree.XPath("string()", smart_strings=False)
_ALL_TEXTS = etree.XPath("//text() | //@*", smart_strings=False)
_ANCHORS = etree.XPath("//@id | //a/@name", smart_strings=False)
_LINKS = etree.XPath("//a/@href | //area/@href | //link/@href", smart_strings=False)
_WAYS = etree.XPath("//a/@href", smart_strings=False)
_ALTERNATES = etree.XPath("//body//a[@hreflang][@href]")
_FRAMES = etree.XPath("//iframe[@srcdoc]")
_DRAWINGS = etree.XPath("//main//svg[not(ancestor::svg)]")


class Known:
    """What is known of pages and files by their bytes."""

    def __init__(self, path: Path | None = None, stamp: str = "") -> None:
        self._stamp = stamp
        self._used: dict[str, Any] = {}
        self._found: dict[str, Any] = {}
        if path is not None:
            self.add(path)

    def add(self, path: Path) -> None:
        """Take in what a file keeps, if it is whole and the same program's."""
        kept = saved(path)
        if kept.get("stamp") == self._stamp:
            self._found.update(kept["found"])

    def of(self, name: str, raw: bytes) -> Mapping[str, Any]:
        """Tell what a page, style sheet, script or drawing shows by itself."""
        kind = posixpath.splitext(name)[1].lower()
        key = f"{kind}:{digest(raw)}"
        if key not in self._used:
            if key not in self._found:
                self._found[key] = of_page(raw) if kind in PAGES else of_asset(kind, raw)
            self._used[key] = self._found[key]
        return self._used[key]

    def learn(self, folder: Path) -> None:
        """Look at every page and file below `folder` that is checked."""
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in (*PAGES, *ASSETS) and path.is_file():
                self.of(path.name, path.read_bytes())

    def save(self, path: Path) -> None:
        """Keep what was asked for since the beginning."""
        save(path, {"stamp": self._stamp, "found": self._used})


def of_page(raw: bytes) -> dict[str, Any]:
    """Take a page apart."""
    fault = "" if raw.strip() else "the page is empty"
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        text = raw.decode("utf-8", errors="ignore")
        fault = f"byte {error.start} is not UTF-8"
    tree = _parse(text)
    loaded = list(foreign.in_tree(tree))
    faults: list[Fault] = [("page", fault, "build the page again")] if fault else []
    faults += [("policy", *found) for found in policy.faults(tree)]
    faults += _errors(tree)
    faults += _requests(loaded)
    for frame in _FRAMES(tree):
        faults += _requests(foreign.in_tree(_parse(frame.get("srcdoc"))))
    faults += _pictures(tree, loaded)
    faults += _characters(tree)
    faults += _markup(tree)
    alternates: dict[str, list[str]] = {}
    for link in _ALTERNATES(tree):
        alternates.setdefault(link.get("hreflang"), []).append(link.get("href"))
    local = {url for url in _LINKS(tree) if foreign.is_local(url)}
    shown = {one.url for one in loaded if one.is_image and foreign.is_local(one.url)}
    return {
        "faults": sorted(set(faults)),
        "anchors": sorted(set(_ANCHORS(tree))),
        "links": sorted(local | {one.url for one in loaded if foreign.is_local(one.url)}),
        "pictures": sorted(shown),
        "ways": sorted(set(_WAYS(tree))),
        "alternates": alternates,
        "lang": tree.get("lang") or "",
    }


def of_asset(kind: str, raw: bytes) -> dict[str, Any]:
    """Find what a style sheet, script or drawing loads."""
    loaded = list(_loaded_by_asset(kind, raw))
    links = {
        one.url
        for one in loaded
        if kind == ".css" and foreign.is_local(one.url) and not one.url.startswith("#")
    }
    return {"faults": sorted(set(_requests(loaded))), "links": sorted(links)}


def _parse(text: str) -> Any:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    return etree.fromstring(text.encode() if text.strip() else b"<p></p>", parser)


def _errors(tree: Any) -> Iterator[Fault]:
    remedy = "mend the notebook and run it again"
    shown = {
        shorten(_TEXT(element))
        for element in tree.iter(etree.Element)
        if not _ERROR_CLASSES.isdisjoint((element.get("class") or "").split())
    }
    if not shown and _TRACEBACK in _TEXT(tree):
        shown.add(_TRACEBACK)
    for detail in shown:
        yield "error output", detail, remedy


def _requests(references: Iterable[foreign.Address]) -> Iterator[Fault]:
    for reference in references:
        if foreign.is_foreign(reference.url):
            yield (
                "request",
                f"{reference.by} asks another host: {shorten(reference.url)}",
                "ship the file with the book or leave it out",
            )


def _pictures(tree: Any, loaded: Iterable[foreign.Address]) -> Iterator[Fault]:
    remedy = "draw the figure again"
    for element in tree.iter("img"):
        if not (element.get("src") or "").strip():
            yield "image", "an image has no address", remedy
    for reference in loaded:
        url = foreign.clean(reference.url) if reference.is_image else ""
        if url.lower().startswith("data:") and (fault := images.data_uri_fault(url)):
            yield "image", f"{url[:40]}…: {fault}", remedy
    for drawing in _DRAWINGS(tree):
        if not images.draws(drawing):
            named = drawing.get("aria-label") or drawing.get("id") or "drawing in the page"
            yield "image", f"{named}: it has nothing to draw", remedy


def _characters(tree: Any) -> Iterator[Fault]:
    for text in _ALL_TEXTS(tree):
        if _REPLACEMENT in text:
            at = text.index(_REPLACEMENT)
            yield (
                "replacement character",
                f"U+FFFD in '{shorten(text[max(0, at - 20) : at + 20])}'",
                "read the source of the text in its own encoding",
            )


def _markup(tree: Any) -> Iterator[Fault]:
    remedy = "write the role or directive so that the page resolves it"
    for element in tree.iter(etree.Element):
        if element.tag == "code" and (found := _ROLE_BEFORE_CODE.search(_text_before(element))):
            detail = f"{found[0]}`{shorten(_TEXT(element))}`"
            yield "markup", f"left as it was written: {detail}", remedy
    for element in tree.iter():
        inside = element.text if isinstance(element.tag, str) else None
        for owner, text in ((element, inside), (element.getparent(), element.tail)):
            if not text or owner is None or not any(mark in text for mark in _MAY_BE_ROLE):
                continue
            if _within_code(owner):
                continue
            for pattern in _ROLES:
                if found := pattern.search(text):
                    detail = shorten(text[found.start() :])
                    yield "markup", f"left as it was written: {detail}", remedy
                    break


def _loaded_by_asset(kind: str, raw: bytes) -> Iterator[foreign.Address]:
    text = raw.decode("utf-8", errors="replace")
    if kind == ".css":
        yield from foreign.in_css(text, "style sheet")
    elif kind == ".svg":
        if (tree := images.parse_svg(raw)) is not None:
            yield from foreign.in_tree(tree)
    else:
        yield from foreign.in_script(text, "script")


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


def shorten(text: str, width: int = 120) -> str:
    """Put a text on one line of at most `width` characters."""
    text = " ".join(text.split())
    return text if len(text) <= width else f"{text[: width - 1]}…"
