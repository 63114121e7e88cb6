"""The command line; building stands in `planbook.cli.build`, new figures in `cli_intake`,
exports in `cli_exports`, editions in `cli_editions`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from planbook import __version__
from planbook.cli import (
    editions as cli_editions,
)
from planbook.cli import (
    export as cli_exports,
)
from planbook.cli import (
    intake as cli_intake,
)
from planbook.cli import (
    serve as cli_serve,
)
from planbook.cli.build import add_build, moment, positive
from planbook.errors import PlanbookError, Problem, refused

DEFAULT_CITY = "liupanshui"


def parser() -> argparse.ArgumentParser:
    """Make the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="planbook",
        description="Build and query the report book of a city's plan for cutting "
        "pollution and carbon.",
    )
    top.add_argument("--version", action="version", version=f"planbook {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help_: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=help_, description=help_)

    add_build(command, default=DEFAULT_CITY, as_of=_AS_OF)
    check = command("check", "Check catalogue, plan, figures and sources; change nothing.")
    _city(check)
    _format(check)
    check.add_argument(
        "--stale",
        action="store_true",
        help="list the indicators without a new figure for long, whose they are and whom to ask; "
        "the exit code is 0 all the same",
    )
    check.add_argument(
        "--months", type=int, default=18, metavar="N", help="with --stale: how long (default: 18)"
    )
    check.add_argument(
        "--today", default="", metavar="DATE", help="the day of the question (default: today)"
    )
    check.add_argument(
        "--lang", choices=["en", "zh"], default=cli_intake.language(),
        help="with --stale: language of the list",
    )  # fmt: skip
    check.set_defaults(run=_check)

    status = command("status", "Tell where every target of the plan stands.")
    _city(status)
    status.add_argument("--as-of", type=moment, default=0, metavar="WHEN", help=_AS_OF)
    _format(status)
    status.set_defaults(run=_status)

    verdict = command("verdict", "Judge cases from a CSV by every published progress method.")
    verdict.add_argument("--input", type=Path, required=True, metavar="CASES.csv")
    _format(verdict)
    verdict.set_defaults(run=_verdict)

    ahead = command("forecast", "Forecast many short annual series from a CSV.")
    ahead.add_argument("--input", type=Path, required=True, metavar="IN.csv")
    ahead.add_argument("--output", type=Path, required=True, metavar="OUT.csv")
    ahead.add_argument(
        "--horizon", type=positive, default=6, metavar="H", help="steps ahead, up to 100"
    )
    ahead.add_argument("--targets", type=Path, metavar="T.csv", help="targets to give chances for")
    ahead.add_argument("--probabilities", type=Path, metavar="P.csv", help="where chances go")
    ahead.add_argument("--jobs", type=positive, default=1, metavar="N", help="processes")
    ahead.set_defaults(run=_forecast)
    cli_serve.add_serve(command, _city)
    cli_intake.add_commands(command, _city, _format)
    cli_exports.add_commands(command, _city)
    cli_editions.add_commands(command, _city, _format)
    return top


_AS_OF = (
    "year at whose end to stand (default: the city's own), or a date as YYYY-MM-DD: figures known "
    "on it, targets judged by the last whole year"
)


def _city(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--city", default=DEFAULT_CITY, help=f"folder of data/cities (default: {DEFAULT_CITY})"
    )


def _format(one: argparse.ArgumentParser) -> None:
    one.add_argument("--format", choices=["table", "json"], default="table")


def _check(args: argparse.Namespace) -> int:
    from planbook.analysis.forecast.wording import check_words
    from planbook.analysis.scenarios.parameters import range_problems
    from planbook.data import control
    from planbook.data.city import load
    from planbook.data.contradictions import notes
    from planbook.errors import DataError
    from planbook.exports import descriptor
    from planbook.intake.checks.on_file import standing

    if args.stale:
        from planbook.cli import stale as cli_stale

        return cli_stale.run(args)
    from planbook.cli.stale import day_of
    from planbook.data.future import check_dates

    try:
        project = load(args.city)
        descriptor.check(project.paths)
        check_dates(project, day_of(args.today))
        check_words()
    except DataError as error:
        if args.format == "json":
            _print_json({"city": args.city, "errors": [asdict(one) for one in error.problems]})
        raise
    found = project.observations
    counts = {
        "city": args.city,
        "indicators": len(project.catalog),
        "measures": sum(number > 0 for number in project.plan.measures),
        "targets": len(project.plan.targets),
        "projects": len(project.plan.projects),
        "figures": len(found),
        "figures_of_the_city": int(found["entity"].isin(project.city.entities).sum()),
        "sources": len(project.sources),
    }
    noted = notes(
        project.plan,
        project.known(),
        project.catalog,
        city=project.city.id,
        name=f"data/cities/{args.city}/plan/targets.csv",
    )
    noted = [*noted, *range_problems(project), *standing(project), *control.compare(project)]
    if args.format == "json":
        listed = {"errors": [], "notes": [asdict(one) for one in noted]}
        _print_json({**counts, **listed})
        return 0
    for name, value in counts.items():
        print(f"{name.replace('_', ' '):<22}{value}")
    for one in noted:
        print(f"note: {one}")
    print("no fault found" + (f"; notes: {len(noted)}" if noted else ""))
    return 0


def _print_json(data: object) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


def _status(args: argparse.Namespace) -> int:
    from planbook.analysis.progress import history, stand_all, status_rows
    from planbook.data.city import load
    from planbook.data.vintages import standing

    project = load(args.city)
    plan, catalog, city = project.plan, project.catalog, project.city.id
    asked = args.as_of or project.city.as_of
    year, day = standing(asked)
    rows = status_rows(
        stand_all(plan, project.known(asked), catalog, city=city, as_of=year),
        leads={name: plan.lead_of(target) for name, target in plan.targets.items()},
        histories=history(
            plan.targets,
            project.observations,
            catalog,
            city=city,
            as_of=year,
            day=day,
            plan_year=plan.year,
        ),
    )
    if args.format == "json":
        _print_json(rows)
        return 0
    columns = ("target_id", "target", "unit", "deadline", "latest", "gap", "pace_needed",
               "pace_seen", "probability", "verdict")  # fmt: skip
    lines = [columns, *([_cell(row[column]) for column in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(line, widths, strict=True)
        print("  ".join(cell.ljust(width) for cell, width in cells).rstrip())
    return 0


def _cell(value: object) -> str:
    return "-" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)


def _verdict(args: argparse.Namespace) -> int:
    from planbook.analysis.methods.cases import read_cases, verdicts

    found = verdicts(read_cases(args.input))
    if args.format == "json":
        _print_json(found)
        return 0
    lines = [("case_id", "method", "rule", "value", "category", "reason")]
    for case in found:
        for name, one in case["methods"].items():
            value = "-" if one["value"] is None else f"{one['value']:.4f}"
            told = one["category"] or "-", one["reason"] or ""
            lines.append((case["case_id"], name, one["rule"], value, *told))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(line, widths, strict=True)
        print("  ".join(cell.ljust(width) for cell, width in cells).rstrip())
    return 0


def _forecast(args: argparse.Namespace) -> int:
    from planbook.analysis.forecast import MOST_STEPS, too_far
    from planbook.analysis.forecast.batch import forecast_many, read_input, read_targets
    from planbook.files.atomic import check_writable, write_atomically
    from planbook.text import say

    if bool(args.targets) != bool(args.probabilities):
        raise PlanbookError("--targets and --probabilities go together; give both or neither")
    for path in filter(None, (args.output, args.probabilities)):
        check_writable(path)
    if args.horizon > MOST_STEPS:
        raise PlanbookError(f"--horizon {args.horizon}: {too_far()}")
    series = read_input(args.input)
    targets = read_targets(args.targets, set(series["series_id"])) if args.targets else None
    forecasts, chances, refused = forecast_many(
        series, horizon=args.horizon, targets=targets, jobs=args.jobs
    )
    reasons = {name: say(key, "en", **details) for name, (key, details) in refused.items()}
    forecasts["refused"] = forecasts["series_id"].map(reasons)
    write_atomically(args.output, forecasts.to_csv(index=False, lineterminator="\n").encode())
    if args.probabilities:
        write_atomically(
            args.probabilities, chances.to_csv(index=False, lineterminator="\n").encode()
        )
    for name, reason in reasons.items():
        print(f"{name}: refused: {reason}", file=sys.stderr)
    if not refused:
        return 0
    return 1 if forecasts["mean"].isna().all() else 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    args = argparse.Namespace()
    try:
        try:
            args = parser().parse_args(argv)
            code = args.run(args)
        finally:
            sys.stdout.flush()  # a full disk is told here, not as the interpreter ends
        return code
    except PlanbookError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read our output has seen enough
        _no_more_output()
        return 1
    except KeyboardInterrupt:
        print("stopped; nothing was changed", file=sys.stderr)
        return 130
    except (OSError, MemoryError, RuntimeError) as error:
        problem = refused(error)
        if problem is None:
            raise
        _tell_refusal(problem, as_json=getattr(args, "format", "") == "json")
        return 1


def _tell_refusal(problem: Problem, *, as_json: bool) -> None:
    try:
        if as_json:
            _print_json({"errors": [asdict(problem)]})
        sys.stdout.flush()
    except OSError:
        _no_more_output()
    with contextlib.suppress(OSError):
        print(problem, file=sys.stderr, flush=True)


def _no_more_output() -> None:
    """Let what still waits to be printed go nowhere, or the interpreter would complain of it."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
