"""The table of coupling coordination: degrees and classes by scaling and weights."""

from __future__ import annotations

import pandas as pd

from planbook.analysis.synergy.city import burdens_of
from planbook.analysis.synergy.coupling import class_of, sensitivity, spread_by_year
from planbook.report.html.cells import said
from planbook.report.html.fragments import Shown
from planbook.report.html.tabular import Give, Tabular, shown
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
    at = {name: own.set_index("year") for name, own in even.groupby("scaling", sort=False)}

    def ends(name: str) -> str:
        own = found.loc[(found["scaling"] == name) & (found["year"] == last), "D"]
        return view.say("syn_range", low=number(own.min(), 3), high=number(own.max(), 3))

    def degree(year: int) -> Give:
        return lambda name: _degree(view, at[name].loc[year])

    fields = [
        shown("column_scaling", lambda name: view.say(f"scaling_{name}")),
        shown("column_c", lambda name: number(at[name].at[last, "C"], 3), year=last, numeric=True),
        shown(
            "column_d", lambda name: _degree(view, at[name].loc[first]), year=first, numeric=True
        ),
        shown("column_d", lambda name: _degree(view, at[name].loc[last]), year=last, numeric=True),
        shown("column_d_weights", ends, year=last, numeric=True),
    ]
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
    return Tabular(view, list(at), fields).show(
        "label_syn_coupling",
        "pb-syn-coupling",
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
        name="coupling",
        frame=export,
    )


def _degree(view: View, row: pd.Series) -> str:
    if not row["class"]:
        return MISSING
    words = view.say(f"class_{row['class']}")
    return view.say("syn_degree", value=number(row["D"], 3), words=words)
