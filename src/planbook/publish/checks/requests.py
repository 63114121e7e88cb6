"""Find what a page, a style sheet, a script or a drawing makes the browser load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import tinycss2

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.I)
_MAY_LOAD = re.compile(r"url|src|image|import|\\", re.I)  # an escape may spell any of them
_FOREIGN = re.compile(r"^(?:(?:https?|wss?|ftps?):|//)", re.I)
_IGNORED_BY_BROWSERS = re.compile(r"[\t\n\r]")

# Attributes whose address the browser loads, or sends to, without a click on a link.
_LOADED = {
    ("audio", "src"),
    ("base", "href"),
    ("body", "background"),
    ("button", "formaction"),
    ("embed", "src"),
    ("feimage", "href"),
    ("feimage", "xlink:href"),
    ("form", "action"),
    ("frame", "src"),
    ("html", "manifest"),
    ("iframe", "src"),
    ("image", "href"),
    ("image", "xlink:href"),
    ("img", "src"),
    ("input", "formaction"),
    ("input", "src"),
    ("object", "data"),
    ("script", "href"),
    ("script", "src"),
    ("script", "xlink:href"),
    ("source", "src"),
    ("track", "src"),
    ("use", "href"),
    ("use", "xlink:href"),
    ("video", "poster"),
    ("video", "src"),
}
_SETS = {("img", "srcset"), ("source", "srcset"), ("link", "imagesrcset")}
_PINGS = {("a", "ping"), ("area", "ping")}

# Relations of <link> that only inform; every other one may fetch.
_INFORMATIVE = frozenset(
    (
        *("alternate", "author", "bookmark", "canonical", "external", "help", "license", "me"),
        *("contents", "first", "index", "last", "next", "prev", "tag", "up"),
        *("nofollow", "noopener", "noreferrer"),
    )
)
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\";]+)", re.I)
# Of what is run; any other type is data.
SCRIPT_TYPES = frozenset(
    ("", "module", "text/javascript", "application/javascript", "text/ecmascript")
)

_QUOTED_HOST = r"""['"`](?P<url>(?:https?:|wss?:)?//[^'"`\s]+)"""
_REQUESTS = [
    re.compile(pattern + _QUOTED_HOST)
    for pattern in (
        r"\b(?:fetch|importScripts|sendBeacon|import|require)\s*\(\s*",
        r"\bnew\s+(?:WebSocket|EventSource|SharedWorker|Worker|Request|URL)\s*\(\s*",
        r"\.open\s*\(\s*['\"`]\w+['\"`]\s*,\s*",
        r"\bfrom\s*",
        r"\bimport\s*",
        r"\.src\s*=\s*",
        r"""\bsetAttribute\s*\(\s*['"`](?:src|srcset|data)['"`]\s*,\s*""",
    )
]
_FILE = re.compile(
    r"""['"`](?P<url>(?:https?:)?//[^'"`\s]+\.(?:m?js|css|json|wasm|woff2?|ttf|otf|svg|png))"""
    r"""(?:[?#][^'"`\s]*)?['"`]"""
)


@dataclass(frozen=True)
class Address:
    """An address that is loaded, and the tag or rule that loads it."""

    url: str
    by: str
    is_image: bool = False


def clean(url: str) -> str:
    """Read an address as a browser does: without line breaks, with plain slashes."""
    url = _IGNORED_BY_BROWSERS.sub("", url).strip()
    return url if url.lower().startswith("data:") else url.replace("\\", "/")


def is_foreign(url: str) -> bool:
    """Tell whether an address names a host."""
    return not _is_data(url) and bool(_FOREIGN.match(clean(url)))


def is_local(url: str) -> bool:
    """Tell whether an address names a file of the site (and not data or a mail)."""
    if _is_data(url):
        return False
    url = clean(url)
    return bool(url) and not _SCHEME.match(url) and not url.startswith("//")


def _is_data(url: str) -> bool:
    return url[:5].lower() == "data:"  # seen at once: such an address may be a megabyte


def in_tree(tree: Any) -> Iterator[Address]:
    """Yield what the elements of a page or a drawing load."""
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        tag = _plain(element.tag)
        attributes = {_plain(name): value for name, value in element.attrib.items()}
        for name, value in attributes.items():
            if (tag, name) in _LOADED:
                yield Address(value, f"<{tag} {name}>", is_image=tag in ("img", "image"))
            elif (tag, name) in _SETS:
                for url in _candidates(value):
                    yield Address(url, f"<{tag} {name}>", is_image=tag != "link")
            elif (tag, name) in _PINGS:
                for url in value.split():
                    yield Address(url, f"<{tag} {name}>")
        if tag == "link" and attributes.get("href"):
            relations = set(attributes.get("rel", "").lower().split())
            if not relations or not relations <= _INFORMATIVE:
                named = attributes.get("rel", "")
                yield Address(attributes["href"], f'<link rel="{named}">')
        elif tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            if found := _REFRESH.search(attributes.get("content", "")):
                yield Address(found[1].strip(), "<meta refresh>")
        elif tag == "style":
            yield from in_css(element.text or "", "<style>")
        elif tag == "script" and attributes.get("type", "").lower() in SCRIPT_TYPES:
            yield from in_script(element.text or "", "<script>")
        if attributes.get("style"):
            yield from in_css(attributes["style"], "style attribute")
        for name in ("fill", "stroke", "filter", "mask", "clip-path"):
            if "url(" in attributes.get(name, ""):
                yield from in_css(attributes[name], f"<{tag} {name}>")


def in_css(css: str, by: str) -> Iterator[Address]:
    """Yield what a style sheet or a style attribute loads."""
    if _MAY_LOAD.search(css):
        yield from _in_tokens(tinycss2.parse_component_value_list(css, skip_comments=True), by)


def in_script(script: str, by: str) -> Iterator[Address]:
    """Yield the hosts that a script names where it requests something.

    A host that is put together at run time is not seen; a browser test sees it.
    """
    seen = set()
    for pattern in (*_REQUESTS, _FILE):
        for found in pattern.finditer(script):
            if found["url"] not in seen:
                seen.add(found["url"])
                yield Address(found["url"], by)


def _in_tokens(tokens: Any, by: str) -> Iterator[Address]:
    imports = skips = False
    for token in tokens:
        if token.type == "at-keyword":
            imports = token.lower_value == "import"
            skips = token.lower_value == "namespace"  # a name, never fetched
        elif token.type == "literal" and token.value == ";":
            imports = skips = False
        elif token.type == "url" and not skips:
            yield Address(token.value, f"{by} url()")
        elif token.type == "string" and imports:
            yield Address(token.value, f"{by} @import")
            imports = False
        elif token.type == "function":
            if token.lower_name in ("url", "src", "image-set", "-webkit-image-set", "image"):
                for argument in token.arguments:
                    if argument.type == "string" and not skips:
                        yield Address(argument.value, f"{by} {token.lower_name}()")
            yield from _in_tokens(token.arguments, by)
        elif token.type in ("{} block", "() block", "[] block"):
            yield from _in_tokens(token.content, by)


def _candidates(srcset: str) -> Iterator[str]:
    """Split a srcset; a comma within an address is not followed by a space."""
    for part in re.split(r",\s+|,$", srcset.strip()):
        if words := part.split():
            yield words[0]


@cache
def _plain(name: str) -> str:
    """Give a tag or attribute without its namespace, in lower case."""
    return name.rpartition("}")[2].lower()
