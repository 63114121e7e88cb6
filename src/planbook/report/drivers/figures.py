"""Figures of drivers: what moved CO2 by plan and year, and the way since the base year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from planbook.analysis.drivers import decoupling
from planbook.analysis.drivers import levels as drivers
from planbook.analysis.drivers.decomposition import over
from planbook.data import units
from planbook.data.plan import Target
from planbook.data.series import Series
from planbook.report.drawing import style as charts
from planbook.report.drivers import charts as charts_drivers
from planbook.report.figure import assemble, holder_lines, missing, notes_of
from planbook.report.html.fragments import Shown, draw
from planbook.report.view import View
from planbook.text import join, signed

MT_TO_LARGE = {"en": 1e-3, "zh": 1e-2}  # from Mt to billion t, and to 亿吨


def _bars(
    view: View, effects: pd.DataFrame, factor: float, *, by_label: bool
) -> list[charts_drivers.EffectBar]:
    """Turn effects into bars: side by side with a label each, or along the years."""
    bars = []
    totals = effects.groupby(["first_year", "last_year", "factor"], sort=False)["effect"].sum()
    spans = list(dict.fromkeys((first, last) for first, last, _ in totals.index))
    for place, (first, last) in enumerate(spans):
        own = {name: float(value) * factor for name, value in totals.loc[(first, last)].items()}
        if by_label:
            label = charts_drivers.two_lines(view.say("year_span", first=first, last=last))
            bars.append(charts_drivers.EffectBar(place, 0.55, own, label))
        else:
            middle, width = (first + 1 + last) / 2, (last - first) * 0.9
            bars.append(charts_drivers.EffectBar(middle, width, own))
    return bars


def _factor_words(view: View, factors: Sequence[str]) -> dict[str, str]:
    return {one: view.say(f"factor_{one}") for one in factors}


def effects_frame(view: View, effects: pd.DataFrame, entity: str) -> pd.DataFrame:
    """Give effects as a table for download; all are modelled, since CO2 is."""
    return pd.DataFrame(
        [
            {
                view.say("column_place"): view.place(entity),
                view.say("column_first_year"): row.first_year,
                view.say("column_last_year"): row.last_year,
                view.say("column_factor"): view.say(f"factor_{row.factor}"),
                view.say("column_effect"): row.effect,
                view.say("column_unit"): row.unit,
            }
            for row in effects.itertuples()
        ]
    )


def _energy_note(view: View, known: drivers.Levels) -> list[str]:
    if not known.missing:
        return []
    return [
        view.say("drivers_no_energy", holder=line)
        for line in holder_lines(view, known.missing, key="held_by")
    ]


def _gap_note(view: View, known: drivers.Levels) -> list[str]:
    """Say which years are taken together because one between them has no figure."""
    jumps = [
        view.say("year_span", first=a, last=b)
        for years in known.parts
        for a, b in pairwise(years)
        if b - a > 1
    ]
    return [view.say("note_step", list=join(jumps, view.lang))] if jumps else []


def moved(view: View, carbon: str, *, title: str) -> Shown:
    """Draw what raised and lowered the city's CO2, by plan period and by year."""
    series_of = view.series
    known = drivers.levels(series_of, carbon)
    if known is None:
        return missing(view, drivers.wanted(series_of, carbon))
    effects = known.effects()
    plans = drivers.by_plan(effects, known.parts)
    unit, factor = units.display(view.project.catalog[carbon].unit, view.lang)
    words = _factor_words(view, known.factors)
    by_plan = _bars(view, plans, factor, by_label=True)
    by_year = _bars(view, effects, factor, by_label=False)

    def paint(figure: Figure, narrow: bool) -> None:
        top, bottom = charts.space_panels(figure).subplots(2, 1)
        write = "{:+.1f}" if factor == 1 else "{:+,.0f}"
        charts_drivers.plot_effects(top, by_plan, unit=unit, write=write)
        top.set_title(view.say("panel_by_plan"), pad=18)
        charts_drivers.plot_effects(bottom, by_year, unit=unit, named=False)
        bottom.set_title(view.say("panel_by_year"), pad=18)
        _effect_legend(view, figure, known.factors, words, narrow)

    reading = _effect_reading(view, plans.iloc[-len(known.factors) :], carbon)
    return assemble(
        view,
        anchor=f"drivers-{carbon}",
        title=_modelled_title(view, title, view.city, known.used),
        reading=reading,
        alt=reading,
        images=draw(paint, 5.9, 6.4),
        series=known.used,
        notes=[
            view.say("note_drivers"),
            *_gap_note(view, known),
            *_energy_note(view, known),
            *notes_of(view, known.used),
        ],
        data=effects_frame(view, effects, view.city),
    )


