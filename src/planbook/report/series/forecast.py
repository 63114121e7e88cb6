"""Figures that look ahead: a series with its forecast, and what it means in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from planbook.analysis.forecast import MOST_AHEAD, Forecast, ForecastRefused, Track
from planbook.analysis.forecast.showing import LEAST_PAST
from planbook.data.plan import Target
from planbook.data.series import Series
from planbook.report.drawing import style as charts
from planbook.report.figure import assemble, describe, finish, label_of, notes_of, target_label
from planbook.report.html.fragments import Shown, draw, fragment
from planbook.report.view import View, export_frame
from planbook.text import number, probability, quantity, signed, target_value


def outlook(
    view: View, indicator: str, *, entity: str | None = None, target: Target | None = None
) -> Shown:
    """Draw a series with its forecast, and say in words what it means and how sure it is."""
    entity = entity or view.city
    found = view.series(indicator, entity)
    meta = found.indicator
    if not len(found):
        holder = view.department(meta.department)
        return _none(view, found, view.say("forecast_no_figure", department=holder))
    try:
        _, made = view.forecast(indicator, entity, target=target)
    except ForecastRefused as error:
        reason = view.say("forecast_refused", reason=view.why_not(error, indicator))
        return _none(view, found, reason, *_pace_instead(view, found, target))

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        look = view.look(found)
        label = label_of(view, found, place=True, name=False)
        charts.plot_series(ax, found, look, label=label, lang=view.lang)
        charts.plot_breaks(ax, found, lang=view.lang)
        charts.plot_forecast(ax, made, origin=float(found.last_segment.iloc[-1]), lang=view.lang)
        if target is not None:
            charts.plot_target(
                ax,
                target.value,
                deadline=target.deadline,
                label=target_label(view, target),
                first=target.base_year or int(found.frame.index[0]),
                last=int(made.years[-1]),
            )
        finish(view, ax, figure, meta.unit, narrow)

    sentences = outlook_sentences(view, found, made, target)
    data = pd.concat([export_frame(view, [found]), _forecast_rows(view, found, made)])
    return assemble(
        view,
        anchor=f"forecast-{indicator}" + ("" if entity == view.city else f"-{entity}"),
        title=view.say(
            "title_forecast",
            indicator=meta.title[view.lang],
            place=view.place(entity),
            year=int(made.years[-1]),
        ),
        reading=" ".join(sentences),
        alt=" ".join([describe(view, found), *sentences]),
        images=draw(paint),
        series=[found],
        notes=[
            *_end_note(view, made),
            *_track_notes(view, indicator, entity, made),
            *notes_of(view, [found]),
        ],
        data=data,
    )


def _none(view: View, found: Series, *lines: str) -> Shown:
    """Say that a series is not forecast, and why, in place of an empty chart."""
    name, place = found.indicator.title[view.lang], view.place(found.entity)
    title = view.say("forecast_none", series=view.say("title_place", title=name, place=place))
    html = fragment("missing.html", title=title, lines=list(lines))
    return Shown(html, "\n".join([title, *lines]))


def _pace_instead(view: View, found: Series, target: Target | None) -> list[str]:
    """Say what pace a target needs, where no forecast says whether it will be met."""
    points, meta = found.last_segment, found.indicator
    if target is None or len(points) < 2 or target.unit != meta.unit:
        return []
    first, last = int(points.index[0]), int(points.index[-1])
    left = (target.deadline or 0) - last
    if left < 1 or not target.kind.is_paced:
        return []

    def write(value: float) -> str:
        if meta.unit != "%":
            return signed(value, meta.unit, view.lang, meta.decimals + 1)
        points_ = view.say("points_unit", value=number(value, meta.decimals + 1))
        return f"+{points_}" if value > 0 else points_

    return [
        view.say(
            "withheld_pace",
            needed=write((target.value - float(points.iloc[-1])) / left),
            seen=write(float(points.iloc[-1] - points.iloc[0]) / (last - first)),
            target=target_value(target, view.lang),
            year=target.deadline,
            first=first,
            last=last,
        )
    ]


def _end_note(view: View, made: Forecast) -> list[str]:
    """Say why a forecast ends before the horizon."""
    end = int(made.years[-1])
    if end >= view.horizon:
        return []
    if end - made.fitted_years[1] == MOST_AHEAD:
        return [view.say("cut_far", most=MOST_AHEAD)]
    return [view.say("cut_wide", year=end)]


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
    if target is not None and target.deadline is not None and target.deadline in made.years:
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
    record = view.track(indicator, entity, steps=len(made.years))  # of the horizon shown
    if record is None or record.forecasts < LEAST_PAST:
        notes.append(view.say("track_none"))
        return notes + [view.say(key) for key in made.warnings]
    notes.append(view.say("track_record", **_track_words(record)))
    notes.append(view.say("track_brier", brier=number(record.brier, 2)))
    for (least, most), part in record.by_length.items():
        if least <= made.n <= most and LEAST_PAST <= part.forecasts < record.forecasts:
            notes.append(
                view.say("track_length", least=least, most=min(most, made.n), **_track_words(part))
            )
    return notes + [view.say(key) for key in made.warnings]


def _track_words(record: Track) -> dict[str, object]:
    """Give the words of a track record: how many, how far off, how often inside."""
    return {
        "forecasts": record.forecasts,
        "ratio": number(record.mae / record.mae_naive, 2) if record.mae_naive else "–",
        "cov80": f"{record.coverage[80]:.0f}",
        "cov95": f"{record.coverage[95]:.0f}",
    }


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
