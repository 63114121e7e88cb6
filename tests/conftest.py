"""What all tests share: the repository, a small invented city, built books, a browser."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from planbook.data import city as projects
from planbook.data.paths import ROOT_VARIABLE, Paths
from planbook.execute.hidden_packages import GRAMMARS, absent
from planbook.exports import descriptor
from planbook.files import journal
from planbook.files import table as csv_files
from planbook.files.hashing import Inputs, save, saved
from planbook.publish.cache import Lock

with absent(GRAMMARS):  # JupyterLab, which a test opens, brings them
    import jsonschema  # noqa: F401

sys.path.insert(0, str(Path(__file__).parent))  # site_reader

REPO = Path(__file__).resolve().parents[1]
FIXTURES = REPO / "tests" / "fixtures"
# What a build leaves behind or a clean checkout does not have.
NOT_SOURCES = (
    ".git",
    "_build",
    "chapters",
    ".venv",
    "venv",
    "__pycache__",
    ".*_cache",
    "*.egg-info",
)
KNOWN_PROJECTS = 8  # data sets that a process of tests remembers
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # No page reaches another host, whatever it asks for; what it asked for is noted by the tests.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
# A machine that is busy for a moment is no fault of what is tested.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")
Command = Callable[..., subprocess.CompletedProcess[str]]
Once = Callable[[str, Callable[[Path], dict[str, Any]]], tuple[Path, dict[str, Any]]]


@dataclass(frozen=True)
class Book:
    """A book that a command has built.

    Attributes
    ----------
    paths : Paths
        The project.
    done : subprocess.CompletedProcess
        The command, with what it printed.
    """

    paths: Paths
    done: subprocess.CompletedProcess[str]

    @property
    def site(self) -> Path:
        return self.paths.build / "html"


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Make something costly once for all processes of a run; give its folder and its facts.

    The first that asks for a name makes it, below a folder common to the run; others wait
    and get the same. What was made is for reading only: a test that changes it works on a
    copy. The facts are a mapping that JSON can hold, and not empty.
    """
    own = tmp_path_factory.getbasetemp()
    common = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def made(name: str, make: Callable[[Path], dict[str, Any]]) -> tuple[Path, dict[str, Any]]:
        folder = common / f"once-{name}"
        result, told = folder / "made", folder / "told.json"
        while True:
            with Lock(folder) as lock:
                if lock.take():
                    if not saved(told):
                        shutil.rmtree(result, ignore_errors=True)  # of one that failed
                        result.mkdir()
                        save(told, make(result))
                    return result, saved(told)
            time.sleep(0.1)

    return made


@pytest.fixture(scope="session")
def repo() -> Paths:
    """The repository itself, with the shipped city."""
    return Paths(REPO)


