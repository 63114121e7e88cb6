"""Words and numbers for readers, in English and Chinese."""

from __future__ import annotations

import math
import re
import string
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from planbook.data import units
from planbook.data.plan import Target
from planbook.errors import PlanbookError
from planbook.files.records import LANGS
from planbook.files.yaml import load as load_yaml

MISSING = "–"
BOUND_SIGNS = {"at_least": "≥ ", "at_most": "≤ ", "about": "≈ "}  # by qualifier


@cache
def messages() -> dict[str, dict[str, str]]:
    """Read the message table: key → language → template.

    Raises `PlanbookError` if a message lacks a language or its placeholders differ between the two.
    """
    with resources.as_file(resources.files("planbook") / "messages.yml") as path:
        table, _ = load_yaml(path)
    for key, entry in table.items():
        if set(entry) != set(LANGS) or not all(entry.values()):
            raise PlanbookError(f"messages.yml key {key}: give both {' and '.join(LANGS)}")
        if len({frozenset(_fields(entry[lang])) for lang in LANGS}) > 1:
            raise PlanbookError(f"messages.yml key {key}: the placeholders differ")
    return table


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def say(key: str, lang: str, **values: object) -> str:
    """Fill the message `key` in `lang` with `values`.

    Raises `PlanbookError` if there is no such message or a value is missing.
    """
    try:
        return messages()[key][lang].format(**values)
    except KeyError as error:
        raise PlanbookError(f"message '{key}' ({lang}): nothing for {error}") from None


def day_text(day: str, lang: str) -> str:
    """Write a date, given as ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``."""
    if lang != "zh":
        return day
    return "".join(
        f"{int(part)}{unit}" for part, unit in zip(day.split("-"), "年月日", strict=False)
    )


def number(value: float | None, decimals: int = 1) -> str:
    """Write a number with thousands separators; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:,.{decimals}f}"
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return text.replace("-", "−")


def quantity(value: float | None, unit: str, lang: str, decimals: int = 1) -> str:
    """Write a number with its unit, as the language counts and sets it."""
    sign, factor = units.display(unit, lang)
    digits = max(0, decimals - round(math.log10(factor)))
    text = number(None if value is None else value * factor, digits)
    if text == MISSING:
        return text
    if digits > decimals:  # zeros that only the larger unit brings would feign precision
        head, _, tail = text.partition(".")
        tail = tail[:decimals] + tail[decimals:].rstrip("0")
        text = f"{head}.{tail}" if tail else head
    if unit == "%":
        return f"{text}{'' if lang == 'zh' else ' '}%"
    if not sign or unit in ("index", "pH"):
        return text
    return f"{text}{'' if lang == 'zh' else ' '}{sign}"


def signed(value: float, unit: str, lang: str, decimals: int = 1) -> str:
    """Write a change with its sign and unit; one that rounds to nothing has no sign."""
    text = quantity(value, unit, lang, decimals)
    return f"+{text}" if value > 0 and re.search("[1-9]", text) else text


def bare(value: float) -> str:
    """Write a target's value as the plan does: no digits that it does not have."""
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def probability(chance: float | None, lang: str) -> str:
    """Write a chance; outside 2–98 % only as a bound, since no track record backs more."""
    if chance is None:
        return say("not_estimated", lang)
    percent = 100 * chance
    space = "" if lang == "zh" else " "
    if percent < 2:
        return f"<{space}2{space}%"
    if percent > 98:
        return f">{space}98{space}%"
    return f"{percent:.0f}{space}%"


def section_number(value: int, lang: str) -> str:
    """Write a section's number as the plan does: 5 in English, 五 in Chinese (up to 99)."""
    if lang != "zh":
        return str(value)
    digits = "零一二三四五六七八九"
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{digits[tens]}十")
    return head + (digits[ones] if ones or not head else "")


def target_value(target: Target, lang: str) -> str:
    """Write what a target asks for, such as “≥ 43 %” or “18 % below 2020”."""
    sign = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "==": "="}[target.operator]
    unit, factor = units.display(target.unit, lang)
    value = f"{bare(target.value * factor)}{'' if lang == 'zh' else ' '}{unit}".rstrip()
    key = target.kind.phrase(target)
    if key is None:
        return f"{sign}{'' if lang == 'zh' else ' '}{value}"
    if target.kind.relative:  # the message says whether it is above or below
        value = value.removeprefix("−")
    return say(
        key,
        lang,
        sign=sign,
        value=value,
        base=target.base_year,
        first=target.first_year,
        last=target.deadline or "",
    )


def asked(target: Target, lang: str) -> str:
    """Write what a target asks for and by when, or that the plan sets no date."""
    value = target_value(target, lang)
    if target.kind.sums and target.deadline:
        return value  # the years of the sum name the deadline
    if target.deadline:
        return say("target_by", lang, value=value, deadline=target.deadline)
    return say("target_open", lang, value=value)


def join(items: list[str], lang: str) -> str:
    """Join names into a list."""
    return ("、" if lang == "zh" else ", ").join(items)


def join_counts(counts: Mapping[str, int], words: str, lang: str) -> str:
    """Join counts, such as “1 met; 21 due, awaiting data”, leaving out what does not occur."""
    return say("count_separator", lang).join(
        say("count_of", lang, words=say(words.format(key), lang), count=count)
        for key, count in counts.items()
        if count
    )


def columns(table: Sequence[Sequence[str]]) -> list[str]:
    """Set rows of text in columns; a Chinese character is as wide as two others."""
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            cell + " " * (size - _width(cell)) for cell, size in zip(row, widths, strict=True)
        ).rstrip()
        for row in table
    ]


def _width(text: str) -> int:
    """Count the columns that a text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
