"""Figures of decoupling: growth and emissions by plan period, and the state of each year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from planbook.analysis.drivers import decoupling
from planbook.analysis.drivers import levels as drivers
from planbook.data.series import Series
from planbook.report.drawing import style as charts
from planbook.report.drivers import charts as charts_drivers
from planbook.report.figure import assemble, details_of, holder_lines, missing, notes_of, sources_of
from planbook.report.html.fragments import Shown, draw
from planbook.report.view import View
from planbook.text import number, section_number, signed

STRONG = "strong_decoupling"


@dataclass(frozen=True)
class Compared:
    """One quantity of one place beside its real GDP."""

    name: str  # as readers see it
    series: Series  # what the quantity comes from
    years: pd.DataFrame  # as of `decoupling.by_year` and `decoupling.by_plan`
    plans: pd.DataFrame

    @property
    def is_modelled(self) -> bool:
        """Whether the quantity is an estimate or was computed from another."""
        return self.series.is_modelled or self.series.indicator.id == drivers.ENERGY_PER_GDP


def plan_name(view: View, plan: int) -> str:
    """Name a national five-year plan as readers do."""
    return view.say("plan_period", number=section_number(plan, view.lang))


def compare(view: View, names: Sequence[str], entity: str) -> tuple[list[Compared], Series | None]:
    """Compare quantities of one place with its GDP at constant prices."""
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
    """Draw growth and emissions by plan period, and the state of each quantity by year."""
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
        charts_drivers.plot_pairs(
            top, pairs, unit=view.say("chart_a_year"), size=7 if narrow else 8.5
        )
        width = 44 if narrow else 92
        top.set_title(charts.wrap(view.say("panel_pairs", name=main.name), width), pad=18)
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
        images=draw(paint, tall + 0.75, tall + 2.1),
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
    return [
        view.say("decoupling_absent", list=line)
        for line in holder_lines(view, names, key="held_by")
    ]


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
    return [
        charts_drivers.GrowthPair(
            charts_drivers.two_lines(
                view.say("year_span", first=row.first_year, last=row.last_year)
            ),
            row.growth_pct_a,
            row.change_pct_a,
            row.state,
            one.is_modelled,
        )
        for row in one.plans.itertuples()
    ]


def _strip(
    view: View,
    ax: Axes,
    rows: Sequence[charts_drivers.StateRow],
    first: int,
    last: int,
    narrow: bool,
) -> None:
    width = 46 if narrow else 96
    shown = [
        charts_drivers.StateRow(
            charts.wrap(row.name, width), row.cells, row.breaks, row.is_modelled
        )
        for row in rows
    ]
    size = min(10, (200 if narrow else 330) / (last - first + 1))
    charts_drivers.plot_states(ax, shown, first=first, last=last, size=size)


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
    wrapped = [(handle, charts.wrap(word, 48 if narrow else 60)) for handle, word in handles]
    charts.legend_below(figure, wrapped, 1 if narrow else 2, fontsize=8.5)


def _reading(view: View, one: Compared) -> str:
    """Say the latest plan period in words, and how many years had strong decoupling."""
    row = one.plans.iloc[-1] if len(one.plans) else one.years.iloc[-1]
    strong = int((one.years["state"] == STRONG).sum())
    return view.say(
        "reading_decoupling",
        name=one.name,
        first=int(row["first_year"]),
        last=int(row["last_year"]),
        growth=signed(row["growth_pct"], "%", view.lang),
        change=signed(row["change_pct"], "%", view.lang),
        state=view.say(f"decoupling_{row['state']}"),
        strong=strong,
        total=len(one.years),
    )


def states_frame(view: View, found: Sequence[Compared], *, by: str) -> pd.DataFrame:
    """Give states with everything behind them as a table for download."""
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
    frame = pd.DataFrame(rows)
    kinds = [view.say("column_change_published"), view.say("column_change_modelled")]
    return frame.drop(columns=[one for one in kinds if one in frame and frame[one].isna().all()])


def decoupled_context(view: View, names: Sequence[str], *, title: str) -> Shown:
    """Draw the states of the province and the country, each place in a panel of its own."""
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
        images=draw(paint, tall + 0.9, tall + 1.9),
        series=series,
        notes=[*notes, *notes_of(view, series)],
        data=states_frame(view, compared, by="years"),
    )
