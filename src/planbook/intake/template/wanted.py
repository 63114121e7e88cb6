"""What a department is asked for: its indicators, with what is on file already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planbook.data import units
from planbook.data.catalog import Department, Indicator
from planbook.data.city import CityData
from planbook.intake.checks.revisions import latest
from planbook.intake.meaning.resolve import to_unit
from planbook.text import BOUND_SIGNS

FORM_LANG = "zh"  # departments fill in Chinese sheets


@dataclass(frozen=True)
class Ask:
    """One row of a template: one indicator of one place."""

    indicator: Indicator
    entity: str
    place: str  # its name in Chinese, as an office writes it
    unit: str  # as a department counts: 万吨, 万亩, 亿千瓦时 and the like
    last_year: int | None  # the latest figure before the year asked for, in `unit`
    last: str
    on_file: str  # the figure of the year asked for, in `unit`, if one is known; empty otherwise
    last_source: str


@dataclass(frozen=True)
class Form:
    """The rows for one department."""

    department: str
    name: Department
    rows: tuple[Ask, ...]


def departments_of(project: CityData) -> dict[str, Department]:
    """Give every department that the city knows, by id."""
    return {**project.catalog.departments, **project.city.departments}


def asked_of(project: CityData, department: str) -> list[Indicator]:
    """List the indicators that a department is asked for.

    Left out are those computed from others, and context of the province or the nation
    of which the city has never had a figure. Indicators with a target come first.
    """
    own = set(
        project.observations.loc[
            project.observations["entity"].isin(list(project.city.entities)), "indicator"
        ]
    )
    targets = {target.indicator for target in project.plan.targets.values()}
    found = [
        item
        for item in project.catalog.values()
        if item.department == department
        and not item.derive
        and (item.comparability != "context" or item.id in own)
    ]
    return sorted(found, key=lambda item: item.id not in targets)


def make_form(
    project: CityData, department: str, year: int, entities: Sequence[str] | None = None
) -> Form:
    """Gather the rows of one department's template."""
    known = latest(project.observations, project.city.entities)
    rows = []
    for item in asked_of(project, department):
        for entity in entities or (project.city.id,):
            years = [when for name, place, when in known if (name, place) == (item.id, entity)]
            before = max((when for when in years if when < year), default=None)
            row = None if before is None else known[item.id, entity, before]
            now = known.get((item.id, entity, year))
            unit = usual_unit(item.unit, [one for one in (row, now) if one is not None])
            rows.append(
                Ask(item, entity, project.entities[entity].zh, unit, before,
                    "" if row is None else _shown(row, unit),
                    "" if now is None else _shown(now, unit),
                    "" if row is None else row["source"])
            )  # fmt: skip
    return Form(department, departments_of(project)[department], tuple(rows))


def usual_unit(unit: str, rows: Sequence[Mapping[str, Any]] = ()) -> str:
    """Give the unit in which a department counts, if every figure survives the way back."""
    label = units.display(unit, FORM_LANG)[0]
    own = units.label(unit, FORM_LANG) or unit
    if any(to_unit(_in_unit(row, label), label, unit) != row["value"] for row in rows):
        return own
    return label or unit


def size_of(unit: str, written: str) -> float:
    """Give how many of `written` one `unit` of the catalogue is: 0.1 万吨 for 1 kt."""
    label, factor = units.display(unit, FORM_LANG)
    return factor if written == label else 1.0


def _in_unit(row: Mapping[str, Any], written: str) -> float:
    return float(f"{row['value'] * size_of(row['unit'], written):.12g}")


def _shown(row: Mapping[str, Any], written: str) -> str:
    return BOUND_SIGNS.get(row["qualifier"], "") + f"{_in_unit(row, written):.12g}"
