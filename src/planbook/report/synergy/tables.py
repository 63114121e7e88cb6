"""Tables of synergy: sums of equivalents, effects of measures, and a reader's what-if."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

import pandas as pd
from markupsafe import Markup

from planbook.analysis.synergy.city import Base, base_of, cuts_of, figure_of, placed, weights_of
from planbook.analysis.synergy.cocontrol import what_if
from planbook.analysis.synergy.measure_effects import activity_bases, unplaced
from planbook.data import units
from planbook.data.effects import EffectFactor
from planbook.data.plan import Target
from planbook.report.html.cells import said, small, two_lines
from planbook.report.html.fragments import Shown, file_links, fragment
from planbook.report.html.tabular import (
    Give,
    Group,
    TableField,
    Tabular,
    both,
    column,
    held,
    shown,
)
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
    if value is None or not math.isfinite(value):
        return MISSING
    return number(value * factor, decimals)


def between(view: View, row: Mapping[str, Any], side: str, unit: str, decimals: int = 1) -> str:
    """Write a computed cut with the least and the most that it may be."""
    if not math.isfinite(row[f"{side}_cut"]):
        return MISSING
    middle, low, high = (
        amount(view, row[f"{side}_{key}"], unit, decimals) for key in ("cut", "low", "high")
    )
    if row[f"{side}_low"] == row[f"{side}_high"]:
        return middle
    return view.say("syn_between", value=middle, low=low, high=high)


def with_span(
    view: View, row: Mapping[str, Any], side: str, unit: str, decimals: int = 1
) -> Markup:
    """Write a computed cut, and its least and most below it."""
    if not math.isfinite(row[f"{side}_cut"]):
        return Markup(MISSING)
    middle, low, high = (
        amount(view, row[f"{side}_{key}"], unit, decimals) for key in ("cut", "low", "high")
    )
    if row[f"{side}_low"] == row[f"{side}_high"]:
        return Markup(middle)
    return two_lines(middle, small(view.say("syn_range", low=low, high=high)))


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
    statutory = found[found["pollutant"] != VOC]
    sign = unit_of(view, POLLUTANT_UNIT)

    def sum_of(frame: pd.DataFrame, medium: str) -> float:
        return float(frame.loc[frame["medium"] == medium, "pollutant_cut"].sum())

    def counted(medium: str) -> str:
        names = statutory.loc[statutory["medium"] == medium, "pollutant"]
        return join([pollutant_name(view, one) for one in names], view.lang) or MISSING

    def full(medium: str) -> str:
        if not with_voc:
            return view.say("syn_no_voc_weight")
        return amount(view, sum_of(found, medium), POLLUTANT_UNIT)

    fields = [
        both("column_medium", lambda medium: view.say(f"syn_medium_{medium}")),
        shown("column_counted", counted),
        shown(
            "column_without_voc_unit",
            lambda medium: amount(view, sum_of(statutory, medium), POLLUTANT_UNIT),
            unit=sign,
            numeric=True,
        ),
        held("column_without_voc", lambda medium: sum_of(statutory, medium) * 1000),
        shown("column_with_voc", full, weight=f"{voc_equivalent_kg:g}", unit=sign, numeric=True)
        if with_voc
        else shown("column_with_voc_none", full, unit=sign, numeric=True),
        held(
            "column_with_voc_plain",
            lambda medium: sum_of(found, medium) * 1000 if with_voc else None,
        ),
    ]
    main = Tabular(
        view, [medium for medium in ("air", "water") if (found["medium"] == medium).any()], fields
    ).show(
        "label_syn_sums",
        "pb-syn-sums",
        notes=[view.say("syn_note_sums"), *_alternative_notes(view, found)],
        name="equivalents",
    )
    pollutant = view.project.factors.equivalents.get(VOC)
    if pollutant is None or not pollutant.alternative_kg:
        return main, []
    return main, [pollutant.alternative_source]


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
    computed, cuts = placed(view, base), cuts_of(view, chosen, voc_equivalent_kg)
    if computed.empty and cuts.empty:
        return said(view.say("syn_no_effects")), []
    rows: list[Group | dict[str, Any]] = []
    if not computed.empty:
        rows.append(Group(view.say("syn_group_computed")))
        rows += [{**row, "kind": "computed"} for row in computed.to_dict("records")]
    if not cuts.empty:
        own = [one for one in chosen if one.target_id in set(cuts["name"])]
        rows.append(Group(view.say("syn_group_published", period=period_of(view, own))))
        rows += [{**row, "kind": "published"} for row in cuts.to_dict("records")]
    notes = [view.say("syn_note_signs")]
    if base.year is not None:
        notes.append(
            view.say(
                "syn_note_base",
                year=base.year,
                pollutants=join([pollutant_name(view, one) for one in base.pollutants], view.lang),
                estimate=view.title(carbon),
                amount=quantity(base.amount("pollutant"), POLLUTANT_UNIT, view.lang, 0),
                co2=quantity(base.amount("ghg"), GHG_UNIT, view.lang, 0),
            )
        )
        notes += [_other_weight(view, base, name) for name in base.others]
    elif not computed.empty:
        notes.append(view.say("syn_no_base"))
    main = Tabular(view, rows, _effect_fields(view)).show(
        "label_syn_effects", "pb-syn-effects", notes=notes, name="effects", lean=True
    )
    assumed, sources = _assumptions(view)
    return replace(main, html=Markup(main.html) + assumed), sources


def _effect_fields(view: View) -> list[TableField]:
    """Say the columns of effects: computed ones, and cuts that only have been published."""

    def name(row: Mapping[str, Any]) -> str:
        if row["kind"] == "computed":
            return effect_name(view, row["name"])
        return pollutant_name(view, row["pollutant"])

    def pollutant_cut(row: Mapping[str, Any]) -> str:
        if row["kind"] == "published":
            known = math.isfinite(row["pollutant_cut"])
            value = amount(view, row["pollutant_cut"], POLLUTANT_UNIT)
            return value if known else view.say("no_weight")
        if not row["missing"]:
            return with_span(view, row, "pollutant", POLLUTANT_UNIT)
        known = row["missing"] in view.project.catalog
        gone = view.title(row["missing"]) if known else row["missing"]
        return view.say("syn_missing_input", name=gone)

    def ghg_cut(row: Mapping[str, Any]) -> str:
        if row["kind"] == "published":
            return view.say("syn_not_published")
        return with_span(view, row, "ghg", GHG_UNIT)

    def quadrant(row: Mapping[str, Any]) -> str:
        if row["kind"] == "published":
            known = math.isfinite(row["pollutant_cut"])
            return view.say(f"quadrant_{'unknown_ghg' if known else 'unknown'}")
        return view.say(f"quadrant_{row['quadrant']}")

    def elasticity(row: Mapping[str, Any]) -> str:
        if row["kind"] == "published":
            return view.say("syn_reading_unknown")
        return _elasticity(view, row)

    return [
        both("column_measure", name),
        held("column_kind", lambda row: view.say(f"syn_kind_{row['kind']}")),
        *_cut_fields(view, pollutant_cut, ghg_cut, quadrant, elasticity),
    ]


def _cut_fields(
    view: View, pollutant_cut: Give, ghg_cut: Give, quadrant: Give, elasticity: Give
) -> list[TableField]:
    """Say the columns of cuts and of what follows from them."""

    def number_of(key: str) -> Give:
        def give(row: Mapping[str, Any]) -> float | None:
            value = row.get(key)
            return None if value is None or pd.isna(value) else float(value)

        return give

    fields = []
    for side, unit, cell in (
        ("pollutant", POLLUTANT_UNIT, pollutant_cut),
        ("ghg", GHG_UNIT, ghg_cut),
    ):
        key = f"column_{side}_cut"
        fields += [
            shown(key, cell, unit=unit_of(view, unit), numeric=True),
            held(key, number_of(f"{side}_cut"), unit=units.label(unit, view.lang)),
            held(f"column_{side}_low", number_of(f"{side}_low")),
            held(f"column_{side}_high", number_of(f"{side}_high")),
        ]
    return [
        *fields,
        column("column_quadrant", quadrant, lambda row: row.get("quadrant", "unknown_ghg")),
        shown("column_shares", lambda row: _shares(view, row)),
        held("column_pollutant_share", number_of("pollutant_share_pct")),
        held("column_ghg_share", number_of("ghg_share_pct")),
        column("column_angle", _angle, number_of("angle_deg"), numeric=True),
        column("column_cross_elasticity", elasticity, number_of("elasticity")),
    ]


def _angle(row: Mapping[str, Any]) -> str:
    known = not pd.isna(row.get("angle_deg"))
    return f"{number(row['angle_deg'], 0)}°" if known else MISSING


def _other_weight(view: View, base: Base, pollutant: str) -> str:
    """Say how a base was weighed whose figure holds what the law weighs in two ways."""
    one, whole = view.project.factors.equivalents[pollutant], base.amount("pollutant")
    used, other = base.others[pollutant]
    return view.say(
        "syn_note_other_weight",
        note=view.words(one, "note"),
        weight=f"{one.equivalent_kg:g}",
        used=quantity(used, POLLUTANT_UNIT, view.lang, 0),
        other_weight=f"{one.alternative_kg:g}",
        other=quantity(other, POLLUTANT_UNIT, view.lang, 0),
        total=quantity(whole - used + other, POLLUTANT_UNIT, view.lang, 0),
    )


def _shares(view: View, row: Mapping[str, Any]) -> Markup:
    shares = [(side, row.get(f"{side}_share_pct")) for side in ("pollutant", "ghg")]
    if any(pd.isna(share) for _, share in shares):
        return Markup(MISSING)
    first, second = (
        view.say(
            f"syn_share_{side}", share=quantity(share, "%", view.lang, 2).replace(" ", "\u00a0")
        )
        for side, share in shares
    )
    return two_lines(first, second)


def _elasticity(view: View, row: Mapping[str, Any]) -> str:
    words = view.say(f"syn_reading_{row['reading']}")
    if pd.isna(row["elasticity"]):
        return words
    return view.say("syn_elasticity", value=number(row["elasticity"], 1), words=words)


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

    def ends(one: EffectFactor) -> str:
        if one.low is None and one.high is None:
            return MISSING
        low, high = (f"{end or one.value:.4g}" for end in (one.low, one.high))
        return view.say("syn_range", low=low, high=high)

    def cited(one: EffectFactor) -> str:
        names = [view.source(source).producer[view.lang] for source in one.source.split()]
        return join(names, view.lang) + view.say("colon") + one.locator

    def note(one: EffectFactor) -> str:
        return (view.words(one, "note")) or MISSING

    factors = own.factors
    html = (
        Tabular(
            view,
            list(used),
            [
                shown("column_effect_factor", lambda name: factor_name(view, name)),
                shown("column_value", lambda name: f"{factors[name].value:.4g}", numeric=True),
                shown("column_unit", lambda name: factors[name].unit),
                shown("column_range", lambda name: ends(factors[name])),
                shown("column_source", lambda name: cited(factors[name])),
                shown("column_note", lambda name: note(factors[name])),
            ],
        )
        .show("label_syn_factors", "pb-syn-factors")
        .html
    )
    inner = fragment("sentences.html", lines=lines) + Markup(html)
    folded = fragment(
        "fold.html", summary=view.say("syn_factors_fold", count=len(used)), inner=inner
    )
    sources = [source for name in used for source in factors[name].source.split()]
    return folded, list(dict.fromkeys(sources))


def factor_name(view: View, name: str) -> str:
    """Name a factor; one of the library after its line and what it gives."""
    one = view.project.effects.factors[name]
    line = next((item for item in view.project.factors.lines if item.id == one.name_en), None)
    if line is None:
        return view.words(one, "name")
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
    rows = found.to_dict("records")

    def title(row: Mapping[str, Any]) -> str:
        return plan.measures[row["measure"]].title[view.lang]

    def named(row: Mapping[str, Any]) -> str:
        return view.say("syn_measure_named", number=row["measure"], title=title(row))

    def reason(row: Mapping[str, Any]) -> str:
        if row["reason"] == "given":
            return view.project.effects.reasons[row["measure"]][view.lang]
        return view.say(f"syn_reason_{row['reason']}")

    fields = [
        held("column_number", itemgetter("measure")),
        column("column_measure", named, title),
        shown("column_reason_no_point", reason),
        held("column_reason", reason),
    ]
    notes = []
    for key, message in WITHOUT.items():
        others = [named(row) for row in rows if row["reason"] == key]
        if others:
            listed = view.say("list_separator").join(others)
            notes.append(view.say(message, count=len(others), measures=listed))
    frame, given = (
        Tabular(view, rows, fields).frame,
        [row for row in rows if row["reason"] == "given"],
    )
    if not given:
        links = file_links({"without_point": frame}, f"{view.city}_without_point", view.lang)
        html = fragment("sentences.html", lines=notes) + links
        return Shown(html, frame.to_string(index=False), frame)
    return Tabular(view, given, fields).show(
        "label_syn_unplaced", "pb-syn-unplaced", notes=notes, name="without_point", frame=frame
    )


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
    rows = found.to_dict("records")
    notes = [view.say("syn_note_what_if")]
    notes += [
        line for row in rows if row["name"] != "total" for line in why_unknown(view, row["name"])
    ]
    if bool(found["is_partial"].iloc[-1]):
        notes.append(view.say("syn_note_partial"))

    def name(row: Mapping[str, Any]) -> str:
        return activity_name(view, row["name"])

    def change(row: Mapping[str, Any]) -> str:
        pct = row["change_pct"]
        sign = "+" if pct > 0 else ""
        return MISSING if pd.isna(pct) else sign + quantity(pct, "%", view.lang, 1)

    fields = [
        shown("column_activity", name),
        column(
            "column_change",
            change,
            lambda row: None if pd.isna(row["change_pct"]) else row["change_pct"],
            numeric=True,
        ),
        held("column_measure", name),
        held("column_kind", lambda row: view.say("syn_kind_what_if")),
        *_cut_fields(
            view,
            lambda row: with_span(view, row, "pollutant", POLLUTANT_UNIT),
            lambda row: with_span(view, row, "ghg", GHG_UNIT),
            lambda row: view.say(f"quadrant_{row['quadrant']}"),
            lambda row: _elasticity(view, row),
        ),
    ]
    return Tabular(view, rows, fields).show(
        "label_syn_what_if",
        "pb-syn-what-if",
        notes=list(dict.fromkeys(notes)),
        name="what_if",
        lean=True,
    )
