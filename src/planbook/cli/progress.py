"""Live progress of a build: one line in a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Any

import psutil
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from planbook.execute.runner import Execution

REFRESH = 0.5  # seconds
SHOWN = 3  # notebooks named at a time


class Reporter:
    """Shows what a build is doing; call it with the build's events."""

    def __init__(self, *, explain: bool) -> None:
        self.explain = explain
        self.console = Console(stderr=True)
        self.bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self.running: dict[str, float] = {}
        self.done: list[Execution] = []
        self.main: TaskID | None = None
        self._since = 0.0
        self._took = 0.0
        self._stop = threading.Event()
        self._lock = threading.Lock()

    def __enter__(self) -> Reporter:
        self.bar.start()
        if self.console.is_terminal:
            threading.Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self.bar.stop()
        if kind is None and self.done:
            self._say(self.summary())

    def __call__(self, event: str, item: Any) -> None:
        if self.main is None:
            self.main = self.bar.add_task("", total=None)
        if event == "check":
            self.bar.update(self.main, description=f"checking the data of {item}")
        elif event == "tasks":
            books = len({task.book for task in item})  # each has two editions and its pages
            self.bar.update(self.main, description="notebooks", total=len(item) + 3 * books)
        elif event == "start":
            with self._lock:
                self.running[item.task.label] = time.monotonic()
            self._since = self._since or time.monotonic()
            self._describe()
        elif event == "done":
            with self._lock:
                self.running.pop(item.task.label, None)
            self._tell(item)
            self._describe()
            self.bar.advance(self.main)
        elif event in ("render", "pages", "publish"):
            words = {
                "render": f"rendering the {item} edition",
                "pages": "checking every page",
                "publish": "publishing",
            }
            self.bar.update(self.main, description=words[event])
            if event != "publish":
                self.bar.advance(self.main)

    def summary(self) -> str:
        """Sum up what was executed: how many, how long, the longest and the largest."""
        longest = max(self.done, key=lambda one: one.seconds)
        largest = max(one.memory_mb for one in self.done)
        return (
            f"{len(self.done)} notebooks executed in {self._took:.1f} s; "
            f"longest {longest.task.label}, {longest.seconds:.1f} s; "
            f"most memory of a kernel {largest} MB"
        )

    def _tell(self, item: Execution) -> None:
        label = item.task.label
        if item.failure:
            self._say(f"FAILED   {label}  (the version of {item.made} is published)")
        elif item.executed:
            self.done.append(item)
            self._took = time.monotonic() - self._since
            self._say(f"{item.seconds:5.1f} s  {label}  {item.memory_mb} MB  ({item.reason})")
        elif self.explain:
            self._say(f"reused   {label}  ({item.reason})")

    def _say(self, line: str) -> None:
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)

    def _tick(self) -> None:
        while not self._stop.wait(REFRESH):
            if self.running:
                self._describe(held())

    def _describe(self, memory_mb: float | None = None) -> None:
        now = time.monotonic()
        with self._lock:
            names = [f"{name} {now - since:.0f} s" for name, since in self.running.items()]
        shown = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
        if shown and memory_mb:
            shown += f" · {memory_mb:.0f} MB"
        if self.main is not None:
            self.bar.update(self.main, description=shown or "notebooks")


def held() -> float:
    """Give the megabytes of this process and all it has started; shared pages count for each."""
    total = 0
    own = psutil.Process()
    for one in (own, *own.children(recursive=True)):
        try:
            total += one.memory_info().rss
        except psutil.Error:
            continue
    return total / 1024**2
