"""What the explorer of synergy needs to work by itself: emissions by activity, weights, words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from planbook.analysis.synergy.city import figure_of, weights_of
from planbook.analysis.synergy.measure_effects import activity_bases
from planbook.report.synergy.words import why_unknown
from planbook.report.view import View
from planbook.widgets.words import texts, unit_of

CO2 = "co2"
UNITS = {"ghg": ("kt", 1), "pollutant": ("1e3 eq", 1)}
BOUNDS = {"low": "low", "value": "amount", "high": "high"}  # name here → column of the bases


def synergy_payload(
    view: View, changes_pct: Mapping[str, float], langs: Sequence[str] | None = None
) -> dict | None:
    """Make the payload of an explorer of synergy."""
    langs = tuple(langs or (view.lang,))
    project, views = view.project, {lang: replace(view, lang=lang) for lang in langs}
    base = activity_bases(project.effects, project.plan, lambda name: figure_of(view, name))
    mass = base.dropna(subset=["amount"])
    weights = weights_of(view)
    activities: list[dict[str, Any]] = []
    for name, change in changes_pct.items():
        rows = mass[mass["activity"] == name].set_index("substance")
        counted = [one for one in rows.index if one in weights]
        if CO2 not in rows.index and not counted:
            continue
        title = project.effects.bases[name].title
        activities.append(
            {
                "id": name,
                "name": {lang: title[lang] for lang in langs},
                "change": float(change),
                "co2": _bounds(rows.loc[CO2]) if CO2 in rows.index else None,
                "pollutants": {one: _bounds(rows.loc[one]) for one in counted},
            }
        )
    if not activities:
        return None
    used = {name for one in activities for name in one["pollutants"]}
    known = project.factors.equivalents
    factors = [
        project.effects.factors[factor]
        for name in changes_pct
        for factor in (
            project.effects.bases[name].co2,
            *project.effects.bases[name].pollutants.values(),
        )
        if factor
    ]
    cited = list(dict.fromkeys(name for one in factors for name in one.source.split()))
    return {
        "version": 1,
        "lang": view.lang,
        "activities": activities,
        "weights": {name: kg for name, kg in weights.items() if name in used},
        "pollutants": {
            name: {"zh": known[name].name_zh, "en": known[name].name_en}
            for name in weights
            if name in used
        },
        "units": {
            name: {lang: unit_of(pair[0], lang, pair[1]) for lang in langs}
            for name, pair in UNITS.items()
        },
        "notes": {
            lang: [line for name in changes_pct for line in why_unknown(views[lang], name)]
            for lang in langs
        },
        "sources": {lang: [one["label"] for one in views[lang].cite(cited)] for lang in langs},
        "texts": {lang: texts("synergy", lang) for lang in langs},
    }  # fmt: skip


def _bounds(row: pd.Series) -> dict[str, float]:
    """Give the mass of a year in t; a bound that is not known is the value itself."""
    value = float(row["amount"])
    found = {key: float(row[column]) for key, column in BOUNDS.items()}
    return {key: value if math.isnan(one) else one for key, one in found.items()}
