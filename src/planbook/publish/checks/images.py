"""Tell whether a picture is whole and shows something."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_to_bytes

from lxml import etree

_DRAWN = frozenset(
    (
        *("circle", "ellipse", "line", "path", "polygon", "polyline", "rect"),
        *("foreignobject", "image", "text", "use"),
    )
)
_HIDDEN = frozenset(("clippath", "defs", "marker", "mask", "metadata", "pattern", "symbol"))

# Type: how a file begins and how it ends; a file cut short lacks its end.
_SIGNATURES = {
    "PNG": (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
    "JPEG": (b"\xff\xd8\xff", b"\xff\xd9"),
    "GIF": (b"GIF8", b";"),
    "WebP": (b"RIFF", b""),
    "AVIF": (b"\x00\x00\x00", b""),
}
_TYPES = {
    "png": "PNG",
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "gif": "GIF",
    "webp": "WebP",
    "avif": "AVIF",
    "svg": "SVG",
    "svg+xml": "SVG",
}


def fault(data: bytes, kind: str) -> str | None:
    """Say what is wrong with a picture."""
    if not data.strip():
        return "the picture is empty"
    name = _TYPES.get(kind.lower())
    if name == "SVG":
        return _svg_fault(data)
    if name is None:
        return None
    start, end = _SIGNATURES[name]
    if not data.startswith(start):
        return f"the picture is no {name}"
    if end not in data[-64:]:
        return f"the {name} is cut short"
    return None


def data_uri_fault(uri: str) -> str | None:
    """Say what is wrong with a picture written into the page as a data: address."""
    header, comma, body = uri.partition(",")
    mime, *options = header.removeprefix("data:").split(";")
    if not comma or not mime.startswith("image/"):
        return f"the address begins with '{header[:40]}' and holds no picture"
    data = unquote_to_bytes(body)
    if "base64" in options:
        try:
            data = base64.b64decode(data)
        except (binascii.Error, ValueError):
            return "the picture's base64 is broken"
    return fault(data, mime.removeprefix("image/"))


def draws(svg: etree._Element) -> bool:
    """Tell whether an ``<svg>`` element has anything to draw."""
    for child in svg:
        if not isinstance(child.tag, str):
            continue
        tag = child.tag.rpartition("}")[2].lower()
        if tag in _HIDDEN:
            continue
        if tag in _DRAWN or draws(child):
            return True
    return False


def parse_svg(data: bytes) -> etree._Element | None:
    """Parse a drawing without loading anything it names; None if it is broken."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None


def _svg_fault(data: bytes) -> str | None:
    root = parse_svg(data)
    if root is None:
        return "the drawing is no well-formed SVG"
    if root.tag.rpartition("}")[2].lower() != "svg":
        return "the drawing is no SVG"
    return None if draws(root) else "the drawing has nothing to draw"
