"""Where each figure comes from: sources known already, and new ones to describe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from planbook.data.catalog import Department
from planbook.data.observations import Source
from planbook.intake.meaning.names import plain
from planbook.intake.meaning.values import read_date, read_text
from planbook.intake.reading.grid import Cell, Grid
from planbook.intake.reading.refusal import Refused

_ADDRESS = re.compile(r"https?://[^\s，。；、）)】>\"']+")
_SCHEME = re.compile(r"\b(?:javascript|data|vbscript|file|ftp)\s*:", re.I)
_DITTO = frozenset({"同上", "同上一行", "同前", "同左", "〃", "″", '"', "''", "ditto",
                    "same as above", "do.", "as above", "同上表"})  # fmt: skip
_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
# columns of a template's sheet of sources, by the last line of their headings
SHEET_FIELDS = ("source", "title_en", "producer_zh", "producer_en", "address", "published",
                "licence_zh", "licence_en")  # fmt: skip
NOT_STATED = {"en": "not stated", "zh": "未注明"}


@dataclass
class Origins:
    """The sources of one city, and those that an import adds."""

    known: Mapping[str, Source]
    departments: Mapping[str, Department]
    today: str
    default: str = ""
    taken: frozenset[str] = frozenset()
    described: dict[str, dict[str, str]] = field(default_factory=dict)
    added: dict[str, dict] = field(default_factory=dict)

    def describe(self, grid: Grid) -> None:
        """Take in what a template's sheet of sources says.

        Raises `Refused` if a cell cannot be read; ``cell`` of the details names it.
        """
        rows = list(grid.rows().values())
        if not rows:
            return
        head = {
            column: cell.text.split("\n")[-1].strip()
            for column, cell in rows[0].items()
            if cell.text.split("\n")[-1].strip() in SHEET_FIELDS
        }
        for cells in rows[1:]:
            found = {}
            for column, name in head.items():
                if column in cells:
                    read = read_date if name == "published" else read_text
                    try:
                        found[name] = read(cells[column])
                    except Refused as refused:
                        raise Refused(refused.rule, at=cells[column], **refused.details) from None
            if found.get("source"):
                self.described[plain(found["source"])] = found

    def key_of(
        self, cell: Cell | None, department: str, published: str, below: Cell | None = None
    ) -> str:
        """Find or make the key of the source that a cell names.

        Raises `Refused` if the cell is blank and there is no default, or if it is unsafe.
        """
        text = read_text(cell)
        if plain(text) in _DITTO:
            raise Refused("source_ditto")
        if not text or text in ("-", "–", "—", "/"):
            if below is not None:
                text = read_text(below)
            elif not self.default:
                raise Refused("source_missing")
            else:
                return self.default
        if text in self.known or text in self.added:
            return text
        wanted = plain(text)
        for key, source in self.known.items():
            if wanted in (plain(source.title.en), plain(source.title.zh)):
                return key
        for key, entry in self.added.items():
            if entry["_name"] == wanted and entry["_department"] == department:
                return key
        if wanted not in self.described and (_KEY.fullmatch(text) or len(text) < 4):
            raise Refused("source_unknown")
        if _SCHEME.search(text):
            raise Refused("address_wrong")
        return self._add(text, wanted, department, published)

    def _add(self, text: str, wanted: str, department: str, published: str) -> str:
        given = self.described.get(wanted, {})
        holder = self.departments[department]
        address = given.get("address") or next(iter(_ADDRESS.findall(text)), None)
        if address and not _ADDRESS.fullmatch(address):
            raise Refused("address_wrong")
        stem = f"{department}_{(given.get('published') or published or self.today)[:4]}"
        key, count = stem, 2
        while key in self.known or key in self.added or key in self.taken:
            key, count = f"{stem}_{count}", count + 1
        title = given.get("source", text)
        licence = given.get("licence_zh") or given.get("licence_en")
        self.added[key] = {
            "producer": {
                "en": given.get("producer_en") or given.get("producer_zh") or holder.en,
                "zh": given.get("producer_zh") or given.get("producer_en") or holder.zh,
            },
            "title": {"en": given.get("title_en") or title, "zh": title},
            "address": address,
            "published": given.get("published") or published or None,
            "accessed": self.today,
            "licence": {
                "en": given.get("licence_en") or licence or NOT_STATED["en"],
                "zh": given.get("licence_zh") or licence or NOT_STATED["zh"],
            },
            "_name": wanted,
            "_department": department,
        }
        return key

    def entries(self, used: set[str]) -> dict[str, dict]:
        """Give the new sources that are used, as they go into ``sources.yml``."""
        return {
            key: {name: value for name, value in entry.items() if not name.startswith("_")}
            for key, entry in sorted(self.added.items())
            if key in used
        }


def to_yaml(entries: Mapping[str, dict]) -> str:
    """Write sources as they stand in ``sources.yml``, each set off by a blank line."""
    blocks = [
        yaml.safe_dump({key: entry}, allow_unicode=True, sort_keys=False, width=10_000)
        for key, entry in entries.items()
    ]
    return "".join("\n" + block for block in blocks)
