"""Pages made from the data alone, kept while nothing that they have read changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planbook.execute.dependencies import Present, as_key
from planbook.execute.recording import Recorder, watched_project
from planbook.models import LANGS
from planbook.project import Project
from planbook.publish.edition import made_pages
from planbook.publish.kept import key_of, save, saved
from planbook.publish.views import views
from planbook.view import View


class Made:
    """The pages made from the data alone, kept while nothing that they have read changes.

    What they read is recorded as a chapter's reading is: a figure that none of them
    shows or judges by makes none of them anew.

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
        self._present, self._recorder, self._path = Present(project), Recorder(), path
        self._settings = {"as_of": as_of, "horizon": horizon, "level": level}
        self._views: dict[str, View] = {}
        self._kept: dict[str, Any] = {}
        self._key = ""
        if inputs is not None:
            on = [inputs[name] for name in ("program", "packages", "notebooks")]
            self._key = key_of(project.city.id, repr(self._settings), *on)
            found = saved(path)
            if found.get("key") == self._key and self._holds(found["reads"]):
                self._kept = found["pages"]

    def _holds(self, reads: Sequence[Sequence[Any]]) -> bool:
        return all(self._present.digest(as_key(raw)) == before for raw, before in reads)

    @property
    def is_kept(self) -> bool:
        """Whether no page need be made."""
        return bool(self._kept)

    def of(self, lang: str) -> Mapping[str, str]:
        """Give what `made_pages` makes of the edition in `lang`."""
        if lang not in self._kept:
            if not self._views:
                watched = watched_project(self._present, self._recorder)
                self._views = views(watched, LANGS, **self._settings)
            view = self._views[lang]
            self._kept[lang] = made_pages(view.project, view)
            if self._key and len(self._kept) == len(LANGS):
                reads = [[list(key), found] for key, found in self._recorder.notes.items()]
                save(self._path, {"key": self._key, "reads": reads, "pages": self._kept})
        return self._kept[lang]
