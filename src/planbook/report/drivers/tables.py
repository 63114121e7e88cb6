"""Tables of drivers: decoupling by plan, sectors, and what would have to move."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup, escape

from planbook.analysis.drivers import levels as drivers
from planbook.analysis.drivers.required import Requirement, required
from planbook.data import units
from planbook.data.plan import Target
from planbook.data.series import Series
from planbook.report.drivers.decoupling import absent_lines, absent_names, compare, states_frame
from planbook.report.figure import holder_lines, missing
from planbook.report.html.cells import said
from planbook.report.html.fragments import Column, Shown, file_links, fragment, table, without_empty
from planbook.report.view import View
from planbook.text import MISSING, asked, number, quantity, section_number, signed

# which badge (colour and sign) a state borrows from the verdicts
BADGES = {
    "strong_decoupling": "met",
    "weak_decoupling": "on_course",
    "expansive_coupling": "at_risk",
    "expansive_negative": "off_course",
    "recessive_decoupling": "at_risk",
    "recessive_coupling": "at_risk",
    "weak_negative": "at_risk",
    "strong_negative": "missed",
    "no_growth": "not_measurable",
}


def decoupled(view: View, names: Sequence[str]) -> tuple[Shown, list[str]]:
    """Show growth, change, elasticity and state of the city by five-year plan."""
    found, gdp = compare(view, names, view.city)
    absent = absent_names(view, names, found, gdp)
    rows = []
    for one in found:
        mark = view.say("label_modelled", label=one.name) if one.is_modelled else one.name
        rows.append({"group": mark})
        for row in one.plans.itertuples():
            change = signed(row.change_pct, "%", view.lang)
            rows.append(
                {
                    "cells": [
                        _plan_years(view, row),
                        signed(row.growth_pct, "%", view.lang),
                        MISSING if one.is_modelled else change,
                        change if one.is_modelled else MISSING,
                        number(row.elasticity, 2),
                        fragment(
                            "badge.html",
                            verdict=BADGES[row.state],
                            words=view.say(f"decoupling_{row.state}"),
                        ),
                    ]
                }
            )
    if gdp is None or not any("cells" in row for row in rows):
        return missing(view, absent), []
    columns = [
        Column(view.say("column_plan")),
        Column(view.say("column_growth_pct"), numeric=True),
        Column(view.say("column_change_published"), numeric=True),
        Column(view.say("column_change_modelled"), numeric=True),
        Column(view.say("column_elasticity"), numeric=True),
        Column(view.say("column_reading")),
    ]
    frame = states_frame(view, found, by="plans")
    columns, rows = without_empty(columns, rows)
    html = table(
        columns,
        rows,
        label=view.say("label_decoupling"),
        kind="pb-decoupling",
        notes=[view.say("note_decoupling_plans"), *absent_lines(view, absent)],
        links=file_links({"decoupling": frame}, f"{view.city}_decoupling_plans", view.lang),
    )
    used = [one.series.indicator.id for one in found] + [gdp.indicator.id]
    return Shown(html, frame.to_string(index=False), frame), used


def _plan_years(view: View, row: object) -> Markup:
    span = view.say("year_span", first=row.first_year, last=row.last_year)
    plan = view.say("plan_short", number=section_number(row.plan, view.lang))
    return Markup("{}<br><small>{}</small>").format(span, plan)


def sectors(
    view: View, total: str, names: Sequence[str], entity: str
) -> tuple[Shown, tuple[Series, ...]]:
    """Show how sectors' CO2 changed, by energy use and by CO2 per unit of it."""
    found = drivers.sectors(lambda name: view.series(name, entity), total, names)
    if found is None:
        line = view.say("no_sector_drivers", place=view.place(entity))
        return said(line), ()
    unit, factor = units.display(view.project.catalog[total].unit, view.lang)
    rows, export = [], []
    for years in found.parts:
        first, last = years[0], years[-1]
        group = view.say("sector_group", place=view.place(entity), first=first, last=last)
        rows.append({"group": group})
        own = found.effects[found.effects["first_year"] == first]
        wide = own.pivot(index="sector", columns="factor", values="effect") * factor
        wide["change"] = wide["energy"] + wide["co2_per_energy"]
        wide = wide.reindex(wide["change"].abs().sort_values(ascending=False).index)
        lines = [(_sector_name(view, name), one) for name, one in wide.iterrows()]
        for name, one in [(view.say("sector_all"), wide.sum()), *lines]:
            values = [one["change"], one["energy"], one["co2_per_energy"]]
            rows.append({"cells": [name, *(_plus(value) for value in values)]})
            export.append(
                {
                    view.say("column_place"): view.place(entity),
                    view.say("column_first_year"): first,
                    view.say("column_last_year"): last,
                    view.say("column_sector"): name,
                    view.say("column_sector_change", unit=unit): values[0],
                    view.say("column_sector_energy", unit=unit): values[1],
                    view.say("column_sector_ratio", unit=unit): values[2],
                }
            )
    columns = [
        Column(view.say("column_sector")),
        Column(view.say("column_sector_change", unit=unit), numeric=True),
        Column(view.say("column_sector_energy", unit=unit), numeric=True),
        Column(view.say("column_sector_ratio", unit=unit), numeric=True),
    ]
    frame = pd.DataFrame(export)
    html = table(
        columns,
        rows,
        label=view.say("label_sector_drivers"),
        kind="pb-sector-drivers",
        notes=[
            view.say("note_sector_drivers"),
            view.say("note_context", city=view.place(view.city)),
        ],
        links=file_links({"sectors": frame}, f"{view.city}_sector_drivers_{entity}", view.lang),
    )
    summary = view.say("label_sector_drivers")
    title = view.say("title_place", title=summary, place=view.place(entity))
    folded = fragment("fold.html", summary=title, inner=html)
    return Shown(folded, frame.to_string(index=False), frame), found.used


