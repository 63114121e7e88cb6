"""Charts of a city beside others: two years of each, and its place in a line of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from planbook.report.drawing.style import LOOKS, annotate, from_top, name_rows

OWN = LOOKS["city_modelled"]
OTHER_COLOR = "#5F5F5F"  # cities that are neither this one nor its context
STRIP_COLORS = ("#EFEAF4", "#DCD2E8", "#C3B3D7")  # outer tenths, to the quartiles, middle half
LINE_WIDTH = 1.6


@dataclass(frozen=True)
class PeerMark:
    """One city of a chart."""

    name: str
    first: float  # values of the base year and of the latest year, in one unit
    last: float
    label: str  # the latest value as readers write it
    is_own: bool  # whether it is the city of the book


def plot_pairs(ax: Axes, marks: Sequence[PeerMark], *, room: float) -> Axes:
    """Draw two years of each city: a small ring, a line, and a diamond with its value."""
    for position, mark in from_top(marks):
        color = OWN.color if mark.is_own else OTHER_COLOR
        ax.hlines(
            position, mark.first, mark.last, color=color, linewidth=LINE_WIDTH, linestyle=OWN.dashes
        )
        ax.plot(mark.first, position, "o", color=color, markerfacecolor="white", markersize=5)
        ax.plot(mark.last, position, OWN.marker, color=color, markerfacecolor="white", markersize=7)
        annotate(
            ax,
            mark.label,
            (max(mark.first, mark.last), position),
            (8, 0),
            va="center",
            fontweight="bold" if mark.is_own else "normal",
            color=color,
        )
    ax.set_xlim(0, room * max(max(mark.first, mark.last) for mark in marks))
    _name(ax, marks)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    return ax


def plot_changes(ax: Axes, marks: Sequence[PeerMark], *, named: bool) -> Axes:
    """Draw the change of each city as an outlined bar from zero, with its value."""
    for position, mark in from_top(marks):
        color = OWN.color if mark.is_own else OTHER_COLOR
        ax.barh(
            position,
            mark.last,
            height=0.5,
            facecolor="#E6DDF0" if mark.is_own else "white",
            edgecolor=color,
            linestyle=OWN.dashes,
            linewidth=1.3,
        )
        falls = mark.last < 0
        annotate(
            ax,
            mark.label,
            (mark.last, position),
            (-5 if falls else 5, 0),
            ha="right" if falls else "left",
            va="center",
            fontweight="bold" if mark.is_own else "normal",
            color=color,
        )
    ax.axvline(0, color="#555555", linewidth=1)
    low = min(0, *(mark.last for mark in marks))
    high = max(0, *(mark.last for mark in marks))
    pad = 0.45 * (high - low)
    ax.set_xlim(low - pad, high + pad)
    _name(ax, marks)
    if not named:
        ax.set_yticklabels([])
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4))
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    )
    return ax


def _name(ax: Axes, marks: Sequence[PeerMark]) -> None:
    name_rows(ax, [mark.name for mark in marks])
    for label, mark in zip(ax.get_yticklabels(), marks, strict=True):
        if mark.is_own:
            label.set_fontweight("bold")
            label.set_color(OWN.color)
    ax.grid(visible=False, axis="y")


def plot_strip(
    ax: Axes, places: Sequence[tuple[float, bool]], ticks: Mapping[float, str], *, label: str
) -> Axes:
    """Draw all cities as a line from the lowest to the highest value, and where some stand."""
    for (low, high), color in zip(((0, 1), (0.1, 0.9), (0.25, 0.75)), STRIP_COLORS, strict=True):
        ax.barh(0, high - low, left=low, height=0.5, color=color, linewidth=0, zorder=1)
    ax.vlines(0.5, -0.25, 0.25, color="white", linewidth=2, zorder=2)
    for share, is_own in places:
        ax.plot(
            share,
            0,
            OWN.marker if is_own else "o",
            color=OWN.color if is_own else OTHER_COLOR,
            markerfacecolor="white",
            markeredgewidth=2 if is_own else 1.2,
            markersize=9 if is_own else 5,
            zorder=4 if is_own else 3,
        )
        if is_own:
            right = share > 0.5
            annotate(
                ax,
                label,
                (share, 0.25),
                (6 if right else -6, 4),
                ha="right" if right else "left",
                va="bottom",
                fontweight="bold",
                color=OWN.color,
            )
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.3, 0.8)
    ax.set_yticks([])
    ax.set_xticks(list(ticks), list(ticks.values()), fontsize=8.5)
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    return ax
