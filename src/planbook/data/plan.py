"""A city and its plan: load and check ``city.yml`` and the ``plan`` folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field, field_validator

from planbook.data import units
from planbook.data.catalog import Catalog, Department
from planbook.data.observations import Source
from planbook.data.targets import Target
from planbook.data.vintages import is_day
from planbook.errors import DataError, PlanbookError, Problem, relative
from planbook.files import table as csv_files
from planbook.files.records import M, Strict, Text, parse
from planbook.files.yaml import Key, place
from planbook.files.yaml import load as load_yaml

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
    """One section of the plan."""

    number: int
    part: int
    chapter: str | None = None
    title: Text
    question: Text
    summary: Text


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
    root : pathlib.Path, optional
        Messages name the file relative to this folder.

    Raises
    ------
    DataError
        If a key is unknown or missing, or the id is not the folder's name.
    """
    path = folder / "city.yml"
    data, lines = load_yaml(path, root)
    name = relative(path, root)
    city, problems = parse(City, data, file=name, lines=lines)
    if city and city.id != folder.name:
        problems.append(
            Problem(
                name,
                place(lines, ("id",)),
                f"id '{city.id}' is not the folder's name '{folder.name}'",
                "make the two the same",
            )
        )
    if problems or city is None:
        raise DataError(problems)
    return city


