"""Charts of evidence: planned amounts, levels on a scale of 100, and which years are published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from planbook.report.drawing.style import LOOKS, TARGET_COLOR, MarkStyle

PLANNED_HATCH = "////"
NOTE_COLOR = "#555555"


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
    positions = range(len(bars) - 1, -1, -1)
    longest = max([max(bar.planned, bar.published or 0, bar.part or 0) for bar in bars])
    for position, bar in zip(positions, bars, strict=True):
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
        ax.annotate(
            bar.planned_label,
            (bar.planned, position),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
            fontweight="bold",
            color=TARGET_COLOR,
        )
        ax.annotate(
            bar.note,
            (0, position - 0.29),
            xytext=(1, -1),
            textcoords="offset points",
            va="top",
            fontsize=8.5,
            color=NOTE_COLOR,
        )
    ax.set_yticks(list(positions), [bar.name for bar in bars])
    ax.set_xlim(0, longest * room)
    ax.set_ylim(-0.85, len(bars) - 0.6)
    ax.grid(visible=False, axis="y")
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.4g}"))
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
    positions = range(len(levels) - 1, -1, -1)
    for position, level in zip(positions, levels, strict=True):
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
        ax.annotate(
            level.label,
            (level.value, position),
            xytext=(0 if right else -2, 8),
            textcoords="offset points",
            ha="right" if right else "left",
            va="bottom",
            fontsize=9.5,
            fontweight="bold",
            color=color,
        )
    ax.set_yticks(list(positions), [level.name for level in levels])
    ax.set_xlim(0, 103)
    ax.set_ylim(-0.6, len(levels) - 0.35)
    ax.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100 %"])
    ax.grid(visible=False, axis="y")
    return ax


@dataclass(frozen=True)
class CoverageRow:
    """The years for which one indicator has a figure."""

    name: str
    years: tuple[int, ...]
    is_modelled: bool


def plot_coverage(ax: Axes, rows: Sequence[CoverageRow], *, now: int) -> Axes:
    """Draw one dot for each indicator and year that has a figure."""
    positions = range(len(rows) - 1, -1, -1)
    for position, row in zip(positions, rows, strict=True):
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
    ax.set_yticks(list(positions), [row.name for row in rows], fontsize=8.5)
    ax.set_ylim(-0.6, len(rows) - 0.4)
    first = min(row.years[0] for row in rows)
    ax.set_xlim(min(first, now - 4) - 0.7, max(now, *(row.years[-1] for row in rows)) + 0.8)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
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
