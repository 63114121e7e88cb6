"""A city and its plan: load and check ``city.yml`` and the ``plan`` folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import pandas as pd
from pydantic import Field, field_validator

from planbook.data import units
from planbook.data.catalog import Catalog, Department
from planbook.data.observations import Source
from planbook.data.targets import Target
from planbook.data.vintages import is_day
from planbook.errors import DataError, PlanbookError
from planbook.files import table as tables
from planbook.files.records import Document, Strict, Text
from planbook.files.yaml import Key

Status = Literal["unknown", "planned", "building", "done", "cancelled"]


class City(Strict):
    """What ``city.yml`` says.

    `plan_year` is the year from which the plan binds, `searched` the date to which public
    sources were searched: what is missing was not found by then.
    """

    id: str
    code: str
    name: Text
    plan_title: Text
    plan_status: Text
    boundary: Text
    parents: tuple[str, ...]
    counties: dict[str, Text] = Field(default_factory=dict)
    other_names: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    as_of: int
    plan_year: int | None = None
    searched: str = ""
    departments: dict[str, Department] = Field(default_factory=dict)

    @field_validator("code", mode="before")
    @classmethod
    def _code_as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value

    @field_validator("searched", mode="before")
    @classmethod
    def _day_as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int | date) else value

    @field_validator("searched")
    @classmethod
    def _is_day(cls, value: str) -> str:
        if value and not is_day(value):
            raise ValueError("no date; write YYYY, YYYY-MM or YYYY-MM-DD")
        return value

    @property
    def entities(self) -> tuple[str, ...]:
        """The city and its counties."""
        return (self.id, *self.counties)


class Part(Strict):
    """One of the plan's chapters (parts) that hold its sections."""

    number: int
    title: Text


class Section(Strict):
    """One section of the plan; `departments`: each department has a page below its page."""

    number: int
    part: int
    chapter: str | None = None
    title: Text
    question: Text
    summary: Text
    departments: bool = False


class Measure(Strict):
    """One measure; number 0 stands for the main objectives."""

    number: int
    section: int
    title: Text
    summary: Text
    departments: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()

    @property
    def lead(self) -> str | None:
        """The department that the plan names first."""
        return self.departments[0] if self.departments else None


class PlanProject(Strict):
    """One project of the plan's boxes, a row of ``projects.csv``.

    `targets` names those that it works for, with spaces between; the column may be absent.
    """

    project_id: str
    box: int
    measure: int
    name_zh: str
    name_en: str
    owner_zh: str
    quantity: float | None
    unit: str
    status: Status
    status_date: str
    source: str
    owner_en: str
    kind_en: str
    kind_zh: str
    units_count: int | None
    unit_size: float | None
    note_en: str
    note_zh: str
    targets: str = ""


@dataclass(frozen=True)
class Plan:
    """All of a plan, by number or id, in the plan's order.

    `target_rows` names the row of ``targets.csv`` that each target stands in; `year` is
    the city's `City.plan_year`.
    """

    parts: Mapping[int, Part]
    sections: Mapping[int, Section]
    measures: Mapping[int, Measure]
    targets: Mapping[str, Target]
    projects: Mapping[str, PlanProject]
    departments: Mapping[str, Department]
    target_rows: Mapping[str, str] = dataclasses.field(default_factory=dict)
    year: int | None = None

    def measures_of(self, section: int) -> list[Measure]:
        """List the measures of `section`."""
        return [item for item in self.measures.values() if item.section == section]

    def targets_for(self, sections: Iterable[int]) -> list[Target]:
        """List the targets of `sections`, and those that their measures serve."""
        numbers = set(sections)
        served = {
            name
            for item in self.measures.values()
            if item.section in numbers
            for name in item.indicators
        }
        return [
            item
            for item in self.targets.values()
            if item.section in numbers or item.indicator in served
        ]

    def projects_of(self, section: int) -> list[PlanProject]:
        """List the projects that stand under a measure of `section`."""
        numbers = {item.number for item in self.measures_of(section)}
        return [item for item in self.projects.values() if item.measure in numbers]

    def projects_for(self, target: Target) -> list[PlanProject]:
        """List the projects that work for `target`."""
        return [item for item in self.projects.values() if target.target_id in item.targets.split()]

    def sections_of(self, chapter: str) -> list[Section]:
        """List the sections that `chapter` answers."""
        return [item for item in self.sections.values() if item.chapter == chapter]

    def lead_of(self, target: Target) -> str | None:
        """Give the department that leads `target`; none for a main objective."""
        return self.measures[target.measure].lead


