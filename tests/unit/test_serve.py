"""The published book over HTTP: its files, its headers, and nothing else."""

from __future__ import annotations

import functools
import http.client
import http.server
import os
import signal
import subprocess
import sys
import threading

import pytest

from planbook.cli.main import main
from planbook.cli.serve import HEADERS, Handler, site_of
from planbook.data.city import load
from planbook.data.paths import ROOT_VARIABLE
from planbook.data.snapshots import SITE_FILE, to_bytes
from planbook.errors import PlanbookError


@pytest.fixture
def site(project, monkeypatch):
    """A published site of one page, beside data that no reader may fetch."""
    from planbook.analysis.changes.snapshot import take

    monkeypatch.setenv(ROOT_VARIABLE, str(project.root))
    project.site.mkdir(parents=True)
    (project.site / "index.html").write_text("<p>Smallville</p>", encoding="utf-8")
    (project.site / "en").mkdir()
    snapshot = take(load("smallville", project), 2024, standings={})
    (project.site / SITE_FILE).write_bytes(to_bytes(snapshot))
    return project.site


@pytest.fixture
def ask(site):
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(site))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def get(path: str, method: str = "GET") -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(*server.server_address[:2], timeout=20)
        connection.request(method, path)
        answer = connection.getresponse()
        answer.body = answer.read()
        connection.close()
        return answer

    yield get
    server.shutdown()
    server.server_close()


def test_a_page_comes_with_every_header(ask):
    answer = ask("/index.html")
    assert (answer.status, answer.body) == (200, b"<p>Smallville</p>")
    assert {name: answer.getheader(name) for name in HEADERS} == HEADERS
    assert answer.getheader("Server").strip() == "planbook"


@pytest.mark.parametrize(
    "path", ["/en/", "/../../data/departments.yml", "/%2e%2e/%2e%2e/_config.yml", "/absent.html"]
)
def test_no_folder_is_listed_and_nothing_outside_the_site_is_given(ask, path):
    answer = ask(path)
    assert answer.status == 404
    assert answer.getheader("Content-Security-Policy") == "frame-ancestors 'none'"
    assert b"departments" not in answer.body.lower()


def test_nothing_can_be_written(ask, site):
    assert ask("/index.html", "PUT").status == 501
    assert (site / "index.html").read_text(encoding="utf-8") == "<p>Smallville</p>"


def test_the_book_of_the_city_asked_for_is_found(site):
    assert site_of("smallville") == site
    with pytest.raises(PlanbookError, match="no book of 'elsewhere' is published; run: planbook"):
        site_of("elsewhere")


def test_a_book_that_is_missing_or_a_port_that_is_taken_is_one_line(site, capsys):
    assert main(["serve", "--city", "elsewhere"]) == 1
    assert "planbook build --city elsewhere" in capsys.readouterr().err
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as other:
        port = str(other.server_address[1])
        assert main(["serve", "--city", "smallville", "--port", port]) == 1
    assert f"cannot listen at 127.0.0.1:{port}" in capsys.readouterr().err


def test_an_interrupt_ends_it_without_a_fault(site, project):
    process = subprocess.Popen(
        [sys.executable, "-m", "planbook", "serve", "--city", "smallville", "--port", "0"],
        env={**os.environ, ROOT_VARIABLE: str(project.root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert process.stderr.read() == "ended\n"
    finally:
        process.kill()
        process.communicate()
