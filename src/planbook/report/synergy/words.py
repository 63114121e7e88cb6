"""Names of pollutants and effects, and what is not known of an activity."""

from __future__ import annotations

from planbook.analysis.synergy.city import figure_of
from planbook.report.inventory.words import co2_beside
from planbook.report.view import View


def pollutant_name(view: View, pollutant: str) -> str:
    """Name a pollutant."""
    one = view.project.factors.equivalents[pollutant]
    return view.words(one, "name")


def effect_name(view: View, effect: str) -> str:
    """Name a computed effect with its measure."""
    one = view.project.effects.effects[effect]
    return view.say("syn_effect_name", number=one.measure, title=one.title[view.lang])


def why_unknown(view: View, activity: str) -> list[str]:
    """Say why a side of an activity is not computed, or what its base leaves out."""
    chain = view.project.effects.bases[activity]
    title = chain.title[view.lang]
    wanted = [
        term.figure
        for term in chain.activity
        if term.figure and figure_of(view, term.figure) is None
    ]
    if wanted:
        name = view.title(wanted[0])
        department = view.department(view.project.catalog[wanted[0]].department)
        return [view.say("syn_no_activity", activity=title, name=name, department=department)]
    texts = list(dict.fromkeys(one[view.lang] for one in chain.unknown.values()))
    texts += [chain.note[view.lang]] if chain.note else []
    texts += co2_beside(view, chain)
    return [view.say("syn_assumption", name=title, text=text) for text in texts]
