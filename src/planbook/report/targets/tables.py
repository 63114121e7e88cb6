"""Tables of a chapter: targets, measures, projects, definitions, sources."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import pandas as pd
from markupsafe import Markup, escape

from planbook.analysis.progress import VERDICTS, Standing
from planbook.data.plan import Measure, PlanProject, Section, Target
from planbook.report.html.cells import said
from planbook.report.html.fragments import Column, Shown, file_links, fragment, table, without_empty
from planbook.report.series.tables import _size
from planbook.report.view import View
from planbook.text import BOUND_SIGNS, MISSING, asked, join, quantity, section_number

NEAREST_SHOWN = 2  # stand-ins named in a row of the target table
# a number with its sign and per cent, then its unit
_NUMBER_AND_UNIT = re.compile(r"((?:[≥≤≈] ?)?[+−-]?\d[\d.,]*(?: ?%)?)(.*)")


def badge(view: View, verdict: str) -> Markup:
    """Write a verdict as a coloured label with a sign."""
    return fragment("badge.html", verdict=verdict, words=view.say(f"verdict_{verdict}"))


def latest_of(view: View, standing: Standing) -> str:
    """Write the city's latest figure in the terms of its target."""
    meta = standing.series.indicator
    bound = standing.latest_bound
    if bound is not None:
        at, value, qualifier = bound
        figure = BOUND_SIGNS[qualifier] + quantity(value, meta.unit, view.lang, meta.decimals)
        year = view.say("year_mark", year=at, mark="")
        return view.say("figure_of_year", figure=figure, year=year)
    if standing.latest_value is None:
        return view.say("no_figure")
    text = quantity(standing.latest_value, standing.target.unit, view.lang, meta.decimals)
    year = view.say("year_mark", year=standing.latest_year, mark="")
    return view.say("figure_of_year", figure=text, year=year)


def nearest_of(view: View, target: Target) -> Markup:
    """List the nearest published figures, each with its place, never as the city's own.

    What others list of the city carries their note; dated states of the target's projects
    follow.
    """
    lines = []
    for indicator, entity in view.nearest(target)[:NEAREST_SHOWN]:
        same = indicator == target.indicator
        name = "" if same else view.title(indicator) + view.say("label_joint")
        line = view.say(
            "nearest_line",
            place=view.place(entity),
            figure=view.latest(indicator, entity),
            name=name,
        )
        if same and entity == view.city:
            note = view.series(indicator).latest["note_zh" if view.lang == "zh" else "note"]
            line = view.say("nearest_with_note", line=line, note=note) if note else line
        lines.append(line)
    for item in view.project.plan.projects_for(target):
        if item.status != "unknown":
            own = project_cells(view, item)
            lines.append(view.say("nearest_project", name=own["name"], state=own["state"]))
    return Markup("<br>").join(escape(line) for line in lines) if lines else Markup("–")


def _target_name(view: View, target: Target) -> Markup:
    note = target.note_zh if view.lang == "zh" else target.note_en
    return Markup("{}<br><strong>{}</strong><br><small>{}</small>").format(
        view.title(target.indicator), asked(target, view.lang), note
    )


