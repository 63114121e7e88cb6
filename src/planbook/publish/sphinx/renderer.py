"""The process that renders: it loads Jupyter Book once and forks for each edition.

Sphinx keeps the language of its words, and docutils its directives, in global
state; so each edition has a process of its own, a copy of one that has loaded
everything. Where processes cannot fork, each loads it again.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from planbook.errors import BuildError
from planbook.execute.hidden_packages import GRAMMARS, absent
from planbook.publish.checks.page import Known

_PROGRAM = "from planbook.publish.sphinx.renderer import serve; serve()"
_END = "end"
_PAUSE = 0.05  # seconds between two looks at the processes
_LOOK = 0.5  # seconds between two looks whether the one who asks is alive
# What every rendering imports sooner or later.
_LOADED = (
    "jupyter_book.sphinx",
    "sphinx.builders.html",
    "sphinx.search",
    "sphinx.writers.html5",
    "sphinx.environment.adapters.toctree",
    "sphinx_copybutton",
    "myst_nb.sphinx_ext",
    "myst_nb.ext.execution_tables",
    "myst_parser.parsers.sphinx_",
    "sphinx_external_toc",
    "sphinx_design",
    "sphinx_book_theme",
    "pydata_sphinx_theme",
    "bs4",
    "latex2mathml.converter",
    "planbook.publish.sphinx.extension",
)
# Rendering must not depend on who renders where and when.
_ENVIRONMENT = {"LC_ALL": "C", "LANGUAGE": "en", "TZ": "UTC", "PYTHONHASHSEED": "0"}
_DROPPED = ("SOURCE_DATE_EPOCH", "DOCUTILSCONFIG", "SPHINXOPTS")


@dataclass(frozen=True)
class Job:
    """One edition to render."""

    name: str  # for telling jobs apart
    stage: str  # folder with ``_config.yml``, ``_toc.yml`` and the pages
    # folder of the pages; Sphinx's own files go beside it. Pages and files of an earlier rendering
    # of the same pages may stand there
    out: str
    log: str  # file that takes all messages
    strict: bool = True  # whether a warning is an error
    # pages, without suffix, whose sources differ from the earlier rendering's
    changed: tuple[str, ...] = ()
    # hash of the program, and files: of what is known of pages by their bytes, and for what the new
    # pages add to it. Nothing is looked at if there is no `learned`
    stamp: str = ""
    known: str = ""
    learned: str = ""


class Renderer:
    """A process that renders editions side by side."""

    def __init__(self, kept_open: tuple[int, ...] = ()) -> None:
        self._kept_open = kept_open
        self._names: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    def prepare(self) -> subprocess.Popen[str]:
        """Let the process load what it needs while its work is not there yet; give it."""
        if self._process is not None:
            return self._process
        environment = {**os.environ, **_ENVIRONMENT}
        for name in _DROPPED:
            environment.pop(name, None)
        self._process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=environment,
            pass_fds=self._kept_open if os.name == "posix" else (),
        )
        return self._process

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process and whatever it has started."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()  # and it ends what it has started
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with contextlib.suppress(OSError, ValueError):
                if stream is not None:
                    stream.close()

    def start(self, job: Job) -> None:
        """Begin to render; `results` waits for the end."""
        self._names.append(job.name)
        self._tell(self.prepare(), asdict(job))

    def results(self) -> dict[str, bool]:
        """Wait for all that was started.

        Raises `BuildError` if the process itself died.
        """
        if not self._names:
            return {}
        process = self.prepare()
        self._tell(process, _END)
        told, errors = process.communicate()
        try:
            found = json.loads(told)
        except ValueError:
            raise BuildError(
                "the pages could not be rendered: the process that renders ended early"
                + "".join(f"\n{line}" for line in errors.splitlines()[-10:])
            ) from None
        return {name: bool(found.get(name)) for name in self._names}

    def _tell(self, process: subprocess.Popen[str], what: object) -> None:
        if process.stdin is None:
            return
        with contextlib.suppress(OSError):  # a process that died is noticed by `results`
            process.stdin.write(json.dumps(what) + "\n")
            process.stdin.flush()


def serve() -> None:
    """Render what the lines on standard input ask for; end when whoever asks is gone."""
    asker = os.getppid()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if hasattr(signal, "setitimer"):  # no thread: this process forks
        signal.signal(signal.SIGALRM, lambda *_: None if _is_parent(asker) else sys.exit(1))
        signal.setitimer(signal.ITIMER_REAL, _LOOK, _LOOK)
    context: Any = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    running = {}
    try:
        with absent(GRAMMARS):
            for name in _LOADED:
                importlib.import_module(name)
        for line in sys.stdin:
            asked = json.loads(line)
            if asked == _END:
                break
            process = context.Process(target=_work, args=(asked, os.getpid()))
            process.start()
            running[asked["name"]] = process
        else:
            return
        while any(process.is_alive() for process in running.values()):
            if not _is_parent(asker):
                return
            time.sleep(_PAUSE)
        told = {name: process.exitcode == 0 for name, process in running.items()}
        print(json.dumps(told), flush=True)
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        for process in running.values():
            process.kill()
            process.join()


def _work(asked: dict[str, Any], server: int) -> None:
    """Render in this process, which ends with the one that started it."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the timer stays with the parent
    threading.Thread(target=_die_with, args=(server,), daemon=True).start()
    job = Job(**asked)
    with (
        Path(job.log).open("w", encoding="utf-8") as log,
        Path(os.devnull).open(encoding="utf-8") as nothing,
    ):
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        sys.stdout = sys.stderr = log

        succeeded = render(job)
        if succeeded and job.learned:
            known = Known(Path(job.known), job.stamp)
            known.learn(Path(job.out))
            known.save(Path(job.learned))
        log.flush()
    os._exit(0 if succeeded else 1)


def _is_parent(process: int) -> bool:
    return os.getppid() == process and psutil.pid_exists(process)


def _die_with(server: int) -> None:
    while _is_parent(server):
        time.sleep(0.2)
    os._exit(1)


def render(job: Job) -> bool:
    """Render one edition in this process, as ``jupyter-book build`` does."""
    with absent(GRAMMARS):
        from jupyter_book.sphinx import build_sphinx

    stage = Path(job.stage)
    # Sphinx adds the hash of a style sheet to its address if the file is there
    # already; it must not depend on what an earlier rendering has left.
    shutil.rmtree(Path(job.out) / "_static", ignore_errors=True)
    result = build_sphinx(
        stage,
        Path(job.out),
        use_external_toc=True,
        noconfig=True,
        path_config=stage / "_config.yml",
        confoverrides={
            "external_toc_path": (stage / "_toc.yml").as_posix(),
            "latex_individualpages": False,
            "planbook_changed": list(job.changed),
        },
        builder="html",
        warningiserror=job.strict,
        keep_going=job.strict,
        quiet=True,
    )
    return result == 0
