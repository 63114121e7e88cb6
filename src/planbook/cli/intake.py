"""The commands for new figures: ``planbook template`` and ``planbook import``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planbook.cli.options import (
    as_table,
    city,
    command,
    flag,
    lang,
    one_of,
    option,
    print_json,
    print_table,
)
from planbook.errors import PlanbookError

if TYPE_CHECKING:
    from planbook.intake.import_run import Intake


@command("template", "Write the workbook in which a department fills in new figures.")
@city
@option("--department", "its id or its name in English or Chinese", metavar="NAME")
@flag("--all", "one sheet for each department", to="is_all")
@option("--year", "year asked for (default: the one before the city's)", int, metavar="YEAR")
@flag("--counties", "also one row for each county of the city")
@option("--output", "", Path, metavar="FILE.xlsx")
def template(
    city: str,
    department: str | None,
    is_all: bool,
    year: int | None,
    counties: bool,
    output: Path | None,
) -> int:
    """Write a form of one department, or of all."""
    one_of(required=True, department=department, all=is_all)
    from planbook.data.city import load
    from planbook.files.atomic import check_writable, write_atomically
    from planbook.intake.meaning import names
    from planbook.intake.template.form import default_name, write_template
    from planbook.intake.template.wanted import departments_of, make_form

    project = load(city)
    known = departments_of(project)
    year = year or project.city.as_of - 1
    if not 1949 <= year <= project.city.as_of:
        raise PlanbookError(f"--year {year}: give a year up to {project.city.as_of}")
    chosen = list(known)
    if department is not None:
        found = names.department(department, known)
        if found is None:
            listed = ", ".join(f"{key} ({item.zh})" for key, item in known.items())
            raise PlanbookError(f"no department '{department}'; known are {listed}")
        chosen = [found]
    path = output or default_name(city, "all" if is_all else chosen[0], year)
    if path.suffix.lower() != ".xlsx":
        raise PlanbookError(f"{path}: a template is a workbook; give a name that ends in .xlsx")
    check_writable(path)
    entities = project.city.entities if counties else None
    forms = [make_form(project, one, year, entities) for one in chosen]
    write_atomically(path, write_template(project, forms, year))
    click.echo(f"{path}: {sum(len(form.rows) for form in forms)} rows to fill in")
    return 0


@dataclass(frozen=True)
class _Asked:
    """What is asked of an import; the names are those of the options."""

    files: tuple[Path, ...] = ()
    city: str = ""
    dry_run: bool = False
    yes: bool = False
    accept_warnings: bool = False
    accept_unread: bool = False
    answer: tuple[str, ...] = ()
    source: str = ""
    annotate: Path | None = None
    lang: str = "en"
    who: str = ""
    as_json: bool = False


@command(
    "import",
    "Take new figures from workbooks and tables: show what would change, then write it in "
    "one step. Without --dry-run or --yes it asks at a terminal and refuses elsewhere.",
)
@click.argument("files", nargs=-1, type=Path, metavar="[FILE]...")
@city
@flag("--dry-run", "show what would change, write nothing")
@flag("--yes", "write without asking")
@option(
    "--undo",
    "take an import back (default: the latest that holds)",
    is_flag=False,
    flag_value="",
    metavar="[ID]",
)
@flag("--list", "list the imports of the city", to="is_list")
@flag("--accept-warnings", "with --yes: write in spite of warnings")
@flag("--accept-unread", "with --yes: write although cells, sheets or files were not understood")
@option(
    "--answer",
    "answer a question with yes, by the key behind it; kept for this office's form",
    multiple=True,
    metavar="KEY",
)
@option(
    "--source",
    "entry of sources.yml for figures whose sheet names no source",
    default="",
    metavar="KEY",
)
@option(
    "--annotate",
    "write a copy of the sheets with every fault marked and commented",
    Path,
    metavar="OUT.xlsx",
)
@lang("language of the messages")
@option("--who", "who imports (default: the user)", default="", metavar="NAME")
@as_table
def take(undo: str | None, is_list: bool, **options: Any) -> int:
    """Import, take an import back, or list the imports."""
    asked = _Asked(**options)
    one_of(dry_run=asked.dry_run, yes=asked.yes, undo=undo, list=is_list)
    if is_list:
        return _list(asked)
    return _import(asked) if undo is None else _undo(asked, undo)


def _import(asked: _Asked) -> int:
    from planbook.data.city import load
    from planbook.exports import descriptor
    from planbook.files.atomic import write_atomically
    from planbook.intake.annotate import annotate
    from planbook.intake.faults import refuse, visible
    from planbook.intake.import_run import prepare, write
    from planbook.intake.preview import as_json, as_text

    if not asked.files:
        raise refuse("no_files", asked.lang)
    if asked.annotate:
        _check_copy(asked.annotate, asked)
    project = load(asked.city)
    look = partial(prepare, project, asked.files, source=asked.source, lang=asked.lang)
    intake = look(answers=asked.answer)
    for key in asked.answer:
        if key not in {fault.key for fault in intake.faults}:
            raise refuse("answer_unknown", asked.lang, answer=visible(key))
    if not asked.as_json:
        for line in as_text(intake, project.catalog, project.entities, asked.lang):
            click.echo(line)
    if asked.annotate:
        write_atomically(asked.annotate, annotate(intake.grids, intake.faults, asked.lang))
    record, reason = None, ""
    if intake.errors:
        reason = "has_errors"
    elif not asked.dry_run:
        answers = [*asked.answer, *_ask(asked, intake)]
        if set(answers) != set(asked.answer):
            intake = look(answers=answers)
        reason = _may_write(asked, intake)
        if not reason and intake.to_write:
            about = partial(descriptor.beside, project.paths)  # a figure may bring a new file
            record = write(project, intake, who=asked.who, lang=asked.lang, beside=about,
                           answers=answers)  # fmt: skip
    if asked.as_json:
        print_json(as_json(intake, asked.lang, written=record and record["id"]))
    _tell(asked, intake, record, reason)
    # an empty form must not pass for done, unless an analyst has accepted it
    return 1 if reason or (intake.is_incomplete and not record) else 0


def _check_copy(copy: Path, asked: _Asked) -> None:
    from planbook.files.atomic import check_writable
    from planbook.intake.faults import refuse

    check_writable(copy)
    same = {path.resolve() for path in asked.files}
    if copy.resolve() in same or copy.suffix.lower() != ".xlsx":
        raise refuse("annotate_over", asked.lang)


def _can_ask(asked: _Asked) -> bool:
    return not asked.as_json and sys.stdin.isatty() and sys.stdout.isatty()


def _ask(asked: _Asked, intake: Intake) -> list[str]:
    """Ask an analyst at a terminal each question once; give the keys answered with yes."""
    from planbook.text import say

    if asked.yes or not _can_ask(asked):
        return []
    found: dict[str, bool] = {}
    for fault in (*intake.questions, *intake.unread):
        if fault.key and fault.key not in found:
            line = say("intake_ask", asked.lang, line=fault.line(asked.lang))
            found[fault.key] = _is_yes(line)
            if not found[fault.key]:
                break
    return [key for key, is_right in found.items() if is_right]


def _is_yes(question: str) -> bool:
    try:
        return input(question + " ").strip().lower() in ("y", "yes", "是", "好")
    except EOFError:
        return False


def _may_write(asked: _Asked, intake: Intake) -> str:
    """Give the message that says why nothing is written; empty where it may be."""
    from planbook.text import say

    if intake.questions:
        return "has_questions" if asked.yes or not _can_ask(asked) else "declined"
    if intake.unread and not asked.accept_unread:
        return "has_unread" if asked.yes or not _can_ask(asked) else "declined"
    if asked.yes:
        return "" if asked.accept_warnings or not intake.warnings else "has_warnings"
    if not intake.to_write:
        return ""
    if not _can_ask(asked):
        return "not_asked"
    key = "intake_question_warned" if intake.warnings else "intake_question"
    question = say(key, asked.lang, count=len(intake.to_write), warnings=len(intake.warnings))
    return "" if _is_yes(question) else "declined"


def _tell(asked: _Asked, intake: Intake, record: dict[str, Any] | None, reason: str) -> None:
    from planbook.text import say

    lang = asked.lang
    if reason:
        told = {"count": len(intake.errors), "warnings": len(intake.warnings),
                "questions": len(intake.questions), "unread": len(intake.unread)}  # fmt: skip
        why, remedy = (say(f"intake_{key}", lang, **told) for key in (reason, f"{reason}_fix"))
        click.echo(say("intake_stopped", lang, reason=why, remedy=remedy), err=True)
    elif asked.as_json:
        return
    elif record:
        click.echo(say("intake_written", lang, count=len(record["rows"]), id=record["id"]))
    else:
        click.echo(say("intake_dry" if intake.to_write else "intake_nothing", lang))


def _list(asked: _Asked) -> int:
    from planbook.data import paths
    from planbook.files import journal
    from planbook.intake import import_records as records
    from planbook.text import say

    lang, folder = asked.lang, paths.find().city(asked.city)
    journal.settle(folder)
    found = records.load_all(folder)
    if asked.as_json:
        print_json(found)
        return 0
    if not found:
        click.echo(say("intake_no_imports", lang))
        return 0
    rows = []
    for one in found:
        state = say("intake_state_holds", lang)
        if one["undone"]:
            state = say("intake_state_undone", lang, when=one["undone"]["when"])
        files = ", ".join(file["name"] for file in one["read"])
        rows.append([one["id"], one["when"], one["who"], files, str(len(one["rows"])), state])
    names = ("id", "when", "who", "files", "figures", "state")
    print_table([say(f"intake_list_{name}", lang) for name in names], rows)
    return 0


def _undo(asked: _Asked, name: str) -> int:
    from planbook.data import paths
    from planbook.exports import descriptor
    from planbook.intake.undo import undo
    from planbook.text import say

    where = paths.find()
    about = partial(descriptor.beside, where)  # what the import brought may go
    record = undo(where.city(asked.city), name, lang=asked.lang, who=asked.who, beside=about)
    if asked.as_json:
        print_json(record)
    else:
        click.echo(say("intake_undone", asked.lang, id=record["id"], count=len(record["rows"])))
    return 0
