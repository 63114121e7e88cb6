"""Tables in which a column is said once: its heading, its cell, its value in the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, cast

import pandas as pd
from markupsafe import Markup

from planbook.report.html.cells import stacked
from planbook.report.html.filter_table import Facet, GridCell, GridField, GridRow, grid
from planbook.report.html.fragments import Column, Shown, file_links, fragment, table, without_empty
from planbook.report.view import View

Give = Callable[[Any], object]  # what a row shows, or what stands in the data


@dataclass(frozen=True)
class TableField:
    """One column: the message of its heading, its cell, its value in the data to download."""

    key: str
    cell: Give | None  # none: in the data alone
    value: Give | None  # none: in the table alone
    numeric: bool = False
    words: Mapping[str, object] | None = field(default_factory=dict)  # none: `key` is the heading

    def heading(self, view: View) -> str:
        """Say the heading."""
        return self.key if self.words is None else view.say(self.key, **self.words)


def column(
    key: str, cell: Give, value: Give, /, *, numeric: bool = False, **words: object
) -> TableField:
    """Make a column whose data are other than what it shows."""
    return TableField(key, cell, value, numeric, words)


def both(key: str, give: Give, /, *, numeric: bool = False, **words: object) -> TableField:
    """Make a column whose data are what it shows."""
    return TableField(key, give, give, numeric, words)


def shown(key: str, cell: Give, /, *, numeric: bool = False, **words: object) -> TableField:
    """Make a column that the data do not have."""
    return TableField(key, cell, None, numeric, words)


def held(key: str, value: Give, /, **words: object) -> TableField:
    """Make a column of the data alone."""
    return TableField(key, None, value, words=words)


@dataclass(frozen=True)
class Group:
    """A row that heads those below it."""

    words: str


def listed(key: str, lines: Callable[[Any], Sequence[str]], apart: str = " ") -> TableField:
    """Make a column of lines below each other, which stand behind each other in the data."""
    return TableField(key, lambda row: stacked(lines(row)), lambda row: apart.join(lines(row)))


def grouped(rows: Iterable[Any], head: Callable[[Any], str]) -> list[Any]:
    """Set a heading before each run of rows that have it in common."""
    out: list[Any] = []
    for words, own in groupby(rows, head):
        out += [Group(words), *own]
    return out


def _plain(cell: object) -> object:
    return cell.striptags() if isinstance(cell, Markup) else cell


@dataclass(frozen=True)
class Tabular:
    """Rows of any kind, or a `Group` at their head, and the columns to show and to download."""

    view: View
    rows: Iterable[Any]
    fields: Sequence[TableField]

    @property
    def frame(self) -> pd.DataFrame:
        """The data of the table; what it shows as HTML stands there as plain text."""
        held = [(one.heading(self.view), one.value) for one in self.fields if one.value]
        return pd.DataFrame(
            [
                {heading: _plain(value(row)) for heading, value in held}
                for row in self.rows
                if not isinstance(row, Group)
            ]
        )

    def show(
        self,
        label: str,
        kind: str = "",
        *,
        title: str = "",
        anchor: str = "",
        anchor_of: Callable[[Any], str | None] = lambda row: None,
        lead: Sequence[str] = (),
        notes: Sequence[str] = (),
        name: str = "",
        file: str = "",
        frame: pd.DataFrame | None = None,
        links: str = "",
        lean: bool = False,
        fold: str = "",
    ) -> Shown:
        """Show the table, with its data to download under a `name` and in a `file` of the city.

        `label` is a message, said to those who cannot see the table. `lead` are sentences before
        it, `frame` other data than the fields give; `lean` leaves out columns of dashes, and a
        table with a `fold` opens on demand.
        """
        view, shown = self.view, [one for one in self.fields if one.cell]
        if frame is None and any(one.value for one in self.fields):
            frame = self.frame
        columns = [Column(one.heading(view), one.numeric) for one in shown]
        rows: list[dict[str, object]] = [
            {"group": row.words}
            if isinstance(row, Group)
            else {"anchor": anchor_of(row), "cells": [one.cell(row) for one in shown if one.cell]}
            for row in self.rows
        ]
        if lean:
            columns, rows = without_empty(columns, rows)
        if name and frame is not None:
            links = file_links({name: frame}, f"{view.city}_{file or name}", view.lang)
        about = {"title": title, "label": view.say(label), "kind": kind, "anchor": anchor}
        html = table(columns, rows, **about, notes=notes, links=links)
        if fold:
            html = fragment("fold.html", summary=fold, inner=html)
        if lead:
            html = fragment("sentences.html", lines=lead) + html
        if frame is None:
            return Shown(html, "\n".join(lead) or view.say(label))
        return Shown(html, "\n".join([*lead, frame.to_string(index=False)]), frame)

    def sift(
        self,
        place: str,
        label: str,
        kind: str,
        facets: Sequence[Facet],
        counts_as: Callable[[Any], Mapping[str, str]],
        *,
        anchor_of: Callable[[Any], str],
        intro: str = "",
        notes: Sequence[str] = (),
        name: str,
        frame: pd.DataFrame | None = None,
    ) -> Shown:
        """Show the table under `place`, to be sorted and filtered; its cells are `GridCell`s."""
        view, shown = self.view, [one for one in self.fields if one.cell]
        frame = self.frame if frame is None else frame
        fields = [GridField(one.key, one.heading(view), one.numeric) for one in shown]
        lines = []
        for row in self.rows:
            cells = {one.key: cast(GridCell, one.cell(row)) for one in shown if one.cell}
            lines.append(GridRow(cells, counts_as(row), anchor_of(row)))
        html = grid(
            place,
            fields,
            lines,
            facets,
            lang=view.lang,
            label=view.say(label),
            kind=kind,
            intro=intro,
            notes=notes,
            links=file_links({name: frame}, f"{view.city}_{name}", view.lang),
        )
        return Shown(html, frame.to_string(index=False), frame)
