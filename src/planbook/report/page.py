"""What a chapter showed so far, and the parts that show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TypeVar

import pandas as pd

from planbook.data.plan import Measure, PlanProject, Section, Target
from planbook.errors import ParameterError
from planbook.report.html.fragments import Shown
from planbook.report.view import View

P = TypeVar("P", bound="Theme")
Name = str | tuple[str, str]  # an indicator of the city, or an indicator and a place


class Page:
    """One chapter as it is written: it remembers what was shown for the tables at its end."""

    def __init__(self, name: str, view: View) -> None:
        self.name = name
        self.view = view
        self.shown: list[tuple[str, pd.DataFrame]] = []
        self.indicators: dict[str, None] = {}
        self.sources: dict[str, None] = {}
        self.pairs_shown: dict[tuple[str, str], None] = {}
        self._parts: dict[type[Theme], Theme] = {}

    def part(self, kind: type[P]) -> P:
        """Give the chapter's part of a kind, made when it is first asked for."""
        if kind not in self._parts:
            self._parts[kind] = kind(self)
        found = self._parts[kind]
        assert isinstance(found, kind)
        return found

    @property
    def sector(self) -> str:
        """Name the sector of the catalogue that the chapter is about."""
        return self.name[3:]

    @cached_property
    def sections(self) -> list[Section]:
        """Sections of the plan that the chapter answers."""
        return self.view.project.plan.sections_of(self.name)

    @cached_property
    def measures(self) -> list[Measure]:
        """Measures of these sections."""
        plan = self.view.project.plan
        return [item for one in self.sections for item in plan.measures_of(one.number)]

    @cached_property
    def targets(self) -> list[Target]:
        """Targets of these sections, and those that their measures serve."""
        numbers = [one.number for one in self.sections]
        return self.view.project.plan.targets_for(numbers)

    @property
    def projects(self) -> list[PlanProject]:
        """Projects of these sections."""
        plan = self.view.project.plan
        return [item for one in self.sections for item in plan.projects_of(one.number)]

    def chosen(self, whole_plan: bool) -> list[Target]:
        """List the targets of the chapter, or of the whole plan."""
        return list(self.view.project.plan.targets.values()) if whole_plan else self.targets

    def target(self, target: str | None) -> Target | None:
        """Look up a target; a plan that has none of the name is drawn without."""
        return self.view.project.plan.targets.get(target) if target else None

    def entity(self, place: str) -> str:
        """Resolve ``province`` and ``nation`` to the nearest and widest context."""
        parents = self.view.parents
        roles = {"city": self.view.city}
        if parents:
            roles |= {"province": parents[0], "nation": parents[-1]}
        entity = roles.get(place, place)
        if entity not in self.view.project.entities:
            known = ", ".join([*roles, *self.view.project.entities])
            raise ParameterError(f"no place '{place}'; use one of {known}")
        return entity

    def pairs(self, names: Iterable[Name]) -> list[tuple[str, str]]:
        """Pair indicators with their place: the city where none is given."""
        return [
            (name, self.view.city) if isinstance(name, str) else (name[0], self.entity(name[1]))
            for name in names
        ]

    def cite(self, sources: Iterable[str]) -> None:
        """Remember sources for the list at the chapter's end."""
        self.sources.update(dict.fromkeys(sources))

    def keep(self, shown: Shown, name: str, pairs: Sequence[tuple[str, str]] = ()) -> Shown:
        """Remember what is shown: its data for the download, its series with their sources."""
        if shown.data is not None and not shown.data.empty:
            self.shown.append((name, shown.data))
        for indicator, entity in pairs:
            self.indicators[indicator] = None
            self.pairs_shown[indicator, entity] = None
            self.cite(self.view.series(indicator, entity).sources)
        return shown

    def title(self, title: str | None, pairs: Sequence[tuple[str, str]]) -> str:
        """Take a title from the message table, or the names that the catalogue gives."""
        if title:
            return self.view.say(title)
        names = dict.fromkeys(self.view.title(indicator) for indicator, _ in pairs)
        return self.view.say("semicolon").join(names)


class Theme:
    """One theme of a chapter: its calls show, and the page remembers."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.view = page.view
