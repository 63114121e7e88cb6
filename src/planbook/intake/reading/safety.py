"""Whether a file is what it says, before any library that understands it sees it."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from planbook.intake.reading import limits
from planbook.intake.reading.refusal import Refused

WORKBOOK, TABLE = ".xlsx", ".csv"
_MACRO = (".xlsm", ".xltm", ".xlsb", ".xlam", ".xla")
_OLD = (".xls", ".xlt", ".et", ".ett", ".ods", ".numbers", ".xltx")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER = (_ZIP, b"PK\x05\x06", _OLE, b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"Rar!",
          b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"\x7fELF", b"{\\rtf", b"SQLite format")  # fmt: skip
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|script|svg)", re.I)
_CHUNK = 1 << 16

_CONTENT = re.compile(rb"macroEnabled|vnd\.ms-office\.vbaProject|macrosheet", re.I)
_ROW = re.compile(rb"<(?:\w+:)?row(?:\s[^<>]*)?>\s*<(?:\w+:)?c[\s/>]")  # with a cell in it
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_EMPTY = re.compile(rb"<((?:\w+:)?c)(?:\s[^<>]*)?(?:/>|>\s*</\1>)")  # borders and colours alone
_STRICT = b"http://purl.oclc.org/ooxml/"
_MANY = re.compile(
    rb"<(?:\w+:)?(?:definedName|dataValidation|cfRule|col|xf|font|fill|border|numFmt|dxf|"
    rb"cellStyle|hyperlink)[\s/>]"
)
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([^\"']{1,60})[\"']")
_RANGE = re.compile(rb"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.I)
_PROLOGUE = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")


def kind_of(path: Path) -> str:
    """Tell by name and first bytes what a file is.

    Raises `Refused` if it is neither, is empty, is too large, or is not what its name says.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        raise Refused("not_a_file")
    if suffix in _MACRO:
        raise Refused("macros")
    if suffix in _OLD:
        raise Refused("old_format", suffix=suffix)
    if suffix not in (WORKBOOK, TABLE):
        raise Refused("unknown_format", suffix=suffix or "–")
    size = path.stat().st_size
    limit = limits.MAX_FILE_BYTES if suffix == WORKBOOK else limits.MAX_CSV_BYTES
    if size == 0:
        raise Refused("empty_file")
    if size > limit:
        raise Refused("file_too_large", size=f"{size / 1e6:.0f}", limit=f"{limit / 1e6:.0f}")
    with path.open("rb") as file:
        head = file.read(512)
    if suffix == WORKBOOK and head.startswith(_OLE):
        raise Refused("old_or_locked")
    if suffix == WORKBOOK and not head.startswith((_ZIP, b"PK\x05\x06")):
        raise Refused("wrong_extension", suffix=suffix)
    if suffix == TABLE and (head.startswith(_OTHER) or _MARKUP.match(head)):
        raise Refused("wrong_extension", suffix=suffix)
    return suffix


def check_workbook(path: Path) -> None:
    """Refuse a workbook that is no plain one: bombs, macros, links, tricks with names.

    Only the archive's directory and the bytes of its parts are looked at; memory
    stays small whatever they hold.

    Raises `Refused`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            items = archive.infolist()
            _check_directory(items)
            _check_parts(archive, items)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError,
            RuntimeError, UnicodeError) as error:  # fmt: skip
        raise Refused("broken_workbook") from error


def without_empty(raw: bytes) -> bytes:
    """Leave out of a sheet's XML the cells that have a style and no content."""
    return _EMPTY.sub(b"", raw)


def is_sheet(name: str) -> bool:
    """Tell whether a part of a workbook is the XML of a sheet."""
    return "worksheets/" in name.lower() and name.lower().endswith(".xml")


