"""Execute what is not fresh, several notebooks at a time, the longest first."""

from __future__ import annotations

import contextlib
import datetime
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

import psutil

from planbook.errors import BuildError
from planbook.execute import fingerprint
from planbook.execute.code import Code
from planbook.execute.merging import as_bytes, check_parameters, marked, merge, write_if_new
from planbook.execute.store import Store
from planbook.execute.task import TIMEOUT, Order, Task, execute_task
from planbook.paths import Paths

UNTOUCHED = "nothing it depends on has changed"
PROSE = "only its prose has changed; its results are reused"
REASONS_SHOWN = 3


@dataclass(frozen=True)
class Outcome:
    """What became of a task.

    Attributes
    ----------
    task : Task
    seconds : float
    reason : str
        Why it was executed, or that it was reused.
    executed : bool
    memory_mb : int
        The most that its kernel held; 0 where it was not executed.
    failure : str
        Why it failed; empty if it did not. Its output is then the last good version.
    made : str
        Day when the last good version was made; empty unless it failed.
    """

    task: Task
    seconds: float
    reason: str
    executed: bool
    memory_mb: int = 0
    failure: str = ""
    made: str = ""


@dataclass(frozen=True)
class Started:
    """A task that begins to run, and why."""

    task: Task
    reason: str


@dataclass(frozen=True)
class Settings:
    """How notebooks are executed; nothing of it changes a result.

    Attributes
    ----------
    jobs : int
        Notebooks at a time.
    kernel : {'auto', 'warm', 'cold'}
    timeout : float
        Seconds that a notebook may take.
    memory_limit : float
        Megabytes that its kernel may hold; 0 sets no limit.
    strict : bool
        Whether a notebook that fails stops the build even if there is an earlier version.
    """

    jobs: int = 1
    kernel: str = "auto"
    timeout: float = TIMEOUT
    memory_limit: float = 0.0
    strict: bool = False


class Parent:
    """The parent of warm kernels of one build: started when first wanted, ended with the build.

    Parameters
    ----------
    paths : Paths
    city : str
        City whose data it reads beforehand.
    kernel : {'auto', 'warm', 'cold'}
    """

    def __init__(self, paths: Paths, city: str, kernel: str = "auto") -> None:
        self._paths, self._city, self._kernel = paths, city, kernel
        self._server: Any = None

    def start(self) -> str:
        """Start it, unless it runs or is not wanted here; give its address or nothing."""
        if self._kernel == "cold":
            return ""
        from planbook.execute.warm import ForkServer, can_fork

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
    executor: Executor | None = None,
) -> list[Outcome]:
    """Execute what is not fresh, `jobs` at a time.

    Parameters
    ----------
    tasks : sequence of Task
    paths : Paths
    jobs : int, optional
        Worker processes; `settings` wins.
    force : bool or sequence of str, optional
        True executes all; names of notebooks execute these.
    progress : callable, optional
        Called with ``("start", started)`` and ``("done", outcome)``.
    settings : Settings, optional
    project : Project, optional
        The data as they stand, where they have been read already.
    parent : Parent, optional
        Of warm kernels; one for this call by default.
    executor : concurrent.futures.Executor, optional
        Runs the orders; processes of this machine by default.

    Returns
    -------
    list of Outcome
        In the order of `tasks`. A notebook that failed has its last good version
        as output, which says so.

    Raises
    ------
    ParameterError
        Before anything runs, if a parameter is unknown.
    BuildError
        With every notebook that failed, if one of them has no earlier version or
        the settings are strict; outputs of the others are kept.
    """
    settings = settings or Settings(jobs=jobs)
    report = progress or (lambda _event, _item: None)
    plans = [_Plan(task, fingerprint.read_notebook(task.notebook)) for task in tasks]
    for plan in plans:
        check_parameters(plan.task, plan.notebook)
    store = Store(paths.build / ".cache")
    _look(plans, store, _Reads(paths, project), force)
    outcomes: dict[int, Outcome] = {}
    waiting = []
    for number, plan in enumerate(plans):
        if plan.reason is None:
            _reuse(plan, store)
            outcomes[number] = Outcome(plan.task, 0.0, plan.note, False)
            report("done", outcomes[number])
        else:
            waiting.append(number)
    # the longest first, those of which nothing is known before all
    waiting.sort(key=lambda n: -(plans[n].last or {}).get("seconds", float("inf")))
    failures: dict[int, str] = {}
    if waiting:
        own = parent or Parent(paths, str(plans[waiting[0]].task.parameters.get("city") or ""),
                               settings.kernel)  # fmt: skip
        try:
            address = own.start()
            orders = {n: _order(plans[n], paths, settings, address) for n in waiting}
            for number, result in _execute(orders, settings.jobs, executor, plans, report):
                plan = plans[number]
                if isinstance(result, str):
                    failures[number] = result
                    continue
                found = json.loads(result)
                _keep(plan, found, store)
                outcomes[number] = Outcome(
                    plan.task, found["seconds"], plan.reason, True, found["memory_mb"]
                )
                report("done", outcomes[number])
        finally:
            if parent is None:
                own.close()
        store.tidy()
    for number, failure in failures.items():
        last = None if settings.strict else _fall_back(plans[number], store, failure)
        if last is None:
            raise BuildError("\n".join(sorted(failures.values())))
        outcomes[number] = Outcome(
            plans[number].task, 0.0, plans[number].reason or "", False, 0, failure, last
        )
        report("done", outcomes[number])
    return [outcomes[number] for number in range(len(tasks))]