def _plus(value: float) -> str:
    text = number(value, 1)
    return f"+{text}" if value > 0 and text != "0.0" else text


def _sector_name(view: View, name: str) -> str:
    return view.say("sector_other") if name == drivers.OTHER else view.title(name)


def needed(view: View, target: Target | None, carbon: str) -> tuple[Shown, tuple[Series, ...]]:
    """Show what would have to move to meet a target for CO2 per unit of GDP."""
    if (
        target is None
        or not target.kind.relative
        or target.base_year is None
        or target.deadline is None
    ):
        return _said(view, [view.say("required_none")]), ()
    known = drivers.levels(view.series, carbon)
    if known is None:
        return missing(view, drivers.wanted(view.series, carbon)), ()
    years = known.parts[-1]
    if target.base_year not in years[:-1]:
        return _said(view, [view.say("required_short", base=target.base_year)]), known.used
    if target.deadline <= years[-1]:
        line = view.say("required_decided", last=years[-1], deadline=target.deadline)
        return _said(view, [line]), known.used
    found = required(
        known.frame[known.frame["year"].isin(years)],
        base_year=target.base_year,
        asked_pct=target.value,
        deadline=target.deadline,
    )
    return _requirement(view, target, carbon, found, known), known.used


def _said(view: View, lines: Sequence[str]) -> Shown:
    title = view.say("required_title")
    html = fragment("missing.html", title=title, lines=lines)
    return Shown(html, "\n".join([title, *lines]))


def _requirement(
    view: View, target: Target, carbon: str, found: Requirement, known: drivers.Levels
) -> Shown:
    meta = view.project.catalog[carbon]
    lines = [
        view.say(
            "required_target",
            target=asked(target, view.lang),
            name=meta.title[view.lang],
            reached=signed(found.reached_pct, "%", view.lang),
            base=found.base_year,
            last=found.latest_year,
        ),
        view.say(
            "required_allowed",
            base=found.base_year,
            last=found.latest_year,
            deadline=found.deadline,
            allowed=quantity(found.allowed, found.unit, view.lang, 1),
            pace=quantity(found.at_recent_pace, found.unit, view.lang, 1),
        ),
    ]
    if found.latest_first is not None:
        lines.append(_two_paces(view, found))
    if view.standings[target.target_id].latest_value is None:
        lines.append(view.say("required_official"))
    if found.is_reached:
        lines.append(view.say("required_reached"))
    recent = {"first": found.base_year, "last": found.latest_year}
    ahead = {"first": found.latest_year, "last": found.deadline}
    windows = [("recent_pct", "needed_pct", recent)]
    if found.latest_first is not None:
        latest = {"first": found.latest_first, "last": found.latest_year}
        windows.append(("latest_pct", "needed_latest_pct", latest))
    heads = [view.say("column_what")]
    for *_, window in windows:
        key = "column_needed" if len(windows) == 1 else "column_needed_at"
        pace = view.say("years_between", **window)
        heads += [view.say("column_recent", **window), view.say(key, **ahead, pace=pace)]
    heads.append(view.say("column_held"))
    rows, export = [], []
    for one in found.rates.to_dict("records"):
        is_open = pd.isna(one["needed_pct"])
        key = "required_at_least" if one["quantity"] == "gdp" else "required_at_most"
        cells = [view.say(f"required_{one['quantity']}")]
        numbers = list(cells)
        for recent_key, needed_key, _ in windows:
            seen, needed = one[recent_key], one[needed_key]
            cells.append(MISSING if pd.isna(seen) else signed(seen, "%", view.lang))
            if is_open:
                cells.append(view.say("required_no_effect"))
            elif pd.isna(needed):
                cells.append(MISSING)
            else:
                cells.append(view.say(key, rate=signed(needed, "%", view.lang)))
            numbers += [seen, needed]
        held = view.say(f"required_{one['held']}") if one["held"] else MISSING
        if not one["held"] and not is_open:
            held = view.say("required_nothing_held")
        rows.append({"cells": [*cells, held]})
        export.append(dict(zip(heads, [*numbers, held], strict=True)))
    frame = pd.DataFrame(export)
    columns = [Column(heads[0]), *(Column(head, numeric=True) for head in heads[1:-1])]
    html = table(
        [*columns, Column(heads[-1])],
        rows,
        title=view.say("required_title"),
        label=view.say("label_required"),
        kind="pb-required",
        notes=[
            view.say("note_required"),
            *(
                view.say("drivers_no_energy", holder=line)
                for line in holder_lines(view, known.missing, key="held_by")
            ),
        ],
        links=file_links({"required": frame}, f"{view.city}_required", view.lang),
    )
    sentences = fragment("sentences.html", lines=[escape(line) for line in lines])
    return Shown(sentences + html, "\n".join(lines) + "\n" + frame.to_string(index=False), frame)


def _two_paces(view: View, found: Requirement) -> str:
    """Say where each of the two paces would lead, and that they answer differently if so."""
    rates = found.rates.set_index("quantity").loc["co2_per_gdp"]
    ends = [
        view.say(
            "required_pace_ends",
            first=first,
            last=found.latest_year,
            pace=signed(pace, "%", view.lang),
            change=signed(change, "%", view.lang),
            met=view.say("required_pace_meets" if found.meets(change) else "required_pace_misses"),
        )
        for first, pace, change in (
            (found.base_year, rates["recent_pct"], found.ends_pct),
            (found.latest_first, rates["latest_pct"], found.ends_latest_pct),
        )
    ]
    key = "required_paces_disagree" if found.paces_disagree else "required_paces"
    return view.say(key, deadline=found.deadline, one=ends[0], other=ends[1])
