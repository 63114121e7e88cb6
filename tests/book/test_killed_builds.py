"""Builds killed at random moments: the book is always the old or the new one, whole.

Run by ``python -m pytest -m interrupts tests/book/test_killed_builds.py``; the number of
kills is 200, or what ``PLANBOOK_KILLS`` says.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from site_reader import digests

from planbook.data.paths import Paths
from planbook.publish.checks.site import check_site

pytestmark = [
    pytest.mark.interrupts,
    pytest.mark.book,
    pytest.mark.timeout(4 * 3600),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes by their environment"),
]

KILLS = int(os.environ.get("PLANBOOK_KILLS", "200"))
CHAPTERS = ("02_overview", "12_air")  # the landing page links to the overview
AIR = "observations/air.csv"
MARK = "PLANBOOK_TEST_OF_KILLS"
PATIENCE = 60.0  # seconds for helpers to notice that their parent is gone; the machine may be busy
# The two states of the data between which the builds go to and fro.
OLD, NEW = b"2023,36,ug/m3", b"2023,35,ug/m3"


def of_the_build() -> list[psutil.Process]:
    """Find all processes of builds of this test, whoever their parent is by now."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(os.getpid()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def left_alive() -> list[str]:
    """List what still runs after some time, and end it."""
    deadline = time.monotonic() + PATIENCE
    while (alive := of_the_build()) and time.monotonic() < deadline:
        time.sleep(0.1)
    told = []
    for process in alive:
        try:
            told.append(" ".join(process.cmdline()))
            process.kill()
        except psutil.Error:
            continue
    return told


class Bench:
    """A small book that is built again and again.

    Parameters
    ----------
    paths : Paths
    environment : dict
    """

    def __init__(self, paths: Paths, environment: dict[str, str]) -> None:
        self.paths = paths
        self.environment = {**environment, MARK: str(os.getpid())}
        self.site = paths.build / "html"
        self.file = paths.city("smallville") / AIR

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        command = ["build", "--city", "smallville", "--lang", "en", *options]
        return subprocess.Popen(
            [sys.executable, "-m", "planbook", *command],
            cwd=self.paths.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def build(self) -> float:
        """Build to the end; give the seconds that it took."""
        started = time.monotonic()
        process = self.start()
        told = process.communicate(timeout=900)[1].decode()
        assert process.returncode == 0, told
        return time.monotonic() - started

    def turn(self) -> None:
        """Bring the data into their other state."""
        raw = self.file.read_bytes()
        before, after = (OLD, NEW) if OLD in raw else (NEW, OLD)
        self.file.write_bytes(raw.replace(before, after))

    def leftovers(self) -> list[str]:
        """List what is neither of the book nor of the cache, and half-written files."""
        beside = [path.name for path in self.paths.build.iterdir()]
        parts = [path.name for path in self.paths.root.rglob("*.part")]
        return sorted({*beside, *parts} - {"html", ".cache"})


@pytest.fixture
def bench(project, surroundings, tmp_path_factory) -> Bench:
    for notebook in project.notebooks.glob("*.ipynb"):
        if notebook.stem not in CHAPTERS:
            notebook.unlink()
    temporary = tmp_path_factory.mktemp("t")
    return Bench(project, {**surroundings(project), "TMPDIR": str(temporary)})


def test_two_hundred_killed_builds_leave_the_old_or_the_new_book(bench: Bench) -> None:
    random = np.random.default_rng(8)
    sites, data, seconds = {}, {}, []
    for raw in (OLD, NEW):  # the first build in either state also fills the cache
        seconds.append(bench.build())
        sites[raw], data[raw] = digests(bench.site), digests(bench.paths.data)
        bench.turn()
    assert sites[OLD] != sites[NEW]
    last = bench.build()  # seconds of a build that executes nothing
    longer = {False: 1.0, True: max(1.0, seconds[1] / last)}  # times that a forced one takes
    assert digests(bench.site) == sites[OLD]
    seen = {"old": 0, "new": 0, "ended before": 0}
    state, other = OLD, NEW
    number = 0
    while number < KILLS:
        bench.turn()
        for _ in range(int(random.integers(1, 4))):  # some kill it again and again
            is_forced = number % 4 < 2  # else only pages are made: all has been executed once
            process = bench.start(*["--force"][:is_forced])
            time.sleep(float(random.uniform(0.0, 1.1 * last * longer[is_forced])))
            has_ended = process.poll() is not None
            if number % 2:
                process.kill()  # the parent alone: whatever it has started must notice
            else:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stderr.close()
            number += 1
            turn = f"kill {number} of {KILLS}"
            assert left_alive() == [], turn
            found = digests(bench.site)
            assert found in (sites[state], sites[other]), f"{turn}: a mixture of old and new"
            assert found == sites[other] or not has_ended, f"{turn}: the build ended without effect"
            assert digests(bench.paths.data) == data[other], f"{turn}: the data have changed"
            seen["ended before"] += has_ended
            seen["new" if found == sites[other] else "old"] += 1
            print(f"{turn}: {seen}", flush=True)
        last = bench.build()
        assert digests(bench.site) == sites[other], f"{turn}: the next build gave another book"
        assert bench.leftovers() == [], turn
        assert left_alive() == [], turn
        state, other = other, state
    assert check_site(bench.site) == []
    temporary = [path.name for path in Path(bench.environment["TMPDIR"]).iterdir()]
    print(f"temporary files left: {temporary}")
    assert seen["old"] > 0
    assert seen["new"] > 0 or KILLS < 50
