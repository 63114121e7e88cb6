"""Latest levels in panels by place, and series above each other over the same years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from planbook.report.drawing import style as charts
from planbook.report.figure import assemble, describe, missing, notes_of, panel, without_figures
from planbook.report.html.fragments import Shown, draw
from planbook.report.series.charts import Level, plot_levels
from planbook.report.view import View


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
                Level(
                    charts.wrap(one.indicator.title[view.lang], 17 if narrow else 34),
                    float(one.last["value"]),
                    view.latest(one.indicator.id, one.entity),
                    one.last["qualifier"],
                    view.look(one),
                )
                for one in group
            ]
            plot_levels(ax, shown)
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
    if any(one.last["qualifier"] in ("at_least", "at_most") for one in filled):
        notes.append(view.say("note_bounds"))
    notes += [
        view.say("note_modelled", indicator=one.indicator.title[view.lang])
        for one in filled
        if one.last["status"] == "modelled"
    ]
    height = 0.55 + 0.62 * len(filled) + 0.45 * len(groups)
    return assemble(
        view,
        anchor=f"levels-{filled[0].indicator.id}",
        title=title,
        alt=alt,
        images=draw(paint, height, height + 0.3),
        series=filled,
        notes=notes,
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
        alt=alt,
        images=draw(paint, 0.3 + tall, 0.3 + 1.1 * tall),
        series=filled,
        notes=[*notes, *notes_of(view, filled)],
    )
