"""The commands for new figures: ``planbook template`` and ``planbook import``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from planbook.errors import PlanbookError

Command = Callable[[str, str], argparse.ArgumentParser]


def add_commands(command: Command, city: Callable, table: Callable) -> None:
    """Add the two commands to the parser."""
    form = command("template", "Write the workbook in which a department fills in new figures.")
    city(form)
    whose = form.add_mutually_exclusive_group(required=True)
    whose.add_argument(
        "--department", metavar="NAME", help="its id or its name in English or Chinese"
    )
    whose.add_argument("--all", action="store_true", help="one sheet for each department")
    form.add_argument(
        "--year",
        type=int,
        metavar="YEAR",
        help="year asked for (default: the one before the city's)",
    )
    form.add_argument(
        "--counties", action="store_true", help="also one row for each county of the city"
    )
    form.add_argument("--output", type=Path, metavar="FILE.xlsx")
    form.set_defaults(run=_template)

    take = command(
        "import",
        "Take new figures from workbooks and tables: show what would change, then write it in "
        "one step. Without --dry-run or --yes it asks at a terminal and refuses elsewhere.",
    )
    take.add_argument("files", nargs="*", type=Path, metavar="FILE", help="XLSX, CSV, or a folder")
    city(take)
    how = take.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help="show what would change, write nothing")
    how.add_argument("--yes", action="store_true", help="write without asking")
    how.add_argument(
        "--undo", nargs="?", const="", metavar="ID",
        help="take an import back (default: the latest that holds)",
    )  # fmt: skip
    how.add_argument("--list", action="store_true", help="list the imports of the city")
    take.add_argument(
        "--accept-warnings", action="store_true", help="with --yes: write in spite of warnings"
    )
    take.add_argument(
        "--accept-unread", action="store_true",
        help="with --yes: write although cells, sheets or files were not understood",
    )  # fmt: skip
    take.add_argument(
        "--answer", action="append", default=[], metavar="KEY",
        help="answer a question with yes, by the key behind it; kept for this office's form",
    )  # fmt: skip
    take.add_argument(
        "--source", default="", metavar="KEY",
        help="entry of sources.yml for figures whose sheet names no source",
    )  # fmt: skip
    take.add_argument(
        "--annotate", type=Path, metavar="OUT.xlsx",
        help="write a copy of the sheets with every fault marked and commented",
    )  # fmt: skip
    take.add_argument(
        "--lang", choices=["en", "zh"], default=language(), help="language of the messages"
    )
    take.add_argument("--who", default="", metavar="NAME", help="who imports (default: the user)")
    table(take)
    take.set_defaults(run=_import)


def language() -> str:
    """Read the language of the terminal from its surroundings, as other programs do."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _template(args: argparse.Namespace) -> int:
    from planbook.data.city import load
    from planbook.files.atomic import check_writable, write_atomically
    from planbook.intake.meaning.names import department
    from planbook.intake.template.form import default_name, write_template
    from planbook.intake.template.request import departments_of, make_form

    project = load(args.city)
    known = departments_of(project)
    year = args.year or project.city.as_of - 1
    if not 1949 <= year <= project.city.as_of:
        raise PlanbookError(f"--year {year}: give a year up to {project.city.as_of}")
    if args.all:
        chosen = list(known)
    else:
        found = department(args.department, known)
        if found is None:
            listed = ", ".join(f"{key} ({item.zh})" for key, item in known.items())
            raise PlanbookError(f"no department '{args.department}'; known are {listed}")
        chosen = [found]
    path = args.output or default_name(args.city, "all" if args.all else chosen[0], year)
    if path.suffix.lower() != ".xlsx":
        raise PlanbookError(f"{path}: a template is a workbook; give a name that ends in .xlsx")
    check_writable(path)
    entities = project.city.entities if args.counties else None
    forms = [make_form(project, one, year, entities) for one in chosen]
    write_atomically(path, write_template(project, forms, year))
    print(f"{path}: {sum(len(form.rows) for form in forms)} rows to fill in")
    return 0


def _import(args: argparse.Namespace) -> int:
    if args.list:
        return _list(args)
    if args.undo is not None:
        return _undo(args)
    from planbook.data.city import load
    from planbook.exports import descriptor
    from planbook.intake.annotate import annotate
    from planbook.intake.faults import refuse, visible
    from planbook.intake.import_run import prepare, write
    from planbook.intake.preview import as_json, as_text

    if not args.files:
        raise refuse("no_files", args.lang)
    if args.annotate:
        _check_copy(args)
    project = load(args.city)
    intake = prepare(project, args.files, source=args.source, lang=args.lang, answers=args.answer)
    for key in args.answer:
        if key not in {fault.key for fault in intake.faults}:
            raise refuse("answer_unknown", args.lang, answer=visible(key))
    is_json = args.format == "json"
    if not is_json:
        for line in as_text(intake, project.catalog, project.entities, args.lang):
            print(line)
    if args.annotate:
        from planbook.files.atomic import write_atomically

        write_atomically(args.annotate, annotate(intake.grids, intake.faults, args.lang))
    record, reason = None, ""
    if intake.errors:
        reason = "has_errors"
    elif not args.dry_run:
        answers = [*args.answer, *_ask(args, intake)]
        if set(answers) != set(args.answer):
            intake = prepare(project, args.files, source=args.source, lang=args.lang,
                             answers=answers)  # fmt: skip
        reason = _may_write(args, intake)
        if not reason and intake.to_write:
            about = partial(descriptor.beside, project.paths)  # a figure may bring a new file
            record = write(project, intake, who=args.who, lang=args.lang, beside=about,
                           answers=answers)  # fmt: skip
    if is_json:
        _print_json(as_json(intake, args.lang, written=record and record["id"]))
    _tell(args, intake, record, reason)
    # an empty form must not pass for done, unless an analyst has accepted it
    return 1 if reason or (intake.is_incomplete and not record) else 0


