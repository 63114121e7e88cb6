"""The page of all sources: what each is, what rests on it, and citations to save."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from planbook.data.city import CityData
from planbook.exports import citations
from planbook.files import spreadsheets as downloads
from planbook.publish.pages.sections import raw
from planbook.report.html.fragments import Column, fragment, table
from planbook.report.view import View, web_address
from planbook.text import MISSING, section_number

OTHER = "other"  # group of what no place has published
_USES_SHOWN = 4  # indicators; a longer list opens on demand
_MARK = "<!-- cited: {} -->"
_CITED = re.compile(r'id=\\?"source-([\w-]+)\\?"')


def groups(project: CityData) -> dict[str, list[str]]:
    """Sort sources by the place whose published figures they give."""
    city, rows = project.city, project.observations
    published = rows[rows["status"] != "modelled"]
    homes = {city.id: list(city.entities), **{parent: [parent] for parent in city.parents}}
    found, taken = {}, set[str]()
    for home, entities in homes.items():
        own = set(published.loc[published["entity"].isin(entities), "source"])
        if home == city.id:
            own |= {one.source for one in project.plan.projects.values() if one.source}
        found[home] = sorted(own - taken)
        taken |= own
    found[OTHER] = sorted(set(project.sources) - taken)
    return {home: names for home, names in found.items() if names}


def uses(project: CityData) -> dict[str, list[str]]:
    """List the indicators whose figures come from each source, in the catalogue's order."""
    rows = project.observations.drop_duplicates(["indicator", "source"])
    order = {indicator: place for place, indicator in enumerate(project.catalog)}
    found: dict[str, list[str]] = {}
    for row in rows.itertuples():
        found.setdefault(row.source, []).append(row.indicator)
    return {source: sorted(names, key=order.__getitem__) for source, names in found.items()}


def cited_in(pages: Mapping[str, str]) -> dict[str, list[str]]:
    """Find the pages that list each source."""
    found: dict[str, list[str]] = {}
    for page, text in pages.items():
        for source in dict.fromkeys(_CITED.findall(text)):
            found.setdefault(source, []).append(page)
    return found


def bibliography_page(view: View) -> str:
    """Write the page as MyST Markdown; `fill` puts in which chapters cite a source."""
    project, used = view.project, uses(view.project)
    found = groups(project)
    counts = [view.say("bib_intro", count=sum(map(len, found.values()))), view.say("bib_how")]
    parts = [
        f"# {view.say('bib_title')}\n",
        raw(fragment("sentences.html", lines=counts)),
        raw(_files(view)),
    ]
    for home, names in found.items():
        if home == OTHER:
            heading = view.say("bib_other")
        else:
            key = "bib_city" if home == view.city else "bib_context"
            heading = view.say(key, place=view.place(home))
        parts += [f"## {heading}\n", raw(_table(view, heading, names, used))]
    return "\n".join(parts)


def fill(text: str, project: CityData, cited: Mapping[str, Sequence[str]], lang: str) -> str:
    """Put into the page which chapters list each source."""
    sections: dict[str, str] = {}
    for section in project.plan.sections.values():
        number = section_number(section.number, lang)
        sections.setdefault(project.page_of(section), number)
    for source in project.sources:
        links = [
            Markup('<a href="{}.html#source-{}">{}</a>').format(page, source, sections[page])
            for page in sections
            if page in cited.get(source, ())
        ]
        joint = Markup("、" if lang == "zh" else ", ")
        text = text.replace(_MARK.format(source), str(joint.join(links)) or MISSING)
    return text


def _files(view: View) -> Markup:
    sources, lang = view.project.sources, view.lang
    bib = downloads.data_uri(citations.bibtex(sources, lang), citations.BIBTEX_TYPE)
    csl = downloads.data_uri(citations.csl(sources, lang), citations.CSL_TYPE)
    name = f"{view.city}_sources_{lang}"
    files = [
        {"label": "BibTeX", "name": f"{name}.bib", "uri": bib},
        {"label": "CSL JSON", "name": f"{name}.csl.json", "uri": csl},
    ]
    return fragment("downloads.html", word=view.say("bib_download"), files=files)


def _table(
    view: View, label: str, names: Iterable[str], used: Mapping[str, Sequence[str]]
) -> Markup:
    columns = [
        Column(view.say("column_source")),
        Column(view.say("bib_dates")),
        Column(view.say("bib_used")),
        Column(view.say("bib_chapters")),
    ]
    rows = [
        {
            "anchor": f"source-{name}",
            "cells": [
                _about(view, name),
                _dates(view, name),
                _used(view, used.get(name, ())),
                Markup(_MARK.format(name)),
            ],
        }
        for name in names
    ]
    return table(columns, rows, label=label, kind="pb-bibliography")


def _about(view: View, name: str) -> Markup:
    about, lang = view.source(name), view.lang
    text = Markup("<strong>{}</strong><br>{}").format(about.title[lang], about.producer[lang])
    address = web_address(about.address)
    if address:
        text += Markup('<br><a class="pb-address" href="{0}">{0}</a>').format(address)
    else:
        text += Markup("<br>{}").format(
            about.address or view.say("reposted" if about.reposted else "no_address")
        )
    if about.note:
        text += Markup("<br><small>{}</small>").format(about.note[lang])
    if lang == "zh":
        text += Markup('<br><small class="pb-cite">{}</small>').format(
            view.say("bib_gbt", text=citations.gbt(about, lang))
        )
    return text


def _dates(view: View, name: str) -> Markup:
    about = view.source(name)
    published = view.say("bib_published", date=about.published or view.say("unknown"))
    accessed = view.say("bib_accessed", date=about.accessed)
    return Markup("{}<br>{}<br><small>{}</small>").format(
        published, accessed, about.licence[view.lang]
    )


def _used(view: View, indicators: Sequence[str]) -> Markup:
    if not indicators:
        return Markup("{}").format(view.say("bib_used_otherwise"))
    titles = list(dict.fromkeys(view.title(one) for one in indicators))
    joint = view.say("list_separator") if view.lang == "zh" else "; "
    if len(titles) <= _USES_SHOWN:
        return Markup("{}").format(joint.join(titles))
    return fragment(
        "fold.html",
        summary=view.say("bib_used_count", count=len(titles)),
        inner=fragment("list.html", lines=titles),
    )
