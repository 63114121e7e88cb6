"""Figures that were revised: the earlier and the later one, with dates and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from planbook.data import vintages
from planbook.data.series import behind
from planbook.report.html.cells import small, strong, two_lines
from planbook.report.html.fragments import Shown, file_links, fragment
from planbook.report.html.tabular import TableField, Tabular, both, column, held, shown
from planbook.report.view import View
from planbook.text import BOUND_SIGNS, MISSING, bare, quantity, signed

GROUPS = ("own", "context", "modelled")  # never in one column


def group_of(view: View, entity: str, status: str) -> str:
    """Tell whether a figure is the city's own, of its context, or modelled."""
    if status == "modelled":
        return "modelled"
    return "own" if entity in view.project.city.entities else "context"


def known_title(view: View, indicator: str) -> str:
    known = view.project.catalog
    return known[indicator].title[view.lang] if indicator in known else indicator


def known_place(view: View, entity: str) -> str:
    known = view.project.entities
    return known[entity][view.lang] if entity in known else entity


def as_published(
    view: View, indicator: str, value: float | None, unit: str, qualifier: str = ""
) -> str:
    """Write a figure as published, in the unit that it had."""
    if value is None:
        return MISSING
    known = view.project.catalog
    digits = known[indicator].decimals if indicator in known else 1
    exact = max(digits, min(4, len(f"{value:.10g}".partition(".")[2])))
    try:
        text = quantity(value, unit, view.lang, exact)
    except KeyError:  # a unit that the table of units no longer has
        text = f"{bare(value)} {unit}"
    sign = BOUND_SIGNS.get(qualifier, "")
    return (sign.strip() if view.lang == "zh" else sign) + text


def source_link(view: View, name: str) -> Markup:
    known = view.project.sources
    if name not in known:
        return escape(name)
    (one,) = view.cite([name])
    if one["address"]:
        return Markup('<a href="{}">{}</a>').format(one["address"], one["label"])
    return escape(one["label"])


def revisions(view: View, frame: pd.DataFrame, *, book: bool = False) -> Shown:
    """Show which figures were revised: earlier and later value, dates, sources, change."""
    title = view.say("label_revisions")
    if frame.empty:
        line = view.say("revision_none_book" if book else "revision_none")
        head = Markup("{}{}{}").format(strong(title), view.say("colon"), line)
        return Shown(fragment("sentences.html", lines=[head]), line)
    rows = frame.to_dict("records")
    groups = {
        group: [row for row in rows if group_of(view, row["entity"], row["status"]) == group]
        for group in GROUPS
    }
    groups = {group: own for group, own in groups.items() if own}
    fields = _revision_fields(view)
    sheets = {view.say(f"change_place_{group}"): Tabular(view, own, fields).frame
              for group, own in groups.items()}  # fmt: skip
    parts = [
        Tabular(view, own, fields)
        .show(
            "label_revisions",
            "pb-revisions",
            title=title + view.say("label_joint") + view.say(f"change_place_{group}"),
            anchor="revisions" if group == next(iter(groups)) else "",
            notes=[view.say("revision_note")] if group == list(groups)[-1] else [],
            links=file_links(sheets, f"{view.city}_revisions", view.lang)
            if group == list(groups)[-1]
            else "",
        )
        .html
        for group, own in groups.items()
    ]
    data = pd.concat(sheets.values(), ignore_index=True)
    return Shown(Markup("\n").join(parts), data.to_string(index=False), data)


def _revision_fields(view: View) -> list[TableField]:
    def figure(row: Mapping[str, Any], side: str) -> Markup:
        when = row[f"{side}_published"]
        words = view.say("revision_published", date=when) if when else view.say("revision_undated")
        amount = as_published(
            view, row["indicator"], row[side], row["unit"], row[f"{side}_qualifier"]
        )
        source = source_link(view, row[f"{side}_source"])
        return two_lines(strong(amount), small(two_lines(words, source)))

    return [
        both("column_indicator", lambda row: known_title(view, row["indicator"])),
        held("column_id", itemgetter("indicator")),
        both("column_place", lambda row: known_place(view, row["entity"])),
        both("column_year", itemgetter("year")),
        held("column_unit", itemgetter("unit")),
        column("column_earlier", lambda row: figure(row, "before"), itemgetter("before")),
        held("column_earlier_published", itemgetter("before_published")),
        held("column_earlier_source", itemgetter("before_source")),
        column("column_later", lambda row: figure(row, "after"), itemgetter("after")),
        held("column_issued", itemgetter("after_published")),
        held("column_source", itemgetter("after_source")),
        shown("column_change", lambda row: change_of(view, row["change_pct"]), numeric=True),
        held("column_change_pct", itemgetter("change_pct")),
    ]


def change_of(view: View, change_pct: float | None) -> str:
    """Write a change in per cent, with three decimals where one would show nothing."""
    if change_pct is None or pd.isna(change_pct):
        return MISSING
    return signed(change_pct, "%", view.lang, 1 if abs(change_pct) >= 0.1 else 3)


def of_pairs(view: View, shown: Iterable[tuple[str, str]]) -> Shown:
    """Show which of the figures behind indicators and places were revised, or that none was."""
    catalog = view.project.catalog
    pairs = [(name, entity) for one, entity in shown for name in behind(catalog, one)]
    return revisions(view, vintages.revisions(view.project.vintages(pairs), view.until))
