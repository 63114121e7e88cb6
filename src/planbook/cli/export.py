"""The commands for other programs: ``planbook export`` and ``planbook datapackage``."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from planbook.errors import PlanbookError

Command = Callable[[str, str], argparse.ArgumentParser]
FORMATS = ("csv", "xlsx", "parquet", "sqlite", "bibtex", "csl", "data")


def add_commands(command: Command, city: Callable) -> None:
    """Add the two commands to the parser."""
    out = command(
        "export",
        "Write everything that the book rests on for other programs: figures, targets and their "
        "states, forecasts, measures, projects, the catalogue and the sources, as a folder that "
        "describes itself (datapackage.json).",
    )
    city(out)
    out.add_argument(
        "--format",
        type=_formats,
        default=FORMATS,
        metavar="NAME,…",
        help=f"of {', '.join(FORMATS)} (default: all); data: the files of data/ as they are",
    )
    out.add_argument(
        "--output", type=Path, required=True, metavar="DIR",
        help="a new folder, or one with an earlier export, which is replaced as a whole",
    )  # fmt: skip
    out.add_argument(
        "--as-of", type=int, default=0, metavar="YEAR",
        help="year at whose end to stand (default: the city's own)",
    )  # fmt: skip
    out.set_defaults(run=_export)

    package = command(
        "datapackage",
        "Write data/datapackage.json, which tells other programs what the files below data are. "
        "Needed after a file or a column is added; planbook check finds it out of date.",
    )
    package.set_defaults(run=_datapackage)


def _formats(text: str) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [one for one in chosen if one not in FORMATS]
    if unknown or not chosen:
        raise argparse.ArgumentTypeError(f"'{text}': give some of {', '.join(FORMATS)}")
    return chosen


def _export(args: argparse.Namespace) -> int:
    from planbook.build import HORIZON
    from planbook.data.city import load
    from planbook.exports.bundle import check_folder, files

    check_folder(args.output)
    project = load(args.city)
    year = args.as_of or project.city.as_of
    if not 1949 <= year <= 2100:
        raise PlanbookError(f"--as-of {year}: give a year from 1949 to 2100")
    made = files(project, args.format, as_of=year, horizon=max(HORIZON, year + 1))
    _write(args.output, made)
    print(f"{len(made)} files; open {args.output}")
    return 0


def _write(folder: Path, made: Mapping[str, bytes]) -> None:
    """Write all files of a folder or none."""
    from planbook.publish.swap import swap_into_place

    draft = Path(tempfile.mkdtemp(prefix=".export-", dir=folder.absolute().parent))
    try:
        for name, raw in made.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
        draft.chmod(0o755)
        swap_into_place(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _datapackage(args: argparse.Namespace) -> int:
    from planbook.data import paths
    from planbook.exports import descriptor

    where = paths.find()
    written = descriptor.write(where)
    print(f"{where.data / descriptor.NAME}: {'written' if written else 'up to date'}")
    return 0
