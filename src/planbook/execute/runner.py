"""Execute what is not fresh, several notebooks at a time, the longest first."""

from __future__ import annotations

import contextlib
import datetime
import functools
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field, replace
from typing import Any

from planbook.data.paths import Paths
from planbook.errors import BuildError
from planbook.execute.cache import fingerprint
from planbook.execute.cache.code import Code
from planbook.execute.cache.store import Store
from planbook.execute.merging import as_bytes, check_parameters, marked, merge, write_if_new
from planbook.execute.pools import Pool, processes
from planbook.execute.task import TIMEOUT, Order, Task

UNTOUCHED = "nothing it depends on has changed"
PROSE = "only its prose has changed; its results are reused"
REASONS_SHOWN = 3
KILLED = "the process at work on it was killed, twice"


@dataclass(frozen=True)
class Execution:
    """What became of a task."""

    task: Task
    seconds: float
    reason: str  # why it was executed, or that it was reused
    executed: bool
    memory_mb: int = 0  # the most that its kernel held; 0 where it was not executed
    # why it failed; empty if it did not. Its output is then the last good version
    failure: str = ""
    # day when the last good version was made; empty unless it failed, and where there is none that
    # may be shown: then it has no output of this run
    made: str = ""


@dataclass(frozen=True)
class Started:
    """A task that begins to run, and why."""

    task: Task
    reason: str


@dataclass(frozen=True)
class Settings:
    """How notebooks are executed; nothing of it changes a result."""

    jobs: int = 1  # notebooks at a time
    kernel: str = "auto"
    timeout: float = TIMEOUT  # seconds that a notebook may take
    memory_limit: float = 0.0  # megabytes that its kernel may hold; 0 sets no limit
    # whether a notebook that fails stops the build even if there is an earlier version
    strict: bool = False


