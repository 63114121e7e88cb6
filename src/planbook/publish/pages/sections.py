"""Pages and contents made from the plan's data, so that nothing of the plan is absent."""

from __future__ import annotations

import re
from typing import Any

import yaml

from planbook.analysis import accountability
from planbook.data.city import CityData
from planbook.data.plan import Section
from planbook.files.atomic import write_atomically
from planbook.report.figure import missing
from planbook.report.html.fragments import Shown, fragment
from planbook.report.series import tables as series_tables
from planbook.report.targets import tables
from planbook.report.view import View
from planbook.text import say

# what stands in an authored page where the city's own facts go
SUMMARY_MARK = "% planbook: summary"
PLAN_MARK = "% planbook: plan"
DEPARTMENT = "department_"  # how the name of a department's page begins
BIBLIOGRAPHY = "bibliography"  # page of all sources, made from the data, the last one
AUTHORED_PAGES = ("methods",)  # book/<lang>/<name>.md, after the plan's sections


def chapters(project: CityData) -> list[str]:
    """List the notebooks that exist: those that the plan's sections name, then `closing`."""
    pages = (project.page_of(section) for section in project.plan.sections.values())
    named = [page for page in dict.fromkeys(pages) if not page.startswith("section_")]
    return [*named, *closing(project)]


def closing(project: CityData) -> list[str]:
    """List the notebooks about the book as a whole, which stand after the plan's sections."""
    return project.paths.notebooks_for("whole_book")


def captions(project: CityData, lang: str) -> dict[str, str]:
    """Give the captions of the contents: English wording → wording in `lang`."""
    found = {part.title["en"]: part.title[lang] for part in project.plan.parts.values()}
    own = ("caption_changes", "caption_about")
    return {**found, **{say(key, "en"): say(key, lang) for key in own}}


def contents(project: CityData) -> dict[str, Any]:
    """Make the table of contents in the form of the top-level ``_toc.yml``.

    The plan's parts are the parts of the book and its sections the pages.
    """
    parts = []
    for part in project.plan.parts.values():
        own = [one for one in project.plan.sections.values() if one.part == part.number]
        names = dict.fromkeys(project.page_of(section) for section in own)
        if names:
            chapters = [_entry(project, name) for name in names]
            parts.append({"caption": part.title["en"], "chapters": chapters})
    if last := [_entry(project, name) for name in closing(project)]:
        parts.append({"caption": say("caption_changes", "en"), "chapters": last})
    about = [{"file": f"book/en/{name}"} for name in AUTHORED_PAGES]
    about.append({"file": f"book/chapters/en/{BIBLIOGRAPHY}"})
    parts.append({"caption": say("caption_about", "en"), "chapters": about})
    return {"format": "jb-book", "root": "book/en/index", "parts": parts}


def write_contents(project: CityData) -> bool:
    """Write ``_toc.yml`` where the contents differ from it; tell whether they did."""
    path, made = project.paths.root / "_toc.yml", contents(project)
    raw = path.read_bytes() if path.exists() else b""
    if yaml.safe_load(raw) == made:
        return False
    head = b"".join(line for line in raw.splitlines(keepends=True)[:1] if line.startswith(b"#"))
    body = yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=1000)
    write_atomically(path, head + body.encode())
    return True


def _entry(project: CityData, name: str) -> dict[str, Any]:
    """Give a page's entry of the contents, with the pages below it."""
    entry: dict[str, Any] = {"file": f"book/chapters/en/{name}"}
    if name == project.accountability_page:
        below = department_names(project)
        entry["sections"] = [{"file": f"book/chapters/en/{one}"} for one in below]
    return entry


def department_names(project: CityData) -> list[str]:
    """List the pages of departments, in their order; none without an accountability section."""
    if project.accountability_page is None:
        return []
    return [f"{DEPARTMENT}{name}" for name in accountability.departments(project.plan)]


def raw(shown: Shown | str) -> str:
    """Write HTML as a MyST directive, which may hold blank lines."""
    html = shown if isinstance(shown, str) else shown.html
    return f"````{{raw}} html\n{html}\n````\n"


def escape(text: str) -> str:
    """Write plain text so that Markdown takes no character of it as markup."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def section_page(view: View, section: Section) -> str:
    """Write the page of a section that has no notebook yet, as MyST Markdown."""
    plan, lang = view.project.plan, view.lang
    title = tables.section_title(view, section)
    parts = [
        f"# {escape(title)}\n",
        raw(
            fragment(
                "sentences.html",
                lines=[section.question[lang], section.summary[lang], view.stand_line()],
            )
        ),
    ]
    targets = plan.targets_for([section.number])
    parts += [f"## {view.say('heading_targets')}\n", raw(tables.targets(view, targets))]
    absent = dict.fromkeys(
        target.indicator
        for target in targets
        if view.standings[target.target_id].latest_value is None
    )
    if absent:
        parts.append(raw(missing(view, list(absent))))
    measures = plan.measures_of(section.number)
    if measures:
        parts += [f"## {view.say('heading_measures')}\n", raw(tables.measures(view, measures))]
    projects = plan.projects_of(section.number)
    if projects:
        parts += [f"## {view.say('heading_projects')}\n", raw(tables.projects(view, projects))]
    used = dict.fromkeys(target.indicator for target in targets)
    if used:
        parts += [
            f"## {view.say('heading_indicators')}\n",
            raw(series_tables.definitions(view, list(used))),
        ]
    near = {
        source: None
        for target in targets
        for pair in view.nearest(target)[: tables.NEAREST_SHOWN]
        for source in view.series(*pair).sources
    }
    if near:
        parts += [
            f"## {view.say('heading_sources')}\n",
            raw(series_tables.sources(view, list(near))),
        ]
    return "\n".join(parts)


def about_plan(view: View) -> str:
    """Write which plan the book follows, its status and the area it covers."""
    city = view.project.city
    lines = [city.plan_title[view.lang], city.plan_status[view.lang], city.boundary[view.lang]]
    return fragment("sentences.html", lines=lines)


def fill(text: str, *, summary: str, plan: str) -> str:
    """Put the city's own facts into an authored page."""
    return text.replace(SUMMARY_MARK, raw(summary)).replace(PLAN_MARK, raw(plan))


def landing_summary(view: View) -> str:
    """Write the few lines of the landing page: how many targets stand where."""
    chosen = list(view.project.plan.targets.values())
    counts = tables.verdict_counts(view, chosen)
    entries = [
        (str(count), view.say(f"verdict_{verdict}"), view.say("card_targets", total=len(chosen)))
        for verdict, count in counts.items()
        if count
    ]
    known = sum(view.standings[one.target_id].latest_value is not None for one in chosen)
    line = view.say("landing_line", total=len(chosen), known=known, year=view.as_of)
    return fragment("sentences.html", lines=[line]) + tables.cards(view, entries).html
