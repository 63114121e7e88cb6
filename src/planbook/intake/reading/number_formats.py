"""What a number format makes of a number: per cent, thousands, words beside it, nothing."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from functools import lru_cache

_DIGIT = "0#?"
_QUIET = " \u00a0\u3000'"  # between digits these only group
_SIGNS = "$¥￥€£+-()/:!^&~{}<>=,."  # what Excel writes unquoted, and currencies
_BRACKETS = re.compile(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]", re.I)  # colours, conditions, locales
_CONDITION = re.compile(r"\[\s*[<>=]")
_UNSEEN = re.compile(r"\[\s*(?:white|白色?|color\s*2|颜色\s*2)\s*\]", re.I)
_DATE = re.compile(r"[ymdhs]", re.I)


@dataclass(frozen=True)
class NumberStyle:
    """How a format shows a number."""

    is_percent: bool = False
    is_scaled: bool = False  # shown in thousands or 万 although the cell holds ones
    is_hidden: bool = False  # no digit of it is shown
    before: str = ""  # words beside the digits
    after: str = ""


def look_of(number_format: str, value: float) -> NumberStyle:
    """Tell how a number format shows a value."""
    sections = _sections(number_format)
    if _CONDITION.search(number_format):
        looks = [_look(one) for one in sections[:3]]
        scaled = any(one.is_scaled for one in looks)
        return next((one for one in looks if one.is_scaled == scaled), NumberStyle())
    place = 0
    if value < 0 and len(sections) > 1:
        place = 1
    elif value == 0 and len(sections) > 2:
        place = 2
    look = _look(sections[place])
    if not look.is_hidden and value >= 0 and place != 1 and _shows_minus(sections[place]):
        return dataclasses.replace(look, is_scaled=True)  # what is seen is not what is stored
    return look


def _shows_minus(section: str) -> bool:
    """Tell whether a section writes a minus or brackets before the digits of a number."""
    for kind, text in _tokens(_BRACKETS.sub("", section)):
        if kind in ("digit", "general"):
            return False
        if kind == "text" and text.strip() in ("-", "−", "(", "（"):
            return True
    return False


def _sections(number_format: str) -> list[str]:
    found, quoted, skip = [""], False, False
    for character in number_format:
        if not skip and not quoted and character == ";":
            found.append("")
            continue
        found[-1] += character
        if skip:
            skip = False
        elif character == '"':
            quoted = not quoted
        elif character == "\\" and not quoted:
            skip = True
    return found


@lru_cache(maxsize=512)
def _look(section: str) -> NumberStyle:
    if _UNSEEN.search(section):
        return NumberStyle(is_hidden=True)
    tokens = _tokens(_BRACKETS.sub("", section))
    kinds = [kind for kind, _ in tokens]
    if "general" in kinds or "date" in kinds or "at" in kinds:
        first = next(i for i, kind in enumerate(kinds) if kind in ("general", "date", "at"))
        return NumberStyle(before=_words(tokens[:first]), after=_words(tokens[first + 1 :]))
    if "digit" not in kinds:
        return NumberStyle(is_hidden=True)
    first, last = kinds.index("digit"), len(kinds) - 1 - kinds[::-1].index("digit")
    inside = tokens[first : last + 1]
    broken = any(kind == "text" and text.strip(_QUIET) for kind, text in inside)
    after = tokens[last + 1 :]
    trailing = bool(after) and after[0][0] == "comma"
    # a comma before the point with no digit after it divides, too: 0,.0
    divided = any(
        kind == "comma" and inside[i + 1 : i + 2] and inside[i + 1][0] == "point"
        for i, (kind, _) in enumerate(inside)
    )
    return NumberStyle(
        is_percent="percent" in kinds,
        is_scaled=broken or trailing or divided,
        before=_words(tokens[:first]),
        after=_words(after),
    )


def _tokens(section: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(section):
        character = section[place]
        if character == '"':
            end = section.find('"', place + 1)
            end = len(section) if end < 0 else end
            found.append(("text", section[place + 1 : end]))
            place = end + 1
            continue
        if character in "\\!":  # Chinese versions of Excel escape with an exclamation mark
            found.append(("text", section[place + 1 : place + 2]))
            place += 2
            continue
        if character in "_*":
            place += 2
            continue
        if section[place : place + 7].lower() == "general":
            found.append(("general", ""))
            place += 7
            continue
        if character in _DIGIT:
            found.append(("digit", character))
        elif character == ".":
            found.append(("point", character))
        elif character == ",":
            found.append(("comma", character))
        elif character in "%％":
            found.append(("percent", character))
        elif character == "@":
            found.append(("at", character))
        elif character in "eE" and section[place + 1 : place + 2] in ("+", "-"):
            found.append(("exponent", section[place : place + 2]))
            place += 1
        elif _DATE.fullmatch(character):
            found.append(("date", character))
        else:
            found.append(("text", character))
        place += 1
    return found


def _words(tokens: list[tuple[str, str]]) -> str:
    text = "".join(text for kind, text in tokens if kind == "text").strip(_QUIET)
    return text.strip(_SIGNS + _QUIET)
