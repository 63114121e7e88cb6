"""The amounts that targets set, and what is published of each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from planbook.analysis.synergy.equivalents import exact_sums
from planbook.data import units
from planbook.data.plan import Target
from planbook.data.series import Series
from planbook.report.drawing import style as charts
from planbook.report.figure import assemble, notes_of
from planbook.report.html.cells import said
from planbook.report.html.fragments import Shown, draw
from planbook.report.targets.charts import AmountBar, amount_handles, plot_amounts
from planbook.report.view import View
from planbook.text import bare, quantity


def amounts(view: View, chosen: Sequence[Target], *, title: str) -> Shown:
    """Draw the amounts that the plan sets, with what is published of each."""
    own = [one for one in chosen if one.kind.is_amount]
    if own:
        dimension = units.UNITS[own[0].unit][0]
        own = [one for one in own if units.UNITS[one.unit][0] == dimension]
    if not own:
        return said(view.say("no_amounts"))
    common = own[0].unit if len({one.unit for one in own}) == 1 else _shared_unit(own)
    sign, factor = units.display(common, view.lang)
    bars, used, rows = [], [], []
    for target in own:
        near = _near(view, target)
        bar = _bar(view, target, near, common, factor)
        bars.append(bar)
        used += [view.series(target.indicator), *near[:1]]
        rows.append(
            {
                view.say("column_id"): target.target_id,
                view.say("column_target"): view.title(target.indicator),
                view.say("column_planned"): target.value,
                view.say("column_unit"): target.unit,
                view.say("column_by"): target.deadline,
                view.say("column_so_far"): view.standings[target.target_id].latest_value,
                view.say("column_note"): bar.note,
            }
        )

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        width = 17 if narrow else 30
        shown = [
            AmountBar(
                charts.wrap(bar.name, width),
                bar.planned,
                bar.planned_label if narrow else bar.planned_label.replace("\n", ""),
                bar.published,
                bar.part,
                charts.wrap(bar.note, 34 if narrow else 75),
            )
            for bar in bars
        ]
        plot_amounts(ax, shown, room=1.75 if narrow else 1.42)
        ax.set_xlabel(sign)
        words = {key: view.say(f"chart_amount_{key}") for key in ("planned", "published", "part")}
        handles = amount_handles(bars, words)
        wrapped = [(handle, charts.wrap(word, 42)) for handle, word in handles]
        charts.legend_below(figure, wrapped, 1 if narrow else len(handles))

    named = {view.title(one.indicator): one.value * units.factor(one.unit, common) for one in own}
    notes = [
        view.say("note_exact_sum", part=part, other=other, whole=whole)
        for part, other, whole in exact_sums(named)
    ]
    alt = " ".join(
        f"{bar.name}{view.say('colon')}{bar.planned_label}{view.say('semicolon')}{bar.note}"
        for bar in bars
    ).replace("\n", "")
    height = 0.9 + 0.92 * len(bars)
    found = [one for one in used if len(one)]
    return assemble(
        view,
        anchor=f"amounts-{own[0].indicator}",
        title=title,
        alt=alt,
        images=draw(paint, height, height + 0.2 * len(bars)),
        series=found,
        notes=[view.say("note_amounts"), *notes, *notes_of(view, found)],
        data=pd.DataFrame(rows),
    )


def _shared_unit(own: Sequence[Target]) -> str:
    """Choose the unit in which amounts of one dimension are drawn together."""
    known = [one.unit for one in own]
    return "km2" if "km2" in known else max(known, key=lambda unit: units.UNITS[unit][1])


def _near(view: View, target: Target) -> list[Series]:
    """List the city's stand-ins for an amount that are measured in its dimension."""
    dimension = units.UNITS[target.unit][0]
    found = [
        view.series(other.id)
        for other in view.project.catalog.standing_in_for(target.indicator)
        if other.comparability != "context" and units.UNITS[other.unit][0] == dimension
    ]
    return [one for one in found if len(one)]


def _bar(
    view: View, target: Target, near: Sequence[Series], common: str, factor: float
) -> AmountBar:
    to_common = units.factor(target.unit, common)
    planned = target.value * to_common * factor
    sign, _ = units.display(common, view.lang)
    gap = "" if view.lang == "zh" else " "
    label = f"{bare(round(planned, 0 if planned >= 100 else 1))}{gap}{sign}"
    if target.unit != common:
        own_sign, own_factor = units.display(target.unit, view.lang)
        text = f"{bare(target.value * own_factor)}{gap}{own_sign}"
        label += "\n" + view.say("paren", text=text)
    standing = view.standings[target.target_id]
    when = (
        view.say("amount_by", year=target.deadline) if target.deadline else view.say("amount_open")
    )
    published = part = None
    if standing.latest_value is not None:
        published = standing.latest_value * to_common * factor
        what = view.say(
            "amount_reached",
            figure=quantity(standing.latest_value, target.unit, view.lang, 0),
            year=standing.latest_year,
        )
    elif near:
        row = near[0].last
        meta = near[0].indicator
        part = float(row["value"]) * units.factor(meta.unit, common) * factor
        what = view.say(
            "amount_part",
            name=meta.title[view.lang],
            figure=quantity(row["value"], meta.unit, view.lang, meta.decimals),
            year=row.name,
        )
    else:
        what = view.say("amount_none")
    return AmountBar(view.title(target.indicator), planned, label, published, part, f"{when}{what}")
