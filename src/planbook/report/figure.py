"""What every figure of a chapter shares: caption, reading aid, sources, notes, downloads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from planbook.data import units
from planbook.data.plan import Target
from planbook.data.series import Series
from planbook.report.drawing import style as charts
from planbook.report.html.fragments import Drawing, Shown, file_links, fragment
from planbook.report.view import View, export_frame
from planbook.text import asked, quantity

SOURCES_SHOWN = 3  # named below a chart; the chapter's table of sources has them all


def holder_lines(view: View, indicators: Sequence[str], *, key: str = "missing_line") -> list[str]:
    """Say for each department which of the indicators it would hold, by the message `key`."""
    holders: dict[str, list[str]] = {}
    for indicator in indicators:
        department = view.project.catalog[indicator].department
        holders.setdefault(department, []).append(view.title(indicator))
    return [
        view.say(
            key,
            department=view.department(department),
            indicators=view.say("semicolon").join(titles),
        )
        for department, titles in holders.items()
    ]


def missing(view: View, indicators: Sequence[str]) -> Shown:
    """Say which figures are missing and who would hold them, in place of an empty chart."""
    lines = holder_lines(view, indicators)
    title = view.say("missing_title")
    html = fragment("missing.html", title=title, lines=lines)
    return Shown(html, "\n".join([title, *lines]))


def assemble(
    view: View,
    *,
    anchor: str,
    title: str,
    alt: str,
    images: tuple[Drawing, Drawing],
    reading: str = "",
    notes: Sequence[str] = (),
    series: Sequence[Series] = (),
    sources: Sequence[str] = (),
    details: Sequence[str] = (),
    data: pd.DataFrame | None = None,
) -> Shown:
    """Put a chart and what belongs to it into one figure element.

    The `series` that it draws give its sources, details and data where these are not given.
    """
    sources = sources or sources_of(series)
    details = details or details_of(view, series)
    data = export_frame(view, series) if data is None else data
    html = fragment(
        "figure.html",
        anchor=f"fig-{anchor}",
        title=title,
        reading=reading,
        alt=alt,
        wide=images[0],
        narrow=images[1],
        source_word=view.say("source_word"),
        separator=view.say("list_separator"),
        sources=view.cite(sources[:SOURCES_SHOWN]),
        more=view.say("more_sources", count=len(sources) - SOURCES_SHOWN)
        if len(sources) > SOURCES_SHOWN
        else "",
        notes=list(dict.fromkeys(note for note in notes if note)),
        details=list(dict.fromkeys(details)),
        details_word=view.say("details_word"),
        links=file_links({anchor: data}, f"{view.city}_{anchor}", view.lang),
    )
    return Shown(html, f"{title}\n{alt}", data)


def sources_of(found: Sequence[Series]) -> list[str]:
    return list(dict.fromkeys(source for one in found for source in one.sources))


def label_of(view: View, one: Series, *, place: bool, name: bool) -> str:
    parts = [one.indicator.title[view.lang]] if name else []
    if place:
        parts.append(view.place(one.entity))
    label = view.say("label_joint").join(parts) or view.place(one.entity)
    return view.say("label_modelled", label=label) if one.is_modelled else label


def describe(view: View, one: Series, *, named: bool = True) -> str:
    """One sentence on a series for a reader who cannot see the chart.

    It never sets figures of two definitions against each other: where the series
    breaks, it speaks of the part since the last break.
    """
    if one.points.empty:
        return ""
    meta, since = one.indicator, one.last_segment
    ends = {
        key: quantity(since.iloc[place], meta.unit, view.lang, meta.decimals)
        for key, place in (("start", 0), ("end", -1))
    }
    first, last, count = since.index[0], since.index[-1], len(one.points)
    if count == 1:
        text = view.say("alt_point", year=last, value=ends["end"])
    elif len(since) == 1:
        text = view.say("alt_last_break", last=last, end=ends["end"], count=count)
    else:
        key = "alt_series" if len(since) == count else "alt_series_break"
        text = view.say(key, first=first, last=last, count=count, **ends)
    if not named:
        return text
    head = {"indicator": meta.title[view.lang], "place": view.place(one.entity)}
    return view.say("alt_named", text=text, **head)


def notes_of(view: View, found: Sequence[Series]) -> list[str]:
    """Say what must be seen beside a chart: that figures are modelled, or bounds."""
    notes = []
    modelled = list(dict.fromkeys(view.title(one.indicator.id) for one in found if one.is_modelled))
    if len(modelled) > 1:
        names = view.say("semicolon").join(modelled)
        notes.append(view.say("note_modelled_several", indicators=names))
    elif modelled:
        notes.append(view.say("note_modelled", indicator=modelled[0]))
    for one in found:
        if one.frame["qualifier"].isin(["at_least", "at_most"]).any():
            notes.append(view.say("note_bounds"))
    return notes


def without_figures(view: View, found: Sequence[Series]) -> list[str]:
    """Name the series that have no figure, so that they are not silently left out."""
    return [
        view.say(
            "note_no_series", indicator=one.indicator.title[view.lang], place=view.place(one.entity)
        )
        for one in found
        if not len(one)
    ]


def break_notes(view: View, found: Iterable[Series]) -> list[str]:
    """Say where series break and why; what breaks alike stands in one line."""
    alike: dict[tuple[str, int, str], dict[str, None]] = {}
    for one in found:
        years = one.frame.index
        for item in one.indicator.breaks_of(one.entity):
            if len(years) and years[0] < item.from_ <= years[-1]:
                kind = (one.entity, item.from_, item.reason[view.lang])
                alike.setdefault(kind, {})[one.indicator.title[view.lang]] = None
    return [
        view.say(
            "note_break",
            indicator=view.say("semicolon").join(names),
            place=view.place(entity),
            year=year,
            reason=reason,
        )
        for (entity, year, reason), names in alike.items()
    ]


def details_of(view: View, found: Sequence[Series]) -> list[str]:
    """List what a careful reader wants: breaks, comparability, notes on single figures."""
    details = break_notes(view, found)
    for one in found:
        title = one.indicator.title[view.lang]
        if one.indicator.comparability_note and one.entity != view.city:
            text = one.indicator.comparability_note[view.lang]
            details.append(view.say("caveat_indicator", indicator=title, text=text))
        by_note: dict[str, list[int]] = {}
        for year, text in one.frame["note_zh" if view.lang == "zh" else "note"].items():
            if text:
                by_note.setdefault(text, []).append(int(year))
        for text, when in by_note.items():
            span = str(when[0]) if len(when) == 1 else f"{when[0]}–{when[-1]}"
            details.append(view.say("note_row", indicator=title, years=span, note=text))
    return details


def finish(
    view: View, ax: Axes, figure: Figure, unit: str, narrow: bool, *, from_zero: bool = False
) -> None:
    sign, factor = units.display(unit, view.lang)
    charts.finish(ax, unit=sign, from_zero=from_zero, factor=factor)
    charts.legend(figure, ax, narrow=narrow)


def panel(
    view: View, ax: Axes, one: Series, *, width: int, place: bool = True, from_zero: bool = False
) -> None:
    """Draw one series in a panel of its own, headed by its name and unit."""
    charts.plot_series(ax, one, view.look(one), label="", lang=view.lang)
    charts.plot_breaks(ax, one, lang=view.lang)
    unit, factor = units.display(one.indicator.unit, view.lang)
    charts.finish(ax, unit="", factor=factor, from_zero=from_zero)
    head = label_of(view, one, place=place, name=True)
    head = f"{head}{view.say('unit_joint', unit=unit)}" if unit else head
    ax.set_title(charts.wrap(head, width), fontsize=9.5)


def target_label(view: View, target: Target) -> str:
    return view.say("chart_target", value=asked(target, view.lang))
