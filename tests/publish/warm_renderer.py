"""The renderer's process as a fork of one that has loaded everything.

Loading Jupyter Book takes longer than rendering the two-page book. What is forked runs
the renderer's own loop; that a new interpreter does as well is tested with whole builds
and in test_edition.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile

import psutil

from planbook.publish.sphinx import renderer

_PROGRAM = """
import importlib, os, signal, socket, sys, traceback
from planbook.publish.sphinx import renderer
for name in renderer._LOADED:
    importlib.import_module(name)
asked = socket.socket(fileno=int(sys.argv[1]))


def reap(*_):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


signal.signal(signal.SIGCHLD, reap)
while True:
    said, streams, _, _ = socket.recv_fds(asked, 1, 3)
    if not said:
        break
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            asked.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            renderer.serve()
            code = 0
        except SystemExit:
            pass
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    for stream in streams:
        os.close(stream)
    asked.sendall(b"%d\\n" % pid)
"""


class Forked:
    """One forked renderer, with what `Renderer` uses of `subprocess.Popen`."""

    def __init__(self, asked: socket.socket) -> None:
        read, write = os.pipe()
        answers, answer = os.pipe()
        self.stderr = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        socket.send_fds(asked, [b"f"], [read, answer, self.stderr.fileno()])
        os.close(read)
        os.close(answer)
        self.stdin = os.fdopen(write, "w", encoding="utf-8")
        self.stdout = os.fdopen(answers, encoding="utf-8")
        pid = b""
        while not pid.endswith(b"\n"):
            more = asked.recv(32)
            assert more, "the parent of the renderers has ended"
            pid += more
        try:
            self._process: psutil.Process | None = psutil.Process(int(pid))
        except psutil.NoSuchProcess:
            self._process = None

    def poll(self) -> int | None:
        """Give None while it runs."""
        return None if self._process and self._process.is_running() else 0

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end."""
        if self._process:
            try:
                self._process.wait(timeout)
            except psutil.TimeoutExpired:
                raise subprocess.TimeoutExpired("renderer", timeout or 0.0) from None
        return 0

    def terminate(self) -> None:
        """Ask it to end."""
        with contextlib.suppress(psutil.NoSuchProcess, AttributeError):
            self._process.terminate()

    def kill(self) -> None:
        """End it."""
        with contextlib.suppress(psutil.NoSuchProcess, AttributeError):
            self._process.kill()

    def communicate(self) -> tuple[str, str]:
        """Wait for the end; give what it printed."""
        with contextlib.suppress(OSError):
            self.stdin.close()
        told = self.stdout.read()
        self.wait()
        self.stderr.seek(0)
        return told, self.stderr.read()


class Renderers:
    """Stands for `subprocess` in the renderer's module; a context manager.

    Entering starts the process that is loaded once; leaving ends it, and with it all
    that it has forked.
    """

    PIPE, TimeoutExpired = subprocess.PIPE, subprocess.TimeoutExpired

    def __enter__(self) -> Renderers:
        environment = {**os.environ, **renderer._ENVIRONMENT}
        for name in renderer._DROPPED:
            environment.pop(name, None)
        self._asked, theirs = socket.socketpair()
        with theirs:
            self._parent = subprocess.Popen(
                [sys.executable, "-X", "utf8", "-c", _PROGRAM, str(theirs.fileno())],
                stdin=subprocess.DEVNULL, env=environment, pass_fds=[theirs.fileno()],
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self._asked.close()
        self._parent.wait(timeout=60)

    def Popen(self, *_: object, pass_fds: tuple[int, ...] = (), **__: object) -> Forked:
        """Fork a renderer."""
        assert pass_fds == (), "a fork of the warm renderer inherits nothing from here"
        return Forked(self._asked)