@pytest.fixture(scope="session")
def as_shipped(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The shipped city with the figures that it came with, whatever was entered since.

    For tests of what follows from these very figures: which series, of which source and
    which years, stands in ``fixtures/liupanshui_series.csv``.
    """
    folder = tmp_path_factory.mktemp("as-shipped")
    for name in ("data", "notebooks", "book"):
        shutil.copytree(REPO / name, folder / name, ignore=shutil.ignore_patterns(*NOT_SOURCES))
    with (FIXTURES / "liupanshui_series.csv").open(encoding="utf-8", newline="") as file:
        spans = {
            (one["indicator"], one["entity"], one["source"]): (int(one["first"]), int(one["last"]))
            for one in csv.DictReader(file)
        }
    left = set(spans)
    for path in (folder / "data/cities/liupanshui/observations").glob("*.csv"):
        header = csv_files.header(path.read_bytes(), path.name)
        kept = []
        for _, row in csv_files.read(path, header, dates=["published"])[0]:
            series = row["indicator"], row["entity"], row["source"]
            first, last = spans.get(series, (1, 0))
            if first <= int(row["year"]) <= last:
                kept.append(row)
                left.discard(series)
        with path.open("w", encoding="utf-8", newline="") as out:
            table = csv.DictWriter(out, header, lineterminator="\n")
            table.writeheader()
            table.writerows(kept)
    assert not left, f"gone from the shipped figures: {sorted(left)[:5]}"
    return Paths(folder)


def small_project(folder: Path) -> Paths:
    """Lay out a project with the invented city Smallville and nothing else of its own."""
    for name in ("notebooks", "book"):
        shutil.copytree(REPO / name, folder / name, ignore=shutil.ignore_patterns("chapters"))
    for name in ("catalog", "context", "factors"):
        shutil.copytree(REPO / "data" / name, folder / "data" / name)
    shutil.copy(REPO / "data" / "departments.yml", folder / "data")
    shutil.copytree(FIXTURES / "smallville", folder / "data" / "cities" / "smallville")
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(REPO / name, folder)
    descriptor.write(Paths(folder))
    return Paths(folder)


@pytest.fixture(scope="session")
def lay_out() -> Callable[[Path], Paths]:
    """Give the function that lays out a small project, for fixtures of a wider scope."""
    return small_project


@pytest.fixture
def project(tmp_path: Path) -> Paths:
    """A small project that a test may change as it likes."""
    return small_project(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def _same_data_are_read_once() -> Iterator[None]:
    """Read and check a project again only where a byte of its data differs.

    Hundreds of tests begin with the same copy of Smallville, or with the shipped city.
    """
    known: dict[tuple[str, str], projects.CityData] = {}

    def through(read: projects.Read, city: str, where: Paths) -> projects.CityData:
        journal.settle(where.city(city))
        key = (city, Inputs().of_tree(where.data))
        found = known.pop(key, None) or read(city, where)
        if Inputs().of_tree(where.data) == key[1]:  # nobody has written meanwhile
            while len(known) >= KNOWN_PROJECTS:
                del known[next(iter(known))]
            known[key] = found  # the one used last goes last
        return replace(found, paths=where)

    projects.pass_through(through)
    yield
    projects.pass_through(None)


@pytest.fixture(autouse=True)
def _no_inherited_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)


@pytest.fixture(scope="session")
def surroundings(once: Once) -> Callable[[Paths], dict[str, str]]:
    """Give the environment in which a command works on a project.

    The package is a copy: editing it meanwhile would make builds execute again
    what they are expected to reuse.
    """

    def copy(folder: Path) -> dict[str, Any]:
        package = folder / "src"
        shutil.copytree(REPO / "src", package, ignore=shutil.ignore_patterns(*NOT_SOURCES))
        return {"path": str(package)}

    package = once("package", copy)[1]["path"]
    return lambda paths: {**os.environ, ROOT_VARIABLE: str(paths.root), "PYTHONPATH": package}


@pytest.fixture(scope="session")
def command(surroundings: Callable[[Paths], dict[str, str]]) -> Command:
    """Run ``python -m planbook`` on a project, in a process of its own."""

    def run(paths: Paths, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "planbook", *arguments],
            cwd=paths.root,
            env=surroundings(paths),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=600,
        )

    return run


def built(once: Once, name: str, lay_out: Callable[[Path], Paths], build: Command) -> Book:
    """Give a book that is built once in a run, whichever process comes first."""

    def make(folder: Path) -> dict[str, Any]:
        return vars(build(lay_out(folder / "project")))

    folder, facts = once(name, make)
    return Book(Paths(folder / "project"), subprocess.CompletedProcess(**facts))


def shipped_project(folder: Path) -> Paths:
    """Lay out what a clean checkout has."""
    shutil.copytree(REPO, folder, ignore=shutil.ignore_patterns(*NOT_SOURCES, "tests"))
    return Paths(folder)


@pytest.fixture(scope="session")
def shipped_book(once: Once, command: Command) -> Book:
    """The book of the shipped city, both editions, built from nothing but the sources."""
    return built(
        once, "shipped", shipped_project, lambda paths: command(paths, "build", "--jobs", "2")
    )


SMALL_CHAPTERS = (
    "02_overview", "05_energy", "10_agriculture", "12_air", "15_waste", "27_changes",
)  # fmt: skip
# Text that a careless page would run, or a spreadsheet would; all of it is data.
SCRIPT = "<script>alert(1)</script>"
IMAGE = "Plant <img src=x onerror=alert(2)>"
FORMULA = '=HYPERLINK("https://example.org","open")'
TURNED = "txt.exe"  # shown from right to left after a mark that turns it
_HOSTILE = (
    ("observations/air.csv", "2023,36,ug/m3,final,2024,bureau,table 6,,,", f"2023,36,ug/m3,final,2024,bureau,table 6,{SCRIPT},{SCRIPT},"),
    ("observations/waste.csv", "2023,66,%,final,2024,bureau,table 5,,,", '2023,66,%,final,2024,bureau,table 5,"=HYPERLINK(""https://example.org"",""open"")","=HYPERLINK(""https://example.org"",""open"")",'),
    ("plan/projects.csv", "Plant One", IMAGE),
    ("plan/projects.csv", "一号电厂", "一号电厂<svg onload=alert(3)>"),
    ("plan/projects.csv", "Company One", 'Company One"" onmouseover=""alert(4)'),
    ("plan/sections.yml", "{en: Zoning,", "{en: 'Zoning <img src=x onerror=alert(5)>',"),
    ("plan/measures.yml", "{en: Coal power,", "{en: 'Coal [power](javascript:alert(6))',"),
    ("city.yml", "{en: East District,", "{en: 'East <b onclick=alert(7)>District</b>',"),
    ("observations/air.csv", "2022,38,ug/m3,final,2023,bureau,table 6,,,", "2022,38,ug/m3,final,2023,hostile,<iframe srcdoc=x>,,,"),
    ("observations/waste.csv", "2022,67,%,final,2023,bureau,table 5,,,", "2022,67,%,final,2023,runs,table 5,,,"),
    ("sources.yml", "bureau:\n", f"""hostile:
  producer: {{en: "{SCRIPT}", zh: "{SCRIPT}"}}
  title: {{en: "Bulletin \u202e{TURNED}", zh: "公报 \u202e{TURNED}"}}
  address: javascript:alert(8)
  accessed: 2024-07-01
  licence: {{en: "<a href=javascript:alert(9)>free</a>", zh: 免费}}
  note: {{en: "[click](javascript:alert(10))", zh: "[点击](javascript:alert(10))"}}
runs:
  producer: {{en: Bureau of Tricks, zh: 花招局}}
  title: {{en: "Table\\" onclick=\\"alert(11)", zh: "表\\" onclick=\\"alert(11)"}}
  address: "data:text/html,<script>alert(12)</script>"
  accessed: 2024-07-01
  licence: {{en: free, zh: 免费}}
bureau:
"""),
)  # fmt: skip


def hostile_project(folder: Path) -> Paths:
    """Lay out Smallville with few chapters and with data that hold text never to be run."""
    paths = small_project(folder)
    for notebook in paths.notebooks.glob("*.ipynb"):
        if notebook.stem not in SMALL_CHAPTERS:  # its section gets a page made from the plan
            notebook.unlink()
    for name, old, new in _HOSTILE:
        path = paths.city("smallville") / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name}: {old}"
        path.write_text(text.replace(old, new), encoding="utf-8")
    return paths


@pytest.fixture(scope="session")
def small_book(once: Once, command: Command) -> Book:
    """The book of Smallville, whose data also hold text that must never be run."""
    return built(
        once,
        "small",
        hostile_project,
        lambda paths: command(paths, "build", "--city", "smallville", "--jobs", "2"),
    )


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A running browser; its absence is a failure where CI is set."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    missing = f"a browser ({', '.join(BROWSERS)})"
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program, missing = None, "the Python package playwright"
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(f"{missing} is missing, and CI must test the pages in a browser")
        pytest.skip(f"{missing} is missing: the pages are not tested in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER_OPTIONS)
        yield browser
        browser.close()
