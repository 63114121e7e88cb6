"""Figures of evidence: the plan's amounts, levels, what is published when, series side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from planbook.analysis.synergy.equivalents import exact_sums
from planbook.data import units
from planbook.data.plan import Target
from planbook.data.series import Series
from planbook.report.drawing import style as charts
from planbook.report.evidence import charts as charts_evidence
from planbook.report.figure import (
    assemble,
    describe,
    details_of,
    missing,
    notes_of,
    panel,
    sources_of,
    without_figures,
)
from planbook.report.html.fragments import Shown, draw, fragment
from planbook.report.view import View, export_frame
from planbook.text import bare, join, quantity

AMOUNT_SHAPES = ("quantity", "cumulative")
RECENT_YEARS = 3  # a figure of this many years ago still describes the city of today


def amounts(view: View, chosen: Sequence[Target], *, title: str) -> Shown:
    """Draw the amounts that the plan sets, with what is published of each."""
    own = [one for one in chosen if one.shape in AMOUNT_SHAPES]
    if own:
        dimension = units.UNITS[own[0].unit][0]
        own = [one for one in own if units.UNITS[one.unit][0] == dimension]
    if not own:
        line = view.say("no_amounts")
        return Shown(fragment("sentences.html", lines=[line]), line)
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
            charts_evidence.AmountBar(
                charts.wrap(bar.name, width),
                bar.planned,
                bar.planned_label if narrow else bar.planned_label.replace("\n", ""),
                bar.published,
                bar.part,
                charts.wrap(bar.note, 34 if narrow else 75),
            )
            for bar in bars
        ]
        charts_evidence.plot_amounts(ax, shown, room=1.75 if narrow else 1.42)
        ax.set_xlabel(sign)
        words = {key: view.say(f"chart_amount_{key}") for key in ("planned", "published", "part")}
        handles = charts_evidence.amount_handles(bars, words)
        figure.legend(
            [handle for handle, _ in handles],
            [charts.wrap(word, 42) for _, word in handles],
            loc="outside lower left",
            ncols=1 if narrow else len(handles),
        )

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
        reading="",
        alt=alt,
        images=draw(
            paint,
            wide=(charts.WIDE[0], height),
            narrow=(charts.NARROW[0], height + 0.2 * len(bars)),
        ),
        sources=sources_of(found),
        notes=[view.say("note_amounts"), *notes, *notes_of(view, found)],
        details=details_of(view, found),
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
) -> charts_evidence.AmountBar:
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
        row = near[0].latest
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
    return charts_evidence.AmountBar(
        view.title(target.indicator), planned, label, published, part, f"{when}{what}"
    )


def levels(view: View, pairs: Sequence[tuple[str, str]], *, title: str) -> Shown:
    """Draw the latest figures in per cent, the city's and each other place's in its own panel."""
    found = [view.series(*pair) for pair in pairs]
    filled = [one for one in found if len(one)]
    if not filled:
        return missing(view, list(dict.fromkeys(indicator for indicator, _ in pairs)))
    places = list(dict.fromkeys(one.entity for one in filled))
    groups = [[one for one in filled if one.entity == place] for place in places]

    def paint(figure: Figure, narrow: bool) -> None:
        ratios = [len(one) + 0.3 for one in groups]
        panels = charts.space_panels(figure).subplots(len(groups), 1, height_ratios=ratios)
        axes = np.atleast_1d(panels)
        for ax, place, group in zip(axes, places, groups, strict=True):
            shown = [
                charts_evidence.Level(
                    charts.wrap(one.indicator.title[view.lang], 17 if narrow else 34),
                    float(one.latest["value"]),
                    view.latest(one.indicator.id, one.entity),
                    one.latest["qualifier"],
                    view.look(one),
                )
                for one in group
            ]
            charts_evidence.plot_levels(ax, shown)
            if len(places) > 1 or place != view.city:
                head = view.place(place)
                if place not in view.project.city.entities:
                    head = view.say("panel_context", place=head)
                ax.set_title(head)

    alt = " ".join(
        view.say(
            "nearest_line",
            place=view.place(one.entity),
            figure=view.latest(one.indicator.id, one.entity),
            name=one.indicator.title[view.lang] + view.say("label_joint"),
        )
        for one in filled
    )
    notes = without_figures(view, found)
    if any(place not in view.project.city.entities for place in places):
        notes.append(view.say("note_panels"))
    if any(one.latest["qualifier"] in ("at_least", "at_most") for one in filled):
        notes.append(view.say("note_bounds"))
    notes += [
        view.say("note_modelled", indicator=one.indicator.title[view.lang])
        for one in filled
        if one.latest["status"] == "modelled"
    ]
    height = 0.55 + 0.62 * len(filled) + 0.45 * len(groups)
    return assemble(
        view,
        anchor=f"levels-{filled[0].indicator.id}",
        title=title,
        reading="",
        alt=alt,
        images=draw(paint, wide=(charts.WIDE[0], height), narrow=(charts.NARROW[0], height + 0.3)),
        sources=sources_of(filled),
        notes=notes,
        details=details_of(view, filled),
        data=export_frame(view, filled),
    )


def coverage(view: View, indicators: Sequence[str], *, title: str) -> Shown:
    """Draw for which years the city has a figure of each indicator."""
    found = [view.series(name) for name in dict.fromkeys(indicators)]
    filled = [one for one in found if len(one)]
    if not filled:
        return missing(view, list(indicators))
    rows = [
        charts_evidence.CoverageRow(
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
            charts_evidence.CoverageRow(charts.wrap(row.name, width), row.years, row.is_modelled)
            for row in rows
        ]
        charts_evidence.plot_coverage(ax, shown, now=view.as_of)
        words = {key: view.say(f"coverage_{key}") for key in ("city", "city_modelled")}
        handles = charts_evidence.coverage_handles(rows, words)
        figure.legend(
            [handle for handle, _ in handles],
            [word for _, word in handles],
            loc="outside lower left",
            ncols=1 if narrow else len(handles),
        )

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
        images=draw(
            paint,
            wide=(charts.WIDE[0], 1.0 + 0.3 * len(rows)),
            narrow=(charts.NARROW[0], 1.1 + 0.47 * len(rows)),
        ),
        sources=sources_of(filled),
        notes=notes,
        details=details_of(view, filled),
        data=export_frame(view, filled),
    )


def panels(view: View, pairs: Sequence[tuple[str, str]], *, title: str) -> Shown:
    """Draw series in panels of their own above each other, over the same years."""
    found = [view.series(*pair) for pair in pairs]
    filled = [one for one in found if len(one)]
    if not filled:
        return missing(view, list(dict.fromkeys(indicator for indicator, _ in pairs)))
    first = min(int(one.frame.index[0]) for one in filled)
    last = max(int(one.frame.index[-1]) for one in filled)

    def paint(figure: Figure, narrow: bool) -> None:
        axes = np.atleast_1d(charts.space_panels(figure).subplots(len(filled), 1))
        for ax, one in zip(axes, filled, strict=True):
            panel(view, ax, one, width=44 if narrow else 90, place=False, from_zero=True)
            ax.set_xlim(first - 0.8, last + 1.2)

    alt = " ".join(text for text in (describe(view, one) for one in filled) if text)
    notes = without_figures(view, found)
    tall = 1.9 * len(filled)
    return assemble(
        view,
        anchor=f"panels-{filled[0].indicator.id}",
        title=view.say("title_place", title=title, place=view.place(filled[0].entity)),
        reading="",
        alt=alt,
        images=draw(
            paint, wide=(charts.WIDE[0], 0.3 + tall), narrow=(charts.NARROW[0], 0.3 + 1.1 * tall)
        ),
        sources=sources_of(filled),
        notes=[*notes, *notes_of(view, filled)],
        details=details_of(view, filled),
        data=export_frame(view, filled),
    )
