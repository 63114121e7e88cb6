"""A kernel provisioner of Jupyter that forks kernels instead of starting them."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from planbook.execute.kernels.warm import WarmProcess, can_fork, shared_address

END_TIMEOUT = 5.0  # seconds that a killed kernel may take to end


class WarmProvisioner(LocalProvisioner):
    """Forks kernels from a parent that has imported the stack; starts others as ever.

    Registered as ``planbook-warm`` for kernel specifications that name it.
    A kernel of another interpreter, a system without fork and a parent that does
    not answer get an ordinary kernel.
    """

    address: str | None = None  # None: that of this process
    strict = False  # whether to fail rather than to start an ordinary kernel
    project: tuple[str, str] = ("", "")  # folder and city whose data it shall find read

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel instead of running `cmd`, if they would be the same."""
        same = cmd[1:3] == ["-m", "ipykernel_launcher"] and _same_python(cmd[0])
        if can_fork() and (same or self.strict):
            wanted = {
                "argv": cmd[3:],
                "env": dict(kwargs.get("env") or os.environ),
                "cwd": str(kwargs.get("cwd") or Path.cwd()),
                "project": self.project,
            }
            try:
                address = self.address
                if address is None:
                    address = await asyncio.to_thread(shared_address)
                process = await asyncio.to_thread(WarmProcess, address, wanted)
            except OSError:
                if self.strict:
                    raise
            else:
                self.process = process  # type: ignore[assignment]  # has what is used of a Popen
                self.pid, self.pgid, self.cwd = process.pid, None, str(wanted["cwd"])
                return self.connection_info
        elif self.strict:
            raise OSError("warm kernels need fork, which this system lacks; use '--kernel cold'")
        return await super().launch_kernel(cmd, **kwargs)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel, and know it at once: its manager looks ten times a second only."""
        await super().kill(restart=restart)
        if isinstance(self.process, WarmProcess):
            await asyncio.to_thread(self.process.wait, END_TIMEOUT)

    async def wait(self) -> int | None:
        """Wait for the end of the kernel."""
        if isinstance(self.process, WarmProcess):
            code = await asyncio.to_thread(self.process.wait)
            self.process = None
            return code
        return await super().wait()

    @property
    def is_warm(self) -> bool:
        """Whether the kernel was forked."""
        return isinstance(self.process, WarmProcess)


def _same_python(program: str) -> bool:
    found = shutil.which(program)
    return found is not None and Path(found).absolute() == Path(sys.executable).absolute()
