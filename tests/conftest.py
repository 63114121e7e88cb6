"""What all tests share: the repository, a small invented city, built books, a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from planbook.exports import descriptor
from planbook.paths import ROOT_VARIABLE, Paths

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
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
Command = Callable[..., subprocess.CompletedProcess[str]]


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share something costly in one process where several run.

    Those that read a built book share it; the others share what their file sets up.
    """
    for item in items:
        built = {"shipped_book", "small_book"} & set(getattr(item, "fixturenames", ()))
        name = "books" if built else item.nodeid.split("::")[0]
        item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture(scope="session")
def repo() -> Paths:
    """The repository itself, with the shipped city."""
    return Paths(REPO)


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


@pytest.fixture(autouse=True)
def _no_inherited_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)


@pytest.fixture(scope="session")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Paths], dict[str, str]]:
    """Give the environment in which a command works on a project.

    The package is a copy: editing it meanwhile would make builds execute again
    what they are expected to reuse.
    """
    package = tmp_path_factory.mktemp("package") / "src"
    shutil.copytree(REPO / "src", package, ignore=shutil.ignore_patterns(*NOT_SOURCES))
    return lambda paths: {
        **os.environ,
        ROOT_VARIABLE: str(paths.root),
        "PYTHONPATH": str(package),
    }


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


@pytest.fixture(scope="session")
def shipped_book(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Book:
    """The book of the shipped city, built once from a copy of the sources."""
    root = tmp_path_factory.mktemp("shipped") / "checkout"
    shutil.copytree(REPO, root, ignore=shutil.ignore_patterns(*NOT_SOURCES, "tests"))
    paths = Paths(root)
    return Book(paths, command(paths, "build", "--jobs", "2"))


SMALL_CHAPTERS = ("02_overview", "05_energy", "10_agriculture", "12_air", "15_waste")
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


@pytest.fixture(scope="session")
def small_book(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Book:
    """The book of Smallville, whose data also hold text that must never be run."""
    paths = small_project(tmp_path_factory.mktemp("small"))
    for notebook in paths.notebooks.glob("*.ipynb"):
        if notebook.stem not in SMALL_CHAPTERS:  # its section gets a page made from the plan
            notebook.unlink()
    for name, old, new in _HOSTILE:
        path = paths.city("smallville") / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name}: {old}"
        path.write_text(text.replace(old, new), encoding="utf-8")
    return Book(paths, command(paths, "build", "--city", "smallville", "--jobs", "2"))


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
