"""Write plain tables as an Excel workbook, part by part.

A chapter offers a workbook for each of its tables and charts; building each cell as an
object with a style of its own took a tenth of the chapter's time. These workbooks have
two styles, a heading and the rest, so their parts are written as text.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Number
from xml.sax.saxutils import escape, quoteattr

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a ZIP can hold: no clock in any file
WIDTHS = (8, 60)  # characters of a column: least, most
_WIDE_FROM = "\u2e80"  # characters from here on take the room of two
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org"
_MAIN = f"{_OFFICE}/spreadsheetml/2006/main"
_RELATIONS = f"{_OFFICE}/officeDocument/2006/relationships"
_PACKAGE = f"{_OFFICE}/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FFDDE8F3"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" '
    'applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_CORE = (
    f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>planbook</dc:creator>'
    '<dcterms:created xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:modified>'
    "</cp:coreProperties>"
)


@dataclass(frozen=True)
class Sheet:
    """One sheet: a name that Excel allows, a heading for each column, and rows of values."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Write sheets, the same bytes for the same content.

    Parameters
    ----------
    sheets : sequence of Sheet
        Values are texts that hold no control character, numbers, truth values, and
        None for an empty cell.

    Returns
    -------
    bytes

    Raises
    ------
    TypeError
        If a value is none of these.
    """
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": _content_types(numbers),
        "_rels/.rels": _relations(
            (f"{_RELATIONS}/officeDocument", "xl/workbook.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": _CORE,
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        + "".join(
            f'<sheet name={quoteattr(sheet.name)} sheetId="{number}" r:id="rId{number}"/>'
            for number, sheet in zip(numbers, sheets, strict=True)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            *((f"{_RELATIONS}/worksheet", f"worksheets/sheet{number}.xml") for number in numbers),
            (f"{_RELATIONS}/styles", "styles.xml"),
        ),
        "xl/styles.xml": _STYLES,
    }
    for number, sheet in zip(numbers, sheets, strict=True):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(sheet)
    return archive({name: text.encode("utf-8") for name, text in parts.items()})


def archive(parts: dict[str, bytes]) -> bytes:
    """Pack parts of a workbook with a fixed date on every one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in parts.items():
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            packed.writestr(member, data)
    return out.getvalue()


def _content_types(numbers: range) -> str:
    named = {
        "/xl/workbook.xml": f"{_TYPES}.sheet.main+xml",
        "/xl/styles.xml": f"{_TYPES}.styles+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        **{f"/xl/worksheets/sheet{number}.xml": f"{_TYPES}.worksheet+xml" for number in numbers},
    }
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(
            f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in named.items()
        )
        + "</Types>"
    )


def _relations(*targets: tuple[str, str]) -> str:
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, start=1)
        )
        + "</Relationships>"
    )


def _sheet(sheet: Sheet) -> str:
    columns = list(zip(sheet.heads, *sheet.rows, strict=True))
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{_width(texts)}" customWidth="1"/>'
        for place, texts in enumerate(columns, start=1)
    )
    lines = [_row(1, sheet.heads, ' s="1"')]
    lines += [_row(number, row, "") for number, row in enumerate(sheet.rows, start=2)]
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        '</sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        + (f"<cols>{widths}</cols>" if widths else "")
        + f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )


def _width(values: Sequence[object]) -> int:
    least, most = WIDTHS
    longest = 0
    for value in values:
        text = "" if value is None else str(value)[:most]
        size = len(text)
        if not text.isascii():
            size += sum(character > _WIDE_FROM for character in text)
        longest = max(longest, size)
    return min(most, max(least, longest + 2))


def _row(number: int, values: Sequence[object], style: str) -> str:
    cells = [
        _cell(f"{column_name(place)}{number}", value, style)
        for place, value in enumerate(values)
        if value is not None
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: object, style: str) -> str:
    if isinstance(value, str):
        text = escape(value, {"\r": "&#13;"})
        return (
            f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        )
    if isinstance(value, bool):
        return f'<c r="{place}"{style} t="b"><v>{value:d}</v></c>'
    if isinstance(value, Number) and math.isfinite(value):
        return f'<c r="{place}"{style}><v>{value}</v></c>'
    raise TypeError(f"cell {place}: {value!r} is no text, number or truth value; write it as text")


def column_name(place: int) -> str:
    """Name a column as a spreadsheet does: A for 0, Z for 25, AA for 26."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
