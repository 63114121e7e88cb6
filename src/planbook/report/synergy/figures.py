"""Figures of synergy: measures in the coordinate system, what-if, the city by year, coupling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from planbook.analysis.synergy.city import base_of, burdens_of, cuts_of, placed
from planbook.analysis.synergy.cocontrol import elasticity, quadrant
from planbook.analysis.synergy.coupling import CLASSES, sensitivity, spread_by_year
from planbook.analysis.synergy.equivalents import screening
from planbook.data import units
from planbook.data.effects import Chain
from planbook.data.plan import Target
from planbook.report.drawing import style as charts
from planbook.report.figure import assemble, missing, notes_of
from planbook.report.html.cells import said
from planbook.report.html.fragments import Shown, draw
from planbook.report.synergy import charts as charts_synergy
from planbook.report.synergy.charts import Spot
from planbook.report.synergy.coupling import WEIGHTINGS
from planbook.report.synergy.tables import (
    GHG_UNIT,
    POLLUTANT_UNIT,
    activity_name,
    amount,
    between,
    period_of,
    unit_of,
)
from planbook.report.synergy.words import effect_name, pollutant_name
from planbook.report.view import View
from planbook.text import number, quantity


def corners(view: View, *, is_narrow: bool) -> dict[str, str]:
    """Give the words of the four quadrants; shorter for a phone."""
    end = "_short" if is_narrow else ""
    return {key: view.say(f"chart_quadrant_{key}{end}") for key in ("I", "II", "III", "IV")}


def _spots(view: View, found: pd.DataFrame, names: dict[str, str]) -> list[Spot]:
    """Make points of the rows of which both cuts are known; like points share one label."""
    across, up = units.display(POLLUTANT_UNIT, view.lang)[1], units.display(GHG_UNIT, view.lang)[1]
    merged: dict[tuple, list[str]] = {}
    for row in found.to_dict("records"):
        if pd.isna(row["pollutant_cut"]) or pd.isna(row["ghg_cut"]):
            continue
        key = tuple(
            row[f"{side}_{end}"] * factor
            for side, factor in (("pollutant", across), ("ghg", up))
            for end in ("cut", "low", "high")
        )
        merged.setdefault(key, []).append(names[row["name"]])
    joint = view.say("syn_joint")
    return [
        Spot(joint.join(labels), x, y, (x_low, x_high), (y_low, y_high))
        for (x, x_low, x_high, y, y_low, y_high), labels in merged.items()
    ]


def quadrants(view: View, chosen: Sequence[Target], carbon: str, voc_equivalent_kg: float) -> Shown:
    """Draw the plan's measures in the coordinate system, and apart the cuts without CO2."""
    base = base_of(view, carbon)
    made, cuts = placed(view, base), cuts_of(view, chosen, voc_equivalent_kg)
    names = {one: view.project.effects.effects[one].title[view.lang] for one in made["name"]}
    spots = _spots(view, made, names)
    if not spots and cuts.empty:
        return said(view.say("syn_no_effects"))
    across = unit_of(view, POLLUTANT_UNIT)
    factor = units.display(POLLUTANT_UNIT, view.lang)[1]
    own = [one for one in chosen if one.target_id in set(cuts["name"])]
    labels = [
        view.say("no_weight") if pd.isna(value) else amount(view, value, POLLUTANT_UNIT)
        for value in cuts["pollutant_cut"]
    ]

    def paint(figure: Figure, narrow: bool) -> None:
        heights = ([3.2] if spots else []) + ([0.5 + 0.34 * len(cuts)] if len(cuts) else [])
        axes = charts.space_panels(figure).subplots(
            len(heights), 1, height_ratios=heights, squeeze=False
        )
        panels = list(axes.ravel())
        width = 34 if narrow else 90
        if spots:
            ax = panels.pop(0)
            shown = [
                Spot(
                    charts.wrap(one.name, 17 if narrow else 46),
                    one.x,
                    one.y,
                    one.x_range,
                    one.y_range,
                )
                for one in spots
            ]
            charts_synergy.plot_quadrants(ax, shown, corners(view, is_narrow=narrow))
            ax.set_title(charts.wrap(view.say("chart_computed"), width), fontsize=9.5)
            _name_axes(view, ax, width)
        if len(cuts):
            ax = panels.pop(0)
            charts_synergy.plot_planned(
                ax,
                [
                    charts.wrap(pollutant_name(view, one), 17 if narrow else 30)
                    for one in cuts["pollutant"]
                ],
                list(cuts["pollutant_cut"] * factor),
                labels,
            )
            title = view.say("chart_published_cuts", period=period_of(view, own))
            ax.set_title(charts.wrap(title, width), fontsize=9.5)
            ax.set_xlabel(charts.wrap(view.say("chart_axis_planned", unit=across), width))

    alt = [
        _told(view, row, effect_name(view, row["name"]))
        for row in made.to_dict("records")
        if row["quadrant"] not in ("unknown", "unknown_ghg", "unknown_pollutant")
    ]
    alt += [
        view.say("syn_alt_cut", name=pollutant_name(view, one), amount=label)
        for one, label in zip(cuts["pollutant"], labels, strict=True)
    ]
    data = pd.concat([made, cuts], ignore_index=True).drop(columns=["missing"], errors="ignore")
    tall = (3.9 if spots else 0.0) + (0.9 + 0.4 * len(cuts) if len(cuts) else 0.0)
    return assemble(
        view,
        anchor="quadrants",
        title=view.say("title_quadrants"),
        reading=view.say("syn_reading_quadrants") if spots else "",
        alt=" ".join(alt),
        images=draw(paint, tall, tall + 0.5),
        sources=_cited(view, view.project.effects.effects.values()),
        notes=[view.say("syn_note_computed")] * bool(spots)
        + [view.say("syn_note_published")] * bool(len(cuts)),
        data=data,
    )


