"""Tables of evidence: sections, planned cuts, joint movement, inventory inputs, firms."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup, escape

from planbook.analysis.inventory.coverage import STATES, LineState, line_state, spread
from planbook.analysis.synergy.equivalents import co_movement, pollutant_equivalents
from planbook.data import units
from planbook.data.plan import Section, Target
from planbook.report.figure import holder_lines
from planbook.report.html.fragments import Column, Shown, file_links, fragment, table, without_empty
from planbook.report.targets.tables import section_title
from planbook.report.view import View
from planbook.text import MISSING, bare, join, number, quantity

# which badge (colour and sign) a state borrows from the verdicts
STATE_LOOKS = {"published": "met", "near_only": "at_risk", "missing": "no_data"}
DIRECTION_LOOKS = {
    "both_fell": "met",
    "only_first_fell": "at_risk",
    "only_second_fell": "at_risk",
    "both_rose": "off_course",
}


def _lines(texts: Sequence[str]) -> Markup:
    return Markup("<br>").join(escape(text) for text in texts) if texts else Markup(MISSING)


def _badge(words: str, look: str) -> Markup:
    return fragment("badge.html", verdict=look, words=words)


def _sentence(text: str) -> Shown:
    return Shown(fragment("sentences.html", lines=[text]), text)


def _has_figure(view: View, indicator: str) -> bool:
    return bool(len(view.series(indicator)))


def _figure(view: View, indicator: str) -> str:
    return f"{view.title(indicator)}{view.say('colon')}{view.latest(indicator)}"


def section_indicators(view: View, section: Section) -> list[str]:
    """List the indicators that the measures of a section name, in their order."""
    measures = view.project.plan.measures_of(section.number)
    return list(dict.fromkeys(name for item in measures for name in item.indicators))


def sections(view: View, chosen: Sequence[Section]) -> Shown:
    """Answer each section: what is published, what is missing and who would hold it."""
    if not chosen:
        return _sentence(view.say("no_section"))
    rows, export = [], []
    for section in chosen:
        names = section_indicators(view, section)
        known = [name for name in names if _has_figure(view, name)]
        published = [_figure(view, name) for name in known if not view.series(name).is_modelled]
        modelled = [_figure(view, name) for name in known if view.series(name).is_modelled]
        absent = holder_lines(view, [one for one in names if one not in known], key="held_by")
        head = section_title(view, section)
        about = Markup("<strong>{}</strong><br>{}").format(head, section.question[view.lang])
        rows.append(
            {
                "cells": [
                    about,
                    _lines(published or [view.say("no_figure")]),
                    _lines(modelled),
                    _lines(absent),
                ]
            }
        )
        export.append(
            {
                view.say("column_section"): section.number,
                view.say("column_question"): section.question[view.lang],
                view.say("column_published_city"): view.say("semicolon").join(published),
                view.say("column_value_modelled"): view.say("semicolon").join(modelled),
                view.say("column_missing"): " ".join(absent),
            }
        )
    columns = [
        Column(view.say("column_section_question")),
        Column(view.say("column_published_city")),
        Column(view.say("column_value_modelled")),
        Column(view.say("column_missing")),
    ]
    frame = pd.DataFrame(export)
    html = table(
        columns,
        rows,
        label=view.say("label_sections"),
        kind="pb-sections",
        notes=[view.say("note_sections")],
        links=file_links(
            {"sections": frame}, f"{view.city}_sections_{chosen[0].number:02d}", view.lang
        ),
    )
    return Shown(html, frame.to_string(index=False), frame)


def cuts(view: View, chosen: Sequence[Target]) -> tuple[Shown, list[str], list[str]]:
    """Show the planned cuts of pollutants in tonnes and in pollutant equivalents."""
    factors = view.project.factors
    pairs = [(target, factors.equivalent_of_cut(target.indicator)) for target in chosen]
    pairs = [(target, found) for target, found in pairs if found is not None]
    if not pairs:
        return _sentence(view.say("no_cuts")), [], []
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
                emitted = _figure(view, indicator)
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
                        _badge(words, DIRECTION_LOOKS[found.direction]),
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
        return _sentence(view.say("no_co_movement"))
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


def line_states(view: View) -> list[LineState]:
    """Say for every line of the inventory how far the city's figures fill it."""
    return [
        line_state(line, lambda name: _has_figure(view, name))
        for line in view.project.factors.lines
    ]


