"""Tables on how sure verdicts are: published methods side by side, and stability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
from markupsafe import Markup

from planbook.analysis.methods import GOOD, Result, majority
from planbook.analysis.progress import Standing
from planbook.analysis.progress.stability import changes
from planbook.data.plan import Target
from planbook.report.html.cells import said, small, stacked, strong, two_lines
from planbook.report.html.fragments import Shown
from planbook.report.html.tabular import Group, Tabular, both, column, held, listed, shown
from planbook.report.targets.tables import badge
from planbook.report.view import View
from planbook.text import BOUND_SIGNS, MISSING, asked, join, number, probability, quantity

SCORED_LEAST = 10  # past chances; fewer give no score worth showing
PACES = {"schedule_linear": "due", "schedule_geometric": "due", "required_linear": "pace",
         "required_geometric": "pace", "task_of_year": "task", "un_chart": "way",
         "eurostat": "rate", "open_sdg": "rate"}  # fmt: skip


def _split(
    view: View, chosen: Sequence[Target]
) -> tuple[list[Standing], list[Standing], list[Standing]]:
    """Sort targets into those that a method judges, those with too little, those with nothing."""
    able, few, none = [], [], []
    for target in chosen:
        one = view.standings[target.target_id]
        if one.latest_value is None and "bound" not in one.judgement.evidence:
            none.append(one)
        elif any(result.available for result in one.methods.values()):
            able.append(one)
        else:
            few.append(one)
    return able, few, none


def methods(view: View, chosen: Sequence[Target]) -> Shown:
    """Show what each published method says of each target that has enough figures."""
    if not chosen:
        return said(view.say("no_target"))
    able, few, none = _split(view, chosen)
    lines = []
    if none:
        if len(none) == len(chosen):
            lines.append(view.say("methods_none"))
        else:
            lines.append(view.say("methods_some_none", count=len(none), total=len(chosen)))
    if few:
        lines.append(view.say("methods_few", count=len(few), total=len(chosen)))
    if not able:
        return said(*lines)
    rows: list[Group | tuple[Standing, str, Result | None]] = []
    for one in able:
        rows.append(Group(_heading(view, one)))
        rows += [(one, name, result) for name, result in one.methods.items() if result.available]
        rows.append((one, "", None))
    fields = [
        shown("column_method", lambda row: _method_cells(view, *row)[0]),
        shown("column_says", lambda row: _method_cells(view, *row)[1]),
        shown("column_key_figure", lambda row: _method_cells(view, *row)[2]),
    ]
    return Tabular(view, rows, fields).show(
        "label_methods",
        "pb-methods",
        notes=[*lines, view.say("methods_note")],
        name="methods",
        file=f"methods_{chosen[0].section:02d}",
        frame=_methods_frame(view, able),
    )


def _method_cells(view: View, one: Standing, name: str, result: Result | None) -> Sequence[object]:
    if result is None:
        return _together(view, one)
    head = strong(view.say(f"method_name_{name}"))
    about = two_lines(head, small(view.say(f"method_asks_{name}")))
    return about, _says(view, result), key_figure(view, one, result)


def _heading(view: View, one: Standing) -> Markup:
    return Markup("{} <small>{}</small> {}").format(
        view.title(one.target.indicator), asked(one.target, view.lang), badge(view, one.verdict)
    )


def _says(view: View, result: Result) -> str:
    if result.category is None:
        return view.say(f"method_missing_{result.reason}") if result.reason else MISSING
    return view.say(f"method_category_{result.category}")


def key_figure(view: View, one: Standing, result: Result) -> str:
    """Write the figure that a method's lines apply to, in words."""
    if result.value is None:
        return MISSING
    if result.method == "escap_status":
        value, due = number(result.value, 1), result.figures["target_pace"]
        if due is None:
            return view.say("method_figure_index", value=value)
        return view.say("method_figure_index_due", value=value, due=number(due, 1))
    if result.method == "germany" and result.rule != "target":
        change = _signed(view, one, result.value, own=True)
        return view.say("method_figure_change", value=change)
    share = quantity(100 * abs(result.value), "%", view.lang, 0)
    if result.method == "germany":
        key = "method_figure_miss" if result.value >= 0 else "method_figure_over"
        return view.say(key, value=share)
    signed = quantity(100 * result.value, "%", view.lang, 0)
    return view.say(f"method_figure_{PACES[result.method]}", value=signed)


