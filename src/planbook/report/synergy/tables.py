"""Tables of synergy: sums of equivalents, effects of measures, and a reader's what-if."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
from markupsafe import Markup

from planbook.analysis.synergy.city import Base, base_of, cuts_of, figure_of, placed, weights_of
from planbook.analysis.synergy.cocontrol import what_if
from planbook.analysis.synergy.measure_effects import activity_bases, unplaced
from planbook.data import units
from planbook.data.plan import Target
from planbook.report.html.cells import said
from planbook.report.html.fragments import Column, Shown, file_links, fragment, table, without_empty
from planbook.report.synergy.words import effect_name, pollutant_name, why_unknown
from planbook.report.view import View
from planbook.text import MISSING, join, number, quantity

VOC = "voc"
POLLUTANT_UNIT, GHG_UNIT = "1e3 eq", "kt"

WITHOUT = {  # reasons without a text of their own, with the sentence that names their measures
    "no_file": "syn_without_file",
    "projects_only": "syn_projects_only",
    "no_figure": "syn_without_figure",
}


def amount(view: View, value: float | None, unit: str, decimals: int = 1) -> str:
    """Write a cut in the unit in which readers count, without the unit; a dash if unknown."""
    _, factor = units.display(unit, view.lang)
    known = value is not None and math.isfinite(value)
    return number(value * factor if known else None, decimals)


def between(view: View, row: Mapping, side: str, unit: str, decimals: int = 1) -> str:
    """Write a computed cut with the least and the most that it may be."""
    if not math.isfinite(row[f"{side}_cut"]):
        return MISSING
    middle = amount(view, row[f"{side}_cut"], unit, decimals)
    low, high = row[f"{side}_low"], row[f"{side}_high"]
    if low == high:
        return middle
    ends = [amount(view, one, unit, decimals) for one in (low, high)]
    return view.say("syn_between", value=middle, low=ends[0], high=ends[1])


def two_lines(view: View, row: Mapping, side: str, unit: str, decimals: int = 1) -> Markup:
    """Write a computed cut, and its least and most below it."""
    if not math.isfinite(row[f"{side}_cut"]):
        return Markup(MISSING)
    middle = amount(view, row[f"{side}_cut"], unit, decimals)
    low, high = row[f"{side}_low"], row[f"{side}_high"]
    if low == high:
        return Markup(middle)
    ends = [amount(view, one, unit, decimals) for one in (low, high)]
    return Markup("{}<br><small>{}</small>").format(
        middle, view.say("syn_range", low=ends[0], high=ends[1])
    )


def unit_of(view: View, unit: str) -> str:
    """Name a unit as readers count in it."""
    return units.display(unit, view.lang)[0]


def period_of(view: View, chosen: Sequence[Target]) -> str:
    """Name the years that the planned cuts are sums over, such as 2021–2025."""
    spans = {(one.base_year, one.deadline) for one in chosen}
    if len(spans) == 1:
        base, deadline = spans.pop()
        if base and deadline:
            return view.say("years_between", first=base + 1, last=deadline)
    return view.say("syn_period_open")


def sums(view: View, chosen: Sequence[Target], voc_equivalent_kg: float) -> tuple[Shown, list[str]]:
    """Show the planned cuts summed in pollutant equivalents, without and with VOCs."""
    found = cuts_of(view, chosen, voc_equivalent_kg)
    if found.empty:
        return said(view.say("no_cuts")), []
    with_voc = voc_equivalent_kg > 0
    parts = [(medium, found["medium"] == medium) for medium in ("air", "water")]
    statutory = found["pollutant"] != VOC
    rows, export = [], []
    for name, mask in parts:
        own = found[mask]
        if own.empty:
            continue
        without = float(own.loc[statutory, "pollutant_cut"].sum())
        full = float(own["pollutant_cut"].sum()) if with_voc else None
        counted = join(
            [pollutant_name(view, one) for one in own.loc[statutory, "pollutant"]], view.lang
        )
        words = view.say(f"syn_medium_{name}")
        rows.append(
            {
                "cells": [
                    words,
                    counted or MISSING,
                    amount(view, without, POLLUTANT_UNIT),
                    view.say("syn_no_voc_weight")
                    if full is None
                    else amount(view, full, POLLUTANT_UNIT),
                ]
            }
        )
        export.append(
            {
                view.say("column_medium"): words,
                view.say("column_without_voc"): without * 1000,
                view.say("column_with_voc_plain"): None if full is None else full * 1000,
            }
        )
    sign = unit_of(view, POLLUTANT_UNIT)
    heading = (
        view.say("column_with_voc", weight=f"{voc_equivalent_kg:g}", unit=sign)
        if with_voc
        else view.say("column_with_voc_none", unit=sign)
    )
    notes = [view.say("syn_note_sums"), *_alternative_notes(view, found)]
    pollutant = view.project.factors.equivalents.get(VOC)
    sources = [pollutant.alternative_source] if pollutant and pollutant.alternative_kg else []
    frame = pd.DataFrame(export)
    html = table(
        [
            Column(view.say("column_medium")),
            Column(view.say("column_counted")),
            Column(view.say("column_without_voc_unit", unit=sign), numeric=True),
            Column(heading, numeric=True),
        ],
        rows,
        label=view.say("label_syn_sums"),
        kind="pb-syn-sums",
        notes=notes,
        links=file_links({"equivalents": frame}, f"{view.city}_equivalents", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame), sources


def _alternative_notes(view: View, found: pd.DataFrame) -> list[str]:
    pollutant = view.project.factors.equivalents.get(VOC)
    own = found.loc[found["pollutant"] == VOC, "amount"]
    if pollutant is None or not pollutant.alternative_kg or own.empty:
        return []
    extra = float(own.sum()) / pollutant.alternative_kg
    return [
        view.say(
            "syn_note_alternative",
            weight=f"{pollutant.alternative_kg:g}",
            source=view.source(pollutant.alternative_source).title[view.lang],
            extra=quantity(extra, POLLUTANT_UNIT, view.lang, 1),
        )
    ]


def effects(
    view: View, chosen: Sequence[Target], carbon: str, voc_equivalent_kg: float
) -> tuple[Shown, list[str]]:
    """Show measures with their cuts, quadrant, angle and elasticity."""
    base = base_of(view, carbon)
    made, cuts = placed(view, base), cuts_of(view, chosen, voc_equivalent_kg)
    if made.empty and cuts.empty:
        return said(view.say("syn_no_effects")), []
    rows, export = [], []
    if not made.empty:
        rows.append({"group": view.say("syn_group_computed")})
    for row in made.to_dict("records"):
        gone = (
            view.title(row["missing"]) if row["missing"] in view.project.catalog else row["missing"]
        )
        rows.append(
            {
                "cells": [
                    effect_name(view, row["name"]),
                    view.say("syn_missing_input", name=gone)
                    if row["missing"]
                    else two_lines(view, row, "pollutant", POLLUTANT_UNIT),
                    two_lines(view, row, "ghg", GHG_UNIT),
                    _quadrant(view, row["quadrant"]),
                    _shares(view, row),
                    MISSING if pd.isna(row["angle_deg"]) else f"{number(row['angle_deg'], 0)}°",
                    _elasticity(view, row),
                ]
            }
        )
        export.append(_export(view, effect_name(view, row["name"]), "computed", row))
    if not cuts.empty:
        own = [one for one in chosen if one.target_id in set(cuts["name"])]
        rows.append({"group": view.say("syn_group_published", period=period_of(view, own))})
    for row in cuts.to_dict("records"):
        known = math.isfinite(row["pollutant_cut"])
        rows.append(
            {
                "cells": [
                    pollutant_name(view, row["pollutant"]),
                    amount(view, row["pollutant_cut"], POLLUTANT_UNIT)
                    if known
                    else view.say("no_weight"),
                    view.say("syn_not_published"),
                    _quadrant(view, "unknown_ghg" if known else "unknown"),
                    MISSING,
                    MISSING,
                    view.say("syn_reading_unknown"),
                ]
            }
        )
        export.append(_export(view, pollutant_name(view, row["pollutant"]), "published", row))
    columns = [
        Column(view.say("column_measure")),
        Column(view.say("column_pollutant_cut", unit=unit_of(view, POLLUTANT_UNIT)), numeric=True),
        Column(view.say("column_ghg_cut", unit=unit_of(view, GHG_UNIT)), numeric=True),
        Column(view.say("column_quadrant")),
        Column(view.say("column_shares")),
        Column(view.say("column_angle"), numeric=True),
        Column(view.say("column_cross_elasticity")),
    ]
    frame = pd.DataFrame(export)
    notes = [view.say("syn_note_signs")]
    if base.year is not None:
        names = join([pollutant_name(view, one) for one in base.pollutants], view.lang)
        notes.append(
            view.say(
                "syn_note_base",
                year=base.year,
                pollutants=names,
                estimate=view.title(carbon),
                amount=quantity(base.amounts["pollutant"], POLLUTANT_UNIT, view.lang, 0),
                co2=quantity(base.amounts["ghg"], GHG_UNIT, view.lang, 0),
            )
        )
        notes += [_other_weight(view, base, name) for name in base.others]
    elif not made.empty:
        notes.append(view.say("syn_no_base"))
    columns, rows = without_empty(columns, rows)
    html = table(
        columns,
        rows,
        label=view.say("label_syn_effects"),
        kind="pb-syn-effects",
        notes=notes,
        links=file_links({"effects": frame}, f"{view.city}_effects", view.lang),
    )
    assumed, sources = _assumptions(view)
    return Shown(Markup(html) + assumed, frame.to_string(index=False), frame), sources


def _other_weight(view: View, base: Base, pollutant: str) -> str:
    """Say how a base was weighed whose figure holds what the law weighs in two ways."""
    one, whole = view.project.factors.equivalents[pollutant], base.amounts["pollutant"]
    used, other = base.others[pollutant]
    return view.say(
        "syn_note_other_weight",
        note=one.note_zh if view.lang == "zh" else one.note_en,
        weight=f"{one.equivalent_kg:g}",
        used=quantity(used, POLLUTANT_UNIT, view.lang, 0),
        other_weight=f"{one.alternative_kg:g}",
        other=quantity(other, POLLUTANT_UNIT, view.lang, 0),
        total=quantity(whole - used + other, POLLUTANT_UNIT, view.lang, 0),
    )


def _quadrant(view: View, where: str) -> str:
    return view.say(f"quadrant_{where}")


def _shares(view: View, row: Mapping) -> Markup:
    if pd.isna(row["pollutant_share_pct"]) or pd.isna(row["ghg_share_pct"]):
        return Markup(MISSING)
    return Markup("{}<br>{}").format(
        *(
            view.say(
                f"syn_share_{side}",
                share=quantity(row[f"{side}_share_pct"], "%", view.lang, 2).replace(" ", "\u00a0"),
            )
            for side in ("pollutant", "ghg")
        )
    )


def _elasticity(view: View, row: Mapping) -> str:
    words = view.say(f"syn_reading_{row['reading']}")
    if pd.isna(row["elasticity"]):
        return words
    return view.say("syn_elasticity", value=number(row["elasticity"], 1), words=words)


def _export(view: View, name: str, kind: str, row: Mapping) -> dict[str, object]:
    def kept(key: str) -> float | None:
        value = row.get(key)
        return None if value is None or pd.isna(value) else float(value)

    return {
        view.say("column_measure"): name,
        view.say("column_kind"): view.say(f"syn_kind_{kind}"),
        view.say("column_pollutant_cut", unit=units.label(POLLUTANT_UNIT, view.lang)): kept(
            "pollutant_cut"
        ),
        view.say("column_pollutant_low"): kept("pollutant_low"),
        view.say("column_pollutant_high"): kept("pollutant_high"),
        view.say("column_ghg_cut", unit=units.label(GHG_UNIT, view.lang)): kept("ghg_cut"),
        view.say("column_ghg_low"): kept("ghg_low"),
        view.say("column_ghg_high"): kept("ghg_high"),
        view.say("column_quadrant"): row.get("quadrant", "unknown_ghg"),
        view.say("column_pollutant_share"): kept("pollutant_share_pct"),
        view.say("column_ghg_share"): kept("ghg_share_pct"),
        view.say("column_angle"): kept("angle_deg"),
        view.say("column_cross_elasticity"): kept("elasticity"),
    }


def _assumptions(view: View) -> tuple[Markup, list[str]]:
    """List what each computed effect assumes and the factors it uses, to be unfolded."""
    own = view.project.effects
    if not own.effects:
        return Markup(""), []
    lines = [
        view.say("syn_assumption", name=effect_name(view, name), text=one.note[view.lang])
        for name, one in own.effects.items()
    ]
    used: dict[str, None] = {}
    for one in own.effects.values():
        used.update(dict.fromkeys(term.factor for term in one.activity if term.factor))
        used.update(dict.fromkeys(name for name in (one.co2, *one.pollutants.values()) if name))
    rows, sources = [], []
    for name in used:
        one = own.factors[name]
        ends = (
            MISSING
            if one.low is None and one.high is None
            else view.say(
                "syn_range", low=f"{one.low or one.value:.4g}", high=f"{one.high or one.value:.4g}"
            )
        )
        cited = one.source.split()
        sources += cited
        rows.append(
            {
                "cells": [
                    factor_name(view, name),
                    f"{one.value:.4g}",
                    one.unit,
                    ends,
                    join([view.source(source).producer[view.lang] for source in cited], view.lang)
                    + view.say("colon")
                    + one.locator,
                    (one.note_zh if view.lang == "zh" else one.note_en) or MISSING,
                ]
            }
        )
    html = table(
        [
            Column(view.say("column_effect_factor")),
            Column(view.say("column_value"), numeric=True),
            Column(view.say("column_unit")),
            Column(view.say("column_range")),
            Column(view.say("column_source")),
            Column(view.say("column_note")),
        ],
        rows,
        label=view.say("label_syn_factors"),
        kind="pb-syn-factors",
    )
    inner = Markup(fragment("sentences.html", lines=lines)) + Markup(html)
    folded = fragment(
        "fold.html", summary=view.say("syn_factors_fold", count=len(rows)), inner=inner
    )
    return Markup(folded), list(dict.fromkeys(sources))


def factor_name(view: View, name: str) -> str:
    """Name a factor; one of the library after its line and what it gives."""
    one = view.project.effects.factors[name]
    line = next((item for item in view.project.factors.lines if item.id == one.name_en), None)
    if line is None:
        return one.name_zh if view.lang == "zh" else one.name_en
    end = name.removeprefix(f"{line.id}_")
    if end in view.project.factors.equivalents:
        end = pollutant_name(view, end)
    else:
        end = view.say(f"syn_factor_{end}")
    return view.say("syn_factor_of", line=line.title[view.lang], what=end)


def unplaced_measures(view: View) -> Shown:
    """List the measures that have no point in the coordinate system, with the reason."""
    plan = view.project.plan
    found = unplaced(plan, view.project.effects)
    if found.empty:
        return said(view.say("syn_all_placed"))
    rows, export = [], []
    others: dict[str, list[str]] = {reason: [] for reason in WITHOUT}
    for row in found.itertuples():
        item = plan.measures[row.measure]
        reason = (
            view.project.effects.reasons[row.measure][view.lang]
            if row.reason == "given"
            else view.say(f"syn_reason_{row.reason}")
        )
        export.append(
            {
                view.say("column_number"): row.measure,
                view.say("column_measure"): item.title[view.lang],
                view.say("column_reason"): reason,
            }
        )
        named = view.say("syn_measure_named", number=row.measure, title=item.title[view.lang])
        if row.reason == "given":
            rows.append({"cells": [named, reason]})
        else:
            others[row.reason].append(named)
    frame = pd.DataFrame(export)
    joint = view.say("list_separator")
    notes = [
        view.say(key, count=len(others[reason]), measures=joint.join(others[reason]))
        for reason, key in WITHOUT.items()
        if others[reason]
    ]
    links = file_links({"without_point": frame}, f"{view.city}_without_point", view.lang)
    if not rows:
        return Shown(
            Markup(fragment("sentences.html", lines=notes)) + links,
            frame.to_string(index=False),
            frame,
        )
    html = table(
        [
            Column(view.say("column_measure")),
            Column(view.say("column_reason_no_point")),
        ],
        rows,
        label=view.say("label_syn_unplaced"),
        kind="pb-syn-unplaced",
        notes=notes,
        links=links,
    )
    return Shown(html, frame.to_string(index=False), frame)


def what_if_frame(view: View, changes: Mapping[str, float]) -> pd.DataFrame:
    """Compute a reader's changes, with the least and the most of each cut."""
    base = activity_bases(
        view.project.effects, view.project.plan, lambda indicator: figure_of(view, indicator)
    )
    weights = weights_of(view)
    found = what_if(changes, base, weights)
    ends = [what_if(changes, base.assign(amount=base[key]), weights) for key in ("low", "high")]
    for side in ("pollutant", "ghg"):
        both = pd.concat([one[f"{side}_cut"] for one in ends], axis=1)
        found[f"{side}_low"], found[f"{side}_high"] = both.min(axis=1), both.max(axis=1)
    return found


