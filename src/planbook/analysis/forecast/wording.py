"""Whether pages and explorers can name every forecast method."""

from __future__ import annotations

from planbook.analysis.forecast.base import METHODS
from planbook.errors import DataError, Problem
from planbook.text import messages

KEYS = ("method_{}", "explore_method_{}")  # in a sentence; in the explorers' menu


def check_words() -> None:
    """Raise `DataError` with one problem for each message that a method lacks."""
    wanted = {key.format(name): name for name in METHODS for key in KEYS}
    problems = [
        Problem(
            "messages.yml",
            f"key {key}",
            f"the forecast method '{name}' has no such message",
            "add it in both languages",
        )
        for key, name in wanted.items()
        if key not in messages()
    ]
    if problems:
        raise DataError(problems)
