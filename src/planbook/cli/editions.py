"""The commands on editions: ``planbook edition`` and ``planbook diff``."""

from __future__ import annotations

from pathlib import Path

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
    today,
)
from planbook.errors import PlanbookError

_SIDE = "a snapshot file, a folder that a build made, a kept edition, a date, a commit or tag"


@command(
    "edition",
    "Keep a snapshot of the present edition with the data, for later comparison, or list "
    "those kept.",
)
@city
@option("--keep", "store it as editions/NAME.json of the city's folder", metavar="NAME")
@option("--output", "write it elsewhere", Path, metavar="FILE.json")
@flag("--list", "list the editions kept", to="is_list")
@lang("of the output")
@as_table
def edition(
    city: str, keep: str | None, output: Path | None, is_list: bool, lang: str, as_json: bool
) -> int:
    """Take a snapshot, or list those that were taken."""
    one_of(required=True, keep=keep, output=output, list=is_list)
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

    if keep is not None:
        check_name(keep)
    if output:
        check_writable(output)
    where = paths.find()
    hashes = fingerprints.data(where, city)
    project = load(city, where)
    if is_list:
        kept = project.editions
        if as_json:
            print_json([{"name": name, "kept": one.kept, "day": one.day,
                         "figures": len(one.figures)} for name, one in kept.items()])  # fmt: skip
        else:
            click.echo("\n".join(names(kept, lang)))
        return 0
    made = take(project, project.asked(), data=hashes)
    if output:
        write_atomically(output, to_bytes(made))
        click.echo(say("change_written", lang, path=output))
        return 0
    name = f"{FOLDER}/{keep}.json"
    path = where.city(city) / name

    def is_new() -> None:
        if path.exists():
            raise PlanbookError(
                f"data/cities/{city}/{name}: there is an edition of this name; it is never "
                "overwritten, give another name"
            )

    raw = to_bytes(replace(made, name=str(keep), kept=today().isoformat()))
    journal.apply(where.city(city), {name: raw}, is_new)
    click.echo(say("change_kept", lang, path=f"data/cities/{city}/{name}"))
    return 0


@command(
    "diff",
    f"Tell what differs between two editions, and why: figures, verdicts, forecasts, chances. "
    f"OLD and NEW: {_SIDE}; NEW by default: now, the data.",
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="[NEW]", default="now")
@city
@lang("of the output")
@as_table
def diff(old: str, new: str, city: str, lang: str, as_json: bool) -> int:
    """Compare two sides."""
    from planbook.cli.diff_sides import difference, resolve
    from planbook.cli.diff_text import as_plain, as_text
    from planbook.data.city import load

    present = load(city)
    sides = resolve(old, present), resolve(new, present)
    found = difference(*sides, present)
    if as_json:
        print_json(as_plain(found, *sides))
    else:
        click.echo("\n".join(as_text(found, *sides, present, lang)))
    return 0