def _modelled_title(view: View, title: str, entity: str, used: Sequence[Series]) -> str:
    head = view.say("title_place", title=title, place=view.place(entity))
    is_modelled = any(one.is_modelled for one in used)
    return view.say("label_modelled", label=head) if is_modelled else head


def _effect_legend(
    view: View, figure: Figure, factors: Sequence[str], words: dict[str, str], narrow: bool
) -> None:
    handles = charts_drivers.effect_handles(factors, words, view.say("chart_net"))
    columns = 2 if narrow else min(len(handles), 4)
    charts.legend_below(figure, handles, columns, fontsize=9, columnspacing=1.2)


def _effect_reading(view: View, effects: pd.DataFrame, carbon: str) -> str:
    """Say one span of years in words: the change, and what each factor did to it."""
    meta = view.project.catalog[carbon]
    first, last = int(effects["first_year"].iloc[0]), int(effects["last_year"].iloc[0])
    parts = [
        view.say(
            "effect_of",
            factor=view.say(f"factor_{row.factor}"),
            effect=signed(row.effect, meta.unit, view.lang, meta.decimals),
        )
        for row in effects.itertuples()
    ]
    return view.say(
        "reading_effects",
        name=meta.title[view.lang],
        first=first,
        last=last,
        change=signed(effects["effect"].sum(), meta.unit, view.lang, meta.decimals),
        list=view.say("semicolon").join(parts),
    )


def way(view: View, carbon: str, target: Target | None, *, title: str) -> Shown:
    """Draw how each factor led from the base year's CO2 to the latest, as a waterfall."""
    known = drivers.levels(view.series, carbon)
    if known is None:
        return missing(view, drivers.wanted(view.series, carbon))
    part = known.parts[-1]
    plan_start = decoupling.plan_spans([part])[-1][1][0]
    first = target.base_year if target and target.base_year in part[:-1] else plan_start
    last = part[-1]
    effects = over(known.effects(), first, last)
    unit, factor = units.display(view.project.catalog[carbon].unit, view.lang)
    co2 = known.frame[known.frame["level"] == "co2"].set_index("year")["value"]
    words = _factor_words(view, known.factors)
    steps = [charts_drivers.WaterfallBar(str(first), float(co2[first]) * factor)]
    steps += [
        charts_drivers.WaterfallBar(words[row.factor], row.effect * factor, row.factor)
        for row in effects.itertuples()
    ]
    steps.append(charts_drivers.WaterfallBar(str(last), float(co2[last]) * factor))

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        shown = [
            charts_drivers.WaterfallBar(
                charts.wrap(one.label, 14 if narrow else 30), one.value, one.factor
            )
            for one in steps
        ]
        decimals = max(0, view.project.catalog[carbon].decimals - round(np.log10(factor)))
        charts_drivers.plot_waterfall(ax, shown, unit=unit, decimals=min(1, decimals))

    reading = _effect_reading(view, effects, carbon)
    return assemble(
        view,
        anchor=f"way-{carbon}",
        title=_modelled_title(view, view.say(title, first=first, last=last), view.city, known.used),
        reading=reading,
        alt=reading,
        images=draw(paint, 0.9 + 0.42 * len(steps), 0.9 + 0.5 * len(steps)),
        series=known.used,
        notes=[view.say("note_drivers"), *_energy_note(view, known), *notes_of(view, known.used)],
        data=effects_frame(view, effects, view.city),
    )


