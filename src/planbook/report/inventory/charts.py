"""Charts of the inventory: emissions of lines with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from planbook.report.drawing.style import (
    LOOKS,
    MarkStyle,
    annotate,
    from_top,
    mark_years,
    name_rows,
)
from planbook.report.targets.charts import NOTE_COLOR


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
    for position, row in from_top(rows):
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
        annotate(ax, row.text, (max(row.high, row.value), position), (7, 0), va="center")
    name_rows(ax, [row.label for row in rows])
    ax.set_xlim(0, longest * room)
    ax.set_xticks([])
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    return ax


@dataclass(frozen=True)
class CoverageRow:
    """The years for which one indicator has a figure."""

    name: str
    years: tuple[int, ...]
    is_modelled: bool


def plot_coverage(ax: Axes, rows: Sequence[CoverageRow], *, now: int) -> Axes:
    """Draw one dot for each indicator and year that has a figure."""
    for position, row in from_top(rows):
        look = LOOKS["city_modelled" if row.is_modelled else "city"]
        ax.hlines(position, row.years[0], now, color="#E4E4E4", linewidth=1, zorder=1)
        ax.plot(
            row.years,
            [position] * len(row.years),
            linestyle="none",
            marker=look.marker,
            markersize=5,
            color=look.color,
            markerfacecolor=look.color if look.filled else "white",
            zorder=3,
        )
    ax.axvline(now, color=NOTE_COLOR, linewidth=1, linestyle=(0, (2, 2)), zorder=2)
    name_rows(ax, [row.name for row in rows], fontsize=8.5)
    first = min(row.years[0] for row in rows)
    ax.set_xlim(min(first, now - 4) - 0.7, max(now, *(row.years[-1] for row in rows)) + 0.8)
    mark_years(ax, 7)
    ax.grid(visible=False, axis="y")
    return ax


def coverage_handles(
    rows: Sequence[CoverageRow], words: dict[str, str]
) -> list[tuple[Line2D, str]]:
    """Give the legend of `plot_coverage`: only the kinds that are drawn."""
    found = []
    for key, kind in ((False, "city"), (True, "city_modelled")):
        if any(row.is_modelled is key for row in rows):
            look = LOOKS[kind]
            handle = Line2D(
                [],
                [],
                linestyle="none",
                marker=look.marker,
                color=look.color,
                markerfacecolor=look.color if look.filled else "white",
            )
            found.append((handle, words[kind]))
    return found
