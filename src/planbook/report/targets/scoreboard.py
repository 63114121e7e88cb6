"""The scoreboard: one row a target of the plan, and how many stand where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
from markupsafe import Markup

from planbook.analysis.accountability import counts_by_part, held_by
from planbook.analysis.progress import VERDICTS, Standing
from planbook.data.plan import Target
from planbook.report.html.cells import said, small, strong
from planbook.report.html.filter_table import Facet, GridCell
from planbook.report.html.fragments import Shown
from planbook.report.html.sparkline import sparkline
from planbook.report.html.tabular import Give, TableField, Tabular, column, held, shown
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


@dataclass(frozen=True)
class BoardRow:
    """One target, where it stands, and who leads it."""

    target: Target
    standing: Standing
    status: Mapping[str, Any]  # its row of `View.status`
    lead: str | None
    part: int

    def number(self, key: str) -> float | None:
        """Give a number of the status; none where it is missing."""
        value = self.status.get(key)
        return None if value is None or pd.isna(value) else float(value)


def _rows(view: View) -> list[BoardRow]:
    plan = view.project.plan
    status = {row["target_id"]: row for row in view.status.to_dict("records")}
    rows = []
    for name, target in plan.targets.items():
        lead = status[name]["lead"]
        known = lead if isinstance(lead, str) and lead in plan.departments else None
        part = plan.sections[target.section].part
        rows.append(BoardRow(target, view.standings[name], status[name], known, part))
    return rows


def board(view: View) -> Shown:
    """Show every target with its state, course, figures, gap, pace, chance and lead.

    Units differ from row to row, so no column sorts by bare numbers: figures stand by
    unit and then size, a gap by its share of the target, a pace by seen over needed.
    """
    plan, rows = view.project.plan, _rows(view)
    present = {row.status["verdict"] for row in rows}
    verdicts = [(one, view.say(f"verdict_{one}")) for one in VERDICTS if one in present]
    parts = [
        (str(one), plan.parts[one].title[view.lang])
        for one in dict.fromkeys(row.part for row in rows)
    ]
    leads = {row.lead or NO_LEAD: view.department(row.lead) for row in rows}
    return Tabular(view, rows, _fields(view)).sift(
        BOARD,
        "label_board",
        "pb-board",
        [
            Facet("verdict", view.say("column_verdict"), verdicts),
            Facet("part", view.say("column_part"), parts),
            Facet("lead", view.say("column_lead"), list(leads.items())),
        ],
        lambda row: {
            "verdict": row.status["verdict"],
            "part": str(row.part),
            "lead": row.lead or NO_LEAD,
        },
        anchor_of=lambda row: f"target-{row.target.target_id}",
        intro=_missing(view, view.status),
        notes=[view.say(key) for key in ("board_note", "board_order", "nearest_note")],
        name="scoreboard",
    )


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
    for side in ("latest", "asked"):
        values = {
            name: one.value if side == "asked" else _size(view.standings[name])
            for name, one in targets.items()
        }
        known = sorted(
            (targets[name].unit, value, place, name)  # the place in the plan decides between equals
            for place, (name, value) in enumerate(values.items())
            if value is not None
        )
        found |= {(name, side): place for place, (*_, name) in enumerate(known, start=1)}
    return found


def _fields(view: View) -> list[TableField]:
    plan, places = view.project.plan, _places(view)

    def number(key: str) -> Give:
        return lambda row: row.number(key)

    def home(row: BoardRow) -> GridCell:
        section = section_title(view, plan.sections[row.target.section])
        link = Markup("{}<br> {}").format(target_link(view, row.target), small(section))
        return GridCell(link, view.title(row.target.indicator))

    def verdict(row: BoardRow) -> GridCell:
        found = row.status["verdict"]
        return GridCell(badge(view, found), VERDICTS.index(found))

    def wanted(row: BoardRow) -> GridCell:
        deadline = small(_deadline(view, row.target))
        text = Markup("{}<br> {}").format(target_value(row.target, view.lang), deadline)
        return GridCell(text, places.get((row.target.target_id, "asked")))

    def latest(row: BoardRow) -> GridCell:
        place = places.get((row.target.target_id, "latest"))
        return GridCell(_latest(view, row.target, row.standing), place)

    def nearest(row: BoardRow) -> GridCell:
        text = nearest_of(view, row.target)
        return GridCell(text, None if text == MISSING else text.striptags())

    def lead(row: BoardRow) -> GridCell:
        name = view.department(row.lead) if row.lead else None
        return GridCell(department_link(view, row.lead), name)

    return [
        held("column_id", lambda row: row.target.target_id),
        held("column_part", lambda row: plan.parts[row.part].title[view.lang]),
        held("column_section", lambda row: row.target.section),
        column("column_target", home, lambda row: view.title(row.target.indicator)),
        held("column_asked", lambda row: asked(row.target, view.lang)),
        held("column_unit", lambda row: row.target.unit),
        column("column_verdict", verdict, lambda row: view.say(f"verdict_{row.status['verdict']}")),
        shown("column_asked", wanted),
        shown("column_latest", latest),
        held("column_latest_value", number("latest")),
        held("column_latest_year", number("latest_year")),
        shown("column_beside", nearest),
        column("column_gap", partial(_gap, view), number("gap")),
        shown("column_pace", partial(_pace, view)),
        held("column_pace_needed", number("pace_needed")),
        held("column_pace_seen", number("pace_seen")),
        column("column_chance", partial(_chance, view), number("probability")),
        column("column_lead", lead, lambda row: view.department(row.lead)),
    ]


def _deadline(view: View, target: Target) -> str:
    if target.deadline is None:
        return view.say("deadline_none")
    if target.kind.sums:
        return ""  # the years of the sum name it
    return view.say("deadline", year=target.deadline)


def _latest(view: View, target: Target, standing: Standing) -> Markup:
    """Show the city's own figure below its course, or that there is none."""
    points = standing.measured
    if standing.latest_value is None and standing.latest_bound is None:
        figure = Markup('<span class="pb-none">{}</span>').format(view.say("no_figure"))
    else:
        figure = strong(latest_of(view, standing))
    if points.empty:
        return figure
    decimals = standing.series.indicator.decimals
    ends = {
        key: quantity(float(points.iloc[place]), target.unit, view.lang, decimals)
        for key, place in (("start", 0), ("end", -1))
    }
    label = view.say("spark_alt", first=points.index[0], last=points.index[-1], **ends)
    return Markup("{} {}").format(sparkline(points, target=target.value, label=label), figure)


