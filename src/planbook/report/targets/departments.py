"""Who answers for what: departments with their measures, targets, projects and sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from planbook.analysis import accountability
from planbook.analysis.accountability import LEADS, TAKES_PART
from planbook.analysis.progress import VERDICTS
from planbook.data.plan import Measure, PlanProject
from planbook.files import spreadsheets as downloads
from planbook.files.forms import Sheet, to_form
from planbook.report.html.cells import said, strong, two_lines
from planbook.report.html.filter_table import Facet, GridCell
from planbook.report.html.fragments import Shown, file_links, fragment
from planbook.report.html.tabular import Give, TableField, Tabular, held, shown
from planbook.report.targets.scoreboard import department_link, target_link
from planbook.report.targets.tables import (
    about_measure,
    badge,
    nearest_of,
    project_cells,
    project_fields,
    section_heading,
    state_of,
)
from planbook.report.view import View
from planbook.text import MISSING, asked, join_counts


def overview(view: View) -> Shown:
    """Show each department with what it leads and takes part in, and how its targets stand."""
    found = view.duty_counts

    def states(row: Mapping[str, Any]) -> GridCell:
        badges = [
            Markup('<span class="pb-badge pb-{}" title="{}">{}</span>').format(
                verdict, view.say(f"verdict_{verdict}"), row[verdict]
            )
            for verdict in VERDICTS
            if row[verdict]
        ]
        return GridCell(Markup(" ").join(badges) or MISSING, int(row["targets"]) or None)

    def count(key: str) -> TableField:
        return shown(
            f"column_{key}",
            lambda row: GridCell(str(row[key]) if row[key] else MISSING, int(row[key])),
            numeric=True,
        )

    fields = [
        shown(
            "column_department",
            lambda row: GridCell(
                department_link(view, row["department"]), view.department(row["department"])
            ),
        ),
        *(count(key) for key in ("leads", "takes_part", "targets")),
        shown("column_target_states", states),
        count("projects"),
    ]
    roles = [(LEADS, view.say("role_leads_some")), (TAKES_PART, view.say("role_only_part"))]
    rows = [{"department": name, **row} for name, row in found.iterrows()]
    return Tabular(view, rows, fields).sift(
        "by-department",
        "label_departments",
        "pb-departments",
        [Facet("role", view.say("column_role"), roles)],
        lambda row: {"role": LEADS if row["leads"] else TAKES_PART},
        anchor_of=lambda row: f"department-{row['department']}",
        notes=[view.say("departments_note"), _signs(view, found)],
        name="departments",
        frame=_summary_frame(view, found),
    )


def _signs(view: View, found: pd.DataFrame) -> Markup:
    """Explain the signs of the states that occur."""
    used = [badge(view, verdict) for verdict in VERDICTS if found[verdict].sum()]
    return Markup("{}{}").format(view.say("signs"), Markup(" ").join(used))


def _summary_frame(view: View, found: pd.DataFrame) -> pd.DataFrame:
    used = [verdict for verdict in VERDICTS if found[verdict].sum()]
    return pd.DataFrame(
        {
            view.say("column_department"): [view.department(name) for name in found.index],
            view.say("column_leads"): found["leads"].to_numpy(),
            view.say("column_takes_part"): found["takes_part"].to_numpy(),
            view.say("column_targets"): found["targets"].to_numpy(),
            **{view.say(f"verdict_{one}"): found[one].to_numpy() for one in used},
            view.say("column_projects"): found["projects"].to_numpy(),
        }
    )


def heat(view: View) -> Shown:
    """Draw departments against measures; on a phone a list of each department's measures."""
    plan = view.project.plan
    work = view.duties
    roles = {(row.department, row.measure): row.role for row in work.itertuples()}
    measures = [item for item in plan.measures.values() if item.departments]
    names = accountability.departments(plan)
    heads = [
        {
            "number": item.number,
            "title": item.title[view.lang],
            "page": view.project.page_of(plan.sections[item.section]),
        }
        for item in measures
    ]
    parts = [plan.sections[item.section].part for item in measures]
    groups = [
        {"title": plan.parts[part].title[view.lang], "span": parts.count(part)}
        for part in dict.fromkeys(parts)
    ]
    rows = []
    for name in names:
        own = [roles.get((name, item.number), "") for item in measures]
        rows.append(
            {
                "link": department_link(view, name),
                "roles": own,
                "lists": [
                    {
                        "role": role,
                        "measures": [h for h, mine in zip(heads, own, strict=True) if mine == role],
                    }
                    for role in (LEADS, TAKES_PART)
                ],
            }
        )
    words = {role: view.say(f"role_{role}") for role in (LEADS, TAKES_PART)}

    def word(department: str, measure: int) -> str:
        role = roles.get((department, measure))
        return words[role] if role else ""

    frame = pd.DataFrame(
        {
            view.say("column_department"): [view.department(name) for name in names],
            **{str(item.number): [word(name, item.number) for name in names] for item in measures},
        }
    )
    html = fragment(
        "heat.html",
        label=view.say("label_heat"),
        corner=view.say("column_department"),
        groups=groups,
        heads=heads,
        rows=rows,
        words=words,
        colon=view.say("colon"),
        separator=view.say("list_separator"),
        links=file_links({"departments": frame}, f"{view.city}_departments_measures", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)


def projects(view: View) -> Shown:
    """Show every project of the plan's boxes: size, owner, lead, state with date and source."""
    plan = view.project.plan
    items = list(plan.projects.values())
    if not items:
        return said(view.say("no_project"))
    known = {item.project_id: project_cells(view, item) for item in items}

    def measure(item: PlanProject) -> Measure:
        return plan.measures[item.measure]

    def text(key: str, sort: str = "") -> Give:
        return lambda item: GridCell(
            known[item.project_id][key] or MISSING, known[item.project_id][sort or key] or None
        )

    def lead(item: PlanProject) -> GridCell:
        name = measure(item).lead
        return GridCell(department_link(view, name), view.department(name) if name else None)

    fields = [
        shown("column_project", text("what", "name")),
        shown("column_box", lambda item: GridCell(str(item.box), item.box), numeric=True),
        shown(
            "column_section",
            lambda item: GridCell(
                section_heading(view, measure(item).section), measure(item).section
            ),
        ),
        shown("column_work", text("kind")),
        shown(
            "column_size",
            lambda item: GridCell(known[item.project_id]["size"], item.quantity),
            numeric=True,
        ),
        shown("column_owner", text("owner")),
        shown("column_lead", lead),
        shown("column_project_state", text("state")),
    ]
    boxes = [(str(box), str(box)) for box in sorted({item.box for item in items})]
    leads = {measure(item).lead or "none": view.department(measure(item).lead) for item in items}
    states = {item.status: view.say(f"project_{item.status}") for item in items}
    return Tabular(view, items, fields).sift(
        "all-projects",
        "label_projects",
        "pb-all-projects",
        [
            Facet("box", view.say("column_box"), boxes),
            Facet("lead", view.say("column_lead"), list(leads.items())),
            Facet("state", view.say("column_project_state"), list(states.items())),
        ],
        lambda item: {
            "box": str(item.box),
            "lead": measure(item).lead or "none",
            "state": item.status,
        },
        anchor_of=lambda item: f"project-{item.project_id}",
        notes=[view.say("project_note")],
        name="projects",
        frame=_projects_frame(view),
    )


def _projects_frame(view: View) -> pd.DataFrame:
    plan = view.project.plan
    fields = project_fields(view)
    (state,) = (place for place, one in enumerate(fields) if one.key == "column_project_state")
    lead = held("column_lead", lambda item: view.department(plan.measures[item.measure].lead))
    return Tabular(view, plan.projects.values(), [*fields[:state], lead, *fields[state:]]).frame


# ---- one department ----


def measures_of(view: View, department: str) -> Shown:
    """Show a department's measures: those it leads first."""
    plan = view.project.plan
    own = view.duties[view.duties["department"] == department]
    rows = [
        (role, plan.measures[number])
        for role in (LEADS, TAKES_PART)
        for number in own[own["role"] == role]["measure"]
    ]

    def word(row: tuple[str, Measure]) -> Markup:
        return Markup('<span class="pb-role pb-role-{}">{}</span>').format(
            row[0], view.say(f"role_{row[0]}")
        )

    fields = [
        shown("column_number", lambda row: row[1].number),
        shown("column_role", word),
        shown("column_measure", lambda row: about_measure(view, row[1])),
        shown("column_section", lambda row: section_heading(view, row[1].section)),
    ]
    return Tabular(view, rows, fields).show("label_measures", "pb-duties")


def targets_of(view: View, department: str) -> Shown:
    """Show a department's targets with their state, and those it only contributes to."""
    targets = view.project.plan.targets
    found = view.target_duties[view.target_duties["department"] == department]
    if found.empty:
        return said(view.say("department_no_target"))

    def name(row: Mapping[str, Any]) -> Markup:
        target = targets[row["target_id"]]
        return two_lines(target_link(view, target), strong(asked(target, view.lang)))

    def role(row: Mapping[str, Any]) -> str:
        words = view.say(f"role_{row['role']}" if row["own"] else "role_contributes")
        return view.say("measure_of", role=words, number=row["measure"])

    fields = [
        shown("column_target", name),
        shown(
            "column_state_of",
            lambda row: state_of(view, view.standings[row["target_id"]]),
            city=view.place(view.city),
        ),
        shown("column_role", role),
        shown("column_nearest", lambda row: nearest_of(view, targets[row["target_id"]])),
    ]
    return Tabular(
        view, found.sort_values(["own", "role"], ascending=[False, True]).to_dict("records"), fields
    ).show(
        "label_targets",
        "pb-targets",
        anchor_of=lambda row: f"target-{row['target_id']}",
        notes=[view.say("nearest_note")],
    )


def held_by(view: View, department: str) -> list[str]:
    """List the figures that a department would hold and that are not published."""
    status = view.status
    found = accountability.held_by(view.project.plan, view.project.catalog, status)
    return [view.title(indicator) for indicator in found.get(department, [])]


# ---- the yearly assessment ----

_WIDTHS = {
    "column_department": 24,
    "column_measure": 28,
    "column_target": 28,
    "column_asked": 22,
    "column_state": 14,
    "column_person": 16,
    "column_reported": 16,
    "column_evidence": 28,
    "column_note": 20,
}
_FILL_IN = ("column_person", "column_reported", "column_evidence", "column_note")


def assessment(view: View, department: str | None = None) -> Shown:
    """Offer the yearly assessment as a workbook to fill in."""
    frame = _assessment_frame(view, department)
    title = view.say("sheet_title", city=view.place(view.city), year=view.as_of)
    widths = {view.say(key): width for key, width in _WIDTHS.items()}
    form = Sheet(
        name=view.say("sheet_assessment"),
        title=title,
        frame=frame,
        widths=widths,
        fill_in=[view.say(key) for key in _FILL_IN],
        frozen=4,
    )
    sheets = [form]
    if department is None:
        summary = _summary_frame(view, view.duty_counts)
        sheets = [Sheet(view.say("sheet_summary"), title, summary, widths, frozen=1), form]
    file = f"{view.city}_assessment_{view.as_of}" + (f"_{department}" if department else "")
    uri = downloads.data_uri(to_form(sheets), downloads.XLSX_TYPE)
    word = view.say("download_sheet" if department is None else "download_own_sheet")
    html = fragment(
        "downloads.html", word=word, files=[{"label": "XLSX", "name": f"{file}.xlsx", "uri": uri}]
    )
    return Shown(html, word, frame)


def _assessment_frame(view: View, department: str | None) -> pd.DataFrame:
    plan = view.project.plan
    found = accountability.assessment(plan, view.status, view.bases, department=department)
    goals = [plan.targets.get(name) for name in found["target_id"]]
    return pd.DataFrame(
        {
            view.say("column_department"): [view.department(one) for one in found["department"]],
            view.say("column_role"): [view.say(f"role_{one}") for one in found["role"]],
            view.say("column_number"): found["measure"].to_list(),
            view.say("column_measure"): [
                plan.measures[number].title[view.lang] for number in found["measure"]
            ],
            view.say("column_target"): [
                view.title(one.indicator) if one else view.say("sheet_no_target") for one in goals
            ],
            view.say("column_asked"): [asked(one, view.lang) if one else None for one in goals],
            view.say("column_base"): found["base_year"].to_list(),
            view.say("column_base_value"): found["base"].to_list(),
            view.say("column_target_value"): found["target"].to_list(),
            view.say("column_unit"): found["unit"].to_list(),
            view.say("column_by"): found["deadline"].to_list(),
            view.say("column_latest_value"): found["latest"].to_list(),
            view.say("column_latest_year"): found["latest_year"].to_list(),
            view.say("column_state"): [
                view.say(f"verdict_{one}") if isinstance(one, str) else None
                for one in found["verdict"]
            ],
            **{view.say(key): None for key in _FILL_IN},
        }
    )


def duty_lines(view: View, department: str) -> list[str]:
    """Say in a few sentences what a department answers for."""
    row = view.duty_counts.loc[department]
    states = join_counts({one: row[one] for one in VERDICTS}, "verdict_{}", view.lang)
    lines = [view.say("department_measures", leads=row["leads"], takes_part=row["takes_part"])]
    if states:
        lines.append(
            view.say(
                "department_targets", count=row["targets"], lead=row["targets_lead"], list=states
            )
        )
    lines.append(view.stand_line())
    return lines


def project_ids(view: View, department: str) -> Sequence[str]:
    """List the projects on whose measure a department works."""
    found = view.project_duties
    return list(dict.fromkeys(found[found["department"] == department]["project_id"]))
