"""Charts: every function takes an Axes and data, draws, and gives the Axes back."""

from __future__ import annotations

import io
import math
import textwrap
import unicodedata
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator

from planbook.analysis.forecast import Forecast
from planbook.data import units
from planbook.data.series import Series
from planbook.report.drawing import fonts
from planbook.report.drawing.speedup import remembered
from planbook.text import number, say

mpl.use("agg", force=False)

T = TypeVar("T")
PANEL_PAD = 0.12  # inches above and below each panel
LEGEND_WIDTH = 92  # Latin characters of the legend's size that the wide chart holds
WIDE, NARROW = (7.3, 3.9), (3.75, 3.7)  # inches: the text column of a desktop and of a phone


@dataclass(frozen=True)
class MarkStyle:
    """How one kind of figure is drawn; no two kinds share a line style."""

    color: str
    dashes: tuple | str
    marker: str
    filled: bool = True


# Okabe–Ito colours, distinguishable with the common colour-vision deficiencies
LOOKS: Mapping[str, MarkStyle] = {
    "city": MarkStyle("#0072B2", "-", "o"),
    "city_modelled": MarkStyle("#7B4EA3", (0, (5, 2)), "D", filled=False),
    "county": MarkStyle("#56B4E9", (0, (3, 1, 1, 1)), "s"),
    "province": MarkStyle("#009E73", (0, (7, 2, 1.5, 2)), "s"),
    "province_modelled": MarkStyle("#009E73", (0, (2, 1, 2, 3)), "s", filled=False),
    "nation": MarkStyle("#8C6D1F", (0, (1.2, 1.4)), "^"),
    "nation_modelled": MarkStyle("#8C6D1F", (0, (1, 3)), "^", filled=False),
}
SERIES_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#8C6D1F", "#444444")
SERIES_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
TARGET_COLOR = "#C1272D"
FORECAST_COLOR = "#E69F00"
LABEL_ROOM = 0.25  # share of the axis that the words “forecast begins” take
BREAK_COLOR = "#777777"
NOTE_COLOR = "#555555"
PLANNED_HATCH = "////"
VERDICT_COLORS = {
    "met": "#0B4F80",
    "on_course": "#56B4E9",
    "at_risk": "#E69F00",
    "off_course": "#D55E00",
    "missed": "#8E1B1B",
    "due_no_data": "#D9A400",
    "no_data": "#B8B8B8",
    "not_measurable": "#DDDDDD",
}


@contextmanager
def style() -> Iterator[None]:
    """Set fonts and theme for the charts drawn inside, and nothing outside.

    A character that no font has is an error here, never a box in the book.
    """
    import seaborn as sns  # costs more to import than a build that draws nothing takes

    rc: dict[Any, object] = {
        "font.family": [fonts.family(), fonts.latin()],
        "font.size": 10,
        "axes.titlesize": 10.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": 9.5,
        "axes.edgecolor": "#999999",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "grid.color": "#E4E4E4",
        "grid.linewidth": 0.8,
        "xtick.labelsize": 9.5,
        "ytick.labelsize": 9.5,
        "legend.fontsize": 9.5,
        "legend.frameon": False,
        "axes.unicode_minus": True,
        "svg.fonttype": "path",
        "svg.hashsalt": "planbook",
        "figure.facecolor": "white",
    }
    with sns.axes_style("whitegrid"), mpl.rc_context(rc), warnings.catch_warnings(), remembered():
        warnings.filterwarnings("error", message=r"Glyph .* missing from font")
        yield


def new_figure(size: tuple[float, float]) -> Figure:
    """Make an empty figure of `size` inches that no global state holds on to."""
    return Figure(figsize=size, layout="constrained")


def space_panels(figure: Figure) -> Figure:
    """Keep panels apart: a title must not read as the caption of the panel above it."""
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)  # of `new_figure`
    engine.set(h_pad=PANEL_PAD)
    return figure


def to_svg(figure: Figure) -> str:
    """Write a figure as SVG, the same bytes for the same figure.

    The canvas draws it at once: ``savefig`` would draw it a first time for the
    layout alone, which drawing settles anyway.
    """
    out = io.StringIO()
    FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None, "Creator": None})
    return out.getvalue()


def role(series: Series, city: str, parents: Sequence[str], counties: Sequence[str]) -> str:
    """Name the look that a series has, by place and by being modelled."""
    kind = "city"
    if series.entity in counties:
        kind = "county"
    elif series.entity in parents:
        kind = "province" if parents.index(series.entity) == 0 and len(parents) > 1 else "nation"
    if series.is_modelled and f"{kind}_modelled" in LOOKS:
        return f"{kind}_modelled"
    return kind


