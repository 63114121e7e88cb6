"""The parent of warm kernels: imports the scientific stack once, then forks one a notebook.

A process of its own, started for a build and never for longer, so what it holds
is what the build's code and data are. It has one thread, draws nothing, opens no
socket of ZeroMQ and runs no event loop: a child finds none of these.

It listens on a socket in the file system. A connection is one kernel: the client
sends one line of JSON (``argv``, ``env``, ``cwd``, and ``project``, the folder and city
whose data it shall find read), gets ``{"pid": …}``, may send
``{"signal": …}``, and gets ``{"exit": …}`` in the end. The kernel dies when the
connection closes, and all die with this process, which ends when its standard
input closes.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import selectors
import shutil
import signal
import socket
import sys
import time
import traceback
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planbook.errors import PlanbookError
from planbook.execute.hidden_packages import GRAMMARS, absent
from planbook.report.themes import THEMES

# Threads of a numerical library do not survive a fork, and what waits for them hangs.
SINGLE_THREADED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # of pyarrow's allocator
}
# What chapters or their kernels import only when they come to it, each of them anew.
_LATE = (
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
    "planbook.chapter",
    "lxml.html",
    "scipy.signal",
    "statsmodels.tsa.exponential_smoothing.ets",
    "statsmodels.tsa.forecasting.theta",
    "statsmodels.tsa.statespace.structural",
)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LOOK = 0.5  # seconds between two looks whether the build is alive


def preload(root: str, city: str) -> None:
    """Import and read what chapters need, and use it once so that nothing is put off."""
    with absent("debugpy"):  # nobody debugs here, and it is half of a kernel's start
        importlib.import_module("ipykernel.debugger")
    with absent(GRAMMARS):
        for name in (*_LATE, *(module for module, _ in THEMES.values())):
            importlib.import_module(name)

    from planbook import text
    from planbook.analysis.forecast import pooled
    from planbook.report.drawing import style as charts
    from planbook.report.html import fragments as render

    text.messages()
    pooled.tables()

    def paint(figure: Any, _narrow: bool) -> None:
        ax = figure.subplots()
        ax.plot([2020, 2021], [1.0, 2.0], label="减 a")
        charts.finish(ax, unit="%", from_zero=True)
        charts.legend(figure, ax, narrow=False)

    render.draw(paint)
    read(root, city)


def read(root: str, city: str) -> None:
    """Read a city's data for the children, unless they have been read; empty reads none."""
    from planbook.execute.cache import recording

    if root and city:
        with contextlib.suppress(PlanbookError, OSError):  # the build tells it, with every fault
            recording.preload(city, Path(root))


def threads() -> int:
    """Count the threads of this process, those of libraries included."""
    tasks = Path("/proc/self/task")
    if tasks.is_dir():
        return len(list(tasks.iterdir()))
    import threading

    return threading.active_count()


