"""What differs between two editions, and why."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from planbook.data.snapshots import DEFINITION, NUMBERS, Edition

SAME = 1e-9  # share by which a number computed twice may differ
# fields of a target that are told apart
ASPECTS = {
    "verdict": ("verdict",),
    "latest": ("latest_year", "latest"),
    "forecast": ("forecast", "lo80", "hi80", "lo95", "hi95"),
    "chance": ("probability",),
}
KINDS = ("added", "revised", "withdrawn")
# why something differs, in the order in which reasons are told
REASONS = (
    "definition", "added", "revised", "withdrawn", "time", "code", "code_possible",
    "libraries", "unexplained",
)  # fmt: skip
Key = tuple[str, str, int]


@dataclass(frozen=True)
class FigureChange:
    """One figure that is new, has another value or unit, or is gone."""

    kind: str  # {'added', 'revised', 'withdrawn'}
    indicator: str
    entity: str
    year: int
    # before, after: the row of the edition: ``value, unit, status, published, source, qualifier``
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def reason(self) -> str:
        """One of `REASONS`; another unit is another definition."""
        if self.before and self.after and self.before["unit"] != self.after["unit"]:
            return "definition"
        return self.kind

    @property
    def change_pct(self) -> float | None:
        """Change in per cent of the earlier value; None where there is no such thing."""
        if self.before is None or self.after is None or self.reason == "definition":
            return None
        if self.kind != "revised" or not self.before["value"]:
            return None
        return (self.after["value"] / self.before["value"] - 1) * 100


@dataclass(frozen=True)
class TargetChange:
    """One target of which something else is said."""

    target_id: str
    # {'added', 'withdrawn', 'changed'}; whether the plan gained it, lost it, or has it as before
    kind: str
    aspects: tuple[str, ...]  # what differs: keys of `ASPECTS`, and ``definition``
    # before, after: its entry of the edition
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reasons: tuple[str, ...]  # of `REASONS`
    # changes among the city's figures behind it
    figures: tuple[FigureChange, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Changes:
    """Everything that differs between two editions."""

    old: Edition
    new: Edition
    figures: tuple[FigureChange, ...]
    targets: tuple[TargetChange, ...]

    def figures_of(self, kind: str) -> list[FigureChange]:
        """List the figures that are ``added``, ``revised`` or ``withdrawn``."""
        return [one for one in self.figures if one.kind == kind]

    def with_aspect(self, aspect: str) -> list[TargetChange]:
        """List the targets of which `aspect` differs."""
        return [one for one in self.targets if aspect in one.aspects]

    def counts(self) -> dict[str, int]:
        """Count figures by kind, and targets by what differs."""
        return {
            **{f"figures_{kind}": len(self.figures_of(kind)) for kind in KINDS},
            "targets_added": sum(one.kind == "added" for one in self.targets),
            "targets_withdrawn": sum(one.kind == "withdrawn" for one in self.targets),
            "definitions": len(self.with_aspect("definition")),
            "verdicts": len(self.with_aspect("verdict")),
            "forecasts": len(self.with_aspect("forecast")),
            "chances": len(self.with_aspect("chance")),
        }


def same(one: object, other: object) -> bool:
    """Tell whether two values are the same but for rounding in the last digits."""
    if isinstance(one, float | int) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=SAME, abs_tol=1e-12)
    return one == other


def compare(
    old: Edition,
    new: Edition,
    again: Callable[[], Mapping[str, Mapping[str, Any]]] | None = None,
) -> Changes:
    """Compare two editions.

    Parameters
    ----------
    again : gives what the code and plan of `new` make of the figures of `old`, by target; asked
        only where the code differs. Without it a change by the code cannot be told from one by the
        figures.

    Returns
    -------
    Figures sorted by indicator, place and year; targets in the order of the plan.

    Notes
    -----
    Methods page, "Editions compared": how reasons are found.
    """
    figures = figure_changes(old, new)
    by_series: dict[tuple[str, str], list[FigureChange]] = {}
    for one in figures:
        by_series.setdefault((one.indicator, one.entity), []).append(one)
    code = old.program["code"] != new.program["code"]
    libraries = not code and dict(old.program) != dict(new.program)
    between = again() if again is not None and (code or libraries) else None
    targets = []
    for name in dict.fromkeys([*new.targets, *old.targets]):
        before, after = old.targets.get(name), new.targets.get(name)
        if before is None or after is None:
            kind = "added" if before is None else "withdrawn"
            targets.append(TargetChange(name, kind, (), before, after, ("definition",)))
            continue
        aspects = _aspects(before, after)
        if not aspects:
            continue
        series = dict.fromkeys([*before["behind"], *after["behind"]])
        own = [one for item in series for one in by_series.get((item, new.city), ())]
        middle = between.get(name) if between is not None else None
        reasons = _reasons(old, new, before, after, own, middle, code=code, libraries=libraries)
        targets.append(TargetChange(name, "changed", aspects, before, after, reasons, tuple(own)))
    return Changes(old, new, tuple(figures), tuple(targets))


def figure_changes(old: Edition, new: Edition) -> list[FigureChange]:
    """List the figures that were added, revised or withdrawn; see `compare`."""
    before, after = _rows(old), _rows(new)
    found = []
    for key in sorted({*before, *after}):
        one, other = before.get(key), after.get(key)
        if one is None:
            kind = "added"
        elif other is None:
            kind = "withdrawn"
        elif all(same(one[name], other[name]) for name in ("value", "unit", "qualifier")):
            continue
        else:
            kind = "revised"
        found.append(FigureChange(kind, *key, one, other))
    return found


def _rows(edition: Edition) -> dict[Key, dict[str, Any]]:
    found = {}
    for row in edition.figures.to_dict("records"):
        key = (row.pop("indicator"), row.pop("entity"), int(row.pop("year")))
        found[key] = row
    return found


def _aspects(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    found = [
        aspect
        for aspect, names in ASPECTS.items()
        if _differ(before["result"], after["result"], names)
    ]
    if _differ(before["definition"], after["definition"], DEFINITION):
        found.append("definition")
    return tuple(found)


def _differ(one: Mapping[str, Any], other: Mapping[str, Any], names: Iterable[str]) -> bool:
    return any(not same(one[name], other[name]) for name in names)


def _reasons(
    old: Edition,
    new: Edition,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    figures: list[FigureChange],
    middle: Mapping[str, Any] | None,
    *,
    code: bool,
    libraries: bool,
) -> tuple[str, ...]:
    """Say why a target's entry differs.

    `middle` is what the new code and plan make of the old figures: what differs between
    it and `before` comes of code or definition, what differs between it and `after` of
    figures or time.
    """
    redefined = before["terms"] != after["terms"] or _differ(
        before["definition"], after["definition"], DEFINITION
    )
    given = list(dict.fromkeys(one.reason for one in figures))
    if old.year != new.year:
        given.append("time")
    names = ("verdict", *NUMBERS)
    found = ["definition"] if redefined else []
    changed = "code" if code else "libraries"
    if middle is None:
        found += given
        if code or libraries:
            found.append("code_possible" if found else changed)
    else:
        if _differ(middle, after["result"], ("latest_year", *names)):
            found += given
        if _differ(before["result"], middle, ("latest_year", *names)):
            found.append("code_possible" if redefined else changed)
    return tuple(name for name in REASONS if name in found) or ("unexplained",)
