"""Tables that readers sort and filter in the page; plain tables where no script runs.

Great Tables lays the table out and gives headings and row names their scope. Its own style
sheet has fixed light colours, and its interactive form asks another host for scripts and
shows nothing without them, so both are left out: the book's style sheet and
``planbook-grid.js`` do that part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
from lxml import html
from markupsafe import Markup, escape

from planbook.errors import PlanbookError
from planbook.report.html.fragments import fragment
from planbook.text import MISSING, say

_TOKEN = re.compile(r"\[cell (\d+) (\d+)\]")


@dataclass(frozen=True)
class GridField:
    """One column."""

    key: str  # letters, digits and ``_``
    title: str
    numeric: bool = False  # set to the right


@dataclass(frozen=True)
class GridCell:
    """What one cell shows, and what it sorts by."""

    html: str  # escaped unless it is Markup
    sort: float | str | None = None  # none: a missing value, which stands last either way


@dataclass(frozen=True)
class GridRow:
    """One row."""

    cells: Mapping[str, GridCell]  # by the key of the column
    # what the row counts as for each filter; several values apart by spaces
    facets: Mapping[str, str] = field(default_factory=dict)
    anchor: str = ""  # name for links; empty for none


@dataclass(frozen=True)
class Facet:
    """One filter: its key, its label and what may be chosen (value, words)."""

    key: str
    title: str
    options: Sequence[tuple[str, str]]


def grid(
    name: str,
    fields: Sequence[GridField],
    lines: Sequence[GridRow],
    facets: Sequence[Facet],
    *,
    lang: str,
    label: str,
    kind: str = "",
    intro: str = "",
    notes: Sequence[str] = (),
    links: str = "",
) -> Markup:
    """Make a table that can be sorted by each column and filtered.

    Raises `PlanbookError` if a row counts as something that no filter offers: it could never be
    found by it.
    """
    _check(lines, facets)
    shown = [facet for facet in facets if len(facet.options) > 1]
    return fragment(
        "grid.html",
        name=name,
        label=label,
        words={
            key: say(f"grid_{key}", lang)
            for key in ("search", "sort", "all", "first_order", "up", "down", "reset", "none")
        },
        count=say("grid_count", lang, shown="{shown}", total=len(lines)),
        facets=shown,
        fields=fields,
        table=_table(fields, lines, f"pb-table pb-grid-table {kind}".strip()),
        intro=intro,
        notes=notes,
        links=links,
    )


def _check(lines: Sequence[GridRow], facets: Sequence[Facet]) -> None:
    for facet in facets:
        offered = {value for value, _ in facet.options}
        for line in lines:
            unknown = set(line.facets.get(facet.key, "").split()) - offered
            if unknown:
                raise PlanbookError(
                    f"row '{line.anchor}': the filter '{facet.key}' offers no "
                    f"'{', '.join(sorted(unknown))}'; add it to the filter's options"
                )


def _table(fields: Sequence[GridField], lines: Sequence[GridRow], classes: str) -> Markup:
    """Lay out the table; cells are put in last, so that their markup stays as it is."""
    frame = pd.DataFrame(
        [[f"[cell {row} {column}]" for column in range(len(fields))] for row in range(len(lines))],
        columns=[one.key for one in fields],
        dtype=str,
    )
    from great_tables import GT  # costs a second to import, and few chapters have such a table

    made = GT(frame, id="pb", rowname_col=fields[0].key).tab_stubhead(fields[0].title)
    made = made.cols_label({one.key: one.title for one in fields[1:]})
    table = html.document_fromstring(made.as_raw_html()).find(".//table")
    _finish(table, fields, lines, classes)
    text = html.tostring(table, encoding="unicode").strip()

    def filled(found: re.Match[str]) -> str:
        return str(escape(lines[int(found[1])].cells[fields[int(found[2])].key].html))

    return Markup(_TOKEN.sub(filled, text))


def _finish(
    table: html.HtmlElement, fields: Sequence[GridField], lines: Sequence[GridRow], classes: str
) -> None:
    """Give rows and cells what filters, sorting and the narrow layout need."""
    heads = table.findall("./thead//th")
    for column, (one, head) in enumerate(zip(fields, heads, strict=True)):
        _only(head, "scope")
        head.set("data-column", str(column))
        if one.numeric:
            head.set("class", "pb-num")
    for line, row in zip(lines, table.findall("./tbody/tr"), strict=True):
        if line.anchor:
            row.set("id", line.anchor)
        for key, value in line.facets.items():
            row.set(f"data-{key}", value)
        for one, cell in zip(fields, row, strict=True):
            _only(cell, "scope")
            own = line.cells[one.key]
            cell.set("data-label", one.title)
            cell.set("data-sort", "" if own.sort is None else str(own.sort))
            classes_ = ["pb-num"] * one.numeric + ["pb-empty"] * (own.html == MISSING)
            if classes_:
                cell.set("class", " ".join(classes_))
    _only(table)
    table.set("class", classes)


def _only(element: html.HtmlElement, *kept: str) -> None:
    for name in [name for name in element.attrib if name not in kept]:
        del element.attrib[name]
