"""Measure what many cities cost: time, memory, the 50th city, a second Dask worker.

    python benchmarks/scale.py [--cities 50] [--chapters 10_agriculture 12_air] [--jobs 2]
    python benchmarks/scale.py --cities 50 --dask 4    # and Dask, 1 and 2 workers on 4 cities

The cities are synthetic: `make_cities` writes them into a temporary folder, from the
invented city of the tests, and says so in every name, title and source. No figure of
theirs means anything. A run builds and publishes the books of all of them with
`planbook.build.build_cities`, as ``planbook build --city all`` does, with nothing
stored. The table goes into ``benchmarks/README.md`` between the markers.

What a city costs is the wall time that checking its data, executing its chapters and
publishing its two editions add to the run; beside it stands what a fixed piece of
work takes just then, which tells a slow minute of the machine. A single city's is
noisy, so the first ones (from the 2nd on, the 1st also waits for the parent of
kernels) and the last ones are compared by their medians, too.
"""

from __future__ import annotations

import argparse
import csv
import io
import multiprocessing
import os
import platform
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from planbook.build import build_cities, tasks
from planbook.data.city import load
from planbook.data.paths import Paths
from planbook.execute.request import Parent, Request
from planbook.execute.runner import Execution, run_all

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "tests" / "fixtures" / "smallville"
README = ROOT / "benchmarks" / "README.md"
BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"
FRONT = "02_overview"  # the front page names it, so no book is without it
CHAPTERS = (FRONT, "05_energy", "10_agriculture", "12_air", "15_waste")
LANGS = ("en", "zh")
SOME = 5  # cities whose median stands for the first and the last ones
SAMPLE_S = 2.0  # between two looks at the memory
MADE_EN, MADE_ZH = "synthetic data made for a benchmark", "基准测试生成的合成数据"


def main() -> None:
    """Measure and write the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--cities", type=int, default=50)
    options.add_argument("--chapters", nargs="+", default=list(CHAPTERS))
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument(
        "--dask", type=int, default=0, metavar="N", help="cities for the Dask workers; 0: none"
    )
    options.add_argument("--rounds", type=int, default=1, help="of the Dask workers, alternating")
    options.add_argument("--dry", action="store_true", help="print only")
    args = options.parse_args()
    args.chapters = list(dict.fromkeys([FRONT, *args.chapters]))
    if args.cities < 2:
        options.error("--cities: give at least 2, the second is what the last is compared with")
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as folder:
        where = lay_out(Path(folder) / "project", args.chapters)
        cities = make_cities(where, args.cities)
        clock, seconds, memory_mb = build_all(where, cities, args.jobs)
        lines = table(clock, seconds, memory_mb, args)
        print("\n".join(lines), flush=True)
        if args.dask:
            found = throughputs(where, cities[: args.dask], Path(folder), args.rounds)
            lines += (more := dask_table(*found, min(args.dask, len(cities))))
            print("\n".join(more))
    if not args.dry:
        text = "\n".join(lines)
        before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        README.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def lay_out(folder: Path, chapters: Sequence[str]) -> Paths:
    """Lay out a project without a city, with these notebooks alone."""
    skipped = shutil.ignore_patterns("chapters", "__pycache__")
    shutil.copytree(ROOT / "book", folder / "book", ignore=skipped)
    for name in ("catalog", "context", "factors"):
        shutil.copytree(ROOT / "data" / name, folder / "data" / name)
    shutil.copy(ROOT / "data" / "departments.yml", folder / "data")
    (folder / "notebooks").mkdir()
    for name in chapters:
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", folder / "notebooks")
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, folder)
    return Paths(folder)


def make_cities(where: Paths, count: int) -> list[str]:
    """Write synthetic cities: the same plan, every figure times a factor of the city's own."""
    names = [f"synthetic_{number:03d}" for number in range(1, count + 1)]
    for number, city in enumerate(names, 1):
        factor = random.Random(number).uniform(0.9, 1.0)
        words = {
            "smallville": city,
            "Smallville": f"Synthetic city {number:03d}",
            "小城市": f"合成城市{number:03d}",
            "invented for tests": MADE_EN,
            "Invented for tests": MADE_EN.capitalize(),
            "测试用虚构": MADE_ZH,
            "Bureau of Invented Statistics": f"Nobody ({MADE_EN})",
            "虚构统计局": f"无（{MADE_ZH}）",
        }
        for path in sorted(MODEL.rglob("*")):
            if not path.is_file():
                continue
            text = path.read_text(encoding="utf-8")
            for old, new in words.items():
                text = text.replace(old, new)
            if path.parent.name == "observations":
                text = scaled(text, factor)
            target = where.cities / city / path.relative_to(MODEL)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    return names


