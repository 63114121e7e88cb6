"""Bars that are divided into the units of a plant."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from planbook.report.drawing.style import SERIES_COLORS, annotate

HATCHES = ("", "///", "...", "xxx")


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
