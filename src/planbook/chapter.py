"""What a notebook imports: a chapter of the book, one call a cell.

A chapter knows its section of the plan and its sector of the catalogue. It
remembers what it showed, so that caveats, sources and downloads at its end are
those of the figures above them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from markupsafe import Markup

from planbook.analysis.forecast import ForecastRefused
from planbook.data import paths
from planbook.data.city import load as load_project
from planbook.data.plan import Measure, PlanProject, Section, Target
from planbook.data.vintages import is_day, standing
from planbook.errors import ParameterError
from planbook.files.records import LANGS
from planbook.report.changes.calls import ChangeCalls
from planbook.report.drivers.calls import DriverCalls
from planbook.report.evidence.calls import EvidenceCalls
from planbook.report.figure import break_notes, missing
from planbook.report.html.fragments import Shown, file_links, fragment
from planbook.report.inventory.calls import InventoryCalls
from planbook.report.peers.calls import PeerCalls
from planbook.report.scenarios.calls import ScenarioCalls
from planbook.report.series import figures
from planbook.report.series import forecast as outlook
from planbook.report.series import latest as figure_rows
from planbook.report.synergy.calls import SynergyCalls
from planbook.report.targets import (
    certainty as judgement,
)
from planbook.report.targets import (
    departments as duty_tables,
)
from planbook.report.targets import (
    scoreboard,
    tables,
)
from planbook.report.view import View
from planbook.text import join_counts
from planbook.widgets.calls import ExplorerCalls

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_NAME = re.compile(r"(\d\d)_([a-z]+)")


class Chapter(
    ChangeCalls,
    DriverCalls,
    EvidenceCalls,
    ExplorerCalls,
    InventoryCalls,
    PeerCalls,
    ScenarioCalls,
    SynergyCalls,
):
    """One chapter for one city, language and date; made by `load`."""

    def __init__(self, name: str, view: View) -> None:
        self.name = name
        self.view = view
        self.sector = name[3:]
        self._shown: list[tuple[str, pd.DataFrame]] = []
        self._indicators: dict[str, None] = {}
        self._sources: dict[str, None] = {}
        self._pairs_shown: dict[tuple[str, str], None] = {}

    # ---- what the plan asks ----

    @property
    def sections(self) -> list[Section]:
        """Sections of the plan that the chapter answers."""
        return self.view.project.plan.sections_of(self.name)

    @property
    def measures(self) -> list[Measure]:
        """Measures of these sections."""
        plan = self.view.project.plan
        return [item for one in self.sections for item in plan.measures_of(one.number)]

    @property
    def targets(self) -> list[Target]:
        """Targets of these sections, and those that their measures serve."""
        numbers = [one.number for one in self.sections]
        return self.view.project.plan.targets_for(numbers)

    def _chosen(self, whole_plan: bool) -> list[Target]:
        return list(self.view.project.plan.targets.values()) if whole_plan else self.targets

    def _keep(self, shown: Shown, name: str, pairs: Sequence[tuple[str, str]] = ()) -> Shown:
        if shown.data is not None and not shown.data.empty:
            self._shown.append((name, shown.data))
        for indicator, entity in pairs:
            found = self.view.series(indicator, entity)
            self._indicators[indicator] = None
            self._pairs_shown[indicator, entity] = None
            self._sources.update(dict.fromkeys(found.sources))
        return shown

    def _pairs(self, names: Sequence[str | tuple[str, str]]) -> list[tuple[str, str]]:
        return [
            (name, self.view.city) if isinstance(name, str) else (name[0], self._entity(name[1]))
            for name in names
        ]

    def _entity(self, place: str) -> str:
        """Resolve ``province`` and ``nation`` to the nearest and widest context."""
        parents = self.view.parents
        roles = {"city": self.view.city}
        if parents:
            roles |= {"province": parents[0], "nation": parents[-1]}
        entity = roles.get(place, place)
        if entity not in self.view.project.entities:
            known = ", ".join([*roles, *self.view.project.entities])
            raise ParameterError(f"no place '{place}'; use one of {known}")
        return entity

    # ---- question and headline ----

    def question(self) -> Shown:
        """Say what the plan's sections ask, and what this book is built on."""
        view = self.view
        lines = []
        for section in self.sections:
            ask = section.question[view.lang]
            if len(self.sections) > 1:  # several sections: say which asks what
                head = tables.section_title(view, section)
                ask = Markup("<strong>{}</strong><br>{}").format(head, ask)
            lines += [ask, section.summary[view.lang]]
        if not lines:
            lines.append(view.say("no_section", city=view.place(view.city)))
        lines.append(view.stand_line())
        return Shown(fragment("sentences.html", lines=lines), "\n".join(lines))

    def headline(self, *names: str | tuple[str, str], whole_plan: bool = False) -> Shown:
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
        chosen = self._chosen(whole_plan)
        counts = tables.verdict_counts(view, chosen)
        for verdict, count in counts.items():
            if count:
                of = view.say("card_targets", total=len(chosen))
                entries.append((str(count), view.say(f"verdict_{verdict}"), of))
        pairs = self._pairs(names)
        for indicator, entity in pairs:
            figure, year = view.latest_parts(indicator, entity)
            note = view.say("label_joint").join(text for text in (view.place(entity), year) if text)
            entries.append((figure, view.title(indicator), note))
        own = view.project.city.entities
        first = len(entries) - len(pairs)
        context = [first + n for n, (_, entity) in enumerate(pairs) if entity not in own]
        return self._keep(tables.cards(view, entries, context=context), "", pairs)

    def summary(self, *, whole_plan: bool = False) -> Shown:
        """Say in a few sentences how the targets of the chapter, or of the plan, stand."""
        view, chosen = self.view, self._chosen(whole_plan)
        counts = tables.verdict_counts(view, chosen)
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
        return Shown(fragment("sentences.html", lines=lines), "\n".join(lines))

    # ---- tables ----

    def table_targets(self) -> Shown:
        """Show the chapter's targets with latest figure, state and lead."""
        for target in self.targets:
            self._indicators[target.indicator] = None
            self._cite_target(target)
        return self._keep(tables.targets(self.view, self.targets), self.view.say("label_targets"))

    def table_all_targets(self) -> Shown:
        """Show every target of the plan with its notes and what is published near it."""
        chosen = list(self.view.project.plan.targets.values())
        for target in chosen:
            self._cite_target(target)
        shown = tables.targets(self.view, chosen, grouped=True, anchored=chosen)
        summary = self.view.say("targets_fold", count=len(chosen))
        folded = Shown(fragment("fold.html", summary=summary, inner=shown.html), shown.plain)
        return self._keep(replace(folded, data=shown.data), self.view.say("label_targets"))

    def _cite_target(self, target: Target) -> None:
        """Remember what a row of a target shows: its figure, and what is published near it."""
        self._pairs_shown[target.indicator, self.view.city] = None
        for pair in self.view.nearest(target)[: tables.NEAREST_SHOWN]:
            self._pairs_shown[pair] = None
            self._sources.update(dict.fromkeys(self.view.series(*pair).sources))

    def scoreboard(self) -> Shown:
        """Show every target of the plan in one table that can be sorted and filtered."""
        return self._keep(scoreboard.board(self.view), self.view.say("label_board"))

    def table_counts(self) -> Shown:
        """Count the plan's targets by part and state, as links to the scoreboard."""
        return self._keep(scoreboard.counts(self.view), self.view.say("label_counts"))

    def holders(self) -> Shown:
        """Say which departments would hold the figures that verdicts wait for."""
        return scoreboard.holders(self.view)

    def table_departments(self) -> Shown:
        """Show what each department leads, takes part in and answers for."""
        return self._keep(duty_tables.overview(self.view), self.view.say("label_departments"))

    def heat_departments(self) -> Shown:
        """Draw departments against the plan's measures."""
        return self._keep(duty_tables.heat(self.view), self.view.say("label_heat"))

    def table_all_projects(self) -> Shown:
        """Show every project of the plan in one table that can be sorted and filtered."""
        projects = self.view.project.plan.projects.values()
        self._sources.update(dict.fromkeys(item.source for item in projects if item.source))
        return self._keep(duty_tables.projects(self.view), self.view.say("label_projects"))

    def assessment(self) -> Shown:
        """Offer the sheet of the yearly assessment, to be filled in."""
        return duty_tables.assessment(self.view)

    def table_methods(self) -> Shown:
        """Show what the published methods say of the chapter's targets, and why they differ."""
        shown = judgement.methods(self.view, self.targets)
        return self._keep(shown, self.view.say("label_methods"))

    def table_stability(self) -> Shown:
        """Show why each state holds, what it was in earlier years and what would change it."""
        shown = judgement.stability(self.view, self.targets)
        return self._keep(shown, self.view.say("label_stability"))

    def table_known(self) -> Shown:
        """List every figure of the chapter's sector that the city has published."""
        shown = tables.known(self.view, self.sector)
        for meta in self.view.project.catalog.sector(self.sector):
            for entity in self.view.project.city.entities:
                self._pairs_shown[meta.id, entity] = None
                self._sources.update(dict.fromkeys(self.view.series(meta.id, entity).sources))
        return self._keep(shown, self.view.say("label_known"))

    def table_measures(self) -> Shown:
        """Show the chapter's measures with everyone responsible."""
        return self._keep(
            tables.measures(self.view, self.measures), self.view.say("label_measures")
        )

    def table_projects(self) -> Shown:
        """Show the projects of the plan's boxes that belong to the chapter."""
        chosen = self._projects()
        return self._keep(tables.projects(self.view, chosen), self.view.say("label_projects"))

    def _projects(self) -> list[PlanProject]:
        """List the chapter's projects, and remember where their states come from."""
        plan = self.view.project.plan
        chosen = [item for one in self.sections for item in plan.projects_of(one.number)]
        self._sources.update(dict.fromkeys(item.source for item in chosen if item.source))
        return chosen

    def missing(self) -> Shown:
        """Say which of the chapter's target figures are missing, and who would hold them."""
        names = dict.fromkeys(
            target.indicator
            for target in self.targets
            if self.view.standings[target.target_id].latest_value is None
        )
        if not names:
            line = self.view.say("nothing_missing" if self.targets else "no_target")
            return Shown(fragment("sentences.html", lines=[line]), line)
        return missing(self.view, list(names))

    # ---- figures ----

    def plot_verdicts(self, *, whole_plan: bool = False) -> Shown:
        """Draw how many targets stand where, of the chapter or of the whole plan."""
        chosen = self._chosen(whole_plan)
        return self._keep(figures.verdicts(self.view, chosen), self.view.say("column_verdict"))

    def plot_trend(
        self,
        *names: str | tuple[str, str],
        target: str | None = None,
        title: str | None = None,
        from_zero: bool = False,
    ) -> Shown:
        """Draw the city's series of one unit in one chart.

        Parameters
        ----------
        target : str, optional
            Id of a target to draw as a line.
        title : str, optional
            Key of the message table; the first indicator's name by default.
        from_zero : bool, optional
            Whether the value axis starts at zero.
        """
        pairs = self._pairs(names)
        shown = figures.trend(
            self.view,
            pairs,
            target=self._target(target),
            title=self.view.say(title) if title else None,
            from_zero=from_zero,
        )
        return self._keep(shown, pairs[0][0], pairs)

    def plot_context(self, *names: str | tuple[str, str], title: str | None = None) -> Shown:
        """Draw provincial and national figures in panels apart from the city's.

        Parameters
        ----------
        *names : str or (indicator, entity)
            An indicator alone stands for every context place that has figures.
        title : str, optional
            Key of the message table; the names of the indicators by default.
        """
        pairs: list[tuple[str, str]] = []
        for name in names:
            if isinstance(name, str):
                filled = [p for p in self.view.parents if len(self.view.series(name, p))]
                pairs += [(name, parent) for parent in filled or self.view.parents[:1]]
            else:
                pairs.append((name[0], self._entity(name[1])))
        shown = figures.context(self.view, pairs, title=self._title(title, pairs))
        return self._keep(shown, pairs[0][0], pairs)

    def plot_panels(self, *names: str, title: str | None = None) -> Shown:
        """Draw the city's series of different units side by side; `title` as in `plot_context`."""
        pairs = self._pairs(names)
        shown = figures.panels(self.view, pairs, title=self._title(title, pairs))
        return self._keep(shown, pairs[0][0], pairs)

    def plot_latest(self, *names: str | tuple[str, str], title: str | None = None) -> Shown:
        """Draw the latest figures of one unit as bars.

        Parameters
        ----------
        *names : str or (indicator, place)
            All of the city, or all of its context.
        title : str, optional
            As in `plot_context`.
        """
        pairs = self._pairs(names)
        shown = figure_rows.latest(self.view, pairs, title=self._title(title, pairs))
        return self._keep(shown, pairs[0][0], pairs)

    def plot_counties(self, name: str) -> Shown:
        """Draw the latest figure of each of the city's counties as bars."""
        pairs = [(name, county) for county in self.view.project.city.counties]
        if not pairs:
            return missing(self.view, [name])
        title = self.view.say("title_by_county", indicator=self.view.title(name))
        shown = figure_rows.latest(self.view, pairs, title=title, key=f"{name}-counties")
        return self._keep(shown, name, pairs)

    def plot_projects(self) -> Shown:
        """Draw what is known of the state of the chapter's projects."""
        title = self.view.say("title_projects")
        return self._keep(figure_rows.states(self.view, self._projects(), title=title), title)

    def plot_forecast(self, name: str | tuple[str, str], *, target: str | None = None) -> Shown:
        """Draw a series with its forecast to the chapter's horizon.

        Parameters
        ----------
        target : str, optional
            Id of a target to draw and to give a chance for.
        """
        ((indicator, entity),) = self._pairs([name])
        shown = outlook.outlook(self.view, indicator, entity=entity, target=self._target(target))
        return self._keep(shown, indicator, [(indicator, entity)])

    def plot_stack(self, *names: str, entity: str, title: str | None = None) -> Shown:
        """Draw parts of a whole as stacked columns by year; `title` as in `plot_context`."""
        pairs = self._pairs([(name, entity) for name in names])
        shown = figures.stack(self.view, names, pairs[0][1], title=self._title(title, pairs))
        return self._keep(shown, names[0], pairs)

    def plot_months(self, *names: str, title: str) -> Shown:
        """Draw the course of the year from twelve monthly indicators."""
        shown = figures.months(self.view, names, title=self.view.say(title))
        return self._keep(shown, names[0], self._pairs(names))

    def plot_plants(self, *, title: str) -> Shown:
        """Draw the plan's power plants with their units; `title` is a message key."""
        number = self.sections[0].number if self.sections else 0
        shown = figures.plants(self.view, number, title=self.view.say(title))
        return self._keep(shown, title)

    def _title(self, title: str | None, pairs: Sequence[tuple[str, str]]) -> str:
        """Take a title from the message table, or the names that the catalogue gives."""
        if title:
            return self.view.say(title)
        names = dict.fromkeys(self.view.title(indicator) for indicator, _ in pairs)
        return self.view.say("semicolon").join(names)

    def _target(self, target: str | None) -> Target | None:
        """Look up a target; a plan that has none of the name is drawn without."""
        return self.view.project.plan.targets.get(target) if target else None

    # ---- end of the chapter ----

    def caveats(self) -> Shown:
        """Say what limits the chapter: its rules, and why series were not forecast."""
        view = self.view
        lines = [view.say("caveat_plan"), view.project.city.plan_status[view.lang]]
        own = [view.series(indicator) for indicator in dict.fromkeys(self._indicators)]
        lines += break_notes(view, own)
        lines += [
            view.say("note_modelled", indicator=one.indicator.title[view.lang])
            for one in own
            if one.is_modelled
        ]
        return Shown(fragment("list.html", lines=list(dict.fromkeys(lines))), "\n".join(lines))

    def definitions(self) -> Shown:
        """Say what the indicators shown mean and who would hold them."""
        names = list(dict.fromkeys([*(t.indicator for t in self.targets), *self._indicators]))
        return tables.definitions(self.view, names)

    def sources(self) -> Shown:
        """List the sources of every figure shown, and which of the figures were revised."""
        listed = tables.sources(self.view, list(self._sources))
        if not self._pairs_shown:  # it shows no series, or tells of revisions in its own way
            return listed
        revised = self._revisions()
        both = Markup("{}\n{}").format(listed.html, Markup(revised.html))
        return Shown(str(both), f"{listed.plain}\n{revised.plain}", listed.data)

    def downloads(self) -> Shown:
        """Offer all figures of the chapter as one workbook."""
        sheets: dict[str, pd.DataFrame] = {}
        for name, frame in self._shown:
            key, count = name, 2
            while key in sheets:
                key, count = f"{name} {count}", count + 1
            sheets[key] = frame
        if not sheets:
            line = self.view.say("nothing_to_download")
            return Shown(fragment("sentences.html", lines=[line]), line)
        links = file_links(
            sheets,
            f"{self.view.city}_{self.name}",
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
    wanted = as_of or project.city.as_of
    year, day = standing(wanted) if is_day(str(wanted)) else (0, "")
    if not 1990 <= year <= 2100:
        raise ParameterError(
            f"as_of {str(as_of)[:40]}: give a year from 1990 to 2100, a date as YYYY-MM-DD, or 0"
        )
    if not year <= horizon <= 2060:
        raise ParameterError(f"horizon {horizon}: give a year from {year} to 2060")
    return Chapter(name, View(project, lang, year, horizon, level, day))


__all__ = ["Chapter", "ForecastRefused", "load"]
