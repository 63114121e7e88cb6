"""The page of a department: an address that can be sent to it."""

from __future__ import annotations

from collections.abc import Sequence

from planbook.analysis.staleness import Overdue
from planbook.publish.pages.sections import escape, raw
from planbook.report.html.fragments import fragment
from planbook.report.targets import departments as duty_tables
from planbook.report.targets import overdue as tables_overdue
from planbook.report.targets import tables
from planbook.report.view import View

_OVERDUE = "% overdue\n"  # a comment of MyST, where `with_overdue` puts its section


def department_page(view: View, department: str) -> str:
    """Write the page of one department as MyST Markdown."""
    plan = view.project.plan
    parts = [
        f"# {escape(view.department(department))}\n",
        raw(fragment("sentences.html", lines=duty_tables.duty_lines(view, department))),
        raw(duty_tables.assessment(view, department)),
        f"## {view.say('heading_targets')}\n",
        raw(duty_tables.targets_of(view, department)),
    ]
    if held := duty_tables.held_by(view, department):
        parts += [
            f"## {view.say('heading_held')}\n",
            raw(fragment("sentences.html", lines=[view.say("held_intro")])),
            raw(fragment("list.html", lines=held)),
        ]
    parts += [
        _OVERDUE,
        f"## {view.say('label_measures')}\n",
        raw(duty_tables.measures_of(view, department)),
    ]
    if names := duty_tables.project_ids(view, department):
        chosen = [plan.projects[name] for name in names]
        parts += [f"## {view.say('heading_projects')}\n", raw(tables.projects(view, chosen))]
    back = fragment(
        "back.html",
        page=view.project.accountability_page,
        words=view.say("department_back"),
        note=view.say("department_address"),
    )
    return "\n".join([*parts, raw(back)])


def with_overdue(text: str, view: View, department: str, found: Sequence[Overdue]) -> str:
    """Put the figures that are overdue into the page of a department.

    They follow from every figure of the department, and from little of each: pages kept
    without them need not be made anew when a figure changes that none of them shows.
    """
    late = tables_overdue.overdue_of(view, department, found)
    section = f"## {view.say('heading_stale')}\n\n{raw(late)}" if late else ""
    return text.replace(_OVERDUE, section, 1)
