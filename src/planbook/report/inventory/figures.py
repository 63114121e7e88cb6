"""Figures of the inventory: lines with their intervals, and what makes the sum uncertain."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from planbook.analysis.inventory.activity import PUBLISHED, SCALED
from planbook.analysis.inventory.city import ADDED_SCOPE, Inventory
from planbook.report.drawing import style as charts
from planbook.report.drawing.bars import Bar, plot_bars
from planbook.report.figure import assemble
from planbook.report.html.cells import said
from planbook.report.html.fragments import Shown, draw
from planbook.report.inventory.charts import Interval, plot_intervals
from planbook.report.inventory.words import (
    KIND_DIGITS,
    driver_title,
    line_title,
    mega,
    mega_unit,
    span,
)
from planbook.report.view import View
from planbook.text import number

LOOKS = {PUBLISHED: "city", SCALED: "city_modelled"}
DRIVERS_SHOWN = 6


def _nothing(view: View) -> Shown:
    return said(view.say("inv_nothing_computed"))


def intervals(view: View, results: Inventory, *, title: str) -> Shown:
    """Draw the emissions of each line, published and scaled ones in panels apart."""
    kinds = [kind for kind in (PUBLISHED, SCALED) if (kind, ADDED_SCOPE) in results.totals]
    if not kinds:
        return _nothing(view)
    made = {kind: _rows(view, results, kind) for kind in kinds}
    longest = max(row.high for rows in made.values() for row in rows)

    def paint(figure: Figure, narrow: bool) -> None:
        ratios = [len(made[kind]) + 0.4 for kind in kinds]
        panels = charts.space_panels(figure).subplots(len(kinds), 1, height_ratios=ratios)
        for ax, kind in zip(np.atleast_1d(panels), kinds, strict=True):
            rows = [
                Interval(
                    charts.wrap(row.label, 13 if narrow else 30),
                    row.value,
                    row.low,
                    row.high,
                    row.text,
                )
                for row in made[kind]
            ]
            plot_intervals(
                ax,
                rows,
                charts.LOOKS[LOOKS[kind]],
                modelled=kind == SCALED,
                longest=longest,
                room=1.75 if narrow else 1.3,
            )
            head = view.say(f"inv_panel_{kind}", unit=mega_unit(view))
            ax.set_title(charts.wrap(head, 32 if narrow else 80), fontsize=9.5)

    count = sum(len(rows) for rows in made.values())
    alt = view.say("semicolon").join(
        f"{row.label}{view.say('colon')}{row.text}" for rows in made.values() for row in rows
    )
    sources = dict.fromkeys(source for name in results.rows["sources"] for source in name)
    activity = dict.fromkeys(
        source
        for known in results.activity.values()
        for one in known
        for source in one.figure.sources
    )
    notes = [view.say("inv_note_hatched")] if SCALED in kinds else []
    height = 0.7 + 0.52 * count + 0.5 * len(kinds)
    return assemble(
        view,
        anchor="inventory-lines",
        title=title,
        reading=view.say("inv_reading"),
        alt=alt,
        images=draw(paint, height, height + 0.5),
        sources=list({**activity, **sources}),
        notes=notes,
        data=results.lines.reset_index(),
    )


def _rows(view: View, results: Inventory, kind: str) -> list[Interval]:
    found = results.totals[kind, ADDED_SCOPE].lines
    digits = KIND_DIGITS[kind]
    rows = []
    for line, row in found.sort_values("central", ascending=False).iterrows():
        text = view.say(
            "inv_value_span",
            value=mega(view, row["central"], digits),
            span=span(view, row["low"], row["high"], digits),
        )
        central, low, high = (float(row[key]) / 1e6 for key in ("central", "low", "high"))
        rows.append(Interval(line_title(view, str(line)), central, low, high, text))
    return rows


def _percent(view: View, value: float) -> str:
    text = number(value, 0) if value >= 0.5 else view.say("inv_below", value=1)
    return view.say("inv_percent", value=text)


def drivers(view: View, results: Inventory, *, title: str) -> Shown:
    """Draw which uncertain numbers make the sum of one kind wide."""
    kinds = [kind for kind in (PUBLISHED, SCALED) if (kind, ADDED_SCOPE) in results.totals]
    kinds = [kind for kind in kinds if len(results.totals[kind, ADDED_SCOPE].drivers)]
    if not kinds:
        return _nothing(view)
    kind = kinds[0]
    found = results.totals[kind, ADDED_SCOPE]
    table = found.drivers
    shown = table.head(DRIVERS_SHOWN)
    names = [driver_title(view, one) for one in shown["variable"]]
    values = shown["share_pct"].tolist()
    rest = float(table["share_pct"].iloc[DRIVERS_SHOWN:].sum())
    if rest > 0.5:
        names.append(view.say("driver_rest", count=len(table) - DRIVERS_SHOWN))
        values.append(rest)

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        bars = [
            Bar(
                charts.wrap(name, 15 if narrow else 40),
                value,
                _percent(view, value),
                charts.LOOKS[LOOKS[kind]],
                hatched=kind == SCALED,
            )
            for name, value in zip(names, values, strict=True)
        ]
        plot_bars(ax, bars, unit="", room=1.2 if narrow else 1.1)

    digits = KIND_DIGITS[kind]
    reading = view.say(
        "inv_reading_drivers",
        kind=view.say(f"kind_{kind}"),
        span=span(view, found.total["low"], found.total["high"], digits),
        unit=mega_unit(view),
        draws=number(found.draws, 0),
    )
    alt = view.say("semicolon").join(
        f"{name}{view.say('colon')}{_percent(view, value)}"
        for name, value in zip(names, values, strict=True)
    )
    height = 0.5 + 0.5 * len(names)
    cited = [source for name in results.rows["sources"] for source in name]
    return assemble(
        view,
        anchor="inventory-drivers",
        title=title,
        reading=reading,
        alt=alt,
        images=draw(paint, height, height + 1.1),
        sources=list(dict.fromkeys(cited)),
        notes=[view.say("note_inv_correlation")],
        data=pd.DataFrame({"variable": table["variable"], "share_pct": table["share_pct"]}),
    )
