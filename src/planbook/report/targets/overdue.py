"""Figures that are overdue: whose they are, the last one, and how to ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from markupsafe import Markup

from planbook.analysis.staleness import MONTHS, Overdue, overdue
from planbook.data.city import CityData
from planbook.report.html.fragments import Shown
from planbook.report.html.tabular import Tabular, shown
from planbook.report.view import View
from planbook.text import BOUND_SIGNS, MISSING, day_text, quantity, say


def last_figure(project: CityData, one: Overdue, lang: str) -> str:
    """Write the last figure with its year, or that none was found."""
    if one.last is None:
        return say("stale_never", lang, searched=day_text(project.searched, lang))
    sign = BOUND_SIGNS.get(str(one.last["qualifier"]), "")
    value = one.last["value"]
    assert isinstance(value, float)  # as the table of observations is read
    figure = quantity(value, one.indicator.unit, lang, one.indicator.decimals)
    sign = sign.strip() if lang == "zh" else sign
    return say("figure_of_year", lang, figure=sign + figure, year=one.last["year"])


def command(project: CityData, department: str, today: dt.date) -> str:
    """Give the command that asks a department for the figures of the last whole year."""
    year = min(today.year - 1, project.city.as_of)
    return (
        f"python -m planbook template --city {project.city.id} --department {department} "
        f"--year {year}"
    )


def overdue_by_department(project: CityData, as_of: int) -> dict[str, list[Overdue]]:
    """List what is overdue where a book of that year stands, by who would hold it."""
    out: dict[str, list[Overdue]] = {}
    for one in overdue(
        project.observations,
        project.catalog,
        project.plan,
        project.city,
        today=dt.date.fromisoformat(
            project.day(as_of)
        ),  # the book stands at a day of its data, not at a clock
    ):
        out.setdefault(one.department, []).append(one)
    return out


def overdue_of(view: View, department: str, found: Sequence[Overdue]) -> Shown | None:
    """Show the figures of a department that are overdue on the day on which the book stands."""
    project = view.project
    today = dt.date.fromisoformat(project.day(view.as_of))
    if not found:
        return None
    fields = [
        shown("column_indicator", lambda one: one.indicator.title[view.lang]),
        shown("stale_last", lambda one: last_figure(project, one, view.lang)),
        shown("stale_out", lambda one: one.came_out.isoformat() if one.came_out else MISSING),
        shown(
            "stale_months",
            lambda one: MISSING if one.months is None else str(one.months),
            numeric=True,
        ),
    ]
    head = view.say("stale_head", count=len(found), months=MONTHS, day=today.isoformat())
    step = Markup('{}<br><code class="pb-command">{}</code>').format(
        view.say("stale_step"), command(project, department, today)
    )
    return Tabular(view, found, fields).show(
        "heading_stale",
        "pb-overdue",
        lead=[head],
        notes=[step, view.say("stale_rule", months=MONTHS)],
    )
