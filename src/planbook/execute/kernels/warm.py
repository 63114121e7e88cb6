"""Warm kernels as the rest of the world sees them: a server to start, processes to ask of it."""

from __future__ import annotations

import atexit
import contextlib
import json
import math
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from planbook.execute.kernels.forkserver import SINGLE_THREADED

ADDRESS_VARIABLE = "PLANBOOK_FORKSERVER"  # where a server listens that others started
MODES = ("auto", "warm", "cold")
START_TIMEOUT = 120.0  # seconds for the server to import everything


def can_fork() -> bool:
    """Tell whether a process that has imported the stack may be forked here.

    Windows has no fork; on macOS system libraries do not survive one.
    """
    return hasattr(os, "fork") and hasattr(socket, "AF_UNIX") and sys.platform == "linux"


def kernel_environment(base: dict[str, str] | None = None) -> dict[str, str]:
    """Give the environment of kernels, warm or cold: one thread each, stable hashes.

    Sums that several threads share, and sets of texts, would otherwise come out
    in an order that differs from run to run.
    """
    return {**(os.environ if base is None else base), **SINGLE_THREADED, "PYTHONHASHSEED": "0"}


class ForkServer:
    """A running `planbook.execute.kernels.forkserver`; a context manager."""

    def __init__(self, root: str = "", city: str = "") -> None:
        self.folder = tempfile.mkdtemp(prefix="planbook-warm-")
        self.address = str(Path(self.folder) / "s")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "planbook.execute.kernels.forkserver", self.address, root, city],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            env=kernel_environment(),
        )
        self._close = atexit.register(self.close)

    def close(self) -> None:
        """End the server and every kernel that it has forked."""
        atexit.unregister(self._close)
        self.process.terminate()  # it may still be importing; its children die with it
        if self.process.stdin and not self.process.stdin.closed:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_own: ForkServer | None = None
_lock = threading.Lock()


def shared_address() -> str:
    """Give the address of the server that this process uses, starting one if there is none."""
    global _own
    if named := os.environ.get(ADDRESS_VARIABLE):
        return named
    with _lock:
        if _own is None or _own.process.poll() is not None:
            _own = ForkServer()
        return _own.address


class WarmProcess:
    """A forked kernel, with the methods of `subprocess.Popen` that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, address: str, wanted: dict[str, Any]) -> None:
        self.returncode: int | None = None
        self._rest = b""
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(START_TIMEOUT)
        try:
            self._connect(address)
            self._socket.sendall(json.dumps(wanted).encode() + b"\n")
            said = self._line()
        except OSError as error:
            self._socket.close()
            raise OSError(f"the parent of warm kernels does not answer: {error}") from None
        if not said:
            self._socket.close()
            raise OSError("the parent of warm kernels has ended")
        self.pid: int = said["pid"]
        self._socket.setblocking(False)

    def _connect(self, address: str) -> None:
        deadline = time.monotonic() + 10
        while True:  # it binds its socket within a moment of its start
            try:
                return self._socket.connect(address)
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > deadline or not Path(address).parent.is_dir():
                    raise
                time.sleep(0.02)

    def _line(self) -> dict[str, Any] | None:
        while b"\n" not in self._rest:
            more = self._socket.recv(1 << 16)
            if not more:
                return None
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return json.loads(line)

    def poll(self) -> int | None:
        """Give the exit code if the kernel has ended, else None."""
        with self._lock:
            if self.returncode is None:
                try:
                    said = self._line()
                except (BlockingIOError, InterruptedError):
                    return None
                except OSError:
                    said = None
                self.returncode = -signal.SIGKILL if said is None else said["exit"]
                self._socket.close()
            return self.returncode

    def wait(self, timeout: float = math.inf) -> int | None:
        """Wait for the end, no longer than `timeout` seconds; give the exit code, if it has."""
        deadline = time.monotonic() + timeout
        while self.poll() is None and (left := deadline - time.monotonic()) > 0:
            select.select([self._socket], [], [], min(1.0, left))
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and what it has started."""
        if self.poll() is None:
            with contextlib.suppress(OSError):
                self._socket.sendall(json.dumps({"signal": number}).encode() + b"\n")

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)
