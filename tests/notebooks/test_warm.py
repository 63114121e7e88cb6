"""Kernels forked from one parent: isolated, equal to ordinary ones, ended with their build."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from notebook_writer import SETTINGS, texts, write

from planbook.errors import BuildError
from planbook.execute.request import Parent, Request
from planbook.execute.runner import run
from planbook.execute.order import Task
from planbook.execute.kernels import warm
from planbook.execute.kernels.managers import WarmKernelManager
from planbook.execute.kernels.provisioner import WarmProvisioner
from planbook.execute.kernels.warm import can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")

SPOIL = """
import os, random, sys, types, warnings
import matplotlib as mpl, numpy as np, pandas as pd
from planbook.report.drawing import style as charts
charts.leaked = charts.PANEL_PAD = 99
mpl.rcParams["lines.linewidth"] = 77
os.environ["LEAKED"] = "yes"
sys.modules["leaked_module"] = types.ModuleType("leaked_module")
sys.path.append("/leaked")
random.seed(1); np.random.seed(1)
pd.options.display.max_rows = 7
warnings.simplefilter("ignore")
import matplotlib.pyplot as plt; plt.figure()
os.chdir("/")
"""
LOOK = """
import asyncio, os, sys, threading, warnings
import matplotlib as mpl, numpy as np, pandas as pd, psutil, zmq
import matplotlib.pyplot as plt
from planbook.report.drawing import style as charts
print({
    "attribute": hasattr(charts, "leaked"), "constant": charts.PANEL_PAD,
    "style": mpl.rcParams["lines.linewidth"], "backend": mpl.get_backend(),
    "variable": os.environ.get("LEAKED"), "module": "leaked_module" in sys.modules,
    "path": [one for one in sys.path if "leaked" in one], "rows": pd.options.display.max_rows,
    "figures": plt.get_fignums(), "cwd": os.getcwd(),
    "ports": len(psutil.Process().net_connections(kind="inet")),
    "threads": sorted(one.name.rstrip("0123456789-") for one in threading.enumerate()),
    "main": __name__, "argv": len(sys.argv), "user": sys.modules["__main__"].__dict__ is globals(),
    "hash": hash("planbook"), "blas": os.environ["OPENBLAS_NUM_THREADS"],
})
print(np.random.random())
"""


@pytest.fixture(scope="module")
def parent(tmp_path_factory):
    """A running parent of warm kernels that has read no project."""
    from planbook.data.paths import Paths

    with Parent(Paths(tmp_path_factory.mktemp("none")), "", "warm") as one:
        yield one


def execute(project, parent, *cells, name="90_cell", **settings):
    """Execute one notebook and give what it showed."""
    notebook = write(project.notebooks / f"{name}.ipynb", *cells)
    task = Task(notebook, project.book / f"{name}.ipynb", SETTINGS)
    run([task], project, Request(force=True, parent=parent, **settings))
    return texts(task.output)


def finish(coroutine):
    """Run a coroutine on a thread of its own: that of a test may have a loop of the browser's."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def test_nothing_leaks_from_one_chapter_into_the_next(project, parent):
    execute(project, parent, SPOIL, kernel="warm")
    first = execute(project, parent, LOOK, kernel="warm").strip().splitlines()
    second = execute(project, parent, LOOK, kernel="warm").strip().splitlines()
    cold = execute(project, None, LOOK, kernel="cold").strip().splitlines()
    seen = [ast.literal_eval(lines[-2]) for lines in (first, second, cold)]
    assert [one.pop("ports") for one in seen[:2]] == [0, 0]  # sockets in the file system alone
    seen[2].pop("ports")
    seen[2]["threads"].remove("Thread")  # looks whether its parent lives; a fork is told
    assert seen[0]["style"] != 77
    assert seen[0] == seen[1] == seen[2]
    assert len({first[-1], second[-1], cold[-1]}) == 3  # random numbers of their own


def test_an_unchanged_chapter_is_the_same_warm_or_cold_with_one_job_or_two(project):
    notebook = project.notebooks / "12_air.ipynb"
    tasks = [
        Task(notebook, project.book / f"{lang}.ipynb", {**SETTINGS, "lang": lang})
        for lang in ("en", "zh")
    ]
    found = []
    for jobs, kernel in ((2, "warm"), (1, "cold")):
        run(tasks, project, Request(force=True, jobs=jobs, kernel=kernel))
        found.append([task.output.read_bytes() for task in tasks])
    assert found[0] == found[1]
    assert b"pb-" in found[0][0]


