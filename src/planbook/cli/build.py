"""The command ``planbook build``: one city's book, or those of several in one run."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planbook.cli.options import (
    AS_OF,
    DEFAULT_CITY,
    choice,
    command,
    flag,
    moment,
    option,
    positive,
)
from planbook.errors import PlanbookError
from planbook.execute.cache import stamp

if TYPE_CHECKING:
    from planbook.build import Built
    from planbook.data.paths import Paths
    from planbook.execute.request import Parent, Request
    from planbook.files.hashing import Inputs

ALL = "all"  # every city
REMEDY = "give both --executor dask and --scheduler, such as --scheduler tcp://10.0.0.1:8786"


class _TakesSeveral(click.Command):
    """A command whose repeatable options take several words at once: ``--city a b``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        repeatable = {name for one in self.params if getattr(one, "multiple", False)
                      for name in one.opts}  # fmt: skip
        spelt: list[str] = []
        option = ""
        for word in args:
            if word.startswith("-"):
                option = word if word in repeatable else ""
            elif option and spelt[-1] != option:
                spelt.append(option)
            spelt.append(word)
        return super().parse_args(ctx, spelt)


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


@command("build", "Check the data, execute the notebooks and publish the book.", cls=_TakesSeveral)
@option(
    "--city",
    f"folder of data/cities (default: {DEFAULT_CITY}); several, or 'all', build each city's "
    "book below _build/cities in one run",
    multiple=True,
    metavar="CITY...",
)
@option("--lang", "editions to build", choice("en", "zh", "all"), "all")
@option(
    "--chapters",
    "notebooks to execute afresh, such as 10_agriculture; the others are reused while "
    "nothing they depend on has changed",
    multiple=True,
    metavar="NAME...",
)
@option(
    "--jobs", "notebooks executed at a time (default: the number of cores)", positive, cores, "N"
)
@option("--as-of", AS_OF, moment, "0", "WHEN")
@flag("--force", "execute every notebook")
@flag("--explain", "say why each notebook was executed or reused")
@option(
    "--kernel",
    "warm: kernels forked from one parent that has imported everything; cold: each started "
    "by itself; auto: warm where the system can, which is Linux (default)",
    choice("auto", "warm", "cold"),
    "auto",
)
@option("--timeout", "time that one notebook may take (default: 600)", positive, 600, "SECONDS")
@option(
    "--memory-limit",
    "memory that the kernel of one notebook may hold (default: no limit)",
    positive,
    metavar="MB",
)
@flag(
    "--strict",
    "publish nothing if a notebook fails; without it the last good version of that chapter "
    "is published, marked as such, and the exit code is 1",
)
@option(
    "--executor",
    "where notebooks are executed: on this machine (default) or on a Dask cluster",
    choice("local", "dask"),
    "local",
)
@option("--scheduler", "of the cluster, such as tcp://10.0.0.1:8786", metavar="ADDRESS")
@option(
    "--objects",
    "place that all workers reach, for what goes to them and comes back: a shared folder, "
    "s3://… (default: a folder of _build, which serves workers of this machine)",
    metavar="URL",
)
def build(
    city: tuple[str, ...],
    lang: str,
    chapters: tuple[str, ...],
    jobs: int,
    as_of: int | str,
    force: bool,
    explain: bool,
    kernel: str,
    timeout: int,
    memory_limit: int | None,
    strict: bool,
    executor: str,
    scheduler: str | None,
    objects: str | None,
) -> int:
    """Build what is due; a book of which nothing at all has changed is told at once."""
    from planbook.data import paths
    from planbook.files.hashing import Inputs

    if (executor == "dask") != bool(scheduler) or (objects and not scheduler):
        raise PlanbookError(f"--executor {executor}: {REMEDY}")
    langs = ("en", "zh") if lang == "all" else (lang,)
    where, inputs = paths.find(), Inputs()
    cities = _cities(city, where)
    is_wanted = force or bool(chapters)
    due = {}
    for name in cities:
        home = where.of(name) if len(cities) > 1 else where
        book = _Book.of(name, home, langs, as_of, inputs)
        if not is_wanted and book.is_untouched():
            book.tell_untouched(explain=explain)
        else:
            stamp.remove(home)  # should this one be killed, the next tidies up
            due[name] = book
    if not due:
        return 0
    from planbook.execute.request import Request

    request = Request(
        langs, as_of, chapters, force, jobs, kernel, timeout, memory_limit or 0, strict,
        inputs=inputs,
    )  # fmt: skip
    with _workers(request, where, next(iter(due)), scheduler, objects) as (ready, parent):
        if not ready.executor and (is_wanted or not all(one.is_prose for one in due.values())):
            parent.start()  # it imports on another core while this process does
        built = _built(ready, where, list(due), explain=explain, several=len(cities) > 1)
    return max(due[name].take(one) for name, one in built.items())


