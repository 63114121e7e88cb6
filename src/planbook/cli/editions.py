"""The commands on editions: ``planbook edition`` and ``planbook diff``."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path

from planbook.cli.intake import Command, language
from planbook.errors import PlanbookError


def add_commands(command: Command, city: Callable, table: Callable) -> None:
    """Add the two commands to the parser."""
    keep = command(
        "edition",
        "Keep a snapshot of the present edition with the data, for later comparison, or list "
        "those kept.",
    )
    city(keep)
    how = keep.add_mutually_exclusive_group(required=True)
    how.add_argument(
        "--keep", metavar="NAME", help="store it as editions/NAME.json of the city's folder"
    )
    how.add_argument("--output", type=Path, metavar="FILE.json", help="write it elsewhere")
    how.add_argument("--list", action="store_true", help="list the editions kept")
    _lang(keep)
    table(keep)
    keep.set_defaults(run=_edition)

    diff = command(
        "diff",
        "Tell what differs between two editions, and why: figures, verdicts, forecasts, chances.",
    )
    what = "a snapshot file, a folder that a build made, a kept edition, a date, a commit or tag"
    diff.add_argument("old", metavar="OLD", help=what)
    diff.add_argument(
        "new", metavar="NEW", nargs="?", default="now", help="the same; default: now, the data"
    )
    city(diff)
    _lang(diff)
    table(diff)
    diff.set_defaults(run=_diff)


def _lang(one: argparse.ArgumentParser) -> None:
    one.add_argument("--lang", choices=["en", "zh"], default=language(), help="of the output")


def _edition(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from planbook.analysis.changes import fingerprints
    from planbook.analysis.changes.snapshot import take
    from planbook.cli.diff_text import names
    from planbook.data import paths
    from planbook.data.city import load
    from planbook.data.snapshots import FOLDER, check_name, to_bytes
    from planbook.files import journal
    from planbook.files.atomic import check_writable, write_atomically
    from planbook.text import say

    if args.keep is not None:
        check_name(args.keep)
    if args.output:
        check_writable(args.output)
    where = paths.find()
    hashes = fingerprints.data(where, args.city)
    project = load(args.city, where)
    if args.list:
        if args.format == "json":
            found = project.editions.items()
            rows = [{"name": name, "kept": one.kept, "day": one.day,
                     "figures": len(one.figures)} for name, one in found]  # fmt: skip
            print(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            print("\n".join(names(project.editions, args.lang)))
        return 0
    made = take(project, project.city.as_of, data=hashes)
    if args.output:
        write_atomically(args.output, to_bytes(made))
        print(say("change_written", args.lang, path=args.output))
        return 0
    name = f"{FOLDER}/{args.keep}.json"
    path = where.city(args.city) / name

    def is_new() -> None:
        if path.exists():
            raise PlanbookError(
                f"data/cities/{args.city}/{name}: there is an edition of this name; it is never "
                "overwritten, give another name"
            )

    raw = to_bytes(replace(made, name=args.keep, kept=_today()))
    journal.apply(where.city(args.city), {name: raw}, is_new)
    print(say("change_kept", args.lang, path=f"data/cities/{args.city}/{name}"))
    return 0


def _today() -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = dt.datetime.fromtimestamp(int(epoch), dt.UTC) if epoch.isdigit() else None
    return f"{now or dt.datetime.now(dt.UTC):%Y-%m-%d}"


def _diff(args: argparse.Namespace) -> int:
    from planbook.cli.diff_sides import difference, resolve
    from planbook.cli.diff_text import as_json, as_text
    from planbook.data.city import load

    present = load(args.city)
    old, new = (resolve(text, present) for text in (args.old, args.new))
    found = difference(old, new, present)
    if args.format == "json":
        print(json.dumps(as_json(found, old, new), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print("\n".join(as_text(found, old, new, present, args.lang)))
    return 0
