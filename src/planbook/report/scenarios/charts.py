"""Charts of scenarios: paths with a fan and the highest year, in a style that nothing else has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from planbook.report.drawing.style import LOOKS, annotate, mark_amounts, mark_years

# long dash and two dots: no published, modelled, forecast or planned line is drawn so
DASHES = (0, (7, 1.5, 1.2, 1.5, 1.2, 1.5))
COLORS = ("#4D4D4D", "#D55E00", "#007C7C")
MARKERS = ("s", "^", "o")
BEGIN_COLOR = "#555555"


@dataclass(frozen=True)
class Path:
    """One scenario of a chart, all in one unit."""

    name: str
    years: np.ndarray
    values: np.ndarray  # as assumed, and the ends of the interval
    low: np.ndarray
    high: np.ndarray


def look(number: int) -> tuple[str, str]:
    """Give colour and marker of a scenario by its place."""
    return COLORS[number % len(COLORS)], MARKERS[number % len(MARKERS)]


def plot_path(
    ax: Axes,
    path: Path,
    number: int,
    *,
    past: Mapping[int, float],
    begins: str,
    highest: tuple[int, float, str] | None,
) -> Axes:
    """Draw one scenario with its fan, the past before it and the year that is highest."""
    own = LOOKS["city_modelled"]
    ax.plot(
        list(past),
        list(past.values()),
        color=own.color,
        linestyle=own.dashes,
        marker=own.marker,
        markersize=3.2,
        markerfacecolor="white",
        linewidth=1.5,
    )
    color, marker = look(number)
    ax.fill_between(path.years, path.low, path.high, color=color, alpha=0.2, linewidth=0)
    _line(ax, path, color, marker)
    ax.axvline(path.years[0], color=BEGIN_COLOR, linewidth=0.9, linestyle=(0, (2, 2)))
    annotate(
        ax,
        begins,
        (path.years[0], 0.02),
        (4, 2),
        xycoords=("data", "axes fraction"),
        fontsize=8.5,
        color=BEGIN_COLOR,
    )
    if highest:
        year, value, label = highest
        ax.plot(year, value, "*", markersize=13, color=color, markeredgecolor="white", zorder=6)
        annotate(
            ax,
            label,
            (year, value),
            (0, 9),
            ha="center",
            va="bottom",
            fontsize=9,
            fontweight="bold",
            color=color,
            bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.8},
            zorder=7,
        )
    return _finish(ax)


def _line(ax: Axes, path: Path, color: str, marker: str) -> None:
    ax.plot(path.years, path.values, color=color, linestyle=DASHES, linewidth=1.9, zorder=4)
    chosen = [place for place, year in enumerate(path.years) if year % 5 == 0]
    ax.plot(
        path.years[chosen],
        path.values[chosen],
        linestyle="none",
        marker=marker,
        markersize=5.5,
        color=color,
        zorder=5,
    )


def plot_together(ax: Axes, paths: Sequence[Path]) -> Axes:
    """Draw several scenarios in one panel, each named at its end."""
    ends = _apart([float(path.values[-1]) for path in paths])
    for number, (path, end) in enumerate(zip(paths, ends, strict=True)):
        color, marker = look(number)
        _line(ax, path, color, marker)
        annotate(ax, path.name, (path.years[-1], end), (7, 0), va="center", fontsize=9, color=color)
    _finish(ax)
    years = paths[0].years
    room = 0.5 * (years[-1] - years[0])  # inside the axes, for the names
    ax.set_xlim(years[0] - 0.5, years[-1] + room)
    ax.set_xticks([year for year in years if year % 5 == 0])
    return ax


def _apart(ends: Sequence[float]) -> list[float]:
    """Move labels apart that would cover each other, by a share of what is drawn."""
    least = 0.05 * max(ends)
    placed: dict[int, float] = {}
    floor = float("-inf")
    for place in sorted(range(len(ends)), key=lambda one: ends[one]):
        placed[place] = max(ends[place], floor)
        floor = placed[place] + least
    return [placed[place] for place in range(len(ends))]


def _finish(ax: Axes) -> Axes:
    mark_years(ax, 4)
    mark_amounts(ax, 5)
    ax.grid(visible=False, axis="x")
    return ax