class _Reads:
    """Compares what runs have read with the data as they stand; reads these when asked."""

    def __init__(self, paths: Paths, project: Any) -> None:
        self._paths, self._given = paths, project
        self._present: dict[str, Any] = {}

    def changes(self, city: str, run: dict[str, Any]) -> list[str]:
        """Say what has changed of all that a run has read."""
        from planbook.execute.dependencies import Present, as_key, told

        if city not in self._present:
            given = self._given
            if given is None or given.city.id != city:
                from planbook.project import load

                given = load(city, self._paths)
            self._present[city] = Present(given)
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
    for plan in plans:
        task = plan.task
        plan.parts = fingerprint.parts(plan.notebook, task.parameters, code, packages)
        plan.key = fingerprint.key(plan.parts)
        plan.last = store.last(task.place)
        forced = force if isinstance(force, bool) else task.notebook.stem in force
        plan.reason = "forced" if forced else _why(plan, store, reads)
    code.save()


def _why(plan: _Plan, store: Store, reads: _Reads) -> str | None:
    """Say why a task must run; None, with the run to reuse, if it need not."""
    city = str(plan.task.parameters.get("city") or "")
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
    kernel = settings.kernel if address else "cold"
    return Order(
        name=plan.task.notebook.name,
        source=json.dumps(plan.notebook, ensure_ascii=False),
        parameters=dict(plan.task.parameters),
        root=str(paths.root),
        kernel=kernel,
        address=address,
        timeout=settings.timeout,
        memory_limit=settings.memory_limit,
    )


def _execute(
    orders: dict[int, Order],
    jobs: int,
    executor: Executor | None,
    plans: Sequence[_Plan],
    report: Callable[[str, Any], None],
):
    """Yield the number of each order with its result, or in words why it has none."""
    jobs = min(jobs, len(orders))
    waiting = list(orders)
    running: dict[Future, int] = {}
    with contextlib.nullcontext(executor) if executor else _workers(jobs) as pool:
        ahead = len(orders) if executor else jobs  # a local start is then a real start
        while waiting or running:
            while waiting and len(running) < ahead:
                number = waiting.pop(0)
                report("start", Started(plans[number].task, plans[number].reason or ""))
                running[pool.submit(execute_task, orders[number])] = number
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                number = running.pop(future)
                try:
                    yield number, future.result()
                except BuildError as error:
                    yield number, str(error)
                except Exception as error:  # a dead worker, a full disk
                    label = plans[number].task.label
                    yield number, f"{label}: {type(error).__name__}: {error}"


@contextlib.contextmanager
def _workers(jobs: int):
    """Give a pool of processes; when the build is interrupted none of them is waited for."""
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        max_workers=max(1, jobs),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_die_with,
        initargs=(os.getpid(),),
    )
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        with contextlib.suppress(Exception):
            pool.shutdown(wait=True, cancel_futures=True)


def _die_with(parent: int) -> None:
    """End this worker, and so its kernel, when the build that started it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build hears it, and ends its workers

    def watch() -> None:
        while psutil.pid_exists(parent) and os.getppid() in (parent, 0):
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    with contextlib.suppress(ImportError):
        pass  # while the parent of kernels is importing, too