class Parent:
    """The parent of warm kernels of one build: started when first wanted, ended with the build."""

    def __init__(self, paths: Paths, city: str, kernel: str = "auto") -> None:
        self._paths, self._city, self._kernel = paths, city, kernel
        self._server: Any = None

    def start(self) -> str:
        """Start it, unless it runs or is not wanted here; give its address or nothing."""
        if self._kernel == "cold":
            return ""
        from planbook.execute.kernels.warm import ForkServer, can_fork

        if not can_fork():
            if self._kernel == "warm":
                raise BuildError("--kernel warm: this system cannot fork; use auto or cold")
            return ""
        if self._server is None:
            self._server = ForkServer(str(self._paths.root), self._city)
        return self._server.address

    def close(self) -> None:
        """End it and every kernel that it has forked."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def __enter__(self) -> Parent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass
class _Plan:
    """What is known of one task before it runs."""

    task: Task
    notebook: dict[str, Any]
    parts: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    last: dict[str, Any] | None = None
    reason: str | None = None  # None: nothing to do
    run: dict[str, Any] | None = None  # results to reuse
    note: str = UNTOUCHED


def run(
    tasks: Sequence[Task],
    paths: Paths,
    *,
    jobs: int = 1,
    force: Sequence[str] | bool = False,
    progress: Callable[[str, Any], None] | None = None,
    settings: Settings | None = None,
    project: Any = None,
    parent: Parent | None = None,
    executor: Executor | Pool | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> list[Execution]:
    """Execute what is not fresh, `jobs` at a time; raise if something then has no output.

    All is as `run_all` does it.

    Raises `ParameterError`: before anything runs, if a parameter is unknown. Raises `BuildError`
    with every notebook that failed, if one of them has no earlier version or the settings are
    strict; outputs of the others are kept.
    """
    outcomes = run_all(
        tasks,
        paths,
        jobs=jobs,
        force=force,
        progress=progress,
        settings=settings,
        project=project,
        parent=parent,
        executor=executor,
        meanwhile=meanwhile,
    )
    if any(one.failure and not one.made for one in outcomes):
        raise BuildError("\n".join(sorted(one.failure for one in outcomes if one.failure)))
    return outcomes


def run_all(
    tasks: Sequence[Task],
    paths: Paths,
    *,
    jobs: int = 1,
    force: Sequence[str] | bool = False,
    progress: Callable[[str, Any], None] | None = None,
    settings: Settings | None = None,
    project: Any = None,
    parent: Parent | None = None,
    executor: Executor | Pool | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> list[Execution]:
    """Execute what is not fresh, of one city or of several.

    Raises `ParameterError`: before anything runs, if a parameter is unknown.
    """
    settings = settings or Settings(jobs=jobs)
    report = progress or (lambda _event, _item: None)
    read = functools.cache(fingerprint.read_notebook)  # each once, however many cities
    plans = [_Plan(task, read(task.notebook)) for task in tasks]
    for plan in plans:
        check_parameters(plan.task, plan.notebook)
    store = Store(paths.results)
    _look(plans, store, _Reads(paths, project), force)
    outcomes: dict[int, Execution] = {}
    waiting = []
    for number, plan in enumerate(plans):
        if plan.reason is None:
            _reuse(plan, store)
            outcomes[number] = Execution(plan.task, 0.0, plan.note, False)
            report("done", outcomes[number])
        else:
            waiting.append(number)
    # City by city, whose data the parent then reads once; of each the longest first,
    # those of which nothing is known before all.
    cities = {name: rank for rank, name in enumerate(dict.fromkeys(one.city for one in tasks))}
    waiting.sort(
        key=lambda n: (
            cities[plans[n].task.city],
            -(plans[n].last or {}).get("seconds", float("inf")),
        )
    )
    failures: dict[int, str] = {}
    if waiting:
        with _pool(executor, min(settings.jobs, len(waiting))) as pool:
            own = parent or Parent(paths, plans[waiting[0]].task.city, settings.kernel)
            try:
                address = own.start() if pool.is_local else ""
                kernel = settings.kernel if address or not pool.is_local else "cold"
                ask = replace(settings, kernel=kernel)
                orders = {n: functools.partial(_order, plans[n], paths, ask, address)
                          for n in waiting}  # fmt: skip
                for number, found in _execute(orders, pool, plans, report, meanwhile):
                    plan = plans[number]
                    if isinstance(found, str):
                        book = plan.task.book
                        failures[number] = f"{book}: {found}" if book else found
                        continue
                    _keep(plan, found, store)
                    outcomes[number] = Execution(
                        plan.task, found["seconds"], plan.reason, True, found["memory_mb"]
                    )
                    report("done", outcomes[number])
            finally:
                if parent is None:
                    own.close()
        store.tidy()
    for number, failure in failures.items():
        plan = plans[number]
        last = None if settings.strict else _fall_back(plan, store, failure)
        reason = plan.reason or ""
        outcomes[number] = Execution(plan.task, 0.0, reason, False, 0, failure, last or "")
        if last is not None:
            report("done", outcomes[number])
    return [outcomes[number] for number in range(len(tasks))]


class _Reads:
    """Compares what runs have read with the data as they stand; reads these when asked."""

    def __init__(self, paths: Paths, project: Any) -> None:
        self._paths, self._given = paths, project
        self._present: dict[str, Any] = {}  # of one city: tasks come city by city

    def changes(self, city: str, run: dict[str, Any]) -> list[str]:
        """Say what has changed of all that a run has read."""
        from planbook.execute.cache.dependencies import Present, as_key, told

        if city not in self._present:
            given = self._given
            if given is None or given.city.id != city:
                from planbook.data.city import load

                given = load(city, self._paths)
            self._present = {city: Present(given)}
        present = self._present[city]
        found = []
        for raw, before, details in run["reads"]:
            key = as_key(raw)
            if present.digest(key) != before:
                found.append(told(key, details, present))
        return found


def _look(plans: Sequence[_Plan], store: Store, reads: _Reads, force: Sequence[str] | bool) -> None:
    """Find for each task what can be reused, or why it must run."""
    code = Code(store.folder / "code.json")
    packages = fingerprint.environment()
    alike: dict[str, dict[str, Any]] = {}  # what the tasks of one notebook have in common
    for plan in plans:
        task = plan.task
        name = str(task.notebook)
        if name not in alike:
            alike[name] = fingerprint.parts(plan.notebook, {}, code, packages)
        plan.parts = {**alike[name], "parameters": dict(task.parameters)}
        plan.key = fingerprint.key(plan.parts)
        plan.last = store.last(task.place)
        forced = force if isinstance(force, bool) else task.notebook.stem in force
        plan.reason = "forced" if forced else _why(plan, store, reads)
    code.save()


def _why(plan: _Plan, store: Store, reads: _Reads) -> str | None:
    """Say why a task must run; None, with the run to reuse, if it need not."""
    city = plan.task.city
    first: list[str] = []
    for run_ in store.runs(plan.key):
        changes = reads.changes(city, run_) if run_["reads"] else []
        if not changes and store.get(run_["object"]) is None:
            changes = ["the stored results are damaged"]
        if not changes:
            plan.run = run_
            if run_["parts"]["prose"] != plan.parts["prose"]:
                plan.note = PROSE
            return None
        # a reader knows the state that was shown last, not those before it
        if not first or (plan.last or {}).get("reads") == run_["reads"]:
            first = changes
    if not first and plan.last is None:
        return "not yet executed"
    if not first:
        first = fingerprint.differences(plan.last["parts"], plan.parts)
    more = f"; and {len(first) - REASONS_SHOWN} more" if len(first) > REASONS_SHOWN else ""
    return "; ".join(first[:REASONS_SHOWN]) + more


def _reuse(plan: _Plan, store: Store) -> None:
    executed = json.loads(store.get(plan.run["object"]))
    write_if_new(plan.task.output, as_bytes(merge(executed, plan.notebook)))
    store.use(plan.task.place, plan.key, {**plan.run, "parts": plan.parts})


def _keep(plan: _Plan, found: dict[str, Any], store: Store) -> None:
    """Store what came out, and put it where the book looks for it."""
    book = merge(found["notebook"], plan.notebook)
    raw = as_bytes(book)
    run_ = {
        "object": store.put(raw),
        "reads": found["reads"],
        "parts": plan.parts,
        "made": today(),
        "seconds": found["seconds"],
        "memory_mb": found["memory_mb"],
    }
    store.add(plan.task.place, plan.key, run_)
    write_if_new(plan.task.output, raw)


def _fall_back(plan: _Plan, store: Store, failure: str) -> str | None:
    """Put the last good version in place, marked; give its day, or None if there is none."""
    raw = store.get(plan.last["object"]) if plan.last else None
    if raw is None:
        return None
    lang = str(plan.task.parameters.get("lang") or "en")
    made = plan.last["made"]
    book = marked(json.loads(raw), lang=lang, date=made, reason=failure)
    write_if_new(plan.task.output, as_bytes(book))
    return made


def today() -> str:
    """Give the day, or that of ``SOURCE_DATE_EPOCH`` where a build is to be repeatable."""
    stamp = float(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    return datetime.datetime.fromtimestamp(stamp, datetime.UTC).date().isoformat()


def _order(plan: _Plan, paths: Paths, settings: Settings, address: str) -> Order:
    return Order(
        name=plan.task.notebook.name,
        source=json.dumps(plan.notebook, ensure_ascii=False),
        parameters=dict(plan.task.parameters),
        root=str(paths.root),
        kernel=settings.kernel,
        address=address,
        timeout=settings.timeout,
        memory_limit=settings.memory_limit,
    )


def _execute(
    orders: dict[int, Callable[[], Order]],
    pool: Pool,
    plans: Sequence[_Plan],
    report: Callable[[str, Any], None],
    meanwhile: Callable[[], None] | None = None,
) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield the number of each order with its result, or in words why it has none."""
    waiting = list(orders)
    running: dict[Future, int] = {}
    # What was at work when a worker died is tried once more, by itself: so the one that
    # kills workers is found, and its neighbours are not blamed.
    alone: set[int] = set()

    def has_room() -> bool:
        if alone.intersection((waiting[0], *running.values())):
            return not running
        return not pool.ahead or len(running) < pool.ahead

    while waiting or running:
        while waiting and has_room():
            number = waiting.pop(0)
            try:
                running[pool.submit(orders[number]())] = number
            except BrokenExecutor as error:  # a caller's own, which cannot be started anew
                yield number, f"{plans[number].task.label}: {type(error).__name__}: {error}"
        for future in pool.begun():
            plan = plans[running[future]]
            report("start", Started(plan.task, plan.reason or ""))
        if meanwhile:
            meanwhile()
            meanwhile = None
        for future in pool.wait(list(running)):
            number = running.pop(future)
            label = plans[number].task.label
            try:
                yield number, pool.result(future)
            except BuildError as error:
                yield number, str(error)
            except BrokenExecutor:
                if number not in alone:
                    alone.add(number)
                    waiting.insert(0, number)
                else:
                    yield number, f"{label}: {KILLED}"
            except Exception as error:  # a full disk, a lost object
                yield number, f"{label}: {type(error).__name__}: {error}"


def _pool(executor: Executor | Pool | None, jobs: int) -> contextlib.AbstractContextManager[Pool]:
    """Give the pool that the caller has, or one of this machine for this run."""
    if executor is None:
        return processes(jobs)
    return contextlib.nullcontext(executor if isinstance(executor, Pool) else Pool(executor))
