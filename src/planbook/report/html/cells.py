"""What many tables and figures write alike: sentences, lines in a cell, badges."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from planbook.report.html.fragments import Shown, fragment
from planbook.text import MISSING


def said(*lines: str) -> Shown:
    """Show sentences, in place of a table or by themselves."""
    return Shown(fragment("sentences.html", lines=lines), "\n".join(lines))


def stacked(texts: Iterable[object]) -> Markup:
    """Write texts below each other in one cell; a dash where there is none."""
    return Markup("<br>").join(escape(text) for text in texts) or Markup(MISSING)


def badge(words: str, look: str) -> Markup:
    """Write words with the colour and sign of a verdict."""
    return fragment("badge.html", verdict=look, words=words)
