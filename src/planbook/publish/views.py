"""Views of a project for pages made in bulk: what both editions share is computed once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from planbook.data.city import CityData
from planbook.data.series import Series
from planbook.data.vintages import standing
from planbook.report.view import View

# Properties of a view that hold no word of any language.
SHARED = (
    "standings",
    "histories",
    "status",
    "bases",
    "duties",
    "target_duties",
    "project_duties",
    "duty_counts",
    "_series",
)


class PageView(View):
    """A view that selects each series once.

    A chapter asks for a few series; the pages of all departments ask for the same
    ones a thousand times.
    """

    @cached_property
    def _series(self) -> dict[tuple[str, str], Series]:
        return {}

    def series(self, indicator: str, entity: str | None = None) -> Series:
        """Select or compute a series; of the city by default."""
        key = indicator, entity or self.city
        if key not in self._series:
            self._series[key] = super().series(*key)
        return self._series[key]


def views(
    project: CityData, langs: Sequence[str], *, as_of: int | str, horizon: int, level: int
) -> dict[str, View]:
    """Make the views of several editions, which share all that has no language."""
    made = {
        lang: page_view(project, lang, as_of=as_of, horizon=horizon, level=level) for lang in langs
    }
    first, *others = made.values()
    for name in SHARED:
        value = getattr(first, name)
        for other in others:
            vars(other)[name] = value  # where a cached property keeps its value
    return made


def page_view(
    project: CityData, lang: str, *, as_of: int | str, horizon: int, level: int
) -> PageView:
    """Make the view of one edition; see `views`."""
    year, day = standing(as_of)
    return PageView(project, lang, year, horizon, level, day)