def scaled(text: str, factor: float) -> str:
    """Multiply the values of a table of observations."""
    rows = list(csv.DictReader(io.StringIO(text)))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        if row["value"]:
            row["value"] = f"{float(row['value']) * factor:.6g}"
        writer.writerow(row)
    return out.getvalue()


@dataclass
class Clock:
    """Notes when a build of several cities does what."""

    checked: list[float] = field(default_factory=list)  # begin of each city's check, and the end
    executed: dict[str, float] = field(default_factory=dict)  # last chapter done, by city
    published: list[float] = field(default_factory=list)
    paces: list[float] = field(default_factory=list)  # seconds of a fixed piece of work, by city
    outcomes: int = 0

    def __call__(self, event: str, item: Any) -> None:
        now = time.perf_counter()
        if event in ("check", "tasks"):
            self.checked.append(now)
        elif event == "done" and isinstance(item, Execution):
            self.executed[item.task.book] = now
            self.outcomes += 1
        elif event == "publish":
            self.published.append(now)
            self.paces.append(pace())

    def costs(self) -> list[dict[str, float]]:
        """Give the seconds of each city, by kind, in the order in which they were built."""
        check = [b - a for a, b in zip(self.checked, self.checked[1:], strict=False)]
        ends = list(self.executed.values())
        execute = [b - a for a, b in zip([self.checked[-1], *ends], ends, strict=False)]
        publish = [
            b - a for a, b in zip([max(ends), *self.published], self.published, strict=False)
        ]
        return [
            {"check": a, "execute": b, "publish": c, "all": a + b + c, "pace": 1000 * d}
            for a, b, c, d in zip(check, execute, publish, self.paces, strict=True)
        ]


def pace() -> float:
    """Give the seconds of a fixed piece of work: how fast the machine is at this moment."""
    started = time.perf_counter()
    sum(number * number for number in range(400_000))
    return time.perf_counter() - started


def build_all(where: Paths, cities: Sequence[str], jobs: int) -> tuple[Clock, float, float]:
    """Build every city; give the clock, the seconds and the peak memory in MB."""
    clock, peak, stop = Clock(), [0.0], threading.Event()
    watcher = threading.Thread(target=watch, args=(peak, stop), daemon=True)
    watcher.start()
    started = time.perf_counter()
    with Parent(where, cities[0]) as parent:
        parent.start()
        asked = Request(LANGS, jobs=jobs, strict=True, progress=clock, parent=parent)
        built = build_cities(cities, asked, root=where)
    seconds = time.perf_counter() - started
    stop.set()
    watcher.join()
    failed = [one.failure for one in built.values() if one.failure]
    if failed:
        sys.exit(failed[0])
    return clock, seconds, peak[0]


def watch(peak: list[float], stop: threading.Event) -> None:
    """Keep the largest memory of this process and all it has started, in MB.

    Proportional set size: a page that forked processes share counts once.
    """
    own = psutil.Process()
    while not stop.wait(SAMPLE_S):
        total = 0
        for one in (own, *own.children(recursive=True)):
            try:
                about = one.memory_full_info()
            except psutil.Error:
                continue
            total += getattr(about, "pss", about.rss)
        peak[0] = max(peak[0], total / 1e6)


