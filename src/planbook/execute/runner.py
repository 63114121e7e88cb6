"""Execute what is not fresh, several notebooks at a time, the longest first."""

from __future__ import annotations

import contextlib
import datetime
import functools
import json
import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from planbook.data.paths import Paths
from planbook.errors import BuildError
from planbook.execute.cache import notebook_parts
from planbook.execute.cache.code import Code
from planbook.execute.cache.program import environment
from planbook.execute.cache.store import Store
from planbook.execute.merging import as_bytes, check_parameters, marked, merge, write_if_new
from planbook.execute.order import Order, Task
from planbook.execute.pools import Pool, processes
from planbook.execute.request import Parent, Report, Request

if TYPE_CHECKING:
    from planbook.data.city import CityData

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


@dataclass
class _Plan:
    """What is known of one task before it runs."""

    task: Task
    notebook: dict[str, Any]
    parts: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    last: dict[str, Any] | None = None
    reason: str = ""  # why it must run
    run: dict[str, Any] | None = None  # results to reuse
    note: str = UNTOUCHED


def run(
    tasks: Sequence[Task],
    paths: Paths,
    request: Request | None = None,
    *,
    project: CityData | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> list[Execution]:
    """Execute what is not fresh; raise if something then has no output.

    All is as `run_all` does it. Raises `BuildError` with every notebook that failed, if one of
    them has no earlier version or the request is strict; outputs of the others are kept.
    """
    outcomes = run_all(tasks, paths, request, project=project, meanwhile=meanwhile)
    if any(one.failure and not one.made for one in outcomes):
        raise BuildError("\n".join(sorted(one.failure for one in outcomes if one.failure)))
    return outcomes


def run_all(
    tasks: Sequence[Task],
    paths: Paths,
    request: Request | None = None,
    *,
    project: CityData | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> list[Execution]:
    """Execute what is not fresh, of one city or of several.

    `project` is read where it is not given; `meanwhile` is called once notebooks are at work.
    Raises `ParameterError`, before anything runs, if a parameter is unknown.
    """
    request = request or Request()
    read = functools.cache(notebook_parts.read_notebook)  # each once, however many cities
    plans = [_Plan(task, read(task.notebook)) for task in tasks]
    for plan in plans:
        check_parameters(plan.task, plan.notebook)
    store = Store(paths.results)
    _look(plans, store, _Reads(paths, project), request)
    outcomes: dict[int, Execution] = {}
    waiting: dict[int, _Plan] = {}
    for number, plan in enumerate(plans):
        if plan.run is not None:
            _reuse(plan, plan.run, store)
            outcomes[number] = Execution(plan.task, 0.0, plan.note, False)
            request.progress("done", outcomes[number])
        else:
            waiting[number] = plan
    failures: dict[int, str] = {}
    if waiting:
        with contextlib.closing(_run_waiting(waiting, paths, request, meanwhile)) as results:
            for number, found in results:
                task = plans[number].task
                if isinstance(found, str):
                    failures[number] = f"{task.book}: {found}" if task.book else found
                    continue
                _keep(plans[number], found, store)
                reason, memory = plans[number].reason, found["memory_mb"]
                outcomes[number] = Execution(task, found["seconds"], reason, True, memory)
                request.progress("done", outcomes[number])
        store.tidy()
    for number, failure in failures.items():
        plan = plans[number]
        last = None if request.strict else _fall_back(plan, store, failure)
        outcomes[number] = Execution(plan.task, 0.0, plan.reason, False, 0, failure, last or "")
        if last is not None:
            request.progress("done", outcomes[number])
    return [outcomes[number] for number in range(len(tasks))]


def _run_waiting(
    plans: Mapping[int, _Plan], paths: Paths, request: Request, meanwhile: Callable[[], None] | None
) -> Generator[tuple[int, dict[str, Any] | str]]:
    """Execute what must run; yield as `_execute` does."""
    # City by city, whose data the parent then reads once; of each the longest first,
    # those of which nothing is known before all.
    names = dict.fromkeys(one.task.city for one in plans.values())
    cities = {name: rank for rank, name in enumerate(names)}
    ranked = sorted(
        plans,
        key=lambda number: (
            cities[plans[number].task.city],
            -(plans[number].last or {}).get("seconds", float("inf")),
        ),
    )
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(_pool(request.executor, min(request.jobs, len(plans))))
        parent = request.parent or stack.enter_context(
            Parent(paths, plans[ranked[0]].task.city, request.kernel)
        )
        address = parent.start() if pool.is_local else ""
        kernel = request.kernel if address or not pool.is_local else "cold"
        ask = replace(request, kernel=kernel)
        orders: dict[int, Callable[[], Order]]
        orders = {n: functools.partial(_order, plans[n], paths, ask, address) for n in ranked}
        yield from _execute(orders, pool, plans, request.progress, meanwhile)


class _Reads:
    """Compares what runs have read with the data as they stand; reads these when asked."""

    def __init__(self, paths: Paths, project: CityData | None) -> None:
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
            if present.state(key) != before:
                found.append(told(key, details, present))
        return found


def _look(plans: Sequence[_Plan], store: Store, reads: _Reads, request: Request) -> None:
    """Find for each task what can be reused, or why it must run."""
    code = Code(store.folder / "code.json", request.inputs)
    packages = environment()
    alike: dict[str, dict[str, Any]] = {}  # what the tasks of one notebook have in common
    for plan in plans:
        task = plan.task
        name = str(task.notebook)
        if name not in alike:
            alike[name] = notebook_parts.parts(plan.notebook, {}, code, packages)
        plan.parts = {**alike[name], "parameters": dict(task.parameters)}
        plan.key = notebook_parts.key(plan.parts)
        plan.last = store.last(task.place)
        plan.reason = "forced" if request.forces(task.notebook.stem) else _why(plan, store, reads)
    code.save()


def _why(plan: _Plan, store: Store, reads: _Reads) -> str:
    """Say why a task must run; give nothing, and the plan the run to reuse, if it need not."""
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
            return ""
        # a reader knows the state that was shown last, not those before it
        if not first or (plan.last or {}).get("reads") == run_["reads"]:
            first = changes
    if not first:
        if plan.last is None:
            return "not yet executed"
        first = notebook_parts.differences(plan.last["parts"], plan.parts)
    more = f"; and {len(first) - REASONS_SHOWN} more" if len(first) > REASONS_SHOWN else ""
    return "; ".join(first[:REASONS_SHOWN]) + more


def _reuse(plan: _Plan, run_: Mapping[str, Any], store: Store) -> None:
    executed = json.loads(store.get(run_["object"]) or b"")
    write_if_new(plan.task.output, as_bytes(merge(executed, plan.notebook)))
    store.use(plan.task.place, plan.key, {**run_, "parts": plan.parts})


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
    if plan.last is None or raw is None:
        return None
    lang = str(plan.task.parameters.get("lang") or "en")
    made: str = plan.last["made"]
    book = marked(json.loads(raw), lang=lang, date=made, reason=failure)
    write_if_new(plan.task.output, as_bytes(book))
    return made


def today() -> str:
    """Give the day, or that of ``SOURCE_DATE_EPOCH`` where a build is to be repeatable."""
    stamp = float(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    return datetime.datetime.fromtimestamp(stamp, datetime.UTC).date().isoformat()


def _order(plan: _Plan, paths: Paths, request: Request, address: str) -> Order:
    return Order(
        name=plan.task.notebook.name,
        source=json.dumps(plan.notebook, ensure_ascii=False),
        parameters=dict(plan.task.parameters),
        root=str(paths.root),
        kernel=request.kernel,
        address=address,
        timeout=request.timeout,
        memory_limit=request.memory_limit,
    )


def _execute(
    orders: dict[int, Callable[[], Order]],
    pool: Pool,
    plans: Mapping[int, _Plan],
    report: Report,
    meanwhile: Callable[[], None] | None,
) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield the number of each order with its result, or in words why it has none."""
    waiting = list(orders)
    running: dict[Future[dict[str, Any]], int] = {}
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
            report("start", Started(plan.task, plan.reason))
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
