"""Tables of scenarios: where they start, what follows, when carbon peaks, and every assumption."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

import pandas as pd

from planbook.analysis.scenarios.city import ScenarioResult
from planbook.data import units
from planbook.data.scenarios import REST
from planbook.errors import ForecastRefused
from planbook.report.html.cells import plus, small, two_lines
from planbook.report.html.fragments import Shown
from planbook.report.html.tabular import Group, Tabular, both, column, held, shown
from planbook.report.scenarios.figures import (
    carbon_alone,
    export,
    quantity_title,
    span_words,
    titles,
    year_words,
)
from planbook.report.view import View
from planbook.text import join, number, probability, quantity

DIGITS = {"intensity": 2, "intensity_change": 1}
POLLUTANTS_SHOWN = ("so2", "nox")  # of those computed; the download has all
CLOSE_PCT = 5.0  # estimates within this share of the total leave no reliable rest


def base(view: View, outcome: ScenarioResult) -> Shown:
    """Show how the total of the base year is divided among sectors, and what is not known."""
    found, split = outcome.found, outcome.split
    sign, factor = units.display("Mt", view.lang)
    digits = 0 if factor > 1 else 1
    known = split.frame.dropna(subset="value")
    unknown = [found.sectors[name].title[view.lang] for name in split.frame.index.drop(known.index)]

    def value(name: str, key: str) -> float | None:
        amount = known.at[name, key]
        return None if pd.isna(amount) else float(amount)

    def estimated(name: str) -> str:
        amount = value(name, "estimated")
        return number(None if amount is None else amount * factor, digits)

    def origin(name: str) -> str:
        return view.say("scn_from_rest") if name == REST else _origin(view, outcome, name)

    def share(name: str) -> str:
        return quantity(100 * known.at[name, "value"] / split.total, "%", view.lang, 0)

    fields = [
        both("column_scn_sector", lambda name: found.sectors[name].title[view.lang]),
        shown("column_scn_estimated", estimated, unit=sign, numeric=True),
        held("column_scn_estimated", lambda name: value(name, "estimated"), unit="Mt"),
        shown(
            "column_scn_used",
            lambda name: number(known.at[name, "value"] * factor, digits),
            unit=sign,
            numeric=True,
        ),
        held("column_scn_used", lambda name: value(name, "value"), unit="Mt"),
        shown("column_scn_share", share, numeric=True),
        both("column_scn_from", origin),
    ]
    explained = 100 * split.explained / split.total
    notes = [
        view.say(
            "scn_base_total",
            year=found.base_year,
            indicator=view.title(found.total),
            total=quantity(split.total, "Mt", view.lang, 1),
            share=quantity(explained, "%", view.lang, 0),
        )
    ]
    if split.factor < 1:
        notes.append(view.say("scn_base_scaled", factor=number(split.factor, 3)))
    else:
        notes.append(view.say("scn_base_rule"))
    if split.factor == 1 and abs(100 - explained) < 2 * CLOSE_PCT:
        notes.append(view.say("scn_base_close"))
    if unknown:
        notes.append(view.say("scn_base_unknown", list=join(unknown, view.lang)))
    return Tabular(view, list(known.index), fields).show(
        "label_scn_base", "pb-scenario-base", notes=notes, name="base", file="scenario_base"
    )


def _origin(view: View, outcome: ScenarioResult, sector: str) -> str:
    parts = []
    for line in outcome.found.sectors[sector].lines:
        for one in outcome.activity.get(line, ()):
            meta = view.project.catalog[one.near or one.indicator]
            name = meta.title[view.lang]
            figure = quantity(one.figure.value, one.figure.unit, view.lang, meta.decimals)
            key = "scn_from_load" if one.load else "scn_from_figure"
            parts.append(view.say(key, name=name, figure=figure, year=one.figure.year))
    return view.say("semicolon").join(parts)


def results(view: View, outcome: ScenarioResult) -> Shown:
    """Show what follows from every scenario in the base year and in 2025, 2030 and 2035."""
    names, years = titles(view, outcome), outcome.years
    target = view.project.plan.targets[outcome.found.intensity_target]
    present = [
        one
        for one in ("co2", "intensity_change", *POLLUTANTS_SHOWN, "equivalents")
        if (outcome.paths["quantity"] == one).any()
    ]
    rows: list[Group | tuple[str, str]] = []
    for one in outcome.found.scenarios:
        summary = one.summary[view.lang]
        rows.append(Group(view.say("scn_group", title=names[one.id], summary=summary)))
        rows += [(one.id, key) for key in present]

    def head(row: tuple[str, str]) -> str:
        key, sign = row[1], _unit(view, outcome, row[1])[0]
        words = view.say("unit_joint", unit=sign) if sign else ""
        if key == "intensity_change":
            since = outcome.parameters["reference"]["year"]
            words = view.say("scn_since", year=since, unit=sign)
        return f"{quantity_title(view, key)}{words}"

    def cell(year: int) -> Callable[[tuple[str, str]], str]:
        return lambda row: _result(view, outcome, *row, year)

    fields = [
        shown("column_quantity", head),
        shown("column_scn_year_base", cell(years[0]), year=years[0], numeric=True),
        *(shown("column_scn_year", cell(year), year=year, numeric=True) for year in years[1:]),
    ]
    deadline = target.deadline
    met = [
        view.say(
            "scn_target_line",
            scenario=names[one.id],
            change=plus(outcome.value(one.id, "intensity_change", deadline), 1),
            share=probability(_share_meeting(outcome, one.id), view.lang),
        )
        for one in outcome.found.scenarios
        if deadline is not None and deadline in set(outcome.paths["year"])
    ]
    notes = [view.say("scn_note_results"), *carbon_alone(view, outcome)]
    notes += _compared(view, outcome)
    if met:
        notes.append(
            view.say(
                "scn_note_target",
                target=plus(target.value, 0),
                year=target.deadline,
                base=target.base_year,
                list=view.say("semicolon").join(met),
            )
        )
    return Tabular(view, rows, fields).show(
        "label_scenarios",
        "pb-scenarios",
        notes=notes,
        name="scenarios",
        frame=export(view, outcome),
    )


def _result(view: View, outcome: ScenarioResult, scenario: str, key: str, year: int) -> str:
    """Write a quantity of a scenario in a year, with its ends below it after the base year."""
    _, factor, digits = _unit(view, outcome, key)
    write = plus if key == "intensity_change" else number
    text = write(outcome.value(scenario, key, year) * factor, digits)
    if year == outcome.years[0]:
        return text
    low, high = (write(end * factor, digits) for end in outcome.span(scenario, key, year))
    return two_lines(text, small(view.say("scn_ends", low=low, high=high)))


def _compared(view: View, outcome: ScenarioResult) -> list[str]:
    """Say how each scenario differs from the first in the year of peaking, and what raises it."""
    names, year = titles(view, outcome), outcome.found.peak_by
    first, lines = outcome.found.scenarios[0], []
    for one in outcome.found.scenarios[1:]:
        gap = {
            key: outcome.value(one.id, key, year) - outcome.value(first.id, key, year)
            for key in ("co2", "equivalents")
            if (outcome.paths["quantity"] == key).any()
        }
        carbon = quantity(gap["co2"], "Mt", view.lang, 2)
        carbon = f"+{carbon}" if gap["co2"] > 0 else carbon
        said = {"scenario": names[one.id], "first": names[first.id], "year": year}
        if "equivalents" in gap:
            lines.append(
                view.say(
                    "scn_compared", carbon=carbon, pollution=plus(gap["equivalents"], 0), **said
                )
            )
        else:
            lines.append(view.say("scn_compared_carbon", carbon=carbon, **said))
        raising = [
            step.title[view.lang]
            for step in one.steps
            if outcome.effect(one.id, f"step.{step.id}", "co2") > 0
        ]
        if raising:
            lines.append(view.say("scn_raising", list=join(raising, view.lang)))
    return lines


def _share_meeting(outcome: ScenarioResult, scenario: str) -> float:
    return float(outcome.meeting[scenario])


def _unit(view: View, outcome: ScenarioResult, key: str) -> tuple[str, float, int]:
    """Give unit, factor and digits in which a quantity is shown."""
    if key == "equivalents":
        return view.say("scn_thousand"), 1.0, 0
    unit = outcome.parameters["units"][key]
    sign, factor = units.display(unit, view.lang)
    if key == "co2":
        return sign, factor, 0 if factor > 1 else 1
    return sign, factor, DIGITS.get(key, 0)


def peaks(view: View, outcome: ScenarioResult) -> Shown:
    """Show when carbon dioxide is highest in every scenario, and the forecast beside it."""
    names, by = titles(view, outcome), outcome.found.peak_by
    sign, factor = units.display("Mt", view.lang)
    rows = [{"scenario": name, **row} for name, row in outcome.highest.iterrows()]

    def span(row: Mapping[str, Any]) -> str:
        return span_words(view, outcome, int(row["low"]), int(row["high"]))

    def chance(key: str) -> Callable[[Mapping[str, Any]], str]:
        return lambda row: probability(float(row[key]), view.lang)

    fields = [
        both("column_scenario", lambda row: names[row["scenario"]]),
        column(
            "column_scn_peak",
            lambda row: year_words(view, outcome, int(row["year"])),
            lambda row: int(row["year"]),
        ),
        shown("column_scn_peak_span", span),
        held("column_scn_low", lambda row: int(row["low"])),
        held("column_scn_high", lambda row: int(row["high"])),
        shown(
            "column_scn_peak_value",
            lambda row: number(row["value"] * factor, 0 if factor > 1 else 1),
            unit=sign,
            numeric=True,
        ),
        held("column_scn_peak_value", itemgetter("value"), unit="Mt"),
        column(
            "column_scn_peak_chance", chance("chance"), itemgetter("chance"), year=by, numeric=True
        ),
        column("column_scn_past", chance("past"), itemgetter("past"), numeric=True),
    ]
    history = outcome.parameters["history"]
    top = max(history, key=lambda year: history[year])
    notes = [
        view.say("scn_note_past", year=top, value=quantity(history[top], "Mt", view.lang, 1)),
        view.say("scn_note_chance", draws=outcome.found.draws),
        *forecast_lines(view, outcome),
    ]
    return Tabular(view, rows, fields).show(
        "label_scn_peaks", "pb-scenario-peaks", notes=notes, name="peaks", file="scenario_peaks"
    )


def forecast_lines(view: View, outcome: ScenarioResult) -> list[str]:
    """Set the first scenario beside the forecast of the same series, and explain the difference."""
    made, first = outcome.forecast, outcome.found.scenarios[0]
    if made is None:
        return []
    try:
        _, shown = view.forecast(outcome.found.total)
    except ForecastRefused as error:
        reason = view.why_not(error, outcome.found.total)
        return [view.say("scn_forecast_not", reason=reason)]
    years = [year for year in outcome.years[1:] if year in set(shown.years)]
    if not years:
        return []
    low, high = made.interval(80)
    at = {int(year): place for place, year in enumerate(made.years)}
    listed = view.say("semicolon").join(
        view.say(
            "scn_forecast_year",
            year=year,
            forecast=quantity(float(made.median[at[year]]), "Mt", view.lang, 1),
            low=quantity(float(low[at[year]]), "Mt", view.lang, 1),
            high=quantity(float(high[at[year]]), "Mt", view.lang, 1),
            scenario=quantity(outcome.value(first.id, "co2", year), "Mt", view.lang, 1),
        )
        for year in years
    )
    start = float(outcome.value(first.id, "co2", outcome.found.base_year))
    last = years[-1]
    same = (float(made.median[at[last]]) > start) == (outcome.value(first.id, "co2", last) > start)
    name = titles(view, outcome)[first.id]
    return [
        view.say("scn_forecast", scenario=name, list=listed),
        view.say("scn_forecast_same" if same else "scn_forecast_other", scenario=name, year=last),
    ]
