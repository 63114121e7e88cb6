"""For which years the inputs of an inventory are published."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from planbook.report.drawing import style as charts
from planbook.report.figure import assemble, missing
from planbook.report.html.fragments import Shown, draw
from planbook.report.inventory.charts import CoverageRow, coverage_handles, plot_coverage
from planbook.report.view import View
from planbook.text import join

RECENT_YEARS = 3  # a figure of this many years ago still describes the city of today


def coverage(view: View, indicators: Sequence[str], *, title: str) -> Shown:
    """Draw for which years the city has a figure of each indicator."""
    found = [view.series(name) for name in dict.fromkeys(indicators)]
    filled = [one for one in found if len(one)]
    if not filled:
        return missing(view, list(indicators))
    rows = [
        CoverageRow(
            one.indicator.title[view.lang],
            tuple(int(year) for year in one.frame.index),
            one.is_modelled,
        )
        for one in filled
    ]

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        width = 24 if narrow else 48
        shown = [
            CoverageRow(charts.wrap(row.name, width), row.years, row.is_modelled) for row in rows
        ]
        plot_coverage(ax, shown, now=view.as_of)
        words = {key: view.say(f"coverage_{key}") for key in ("city", "city_modelled")}
        handles = coverage_handles(rows, words)
        charts.legend_below(figure, handles, 1 if narrow else len(handles))

    empty = [one.indicator.title[view.lang] for one in found if not len(one)]
    notes = [view.say("note_coverage", year=view.as_of)]
    if empty:
        notes.append(view.say("note_coverage_empty", count=len(empty), list=join(empty, view.lang)))
    since = view.as_of - RECENT_YEARS
    alt = view.say(
        "alt_coverage",
        known=len(filled),
        total=len(found),
        recent=sum(int(one.frame.index[-1]) >= since for one in filled),
        since=since,
    )
    return assemble(
        view,
        anchor=f"coverage-{filled[0].indicator.id}",
        title=view.say("title_place", title=title, place=view.place(view.city)),
        reading=alt,
        alt=alt,
        images=draw(paint, 1.0 + 0.3 * len(rows), 1.1 + 0.47 * len(rows)),
        series=filled,
        notes=notes,
    )
