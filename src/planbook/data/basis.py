"""Dates on which the basis of a whole kind of figures changed, and which series share them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from planbook.files.records import Strict, Text, load_records

FILE = "basis/changes.yml"  # below the catalogue, where it is no sector


class BasisChange(Strict):
    """A change of the basis of many series at once, such as an amended standard.

    Attributes
    ----------
    date : datetime.date
        First day of the new basis.
    kinds, units : tuple of str
        Every indicator of such a kind in such a unit must break there or say why not.
    indicators : tuple of str
        Others that it touches.
    reason, mixed : Text
        What readers are told of a break, and of a year that holds both bases.
    """

    id: str
    date: date
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    indicators: tuple[str, ...] = ()
    reason: Text
    mixed: Text
    source: str

    @property
    def years(self) -> tuple[int, ...]:
        """Years before which a yearly series may break; two where the change came within one."""
        first = self.date.year
        return (first,) if (self.date.month, self.date.day) == (1, 1) else (first, first + 1)

    def touches(self, indicator: str, kind: str, unit: str) -> bool:
        """Whether an indicator is of the kind that this change is about."""
        return (kind in self.kinds and unit in self.units) or indicator in self.indicators


def load_changes(folder: Path, root: Path | None = None) -> dict[str, BasisChange]:
    """Read the changes of basis below the catalogue; none where there is no file.

    Raises
    ------
    DataError
        If a key is unknown, a text is missing or a date is none.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    return load_records(
        path,
        BasisChange,
        root,
        lambda key, one: {"id": key, **one} if isinstance(one, dict) else one,
    )


def with_reasons(entry: Any, changes: Mapping[str, BasisChange]) -> Any:
    """Give each break of a catalogue entry that names a change the reason of that change."""
    if not isinstance(entry, dict) or not isinstance(entry.get("breaks"), list):
        return entry
    filled = []
    for item in entry["breaks"]:
        if isinstance(item, dict) and isinstance(item.get("change"), str) and "reason" not in item:
            change = changes.get(item["change"])
            if change is None:  # reported as unknown once the entry is read
                reason = Text(en=item["change"], zh=item["change"])
            else:
                reason = change.mixed if item.get("mixed") else change.reason
            item = {**item, "reason": reason}
        filled.append(item)
    return {**entry, "breaks": filled}
