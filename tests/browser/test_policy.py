"""What the policy of pages stops in a browser, from a disk and from a server."""

from __future__ import annotations

import shutil
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from site_reader import page_names

pytestmark = [pytest.mark.browser, pytest.mark.book]

PAGE = "en/chapters/12_air.html"
WATCH = """
window.told = [];
window.ran = [];
addEventListener("securitypolicyviolation", (event) =>
    told.push(event.effectiveDirective + " " + event.blockedURI));
"""
# Each tries to note that it ran, or to reach the other host; {other} is a server that answers.
ATTACKS = {
    "handler": '<img src="gone.png" onerror="ran.push(1)">',
    "script in the page": "<script>ran.push(1)</script>",
    "script of another host": '<script src="{other}/ran.js"></script>',
    "script as an address": '<script src="data:text/javascript,ran.push(1)"></script>',
    "style of another host": '<link rel="stylesheet" href="{other}/a.css">',
    "image of another host": '<img src="{other}/a.png">',
    "frame": '<iframe src="{other}/a.html"></iframe>',
    "frame with a page": '<iframe srcdoc="<script>top.ran.push(1)</script>"></iframe>',
    "plug-in": '<object data="{other}/a.html"></object>',
    "base": '<base href="{other}/">',
    "link that runs": '<a id="attack" href="javascript:ran.push(1)">x</a>',
    "form that leaves": '<form action="{other}/a.html"><button id="attack">x</button></form>',
}
DIRECTIVES = {
    "handler": "script-src-attr",
    "script in the page": "script-src-elem",
    "script of another host": "script-src-elem",
    "script as an address": "script-src-elem",
    "style of another host": "style-src-elem",
    "image of another host": "img-src",
    "frame": "frame-src",
    "frame with a page": "script-src-elem",  # the frame has the page's policy
    "plug-in": "object-src",
    "base": "base-uri",
    "link that runs": "script-src-elem",
    "form that leaves": "form-action",
}


@pytest.fixture(scope="module")
def serve():
    """Serve a folder; give its address and the paths that were asked for."""
    servers = []

    def serve_(folder):
        asked = []

        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, *_) -> None:
                asked.append(self.path)

            def end_headers(self) -> None:
                self.send_header("Cache-Control", "no-store")  # each attack is a page of its own
                super().end_headers()

        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}", asked

    yield serve_
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def site(small_book):
    assert small_book.done.returncode == 0, small_book.done.stderr
    return small_book.site


@pytest.fixture
def tab(chromium):
    """An open page that keeps what its policy stopped; a dialog is a script that ran."""
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(WATCH)
    page.dialogs = []
    page.on("dialog", lambda dialog: (page.dialogs.append(dialog.message), dialog.dismiss()))
    yield page
    context.close()


def stopped(tab) -> list[str]:
    """Give what the policy stopped in the page and its frames.

    Asked again and again: the browser's own waiting would compile text on the page.
    """
    deadline = time.monotonic() + 20
    while True:
        told = [one for frame in tab.frames for one in frame.evaluate("window.told ?? []")]
        if told or time.monotonic() > deadline:
            return told
        time.sleep(0.05)


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_pages_with_hostile_data_run_nothing_and_stay_within_their_policy(site, serve, tab, scheme):
    root = site.as_uri() if scheme == "file" else serve(site)[0]
    problems = []
    tab.on("console", lambda one: problems.append(one.text) if one.type == "error" else None)
    tab.on("pageerror", lambda error: problems.append(str(error)))
    names = page_names(site)
    assert len(names) > 30
    if scheme == "http":  # the same bytes; what a server changes shows on fewer
        names = [name for name in names if "department_" not in name]
    for name in names:
        tab.goto(f"{root}/{name}")
        assert tab.evaluate("told") == [], name
        assert tab.locator("h1").count() >= 1, name
    assert tab.dialogs == []
    assert [one for one in problems if "favicon" not in one and "404" not in one] == []


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_what_the_theme_offers_works_under_the_policy(site, serve, tab, scheme):
    root = site.as_uri() if scheme == "file" else serve(site)[0]
    tab.goto(f"{root}/zh/chapters/12_air.html")
    mode = tab.evaluate("document.documentElement.dataset.mode")
    tab.locator("button.theme-switch-button:visible").first.click()
    assert tab.evaluate("document.documentElement.dataset.mode") != mode
    icon = tab.locator("svg.svg-inline--fa:visible").first.bounding_box()
    assert 8 < icon["height"] < 40  # without the style sheet of icons it fills the page
    tab.locator(".search-button__button:visible").first.click()
    box = tab.locator("input[type=search]:visible")
    box.fill("空气")
    box.press("Enter")
    tab.wait_for_url("**/zh/search.html?q=*")
    tab.locator("#search-results ul.search > li > a").first.wait_for()
    tab.goto(f"{root}/en/search.html?q=zoning")
    hit = tab.locator("#search-results ul.search > li > a").first
    hit.wait_for()
    assert "<img src=x" in hit.inner_text()
    assert tab.locator("#search-results img").count() == 0
    assert tab.dialogs == []
    assert tab.evaluate("told") == []


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_what_is_put_into_a_page_is_stopped(site, serve, tab, tmp_path, scheme):
    copy = tmp_path / "copy"
    shutil.copytree(site, copy)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "ran.js").write_text("ran.push(1)", encoding="utf-8")
    (foreign / "a.css").write_text("body { display: none }", encoding="utf-8")
    (foreign / "a.html").write_text("<p>x</p>", encoding="utf-8")
    (foreign / "a.png").write_bytes(b"")
    other, asked = serve(foreign)
    root = copy.as_uri() if scheme == "file" else serve(copy)[0]
    page = (copy / PAGE).read_text(encoding="utf-8")
    assert page.count("</main>") == 1
    for name, attack in ATTACKS.items():
        text = page.replace("</main>", attack.format(other=other) + "</main>")
        (copy / PAGE).write_text(text, encoding="utf-8")
        tab.goto(f"{root}/{PAGE}")
        if "attack" in attack:
            tab.locator("#attack").evaluate("element => element.click()")
        told = stopped(tab)
        assert [one.split()[0] for one in told[:1]] == [DIRECTIVES[name]], (name, told)
        assert tab.evaluate("ran") == [], name
        assert tab.url.startswith(root), name
    (copy / PAGE).write_text(page, encoding="utf-8")
    tab.goto(f"{root}/{PAGE}")
    assert tab.evaluate(f"fetch('{other}/a.html').then(() => 'sent', () => 'stopped')") == "stopped"
    assert tab.evaluate("told") == [f"connect-src {other}/a.html"]
    assert asked == []
