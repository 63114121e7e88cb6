"""HTML fragments from templates; everything that comes from data is escaped."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import jinja2
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from planbook.files import spreadsheets as downloads
from planbook.report.drawing import style as charts
from planbook.text import MISSING, say

PX_PER_INCH = 96


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(
            lambda name: (resources.files("planbook.report.html") / "templates" / name).read_text(
                "utf-8"
            )
        ),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def fragment(template: str, **values: object) -> Markup:
    """Fill one of ``report/html/templates``."""
    return Markup(_environment().get_template(template).render(**values).strip())


@dataclass(frozen=True)
class Shown:
    """What a notebook cell displays: HTML for readers, plain text elsewhere."""

    html: str
    plain: str  # said by a terminal and by a screen that shows no HTML
    data: pd.DataFrame | None = field(default=None, repr=False)  # the figures behind it

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.plain}


def file_links(
    data: Mapping[str, pd.DataFrame], name: str, lang: str, *, word: str | None = None
) -> Markup:
    """Offer frames as CSV (one frame) and XLSX."""
    files = []
    if len(data) == 1:
        raw = downloads.to_csv(next(iter(data.values())))
        files.append(("CSV", f"{name}.csv", downloads.data_uri(raw, downloads.CSV_TYPE)))
    raw = downloads.to_xlsx(data)
    files.append(("XLSX", f"{name}.xlsx", downloads.data_uri(raw, downloads.XLSX_TYPE)))
    return fragment(
        "downloads.html",
        word=word or say("download_figures", lang),
        files=[{"label": label, "name": file, "uri": uri} for label, file, uri in files],
    )


class Drawing(NamedTuple):
    """A chart as the address of its own data, and its size in pixels: a page keeps it free."""

    address: str
    width: int
    height: int


def draw(
    paint: Callable[[Figure, bool], None],
    height: float = charts.WIDE[1],
    narrow_height: float = charts.NARROW[1],
    *,
    widths: tuple[float, float] = (charts.WIDE[0], charts.NARROW[0]),
) -> tuple[Drawing, Drawing]:
    """Draw a chart for a desktop and for a phone; sizes in inches."""

    def one(width: float, tall: float, *, is_narrow: bool) -> Drawing:
        figure = charts.new_figure((width, tall))
        paint(figure, is_narrow)
        raw = base64.b64encode(charts.to_svg(figure).encode("utf-8")).decode("ascii")
        size = round(width * PX_PER_INCH), round(tall * PX_PER_INCH)
        return Drawing(f"data:image/svg+xml;base64,{raw}", *size)

    with charts.style():  # once for both, which have most of their texts in common
        wide = one(widths[0], height, is_narrow=False)
        return wide, one(widths[1], narrow_height, is_narrow=True)


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    title: str
    numeric: bool = False


def without_empty(
    columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]
) -> tuple[list[Column], list[dict[str, object]]]:
    """Leave out columns that hold nothing but dashes: they take width and say nothing."""
    cells = [row["cells"] for row in rows if "cells" in row]
    kept = [
        place for place in range(len(columns)) if any(str(one[place]) != MISSING for one in cells)
    ]
    return [columns[place] for place in kept], [
        {**row, "cells": [row["cells"][place] for place in kept]} if "cells" in row else {**row}
        for row in rows
    ]


def table(
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, object]],
    *,
    title: str = "",
    label: str = "",
    kind: str = "",
    anchor: str = "",
    notes: Sequence[str] = (),
    links: str = "",
) -> Markup:
    """Make a table; a row has ``cells``, or ``group`` for a heading across it."""
    full = [{"group": None, "anchor": None, "cells": (), **row} for row in rows]
    return fragment(
        "table.html",
        columns=columns,
        rows=full,
        title=title,
        label=label,
        kind=kind,
        anchor=anchor,
        notes=notes,
        links=links,
    )
