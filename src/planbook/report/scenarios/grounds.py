"""The table of a scenario set's assumptions: each with its range, its effect and its ground."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from planbook.analysis.scenarios.city import ScenarioResult
from planbook.analysis.scenarios.parameters import latest_growth
from planbook.data import units
from planbook.data.plant_units import PlantUnit, capacity
from planbook.data.scenarios import ECONOMY, Ground, Rate, Scenario, Step
from planbook.report.html.fragments import Column, Shown, file_links, fragment, table
from planbook.report.scenarios.figures import quantity_title, titles
from planbook.report.scenarios.tables import plus
from planbook.report.view import View
from planbook.text import MISSING, join, quantity, signed

# which badge (colour and sign) a ground borrows from the verdicts
GROUND_LOOKS = {
    "trend": "met",
    "target": "on_course",
    "published": "on_course",
    "assumption": "no_data",
}


def grounds(view: View, outcome: ScenarioResult) -> Shown:
    """Show every change of every scenario with its range, its effect and its ground."""
    sign, factor = units.display("Mt", view.lang)
    columns = [
        Column(view.say("column_scn_part")),
        Column(view.say("column_scn_change"), numeric=True),
        Column(view.say("column_scn_range"), numeric=True),
        Column(view.say("column_scn_years")),
        Column(view.say("column_scn_effect", year=outcome.found.peak_by, unit=sign), numeric=True),
        Column(view.say("column_scn_ground")),
    ]
    names, rows, exported = titles(view, outcome), [], []
    known = set(outcome.split.frame["value"].dropna().index) | {ECONOMY}
    hidden: dict[str, None] = {}
    for one in outcome.found.scenarios:
        computed = _changes(outcome, one.id)
        head = names[one.id]
        if one.based_on:
            head = view.say("scn_based_on", title=head, other=names[one.based_on])
        rows.append({"group": head})
        for change in (*one.rates, *one.steps):
            if change.sector not in known:
                hidden[outcome.found.sectors[change.sector].title[view.lang]] = None
                continue
            numbers = computed[_key(one, change)]
            row = _ground_row(view, outcome, change, numbers)
            effect = outcome.effect(one.id, numbers["id"], "co2")
            is_output = change.sector == ECONOMY
            digits = 0 if factor > 1 else 1
            row.insert(4, MISSING if is_output else plus(effect * factor, digits))
            rows.append({"cells": row})
            exported.append(
                {
                    view.say("column_scenario"): names[one.id],
                    view.say("column_id"): numbers["id"],
                    view.say("column_scn_part"): _part(view, outcome, change),
                    view.say("column_scn_value_pct"): 100 * numbers["value"],
                    view.say("column_scn_low_pct"): 100 * numbers["low"],
                    view.say("column_scn_high_pct"): 100 * numbers["high"],
                    view.say("column_scn_years"): _years(view, change),
                    view.say("column_scn_effect", year=outcome.found.peak_by, unit="Mt"): effect,
                    view.say("column_scn_ground"): " ".join(_ground(view, change)),
                }
            )
    notes = [view.say("scn_note_grounds")]
    if hidden:
        notes.append(view.say("scn_note_hidden", list=join(list(hidden), view.lang)))
    if outcome.found.left_out or _unexplained(view, outcome):
        left = fragment(
            "list.html",
            lines=[
                view.say(
                    "scn_left_line",
                    target=_targets(view, one.targets),
                    text=one.text[view.lang],
                )
                for one in outcome.found.left_out
            ]
            + _unexplained(view, outcome),
        )
    else:
        left = ""
    frame = pd.DataFrame(exported)
    html = table(
        columns,
        rows,
        label=view.say("label_scn_grounds"),
        kind="pb-scenario-grounds",
        notes=notes,
        links=file_links({"grounds": frame}, f"{view.city}_scenario_grounds", view.lang),
    )
    folded = fragment(
        "fold.html", summary=view.say("scn_grounds_fold", count=len(exported)), inner=html
    )
    if left:
        words = fragment("sentences.html", lines=[view.say("scn_left_out")])
        folded = Markup("{}{}{}").format(folded, words, left)
    return Shown(folded, frame.to_string(index=False), frame)


def _targets(view: View, names: Iterable[str]) -> str:
    targets = view.project.plan.targets
    titles_ = [view.title(targets[name].indicator) for name in names]
    return view.say("list_separator").join(dict.fromkeys(titles_))


def _unexplained(view: View, outcome: ScenarioResult) -> list[str]:
    """Name the targets that no scenario moves and for which no reason is on file."""
    found = outcome.found
    told = found.moved() | {found.intensity_target}
    told |= {name for one in found.left_out for name in one.targets}
    rest = [name for name in view.project.plan.targets if name not in told]
    return [view.say("scn_left_untold", target=_targets(view, rest))] if rest else []


def _changes(outcome: ScenarioResult, scenario: str) -> Mapping[tuple[str, ...], Mapping[str, Any]]:
    (own,) = (one for one in outcome.parameters["scenarios"] if one["id"] == scenario)
    return {(one["id"],): one for one in own["changes"]}


def _key(scenario: Scenario, change: Rate | Step) -> tuple[str, ...]:
    if isinstance(change, Step):
        return (f"step.{change.id}",)
    return (f"{scenario.id}.{change.sector}.{change.factor}.{change.from_}",)


def _part(view: View, outcome: ScenarioResult, change: Rate | Step) -> str:
    if isinstance(change, Step):
        return change.title[view.lang]
    if change.sector == ECONOMY:
        return view.say("scn_factor_output")
    return view.say(
        "scn_part",
        sector=outcome.found.sectors[change.sector].title[view.lang],
        factor=_factor(view, change.factor),
    )


def _factor(view: View, factor: str) -> str:
    if factor in ("activity", "intensity", "output"):
        return view.say(f"scn_factor_{factor}")
    return quantity_title(view, factor)


def _years(view: View, change: Rate | Step) -> str:
    if isinstance(change, Rate):
        return view.say("year_span", first=change.from_, last=change.to)
    if change.ramp == 1:
        return view.say("scn_year", year=change.start)
    return view.say("year_span", first=change.start, last=change.start + change.ramp - 1)


def _ground_row(
    view: View, outcome: ScenarioResult, change: Rate | Step, numbers: Mapping[str, Any]
) -> list[object]:
    is_rate = isinstance(change, Rate)
    percent = [quantity(100 * numbers[key], "%", view.lang, 1) for key in ("low", "value", "high")]
    signed = [
        f"+{text}" if numbers[key] > 0 and text[0] != "−" and text.strip("0. %") else text
        for text, key in zip(percent, ("low", "value", "high"), strict=True)
    ]
    said = (
        view.say("scn_a_year", change=signed[1])
        if is_rate
        else view.say("scn_once", change=signed[1])
    )
    about = _part(view, outcome, change)
    if not is_rate:
        where = view.say(
            "scn_part",
            sector=outcome.found.sectors[change.sector].title[view.lang],
            factor=_factor(view, change.factor),
        )
        about = Markup("{}<br><small>{}</small>").format(about, where)
    kind, text = _ground(view, change)
    badge = fragment(
        "badge.html",
        verdict=GROUND_LOOKS[change.ground.kind],
        words=kind,
    )
    return [
        about,
        said,
        view.say("scn_to", low=signed[0], high=signed[2]),
        _years(view, change),
        Markup("{} {}").format(badge, text) if text else badge,
    ]


def _units(view: View, ground: Ground) -> str:
    """List the units of a ground by plant, with their state."""
    chosen = [view.project.plants[name] for name in ground.units]
    over = chosen[0].indicator
    plants: dict[tuple[str, ...], list[PlantUnit]] = {}
    for one in chosen:
        key = (getattr(one, f"name_{view.lang}"), one.status, one.status_date, one.unit)
        plants.setdefault((*key, str(one.quantity)), []).append(one)
    listed = [
        view.say(
            "scn_words_plant",
            name=name,
            count=len(same),
            size=quantity(same[0].quantity, unit, view.lang, 0),
            state=view.say(f"unit_{status}"),
            date=date,
        )
        for (name, status, date, unit, _), same in plants.items()
    ]
    unit = view.project.catalog[over].unit
    return view.say(
        "scn_words_units",
        list=view.say("semicolon").join(listed),
        amount=quantity(capacity(chosen, unit), unit, view.lang, 0),
        over=view.title(over),
    )


def _seen(view: View, ground: Ground) -> str:
    """Say what the series of an assumption did last: its range holds that."""
    place = view.place(ground.entity or view.city)
    points = view.series(ground.indicator, ground.entity).points
    steps = [
        view.say(
            "scn_words_step",
            first=first,
            last=last,
            change=signed(100 * seen, "%", view.lang),
        )
        for first, last, seen in latest_growth(points)
    ]
    name = view.title(ground.indicator)
    return view.say(
        "scn_words_seen", name=name, place=place, list=view.say("semicolon").join(steps)
    )


def _ground(view: View, change: Rate | Step) -> tuple[str, str]:
    """Name the kind of a ground and say what it is."""
    ground = change.ground
    kind = view.say(f"scn_ground_{ground.kind}")
    words = []
    if ground.kind == "target":
        target = view.project.plan.targets[ground.target]
        amount = quantity(target.value, target.unit, view.lang, 0)
        key = "scn_words_part" if ground.over else "scn_words_share"
        values = {"name": view.title(target.indicator), "amount": amount}
        if ground.over:
            values["over"] = view.title(ground.over)
        words.append(view.say(key, **values))
    elif ground.units:
        words.append(_units(view, ground))
    elif ground.indicator is not None and ground.kind == "assumption":
        words.append(_seen(view, ground))
    elif ground.indicator is not None:
        place = view.place(ground.entity or view.city)
        words.append(
            view.say(
                "scn_words_series",
                name=view.title(ground.indicator),
                place=place,
                first=ground.first,
                last=ground.last,
            )
        )
    elif ground.amount is not None:
        words.append(
            view.say(
                "scn_words_amount",
                amount=quantity(ground.amount, ground.unit, view.lang, 0),
                over=view.title(ground.over),
            )
        )
    if ground.text is not None:
        words.append(ground.text[view.lang])
    return kind, (" " if view.lang == "en" else "").join(words) or MISSING