def _check_directory(items: list[zipfile.ZipInfo]) -> None:
    names = [item.filename for item in items]
    if len(items) > limits.MAX_PARTS:
        raise Refused("zip_entries", count=len(items), limit=limits.MAX_PARTS)
    if len({name.lower() for name in names}) < len(names):
        raise Refused("zip_repeated")
    end = 0
    for item in sorted(items, key=lambda one: one.header_offset):
        parts = PurePosixPath(item.filename).parts
        if (
            item.filename.startswith("/")
            or ".." in parts
            or "\\" in item.orig_filename
            or ":" in item.filename
            or "\x00" in item.orig_filename
        ):
            raise Refused("zip_path", name=item.orig_filename)
        if stat.S_ISLNK(item.external_attr >> 16):
            raise Refused("zip_path", name=item.filename)
        if item.flag_bits & 0x1:
            raise Refused("old_or_locked")
        if item.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("broken_workbook")
        if item.header_offset < end:
            raise Refused("zip_bomb")
        end = item.header_offset + item.compress_size
        ratio = item.file_size / max(1, item.compress_size)
        if item.file_size > limits.RATIO_FROM_BYTES and ratio > limits.MAX_PART_RATIO:
            raise Refused("zip_bomb")
    if sum(item.file_size for item in items) > limits.MAX_UNPACKED_BYTES:
        raise Refused("zip_bomb")
    lowered = [name.lower() for name in names]
    if any("vbaproject" in name or "macrosheets/" in name for name in lowered):
        raise Refused("macros")
    for part in ("externallinks/", "connections.xml", "querytables/", "customdata/"):
        if any(part in name for name in lowered):
            raise Refused("external_links")
    for part in ("embeddings/", "activex/", "ctrlprops/", "oleobject"):
        if any(part in name for name in lowered):
            raise Refused("embedded_objects")
    if "[content_types].xml" not in lowered or "xl/workbook.xml" not in lowered:
        raise Refused("broken_workbook")
    if sum(name.startswith("xl/worksheets/") and name.endswith(".xml") for name in lowered) > (
        limits.MAX_SHEETS
    ):
        raise Refused("too_many_sheets", limit=limits.MAX_SHEETS)


def _check_parts(archive: zipfile.ZipFile, items: list[zipfile.ZipInfo]) -> None:
    cells = many = merged = 0
    for item in items:
        name = item.filename.lower()
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        raw = archive.read(item)  # checks the size that the directory states, and the CRC
        encoding = _PROLOGUE.match(raw.removeprefix(b"\xef\xbb\xbf"))
        named = encoding[1].lower() if encoding else b"utf-8"
        if b"\x00" in raw or named not in (b"utf-8", b"us-ascii", b"ascii"):
            raise Refused("xml_encoding")
        if _DECLARATION.search(raw):
            raise Refused("xml_entities")
        if name == "xl/workbook.xml" and _STRICT in raw:
            raise Refused("strict_open_xml")
        if name == "[content_types].xml" and _CONTENT.search(raw):
            raise Refused("macros")
        if name.endswith(".rels"):
            for relation in _RELATION.findall(raw):
                if b"external" in relation.lower() and b"/hyperlink" not in relation.lower():
                    raise Refused("external_links")
        many += len(_MANY.findall(raw))
        if is_sheet(name):
            raw = without_empty(raw)
            rows = len(_ROW.findall(raw))
            if rows > limits.MAX_ROWS:
                raise Refused("too_many_rows", limit=limits.MAX_ROWS)
            cells += len(_CELL.findall(raw))
            merged += sum(map(_area, _MERGE.findall(raw)))
        if name.endswith("sharedstrings.xml"):
            many_strings = raw.count(b"<si") + raw.count(b":si>")
            if many_strings > limits.MAX_CELLS:
                raise Refused("too_many_cells", limit=limits.MAX_CELLS)
    if cells > limits.MAX_CELLS:
        raise Refused("too_many_cells", limit=limits.MAX_CELLS)
    if merged > limits.MAX_MERGED_CELLS or many > limits.MAX_NAMES:
        raise Refused("too_complex")


def _area(reference: bytes) -> int:
    found = _RANGE.fullmatch(reference.strip())
    if not found:
        raise Refused("broken_workbook")
    first, top, last, bottom = found.groups()
    width = _column(last or first) - _column(first) + 1
    height = int(bottom or top) - int(top) + 1
    if width < 1 or height < 1:
        raise Refused("broken_workbook")
    return width * height


def _column(name: bytes) -> int:
    number = 0
    for character in name.upper():
        number = number * 26 + character - 64
    return number
