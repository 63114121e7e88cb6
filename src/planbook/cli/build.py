"""The command ``planbook build``: one city's book, or those of several in one run."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from planbook.errors import PlanbookError

if TYPE_CHECKING:
    from planbook.build import Built
    from planbook.data.paths import Paths
    from planbook.execute.pools import Pool
    from planbook.execute.runner import Parent

ALL = "all"  # every city
REMEDY = "give both --executor dask and --scheduler, such as --scheduler tcp://10.0.0.1:8786"


def add_build(
    command: Callable[[str, str], argparse.ArgumentParser], *, default: str, as_of: str
) -> None:
    """Add the command to the parser."""
    build = command("build", "Check the data, execute the notebooks and publish the book.")
    build.add_argument(
        "--city",
        nargs="+",
        action="extend",
        metavar="CITY",
        help=f"folder of data/cities (default: {default}); several, or 'all', build each "
        "city's book below _build/cities in one run",
    )
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
        type=positive,
        default=cores(),
        metavar="N",
        help="notebooks executed at a time (default: the number of cores)",
    )
    build.add_argument("--as-of", type=moment, default=0, metavar="WHEN", help=as_of)
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
        type=positive,
        default=600,
        metavar="SECONDS",
        help="time that one notebook may take (default: 600)",
    )
    build.add_argument(
        "--memory-limit",
        type=positive,
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
    build.add_argument(
        "--executor",
        choices=["local", "dask"],
        default="local",
        help="where notebooks are executed: on this machine (default) or on a Dask cluster",
    )
    build.add_argument(
        "--scheduler", metavar="ADDRESS", help="of the cluster, such as tcp://10.0.0.1:8786"
    )
    build.add_argument(
        "--objects",
        metavar="URL",
        help="place that all workers reach, for what goes to them and comes back: a shared "
        "folder, s3://… (default: a folder of _build, which serves workers of this machine)",
    )
    build.set_defaults(run=_build, default_city=default)


def positive(text: str) -> int:
    """Read a number from 1."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"'{text}': give a number from 1")
    return value


def moment(text: str) -> int | str:
    """Read a year, or a date as YYYY-MM-DD."""
    from planbook.data.vintages import is_day

    if text.isdigit() and len(text) <= 4:
        return int(text)
    if not is_day(text):
        raise argparse.ArgumentTypeError(f"'{text}': give a year, or a date as YYYY-MM-DD")
    return text


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def _cities(args: argparse.Namespace, where: Paths) -> list[str]:
    """List the cities asked for, each once."""
    asked = list(dict.fromkeys(args.city or [args.default_city]))
    if ALL not in asked:
        return asked
    if len(asked) > 1:
        raise PlanbookError("--city all: it takes every city; leave the others out")
    return where.city_names()


def _build(args: argparse.Namespace) -> int:
    from planbook.data import paths
    from planbook.execute.cache import stamp

    if (args.executor == "dask") != bool(args.scheduler) or (args.objects and not args.scheduler):
        raise PlanbookError(f"--executor {args.executor}: {REMEDY}")
    langs = ("en", "zh") if args.lang == "all" else (args.lang,)
    where = paths.find()
    cities = _cities(args, where)
    homes = {city: where.of(city) if len(cities) > 1 else where for city in cities}
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    wanted = args.force or bool(args.chapters)
    states, asks, due, light = {}, {}, [], True
    for city, home in homes.items():
        states[city], before = stamp.inputs(home, city), stamp.load(home)
        different = stamp.changed(before, states[city])
        asks[city] = {"city": city, "langs": list(langs), "as_of": args.as_of, "epoch": epoch}
        done = before and not different and not wanted and stamp.covers(before, asks[city])
        if done and before.outputs == stamp.outputs(home):
            labels = [label for lang, label in before.labels if lang in langs]
            for label in labels if args.explain else ():
                print(f"reused   {label}  (nothing at all has changed)", file=sys.stderr)
            _summary(before.pages, 0, len(labels), home.site)
            continue
        stamp.remove(home)  # should this one be killed, the next tidies up
        due.append(city)
        light &= all(name.startswith(stamp.PROSE_FOLDER) for name in different)
    if not due:
        return 0
    built = _built(args, where, due, langs, start=wanted or not light, several=len(cities) > 1)
    codes = [_told(homes[city], one) for city, one in built.items()]
    for city, one in built.items():
        if any(outcome.failure for outcome in one.outcomes) or one.failure:
            stamp.remove(homes[city])
            continue
        labels = [
            (str(outcome.task.parameters.get("lang")), outcome.task.label)
            for outcome in one.outcomes
        ]
        made = stamp.outputs(homes[city])
        stamp.save(homes[city], stamp.Stamp(states[city], made, asks[city], one.pages, labels))
    return max(codes)


def _built(
    args: argparse.Namespace,
    where: Paths,
    cities: Sequence[str],
    langs: Sequence[str],
    *,
    start: bool,
    several: bool,
) -> dict[str, Built]:
    """Build what is due; give it by city."""
    from planbook.execute.runner import Settings

    settings = Settings(args.jobs, args.kernel, args.timeout, args.memory_limit, args.strict)
    with _workers(args, where, cities[0]) as (parent, executor):
        if start and executor is None:
            parent.start()  # it imports on another core while this process does
        from planbook.build import build, build_cities
        from planbook.cli.progress import Reporter

        with Reporter(explain=args.explain) as reporter:
            options = {
                "root": where,
                "langs": langs,
                "chapters": args.chapters,
                "jobs": args.jobs,
                "as_of": args.as_of,
                "force": args.force,
                "progress": reporter,
                "settings": settings,
                "parent": parent,
                "executor": executor,
            }
            if several:
                return build_cities(cities, **options)
            return {cities[0]: build(cities[0], **options)}


@contextlib.contextmanager
def _workers(
    args: argparse.Namespace, where: Paths, city: str
) -> Iterator[tuple[Parent, Pool | None]]:
    """Give the parent of this machine's kernels, not yet started, or the cluster's workers."""
    from planbook.execute.runner import Parent

    with contextlib.ExitStack() as stack:
        executor = None
        if args.executor == "dask":
            from planbook.execute.cluster.pool import ClusterPool

            place = args.objects or str(where.results / "objects")
            executor = stack.enter_context(ClusterPool(args.scheduler, place))
        yield stack.enter_context(Parent(where, city, args.kernel)), executor


def _told(home: Paths, built: Built) -> int:
    """Tell what became of one city; give the exit code."""
    failed = [outcome for outcome in built.outcomes if outcome.failure]
    if built.failure:
        print(built.failure, file=sys.stderr)
        print(f"  not published: {home.own}; its earlier state stands", file=sys.stderr)
        return 1
    executed = sum(outcome.executed for outcome in built.outcomes)
    reused = len(built.outcomes) - executed - len(failed)
    _summary(built.pages, executed, reused, built.site)
    for outcome in failed:
        print(
            f"{outcome.failure}\n  published: the version of {outcome.made}, marked as such",
            file=sys.stderr,
        )
    return 1 if failed else 0


def _summary(pages: int, executed: int, reused: int, site: Path) -> None:
    print(
        f"{pages} pages; {executed} notebooks executed, {reused} reused; open {site / 'index.html'}"
    )
