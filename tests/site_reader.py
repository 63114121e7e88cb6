"""Read a built site as its readers do: pages, links, figures, files to save."""

from __future__ import annotations

import base64
import hashlib
import io
import posixpath
from pathlib import Path
from typing import Any

import pandas as pd
from lxml import html

LANGS = ("en", "zh")


def read(site: Path, name: str) -> Any:
    """Parse one page."""
    return html.document_fromstring((site / name).read_bytes())


def squeezed(text: str) -> str:
    """Put single spaces where a page has line breaks and indents."""
    return " ".join(text.split())


def article(site: Path, name: str) -> Any:
    """Give the part of a page that is its own, without navigation."""
    (found,) = read(site, name).xpath(
        "//article | //div[@id='search-results'] | //body[@class='pb-landing']/main"
    )
    return found


def prose(site: Path, name: str) -> str:
    """Give the words of a page, and those said of its images."""
    part = article(site, name)
    return squeezed(" ".join([part.text_content(), *part.xpath(".//@alt | .//@aria-label")]))


def page_names(site: Path, lang: str | None = None) -> list[str]:
    """List the pages, of one edition or of all."""
    root = site / lang if lang else site
    return sorted(path.relative_to(site).as_posix() for path in root.rglob("*.html"))


def linked(site: Path, start: str) -> set[str]:
    """Follow links from `start` within its own folder; list every page that is reached."""
    top = start.split("/")[0]
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for address in read(site, name).xpath("//a/@href[not(contains(., ':'))]"):
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(name), address.partition("#")[0])
            )
            if target.startswith(f"{top}/") and (site / target).is_file():
                waiting.append(target)
    return seen


def files(part: Any) -> dict[str, bytes]:
    """Decode what the download links below `part` hold, by file name."""
    found = {}
    for link in part.xpath(".//a[@download]"):
        kind, _, raw = link.get("href").partition(";base64,")
        assert kind.startswith("data:"), link.get("download")
        found[link.get("download")] = base64.b64decode(raw, validate=True)
    return found


def table(raw: bytes) -> pd.DataFrame:
    """Read a CSV of the book as Excel does: by its byte-order mark."""
    assert raw.startswith(b"\xef\xbb\xbf")
    return pd.read_csv(io.BytesIO(raw), encoding="utf-8-sig", keep_default_na=False)


def digests(folder: Path) -> dict[str, str]:
    """Hash every file below `folder`."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