def load_city(folder: Path, root: Path | None = None) -> City:
    """Read ``city.yml``.

    Parameters
    ----------
    folder : pathlib.Path
        ``data/cities/<city>``.

    Raises
    ------
    DataError
        If a key is unknown or missing, or the id is not the folder's name.
    """
    document = Document(folder / "city.yml", root)
    city = document.record(City)
    if city and city.id != folder.name:
        rule = f"id '{city.id}' is not the folder's name '{folder.name}'"
        document.wrong(("id",), rule, "make the two the same")
    if city is None or document.problems:
        raise DataError(document.problems)
    return city


def load_plan(
    folder: Path,
    catalog: Catalog,
    city: City,
    sources: Mapping[str, Source],
    root: Path | None = None,
) -> Plan:
    """Read and check the plan of a city.

    Parameters
    ----------
    folder : pathlib.Path
        ``data/cities/<city>/plan``.
    catalog : Catalog
        Indicators and departments that the plan may name.
    city : City
        Its own departments count as well.
    sources : mapping of str to Source
        Sources that a project's status may name.

    Raises
    ------
    DataError
        For an unknown key, column or department, a target without an
        indicator, a unit that is not the indicator's, or a link between
        measures, targets and projects that holds in one direction only.
    """
    outline = Document(folder / "sections.yml", root, ["parts", "sections"])
    parts = _numbered(outline, Part, "parts")
    sections = _numbered(outline, Section, "sections")
    for key, section in sections.values():
        if section.part not in parts:
            outline.wrong((*key, "part"), f"no part {section.part}", "add it under 'parts'")
    told = Document(folder / "measures.yml", root, ["measures"])
    measures = _numbered(told, Measure, "measures")
    targets, of_targets = tables.records(
        folder / "targets.csv", Target, key=["target_id"], root=root
    )
    of_targets.stop()  # at once: what refers to a row that is wrong would be called wrong, too
    projects, of_projects = tables.records(
        folder / "projects.csv", PlanProject, key=["project_id"], dates=["status_date"], root=root
    )
    of_projects.stop()
    plan = Plan(
        parts={number: one for number, (_, one) in parts.items()},
        sections={number: one for number, (_, one) in sections.items()},
        measures={number: one for number, (_, one) in measures.items()},
        targets={record.target_id: record for _, record in targets},
        projects={record.project_id: record for _, record in projects},
        departments={**catalog.departments, **city.departments},
        target_rows={record.target_id: where for where, record in targets},
        year=city.plan_year,
    )
    for key, measure in measures.values():
        _check_measure(plan, catalog, measure, partial(_at_field, told, key))
    for where, target in targets:
        _check_target(plan, catalog, target, partial(of_targets.add, where))
    for where, project in projects:
        _check_project(plan, sources, project, partial(of_projects.add, where))
    if problems := [*outline.problems, *told.problems, *of_targets, *of_projects]:
        raise DataError(problems)
    return plan


Wrong = Callable[[str, str], None]  # takes rule and remedy
N = TypeVar("N", bound="Part | Section | Measure")


def _numbered(document: Document, model: type[N], key: str) -> dict[int, tuple[Key, N]]:
    """Read the records of a list by their numbers, each with the key it stands at."""
    found: dict[int, tuple[Key, N]] = {}
    for spot, record in document.records(model, key):
        if record.number in found:
            rule = f"number {record.number} stands twice"
            document.wrong((*spot, "number"), rule, "number each once")
        found[record.number] = spot, record
    return found


