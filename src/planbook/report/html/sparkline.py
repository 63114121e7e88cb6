"""A chart of the size of a word: the course of a series beside its target."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
from markupsafe import Markup

from planbook.report.html.fragments import fragment

WIDTH, HEIGHT, MARGIN = 80, 30, 4  # pixels


def sparkline(points: pd.Series, *, target: float | None, label: str) -> Markup:
    """Draw a series in a cell of a table."""
    low, high = float(points.min()), float(points.max())
    if target is not None:
        low, high = min(low, target), max(high, target)
    years = [int(year) for year in points.index]

    def across(year: int) -> float:
        span = years[-1] - years[0]
        share = (year - years[0]) / span if span else 0.5
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)

    def up(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 1)

    places = [(across(year), up(float(value))) for year, value in zip(years, points, strict=True)]
    blocks = [[places[0]]]
    for (before, year), place in zip(pairwise(years), places[1:], strict=True):
        if year == before + 1:
            blocks[-1].append(place)
        else:
            blocks.append([place])
    return fragment(
        "sparkline.html",
        width=WIDTH,
        height=HEIGHT,
        label=label,
        target=None if target is None else up(target),
        lines=[" ".join(f"{x},{y}" for x, y in block) for block in blocks if len(block) > 1],
        dots=[block[0] for block in blocks if len(block) == 1 and block[0] != places[-1]],
        last=places[-1],
    )
