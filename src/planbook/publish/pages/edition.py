"""Lay out the sources of one edition as Jupyter Book wants them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

import yaml

from planbook.data.city import CityData
from planbook.data.vintages import standing
from planbook.errors import BuildError
from planbook.execute.merging import write_if_new
from planbook.files.yaml import load as load_yaml
from planbook.publish.one_language import for_readers
from planbook.publish.pages import bibliography
from planbook.publish.pages import sections as pages
from planbook.publish.pages.departments import department_page, with_overdue
from planbook.publish.sphinx.config import edition_config, edition_toc
from planbook.report.targets.overdue import overdue_by_department
from planbook.report.view import View
from planbook.text import say

_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # without the C library, slower

SUMMARY, PLAN = "% summary", "% plan"  # no page has such a name


def book_title(project: CityData, lang: str) -> str:
    """Name the book."""
    return say("book_title", lang, city=project.city.name[lang])


def made_pages(project: CityData, view: View) -> dict[str, str]:
    """Write the pages of one edition that are made from the data alone."""
    made = {SUMMARY: pages.landing_summary(view), PLAN: pages.about_plan(view)}
    for section in project.plan.sections.values():
        page = project.page_of(section)
        if page.startswith("section_"):
            made[page] = pages.section_page(view, section)
    for page in pages.department_names(project):
        made[page] = department_page(view, page.removeprefix(pages.DEPARTMENT))
    return made


def with_sources(made: Mapping[str, str], project: CityData, view: View) -> dict[str, str]:
    """Add to the pages of one edition what follows from every figure, but from little of it."""
    late = overdue_by_department(project, view.as_of)
    out = dict(made)
    for page in pages.department_names(project):
        department = page.removeprefix(pages.DEPARTMENT)
        out[page] = with_overdue(made[page], view, department, late.get(department, []))
    out[pages.BIBLIOGRAPHY] = bibliography.bibliography_page(view)
    return out


def footer(as_of: int | str, lang: str) -> str:
    """Say when the figures of an edition were known, for the foot of each page."""
    year, day = standing(as_of)
    return say("footer_day", lang, day=day) if day else say("footer_line", lang, year=year)


def edition_files(
    project: CityData, lang: str, made: Mapping[str, str], *, as_of: int | str, both: bool = True
) -> dict[str, bytes]:
    """Collect the sources of one edition.

    Raises `BuildError` if the book has no configuration or an executed chapter is missing.
    """
    where = project.paths
    base, _ = load_yaml(where.root / "_config.yml", where.root)
    config = edition_config(
        base,
        lang,
        title=book_title(project, lang),
        author=say("book_author", lang),
        updated=footer(as_of, lang),
        static_path=os.fspath(where.book / "_static"),
        with_other_edition=both,
    )
    toc = edition_toc(pages.contents(project), lang, captions=pages.captions(project, lang))
    files = {
        name: yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False).encode("utf-8")
        for name, data in (("_config.yml", config), ("_toc.yml", toc))
    }
    for source in sorted((where.book / lang).glob("*.md")):
        text = source.read_text(encoding="utf-8").replace(f"../chapters/{lang}/", "chapters/")
        text = pages.fill(text, summary=made[SUMMARY], plan=made[PLAN])
        files[source.name] = text.encode("utf-8")
    folder = where.chapters / lang
    told = {}
    for page in pages.chapters(project):
        executed = folder / f"{page}.ipynb"
        if not executed.exists():
            raise BuildError(f"{page} ({lang}) has not been executed; run 'planbook build'")
        text = executed.read_text(encoding="utf-8").replace(f"../book/{lang}/", "../")
        files[f"chapters/{executed.name}"] = for_stage(text, lang).encode("utf-8")
        told[page] = text
    told |= {page: text for page, text in made.items() if page.startswith("section_")}
    cited = bibliography.cited_in(told)
    for page, text in made.items():
        if page in (SUMMARY, PLAN):
            continue
        if page == pages.BIBLIOGRAPHY:
            text = bibliography.fill(text, project, cited, lang)
        files[f"chapters/{page}.md"] = raw = text.encode("utf-8")
        write_if_new(folder / f"{page}.md", raw)  # where plain Jupyter Book finds it
    return files


def for_stage(text: str, lang: str) -> str:
    """Reduce an executed notebook to what the pages of one edition are made of.

    What differs without being shown, such as the record of the run, would make
    pages be read again for nothing.
    """
    try:
        book = json.loads(text)
    except ValueError:
        return text
    return json.dumps(for_readers(book, lang), ensure_ascii=False, indent=1, sort_keys=True)
