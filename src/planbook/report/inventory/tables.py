"""Tables of the inventory: lines, factor sets, co-benefits, scopes, and published estimates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

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
from planbook.report.html.cells import badge, plus, said, stacked, two_lines
from planbook.report.html.fragments import Shown, file_links, fragment
from planbook.report.html.tabular import (
    Give,
    TableField,
    Tabular,
    column,
    grouped,
    held,
    listed,
    shown,
)
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
FUEL_ROWS: tuple[tuple[str, ...], ...] = (
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
    if methane and name and row is not None and found is not None and name in found.lines.index:
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
    if not fossil or name is None or results.kind(name) == NOT_COMPUTED:
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
    every = view.project.factors.lines

    def kind(line: InventoryLine) -> str:
        return view.say(f"kind_{results.kind(line.id)}")

    def head(line: InventoryLine) -> Markup:
        return two_lines(
            line.title[view.lang], badge(kind(line), KIND_LOOKS[results.kind(line.id)])
        )

    def computed(give: Callable[[str, Any], object], without: object) -> Give:
        def of(line: InventoryLine) -> object:
            if results.kind(line.id) == NOT_COMPUTED:
                return without
            return give(line.id, results.lines.loc[line.id])

        return of

    def starts(line: InventoryLine) -> list[str]:
        if results.kind(line.id) == NOT_COMPUTED:
            return _wanted(view, line)
        return [text for one in results.activity[line.id] for text in _starts(view, one)]

    def factors(name: str) -> list[str]:
        part = results.rows[results.rows["line"] == name]
        return [_factor(view, row) for row in part.to_dict("records")]

    def interval(name: str, row: Any) -> str:
        return span(view, row["low"], row["high"], KIND_DIGITS[results.kind(name)])

    def tonnes(heading: str, key: str) -> TableField:
        give = computed(lambda _, row: round(float(row[key])), None)
        return TableField(heading, None, give, words=None)

    fields = [
        held("column_id", lambda line: line.id),
        column("column_line", head, lambda line: line.title[view.lang]),
        held("column_state", kind),
        *(
            [held("column_year", computed(lambda _, row: int(row["year"]), None))]
            if len(results.lines)
            else []
        ),
        listed("column_starts_from", starts),
        column(
            "column_emission_factor",
            computed(lambda name, _: stacked(factors(name)), MISSING),
            computed(lambda name, _: view.say("semicolon").join(factors(name)), None),
        ),
        shown(
            "column_co2e",
            computed(
                lambda name, row: mega(view, row["co2e"], KIND_DIGITS[results.kind(name)]), MISSING
            ),
            unit=mega_unit(view),
            numeric=True,
        ),
        shown("column_interval", computed(interval, MISSING), numeric=True),
        tonnes("t CO2e", "co2e"),
        tonnes("t CO2e, low", "low"),
        tonnes("t CO2e, high", "high"),
        held("column_source", computed(lambda name, _: " ".join(_sources(results, name)), None)),
    ]
    return Tabular(
        view,
        grouped(every, lambda line: view.project.factors.groups[line.group][view.lang]),
        fields,
    ).show(
        "label_inv_lines",
        "pb-inv-lines",
        notes=[view.say("note_inv_kinds"), view.say("note_inv_interval")],
        name="inventory",
    )


def _wanted(view: View, line: InventoryLine) -> list[str]:
    """Say what a line without a result lacks: a figure and its holder, or a factor."""
    with_figure = [name for name in line.activity if published_figure(view.series(name))]
    if not with_figure:
        return holder_lines(view, line.activity, key="inv_wanted")
    title, figure = view.title(with_figure[0]), view.latest(with_figure[0])
    return [view.say("inv_no_factor", indicator=title, figure=figure)]


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
    found = {
        names: {
            key: known.loc[(key, name)]
            for key in library.compared
            for name in names
            if (key, name) in known.index
        }
        for names in FUEL_ROWS
    }

    def fuel(names: tuple[str, ...]) -> str:
        per = view.say("inv_per_gas" if names == ("natural_gas",) else "inv_per_tonne")
        return f"{view.say(f'fuel_row_{names[0]}')}{per}"

    def factor(key: str) -> Give:
        def cell(names: tuple[str, ...]) -> str:
            one, base = found[names].get(key), found[names].get(library.default)
            if one is None:
                return MISSING
            text = number(one["co2"], 6 if key == library.default else 4)
            if base is None or key == library.default:
                return text
            pct = plus(100 * (one["co2"] / base["co2"] - 1))
            return view.say("inv_factor_beside", value=text, pct=pct)

        return cell

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
    frame = pd.DataFrame(
        [
            {"factor_set": key, "fuel": one.name[1], **one.to_dict()}
            for own in found.values()
            for key, one in own.items()
        ]
    )
    main = Tabular(view, FUEL_ROWS, [shown("column_fuel", fuel), *_set_fields(view, factor)]).show(
        "label_inv_sets",
        "pb-inv-sets",
        notes=notes[:1],
        frame=frame,
        links=file_links({"fuels": frame}, "fuel_factors", view.lang),
    )
    told = fragment("list.html", lines=notes[1:])
    folded = fragment("fold.html", summary=view.say("inv_sets_fold"), inner=told)
    return replace(main, html=main.html + folded)


def _set_fields(view: View, cell: Callable[[str], Give]) -> list[TableField]:
    """Make a column of each set of factors that is compared."""
    library = library_of(view)
    return [
        TableField(library.sets[one].title[view.lang], cell(one), None, numeric=True, words=None)
        for one in library.compared
    ]


def swapped(view: View, results: Inventory) -> Shown:
    """Show what each set of factors would make of each line."""
    library = library_of(view)
    found = results.swapped
    if found.empty:
        return said(view.say("inv_nothing_computed"))
    by_line = {line: part.set_index("factor_set") for line, part in
               found.groupby("line", sort=False)}  # fmt: skip

    def made_of(name: str) -> Give:
        def cell(line: str) -> str:
            row = by_line[line].loc[name]
            value = mega(view, row["co2e"], KIND_DIGITS[results.kind(line)] + 1)
            if name == library.default:
                return value
            if abs(row["difference_pct"]) < 0.005:
                return view.say("inv_same")
            return view.say("inv_factor_beside", value=value, pct=plus(row["difference_pct"]))

        return cell

    return Tabular(
        view,
        list(by_line),
        [shown("column_line", lambda line: line_title(view, line)), *_set_fields(view, made_of)],
    ).show(
        "label_inv_swap",
        "pb-inv-sets",
        title=view.say("inv_swap_title", unit=mega_unit(view)),
        notes=[view.say("note_inv_swap")],
        name="sets",
        file="factor_sets",
        frame=found,
    )


def benefits(view: View, results: Inventory) -> Shown:
    """Set CO2 and air pollutants of the same activity side by side."""
    found = results.benefits
    if found.empty:
        return said(view.say("inv_no_benefit"))
    equivalents = view.project.factors.equivalents

    def head(line: str) -> str:
        kind = results.kind(line)
        return view.say(
            "inv_benefit_head",
            line=line_title(view, line),
            co2=mega(view, float(results.lines.loc[line, "co2"]), KIND_DIGITS[kind]),
            unit=mega_unit(view),
            kind=view.say(f"kind_{kind}"),
        )

    def write(row: Mapping[str, Any], key: str) -> str:
        return significant(row[key], KIND_DIGITS[results.kind(row["line"])])

    def amount(row: Mapping[str, Any]) -> str:
        low, high = write(row, "low"), write(row, "high")
        if low == high:
            return write(row, "amount")
        ends = view.say("inv_span", low=low, high=high)
        return view.say("inv_value_span", value=write(row, "amount"), span=ends)

    fields = [
        shown(
            "column_pollutant",
            lambda row: getattr(equivalents[row["pollutant"]], f"name_{view.lang}"),
        ),
        shown("column_standard", lambda row: view.say(f"standard_{row['standard']}")),
        shown("column_pollutant_t", amount, numeric=True),
        shown("column_equivalents", lambda row: write(row, "equivalents"), numeric=True),
    ]
    rows = [row for _, part in found.groupby("line", sort=False) for row in part.to_dict("records")]
    covered = set(found["line"])
    without = [line_title(view, one) for one in results.lines.index if one not in covered]
    notes = [view.say("note_inv_benefits"), *_not_yet(view, results, found)]
    if without:
        notes.append(view.say("inv_without", lines=view.say("list_separator").join(without)))
    return Tabular(view, grouped(rows, lambda row: head(row["line"])), fields).show(
        "label_inv_benefits",
        "pb-inv-benefits",
        notes=notes,
        name="pollutants",
        file="co_benefits",
        frame=found,
    )


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
                        pct=plus(pct),
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
