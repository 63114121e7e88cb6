"""Pages made from the data alone, kept while nothing that they have read changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypedDict

from planbook.analysis.as_of import AsOf
from planbook.analysis.changes import fingerprints
from planbook.analysis.changes.snapshot import take
from planbook.data.city import CityData
from planbook.data.paths import Paths
from planbook.data.snapshots import to_bytes
from planbook.data.vintages import standing
from planbook.execute.cache.dependencies import Present, as_key
from planbook.execute.cache.program import PACKAGE, packages
from planbook.execute.cache.recording import Recorder, watched_project
from planbook.files.hashing import Inputs, joined, save, saved
from planbook.files.records import LANGS
from planbook.publish.pages.edition import made_pages, with_sources
from planbook.report.view import View


def basis(where: Paths, inputs: Inputs) -> str:
    """Hash what the pages depend on besides what they read of the data.

    To be taken before anything is read: what is changed later is then noticed by the next
    build.
    """
    return joined(inputs.of_tree(PACKAGE, where.notebooks), packages())


class _Settings(TypedDict):
    """What a reader of the pages may set."""

    as_of: int | str
    horizon: int
    level: int


class Made:
    """The pages made from the data alone, kept while nothing that they have read changes.

    What they read is recorded as a chapter's reading is: a figure that none of them
    shows or judges by makes none of them anew.
    """

    def __init__(
        self,
        project: CityData,
        basis: str,
        path: Path,
        *,
        as_of: int | str,
        horizon: int,
        level: int,
        inputs: Inputs | None = None,
    ) -> None:
        self._project, self._path, self._inputs = project, path, inputs
        self._present, self._recorder = Present(project), Recorder()
        self._settings = _Settings(as_of=as_of, horizon=horizon, level=level)
        self._views: dict[str, View] = {}
        self._whole: dict[str, dict[str, str]] = {}
        # without a basis nothing is kept, nor is what was kept used
        self._key = basis and joined(project.city.id, repr(self._settings), basis)

    @cached_property
    def _kept(self) -> dict[str, Any]:
        found = saved(self._path) if self._key else {}
        fits = found.get("key") == self._key and self._holds(found.get("reads", ()))
        return found.get("pages", {}) if fits else {}

    def _holds(self, reads: Sequence[Sequence[Any]]) -> bool:
        return all(self._present.state(as_key(raw)) == before for raw, before in reads)

    @property
    def is_kept(self) -> bool:
        """Whether no page need be made."""
        return bool(self._kept)

    def of(self, lang: str) -> Mapping[str, str]:
        """Give the pages of the edition in `lang`, as `with_sources` leaves them."""
        if lang not in self._whole:
            if lang not in self._kept:
                view = self._view(lang)
                self._kept[lang] = made_pages(view.project, view)
                if self._key and len(self._kept) == len(LANGS):
                    reads = [[list(key), found] for key, found in self._recorder.notes.items()]
                    save(self._path, {"key": self._key, "reads": reads, "pages": self._kept})
            view = views(self._project, [lang], **self._settings)[lang]
            self._whole[lang] = with_sources(self._kept[lang], self._project, view)
        return self._whole[lang]

    def snapshot(self) -> bytes:
        """Give the snapshot of the edition; it says what the pages say of each target."""
        found = take(
            self._project,
            self._settings["as_of"],
            standings=self._views[LANGS[0]].standings if self._views else None,
            data=fingerprints.data(self._project.paths, self._project.city.id, self._inputs),
            program=fingerprints.program(self._inputs),
        )
        return to_bytes(found)

    def _view(self, lang: str) -> View:
        if not self._views:
            watched = watched_project(self._present, self._recorder)
            self._views = views(watched, LANGS, **self._settings)
        return self._views[lang]


def views(
    project: CityData, langs: Sequence[str], *, as_of: int | str, horizon: int, level: int
) -> dict[str, View]:
    """Make the views of several editions, which share all that has no language."""
    year, day = standing(as_of)
    made = {lang: View(project, year, horizon, day, lang=lang, level=level) for lang in langs}
    first, *others = made.values()
    for name, how in vars(AsOf).items():
        # what is known is read figure by figure, as a page asks for it
        if isinstance(how, cached_property) and name not in ("known", "_figures"):
            value = getattr(first, name)
            for other in others:
                vars(other)[name] = value  # where a cached property keeps its value
    return made
