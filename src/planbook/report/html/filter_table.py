"""Tables that readers sort and filter in the page; plain tables where no script runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from planbook.errors import PlanbookError
from planbook.report.html.fragments import fragment
from planbook.text import say


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
        lines=lines,
        classes=f"pb-table pb-grid-table {kind}".strip(),
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
