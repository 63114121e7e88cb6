"""The table of a scenario set's assumptions: each with its range, its effect and its ground."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from planbook.analysis.scenarios.city import ScenarioResult
from planbook.analysis.scenarios.parameters import latest_growth
from planbook.data import units
from planbook.data.plant_units import PlantUnit, capacity
from planbook.data.scenarios import ECONOMY, Ground, Rate, Scenario, Step
from planbook.report.html.cells import badge, plus, small, two_lines
from planbook.report.html.fragments import Shown, fragment
from planbook.report.html.tabular import (
    Group,
    TableField,
    Tabular,
    both,
    column,
    held,
    shown,
)
from planbook.report.scenarios.figures import quantity_title, titles
from planbook.report.view import View
from planbook.text import MISSING, join, quantity, signed

# which badge (colour and sign) a ground borrows from the verdicts
GROUND_LOOKS = {
    "trend": "met",
    "target": "on_course",
    "published": "on_course",
    "assumption": "no_data",
}


@dataclass(frozen=True)
class Assumed:
    """A change of a scenario, with what the model computed of it."""

    scenario: str
    change: Rate | Step
    numbers: Mapping[str, Any]
    effect: float  # on CO2 in the year of peaking, in Mt


def grounds(view: View, outcome: ScenarioResult) -> Shown:
    """Show every change of every scenario with its range, its effect and its ground."""
    names = titles(view, outcome)
    rows: list[Group | Assumed] = []
    known = set(outcome.split.frame["value"].dropna().index) | {ECONOMY}
    hidden: dict[str, None] = {}
    for one in outcome.found.scenarios:
        computed = _changes(outcome, one.id)
        head = names[one.id]
        if one.based_on:
            head = view.say("scn_based_on", title=head, other=names[one.based_on])
        rows.append(Group(head))
        changes: tuple[Rate | Step, ...] = (*one.rates, *one.steps)
        for change in changes:
            if change.sector not in known:
                hidden[outcome.found.sectors[change.sector].title[view.lang]] = None
                continue
            numbers = computed[_key(one, change)]
            effect = outcome.effect(one.id, numbers["id"], "co2")
            rows.append(Assumed(names[one.id], change, numbers, effect))
    notes = [view.say("scn_note_grounds")]
    if hidden:
        notes.append(view.say("scn_note_hidden", list=join(list(hidden), view.lang)))
    count = sum(isinstance(row, Assumed) for row in rows)
    main = Tabular(view, rows, _ground_fields(view, outcome)).show(
        "label_scn_grounds",
        "pb-scenario-grounds",
        notes=notes,
        name="grounds",
        file="scenario_grounds",
        fold=view.say("scn_grounds_fold", count=count),
    )
    left = [
        view.say("scn_left_line", target=_targets(view, one.targets), text=one.text[view.lang])
        for one in outcome.found.left_out
    ]
    left += _unexplained(view, outcome)
    if not left:
        return main
    words = fragment("sentences.html", lines=[view.say("scn_left_out")])
    listed = fragment("list.html", lines=left)
    return replace(main, html=Markup("{}{}{}").format(Markup(main.html), words, listed))


def _ground_fields(view: View, outcome: ScenarioResult) -> list[TableField]:
    sign, factor = units.display("Mt", view.lang)
    year = outcome.found.peak_by

    def value(key: str) -> Callable[[Assumed], float]:
        return lambda row: 100 * row.numbers[key]

    def about(row: Assumed) -> str:
        part = _part(view, outcome, row.change)
        if isinstance(row.change, Rate):
            return part
        return two_lines(part, small(_sector_part(view, outcome, row.change)))

    def change(row: Assumed) -> str:
        key = "scn_a_year" if isinstance(row.change, Rate) else "scn_once"
        return view.say(key, change=signed(value("value")(row), "%", view.lang))

    def ends(row: Assumed) -> str:
        low, high = (signed(value(key)(row), "%", view.lang) for key in ("low", "high"))
        return view.say("scn_to", low=low, high=high)

    def effect(row: Assumed) -> str:
        if row.change.sector == ECONOMY:
            return MISSING
        return plus(row.effect * factor, 0 if factor > 1 else 1)

    def ground(row: Assumed) -> Markup:
        kind, text = _ground(view, row.change)
        sign = badge(kind, GROUND_LOOKS[row.change.ground.kind])
        return Markup("{} {}").format(sign, text) if text else sign

    return [
        held("column_scenario", lambda row: row.scenario),
        held("column_id", lambda row: row.numbers["id"]),
        column("column_scn_part", about, lambda row: _part(view, outcome, row.change)),
        shown("column_scn_change", change, numeric=True),
        shown("column_scn_range", ends, numeric=True),
        held("column_scn_value_pct", value("value")),
        held("column_scn_low_pct", value("low")),
        held("column_scn_high_pct", value("high")),
        both("column_scn_years", lambda row: _years(view, row.change)),
        shown("column_scn_effect", effect, year=year, unit=sign, numeric=True),
        held("column_scn_effect", lambda row: row.effect, year=year, unit="Mt"),
        column("column_scn_ground", ground, lambda row: " ".join(_ground(view, row.change))),
    ]


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
    return _sector_part(view, outcome, change)


def _sector_part(view: View, outcome: ScenarioResult, change: Rate | Step) -> str:
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


def _seen(view: View, ground: Ground, indicator: str) -> str:
    """Say what the series of an assumption did last: its range holds that."""
    place = view.place(ground.entity or view.city)
    points = view.series(indicator, ground.entity).points
    steps = [
        view.say(
            "scn_words_step", first=first, last=last, change=signed(100 * seen, "%", view.lang)
        )
        for first, last, seen in latest_growth(points)
    ]
    name = view.title(indicator)
    return view.say(
        "scn_words_seen", name=name, place=place, list=view.say("semicolon").join(steps)
    )


def _ground(view: View, change: Rate | Step) -> tuple[str, str]:
    """Name the kind of a ground and say what it is."""
    ground = change.ground
    kind = view.say(f"scn_ground_{ground.kind}")
    words = []
    if ground.target is not None:
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
        words.append(_seen(view, ground, ground.indicator))
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
    elif ground.amount and ground.unit and ground.over:
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
