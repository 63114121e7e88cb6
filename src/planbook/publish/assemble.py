"""Put both editions together, check the pages and publish them in one step."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from planbook.models import LANGS
from planbook.project import Project
from planbook.publish import pages
from planbook.publish.checks import check_site, raise_problems
from planbook.publish.edition import book_title, stage_edition
from planbook.publish.site import build_edition, recover, swap_into_place, write_landing
from planbook.text import say
from planbook.view import View


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
    where, year = project.paths, as_of
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
            view = View(project, lang, year, horizon, level)
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
    return count


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