class Server:
    """Forks kernels and tells their clients what became of them."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.kernels: dict[int, socket.socket] = {}
        self.waker, self.woken = socket.socketpair()
        for end in (self.waker, self.woken):
            end.setblocking(False)

    def serve(self) -> None:
        """Fork on request until the standard input closes."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.waker.fileno(), warn_on_full_buffer=False)
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.selector.register(self.woken, selectors.EVENT_READ)
        self.selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
        try:
            while True:
                for key, _ in self.selector.select():
                    if key.fileobj is self.listener:
                        connection, _ = self.listener.accept()
                        self.selector.register(connection, selectors.EVENT_READ)
                    elif key.fileobj is self.woken:
                        while _received(self.woken):
                            pass
                    elif key.fd == sys.stdin.fileno():
                        return
                    elif isinstance(key.fileobj, socket.socket):
                        self.hear(key.fileobj)
                self.reap()
        finally:
            for pid in list(self.kernels):
                self.signal(pid, signal.SIGKILL)

    def hear(self, connection: socket.socket) -> None:
        """Handle what a client says, or that it has gone."""
        raw = _received(connection)
        pid = next((pid for pid, one in self.kernels.items() if one is connection), None)
        if not raw:
            self.selector.unregister(connection)
            connection.close()
            if pid is not None:
                self.signal(pid, signal.SIGKILL)
            return
        while not raw.endswith(b"\n"):
            raw += connection.recv(1 << 16)
        for line in raw.splitlines():
            said = json.loads(line)
            if "signal" in said and pid is not None:
                self.signal(pid, said["signal"])
            elif "argv" in said:
                pid = self.fork(said, connection)

    def signal(self, pid: int, number: int) -> None:
        """Send a signal to a kernel and what it has started; it is not yet reaped, so it is it."""
        try:
            os.killpg(pid, number)
        except ProcessLookupError:  # its group comes into being a moment after it
            os.kill(pid, number)

    def fork(self, wanted: dict[str, Any], connection: socket.socket) -> int:
        """Fork a kernel and tell its client the process id."""
        read(*wanted.get("project", ("", "")))
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                self.leave()
                code = become_kernel(wanted, parent)
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 1
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        self.kernels[pid] = connection
        _send(connection, {"pid": pid})
        return pid

    def leave(self) -> None:
        """Give up, in a child, what belongs to the server."""
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for one in (self.listener, self.waker, self.woken, *self.kernels.values()):
            one.close()
        for key in list(self.selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self.selector.close()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)

    def reap(self) -> None:
        """Tell the clients of kernels that have ended how they ended."""
        for pid, connection in list(self.kernels.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if not done:
                continue
            del self.kernels[pid]
            if connection.fileno() >= 0:
                _send(connection, {"exit": os.waitstatus_to_exitcode(status)})


def _received(one: socket.socket) -> bytes:
    try:
        return one.recv(1 << 16)
    except (BlockingIOError, ConnectionError):
        return b""


def _send(one: socket.socket, said: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # a client that has gone is heard of by `hear`
        one.sendall(json.dumps(said).encode() + b"\n")


def become_kernel(wanted: dict[str, Any], parent: int) -> int:
    """Turn this child into the kernel that ``python -m ipykernel_launcher`` would be."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return 1  # it died before it could take this child along
    os.environ.clear()
    os.environ.update(wanted["env"])
    time.tzset()
    os.chdir(wanted["cwd"])
    atexit._clear()
    vars(weakref.finalize)["_registry"].clear()
    import numpy as np

    np.random.seed()  # the parent's state is every child's; Python's own is renewed by itself
    import ipykernel_launcher
    from ipykernel import kernelapp

    sys.argv = [ipykernel_launcher.__file__, *wanted["argv"]]
    vars(kernelapp)["IOPubThread"] = _without_port(kernelapp.IOPubThread)
    app = kernelapp.IPKernelApp.instance()
    app.initialize(wanted["argv"])
    app.start()
    atexit._run_exitfuncs()
    return 0


def _without_port(thread: type) -> type:
    """Leave out the TCP port by which processes that a cell forks could print."""

    class IOPubThread(thread):
        def __init__(self, socket: Any, pipe: bool = False, session: Any = None) -> None:
            super().__init__(socket, pipe=False, session=session)

    return IOPubThread


@contextlib.contextmanager
def _ended_with_the_build(address: str) -> Iterator[None]:
    """End at once when whoever started this is gone: importing may take its time.

    A timer looks at the standard input, since a thread would keep this from forking.
    """
    watch = select.poll()
    watch.register(sys.stdin.fileno(), select.POLLHUP)

    def look(*_: object) -> None:
        if watch.poll(0):
            shutil.rmtree(Path(address).parent, ignore_errors=True)
            os._exit(1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _LOOK, _LOOK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def main() -> None:
    """Serve at the address that the command line gives: ADDRESS ROOT CITY."""
    address, root, city = sys.argv[1:4]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    here = str(Path.cwd())
    if sys.path and sys.path[0] in ("", here):
        del sys.path[0]  # as ipykernel does; a kernel puts its own folder there
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    with _ended_with_the_build(address):
        preload(root, city)
    if (count := threads()) != 1:
        raise SystemExit(f"warm kernels: importing started {count - 1} threads; not forking")
    gc.collect()
    gc.freeze()  # the collector would touch, and so copy, every page shared with the children
    try:
        Server(listener).serve()
    finally:  # of a build that was killed nobody else does it
        shutil.rmtree(Path(address).parent, ignore_errors=True)


if __name__ == "__main__":
    main()
