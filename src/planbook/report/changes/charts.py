"""A chart of then and now: two marks and a line for each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from planbook.report.drawing.style import LOOKS, annotate, from_top, name_rows

OWN = LOOKS["city"]
LINE_WIDTH = 1.6


@dataclass(frozen=True)
class Moved:
    """One row: its name, both values in per cent, and how readers write them."""

    name: str
    then: float
    now: float
    label: str


def plot_moved(ax: Axes, rows: Sequence[Moved], *, axis: str) -> Axes:
    """Draw a ring for the value then and a filled diamond for the value now."""
    for position, row in from_top(rows):
        ax.hlines(position, row.then, row.now, color=OWN.color, linewidth=LINE_WIDTH)
        ax.plot(row.then, position, "o", color=OWN.color, markerfacecolor="white", markersize=7)
        ax.plot(row.now, position, "D", color=OWN.color, markersize=7)
        annotate(
            ax,
            row.label,
            ((row.then + row.now) / 2, position),
            (0, 8),
            ha="center",
            color=OWN.color,
        )
    name_rows(ax, [row.name for row in rows], above=0.3)
    ax.set_xlim(-6, 106)
    ax.set_xticks([0, 25, 50, 75, 100])
    ax.set_xlabel(axis, fontsize=9.5)
    ax.grid(visible=False, axis="y")
    return ax