def table(clock: Clock, seconds: float, memory_mb: float, args: argparse.Namespace) -> list[str]:
    """Lay out time, memory and cost of the cities as Markdown."""
    costs = clock.costs()
    for number, one in enumerate(costs, start=1):
        print(f"city {number}:", ", ".join(f"{kind} {value:.2f}" for kind, value in one.items()))
    whole = [one["all"] for one in costs]
    first, last = costs[1:][:SOME], costs[1:][-SOME:]
    lines = [
        f"{len(costs)} synthetic cities, {len(args.chapters)} chapters each, two editions, "
        f"{args.jobs} jobs, {os.cpu_count()} cores, Python {platform.python_version()}: "
        f"{clock.outcomes} notebooks executed, {len(costs)} books published.",
        "",
        "| what | asked | measured |",
        "|---|---|---|",
        f"| the whole run | – | {seconds:.0f} s |",
        f"| peak memory of all processes | 1500 MB | {memory_mb:.0f} MB |",
        f"| a city, median | – | {statistics.median(whole):.1f} s |",
        f"| city {len(costs)} against the 2nd | 1.05 | {whole[-1] / whole[1]:.2f} |",
        f"| the last {len(last)} against the first {len(first)} from the 2nd, medians | 1.05 | "
        f"{_median(last, 'all') / _median(first, 'all'):.2f} |",
        "",
        "| seconds of a city | check | execute | publish | all | fixed work, ms |",
        "|---|---|---|---|---|---|",
    ]
    chosen = {"1st": costs[:1], "2nd": costs[1:2], "first ones": first, "last ones": last}
    chosen[f"city {len(costs)}"] = costs[-1:]
    for name, some in chosen.items():
        cells = [f" {_median(some, kind):.2f} |" for kind in ("check", "execute", "publish", "all")]
        cells.append(f" {_median(some, 'pace'):.0f} |")
        lines.append(f"| {name} |{''.join(cells)}")
    return lines


def _median(costs: Sequence[dict[str, float]], kind: str) -> float:
    return statistics.median(one[kind] for one in costs)


def plain(count: int) -> float:
    """Give how much a second of fixed work `count` processes do that share nothing."""
    with multiprocessing.get_context("spawn").Pool(count) as pool:
        pool.map(_plain, range(count), 1)  # they have started
        started = time.perf_counter()
        pool.map(_plain, range(4 * count), 1)
        return 4 * count / (time.perf_counter() - started)


def _plain(_number: int) -> None:
    for _ in range(20):
        pace()


def throughputs(
    where: Paths, cities: Sequence[str], folder: Path, rounds: int
) -> tuple[dict[int, list[float]], list[float]]:
    """Execute the chapters of `cities` on one and on two Dask workers.

    Each worker has one thread and is warm: it has executed a chapter before.

    Returns
    -------
    dict
        Notebooks a second, by the number of workers.
    list of float
        What a second process of plain arithmetic adds on this machine, just before
        and after each round: no worker can add more.
    """
    from distributed import LocalCluster

    from planbook.execute.cluster.pool import ClusterPool

    projects = [load(city, where.of(city)) for city in cities]
    work = [task for one in projects for task in tasks(one, Request(LANGS))]
    found: dict[int, list[float]] = {1: [], 2: []}
    bounds = [plain(2) / plain(1)]
    for _ in range(rounds):
        for count in found:
            with (
                LocalCluster(
                    n_workers=count,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address="127.0.0.1:0",
                    local_directory=str(folder / "dask"),
                ) as cluster,
                ClusterPool(cluster.scheduler_address, str(folder / "objects"), timeout=60) as pool,
            ):
                run_all(work[: 2 * count], where, Request(force=True, executor=pool))
                started = time.perf_counter()
                outcomes = run_all(work, where, Request(force=True, executor=pool))
                seconds = time.perf_counter() - started
            if failed := [one.failure for one in outcomes if one.failure]:
                sys.exit(failed[0])
            found[count].append(len(work) / seconds)
        bounds.append(plain(2) / plain(1))
    return found, bounds


def dask_table(found: dict[int, list[float]], bounds: list[float], cities: int) -> list[str]:
    """Lay out the throughput of the Dask workers as Markdown."""
    medians = {count: statistics.median(rates) for count, rates in found.items()}
    rounds = len(found[1])
    return [
        "",
        f"| Dask workers (one thread each, chapters of {cities} cities, "
        f"{rounds} round{'s' if rounds > 1 else ''}) | notebooks a minute | against one |",
        "|---|---|---|",
        f"| 1 | {60 * medians[1]:.1f} | 1 |",
        f"| 2 (asked: 1.8) | {60 * medians[2]:.1f} | {medians[2] / medians[1]:.2f} |",
        f"| two processes of plain arithmetic, before and after each round | – | "
        f"{', '.join(f'{one:.2f}' for one in bounds)} |",
    ]


if __name__ == "__main__":
    main()
