"""Small helpers of the analyst's notebook: which series there are, their points, a drawing."""

from __future__ import annotations

import pandas as pd
from IPython.display import display
from ipywidgets import IntRangeSlider
from matplotlib.figure import Figure

from planbook.analysis.forecast import MIN_POINTS, Forecast, ForecastRefused, forecast, scenario
from planbook.analysis.forecast.base import MethodOptions
from planbook.report.drawing import style as charts
from planbook.report.view import View
from planbook.widgets.forecast_payload import select


def points(view: View, indicator: str, entity: str | None = None) -> pd.Series:
    """Give what is fitted of a series: the points after its last break, by year.

    Raises `ForecastRefused` if the catalogue says that the series must not be forecast.
    """
    _, inner, _ = select(view, indicator, entity or view.city, None)
    return inner.last_segment


def limits(view: View, indicator: str) -> MethodOptions:
    """Give bounds and kind of an indicator as `forecast` takes them."""
    meta = view.project.catalog[indicator]
    return {"lower": meta.lower, "upper": meta.upper, "kind": meta.kind}


def available(view: View) -> pd.DataFrame:
    """List the series that can be forecast, longest first."""
    rows = []
    catalog = view.project.catalog
    names = view.known.groupby(["indicator", "entity"]).size()
    for (indicator, entity), count in names[names >= MIN_POINTS].items():
        if entity not in view.project.entities or catalog[indicator].derive:
            continue
        try:
            found = points(view, indicator, entity)
        except ForecastRefused:
            continue
        years = found.index
        if len(found) < MIN_POINTS or len(found) != years[-1] - years[0] + 1:
            continue
        rows.append(
            {
                "indicator": indicator,
                "entity": entity,
                "name": view.title(indicator),
                "place": view.place(entity),
                "unit": catalog[indicator].unit,
                "first": int(years[0]),
                "last": int(years[-1]),
                "n": min(len(found), int(count)),
            }
        )
    frame = pd.DataFrame(rows).set_index(["indicator", "entity"])
    own = frame.index.get_level_values("entity") == view.city
    order = frame.assign(own=own).sort_values(["own", "n"], ascending=False, kind="stable")
    return order.drop(columns="own")


def options(view: View, series: pd.DataFrame) -> list[tuple[str, tuple[str, str]]]:
    """Give the entries of a list of series: what is read, and (indicator, entity)."""
    return [
        (view.say("explore_named", name=row["name"], place=row["place"]), pair)
        for pair, row in zip(series.index, series.to_dict("records"), strict=True)
    ]


def span(slider: IntRangeSlider, seen: pd.Series) -> None:
    """Let a slider of years reach over the points of a series, with all of them chosen."""
    first, last = int(seen.index[0]), int(seen.index[-1])
    slider.min, slider.max = -(10**6), 10**6  # so that the new limits never cross
    slider.value = (first, last)
    slider.min, slider.max = first, last


def show_refit(
    view: View,
    *,
    which: tuple[str, str],
    model: str,
    years: tuple[int, int],
    change: float = 0.0,
    steps: int = 8,
) -> None:
    """Fit some years of a series again and display the drawing, or why there is none."""
    seen = points(view, *which).loc[years[0] : years[1]]
    try:
        made = forecast(seen, steps, method=model, **limits(view, which[0]))
    except ForecastRefused as error:
        print(view.why_not(error, which[0]))
        return
    display(plot(view, which[0], seen, made, change=change))


def plot(
    view: View, indicator: str, seen: pd.Series, made: Forecast, *, change: float = 0.0
) -> Figure:
    """Draw points with a forecast, and with a yearly change in per cent beside it."""
    meta = view.project.catalog[indicator]
    with charts.style():
        figure = charts.new_figure(charts.WIDE)
        ax = figure.subplots()
        ax.plot(seen.index, seen, color=charts.LOOKS["city"].color, marker="o")
        charts.plot_forecast(ax, made, origin=float(seen.iloc[-1]), lang=view.lang)
        if change:
            moved = scenario(
                made, "rate", int(made.years[0]), change, lower=meta.lower, upper=meta.upper
            )
            ax.plot(
                made.years, moved.forecast.median, color="#B0246E", dashes=(8, 2), linewidth=2.4
            )
        ax.set_title(f"{meta.title[view.lang]} ({meta.unit})")
    return figure
