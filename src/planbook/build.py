"""Build books: check, execute, stage, render, check pages, publish in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planbook.analysis.as_of import HORIZON
from planbook.data import paths as project_paths
from planbook.data.city import CityData
from planbook.data.city import load as load_project
from planbook.errors import BuildError, DataError, PlanbookError, Problem
from planbook.execute.order import Task
from planbook.execute.request import Request
from planbook.execute.runner import Execution, run, run_all
from planbook.publish.assemble import publish
from planbook.publish.cache import CACHE
from planbook.publish.pages import sections as pages
from planbook.publish.pages.kept_pages import Made, basis
from planbook.publish.prepare import Ahead

LEVEL = 95  # per cent


@dataclass(frozen=True)
class Built:
    """What a build did for one city."""

    site: Path  # folder of the published book
    outcomes: tuple[Execution, ...]  # one for each notebook and edition
    pages: int  # HTML pages published; 0 if it failed
    failure: str = ""  # why the book could not be published; its earlier state stands then


def tasks(project: CityData, request: Request) -> list[Task]:
    """List the notebooks to execute for the editions asked for."""
    settings = {"as_of": project.asked(request.as_of), "horizon": HORIZON, "level": LEVEL}
    return [
        Task(
            notebook=project.paths.notebooks / f"{chapter}.ipynb",
            output=project.paths.chapters / lang / f"{chapter}.ipynb",
            parameters={"city": project.city.id, "lang": lang, **settings},
            book=project.paths.own,
        )
        for chapter in pages.chapters(project)
        for lang in request.langs
    ]


def build(
    city: str, request: Request | None = None, *, root: project_paths.Paths | None = None
) -> Built:
    """Build and publish the book of `city`.

    Raises `DataError` if the data break a rule; nothing is executed. Raises `BuildError` if a
    notebook fails that has no earlier version (or any, where the request is strict), or a page or
    the rendering fails. The published book is untouched in every case.
    """
    request = request or Request()
    where = root or project_paths.find()
    before = _look(city, where, request)
    project = load_project(city, where)
    _check_chapters(request.chapters, pages.chapters(project))
    work = tasks(project, request)
    request.progress("tasks", work)
    with _ahead(project, before, request) as ahead:
        outcomes = run(work, where, request, project=project, meanwhile=ahead.start)
        return _published(project, ahead, request, outcomes)


def build_cities(
    cities: Sequence[str],
    request: Request | None = None,
    *,
    root: project_paths.Paths | None = None,
) -> dict[str, Built]:
    """Build and publish the books of several cities, each below ``_build/cities``.

    All of them share one parent of warm kernels and one pool of tasks. A city's data
    are held only while they are needed, so memory does not grow with their number.

    Raises `DataError` if the data of a city break a rule; nothing is executed.
    """
    request = request or Request()
    where = root or project_paths.find()
    before: dict[str, str] = {}
    work: dict[str, list[Task]] = {}
    problems: dict[Problem, None] = {}  # files that cities share tell theirs once
    for city in dict.fromkeys(cities):
        before[city] = _look(city, where.of(city), request)
        try:
            work[city] = tasks(load_project(city, where.of(city)), request)
        except DataError as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise DataError(list(problems))
    every = [task for found in work.values() for task in found]
    _check_chapters(request.chapters, list(dict.fromkeys(task.notebook.stem for task in every)))
    request.progress("tasks", every)
    outcomes = run_all(every, where, request)
    built = {}
    for city in work:
        own = [one for one in outcomes if one.task.book == city]
        failed = [one.failure for one in own if one.failure and not one.made]
        try:
            if failed:
                raise BuildError("\n".join(sorted(failed)))
            project = load_project(city, where.of(city))
            with _ahead(project, before[city], request) as ahead:
                built[city] = _published(project, ahead, request, own)
        except PlanbookError as error:
            built[city] = Built(where.of(city).site, tuple(own), 0, str(error))
    return built


def _look(city: str, where: project_paths.Paths, request: Request) -> str:
    """Hash what a book is made of before anything is read, and tell that its check begins."""
    for path in where.inputs(city):
        request.inputs.of(path)
    before = basis(where, request.inputs)
    request.progress("check", city)
    return before


def _check_chapters(asked: Sequence[str], known: Sequence[str]) -> None:
    if unknown := [name for name in asked if name not in known]:
        raise PlanbookError(
            f"--chapters: no chapter {', '.join(unknown)}; there are {', '.join(known)}"
        )


def _ahead(project: CityData, before: str, request: Request) -> Ahead:
    """Give what can be made before all chapters are executed."""
    cache = project.paths.build / CACHE
    made = Made(
        project,
        before,
        cache / "made.json",
        as_of=project.asked(request.as_of),
        horizon=HORIZON,
        level=LEVEL,
        inputs=request.inputs,
    )
    return Ahead(made, request.langs, cache, request.inputs)


def _published(
    project: CityData, ahead: Ahead, request: Request, outcomes: Sequence[Execution]
) -> Built:
    as_of = project.asked(request.as_of)
    count = publish(project, request.langs, ahead, as_of=as_of, report=request.progress)
    return Built(project.paths.site, tuple(outcomes), count)
