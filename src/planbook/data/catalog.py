"""What each indicator means: load and check ``data/catalog``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from planbook.data import units
from planbook.data.basis import FILE, BasisChange, load_changes, with_reasons
from planbook.errors import DataError, Problem, relative
from planbook.files.records import Document, Strict, Text, load_records

Kind = Literal[
    "share", "amount", "intensity", "index", "count", "capacity", "concentration", "change"
]
Comparability = Literal["same", "narrower", "wider", "proxy", "context"]
Operation = Literal[
    "ratio", "sum", "difference", "change_from", "complement", "annual_change", "share_of"
]


class Department(Text):
    """A department's name in both languages."""


class Break(Strict):
    """A year from which a series no longer continues what came before.

    `gap` says that a year before it is left out while the definition stays: nothing is
    fitted across it, but levels on both sides may be compared. `change` names the change
    of basis that it comes from and so the reason; `mixed`, that the year holds both bases.
    """

    from_: int
    reason: Text
    entity: str | None = None
    gap: bool = False
    change: str | None = None
    mixed: bool = False

    @model_validator(mode="before")
    @classmethod
    def _rename(cls, data: object) -> object:
        if isinstance(data, dict) and "from" in data:
            return {"from_" if key == "from" else key: value for key, value in data.items()}
        return data


class Derivation(Strict):
    """How an indicator is computed from others.

    ``ratio`` is first / second × factor, ``share_of`` first / second in per cent,
    ``change_from`` the change from `base_year` in per cent, ``complement``
    100 − x, ``annual_change`` the change from the year before in per cent.
    """

    op: Operation
    of: tuple[str, ...]
    factor: float = 1.0
    base_year: int | None = None

    @model_validator(mode="after")
    def _arity(self) -> Derivation:
        one = self.op in ("change_from", "complement", "annual_change")
        two = self.op in ("ratio", "difference", "share_of")
        if (one and len(self.of) != 1) or (two and len(self.of) != 2) or not self.of:
            raise ValueError(f"'{self.op}' takes another number of indicators than {len(self.of)}")
        if (self.op == "change_from") != (self.base_year is not None):
            raise ValueError("'base_year' belongs to 'change_from', and only there")
        return self


class Indicator(Strict):
    """One entry of the catalogue; the fields are those of ``data/catalog``.

    `counts` says of an amount whether a figure is what stands at that time and can fall
    again (``stock``) or all that has been done so far (``total``). `beside` names further
    indicators beside whose targets its figures are worth showing, in whatever unit. `parts`
    are the indicators that an amount is made of without overlap, as far as they are known.
    """

    id: str
    sector: str
    title: Text
    unit: str
    direction: Literal["up", "down", "none"]
    kind: Kind
    bounds: tuple[float | None, float | None]
    decimals: int = 1
    counts: Literal["stock", "total"] | None = None
    prices: Literal["constant", "current"] | None = None
    definition: Text
    department: str
    plan_relation: Text | None = None
    stands_for: str | None = None
    beside: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    comparability: Comparability | None = None
    comparability_note: Text | None = None
    breaks: tuple[Break, ...] = ()
    unaffected: dict[str, Text] = Field(
        default_factory=dict
    )  # change of basis → why the series goes on
    forecast: Text | None = None
    derive: Derivation | None = None

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, value: str) -> str:
        if not units.is_known(value):
            raise ValueError(f"unknown unit; known are {', '.join(units.UNITS)}")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Indicator:
        low, high = self.bounds
        if low is not None and high is not None and low >= high:
            raise ValueError("the lower bound is not below the upper one")
        if self.stands_for and not self.comparability:
            raise ValueError("'stands_for' needs 'comparability'")
        return self

    @property
    def lower(self) -> float:
        """Lower physical bound, −inf where open."""
        return -math.inf if self.bounds[0] is None else self.bounds[0]

    @property
    def upper(self) -> float:
        """Upper physical bound, +inf where open."""
        return math.inf if self.bounds[1] is None else self.bounds[1]

    def breaks_of(self, entity: str) -> list[Break]:
        """List the breaks of this indicator's series for `entity`, by year."""
        own = [item for item in self.breaks if item.entity in (None, entity)]
        return sorted(own, key=lambda item: item.from_)


@dataclass(frozen=True)
class Catalog(Mapping[str, Indicator]):
    """All indicators by id, and the departments they are held by."""

    indicators: Mapping[str, Indicator]
    departments: Mapping[str, Department]

    def __getitem__(self, indicator: str) -> Indicator:
        return self.indicators[indicator]

    def __iter__(self) -> Iterator[str]:
        return iter(self.indicators)

    def __len__(self) -> int:
        return len(self.indicators)

    def sector(self, sector: str) -> list[Indicator]:
        """List the indicators of `sector` in catalogue order."""
        return [item for item in self.indicators.values() if item.sector == sector]

    def shown_beside(self, indicator: str) -> list[Indicator]:
        """List the indicators that ask to be shown beside `indicator`."""
        return [item for item in self.indicators.values() if indicator in item.beside]

    def standing_in_for(self, indicator: str) -> list[Indicator]:
        """List the indicators that are a stand-in or context for `indicator`."""
        return [item for item in self.indicators.values() if item.stands_for == indicator]


