"""Published figures of a sector, what indicators mean, and sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from planbook.data import units
from planbook.data.catalog import Indicator
from planbook.data.observations import Source
from planbook.data.series import Series
from planbook.report.html.cells import said, small, strong, two_lines
from planbook.report.html.fragments import Shown
from planbook.report.html.tabular import Tabular, both, column, held, listed, shown
from planbook.report.view import View, export_frame, web_address
from planbook.text import MISSING, bare, join

FOLD_ABOVE = 10  # rows; a longer reference table opens on demand


def known(view: View, sector: str) -> Shown:
    """List what is published for the city and its counties in one sector."""
    chosen: list[Series] = []
    found: list[Series] = []
    for meta in view.project.catalog.sector(sector):
        own = [view.series(meta.id, entity) for entity in view.project.city.entities]
        own = [one for one in own if len(one)]
        found += own
        # a county's figure stands in the table only without the city's
        chosen += [one for one in own if one.entity == view.city] or own
    if not chosen:
        return said(view.say("nothing_known", city=view.place(view.city)))

    def title(one: Series) -> str:
        name = view.title(one.indicator.id)
        if one.entity == view.city:
            return name
        return name + view.say("paren", text=view.place(one.entity))

    def span(one: Series) -> str:
        first, last = one.frame.index[0], one.frame.index[-1]
        if first == last:
            return str(first)
        return view.say("years_span", first=first, last=last, count=len(one))

    def latest(one: Series, is_modelled: bool) -> str:
        if one.is_modelled != is_modelled:
            return MISSING
        return view.latest(one.indicator.id, one.entity)

    def producers(one: Series) -> str:
        names = [view.source(name).producer[view.lang] for name in one.sources]
        return join(list(dict.fromkeys(names)), view.lang)

    fields = [
        shown("column_indicator", title),
        shown("column_latest_figure", lambda one: latest(one, False)),
        shown("column_latest_modelled", lambda one: latest(one, True)),
        shown("column_years", span),
        shown("column_source", producers),
    ]
    return Tabular(view, chosen, fields).show(
        "label_known",
        "pb-known",
        notes=[view.say("known_note")] if any(one.entity != view.city for one in found) else [],
        name=sector,
        frame=export_frame(view, found),
        lean=True,
        fold=view.say("known_fold", count=len(chosen)) if len(chosen) > FOLD_ABOVE else "",
    )


def size_of(view: View, amount: float, unit: str) -> str:
    """Write the size of a project in the unit in which readers count."""
    sign, factor = units.display(unit, view.lang)
    gap = "" if view.lang == "zh" else " "
    return f"{bare(amount * factor)}{gap}{sign}".strip()


def definitions(view: View, indicators: Sequence[str]) -> Shown:
    """Say what each indicator means, how it relates to the plan, and who would hold it."""

    def title(one: Indicator) -> Markup:
        unit = units.label(one.unit, view.lang)
        return two_lines(strong(one.title[view.lang]), small(unit))

    def about(one: Indicator) -> list[str]:
        texts = [one.definition, one.plan_relation] if one.plan_relation else [one.definition]
        return [text[view.lang] for text in texts]

    fields = [
        held("column_id", lambda one: one.id),
        column("column_indicator", title, lambda one: one.title[view.lang]),
        held("column_unit", lambda one: one.unit),
        listed("column_definition", about),
        both("column_holder", lambda one: view.department(one.department)),
    ]
    return Tabular(view, [view.project.catalog[name] for name in indicators], fields).show(
        "label_definitions",
        "pb-definitions",
        fold=view.say("definitions_fold", count=len(indicators)),
    )


def sources(view: View, names: Sequence[str]) -> Shown:
    """List sources with producer, title, dates, licence and address."""
    if not names:
        return said(view.say("no_source"))

    def told(name: str) -> Markup:
        one = view.source(name)
        producer = strong(one.producer[view.lang])
        text = Markup("{}{}{}").format(producer, view.say("colon"), one.title[view.lang])
        return two_lines(text, small(one.note[view.lang])) if one.note else text

    def dates(name: str) -> str:
        one = view.source(name)
        published = one.published or view.say("unknown")
        return view.say("source_dates", published=published, accessed=one.accessed)

    def where(name: str) -> str:
        one = view.source(name)
        address = web_address(one.address)
        if address:
            return Markup('<a href="{}">{}</a>').format(address, view.say("open"))
        return view.say("reposted" if one.reposted else "no_address")

    def of(give: Callable[[Source], object]) -> Callable[[str], object]:
        return lambda name: give(view.source(name))

    fields = [
        held("column_id", str),
        held("column_producer", of(lambda one: one.producer[view.lang])),
        column("column_source", told, of(lambda one: one.title[view.lang])),
        column("column_published", dates, of(lambda one: one.published or "")),
        held("column_accessed", of(lambda one: one.accessed)),
        both("column_licence", of(lambda one: one.licence[view.lang])),
        column("column_address", where, of(lambda one: one.address or "")),
    ]
    link = Markup('<a href="bibliography.html">{}</a>').format(view.say("bib_link"))
    return Tabular(view, sorted(names), fields).show(
        "label_sources",
        "pb-sources",
        anchor_of=lambda name: f"source-{name}",
        notes=[link],
        fold=view.say("sources_fold", count=len(names)) if len(names) > FOLD_ABOVE else "",
    )


def latest_of_each(view: View, names: Sequence[str], *, modelled: bool) -> list[str]:
    """Write the latest figure of each indicator that has any: published ones or modelled ones."""
    found = [view.series(name) for name in names]
    return [
        view.named_latest(one.indicator.id)
        for one in found
        if len(one) and one.is_modelled == modelled
    ]