def inventory(view: View) -> Shown:
    """Show line by line which inputs of an inventory are published for the city."""
    states = line_states(view)
    columns = [
        Column(view.say("column_line")),
        Column(view.say("column_published_city")),
        Column(view.say("column_value_modelled")),
        Column(view.say("column_wanted")),
    ]
    rows, export, group = [], [], None
    for one in states:
        if one.line.group != group:
            group = one.line.group
            rows.append({"group": view.project.factors.groups[group][view.lang]})
        shown = [*one.activity, *one.near]
        published = [_figure(view, name) for name in shown if not view.series(name).is_modelled]
        modelled = [_figure(view, name) for name in shown if view.series(name).is_modelled]
        wanted = holder_lines(view, [] if one.activity else one.wanted, key="held_by")
        words = view.say(f"line_{one.state}")
        title = Markup("{}<br><small>{}</small><br>{}").format(
            one.line.title[view.lang],
            join(list(one.line.gases), view.lang),
            _badge(words, STATE_LOOKS[one.state]),
        )
        rows.append(
            {
                "cells": [
                    title,
                    _lines(published),
                    _lines(modelled),
                    _lines(wanted),
                ]
            }
        )
        export.append(
            {
                view.say("column_id"): one.line.id,
                view.say("column_line"): one.line.title[view.lang],
                view.say("column_gases"): " ".join(one.line.gases),
                view.say("column_state"): words,
                view.say("column_published_city"): view.say("semicolon").join(published),
                view.say("column_value_modelled"): view.say("semicolon").join(modelled),
                view.say("column_wanted"): " ".join(wanted),
            }
        )
    frame = pd.DataFrame(export)
    html = table(
        columns,
        rows,
        label=view.say("label_inventory"),
        kind="pb-inventory",
        notes=[view.say("note_inventory")],
        links=file_links({"inventory": frame}, f"{view.city}_inventory_inputs", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)


def inventory_counts(view: View) -> list[tuple[str, str, str]]:
    """Count the lines of the inventory by state, as entries of headline cards."""
    states = [one.state for one in line_states(view)]
    of = view.say("card_lines", total=len(states))
    return [(str(states.count(state)), view.say(f"line_{state}"), of) for state in STATES]


def estimates(view: View, names: Sequence[str]) -> Shown:
    """Show published estimates of one quantity side by side, and how far they differ."""
    found = [one for one in (view.series(name) for name in names) if len(one)]
    if not found:
        return _sentence(view.say("no_estimate"))
    spreads = spread({one.indicator.id: one.points for one in found})
    years = _years_shown(found)
    meta = found[0].indicator
    unit, _ = units.display(meta.unit, view.lang)
    columns = [
        Column(view.say("column_estimate")),
        *[Column(view.say("column_of_year", year=year, unit=unit), numeric=True) for year in years],
        Column(view.say("column_latest_figure_any")),
        Column(view.say("column_definition")),
    ]
    rows, export = [], []
    for one in found:
        points = one.points
        values = [float(points[year]) if year in points.index else None for year in years]
        rows.append(
            {
                "cells": [
                    one.indicator.title[view.lang],
                    *[_bare_figure(view, value, meta.unit, meta.decimals) for value in values],
                    view.latest(one.indicator.id),
                    one.indicator.definition[view.lang],
                ]
            }
        )
        export.append(
            {
                view.say("column_id"): one.indicator.id,
                view.say("column_estimate"): one.indicator.title[view.lang],
                **{str(year): value for year, value in zip(years, values, strict=True)},
                view.say("column_unit"): meta.unit,
            }
        )
    notes = []
    if spreads:
        widest, last = max(spreads, key=lambda one: one.ratio), spreads[-1]
        notes.append(
            view.say(
                "note_spread",
                year=widest.year,
                high=view.title(widest.high),
                low=view.title(widest.low),
                ratio=number(widest.ratio, 1),
                last=last.year,
                last_ratio=number(last.ratio, 1),
            )
        )
    notes.append(view.say("note_estimates"))
    frame = pd.DataFrame(export)
    html = table(
        columns,
        rows,
        label=view.say("label_estimates"),
        kind="pb-estimates",
        notes=notes,
        links=file_links({"estimates": frame}, f"{view.city}_estimates", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)


def _bare_figure(view: View, value: float | None, unit: str, decimals: int) -> str:
    _, factor = units.display(unit, view.lang)
    digits = max(0, decimals - 1) if factor == 1 else 0
    return number(None if value is None else value * factor, digits)


def _years_shown(found: Sequence) -> list[int]:
    """Choose years in which most estimates stand: the first and last of all, the last of two."""
    frame = pd.DataFrame({one.indicator.id: one.points for one in found}).notna().sum(axis=1)
    everyone = frame[frame == len(found)].index
    two = frame[frame >= min(2, len(found))].index
    chosen = [*everyone[:1], *everyone[-1:], *two[-1:]]
    return sorted({int(year) for year in chosen})


def firms(view: View) -> Shown:
    """List the firms that the plan names with a project, and what is known of its state."""
    owned: dict[str, list] = {}
    for item in view.project.plan.projects.values():
        owner = item.owner_zh if view.lang == "zh" else item.owner_en
        if owner:
            owned.setdefault(owner, []).append(item)
    if not owned:
        return _sentence(view.say("no_firm"))
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
