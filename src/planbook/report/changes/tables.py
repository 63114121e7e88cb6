"""Tables on what changed: verdicts, targets, figures, imports; and which figures were revised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

import pandas as pd
from markupsafe import Markup

from planbook.analysis.changes.differences import ASPECTS, Changes, FigureChange, TargetChange
from planbook.analysis.progress import VERDICTS
from planbook.data.vintages import day_of, known_from
from planbook.report.html.cells import said, small, strong, two_lines
from planbook.report.html.fragments import Shown, file_links
from planbook.report.html.tabular import TableField, Tabular, both, column, held, shown
from planbook.report.series.revisions import (
    GROUPS,
    as_published,
    change_of,
    group_of,
    known_place,
    known_title,
    source_link,
)
from planbook.report.series.tables import FOLD_ABOVE
from planbook.report.targets.tables import badge
from planbook.report.view import View
from planbook.text import MISSING, join, probability, quantity

OPEN_OWN = 30  # rows; the city's own figures are what readers look for


def reasons(view: View, names: Sequence[str]) -> str:
    """Name reasons, such as “new data; the code”."""
    return view.say("count_separator").join(view.say(f"change_reason_{one}") for one in names)


# ---- targets


def verdicts(view: View, changes: Changes) -> Shown:
    """Show which states became which, for which targets, and why; then every change."""
    if not changes.targets:
        return said(view.say("change_nothing_targets"))
    rows = [row for one in changes.targets for row in _target_rows(view, one)]
    heads = ("column_target", "column_aspect", "column_then", "column_now", "column_why")
    fields = [
        held("column_id", itemgetter(0)),
        *(both(key, itemgetter(place)) for place, key in enumerate(heads, start=1)),
    ]
    main = Tabular(view, rows, fields).show(
        "change_label_targets",
        anchor="changed-targets",
        name="targets",
        file="changed_targets",
        fold=view.say("change_targets_fold", count=len(rows)) if len(rows) > FOLD_ABOVE else "",
    )
    flows = _flows(view, changes)
    return replace(main, html=Markup("\n").join([flows, main.html])) if flows else main


def _flows(view: View, changes: Changes) -> str:
    """Show which states became which, the worst of today first; nothing where none did."""
    flows: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for one in changes.with_aspect("verdict"):
        assert one.before is not None and one.after is not None  # a verdict changed, none came
        key = (one.before["result"]["verdict"], one.after["result"]["verdict"], one.reasons)
        flows.setdefault(key, []).append(_name(view, one))
    if not flows:
        return ""
    order = {name: place for place, name in enumerate(VERDICTS)}

    def badge_of(verdict: str) -> str:
        return badge(view, verdict) if verdict in VERDICTS else verdict

    def names(row: tuple[str, str, tuple[str, ...]]) -> str:
        listed = view.say("semicolon").join(flows[row])
        return view.say("change_flow_targets", count=len(flows[row]), list=listed)

    return (
        Tabular(
            view,
            sorted(flows, key=lambda row: (order.get(row[1], 99), row)),
            [
                shown("column_then", lambda row: badge_of(row[0])),
                shown("column_now", lambda row: badge_of(row[1])),
                shown("column_names", names),
                shown("column_why", lambda row: reasons(view, row[2])),
            ],
        )
        .show("change_label_flows", "pb-flows", anchor="flows")
        .html
    )


def entry_of(one: TargetChange | FigureChange) -> Mapping[str, Any]:
    """Give what stands of a change today, or stood before what is gone."""
    entry = one.after or one.before
    assert entry is not None  # it would be no change
    return entry


def _name(view: View, one: TargetChange) -> str:
    return known_title(view, entry_of(one)["definition"]["indicator"])


def aspect(view: View, name: str, entry: Mapping[str, Any] | None) -> str:
    """Write one aspect of what an edition says of a target, in the target's unit."""
    if entry is None:
        return MISSING
    said, asked = entry["result"], entry["definition"]

    def write(value: float | None) -> str:
        return as_published(view, asked["indicator"], value, asked["unit"])

    if name == "definition":
        when = view.say("year_mark", year=asked["deadline"], mark="") if asked["deadline"] else ""
        return f"{asked['operator']} {write(asked['value'])} {when}".strip()
    if name == "verdict":
        return view.say(f"verdict_{said['verdict']}") if said["verdict"] in VERDICTS else MISSING
    if name == "chance":
        return probability(said["probability"], view.lang)
    if name == "latest":
        if said["latest"] is None:
            return MISSING
        year = view.say("year_mark", year=said["latest_year"], mark="")
        return view.say("figure_of_year", figure=write(said["latest"]), year=year)
    if said["forecast"] is None:
        return MISSING
    meta = view.project.catalog.get(asked["indicator"])
    digits = meta.decimals if meta else 1
    ends = {
        key: quantity(said[key], asked["unit"], view.lang, digits)
        for key in ("forecast", "lo95", "hi95")
    }
    return view.say("change_forecast", **ends)


def _target_rows(view: View, one: TargetChange) -> list[tuple[str, ...]]:
    """Give id, name, aspect, then, now and why of everything that changed in a target."""
    name, why = _name(view, one), reasons(view, one.reasons)
    if one.kind != "changed":
        sides = [aspect(view, "definition", side) for side in (one.before, one.after)]
        return [(one.target_id, name, view.say(f"change_target_{one.kind}"), *sides, why)]
    return [
        (
            one.target_id,
            name,
            view.say(f"change_aspect_{item}"),
            aspect(view, item, one.before),
            aspect(view, item, one.after),
            why,
        )
        for item in ("definition", *ASPECTS)
        if item in one.aspects
    ]


