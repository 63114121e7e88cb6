"""Take an import back: the files are again what they were, or nothing is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planbook.files import journal
from planbook.intake import answers, merge
from planbook.intake import import_records as records
from planbook.intake.faults import refuse


def choose(found: Sequence[Mapping[str, Any]], name: str, lang: str) -> Mapping[str, Any]:
    """Find the import to take back: the one named, or the latest that still holds.

    Raises `IntakeError` if there is none, or if it has been taken back already.
    """
    if not name:
        standing = [record for record in found if not record["undone"]]
        if not standing:
            raise refuse("undo_none", lang)
        return standing[-1]
    for record in found:
        if record["id"] == name:
            if record["undone"]:
                raise refuse("undo_twice", lang, id=name, when=record["undone"]["when"])
            return record
    raise refuse("undo_unknown", lang, id=name[:60])


def undo(
    folder: Path, name: str = "", *, lang: str = "en", who: str = "",
    now: dt.datetime | None = None, beside: journal.Beside | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Take one import back.

    Raises `IntakeError` if a later edit touched the same rows, or another row uses a source that
    the import added. Nothing is changed then.
    """
    journal.settle(folder)
    found = records.load_all(folder)
    record = choose(found, name, lang)
    moment = now or dt.datetime.now(dt.UTC)
    undone = {
        **record,
        "undone": {"when": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "who": who or records.who_asks()},
    }
    changes: dict[str, bytes | None] = {records.path_of(record["id"]): records.to_bytes(undone)}
    changes |= answers.without(folder, record["id"])
    seen = {}
    for one in record["written"]:
        path = folder / one["path"]
        raw = path.read_bytes() if path.is_file() else None
        seen[one["path"]] = raw
        changes[one["path"]] = _before(one, raw, lang)
    _check_later(record, found, lang)
    _check_sources(record, changes, folder, lang)

    def unchanged() -> None:
        for path, raw in seen.items():
            now_raw = (folder / path).read_bytes() if (folder / path).is_file() else None
            if now_raw != raw:
                raise refuse("changed_meanwhile", lang, file=path)

    journal.apply(folder, changes, unchanged, beside)
    return undone


def _before(one: Mapping[str, Any], raw: bytes | None, lang: str) -> bytes | None:
    """Give a file as it was before the import, keeping edits elsewhere in it."""
    if raw is None:
        raise refuse("undo_touched", lang, file=one["path"])
    untouched = records.digest(raw) == one["sha256_after"]
    if untouched and one["sha256_before"] is None:
        return None
    if one["text_before"] is not None:
        if not untouched:
            raise refuse("undo_touched", lang, file=one["path"])
        return one["text_before"].encode(one["encoding"])
    if "tail" in one:  # sources.yml: a block of text
        text = raw.decode("utf-8")
        if text.count(one["tail"]) != 1:
            raise refuse("undo_touched", lang, file=one["path"])
        before = text.replace(one["tail"], "").encode()
    else:
        rest = merge.take_out(raw, one["lines"])
        if rest is None:
            raise refuse("undo_touched", lang, file=one["path"])
        before = rest
    if untouched and records.digest(before) != one["sha256_before"]:
        raise refuse("undo_touched", lang, file=one["path"])
    return before


def _check_later(record: Mapping[str, Any], found: Sequence[Mapping], lang: str) -> None:
    """Refuse where a later import changed one of the same figures."""
    own = {(row["indicator"], row["entity"], row["year"]) for row in record["rows"]}
    later = False
    for other in found:
        if other["id"] == record["id"]:
            later = True
        elif later and not other["undone"]:
            for row in other["rows"]:
                if (row["indicator"], row["entity"], row["year"]) in own:
                    raise refuse("undo_later", lang, id=other["id"], indicator=row["indicator"],
                                 year=row["year"])  # fmt: skip


def _check_sources(
    record: Mapping[str, Any], changes: Mapping[str, bytes | None], folder: Path, lang: str
) -> None:
    """Refuse where a row that stays rests on a source that would go."""
    for path in sorted((folder / "observations").glob("*.csv")):
        name = f"observations/{path.name}"
        raw = changes[name] if name in changes else path.read_bytes()
        if raw is None:
            continue
        rows = [cells for cells, _ in merge.split_records(raw.decode(merge.encoding_of(raw)))]
        if not rows or "source" not in rows[0]:
            continue
        at = rows[0].index("source")
        for number, cells in enumerate(rows[1:], start=2):
            if len(cells) > at and cells[at].strip() in record["sources"]:
                raise refuse("undo_source", lang, source=cells[at].strip(), file=name, row=number)
