"""Orders executed by the workers of a Dask cluster, by its ``concurrent.futures`` interface."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
import uuid
from collections import deque
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from planbook.data.paths import Paths
from planbook.errors import BuildError, PlanbookError
from planbook.execute.cache.program import difference, identity
from planbook.execute.cluster.objects import REMEDY, Objects
from planbook.execute.cluster.trees import pack
from planbook.execute.cluster.worker import Parcel, gather, perform
from planbook.execute.order import Order
from planbook.execute.pools import Pool
from planbook.files.hashing import as_json

CONNECT_TIMEOUT = 10.0  # seconds for the scheduler, and then for a first worker, to be there
MOST_DEATHS = 3  # workers that may die of one order
RETRIES = 2  # of an order that failed by no fault of its notebook, such as on a full disk
DESERTED = 60.0  # seconds that orders may wait for a worker when none is left
LOOK_INTERVAL = 5.0  # seconds between looks whether a worker is left
PAUSE = 0.2  # seconds between looks at what has begun
# What a kernel takes over from the machine that asks, because results may show it.
TAKEN_ALONG = ("SOURCE_DATE_EPOCH",)


@dataclass
class _Job:
    """One order on its way."""

    parcel: Parcel
    outer: Future
    inner: Future | None = None
    begun: int = 0  # how many workers have begun it
    given_up: int = 0  # how often the scheduler has


class ClusterPool(Pool):
    """The workers of a Dask cluster; a context manager.

    Inputs go to `objects` before an order goes to the scheduler, and what comes out
    comes back from there. An order whose worker dies is given to another one.

    Raises `PlanbookError` if Dask is not installed, the scheduler is not reached, it has no worker,
    or a worker differs from this machine in what it executes with.
    """

    is_local = False

    def __init__(
        self,
        scheduler: str,
        objects: str,
        *,
        timeout: float | None = None,
        deaths: int = MOST_DEATHS,
    ) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise PlanbookError(
                f"--executor dask: the package distributed is not installed; {REMEDY}"
            ) from None
        timeout = CONNECT_TIMEOUT if timeout is None else timeout
        self._objects = Objects(objects)
        self._scheduler, self._deaths = scheduler, deaths
        self._numbers = itertools.count()
        self._jobs: dict[int, _Job] = {}  # by number
        self._known: dict[Future, int] = {}
        self._news: deque[int] = deque()  # numbers of parcels, as workers begin them
        self._lost: deque[_Job] = deque()  # given up by the scheduler
        self._trees: dict[tuple[str, str], str] = {}
        self._looked, self._seen = time.monotonic(), time.monotonic()
        self._topic = f"planbook-{uuid.uuid4().hex}"
        try:
            self._client = Client(scheduler, timeout=timeout, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise PlanbookError(
                f"--scheduler {scheduler}: not reached within {timeout:g} s "
                f"({type(error).__name__}); start 'dask scheduler' there, or mend the address "
                "(such as tcp://10.0.0.1:8786); nothing was changed"
            ) from None
        try:
            self._check_workers(timeout)
            self._client.subscribe_topic(self._topic, self._hear)
        except BaseException:
            self._client.close()
            raise
        super().__init__(self._client.get_executor(pure=False, retries=RETRIES))

    def _check_workers(self, timeout: float) -> None:
        """Refuse a cluster without workers, and one with a worker unlike this machine."""
        try:
            self._client.wait_for_workers(1, timeout=timeout)
        except TimeoutError:
            raise PlanbookError(
                f"--scheduler {self._scheduler}: it has no worker after {timeout:g} s; "
                f"start one with 'dask worker {self._scheduler}'; nothing was changed"
            ) from None
        here = identity()
        try:
            found = self._client.run(identity, on_error="return")
        except Exception as error:  # a worker that cannot even find the function
            raise PlanbookError(
                f"--scheduler {self._scheduler}: a worker lacks this planbook "
                f"({type(error).__name__}: {error}); install version {here['version']} there "
                "and restart it; nothing was changed"
            ) from None
        for address, there in sorted(found.items()):
            if isinstance(there, BaseException):
                told = f"it cannot tell what it has ({type(there).__name__}: {there})"
            else:
                told = difference(here, there)
            if told:
                raise PlanbookError(
                    f"worker {address}: {told}; install the same there and restart it, or take "
                    "it out of the cluster; nothing was changed"
                )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(Exception):
            self._executor.shutdown(wait=False)  # cancels what still runs
        with contextlib.suppress(Exception):
            self._client.close()

    def submit(self, order: Order) -> Future:
        """Store what an order needs, and hand it over."""
        city = str(order.parameters.get("city") or "")
        if (order.root, city) not in self._trees:
            self._trees[order.root, city] = pack(Paths(Path(order.root)), city, self._objects)
        taken = {name: os.environ[name] for name in TAKEN_ALONG if os.environ.get(name)}
        parcel = Parcel(
            number=next(self._numbers),
            topic=self._topic,
            order=replace(order, source="", root="", address="", environment=taken),
            source=self._objects.put(order.source.encode("utf-8")),
            tree=self._trees[order.root, city],
            objects=self._objects.address,
            mark=as_json(identity()),
        )
        job = _Job(parcel, Future())
        self._jobs[parcel.number] = job
        self._known[job.outer] = parcel.number
        self._send(job)
        return job.outer

    def _send(self, job: _Job) -> None:
        job.inner = self._executor.submit(perform, job.parcel)
        job.inner.add_done_callback(lambda inner: self._settle(job, inner))

    def _settle(self, job: _Job, inner: Future) -> None:
        """Take over how an order has ended; runs in the thread that hears the scheduler."""
        from distributed import KilledWorker

        if inner is not job.inner or job.outer.done():
            return
        if inner.cancelled():
            _end(job.outer, error=BuildError(self._told(job, "the scheduler was lost")))
        elif isinstance(inner.exception(), KilledWorker):
            self._lost.append(job)
        elif inner.exception() is not None:
            error = inner.exception()
            told = f"{type(error).__name__}: {error}"
            _end(job.outer, error=BuildError(self._told(job, told)))
        elif "failure" in inner.result():
            _end(job.outer, error=BuildError(inner.result()["failure"]))
        else:
            _end(job.outer, inner.result())

    def _told(self, job: _Job, what: str) -> str:
        order = job.parcel.order
        return f"{order.name} ({order.parameters.get('lang')}): {what}"

    def _hear(self, event: tuple[float, Any]) -> None:
        """Note that a worker has begun; runs in the thread that hears the scheduler."""
        _, said = event
        if isinstance(said, dict) and "begun" in said:
            self._news.append(said["begun"])

    def begun(self) -> list[Future]:
        """Give what workers have begun since the last call, a second time included."""
        found = []
        while self._news:
            job = self._jobs.get(self._news.popleft())
            if job is None or job.outer.done():
                continue
            job.begun += 1
            if job.begun > self._deaths:
                self._give_up(job, job.begun - 1)
            else:
                found.append(job.outer)
        while self._lost:
            job = self._lost.popleft()
            job.given_up += 1
            # The scheduler also counts orders that only waited where another one killed.
            if max(job.begun, job.given_up) >= self._deaths:
                self._give_up(job, max(job.begun, job.given_up))
            else:
                self._send(job)
        self._look()
        return found

    def _give_up(self, job: _Job, times: int) -> None:
        died = "1 worker that ran it died" if times == 1 else f"{times} workers that ran it died"
        told = (
            f"{died}, so it is not tried again; it may need more memory than they have: give "
            "them more, or set --memory-limit below it"
        )
        inner, job.inner = job.inner, None
        _end(job.outer, error=BuildError(self._told(job, told)))
        if inner is not None:
            inner.cancel()

    def _look(self) -> None:
        """Stop waiting for workers when none has been there for long."""
        now = time.monotonic()
        if now - self._looked < LOOK_INTERVAL:
            return
        self._looked = now
        try:
            workers = self._client.nthreads()
        except Exception:  # the scheduler does not answer, either
            workers = {}
        if workers:
            self._seen = now
        elif now - self._seen > DESERTED:
            for job in list(self._jobs.values()):
                told = f"no worker has been left for {DESERTED:g} s"
                _end(job.outer, error=BuildError(self._told(job, told)))

    def wait(self, futures: list[Future]) -> set[Future]:
        """Wait a moment, at most until one of `futures` has ended; give those ended."""
        done, _ = wait_for(futures, timeout=PAUSE, return_when="FIRST_COMPLETED")
        return done

    def result(self, future: Future) -> dict[str, Any]:
        """Fetch what came out; the order is forgotten."""
        self._jobs.pop(self._known.pop(future), None)
        return gather(future.result(), self._objects)


def _end(future: Future, result: Any = None, *, error: Exception | None = None) -> None:
    """Settle a future unless that has been done, maybe by the other thread."""
    with contextlib.suppress(InvalidStateError):
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)
