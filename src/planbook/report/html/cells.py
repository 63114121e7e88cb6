"""What many tables and figures write alike: sentences, lines in a cell, badges."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from planbook.report.html.fragments import Shown, fragment
from planbook.text import MISSING, number


def said(*lines: str) -> Shown:
    """Show sentences, in place of a table or by themselves."""
    return Shown(fragment("sentences.html", lines=lines), "\n".join(lines))


def stacked(texts: Iterable[object]) -> Markup:
    """Write texts below each other in one cell; a dash where there is none."""
    return Markup("<br>").join(escape(text) for text in texts) or Markup(MISSING)


def badge(words: str, look: str) -> Markup:
    """Write words with the colour and sign of a verdict."""
    return fragment("badge.html", verdict=look, words=words)


def strong(words: object) -> Markup:
    """Set words apart as what a cell is about."""
    return Markup("<strong>{}</strong>").format(words)


def small(words: object) -> Markup:
    """Set words back as what is said beside."""
    return Markup("<small>{}</small>").format(words)


def two_lines(first: object, second: object) -> Markup:
    """Write one thing below another; texts are escaped."""
    return Markup("{}<br>{}").format(first, second)


def plus(value: float, decimals: int = 1) -> str:
    """Write a number with its sign; one that rounds to nothing has none."""
    text = number(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0.,") else text