def _gap(view: View, row: BoardRow) -> GridCell:
    target, latest, gap = row.target, row.number("latest"), row.number("gap")
    if latest is None or gap is None:
        return GridCell(MISSING)
    if row.standing.facts.is_met_by(latest):
        return GridCell(view.say("gap_none"), 0.0)
    share = abs(gap / target.value) if target.value else None
    decimals = row.standing.series.indicator.decimals
    return GridCell(_difference(view, abs(gap), target.unit, decimals), share)


def _pace(view: View, row: BoardRow) -> GridCell:
    """Set the pace needed against the pace seen; sorted by seen over needed."""
    target, found = row.target, row.standing.pace
    decimals = row.standing.series.indicator.decimals
    values = {key: row.number(f"pace_{key}") for key in ("needed", "seen")}
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


def _chance(view: View, row: BoardRow) -> GridCell:
    """Give the chance, or why there is none; a dash where state or lack of a figure says it."""
    chance = row.number("probability")
    if chance is not None:
        return GridCell(probability(chance, view.lang), chance)
    if row.number("latest") is None or row.status["verdict"] in ("met", "missed"):
        return GridCell(MISSING)
    reason = row.status.get("chance_reason")
    key = reason if isinstance(reason, str) and reason in messages() else "not_estimated"
    if "{" in messages()[key][view.lang]:  # it needs details that the chapter has, not the board
        key = "not_estimated"
    return GridCell(small(view.say(key)))
