"""Tables of the inventory: lines, factor sets, co-benefits, scopes, and published estimates."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from planbook.analysis.inventory.activity import MISSING as NOT_COMPUTED
from planbook.analysis.inventory.activity import PUBLISHED, SCALED, Activity, published_figure
from planbook.analysis.inventory.city import ADDED_SCOPE, Inventory, counts, library_of
from planbook.analysis.inventory.emissions import fuel_factors
from planbook.analysis.inventory.gap import gaps, step_pct
from planbook.data.factors import InventoryLine
from planbook.data.series import Series
from planbook.report.figure import holder_lines
from planbook.report.html.cells import badge, said, stacked
from planbook.report.html.fragments import Column, Shown, file_links, fragment, table
from planbook.report.inventory.words import (
    KIND_DIGITS,
    co2_beside,
    line_title,
    mega,
    mega_unit,
    significant,
    span,
)
from planbook.report.view import View
from planbook.text import MISSING, number, quantity

KIND_LOOKS = {PUBLISHED: "met", SCALED: "at_risk", NOT_COMPUTED: "no_data"}
UNSUMMED = ("indirect", "land")  # groups that no published sum of CO2 holds
FUGITIVE = "fugitive"  # group of the line of coal mines
KT = 1000.0  # tonnes
# fuels of the comparison, the coal of each set in one row
FUEL_ROWS = (
    ("bituminous", "raw_coal"), ("lignite",), ("coke",), ("petrol",), ("diesel",), ("natural_gas",),
)  # fmt: skip


def cards(view: View, results: Inventory) -> list[tuple[str, str, str]]:
    """Count lines by how they were computed, as entries of headline cards."""
    found = counts(view, results)
    of = view.say("card_lines", total=sum(found.values()))
    return [(str(count), view.say(f"kind_{kind}"), of) for kind, count in found.items()]


def totals(view: View, results: Inventory, methane: str | None = None) -> Shown:
    """Say the sums in words: each kind and scope by itself, and what other figures would make."""
    library = library_of(view)
    gwp = view.say("inv_metric", metric=library.metric.name, years=library.metric.horizon)
    lines = []
    for kind in (PUBLISHED, SCALED):
        found = results.totals.get((kind, ADDED_SCOPE))
        if found is None:
            lines.append(view.say(f"inv_total_none_{kind}"))
            continue
        digits = KIND_DIGITS[kind]
        names = view.say("list_separator").join(line_title(view, one) for one in found.lines.index)
        lines.append(
            view.say(
                f"inv_total_{kind}",
                count=len(found.lines),
                total=mega(view, found.total["central"], digits),
                span=span(view, found.total["low"], found.total["high"], digits),
                unit=mega_unit(view),
                lines=names,
            )
        )
    for (kind, scope), found in results.totals.items():
        if scope != ADDED_SCOPE:
            value = mega(view, found.total["central"], KIND_DIGITS[kind])
            lines.append(view.say("inv_total_apart", total=value, unit=mega_unit(view)))
    if {kind for kind, scope in results.totals if scope == ADDED_SCOPE} >= {PUBLISHED, SCALED}:
        lines.append(view.say("inv_never_added"))
    lines += _beside(view, results, methane) if results.totals else []
    return said(*lines, gwp, *_fossil(view, results))


def _beside(view: View, results: Inventory, methane: str | None) -> list[str]:
    """Say what other published figures would make of lines: no spread of factors holds them."""
    told = []
    row = view.series(methane).latest if methane else None
    name = _mining(view)
    found = results.totals.get((results.kind(name), ADDED_SCOPE)) if name else None
    if row is not None and found is not None and name in found.lines.index:
        line, digits = found.lines.loc[name], KIND_DIGITS[results.kind(name)]
        tonnes = float(row["value"]) * KT * library_of(view).warming("CH4")
        key = "inv_beside_in" if line["low"] <= tonnes <= line["high"] else "inv_beside_out"
        told.append(
            view.say(
                key,
                estimate=view.title(methane),
                value=number(row["value"], 0),
                mega=mega(view, tonnes, digits),
                unit=mega_unit(view),
                own=mega(view, line["central"], digits),
                span=span(view, line["low"], line["high"], digits),
                total=mega(view, found.total["central"] - line["central"] + tonnes, digits),
            )
        )
    for chain in view.project.effects.bases.values():
        if chain.co2 and chain.co2.removesuffix("_co2") in results.lines.index:
            told += [
                view.say("syn_assumption", name=chain.title[view.lang], text=text)
                for text in co2_beside(view, chain)
            ]
    return told


def _mining(view: View) -> str | None:
    """Find the line of methane that escapes from coal mines."""
    return next((one.id for one in view.project.factors.lines if one.group == FUGITIVE), None)


def _fossil(view: View, results: Inventory) -> list[str]:
    """Say by how much fossil methane weighs more than the value used for all methane."""
    library, name = library_of(view), _mining(view)
    key = (library.metric.name, library.metric.horizon, "CH4_fossil")
    fossil = [one.value for one in library.gwp if (one.metric, one.horizon, one.gas) == key]
    if not fossil or results.kind(name or "") == NOT_COMPUTED:
        return []
    used = library.warming("CH4")
    return [
        view.say(
            "inv_fossil",
            metric=library.metric.name,
            used=number(used, 0),
            fossil=number(fossil[0], 0),
            line=line_title(view, name),
            pct=number(100 * (fossil[0] / used - 1), 0),
        )
    ]


def lines(view: View, results: Inventory) -> Shown:
    """Show every line: what it starts from, its factors, its emissions and their interval."""
    unit = mega_unit(view)
    columns = [
        Column(view.say("column_line")),
        Column(view.say("column_starts_from")),
        Column(view.say("column_emission_factor")),
        Column(view.say("column_co2e", unit=unit), numeric=True),
        Column(view.say("column_interval"), numeric=True),
    ]
    rows: list[dict[str, object]] = []
    export, group = [], None
    for line in view.project.factors.lines:
        if line.group != group:
            group = line.group
            rows.append({"group": view.project.factors.groups[group][view.lang]})
        cells, record = _line(view, results, line)
        rows.append({"cells": cells})
        export.append(record)
    frame = pd.DataFrame(export)
    html = table(
        columns,
        rows,
        label=view.say("label_inv_lines"),
        kind="pb-inv-lines",
        notes=[view.say("note_inv_kinds"), view.say("note_inv_interval")],
        links=file_links({"inventory": frame}, f"{view.city}_inventory", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)


def _line(
    view: View, results: Inventory, line: InventoryLine
) -> tuple[list[object], dict[str, object]]:
    kind = results.kind(line.id)
    words = view.say(f"kind_{kind}")
    title = line.title[view.lang]
    head = Markup("{}<br>{}").format(title, badge(words, KIND_LOOKS[kind]))
    record: dict[str, object] = {
        view.say("column_id"): line.id,
        view.say("column_line"): title,
        view.say("column_state"): words,
    }
    if kind == NOT_COMPUTED:
        wanted = holder_lines(view, line.activity, key="inv_wanted")
        held = [name for name in line.activity if published_figure(view.series(name))]
        if held:
            figure = view.latest(held[0])
            wanted = [view.say("inv_no_factor", indicator=view.title(held[0]), figure=figure)]
        record[view.say("column_starts_from")] = " ".join(wanted)
        return [head, stacked(wanted), MISSING, MISSING, MISSING], record
    part = results.rows[results.rows["line"] == line.id]
    made = results.lines.loc[line.id]
    digits = KIND_DIGITS[kind]
    starts = [text for one in results.activity[line.id] for text in _starts(view, one)]
    factors = [_factor(view, row) for row in part.to_dict("records")]
    record |= {
        view.say("column_year"): int(made["year"]),
        view.say("column_starts_from"): " ".join(starts),
        view.say("column_emission_factor"): view.say("semicolon").join(factors),
        "t CO2e": round(float(made["co2e"])),
        "t CO2e, low": round(float(made["low"])),
        "t CO2e, high": round(float(made["high"])),
        view.say("column_source"): " ".join(_sources(results, line.id)),
    }
    cells = [
        head,
        stacked(starts),
        stacked(factors),
        mega(view, made["co2e"], digits),
        span(view, made["low"], made["high"], digits),
    ]
    return cells, record


def _sources(results: Inventory, line: str) -> list[str]:
    cited = [source for one in results.activity[line] for source in one.figure.sources]
    for one in results.activity[line]:
        if one.load:
            cited += [one.load.load_source or "", one.load.conversion_source or ""]
    for names in results.rows.loc[results.rows["line"] == line, "sources"]:
        cited += names
    return [name for name in dict.fromkeys(cited) if name]


def _starts(view: View, one: Activity) -> list[str]:
    meta = view.project.catalog[one.near or one.indicator]
    figure = quantity(one.figure.value, one.figure.unit, view.lang, meta.decimals)
    dated = view.say("figure_of_year", figure=figure, year=one.figure.year)
    texts = [f"{meta.title[view.lang]}{view.say('colon')}{dated}"]
    load = one.load
    if load and load.load_unit == "share":
        texts.append(
            view.say(
                "inv_load",
                load=number(100 * load.load, 0),
                low=number(100 * load.load_low, 0),
                high=number(100 * load.load_high, 0),
            )
        )
    elif load:
        texts.append(view.say("inv_days", days=number(load.load, 0)))
    if load and load.conversion:
        texts.append(view.say("inv_conversion", value=number(load.conversion, 1)))
    return texts


def _factor(view: View, row: dict) -> str:
    value, mass = row["factor"], "t"
    if abs(value) < 0.05:
        value, mass = value * 1000, "kg"
    return view.say(
        "inv_factor",
        gas=row["gas"],
        value=f"{value:.4g}",
        mass=view.say(f"mass_{mass}"),
        per=view.say(f"per_{row['per'].removeprefix('1e4 ').lower()}"),
        set=library_of(view).sets[row["factor_set"]].title[view.lang],
    )


def factor_sets(view: View) -> Shown:
    """Set the fuels of all factor sets side by side, in t CO2 per unit, with their distance."""
    library = library_of(view)
    known = fuel_factors(library).set_index(["factor_set", "fuel"])
    columns = [Column(view.say("column_fuel"))]
    columns += [
        Column(library.sets[name].title[view.lang], numeric=True) for name in library.compared
    ]
    rows, export = [], []
    for names in FUEL_ROWS:
        found = {
            key: known.loc[(key, name)]
            for key in library.compared
            for name in names
            if (key, name) in known.index
        }
        base = found.get(library.default)
        cells: list[object] = []
        for key in library.compared:
            one = found.get(key)
            if one is None:
                cells.append(MISSING)
                continue
            text = number(one["co2"], 6 if key == library.default else 4)
            if base is not None and key != library.default:
                text = view.say(
                    "inv_factor_beside",
                    value=text,
                    pct=_signed(100 * (one["co2"] / base["co2"] - 1)),
                )
            cells.append(text)
            export.append({"factor_set": key, "fuel": one.name[1], **one.to_dict()})
        per = view.say("inv_per_gas" if names == ("natural_gas",) else "inv_per_tonne")
        rows.append({"cells": [f"{view.say(f'fuel_row_{names[0]}')}{per}", *cells]})
    notes = [view.say("note_inv_sets")]
    notes += [
        view.say(
            "inv_set_note",
            set=one.title[view.lang],
            use=one.use[view.lang],
            confirmed=one.confirmed[view.lang],
        )
        for one in library.sets.values()
    ]
    frame = pd.DataFrame(export)
    html = table(
        columns,
        rows,
        label=view.say("label_inv_sets"),
        kind="pb-inv-sets",
        notes=notes[:1],
        links=file_links({"fuels": frame}, "fuel_factors", view.lang),
    )
    told = fragment("list.html", lines=notes[1:])
    folded = fragment("fold.html", summary=view.say("inv_sets_fold"), inner=told)
    return Shown(html + folded, frame.to_string(index=False), frame)


def _signed(pct: float) -> str:
    text = number(abs(pct), 1)
    return text if text == "0.0" else f"{'+' if pct > 0 else '−'}{text}"


def swapped(view: View, results: Inventory) -> Shown:
    """Show what each set of factors would make of each line."""
    library = library_of(view)
    found = results.swapped
    if found.empty:
        return said(view.say("inv_nothing_computed"))
    columns = [
        Column(view.say("column_line")),
        *[Column(library.sets[one].title[view.lang], numeric=True) for one in library.compared],
    ]
    rows = []
    for line, part in found.groupby("line", sort=False):
        by_set = part.set_index("factor_set")
        digits = KIND_DIGITS[results.kind(line)] + 1
        cells: list[object] = [line_title(view, line)]
        for name in library.compared:
            row = by_set.loc[name]
            value = mega(view, row["co2e"], digits)
            if name == library.default:
                cells.append(value)
            elif abs(row["difference_pct"]) < 0.005:
                cells.append(view.say("inv_same"))
            else:
                cells.append(
                    view.say("inv_factor_beside", value=value, pct=_signed(row["difference_pct"]))
                )
        rows.append({"cells": cells})
    html = table(
        columns,
        rows,
        title=view.say("inv_swap_title", unit=mega_unit(view)),
        label=view.say("label_inv_swap"),
        kind="pb-inv-sets",
        notes=[view.say("note_inv_swap")],
        links=file_links({"sets": found}, f"{view.city}_factor_sets", view.lang),
    )
    return Shown(html, found.to_string(index=False), found)


def benefits(view: View, results: Inventory) -> Shown:
    """Set CO2 and air pollutants of the same activity side by side."""
    found = results.benefits
    if found.empty:
        return said(view.say("inv_no_benefit"))
    columns = [
        Column(view.say("column_pollutant")),
        Column(view.say("column_standard")),
        Column(view.say("column_pollutant_t"), numeric=True),
        Column(view.say("column_equivalents"), numeric=True),
    ]
    rows: list[dict[str, object]] = []
    equivalents = view.project.factors.equivalents
    for line, part in found.groupby("line", sort=False):
        kind = results.kind(str(line))
        digits = KIND_DIGITS[kind]
        head = view.say(
            "inv_benefit_head",
            line=line_title(view, str(line)),
            co2=mega(view, float(results.lines.loc[line, "co2"]), digits),
            unit=mega_unit(view),
            kind=view.say(f"kind_{kind}"),
        )
        rows.append({"group": head})
        for row in part.to_dict("records"):
            low, high = significant(row["low"], digits), significant(row["high"], digits)
            amount = significant(row["amount"], digits)
            if low != high:
                ends = view.say("inv_span", low=low, high=high)
                amount = view.say("inv_value_span", value=amount, span=ends)
            rows.append(
                {
                    "cells": [
                        getattr(equivalents[row["pollutant"]], f"name_{view.lang}"),
                        view.say(f"standard_{row['standard']}"),
                        amount,
                        significant(row["equivalents"], digits),
                    ]
                }
            )
    covered = set(found["line"])
    without = [line_title(view, one) for one in results.lines.index if one not in covered]
    notes = [view.say("note_inv_benefits"), *_not_yet(view, results, found)]
    if without:
        notes.append(view.say("inv_without", lines=view.say("list_separator").join(without)))
    html = table(
        columns,
        rows,
        label=view.say("label_inv_benefits"),
        kind="pb-inv-benefits",
        notes=notes,
        links=file_links({"pollutants": found}, f"{view.city}_co_benefits", view.lang),
    )
    return Shown(html, found.to_string(index=False), found)


def _not_yet(view: View, results: Inventory, found: pd.DataFrame) -> list[str]:
    """Say which capacity is not yet at the level that the factors of pollutants stand for."""
    told = []
    for line in view.project.factors.lines:
        rows = found[found["line"] == line.id]
        wanted = [
            target
            for target in view.project.plan.targets.values()
            if line.retrofit and target.indicator == line.retrofit
        ]
        if not wanted or not (rows["standard"] == "ultra_low").any():
            continue
        figure = results.activity[line.id][0].figure
        told.append(
            view.say(
                "inv_not_yet",
                line=line.title[view.lang],
                retrofit=quantity(wanted[0].value, wanted[0].unit, view.lang, 0),
                whole=quantity(figure.value, figure.unit, view.lang, 0),
                year=figure.year,
            )
        )
    return told


def scopes(view: View) -> Shown:
    """Say what is counted together, what apart, and what not at all."""
    library = library_of(view)
    told = [
        view.say("inv_scope", id=one.id, title=one.title[view.lang], text=one.text[view.lang])
        for one in library.scopes
    ]
    told += [one[view.lang] for one in library.boundaries]
    return Shown(fragment("list.html", lines=told), "\n".join(told))


def compared(
    view: View, results: Inventory, names: Sequence[str], methane: str | None = None
) -> Shown:
    """Set our sum beside published estimates, and say why they differ."""
    kind = PUBLISHED if (PUBLISHED, ADDED_SCOPE) in results.totals else SCALED
    found = results.totals.get((kind, ADDED_SCOPE))
    series = [one for one in (view.series(name) for name in names) if len(one)]
    if found is None or not series:
        return said(view.say("inv_no_comparison"))
    own = results.lines.loc[list(found.lines.index)]
    total, year = float(own["co2"].sum()), int(own["year"].median())
    estimates = {one.indicator.id: one.points * 1e6 for one in series}  # Mt to t
    digits, unit = KIND_DIGITS[kind], mega_unit(view)
    told = [
        view.say(
            "inv_gap_own",
            kind=view.say(f"kind_{kind}"),
            total=mega(view, total, digits),
            unit=unit,
            first=int(own["year"].min()),
            last=int(own["year"].max()),
        )
    ]
    for one in gaps(total, year, estimates):
        key = "inv_gap_above" if one.difference_pct >= 0 else "inv_gap_below"
        told.append(
            view.say(
                key,
                estimate=view.title(one.estimate),
                year=one.year,
                value=mega(view, one.value, 3),
                unit=unit,
                pct=number(abs(one.difference_pct), 0),
            )
        )
    told += _why(view, results, kind, own, series)
    told += _methane(view, results, methane) if methane else []
    return Shown(fragment("list.html", lines=told), "\n".join(told))


def _why(
    view: View, results: Inventory, kind: str, own: pd.DataFrame, series: Sequence[Series]
) -> list[str]:
    apart = view.say("list_separator")
    total = own["co2"].sum()
    widest = own["co2"].idxmax()
    told = []
    if kind == SCALED:
        told.append(
            view.say(
                "inv_why_capacity",
                line=line_title(view, widest),
                share=number(100 * own.loc[widest, "co2"] / total, 0),
            )
        )
    absent = [
        one.title[view.lang]
        for one in view.project.factors.lines
        if results.kind(one.id) != kind and "CO2" in one.gases and one.group not in UNSUMMED
    ]
    if absent:
        told.append(view.say("inv_why_absent", lines=apart.join(absent)))
    other = results.lines["co2e"].sum() - results.lines["co2"].sum()
    told.append(view.say("inv_why_gases", other=mega(view, other), unit=mega_unit(view)))
    for one in series:
        for item in one.indicator.breaks_of(one.entity):
            pct = step_pct(one.points, item.from_)
            if pct is not None:
                told.append(
                    view.say(
                        "inv_why_break",
                        estimate=one.indicator.title[view.lang],
                        year=item.from_,
                        pct=_signed(pct),
                        reason=item.reason[view.lang],
                    )
                )
    return told


def _methane(view: View, results: Inventory, name: str) -> list[str]:
    latest = view.series(name).latest
    rows = results.rows
    own = rows.loc[(rows["line"] == "coal_methane") & (rows["gas"] == "CH4"), "amount"].sum()
    if latest is None or own <= 0 or latest["value"] * 1000 <= own:
        return []
    return [
        view.say(
            "inv_gap_methane",
            estimate=view.title(name),
            value=number(latest["value"], 0),
            own=significant(own / 1000, 2),
            ratio=number(latest["value"] * 1000 / own, 1),
        )
    ]
