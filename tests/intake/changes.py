"""What a change of a sheet is, where changes are entered, and what they help themselves with.

A change of meaning gives the changed sheet and what may come of it: that the import
stops is right for all of them; where the changed sheet still has a meaning, so are
exactly its figures. A change without meaning gives the changed sheet alone. None where
a change does not fit a layout.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .layouts import COUNTY, Figure, Figures, Layout

Meant = tuple[Layout, Figures | None]
MEANING: dict[str, Callable[[Layout], Meant | None]] = {}
NOTHING: dict[str, Callable[[Layout], Layout | None]] = {}
SIZES = {"吨": 1.0, "t": 1.0, "万吨": 1e4, "10 000 t": 1e4}


def meaning(name: str):
    """Enter a change of meaning under its name."""

    def enter(change):
        assert name not in MEANING
        MEANING[name] = change
        return change

    return enter


def nothing(name: str):
    """Enter a change without meaning under its name."""

    def enter(change):
        assert name not in NOTHING
        NOTHING[name] = change
        return change

    return enter


def first(layout: Layout) -> Figure:
    return layout.figures[0]


def last(layout: Layout) -> Figure:
    """Give the last figure of an amount, so that its unit can be another."""
    return [one for one in layout.figures if one.indicator != "straw_utilisation_rate"][-1]


def cell_of(layout: Layout, one: Figure) -> Any:
    return layout.sheet.rows[one.row][one.column]


def is_own_form(layout: Layout) -> bool:
    return layout.book is not None


def moved(layout: Layout, place: str = COUNTY) -> Figures | None:
    """Give the figures as the county's, where no column says whose they are."""
    if "place" in layout.fields:
        return None
    return {(one, place, year): value for (one, _, year), value in layout.right.items()}


def without(layout: Layout, gone: Figure) -> Figures:
    key = (gone.indicator, gone.place, gone.year)
    return {one: value for one, value in layout.right.items() if one != key}


def with_value(layout: Layout, one: Figure, value: float, mark: str = "") -> Figures:
    return {**layout.right, (one.indicator, one.place, one.year): (float(f"{value:.10g}"), mark)}


def unit_of(layout: Layout, one: Figure) -> str:
    """Find the unit that holds for a figure."""
    if layout.unit_place == "column":
        return str(layout.sheet.rows[one.row][layout.column("unit")])
    if layout.unit_place == "heading":
        return str(layout.sheet.head[one.column]).partition("（")[2].rstrip("）")
    return "万吨"


def year_heads(layout: Layout) -> list[int]:
    return [column for column, what in enumerate(layout.fields) if what.startswith("y2")]


def after_indicator(layout: Layout) -> int:
    return layout.column("indicator") + 1
