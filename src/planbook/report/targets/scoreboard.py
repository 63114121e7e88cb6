"""The scoreboard: one row a target of the plan, and how many stand where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from planbook.analysis.accountability import counts_by_part, held_by
from planbook.analysis.progress import VERDICTS, Standing
from planbook.data.plan import Target
from planbook.report.html.cells import said, strong
from planbook.report.html.filter_table import Facet, GridCell, GridField, GridRow, grid
from planbook.report.html.fragments import Shown, file_links
from planbook.report.html.sparkline import sparkline
from planbook.report.html.tabular import Give, Tabular, shown
from planbook.report.targets.tables import badge, latest_of, nearest_of, section_title
from planbook.report.view import View
from planbook.text import MISSING, asked, join, messages, probability, quantity, target_value

BOARD = "board"  # anchor of the scoreboard
NO_LEAD = "none"  # stands for "no department named" in the filter
HOLDERS_NAMED = 3  # departments named in the sentence on missing figures


def department_link(view: View, department: str | None) -> Markup:
    """Name a department, as a link to its page where the plan gives it one."""
    name = view.department(department)
    if department is None or not view.project.accountability_page:
        return Markup("{}").format(name)
    return Markup('<a href="department_{}.html">{}</a>').format(department, name)


def target_link(view: View, target: Target) -> Markup:
    """Name a target, as a link to its row in its chapter."""
    section = view.project.plan.sections[target.section]
    return Markup('<a href="{}.html#target-{}">{}</a>').format(
        view.project.page_of(section), target.target_id, view.title(target.indicator)
    )


def counts(view: View) -> Shown:
    """Show how many targets stand where, part by part of the plan, as links to their rows."""
    plan = view.project.plan
    found = counts_by_part(plan, view.status)
    present = [verdict for verdict in VERDICTS if found[verdict].sum()]
    rows = [*((part, row) for part, row in found.iterrows()), (None, found.sum())]

    def name(row: tuple[int | None, pd.Series]) -> Markup:
        if row[0] is None:
            return strong(view.say("whole_plan"))
        title = plan.parts[row[0]].title[view.lang]
        return Markup('<a href="?part={}#{}">{}</a>').format(row[0], BOARD, title)

    def count(verdict: str) -> Give:
        def cell(row: tuple[int | None, pd.Series]) -> str:
            if not row[1][verdict]:
                return MISSING
            query = f"?verdict={verdict}" + ("" if row[0] is None else f"&part={row[0]}")
            return Markup('<a class="pb-badge pb-{}" href="{}#{}">{}</a>').format(
                verdict, query, BOARD, row[1][verdict]
            )

        return cell

    fields = [
        shown("column_part", name),
        *(shown(f"verdict_{verdict}", count(verdict)) for verdict in present),
        shown("column_targets", lambda row: int(row[1].sum()), numeric=True),
    ]
    frame = pd.DataFrame(
        {
            view.say("column_part"): [plan.parts[part].title[view.lang] for part in found.index],
            **{view.say(f"verdict_{one}"): found[one].to_numpy() for one in present},
            view.say("column_targets"): found.sum(axis=1).to_numpy(),
        }
    )
    return Tabular(view, rows, fields).show(
        "label_counts", "pb-counts", anchor="counts", frame=frame
    )


def holders(view: View) -> Shown:
    """Say in one sentence who would hold the figures that most verdicts wait for."""
    plan, status = view.project.plan, view.status
    found = held_by(plan, view.project.catalog, status)
    if not found:
        return Shown("", "")
    named = [
        view.say("held_count", department=view.department(one), count=len(indicators))
        for one, indicators in list(found.items())[:HOLDERS_NAMED]
    ]
    return said(
        view.say(
            "holders_line",
            missing=int(status["latest"].isna().sum()),
            total=len(status),
            count=len(found),
            list=join(named, view.lang),
        )
    )


def board(view: View) -> Shown:
    """Show every target with its state, course, figures, gap, pace, chance and lead.

    Units differ from row to row, so no column sorts by bare numbers: figures stand by
    unit and then size, a gap by its share of the target, a pace by seen over needed.
    """
    plan, status = view.project.plan, view.status
    rows = {row["target_id"]: row for row in status.to_dict("records")}
    lines, leads = [], {}
    places = _places(view)
    for target in plan.targets.values():
        row, standing = rows[target.target_id], view.standings[target.target_id]
        lead = row.get("lead", plan.lead_of(target))
        lead = lead if isinstance(lead, str) and lead in plan.departments else None
        leads[lead or NO_LEAD] = view.department(lead)
        lines.append(_line(view, target, standing, row, lead, places))
    parts = dict.fromkeys(plan.sections[one.section].part for one in plan.targets.values())
    present = set(status["verdict"])
    facets = [
        Facet(
            "verdict",
            view.say("column_verdict"),
            [(one, view.say(f"verdict_{one}")) for one in VERDICTS if one in present],
        ),
        Facet(
            "part",
            view.say("column_part"),
            [(str(one), plan.parts[one].title[view.lang]) for one in parts],
        ),
        Facet("lead", view.say("column_lead"), list(leads.items())),
    ]
    frame = _export(view, rows)
    html = grid(
        BOARD,
        _fields(view),
        lines,
        facets,
        lang=view.lang,
        label=view.say("label_board"),
        kind="pb-board",
        intro=_missing(view, status),
        notes=[view.say(key) for key in ("board_note", "board_order", "nearest_note")],
        links=file_links({"scoreboard": frame}, f"{view.city}_scoreboard", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)


def _missing(view: View, status: pd.DataFrame) -> str:
    """Give once, before the table, the reason for its many dashes."""
    missing = int(status["latest"].isna().sum())
    key = "board_missing_all" if missing == len(status) else "board_missing"
    return view.say(key, missing=missing, total=len(status)) if missing else ""


def _size(standing: Standing) -> float | None:
    """Give the number of the latest figure, or of the bound that stands in its place."""
    bound = standing.latest_bound
    return bound[1] if bound is not None else standing.latest_value


def _places(view: View) -> dict[tuple[str, str], int]:
    """Number figures and targets by unit, then size: what these columns sort by."""
    targets = view.project.plan.targets
    found: dict[tuple[str, str], int] = {}
    for column in ("latest", "asked"):
        values = {
            name: one.value if column == "asked" else _size(view.standings[name])
            for name, one in targets.items()
        }
        known = sorted(
            (targets[name].unit, value, place, name)  # the place in the plan decides between equals
            for place, (name, value) in enumerate(values.items())
            if value is not None
        )
        found |= {(name, column): place for place, (*_, name) in enumerate(known, start=1)}
    return found


def _fields(view: View) -> list[GridField]:
    return [
        GridField("target", view.say("column_target")),
        GridField("verdict", view.say("column_verdict")),
        GridField("asked", view.say("column_asked")),
        GridField("latest", view.say("column_latest")),
        GridField("nearest", view.say("column_beside")),
        GridField("gap", view.say("column_gap")),
        GridField("pace", view.say("column_pace")),
        GridField("chance", view.say("column_chance")),
        GridField("lead", view.say("column_lead")),
    ]


def _line(
    view: View,
    target: Target,
    standing: Standing,
    row: Mapping[str, Any],
    lead: str | None,
    places: Mapping[tuple[str, str], int],
) -> GridRow:
    section = view.project.plan.sections[target.section]
    home = Markup("{}<br> <small>{}</small>").format(
        target_link(view, target), section_title(view, section)
    )
    decimals = standing.series.indicator.decimals
    latest = _number(row["latest"])
    wanted = Markup("{}<br> <small>{}</small>").format(
        target_value(target, view.lang), _deadline(view, target)
    )
    nearest = nearest_of(view, target)
    chance = _number(row["probability"])
    place = {column: places.get((target.target_id, column)) for column in ("latest", "asked")}
    cells = {
        "target": GridCell(home, view.title(target.indicator)),
        "verdict": GridCell(badge(view, row["verdict"]), VERDICTS.index(row["verdict"])),
        "asked": GridCell(wanted, place["asked"]),
        "latest": GridCell(_latest(view, target, standing), place["latest"]),
        "nearest": GridCell(nearest, None if nearest == MISSING else nearest.striptags()),
        "gap": _gap(view, standing, latest, _number(row["gap"]), decimals),
        "pace": _pace(view, standing, row, decimals),
        "chance": GridCell(probability(chance, view.lang), chance)
        if chance is not None
        else _no_chance(view, row),
        "lead": GridCell(department_link(view, lead), view.department(lead) if lead else None),
    }
    facets = {
        "verdict": row["verdict"],
        "part": str(section.part),
        "lead": lead or NO_LEAD,
    }
    return GridRow(cells, facets, anchor=f"target-{target.target_id}")


def _deadline(view: View, target: Target) -> str:
    if target.deadline is None:
        return view.say("deadline_none")
    if target.kind.sums:
        return ""  # the years of the sum name it
    return view.say("deadline", year=target.deadline)


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _latest(view: View, target: Target, standing: Standing) -> Markup:
    """Show the city's own figure below its course, or that there is none."""
    points = standing.measured
    if standing.latest_value is None and standing.latest_bound is None:
        figure = Markup('<span class="pb-none">{}</span>').format(view.say("no_figure"))
    else:
        figure = Markup("<strong>{}</strong>").format(latest_of(view, standing))
    if points.empty:
        return figure
    decimals = standing.series.indicator.decimals
    ends = {
        key: quantity(float(points.iloc[place]), target.unit, view.lang, decimals)
        for key, place in (("start", 0), ("end", -1))
    }
    label = view.say("spark_alt", first=points.index[0], last=points.index[-1], **ends)
    return Markup("{} {}").format(sparkline(points, target=target.value, label=label), figure)


