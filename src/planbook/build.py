"""Build the book: check, execute, stage, render, check pages, publish in one step."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml

from planbook import paths as project_paths
from planbook.errors import BuildError, PlanbookError
from planbook.execute import Outcome, Parent, Settings, Task, run
from planbook.files import write_atomically
from planbook.models import LANGS
from planbook.project import Project
from planbook.project import load as load_project
from planbook.publish import pages
from planbook.publish.checks import check_site, raise_problems
from planbook.publish.config import edition_config, edition_toc
from planbook.publish.departments import department_page
from planbook.publish.site import build_edition, recover, swap_into_place, write_landing
from planbook.text import say
from planbook.view import View
from planbook.yamlio import load as load_yaml

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
    as_of: int,
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
    as_of: int = 0,
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
    as_of : int, optional
        Year at whose end the book stands; 0 takes the city's own.
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

    where.build.mkdir(exist_ok=True)
    site = where.build / "html"
    recover(site)
    remove_abandoned(where.build)
    draft = Path(tempfile.mkdtemp(prefix=f".draft-{os.getpid()}-", dir=where.build))
    try:
        html = draft / "html"
        html.mkdir()
        summaries = {}
        for lang in LANGS:
            view = View(project, lang, year, HORIZON, LEVEL)
            summaries[lang] = pages.landing_summary(view)
            if lang not in langs:
                published = site / lang
                if published.is_dir():
                    shutil.copytree(published, html / lang)
                continue
            report("render", lang)
            stage = draft / f"stage-{lang}"
            both = len(langs) == len(LANGS) or any(
                (site / other).is_dir() for other in LANGS if other != lang
            )
            stage_edition(project, view, stage, both=both)
            build_edition(stage, html / lang, lang=lang)
        present = [lang for lang in LANGS if (html / lang).is_dir()]
        write_landing(
            html,
            title={lang: book_title(project, lang) for lang in present},
            subtitle={lang: project.city.plan_title[lang] for lang in present},
            summary_html_by_lang={lang: summaries[lang] for lang in present},
            footer={lang: say("footer_line", lang, year=year) for lang in present},
            langs=present,
        )
        report("pages", html)
        raise_problems(check_site(html))
        count = len(list(html.rglob("*.html")))
        for folder in (html, *html.rglob("*")):
            folder.chmod(0o755 if folder.is_dir() else 0o644)
        report("publish", site)
        swap_into_place(html, site)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Built(site, tuple(outcomes), count)


def remove_abandoned(folder: Path) -> None:
    """Remove the drafts of builds that were killed; those of running ones stay.

    Parameters
    ----------
    folder : pathlib.Path
        ``_build``.
    """
    for draft in folder.glob(".draft-*-*"):
        process = draft.name.split("-")[1]
        if not process.isdigit() or not psutil.pid_exists(int(process)):
            shutil.rmtree(draft, ignore_errors=True)


def book_title(project: Project, lang: str) -> str:
    """Name the book."""
    return say("book_title", lang, city=project.city.name[lang])


def stage_edition(project: Project, view: View, stage: Path, *, both: bool = True) -> None:
    """Lay out the sources of one edition as Jupyter Book wants them.

    Parameters
    ----------
    project : Project
    view : View
        Of the edition.
    stage : pathlib.Path
        Folder to fill; made if missing.
    both : bool, optional
        Whether the other edition is published beside this one.

    Raises
    ------
    BuildError
        If the book has no configuration or an executed chapter is missing.
    """
    where, lang = project.paths, view.lang
    stage.mkdir(parents=True, exist_ok=True)
    base, _ = load_yaml(where.root / "_config.yml", where.root)
    config = edition_config(
        base,
        lang,
        title=book_title(project, lang),
        author=view.say("book_author"),
        updated=view.say("footer_line", year=view.as_of),
        static_path=os.fspath(where.book / "_static"),
        with_other_edition=both,
    )
    toc = edition_toc(pages.contents(project), lang, captions=pages.captions(project, lang))
    for name, data in (("_config.yml", config), ("_toc.yml", toc)):
        text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        (stage / name).write_text(text, encoding="utf-8")
    for source in sorted((where.book / lang).glob("*.md")):
        text = source.read_text(encoding="utf-8").replace(f"../chapters/{lang}/", "chapters/")
        text = pages.fill(text, view)
        (stage / source.name).write_text(text, encoding="utf-8")
    folder = stage / "chapters"
    folder.mkdir(exist_ok=True)
    for section in project.plan.sections.values():
        page = project.page_of(section)
        executed = where.book / "chapters" / lang / f"{page}.ipynb"
        if page.startswith("section_"):
            _write_page(folder, executed.with_suffix(".md"), pages.section_page(view, section))
            continue
        if not executed.exists():
            raise BuildError(f"{page} ({lang}) has not been executed; run 'planbook build'")
        text = executed.read_text(encoding="utf-8").replace(f"../book/{lang}/", "../")
        (folder / executed.name).write_text(text, encoding="utf-8")
    for page in pages.department_names(project):
        text = department_page(view, page.removeprefix(pages.DEPARTMENT))
        _write_page(folder, where.book / "chapters" / lang / f"{page}.md", text)


def _write_page(staged: Path, kept: Path, text: str) -> None:
    """Write a page made from the plan to the stage, and where plain Jupyter Book finds it."""
    (staged / kept.name).write_text(text, encoding="utf-8")
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(kept, text.encode("utf-8"))
