"""Figures of drivers: decoupling by year and plan, what moved CO2, and the way since the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from planbook import charts, charts_drivers, units
from planbook.analysis import decoupling, drivers
from planbook.analysis.decomposition import over
from planbook.derive import Series
from planbook.figure_parts import assemble, details_of, holder_lines, missing, notes_of, sources_of
from planbook.plan import Target
from planbook.render import Shown, draw
from planbook.text import join, number, quantity, section_number
from planbook.view import View

STRONG = "strong_decoupling"


@dataclass(frozen=True)
class Compared:
    """One quantity of one place beside its real GDP.

    Attributes
    ----------
    name : str
        As readers see it.
    series : Series
        What the quantity comes from.
    years, plans : pandas.DataFrame
        As of `decoupling.by_year` and `decoupling.by_plan`.
    """

    name: str
    series: Series
    years: pd.DataFrame
    plans: pd.DataFrame

    @property
    def is_modelled(self) -> bool:
        """Whether the quantity is an estimate or was computed from another."""
        return self.series.is_modelled or self.series.indicator.id == drivers.ENERGY_PER_GDP


def plan_name(view: View, plan: int) -> str:
    """Name a national five-year plan as readers do."""
    return view.say("plan_period", number=section_number(plan, view.lang))


def signed(view: View, value: float, unit: str = "%", decimals: int = 1) -> str:
    """Write a change with its sign and unit."""
    text = quantity(value, unit, view.lang, decimals)
    return f"+{text}" if value > 0 and not text.startswith("0.0") else text


def compare(view: View, names: Sequence[str], entity: str) -> tuple[list[Compared], Series | None]:
    """Compare quantities of one place with its GDP at constant prices.

    Parameters
    ----------
    view : View
    names : sequence of str
        Indicators; energy per GDP stands for energy use.
    entity : str

    Returns
    -------
    compared : list of Compared
        Those that share two years of one definition with GDP.
    gdp : Series or None
        What GDP comes from; None where none at constant prices is known.
    """
    output = drivers.real_gdp(lambda name: view.series(name, entity))
    if output is None:
        return [], None
    found = []
    for name in names:
        series = view.series(name, entity)
        frame, title = drivers.joined(series), view.title(name)
        if name == drivers.ENERGY_PER_GDP and len(frame):
            frame = drivers.energy_from_intensity(frame, output[0])
            title = view.say("energy_computed")
        frame = frame[frame["value"] > 0]
        if decoupling.common_years(frame, output[0]):
            years = decoupling.by_year(frame, output[0])
            found.append(Compared(title, series, years, decoupling.by_plan(frame, output[0])))
    return found, output[1]


def decoupled(view: View, names: Sequence[str], *, title: str) -> Shown:
    """Draw growth and emissions by plan period, and the state of each quantity by year.

    Parameters
    ----------
    view : View
    names : sequence of str
        Indicators of the city; those without enough figures are named below. The first that
        has is set beside GDP by plan period.
    title : str

    Returns
    -------
    Shown
        What is missing, where nothing can be compared.
    """
    found, gdp = compare(view, names, view.city)
    absent = absent_names(view, names, found, gdp)
    if not found or gdp is None:
        return missing(view, absent)
    main = found[0]
    rows = [_row(view, one) for one in found]
    pairs = _pairs(view, main)
    first = min(int(one.years["first_year"].min()) for one in found) + 1
    last = max(int(one.years["last_year"].max()) for one in found)

    def paint(figure: Figure, narrow: bool) -> None:
        ratios = [1.0, 0.42 * len(rows)] if narrow else [1.0, 0.4 * len(rows)]
        top, bottom = charts.space_panels(figure).subplots(2, 1, height_ratios=ratios)
        charts_drivers.plot_pairs(top, pairs, unit=view.say("chart_a_year"))
        width = 44 if narrow else 92
        top.set_title(charts.wrap(view.say("panel_pairs", name=main.name), width), pad=20)
        growth = charts_drivers.pair_handles(
            pairs, view.say("chart_gdp_growth"), view.say("chart_change_of", name=main.name)
        )
        top.legend(
            [handle for handle, _ in growth],
            [charts.wrap(word, 44) for _, word in growth],
            loc="upper right",
            fontsize=8.5,
        )
        _strip(view, bottom, rows, first, last, narrow)
        bottom.set_title(charts.wrap(view.say("panel_states"), width), pad=8)
        _legend(view, figure, rows, narrow)

    reading = _reading(view, main)
    tall = 3.1 + 0.62 * len(rows)
    series = [*(one.series for one in found), gdp]
    return assemble(
        view,
        anchor=f"decoupling-{main.series.indicator.id}",
        title=view.say("title_place", title=title, place=view.place(view.city)),
        reading=reading,
        alt=" ".join(_reading(view, one) for one in found),
        images=draw(
            paint,
            wide=(charts.WIDE[0], tall + 0.75),
            narrow=(charts.NARROW[0], tall + 2.1),
        ),
        sources=sources_of(series),
        notes=[
            view.say("note_decoupling"),
            view.say("note_small_growth", line=number(decoupling.SMALL_GROWTH_PCT, 0)),
            *absent_lines(view, absent),
            *notes_of(view, series),
        ],
        details=[*details_of(view, series), *_comparability(view, series)],
        data=states_frame(view, found, by="years"),
    )


def _comparability(view: View, series: Sequence[Series]) -> list[str]:
    """Repeat what the catalogue says against reading too much into a series."""
    return [
        view.say(
            "caveat_indicator",
            indicator=one.indicator.title[view.lang],
            text=one.indicator.comparability_note[view.lang],
        )
        for one in series
        if one.indicator.comparability_note
    ]


def absent_names(
    view: View, names: Sequence[str], found: Sequence[Compared], gdp: Series | None
) -> list[str]:
    """List what would be needed to compare all `names` with GDP."""
    shown = {one.series.indicator.id for one in found}
    lacking = [name for name in names if name not in shown]
    return lacking if gdp is not None else [*lacking, drivers.REAL_GDP[0]]


def absent_lines(view: View, names: Sequence[str]) -> list[str]:
    """Say for what there is too little, and who would hold it."""
    return [view.say("decoupling_absent", list=line) for line in holder_lines(view, names, key="held_by")]


def _row(view: View, one: Compared) -> charts_drivers.StateRow:
    cells = tuple(
        charts_drivers.StateCell(int(row.first_year), int(row.last_year), str(row.state))
        for row in one.years.itertuples()
    )
    years = one.series.frame.index
    breaks = tuple(
        item.from_
        for item in one.series.indicator.breaks_of(one.series.entity)
        if not item.gap and len(years) and years[0] < item.from_ <= years[-1]
    )
    name = view.say("label_modelled", label=one.name) if one.is_modelled else one.name
    return charts_drivers.StateRow(name, cells, breaks, one.is_modelled)


def _pairs(view: View, one: Compared) -> list[charts_drivers.GrowthPair]:
    """Turn changes over whole periods into average yearly ones, which lengths do not distort."""
    pairs = []
    for row in one.plans.itertuples():
        span = row.last_year - row.first_year
        growth = ((row.gdp_last / row.gdp_first) ** (1 / span) - 1) * 100
        change = ((row.quantity_last / row.quantity_first) ** (1 / span) - 1) * 100
        label = view.say("year_span", first=row.first_year, last=row.last_year)
        pairs.append(charts_drivers.GrowthPair(label.replace("–", "–\n").replace("—", "—\n"), growth, change, row.state))
    return pairs


def _strip(
    view: View,
    ax: object,
    rows: Sequence[charts_drivers.StateRow],
    first: int,
    last: int,
    narrow: bool,
) -> None:
    width = 46 if narrow else 96
    shown = [
        charts_drivers.StateRow(charts.wrap(row.name, width), row.cells, row.breaks, row.is_modelled)
        for row in rows
    ]
    charts_drivers.plot_states(ax, shown, first=first, last=last)


def _legend(
    view: View, figure: Figure, rows: Sequence[charts_drivers.StateRow], narrow: bool
) -> None:
    words = {
        state: view.say(
            "state_meaning",
            state=view.say(f"decoupling_{state}"),
            meaning=view.say(f"meaning_{state}"),
        )
        for state in decoupling.STATES
    }
    handles = charts_drivers.state_handles(
        rows, words, view.say("chart_hatched"), view.say("chart_break")
    )
    figure.legend(
        [handle for handle, _ in handles],
        [charts.wrap(word, 48) for _, word in handles],
        loc="outside lower left",
        ncols=1 if narrow else 2,
        fontsize=8.5,
    )


def _reading(view: View, one: Compared) -> str:
    """Say the latest plan period in words, and how many years had strong decoupling."""
    row = one.plans.iloc[-1] if len(one.plans) else one.years.iloc[-1]
    strong = int((one.years["state"] == STRONG).sum())
    return view.say(
        "reading_decoupling",
        name=one.name,
        first=int(row["first_year"]),
        last=int(row["last_year"]),
        growth=signed(view, row["growth_pct"]),
        change=signed(view, row["change_pct"]),
        state=view.say(f"decoupling_{row['state']}"),
        strong=strong,
        total=len(one.years),
    )


def states_frame(view: View, found: Sequence[Compared], *, by: str) -> pd.DataFrame:
    """Give states with everything behind them as a table for download.

    Parameters
    ----------
    view : View
    found : sequence of Compared
    by : {'years', 'plans'}

    Returns
    -------
    pandas.DataFrame
        Published and modelled changes in columns of their own.
    """
    rows = []
    for one in found:
        for row in getattr(one, by).to_dict("records"):
            change = {False: None, True: None, one.is_modelled: row["change_pct"]}
            plan = {view.say("column_plan"): plan_name(view, row["plan"])} if by == "plans" else {}
            rows.append(
                {
                    view.say("column_quantity"): one.name,
                    view.say("column_place"): view.place(one.series.entity),
                    **plan,
                    view.say("column_first_year"): row["first_year"],
                    view.say("column_last_year"): row["last_year"],
                    view.say("column_growth_pct"): row["growth_pct"],
                    view.say("column_change_published"): change[False],
                    view.say("column_change_modelled"): change[True],
                    view.say("column_elasticity"): row["elasticity"],
                    view.say("column_reading"): view.say(f"decoupling_{row['state']}"),
                }
            )
    return pd.DataFrame(rows)


def decoupled_context(view: View, names: Sequence[str], *, title: str) -> Shown:
    """Draw the states of the province and the country, each place in a panel of its own.

    Parameters
    ----------
    view : View
    names : sequence of str
        Indicators; a place without GDP at constant prices is named below with the reason.
    title : str

    Returns
    -------
    Shown
    """
    groups, gdps, notes = [], [], [view.say("note_context", city=view.place(view.city))]
    for place in view.parents:
        found, gdp = compare(view, names, place)
        if gdp is None:
            notes.append(view.say("no_real_gdp", place=view.place(place)))
        elif found:
            groups.append((place, found))
            gdps.append(gdp)
    if not groups:
        return missing(view, [drivers.REAL_GDP[0]])
    rows = [[_row(view, one) for one in found] for _, found in groups]
    compared = [one for _, found in groups for one in found]
    first = min(int(one.years["first_year"].min()) for one in compared) + 1
    last = max(int(one.years["last_year"].max()) for one in compared)

    def paint(figure: Figure, narrow: bool) -> None:
        ratios = [len(one) for one in rows]
        axes = charts.space_panels(figure).subplots(len(rows), 1, height_ratios=ratios)
        for ax, (place, _), strip in zip(np.atleast_1d(axes), groups, rows, strict=True):
            _strip(view, ax, strip, first, last, narrow)
            ax.set_title(view.say("panel_context", place=view.place(place)), pad=8)
        _legend(view, figure, [row for one in rows for row in one], narrow)

    series = [*(one.series for one in compared), *gdps]
    tall = 0.9 * len(groups) + 0.66 * len(compared)
    if any(one.series.indicator.id == drivers.ENERGY_PER_GDP for one in compared):
        notes.append(view.say("note_energy_computed"))
    return assemble(
        view,
        anchor=f"decoupling-context-{compared[0].series.indicator.id}",
        title=title,
        reading=_reading(view, compared[0]),
        alt=" ".join(_reading(view, one) for one in compared),
        images=draw(
            paint, wide=(charts.WIDE[0], tall + 0.9), narrow=(charts.NARROW[0], tall + 1.9)
        ),
        sources=sources_of(series),
        notes=[*notes, *notes_of(view, series)],
        details=details_of(view, series),
        data=states_frame(view, compared, by="years"),
    )


# ---- what moved CO2 ----


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
            label = view.say("year_span", first=first, last=last)
            label = label.replace("–", "–\n").replace("—", "—\n")
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
        for a, b in zip(years, years[1:], strict=False)
        if b - a > 1
    ]
    return [view.say("note_step", list=join(jumps, view.lang))] if jumps else []


def moved(view: View, carbon: str, *, title: str) -> Shown:
    """Draw what raised and lowered the city's CO2, by plan period and by year.

    Parameters
    ----------
    view : View
    carbon : str
        Indicator of the city's CO2.
    title : str

    Returns
    -------
    Shown
        What is missing, where the city lacks CO2, population or real GDP.
    """
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
        charts_drivers.plot_effects(top, by_plan, unit=unit)
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
        images=draw(paint, wide=(charts.WIDE[0], 5.9), narrow=(charts.NARROW[0], 6.4)),
        sources=sources_of(known.used),
        notes=[
            view.say("note_drivers"),
            *_gap_note(view, known),
            *_energy_note(view, known),
            *notes_of(view, known.used),
        ],
        details=details_of(view, known.used),
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
    figure.legend(
        [handle for handle, _ in handles],
        [word for _, word in handles],
        loc="outside lower left",
        ncols=2 if narrow else min(len(handles), 4),
        fontsize=9,
        columnspacing=1.2,
    )


def _effect_reading(view: View, effects: pd.DataFrame, carbon: str) -> str:
    """Say one span of years in words: the change, and what each factor did to it."""
    meta = view.project.catalog[carbon]
    first, last = int(effects["first_year"].iloc[0]), int(effects["last_year"].iloc[0])
    parts = [
        view.say(
            "effect_of",
            factor=view.say(f"factor_{row.factor}"),
            effect=signed(view, row.effect, meta.unit, meta.decimals),
        )
        for row in effects.itertuples()
    ]
    return view.say(
        "reading_effects",
        name=meta.title[view.lang],
        first=first,
        last=last,
        change=signed(view, effects["effect"].sum(), meta.unit, meta.decimals),
        list=view.say("semicolon").join(parts),
    )


def way(view: View, carbon: str, target: Target | None, *, title: str) -> Shown:
    """Draw how each factor led from the base year's CO2 to the latest, as a waterfall.

    Parameters
    ----------
    view : View
    carbon : str
    target : Target or None
        Its base year begins the way; without one, the last plan period does.
    title : str

    Returns
    -------
    Shown
    """
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
    steps = [charts_drivers.Step(str(first), float(co2[first]) * factor)]
    steps += [
        charts_drivers.Step(words[row.factor], row.effect * factor, row.factor)
        for row in effects.itertuples()
    ]
    steps.append(charts_drivers.Step(str(last), float(co2[last]) * factor))

    def paint(figure: Figure, narrow: bool) -> None:
        ax = figure.subplots()
        shown = [
            charts_drivers.Step(charts.wrap(one.label, 14 if narrow else 30), one.value, one.factor)
            for one in steps
        ]
        decimals = max(0, view.project.catalog[carbon].decimals - round(np.log10(factor)))
        charts_drivers.plot_waterfall(ax, shown, unit=unit, decimals=min(1, decimals))

    reading = _effect_reading(view, effects, carbon)
    return assemble(
        view,
        anchor=f"way-{carbon}",
        title=_modelled_title(
            view, view.say(title, first=first, last=last), view.city, known.used
        ),
        reading=reading,
        alt=reading,
        images=draw(
            paint,
            wide=(charts.WIDE[0], 0.9 + 0.42 * len(steps)),
            narrow=(charts.NARROW[0], 0.9 + 0.5 * len(steps)),
        ),
        sources=sources_of(known.used),
        notes=[view.say("note_drivers"), *_energy_note(view, known), *notes_of(view, known.used)],
        details=details_of(view, known.used),
        data=effects_frame(view, effects, view.city),
    )


def moved_context(view: View, carbon: str, *, title: str) -> Shown:
    """Draw what moved the CO2 of the city's context, each place by the factors it has.

    Parameters
    ----------
    view : View
    carbon : str
        Indicator of CO2; places that lack it or real GDP are named below.
    title : str

    Returns
    -------
    Shown
    """
    notes = [view.say("note_context", city=view.place(view.city)), view.say("note_drivers")]
    groups = []
    for place in view.parents:
        known = drivers.levels(lambda name, place=place: view.series(name, place), carbon)
        if known is not None:
            groups.append((place, known))
        elif drivers.real_gdp(lambda name, place=place: view.series(name, place)) is None:
            notes.append(view.say("no_real_gdp_drivers", place=view.place(place)))
    if not groups:
        return missing(view, [carbon, drivers.REAL_GDP[0]])
    unit, factor = units.display(view.project.catalog[carbon].unit, view.lang)
    plans = {place: drivers.by_plan(known.effects(), known.parts) for place, known in groups}
    factors = list(dict.fromkeys(one for _, known in groups for one in known.factors))

    def paint(figure: Figure, narrow: bool) -> None:
        axes = np.atleast_1d(charts.space_panels(figure).subplots(len(groups), 1))
        for ax, (place, _) in zip(axes, groups, strict=True):
            bars = _bars(view, plans[place], factor, by_label=True)
            charts_drivers.plot_effects(ax, bars, unit=unit, write="{:+,.0f}")
            ax.set_title(view.say("panel_context", place=view.place(place)), pad=18)
        _effect_legend(view, figure, factors, _factor_words(view, factors), narrow)

    used = [one for _, known in groups for one in known.used]
    if any(one.indicator.id == drivers.ENERGY_PER_GDP for one in used):
        notes.append(view.say("note_energy_computed"))
    if any(one.indicator.id in drivers.PER_HEAD.values() for one in used):
        notes.append(view.say("note_population_computed"))
    place, known = groups[-1]
    reading = _effect_reading(view, plans[place].iloc[-len(known.factors) :], carbon)
    tall = 3.1 * len(groups)
    return assemble(
        view,
        anchor=f"drivers-context-{carbon}",
        title=_modelled_title(view, title, place, used),
        reading=reading,
        alt=reading,
        images=draw(
            paint, wide=(charts.WIDE[0], tall + 0.6), narrow=(charts.NARROW[0], tall + 0.9)
        ),
        sources=sources_of(used),
        notes=[*notes, *notes_of(view, used)],
        details=details_of(view, used),
        data=pd.concat([effects_frame(view, plans[name], name) for name, _ in groups]),
    )
