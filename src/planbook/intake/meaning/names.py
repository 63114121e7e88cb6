"""Find what a cell names: an indicator, a place, a department, a status, a mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from planbook.data.catalog import Catalog, Department, Indicator
from planbook.data.row_rules import QUALIFIERS, STATUSES
from planbook.files.records import Text
from planbook.intake.meaning.headings import is_unit
from planbook.intake.meaning.scope import PART, Scopes, short_name, simple, tidy
from planbook.intake.reading.refusal import Refused

_STATUS = {
    **dict.fromkeys(
        (
            "正式",
            "最终",
            "终值",
            "核定",
            "正式数",
            "年报数",
            "年报",
            "最终核实",
            "最终核实数",
            "核定数",
        ),
        "final",
    ),
    **dict.fromkeys(
        ("初步", "快报", "初值", "快报数", "初步数", "初步核算", "初步核算数"), "provisional"
    ),
    **dict.fromkeys(("修订", "修正"), "revised"),
    **dict.fromkeys(("模型", "模型估算", "估算"), "modelled"),
}
_QUALIFIER = {
    **dict.fromkeys(("约", "左右", "≈"), "about"),
    **dict.fromkeys(("不低于", "≥", "以上", "超过"), "at_least"),
    **dict.fromkeys(("不高于", "≤", "以下", "不超过"), "at_most"),
}
_AREA = re.compile(r"(?:全市|全域|我市|本市|全市域|city|whole city|citywide)")
_TOTAL = re.compile(r"(?:合计|总计|共计|全市合计|总和|total|sum)")


def plain(text: str) -> str:
    """Write a name in one way: half-width, simplified characters, single spaces, small letters."""
    return simple(text)


_NUMBERING = re.compile(
    r"^(?:[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]|(?:\d{1,2}|[一二三四五六七八九十]{1,3})[.、．]|[①-⑳])\s*"
)
_IN_BRACKETS = re.compile(r"(.+?)\s*[(（\[]\s*(?:单位[:：]\s*)?([^()（）\[\]]+)\s*[)）\]]")


def name_and_unit(text: str) -> tuple[str, str]:
    """Split the name of an indicator as forms write it: 1.工业固体废物产生量（万吨）："""
    name = _NUMBERING.sub("", tidy(text).strip()).rstrip(":： ")
    found = _IN_BRACKETS.fullmatch(name)
    if found and is_unit(found[2].strip()):
        return found[1], found[2].strip()
    return name, ""


def is_total(text: str) -> bool:
    """Tell whether a place is only called a total, which may be one of parts."""
    return bool(_TOTAL.fullmatch(plain(text).replace(" ", "")))


class Names:
    """Everything that may be named in a city's sheets."""

    def __init__(
        self,
        catalog: Catalog,
        entities: Mapping[str, Text],
        others: Mapping[str, Iterable[str]] | None = None,
        elsewhere: Iterable[str] = (),
        labels: Iterable[str] = (),
    ) -> None:
        self.catalog = catalog
        self.city = next(iter(entities))
        self.scopes = Scopes(entities, others, elsewhere, labels)
        self._own: dict[str, tuple[str, ...]] = {}
        self._said: dict[str, frozenset[tuple[str, str, str]]] = {}
        self._indicators: dict[str, str] = {}
        for item in catalog.values():
            for name in (item.id, item.title.en, item.title.zh):
                self._indicators[plain(name)] = item.id
        self._entities: dict[str, str] = {}
        for key, title in entities.items():
            more = (others or {}).get(key, ())
            for name in (key, title.en, title.zh, short_name(title.zh), *more):
                self._entities.setdefault(plain(name), key)

    def knows_indicator(self, text: str) -> bool:
        """Tell whether a text is an indicator's id or name."""
        return self._find(text) is not None

    def names_of(self, indicator: Indicator) -> tuple[str, ...]:
        """Give the names of an indicator as texts are compared, the longest first."""
        if indicator.id not in self._own:
            names = (indicator.title.zh, indicator.title.en, indicator.id.replace("_", " "))
            self._own[indicator.id] = tuple(sorted(map(simple, names), key=len, reverse=True))
        return self._own[indicator.id]

    def said_by(self, indicator: Indicator) -> frozenset[tuple[str, str, str]]:
        """Give kind, place and words of what an indicator's names say of any figure of it."""
        if indicator.id not in self._said:
            found = [one for name in self.names_of(indicator) for one in self.scopes.find(name)]
            self._said[indicator.id] = frozenset(
                (one.kind, one.place, one.words) for one in found if one.place in ("", PART)
            )
        return self._said[indicator.id]

    def knows_place(self, text: str) -> bool:
        """Tell whether a text names the city or a county."""
        return self._is_city(text) or plain(text).replace(" ", "") in self._places()

    def same_indicator(self, texts: Iterable[str]) -> bool:
        """Tell whether all texts name one and the same indicator."""
        found = {self._find(text) for text in texts}
        return len(found) == 1 and None not in found

    def _find(self, text: str) -> str | None:
        for name in (text, name_and_unit(text)[0]):
            for written in (plain(name), plain(name).replace(" ", "")):
                if written in self._indicators:
                    return self._indicators[written]
        return None

    def _is_city(self, text: str) -> bool:
        return bool(_AREA.fullmatch(plain(text).replace(" ", ""))) or is_total(text)

    def _places(self) -> dict[str, str]:
        return {name.replace(" ", ""): key for name, key in self._entities.items()}

    def indicator(self, text: str) -> Indicator:
        """Find an indicator by id or by its name in either language.

        Raises `Refused` if there is none, or if it is computed from others.
        """
        found = self._find(text)
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
        """Find the city or a county.

        Raises `Refused` if the text is blank, names a part of the city that is no county, or
        nothing known.
        """
        if not plain(text):
            raise Refused("entity_missing")
        if self._is_city(text):
            return self.city
        found = self._places().get(plain(text).replace(" ", ""))
        if found:
            return found
        if any(one.place == PART for one in self.scopes.find(text)):
            raise Refused("entity_part")
        known = ", ".join(dict.fromkeys(self._entities.values()))
        raise Refused("entity_unknown", known=known)


def status(text: str) -> str:
    """Find a status; a blank is ``provisional``, which claims least.

    Raises `Refused`.
    """
    words = plain(text).split()
    found = {_STATUS.get(word, word) for word in words}
    if len(found) == 1 and found <= set(STATUSES):
        return found.pop()
    if words:
        raise Refused("status_unknown", known=", ".join(STATUSES))
    return "provisional"


def qualifier(text: str) -> str:
    """Find a mark such as ``about``; a blank is none.

    Raises `Refused`.
    """
    words = plain(text).split()
    found = {_QUALIFIER.get(word, word) for word in words}
    if len(found) == 1 and found <= set(QUALIFIERS):
        return found.pop()
    if words:
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
