"""Figures of a chapter: a chart with its title, reading aid, sources and downloads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from planbook import charts, units
from planbook.analysis.forecast import Forecast, ForecastRefused
from planbook.analysis.progress import VERDICTS
from planbook.derive import Series
from planbook.plan import Target
from planbook.render import Shown, draw, file_links, fragment
from planbook.text import asked, bare, join, number, probability, quantity, target_value
from planbook.view import View, export_frame

TRACK_LEAST = 10  # past forecasts; fewer say nothing about coverage
SOURCES_SHOWN = 3  # named below a chart; the chapter's table of sources has them all


def missing(view: View, indicators: Sequence[str]) -> Shown:
    """Say which figures are missing and who would hold them, in place of an empty chart."""
    holders: dict[str, list[str]] = {}
    for indicator in indicators:
        department = view.project.catalog[indicator].department
        holders.setdefault(department, []).append(view.title(indicator))
    lines = [
        view.say(
            "missing_line",
            department=view.department(department),
            indicators=view.say("semicolon").join(titles),
        )
        for department, titles in holders.items()
    ]
    title = view.say("missing_title")
    html = fragment("missing.html", title=title, lines=lines)
    return Shown(html, "\n".join([title, *lines]))


def _assemble(
    view: View,
    *,
    anchor: str,
    title: str,
    reading: str,
    alt: str,
    images: tuple[str, str],
    sources: Sequence[str],
    notes: Sequence[str],
    data: pd.DataFrame,
    details: Sequence[str] = (),
) -> Shown:
    """Put a chart and what belongs to it into one figure element."""
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


def _sources(found: Sequence[Series]) -> list[str]:
    return list(dict.fromkeys(source for one in found for source in one.sources))


def _label(view: View, one: Series, *, place: bool, name: bool) -> str:
    parts = [one.indicator.title[view.lang]] if name else []
    if place:
        parts.append(view.place(one.entity))
    label = view.say("label_joint").join(parts) or view.place(one.entity)
    return view.say("label_modelled", label=label) if one.is_modelled else label


def _describe(view: View, one: Series) -> str:
    """One sentence on a series for a reader who cannot see the chart."""
    points = one.points
    if points.empty:
        return ""
    meta = one.indicator
    if len(points) == 1:
        return view.say(
            "alt_point",
            indicator=meta.title[view.lang],
            place=view.place(one.entity),
            year=points.index[0],
            value=quantity(points.iloc[0], meta.unit, view.lang, meta.decimals),
        )
    return view.say(
        "alt_series",
        indicator=meta.title[view.lang],
        place=view.place(one.entity),
        first=points.index[0],
        start=quantity(points.iloc[0], meta.unit, view.lang, meta.decimals),
        last=points.index[-1],
        end=quantity(points.iloc[-1], meta.unit, view.lang, meta.decimals),
        count=len(points),
    )


def _notes(view: View, found: Sequence[Series]) -> list[str]:
    """Say what must be seen beside a chart: that figures are modelled, or bounds."""
    notes = []
    for one in found:
        if one.is_modelled:
            notes.append(view.say("note_modelled", indicator=one.indicator.title[view.lang]))
        if one.frame["qualifier"].isin(["at_least", "at_most"]).any():
            notes.append(view.say("note_bounds"))
    return notes


def _details(view: View, found: Sequence[Series]) -> list[str]:
    """List what a careful reader wants: breaks, comparability, notes on single figures."""
    details = []
    for one in found:
        title, years = one.indicator.title[view.lang], one.frame.index
        for item in one.indicator.breaks_of(one.entity):
            if len(years) and years[0] < item.from_ <= years[-1]:
                details.append(
                    view.say(
                        "note_break",
                        indicator=title,
                        place=view.place(one.entity),
                        year=item.from_,
                        reason=item.reason[view.lang],
                    )
                )
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


def _finish(
    view: View, ax: Axes, figure: Figure, unit: str, narrow: bool, *, from_zero: bool = False
) -> None:
    sign, factor = units.display(unit, view.lang)
    charts.finish(ax, unit=sign, from_zero=from_zero, factor=factor)
    charts.legend(figure, ax, narrow=narrow)


def trend(
    view: View,
    pairs: Sequence[tuple[str, str]],
    *,
    target: Target | None = None,
    title: str | None = None,
    from_zero: bool = False,
) -> Shown:
    """Draw series of one unit in one chart, each in the look of its place.

    Parameters
    ----------
    view : View
    pairs : sequence of (indicator, entity)
        All in one unit; those without a figure are named below the chart.
    target : Target, optional
        Drawn as a line, only where it is measured in the same unit.
    title : str, optional
        Defaults to the name of the first indicator.
    from_zero : bool, optional
        Whether the value axis starts at zero.

    Returns
    -------
    Shown
    """
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
                look = charts.Look(
                    charts.SERIES_COLORS[count % len(charts.SERIES_COLORS)],
                    look.dashes,
                    charts.SERIES_MARKERS[count % len(charts.SERIES_MARKERS)],
                    look.filled,
                )
            label = _label(view, one, place=len(places) > 1, name=len(indicators) > 1)
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
                label=_target_label(view, target),
                first=target.base_year or min(years),
                last=max(years),
            )
        _finish(view, ax, figure, meta.unit, narrow, from_zero=from_zero)

    name = title or meta.title[view.lang]
    if len(places) == 1:
        name = view.say("title_place", title=name, place=view.place(filled[0].entity))
    empty = [one for one in found if not len(one)]
    notes = _notes(view, filled) + [
        view.say(
            "note_no_series",
            indicator=one.indicator.title[view.lang],
            place=view.place(one.entity),
        )
        for one in empty
    ]
    alt = " ".join(text for text in (_describe(view, one) for one in filled) if text)
    return _assemble(
        view,
        anchor="-".join(["trend", *dict.fromkeys(indicator for indicator, _ in pairs)][:3]),
        title=name,
        reading=alt if len(filled) == 1 else "",
        alt=alt,
        images=draw(paint),
        sources=_sources(filled),
        notes=notes,
        details=_details(view, filled),
        data=export_frame(view, filled),
    )


def _target_label(view: View, target: Target) -> str:
    return view.say("chart_target", value=asked(target, view.lang))


def context(view: View, pairs: Sequence[tuple[str, str]], *, title: str) -> Shown:
    """Draw context series in panels of their own, apart from any city figure.

    Parameters
    ----------
    view : View
    pairs : sequence of (indicator, entity)
        One panel each; a pair without a figure is left out and named.
    title : str

    Returns
    -------
    Shown
    """
    found = [view.series(*pair) for pair in pairs]
    known = [one for one in found if len(one)]
    if not known:
        return missing(view, list(dict.fromkeys(indicator for indicator, _ in pairs)))
    filled = [one for one in known if len(one) > 1] or known  # one point is no panel
    columns = 2 if len(filled) > 1 else 1
    rows = -(-len(filled) // columns)

    def paint(figure: Figure, narrow: bool) -> None:
        shape = (len(filled), 1) if narrow else (rows, columns)
        axes = np.atleast_1d(figure.subplots(*shape)).ravel()
        for ax in axes[len(filled) :]:
            ax.set_visible(False)
        for ax, one in zip(axes, filled, strict=False):
            charts.plot_series(ax, one, view.look(one), label="", lang=view.lang)
            charts.plot_breaks(ax, one, lang=view.lang)
            unit, factor = units.display(one.indicator.unit, view.lang)
            charts.finish(ax, unit="", factor=factor)
            head = _label(view, one, place=True, name=True)
            head = f"{head}{view.say('unit_joint', unit=unit)}" if unit else head
            ax.set_title(charts.wrap(head, 42 if narrow or columns == 1 else 40), fontsize=9.5)

    alt = " ".join(text for text in (_describe(view, one) for one in filled) if text)
    empty = [one for one in found if not len(one)]
    notes = [view.say("note_context", city=view.place(view.city)), *_notes(view, filled)]
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
    notes += [
        view.say(
            "note_no_series",
            indicator=one.indicator.title[view.lang],
            place=view.place(one.entity),
        )
        for one in empty
    ]
    tall = 2.55
    return _assemble(
        view,
        anchor="-".join(["context", *dict.fromkeys(indicator for indicator, _ in pairs)][:3]),
        title=title,
        reading="",
        alt=alt,
        images=draw(
            paint,
            wide=(charts.WIDE[0], 0.4 + tall * rows),
            narrow=(charts.NARROW[0], 0.3 + 2.4 * len(filled)),
        ),
        sources=_sources(known),
        notes=notes,
        details=_details(view, known),
        data=export_frame(view, known),
    )


def outlook(
    view: View, indicator: str, *, entity: str | None = None, target: Target | None = None
) -> Shown:
    """Draw a series with its forecast, and say in words what it means and how sure it is.

    Parameters
    ----------
    view : View
    indicator : str
    entity : str, optional
        The city by default.
    target : Target, optional
        Drawn, and its chance given where it is the indicator's own or the
        stand-in has the same terms.

    Returns
    -------
    Shown
        A note with the reason where the series is not forecast.
    """
    entity = entity or view.city
    found = view.series(indicator, entity)
    if not len(found):
        return missing(view, [indicator])
    meta = found.indicator
    try:
        _, made = view.forecast(indicator, entity)
    except ForecastRefused as error:
        reason = view.say("forecast_refused", reason=view.why_not(error, indicator))
        head = view.say("title_place", title=meta.title[view.lang], place=view.place(entity))
        title = view.say("forecast_none", series=head)
        html = fragment("missing.html", title=title, lines=[reason])
        return Shown(html, f"{title}\n{reason}")

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        look = view.look(found)
        label = _label(view, found, place=True, name=False)
        charts.plot_series(ax, found, look, label=label, lang=view.lang)
        charts.plot_breaks(ax, found, lang=view.lang)
        charts.plot_forecast(ax, made, origin=float(found.last_segment.iloc[-1]), lang=view.lang)
        if target is not None:
            charts.plot_target(
                ax,
                target.value,
                deadline=target.deadline,
                label=_target_label(view, target),
                first=target.base_year or int(found.frame.index[0]),
                last=int(made.years[-1]),
            )
        _finish(view, ax, figure, meta.unit, narrow)

    sentences = outlook_sentences(view, found, made, target)
    data = pd.concat([export_frame(view, [found]), _forecast_rows(view, found, made)])
    return _assemble(
        view,
        anchor=f"forecast-{indicator}" + ("" if entity == view.city else f"-{entity}"),
        title=view.say(
            "title_forecast",
            indicator=meta.title[view.lang],
            place=view.place(entity),
            year=int(made.years[-1]),
        ),
        reading=" ".join(sentences),
        alt=" ".join([_describe(view, found), *sentences]),
        images=draw(paint),
        sources=_sources([found]),
        notes=[*_track_notes(view, indicator, entity, made), *_notes(view, [found])],
        details=_details(view, [found]),
        data=data,
    )


def outlook_sentences(
    view: View, found: Series, made: Forecast, target: Target | None
) -> list[str]:
    """Say a forecast in words: the middle, the interval, and the chance of a target."""
    meta = found.indicator
    year = int(made.years[-1])
    low, high = (float(side[-1]) for side in made.interval(view.level))

    def write(value: float) -> str:
        return quantity(value, meta.unit, view.lang, meta.decimals)

    sentences = [
        view.say(
            "forecast_sentence",
            year=year,
            middle=write(float(made.median[-1])),
            level=view.level,
            low=write(low),
            high=write(high),
        )
    ]
    if target is not None and target.deadline in made.years:
        chance = made.probability(target.deadline, target.value, wants=target.wants)
        at = int(np.flatnonzero(made.years == target.deadline)[0])
        sentences.append(
            view.say(
                "chance_sentence" if found.indicator.id == target.indicator else "chance_stand_in",
                target=target_value(target, view.lang),
                year=target.deadline,
                middle=write(float(made.median[at])),
                chance=probability(chance, view.lang),
            )
        )
    return sentences


def _track_notes(view: View, indicator: str, entity: str, made: Forecast) -> list[str]:
    notes = [
        view.say(
            "forecast_method",
            method=view.say(f"method_{made.method}"),
            first=made.fitted_years[0],
            last=made.fitted_years[1],
            n=made.n,
        )
    ]
    record = view.track(indicator, entity)
    if record is None or record.forecasts < TRACK_LEAST:
        notes.append(view.say("track_none"))
    else:
        notes.append(
            view.say(
                "track_record",
                forecasts=record.forecasts,
                ratio=number(record.mae / record.mae_naive, 2) if record.mae_naive else "–",
                cov80=f"{record.coverage[80]:.0f}",
                cov95=f"{record.coverage[95]:.0f}",
            )
        )
    return notes + [view.say(key) for key in made.warnings]


def _forecast_rows(view: View, found: Series, made: Forecast) -> pd.DataFrame:
    """Give a forecast as rows below the figures, never in their value column."""
    rows = []
    for year, row in made.frame().iterrows():
        rows.append(
            {
                view.say("column_indicator"): found.indicator.title[view.lang],
                view.say("column_id"): found.indicator.id,
                view.say("column_place"): view.place(found.entity),
                view.say("column_year"): int(year),
                view.say("column_unit"): found.indicator.unit,
                view.say("column_kind"): view.say("status_forecast"),
                view.say("column_forecast"): row["forecast"],
                **{
                    view.say(f"column_{side}", level=level): row[f"{side}{level}"]
                    for level in (80, 95)
                    for side in ("lo", "hi")
                },
            }
        )
    return pd.DataFrame(rows)


def verdicts(view: View, targets: Sequence[Target]) -> Shown:
    """Draw how many targets stand where."""
    counts = pd.Series(
        [view.standings[target.target_id].verdict for target in targets], dtype="str"
    ).value_counts()
    counts = counts.reindex(VERDICTS, fill_value=0)
    labels = {verdict: view.say(f"verdict_{verdict}") for verdict in VERDICTS}

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        width = 18 if narrow else 40
        charts.plot_verdicts(
            ax, counts, {key: charts.wrap(text, width) for key, text in labels.items()}
        )

    shown = counts[counts > 0]
    alt = view.say(
        "alt_verdicts",
        total=len(targets),
        list=join(
            [view.say("count_of", words=labels[key], count=n) for key, n in shown.items()],
            view.lang,
        ),
    )
    data = pd.DataFrame(
        {
            view.say("column_verdict"): [labels[key] for key in counts.index],
            view.say("column_targets"): counts.to_numpy(),
        }
    )
    height = 0.6 + 0.46 * len(shown)
    return _assemble(
        view,
        anchor="verdicts",
        title=view.say("title_verdicts", total=len(targets), year=view.as_of),
        reading="",
        alt=alt,
        images=draw(paint, wide=(6.4, height), narrow=(3.75, height + 0.3)),
        sources=[],
        notes=[],
        data=data,
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
        charts.plot_stack(ax, frame, labels)
        _finish(view, ax, figure, found[0].indicator.unit, narrow, from_zero=True)

    alt = " ".join(_describe(view, one) for one in found)
    notes = [] if entity == view.city else [view.say("note_context", city=view.place(view.city))]
    notes.append(view.say("note_stack"))
    return _assemble(
        view,
        anchor=f"stack-{indicators[0]}-{entity}",
        title=view.say("title_place", title=title, place=view.place(entity)),
        reading="",
        alt=alt,
        images=draw(paint),
        sources=_sources(found),
        notes=notes + _notes(view, found),
        details=_details(view, found),
        data=export_frame(view, found),
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

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        charts.plot_months(ax, frame, [str(month) for month in range(1, 13)])
        charts.finish(ax, unit=units.label(filled[0].indicator.unit, view.lang), years=False)
        ax.set_ylim(bottom=0)
        ax.set_xlabel(view.say("axis_month"))
        charts.legend(figure, ax, narrow=narrow, columns=5)

    whole = frame.loc[:, frame.notna().sum() == 12]  # a mean over other months would mislead
    alt = title
    if not whole.empty:
        alt = view.say(
            "alt_months",
            title=title,
            years=join([str(year) for year in whole], view.lang),
            high=int(whole.mean(axis=1).idxmax()),
            low=int(whole.mean(axis=1).idxmin()),
        )
    return _assemble(
        view,
        anchor=f"months-{indicators[0]}",
        title=view.say("title_place", title=title, place=view.place(view.city)),
        reading="" if whole.empty else alt,
        alt=alt,
        images=draw(paint),
        sources=_sources(filled),
        notes=[],
        data=export_frame(view, filled),
    )


def plants(view: View, section: int, *, title: str) -> Shown:
    """Draw the plan's power plants as bars divided into their units."""
    chosen = [
        item for item in view.project.plan.projects_of(section) if item.units_count is not None
    ]
    if not chosen:
        return Shown("", "")
    names = [item.name_zh if view.lang == "zh" else item.name_en for item in chosen]
    frame = pd.DataFrame(
        {
            "units_count": [item.units_count for item in chosen],
            "unit_size": [item.unit_size for item in chosen],
        },
        index=names,
    )
    unit, factor = units.display("MW", view.lang)
    frame["unit_size"] = frame["unit_size"] * factor
    total = float((frame["units_count"] * frame["unit_size"]).sum())
    largest = float((frame["units_count"] * frame["unit_size"]).max())

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        shown = frame.copy()
        shown.index = [charts.wrap(name, 16 if narrow else 30) for name in frame.index]
        charts.plot_units(ax, shown, limit=largest * (1.75 if narrow else 1.3), unit=unit)
        ax.set_xlabel(unit)

    alt = view.say("alt_plants", count=len(frame), total=f"{bare(total)} {unit}")
    data = pd.DataFrame(
        {
            view.say("column_project"): names,
            view.say("column_units"): frame["units_count"].to_numpy(),
            view.say("column_unit_size"): [item.unit_size for item in chosen],
        }
    )
    return _assemble(
        view,
        anchor=f"plants-{section}",
        title=title,
        reading=alt,
        alt=alt,
        images=draw(
            paint,
            wide=(charts.WIDE[0], 0.8 + 0.55 * len(frame)),
            narrow=(charts.NARROW[0], 0.8 + 0.7 * len(frame)),
        ),
        sources=[],
        notes=[view.say("note_plan_quantity")],
        data=data,
    )
