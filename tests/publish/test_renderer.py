"""The rendering process ends with whoever started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest

STARTED = (
    "from planbook.publish.sphinx.renderer import Renderer\n"
    "renderer = Renderer()\n"
    "renderer.prepare()\n"
    "print(renderer._process.pid, flush=True)\n"
    "input()\n"
)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_it_ends_with_a_build_that_is_killed_while_it_loads() -> None:
    asker = subprocess.Popen(
        [sys.executable, "-c", STARTED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    server = psutil.Process(int(asker.stdout.readline()))
    asker.send_signal(signal.SIGKILL)
    asker.communicate()
    psutil.wait_procs([server], timeout=20)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
