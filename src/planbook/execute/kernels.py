"""Kernels that only processes of the same user on this machine can reach."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager


class LocalKernelManager(AsyncKernelManager):
    """Talks to its kernel over sockets in the file system where the system has them.

    A TCP port, even on the loopback address, can be read by every user of the
    machine. Windows has no such sockets; there the ordinary transport is used.
    """

    def __init__(self, **settings: object) -> None:
        if os.name == "posix":
            folder = tempfile.mkdtemp(prefix="planbook-kernel-")
            settings |= {"transport": "ipc", "ip": str(Path(folder) / "k")}
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        super().__init__(**settings)