def targets(
    view: View,
    chosen: Sequence[Target],
    *,
    grouped: bool = False,
    anchored: Sequence[Target] = (),
) -> Shown:
    """Show targets with their latest figure and state."""
    if not chosen:
        html = fragment(
            "missing.html", title=view.say("no_target_title"), lines=[view.say("no_target")]
        )
        return Shown(html, view.say("no_target"))
    columns = [
        Column(view.say("column_target")),
        Column(view.say("column_state_of", city=view.place(view.city))),
        Column(view.say("column_nearest")),
        Column(view.say("column_lead")),
    ]
    rows: list[dict[str, object]] = []
    export = []
    section = None
    for target in chosen:
        standing = view.standings[target.target_id]
        if grouped and target.section != section:
            section = target.section
            rows.append({"group": section_heading(view, section)})
        lead = view.department(view.project.plan.lead_of(target))
        rows.append(
            {
                "anchor": None if target in anchored else f"target-{target.target_id}",
                "cells": [
                    _target_name(view, target),
                    Markup("{}<br>{}").format(
                        badge(view, standing.verdict), latest_of(view, standing)
                    ),
                    nearest_of(view, target),
                    lead,
                ],
            }
        )
        export.append(
            {
                view.say("column_id"): target.target_id,
                view.say("column_section"): target.section,
                view.say("column_measure"): target.measure,
                view.say("column_target"): view.title(target.indicator),
                view.say("column_operator"): target.operator,
                view.say("column_value"): target.value,
                view.say("column_unit"): target.unit,
                view.say("column_base"): target.base_year,
                view.say("column_by"): target.deadline,
                view.say("column_latest_value"): standing.latest_value,
                view.say("column_latest_year"): standing.latest_year,
                view.say("column_state"): view.say(f"verdict_{standing.verdict}"),
                view.say("column_lead"): lead,
                view.say("column_note"): target.note_zh if view.lang == "zh" else target.note_en,
            }
        )
    frame = pd.DataFrame(export)
    used = {view.standings[target.target_id].rule for target in chosen}
    notes = [view.say(rule) for rule in sorted(used)]
    if any(nearest_of(view, target) != MISSING for target in chosen):
        notes.append(view.say("nearest_note"))
    columns, rows = without_empty(columns, rows)
    name = "targets" if grouped else f"targets_{chosen[0].section:02d}"
    html = table(
        columns,
        rows,
        label=view.say("label_targets"),
        kind="pb-targets",
        notes=notes,
        links=file_links({name: frame}, f"{view.city}_{name}", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)


def section_title(view: View, section: Section) -> str:
    """Name a section with its number."""
    number = section_number(section.number, view.lang)
    return view.say("section_title", number=number, title=section.title[view.lang])


def section_heading(view: View, number: int) -> Markup:
    """Name a section, as a link to its page where the book has one."""
    section = view.project.plan.sections[number]
    name = section_title(view, section)
    return Markup('<a href="{}.html">{}</a>').format(view.project.page_of(section), name)


def verdict_counts(view: View, chosen: Sequence[Target]) -> dict[str, int]:
    """Count targets by verdict, in the order of `VERDICTS`."""
    found = [view.standings[target.target_id].verdict for target in chosen]
    return {verdict: found.count(verdict) for verdict in VERDICTS}


def cards(
    view: View, entries: Sequence[tuple[str, str, str]], *, context: Collection[int] = ()
) -> Shown:
    """Show headline numbers as cards, the number larger than its unit."""
    items, lines = [], []
    for position, (value, title, note) in enumerate(entries):
        parts = _NUMBER_AND_UNIT.fullmatch(value)
        number, unit = parts.groups() if parts else (value, "")  # words stay whole
        mark = view.say("card_context") if position in context else ""
        items.append({"number": number, "unit": unit, "title": title, "note": note, "mark": mark})
        lines.append(" ".join(text for text in (value, title, note, mark) if text))
    return Shown(fragment("cards.html", cards=items), "\n".join(lines))


def measures(view: View, chosen: Sequence[Measure]) -> Shown:
    """Show measures with everyone responsible, the leading department first."""
    if not chosen:
        return said(view.say("no_measure"))
    columns = [
        Column(view.say("column_number")),
        Column(view.say("column_measure")),
        Column(view.say("column_departments")),
    ]
    rows, export = [], []
    for item in chosen:
        names = [view.department(one) for one in item.departments]
        who = Markup(escape(view.say("list_separator"))).join(
            [Markup("<strong>{}</strong>").format(name) for name in names[:1]]
            + [escape(name) for name in names[1:]]
        )
        about = Markup("<strong>{}</strong><br>{}").format(
            item.title[view.lang], item.summary[view.lang]
        )
        rows.append({"cells": [item.number or "–", about, who or view.say("no_lead")]})
        export.append(
            {
                view.say("column_number"): item.number,
                view.say("column_measure"): item.title[view.lang],
                view.say("column_summary"): item.summary[view.lang],
                view.say("column_departments"): join(names, view.lang),
            }
        )
    frame = pd.DataFrame(export)
    html = table(
        columns,
        rows,
        label=view.say("label_measures"),
        kind="pb-measures",
        notes=[view.say("lead_note")],
        links=file_links(
            {"measures": frame}, f"{view.city}_measures_{chosen[0].section:02d}", view.lang
        ),
    )
    return Shown(html, frame.to_string(index=False), frame)


def project_cells(view: View, item: PlanProject) -> dict[str, str]:
    """Write what is known of a project."""
    zh = view.lang == "zh"
    name, note = (item.name_zh, item.note_zh) if zh else (item.name_en, item.note_en)
    state = view.say(f"project_{item.status}")
    if item.source:
        state += view.say(
            "project_source",
            date=item.status_date or view.say("no_date"),
            source=view.source(item.source).producer[view.lang],
        )
    return {
        "name": name,
        "what": Markup("{}<br><small>{}</small>").format(name, note) if note else name,
        "kind": item.kind_zh if zh else item.kind_en,
        "owner": item.owner_zh if zh else item.owner_en,
        # a bare count or share repeats the name: sinter machines 6 and 7, the whole industry
        "size": MISSING
        if item.quantity is None or item.unit in ("count", "%")
        else _size(view, item.quantity, item.unit),
        "state": state,
        "note": note,
    }


def project_row(view: View, item: PlanProject) -> dict[str, object]:
    """Give a project as one row of a file, by heading."""
    own = project_cells(view, item)
    return {
        view.say("column_id"): item.project_id,
        view.say("column_box"): item.box,
        view.say("column_measure"): item.measure,
        view.say("column_project"): own["name"],
        view.say("column_work"): own["kind"],
        view.say("column_owner"): own["owner"],
        view.say("column_value"): item.quantity,
        view.say("column_unit"): item.unit,
        view.say("column_project_state"): own["state"],
        view.say("column_note"): own["note"],
    }


def projects(view: View, chosen: Sequence[PlanProject]) -> Shown:
    """Show the plan's projects with owner, size and what is known of their state."""
    if not chosen:
        return said(view.say("no_project"))
    columns = [
        Column(view.say("column_project")),
        Column(view.say("column_work")),
        Column(view.say("column_owner")),
        Column(view.say("column_size"), numeric=True),
        Column(view.say("column_project_state")),
    ]
    rows, export = [], []
    known = [project_cells(view, item) for item in chosen]
    notes = [own["note"] for own in known if own["note"]]
    shared = [note for note in dict.fromkeys(notes) if notes.count(note) > 1]
    for item, own in zip(chosen, known, strict=True):
        what = own["what"]
        if own["note"] in shared:  # said once below the table instead of in every row
            what = Markup("{}<sup>{}</sup>").format(own["name"], shared.index(own["note"]) + 1)
        cells = [what, own["kind"], own["owner"] or MISSING, own["size"], own["state"]]
        rows.append({"cells": cells})
        export.append(project_row(view, item))
    frame = pd.DataFrame(export)
    below = [
        Markup("<sup>{}</sup> {}").format(mark, note) for mark, note in enumerate(shared, start=1)
    ]
    has_size = any(own["size"] != MISSING for own in known)
    columns, rows = without_empty(columns, rows)
    html = table(
        columns,
        rows,
        label=view.say("label_projects"),
        kind="pb-projects",
        notes=[*below, view.say("project_note" if has_size else "project_note_state")],
        links=file_links(
            {"projects": frame}, f"{view.city}_projects_box_{chosen[0].box}", view.lang
        ),
    )
    return Shown(html, frame.to_string(index=False), frame)
