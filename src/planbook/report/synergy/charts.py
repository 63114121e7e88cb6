"""Charts of synergy: the co-control coordinate system, planned cuts, degrees by scaling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from planbook.report.drawing.style import (
    LOOKS,
    NOTE_COLOR,
    PLANNED_HATCH,
    SERIES_COLORS,
    SERIES_MARKERS,
    TARGET_COLOR,
    annotate,
    from_top,
    mark_amounts,
    mark_years,
    name_rows,
)

# Where both fall is tinted; the three other quadrants stay white.
GOOD_TINT = "#EAF4EE"
EFFECT_COLOR = "#7B4EA3"  # computed effects: the colour of what is modelled
ZERO_COLOR = "#555555"
MARGIN = 1.5  # widest coordinate times this is the end of an axis


@dataclass(frozen=True)
class Spot:
    """One point of the coordinate system, with the least and the most of both cuts."""

    name: str
    x: float  # cut of pollutants and of CO2; negative if the emission rises
    y: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]


def _span(spots: Sequence[Spot]) -> tuple[list[float], list[float]]:
    """Give the lowest and the highest of both axes, so that zero is seen."""
    ends: list[float] = []
    for which in ("x", "y"):
        reach = [
            abs(value)
            for one in spots
            for value in (getattr(one, which), *getattr(one, f"{which}_range"))
        ]
        ends.append(max(reach, default=0) * MARGIN or 1)
    low = [
        -end
        if any(min(getattr(one, key), *getattr(one, f"{key}_range")) < 0 for one in spots)
        else -0.45 * end
        for key, end in zip(("x", "y"), ends, strict=True)
    ]
    return low, ends


def _draw_quadrants(
    ax: Axes, low: Sequence[float], ends: Sequence[float], corners: Mapping[str, str]
) -> None:
    ax.set_xlim(low[0], ends[0])
    ax.set_ylim(low[1], ends[1])
    ax.axvspan(0, ends[0], ymin=-low[1] / (ends[1] - low[1]), color=GOOD_TINT, zorder=0)
    ax.axhline(0, color=ZERO_COLOR, linewidth=1, zorder=1)
    ax.axvline(0, color=ZERO_COLOR, linewidth=1, zorder=1)
    for key, (across, up) in {"I": (1, 1), "II": (0, 1), "III": (0, 0), "IV": (1, 0)}.items():
        annotate(
            ax,
            corners[key],
            (across, up),
            (-4 if across else 4, -4 if up else 4),
            xycoords="axes fraction",
            ha="right" if across else "left",
            va="top" if up else "bottom",
            fontsize=8.5,
            color=NOTE_COLOR,
        )


def plot_quadrants(
    ax: Axes,
    spots: Sequence[Spot],
    corners: Mapping[str, str],
    *,
    is_arrow: bool = False,
    colors: Sequence[str] = (EFFECT_COLOR,),
) -> Axes:
    """Draw points in the co-control coordinate system, with cross-shaped intervals."""
    low, ends = _span(spots)
    _draw_quadrants(ax, low, ends, corners)
    shapes = SERIES_MARKERS[:1] if len(colors) == 1 else SERIES_MARKERS
    size = ends[0] - low[0], ends[1] - low[1]
    for spot, color, marker in zip(spots, cycle(colors), cycle(shapes), strict=False):
        is_below = spot.y < 0 or any(
            other is not spot
            and 0 <= other.y - spot.y < 0.14 * size[1]
            and abs(other.x - spot.x) < 0.4 * size[0]
            for other in spots
        )
        if is_arrow:
            ax.annotate(
                "",
                (spot.x, spot.y),
                xytext=(0, 0),
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": color,
                    "linewidth": 1.4,
                    "shrinkA": 0,
                    "shrinkB": 3,
                },
                zorder=3,
            )
        else:
            ax.hlines(spot.y, *spot.x_range, color=color, linewidth=1.4, alpha=0.6, zorder=3)
            ax.vlines(spot.x, *spot.y_range, color=color, linewidth=1.4, alpha=0.6, zorder=3)
        ax.plot(
            [spot.x], [spot.y], marker=marker, markersize=7, color=color,
            markerfacecolor="white", markeredgewidth=1.6, linestyle="none", zorder=4,
        )  # fmt: skip
        annotate(
            ax,
            spot.name,
            (spot.x, spot.y),
            (7, -6 if is_below else 6),
            ha="left",
            va="top" if is_below else "bottom",
            fontsize=8.5,
            fontweight="bold",
            color=color,
            zorder=5,
            bbox={"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.7},
        )
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=5))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.4g}".replace("-", "−")))
    ax.grid(visible=False)
    return ax


def plot_planned(
    ax: Axes, names: Sequence[str], values: Sequence[float], labels: Sequence[str]
) -> Axes:
    """Draw planned cuts as hatched outlines, one bar each, from the top."""
    known = [0.0 if pd.isna(value) else value for value in values]
    for position, (value, label) in from_top(list(zip(known, labels, strict=True))):
        ax.barh(
            position, value, height=0.55, facecolor="none", edgecolor=TARGET_COLOR,
            hatch=PLANNED_HATCH, linewidth=1.3,
        )  # fmt: skip
        annotate(ax, label, (value, position), (6, 0), va="center", fontsize=9, color=TARGET_COLOR)
    name_rows(ax, list(names))
    ax.set_xlim(0, (max(known, default=0) or 1) * MARGIN)
    mark_amounts(ax, 5, sideways=True)
    ax.grid(visible=False, axis="y")
    return ax


def plot_path(
    ax: Axes, rates: pd.DataFrame, corners: Mapping[str, str], label: Mapping[int, str]
) -> Axes:
    """Draw yearly cut rates of a city as points of the coordinate system, each with its year."""
    spots = [
        Spot(label[int(row.last_year)], row.pollution_cut_pct, row.carbon_cut_pct,
             (row.pollution_cut_pct,) * 2, (row.carbon_cut_pct,) * 2)
        for row in rates.itertuples()
    ]  # fmt: skip
    return plot_quadrants(ax, spots, corners, colors=(LOOKS["city_modelled"].color,))


def plot_degrees(
    ax: Axes,
    found: pd.DataFrame,
    words: Mapping[str, str],
    classes: Sequence[str],
    *,
    is_narrow: bool,
) -> Axes:
    """Draw the degree of coupling coordination by year, one line for each scaling."""
    for edge in range(0, 10, 2):
        ax.axhspan(edge / 10, (edge + 1) / 10, color="#F4F4F4", zorder=0)
    dashes = cycle(("-", (0, (5, 2)), (0, (2, 1.5)), (0, (6, 2, 1, 2)), (0, (1, 1))))
    for (name, rows), color, marker, dash in zip(
        found.groupby("scaling", sort=False),
        cycle(SERIES_COLORS),
        cycle(SERIES_MARKERS),
        dashes,
        strict=False,
    ):
        ax.plot(
            rows["year"], rows["D"], color=color, marker=marker, markersize=4.5, linewidth=1.6,
            linestyle=dash, label=words[name], zorder=3,
        )  # fmt: skip
    ax.set_ylim(0, 1)
    ax.set_yticks([edge / 10 for edge in range(0, 11, 2)])
    last = found["year"].max()
    for place, name in enumerate(classes):
        if is_narrow and place % 2:
            continue
        annotate(
            ax,
            name,
            (1, (place + 0.5) / 10),
            (4, 0),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=8,
            color=NOTE_COLOR,
            annotation_clip=False,
        )
    ax.set_xlim(found["year"].min() - 0.3, last + 0.3)
    mark_years(ax, 6)
    ax.grid(visible=False, axis="y")
    return ax
