"""The inventory of a city, computed from what is known at a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from planbook.analysis.as_of import AsOf
from planbook.analysis.inventory.activity import (
    KINDS,
    MISSING,
    Activity,
    activities,
    published_figure,
)
from planbook.analysis.inventory.emissions import by_line, emissions, pollutants, swap
from planbook.analysis.inventory.uncertainty import Simulated, simulate
from planbook.data.factor_library import Library
from planbook.data.factors import InventoryLine

ADDED_SCOPE = 1  # what is counted together; the others stand apart


@dataclass(frozen=True)
class Inventory:
    """The inventory of one city."""

    activity: Mapping[str, Sequence[Activity]]
    rows: pd.DataFrame  # as of `planbook.analysis.inventory.emissions.emissions`
    lines: pd.DataFrame  # as of `by_line`, with ``low`` and ``high`` of the draws
    # sums of lines of one kind and scope; no sum goes across either
    totals: Mapping[tuple[str, int], Simulated]
    swapped: pd.DataFrame
    benefits: pd.DataFrame

    def kind(self, line: str) -> str:
        """Say how a line was computed: published, scaled or missing."""
        return str(self.lines["kind"].get(line, MISSING))


def library_of(at: AsOf) -> Library:
    """Give the library of factors; every project that is loaded has one."""
    library = at.project.factors.library
    assert library is not None
    return library


def compute(at: AsOf) -> Inventory:
    """Compute the inventory of a city by the library's default set."""
    library = library_of(at)
    regions = (at.city, *at.parents)
    known = {one.activity for one in library.uses} | {one.activity for one in library.factors}
    activity = activities(
        library,
        at.project.factors.lines,
        lambda name: published_figure(at.series(name)),
        computed=known,
    )
    rows = emissions(activity, library, regions=regions)
    lines = by_line(rows)
    scopes = {line: one.id for one in library.scopes for line in one.lines}
    totals = {}
    for (kind, scope), part in rows.groupby([rows["kind"], rows["line"].map(scopes)], sort=False):
        totals[str(kind), int(scope)] = simulate(part)
    spread = [one.lines[["low", "high"]] for one in totals.values()]
    lines = lines.join(pd.concat(spread)) if spread else lines.assign(low=[], high=[])
    weights = {key: one.equivalent_kg for key, one in at.project.factors.equivalents.items()}
    return Inventory(
        activity,
        rows,
        lines,
        totals,
        swap(activity, library, regions=regions),
        pollutants(activity, library, weights),
    )


def counts(at: AsOf, inventory: Inventory) -> dict[str, int]:
    """Count the lines of the inventory by how they were computed."""
    kinds = [inventory.kind(line.id) for line in at.project.factors.lines]
    return {kind: kinds.count(kind) for kind in KINDS}


def line_of(at: AsOf, line: str) -> InventoryLine:
    """Find a line of the inventory by its id."""
    return next(one for one in at.project.factors.lines if one.id == line)