def _told(view: View, row: Mapping[str, Any], name: str) -> str:
    """Say where an effect lies in the coordinate system."""
    return view.say(
        "syn_alt_effect",
        name=name,
        pollutant=between(view, row, "pollutant", POLLUTANT_UNIT),
        pollutant_unit=unit_of(view, POLLUTANT_UNIT),
        co2=between(view, row, "ghg", GHG_UNIT),
        co2_unit=unit_of(view, GHG_UNIT),
        quadrant=view.say(f"quadrant_{row['quadrant']}"),
    )


def _name_axes(view: View, ax: Axes, width: int) -> None:
    across, up = unit_of(view, POLLUTANT_UNIT), unit_of(view, GHG_UNIT)
    ax.set_xlabel(charts.wrap(view.say("chart_axis_pollutant", unit=across), width))
    ax.set_ylabel(charts.wrap(view.say("chart_axis_co2", unit=up), 34))


def _cited(view: View, chains: Iterable[Chain]) -> list[str]:
    """List the sources of the factors that effects or bases use."""
    factors = view.project.effects.factors
    names = [name for one in chains for name in (one.co2, *one.pollutants.values()) if name]
    return list(dict.fromkeys(source for name in names for source in factors[name].source.split()))


def what_if(view: View, found: pd.DataFrame) -> Shown:
    """Draw the effect of a reader's changes as arrows in the coordinate system."""
    names = {one: activity_name(view, one) for one in found["name"]}
    known = found[found["name"] != "total"]
    spots = _spots(view, known, names)
    if not spots:
        return said(view.say("syn_no_what_if"))

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        charts_synergy.plot_quadrants(
            ax, spots, corners(view, is_narrow=narrow), is_arrow=True, colors=charts.SERIES_COLORS
        )
        width = 34 if narrow else 90
        _name_axes(view, ax, width)

    alt = [
        _told(view, row, names[row["name"]])
        for row in known.to_dict("records")
        if not pd.isna(row["pollutant_cut"]) and not pd.isna(row["ghg_cut"])
    ]
    undrawn = [
        names[row["name"]]
        for row in known.to_dict("records")
        if pd.isna(row["pollutant_cut"]) or pd.isna(row["ghg_cut"])
    ]
    notes = [view.say("syn_note_modelled_base")]
    if undrawn:
        notes.append(view.say("syn_note_undrawn", names=view.say("list_separator").join(undrawn)))
    return assemble(
        view,
        anchor="what-if",
        title=view.say("title_what_if"),
        reading=view.say("syn_reading_what_if"),
        alt=" ".join(alt),
        images=draw(paint),
        sources=_cited(view, view.project.effects.bases.values()),
        notes=notes,
        data=found,
    )


