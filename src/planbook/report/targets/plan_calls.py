"""Calls that show the whole plan: every target, department and project."""

from __future__ import annotations

from dataclasses import replace

from planbook.report.html.fragments import Shown, fragment
from planbook.report.page import Theme
from planbook.report.targets import departments, scoreboard, tables
from planbook.report.targets.calls import cite_target


class PlanCalls(Theme):
    """The plan as a whole, whatever the chapter's own sections are."""

    def scoreboard(self) -> Shown:
        """Show every target of the plan in one table that can be sorted and filtered."""
        return self.page.keep(scoreboard.board(self.view), self.view.say("label_board"))

    def table_counts(self) -> Shown:
        """Count the plan's targets by part and state, as links to the scoreboard."""
        return self.page.keep(scoreboard.counts(self.view), self.view.say("label_counts"))

    def holders(self) -> Shown:
        """Say which departments would hold the figures that verdicts wait for."""
        return scoreboard.holders(self.view)

    def table_targets(self) -> Shown:
        """Show every target of the plan with its notes and what is published near it."""
        chosen = list(self.view.project.plan.targets.values())
        for target in chosen:
            cite_target(self.page, target)
        shown = tables.targets(self.view, chosen, grouped=True, anchored=chosen)
        summary = self.view.say("targets_fold", count=len(chosen))
        folded = Shown(fragment("fold.html", summary=summary, inner=shown.html), shown.plain)
        return self.page.keep(replace(folded, data=shown.data), self.view.say("label_targets"))

    def table_departments(self) -> Shown:
        """Show what each department leads, takes part in and answers for."""
        return self.page.keep(departments.overview(self.view), self.view.say("label_departments"))

    def heat_departments(self) -> Shown:
        """Draw departments against the plan's measures."""
        return self.page.keep(departments.heat(self.view), self.view.say("label_heat"))

    def table_projects(self) -> Shown:
        """Show every project of the plan in one table that can be sorted and filtered."""
        projects = self.view.project.plan.projects.values()
        self.page.cite(item.source for item in projects if item.source)
        return self.page.keep(departments.projects(self.view), self.view.say("label_projects"))

    def assessment(self) -> Shown:
        """Offer the sheet of the yearly assessment, to be filled in."""
        return departments.assessment(self.view)