def read_table(
    path: Path, model: type[M], key: str, root: Path | None, dates: Iterable[str] = ()
) -> list[tuple[M, str]]:
    """Read a table of `model`; give each record with its row."""
    found, problems = csv_files.records(path, model, key=[key], dates=tuple(dates), root=root)
    if problems:  # at once: what refers to a row that is wrong would be called wrong, too
        raise DataError(problems)
    return [(record, where) for where, record in found]


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
    root : pathlib.Path, optional
        Messages name files relative to this folder.

    Raises
    ------
    DataError
        For an unknown key, column or department, a target without an
        indicator, a unit that is not the indicator's, or a link between
        measures, targets and projects that holds in one direction only.
    """
    departments = {**catalog.departments, **city.departments}
    problems: list[Problem] = []

    parts: dict[int, Part] = {}
    sections: dict[int, Section] = {}
    path = folder / "sections.yml"
    data, lines = load_yaml(path, root)
    name = relative(path, root)
    _only_keys(data, ("parts", "sections"), name, problems)
    for key, model, into in (("parts", Part, parts), ("sections", Section, sections)):
        for index, value in enumerate((data or {}).get(key) or []):
            record, wrong = parse(model, value, file=name, key=(key, index), lines=lines)
            problems += wrong
            if record is None:
                continue
            if record.number in into:
                problems.append(
                    Problem(
                        name,
                        place(lines, (key, index, "number")),
                        f"number {record.number} stands twice",
                        "number each once",
                    )
                )
            into[record.number] = record
            if isinstance(record, Section) and record.part not in parts:
                problems.append(
                    Problem(
                        name,
                        place(lines, (key, index, "part")),
                        f"no part {record.part}",
                        "add it under 'parts'",
                    )
                )

    measures, spots = _load_measures(folder / "measures.yml", root, problems)
    targets_path, projects_path = folder / "targets.csv", folder / "projects.csv"
    targets = read_table(targets_path, Target, "target_id", root)
    projects = read_table(projects_path, PlanProject, "project_id", root, ["status_date"])
    plan = Plan(
        parts=parts,
        sections=sections,
        measures=measures,
        targets={record.target_id: record for record, _ in targets},
        projects={record.project_id: record for record, _ in projects},
        departments=departments,
        target_rows={record.target_id: where for record, where in targets},
        year=city.plan_year,
    )
    problems += _check_measures(plan, catalog, relative(folder / "measures.yml", root), spots)
    problems += _check_targets(plan, catalog, targets, relative(targets_path, root))
    problems += _check_projects(plan, sources, projects, relative(projects_path, root))
    if problems:
        raise DataError(problems)
    return plan


def _only_keys(data: object, keys: tuple[str, ...], name: str, problems: list[Problem]) -> None:
    if not isinstance(data, dict):
        raise DataError(
            Problem(name, "", f"the file holds no mapping with {' and '.join(keys)}", "add it")
        )
    problems += [
        Problem(name, f"key {key}", "unknown key", f"use {' and '.join(keys)} only")
        for key in data
        if key not in keys
    ]


def _load_measures(
    path: Path, root: Path | None, problems: list[Problem]
) -> tuple[dict[int, Measure], dict[int, tuple[dict[Key, int], Key]]]:
    data, lines = load_yaml(path, root)
    name = relative(path, root)
    _only_keys(data, ("measures",), name, problems)
    found: dict[int, Measure] = {}
    spots = {}
    for index, value in enumerate((data or {}).get("measures") or []):
        key: Key = ("measures", index)
        record, wrong = parse(Measure, value, file=name, key=key, lines=lines)
        problems += wrong
        if record is None:
            continue
        if record.number in found:
            problems.append(
                Problem(
                    name,
                    place(lines, (*key, "number")),
                    f"measure {record.number} stands twice",
                    "number each measure once",
                )
            )
        found[record.number] = record
        spots[record.number] = (lines, key)
    return found, spots


def _check_measures(
    plan: Plan, catalog: Catalog, name: str, spots: Mapping[int, tuple[dict[Key, int], Key]]
) -> list[Problem]:
    problems = []
    for item in plan.measures.values():
        lines, key = spots[item.number]

        def report(
            field: str, rule: str, remedy: str, *, lines: dict = lines, key: Key = key
        ) -> None:
            problems.append(Problem(name, place(lines, (*key, field)), rule, remedy))

        if item.section not in plan.sections:
            report("section", f"no section {item.section}", "add it to sections.yml")
        for one in item.departments:
            if one not in plan.departments:
                report(
                    "departments",
                    f"unknown department '{one}'",
                    "use an id of data/departments.yml or of city.yml, or add it there",
                )
        if len(set(item.departments)) < len(item.departments):
            report("departments", "a department stands twice", "name each once")
        for field, known, home in (
            ("targets", plan.targets, "targets.csv"),
            ("projects", plan.projects, "projects.csv"),
            ("indicators", catalog, "data/catalog"),
        ):
            for one in getattr(item, field):
                if one not in known:
                    report(field, f"'{one}' is not in {home}", "mend the id or add it there")
        for field, records in (("targets", plan.targets), ("projects", plan.projects)):
            for one in getattr(item, field):
                if one in records and records[one].measure != item.number:
                    report(
                        field,
                        f"'{one}' names measure {records[one].measure}",
                        "link it with the measure that its own row names",
                    )
    return problems


def _check_targets(
    plan: Plan, catalog: Catalog, rows: list[tuple[Target, str]], name: str
) -> list[Problem]:
    problems = []
    for target, where in rows:
        indicator = catalog.get(target.indicator)
        measure = plan.measures.get(target.measure)
        if indicator is None:
            problems.append(
                Problem(
                    name,
                    where,
                    f"target '{target.target_id}' has no indicator '{target.indicator}'",
                    "mend the id or add the indicator to data/catalog",
                )
            )
        else:
            expected = "%" if target.kind.relative else indicator.unit
            if target.unit != expected:
                problems.append(_wrong_unit(target.unit, expected, name, where))
        if not units.is_known(target.unit):
            problems.append(
                Problem(name, where, f"unknown unit '{target.unit}'", "use a unit of the table")
            )
        if measure is None:
            problems.append(
                Problem(name, where, f"no measure {target.measure}", "add it to measures.yml")
            )
        else:
            if measure.section != target.section:
                problems.append(
                    Problem(
                        name,
                        where,
                        f"measure {target.measure} stands in section {measure.section}, "
                        f"not {target.section}",
                        "mend the section",
                    )
                )
            if target.target_id not in measure.targets:
                problems.append(
                    Problem(
                        name,
                        where,
                        f"measure {target.measure} does not list '{target.target_id}'",
                        "add it to the measure's targets in measures.yml",
                    )
                )
    return problems


def _wrong_unit(unit: str, expected: str, name: str, where: str) -> Problem:
    rule, remedy = f"unit '{unit}', catalogue says '{expected}'", "convert the value"
    if units.is_known(unit) and units.is_known(expected):
        try:
            units.factor(unit, expected)
        except PlanbookError as error:
            rule, remedy = f"{rule}, and {error}", "mend the unit or the indicator"
    return Problem(name, where, rule, remedy)


def _check_projects(
    plan: Plan, sources: Mapping[str, Source], rows: list[tuple[PlanProject, str]], name: str
) -> list[Problem]:
    problems = []
    for project, where in rows:
        measure = plan.measures.get(project.measure)
        if measure is None or project.project_id not in measure.projects:
            problems.append(
                Problem(
                    name,
                    where,
                    f"measure {project.measure} does not list '{project.project_id}'",
                    "add it to the measure's projects in measures.yml",
                )
            )
        for one in project.targets.split():
            if one not in plan.targets or plan.targets[one].measure != project.measure:
                problems.append(
                    Problem(
                        name,
                        where,
                        f"'{one}' is no target of measure {project.measure}",
                        "name a target_id of targets.csv under the same measure",
                    )
                )
        if project.unit and not units.is_known(project.unit):
            problems.append(
                Problem(name, where, f"unknown unit '{project.unit}'", "use a unit of the table")
            )
        if project.status != "unknown" and not project.source:
            problems.append(
                Problem(
                    name,
                    where,
                    f"status '{project.status}' without a source",
                    "name the source, or write 'unknown'",
                )
            )
        if project.source and project.source not in sources:
            problems.append(
                Problem(name, where, f"unknown source '{project.source}'", "add it to sources.yml")
            )
    return problems


def targets_frame(plan: Plan) -> pd.DataFrame:
    """Give the targets as a frame with the columns of the contract."""
    return pd.DataFrame([target.model_dump() for target in plan.targets.values()])


def projects_frame(plan: Plan) -> pd.DataFrame:
    """Give the projects as a frame with the columns of the contract."""
    return pd.DataFrame([project.model_dump() for project in plan.projects.values()])
