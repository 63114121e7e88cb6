"""Tables on what changed: verdicts, targets, figures, imports; and which figures were revised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from planbook.analysis.changes.differences import ASPECTS, Changes, FigureChange, TargetChange
from planbook.analysis.progress import VERDICTS
from planbook.data.vintages import day_of, known_from
from planbook.report.html.cells import said
from planbook.report.html.fragments import Column, Shown, file_links, fragment, table, without_empty
from planbook.report.series.revisions import (
    GROUPS,
    _change,
    as_published,
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


# ---- revised figures


# ---- targets


def verdicts(view: View, changes: Changes) -> Shown:
    """Show which states became which, for which targets, and why; then every change."""
    if not changes.targets:
        return said(view.say("change_nothing_targets"))
    frame = _target_frame(view, changes)
    flows: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for one in changes.with_aspect("verdict"):
        key = (one.before["result"]["verdict"], one.after["result"]["verdict"], one.reasons)
        flows.setdefault(key, []).append(_name(view, one))
    order = {name: place for place, name in enumerate(VERDICTS)}
    parts = []
    if flows:
        rows = [
            {
                "cells": [
                    _badge(view, then),
                    _badge(view, now),
                    view.say(
                        "change_flow_targets",
                        count=len(names),
                        list=view.say("semicolon").join(names),
                    ),
                    reasons(view, why),
                ]
            }
            for (then, now, why), names in sorted(
                flows.items(), key=lambda item: (order.get(item[0][1], 99), item[0])
            )
        ]
        columns = [
            Column(view.say("column_then")),
            Column(view.say("column_now")),
            Column(view.say("column_names")),
            Column(view.say("column_why")),
        ]
        label = view.say("change_label_flows")
        parts.append(table(columns, rows, label=label, kind="pb-flows", anchor="flows"))
    rows = [row for one in changes.targets for row in _target_rows(view, one)]
    columns = [
        Column(view.say("column_target")),
        Column(view.say("column_aspect")),
        Column(view.say("column_then")),
        Column(view.say("column_now")),
        Column(view.say("column_why")),
    ]
    inner = table(
        columns,
        rows,
        label=view.say("change_label_targets"),
        anchor="changed-targets",
        links=file_links({"targets": frame}, f"{view.city}_changed_targets", view.lang),
    )
    if len(rows) > FOLD_ABOVE:
        summary = view.say("change_targets_fold", count=len(rows))
        inner = fragment("fold.html", summary=summary, inner=inner)
    return Shown(Markup("\n").join([*parts, inner]), frame.to_string(index=False), frame)


def _badge(view: View, verdict: str) -> Markup | str:
    return badge(view, verdict) if verdict in VERDICTS else verdict


def _name(view: View, one: TargetChange) -> str:
    return known_title(view, (one.after or one.before)["definition"]["indicator"])


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


def _target_rows(view: View, one: TargetChange) -> list[dict[str, object]]:
    name, why = _name(view, one), reasons(view, one.reasons)
    if one.kind != "changed":
        said = [aspect(view, "definition", side) for side in (one.before, one.after)]
        return [{"cells": [name, view.say(f"change_target_{one.kind}"), *said, why]}]
    return [
        {
            "cells": [
                name,
                view.say(f"change_aspect_{item}"),
                aspect(view, item, one.before),
                aspect(view, item, one.after),
                why,
            ]
        }
        for item in ("definition", *ASPECTS)
        if item in one.aspects
    ]


def _target_frame(view: View, changes: Changes) -> pd.DataFrame:
    head = ("column_target", "column_aspect", "column_then", "column_now", "column_why")
    rows = [
        {
            view.say("column_id"): one.target_id,
            **{view.say(key): str(cell) for key, cell in zip(head, row["cells"], strict=True)},
        }
        for one in changes.targets
        for row in _target_rows(view, one)
    ]
    return pd.DataFrame(rows)


# ---- figures


def figures(view: View, changes: Changes) -> Shown:
    """Show every figure that is new, revised or withdrawn: the city's, context, modelled apart."""
    if not changes.figures:
        return said(view.say("change_nothing_figures"))

    def cells(one: FigureChange) -> list[object]:
        row = one.after or one.before
        return [
            view.say(f"change_kind_{one.kind}"),
            known_title(view, one.indicator),
            known_place(view, one.entity),
            str(one.year),
            _side(view, one.indicator, one.before),
            _side(view, one.indicator, one.after),
            _change(view, one.change_pct),
            row["published"] or view.say("unknown"),
            source_link(view, row["source"]),
        ]

    columns = [
        Column(view.say("column_change_kind")),
        Column(view.say("column_indicator")),
        Column(view.say("column_place")),
        Column(view.say("column_year")),
        Column(view.say("column_then"), numeric=True),
        Column(view.say("column_now"), numeric=True),
        Column(view.say("column_change"), numeric=True),
        Column(view.say("column_issued")),
        Column(view.say("column_source")),
    ]
    groups: dict[str, list[FigureChange]] = {}
    for one in changes.figures:
        row = one.after or one.before
        groups.setdefault(group_of(view, one.entity, row["status"]), []).append(one)
    sheets = {
        view.say(f"change_place_{group}"): _figure_frame(view, groups[group])
        for group in GROUPS
        if group in groups
    }
    parts = []
    for group in GROUPS:
        if group not in groups:
            continue
        chosen = [{"cells": cells(one)} for one in groups[group]]
        kept, rows = without_empty(columns, chosen)
        name = view.say(f"change_place_{group}")
        inner = table(kept, rows, label=name, kind="pb-changed-figures", anchor=f"changed-{group}")
        if len(rows) > (OPEN_OWN if group == "own" else FOLD_ABOVE):
            summary = view.say("change_figures_fold", name=name, count=len(rows))
            inner = fragment("fold.html", summary=summary, inner=inner)
        else:
            heading = Markup('<p class="pb-table-title"><strong>{}</strong></p>').format(name)
            inner = heading + inner
        parts.append(inner)
    parts.append(file_links(sheets, f"{view.city}_changed_figures", view.lang))
    data = pd.concat(sheets.values(), ignore_index=True)
    return Shown(Markup("\n").join(parts), data.to_string(index=False), data)


