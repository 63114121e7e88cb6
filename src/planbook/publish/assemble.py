"""Put both editions together, check the pages and publish them in one step."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from planbook.errors import BuildError
from planbook.models import LANGS
from planbook.project import Project
from planbook.publish import pages
from planbook.publish.checks import check_site, raise_problems
from planbook.publish.edition import book_title, edition_files
from planbook.publish.kept import Kept, alone, code, digest, key_of, packages, tree
from planbook.publish.renderer import Job, Renderer
from planbook.publish.site import copy_pages, explain, recover, swap_into_place, write_landing
from planbook.publish.views import views
from planbook.text import say
from planbook.view import View

CACHE = ".cache"  # folder of _build with what the next build may use


def publish(
    project: Project,
    langs: Sequence[str],
    *,
    as_of: int,
    horizon: int,
    level: int,
    progress: Callable[[str, object], None] | None = None,
) -> int:
    """Render the executed chapters and publish the site.

    Parameters
    ----------
    project : Project
    langs : sequence of str
        Editions to render; one that is left out keeps its published pages.
    as_of, horizon : int
        Years: at whose end the book stands, and the last one forecast.
    level : int
        Of intervals, in per cent.
    progress : callable, optional
        Called with an event's name and its subject.

    Returns
    -------
    int
        HTML pages published.

    Raises
    ------
    BuildError
        If an edition, a page or the rendering fails. The published book is
        untouched in every case.
    """
    report = progress or (lambda _event, _item: None)
    where = project.paths
    site, cache = where.build / "html", where.build / CACHE
    where.build.mkdir(exist_ok=True)
    recover(site)
    remove_abandoned(where.build)
    draft = Path(tempfile.mkdtemp(prefix=f".draft-{os.getpid()}-", dir=where.build))
    try:
        html = draft / "html"
        html.mkdir()
        shown = views(project, LANGS, as_of=as_of, horizon=horizon, level=level)
        for lang in LANGS:
            if lang not in langs and (site / lang).is_dir():
                shutil.copytree(site / lang, html / lang)
        present = [lang for lang in LANGS if lang in langs or (html / lang).is_dir()]
        with alone(cache) as held:
            # Another build may be at work there; then this one keeps nothing.
            folder = draft if held is None else cache
            render_editions(
                project,
                {lang: shown[lang] for lang in LANGS if lang in langs},
                {lang: Kept(folder / f"render-{lang}") for lang in langs},
                html,
                both=len(present) == len(LANGS),
                held=held or (),
                report=report,
            )
        write_landing(
            html,
            title={lang: book_title(project, lang) for lang in present},
            subtitle={lang: project.city.plan_title[lang] for lang in present},
            summary_html_by_lang={lang: pages.landing_summary(shown[lang]) for lang in present},
            footer={lang: say("footer_line", lang, year=as_of) for lang in present},
            langs=present,
        )
        report("pages", html)
        raise_problems(check_site(html, known=cache / "checked.json"))
        count = len(list(html.rglob("*.html")))
        for folder in (html, *html.rglob("*")):
            folder.chmod(0o755 if folder.is_dir() else 0o644)
        report("publish", site)
        swap_into_place(html, site)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return count


def render_editions(
    project: Project,
    shown: Mapping[str, View],
    kept: Mapping[str, Kept],
    html: Path,
    *,
    both: bool,
    held: tuple[int, ...],
    report: Callable[[str, object], None],
) -> None:
    """Render editions side by side: of each, what has changed since its last rendering.

    Parameters
    ----------
    project : Project
    shown : mapping of str to View
        By language.
    kept : mapping of str to Kept
        What the last rendering left, by language.
    html : pathlib.Path
        The folder of each edition is made in it.
    both : bool
        Whether two editions are published.
    held : tuple of int
        File descriptors that the rendering processes shall hold.
    report : callable

    Raises
    ------
    BuildError
        With the warnings of every edition that has any; nothing of it is kept.
    """
    common = [code(), packages(), tree(project.paths.book / "_static")]
    keys: dict[str, str] = {}
    started: list[str] = []
    with Renderer(held) as renderer:
        for lang, view in shown.items():
            report("render", lang)
            state = kept[lang]
            files = edition_files(project, view, both=both)
            settings = [files[name].decode("utf-8") for name in ("_config.yml", "_toc.yml")]
            keys[lang] = key_of(*common, *settings, *sorted(files), str(state.folder.resolve()))
            before = state.open(keys[lang])
            state.fill_stage(files)
            changed = [name for name in files if before.get(name) != digest(files[name])]
            if changed:
                pages_changed = tuple(name.rpartition(".")[0] for name in changed)
                names = (str(state.stage.resolve()), str(state.html.resolve()), str(state.log))
                renderer.start(Job(lang, *names, changed=pages_changed if before else ()))
                started.append(lang)
        succeeded = renderer.results() if started else {}
    faults = []
    for lang, state in kept.items():
        if succeeded.get(lang, True):
            state.seal(keys[lang])
            copy_pages(state.html, html / lang)
        else:
            faults.append(explain(state.log, state.stage.resolve(), lang))
            state.drop()
    if faults:
        raise BuildError("\n".join(faults))


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
