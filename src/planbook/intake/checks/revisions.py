"""Set new figures beside those known: new, revised, unchanged."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from planbook.intake.faults import Fault
from planbook.intake.meaning.resolve import NewFigure

Action = Literal["new", "revised", "unchanged"]
SAME = 1e-9  # share by which two floats of one published figure may differ
Key = tuple[str, str, int]


@dataclass(frozen=True)
class Change:
    """What an import does with one figure."""

    action: Action
    figure: NewFigure
    before: Mapping[str, Any] | None = None  # the row of observations that was the latest until now


def latest(observations: pd.DataFrame, entities: Sequence[str]) -> dict[Key, dict[str, Any]]:
    """Give the row that counts for each indicator, place and year of a city."""
    own = observations[observations["entity"].isin(list(entities))]
    own = own.sort_values(["indicator", "entity", "year", "published", "row"], kind="stable")
    return {(row["indicator"], row["entity"], row["year"]): row for row in own.to_dict("records")}


def compare(
    figures: Sequence[NewFigure], known: Mapping[Key, Mapping[str, Any]]
) -> tuple[list[Change], list[Fault]]:
    """Say what each figure changes.

    A figure that differs from the one known is a revision: it needs a date of
    publication after the earlier one, which stays in the file. One that equals it
    (value and mark) changes nothing, whatever its source.
    """
    changes, faults = [], []
    for figure in figures:
        before = known.get(figure.key)
        if before is None:
            changes.append(Change("new", figure))
            continue
        equal = math.isclose(before["value"], figure.value, rel_tol=SAME, abs_tol=1e-12)
        if equal and before["qualifier"] == figure.qualifier:
            changes.append(Change("unchanged", figure, before))
            continue
        told = {"before": f"{before['value']:.12g}", "after": f"{figure.value:.12g}",
                "unit": figure.unit, "source": before["source"]}  # fmt: skip
        if (before["status"] == "modelled") != (figure.status == "modelled"):
            faults.append(figure.fault("modelled_mixed", **told))
            continue
        if not figure.published:
            faults.append(figure.fault("revision_undated", "published", **told))
            continue
        if before["published"] and figure.published <= before["published"]:
            faults.append(
                figure.fault("revision_not_later", "published", date=before["published"], **told)
            )
            continue
        if before["source"] != figure.source:
            faults.append(figure.fault("other_source", level="warning", **told))
        changes.append(Change("revised", dataclasses.replace(figure, status="revised"), before))
    return changes, faults
