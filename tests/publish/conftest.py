"""What the tests of publishing share: a rendered two-page book and a browser."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import tiny_book

from planbook.publish.site import build_edition, write_landing

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: opens pages in a real browser")


@pytest.fixture(scope="session")
def tiny_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both editions of the two-page book, rendered with warnings as errors."""
    work = tmp_path_factory.mktemp("tiny")
    root = work / "site"
    for lang in ("en", "zh"):
        stage = tiny_book.stage(work / f"stage-{lang}", lang)
        build_edition(stage, root / lang, lang=lang)
    write_landing(
        root,
        title=tiny_book.TITLES,
        summary_html_by_lang={"en": "<p>1 of 2 met</p>", "zh": "<p>两项中达标一项</p>"},
    )
    return root


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A running browser; its absence is a failure where CI is set."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program, missing = None, "the Python package playwright"
    else:
        missing = f"a browser ({', '.join(BROWSERS)})"
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(f"{missing} is missing, and CI must test the pages in a browser")
        pytest.skip(f"{missing} is missing: the pages are not tested in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER_OPTIONS)
        yield browser
        browser.close()
