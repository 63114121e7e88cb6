"""What was imported, when, by whom, from which file: ``imports/<id>.json`` of a city."""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from planbook import __version__
from planbook.data.imports import FOLDER, FORMAT, load_all
from planbook.errors import PlanbookError

__all__ = ["FOLDER", "FORMAT", "digest", "load_all", "make", "new_id", "path_of", "to_bytes",
           "who_asks"]  # fmt: skip
_SECOND = "%Y%m%dT%H%M%SZ"
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


def who_asks() -> str:
    """Name the user of this process; empty where the system does not know."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def digest(raw: bytes) -> str:
    """Give the SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def new_id(when: dt.datetime, files: Sequence[Mapping[str, Any]], taken: Sequence[str]) -> str:
    """Make the name of an import from its time and the files it read.

    Names sort as the imports came: where the clock shows no later second than that of the
    last one (a quick script, a clock put back), the name has the second after it.
    """
    now = when.replace(microsecond=0, tzinfo=None)
    for name in taken:
        with contextlib.suppress(ValueError, OverflowError):  # no name of an import
            last = dt.datetime.strptime(name.partition("-")[0], _SECOND)
            now = max(now, last + dt.timedelta(seconds=1))
    text = json.dumps([dict(one) for one in files], sort_keys=True).encode()
    return f"{now:{_SECOND}}-{digest(text)[:8]}"


def to_bytes(record: Mapping[str, Any]) -> bytes:
    """Write a record as JSON that people can read and compare."""
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def path_of(name: str) -> str:
    """Give the path of a record relative to the city's folder.

    Raises `PlanbookError` if the name is none that an import can have.
    """
    if not _ID.fullmatch(name):
        raise PlanbookError(f"'{name[:40]}' is no name of an import; see planbook import --list")
    return f"{FOLDER}/{name}.json"


def make(
    name: str,
    *,
    when: dt.datetime,
    who: str,
    city: str,
    read: Sequence[Mapping[str, Any]],
    written: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    sources: Mapping[str, Mapping[str, Any]],
    accepted: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Put together what is kept of an import."""
    return {
        "format": FORMAT,
        "id": name,
        "city": city,
        "when": f"{when:%Y-%m-%dT%H:%M:%SZ}",
        "who": who,
        "planbook": __version__,
        "read": list(read),
        "written": list(written),
        "rows": list(rows),
        "sources": dict(sources),
        "accepted_warnings": list(accepted),
        "undone": None,
    }
