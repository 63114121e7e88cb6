"""Tell what differs between two editions, as text for a terminal or as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planbook.analysis.changes.differences import ASPECTS, Changes, FigureChange, TargetChange
from planbook.cli.diff_sides import Side
from planbook.data.city import CityData
from planbook.data.snapshots import Edition
from planbook.intake.faults import visible
from planbook.text import BOUND_SIGNS, MISSING, bare, columns, probability, say

SHOWN = 60  # figures in the terminal; JSON has all
FIGURE_HEAD = ("kind", "indicator", "place", "year", "before", "after", "unit", "published")
FIGURE_KEYS = ("kind", "reason", "indicator", "entity", "year", "before", "after", "change_pct")
TARGET_HEAD = ("target", "aspect", "before", "after", "reason")


def as_plain(changes: Changes, old: Side, new: Side) -> dict[str, Any]:
    """Give everything as plain data, nothing rounded."""
    return {
        "old": _side(old),
        "new": _side(new),
        "counts": changes.counts(),
        "figures": [_named(one, FIGURE_KEYS) for one in changes.figures],
        "targets": [
            {
                "target_id": one.target_id,
                "kind": one.kind,
                "aspects": list(one.aspects),
                "reasons": list(one.reasons),
                "before": one.before,
                "after": one.after,
                "figures": [[item.indicator, item.entity, item.year] for item in one.figures],
            }
            for one in changes.targets
        ],
        "notes": [key.removeprefix("change_note_") for key in (*old.notes, *new.notes)],
    }


def _named(one: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(one, name) for name in names}


def _side(side: Side) -> dict[str, Any]:
    edition = side.edition
    return {
        "asked": side.label,
        "kind": side.kind,
        "city": edition.city,
        "name": edition.name,
        "day": edition.day,
        "year": edition.year,
        "program": dict(edition.program),
        "data": dict(edition.data),
        "figures": len(edition.figures),
        "targets": len(edition.targets),
    }


def as_text(changes: Changes, old: Side, new: Side, present: CityData, lang: str) -> list[str]:
    """Write the comparison: what with what, counts, targets, figures, what it cannot see."""
    lines = [
        say(f"change_side_{name}", lang, label=side.label, day=side.edition.day,
            year=side.edition.year, figures=len(side.edition.figures))
        for name, side in (("old", old), ("new", new))
    ]  # fmt: skip
    lines.append(say("change_counts", lang, **changes.counts()))
    if changes.targets:
        head = [say(f"change_head_{name}", lang) for name in TARGET_HEAD]
        rows = [row for one in changes.targets for row in _target_rows(one, present, lang)]
        lines += ["", *columns([head, *rows])]
    if changes.figures:
        head = [say(f"change_head_{name}", lang) for name in FIGURE_HEAD]
        rows = [_figure_row(one, present, lang) for one in changes.figures[:SHOWN]]
        lines += ["", *columns([head, *rows])]
        if len(changes.figures) > SHOWN:
            lines.append(say("change_more", lang, count=len(changes.figures) - SHOWN))
    lines += [say(key, lang) for key in dict.fromkeys((*old.notes, *new.notes))]
    return lines


def reasons_in_words(reasons: Sequence[str], lang: str) -> str:
    """Name reasons, such as “new data; the code”."""
    return say("count_separator", lang).join(say(f"change_reason_{one}", lang) for one in reasons)


def aspect_in_words(aspect: str, entry: Mapping[str, Any] | None, lang: str) -> str:
    """Write one aspect of what an edition says of a target."""
    if entry is None:
        return MISSING
    said, asked = entry["result"], entry["definition"]
    if aspect == "definition":
        parts = [asked["operator"], bare(asked["value"]), asked["unit"]]
        return " ".join([*parts, str(asked["deadline"] or "")]).strip()
    if aspect == "verdict":
        return say(f"verdict_{said['verdict']}", lang)
    if aspect == "chance":
        return probability(said["probability"], lang)
    if aspect == "latest":
        if said["latest"] is None:
            return MISSING
        return say("figure_of_year", lang, figure=_short(said["latest"]),
                   year=say("year_mark", lang, year=said["latest_year"], mark=""))  # fmt: skip
    if said["forecast"] is None:
        return MISSING
    ends = {name: _short(said[name]) for name in ("forecast", "lo95", "hi95")}
    return say("change_forecast", lang, **ends)


def _short(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")


def _target_rows(one: TargetChange, present: CityData, lang: str) -> list[list[str]]:
    entry = one.after or one.before or {}
    indicator = entry["definition"]["indicator"]
    known = present.catalog.get(indicator)
    name = f"{one.target_id} {known.title[lang] if known else indicator}"
    reasons = reasons_in_words(one.reasons, lang)
    if one.kind != "changed":
        return [[name, say(f"change_target_{one.kind}", lang), MISSING, MISSING, reasons]]
    return [
        [
            visible(name),
            say(f"change_aspect_{aspect}", lang),
            aspect_in_words(aspect, one.before, lang),
            aspect_in_words(aspect, one.after, lang),
            reasons,
        ]
        for aspect in ("definition", *ASPECTS)
        if aspect in one.aspects
    ]


def _figure_row(one: FigureChange, present: CityData, lang: str) -> list[str]:
    known = present.catalog.get(one.indicator)
    place = present.entities.get(one.entity)
    row = one.after or one.before or {}
    cells = [
        say(f"change_kind_{one.kind}", lang),
        known.title[lang] if known else one.indicator,
        place[lang] if place else one.entity,
        str(one.year),
        *(
            MISSING
            if side is None
            else BOUND_SIGNS.get(side["qualifier"], "") + f"{side['value']:.10g}"
            for side in (one.before, one.after)
        ),
        row["unit"],
        row["published"] or MISSING,
    ]
    return [visible(cell) for cell in cells]


def names(editions: Mapping[str, Edition], lang: str) -> list[str]:
    """List kept editions as lines of a table."""
    head = [say(f"change_list_{name}", lang) for name in ("name", "kept", "day", "figures")]
    rows = [[name, one.kept, one.day, str(len(one.figures))] for name, one in editions.items()]
    return columns([head, *rows]) if rows else [say("change_no_editions", lang)]
