"""Where orders are executed: processes of this machine, or any executor that takes functions."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from concurrent.futures import wait as wait_for
from types import TracebackType
from typing import Any

import psutil

from planbook.execute.order import Order
from planbook.execute.task import execute_task


class Pool:
    """An executor, with what a run must know of it."""

    is_local = True

    def __init__(self, executor: Executor, ahead: int = 0) -> None:
        self._executor, self.ahead = executor, ahead
        self._begun: list[Future] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def submit(self, order: Order) -> Future:
        """Hand an order over; `result` gives what became of it."""
        future = self._executor.submit(execute_task, order)
        self._begun.append(future)
        return future

    def begun(self) -> list[Future]:
        """Give what has begun to be executed since the last call."""
        found, self._begun = self._begun, []
        return found

    def wait(self, futures: list[Future]) -> set[Future]:
        """Wait until one of `futures` has ended, or something has begun; give those ended."""
        done, _ = wait_for(futures, return_when="FIRST_COMPLETED")
        return done

    def result(self, future: Future) -> dict[str, Any]:
        """Give what `execute_task` gave, or raise what it raised."""
        return future.result()


class _Processes(Pool):
    """Processes of this machine; all are started anew once one of them has died."""

    def __init__(self, make: Callable[[], Executor], ahead: int) -> None:
        super().__init__(make(), ahead)
        self._make = make

    def submit(self, order: Order) -> Future:
        """Hand an order over; `result` gives what became of it."""
        try:
            return super().submit(order)
        except BrokenExecutor:
            self.shutdown()
            self._executor = self._make()
            return super().submit(order)

    def shutdown(self) -> None:
        """Wait until the processes have ended; what has not begun is dropped."""
        with contextlib.suppress(Exception):
            self._executor.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def processes(jobs: int) -> Iterator[Pool]:
    """Give a pool of processes; when the build is interrupted none of them is waited for."""
    others = set(multiprocessing.active_children())

    def make() -> Executor:
        try:
            return ProcessPoolExecutor(
                max_workers=max(1, jobs),
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_die_with,
                initargs=(os.getpid(),),
            )
        except (OSError, ImportError):  # no locks between processes: /dev/shm is missing or full
            return ThreadPoolExecutor(max(1, jobs))  # kernels are processes all the same

    pool = _Processes(make, max(1, jobs))
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown()


def _die_with(parent: int) -> None:
    """End this worker, and so its kernel, when the build that started it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build hears it, and ends its workers

    def watch() -> None:
        while psutil.pid_exists(parent) and os.getppid() in (parent, 0):
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
