"""Tables of a chapter: targets, measures, projects, definitions, sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from markupsafe import Markup, escape

from planbook.analysis.progress import VERDICTS, Standing
from planbook.data.plan import Measure, PlanProject, Section, Target
from planbook.report.html.cells import said, small, stacked, strong, two_lines
from planbook.report.html.fragments import Shown, fragment
from planbook.report.html.tabular import (
    Group,
    TableField,
    Tabular,
    both,
    column,
    held,
    shown,
)
from planbook.report.series.tables import size_of
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
            note = view.series(indicator).last["note_zh" if view.lang == "zh" else "note"]
            line = view.say("nearest_with_note", line=line, note=note) if note else line
        lines.append(line)
    for item in view.project.plan.projects_for(target):
        if item.status != "unknown":
            own = project_cells(view, item)
            lines.append(view.say("nearest_project", name=own["name"], state=own["state"]))
    return stacked(lines)


def state_of(view: View, standing: Standing) -> Markup:
    """Write a verdict above the figure that it rests on."""
    return two_lines(badge(view, standing.verdict), latest_of(view, standing))


def targets(
    view: View, chosen: Sequence[Target], *, grouped: bool = False, anchored: Sequence[Target] = ()
) -> Shown:
    """Show targets with their latest figure and state."""
    if not chosen:
        html = fragment(
            "missing.html", title=view.say("no_target_title"), lines=[view.say("no_target")]
        )
        return Shown(html, view.say("no_target"))
    rows: list[Target | Group] = []
    section = None
    for target in chosen:
        if grouped and target.section != section:
            section = target.section
            rows.append(Group(section_heading(view, section)))
        rows.append(target)

    def note(one: Target) -> str:
        return view.words(one, "note")

    def about(one: Target) -> Markup:
        head = two_lines(view.title(one.indicator), strong(asked(one, view.lang)))
        return two_lines(head, small(note(one)))

    def standing(one: Target) -> Standing:
        return view.standings[one.target_id]

    fields = [
        held("column_id", lambda one: one.target_id),
        held("column_section", lambda one: one.section),
        held("column_measure", lambda one: one.measure),
        column("column_target", about, lambda one: view.title(one.indicator)),
        held("column_operator", lambda one: one.operator),
        held("column_value", lambda one: one.value),
        held("column_unit", lambda one: one.unit),
        held("column_base", lambda one: one.base_year),
        held("column_by", lambda one: one.deadline),
        shown(
            "column_state_of", lambda one: state_of(view, standing(one)), city=view.place(view.city)
        ),
        shown("column_nearest", lambda one: nearest_of(view, one)),
        held("column_latest_value", lambda one: standing(one).latest_value),
        held("column_latest_year", lambda one: standing(one).latest_year),
        held("column_state", lambda one: view.say(f"verdict_{standing(one).verdict}")),
        both("column_lead", lambda one: view.department(view.project.plan.lead_of(one))),
        held("column_note", note),
    ]
    notes = [view.say(rule) for rule in sorted({standing(one).rule for one in chosen})]
    if any(nearest_of(view, one) != MISSING for one in chosen):
        notes.append(view.say("nearest_note"))
    return Tabular(view, rows, fields).show(
        "label_targets",
        "pb-targets",
        anchor_of=lambda one: None if one in anchored else f"target-{one.target_id}",
        notes=notes,
        name="targets" if grouped else f"targets_{chosen[0].section:02d}",
        lean=True,
    )


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


def about_measure(view: View, item: Measure) -> Markup:
    """Write the title of a measure above its summary."""
    return two_lines(strong(item.title[view.lang]), item.summary[view.lang])


def measures(view: View, chosen: Sequence[Measure]) -> Shown:
    """Show measures with everyone responsible, the leading department first."""
    if not chosen:
        return said(view.say("no_measure"))

    def names(item: Measure) -> list[str]:
        return [view.department(one) for one in item.departments]

    def who(item: Measure) -> str:
        listed = [strong(name) for name in names(item)[:1]] + names(item)[1:]
        return Markup(escape(view.say("list_separator"))).join(listed) or view.say("no_lead")

    fields = [
        column("column_number", lambda item: item.number or MISSING, lambda item: item.number),
        column(
            "column_measure",
            lambda item: about_measure(view, item),
            lambda item: item.title[view.lang],
        ),
        held("column_summary", lambda item: item.summary[view.lang]),
        column("column_departments", who, lambda item: join(names(item), view.lang)),
    ]
    return Tabular(view, chosen, fields).show(
        "label_measures",
        "pb-measures",
        notes=[view.say("lead_note")],
        name="measures",
        file=f"measures_{chosen[0].section:02d}",
    )


def project_cells(view: View, item: PlanProject) -> dict[str, str]:
    """Write what is known of a project."""
    name, note = view.words(item, "name"), view.words(item, "note")
    state = view.say(f"project_{item.status}")
    if item.source:
        state += view.say(
            "project_source",
            date=item.status_date or view.say("no_date"),
            source=view.source(item.source).producer[view.lang],
        )
    return {
        "name": name,
        "what": two_lines(name, small(note)) if note else name,
        "kind": view.words(item, "kind"),
        "owner": view.words(item, "owner"),
        # a bare count or share repeats the name: sinter machines 6 and 7, the whole industry
        "size": MISSING
        if item.quantity is None or item.unit in ("count", "%")
        else size_of(view, item.quantity, item.unit),
        "state": state,
        "note": note,
    }


def project_fields(view: View, shared: Sequence[str] = ()) -> list[TableField]:
    """Say the columns of projects; a note of `shared` stands below the table, by its number."""

    def cell(key: str) -> Callable[[PlanProject], str]:
        return lambda item: project_cells(view, item)[key]

    def what(item: PlanProject) -> str:
        own = project_cells(view, item)
        if own["note"] not in shared:
            return own["what"]
        return Markup("{}<sup>{}</sup>").format(own["name"], shared.index(own["note"]) + 1)

    owner = cell("owner")
    return [
        held("column_id", lambda item: item.project_id),
        held("column_box", lambda item: item.box),
        held("column_measure", lambda item: item.measure),
        column("column_project", what, cell("name")),
        both("column_work", cell("kind")),
        column("column_owner", lambda item: owner(item) or MISSING, owner),
        shown("column_size", cell("size"), numeric=True),
        held("column_value", lambda item: item.quantity),
        held("column_unit", lambda item: item.unit),
        both("column_project_state", cell("state")),
        held("column_note", cell("note")),
    ]


def projects(view: View, chosen: Sequence[PlanProject]) -> Shown:
    """Show the plan's projects with owner, size and what is known of their state."""
    if not chosen:
        return said(view.say("no_project"))
    known = [project_cells(view, item) for item in chosen]
    notes = [own["note"] for own in known if own["note"]]
    shared = [note for note in dict.fromkeys(notes) if notes.count(note) > 1]
    below = [
        Markup("<sup>{}</sup> {}").format(mark, note) for mark, note in enumerate(shared, start=1)
    ]
    has_size = any(own["size"] != MISSING for own in known)
    return Tabular(view, chosen, project_fields(view, shared)).show(
        "label_projects",
        "pb-projects",
        notes=[*below, view.say("project_note" if has_size else "project_note_state")],
        name="projects",
        file=f"projects_box_{chosen[0].box}",
        lean=True,
    )
