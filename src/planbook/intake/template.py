"""What a department is asked for: its indicators, with what is on file already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planbook.catalog import Department, Indicator
from planbook.intake.compare import latest
from planbook.project import Project
from planbook.text import BOUND_SIGNS


@dataclass(frozen=True)
class Ask:
    """One row of a template: one indicator of one place.

    Attributes
    ----------
    indicator : Indicator
    entity : str
    last_year, last : int, str or None
        The latest figure before the year asked for.
    on_file : str
        The figure of the year asked for, if one is known; empty otherwise.
    last_source : str
    """

    indicator: Indicator
    entity: str
    last_year: int | None
    last: str
    on_file: str
    last_source: str


@dataclass(frozen=True)
class Form:
    """The rows for one department."""

    department: str
    name: Department
    rows: tuple[Ask, ...]


def departments_of(project: Project) -> dict[str, Department]:
    """Give every department that the city knows, by id."""
    return {**project.catalog.departments, **project.city.departments}


def asked_of(project: Project, department: str) -> list[Indicator]:
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
    project: Project, department: str, year: int, entities: Sequence[str] | None = None
) -> Form:
    """Gather the rows of one department's template.

    Parameters
    ----------
    project : Project
    department : str
    year : int
        The year asked for.
    entities : sequence of str, optional
        Places; the city alone by default.

    Returns
    -------
    Form
    """
    known = latest(project.observations, project.city.entities)
    rows = []
    for item in asked_of(project, department):
        for entity in entities or (project.city.id,):
            years = [when for name, place, when in known if (name, place) == (item.id, entity)]
            before = max((when for when in years if when < year), default=None)
            row = None if before is None else known[item.id, entity, before]
            now = known.get((item.id, entity, year))
            rows.append(
                Ask(item, entity, before, "" if row is None else _shown(row),
                    "" if now is None else _shown(now), "" if row is None else row["source"])
            )  # fmt: skip
    return Form(department, departments_of(project)[department], tuple(rows))


def _shown(row: dict) -> str:
    return BOUND_SIGNS.get(row["qualifier"], "") + f"{row['value']:.12g}"