def _together(view: View, one: Standing) -> list[object]:
    """Say whether the methods agree, why not, and which do not apply and why: a row's cells."""
    lines = [view.say(f"method_why_{cause}") for cause in one.disagreement]
    applied = sum(result.available for result in one.methods.values())
    lines = lines or [view.say("methods_agree" if applied > 1 else "methods_one")]
    if one.chance is not None:
        leaning, good = majority(one.methods), one.verdict == "on_course"
        if leaning == GOOD and not good:
            lines.append(view.say("methods_milder"))
        elif leaning not in (GOOD, None) and good:
            lines.append(view.say("methods_harsher"))
    unfit: dict[str, list[str]] = {}
    for name, result in one.methods.items():
        if not result.available:
            unfit.setdefault(str(result.reason), []).append(view.say(f"method_name_{name}"))
    parts = [
        join(names, view.lang) + view.say("paren", text=view.say(f"method_missing_{reason}"))
        for reason, names in unfit.items()
    ]
    words = MISSING
    if parts:
        words = view.say("methods_unfit", methods=view.say("semicolon").join(parts))
    gap = "" if view.lang == "zh" else " "
    head = Markup("<strong>{}</strong>").format(view.say("methods_together"))
    return [head, gap.join(lines), words]


def _methods_frame(view: View, able: Sequence[Standing]) -> pd.DataFrame:
    def said_of(key: str, word: str | None) -> str:
        return view.say(f"{key}_{word}") if word else ""

    fields = [
        held("column_id", lambda row: row[0].target.target_id),
        held("column_target", lambda row: view.title(row[0].target.indicator)),
        held("column_method", lambda row: view.say(f"method_name_{row[1]}")),
        held("column_says", lambda row: said_of("method_category", row[2].category)),
        held("column_value_method", lambda row: row[2].value),
        held("column_key_figure", lambda row: key_figure(view, row[0], row[2])),
        held("column_reason", lambda row: said_of("method_missing", row[2].reason)),
    ]
    rows = [(one, name, result) for one in able for name, result in one.methods.items()]
    return Tabular(view, rows, fields).frame


def stability(view: View, chosen: Sequence[Target]) -> Shown:
    """Show how each verdict came about, what it was before, and what would change it."""
    if not chosen:
        return said(view.say("no_target"))
    able, few, none = _split(view, chosen)
    known = {one.target.target_id for one in (*able, *few)}
    rows = [view.standings[one.target_id] for one in chosen if one.target_id in known]
    if not rows:
        return said(view.say("stability_none", total=len(chosen)))

    def state(one: Standing) -> Markup:
        return two_lines(badge(view, one.verdict), stacked(why_of(view, one)))

    fields = [
        held("column_id", lambda one: one.target.target_id),
        column(
            "column_target",
            lambda one: two_lines(
                view.title(one.target.indicator), strong(asked(one.target, view.lang))
            ),
            lambda one: view.title(one.target.indicator),
        ),
        shown("column_why_state", state),
        held("column_state", lambda one: view.say(f"verdict_{one.verdict}")),
        held("column_reason", lambda one: " ".join(why_of(view, one))),
        listed("column_history", partial(history_of, view), view.say("semicolon")),
        both("column_flip", lambda one: flip_of(view, one)),
        listed("column_chance", partial(chance_of, view)),
    ]
    notes = [view.say("stability_note")]
    if none:
        notes.insert(0, view.say("stability_some_none", count=len(none), total=len(chosen)))
    return Tabular(view, rows, fields).show(
        "label_stability",
        "pb-stability",
        notes=notes,
        name="stability",
        file=f"stability_{chosen[0].section:02d}",
    )


def _spans(view: View, years: Sequence[int]) -> str:
    """Write years as a list, runs of years as spans."""
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return join([_span(view, run[0], run[-1]) for run in runs], view.lang)


def _span(view: View, first: int, last: int) -> str:
    return str(first) if first == last else view.say("year_span", first=first, last=last)


def _write(view: View, one: Standing, value: float, *, more: int = 0, own: bool = False) -> str:
    """Write a value in the target's unit, or (`own`) in the indicator's."""
    meta = one.facts.indicator
    unit = meta.unit if own else one.target.unit
    return quantity(value, unit, view.lang, meta.decimals + more)


