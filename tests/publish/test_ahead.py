"""What publishing needs is made while notebooks are at work, and told where it is asked for."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from planbook.errors import DataError, Problem
from planbook.files.hashing import Inputs
from planbook.publish import prepare as ahead_module
from planbook.publish.prepare import Ahead


class Pages:
    """Stands for `Made`: notes who asks, and waits until it may go on."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[tuple[str, str]] = []
        self.may_go_on = threading.Event()
        self.error = error

    def of(self, lang: str) -> dict[str, str]:
        self.asked.append((lang, threading.current_thread().name))
        assert self.may_go_on.wait(60)
        if self.error is not None:
            raise self.error
        return {"page": lang}


def test_pages_are_made_on_a_thread_of_their_own_while_the_process_loads(tmp_path: Path) -> None:
    pages = Pages()
    with Ahead(pages, ("en", "zh"), tmp_path, Inputs()) as ahead:
        ahead.start()
        ahead.start()  # a second time does nothing
        assert ahead.renderer._process.poll() is None
        pages.may_go_on.set()
        assert ahead.made is pages
        assert pages.asked == [("en", "pages"), ("zh", "pages")]


def test_the_program_is_hashed_before_the_process_loads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else pages of the program as it was would be taken for those of one changed since."""
    hashes = iter(("before", "after"))
    order: list[str] = []
    monkeypatch.setattr(ahead_module, "code", lambda _: order.append("hashed") or next(hashes))
    monkeypatch.setattr(ahead_module.Renderer, "prepare", lambda _: order.append("loading"))
    pages = Pages()
    pages.may_go_on.set()
    with Ahead(pages, ("en",), tmp_path, Inputs()) as ahead:
        first = ahead.stamp
        ahead.start()
        assert ahead.stamp == first
    assert order == ["hashed", "loading"]
    with Ahead(pages, ("en",), tmp_path, Inputs()) as later:
        assert later.stamp != first


def test_nothing_begins_unless_it_is_started(tmp_path: Path) -> None:
    pages = Pages()
    with Ahead(pages, ("en", "zh"), tmp_path, Inputs()) as ahead:
        assert ahead.made is pages
        assert ahead.renderer._process is None
    assert pages.asked == []


def test_a_fault_is_told_where_the_pages_are_asked_for(tmp_path: Path) -> None:
    fault = DataError([Problem("data/a.csv", "row 2", "the year is no number", "write a year")])
    pages = Pages(fault)
    pages.may_go_on.set()
    with Ahead(pages, ("en", "zh"), tmp_path, Inputs()) as ahead:
        ahead.start()
        with pytest.raises(DataError, match="the year is no number"):
            ahead.made.of("en")


def test_whoever_leaves_early_leaves_nothing_at_work(tmp_path: Path) -> None:
    pages = Pages()
    with pytest.raises(KeyboardInterrupt), Ahead(pages, ("en", "zh"), tmp_path, Inputs()) as ahead:
        ahead.start()
        while not pages.asked:
            pass
        process = ahead.renderer._process
        threading.Timer(0.2, pages.may_go_on.set).start()
        raise KeyboardInterrupt
    assert [lang for lang, _ in pages.asked] == ["en"]  # the second edition was not begun
    assert "pages" not in [one.name for one in threading.enumerate()]
    assert process.poll() is not None
