"""Calls that show the chapter's targets, measures and projects."""

from __future__ import annotations

from planbook.data.plan import PlanProject, Target
from planbook.report.figure import missing
from planbook.report.html.cells import said
from planbook.report.html.fragments import Shown
from planbook.report.page import Page, Theme
from planbook.report.targets import amounts, figures, sections, tables


def cite_target(page: Page, target: Target) -> None:
    """Remember what a row of a target shows: its figure, and what is published near it."""
    page.pairs_shown[target.indicator, page.view.city] = None
    for pair in page.view.nearest(target)[: tables.NEAREST_SHOWN]:
        page.pairs_shown[pair] = None
        page.cite(page.view.series(*pair).sources)


class TargetCalls(Theme):
    """What the plan sets in the chapter's sections, and where it stands."""

    def table(self) -> Shown:
        """Show the chapter's targets with latest figure, state and lead."""
        for target in self.page.targets:
            self.page.indicators[target.indicator] = None
            cite_target(self.page, target)
        shown = tables.targets(self.view, self.page.targets)
        return self.page.keep(shown, self.view.say("label_targets"))

    def table_measures(self) -> Shown:
        """Show the chapter's measures with everyone responsible."""
        shown = tables.measures(self.view, self.page.measures)
        return self.page.keep(shown, self.view.say("label_measures"))

    def table_projects(self) -> Shown:
        """Show the projects of the plan's boxes that belong to the chapter."""
        shown = tables.projects(self.view, self._projects())
        return self.page.keep(shown, self.view.say("label_projects"))

    def table_sections(self) -> Shown:
        """Answer each of the chapter's sections: what is published, what is missing, at whom."""
        shown = sections.sections(self.view, self.page.sections)
        pairs = self.page.pairs(self._of_sections())
        return self.page.keep(shown, self.view.say("label_sections"), pairs)

    def plot_verdicts(self, *, whole_plan: bool = False) -> Shown:
        """Draw how many targets stand where, of the chapter or of the whole plan."""
        shown = figures.verdicts(self.view, self.page.chosen(whole_plan))
        return self.page.keep(shown, self.view.say("column_verdict"))

    def plot_amounts(self, *, title: str) -> Shown:
        """Draw the amounts that the targets set, and what is published of each."""
        shown = amounts.amounts(self.view, self.page.targets, title=self.view.say(title))
        pairs = [(one.indicator, self.view.city) for one in self.page.targets]
        for target in self.page.targets:
            pairs += [pair for pair in self.view.nearest(target) if pair[1] == self.view.city]
        return self.page.keep(shown, title, pairs)

    def plot_projects(self) -> Shown:
        """Draw what is known of the state of the chapter's projects."""
        title = self.view.say("title_projects")
        return self.page.keep(figures.states(self.view, self._projects(), title=title), title)

    def plot_plants(self, *, title: str) -> Shown:
        """Draw the plan's power plants with their units; `title` is a message key."""
        number = self.page.sections[0].number if self.page.sections else 0
        shown = figures.plants(self.view, number, title=self.view.say(title))
        return self.page.keep(shown, title)

    def missing(self) -> Shown:
        """Say which of the chapter's target figures are missing, and who would hold them."""
        names = dict.fromkeys(self._without_figure())
        if not names:
            return said(self.view.say("nothing_missing" if self.page.targets else "no_target"))
        return missing(self.view, list(names))

    def missing_figures(self, *names: str) -> Shown:
        """Say which figures of targets, of measures and of `names` are missing, at whom."""
        absent = self._without_figure()
        asked = (*self._of_sections(), *names)
        absent += [name for name in asked if not len(self.view.series(name))]
        if not absent:
            return said(self.view.say("missing_none"))
        return missing(self.view, list(dict.fromkeys(absent)))

    def _without_figure(self) -> list[str]:
        standings = self.view.standings
        return [
            one.indicator
            for one in self.page.targets
            if standings[one.target_id].latest_value is None
        ]

    def _of_sections(self) -> list[str]:
        return [
            name
            for section in self.page.sections
            for name in sections.section_indicators(self.view, section)
        ]

    def _projects(self) -> list[PlanProject]:
        """List the chapter's projects, and remember where their states come from."""
        chosen = self.page.projects
        self.page.cite(item.source for item in chosen if item.source)
        return chosen
