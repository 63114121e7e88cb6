"""Published figures of a sector, what indicators mean, and sources."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup, escape

from planbook.data import units
from planbook.report.html.cells import said
from planbook.report.html.fragments import Column, Shown, file_links, fragment, table, without_empty
from planbook.report.view import View, export_frame, web_address
from planbook.text import MISSING, bare, join

FOLD_ABOVE = 10  # rows; a longer reference table opens on demand


def known(view: View, sector: str) -> Shown:
    """List what is published for the city and its counties in one sector."""
    columns = [
        Column(view.say("column_indicator")),
        Column(view.say("column_latest_figure")),
        Column(view.say("column_latest_modelled")),
        Column(view.say("column_years")),
        Column(view.say("column_source")),
    ]
    rows, found = [], []
    for meta in view.project.catalog.sector(sector):
        own = [view.series(meta.id, entity) for entity in view.project.city.entities]
        own = [one for one in own if len(one)]
        found += own
        whole = [one for one in own if one.entity == view.city]
        for one in whole or own:  # a county's figure stands in the table only without the city's
            first, last = one.frame.index[0], one.frame.index[-1]
            span = (
                str(first)
                if first == last
                else view.say("years_span", first=first, last=last, count=len(one))
            )
            title = meta.title[view.lang]
            if one.entity != view.city:
                title += view.say("paren", text=view.place(one.entity))
            producers = [view.source(name).producer[view.lang] for name in one.sources]
            rows.append(
                {
                    "cells": [
                        title,
                        MISSING if one.is_modelled else view.latest(meta.id, one.entity),
                        view.latest(meta.id, one.entity) if one.is_modelled else MISSING,
                        span,
                        join(list(dict.fromkeys(producers)), view.lang),
                    ]
                }
            )
    if not rows:
        return said(view.say("nothing_known", city=view.place(view.city)))
    columns, rows = without_empty(columns, rows)
    frame = export_frame(view, found)
    has_county = any(one.entity != view.city for one in found)
    html = table(
        columns,
        rows,
        label=view.say("label_known"),
        kind="pb-known",
        notes=[view.say("known_note")] if has_county else [],
        links=file_links({sector: frame}, f"{view.city}_{sector}", view.lang),
    )
    if len(rows) > FOLD_ABOVE:
        html = fragment("fold.html", summary=view.say("known_fold", count=len(rows)), inner=html)
    return Shown(html, frame.to_string(index=False), frame)


def _size(view: View, quantity_: float, unit: str) -> str:
    sign, factor = units.display(unit, view.lang)
    gap = "" if view.lang == "zh" else " "
    return f"{bare(quantity_ * factor)}{gap}{sign}".strip()


def definitions(view: View, indicators: Sequence[str]) -> Shown:
    """Say what each indicator means, how it relates to the plan, and who would hold it."""
    columns = [
        Column(view.say("column_indicator")),
        Column(view.say("column_definition")),
        Column(view.say("column_holder")),
    ]
    rows, export = [], []
    for name in indicators:
        meta = view.project.catalog[name]
        about = [meta.definition[view.lang]]
        if meta.plan_relation:
            about.append(meta.plan_relation[view.lang])
        unit = units.label(meta.unit, view.lang)
        title = meta.title[view.lang]
        rows.append(
            {
                "cells": [
                    Markup("<strong>{}</strong><br><small>{}</small>").format(title, unit),
                    Markup("<br>").join(escape(text) for text in about),
                    view.department(meta.department),
                ]
            }
        )
        export.append(
            {
                view.say("column_id"): name,
                view.say("column_indicator"): title,
                view.say("column_unit"): meta.unit,
                view.say("column_definition"): " ".join(about),
                view.say("column_holder"): view.department(meta.department),
            }
        )
    frame = pd.DataFrame(export)
    inner = table(columns, rows, label=view.say("label_definitions"), kind="pb-definitions")
    html = fragment("fold.html", summary=view.say("definitions_fold", count=len(rows)), inner=inner)
    return Shown(html, frame.to_string(index=False), frame)


def sources(view: View, names: Sequence[str]) -> Shown:
    """List sources with producer, title, dates, licence and address."""
    if not names:
        return said(view.say("no_source"))
    columns = [
        Column(view.say("column_source")),
        Column(view.say("column_published")),
        Column(view.say("column_licence")),
        Column(view.say("column_address")),
    ]
    rows, export = [], []
    for name in sorted(names):
        about = view.source(name)
        address = web_address(about.address)
        link = Markup('<a href="{}">{}</a>').format(address, view.say("open")) if address else None
        where = link or view.say("reposted" if about.reposted else "no_address")
        text = Markup("<strong>{}</strong>{}{}").format(
            about.producer[view.lang], view.say("colon"), about.title[view.lang]
        )
        if about.note:
            text += Markup("<br><small>{}</small>").format(about.note[view.lang])
        when = view.say(
            "source_dates",
            published=about.published or view.say("unknown"),
            accessed=about.accessed,
        )
        rows.append(
            {"anchor": f"source-{name}", "cells": [text, when, about.licence[view.lang], where]}
        )
        export.append(
            {
                view.say("column_id"): name,
                view.say("column_producer"): about.producer[view.lang],
                view.say("column_source"): about.title[view.lang],
                view.say("column_published"): about.published or "",
                view.say("column_accessed"): about.accessed,
                view.say("column_licence"): about.licence[view.lang],
                view.say("column_address"): about.address or "",
            }
        )
    frame = pd.DataFrame(export)
    link = Markup('<a href="bibliography.html">{}</a>').format(view.say("bib_link"))
    html = table(columns, rows, label=view.say("label_sources"), kind="pb-sources", notes=[link])
    if len(rows) > FOLD_ABOVE:
        html = fragment("fold.html", summary=view.say("sources_fold", count=len(rows)), inner=html)
    return Shown(html, frame.to_string(index=False), frame)