def _gap(
    view: View, standing: Standing, latest: float | None, gap: float | None, decimals: int
) -> GridCell:
    target = standing.target
    if latest is None or gap is None:
        return GridCell(MISSING)
    if standing.facts.is_met_by(latest):
        return GridCell(view.say("gap_none"), 0.0)
    share = abs(gap / target.value) if target.value else None
    return GridCell(_difference(view, abs(gap), target.unit, decimals), share)


def _pace(view: View, standing: Standing, row: Mapping[str, Any], decimals: int) -> GridCell:
    """Set the pace needed against the pace seen; sorted by seen over needed."""
    target, found = standing.target, standing.pace
    values = {key: _number(row.get(f"pace_{key}")) for key in ("needed", "seen")}
    if values["needed"] is None and values["seen"] is None:
        return GridCell(MISSING)
    texts = [
        view.say(
            f"pace_{key}",
            pace=MISSING
            if value is None
            else view.say("per_year", value=_difference(view, value, target.unit, decimals)),
        )
        for key, value in values.items()
    ]
    if found.latest is not None and found.seen == values["seen"]:
        value = _difference(view, found.latest, target.unit, decimals)
        pace = view.say("per_year", value=value)
        texts.append(view.say("pace_latest", since=found.latest_since, pace=pace))
    share = None
    if values["needed"] and values["seen"] is not None:
        share = values["seen"] / values["needed"]
    return GridCell(Markup("<br>").join(texts), share)


