"""The shipped book in a browser: from the folder, from a server, on a desk and a phone."""

from __future__ import annotations

import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from site_reader import LANGS, page_names, table

pytestmark = [pytest.mark.browser, pytest.mark.book]

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
OTHER = {"en": "zh", "zh": "en"}

# Decodes every image, also those far below the window; gives the ones that show nothing.
BLANK_IMAGES = """async () => {
    const blank = [];
    for (const image of document.images) {
        image.loading = "eager";
        try { await image.decode(); } catch (error) { blank.push(image.alt + ": " + error); }
        if (!image.naturalWidth) blank.push(image.alt);
    }
    return [document.images.length, blank];
}"""
OVERFLOW = "() => document.documentElement.scrollWidth - window.innerWidth"


class Tab:
    """A page of a browser that knows no other host; it notes requests and errors."""

    def __init__(self, browser, own: str, viewport: dict) -> None:
        self.own = own
        self.context = browser.new_context(viewport=viewport, accept_downloads=True)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.foreign: list[str] = []
        self.errors: list[str] = []
        # Whatever the policy of a page forbids is told here, though it broke nothing to be seen.
        self.context.expose_function("toldOfPolicy", lambda told: self.errors.append(told))
        self.page.add_init_script(
            "addEventListener('securitypolicyviolation', (event) => toldOfPolicy("
            "[location.href, event.violatedDirective, event.blockedURI, event.sample].join(' ')))"
        )
        self.page.on("request", lambda request: self._ask(request.url))
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _ask(self, url: str) -> None:
        self.requests.append(url)
        if not url.startswith(self.own):
            self.foreign.append(url)

    def _note(self, message) -> None:
        asked = message.location["url"]  # a browser asks servers for an icon by itself
        if message.type == "error" and not asked.endswith("/favicon.ico"):
            self.errors.append(f"{self.page.url}: {message.text}")

    def open(self, name: str, query: str = "") -> None:
        self.page.goto(f"{self.own}/{name}{query}", wait_until="load")

    def blank_images(self) -> tuple[int, list[str]]:
        return self.page.evaluate(BLANK_IMAGES)

    def is_clean(self) -> None:
        """Check that no page opened so far has asked another host or complained."""
        assert self.requests != []
        assert self.foreign == []
        assert self.errors == []


@pytest.fixture(scope="module")
def site(shipped_book):
    assert shipped_book.done.returncode == 0, shipped_book.done.stderr
    return shipped_book.site


@pytest.fixture
def open_tab(chromium, site):
    """Give a function that opens a tab on the folder; all are closed at the end."""
    tabs = []

    def open_(viewport=DESK, own: str | None = None) -> Tab:
        tabs.append(Tab(chromium, own or site.as_uri(), viewport))
        return tabs[-1]

    yield open_
    for tab in tabs:
        tab.context.close()


@pytest.mark.parametrize("lang", LANGS)
def test_every_page_of_an_edition_works_from_the_folder(site, open_tab, lang):
    tab = open_tab(DESK)
    names = [*page_names(site, lang), "index.html"]
    # Pages of departments are alike, and `check_site` reads every one: some stand for all.
    departments = [name for name in names if "department_" in name]
    names = [name for name in names if name not in departments[3:-3]]
    assert len(names) >= 28
    images = 0
    for name in names:
        tab.page.set_viewport_size(DESK)
        tab.open(name)
        for viewport in (DESK, PHONE):  # as who turns a tablet: drawn anew, not loaded anew
            tab.page.set_viewport_size(viewport)
            assert tab.page.evaluate(OVERFLOW) <= 0, (name, viewport)
            count, blank = tab.blank_images()
            assert blank == [], (name, viewport)
        images += count
        if name != "index.html":
            target = tab.page.locator("a.pb-language").evaluate("link => link.href")
            own = name.partition("/")[2]
            assert target == f"{tab.own}/{OTHER[lang]}/{own}", name
    assert images >= 25
    tab.is_clean()


def test_every_page_works_from_a_server(site, open_tab):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        tab = open_tab(DESK, f"http://127.0.0.1:{server.server_port}")
        names = [*page_names(site, "zh"), "index.html"]
        names = [name for name in names if "department_" not in name]  # nothing of their own
        assert len(names) >= 20
        for name in names:
            tab.open(name)
            assert tab.page.locator("h1").count() >= 1, name
        tab.is_clean()
        assert len({url for url in tab.requests if url.endswith(".html")}) == len(names)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_switch_leads_to_the_same_page_and_back(open_tab, viewport):
    tab = open_tab(viewport)
    tab.open("index.html")
    tab.page.locator("a.pb-open").first.click()
    tab.page.wait_for_url("**/en/index.html")
    tab.open("en/chapters/10_agriculture.html")
    for lang in ("zh", "en"):
        tab.page.locator("a.pb-language").click()
        tab.page.wait_for_url(f"**/{lang}/chapters/10_agriculture.html")
        assert tab.page.evaluate("document.documentElement.lang")[:2] == lang
    tab.is_clean()


@pytest.mark.parametrize(
    ("lang", "query", "title"),
    [("zh", "化肥", "农业"), ("en", "fertiliser", "Agriculture")],
)
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_search_finds_the_chapter(open_tab, viewport, lang, query, title):
    tab = open_tab(viewport)
    tab.open(f"{lang}/search.html", f"?q={query}")
    hits = tab.page.locator("#search-results ul.search > li > a")
    hits.first.wait_for()
    tab.page.locator(".search-summary").filter(has_text=re.compile(r"\d")).wait_for()
    (chapter,) = [one for one in hits.all() if one.inner_text().rstrip().endswith(title)]
    chapter.click()
    tab.page.wait_for_url(f"**/{lang}/chapters/10_agriculture.html*")
    assert query in tab.page.locator("article").inner_text()
    tab.is_clean()


@pytest.mark.parametrize("lang", LANGS)
def test_a_link_saves_the_figures_under_their_name(open_tab, tmp_path, lang):
    tab = open_tab()
    tab.open(f"{lang}/chapters/10_agriculture.html")
    name = "liupanshui_forecast-fertiliser_use_total-guizhou"
    for ending in ("csv", "xlsx"):
        with tab.page.expect_download() as caught:
            tab.page.locator(f"a[download='{name}.{ending}']").click()
        assert caught.value.suggested_filename == f"{name}.{ending}"
        caught.value.save_as(tmp_path / f"{name}.{ending}")
    assert len(table((tmp_path / f"{name}.csv").read_bytes())) > 15
    assert (tmp_path / f"{name}.xlsx").read_bytes().startswith(b"PK")
    tab.is_clean()


def test_a_phone_gets_the_narrow_drawing(open_tab):
    sources = {}
    for viewport in (DESK, PHONE):
        tab = open_tab(viewport)
        tab.open("en/chapters/10_agriculture.html")
        picture = tab.page.locator("figure.pb-figure img").first
        picture.scroll_into_view_if_needed()  # far down a page it is loaded only when near
        picture.evaluate("image => image.decode()")
        sources[viewport["width"]] = picture.evaluate("image => image.currentSrc")
        box = picture.bounding_box()
        assert 0 < box["width"] <= viewport["width"]
    assert sources[1440] != sources[390]
