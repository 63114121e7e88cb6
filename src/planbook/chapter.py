"""What a notebook imports: a chapter of the book, one call a cell.

A chapter knows its section of the plan and its sector of the catalogue. What it shows
comes from its themes (`planbook.report.themes`), each imported when a notebook first names
it, so that a notebook depends on the code of the themes that it shows. It remembers what it
showed: caveats, sources and downloads at its end are those of the figures above them.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from planbook.analysis.forecast import ForecastRefused
from planbook.data import paths
from planbook.data.city import load as load_project
from planbook.data.vintages import is_day, standing
from planbook.errors import ParameterError
from planbook.files.records import LANGS
from planbook.report.figure import break_notes
from planbook.report.html.cells import said
from planbook.report.html.fragments import Shown, file_links, fragment
from planbook.report.page import Name, Page, Theme
from planbook.report.series import revisions, tables
from planbook.report.targets import tables as target_tables
from planbook.report.themes import THEMES
from planbook.report.view import View
from planbook.text import join_counts

if TYPE_CHECKING:
    from planbook.report.changes.calls import ChangeCalls
    from planbook.report.drivers.calls import DriverCalls
    from planbook.report.inventory.calls import InventoryCalls
    from planbook.report.peers.calls import PeerCalls
    from planbook.report.scenarios.calls import ScenarioCalls
    from planbook.report.series.calls import SeriesCalls
    from planbook.report.synergy.calls import SynergyCalls
    from planbook.report.targets.calls import TargetCalls
    from planbook.report.targets.certainty_calls import CertaintyCalls
    from planbook.report.targets.plan_calls import PlanCalls
    from planbook.widgets.forecast_calls import ForecastExplorerCalls
    from planbook.widgets.scenario_calls import ScenarioExplorerCalls
    from planbook.widgets.what_if_calls import WhatIfExplorerCalls

_NAME = re.compile(r"(\d\d)_([a-z]+)")


class Chapter:
    """One chapter for one city, language and date; made by `load`."""

    series: SeriesCalls
    targets: TargetCalls
    certainty: CertaintyCalls
    plan: PlanCalls
    drivers: DriverCalls
    synergy: SynergyCalls
    inventory: InventoryCalls
    scenarios: ScenarioCalls
    peers: PeerCalls
    changes: ChangeCalls
    forecast_explorer: ForecastExplorerCalls
    scenario_explorer: ScenarioExplorerCalls
    what_if_explorer: WhatIfExplorerCalls

    def __init__(self, page: Page) -> None:
        self.page = page
        self.view = page.view

    def __getattr__(self, name: str) -> Theme:
        if name not in THEMES:
            raise AttributeError(f"a chapter has no '{name}'; its themes are {', '.join(THEMES)}")
        module, kind = THEMES[name]
        return self.page.part(getattr(import_module(module), kind))

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *THEMES]

    def question(self) -> Shown:
        """Say what the plan's sections ask, and what this book is built on."""
        view = self.view
        lines = []
        for section in self.page.sections:
            ask = section.question[view.lang]
            if len(self.page.sections) > 1:  # several sections: say which asks what
                head = target_tables.section_title(view, section)
                ask = Markup("<strong>{}</strong><br>{}").format(head, ask)
            lines += [ask, section.summary[view.lang]]
        if not lines:
            lines.append(view.say("no_section", city=view.place(view.city)))
        lines.append(view.stand_line())
        return said(*lines)

    def headline(self, *names: Name, whole_plan: bool = False) -> Shown:
        """Show the state of the chapter's targets and the latest of some indicators.

        Parameters
        ----------
        *names : str or (indicator, place)
            Indicators to show; of the city where no place is given. A place is an
            entity, ``province`` or ``nation``.
        whole_plan : bool, optional
            Whether to count the targets of the whole plan.
        """
        view = self.view
        entries = []
        chosen = self.page.chosen(whole_plan)
        counts = target_tables.verdict_counts(view, chosen)
        for verdict, count in counts.items():
            if count:
                of = view.say("card_targets", total=len(chosen))
                entries.append((str(count), view.say(f"verdict_{verdict}"), of))
        pairs = self.page.pairs(names)
        for indicator, entity in pairs:
            figure, year = view.latest_parts(indicator, entity)
            note = view.say("label_joint").join(text for text in (view.place(entity), year) if text)
            entries.append((figure, view.title(indicator), note))
        own = view.project.city.entities
        first = len(entries) - len(pairs)
        context = [first + n for n, (_, entity) in enumerate(pairs) if entity not in own]
        return self.page.keep(target_tables.cards(view, entries, context=context), "", pairs)

    def summary(self, *, whole_plan: bool = False) -> Shown:
        """Say in a few sentences how the targets of the chapter, or of the plan, stand."""
        view, chosen = self.view, self.page.chosen(whole_plan)
        counts = target_tables.verdict_counts(view, chosen)
        known = [t for t in chosen if view.standings[t.target_id].latest_value is not None]
        lines = [
            view.say(
                "summary_plan" if whole_plan else "summary_counts",
                total=len(chosen),
                list=join_counts(counts, "verdict_{}", view.lang),
            )
            if chosen
            else view.say("no_target"),
        ]
        if chosen:
            lines.append(view.say("summary_known", known=len(known), total=len(chosen)))
        return said(*lines)

    def caveats(self) -> Shown:
        """Say what limits the chapter: its rules, and why series were not forecast."""
        view = self.view
        lines = [view.say("caveat_plan"), view.project.city.plan_status[view.lang]]
        own = [view.series(indicator) for indicator in dict.fromkeys(self.page.indicators)]
        lines += break_notes(view, own)
        lines += [
            view.say("note_modelled", indicator=one.indicator.title[view.lang])
            for one in own
            if one.is_modelled
        ]
        return Shown(fragment("list.html", lines=list(dict.fromkeys(lines))), "\n".join(lines))

    def definitions(self) -> Shown:
        """Say what the indicators shown mean and who would hold them."""
        names = list(
            dict.fromkeys([*(t.indicator for t in self.page.targets), *self.page.indicators])
        )
        return tables.definitions(self.view, names)

    def sources(self) -> Shown:
        """List the sources of every figure shown, and which of the figures were revised."""
        listed = tables.sources(self.view, list(self.page.sources))
        if not self.page.pairs_shown:  # it shows no series, or tells of revisions in its own way
            return listed
        revised = revisions.of_pairs(self.view, self.page.pairs_shown)
        both = Markup("{}\n{}").format(listed.html, Markup(revised.html))
        return Shown(str(both), f"{listed.plain}\n{revised.plain}", listed.data)

    def downloads(self) -> Shown:
        """Offer all figures of the chapter as one workbook."""
        sheets: dict[str, pd.DataFrame] = {}
        for name, frame in self.page.shown:
            key, count = name, 2
            while key in sheets:
                key, count = f"{name} {count}", count + 1
            sheets[key] = frame
        if not sheets:
            line = self.view.say("nothing_to_download")
            return said(line)
        links = file_links(
            sheets,
            f"{self.view.city}_{self.page.name}",
            self.view.lang,
            word=self.view.say("download_chapter"),
        )
        return Shown(links, self.view.say("download_chapter"))