def wrap(label: str, width: int) -> str:
    """Break a label into lines of at most `width` Latin characters (half as many Chinese)."""
    size = _width(label)
    if size <= width:
        return label
    if size > 1.4 * len(label):
        step = max(4, width // 2)
        lines = -(-len(label) // step)
        step = -(-len(label) // lines)  # lines of like length, no lone bracket at the end
        return "\n".join(label[start : start + step] for start in range(0, len(label), step))
    return "\n".join(textwrap.wrap(label, width))


def _width(label: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in label)


def plot_series(
    ax: Axes,
    series: Series,
    look: MarkStyle,
    *,
    label: str,
    lang: str,
    decimals: int | None = None,
    note_last: bool = True,
) -> Axes:
    """Draw one series: a line for each segment, bounds as arrows, breaks as gaps."""
    points = series.points
    is_stepwise = series.indicator.kind == "capacity"
    _, factor = units.display(series.indicator.unit, lang)
    shift = round(math.log10(factor))
    digits = max(0, (series.indicator.decimals if decimals is None else decimals) - shift)
    face = look.color if look.filled else "white"
    labelled = False
    for _, part in points.groupby(series.frame.loc[points.index, "segment"]):
        for block in _blocks(part):
            ax.plot(
                block.index,
                block.to_numpy(),
                color=look.color,
                linestyle=look.dashes,
                linewidth=1.8,
                drawstyle="steps-post" if is_stepwise else "default",
                marker=look.marker,
                markersize=4.5 if len(points) < 16 else 3.2,
                markerfacecolor=face,
                markeredgecolor=look.color,
                label=None if labelled else label,
                zorder=4,
            )
            labelled = True
    _plot_bounds(ax, series, look, label=None if labelled else label, factor=factor, digits=digits)
    if note_last and len(points):
        annotate(
            ax,
            number(float(points.iloc[-1]) * factor, digits),
            (points.index[-1], points.iloc[-1]),
            (0, 8),
            ha="center",
            fontweight="bold",
            color=look.color,
            zorder=6,
            bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.75},
        )
    return ax


def _plot_bounds(
    ax: Axes, series: Series, look: MarkStyle, *, label: str | None, factor: float, digits: int
) -> None:
    """Draw bounds as arrows from the value; the first carries the label of the series."""
    bounds = series.frame[series.frame["qualifier"].isin(["at_least", "at_most"])]
    for year, row in bounds.iterrows():
        upward = row["qualifier"] == "at_least"
        ax.plot(
            [year],
            [row["value"]],
            marker="_",
            markersize=10,
            markeredgewidth=1.8,
            color=look.color,
            linestyle="none",
            label=label,
            zorder=4,
        )
        label = None
        ax.annotate(
            "",
            (year, row["value"]),
            xytext=(0, 13 if upward else -13),
            textcoords="offset points",
            arrowprops={"arrowstyle": "<-", "color": look.color, "shrinkA": 0, "shrinkB": 0},
            zorder=4,
        )
        annotate(
            ax,
            f"{'≥' if upward else '≤'} {number(row['value'] * factor, digits)}",
            (year, row["value"]),
            (0, 14 if upward else -14),
            ha="center",
            va="bottom" if upward else "top",
            fontsize=8.5,
            color=look.color,
        )


def _blocks(points: pd.Series) -> list[pd.Series]:
    """Split where years are missing: a line across a gap would look like data."""
    cuts = [0, *(np.flatnonzero(np.diff(points.index) > 1) + 1), len(points)]
    return [points.iloc[a:b] for a, b in pairwise(cuts) if a < b]


def plot_breaks(ax: Axes, series: Series, *, lang: str) -> Axes:
    """Mark each year from which a series no longer continues; the axes say once what it is."""
    years, word = series.frame.index, say("chart_break", lang)
    found = [
        item.from_
        for item in series.indicator.breaks_of(series.entity)
        if len(years) and years[0] < item.from_ <= years[-1]
    ]
    for year in found:
        ax.axvline(year - 0.5, color=BREAK_COLOR, linewidth=1, linestyle=(0, (1, 2)))
    if not found or any(text.get_text() == word for text in ax.texts):
        return ax
    place = found[0]
    left = place - 0.5 > (years[0] + years[-1]) / 2
    while not left and place + 1 in found:  # beside a row of lines, not across one
        place += 1
    annotate(
        ax,
        word,
        (place - 0.5, 0),
        (-3 if left else 3, 3),
        xycoords=("data", "axes fraction"),
        ha="right" if left else "left",
        va="bottom",
        fontsize=8.5,
        color=BREAK_COLOR,
    )
    return ax


def plot_target(
    ax: Axes, value: float, *, deadline: int | None, label: str, first: int, last: int
) -> Axes:
    """Draw a target as a line to its deadline, with a flag there."""
    end = deadline or last
    ax.plot(
        [first, end],
        [value, value],
        color=TARGET_COLOR,
        linewidth=1.6,
        linestyle=(0, (8, 3)),
        label=label,
        zorder=3,
    )
    if deadline:
        ax.plot(
            [deadline],
            [value],
            marker="*",
            markersize=13,
            color=TARGET_COLOR,
            linestyle="none",
            zorder=7,
        )
        ax.axvline(deadline, color=TARGET_COLOR, linewidth=0.8, alpha=0.45, zorder=1)
    return ax


def plot_forecast(ax: Axes, made: Forecast, *, origin: float, lang: str) -> Axes:
    """Draw a forecast: 95 and 80 % intervals as a fan, the middle as dots."""
    start = int(made.years[0]) - 1
    years = np.concatenate([[start], made.years])
    for level, alpha in ((95, 0.22), (80, 0.38)):
        low, high = made.interval(level)
        ax.fill_between(
            years,
            np.concatenate([[origin], low]),
            np.concatenate([[origin], high]),
            color=FORECAST_COLOR,
            alpha=alpha,
            linewidth=0,
            label=say("chart_interval", lang, level=level),
            zorder=1,
        )
    ax.plot(
        years,
        np.concatenate([[origin], made.median]),
        color="#9A6A00",
        linewidth=1.8,
        linestyle=(0, (1, 1)),
        label=say("chart_forecast", lang),
        zorder=3,
    )
    ax.axvline(start, color="#9A6A00", linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
    first, _ = ax.dataLim.intervalx
    short = len(made.years) < LABEL_ROOM * (made.years[-1] - first)
    annotate(
        ax,
        say("chart_forecast_begins", lang),
        (start, 0.02),
        (-4 if short else 4, 2),
        xycoords=("data", "axes fraction"),
        ha="right" if short else "left",
        fontsize=8.5,
        color="#9A6A00",
    )
    return ax


def plot_verdicts(ax: Axes, counts: pd.Series, labels: Mapping[str, str]) -> Axes:
    """Draw how many targets have each verdict, as bars with their numbers."""
    import seaborn as sns

    shown = counts[counts > 0]
    names = [labels[verdict] for verdict in shown.index]
    sns.barplot(
        x=shown.to_numpy(),
        y=names,
        hue=names,
        palette=[VERDICT_COLORS[verdict] for verdict in shown.index],
        saturation=1,
        width=0.66,
        legend=False,
        ax=ax,
    )
    for bars in ax.containers:
        assert isinstance(bars, BarContainer)
        ax.bar_label(bars, padding=4, fontweight="bold")
    ax.set(xlabel="", ylabel="")
    ax.grid(visible=False)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.margins(x=0.12)
    return ax


def plot_stack(
    ax: Axes, frame: pd.DataFrame, labels: Mapping[str, str], colors: Sequence[str] = SERIES_COLORS
) -> Axes:
    """Draw columns of a frame as stacked bars by year (index)."""
    bottom = np.zeros(len(frame))
    for number_, column in enumerate(frame):
        values = frame[column].fillna(0).to_numpy()
        ax.bar(
            frame.index,
            values,
            bottom=bottom,
            width=0.82,
            color=colors[number_ % len(colors)],
            label=labels[column],
            linewidth=0,
        )
        bottom += values
    return ax


def label_bars(ax: Axes, series: Series, *, lang: str) -> Axes:
    """Write the values of a single series above its bars, in the unit of the reader."""
    _, factor = units.display(series.indicator.unit, lang)
    digits = max(0, series.indicator.decimals - round(math.log10(factor)))
    for year, value in series.points.items():
        annotate(
            ax,
            number(float(value) * factor, digits),
            (year, value),
            (0, 4),
            ha="center",
            fontweight="bold",
        )
    return ax


def plot_months(
    ax: Axes, frame: pd.DataFrame, months: Sequence[str], colors: Sequence[str] = SERIES_COLORS
) -> Axes:
    """Draw twelve months (rows 1–12) of one or more years (columns)."""
    import seaborn as sns

    years = [str(year) for year in frame]
    sns.lineplot(
        frame.set_axis(years, axis=1),
        palette=list(colors[: len(years)]),
        markers=list(SERIES_MARKERS[: len(years)]),
        dashes=False,
        markersize=6,
        linewidth=1.6,
        ax=ax,
    )
    if own := ax.get_legend():
        own.remove()  # the figure has one legend, below the axes
    ax.set_xticks(range(1, 13), months)
    return ax


def finish(
    ax: Axes, *, unit: str, years: bool = True, from_zero: bool = False, factor: float = 1.0
) -> Axes:
    """Label the axes: the unit above the value axis, whole years below."""
    ax.set_xlabel("")
    ax.set_ylabel("")
    if unit:
        write_unit(ax, unit, points=6)
    if years:
        mark_years(ax, 7, min_n_ticks=2)
        ax.grid(visible=False, axis="x")
        low, high = ax.dataLim.intervalx
        pad = max(0.6, 0.03 * (high - low), 2.2 - (high - low) / 2)
        ax.set_xlim(low - pad, high + pad)
        mark_amounts(ax, 6, factor=factor)
        ax.margins(y=0.14)
        if from_zero:
            ax.set_ylim(bottom=0)
    return ax


def annotate(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    by: tuple[float, float],
    *,
    fontsize: float = 9.5,
    **look: Any,
) -> None:
    """Write a text so many points beside a place of the axes."""
    ax.annotate(text, at, xytext=by, textcoords="offset points", fontsize=fontsize, **look)


def from_top(rows: Sequence[T]) -> Iterator[tuple[int, T]]:
    """Give each row its height, the first on top."""
    return zip(range(len(rows) - 1, -1, -1), rows, strict=True)


def name_rows(
    ax: Axes, names: Sequence[str], *, below: float = 0.6, above: float = 0.4, **look: Any
) -> None:
    """Name the rows of `from_top`, with room below and above them."""
    ax.set_yticks(list(range(len(names) - 1, -1, -1)), names, **look)
    ax.set_ylim(-below, len(names) - above)


def mark_years(ax: Axes, most: int, **more: Any) -> None:
    """Mark whole years below a chart, at the most so many."""
    ax.xaxis.set_major_locator(MaxNLocator(nbins=most, integer=True, **more))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))


def mark_amounts(ax: Axes, most: int, *, factor: float = 1.0, sideways: bool = False) -> None:
    """Mark amounts beside a chart, or below it, at the most so many."""
    axis = ax.xaxis if sideways else ax.yaxis
    axis.set_major_locator(MaxNLocator(nbins=most))
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick(value * factor)))


