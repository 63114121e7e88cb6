"""Charts of the inventory: emissions of lines with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from planbook.report.drawing.style import MarkStyle


@dataclass(frozen=True)
class Interval:
    """One line: a bar to its central value, and where 95 % of the draws lie."""

    label: str
    value: float  # in the unit of the axis
    low: float
    high: float
    text: str  # written at the end


def plot_intervals(
    ax: Axes,
    rows: Sequence[Interval],
    look: MarkStyle,
    *,
    modelled: bool,
    longest: float,
    room: float,
) -> Axes:
    """Draw bars with whiskers, the first on top; a modelled bar is hatched."""
    positions = range(len(rows) - 1, -1, -1)
    for position, row in zip(positions, rows, strict=True):
        ax.barh(
            position,
            row.value,
            height=0.56,
            color="white" if modelled else look.color,
            edgecolor=look.color,
            hatch="////" if modelled else None,
            linewidth=1.2,
        )
        for color, width in (("white", 4.2), ("#222222", 1.6)):  # a halo, to be seen on a dark bar
            ax.plot(
                [row.low, row.high],
                [position, position],
                color=color,
                linewidth=width,
                marker="|",
                markersize=9 + (width > 2),
                markeredgewidth=width,
                solid_capstyle="butt",
                zorder=4,
            )
        ax.annotate(
            row.text,
            (max(row.high, row.value), position),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
        )
    ax.set_yticks(list(positions), [row.label for row in rows])
    ax.set_xlim(0, longest * room)
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_xticks([])
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    return ax