def _check_copy(args: argparse.Namespace) -> None:
    from planbook.files.atomic import check_writable
    from planbook.intake.faults import refuse

    check_writable(args.annotate)
    same = {path.resolve() for path in args.files}
    if args.annotate.resolve() in same or args.annotate.suffix.lower() != ".xlsx":
        raise refuse("annotate_over", args.lang)


def _can_ask(args: argparse.Namespace) -> bool:
    return args.format != "json" and sys.stdin.isatty() and sys.stdout.isatty()


def _ask(args: argparse.Namespace, intake: Any) -> list[str]:
    """Ask an analyst at a terminal each question once; give the keys answered with yes."""
    from planbook.text import say

    if args.yes or not _can_ask(args):
        return []
    found: dict[str, bool] = {}
    for fault in (*intake.questions, *intake.unread):
        if fault.key and fault.key not in found:
            line = say("intake_ask", args.lang, line=fault.line(args.lang))
            found[fault.key] = _is_yes(line)
            if not found[fault.key]:
                break
    return [key for key, is_right in found.items() if is_right]


def _is_yes(question: str) -> bool:
    try:
        return input(question + " ").strip().lower() in ("y", "yes", "是", "好")
    except EOFError:
        return False


def _may_write(args: argparse.Namespace, intake: Any) -> str:
    """Give the message that says why nothing is written; empty where it may be."""
    from planbook.text import say

    if intake.questions:
        return "has_questions" if args.yes or not _can_ask(args) else "declined"
    if intake.unread and not args.accept_unread:
        return "has_unread" if args.yes or not _can_ask(args) else "declined"
    if args.yes:
        return "" if args.accept_warnings or not intake.warnings else "has_warnings"
    if not intake.to_write:
        return ""
    if not _can_ask(args):
        return "not_asked"
    key = "intake_question_warned" if intake.warnings else "intake_question"
    question = say(key, args.lang, count=len(intake.to_write), warnings=len(intake.warnings))
    return "" if _is_yes(question) else "declined"


def _tell(args: argparse.Namespace, intake: Any, record: dict | None, reason: str) -> None:
    from planbook.text import say

    if reason:
        told = {"count": len(intake.errors), "warnings": len(intake.warnings),
                "questions": len(intake.questions), "unread": len(intake.unread)}  # fmt: skip
        print(
            say("intake_stopped", args.lang, reason=say(f"intake_{reason}", args.lang, **told),
                remedy=say(f"intake_{reason}_fix", args.lang, **told)),
            file=sys.stderr,
        )  # fmt: skip
    elif args.format == "json":
        return
    elif record:
        print(say("intake_written", args.lang, count=len(record["rows"]), id=record["id"]))
    elif not intake.to_write:
        print(say("intake_nothing", args.lang))
    else:
        print(say("intake_dry", args.lang))


def _list(args: argparse.Namespace) -> int:
    from planbook.data import paths
    from planbook.files import journal
    from planbook.intake import records
    from planbook.intake.preview import columns
    from planbook.text import say

    folder = paths.find().city(args.city)
    journal.settle(folder)
    found = records.load_all(folder)
    if args.format == "json":
        _print_json(found)
        return 0
    if not found:
        print(say("intake_no_imports", args.lang))
        return 0
    names = ("id", "when", "who", "files", "figures", "state")
    table = [[say(f"intake_list_{name}", args.lang) for name in names]]
    for one in found:
        undone = one["undone"]
        state = (
            say("intake_state_undone", args.lang, when=undone["when"])
            if undone
            else say("intake_state_holds", args.lang)
        )
        files = ", ".join(file["name"] for file in one["read"])
        table.append([one["id"], one["when"], one["who"], files, str(len(one["rows"])), state])
    for line in columns(table):
        print(line)
    return 0


def _undo(args: argparse.Namespace) -> int:
    from planbook.data import paths
    from planbook.exports import descriptor
    from planbook.intake.undo import undo
    from planbook.text import say

    where = paths.find()
    about = partial(descriptor.beside, where)  # what the import brought may go
    record = undo(where.city(args.city), args.undo, lang=args.lang, who=args.who, beside=about)
    if args.format == "json":
        _print_json(record)
    else:
        print(say("intake_undone", args.lang, id=record["id"], count=len(record["rows"])))
    return 0


def _print_json(data: object) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))
