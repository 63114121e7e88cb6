"""The table of coupling coordination: degrees and classes by scaling and weights."""

from __future__ import annotations

import pandas as pd

from planbook.analysis.synergy.city import burdens_of
from planbook.analysis.synergy.coupling import class_of, sensitivity, spread_by_year
from planbook.report.html.cells import said
from planbook.report.html.fragments import Column, Shown, file_links, table
from planbook.report.view import View
from planbook.text import MISSING, number

# Weights of pollution against carbon in T, beside equal ones.
WEIGHTINGS = (
    {"carbon": 0.5, "pollution": 0.5},
    {"carbon": 0.3, "pollution": 0.7},
    {"carbon": 0.7, "pollution": 0.3},
)


def coupling(view: View, carbon: str, pollution: str) -> Shown:
    """Show the degree of coupling coordination by scaling and weights, and its classes."""
    burdens, _ = burdens_of(view, carbon, pollution)
    if len(burdens) < 2:
        return said(view.say("syn_no_coupling"))
    found = sensitivity(burdens, WEIGHTINGS)
    first, last = int(burdens.index.min()), int(burdens.index.max())
    even = found[found["weights"] == 0]
    rows = []
    for name, own in even.groupby("scaling", sort=False):
        at = own.set_index("year")
        at_last = found[(found["scaling"] == name) & (found["year"] == last)]
        rows.append(
            {
                "cells": [
                    view.say(f"scaling_{name}"),
                    number(at.at[last, "C"], 3),
                    _degree(view, at.loc[first]),
                    _degree(view, at.loc[last]),
                    view.say(
                        "syn_range",
                        low=number(at_last["D"].min(), 3),
                        high=number(at_last["D"].max(), 3),
                    ),
                ]
            }
        )
    spread = spread_by_year(found)
    moved = sum(
        class_of(one) != class_of(one, closed="right") for one in found["D"] if not pd.isna(one)
    )
    export = found.assign(
        scaling=[view.say(f"scaling_{one}") for one in found["scaling"]],
        weights=[f"{WEIGHTINGS[one]['carbon']:g}" for one in found["weights"]],
        **{"class": [view.say(f"class_{one}") if one else "" for one in found["class"]]},
    ).rename(
        columns={
            "scaling": view.say("column_scaling"),
            "weights": view.say("column_carbon_weight"),
            "year": view.say("column_year"),
            "class": view.say("column_class"),
        }
    )
    html = table(
        [
            Column(view.say("column_scaling")),
            Column(view.say("column_c", year=last), numeric=True),
            Column(view.say("column_d", year=first), numeric=True),
            Column(view.say("column_d", year=last), numeric=True),
            Column(view.say("column_d_weights", year=last), numeric=True),
        ],
        rows,
        label=view.say("label_syn_coupling"),
        kind="pb-syn-coupling",
        notes=[
            view.say(
                "syn_note_spread",
                year=last,
                low=number(spread.at[last, "low"], 2),
                high=number(spread.at[last, "high"], 2),
                count=int(spread.at[last, "classes"]),
            ),
            view.say("syn_note_edges", count=moved, total=int(found["D"].notna().sum())),
            view.say("syn_note_peers"),
        ],
        links=file_links({"coupling": export}, f"{view.city}_coupling", view.lang),
    )
    return Shown(html, export.to_string(index=False), export)


def _degree(view: View, row: pd.Series) -> str:
    if not row["class"]:
        return MISSING
    words = view.say(f"class_{row['class']}")
    return view.say("syn_degree", value=number(row["D"], 3), words=words)