def _difference(view: View, value: float, unit: str, decimals: int) -> str:
    """Write a difference: of percentages in points."""
    if unit != "%":
        return quantity(value, unit, view.lang, decimals)
    return view.say("points", value=quantity(value, "index", view.lang, max(1, decimals)))


def _no_chance(view: View, row: Mapping[str, Any]) -> GridCell:
    """Say why there is no chance; a dash where the state or the lack of a figure says it."""
    if _number(row["latest"]) is None or row["verdict"] in ("met", "missed"):
        return GridCell(MISSING)
    reason = row.get("chance_reason")
    key = reason if isinstance(reason, str) and reason in messages() else "not_estimated"
    if "{" in messages()[key][view.lang]:  # it needs details that the chapter has, not the board
        key = "not_estimated"
    return GridCell(Markup("<small>{}</small>").format(view.say(key)))


def _export(view: View, rows: Mapping[str, Mapping[str, object]]) -> pd.DataFrame:
    plan = view.project.plan
    found = []
    for target in plan.targets.values():
        row = rows[target.target_id]
        lead = row.get("lead", plan.lead_of(target))
        part = plan.sections[target.section].part
        found.append(
            {
                view.say("column_id"): target.target_id,
                view.say("column_part"): plan.parts[part].title[view.lang],
                view.say("column_section"): target.section,
                view.say("column_target"): view.title(target.indicator),
                view.say("column_asked"): asked(target, view.lang),
                view.say("column_unit"): target.unit,
                view.say("column_verdict"): view.say(f"verdict_{row['verdict']}"),
                view.say("column_latest_value"): _number(row["latest"]),
                view.say("column_latest_year"): _number(row["latest_year"]),
                view.say("column_gap"): _number(row["gap"]),
                view.say("column_pace_needed"): _number(row.get("pace_needed")),
                view.say("column_pace_seen"): _number(row.get("pace_seen")),
                view.say("column_chance"): _number(row["probability"]),
                view.say("column_lead"): view.department(
                    lead if isinstance(lead, str) and lead in plan.departments else None
                ),
            }
        )
    return pd.DataFrame(found)
