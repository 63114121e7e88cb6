"""The command line; the commands for new figures stand in `planbook.cli_intake`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from planbook import __version__
from planbook.cli_intake import add_commands
from planbook.errors import PlanbookError

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

    build = command("build", "Check the data, execute the notebooks and publish the book.")
    _city(build)
    build.add_argument(
        "--lang", choices=["en", "zh", "all"], default="all", help="editions to build"
    )
    build.add_argument(
        "--chapters",
        nargs="+",
        default=[],
        metavar="NAME",
        help="notebooks to execute afresh, such as 10_agriculture; the others are reused "
        "while nothing they depend on has changed",
    )
    build.add_argument(
        "--jobs",
        type=_positive,
        default=_cores(),
        metavar="N",
        help="notebooks executed at a time (default: the number of cores)",
    )
    build.add_argument("--as-of", type=int, default=0, metavar="YEAR", help=_AS_OF)
    build.add_argument("--force", action="store_true", help="execute every notebook")
    build.add_argument(
        "--explain", action="store_true", help="say why each notebook was executed or reused"
    )
    build.add_argument(
        "--kernel",
        choices=["auto", "warm", "cold"],
        default="auto",
        help="warm: kernels forked from one parent that has imported everything; cold: each "
        "started by itself; auto: warm where the system can, which is Linux (default)",
    )
    build.add_argument(
        "--timeout",
        type=_positive,
        default=600,
        metavar="SECONDS",
        help="time that one notebook may take (default: 600)",
    )
    build.add_argument(
        "--memory-limit",
        type=_positive,
        default=0,
        metavar="MB",
        help="memory that the kernel of one notebook may hold (default: no limit)",
    )
    build.add_argument(
        "--strict",
        action="store_true",
        help="publish nothing if a notebook fails; without it the last good version of that "
        "chapter is published, marked as such, and the exit code is 1",
    )
    build.set_defaults(run=_build)

    check = command("check", "Check catalogue, plan, figures and sources; change nothing.")
    _city(check)
    _format(check)
    check.set_defaults(run=_check)

    status = command("status", "Tell where every target of the plan stands.")
    _city(status)
    status.add_argument("--as-of", type=int, default=0, metavar="YEAR", help=_AS_OF)
    _format(status)
    status.set_defaults(run=_status)

    verdict = command("verdict", "Judge cases from a CSV by every published progress method.")
    verdict.add_argument("--input", type=Path, required=True, metavar="CASES.csv")
    _format(verdict)
    verdict.set_defaults(run=_verdict)

    ahead = command("forecast", "Forecast many short annual series from a CSV.")
    ahead.add_argument("--input", type=Path, required=True, metavar="IN.csv")
    ahead.add_argument("--output", type=Path, required=True, metavar="OUT.csv")
    ahead.add_argument("--horizon", type=_positive, default=6, metavar="H", help="steps ahead")
    ahead.add_argument("--targets", type=Path, metavar="T.csv", help="targets to give chances for")
    ahead.add_argument("--probabilities", type=Path, metavar="P.csv", help="where chances go")
    ahead.add_argument("--jobs", type=_positive, default=1, metavar="N", help="processes")
    ahead.set_defaults(run=_forecast)
    add_commands(command, _city, _format)
    return top


_AS_OF = "year at whose end to stand (default: the city's own)"


def _city(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--city", default=DEFAULT_CITY, help=f"folder of data/cities (default: {DEFAULT_CITY})"
    )


def _format(one: argparse.ArgumentParser) -> None:
    one.add_argument("--format", choices=["table", "json"], default="table")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"'{text}': give a number from 1")
    return value


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def _build(args: argparse.Namespace) -> int:
    from planbook import paths
    from planbook.execute import Parent, Settings, stamp

    langs = ("en", "zh") if args.lang == "all" else (args.lang,)
    where = paths.find()
    now, before = stamp.inputs(where), stamp.load(where)
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    asked = {"city": args.city, "langs": list(langs), "as_of": args.as_of, "epoch": epoch}
    different = stamp.changed(before, now)
    wanted = args.force or bool(args.chapters)
    done = before and not different and not wanted and stamp.covers(before, asked)
    if done and before.outputs == stamp.outputs(where):
        labels = [label for lang, label in before.labels if lang in langs]
        for label in labels if args.explain else ():
            print(f"reused   {label}  (nothing at all has changed)", file=sys.stderr)
        _summary(before.pages, 0, len(labels), where.build / "html")
        return 0
    settings = Settings(args.jobs, args.kernel, args.timeout, args.memory_limit, args.strict)
    with Parent(where, args.city, args.kernel) as parent:
        if wanted or not all(name.startswith(stamp.PROSE_FOLDER) for name in different):
            parent.start()  # it imports on another core while this process does
        from planbook.build import build
        from planbook.progress_bar import Reporter

        with Reporter(explain=args.explain) as reporter:
            built = build(
                args.city,
                root=where,
                langs=langs,
                chapters=args.chapters,
                jobs=args.jobs,
                as_of=args.as_of,
                force=args.force,
                progress=reporter,
                settings=settings,
                parent=parent,
            )
    failed = [outcome for outcome in built.outcomes if outcome.failure]
    executed = sum(outcome.executed for outcome in built.outcomes)
    reused = len(built.outcomes) - executed - len(failed)
    _summary(built.pages, executed, reused, built.site)
    if failed:
        stamp.remove(where)
        for outcome in failed:
            print(
                f"{outcome.failure}\n  published: the version of {outcome.made}, marked as such",
                file=sys.stderr,
            )
        return 1
    labels = [
        (str(outcome.task.parameters.get("lang")), outcome.task.label) for outcome in built.outcomes
    ]
    stamp.save(where, stamp.Stamp(now, stamp.outputs(where), asked, built.pages, labels))
    return 0


def _summary(pages: int, executed: int, reused: int, site: Path) -> None:
    print(
        f"{pages} pages; {executed} notebooks executed, {reused} reused; open {site / 'index.html'}"
    )


def _check(args: argparse.Namespace) -> int:
    from planbook.errors import DataError
    from planbook.intake.standing import standing
    from planbook.project import load
    from planbook.sanity import notes

    try:
        project = load(args.city)
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
    noted = [*noted, *standing(project)]
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
    from planbook.project import load

    project = load(args.city)
    plan, catalog, city = project.plan, project.catalog, project.city.id
    year = args.as_of or project.city.as_of
    rows = status_rows(
        stand_all(plan, project.known(year), catalog, city=city, as_of=year),
        leads={name: plan.lead_of(target) for name, target in plan.targets.items()},
        histories=history(plan, project.observations, catalog, city=city, as_of=year),
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
    from planbook.analysis.cases import read_cases, verdicts

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
    from planbook.analysis.forecast.batch import forecast_many, read_input, read_targets
    from planbook.files import check_writable, write_atomically
    from planbook.text import say

    if bool(args.targets) != bool(args.probabilities):
        raise PlanbookError("--targets and --probabilities go together; give both or neither")
    for path in filter(None, (args.output, args.probabilities)):
        check_writable(path)
    series = read_input(args.input)
    targets = read_targets(args.targets, set(series["series_id"])) if args.targets else None
    forecasts, chances, refused = forecast_many(
        series, horizon=args.horizon, targets=targets, jobs=args.jobs
    )
    write_atomically(args.output, forecasts.to_csv(index=False, lineterminator="\n").encode())
    if args.probabilities:
        write_atomically(
            args.probabilities, chances.to_csv(index=False, lineterminator="\n").encode()
        )
    for name, (reason, details) in refused.items():
        print(f"{name}: refused: {say(reason, 'en', **details)}", file=sys.stderr)
    return 1 if refused and forecasts.empty else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    int
        0 only on success.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    args = parser().parse_args(argv)
    try:
        return args.run(args)
    except PlanbookError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("stopped; nothing was changed", file=sys.stderr)
        return 130
