"""Sources as citations: BibTeX, CSL-JSON and the form of GB/T 7714."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from urllib.parse import quote

from planbook.data.observations import Source
from planbook.text import say

BIBTEX_TYPE = "application/x-bibtex"
CSL_TYPE = "application/vnd.citationstyles.csl+json"
_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
}  # fmt: skip
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_URL_SAFE = ":/?#[]@!$&'()*+,;=%-._~"  # what an address may hold; braces it may not
_LANGUAGE = {"en": "en", "zh": "zh-CN"}


def bibtex(sources: Mapping[str, Source], lang: str) -> bytes:
    """Write sources as a BibTeX file.

    UTF-8, sorted by key. The other language's title stands in the note, so that the original one is
    never lost. `sources`: by key, which is the key of the entry, too.
    """
    return "\n".join(_entry(key, one, lang) for key, one in sorted(sources.items())).encode()


def latex(text: str) -> str:
    """Write plain text so that LaTeX takes no character of it as a command."""
    return "".join(_LATEX.get(character, character) for character in " ".join(text.split()))


def _entry(key: str, source: Source, lang: str) -> str:
    address = url(source)
    fields = {
        # double braces: a producer is one name, and a title keeps its capitals
        "author": f"{{{latex(source.producer[lang])}}}",
        "title": f"{{{latex(source.title[lang])}}}",
        "year": (source.published or "")[:4],
        "month": _month(source.published),
        "howpublished": rf"\url{{{address}}}" if address else "",
        "url": address,
        "urldate": source.accessed if address else "",
        "note": latex(_note(source, lang)),
        "langid": "english" if lang == "en" else "chinese",
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return "@misc{" + citation_key(key) + ",\n" + ",\n".join(lines) + "\n}\n"


def citation_key(key: str) -> str:
    """Give the key of an entry: the source's own, unless a program could not read it."""
    if _KEY.fullmatch(key):
        return key
    return f"source-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def _month(published: str | None) -> str:
    found = _DATE.fullmatch(published or "")
    return str(int(found[2])) if found and found[2] else ""


def _note(source: Source, lang: str) -> str:
    other = "zh" if lang == "en" else "en"
    parts = []
    if source.title[other] != source.title[lang]:
        parts.append(say("cite_other_title", lang, title=source.title[other]))
    if source.reposted:
        parts.append(say("cite_reposted", lang))
    parts.append(say("cite_accessed", lang, date=source.accessed))
    parts.append(say("cite_terms", lang, terms=source.licence[lang]))
    return say("cite_joint", lang).join(parts)  # styles set the full stop


def url(source: Source) -> str:
    """Give the address as one that any program may read, or an empty text."""
    address = source.address or ""
    return quote(address, safe=_URL_SAFE) if address.startswith(("https://", "http://")) else ""


def csl(sources: Mapping[str, Source], lang: str) -> bytes:
    """Write sources as CSL-JSON.

    UTF-8, sorted by key. `sources`: by key, which is the id of the item, too.
    """
    items = [_item(key, one, lang) for key, one in sorted(sources.items())]
    return (json.dumps(items, ensure_ascii=False, indent=1) + "\n").encode()


def _item(key: str, source: Source, lang: str) -> dict[str, object]:
    address = url(source)
    item: dict[str, object] = {
        "id": citation_key(key),
        "type": "webpage" if address else "document",
        "author": [{"literal": source.producer[lang]}],
        "title": source.title[lang],
        "accessed": _parts(source.accessed),
        "language": _LANGUAGE[lang],
        "note": _note(source, lang),
    }
    if source.published:
        item["issued"] = _parts(source.published)
    if address:
        item["URL"] = address
    return item


def _parts(date: str) -> dict[str, object]:
    found = _DATE.fullmatch(date)
    if not found:
        return {"literal": date}
    return {"date-parts": [[int(part) for part in found.groups() if part]]}


def gbt(source: Source, lang: str) -> str:
    """Write a citation in the form of GB/T 7714—2015.

    Producer, title with the kind of document (EB/OL: a page on the network; Z: any other), date of
    publication, date of reading, address.
    """
    address = url(source)
    mark = "[EB/OL]" if address else "[Z]"
    dates = f"({source.published})" if source.published else ""
    dates += f"[{source.accessed}]" if address else ""
    head = f"{source.producer[lang]}. {source.title[lang]}{mark}."
    return " ".join(part for part in (head, f"{dates}." if dates else "", address) if part)
