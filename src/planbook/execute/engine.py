"""The Papermill engine ``planbook``: warm kernels, and a note of what each chapter reads.

``papermill --engine planbook`` works by itself: the first notebook of a process
starts the parent of warm kernels, all later ones use it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.log import logger

from planbook.data.paths import ROOT_VARIABLE, above
from planbook.errors import BuildError
from planbook.execute.order import Order

WATCH_INTERVAL = 0.2  # seconds between looks at a kernel's memory
MEGABYTE = 1024**2


class Watch:
    """Watches a kernel's memory and time, and ends it beyond a limit."""

    def __init__(self, pid: int, timeout: float, memory_limit: float) -> None:
        self.peak_mb, self.verdict = 0.0, ""
        self._process = psutil.Process(pid)
        self._timeout, self._limit = timeout, memory_limit
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        passed = 0.0
        while True:
            try:
                tree = [self._process, *self._process.children(recursive=True)]
                held = sum(one.memory_info().rss for one in tree) / MEGABYTE
            except psutil.Error:
                return
            self.peak_mb = max(self.peak_mb, held)
            if self._limit and held > self._limit:
                self._end(
                    f"used {held:.0f} MB of memory, the limit is {self._limit:.0f} MB; "
                    "raise --memory-limit or let the chapter hold less"
                )
            elif self._timeout and passed > self._timeout:
                self._end(
                    f"took longer than {self._timeout:g} s; raise --timeout or make it faster"
                )
            if self._stop.wait(WATCH_INTERVAL):
                return
            passed += WATCH_INTERVAL

    def _end(self, verdict: str) -> None:
        self.verdict = self.verdict or verdict
        for one in [*self._process.children(recursive=True), self._process]:
            try:
                one.kill()
            except psutil.Error:
                continue

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join()


class Client(PapermillNotebookClient):
    """Papermill's client, with silent requests before and after the cells."""

    before: str = ""
    after: str = ""
    started: Callable[[int, bool], None] | None = None

    def papermill_execute_cells(self) -> None:
        """Run the cells between what comes before and after them."""
        provisioner = self.km.provisioner
        if self.started:
            self.started(provisioner.pid, getattr(provisioner, "is_warm", False))
        self.silently(self.before)
        super().papermill_execute_cells()
        self.silently(self.after)

    def silently(self, code: str) -> None:
        """Run code that leaves no trace in the notebook.

        Raises `BuildError` if it raises.
        """
        if not code:
            return
        asked = self.kc.execute(code, silent=True, store_history=False)
        reply = self.wait_for_reply(asked)["content"]
        if reply["status"] == "error":
            raise BuildError(f"{reply['ename']}: {reply['evalue']}")


class PlanbookEngine(NBClientEngine):
    """Executes notebooks in kernels forked from a parent that has imported the stack."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        *,
        order: Order | None = None,
        reads: str = "",
        report: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Execute the notebook of `nb_man`.

        Raises `BuildError` if the kernel dies, or goes beyond a limit.
        """
        from planbook.execute.kernels.managers import LocalKernelManager, WarmKernelManager
        from planbook.execute.kernels.warm import MODES, kernel_environment

        asked = order or Order("", "", timeout=0)  # of Papermill alone: with no limit
        if asked.kernel not in MODES:
            raise BuildError(f"kernel '{asked.kernel}': use one of {', '.join(MODES)}")
        manager: LocalKernelManager
        if asked.kernel == "cold":
            manager = LocalKernelManager(kernel_name=kernel_name)
        else:
            manager = WarmKernelManager(
                kernel_name=kernel_name,
                address=asked.address or None,
                strict=asked.kernel == "warm",
                project=(asked.root, str(asked.parameters.get("city") or "")),
            )
        report = {} if report is None else report
        watches: list[Watch] = []

        def started(pid: int, warm: bool) -> None:
            report["kernel"] = "warm" if warm else "cold"
            watches.append(Watch(pid, asked.timeout, asked.memory_limit))

        known = {key: value for key, value in kwargs.items() if key in Client.class_trait_names()}
        client = Client(
            nb_man,
            km=manager,
            timeout=execution_timeout or known.pop("timeout", None),
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log=logger,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
            shutdown_kernel="immediate",
            shell_timeout_interval=1,
            **{key: value for key, value in known.items() if key != "timeout"},
        )
        client.started = started
        if reads:
            module = "__import__('planbook.execute.cache.recording', fromlist=['install'])"
            client.before = f"{module}.install({json.dumps(asked.root)})"
            client.after = f"{module}.collect({json.dumps(reads)})"
        environment = {**kernel_environment(), **asked.environment}
        settings: dict[str, Any] = {"env": {**_project_of(nb_man), **environment}}
        if asked.root:
            settings = {"env": {**environment, ROOT_VARIABLE: asked.root}, "cwd": asked.root}
        try:
            client.execute(cleanup_kc=True, **settings)
        except (DeadKernelError, RuntimeError, CellTimeoutError) as error:
            for watch in watches:
                watch.close()
            why = next((one.verdict for one in watches if one.verdict), "")
            if why or isinstance(error, DeadKernelError):
                raise BuildError(why or "the kernel died; it may have run out of memory") from None
            raise
        finally:
            for watch in watches:
                watch.close()
                report["memory_mb"] = round(watch.peak_mb)


def _project_of(nb_man: Any) -> dict[str, str]:
    """Tell the kernel which project the notebook lies in, wherever Papermill was started.

    Only Papermill knows the notebook's place. Where it lies in no project, the kernel's
    working directory decides.
    """
    about = nb_man.nb.metadata.get("papermill", {})
    path = Path(str(about.get("input_path") or ""))
    own = above(path.resolve().parent) if path.is_file() else None
    return {} if own is None else {ROOT_VARIABLE: str(own.root)}
