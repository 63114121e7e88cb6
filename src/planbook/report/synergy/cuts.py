"""Planned cuts, joint movement of pollutants and CO2, firms with a project."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from planbook.analysis.synergy.equivalents import co_movement, pollutant_equivalents
from planbook.data import units
from planbook.data.plan import Target
from planbook.report.html.cells import badge, said
from planbook.report.html.fragments import Column, Shown, file_links, fragment, table, without_empty
from planbook.report.view import View
from planbook.text import MISSING, bare, number, quantity

DIRECTION_LOOKS = {
    "both_fell": "met",
    "only_first_fell": "at_risk",
    "only_second_fell": "at_risk",
    "both_rose": "off_course",
}


def cuts(view: View, chosen: Sequence[Target]) -> tuple[Shown, list[str], list[str]]:
    """Show the planned cuts of pollutants in tonnes and in pollutant equivalents."""
    factors = view.project.factors
    pairs = [(target, factors.equivalent_of_cut(target.indicator)) for target in chosen]
    pairs = [(target, found) for target, found in pairs if found is not None]
    if not pairs:
        return said(view.say("no_cuts")), [], []
    columns = [
        Column(view.say("column_pollutant")),
        Column(view.say("column_planned_cut"), numeric=True),
        Column(view.say("column_equivalents"), numeric=True),
        Column(view.say("column_cut_so_far")),
        Column(view.say("column_emitted")),
        Column(view.say("column_cut_share"), numeric=True),
    ]
    rows, export, used, cited, notes = [], [], [], [], []
    for target, pollutant in pairs:
        name = pollutant.name_zh if view.lang == "zh" else pollutant.name_en
        note = pollutant.note_zh if view.lang == "zh" else pollutant.note_en
        mass_t = target.value * units.factor(target.unit, "t")
        weight, count = pollutant.equivalent_kg, None
        if weight is not None:
            count = pollutant_equivalents(mass_t, weight)
        thousands = None if count is None else count / 1000
        written = number(thousands, 1) if count is not None else view.say("no_weight")
        if note:
            notes.append(f"{name}{view.say('colon')}{note}")
        standing = view.standings[target.target_id]
        so_far = (
            view.say("no_figure")
            if standing.latest_value is None
            else view.say(
                "figure_of_year",
                figure=quantity(standing.latest_value, target.unit, view.lang, 0),
                year=standing.latest_year,
            )
        )
        emitted, share, latest = view.say("no_figure"), None, None
        for indicator in pollutant.emission_indicators:
            found = view.series(indicator)
            if len(found) and not found.is_modelled:
                latest = found.latest
                emitted = view.named_latest(indicator)
                share = 100 * mass_t / (latest["value"] * units.factor(found.indicator.unit, "t"))
                used.append(indicator)
                cited += found.sources
                break
        rows.append(
            {
                "cells": [
                    name,
                    f"{number(mass_t, 0)}",
                    written,
                    so_far,
                    emitted,
                    MISSING if share is None else quantity(share, "%", view.lang, 1),
                ]
            }
        )
        cited.append(pollutant.source)
        export.append(
            {
                view.say("column_id"): target.target_id,
                view.say("column_pollutant"): name,
                view.say("column_planned_cut"): mass_t,
                view.say("column_weight"): weight,
                view.say("column_equivalents"): thousands,
                view.say("column_cut_so_far"): standing.latest_value,
                view.say("column_emitted"): None if latest is None else latest["value"],
                view.say("column_year"): None if latest is None else int(latest.name),
                view.say("column_cut_share"): share,
                view.say("column_note"): note,
            }
        )
    frame = pd.DataFrame(export)
    columns, rows = without_empty(columns, rows)
    html = table(
        columns,
        rows,
        label=view.say("label_cuts"),
        kind="pb-cuts",
        notes=[
            view.say("note_equivalents"),
            *notes,
            *([view.say("note_cut_share")] if used else []),
        ],
        links=file_links({"cuts": frame}, f"{view.city}_cuts", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame), used, list(dict.fromkeys(cited))


def co_movements(view: View, pollutants: Sequence[str], carbon: Sequence[str]) -> Shown:
    """Compare each pollutant with each estimate of CO2 over the years that both have."""
    rows, export = [], []
    for pollutant in pollutants:
        for estimate in carbon:
            first, second = view.series(pollutant), view.series(estimate)
            found = co_movement(first.last_segment, second.last_segment)
            if found is None:
                continue
            words = view.say(f"direction_{found.direction}")
            span = view.say("years_between", first=found.first_year, last=found.last_year)
            rows.append(
                {
                    "cells": [
                        view.title(pollutant),
                        _change(view, found.first_change),
                        view.title(estimate),
                        _change(view, found.second_change),
                        span,
                        badge(words, DIRECTION_LOOKS[found.direction]),
                    ]
                }
            )
            export.append(
                {
                    view.say("column_pollutant"): view.title(pollutant),
                    view.say("column_pollutant_change"): found.first_change,
                    view.say("column_estimate"): view.title(estimate),
                    view.say("column_co2_change"): found.second_change,
                    view.say("column_first_year"): found.first_year,
                    view.say("column_last_year"): found.last_year,
                    view.say("column_reading"): words,
                }
            )
    if not rows:
        return said(view.say("no_co_movement"))
    columns = [
        Column(view.say("column_pollutant")),
        Column(view.say("column_pollutant_change"), numeric=True),
        Column(view.say("column_estimate")),
        Column(view.say("column_co2_change"), numeric=True),
        Column(view.say("column_period")),
        Column(view.say("column_reading")),
    ]
    frame = pd.DataFrame(export)
    html = table(
        columns,
        rows,
        label=view.say("label_co_movement"),
        kind="pb-comovement",
        notes=[view.say("note_co_movement"), view.say("note_co_movement_limits")],
        links=file_links({"co_movement": frame}, f"{view.city}_co_movement", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)


def _change(view: View, change: float) -> str:
    text = quantity(change, "%", view.lang, 1)
    return f"+{text}" if change > 0 else text


def firms(view: View) -> Shown:
    """List the firms that the plan names with a project, and what is known of its state."""
    owned: dict[str, list] = {}
    for item in view.project.plan.projects.values():
        owner = item.owner_zh if view.lang == "zh" else item.owner_en
        if owner:
            owned.setdefault(owner, []).append(item)
    if not owned:
        return said(view.say("no_firm"))
    columns = [
        Column(view.say("column_owner")),
        Column(view.say("column_work")),
        Column(view.say("column_size"), numeric=True),
        Column(view.say("column_project_state")),
    ]
    rows, export = [], []
    for owner, items in owned.items():
        for item in items:
            zh = view.lang == "zh"
            size = MISSING
            if item.quantity is not None and item.unit != "count":
                sign, factor = units.display(item.unit, view.lang)
                size = f"{bare(item.quantity * factor)}{'' if zh else ' '}{sign}".strip()
            name = item.name_zh if zh else item.name_en
            kind = item.kind_zh if zh else item.kind_en
            state = view.say(f"project_{item.status}")
            work = Markup("{}<br><small>{}</small>").format(name, kind)
            rows.append({"cells": [owner, work, size, state]})
            export.append(
                {
                    view.say("column_owner"): owner,
                    view.say("column_box"): item.box,
                    view.say("column_project"): name,
                    view.say("column_work"): kind,
                    view.say("column_size"): size,
                    view.say("column_project_state"): state,
                }
            )
    frame = pd.DataFrame(export)
    html = table(
        columns,
        rows,
        label=view.say("label_firms"),
        kind="pb-firms",
        notes=[view.say("note_firms"), view.say("project_note")],
        links=file_links({"firms": frame}, f"{view.city}_firms", view.lang),
    )
    html = fragment("fold.html", summary=view.say("firms_fold", count=len(owned)), inner=html)
    return Shown(html, frame.to_string(index=False), frame)
