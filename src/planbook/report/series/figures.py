"""Figures of a chapter: a chart with its title, reading aid, sources and downloads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from planbook.data import units
from planbook.data.plan import Target
from planbook.data.series import Series
from planbook.report.drawing import style as charts
from planbook.report.figure import (
    assemble,
    describe,
    finish,
    label_of,
    missing,
    notes_of,
    panel,
    sources_of,
    target_label,
    without_figures,
)
from planbook.report.html.fragments import Shown, draw
from planbook.report.view import View, export_frame
from planbook.text import join


def trend(
    view: View,
    pairs: Sequence[tuple[str, str]],
    *,
    target: Target | None = None,
    title: str | None = None,
    from_zero: bool = False,
) -> Shown:
    """Draw series of one unit in one chart, each in the look of its place."""
    found = [view.series(*pair) for pair in pairs]
    filled = [one for one in found if len(one)]
    if not filled:
        return missing(view, list(dict.fromkeys(indicator for indicator, _ in pairs)))
    meta = filled[0].indicator
    indicators = {one.indicator.id for one in filled}
    places = {one.entity for one in filled}

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        used: dict[object, int] = {}
        for one in filled:
            look = view.look(one)
            count = used.get(look, 0)
            used[look] = count + 1
            if count:
                look = charts.MarkStyle(
                    charts.SERIES_COLORS[count % len(charts.SERIES_COLORS)],
                    look.dashes,
                    charts.SERIES_MARKERS[count % len(charts.SERIES_MARKERS)],
                    look.filled,
                )
            label = label_of(view, one, place=len(places) > 1, name=len(indicators) > 1)
            charts.plot_series(
                ax,
                one,
                look,
                label=label,
                lang=view.lang,
                note_last=len(filled) < (3 if narrow else 4),
            )
            charts.plot_breaks(ax, one, lang=view.lang)
        if target is not None:
            years = [year for one in filled for year in one.frame.index]
            charts.plot_target(
                ax,
                target.value,
                deadline=target.deadline,
                label=target_label(view, target),
                first=target.base_year or min(years),
                last=max(years),
            )
        finish(view, ax, figure, meta.unit, narrow, from_zero=from_zero)

    name = title or meta.title[view.lang]
    if len(places) == 1:
        name = view.say("title_place", title=name, place=view.place(filled[0].entity))
    empty = [one for one in found if not len(one)]
    notes = notes_of(view, filled) + without_figures(view, empty)
    alt = " ".join(text for text in (describe(view, one) for one in filled) if text)
    return assemble(
        view,
        anchor="-".join(["trend", *dict.fromkeys(indicator for indicator, _ in pairs)][:3]),
        title=name,
        reading=describe(view, filled[0], named=title is not None) if len(filled) == 1 else "",
        alt=alt,
        images=draw(paint),
        series=filled,
        notes=notes,
    )


def context(view: View, pairs: Sequence[tuple[str, str]], *, title: str) -> Shown:
    """Draw context series in panels of their own, apart from any city figure."""
    note = view.say("note_context", city=view.place(view.city))
    return panels(view, pairs, title=title, kind="context", notes=[note])


def panels(
    view: View,
    pairs: Sequence[tuple[str, str]],
    *,
    title: str,
    kind: str = "panels",
    notes: Sequence[str] = (),
) -> Shown:
    """Draw series of different units side by side, each in a panel of its own."""
    found = [view.series(*pair) for pair in pairs]
    known = [one for one in found if len(one)]
    if not known:
        return missing(view, list(dict.fromkeys(indicator for indicator, _ in pairs)))
    filled = [one for one in known if len(one) > 1] or known  # one point is no panel
    columns = 2 if len(filled) > 1 else 1
    rows = -(-len(filled) // columns)

    def paint(figure: Figure, narrow: bool) -> None:
        shape = (len(filled), 1) if narrow else (rows, columns)
        axes = np.atleast_1d(charts.space_panels(figure).subplots(*shape)).ravel()
        for ax in axes[len(filled) :]:
            ax.set_visible(False)
        for ax, one in zip(axes, filled, strict=False):
            panel(view, ax, one, width=42 if narrow or columns == 1 else 40)

    alt = " ".join(text for text in (describe(view, one) for one in filled) if text)
    empty = [one for one in found if not len(one)]
    notes = [*notes, *notes_of(view, filled)]
    notes += [
        view.say(
            "note_single",
            indicator=one.indicator.title[view.lang],
            place=view.place(one.entity),
            figure=view.latest(one.indicator.id, one.entity),
        )
        for one in known
        if one not in filled
    ]
    notes += without_figures(view, empty)
    tall = 2.55
    return assemble(
        view,
        anchor="-".join([kind, *dict.fromkeys(indicator for indicator, _ in pairs)][:3]),
        title=title,
        alt=alt,
        images=draw(paint, 0.4 + (tall + 0.1) * rows, 0.3 + 2.5 * len(filled)),
        series=known,
        notes=notes,
    )


def stack(view: View, indicators: Sequence[str], entity: str, *, title: str) -> Shown:
    """Draw parts of a whole as stacked columns by year."""
    found = [one for one in (view.series(name, entity) for name in indicators) if len(one)]
    if not found:
        return missing(view, list(indicators))
    frame = pd.concat({one.indicator.id: one.points for one in found}, axis=1)
    frame = frame.dropna(how="all").sort_index()
    labels = {one.indicator.id: one.indicator.title[view.lang] for one in found}

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        if len(found) > 1:
            charts.plot_stack(ax, frame, labels)
        else:  # one series keeps the colour of its place
            charts.plot_stack(ax, frame, labels, [view.look(found[0]).color])
        if len(found) == 1 and len(frame) < 8:  # a few bars, each with its value
            charts.label_bars(ax, found[0], lang=view.lang)
        marked: set[int] = set()
        for one in found:  # parts that break in one year are marked once
            years = {item.from_ for item in one.indicator.breaks_of(entity)}
            if years - marked:
                charts.plot_breaks(ax, one, lang=view.lang)
            marked |= years
        finish(view, ax, figure, found[0].indicator.unit, narrow, from_zero=True)
        if len(found) == 1:
            figure.legends.clear()

    alt = " ".join(describe(view, one) for one in found)
    notes = [] if entity == view.city else [view.say("note_context", city=view.place(view.city))]
    if len(found) > 1:
        notes.append(view.say("note_stack"))
    return assemble(
        view,
        anchor=f"stack-{indicators[0]}-{entity}",
        title=view.say("title_place", title=title, place=view.place(entity)),
        alt=alt,
        images=draw(paint),
        series=found,
        notes=notes + notes_of(view, found),
    )


def months(view: View, indicators: Sequence[str], *, title: str) -> Shown:
    """Draw the course of the year from twelve monthly indicators, January first."""
    found = [view.series(name) for name in indicators]
    filled = [one for one in found if len(one)]
    if not filled:
        return missing(view, list(indicators[:1]))
    frame = pd.DataFrame(
        {month: one.points for month, one in enumerate(found, start=1) if len(one)}
    ).T.sort_index(axis=1)

    parts = _same_basis(found, frame)

    def paint(figure: Figure, narrow: bool) -> None:
        shape = (len(parts), 1) if narrow else (1, len(parts))
        axes = figure.subplots(*shape, squeeze=False, sharey=True).ravel()
        for place, (ax, years) in enumerate(zip(axes, parts, strict=True)):
            colors = charts.SERIES_COLORS[sum(map(len, parts[:place])) :]
            charts.plot_months(ax, frame[years], [str(month) for month in range(1, 13)], colors)
            unit = units.label(filled[0].indicator.unit, view.lang)
            charts.finish(ax, unit="" if len(parts) > 1 else unit, years=False)
            if len(parts) > 1:
                joint = view.say("unit_joint", unit=unit)
                ax.set_title(f"{_span(view, years)}{joint}", fontsize=9.5)
            ax.set_ylim(bottom=0)
            ax.set_xlabel(view.say("axis_month"))
        charts.legend(figure, list(axes), narrow=narrow, columns=5)

    # a mean over other months, or over two bases, would mislead
    whole = [[year for year in years if frame[year].notna().sum() == 12] for years in parts]
    lines = [
        view.say(
            "alt_months_more" if place else "alt_months",
            title=title,
            years=join([str(year) for year in years], view.lang),
            high=int(frame[years].mean(axis=1).idxmax()),
            low=int(frame[years].mean(axis=1).idxmin()),
        )
        for place, years in enumerate(filter(None, whole))
    ]
    alt = (" " if view.lang == "en" else "").join(lines) or title
    notes = [] if len(parts) < 2 else [view.say("note_months_parts")]
    return assemble(
        view,
        anchor=f"months-{indicators[0]}",
        title=view.say("title_place", title=title, place=view.place(view.city)),
        reading=alt if lines else "",
        alt=alt,
        images=draw(paint) if len(parts) == 1 else draw(paint, narrow_height=2.9 * len(parts)),
        sources=sources_of(filled),
        notes=notes,
        details=_breaks_told_once(view, filled) if len(parts) > 1 else [],
        data=export_frame(view, filled),
    )


def _same_basis(found: Sequence[Series], frame: pd.DataFrame) -> list[list[int]]:
    """Group the years of twelve monthly series so that no group spans a break of a month."""
    groups: list[list[int]] = []
    before: dict[int, int] = {}
    for year in frame:
        own = {
            month: int(found[month - 1].frame.at[year, "segment"])
            for month in frame.index[frame[year].notna()]
        }
        if groups and all(before.get(month, part) == part for month, part in own.items()):
            groups[-1].append(year)
            before |= own
        else:
            groups.append([year])
            before = own
    return groups


def _span(view: View, years: Sequence[int]) -> str:
    if len(years) == 1:
        return view.say("year_mark", year=years[0], mark="")
    return view.say("years_between", first=years[0], last=years[-1])


def _breaks_told_once(view: View, found: Sequence[Series]) -> list[str]:
    """Say why monthly series break, each reason once."""
    reasons = [
        item.reason[view.lang]
        for one in found
        for item in one.indicator.breaks_of(one.entity)
        if one.frame.index[0] < item.from_ <= one.frame.index[-1]
    ]
    return list(dict.fromkeys(reasons))
