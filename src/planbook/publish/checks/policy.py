"""The content security policy of every page: nothing foreign runs, loads or is sent.

It stands in the page itself, first in its head, since a book opened from a disk has no
server that could send a header. Scripts and style sheets are files of the book, or
stand in the page and are named by their hash; there is no way for any other text to
run, whatever the data hold.

``'self'`` means the server of the page. On a page opened from a disk Chromium takes it
for files of that disk, which the standard does not promise
(w3c/webappsec-csp, issue 459); ``file:`` says so for every browser, and names nothing
that a page from a server could load. Hashes in place of both (subresource integrity)
would be stricter still, but browsers check them only on what a server sends.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from planbook.errors import BuildError
from planbook.publish.checks.requests import SCRIPT_TYPES

NAME = "Content-Security-Policy"
OWN = "'self' file:"  # files of the book, from a server or a disk
_DIRECTIVES = (
    "default-src 'none'",  # connections, frames, workers, plug-ins, media: none
    "script-src {own}{scripts}",
    "style-src {own}{styles}",
    "img-src {own} data:",  # charts stand in the page
    "font-src {own}",
    "form-action {own}",  # the search form
    "base-uri 'none'",
)
_HEAD = re.compile(r"<head(?:\s[^>]*)?>", re.I)
_META = '<meta http-equiv="{name}" content="{policy}">'
_BLOCKS = re.compile(r"<!--.*?-->|<(script|style)\b([^>]*)>(.*?)</\1\s*>", re.I | re.S)
_ADDRESSES = frozenset(("action", "data", "formaction", "href", "src", "srcdoc", "xlink:href"))
_SRC = re.compile(r"\ssrc\s*=", re.I)
_TYPE = re.compile(r"""\stype\s*=\s*["']?([^"'\s>]*)""", re.I)


def hash_of(text: str) -> str:
    """Name a script or a style sheet by its content, as a policy does."""
    raw = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(raw).decode('ascii')}'"


def policy(scripts: Iterable[str] = (), styles: Iterable[str] = ()) -> str:
    """Write the policy of a page."""
    hashes = {
        name: "".join(f" {one}" for one in sorted({hash_of(text) for text in texts}))
        for name, texts in (("scripts", scripts), ("styles", styles))
    }
    return "; ".join(one.format(own=OWN, **hashes) for one in _DIRECTIVES)


def is_protected(text: str) -> bool:
    """Tell whether a page begins its head with a policy."""
    head = _HEAD.search(text)
    return head is not None and text.startswith(f'<meta http-equiv="{NAME}"', head.end())


def protect(text: str) -> str:
    """Put the policy of a page first in its head.

    Raises `BuildError` if the page has no head.
    """
    if is_protected(text):
        return text
    head = _HEAD.search(text)
    if head is None:
        raise BuildError("a page has no <head> to hold its policy; mend its template")
    blocks: dict[str, list[str]] = {"script": [], "style": []}
    for tag, attributes, inner in _BLOCKS.findall(text):
        if tag.lower() == "style" or (tag and _is_script(attributes)):
            blocks[tag.lower()].append(inner)
    meta = _META.format(name=NAME, policy=policy(blocks["script"], blocks["style"]))
    return text[: head.end()] + meta + text[head.end() :]


def _is_script(attributes: str) -> bool:
    kind = _TYPE.search(attributes)
    return not _SRC.search(attributes) and (kind[1] if kind else "").lower() in SCRIPT_TYPES


def faults(tree: Any) -> Iterator[tuple[str, str]]:
    """Find what keeps a page from being protected, or would not work under its policy."""
    again = "build this edition again"
    scripts, styles = set(), set()
    for element in tree.iter():
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if tag == "script" and element.get("src") is None:
            if (element.get("type") or "").lower() in SCRIPT_TYPES:
                scripts.add(element.text or "")
        elif tag == "style":
            styles.add(element.text or "")
        for name, value in element.attrib.items():
            if fault := _fault_of(name.lower(), value):
                kind, remedy = fault
                yield f"{kind}, <{tag} {name}>: {' '.join(value[:120].split())[:60]}", remedy
    first = next(iter(tree.xpath("//head/*")), None)
    if first is None or (first.get("http-equiv") or "").lower() != NAME.lower():
        yield "no policy first in its head", again
        return
    found = first.get("content") or ""
    for kind, texts in (("script", scripts), ("style sheet", styles)):
        for text in sorted(texts):
            if hash_of(text) not in found:
                start = " ".join(text.split())[:60]
                yield f"{kind} in the page that the policy does not name: {start}", again
    if found != policy(scripts, styles):
        yield f"a policy that is not the book's: {found[:200]}", again


def _fault_of(name: str, value: str) -> tuple[str, str] | None:
    """Tell what is wrong with an attribute, and what to do; None if nothing is."""
    if name.startswith("on"):
        return "handler in the page", "add the listener in a script file"
    if name == "style":
        return "style in the page", "give it a class in a style sheet"
    if name in _ADDRESSES and _runs(value):
        return "address that runs", "link to nothing but web addresses"
    return None


def _runs(value: str) -> bool:
    start = re.sub(r"[\x00-\x20]", "", value[:80]).lower()
    return start.startswith(("javascript:", "vbscript:", "data:text/html"))
