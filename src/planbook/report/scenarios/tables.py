"""Tables of scenarios: where they start, what follows, when carbon peaks, and every assumption."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from planbook.analysis.scenarios.city import ScenarioResult
from planbook.data import units
from planbook.data.scenarios import REST
from planbook.errors import ForecastRefused
from planbook.report.html.fragments import Column, Shown, file_links, table
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
    columns = [
        Column(view.say("column_scn_sector")),
        Column(view.say("column_scn_estimated", unit=sign), numeric=True),
        Column(view.say("column_scn_used", unit=sign), numeric=True),
        Column(view.say("column_scn_share"), numeric=True),
        Column(view.say("column_scn_from")),
    ]
    rows, unknown, exported = [], [], []
    for name, row in split.frame.iterrows():
        title = found.sectors[name].title[view.lang]
        if pd.isna(row["value"]):
            unknown.append(title)
            continue
        share = 100 * row["value"] / split.total
        estimated = None if pd.isna(row["estimated"]) else float(row["estimated"]) * factor
        origin = view.say("scn_from_rest") if name == REST else _origin(view, outcome, name)
        rows.append(
            {
                "cells": [
                    title,
                    number(estimated, 0 if factor > 1 else 1),
                    number(row["value"] * factor, 0 if factor > 1 else 1),
                    quantity(share, "%", view.lang, 0),
                    origin,
                ]
            }
        )
        exported.append(
            {
                view.say("column_scn_sector"): title,
                view.say("column_scn_estimated", unit="Mt"): row["estimated"],
                view.say("column_scn_used", unit="Mt"): row["value"],
                view.say("column_scn_from"): origin,
            }
        )
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
    frame = pd.DataFrame(exported)
    html = table(
        columns,
        rows,
        label=view.say("label_scn_base"),
        kind="pb-scenario-base",
        notes=notes,
        links=file_links({"base": frame}, f"{view.city}_scenario_base", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)


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
    shown = [
        one
        for one in ("co2", "intensity_change", *POLLUTANTS_SHOWN, "equivalents")
        if (outcome.paths["quantity"] == one).any()
    ]
    columns = [
        Column(view.say("column_quantity")),
        *[
            Column(
                view.say("column_scn_year_base" if place == 0 else "column_scn_year", year=year),
                numeric=True,
            )
            for place, year in enumerate(years)
        ],
    ]
    rows = []
    for one in outcome.found.scenarios:
        rows.append(
            {"group": view.say("scn_group", title=names[one.id], summary=one.summary[view.lang])}
        )
        for key in shown:
            sign, factor, digits = _unit(view, outcome, key)
            head = view.say("unit_joint", unit=sign) if sign else ""
            if key == "intensity_change":
                head = view.say(
                    "scn_since", year=outcome.parameters["reference"]["year"], unit=sign
                )
            cells = [f"{quantity_title(view, key)}{head}"]
            for place, year in enumerate(years):
                value = outcome.value(one.id, key, year) * factor
                low, high = (end * factor for end in outcome.span(one.id, key, year))
                text = plus(value, digits) if key == "intensity_change" else number(value, digits)
                if place:
                    ends = [
                        plus(end, digits) if key == "intensity_change" else number(end, digits)
                        for end in (low, high)
                    ]
                    text = Markup("{}<br><small>{}</small>").format(
                        text, view.say("scn_ends", low=ends[0], high=ends[1])
                    )
                cells.append(text)
            rows.append({"cells": cells})
    frame = export(view, outcome)
    met = [
        view.say(
            "scn_target_line",
            scenario=names[one.id],
            change=plus(outcome.value(one.id, "intensity_change", target.deadline), 1),
            share=probability(_share_meeting(outcome, one.id), view.lang),
        )
        for one in outcome.found.scenarios
        if target.deadline in set(outcome.paths["year"])
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
    html = table(
        columns,
        rows,
        label=view.say("label_scenarios"),
        kind="pb-scenarios",
        notes=notes,
        links=file_links({"scenarios": frame}, f"{view.city}_scenarios", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)


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


def plus(value: float, digits: int) -> str:
    """Write a number with its sign; one that rounds to nothing has none."""
    text = number(value, digits)
    return f"+{text}" if value > 0 and text.strip("0.") else text


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
    columns = [
        Column(view.say("column_scenario")),
        Column(view.say("column_scn_peak")),
        Column(view.say("column_scn_peak_span")),
        Column(view.say("column_scn_peak_value", unit=sign), numeric=True),
        Column(view.say("column_scn_peak_chance", year=by), numeric=True),
        Column(view.say("column_scn_past"), numeric=True),
    ]
    rows, exported = [], []
    for name, row in outcome.highest.iterrows():
        rows.append(
            {
                "cells": [
                    names[name],
                    year_words(view, outcome, int(row["year"])),
                    span_words(view, outcome, int(row["low"]), int(row["high"])),
                    number(row["value"] * factor, 0 if factor > 1 else 1),
                    probability(float(row["chance"]), view.lang),
                    probability(float(row["past"]), view.lang),
                ]
            }
        )
        exported.append(
            {
                view.say("column_scenario"): names[name],
                view.say("column_scn_peak"): int(row["year"]),
                view.say("column_scn_low"): int(row["low"]),
                view.say("column_scn_high"): int(row["high"]),
                view.say("column_scn_peak_value", unit="Mt"): row["value"],
                view.say("column_scn_peak_chance", year=by): row["chance"],
                view.say("column_scn_past"): row["past"],
            }
        )
    history = outcome.parameters["history"]
    top = max(history, key=lambda year: history[year])
    notes = [
        view.say("scn_note_past", year=top, value=quantity(history[top], "Mt", view.lang, 1)),
        view.say("scn_note_chance", draws=outcome.found.draws),
        *forecast_lines(view, outcome),
    ]
    frame = pd.DataFrame(exported)
    html = table(
        columns,
        rows,
        label=view.say("label_scn_peaks"),
        kind="pb-scenario-peaks",
        notes=notes,
        links=file_links({"peaks": frame}, f"{view.city}_scenario_peaks", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)


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
