"""What all tests share: the repository, a small invented city, a browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from planbook.paths import ROOT_VARIABLE, Paths

REPO = Path(__file__).resolve().parents[1]
FIXTURES = REPO / "tests" / "fixtures"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def repo() -> Paths:
    """The repository itself, with the shipped city."""
    return Paths(REPO)


def small_project(folder: Path) -> Paths:
    """Lay out a project with the invented city Smallville and nothing else of its own."""
    for name in ("notebooks", "book"):
        shutil.copytree(REPO / name, folder / name, ignore=shutil.ignore_patterns("chapters"))
    for name in ("catalog", "context"):
        shutil.copytree(REPO / "data" / name, folder / "data" / name)
    shutil.copy(REPO / "data" / "departments.yml", folder / "data")
    shutil.copytree(FIXTURES / "smallville", folder / "data" / "cities" / "smallville")
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(REPO / name, folder)
    return Paths(folder)


@pytest.fixture
def project(tmp_path: Path) -> Paths:
    """A small project that a test may change as it likes."""
    return small_project(tmp_path)


@pytest.fixture(autouse=True)
def _no_inherited_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium: missing, it fails in CI and skips elsewhere."""
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return found
    reason = f"no browser: none of {', '.join(CHROMIUM_NAMES)} is installed"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
