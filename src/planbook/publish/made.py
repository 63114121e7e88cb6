"""Pages made from the data alone, kept while nothing that they come from changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planbook.models import LANGS
from planbook.project import Project
from planbook.publish.edition import made_pages
from planbook.publish.kept import key_of, save, saved
from planbook.publish.views import views
from planbook.view import View


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

    @property
    def is_kept(self) -> bool:
        """Whether no page need be made."""
        return bool(self._kept)

    def of(self, lang: str) -> Mapping[str, str]:
        """Give what `made_pages` makes of the edition in `lang`."""
        if lang not in self._kept:
            if not self._views:
                self._views = views(self._project, LANGS, **self._settings)
            self._kept[lang] = made_pages(self._project, self._views[lang])
            if self._key and len(self._kept) == len(LANGS):
                save(self._path, {"key": self._key, "pages": self._kept})
        return self._kept[lang]
