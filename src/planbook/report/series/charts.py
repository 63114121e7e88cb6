"""Levels side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from planbook.report.drawing.style import MarkStyle, annotate, from_top, name_rows


@dataclass(frozen=True)
class Level:
    """One figure on a scale from 0 to 100."""

    name: str
    value: float
    label: str  # the figure as readers write it, with its year
    bound: str
    look: MarkStyle


def plot_levels(ax: Axes, levels: Sequence[Level]) -> Axes:
    """Draw figures in per cent as dots on a line from 0 to 100, each with its label."""
    for position, level in from_top(levels):
        color = level.look.color
        ax.hlines(position, 0, 100, color="#E4E4E4", linewidth=5, zorder=1)
        ax.hlines(position, 0, level.value, color=color, linewidth=2.2, alpha=0.55, zorder=2)
        marker = {"at_least": ">", "at_most": "<"}.get(level.bound, level.look.marker)
        ax.plot(
            [level.value],
            [position],
            marker=marker,
            markersize=8,
            color=color,
            markerfacecolor=color if level.look.filled and not level.bound else "white",
            linestyle="none",
            zorder=3,
        )
        right = level.value > 60
        annotate(
            ax,
            level.label,
            (level.value, position),
            (0 if right else -2, 8),
            ha="right" if right else "left",
            va="bottom",
            fontweight="bold",
            color=color,
        )
    name_rows(ax, [level.name for level in levels], above=0.35)
    ax.set_xlim(0, 103)
    ax.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100 %"])
    ax.grid(visible=False, axis="y")
    return ax
