"""Put both editions together, check the pages and publish them in one step."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from planbook.errors import BuildError
from planbook.models import LANGS
from planbook.project import Project
from planbook.publish import manifest
from planbook.publish.checks import check_site, raise_problems
from planbook.publish.edition import SUMMARY, book_title, edition_files, made_pages
from planbook.publish.kept import Kept, alone, code, digest, key_of, packages, save, saved, tree
from planbook.publish.manifest import CACHE
from planbook.publish.page_facts import Known
from planbook.publish.renderer import Job, Renderer
from planbook.publish.site import copy_pages, explain, recover, swap_into_place, write_landing
from planbook.publish.views import views
from planbook.text import say
from planbook.view import View

CHECKED = "checked.json"


def publish(
    project: Project,
    langs: Sequence[str],
    *,
    as_of: int,
    horizon: int,
    level: int,
    inputs: Mapping[str, str] | None = None,
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
    inputs : mapping of str to str, optional
        What `manifest.inputs_of` gave before the project was loaded; without it pages
        made from the data are made anew, and no later build can tell that nothing
        has changed.
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
        made = Made(project, inputs, cache / "made.json", as_of=as_of, horizon=horizon, level=level)
        for lang in LANGS:
            if lang not in langs and (site / lang).is_dir():
                shutil.copytree(site / lang, html / lang)
        present = [lang for lang in LANGS if lang in langs or (html / lang).is_dir()]
        stamp = key_of(code(), packages())
        known = Known(cache / CHECKED, stamp)
        with alone(cache) as held:
            # Another build may be at work there; then this one keeps nothing.
            folder = draft if held is None else cache
            render_editions(
                project,
                made,
                {lang: Kept(folder / f"render-{lang}") for lang in LANGS if lang in langs},
                html,
                as_of=as_of,
                both=len(present) == len(LANGS),
                held=held or (),
                stamp=stamp,
                known=cache / CHECKED,
                report=report,
            )
            for lang in langs:
                known.add(folder / f"learned-{lang}.json")
        write_landing(
            html,
            title={lang: book_title(project, lang) for lang in present},
            subtitle={lang: project.city.plan_title[lang] for lang in present},
            summary_html_by_lang={lang: made.of(lang)[SUMMARY] for lang in present},
            footer={lang: say("footer_line", lang, year=as_of) for lang in present},
            langs=present,
        )
        report("pages", html)
        raise_problems(check_site(html, known=known))
        known.save(cache / CHECKED)
        count = len(list(html.rglob("*.html")))
        for folder in (html, *html.rglob("*")):
            folder.chmod(0o755 if folder.is_dir() else 0o644)
        report("publish", site)
        manifest.forget(where)
        swap_into_place(html, site)
        if inputs is not None:
            manifest.write(where, inputs, city=project.city.id, langs=langs, as_of=as_of)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return count


def render_editions(
    project: Project,
    made: Made,
    kept: Mapping[str, Kept],
    html: Path,
    *,
    as_of: int,
    both: bool,
    held: tuple[int, ...],
    stamp: str,
    known: Path,
    report: Callable[[str, object], None],
) -> None:
    """Render editions side by side: of each, what has changed since its last rendering.

    Parameters
    ----------
    project : Project
    made : Made
        Pages made from the data.
    kept : mapping of str to Kept
        What the last rendering left, by language.
    html : pathlib.Path
        The folder of each edition is made in it.
    as_of : int
        Year at whose end the book stands.
    both : bool
        Whether two editions are published.
    held : tuple of int
        File descriptors that the rendering processes shall hold.
    stamp : str
        Hash of the program and of the packages installed.
    known : pathlib.Path
        File of what is known of pages by their bytes.
    report : callable

    Raises
    ------
    BuildError
        With the warnings of every edition that has any; nothing of it is kept.
    """
    common = [stamp, tree(project.paths.book / "_static")]
    keys: dict[str, str] = {}
    started: list[str] = []
    with Renderer(held) as renderer:
        for lang, state in kept.items():
            report("render", lang)
            files = edition_files(project, lang, made.of(lang), as_of=as_of, both=both)
            settings = [files[name].decode("utf-8") for name in ("_config.yml", "_toc.yml")]
            keys[lang] = key_of(*common, *settings, *sorted(files), str(state.folder.resolve()))
            before = state.open(keys[lang])
            state.fill_stage(files)
            changed = [name for name in files if before.get(name) != digest(files[name])]
            if changed:
                pages_changed = tuple(name.rpartition(".")[0] for name in changed)
                names = (str(state.stage.resolve()), str(state.html.resolve()), str(state.log))
                renderer.start(
                    Job(
                        lang,
                        *names,
                        changed=pages_changed if before else (),
                        stamp=stamp,
                        known=str(known),
                        learned=str(state.folder.with_name(f"learned-{lang}.json")),
                    )
                )
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


class Made:
    """The pages made from the data alone, kept while nothing they come from changes.

    Parameters
    ----------
    project : Project
    inputs : mapping of str to str or None
        See `publish`.
    path : pathlib.Path
        File that keeps the pages.
    as_of, horizon : int
        Years.
    level : int
        Per cent.
    """

    def __init__(
        self,
        project: Project,
        inputs: Mapping[str, str] | None,
        path: Path,
        *,
        as_of: int,
        horizon: int,
        level: int,
    ) -> None:
        self._project, self._path = project, path
        self._settings = {"as_of": as_of, "horizon": horizon, "level": level}
        self._views: dict[str, View] = {}
        self._kept: dict[str, Any] = {}
        self._key = ""
        if inputs is not None:
            on = [inputs[name] for name in ("program", "packages", "data", "notebooks")]
            self._key = key_of(project.city.id, repr(self._settings), *on)
            found = saved(path)
            self._kept = found["pages"] if found.get("key") == self._key else {}

    def of(self, lang: str) -> Mapping[str, str]:
        """Give what `made_pages` makes of the edition in `lang`."""
        if lang not in self._kept:
            if not self._views:
                self._views = views(self._project, LANGS, **self._settings)
            self._kept[lang] = made_pages(self._project, self._views[lang])
            if self._key and len(self._kept) == len(LANGS):
                save(self._path, {"key": self._key, "pages": self._kept})
        return self._kept[lang]


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
