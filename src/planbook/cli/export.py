"""The commands for other programs: ``planbook export`` and ``planbook datapackage``."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from planbook.cli.options import city, command, option
from planbook.errors import PlanbookError

FORMATS = ("csv", "xlsx", "parquet", "sqlite", "bibtex", "csl", "data")


def _formats(text: str) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [one for one in chosen if one not in FORMATS]
    if unknown or not chosen:
        raise click.BadParameter(f"'{text}': give some of {', '.join(FORMATS)}")
    return chosen


@command(
    "export",
    "Write everything that the book rests on for other programs: figures, targets and their "
    "states, forecasts, measures, projects, the catalogue and the sources, as a folder that "
    "describes itself (datapackage.json).",
)
@city
@option(
    "--format",
    f"of {', '.join(FORMATS)} (default: all); data: the files of data/ as they are",
    _formats,
    ",".join(FORMATS),
    "NAME,…",
    to="formats",
)
@option(
    "--output",
    "a new folder, or one with an earlier export, which is replaced as a whole",
    Path,
    required=True,
    metavar="DIR",
)
@option("--as-of", "year at whose end to stand (default: the city's own)", int, 0, "YEAR")
def export(city: str, formats: tuple[str, ...], output: Path, as_of: int) -> int:
    """Write all files of the export, or none."""
    from planbook.analysis.as_of import HORIZON
    from planbook.data.city import load
    from planbook.exports.bundle import check_folder, files

    check_folder(output)
    project = load(city)
    year = int(project.asked(as_of))
    if not 1949 <= year <= 2100:
        raise PlanbookError(f"--as-of {year}: give a year from 1949 to 2100")
    made = files(project, formats, as_of=year, horizon=max(HORIZON, year + 1))
    _write(output, made)
    click.echo(f"{len(made)} files; open {output}")
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


@command(
    "datapackage",
    "Write data/datapackage.json, which tells other programs what the files below data are. "
    "Needed after a file or a column is added; planbook check finds it out of date.",
)
def datapackage() -> int:
    """Write the description of the files below data where it differs."""
    from planbook.data import paths
    from planbook.exports import descriptor

    where = paths.find()
    written = descriptor.write(where)
    click.echo(f"{where.data / descriptor.NAME}: {'written' if written else 'up to date'}")
    return 0


@command(
    "contents",
    "Write _toc.yml, the contents of the book, from the plan's sections. Needed after a chapter is "
    "added for the city whose book stands at the top.",
)
@city
def contents(city: str) -> int:
    """Write the contents where they differ from what the plan and the notebooks give."""
    from planbook.data.city import load
    from planbook.publish.pages.sections import write_contents

    project = load(city)
    written = write_contents(project)
    path = project.paths.root / "_toc.yml"
    click.echo(f"{path}: {'written' if written else 'up to date'}")
    return 0
