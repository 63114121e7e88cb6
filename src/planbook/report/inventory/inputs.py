"""Which inputs of an inventory are published, and estimates side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
from markupsafe import Markup

from planbook.analysis.inventory.coverage import STATES, LineState, line_state, spread
from planbook.data import units
from planbook.data.series import Series
from planbook.report.figure import holder_lines
from planbook.report.html.cells import badge, said, small, two_lines
from planbook.report.html.fragments import Shown
from planbook.report.html.tabular import (
    TableField,
    Tabular,
    both,
    column,
    grouped,
    held,
    listed,
    shown,
)
from planbook.report.series.tables import latest_of_each
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
    apart = view.say("semicolon")

    def known(one: LineState, *, modelled: bool) -> list[str]:
        return latest_of_each(view, [*one.activity, *one.near], modelled=modelled)

    def wanted(one: LineState) -> list[str]:
        return holder_lines(view, [] if one.activity else one.wanted, key="held_by")

    def state(one: LineState) -> str:
        return view.say(f"line_{one.state}")

    def about(one: LineState) -> Markup:
        head = two_lines(one.line.title[view.lang], small(join(list(one.line.gases), view.lang)))
        return two_lines(head, badge(state(one), STATE_LOOKS[one.state]))

    fields = [
        held("column_id", lambda one: one.line.id),
        column("column_line", about, lambda one: one.line.title[view.lang]),
        held("column_gases", lambda one: " ".join(one.line.gases)),
        held("column_state", state),
        listed("column_published_city", partial(known, modelled=False), apart),
        listed("column_value_modelled", partial(known, modelled=True), apart),
        listed("column_wanted", wanted),
    ]
    return Tabular(
        view,
        grouped(
            line_states(view), lambda one: view.project.factors.groups[one.line.group][view.lang]
        ),
        fields,
    ).show(
        "label_inventory",
        "pb-inventory",
        notes=[view.say("note_inventory")],
        name="inventory",
        file="inventory_inputs",
    )


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

    def value(year: int, one: Series) -> float | None:
        return float(one.points[year]) if year in one.points.index else None

    def figure(year: int, one: Series) -> str:
        return _bare_figure(view, value(year, one), meta.unit, meta.decimals)

    fields = [
        held("column_id", lambda one: one.indicator.id),
        both("column_estimate", lambda one: one.indicator.title[view.lang]),
    ]
    for year in years:
        fields += [
            shown("column_of_year", partial(figure, year), year=year, unit=unit, numeric=True),
            TableField(str(year), None, partial(value, year), words=None),
        ]
    fields += [
        held("column_unit", lambda one: meta.unit),
        shown("column_latest_figure_any", lambda one: view.latest(one.indicator.id)),
        shown("column_definition", lambda one: one.indicator.definition[view.lang]),
    ]
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
    return Tabular(view, found, fields).show(
        "label_estimates", "pb-estimates", notes=notes, name="estimates"
    )


def _bare_figure(view: View, value: float | None, unit: str, decimals: int) -> str:
    _, factor = units.display(unit, view.lang)
    digits = max(0, decimals - 1) if factor == 1 else 0
    return number(None if value is None else value * factor, digits)


def _years_shown(found: Sequence[Series]) -> list[int]:
    """Choose years in which most estimates stand: the first and last of all, the last of two."""
    frame = pd.DataFrame({one.indicator.id: one.points for one in found}).notna().sum(axis=1)
    everyone = frame[frame == len(found)].index
    two = frame[frame >= min(2, len(found))].index
    chosen = [*everyone[:1], *everyone[-1:], *two[-1:]]
    return sorted({int(year) for year in chosen})
