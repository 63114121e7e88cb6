"""Tell what an import would do, as text for a terminal or as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planbook.data.catalog import Catalog
from planbook.files.records import Text
from planbook.intake.checks.revisions import Change
from planbook.intake.faults import LEVELS, of_level, visible
from planbook.intake.import_run import Intake
from planbook.text import columns, say

COLUMNS = ("action", "indicator", "entity", "year", "before", "after", "unit", "source", "cell")
SHOWN = 60  # rows of one kind in the terminal; JSON has all


def counts(intake: Intake) -> dict[str, int]:
    """Count figures by what happens to them; refused are those with an error."""
    found = {
        name: sum(one.action == name for one in intake.changes)
        for name in ("new", "revised", "unchanged")
    }
    return {
        **found,
        "refused": len({(f.file, f.sheet, f.cell) for f in intake.errors}),
        "questions": len(intake.questions),
        "unread": len(intake.unread),
        "warnings": len(intake.warnings),
    }


def as_rows(intake: Intake) -> list[dict[str, Any]]:
    """Give every change as plain data, the refused figures left out."""
    return [_plain(one) for one in intake.changes]


def _plain(change: Change) -> dict[str, Any]:
    figure = change.figure
    return {
        "action": change.action,
        "indicator": figure.indicator,
        "entity": figure.entity,
        "year": figure.year,
        "before": None if change.before is None else change.before["value"],
        "after": figure.value,
        "unit": figure.unit,
        "qualifier": figure.qualifier,
        "status": figure.status,
        "published": figure.published,
        "source": figure.source,
        "file": visible(figure.entry.file),
        "sheet": visible(figure.entry.sheet),
        "cell": figure.entry.cells["value"].ref,
        "given": figure.given_value,
        "given_unit": visible(figure.given_unit),
    }


def as_json(intake: Intake, lang: str, **more: Any) -> dict[str, Any]:
    """Give the whole preview as plain data."""
    return {
        "counts": counts(intake),
        "cells": intake.cells,
        "figures": as_rows(intake),
        "faults": [fault.as_dict(lang) for fault in intake.faults],
        "sources": intake.sources,
        "files": list(intake.read),
        **more,
    }


def as_text(intake: Intake, catalog: Catalog, entities: Mapping[str, Text], lang: str) -> list[str]:
    """Write the preview: figures by what happens to them, sources, faults, counts."""
    lines: list[str] = []
    shown = [one for one in intake.changes if one.action != "unchanged"]
    if shown:
        head = tuple(say(f"intake_column_{name}", lang) for name in COLUMNS)
        table = [head, *(_cells(one, catalog, entities, lang) for one in shown[:SHOWN])]
        lines += columns(table)
        if len(shown) > SHOWN:
            lines.append(say("intake_more", lang, count=len(shown) - SHOWN))
    for key, entry in intake.sources.items():
        lines.append(
            say("intake_new_source", lang, source=key, title=visible(entry["title"][lang]),
                producer=visible(entry["producer"][lang]))
        )  # fmt: skip
    for level in LEVELS:
        lines += [fault.line(lang) for fault in of_level(intake.faults, level)]
    lines.append(say("intake_cells", lang, **intake.cells))
    lines.append(say("intake_counts", lang, **counts(intake)))
    return lines


def _cells(
    change: Change, catalog: Catalog, entities: Mapping[str, Text], lang: str
) -> tuple[str, ...]:
    figure = change.figure
    sign = {"at_least": "≥", "at_most": "≤", "about": "≈"}
    before = "" if change.before is None else (
        sign.get(change.before["qualifier"], "") + f"{change.before['value']:.10g}"
    )  # fmt: skip
    return (
        say(f"intake_action_{change.action}", lang),
        catalog[figure.indicator].title[lang],
        entities[figure.entity][lang],
        str(figure.year),
        before,
        sign.get(figure.qualifier, "") + f"{figure.value:.10g}",
        figure.unit,
        figure.source,
        visible(f"{figure.entry.sheet} {figure.entry.cells['value'].ref}".strip()),
    )
