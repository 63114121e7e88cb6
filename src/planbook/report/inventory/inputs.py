"""Which inputs of an inventory are published, and estimates side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from planbook.analysis.inventory.coverage import STATES, LineState, line_state, spread
from planbook.data import units
from planbook.report.figure import holder_lines
from planbook.report.html.cells import badge, said, stacked
from planbook.report.html.fragments import Column, Shown, file_links, table
from planbook.report.view import View
from planbook.text import join, number

# which badge (colour and sign) a state borrows from the verdicts
STATE_LOOKS = {"published": "met", "near_only": "at_risk", "missing": "no_data"}


def line_states(view: View) -> list[LineState]:
    """Say for every line of the inventory how far the city's figures fill it."""
    return [
        line_state(line, lambda name: len(view.series(name)) > 0)
        for line in view.project.factors.lines
    ]


def inventory(view: View) -> Shown:
    """Show line by line which inputs of an inventory are published for the city."""
    states = line_states(view)
    columns = [
        Column(view.say("column_line")),
        Column(view.say("column_published_city")),
        Column(view.say("column_value_modelled")),
        Column(view.say("column_wanted")),
    ]
    rows, export, group = [], [], None
    for one in states:
        if one.line.group != group:
            group = one.line.group
            rows.append({"group": view.project.factors.groups[group][view.lang]})
        shown = [*one.activity, *one.near]
        published = [view.named_latest(name) for name in shown if not view.series(name).is_modelled]
        modelled = [view.named_latest(name) for name in shown if view.series(name).is_modelled]
        wanted = holder_lines(view, [] if one.activity else one.wanted, key="held_by")
        words = view.say(f"line_{one.state}")
        title = Markup("{}<br><small>{}</small><br>{}").format(
            one.line.title[view.lang],
            join(list(one.line.gases), view.lang),
            badge(words, STATE_LOOKS[one.state]),
        )
        rows.append(
            {
                "cells": [
                    title,
                    stacked(published),
                    stacked(modelled),
                    stacked(wanted),
                ]
            }
        )
        export.append(
            {
                view.say("column_id"): one.line.id,
                view.say("column_line"): one.line.title[view.lang],
                view.say("column_gases"): " ".join(one.line.gases),
                view.say("column_state"): words,
                view.say("column_published_city"): view.say("semicolon").join(published),
                view.say("column_value_modelled"): view.say("semicolon").join(modelled),
                view.say("column_wanted"): " ".join(wanted),
            }
        )
    frame = pd.DataFrame(export)
    html = table(
        columns,
        rows,
        label=view.say("label_inventory"),
        kind="pb-inventory",
        notes=[view.say("note_inventory")],
        links=file_links({"inventory": frame}, f"{view.city}_inventory_inputs", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)


def inventory_counts(view: View) -> list[tuple[str, str, str]]:
    """Count the lines of the inventory by state, as entries of headline cards."""
    states = [one.state for one in line_states(view)]
    of = view.say("card_lines", total=len(states))
    return [(str(states.count(state)), view.say(f"line_{state}"), of) for state in STATES]


def estimates(view: View, names: Sequence[str]) -> Shown:
    """Show published estimates of one quantity side by side, and how far they differ."""
    found = [one for one in (view.series(name) for name in names) if len(one)]
    if not found:
        return said(view.say("no_estimate"))
    spreads = spread({one.indicator.id: one.points for one in found})
    years = _years_shown(found)
    meta = found[0].indicator
    unit, _ = units.display(meta.unit, view.lang)
    columns = [
        Column(view.say("column_estimate")),
        *[Column(view.say("column_of_year", year=year, unit=unit), numeric=True) for year in years],
        Column(view.say("column_latest_figure_any")),
        Column(view.say("column_definition")),
    ]
    rows, export = [], []
    for one in found:
        points = one.points
        values = [float(points[year]) if year in points.index else None for year in years]
        rows.append(
            {
                "cells": [
                    one.indicator.title[view.lang],
                    *[_bare_figure(view, value, meta.unit, meta.decimals) for value in values],
                    view.latest(one.indicator.id),
                    one.indicator.definition[view.lang],
                ]
            }
        )
        export.append(
            {
                view.say("column_id"): one.indicator.id,
                view.say("column_estimate"): one.indicator.title[view.lang],
                **{str(year): value for year, value in zip(years, values, strict=True)},
                view.say("column_unit"): meta.unit,
            }
        )
    notes = []
    if spreads:
        widest, last = max(spreads, key=lambda one: one.ratio), spreads[-1]
        notes.append(
            view.say(
                "note_spread",
                year=widest.year,
                high=view.title(widest.high),
                low=view.title(widest.low),
                ratio=number(widest.ratio, 1),
                last=last.year,
                last_ratio=number(last.ratio, 1),
            )
        )
    notes.append(view.say("note_estimates"))
    frame = pd.DataFrame(export)
    html = table(
        columns,
        rows,
        label=view.say("label_estimates"),
        kind="pb-estimates",
        notes=notes,
        links=file_links({"estimates": frame}, f"{view.city}_estimates", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)


def _bare_figure(view: View, value: float | None, unit: str, decimals: int) -> str:
    _, factor = units.display(unit, view.lang)
    digits = max(0, decimals - 1) if factor == 1 else 0
    return number(None if value is None else value * factor, digits)


def _years_shown(found: Sequence) -> list[int]:
    """Choose years in which most estimates stand: the first and last of all, the last of two."""
    frame = pd.DataFrame({one.indicator.id: one.points for one in found}).notna().sum(axis=1)
    everyone = frame[frame == len(found)].index
    two = frame[frame >= min(2, len(found))].index
    chosen = [*everyone[:1], *everyone[-1:], *two[-1:]]
    return sorted({int(year) for year in chosen})