def why_of(view: View, one: Standing) -> list[str]:
    """Say by which rule a verdict came about, with the figures it rests on."""
    lines = [view.say(one.rule)]
    evidence: Mapping[str, Any] = one.judgement.evidence  # what it holds is the rule's matter
    found = one.pace
    broken = evidence.get("breaches", ())
    if "bound" in evidence:
        sign = BOUND_SIGNS[str(evidence["bound_qualifier"])]
        value = sign + _write(view, one, evidence["bound"])
        lines.append(view.say("bound_line", value=value, year=evidence["bound_year"]))
    if "neighbours" in evidence:
        before, after = (
            view.say(
                "figure_of_year",
                figure=_write(view, one, float(one.measured[year])),
                year=view.say("year_mark", year=year, mark=""),
            )
            for year in evidence["neighbours"]
        )
        lines.append(view.say("neighbours_line", before=before, after=after))
    if "missing_year" in evidence:
        lines.append(view.say("sum_gap_line", year=evidence["missing_year"]))
    if broken:
        below = one.facts.sign > 0
        years = _spans(view, broken)
        lines.append(
            view.say("breach_below", years=years)
            if below
            else view.say("breach_above", years=years, worst=_write(view, one, evidence["worst"]))
        )
    elif found.headroom is not None and found.headroom >= 0:
        headroom = _signed(view, one, found.headroom)
        lines.append(view.say("headroom_line", headroom=headroom))
    if found.needed is not None:
        needed = _signed(view, one, found.needed)
        if found.seen is not None:
            lines.append(view.say("pace_line", needed=needed, seen=_signed(view, one, found.seen)))
            if found.latest is not None:
                step = _signed(view, one, found.latest)
                lines.append(view.say("pace_latest_line", since=found.latest_since, seen=step))
        else:
            reason = view.say(f"pace_missing_{found.reasons['seen']}")
            lines.append(view.say("pace_needed_line", needed=needed, reason=reason))
    return lines


def _signed(view: View, one: Standing, value: float, *, own: bool = False) -> str:
    """Write a difference with its sign; differences of per cents are percentage points."""
    meta = one.facts.indicator
    unit = meta.unit if own else one.target.unit
    if unit == "%":
        text = view.say("points_unit", value=number(value, meta.decimals + 1))
    else:
        text = _write(view, one, value, more=1, own=own)
    return f"+{text}" if value > 0 else text


def history_of(view: View, one: Standing) -> list[str]:
    """Write the verdict of each earlier year, years of one verdict together."""
    return [
        view.say(
            "history_year", years=_span(view, first, last), verdict=view.say(f"verdict_{verdict}")
        )
        for first, last, verdict in changes(view.histories[one.target.target_id])
    ]


def flip_of(view: View, one: Standing) -> str:
    """Say the smallest change of the latest figure that changes the verdict."""
    found = one.flip
    if found is None:
        return view.say(str(one.flip_reason))
    verdict = view.say(f"verdict_{found.verdict}")
    value = _write(view, one, found.value, more=1, own=True)
    if found.change == 0:
        return view.say("flip_edge", year=found.year, value=value, verdict=verdict)
    change = _signed(view, one, found.change, own=True)
    key = "flip_beyond" if found.beyond else "flip_to"
    return view.say(key, change=change, year=found.year, value=value, verdict=verdict)


def chance_of(view: View, one: Standing) -> list[str]:
    """Write the chance with its track record, or why it is not estimated."""
    if one.chance is None:
        if one.refused is not None:
            reason = view.why_not(one.refused, one.target.indicator)
        else:
            reason = view.say(str(one.chance_reason))
        return [view.say("chance_not", reason=reason)]
    lines = [view.say("chance_is", chance=probability(one.chance, view.lang))]
    past = one.record
    if past is None:
        return [*lines, view.say("brier_short")]
    if past.forecasts < SCORED_LEAST:
        return [*lines, view.say("brier_few", count=past.forecasts)]
    cover = view.say(
        "track_record",
        forecasts=past.track.forecasts,
        ratio=number(past.track.mae / past.track.mae_naive, 2) if past.track.mae_naive else "–",
        cov80=f"{past.track.coverage[80]:.0f}",
        cov95=f"{past.track.coverage[95]:.0f}",
    )
    score = view.say(
        "brier_line",
        count=past.forecasts,
        happened=quantity(100 * past.happened, "%", view.lang, 0),
        brier=number(past.brier, 2),
        naive=number(past.brier_naive, 2),
    )
    return [*lines, score, cover]