def write_unit(ax: Axes, unit: str, *, points: float = 5) -> None:
    """Write the unit above the value axis."""
    annotate(
        ax,
        unit,
        (0, 1),
        (0, points),
        xycoords="axes fraction",
        ha="left",
        va="bottom",
        fontsize=9,
        color=NOTE_COLOR,
    )


def legend_below(
    figure: Figure, handles: Sequence[tuple[Artist, str]], columns: int, **look: Any
) -> None:
    """Put a legend of what is drawn and what it means below a chart."""
    figure.legend(
        [handle for handle, _ in handles],
        [words for _, words in handles],
        loc="outside lower left",
        ncols=columns,
        **look,
    )


def tick(value: float) -> str:
    """Write a value at an axis."""
    text = f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return text.replace("-", "−")


def legend(figure: Figure, ax: Axes | Sequence[Axes], *, narrow: bool, columns: int = 3) -> None:
    """Put one legend of one or several axes below them, wrapped to the width."""
    each = [ax] if isinstance(ax, Axes) else ax
    found = [one.get_legend_handles_labels() for one in each]
    handles = [handle for own, _ in found for handle in own]
    labels = [label for _, own in found for label in own]
    if not handles:
        return
    longest = max(map(_width, labels))
    fits = 1 if narrow else max(1, min(columns, LEGEND_WIDTH // (longest + 7)))
    width = 42 if narrow else LEGEND_WIDTH // fits - 7
    figure.legend(
        handles,
        [wrap(text, width) for text in labels],
        loc="outside lower left",
        ncols=min(fits, len(labels)),
        handlelength=2.6,
        columnspacing=1.6,
        borderaxespad=0.2,
    )
