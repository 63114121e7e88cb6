"""Put both editions together, check the pages and publish them in one step."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from planbook.data.city import CityData
from planbook.data.snapshots import SITE_FILE
from planbook.files import atomic as files
from planbook.files.records import LANGS
from planbook.publish.cache import CACHE
from planbook.publish.checks.page import Known
from planbook.publish.checks.site import check_site, raise_problems
from planbook.publish.pages.edition import SUMMARY, book_title, edition_files, footer
from planbook.publish.pages.landing import write_landing
from planbook.publish.prepare import Ahead
from planbook.publish.sphinx.rendering import Workshop, render_editions
from planbook.publish.swap import recover, swap_into_place

CHECKED = "checked.json"


def publish(
    project: CityData,
    langs: Sequence[str],
    ahead: Ahead,
    *,
    as_of: int | str,
    report: Callable[[str, object], None],
) -> int:
    """Render the executed chapters and publish the site.

    Raises `BuildError` if an edition, a page or the rendering fails. The published book is
    untouched in every case.
    """
    where = project.paths
    site, cache = where.site, where.build / CACHE
    where.build.mkdir(parents=True, exist_ok=True)
    recover(site)
    remove_abandoned(where.build, where.book / "chapters")
    draft = Path(tempfile.mkdtemp(prefix=f".draft-{os.getpid()}-", dir=where.build))
    try:
        html = draft / "html"
        html.mkdir()
        for lang in LANGS:
            if lang not in langs and (site / lang).is_dir():
                shutil.copytree(site / lang, html / lang)
        present = [lang for lang in LANGS if lang in langs or (html / lang).is_dir()]
        known = Known(cache / CHECKED, ahead.stamp)
        # Another build may be at work there; then this one keeps nothing.
        shop = Workshop(cache if ahead.lock.take() else draft, ahead.stamp, cache / CHECKED)
        both = len(present) == len(LANGS)

        def sources() -> Iterator[tuple[str, dict[str, bytes]]]:
            for lang in present:
                if lang in langs:
                    report("render", lang)
                    made = ahead.made.of(lang)
                    yield lang, edition_files(project, lang, made, as_of=as_of, both=both)

        if not ahead.made.is_kept:
            ahead.renderer.prepare()
        static = where.book / "_static"
        render_editions(
            sources(), html, shop, static=static, renderer=ahead.renderer, inputs=ahead.inputs
        )
        for lang in langs:
            known.add(shop.learned(lang))
            shop.learned(lang).unlink(missing_ok=True)
        write_landing(
            html,
            title={lang: book_title(project, lang) for lang in present},
            subtitle={lang: project.city.plan_title[lang] for lang in present},
            summary_html_by_lang={lang: ahead.made.of(lang)[SUMMARY] for lang in present},
            footer={lang: footer(as_of, lang) for lang in present},
            langs=present,
        )
        (html / SITE_FILE).write_bytes(ahead.made.snapshot())
        report("pages", html)
        raise_problems(check_site(html, known=known))
        known.save(cache / CHECKED)
        count = len(list(html.rglob("*.html")))
        for folder in (html, *html.rglob("*")):
            folder.chmod(0o755 if folder.is_dir() else 0o644)
        report("publish", site)
        swap_into_place(html, site)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return count


def remove_abandoned(build: Path, *folders: Path) -> None:
    """Remove the drafts and half-written files of builds that were killed.

    Those of running ones stay.
    """
    for draft in build.glob(".draft-*-*"):
        if not files.is_running(draft.name.split("-")[1]):
            shutil.rmtree(draft, ignore_errors=True)
    for folder in (build, *folders):
        files.remove_abandoned(folder.rglob("*-*.part"))
