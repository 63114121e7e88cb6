"""Open files of any kind: tables here, workbooks in a child process with limits."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path

import psutil

import planbook
from planbook.intake.reading import limits
from planbook.intake.reading.delimited import read_table
from planbook.intake.reading.grid import Grid
from planbook.intake.reading.refusal import Refused
from planbook.intake.reading.safety import WORKBOOK, kind_of

_START_SECONDS = 60.0  # a cold disk; the files themselves have `limits.SECONDS`
_PATIENCE_SECONDS = 60.0  # of wall time, however busy the machine is
_LOOK_SECONDS = 0.1  # between two looks at the child


class Reader:
    """Reads files one after the other; the child is started when first needed."""

    def __init__(self, seconds: float = limits.SECONDS) -> None:
        self.seconds = seconds
        self._child: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def read(self, path: Path) -> list[Grid]:
        """Read one file.

        Raises `Refused` if the file is unsafe, broken, too large, or takes too long.
        """
        if kind_of(path) != WORKBOOK:
            return [read_table(path, path.name)]
        answer = self._ask(json.dumps({"path": str(path.resolve()), "name": path.name}))
        if "rule" in answer:
            raise Refused(answer["rule"], **answer["details"])
        return [Grid.from_plain(one) for one in answer["grids"]]

    def close(self) -> None:
        """Stop the child."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for stream in filter(None, (child.stdin, child.stdout)):
            with contextlib.suppress(OSError):
                stream.close()

    def _start(self) -> subprocess.Popen[str]:
        source = str(Path(planbook.__file__).resolve().parents[1])
        known = os.environ.get("PYTHONPATH", "")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, (source, known))),
            "OPENBLAS_NUM_THREADS": "1",  # each thread reserves address space
            "OPENPYXL_LXML": "False",
            "PYTHONIOENCODING": "utf-8",
        }
        child = self._child = subprocess.Popen(
            [sys.executable, "-m", "planbook.intake.reading.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env=environment,
        )
        self._lines = queue.Queue()
        threading.Thread(
            target=_forward, args=(child, self._lines), daemon=True, name="workbook-reader"
        ).start()
        try:
            ready = self._lines.get(timeout=_START_SECONDS)
        except queue.Empty:
            ready = ""
        if ready.strip() != "ready":
            self.close()
            raise Refused("reader_failed")
        return child

    def _wait(self, child: subprocess.Popen[str]) -> str:
        """Wait for the child's answer.

        Its processor time is limited, so that an honest file is not refused because the
        machine is busy with other work; a child that waits for ever is stopped, too.
        """
        begun, until = _busy(child), time.monotonic() + _PATIENCE_SECONDS
        while True:
            with contextlib.suppress(queue.Empty):
                return self._lines.get(timeout=min(self.seconds, _LOOK_SECONDS))
            if _busy(child) - begun >= self.seconds or time.monotonic() > until:
                self.close()
                raise Refused("too_slow", seconds=f"{self.seconds:g}")

    def _ask(self, line: str) -> dict:
        child = self._child
        if child is None or child.poll() is not None:
            self.close()
            child = self._start()
        assert child.stdin is not None  # a pipe was asked for
        try:
            child.stdin.write(line + "\n")
            child.stdin.flush()
            answer = self._wait(child)
        except OSError:
            answer = ""
        if not answer:
            self.close()
            raise Refused("too_complex")
        return json.loads(answer)


def _busy(child: subprocess.Popen[str]) -> float:
    """Give the processor time that the child has taken, in seconds."""
    try:
        taken = psutil.Process(child.pid).cpu_times()
    except psutil.Error:  # it has ended; what it said last is on its way
        return 0.0
    return taken.user + taken.system


def _forward(child: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    with contextlib.suppress(OSError, ValueError):
        for line in child.stdout or ():
            lines.put(line)
    lines.put("")  # the child has ended


@cache
def shared() -> Reader:
    """Give the reader of this process; it stops with it."""
    reader = Reader()
    atexit.register(reader.close)
    return reader