def _side(view: View, indicator: str, row: Mapping[str, Any] | None) -> str:
    if row is None:
        return MISSING
    return as_published(view, indicator, row["value"], row["unit"], row["qualifier"])


def _figure_frame(view: View, chosen: Sequence[FigureChange]) -> pd.DataFrame:
    def value(row: Mapping[str, Any] | None) -> float | None:
        return None if row is None else row["value"]

    return pd.DataFrame(
        [
            {
                view.say("column_change_kind"): view.say(f"change_kind_{one.kind}"),
                view.say("column_indicator"): known_title(view, one.indicator),
                view.say("column_id"): one.indicator,
                view.say("column_place"): known_place(view, one.entity),
                view.say("column_year"): one.year,
                view.say("column_unit"): (one.after or one.before)["unit"],
                view.say("column_then"): value(one.before),
                view.say("column_now"): value(one.after),
                view.say("column_issued"): (one.after or one.before)["published"],
                view.say("column_source"): (one.after or one.before)["source"],
            }
            for one in chosen
        ]
    )


# ---- imports


def entered(view: View, names: Sequence[str], *, since: bool) -> Shown:
    """Show every figure that imports entered, with file, person and time."""
    records = [view.project.imports[name] for name in names]
    rows = [(one, row) for one in records for row in one["rows"]]
    if not rows:
        return said(view.say("change_nothing_entered" if since else "change_nothing_imported"))
    columns = [
        Column(view.say("column_change_kind")),
        Column(view.say("column_indicator")),
        Column(view.say("column_place")),
        Column(view.say("column_year")),
        Column(view.say("column_then"), numeric=True),
        Column(view.say("column_now"), numeric=True),
        Column(view.say("column_file")),
        Column(view.say("column_who")),
    ]
    cells = [_entered_cells(view, record, row) for record, row in rows]
    lead = view.say("change_entered_line", figures=len(rows), imports=len(records))
    frame = pd.DataFrame(
        [dict(zip((one.title for one in columns), map(_plain, row), strict=True)) for row in cells]
    )
    kept, shown = without_empty(columns, [{"cells": row} for row in cells])
    html = fragment("sentences.html", lines=[lead]) + table(
        kept,
        shown,
        label=view.say("change_label_entered"),
        kind="pb-entered",
        anchor="entered",
        links=file_links({"entered": frame}, f"{view.city}_entered", view.lang),
    )
    return Shown(html, f"{lead}\n{frame.to_string(index=False)}", frame)


def _plain(cell: object) -> str:
    return cell.striptags() if isinstance(cell, Markup) else str(cell)


def _entered_cells(view: View, record: Mapping[str, Any], row: Mapping[str, Any]) -> list[object]:
    new, before, indicator = row["row"], row["before"], row["indicator"]

    def write(one: Mapping[str, Any] | None) -> str:
        if one is None:
            return MISSING
        return as_published(view, indicator, float(one["value"]), one["unit"], one["qualifier"])

    now: str | Markup = write(new)
    dated = pd.DataFrame({"published": [new["published"]], "year": [int(row["year"])]})
    day = known_from(dated).iloc[0]
    if day > day_of(view.until):
        late = view.say("change_entered_later", day=day)
        now = Markup("{}<br><small>{}</small>").format(now, late)
    kind = "added" if row["action"] == "new" else "revised"
    read = row["read_from"]
    place = " ".join(text for text in (read["sheet"], read["cell"]) if text)
    file = Markup("{} <small>{}</small>").format(read["file"], place)
    who = join([text for text in (record["who"], record["when"][:10]) if text], view.lang)
    return [
        view.say(f"change_kind_{kind}"),
        known_title(view, indicator),
        known_place(view, row["entity"]),
        str(row["year"]),
        write(before),
        now,
        file,
        who,
    ]
