"""What the tests of explorers share: the shipped pages, opened from the folder or a server."""

from __future__ import annotations

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from planbook.widgets import front
from planbook.widgets.mathematics import explore

ENERGY = "chapters/05_energy.html"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
VIEWPORTS = pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])


@pytest.fixture(scope="module")
def site(shipped_book):
    assert shipped_book.done.returncode == 0, shipped_book.done.stderr
    return shipped_book.site


@pytest.fixture(scope="module")
def server(site):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def open_page(chromium, site):
    """Give a function that opens a page; errors and requests to other hosts are checked."""
    opened, wrong = [], []

    def note(message) -> None:
        if message.type == "error" and not message.location["url"].endswith("/favicon.ico"):
            wrong.append(message.text)

    def open_(lang: str = "en", viewport=DESK, name: str = ENERGY, own: str | None = None, **more):
        own = own or site.as_uri()
        context = chromium.new_context(viewport=viewport, accept_downloads=True, **more)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", note)
        page.on(
            "request",
            lambda one: one.url.startswith((own, "data:", "blob:")) or wrong.append(one.url),
        )
        page.goto(f"{own}/{lang}/{name}", wait_until="load")
        return page

    yield open_
    for context in opened:
        context.close()
    assert wrong == []


def downloaded(page, folder, place: str) -> dict:
    """Download every file that an explorer offers, by kind."""
    files = {}
    for kind in ("csv", "xlsx", "svg", "png"):
        with page.expect_download() as caught:
            page.locator(f"{place} .pb-x button[name={kind}]").click()
        files[kind] = folder / caught.value.suggested_filename
        caught.value.save_as(files[kind])
    return files


def leaves(found: object) -> list:
    if isinstance(found, dict):
        return [leaf for key in sorted(found) for leaf in leaves(found[key])]
    return [leaf for one in found for leaf in leaves(one)] if isinstance(found, list) else [found]


def compare(chromium, state: dict, chosen: list[dict], *, kind="forecast", own=explore) -> float:
    """Give the largest difference of the two mathematics, relative where above 1."""
    page = chromium.new_page()
    try:
        page.evaluate(f"() => {{ {front.joined(kind)}; window.explore = explore; }}")
        page.evaluate("state => { window.state = state; }", state)
        theirs = json.loads(
            page.evaluate("all => JSON.stringify(all.map(one => explore(state, one)))", chosen)
        )
    finally:
        page.close()
    worst = 0.0
    for one, other in zip(chosen, theirs, strict=True):
        mine = own(state, one)
        assert sorted(mine) == sorted(other)
        for a, b in zip(leaves(mine), leaves(other), strict=True):
            if a is None or b is None or isinstance(a, bool | str):
                assert a == b, one
            else:
                worst = max(worst, abs(a - b) / max(1.0, abs(a)))
    return worst


def drag(page, place: str, name: str, to: float) -> None:
    """Drag a slider by the mouse to a share of its width."""
    slider = page.locator(f'{place} input[type=range][name="{name}"]')
    slider.evaluate("one => one.scrollIntoView({ block: 'end', behavior: 'instant' })")
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    at = slider.evaluate("one => (one.value - one.min) / (one.max - one.min)")
    page.mouse.move(box["x"] + 8 + (box["width"] - 16) * at, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * to, y, steps=6)
    page.mouse.up()
    page.evaluate("() => new Promise(requestAnimationFrame)")