def activity_name(view: View, name: str) -> str:
    """Name an activity that a reader may change, or the total."""
    if name == "total":
        return view.say("syn_total")
    return view.project.effects.bases[name].title[view.lang]


def what_if_table(view: View, found: pd.DataFrame) -> Shown:
    """Show what a reader's changes do to CO2 and to pollutant equivalents, activity by activity."""
    rows, export, notes = [], [], []
    for row in found.to_dict("records"):
        name = activity_name(view, row["name"])
        change = row["change_pct"]
        sign = "+" if change > 0 else ""
        rows.append(
            {
                "cells": [
                    name,
                    MISSING if pd.isna(change) else sign + quantity(change, "%", view.lang, 1),
                    two_lines(view, row, "pollutant", POLLUTANT_UNIT),
                    two_lines(view, row, "ghg", GHG_UNIT),
                    _quadrant(view, row["quadrant"]),
                    _shares(view, row),
                    MISSING if pd.isna(row["angle_deg"]) else f"{number(row['angle_deg'], 0)}°",
                    _elasticity(view, row),
                ]
            }
        )
        export.append(
            {view.say("column_change"): None if pd.isna(change) else change}
            | _export(view, name, "what_if", row)
        )
        notes += [] if row["name"] == "total" else why_unknown(view, row["name"])
    if bool(found["is_partial"].iloc[-1]):
        notes.append(view.say("syn_note_partial"))
    columns = [
        Column(view.say("column_activity")),
        Column(view.say("column_change"), numeric=True),
        Column(view.say("column_pollutant_cut", unit=unit_of(view, POLLUTANT_UNIT)), numeric=True),
        Column(view.say("column_ghg_cut", unit=unit_of(view, GHG_UNIT)), numeric=True),
        Column(view.say("column_quadrant")),
        Column(view.say("column_shares")),
        Column(view.say("column_angle"), numeric=True),
        Column(view.say("column_cross_elasticity")),
    ]
    frame = pd.DataFrame(export)
    columns, rows = without_empty(columns, rows)
    html = table(
        columns,
        rows,
        label=view.say("label_syn_what_if"),
        kind="pb-syn-what-if",
        notes=[view.say("syn_note_what_if"), *dict.fromkeys(notes)],
        links=file_links({"what_if": frame}, f"{view.city}_what_if", view.lang),
    )
    return Shown(html, frame.to_string(index=False), frame)
