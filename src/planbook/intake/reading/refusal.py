"""The one exception of reading; light, because the child process imports it."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A file, cell or name that cannot be taken; `rule` is a key of the message table."""

    def __init__(self, rule: str, **details: Any) -> None:
        self.rule, self.details = rule, details
        super().__init__(rule)
