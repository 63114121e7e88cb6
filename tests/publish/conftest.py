"""What the tests of publishing share: a rendered two-page book."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import tiny_book
import warm_renderer

from planbook.execute.kernels.warm import can_fork
from planbook.publish.pages.landing import write_landing
from planbook.publish.sphinx import renderer


@pytest.fixture(scope="session")
def tiny_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both editions of the two-page book, rendered with warnings as errors."""
    work = tmp_path_factory.mktemp("tiny")
    root = work / "site"
    for lang in ("en", "zh"):
        stage = tiny_book.stage(work / f"stage-{lang}", lang)
        tiny_book.render(stage, root / lang, lang=lang)
    write_landing(
        root,
        title=tiny_book.TITLES,
        summary_html_by_lang={"en": "<p>1 of 2 met</p>", "zh": "<p>两项中达标一项</p>"},
    )
    return root


@pytest.fixture(scope="session")
def renderers() -> Iterator[warm_renderer.Renderers | None]:
    """A process that has loaded the renderer, to be forked; None where that cannot be."""
    if not can_fork():
        yield None
        return
    with warm_renderer.Renderers() as made:
        yield made


@pytest.fixture
def quick(renderers: warm_renderer.Renderers | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the renderers of a test be forks of one that is loaded."""
    if renderers is not None:
        monkeypatch.setattr(renderer, "subprocess", renderers)
