"""One notebook to execute: self-contained, so that any process of any machine can do it."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from planbook.errors import BuildError
from planbook.execute.hidden_packages import GRAMMARS, absent
from planbook.execute.order import Order


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
