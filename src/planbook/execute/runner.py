"""Execute parameterised notebooks, in parallel, to temporary files."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import psutil

from planbook.errors import BuildError, ParameterError
from planbook.execute import fingerprint
from planbook.files import write_atomically
from planbook.paths import ROOT_VARIABLE, Paths

KEY = "planbook"  # metadata entry that holds the fingerprint
TIMEOUT = 600  # seconds a cell may take


@dataclass(frozen=True)
class Task:
    """One notebook for one edition.

    Attributes
    ----------
    notebook : pathlib.Path
        The source, without outputs.
    output : pathlib.Path
        Where the executed notebook goes.
    parameters : mapping of str to object
        Checked against those that the notebook declares.
    """

    notebook: Path
    output: Path
    parameters: Mapping[str, object]

    @property
    def label(self) -> str:
        """Name for progress: chapter and language."""
        return f"{self.notebook.stem} · {self.parameters.get('lang', '')}".rstrip(" ·")


@dataclass(frozen=True)
class Outcome:
    """What became of a task.

    Attributes
    ----------
    task : Task
    seconds : float
    reason : str
        Why it was executed, or that it was reused.
    executed : bool
    """

    task: Task
    seconds: float
    reason: str
    executed: bool


def check_parameters(task: Task) -> None:
    """Compare a task's parameters with those its notebook declares.

    Raises
    ------
    ParameterError
        If the notebook has no ``parameters`` cell, or one given is unknown to it.
    """
    import papermill

    declared = papermill.inspect_notebook(str(task.notebook))
    if not declared:
        raise ParameterError(
            f"{task.notebook.name}: no cell is tagged 'parameters'; tag the cell that declares them"
        )
    unknown = sorted(set(task.parameters) - set(declared))
    if unknown:
        raise ParameterError(
            f"{task.notebook.name}: unknown parameter {', '.join(unknown)}; "
            f"it declares {', '.join(declared)}"
        )


def why(task: Task, key: str, *, force: bool) -> str | None:
    """Say why a task must run; None if its output is still good."""
    if force:
        return "forced"
    if not task.output.exists():
        return "not yet executed"
    try:
        stored = json.loads(task.output.read_text(encoding="utf-8"))["metadata"].get(KEY, {})
    except (ValueError, KeyError):
        return "the stored output is damaged"
    return None if stored.get("fingerprint") == key else "something it depends on has changed"


def _die_with(parent: int) -> None:
    """End this worker, and so its kernel, when the build that started it is gone."""

    def watch() -> None:
        while psutil.pid_exists(parent) and os.getppid() in (parent, 0):
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _execute(task: Task, key: str, root: str) -> float:
    """Run one notebook in this worker process; move it into place on success."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from planbook.execute.kernels import LocalKernelManager

    os.environ[ROOT_VARIABLE] = root
    started = time.perf_counter()
    folder = Path(tempfile.mkdtemp(prefix="planbook-"))
    try:
        draft = folder / task.notebook.name
        try:
            papermill.execute_notebook(
                str(task.notebook),
                str(draft),
                parameters=dict(task.parameters),
                kernel_name="python3",
                progress_bar=False,
                cwd=root,
                execution_timeout=TIMEOUT,
                kernel_manager_class=LocalKernelManager,
            )
        except PapermillExecutionError as error:
            raise BuildError(
                f"{task.notebook.name} ({task.parameters.get('lang')}), cell {error.cell_index}: "
                f"{error.ename}: {error.evalue}"
            ) from None
        book = json.loads(draft.read_text(encoding="utf-8"))
        clean(book)
        book["metadata"][KEY] = {"fingerprint": key}
        task.output.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True)
        write_atomically(task.output, text.encode("utf-8"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return time.perf_counter() - started


def clean(book: dict) -> None:
    """Remove from an executed notebook what differs from run to run.

    Parameters
    ----------
    book : dict
        Notebook as JSON; changed in place.
    """
    book["metadata"].pop("papermill", None)
    for cell in book["cells"]:
        for name in ("papermill", "execution"):
            cell["metadata"].pop(name, None)
        if "injected-parameters" in cell["metadata"].get("tags", []):
            cell["id"] = "injected-parameters"


def run(
    tasks: Sequence[Task],
    paths: Paths,
    *,
    jobs: int = 1,
    force: Sequence[str] | bool = False,
    progress: Callable[[str, Outcome | Task], None] | None = None,
) -> list[Outcome]:
    """Execute what is not fresh, `jobs` at a time.

    Parameters
    ----------
    tasks : sequence of Task
    paths : Paths
    jobs : int, optional
        Worker processes.
    force : bool or sequence of str, optional
        True executes all; names of notebooks execute these.
    progress : callable, optional
        Called with ``("start", task)`` and ``("done", outcome)``.

    Returns
    -------
    list of Outcome
        In the order of `tasks`.

    Raises
    ------
    ParameterError
        Before anything runs, if a parameter is unknown.
    BuildError
        With every notebook that failed; outputs of the others are kept.
    """
    for task in tasks:
        check_parameters(task)
    common = fingerprint.shared(paths)
    keys = [fingerprint.of_notebook(task.notebook, task.parameters, common) for task in tasks]
    report = progress or (lambda _event, _item: None)
    outcomes: dict[int, Outcome] = {}
    waiting: list[tuple[int, str]] = []
    for number, task in enumerate(tasks):
        forced = force if isinstance(force, bool) else task.notebook.stem in force
        reason = why(task, keys[number], force=forced)
        if reason is None:
            outcomes[number] = Outcome(task, 0.0, "nothing it depends on has changed", False)
            report("done", outcomes[number])
        else:
            waiting.append((number, reason))
    failures: list[str] = []
    if waiting:
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(
            max_workers=max(1, jobs),
            mp_context=context,
            initializer=_die_with,
            initargs=(os.getpid(),),
        )
        try:
            running = {}
            for number, reason in waiting:
                report("start", tasks[number])
                future = pool.submit(_execute, tasks[number], keys[number], str(paths.root))
                running[future] = (number, reason)
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    number, reason = running.pop(future)
                    try:
                        seconds = future.result()
                    except BuildError as error:
                        failures.append(str(error))
                        continue
                    except Exception as error:  # a dead kernel or worker, a full disk
                        failures.append(f"{tasks[number].label}: {type(error).__name__}: {error}")
                        continue
                    outcomes[number] = Outcome(tasks[number], seconds, reason, True)
                    report("done", outcomes[number])
        finally:
            with contextlib.suppress(Exception):
                pool.shutdown(wait=True, cancel_futures=True)
    if failures:
        raise BuildError("\n".join(sorted(failures)))
    return [outcomes[number] for number in range(len(tasks))]
