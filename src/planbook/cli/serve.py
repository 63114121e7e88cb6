"""The command ``planbook serve``: the published book over HTTP, with the headers it wants."""

from __future__ import annotations

import functools
import http.server
import signal
import sys
from pathlib import Path

import click

from planbook.cli.options import city, command, option
from planbook.errors import PlanbookError

# What a page cannot say of itself; the rest of its policy stands in its head.
HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",  # a page that was built anew is seen at once
}
HOST, PORT = "127.0.0.1", 8000
HIGHEST_PORT = 65535


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= HIGHEST_PORT):
        raise click.BadParameter(f"'{text}': give a number from 0 to {HIGHEST_PORT}")
    return int(text)


def site_of(city: str) -> Path:
    """Find the published book of a city.

    Raises `PlanbookError` if no book is published, or it is another city's.
    """
    from planbook.data import paths
    from planbook.data.snapshots import SITE_FILE, from_bytes

    where = paths.find()
    places = [one.site / SITE_FILE for one in (where, where.of(city))]
    found = [
        place
        for place in places
        if place.is_file() and from_bytes(place.read_bytes(), str(place)).city == city
    ]
    if not found:
        raise PlanbookError(f"no book of '{city}' is published; run: planbook build --city {city}")
    return max(found, key=lambda place: place.stat().st_mtime).parent


class Handler(http.server.SimpleHTTPRequestHandler):
    """Gives files of one folder with `HEADERS`, and lists no folder."""

    server_version, sys_version = "planbook", ""

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def list_directory(self, path: object) -> None:
        self.send_error(http.HTTPStatus.NOT_FOUND)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@command(
    "serve",
    "Serve the published book over HTTP until interrupted; it only reads. By default only "
    "this machine reaches it.",
)
@city
@option(
    "--bind",
    f"where to listen (default: {HOST}; 0.0.0.0 for the whole network)",
    default=HOST,
    metavar="ADDRESS",
)
@option("--port", f"default: {PORT}; 0 takes a free one", _port, str(PORT), "N")
def serve(city: str, bind: str, port: int) -> int:
    """Serve until interrupted."""
    handler = functools.partial(Handler, directory=str(site_of(city)))
    try:
        server = http.server.ThreadingHTTPServer((bind, port), handler)
    except OSError as error:
        raise PlanbookError(
            f"cannot listen at {bind}:{port} ({error.strerror}); give another --port"
        ) from error
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with server:
        host, port = server.socket.getsockname()[:2]
        try:
            print(f"http://{host}:{port}/index.html  (Ctrl-C ends it)", flush=True)
            server.serve_forever()
        except KeyboardInterrupt:
            print("ended", file=sys.stderr)
    return 0
