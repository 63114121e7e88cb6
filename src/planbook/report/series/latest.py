"""Figures with one row for each thing: latest figures of one unit, states of projects."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from matplotlib.figure import Figure

from planbook.data import units
from planbook.data.series import Series
from planbook.errors import ParameterError
from planbook.report.drawing import bars as chart_rows
from planbook.report.drawing import style as charts
from planbook.report.figure import assemble, missing, notes_of, without_figures
from planbook.report.html.fragments import Shown, draw
from planbook.report.view import View
from planbook.text import BOUND_SIGNS, number

ALWAYS = ("unknown", "planned", "building", "done")  # columns drawn even where nothing stands


def latest(view: View, pairs: Sequence[tuple[str, str]], *, title: str, key: str = "") -> Shown:
    """Draw the latest figure of several series of one unit as bars.

    Raises `ParameterError` if figures of the city and of its context, or published and modelled
    ones, would share the chart, or the units differ.
    """
    found = [view.series(*pair) for pair in pairs]
    filled = [replace(one, frame=one.frame.iloc[-1:]) for one in found if len(one)]
    if not filled:
        return missing(view, list(dict.fromkeys(indicator for indicator, _ in pairs)))
    _check_alike(view, filled)
    places = {one.entity for one in filled}
    several = len({one.indicator.id for one in filled}) > 1
    labels = [_label(view, one, place=len(places) > 1, name=several) for one in filled]
    unit, _ = units.display(filled[0].indicator.unit, view.lang)
    years = {int(one.last.name) for one in filled}

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        bars = [
            chart_rows.Bar(
                charts.wrap(label, 17 if narrow else 34),
                float(one.last["value"]),
                _value(view, one, with_year=len(years) > 1),
                view.look(one),
                hatched=one.is_modelled,
            )
            for label, one in zip(labels, filled, strict=True)
        ]
        chart_rows.plot_bars(ax, bars, unit=unit, room=1.75 if narrow else 1.35)

    head = title
    if len(places) == 1:
        head = view.say("title_place", title=head, place=view.place(filled[0].entity))
    if filled[0].is_modelled:
        head = view.say("label_modelled", label=head)
    if len(years) == 1:
        head = _of_year(view, head, min(years))
    own = view.project.city.entities
    notes = (
        [] if filled[0].entity in own else [view.say("note_context", city=view.place(view.city))]
    )
    notes += notes_of(view, [one for one in filled if one.is_modelled])
    if any(one.last["qualifier"] in ("at_least", "at_most") for one in filled):
        notes.append(view.say("note_bar_bounds"))
    notes += without_figures(view, found)
    alt = view.say(
        "alt_latest",
        title=head,
        list=view.say("semicolon").join(
            view.say("label_value", label=label, value=view.latest(one.indicator.id, one.entity))
            for label, one in zip(labels, filled, strict=True)
        ),
    )
    height = 0.55 + 0.5 * len(filled)
    return assemble(
        view,
        anchor=f"latest-{key or pairs[0][0]}",
        title=head,
        alt=alt,
        images=draw(paint, height, 0.6 + 0.66 * len(filled)),
        series=filled,
        notes=notes,
    )


def _check_alike(view: View, filled: Sequence[Series]) -> None:
    """Refuse to lay side by side what a reader must not compare."""
    own = view.project.city.entities
    names = ", ".join(dict.fromkeys(one.indicator.id for one in filled))
    for what, kinds in (
        ("units", {one.indicator.unit for one in filled}),
        ("places of the city and its context", {one.entity in own for one in filled}),
        ("published and modelled figures", {one.is_modelled for one in filled}),
    ):
        if len(kinds) > 1:
            raise ParameterError(f"{names}: different {what} in one chart; draw them apart")


def _value(view: View, one: Series, *, with_year: bool) -> str:
    """Write the latest value in the unit of the axis, with its year where years differ."""
    row = one.last
    _, factor = units.display(one.indicator.unit, view.lang)
    digits = max(0, one.indicator.decimals - round(math.log10(factor)))
    text = BOUND_SIGNS.get(row["qualifier"], "") + number(row["value"] * factor, digits)
    return _of_year(view, text, int(row.name)) if with_year else text


def _of_year(view: View, text: str, year: int) -> str:
    return view.say("figure_of_year", figure=text, year=view.say("year_mark", year=year, mark=""))


def _label(view: View, one: Series, *, place: bool, name: bool) -> str:
    """Name a bar by what sets it apart; that all are modelled is said in the title."""
    parts = [one.indicator.title[view.lang]] if name else []
    if place or not parts:
        parts.append(view.place(one.entity))
    return view.say("label_joint").join(parts)
