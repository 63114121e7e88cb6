"""Kernels that only processes of the same user on this machine can reach."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import weakref
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import DottedObjectName, Type

from planbook.execute.kernels.provisioner import WarmProvisioner

RECONNECT_MS = 5  # a kernel binds its sockets just after a client first looks for them


class PromptClient(AsyncKernelClient):
    """A client that goes on as soon as the kernel is there.

    The usual one looks for the kernel's sockets ten times a second, and waits a
    fifth of a second for stragglers once the kernel has answered; what belongs to
    no cell is passed over anyway.
    """

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.RECONNECT_IVL, RECONNECT_MS)
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its output arrives.

        Raises `RuntimeError` if it dies or takes longer than `timeout` seconds.
        """
        deadline = time.monotonic() + (timeout or float("inf"))
        while True:
            self.kernel_info()
            try:
                reply = await self.shell_channel.get_msg(timeout=1)
                if reply["msg_type"] == "kernel_info_reply":
                    await self.iopub_channel.get_msg(timeout=0.2)
                    self._handle_kernel_info_reply(reply)
                    return
            except Empty:
                pass
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")


class LocalKernelManager(AsyncKernelManager):
    """Talks to its kernel over sockets in the file system where the system has them.

    A TCP port, even on the loopback address, can be read by every user of the
    machine. Windows has no such sockets; there the ordinary transport is used.

    The kernel has a profile of IPython of its own, so that what a user's profile runs
    or sets changes no page; the kernel ``python3`` is that of this Python, whatever else
    a user has registered under its name.
    """

    client_class = DottedObjectName(f"{__name__}.PromptClient")
    client_factory = Type(PromptClient, klass=AsyncKernelClient)

    def __init__(self, **settings: Any) -> None:
        folder = tempfile.mkdtemp(prefix="planbook-kernel-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        if os.name == "posix":
            settings |= {"transport": "ipc", "ip": str(Path(folder) / "k")}
            settings |= {"connection_file": str(Path(folder) / "kernel.json")}
        if settings.get("kernel_name") == NATIVE_KERNEL_NAME:
            settings |= {"kernel_spec_manager": KernelSpecManager(kernel_dirs=[])}
        super().__init__(**settings)
        self._profiles = str(Path(folder) / "ipython")

    async def _async_pre_start_kernel(self, **settings: Any) -> Any:
        env = {**(settings.pop("env", None) or os.environ), "IPYTHONDIR": self._profiles}
        env.pop("PYTHONSTARTUP", None)  # a kernel runs it, too
        return await super()._async_pre_start_kernel(env=env, **settings)

    pre_start_kernel = _async_pre_start_kernel

    async def _async_interrupt_kernel(self) -> None:
        """Interrupt the kernel, unless it is about to be killed: it would call that an error."""
        if not self.shutting_down:
            await super()._async_interrupt_kernel()

    interrupt_kernel = _async_interrupt_kernel


class WarmKernelManager(LocalKernelManager):
    """Gets its kernel from a parent that has imported the scientific stack."""

    def __init__(
        self,
        *,
        address: str | None = None,
        strict: bool = False,
        project: tuple[str, str] = ("", ""),
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self._address, self._strict, self._project = address, strict, project

    async def _async_pre_start_kernel(self, **settings: Any) -> Any:
        if self.provisioner is None:
            made = WarmProvisioner(
                kernel_id=self.kernel_id or "", kernel_spec=self.kernel_spec, parent=self
            )
            made.address, made.strict = self._address, self._strict
            made.project = self._project
            self.provisioner = made
        return await super()._async_pre_start_kernel(**settings)

    pre_start_kernel = _async_pre_start_kernel
