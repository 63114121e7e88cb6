"""Charts of drivers: states of decoupling, growth in pairs, effects stacked and as a waterfall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.patheffects as effects
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from planbook.report.drawing.style import (
    BREAK_COLOR,
    annotate,
    mark_amounts,
    mark_years,
    write_unit,
)

TOTAL_COLOR = "#444444"
HALO = [effects.withStroke(linewidth=2.2, foreground="white")]


@dataclass(frozen=True)
class StateLook:
    """How one state of decoupling is drawn: every state has a sign beside its colour."""

    color: str
    sign: str
    ink: str


# Okabe–Ito colours and their tints; blue is good news while the economy grows.
STATE_LOOKS: Mapping[str, StateLook] = {
    "strong_decoupling": StateLook("#0B5C8F", "↓", "white"),
    "weak_decoupling": StateLook("#A9D6F2", "↗", "#12344D"),
    "expansive_coupling": StateLook("#F3E3A3", "=", "#4A3B00"),
    "expansive_negative": StateLook("#D55E00", "↑", "white"),
    "recessive_decoupling": StateLook("#00694B", "▼", "white"),
    "recessive_coupling": StateLook("#9BD8C3", "≈", "#003B2A"),
    "weak_negative": StateLook("#E3B5CF", "▽", "#4D1235"),
    "strong_negative": StateLook("#7A1F5C", "▲", "white"),
    "no_growth": StateLook("#D0D0D0", "0", "#333333"),
}


@dataclass(frozen=True)
class StateCell:
    """One span of years and its state; it fills the years after the first."""

    first_year: int
    last_year: int
    state: str


@dataclass(frozen=True)
class StateRow:
    """One quantity over the years."""

    name: str  # written above the row
    cells: tuple[StateCell, ...]
    breaks: tuple[int, ...]  # years in which a new definition begins
    is_modelled: bool


def plot_states(
    ax: Axes, rows: Sequence[StateRow], *, first: int, last: int, size: float = 10
) -> Axes:
    """Draw the state of each quantity by year as a strip of cells with signs."""
    for position, row in zip(range(len(rows) - 1, -1, -1), rows, strict=True):
        for cell in row.cells:
            look = STATE_LOOKS[cell.state]
            left, width = cell.first_year + 0.5, cell.last_year - cell.first_year
            box = Rectangle(
                (left, position - 0.29),
                width,
                0.58,
                facecolor=look.color,
                edgecolor="white",
                linewidth=1.6,
                zorder=2,
            )
            ax.add_patch(box)
            if row.is_modelled:
                ax.add_patch(
                    Rectangle(
                        (left, position - 0.29),
                        width,
                        0.58,
                        facecolor="none",
                        edgecolor=look.ink,
                        alpha=0.45,
                        hatch="////",
                        linewidth=0,
                        zorder=3,
                    )
                )
            ax.text(
                left + width / 2,
                position - 0.01,
                look.sign,
                ha="center",
                va="center",
                color=look.ink,
                fontsize=size,
                fontweight="bold",
                zorder=4,
                path_effects=[effects.withStroke(linewidth=3, foreground=look.color)],
            )
        for year in row.breaks:
            ax.plot(
                [year, year],
                [position - 0.34, position + 0.34],
                color=BREAK_COLOR,
                linewidth=1.2,
                linestyle=(0, (1, 1.5)),
                zorder=5,
            )
        ax.text(
            first - 0.45, position + 0.36, row.name, fontsize=9.5, va="bottom", fontweight="bold"
        )
    ax.set_xlim(first - 0.5, last + 0.5)
    ax.set_ylim(-0.5, len(rows) - 0.18)
    ax.set_yticks([])
    ax.grid(visible=False)
    mark_years(ax, 7)
    return ax


def state_handles(
    rows: Sequence[StateRow], words: Mapping[str, str], modelled: str, broken: str
) -> list[tuple[Artist, str]]:
    """Give the legend of `plot_states`: only the states that are drawn, with their signs."""
    drawn = {cell.state for row in rows for cell in row.cells}
    found: list[tuple[Artist, str]] = [
        (
            Patch(facecolor=look.color, edgecolor="#999999", linewidth=0.6),
            f"{look.sign} {words[state]}",
        )
        for state, look in STATE_LOOKS.items()
        if state in drawn
    ]
    if any(row.is_modelled for row in rows):
        found.append((Patch(facecolor="#EEEEEE", edgecolor="#777777", hatch="////"), modelled))
    if any(row.breaks for row in rows):
        found.append((Line2D([], [], color=BREAK_COLOR, linestyle=(0, (1, 1.5))), broken))
    return found


@dataclass(frozen=True)
class GrowthPair:
    """Average yearly change of GDP and of a quantity over one period."""

    label: str
    growth_pct: float  # per cent a year
    change_pct: float
    state: str
    is_modelled: bool  # whether the quantity is a modelled estimate; hatched then


def plot_pairs(ax: Axes, pairs: Sequence[GrowthPair], *, unit: str, size: float = 8.5) -> Axes:
    """Draw growth of GDP beside the change of emissions, a pair of bars for each period."""
    joint = " " if size > 8 else "\n"  # on a phone the figures of a pair would collide
    for place, pair in enumerate(pairs):
        look = STATE_LOOKS[pair.state]
        bars = ((-0.2, pair.growth_pct, "#BDBDBD"), (0.2, pair.change_pct, look.color))
        for shift, value, color in bars:
            own = shift > 0
            ax.bar(
                place + shift,
                value,
                width=0.38,
                facecolor=color,
                edgecolor=look.ink if own else "#777777",
                hatch="////" if own and pair.is_modelled else None,
                alpha=0.85 if own and pair.is_modelled else None,
                linewidth=0.5,
                zorder=3,
            )
            annotate(
                ax,
                f"{look.sign + joint if own else ''}{value:+.1f}".replace("-", "−"),
                (place + shift, value),
                (0, 3 if value >= 0 else -3),
                ha="center",
                va="bottom" if value >= 0 else "top",
                fontsize=size,
                fontweight="bold" if own else "normal",
            )
    ax.axhline(0, color="#666666", linewidth=1, zorder=4)
    ax.set_xticks(range(len(pairs)), [pair.label for pair in pairs])
    ax.set_xlim(-0.6, len(pairs) - 0.4)
    ax.margins(y=0.24)
    ax.grid(visible=False, axis="x")
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}".replace("-", "−")))
    write_unit(ax, unit)
    return ax


@dataclass(frozen=True)
class FactorLook:
    """How the effect of one factor is drawn; hatches tell them apart without colour."""

    color: str
    hatch: str
    ink: str


FACTOR_LOOKS: Mapping[str, FactorLook] = {
    "population": FactorLook("#8C6D1F", "..", "white"),
    "gdp_per_head": FactorLook("#D55E00", "", "white"),
    "co2_per_gdp": FactorLook("#0072B2", "//", "white"),
    "energy_per_gdp": FactorLook("#56B4E9", "\\\\", "black"),
    "co2_per_energy": FactorLook("#009E73", "xx", "white"),
    "energy": FactorLook("#CC79A7", "--", "black"),
}


@dataclass(frozen=True)
class EffectBar:
    """The effects of all factors over one span of years."""

    place: float  # middle of the bar and its width on the axis
    width: float
    effects: dict[str, float]  # by factor, in the unit of the axis
    label: str = ""  # below the bar; empty where the axis counts years


def plot_effects(
    ax: Axes, bars: Sequence[EffectBar], *, unit: str, write: str = "{:+.1f}", named: bool = True
) -> Axes:
    """Stack what raised a quantity above zero and what lowered it below; a mark is the net."""
    for bar in bars:
        ends = {True: 0.0, False: 0.0}
        for factor, value in bar.effects.items():
            look, up = FACTOR_LOOKS[factor], value >= 0
            ax.bar(
                bar.place,
                value,
                bottom=ends[up],
                width=bar.width,
                facecolor=look.color,
                edgecolor="white",
                hatch=look.hatch or None,
                linewidth=0.6,
                zorder=2,
            )
            ends[up] += value
        net = sum(bar.effects.values())
        ax.plot(
            [bar.place],
            [net],
            marker="D",
            markersize=6 if named else 4,
            color="black",
            markeredgecolor="white",
            markeredgewidth=1,
            linestyle="none",
            zorder=5,
        )
        if named:
            annotate(
                ax,
                "◆ " + write.format(net).replace("-", "−"),
                (bar.place, ends[True]),
                (0, 3),
                ha="center",
                va="bottom",
                fontsize=9,
                fontweight="bold",
                zorder=6,
                path_effects=HALO,
            )
    ax.axhline(0, color="#666666", linewidth=1, zorder=4)
    if named:
        ax.set_xticks([bar.place for bar in bars], [bar.label for bar in bars])
        ax.set_xlim(bars[0].place - 0.6, bars[-1].place + 0.6)
    else:
        mark_years(ax, 7)
    ax.grid(visible=False, axis="x")
    ax.margins(y=0.12)
    mark_amounts(ax, 6)
    write_unit(ax, unit)
    return ax


def effect_handles(
    factors: Sequence[str], words: Mapping[str, str], net: str
) -> list[tuple[Artist, str]]:
    """Give the legend of `plot_effects`: the factors, and the mark of the net change."""
    found: list[tuple[Artist, str]] = [
        (
            Patch(
                facecolor=FACTOR_LOOKS[one].color,
                edgecolor="white",
                hatch=FACTOR_LOOKS[one].hatch or None,
            ),
            words[one],
        )
        for one in factors
    ]
    mark = Line2D([], [], marker="D", color="black", markeredgecolor="white", linestyle="none")
    return [*found, (mark, net)]


@dataclass(frozen=True)
class WaterfallBar:
    """One bar of a waterfall: a total that stands on zero, or an effect that hangs on it."""

    label: str
    value: float
    factor: str | None = None


def plot_waterfall(
    ax: Axes, steps: Sequence[WaterfallBar], *, unit: str, decimals: int = 1
) -> Axes:
    """Draw how effects lead from one total to the next, from top to bottom."""
    level, highest = 0.0, 0.0
    for position, step in zip(range(len(steps) - 1, -1, -1), steps, strict=True):
        if step.factor is None:
            start, end, level = 0.0, step.value, step.value
            color, hatch = TOTAL_COLOR, "////"
            text = f"{step.value:,.{decimals}f}"
        else:
            start, end = level, level + step.value
            level = end
            look = FACTOR_LOOKS[step.factor]
            color, hatch = look.color, look.hatch
            text = f"{step.value:+,.{decimals}f}"
        highest = max(highest, start, end)
        ax.barh(
            position,
            end - start,
            left=start,
            height=0.6,
            facecolor="white" if step.factor is None else color,
            edgecolor=color if step.factor is None else "white",
            hatch=hatch or None,
            linewidth=1.2 if step.factor is None else 0.6,
            zorder=3,
        )
        annotate(
            ax,
            text.replace("-", "−"),
            (max(start, end), position),
            (5, 0),
            va="center",
            fontweight="bold",
        )
        if step.factor is not None:  # an effect too small for a bar still shows where it is
            ax.vlines(end, position - 0.3, position + 0.3, color=color, linewidth=2, zorder=4)
        if position:  # a thin line leads to the bar below
            ax.plot(
                [level, level], [position, position - 1], color="#999999", linewidth=0.9, zorder=2
            )
    ax.set_yticks(range(len(steps)), [step.label for step in reversed(steps)])
    ax.set_xlim(0, highest * 1.16)
    ax.set_ylim(-0.6, len(steps) - 0.4)
    ax.grid(visible=False, axis="y")
    mark_amounts(ax, 5, sideways=True)
    ax.set_xlabel(unit)
    return ax


def two_lines(span: str) -> str:
    """Break a span of years after its dash, so that labels of bars stay narrow."""
    return span.replace("–", "–\n").replace("—", "—\n")
