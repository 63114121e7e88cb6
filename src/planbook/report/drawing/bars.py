"""Charts with one row for each thing: bars of single figures or units, states as dots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from planbook.report.drawing.style import SERIES_COLORS, MarkStyle, annotate

HATCHES = ("", "///", "...", "xxx")


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its length, and what is written at its end."""

    label: str
    value: float
    text: str
    look: MarkStyle
    hatched: bool = False


@dataclass(frozen=True)
class Dot:
    """How one state is marked; each state has a sign of its own beside its colour."""

    color: str
    marker: str
    filled: bool = True


# Okabe–Ito colours as in `charts.LOOKS`
STATES: Mapping[str, Dot] = {
    "unknown": Dot("#777777", "o", filled=False),
    "planned": Dot("#8C6D1F", "D", filled=False),
    "building": Dot("#0072B2", "s"),
    "done": Dot("#00694B", "o"),
    "cancelled": Dot("#8E1B1B", "X"),
}


def plot_bars(ax: Axes, bars: Sequence[Bar], *, unit: str, room: float) -> Axes:
    """Draw single figures as horizontal bars, the first on top, each with its value."""
    for position, bar in enumerate(reversed(bars)):
        ax.barh(
            position,
            bar.value,
            height=0.58,
            color="white" if bar.hatched else bar.look.color,
            edgecolor=bar.look.color,
            hatch="////" if bar.hatched else None,
            linewidth=1.2,
        )
        annotate(ax, bar.text, (max(bar.value, 0), position), (5, 0), va="center")
    longest = max(bar.value for bar in bars)
    ax.set_xlim(min(0, *(bar.value for bar in bars)), room * longest if longest > 0 else 1)
    ax.set_yticks(range(len(bars)), [bar.label for bar in reversed(bars)])
    ax.set_ylim(-0.55, len(bars) - 0.45)
    ax.set_xticks([])
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    ax.axvline(0, color="#999999", linewidth=1)
    if unit:
        ax.set_title(unit, fontsize=9, fontweight="normal", color="#555555")
    return ax


def plot_states(
    ax: Axes, rows: Sequence[tuple[str, str, str]], columns: Mapping[str, str], *, size: float = 9.5
) -> Axes:
    """Draw what state each of several things is in: one row each, a dot in its column."""
    places = {state: number for number, state in enumerate(columns)}
    for position, (_, state, text) in enumerate(reversed(rows)):
        dot = STATES[state]
        ax.axhline(position, color="#E4E4E4", linewidth=0.9, zorder=1)
        ax.plot(
            [places[state]],
            [position],
            marker=dot.marker,
            markersize=9,
            markeredgewidth=1.8,
            markerfacecolor=dot.color if dot.filled else "white",
            markeredgecolor=dot.color,
            linestyle="none",
            zorder=4,
        )
        if text:
            annotate(
                ax,
                text,
                (places[state], position),
                (0, -8),
                ha="center",
                va="top",
                fontsize=8,
                color=dot.color,
                zorder=5,
            )
    ax.set_yticks(range(len(rows)), [label for label, _, _ in reversed(rows)])
    ax.set_ylim(-0.7, len(rows) - 0.4)
    ax.set_xticks(range(len(columns)), list(columns.values()), fontsize=size)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.set_xlim(-0.55, len(columns) - 0.45)
    ax.grid(visible=False, axis="y")
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def plot_units(ax: Axes, frame: pd.DataFrame, kinds: Mapping[str, str], *, limit: float) -> Axes:
    """Draw capacity by plant as bars, one bar a plant, divided into its units."""
    looks = dict(zip(kinds, zip(SERIES_COLORS, HATCHES, strict=False), strict=False))
    for position, row in enumerate(frame[::-1].itertuples()):
        color, hatch = looks[row.kind]
        for block in range(int(row.units_count)):
            ax.barh(
                position,
                row.unit_size,
                left=block * row.unit_size,
                height=0.62,
                color=color,
                hatch=hatch,
                edgecolor="white",
                linewidth=1.5,
            )
        annotate(ax, row.label, (row.total, position), (5, 0), va="center")
    for kind, words in kinds.items():  # one entry a kind, not one a unit
        color, hatch = looks[kind]
        ax.bar(0, 0, color=color, hatch=hatch, edgecolor="white", label=words)
    ax.set_yticks(range(len(frame)), frame["name"][::-1])
    ax.set_xlim(0, limit)
    ax.set_ylim(-0.6, len(frame) - 0.4)
    ax.grid(visible=False, axis="y")
    return ax
