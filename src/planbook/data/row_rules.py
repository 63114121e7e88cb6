"""What every figure keeps by itself, whoever writes it: a file of observations or an import."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from planbook.data.catalog import Indicator

STATUSES = ("final", "provisional", "revised", "modelled", "compiled", "external")
QUALIFIERS = ("", "at_least", "at_most", "about")


class Stated(Protocol):
    """A figure as it is stated, in the words of the contract."""

    @property
    def value(self) -> float | None: ...  # None where it cannot be read, which is told elsewhere
    @property
    def unit(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def published(self) -> str: ...
    @property
    def qualifier(self) -> str: ...


@dataclass(frozen=True)
class Broken:
    """One rule that a figure breaks."""

    rule: str  # key of `TEXTS`
    column: str
    details: dict[str, str]

    def text(self, value: str) -> tuple[str, str]:
        """Rule and remedy in English, as the errors of data files are; `value` as it stands."""
        rule, remedy = TEXTS[self.rule]
        given = {"given": value} if self.column == "value" else {}
        return rule.format(**self.details | given), remedy


TEXTS = {
    "unit_other": ("unit '{unit}', catalogue says '{wanted}'", "convert the value"),
    "not_finite": ("value '{given}' is not finite", "mend the value"),
    "bounds": (
        "value {given} {wanted} is outside [{low}, {high}]", "check the figure and its unit",
    ),
    "status_unknown": ("status '{given}' is unknown", f"use one of {', '.join(STATUSES)}"),
    "qualifier_unknown": (
        "qualifier '{given}' is unknown", "use at_least, at_most, about or leave it blank",
    ),
    "revised_undated": ("a revised figure without a date", "give the date in 'published'"),
}  # fmt: skip


def broken(row: Stated, indicator: Indicator | None) -> Iterator[Broken]:
    """Give every rule that a figure of `indicator`, None where it is unknown, breaks."""
    if indicator is not None:
        if row.unit != indicator.unit:
            yield Broken("unit_other", "unit", {"unit": row.unit, "wanted": indicator.unit})
        if row.value is not None:
            yield from _value(row.value, indicator)
    for column, given, known in (
        ("status", row.status, STATUSES),
        ("qualifier", row.qualifier, QUALIFIERS),
    ):
        if given not in known:
            details = {"given": given, "known": ", ".join(filter(None, known))}
            yield Broken(f"{column}_unknown", column, details)
    if row.status == "revised" and not row.published:
        yield Broken("revised_undated", "published", {})


def _value(value: float, indicator: Indicator) -> Iterator[Broken]:
    given = f"{value:.12g}"
    if not math.isfinite(value):
        yield Broken("not_finite", "value", {"given": given})
    elif not indicator.lower <= value <= indicator.upper:
        low = "−∞" if math.isinf(indicator.lower) else f"{indicator.lower:g}"
        high = "∞" if math.isinf(indicator.upper) else f"{indicator.upper:g}"
        details = {"given": given, "wanted": indicator.unit, "low": low, "high": high}
        yield Broken("bounds", "value", details)
