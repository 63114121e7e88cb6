"""Figures of scenarios: carbon paths with their fans, and pollutants beside them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from planbook.analysis.scenarios.city import ScenarioResult
from planbook.data import units
from planbook.report.drawing import style as charts
from planbook.report.figure import assemble
from planbook.report.html.fragments import Shown, draw
from planbook.report.scenarios import charts as charts_scenarios
from planbook.report.view import View
from planbook.text import join, number, probability

PAST_YEARS = 14  # years before the base year that a chart shows
POLLUTION = "equivalents"


def titles(view: View, outcome: ScenarioResult) -> dict[str, str]:
    """Name the scenarios by id."""
    return {one.id: one.title[view.lang] for one in outcome.found.scenarios}


def year_words(view: View, outcome: ScenarioResult, year: int) -> str:
    """Write a highest year; the last one computed only says that no peak was seen."""
    if year >= outcome.found.last_year:
        return view.say("scn_not_peaked", year=outcome.found.last_year)
    return view.say("scn_year", year=year)


def span_words(view: View, outcome: ScenarioResult, low: int, high: int) -> str:
    """Write the interval of a highest year."""
    if low == high:
        return year_words(view, outcome, low)
    return view.say("scn_span", low=low, high=year_words(view, outcome, high))


def peak_lines(view: View, outcome: ScenarioResult) -> list[str]:
    """Say for each scenario when carbon dioxide is highest, and how often by the year asked."""
    names = titles(view, outcome)
    return [
        view.say(
            "scn_peak_line" if row["low"] < row["high"] else "scn_peak_line_sure",
            scenario=names[name],
            year=year_words(view, outcome, int(row["year"])),
            span=span_words(view, outcome, int(row["low"]), int(row["high"])),
            chance=probability(float(row["chance"]), view.lang),
            by=outcome.found.peak_by,
        )
        for name, row in outcome.highest.iterrows()
    ]


def _path(
    outcome: ScenarioResult, scenario: str, name: str, quantity: str, factor: float
) -> charts_scenarios.Path:
    one, span = outcome.paths, outcome.spans
    rows = one[
        (one["scenario"] == scenario) & (one["quantity"] == quantity) & (one["sector"] == "total")
    ]
    ends = span[(span["scenario"] == scenario) & (span["quantity"] == quantity)]
    return charts_scenarios.Path(
        name,
        rows["year"].to_numpy(),
        rows["value"].to_numpy() * factor,
        ends["low"].to_numpy() * factor,
        ends["high"].to_numpy() * factor,
    )


def _panels(
    figure: Figure, count: int, has_pollution: bool, narrow: bool
) -> tuple[list[Axes], Axes | None]:
    """Make a panel for each scenario, and one below them all if there is pollution to draw."""
    charts.space_panels(figure)
    if narrow:
        ratios = [1.0] * count + ([0.9] if has_pollution else [])
        grid = figure.add_gridspec(len(ratios), 1, height_ratios=ratios)
        tops = [figure.add_subplot(grid[row, 0]) for row in range(count)]
        return tops, figure.add_subplot(grid[-1, 0]) if has_pollution else None
    ratios = [1.25, 0.9][: 1 + has_pollution]
    grid = figure.add_gridspec(len(ratios), count, height_ratios=ratios)
    tops = [figure.add_subplot(grid[0, column]) for column in range(count)]
    return tops, figure.add_subplot(grid[1, :]) if has_pollution else None


def paths(view: View, outcome: ScenarioResult) -> Shown:
    """Draw carbon dioxide of every scenario with its fan, and pollutants below."""
    found, names = outcome.found, titles(view, outcome)
    sign, factor = units.display("Mt", view.lang)
    history = {int(year): value for year, value in outcome.parameters["history"].items()}
    first = found.base_year - PAST_YEARS
    past = {year: value * factor for year, value in history.items() if year >= first}
    has_pollution = (outcome.paths["quantity"] == POLLUTION).any()
    digits = 0 if factor > 1 else 1
    carbon = [_path(outcome, one.id, names[one.id], "co2", factor) for one in found.scenarios]
    top = max(max(past.values()), *(float(np.max(one.high)) for one in carbon))
    bottom = min(min(past.values()), *(float(np.min(one.low)) for one in carbon))
    pad = 0.12 * (top - bottom)

    def highest(scenario: str) -> tuple[int, float, str] | None:
        row = outcome.highest.loc[scenario]
        year, value = int(row["year"]), float(row["value"]) * factor
        if year < first or year >= found.last_year:
            return None
        label = view.say("scn_star", year=year, value=number(value, digits))
        return year, value, label

    def paint(figure: Figure, narrow: bool) -> None:
        tops, below = _panels(figure, len(carbon), has_pollution, narrow)
        for place, (ax, one, path) in enumerate(zip(tops, found.scenarios, carbon, strict=True)):
            charts_scenarios.plot_path(
                ax, path, place, past=past, begins=view.say("scn_begins"), highest=highest(one.id)
            )
            ax.set_ylim(bottom - pad, top + pad)
            ax.set_xlim(first - 1, found.last_year + 1)
            head = view.say("scn_panel_co2", scenario=path.name, unit=sign)
            ax.set_title(charts.wrap(head, 42 if narrow else 28), fontsize=9.5)
            ax.title.set_color(charts_scenarios.look(place)[0])
            if place and not narrow:
                ax.set_yticklabels([])
        if below is not None:
            width = 16 if narrow else 40
            together = [
                _path(outcome, one.id, charts.wrap(names[one.id], width), POLLUTION, 1.0)
                for one in found.scenarios
            ]
            charts_scenarios.plot_together(below, together)
            head = view.say("scn_panel_pollution", parts=who(view, outcome))
            below.set_title(charts.wrap(head, 44 if narrow else 96), fontsize=9.5)

    lines = peak_lines(view, outcome)
    notes = [view.say("scn_note_kind"), view.say("scn_note_fan"), view.say("scn_note_peak")]
    if has_pollution:
        notes.append(view.say("scn_note_pollution", parts=who(view, outcome)))
    height = 5.3 if has_pollution else 3.2
    tall = 2.1 * len(carbon) + (2.0 if has_pollution else 0)
    return assemble(
        view,
        anchor="scenarios",
        title=view.say("title_scenarios", first=found.base_year, last=found.last_year),
        reading=" ".join(lines) if view.lang == "en" else "".join(lines),
        alt=" ".join(lines),
        images=draw(paint, height, tall),
        sources=outcome.sources,
        notes=notes,
        data=export(view, outcome),
    )


def who(view: View, outcome: ScenarioResult) -> str:
    """Name pollutants and the sectors that they are computed for."""
    factors = view.project.factors.equivalents
    parts = []
    for quantity, sectors in outcome.parameters["base"].items():
        if quantity in outcome.parameters["equivalent_kg"]:
            known = factors[quantity]
            name = view.words(known, "name")
            listed = view.say("list_separator").join(
                outcome.found.sectors[one].title[view.lang] for one in sectors
            )
            parts.append(view.say("scn_who", pollutant=name, sectors=listed))
    return view.say("semicolon").join(parts)


def carbon_alone(view: View, outcome: ScenarioResult) -> list[str]:
    """Say why the scenarios hold no pollutants, where they hold none."""
    if not outcome.uncounted:
        return []
    targets = view.project.plan.targets
    names = [view.title(targets[one].indicator) for one in outcome.uncounted]
    return [view.say("scn_carbon_alone", list=join(names, view.lang))]


def export(view: View, outcome: ScenarioResult) -> pd.DataFrame:
    """Give every path, with the ends of the intervals of sums, as a long table."""
    frame = outcome.paths.merge(
        outcome.spans.assign(sector="total")[
            ["scenario", "sector", "quantity", "year", "low", "high"]
        ],
        on=["scenario", "sector", "quantity", "year"],
        how="left",
    )
    names = titles(view, outcome)
    sectors = {key: one.title[view.lang] for key, one in outcome.found.sectors.items()}
    sectors["total"] = view.say("scn_total")
    return pd.DataFrame(
        {
            view.say("column_scenario"): frame["scenario"].map(names),
            view.say("column_scn_sector"): frame["sector"].map(sectors),
            view.say("column_quantity"): [quantity_title(view, one) for one in frame["quantity"]],
            view.say("column_year"): frame["year"],
            view.say("column_scn_value"): frame["value"],
            view.say("column_scn_low"): frame["low"],
            view.say("column_scn_high"): frame["high"],
            view.say("column_unit"): frame["unit"],
        }
    )


def quantity_title(view: View, quantity: str) -> str:
    """Name a quantity of the scenarios."""
    known = view.project.factors.equivalents.get(quantity)
    if known is not None:
        return view.words(known, "name")
    return view.say(f"scn_quantity_{quantity}")
