"""The words and units of the front end, from the one table of messages."""

from __future__ import annotations

import math
import re
from functools import cache

from planbook.data import units
from planbook.text import messages, say
from planbook.widgets import front

EQUIVALENTS = "1e3 eq"
PREFIX = "explore_"  # of the messages that belong to explorers
# Those of the book that explorers say as well.
BOOK = ("status_", "quadrant_", "chart_quadrant_", "syn_reading_", "scn_quantity_")
_NAMED = re.compile(r'"(\w+)"')
_BEGUN = re.compile(r"`(\w+_)\$\{")


@cache
def texts(kind: str, lang: str) -> dict[str, str]:
    """Give the words that the front end of a kind may say."""
    table, script = messages(), front.joined(kind)
    named = {"language", *_NAMED.findall(script)}
    begun = tuple(_BEGUN.findall(script))
    shared = tuple(set(begun) & set(BOOK))
    found = {
        key: entry[lang]
        for key, entry in table.items()
        if key.startswith(BOOK) and (key in named or (shared and key.startswith(shared)))
    }
    for start in (PREFIX, f"{PREFIX}{kind}_"):  # the kind's own word wins
        for key, entry in table.items():
            bare = key.removeprefix(start)
            if key.startswith(start) and (bare in named or (begun and bare.startswith(begun))):
                found[bare] = entry[lang]
    return found


def unit_of(unit: str, lang: str, decimals: int) -> dict[str, object]:
    """Say how a value in `unit` is written: label, factor, digits; and the unit of the data."""
    label, factor = units.display(unit, lang)
    if unit in ("index", "pH"):
        label = ""
    if unit == EQUIVALENTS:  # a card has no room for the full name
        label = say("explore_unit_equivalents", lang)
    return {
        "label": label,
        "data": unit,
        "factor": factor,
        "digits": max(0, decimals - round(math.log10(factor))),
    }