def load_departments(path: Path, root: Path | None = None) -> dict[str, Department]:
    """Read the departments that every city has.

    Parameters
    ----------
    path : pathlib.Path
        ``data/departments.yml``.

    Raises
    ------
    DataError
        If a key is unknown or a name is missing.
    """
    return load_records(path, Department, root)


def load_catalog(
    folder: Path, departments: Mapping[str, Department], root: Path | None = None
) -> Catalog:
    """Read and check every ``<sector>.yml`` of `folder`.

    Parameters
    ----------
    folder : pathlib.Path
        ``data/catalog``.
    departments : mapping of str to Department
        Departments that an entry may name.

    Raises
    ------
    DataError
        For an unknown key, unit or department, an id that stands in two
        sectors, a reference to an indicator that does not exist, or a series that
        ignores a change of basis of its kind.
    """
    changes = load_changes(folder, root)
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise DataError(
            Problem(relative(folder, root), "", "no catalogue file (*.yml)", "restore the folder")
        )
    found: dict[str, Indicator] = {}
    home: dict[str, Document] = {}
    documents = [Document(path, root) for path in files]
    for path, document in zip(files, documents, strict=True):

        def filled(key: str, value: Any, sector: str = path.stem) -> Any:
            if not isinstance(value, dict):
                return value
            return {"id": key, "sector": sector, **with_reasons(value, changes)}

        for key, one in document.records(Indicator, prepare=filled):
            if one.id in home:
                rule = f"the id stands in {home[one.id].problems.file}, too"
                document.wrong(key, rule, "keep one of the two")
            found[one.id], home[one.id] = one, document
            for rule, remedy in _basis_faults(one, changes):
                document.wrong(key, rule, remedy)
            if one.department not in departments:
                rule = f"unknown department '{one.department}'"
                remedy = "use an id of data/departments.yml or add it there"
                document.wrong((*key, "department"), rule, remedy)
    for one in found.values():
        _check_references(one, found, home[one.id])
    if problems := [problem for document in documents for problem in document.problems]:
        raise DataError(problems)
    return Catalog(_with_inherited(found), departments)


def _with_inherited(found: Mapping[str, Indicator]) -> dict[str, Indicator]:
    """Let every computed indicator break where one of its inputs does.

    Changes are no levels: they leave out the years whose change would span a break.
    """
    done: dict[str, Indicator] = {}

    def inherit(name: str) -> Indicator:
        if name in done:
            return done[name]
        one = done[name] = found[name]
        if one.derive is None:
            return one
        inputs = [inherit(other) for other in one.derive.of]
        if one.derive.op in ("change_from", "annual_change"):
            return one
        own = list(one.breaks)
        known = {(item.from_, item.entity) for item in own}
        for item in (item for other in inputs for item in other.breaks):
            if not known & {(item.from_, item.entity), (item.from_, None)}:
                known.add((item.from_, item.entity))
                own.append(item)
        done[name] = one.model_copy(update={"breaks": tuple(own)})
        return done[name]

    return {name: inherit(name) for name in found}


def _check_references(item: Indicator, found: Mapping[str, Indicator], document: Document) -> None:
    named = [("stands_for", item.stands_for)] if item.stands_for else []
    named += [("beside", other) for other in item.beside]
    named += [("parts", other) for other in item.parts]
    named += [("derive.of", other) for other in (item.derive.of if item.derive else ())]
    for field, other in named:
        if other not in found:
            rule = f"no indicator '{other}'"
            document.wrong((item.id, field), rule, "mend the id or add the entry")


def _basis_faults(one: Indicator, changes: Mapping[str, BasisChange]) -> Iterator[tuple[str, str]]:
    """Say where an indicator misses a change of basis, or names it wrongly, with the remedy."""
    named = {item.change for item in one.breaks if item.change}
    for key in sorted((named | set(one.unaffected)) - set(changes)):
        yield f"no change of basis '{key}'", f"use one of {FILE} of the catalogue or add it there"
    for key, change in changes.items():
        own = [item for item in one.breaks if item.change == key]
        for item in own:
            if item.from_ not in change.years or item.gap:
                years = " or ".join(str(year) for year in change.years)
                yield (
                    f"a break from {item.from_} for '{key}' of {change.date}",
                    f"give {years}, without 'gap'",
                )
        everywhere = any(item.entity is None for item in own)
        if key in one.unaffected:
            if own:
                yield f"breaks at '{key}' and is unaffected by it, too", "keep one of the two"
        elif one.derive is None and change.touches(one.id, one.kind, one.unit) and not everywhere:
            yield (
                f"of the kind that '{key}' of {change.date} changes, without a break for every "
                "place",
                "add the break with its 'change', or say under 'unaffected' why it goes on",
            )
