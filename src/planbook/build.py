"""Build the book: check, execute, stage, render, check pages, publish in one step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from planbook import fingerprints
from planbook import paths as project_paths
from planbook.errors import PlanbookError
from planbook.execute import Outcome, Parent, Settings, Task, run
from planbook.models import LANGS
from planbook.project import Project
from planbook.project import load as load_project
from planbook.publish import pages
from planbook.publish.assemble import publish
from planbook.publish.manifest import inputs_of

HORIZON, LEVEL = 2030, 95  # the plan's last deadline; per cent


@dataclass(frozen=True)
class Built:
    """What a build did.

    Attributes
    ----------
    site : pathlib.Path
        Folder of the published book.
    outcomes : tuple of Outcome
        One for each notebook and edition.
    pages : int
        HTML pages published.
    """

    site: Path
    outcomes: tuple[Outcome, ...]
    pages: int


def tasks(
    project: Project,
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
            output=project.paths.book / "chapters" / lang / f"{chapter}.ipynb",
            parameters={
                "city": project.city.id,
                "lang": lang,
                "as_of": as_of,
                "horizon": horizon,
                "level": level,
            },
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
    progress: Callable[[str, object], None] | None = None,
    settings: Settings | None = None,
    parent: Parent | None = None,
) -> Built:
    """Build and publish the book of `city`.

    Parameters
    ----------
    city : str
        Folder of ``data/cities``.
    root : Paths, optional
        The project; found from the working directory by default.
    langs : sequence of str, optional
        Editions; one that is left out keeps its published pages.
    chapters : sequence of str, optional
        Notebooks executed afresh. The others are reused while nothing they
        depend on has changed, and executed otherwise: no page is ever stale.
    jobs : int, optional
        Notebooks executed at a time.
    as_of : int or str, optional
        Year or day at whose end the book stands; 0 takes the city's own.
    force : bool, optional
        Execute every notebook.
    progress : callable, optional
        Called with an event's name and its subject.
    settings : Settings, optional
        How notebooks are executed; `jobs` counts where they are not given.
    parent : Parent, optional
        Of warm kernels, where the caller has started one already.

    Returns
    -------
    Built
        A chapter that failed and had been executed before is published as it
        was, and says so on its page; its outcome has the `failure`.

    Raises
    ------
    DataError
        If the data break a rule; nothing is executed.
    BuildError
        If a notebook fails that has no earlier version (or any, where the settings
        are strict), or a page or the rendering fails. The published book is
        untouched in every case.
    """
    report = progress or (lambda _event, _item: None)
    where = root or project_paths.find()
    inputs, hashes = inputs_of(where), fingerprints.data(where, city)
    report("check", city)
    project = load_project(city, where)
    known = pages.chapters(project)
    if unknown := [name for name in chapters if name not in known]:
        raise PlanbookError(
            f"--chapters: no chapter {', '.join(unknown)}; there are {', '.join(known)}"
        )
    year = as_of or project.city.as_of
    work = tasks(project, langs, as_of=year)
    report("tasks", work)
    outcomes = run(
        work,
        where,
        force=force or list(chapters),
        progress=report,
        settings=settings or Settings(jobs=jobs),
        project=project,
        parent=parent,
    )
    count = publish(
        project,
        langs,
        as_of=year,
        horizon=HORIZON,
        level=LEVEL,
        inputs=inputs,
        hashes=hashes,
        progress=progress,
    )
    return Built(where.build / "html", tuple(outcomes), count)