def load(
    name: str,
    *,
    city: str = "liupanshui",
    lang: str = "en",
    as_of: int | str = 0,
    horizon: int = 2030,
    level: int = 95,
    root: paths.Paths | None = None,
) -> Chapter:
    """Load a chapter: the data of its city, checked, in one language.

    Parameters
    ----------
    name : str
        The notebook's name without extension, such as ``10_agriculture``.
    city : str, optional
        Folder of ``data/cities``.
    lang : {'en', 'zh'}, optional
    as_of : int or str, optional
        Year at whose end the book stands, or a day as ``YYYY-MM-DD``; 0 takes the
        city's own year.
    horizon : int, optional
        Last year forecast.
    level : int, optional
        Interval level that sentences quote, in per cent.
    root : Paths, optional
        The project; found from the working directory by default.

    Raises
    ------
    ParameterError
        If a parameter is not what it may be.
    DataError
        If the data break a rule.
    """
    if not _NAME.fullmatch(name):
        raise ParameterError(f"chapter '{name}': give the notebook's name, such as 05_energy")
    if lang not in LANGS:
        raise ParameterError(f"lang '{lang}': use one of {', '.join(LANGS)}")
    if not 50 <= level < 100:
        raise ParameterError(f"level {level}: give a per cent from 50 to 99")
    project = load_project(city, root)
    wanted = project.asked(as_of)
    year, day = standing(wanted) if is_day(str(wanted)) else (0, "")
    if not 1990 <= year <= 2100:
        raise ParameterError(
            f"as_of {str(as_of)[:40]}: give a year from 1990 to 2100, a date as YYYY-MM-DD, or 0"
        )
    if not year <= horizon <= 2060:
        raise ParameterError(f"horizon {horizon}: give a year from {year} to 2060")
    return Chapter(Page(name, View(project, year, horizon, day, lang=lang, level=level)))


__all__ = ["Chapter", "ForecastRefused", "load"]