@pytest.mark.parametrize("kernel", ["warm", "cold"])
@pytest.mark.parametrize(
    ("cell", "settings", "message"),
    [
        ("import os; os._exit(3)", {}, r"90_cell\.ipynb \(en\): the kernel died; it may have run out of memory"),
        ("import time; time.sleep(60)", {"timeout": 3}, r"90_cell\.ipynb \(en\): took longer than 3 s; raise --timeout or make it faster"),
        ("x = bytearray(900 << 20); import time; time.sleep(60)", {"memory_limit": 700}, r"90_cell\.ipynb \(en\): used \d+ MB of memory, the limit is 700 MB; raise --memory-limit"),
        ("open('data/departments.yml').read()", {}, r"90_cell\.ipynb \(en\): it reads data/departments\.yml by itself, so nobody would know when it is stale"),
        ("raise KeyboardInterrupt", {}, r"90_cell\.ipynb \(en\), cell 2: KeyboardInterrupt"),
    ],
)  # fmt: skip
def test_what_ends_a_kernel_is_told_in_the_same_words(
    project, parent, kernel, cell, settings, message
):
    with pytest.raises(BuildError, match=message):
        execute(project, parent if kernel == "warm" else None, cell, kernel=kernel, **settings)


def test_without_fork_ordinary_kernels_are_used(project, monkeypatch):
    monkeypatch.delattr(os, "fork")
    assert not can_fork()
    name = "import sys; print(' '.join(sys.orig_argv[1:3]))"
    assert "-m ipykernel_launcher" in execute(project, None, name)
    with pytest.raises(
        BuildError, match="--kernel warm: this system cannot fork; use auto or cold"
    ):
        execute(project, None, name, kernel="warm")


def test_a_parent_that_has_died_is_done_without(project):
    with Parent(project, "", "auto") as parent:
        parent.start()
        parent._server.process.kill()
        parent._server.process.wait()
        name = "import sys; print(' '.join(sys.orig_argv[1:3]))"
        assert "-m ipykernel_launcher" in execute(project, parent, name)


def test_kernels_die_with_their_parent():
    import psutil

    server = warm.ForkServer()
    wanted = {"argv": ["-f", "/nowhere/kernel.json"], "env": dict(os.environ), "cwd": "/"}
    kernel = warm.WarmProcess(server.address, wanted)
    process = psutil.Process(kernel.pid)
    assert kernel.poll() is None
    server.close()
    psutil.wait_procs([process], timeout=10)
    assert not process.is_running()
    assert kernel.wait() != 0


def test_a_kernel_that_is_killed_has_ended_when_that_is_told(parent):
    wanted = {"argv": ["-f", "/nowhere/kernel.json"], "env": dict(os.environ), "cwd": "/"}
    provisioner = WarmProvisioner()
    kernel = provisioner.process = warm.WarmProcess(parent.start(), wanted)
    assert kernel.wait(timeout=0.01) is None
    finish(provisioner.kill())
    assert kernel.returncode == -signal.SIGKILL


def test_a_kernel_about_to_be_killed_is_not_interrupted_first(parent):
    """It would print an error that means nothing."""

    async def signals(*, interrupt):
        manager = WarmKernelManager(kernel_name="python3", address=parent.start(), strict=True)
        await manager.start_kernel()
        provisioner, sent = manager.provisioner, []
        plain = provisioner.send_signal

        async def noted(number):
            sent.append(number)
            await plain(number)

        provisioner.send_signal = noted
        if interrupt:
            await manager.interrupt_kernel()
        await manager.shutdown_kernel(now=True)
        return sent

    assert finish(signals(interrupt=False)) == [signal.SIGKILL]
    assert finish(signals(interrupt=True)) == [signal.SIGINT, signal.SIGKILL]


def test_papermill_finds_the_engine_by_its_name(repo, tmp_path):
    about = tmp_path / "installed" / "planbook_engine-1.dist-info"
    about.mkdir(parents=True)
    lines = (repo.root / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index('[project.entry-points."papermill.engine"]')
    entry = lines[start + 1].replace('"', "")
    (about / "entry_points.txt").write_text(f"[papermill.engine]\n{entry}\n", encoding="utf-8")
    notebook = write(tmp_path / "90_plain.ipynb", "import sys; print(sys.orig_argv[2], horizon)")
    out = tmp_path / "out.ipynb"
    path = os.pathsep.join([str(tmp_path / "installed"), str(repo.root / "src")])
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--engine", "planbook", str(notebook), str(out), "-p", "horizon", "2035"],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, encoding="utf-8", timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "planbook.execute.kernels.forkserver 2035" in texts(out)
    assert json.loads(out.read_text(encoding="utf-8"))["metadata"]["papermill"]["exception"] is None


def test_a_parent_whose_build_is_gone_ends_before_it_has_imported_everything(tmp_path):
    folder = tmp_path / "warm"
    folder.mkdir()
    server = subprocess.Popen(
        [sys.executable, "-m", "planbook.execute.kernels.forkserver", str(folder / "s"), "", ""],
        stdin=subprocess.PIPE,
    )
    server.stdin.close()  # as when the build is killed
    assert server.wait(timeout=120) == 1  # 0: it was noticed only when all was ready
    assert not folder.exists()
