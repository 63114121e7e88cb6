"""Lay out the sources of one edition as Jupyter Book wants them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import yaml

from planbook.errors import BuildError
from planbook.files import write_atomically
from planbook.project import Project
from planbook.publish import pages
from planbook.publish.cells import for_readers
from planbook.publish.config import edition_config, edition_toc
from planbook.publish.departments import department_page
from planbook.text import say
from planbook.view import View
from planbook.yamlio import load as load_yaml

_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # without the C library, slower


def book_title(project: Project, lang: str) -> str:
    """Name the book."""
    return say("book_title", lang, city=project.city.name[lang])


def edition_files(project: Project, view: View, *, both: bool = True) -> dict[str, bytes]:
    """Make the sources of one edition.

    Parameters
    ----------
    project : Project
    view : View
        Of the edition.
    both : bool, optional
        Whether the other edition is published beside this one.

    Returns
    -------
    dict of str to bytes
        By name within the stage. Pages made from the plan are also written to where
        plain Jupyter Book finds them.

    Raises
    ------
    BuildError
        If the book has no configuration or an executed chapter is missing.
    """
    where, lang = project.paths, view.lang
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
    files = {
        name: yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False).encode("utf-8")
        for name, data in (("_config.yml", config), ("_toc.yml", toc))
    }
    for source in sorted((where.book / lang).glob("*.md")):
        text = source.read_text(encoding="utf-8").replace(f"../chapters/{lang}/", "chapters/")
        files[source.name] = pages.fill(text, view).encode("utf-8")
    made = {}
    for section in project.plan.sections.values():
        page = project.page_of(section)
        executed = where.book / "chapters" / lang / f"{page}.ipynb"
        if page.startswith("section_"):
            made[f"{page}.md"] = pages.section_page(view, section).encode("utf-8")
            continue
        if not executed.exists():
            raise BuildError(f"{page} ({lang}) has not been executed; run 'planbook build'")
        text = executed.read_text(encoding="utf-8").replace(f"../book/{lang}/", "../")
        files[f"chapters/{executed.name}"] = for_stage(text, lang).encode("utf-8")
    for page in pages.department_names(project):
        text = department_page(view, page.removeprefix(pages.DEPARTMENT))
        made[f"{page}.md"] = text.encode("utf-8")
    for name, raw in made.items():
        files[f"chapters/{name}"] = raw
        _keep_page(where.book / "chapters" / lang / name, raw)
    return files


def for_stage(text: str, lang: str) -> str:
    """Reduce an executed notebook to what the pages of one edition are made of.

    What differs without being shown, such as the record of the run, would make
    pages be read again for nothing.

    Parameters
    ----------
    text : str
        The notebook; a broken one is given back as it is, for the renderer to report.
    lang : {"en", "zh"}

    Returns
    -------
    str
    """
    try:
        book = json.loads(text)
    except ValueError:
        return text
    return json.dumps(for_readers(book, lang), ensure_ascii=False, indent=1, sort_keys=True)


def _keep_page(path: Path, raw: bytes) -> None:
    """Write a page made from the plan where plain Jupyter Book finds it."""
    if path.is_file() and path.read_bytes() == raw:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, raw)
