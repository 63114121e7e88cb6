"""Bars of amounts that targets set, beside what is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from planbook.report.drawing.style import (
    LOOKS,
    NOTE_COLOR,
    PLANNED_HATCH,
    TARGET_COLOR,
    annotate,
    from_top,
    mark_amounts,
    name_rows,
)


@dataclass(frozen=True)
class AmountBar:
    """One planned amount and what is published of it, all in one unit."""

    name: str
    planned: float
    planned_label: str  # a second line holds the plan's own unit
    published: float | None  # reached so far, by the indicator itself
    part: float | None  # a figure near it, such as a single year's amount
    note: str  # written below the bar: what is published, or that nothing is


def plot_amounts(ax: Axes, bars: Sequence[AmountBar], *, room: float) -> Axes:
    """Draw planned amounts as hatched outlines, published ones as solid bars inside."""
    longest = max([max(bar.planned, bar.published or 0, bar.part or 0) for bar in bars])
    for position, bar in from_top(bars):
        ax.barh(
            position,
            bar.planned,
            height=0.5,
            facecolor="none",
            edgecolor=TARGET_COLOR,
            hatch=PLANNED_HATCH,
            linewidth=1.3,
        )
        for value, look in ((bar.part, LOOKS["county"]), (bar.published, LOOKS["city"])):
            if value is not None:
                ax.barh(
                    position,
                    value,
                    height=0.26,
                    facecolor=look.color,
                    edgecolor="white",
                    linewidth=0.8,
                    zorder=3,
                )
        annotate(
            ax,
            bar.planned_label,
            (bar.planned, position),
            (6, 0),
            va="center",
            fontweight="bold",
            color=TARGET_COLOR,
        )
        annotate(
            ax, bar.note, (0, position - 0.29), (1, -1), va="top", fontsize=8.5, color=NOTE_COLOR
        )
    name_rows(ax, [bar.name for bar in bars], below=0.85, above=0.6)
    ax.set_xlim(0, longest * room)
    ax.grid(visible=False, axis="y")
    mark_amounts(ax, 5, sideways=True)
    return ax


def amount_handles(bars: Sequence[AmountBar], words: dict[str, str]) -> list[tuple[Patch, str]]:
    """Give the legend of `plot_amounts`: only the kinds that are drawn."""
    found = [
        (
            Patch(facecolor="none", edgecolor=TARGET_COLOR, hatch=PLANNED_HATCH, linewidth=1.3),
            words["planned"],
        )
    ]
    if any(bar.published is not None for bar in bars):
        found.append((Patch(facecolor=LOOKS["city"].color), words["published"]))
    if any(bar.part is not None for bar in bars):
        found.append((Patch(facecolor=LOOKS["county"].color), words["part"]))
    return found
