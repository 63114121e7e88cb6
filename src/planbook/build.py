"""Build books: check, execute, stage, render, check pages, publish in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from planbook.analysis.changes import fingerprints
from planbook.data import paths as project_paths
from planbook.data.city import CityData
from planbook.data.city import load as load_project
from planbook.errors import BuildError, DataError, PlanbookError, Problem
from planbook.execute.pools import Pool
from planbook.execute.runner import Execution, Parent, Settings, run, run_all
from planbook.execute.task import Task
from planbook.files.records import LANGS
from planbook.publish.assemble import ahead_of, publish
from planbook.publish.manifest import inputs_of
from planbook.publish.pages import sections as pages
from planbook.publish.prepare import Ahead

HORIZON, LEVEL = 2030, 95  # the plan's last deadline; per cent
Report = Callable[[str, object], None]


@dataclass(frozen=True)
class Built:
    """What a build did for one city."""

    site: Path  # folder of the published book
    outcomes: tuple[Execution, ...]  # one for each notebook and edition
    pages: int  # HTML pages published; 0 if it failed
    failure: str = ""  # why the book could not be published; its earlier state stands then


def tasks(
    project: CityData,
    langs: Sequence[str],
    *,
    as_of: int | str,
    horizon: int = HORIZON,
    level: int = LEVEL,
) -> list[Task]:
    """List the notebooks to execute for `langs`."""
    return [
        Task(
            notebook=project.paths.notebooks / f"{chapter}.ipynb",
            output=project.paths.chapters / lang / f"{chapter}.ipynb",
            parameters={
                "city": project.city.id,
                "lang": lang,
                "as_of": as_of,
                "horizon": horizon,
                "level": level,
            },
            book=project.paths.own,
        )
        for chapter in pages.chapters(project)
        for lang in langs
    ]


def build(
    city: str,
    *,
    root: project_paths.Paths | None = None,
    langs: Sequence[str] = LANGS,
    chapters: Sequence[str] = (),
    jobs: int = 1,
    as_of: int | str = 0,
    force: bool = False,
    progress: Report | None = None,
    settings: Settings | None = None,
    parent: Parent | None = None,
    executor: Executor | Pool | None = None,
) -> Built:
    """Build and publish the book of `city`.

    Raises `DataError` if the data break a rule; nothing is executed. Raises `BuildError` if a
    notebook fails that has no earlier version (or any, where the settings are strict), or a page or
    the rendering fails. The published book is untouched in every case.
    """
    report = progress or (lambda _event, _item: None)
    where = root or project_paths.find()
    inputs, hashes = inputs_of(where, city), fingerprints.data(where, city)
    report("check", city)
    project = load_project(city, where)
    _check_chapters(chapters, pages.chapters(project))
    work = tasks(project, langs, as_of=as_of or project.city.as_of)
    report("tasks", work)
    with _ahead(project, inputs, hashes, langs, as_of) as ahead:
        outcomes = run(
            work,
            where,
            force=force or list(chapters),
            progress=report,
            settings=settings or Settings(jobs=jobs),
            project=project,
            parent=parent,
            executor=executor,
            meanwhile=ahead.start,
        )
        return _published(project, ahead, langs, as_of, outcomes, report)


def build_cities(
    cities: Sequence[str],
    *,
    root: project_paths.Paths | None = None,
    langs: Sequence[str] = LANGS,
    chapters: Sequence[str] = (),
    jobs: int = 1,
    as_of: int | str = 0,
    force: bool = False,
    progress: Report | None = None,
    settings: Settings | None = None,
    parent: Parent | None = None,
    executor: Executor | Pool | None = None,
) -> dict[str, Built]:
    """Build and publish the books of several cities, each below ``_build/cities``.

    All of them share one parent of warm kernels and one pool of tasks. A city's data
    are held only while they are needed, so memory does not grow with their number.

    Raises `DataError` if the data of a city break a rule; nothing is executed.
    """
    report = progress or (lambda _event, _item: None)
    where = root or project_paths.find()
    inputs: dict[str, tuple[Mapping[str, str], Mapping[str, str]]] = {}
    work: dict[str, list[Task]] = {}
    problems: dict[Problem, None] = {}  # files that cities share tell theirs once
    for city in dict.fromkeys(cities):
        inputs[city] = inputs_of(where, city), fingerprints.data(where, city)
        report("check", city)
        try:
            project = load_project(city, where.of(city))
        except DataError as error:
            problems |= dict.fromkeys(error.problems)
            continue
        work[city] = tasks(project, langs, as_of=as_of or project.city.as_of)
    if problems:
        raise DataError(list(problems))
    every = [task for found in work.values() for task in found]
    _check_chapters(chapters, list(dict.fromkeys(task.notebook.stem for task in every)))
    report("tasks", every)
    outcomes = run_all(
        every,
        where,
        force=force or list(chapters),
        progress=report,
        settings=settings or Settings(jobs=jobs),
        parent=parent,
        executor=executor,
    )
    built = {}
    for city in work:
        own = [one for one in outcomes if one.task.book == city]
        failed = [one.failure for one in own if one.failure and not one.made]
        try:
            if failed:
                raise BuildError("\n".join(sorted(failed)))
            project = load_project(city, where.of(city))
            with _ahead(project, *inputs[city], langs, as_of) as ahead:
                built[city] = _published(project, ahead, langs, as_of, own, report)
        except PlanbookError as error:
            built[city] = Built(where.of(city).site, tuple(own), 0, str(error))
    return built


def _check_chapters(asked: Sequence[str], known: Sequence[str]) -> None:
    if unknown := [name for name in asked if name not in known]:
        raise PlanbookError(
            f"--chapters: no chapter {', '.join(unknown)}; there are {', '.join(known)}"
        )


def _ahead(
    project: CityData,
    inputs: Mapping[str, str],
    hashes: Mapping[str, str],
    langs: Sequence[str],
    as_of: int | str,
) -> Ahead:
    return ahead_of(
        project,
        langs,
        as_of=as_of or project.city.as_of,
        horizon=HORIZON,
        level=LEVEL,
        inputs=inputs,
        hashes=hashes,
    )


def _published(
    project: CityData,
    ahead: Ahead,
    langs: Sequence[str],
    as_of: int | str,
    outcomes: Sequence[Execution],
    report: Report,
) -> Built:
    count = publish(project, langs, ahead, as_of=as_of or project.city.as_of, progress=report)
    return Built(project.paths.site, tuple(outcomes), count)
