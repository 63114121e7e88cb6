"""Lay out the sources of one edition as Jupyter Book wants them."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from planbook.errors import BuildError
from planbook.files import write_atomically
from planbook.project import Project
from planbook.publish import pages
from planbook.publish.config import edition_config, edition_toc
from planbook.publish.departments import department_page
from planbook.text import say
from planbook.view import View
from planbook.yamlio import load as load_yaml


def book_title(project: Project, lang: str) -> str:
    """Name the book."""
    return say("book_title", lang, city=project.city.name[lang])


def stage_edition(project: Project, view: View, stage: Path, *, both: bool = True) -> None:
    """Lay out the sources of one edition as Jupyter Book wants them.

    Parameters
    ----------
    project : Project
    view : View
        Of the edition.
    stage : pathlib.Path
        Folder to fill; made if missing.
    both : bool, optional
        Whether the other edition is published beside this one.

    Raises
    ------
    BuildError
        If the book has no configuration or an executed chapter is missing.
    """
    where, lang = project.paths, view.lang
    stage.mkdir(parents=True, exist_ok=True)
    base, _ = load_yaml(where.root / "_config.yml", where.root)
    config = edition_config(
        base,
        lang,
        title=book_title(project, lang),
        author=view.say("book_author"),
        updated=view.say("footer_line", year=view.as_of),
        static_path=os.fspath(where.book / "_static"),
        with_other_edition=both,
    )
    toc = edition_toc(pages.contents(project), lang, captions=pages.captions(project, lang))
    for name, data in (("_config.yml", config), ("_toc.yml", toc)):
        text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        (stage / name).write_text(text, encoding="utf-8")
    for source in sorted((where.book / lang).glob("*.md")):
        text = source.read_text(encoding="utf-8").replace(f"../chapters/{lang}/", "chapters/")
        text = pages.fill(text, view)
        (stage / source.name).write_text(text, encoding="utf-8")
    folder = stage / "chapters"
    folder.mkdir(exist_ok=True)
    for section in project.plan.sections.values():
        page = project.page_of(section)
        executed = where.book / "chapters" / lang / f"{page}.ipynb"
        if page.startswith("section_"):
            _write_page(folder, executed.with_suffix(".md"), pages.section_page(view, section))
            continue
        if not executed.exists():
            raise BuildError(f"{page} ({lang}) has not been executed; run 'planbook build'")
        text = executed.read_text(encoding="utf-8").replace(f"../book/{lang}/", "../")
        (folder / executed.name).write_text(text, encoding="utf-8")
    for page in pages.department_names(project):
        text = department_page(view, page.removeprefix(pages.DEPARTMENT))
        _write_page(folder, where.book / "chapters" / lang / f"{page}.md", text)


def _write_page(staged: Path, kept: Path, text: str) -> None:
    """Write a page made from the plan to the stage, and where plain Jupyter Book finds it."""
    (staged / kept.name).write_text(text, encoding="utf-8")
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(kept, text.encode("utf-8"))
