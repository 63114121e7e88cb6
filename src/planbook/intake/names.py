"""Find what a cell names: an indicator, a place, a department, a status, a mark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from planbook.catalog import Catalog, Department, Indicator
from planbook.intake.refusal import Refused
from planbook.models import Text
from planbook.observations import QUALIFIERS, STATUSES

_STATUS = {
    **dict.fromkeys(("正式", "最终", "终值", "核定"), "final"),
    **dict.fromkeys(("初步", "快报", "初值", "预计"), "provisional"),
    **dict.fromkeys(("修订", "修正"), "revised"),
    **dict.fromkeys(("模型", "模型估算", "估算"), "modelled"),
}
_QUALIFIER = {
    **dict.fromkeys(("约", "左右", "≈"), "about"),
    **dict.fromkeys(("不低于", "≥", "以上", "超过"), "at_least"),
    **dict.fromkeys(("不高于", "≤", "以下", "不超过"), "at_most"),
}
_AREA = re.compile(r"(?:全市|市本级|全域|合计|city|whole city|total)")


def plain(text: str) -> str:
    """Write a name in one way: half-width, single spaces, small letters."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).lower()


class Names:
    """Everything that may be named in a city's sheets.

    Parameters
    ----------
    catalog : Catalog
    entities : mapping of str to Text
        The city first, then its counties, by id.
    """

    def __init__(self, catalog: Catalog, entities: Mapping[str, Text]) -> None:
        self.catalog = catalog
        self.city = next(iter(entities))
        self._indicators: dict[str, str] = {}
        for item in catalog.values():
            for name in (item.id, item.title.en, item.title.zh):
                self._indicators[plain(name)] = item.id
        self._entities: dict[str, str] = {}
        for key, title in entities.items():
            for name in (key, title.en, title.zh, title.zh.rstrip("市区县") or title.zh):
                self._entities.setdefault(plain(name), key)

    def indicator(self, text: str) -> Indicator:
        """Find an indicator by id or by its name in either language.

        Raises
        ------
        Refused
            If there is none, or if it is computed from others.
        """
        found = self._indicators.get(plain(text))
        if found is None:
            near = get_close_matches(plain(text)[:80], self._indicators, n=1, cutoff=0.7)
            if near:
                raise Refused("indicator_near", near=near[0])
            raise Refused("indicator_unknown")
        item = self.catalog[found]
        if item.derive:
            raise Refused("indicator_derived", of=", ".join(item.derive.of))
        return item

    def entity(self, text: str) -> str:
        """Find the city or a county; a blank is the city.

        Raises
        ------
        Refused
        """
        name = plain(text)
        if not name or _AREA.fullmatch(name):
            return self.city
        if name not in self._entities:
            known = ", ".join(dict.fromkeys(self._entities.values()))
            raise Refused("entity_unknown", known=known)
        return self._entities[name]


def status(text: str) -> str:
    """Find a status; a blank is ``provisional``, which claims least.

    Raises
    ------
    Refused
    """
    for word in plain(text).split():
        if word in STATUSES or word in _STATUS:
            return _STATUS.get(word, word)
    if plain(text):
        raise Refused("status_unknown", known=", ".join(STATUSES))
    return "provisional"


def qualifier(text: str) -> str:
    """Find a mark such as ``about``; a blank is none.

    Raises
    ------
    Refused
    """
    for word in plain(text).split():
        if word in QUALIFIERS or word in _QUALIFIER:
            return _QUALIFIER.get(word, word)
    if plain(text):
        raise Refused("qualifier_unknown", known=", ".join(filter(None, QUALIFIERS)))
    return ""


def department(text: str, departments: Mapping[str, Department]) -> str | None:
    """Find a department by id or name; None where there is none."""
    wanted = plain(text)
    for key, item in departments.items():
        if wanted in (plain(key), plain(item.en), plain(item.zh)):
            return key
    return None


def nearest(text: str, known: Iterable[str]) -> str:
    """Give the known name most like `text`, or an empty text."""
    return next(iter(get_close_matches(text, list(known), n=1, cutoff=0.6)), "")
