"""What stands in a cell: numbers with their marks, years, dates, plain text.

Every function takes what was read and gives a value or raises `Refused`; nothing is
guessed. The README's section on new figures says the same in words.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from dataclasses import dataclass

from planbook.data.observations import FIRST_YEAR, LAST_YEAR
from planbook.intake.meaning.scope import HIDDEN
from planbook.intake.meaning.unit_names import MULTIPLIERS, read_unit
from planbook.intake.reading import limits
from planbook.intake.reading.grid import Cell
from planbook.intake.reading.refusal import Refused

PER_MILLE = "‰"
BLANKS = frozenset({"", "-", "--", "–", "—", "——", "―", "/", "n/a", "n.a.", "na", "暂无",
                    "暂无数据", "未统计", "缺", "无",
                    "未开展", "不涉及", "暂缺", "无数据", "未公布", "待报", "未报",
                   "待定", "未核定", "缺失", "空", "尚未统计", "暂未公布", "\\"})  # fmt: skip
_LESS_THAN_UNIT = frozenset({"...", "…", "……", "......", "*", "#", "0+"})
_ABOUT = ("大约", "约为", "约", "近", "~", "≈", "≒", "about", "around", "approximately",
          "approx.", "ca.", "nearly")  # fmt: skip
_LEAST = ("不低于", "不少于", "不小于", "大于等于", "大于",
          "超过", "超", "高于", "至少", "≥", ">=", ">",
          "at least", "more than", "over", "above")  # fmt: skip
_MOST = ("不高于", "不超过", "不多于", "不大于", "小于等于", "小于",
         "低于", "少于", "至多", "≤", "<=", "<",
         "at most", "less than", "under", "below", "up to")  # fmt: skip
_AFTER = {"左右": "about", "上下": "about", "以上": "at_least", "以下": "at_most",
          "以内": "at_most", "+": "at_least"}  # fmt: skip
_DIGITS = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,4})?", re.I)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_SPACED = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:\.\d+)?")
_RANGE = re.compile(r"\d\s*(?:-|~|至|到|to|–|—)\s*\d", re.I)
_LEADING = re.compile(r"([+-]?[\d.,]*\d(?: \d{3})*(?:\.\d*)?(?:e[+-]?\d{1,4})?)(.*)", re.I | re.S)
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月?)")
_PLAIN_DAY = re.compile(r"(?:19|20)\d\d\s*[-/年].*\d.*")  # 2024.5 may well be a number
_YEAR = re.compile(r"(\d{4})\s*(?:年度?|年末|年底)?")
_FOOTNOTE = re.compile(
    r"[*†‡§]+|[\[(]?(?:注|note)?\s*(?:\d{1,2}|[a-z]|[ivx]+)[\])]|注\s*\d{0,2}", re.I
)
_MARKUP = re.compile(r"<\s*[/!?a-z]|&#|javascript:|data:text|vbscript:", re.I)
_FORMULA = ("=", "+", "-", "@")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")


@dataclass(frozen=True)
class Number:
    """A number as a cell states it."""

    value: float
    qualifier: str = ""  # ``about``, ``at_least``, ``at_most`` or empty
    unit: str = ""  # the unit written beside the number, or empty
    # a word such as ``万`` beside the number, already counted in `value`, or empty
    multiplier: str = ""


def check_digits(cell: Cell) -> None:
    """Refuse signs that only look like digits of a number, and what is shown otherwise.

    A circled, bracketed or raised figure is the mark of a footnote; read as a digit it
    makes 310¹ into 3101.

    Raises `Refused`.
    """
    if "k" in cell.marks:
        raise Refused("struck_out")
    if "h" in cell.marks:
        raise Refused("not_shown")
    if "u" in cell.marks:
        raise Refused("footnote_mark")
    if re.search(r"\d[ ]*[\t\n\r\u3000]\s*\d|\d\s{2,}\d", cell.text):
        raise Refused("two_figures")
    if any(one.isdigit() for one in cell.before + cell.after):
        raise Refused("scaled_format")  # digits of the format stand beside those of the value
    for character in cell.text:
        if not character.isascii() and not character.isdecimal():
            inside = unicodedata.normalize("NFKC", character)
            if any(one.isdigit() for one in inside) or unicodedata.category(character) == "No":
                raise Refused("footnote_mark")


def clean(text: str) -> str:
    """Make one line of a text and drop what cannot be seen.

    Raises `Refused` if it holds control characters, marks that turn the writing direction, halves
    of surrogate pairs, or too many characters.
    """
    if len(text) > limits.MAX_TEXT:
        raise Refused("text_too_long", length=len(text), limit=limits.MAX_TEXT)
    text = "".join(character for character in text if character not in HIDDEN)
    for character in text:
        kind = unicodedata.category(character)
        if kind == "Cs":
            raise Refused("surrogate")
        if character in _TURNING:
            raise Refused("direction_mark", code=f"U+{ord(character):04X}")
        if kind in ("Cc", "Co", "Cn") and character not in "\t\n\r":
            raise Refused("control_character", code=f"U+{ord(character):04X}")
    return _SPACES.sub(" ", text).strip()


def read_text(cell: Cell | None) -> str:
    """Read a text that will be stored and shown: a note, a source, a place in it.

    Raises `Refused` if it is a formula, looks like one, or holds markup.
    """
    if cell is None:
        return ""
    if cell.kind == "f":
        raise Refused("formula")
    if cell.kind == "e":
        raise Refused("error_value")
    text = clean(cell.text)
    if cell.kind == "s" and text.lower() not in BLANKS:
        plain = unicodedata.normalize("NFKC", text)
        if plain.startswith(_FORMULA) and not _DIGITS.fullmatch(plain):
            raise Refused("formula_text")
        if _MARKUP.search(plain):
            raise Refused("markup")
    return text


def is_blank(cell: Cell | None) -> bool:
    """Tell whether a cell says that there is no figure: empty, a dash, 暂无."""
    return cell is None or (
        cell.kind == "s" and unicodedata.normalize("NFKC", cell.text).strip().lower() in BLANKS
    )


def read_number(cell: Cell) -> Number:
    """Read the number of a cell.

    Taken: ``2825``, ``2,825``, ``2 825``, full-width digits, ``41.5%``, ``−3``,
    ``约41``, ``41左右``, ``≥40``, ``40以上``, ``不超过900``, ``281.5万吨``. Refused:
    ranges, ``±``, brackets, decimal commas, words, dates, formulas, values that are
    not finite.

    Raises `Refused`.
    """
    if cell.kind == "f":
        raise Refused("formula")
    if cell.kind == "e":
        raise Refused("error_value")
    if cell.kind == "b":
        raise Refused("boolean")
    if cell.kind == "d":
        raise Refused("date_as_number")
    if cell.kind == "x":
        raise Refused("scaled_format")
    check_digits(cell)
    if cell.kind in "np":
        value = _finite(cell.text)
        if cell.kind == "p":  # a spreadsheet shows 0.415 as 41.5 %
            return Number(float(f"{value * 100:.15g}"), unit="%")
        if not cell.before and cell.after in ("", PER_MILLE):
            return Number(value)
        shown = f"{cell.before}{value:.15g}{cell.after}"  # as the format writes it
        return _read_marked(unicodedata.normalize("NFKC", clean(shown)).strip())
    text = unicodedata.normalize("NFKC", clean(cell.text)).strip()
    if "c" in cell.marks and "," in text:
        raise Refused("comma")
    if text.lower().strip("+-−") in ("nan", "inf", "infinity", "∞"):
        raise Refused("not_finite")
    if text.startswith(("=", "@")) or re.match(r"[+-]\s*[a-z_(]", text, re.I):
        raise Refused("formula_text")
    if _MARKUP.search(text):
        raise Refused("markup")
    if text in _LESS_THAN_UNIT:
        raise Refused("less_than_unit")
    if text.startswith("#"):
        raise Refused("error_value")
    return _read_marked(text.replace("−", "-").replace("﹣", "-"))


def _read_marked(text: str) -> Number:
    lowered, qualifier = text.lower(), ""
    for words, name in ((_LEAST, "at_least"), (_MOST, "at_most"), (_ABOUT, "about")):
        for word in words:
            if not qualifier and lowered.startswith(word):
                qualifier, text = name, text[len(word) :].strip()
                break
    for word, name in _AFTER.items():
        if text.endswith(word):
            if qualifier:
                raise Refused("two_marks")
            qualifier, text = name, text.removesuffix(word).strip()
    if _PLAIN_DAY.fullmatch(text):
        raise Refused("date_as_number")
    if _RANGE.search(text) or "±" in text:
        raise Refused("range")
    found = _LEADING.fullmatch(text)
    if not found:
        raise Refused("not_a_number")
    digits, rest = found[1].strip(), found[2].strip()
    if "," in digits and not _GROUPED.fullmatch(digits):
        raise Refused("comma")
    if " " in digits and not _SPACED.fullmatch(digits):
        raise Refused("not_a_number")
    plain = digits.replace(",", "").replace(" ", "")
    if not _DIGITS.fullmatch(plain) or len(plain) > 40:
        raise Refused("not_a_number")
    value, unit, multiplier = _finite(plain), "", ""
    if _FOOTNOTE.fullmatch(rest):
        raise Refused("footnote_mark")
    if rest in MULTIPLIERS:
        value, multiplier = float(f"{value * MULTIPLIERS[rest]:.15g}"), rest
    elif rest:
        if re.match(r"[\d.,]", rest):
            raise Refused("not_a_number")
        if any(rest.endswith(word) for word in _AFTER):
            raise Refused("two_marks")
        read_unit(rest)
        unit = rest
    return Number(value, qualifier, unit, multiplier)


def _finite(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Refused("not_a_number") from None
    if not math.isfinite(value) or abs(value) > 1e15:
        raise Refused("not_finite")
    return value + 0.0  # a minus before zero means nothing


def read_year(cell: Cell | None) -> int:
    """Read a year, such as ``2024``, ``2024年`` or a number cell.

    Raises `Refused`.
    """
    if cell is None:
        raise Refused("year_missing")
    if cell.kind == "f":
        raise Refused("formula")
    if cell.kind in "debpx":
        raise Refused("year_wrong", first=FIRST_YEAR, last=LAST_YEAR)
    check_digits(cell)
    text = unicodedata.normalize("NFKC", clean(cell.before + cell.text + cell.after)).strip()
    text = text.removesuffix(".0")  # as programs write a whole number
    found = _YEAR.fullmatch(text)
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise Refused("year_wrong", first=FIRST_YEAR, last=LAST_YEAR)
    return int(found[1])


def read_date(cell: Cell | None) -> str:
    """Read the day, month or year on which a figure came out, as ISO text; empty if blank.

    Raises `Refused`.
    """
    if cell is None or is_blank(cell):
        return ""
    if cell.kind == "f":
        raise Refused("formula")
    if cell.kind in "ebpx":
        raise Refused("date_wrong")
    if cell.kind == "n" and not float(cell.text).is_integer():  # 2025.10 is stored as 2025.1
        raise Refused("date_fraction")
    check_digits(cell)
    text = unicodedata.normalize("NFKC", clean(cell.text)).strip()
    text = re.sub(r"\s+0?0:00(?::00)?$", "", text)  # as programs write a day
    text = re.sub(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3", text)
    if found := _YEAR.fullmatch(text):
        year, month, day = found[1], None, None
    elif found := _DAY.fullmatch(text):
        year, month, day = found.groups()
    else:
        raise Refused("date_wrong")
    try:
        dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise Refused("date_wrong") from None
    if not 1990 <= int(year) <= LAST_YEAR:
        raise Refused("date_wrong")
    return "-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)])
