"""Figures that were revised: the earlier and the later one, with dates and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from planbook.data import vintages
from planbook.data.series import behind
from planbook.report.html.fragments import Column, Shown, file_links, fragment, table
from planbook.report.view import View
from planbook.text import BOUND_SIGNS, MISSING, bare, number, quantity

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
        head = Markup("<strong>{}</strong>{}{}").format(title, view.say("colon"), line)
        return Shown(fragment("sentences.html", lines=[head]), line)
    rows = [
        {**row, "group": group_of(view, row["entity"], row["status"])}
        for row in frame.to_dict("records")
    ]
    columns = [
        Column(view.say("column_indicator")),
        Column(view.say("column_place")),
        Column(view.say("column_year")),
        Column(view.say("column_earlier")),
        Column(view.say("column_later")),
        Column(view.say("column_change"), numeric=True),
    ]
    parts, sheets = [], {}
    for group in GROUPS:
        own = [row for row in rows if row["group"] == group]
        if not own:
            continue
        name = view.say(f"change_place_{group}")
        sheets[name] = _revision_frame(view, own)
        last = not any(row["group"] in GROUPS[GROUPS.index(group) + 1 :] for row in rows)
        parts.append(
            table(
                columns,
                [{"cells": _revision_cells(view, row)} for row in own],
                title=title + view.say("label_joint") + name,
                kind="pb-revisions",
                anchor="revisions" if not parts else "",
                notes=[view.say("revision_note")] if last else [],
                links=file_links(sheets, f"{view.city}_revisions", view.lang) if last else "",
            )
        )
    data = pd.concat(sheets.values(), ignore_index=True)
    return Shown(Markup("\n").join(parts), data.to_string(index=False), data)


def _revision_cells(view: View, row: Mapping[str, Any]) -> list[object]:
    def figure(side: str) -> Markup:
        when = row[f"{side}_published"]
        words = view.say("revision_published", date=when) if when else view.say("revision_undated")
        amount = as_published(
            view, row["indicator"], row[side], row["unit"], row[f"{side}_qualifier"]
        )
        return Markup("<strong>{}</strong><br><small>{}<br>{}</small>").format(
            amount, words, source_link(view, row[f"{side}_source"])
        )

    return [
        known_title(view, row["indicator"]),
        known_place(view, row["entity"]),
        str(row["year"]),
        figure("before"),
        figure("after"),
        _change(view, row["change_pct"]),
    ]


def _change(view: View, change_pct: float | None) -> str:
    if change_pct is None or pd.isna(change_pct):
        return MISSING
    text = number(change_pct, 1 if abs(change_pct) >= 0.1 else 3)
    sign = "+" if change_pct > 0 else ""
    return f"{sign}{text}{'' if view.lang == 'zh' else ' '}%"


def _revision_frame(view: View, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                view.say("column_indicator"): known_title(view, row["indicator"]),
                view.say("column_id"): row["indicator"],
                view.say("column_place"): known_place(view, row["entity"]),
                view.say("column_year"): row["year"],
                view.say("column_unit"): row["unit"],
                view.say("column_earlier"): row["before"],
                view.say("column_earlier_published"): row["before_published"],
                view.say("column_earlier_source"): row["before_source"],
                view.say("column_later"): row["after"],
                view.say("column_issued"): row["after_published"],
                view.say("column_source"): row["after_source"],
                view.say("column_change_pct"): row["change_pct"],
            }
            for row in rows
        ]
    )


def of_pairs(view: View, shown: Iterable[tuple[str, str]]) -> Shown:
    """Show which of the figures behind indicators and places were revised, or that none was."""
    catalog = view.project.catalog
    pairs = [(name, entity) for one, entity in shown for name in behind(catalog, one)]
    return revisions(view, vintages.revisions(view.project.vintages(pairs), view.until))