def _large_unit(view: View, carbon: str) -> tuple[str, float]:
    """Give the unit in which a country's CO2 is read, and the factor from the catalogue's."""
    unit = view.project.catalog[carbon].unit
    if unit != "Mt":
        return units.display(unit, view.lang)
    return view.say("unit_large_mass"), MT_TO_LARGE[view.lang]


@dataclass(frozen=True)
class Panel:
    """What one place of the context shows."""

    place: str
    carbon: str
    effects: pd.DataFrame  # added up over the spans that are drawn, as of `decompose`
    factors: list[str]
    used: tuple[Series, ...]
    unit: str  # as readers see it
    factor: float  # from the unit of `effects` to it


def moved_context(
    view: View, carbon: str, *, total: str, sectors: Sequence[str], title: str
) -> tuple[Shown, list[Series]]:
    """Draw what moved the CO2 of the city's context, each place by the factors it has."""
    notes = [view.say("note_context", city=view.place(view.city)), view.say("note_drivers")]
    panels = []
    for place in view.parents:
        panel = _panel(view, place, carbon) or _energy_panel(view, place, total, sectors)
        if panel is not None:
            panels.append(panel)
        if panel is None or panel.carbon == total:
            output = drivers.real_gdp(partial(view.series, entity=place))
            key = "no_real_gdp_drivers" if output is None else "no_drivers"
            notes.append(view.say(key, place=view.place(place)))
    if not panels:
        return missing(view, [carbon, drivers.REAL_GDP[0]]), []
    factors = list(dict.fromkeys(one for panel in panels for one in panel.factors))

    def paint(figure: Figure, narrow: bool) -> None:
        axes = np.atleast_1d(charts.space_panels(figure).subplots(len(panels), 1))
        for ax, panel in zip(axes, panels, strict=True):
            bars = _bars(view, panel.effects, panel.factor, by_label=True)
            charts_drivers.plot_effects(ax, bars, unit=panel.unit, write="{:+,.1f}")
            head = view.say("panel_context", place=view.place(panel.place))
            head = f"{head}{view.say('colon')}{view.title(panel.carbon)}"
            ax.set_title(charts.wrap(head, 40 if narrow else 90), pad=18)
        _effect_legend(view, figure, factors, _factor_words(view, factors), narrow)

    used = [one for panel in panels for one in panel.used]
    if any(one.indicator.id == drivers.ENERGY_PER_GDP for one in used):
        notes.append(view.say("note_energy_computed"))
    if any(one.indicator.id in drivers.PER_HEAD.values() for one in used):
        notes.append(view.say("note_population_computed"))
    readings = [_panel_reading(view, panel) for panel in panels]
    tall = 2.9 * len(panels)
    is_modelled = any(one.is_modelled for one in used)
    shown = assemble(
        view,
        anchor=f"drivers-context-{carbon}",
        title=view.say("label_modelled", label=title) if is_modelled else title,
        reading=" ".join(readings),
        alt=" ".join(readings),
        images=draw(paint, tall + 0.6, tall + 1.1),
        series=used,
        notes=[*notes, *notes_of(view, used)],
        data=pd.concat([effects_frame(view, one.effects, one.place) for one in panels]),
    )
    return shown, used


def _panel(view: View, place: str, carbon: str) -> Panel | None:
    known = drivers.levels(lambda name: view.series(name, place), carbon)
    if known is None:
        return None
    effects = drivers.by_plan(known.effects(), known.parts)
    return Panel(place, carbon, effects, known.factors, known.used, *_large_unit(view, carbon))


def _energy_panel(view: View, place: str, total: str, sectors: Sequence[str]) -> Panel | None:
    found = drivers.sectors(lambda name: view.series(name, place), total, sectors)
    if found is None:
        return None
    unit = units.display(view.project.catalog[total].unit, view.lang)
    return Panel(
        place,
        total,
        drivers.over_sectors(found.effects),
        list(drivers.BY_ENERGY),
        found.used,
        *unit,
    )


def _panel_reading(view: View, panel: Panel) -> str:
    """Say the last span of a panel in words, with the place."""
    last = panel.effects.iloc[-len(panel.factors) :]
    return view.say(
        "alt_place", place=view.place(panel.place), text=_effect_reading(view, last, panel.carbon)
    )
