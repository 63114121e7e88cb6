"""What changed, drawn and said: the comparison, its headline numbers, chances then and now."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from planbook.analysis.changes.baseline import Baseline
from planbook.analysis.changes.differences import Changes
from planbook.report.changes import charts as charts_changes
from planbook.report.changes.tables import entry_of
from planbook.report.drawing import style as charts
from planbook.report.figure import assemble
from planbook.report.html.cells import said
from planbook.report.html.fragments import Shown, draw, fragment
from planbook.report.series.revisions import group_of
from planbook.report.targets.tables import cards as show_cards
from planbook.report.view import View
from planbook.text import probability

NAME_WIDTHS = {False: 34, True: 22}  # characters a line, by whether the chart is narrow


def comparison(view: View, baseline: Baseline, changes: Changes) -> Shown:
    """Say what is compared with what, and how dates are counted."""
    old, new = changes.old, changes.new
    key = "undated" if baseline.kind == "year" and not baseline.newest else baseline.kind
    lines = [
        view.say(
            f"change_against_{key}",
            day=old.day,
            year=old.year,
            name=old.name,
            kept=old.kept,
            newest=baseline.newest,
            count=len(view.project.imports),
        ),
        view.say(
            "change_dates_line",
            day=min(new.day, view.project.day(new.year)),
            year=new.year,
            undated=int((new.figures["published"] == "").sum()),
            total=len(new.figures),
        ),
    ]
    return said(*lines)


def cards(view: View, changes: Changes) -> Shown:
    """Show how many figures, verdicts, forecasts and chances differ."""
    counts = changes.counts()
    entries = []
    for kind in ("added", "revised", "withdrawn"):
        of_city = sum(
            group_of(view, one.entity, entry_of(one)["status"]) == "own"
            for one in changes.figures_of(kind)
        )
        note = view.say("change_card_own", count=of_city, city=view.place(view.city))
        entries.append((str(counts[f"figures_{kind}"]), view.say(f"change_card_{kind}"), note))
    total = view.say("change_card_targets", total=len(changes.new.targets))
    for kind in ("verdicts", "forecasts", "chances"):
        entries.append((str(counts[kind]), view.say(f"change_card_{kind}"), total))
    return show_cards(view, entries)


def summary(view: View, changes: Changes) -> Shown:
    """Say how many changes come of the passing of time alone."""
    changed = changes.with_aspect("verdict")
    alone = sum(one.reasons == ("time",) for one in changed)
    if not alone:
        return Shown("", "")
    return said(view.say("change_by_time", count=alone))


def chances(view: View, changes: Changes) -> Shown:
    """Draw the chances that moved, then and now; a sentence where none did."""
    moved: list[tuple[str, float, float]] = []
    for one in changes.with_aspect("chance"):
        ends = [side["result"]["probability"] for side in (one.before, one.after) if side]
        if None not in ends:
            name = view.title(entry_of(one)["definition"]["indicator"])
            moved.append((name, ends[0], ends[1]))
    if not moved:
        counts = [
            sum(one["result"]["probability"] is not None for one in side.targets.values())
            for side in (changes.old, changes.new)
        ]
        total = len(changes.new.targets)
        return said(view.say("change_nothing_chances", then=counts[0], now=counts[1], total=total))

    def label(then: float, now: float) -> str:
        words = {"then": probability(then, view.lang), "now": probability(now, view.lang)}
        return view.say("change_chance_label", **words)

    def paint(figure: Figure, narrow: bool) -> None:
        rows = [
            charts_changes.Moved(
                charts.wrap(name, NAME_WIDTHS[narrow]), 100 * then, 100 * now, label(then, now)
            )
            for name, then, now in moved
        ]
        axis = view.say("change_chances_axis")
        charts_changes.plot_moved(figure.subplots(), rows, axis=axis)

    height = 1.3 + 0.62 * len(moved)
    data = pd.DataFrame(
        {
            view.say("column_target"): [name for name, _, _ in moved],
            view.say("column_then"): [then for _, then, _ in moved],
            view.say("column_now"): [now for _, _, now in moved],
        }
    )
    return assemble(
        view,
        anchor="chances",
        title=view.say("change_chances_title", count=len(moved)),
        reading=view.say("change_chances_reading"),
        alt=_listed(view, moved),
        images=draw(paint, height, height + 0.3),
        data=data,
    )


def _listed(view: View, moved: Sequence[tuple[str, float, float]]) -> str:
    return " ".join(
        view.say(
            "change_chance_alt",
            target=name,
            then=probability(then, view.lang),
            now=probability(now, view.lang),
        )
        for name, then, now in moved
    )


def caveats(view: View, changes: Changes) -> Shown:
    """Say how reasons are found, and what else limits the comparison."""
    used = {reason for one in changes.targets for reason in one.reasons}
    lines = [view.say("change_caveat_rule"), view.say("caveat_plan")]
    if "code_possible" in used:
        lines.insert(1, view.say("change_caveat_possible"))
    return Shown(fragment("list.html", lines=lines), "\n".join(lines))
