"""Tables of drivers: decoupling by plan, sectors, and what would have to move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any

import pandas as pd
from markupsafe import Markup

from planbook.analysis.drivers import levels as drivers
from planbook.analysis.drivers.required import Requirement, required
from planbook.data import units
from planbook.data.plan import Target
from planbook.data.series import Series
from planbook.report.drivers.decoupling import (
    Compared,
    absent_lines,
    absent_names,
    compare,
    states_frame,
)
from planbook.report.figure import holder_lines, missing
from planbook.report.html.cells import badge, plus, said, small, two_lines
from planbook.report.html.fragments import Shown, fragment
from planbook.report.html.tabular import Group, TableField, Tabular, both, column, held, shown
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
    rows: list[Group | tuple[Compared, Any]] = []
    for one in found:
        head = view.say("label_modelled", label=one.name) if one.is_modelled else one.name
        rows += [Group(head), *((one, row) for row in one.plans.itertuples())]
    if gdp is None or all(isinstance(row, Group) for row in rows):
        return missing(view, absent), []

    def change(row: tuple[Compared, Any], is_modelled: bool) -> str:
        if row[0].is_modelled != is_modelled:
            return MISSING
        return signed(row[1].change_pct, "%", view.lang)

    def state(row: tuple[Compared, Any]) -> Markup:
        return badge(view.say(f"decoupling_{row[1].state}"), BADGES[row[1].state])

    fields = [
        shown("column_plan", lambda row: _plan_years(view, row[1])),
        shown(
            "column_growth_pct", lambda row: signed(row[1].growth_pct, "%", view.lang), numeric=True
        ),
        shown("column_change_published", lambda row: change(row, False), numeric=True),
        shown("column_change_modelled", lambda row: change(row, True), numeric=True),
        shown("column_elasticity", lambda row: number(row[1].elasticity, 2), numeric=True),
        shown("column_reading", state),
    ]
    main = Tabular(view, rows, fields).show(
        "label_decoupling",
        "pb-decoupling",
        notes=[view.say("note_decoupling_plans"), *absent_lines(view, absent)],
        name="decoupling",
        file="decoupling_plans",
        frame=states_frame(view, found, by="plans"),
        lean=True,
    )
    used = [one.series.indicator.id for one in found] + [gdp.indicator.id]
    return main, used


def _plan_years(view: View, row: Any) -> Markup:
    span = view.say("year_span", first=row.first_year, last=row.last_year)
    plan = view.say("plan_short", number=section_number(row.plan, view.lang))
    return two_lines(span, small(plan))


@dataclass(frozen=True)
class SectorChange:
    """What changed in one sector between two years, and the effects behind it."""

    first: int
    last: int
    name: str
    effects: pd.Series  # change, energy, co2_per_energy


def sectors(
    view: View, total: str, names: Sequence[str], entity: str
) -> tuple[Shown, tuple[Series, ...]]:
    """Show how sectors' CO2 changed, by energy use and by CO2 per unit of it."""
    found = drivers.sectors(lambda name: view.series(name, entity), total, names)
    if found is None:
        line = view.say("no_sector_drivers", place=view.place(entity))
        return said(line), ()
    unit, factor = units.display(view.project.catalog[total].unit, view.lang)
    place = view.place(entity)
    rows: list[Group | SectorChange] = []
    for years in found.parts:
        first, last = years[0], years[-1]
        rows.append(Group(view.say("sector_group", place=place, first=first, last=last)))
        own = found.effects[found.effects["first_year"] == first]
        wide = own.pivot(index="sector", columns="factor", values="effect") * factor
        wide["change"] = wide["energy"] + wide["co2_per_energy"]
        wide = wide.reindex(wide["change"].abs().sort_values(ascending=False).index)
        lines = [(_sector_name(view, str(name)), one) for name, one in wide.iterrows()]
        rows += [
            SectorChange(first, last, name, one)
            for name, one in [(view.say("sector_all"), wide.sum()), *lines]
        ]

    def amount(key: str, effect: str) -> TableField:
        return column(
            key,
            lambda row: plus(row.effects[effect]),
            lambda row: row.effects[effect],
            unit=unit,
            numeric=True,
        )

    fields = [
        held("column_place", lambda row: place),
        held("column_first_year", lambda row: row.first),
        held("column_last_year", lambda row: row.last),
        both("column_sector", lambda row: row.name),
        amount("column_sector_change", "change"),
        amount("column_sector_energy", "energy"),
        amount("column_sector_ratio", "co2_per_energy"),
    ]
    label = view.say("label_sector_drivers")
    main = Tabular(view, rows, fields).show(
        "label_sector_drivers",
        "pb-sector-drivers",
        notes=[
            view.say("note_sector_drivers"),
            view.say("note_context", city=view.place(view.city)),
        ],
        name="sectors",
        file=f"sector_drivers_{entity}",
        fold=view.say("title_place", title=label, place=place),
    )
    return main, found.used


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
    fields = [both("column_what", lambda row: view.say(f"required_{row['quantity']}"))]
    for recent_key, needed_key, window in windows:
        key = "column_needed" if len(windows) == 1 else "column_needed_at"
        pace = view.say("years_between", **window)
        fields += [
            column(
                "column_recent",
                partial(_rate, view, recent_key),
                itemgetter(recent_key),
                numeric=True,
                **window,
            ),
            column(
                key,
                partial(_needed_rate, view, needed_key),
                itemgetter(needed_key),
                numeric=True,
                pace=pace,
                **ahead,
            ),
        ]
    fields.append(both("column_held", partial(_held, view)))
    return Tabular(view, found.rates.to_dict("records"), fields).show(
        "label_required",
        "pb-required",
        title=view.say("required_title"),
        lead=lines,
        notes=[
            view.say("note_required"),
            *(
                view.say("drivers_no_energy", holder=line)
                for line in holder_lines(view, known.missing, key="held_by")
            ),
        ],
        name="required",
    )


def _rate(view: View, key: str, row: Mapping[str, Any]) -> str:
    return MISSING if pd.isna(row[key]) else signed(row[key], "%", view.lang)


def _needed_rate(view: View, key: str, row: Mapping[str, Any]) -> str:
    if pd.isna(row["needed_pct"]):
        return view.say("required_no_effect")
    if pd.isna(row[key]):
        return MISSING
    side = "required_at_least" if row["quantity"] == "gdp" else "required_at_most"
    return view.say(side, rate=signed(row[key], "%", view.lang))


def _held(view: View, row: Mapping[str, Any]) -> str:
    if row["held"]:
        return view.say(f"required_{row['held']}")
    is_open = pd.isna(row["needed_pct"])
    return MISSING if is_open else view.say("required_nothing_held")


def _two_paces(view: View, found: Requirement) -> str:
    """Say where each of the two paces would lead, and that they answer differently if so."""
    assert found.ends_pct is not None and found.ends_latest_pct is not None  # there are two
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
