"""A plain style sheet in place of an odd one: number formats and what a look means."""

from __future__ import annotations

import re

from defusedxml import ElementTree

STYLES = "xl/styles.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RGB = re.compile(r"[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")
_ALIGN = ("superscript", "subscript")


def plain_styles(raw: bytes) -> bytes:
    """Keep of a style sheet the number formats, and of fonts and fills what hides a figure.

    Other programs write style sheets that Excel opens and openpyxl refuses: a font family
    out of range, a fill without a pattern, a colour that is none. None of it bears on a
    figure but number formats, struck-out, raised and invisible text.
    """
    root = ElementTree.fromstring(raw)
    formats = "".join(
        f'<numFmt numFmtId="{number}" formatCode={_quoted(one.get("formatCode", ""))}/>'
        for one in _all(root, "numFmts", "numFmt")
        if (number := _number(one.get("numFmtId"))) is not None
    )
    fonts = [_font(one) for one in _all(root, "fonts", "font")] or ["<font/>"]
    fills = [_fill(one) for one in _all(root, "fills", "fill")]
    fills += ["<fill><patternFill/></fill>"] * (2 - len(fills))
    cells = [
        f'<xf numFmtId="{_number(one.get("numFmtId")) or 0}" '
        f'fontId="{_within(one.get("fontId"), fonts)}" '
        f'fillId="{_within(one.get("fillId"), fills)}" borderId="0" xfId="0"/>'
        for one in _all(root, "cellXfs", "xf")
    ] or ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>']
    parts = [
        f"<numFmts>{formats}</numFmts>" if formats else "",
        f"<fonts>{''.join(fonts)}</fonts>",
        f"<fills>{''.join(fills)}</fills>",
        "<borders><border/></borders>",
        '<cellStyleXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
        f"<cellXfs>{''.join(cells)}</cellXfs>",
    ]
    return f'<styleSheet xmlns="{_MAIN}">{"".join(parts)}</styleSheet>'.encode()


def _all(root, group: str, name: str) -> list:
    return root.findall(f"{{{_MAIN}}}{group}/{{{_MAIN}}}{name}")


def _quoted(text: str) -> str:
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, name)
    return f'"{text}"'


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _within(text: str | None, known: list) -> int:
    number = _number(text) or 0
    return number if number < len(known) else 0


def _font(font) -> str:
    found = ""
    strike = font.find(f"{{{_MAIN}}}strike")
    if strike is not None and strike.get("val", "1") not in ("0", "false"):
        found += "<strike/>"
    if (colour := font.find(f"{{{_MAIN}}}color")) is not None:
        found += _colour("color", colour)
    align = font.find(f"{{{_MAIN}}}vertAlign")
    if align is not None and align.get("val") in _ALIGN:
        found += f'<vertAlign val="{align.get("val")}"/>'
    return f"<font>{found}</font>"


def _fill(fill) -> str:
    pattern = fill.find(f"{{{_MAIN}}}patternFill")
    if pattern is None or pattern.get("patternType") != "solid":
        return "<fill><patternFill/></fill>"
    colour = pattern.find(f"{{{_MAIN}}}fgColor")
    inner = "" if colour is None else _colour("fgColor", colour)
    return f'<fill><patternFill patternType="solid">{inner}</patternFill></fill>'


def _colour(name: str, colour) -> str:
    rgb, theme = colour.get("rgb") or "", _number(colour.get("theme"))
    if _RGB.fullmatch(rgb):
        return f'<{name} rgb="{rgb.rjust(8, "F")}"/>'
    if theme is not None and not (colour.get("tint") or "").strip("0."):
        return f'<{name} theme="{theme}"/>'
    return ""
