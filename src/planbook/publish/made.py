"""Pages made from the data alone, kept while nothing that they come from changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planbook import fingerprints
from planbook.analysis.snapshot import take
from planbook.editions import to_bytes
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
    as_of : int or str
        Year or day.
    horizon : int
        Year.
    level : int
        Per cent.
    hashes : mapping of str to str, optional
        Of the data, for the snapshot.
    """

    def __init__(
        self,
        project: Project,
        inputs: Mapping[str, str] | None,
        path: Path,
        *,
        as_of: int | str,
        horizon: int,
        level: int,
        hashes: Mapping[str, str] | None = None,
    ) -> None:
        self._project, self._path, self._hashes = project, path, hashes
        self._settings = {"as_of": as_of, "horizon": horizon, "level": level}
        self._views: dict[str, View] = {}
        self._kept: dict[str, Any] = {}
        self._snapshot = ""
        self._key = ""
        if inputs is not None:
            on = [inputs[name] for name in ("program", "packages", "data", "notebooks")]
            self._key = key_of(project.city.id, repr(self._settings), *on)
            found = saved(path)
            if found.get("key") == self._key and "snapshot" in found:
                self._kept, self._snapshot = found["pages"], found["snapshot"]

    @property
    def is_kept(self) -> bool:
        """Whether no page need be made."""
        return bool(self._kept)

    def of(self, lang: str) -> Mapping[str, str]:
        """Give what `made_pages` makes of the edition in `lang`."""
        if lang not in self._kept:
            self._kept[lang] = made_pages(self._project, self._view(lang))
            if self._key and len(self._kept) == len(LANGS):
                kept = {"key": self._key, "pages": self._kept}
                save(self._path, {**kept, "snapshot": self.snapshot().decode()})
        return self._kept[lang]

    def snapshot(self) -> bytes:
        """Give the snapshot of the edition; it says what the pages say of each target."""
        if not self._snapshot:
            found = take(
                self._project,
                self._settings["as_of"],
                standings=self._view(LANGS[0]).standings,
                data=self._hashes or fingerprints.data(self._project.paths, self._project.city.id),
            )
            self._snapshot = to_bytes(found).decode()
        return self._snapshot.encode()

    def _view(self, lang: str) -> View:
        if not self._views:
            self._views = views(self._project, LANGS, **self._settings)
        return self._views[lang]
