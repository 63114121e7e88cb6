"""One notebook to execute: self-contained, so that any process of any machine can do it."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planbook.errors import BuildError
from planbook.execute.hidden_packages import GRAMMARS, absent

TIMEOUT = 600.0  # seconds a chapter may take


@dataclass(frozen=True)
class Task:
    """One notebook for one edition."""

    notebook: Path  # the source, without outputs
    output: Path  # where the executed notebook goes
    parameters: Mapping[str, object]  # checked against those that the notebook declares
    book: str = ""  # city that progress and errors name, where a run builds the books of several

    @property
    def label(self) -> str:
        """Name for progress: chapter and language, after the city where there are several."""
        parts = (self.book, self.notebook.stem, self.parameters.get("lang"))
        return " · ".join(str(one) for one in parts if one)

    @property
    def city(self) -> str:
        """City whose figures it shows; empty if it has no such parameter."""
        return str(self.parameters.get("city") or "")

    @property
    def place(self) -> str:
        """Name of its last results: chapter, city and language."""
        parts = (self.notebook.stem, self.parameters.get("city"), self.parameters.get("lang"))
        return ".".join(str(one) for one in parts if one)


@dataclass(frozen=True)
class Order:
    """All that a worker must know to execute a notebook; it can be pickled."""

    name: str  # file name of the notebook
    source: str  # the notebook as JSON
    parameters: dict[str, Any] = field(default_factory=dict)
    root: str = ""  # folder of the project, where the worker is
    kernel: str = "auto"
    address: str = ""  # socket of the parent of warm kernels; empty where there is none
    timeout: float = TIMEOUT  # seconds that the notebook may take
    memory_limit: float = 0.0  # megabytes that its kernel may hold; 0 sets no limit
    # variables of the machine that asks, which its kernel shall have
    environment: dict[str, str] = field(default_factory=dict)


def execute_task(order: Order) -> dict[str, Any]:
    """Execute one notebook and give the result, whoever calls: a thread, a process, a cluster.

    Raises `BuildError` if a cell raises, the kernel dies or goes beyond a limit, or the notebook
    reads data behind the loader's back.
    """
    with absent(GRAMMARS):
        import papermill
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError

    from planbook.execute.engine import PlanbookEngine

    papermill_engines.register("planbook", PlanbookEngine)
    where = f"{order.name} ({order.parameters.get('lang')})"
    started = time.perf_counter()
    folder = Path(tempfile.mkdtemp(prefix="planbook-"))
    report: dict[str, Any] = {}
    try:
        source, draft, reads = folder / order.name, folder / "out.ipynb", folder / "reads.json"
        source.write_text(order.source, encoding="utf-8")
        try:
            papermill.execute_notebook(
                str(source),
                str(draft),
                parameters=dict(order.parameters),
                engine_name="planbook",
                kernel_name="python3",
                progress_bar=False,
                request_save_on_cell_execute=False,
                autosave_cell_every=0,
                order=order,
                reads=str(reads),
                report=report,
            )
        except PapermillExecutionError as error:
            raise BuildError(
                f"{where}, cell {error.cell_index}: {error.ename}: {error.evalue}"
            ) from None
        except BuildError as error:
            raise BuildError(f"{where}: {error}") from None
        book = json.loads(draft.read_text(encoding="utf-8"))
        noted = json.loads(reads.read_text(encoding="utf-8"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if noted["trespasses"]:
        files = ", ".join(f"data/{name}" for name in noted["trespasses"])
        raise BuildError(
            f"{where}: it reads {files} by itself, so nobody would know when it is stale; "
            "ask the chapter for the figures"
        )
    clean(book)
    return {
        "notebook": book,
        "reads": noted["reads"],
        "seconds": round(time.perf_counter() - started, 2),
        "memory_mb": report.get("memory_mb", 0),
        "kernel": report.get("kernel", ""),
    }


def clean(book: dict) -> None:
    """Remove from an executed notebook what differs from run to run."""
    book["metadata"].pop("papermill", None)
    for cell in book["cells"]:
        for name in ("papermill", "execution"):
            cell["metadata"].pop(name, None)
        if "injected-parameters" in cell["metadata"].get("tags", []):
            cell["id"] = "injected-parameters"