def _at_field(document: Document, key: Key, field: str, rule: str, remedy: str) -> None:
    document.wrong((*key, field), rule, remedy)


def _check_measure(
    plan: Plan, catalog: Catalog, item: Measure, wrong: Callable[[str, str, str], None]
) -> None:
    if item.section not in plan.sections:
        wrong("section", f"no section {item.section}", "add it to sections.yml")
    for one in item.departments:
        if one not in plan.departments:
            wrong(
                "departments",
                f"unknown department '{one}'",
                "use an id of data/departments.yml or of city.yml, or add it there",
            )
    if len(set(item.departments)) < len(item.departments):
        wrong("departments", "a department stands twice", "name each once")
    homes: tuple[tuple[str, Mapping[str, Any], str], ...] = (
        ("targets", plan.targets, "targets.csv"),
        ("projects", plan.projects, "projects.csv"),
        ("indicators", catalog, "data/catalog"),
    )
    for field, known, home in homes:
        for one in getattr(item, field):
            if one not in known:
                wrong(field, f"'{one}' is not in {home}", "mend the id or add it there")
            elif field != "indicators" and known[one].measure != item.number:
                wrong(
                    field,
                    f"'{one}' names measure {known[one].measure}",
                    "link it with the measure that its own row names",
                )


def _check_target(plan: Plan, catalog: Catalog, target: Target, wrong: Wrong) -> None:
    indicator = catalog.get(target.indicator)
    measure = plan.measures.get(target.measure)
    if indicator is None:
        wrong(
            f"target '{target.target_id}' has no indicator '{target.indicator}'",
            "mend the id or add the indicator to data/catalog",
        )
    else:
        expected = "%" if target.kind.relative else indicator.unit
        if target.unit != expected:
            wrong(*_wrong_unit(target.unit, expected))
    if not units.is_known(target.unit):
        wrong(f"unknown unit '{target.unit}'", "use a unit of the table")
    if measure is None:
        wrong(f"no measure {target.measure}", "add it to measures.yml")
        return
    if measure.section != target.section:
        wrong(
            f"measure {target.measure} stands in section {measure.section}, not {target.section}",
            "mend the section",
        )
    if target.target_id not in measure.targets:
        wrong(
            f"measure {target.measure} does not list '{target.target_id}'",
            "add it to the measure's targets in measures.yml",
        )


def _wrong_unit(unit: str, expected: str) -> tuple[str, str]:
    rule, remedy = f"unit '{unit}', catalogue says '{expected}'", "convert the value"
    if units.is_known(unit) and units.is_known(expected):
        try:
            units.factor(unit, expected)
        except PlanbookError as error:
            rule, remedy = f"{rule}, and {error}", "mend the unit or the indicator"
    return rule, remedy


def _check_project(
    plan: Plan, sources: Mapping[str, Source], project: PlanProject, wrong: Wrong
) -> None:
    measure = plan.measures.get(project.measure)
    if measure is None or project.project_id not in measure.projects:
        wrong(
            f"measure {project.measure} does not list '{project.project_id}'",
            "add it to the measure's projects in measures.yml",
        )
    for one in project.targets.split():
        if one not in plan.targets or plan.targets[one].measure != project.measure:
            wrong(
                f"'{one}' is no target of measure {project.measure}",
                "name a target_id of targets.csv under the same measure",
            )
    if project.unit and not units.is_known(project.unit):
        wrong(f"unknown unit '{project.unit}'", "use a unit of the table")
    if project.status != "unknown" and not project.source:
        wrong(f"status '{project.status}' without a source", "name the source, or write 'unknown'")
    if project.source and project.source not in sources:
        wrong(f"unknown source '{project.source}'", "add it to sources.yml")


def targets_frame(plan: Plan) -> pd.DataFrame:
    """Give the targets as a frame with the columns of the contract."""
    return pd.DataFrame([target.model_dump() for target in plan.targets.values()])


def projects_frame(plan: Plan) -> pd.DataFrame:
    """Give the projects as a frame with the columns of the contract."""
    return pd.DataFrame([project.model_dump() for project in plan.projects.values()])
