"""What the scenario explorer needs to work by itself: parameters, names, words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planbook.analysis.scenarios.city import ScenarioResult
from planbook.data import units
from planbook.files.records import Text
from planbook.report.scenarios.figures import who
from planbook.report.view import View
from planbook.text import join
from planbook.widgets.scenario_mathematics import QUANTITIES, unmoved
from planbook.widgets.words import texts, unit_of

UNITS = {"co2": ("Mt", 1), "equivalents": ("1e3 eq", 0), "intensity_change": ("%", 1)}


def scenario_payload(
    view: View, outcome: ScenarioResult, langs: Sequence[str] | None = None
) -> dict:
    """Make the payload of a scenario explorer."""
    langs = tuple(langs or (view.lang,))
    views = {lang: replace(view, lang=lang) for lang in langs}
    found, parameters = outcome.found, outcome.parameters
    shown = [name for name in QUANTITIES if (outcome.paths["quantity"] == name).any()]
    used = {
        name
        for one in parameters["scenarios"]
        for change in one["changes"]
        if change["kind"] == "step"
        for name in [change["id"].partition(".")[2]]
    }
    steps = {step.id: step for one in found.scenarios for step in one.steps if step.id in used}
    hidden = [one for key, one in found.sectors.items() if not parameters["base"]["co2"].get(key)]
    total = view.series(found.total)
    made = {
        "version": 1,
        "lang": view.lang,
        "as_of": view.as_of,
        "horizon": view.horizon,
        "parameters": dict(parameters),
        "place": {lang: view.project.entities[view.city][lang] for lang in langs},
        "names": {
            "scenario": {one.id: _said(one.title, langs) for one in found.scenarios},
            "summary": {one.id: _said(one.summary, langs) for one in found.scenarios},
            "sector": {key: _said(one.title, langs) for key, one in found.sectors.items()},
            "step": {key: _said(step.title, langs) for key, step in steps.items()},
        },
        "units": {
            name: {lang: unit_of(UNITS[name][0], lang, UNITS[name][1]) for lang in langs}
            for name in shown
        },
        "history": {name: _past(view, outcome, name) for name in shown},
        "pollution": {lang: who(views[lang], outcome) for lang in langs},
        "hidden": {lang: join([one.title[lang] for one in hidden], lang) for lang in langs},
        "sources": {
            lang: [one["label"] for one in views[lang].cite(total.sources)] for lang in langs
        },
        "texts": {lang: texts("scenario", lang) for lang in langs},
    }
    made["plain"] = {one.id: unmoved(made, one.id) for one in found.scenarios}
    return made


def _said(text: Text, langs: Sequence[str]) -> dict[str, str]:
    return {lang: text[lang] for lang in langs}


def _past(view: View, outcome: ScenarioResult, quantity: str) -> dict[str, list]:
    """Give the estimates up to the base year; of pollutants there is that year alone."""
    parameters = outcome.parameters
    base, reference = parameters["base_year"], parameters["reference"]
    emitted = {int(year): float(value) for year, value in parameters["history"].items()}
    if quantity == "co2":
        found = emitted
    elif quantity == "intensity_change":
        output = view.series(outcome.found.output).points
        start = reference["co2"] / reference["output"]
        found = {
            year: 100 * (value / float(output[year]) / start - 1)
            for year, value in emitted.items()
            if year in output.index
        }
    else:
        scenario = parameters["scenarios"][0]["id"]
        found = {base: outcome.value(scenario, quantity, base)}
    factor = units.factor(parameters["units"]["co2"], "Mt") if quantity == "co2" else 1.0
    years = sorted(year for year in found if year <= base)
    return {"years": years, "values": [float(f"{found[year] * factor:.9g}") for year in years]}