def city_years(view: View, carbon: str, pollutants: Sequence[str]) -> Shown:
    """Draw the city year by year in the coordinate system, one panel for each pollutant."""
    series = [view.series(carbon), *(view.series(one) for one in pollutants)]
    paths, notes, rows = [], [], []
    for one in series[1:]:
        yearly = screening(series[0].last_segment, one.last_segment, yearly=True)
        whole = screening(series[0].last_segment, one.last_segment)
        if yearly.empty or whole.empty:
            continue
        paths.append((one, yearly))
        notes.append(_period_note(view, one.indicator.title[view.lang], whole.iloc[0], yearly))
        rows.append(pd.concat([whole, yearly]).assign(indicator=one.indicator.id))
    if not paths:
        return missing(view, [carbon, *pollutants])

    def paint(figure: Figure, narrow: bool) -> None:
        shape = (len(paths), 1) if narrow else (1, len(paths))
        axes = charts.space_panels(figure).subplots(*shape, squeeze=False).ravel()
        for ax, (one, yearly) in zip(axes, paths, strict=True):
            label = {int(year): str(int(year)) for year in yearly["last_year"]}
            charts_synergy.plot_path(ax, yearly, corners(view, is_narrow=True), label)
            head = view.say("chart_cut_of", name=one.indicator.title[view.lang])
            ax.set_xlabel(charts.wrap(head, 38))
            ax.set_ylabel(charts.wrap(view.say("chart_cut_of_co2"), 34))

    used = [series[0], *(one for one, _ in paths)]
    return assemble(
        view,
        anchor="city-years",
        title=view.say("title_city_years"),
        reading=view.say("syn_reading_city_years"),
        alt=" ".join(notes),
        images=draw(paint, 3.9, 3.5 * len(paths)),
        series=used,
        notes=[*notes, view.say("syn_note_screening"), *notes_of(view, used)],
        data=pd.concat(rows, ignore_index=True),
    )


def _period_note(view: View, name: str, whole: pd.Series, yearly: pd.DataFrame) -> str:
    cuts = float(whole["pollution_cut_pct"]), float(whole["carbon_cut_pct"])
    where = quadrant(*cuts)
    value = elasticity(*cuts)
    words = view.say(f"quadrant_{where}")
    if value is not None:
        words = view.say("syn_elasticity_in", words=words, value=number(value, 2))
    return view.say(
        "syn_period",
        name=name,
        first=int(whole["first_year"]),
        last=int(whole["last_year"]),
        pollution=_change(view, -cuts[0]),
        co2=_change(view, -cuts[1]),
        words=words,
        count=int(yearly["is_synergistic"].sum()),
        total=len(yearly),
    )


def _change(view: View, change: float) -> str:
    text = quantity(change, "%", view.lang, 1)
    return f"+{text}" if change > 0 else text


def degrees(view: View, carbon: str, pollution: str) -> Shown:
    """Draw the degree of coupling coordination by year, one line for each scaling."""
    burdens, used = burdens_of(view, carbon, pollution)
    if len(burdens) < 2:
        return said(view.say("syn_no_coupling"))
    found = sensitivity(burdens, WEIGHTINGS)
    even = found[found["weights"] == 0]
    words = {name: view.say(f"scaling_{name}") for name in dict.fromkeys(even["scaling"])}
    names = [view.say(f"class_{one}") for one in CLASSES]
    last = int(burdens.index.max())
    spread = spread_by_year(found)

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        charts_synergy.plot_degrees(ax, even, words, names, is_narrow=narrow)
        charts.legend(figure, ax, narrow=narrow, columns=2)

    reading = view.say(
        "syn_reading_degrees",
        year=last,
        low=number(spread.at[last, "low"], 2),
        high=number(spread.at[last, "high"], 2),
    )
    return assemble(
        view,
        anchor="coupling-years",
        title=view.say("title_coupling"),
        reading=reading,
        alt=reading,
        images=draw(paint, narrow_height=4.4),
        series=used,
        notes=[
            view.say(
                "syn_note_coupling",
                carbon=view.title(carbon),
                pollution=view.title(pollution),
                first=int(burdens.index.min()),
                last=last,
            ),
            *notes_of(view, used),
        ],
        data=found,
    )