def _cities(asked: Sequence[str], where: Paths) -> list[str]:
    """List the cities asked for, each once."""
    cities = list(dict.fromkeys(asked or [DEFAULT_CITY]))
    if ALL not in cities:
        return cities
    if len(cities) > 1:
        raise PlanbookError("--city all: it takes every city; leave the others out")
    return where.city_names()


@dataclass(frozen=True)
class _Book:
    """One city's book: how it was left by the last build, and what is there now."""

    home: Paths
    before: stamp.Stamp | None
    inputs: dict[str, str]
    asked: dict[str, Any]

    @classmethod
    def of(
        cls, city: str, home: Paths, langs: Sequence[str], as_of: int | str, inputs: Inputs
    ) -> _Book:
        """Look at a book."""
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        asked = {"city": city, "langs": list(langs), "as_of": as_of, "epoch": epoch}
        return cls(home, stamp.Stamp.load(home), stamp.inputs_of(home, city, inputs), asked)

    @property
    def is_prose(self) -> bool:
        """Whether nothing has changed that a notebook could show."""
        changed = stamp.changed(self.before, self.inputs)
        return all(name.startswith(stamp.PROSE_FOLDER) for name in changed)

    def is_untouched(self) -> bool:
        """Tell whether a build would make nothing that is not there."""
        return (
            self.before is not None
            and not stamp.changed(self.before, self.inputs)
            and self.before.covers(self.asked)
            and self.before.outputs == stamp.outputs_of(self.home)
        )

    def tell_untouched(self, *, explain: bool) -> None:
        """Tell that all was reused."""
        assert self.before is not None
        labels = [label for lang, label in self.before.labels if lang in self.asked["langs"]]
        for label in labels if explain else ():
            click.echo(f"reused   {label}  (nothing at all has changed)", err=True)
        _summary(self.before.pages, 0, len(labels), self.home.site)

    def take(self, built: Built) -> int:
        """Tell what became of the book and keep its stamp; give the exit code."""
        failed = [outcome for outcome in built.outcomes if outcome.failure]
        if built.failure or failed:
            stamp.remove(self.home)
        else:
            labels = [(str(outcome.task.parameters.get("lang")), outcome.task.label)
                      for outcome in built.outcomes]  # fmt: skip
            made = stamp.outputs_of(self.home)
            stamp.Stamp(self.inputs, made, self.asked, built.pages, labels).save(self.home)
        if built.failure:
            click.echo(built.failure, err=True)
            click.echo(f"  not published: {self.home.own}; its earlier state stands", err=True)
            return 1
        executed = sum(outcome.executed for outcome in built.outcomes)
        reused = len(built.outcomes) - executed - len(failed)
        _summary(built.pages, executed, reused, built.site)
        for outcome in failed:
            told = f"{outcome.failure}\n  published: the version of {outcome.made}, marked as such"
            click.echo(told, err=True)
        return 1 if failed else 0


@contextlib.contextmanager
def _workers(
    request: Request, where: Paths, city: str, scheduler: str | None, objects: str | None
) -> Iterator[tuple[Request, Parent]]:
    """Give the request the parent of kernels, not yet started, and the workers of a cluster."""
    from planbook.execute.request import Parent

    with contextlib.ExitStack() as stack:
        if scheduler:
            from planbook.execute.cluster.pool import ClusterPool

            place = objects or str(where.results / "objects")
            pool = stack.enter_context(ClusterPool(scheduler, place))
            request = replace(request, executor=pool)
        parent = stack.enter_context(Parent(where, city, request.kernel))
        yield replace(request, parent=parent), parent


def _built(
    request: Request, where: Paths, due: Sequence[str], *, explain: bool, several: bool
) -> dict[str, Built]:
    """Build what is due, showing how it goes on; give it by city."""
    from planbook.build import build as build_one
    from planbook.build import build_cities
    from planbook.cli.progress import Reporter

    with Reporter(explain=explain) as reporter:
        request = replace(request, progress=reporter)
        if several:
            return build_cities(due, request, root=where)
        return {due[0]: build_one(due[0], request, root=where)}


def _summary(pages: int, executed: int, reused: int, site: Path) -> None:
    click.echo(
        f"{pages} pages; {executed} notebooks executed, {reused} reused; open {site / 'index.html'}"
    )