# ---- figures


def figures(view: View, changes: Changes) -> Shown:
    """Show every figure that is new, revised or withdrawn: the city's, context, modelled apart."""
    if not changes.figures:
        return said(view.say("change_nothing_figures"))
    groups: dict[str, list[FigureChange]] = {group: [] for group in GROUPS}
    for one in changes.figures:
        groups[group_of(view, one.entity, entry_of(one)["status"])].append(one)
    fields, sheets, parts = _figure_fields(view), {}, []
    for group, chosen in groups.items():
        if not chosen:
            continue
        name, count = view.say(f"change_place_{group}"), len(chosen)
        is_long = count > (OPEN_OWN if group == "own" else FOLD_ABOVE)
        main = Tabular(view, chosen, fields).show(
            f"change_place_{group}",
            "pb-changed-figures",
            anchor=f"changed-{group}",
            lean=True,
            fold=view.say("change_figures_fold", name=name, count=count) if is_long else "",
        )
        heading = Markup('<p class="pb-table-title">{}</p>').format(strong(name))
        parts.append(main.html if is_long else heading + main.html)
        sheets[name] = Tabular(view, chosen, fields).frame
    parts.append(file_links(sheets, f"{view.city}_changed_figures", view.lang))
    data = pd.concat(sheets.values(), ignore_index=True)
    return Shown(Markup("\n").join(parts), data.to_string(index=False), data)


def _figure_fields(view: View) -> list[TableField]:
    def write(one: FigureChange, row: Mapping[str, Any] | None) -> str:
        return MISSING if row is None else _published(view, one.indicator, row)

    def value(row: Mapping[str, Any] | None) -> float | None:
        return None if row is None else row["value"]

    return [
        both("column_change_kind", lambda one: view.say(f"change_kind_{one.kind}")),
        both("column_indicator", lambda one: known_title(view, one.indicator)),
        held("column_id", lambda one: one.indicator),
        both("column_place", lambda one: known_place(view, one.entity)),
        both("column_year", lambda one: one.year),
        held("column_unit", lambda one: entry_of(one)["unit"]),
        column(
            "column_then",
            lambda one: write(one, one.before),
            lambda one: value(one.before),
            numeric=True,
        ),
        column(
            "column_now",
            lambda one: write(one, one.after),
            lambda one: value(one.after),
            numeric=True,
        ),
        shown("column_change", lambda one: change_of(view, one.change_pct), numeric=True),
        column(
            "column_issued",
            lambda one: entry_of(one)["published"] or view.say("unknown"),
            lambda one: entry_of(one)["published"],
        ),
        column(
            "column_source",
            lambda one: source_link(view, entry_of(one)["source"]),
            lambda one: entry_of(one)["source"],
        ),
    ]


def _published(view: View, indicator: str, row: Mapping[str, Any]) -> str:
    return as_published(view, indicator, float(row["value"]), row["unit"], row["qualifier"])


# ---- imports


def entered(view: View, names: Sequence[str], *, since: bool) -> Shown:
    """Show every figure that imports entered, with file, person and time."""
    records = [view.project.imports[name] for name in names]
    rows = [{**row, "record": record} for record in records for row in record["rows"]]
    if not rows:
        return said(view.say("change_nothing_entered" if since else "change_nothing_imported"))

    def kind(row: Mapping[str, Any]) -> str:
        return view.say(f"change_kind_{'added' if row['action'] == 'new' else 'revised'}")

    def then(row: Mapping[str, Any]) -> str:
        before = row["before"]
        return MISSING if before is None else _published(view, row["indicator"], before)

    def file(row: Mapping[str, Any]) -> Markup:
        read = row["read_from"]
        place = " ".join(text for text in (read["sheet"], read["cell"]) if text)
        return Markup("{} {}").format(read["file"], small(place))

    def who(row: Mapping[str, Any]) -> str:
        parts = (row["record"]["who"], row["record"]["when"][:10])
        return join([text for text in parts if text], view.lang)

    fields = [
        both("column_change_kind", kind),
        both("column_indicator", lambda row: known_title(view, row["indicator"])),
        both("column_place", lambda row: known_place(view, row["entity"])),
        both("column_year", lambda row: str(row["year"])),
        both("column_then", then, numeric=True),
        both("column_now", lambda row: _entered(view, row), numeric=True),
        both("column_file", file),
        both("column_who", who),
    ]
    return Tabular(view, rows, fields).show(
        "change_label_entered",
        "pb-entered",
        anchor="entered",
        lead=[view.say("change_entered_line", figures=len(rows), imports=len(records))],
        name="entered",
        lean=True,
    )


def _entered(view: View, row: Mapping[str, Any]) -> str:
    """Write the figure that was entered, with a word if it is known only after the date."""
    new = row["row"]
    now = _published(view, row["indicator"], new)
    dated = pd.DataFrame({"published": [new["published"]], "year": [int(row["year"])]})
    day = known_from(dated).iloc[0]
    if day <= day_of(view.until):
        return now
    return two_lines(now, small(view.say("change_entered_later", day=day)))
