"""What is wrong with a figure, told with file, sheet, cell, value, rule and remedy."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from planbook.errors import PlanbookError
from planbook.text import say

Level = Literal["error", "question", "unread", "warning", "hint"]
LEVELS: tuple[Level, ...] = ("error", "question", "unread", "warning", "hint")
_SHOWN = 80  # characters of a value in a message


class IntakeError(PlanbookError):
    """An import cannot go on; the message is already in the reader's language."""


def refuse(rule: str, lang: str, **details: Any) -> IntakeError:
    """Make the error of a rule that concerns the whole import, in one language."""
    return IntakeError(
        f"{say(f'intake_{rule}', lang, **details)}{say('intake_separator', lang)}"
        f"{say(f'intake_{rule}_fix', lang, **details)}"
    )


def visible(value: object) -> str:
    """Write a value for a message: nothing in it can steer a terminal or hide.

    Control characters, marks that turn the writing direction, and halves of
    surrogate pairs are written as escapes; long texts are cut.
    """
    text = "" if value is None else str(value)
    shown = "".join(
        character
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        else f"\\u{ord(character):04x}"
        for character in text[: _SHOWN + 1]
    )
    return shown if len(text) <= _SHOWN else shown[:_SHOWN] + "…"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, or deserves a look, in one place."""

    rule: str  # message key without ``intake_``; ``intake_<rule>_fix`` is the remedy
    file: str  # where; sheet and cell may be empty
    sheet: str = ""
    cell: str = ""
    value: str = ""  # what stands there, made visible
    # errors stop; questions want an answer; unread names what was not understood; warnings ask;
    # hints only tell
    level: Level = "error"
    # for the message; a mapping with ``en`` and ``zh`` is read in the language asked for
    details: Mapping[str, Any] = field(default_factory=dict)
    cells: tuple[str, ...] = ()  # every address, where there are several
    key: str = ""  # by which a question or what is unread is answered; empty for other levels
    content: str = ""  # all that stands there, for the key of an answer
    # who answered it and when; empty texts where it was answered just now
    answered: Mapping[str, str] | None = None

    @property
    def places(self) -> tuple[str, ...]:
        """The addresses of all its cells."""
        return self.cells or ((self.cell,) if self.cell else ())

    def _values(self, lang: str) -> dict[str, Any]:
        found = {}
        for name, value in self.details.items():
            if isinstance(value, Mapping) and set(value) == {"en", "zh"}:
                value = value[lang]
            found[name] = visible(value) if isinstance(value, str) else value
        return {**found, "value": self.value}

    def message(self, lang: str) -> str:
        """Say the rule in `lang`."""
        return say(f"intake_{self.rule}", lang, **self._values(lang))

    def remedy(self, lang: str) -> str:
        """Say what to do in `lang`."""
        return say(f"intake_{self.rule}_fix", lang, **self._values(lang))

    def line(self, lang: str) -> str:
        """Write the whole fault as one line."""
        where = " ".join(filter(None, (visible(self.file), visible(self.sheet), self.cell)))
        level = say(f"intake_level_{self.level}", lang)
        if self.answered is not None:
            key = "intake_answered_before" if self.answered.get("when") else "intake_answered"
            level = say(key, lang, **self.answered)
        if self.key and self.answered is None:
            level += f" [{self.key}]"
        where += say("intake_line_value", lang, value=self.value) if self.value else ""
        return say(
            "intake_line", lang, level=level, where=where, message=self.message(lang),
            remedy=self.remedy(lang),
        )  # fmt: skip

    def as_dict(self, lang: str) -> dict[str, Any]:
        """Give the fault as plain data for other programs."""
        return {
            "level": self.level,
            "file": visible(self.file),
            "sheet": visible(self.sheet),
            "cell": self.cell,
            "value": self.value,
            "rule": self.rule,
            "message": self.message(lang),
            "remedy": self.remedy(lang),
            **({"cells": list(self.cells)} if self.cells else {}),
            **({"key": self.key} if self.key else {}),
            **({"answered": dict(self.answered)} if self.answered is not None else {}),
        }


def of_level(faults: Iterable[Fault], level: Level) -> list[Fault]:
    """Select the faults of one level, in their order."""
    return [fault for fault in faults if fault.level == level]
