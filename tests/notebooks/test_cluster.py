"""Chapters on a Dask cluster: the same bytes, whatever becomes of its workers."""

from __future__ import annotations

import os
import signal

import dask
import distributed
import pytest
from notebook_writer import SETTINGS, noted, texts, write

from planbook.cli.main import main
from planbook.errors import BuildError, PlanbookError
from planbook.execute.request import Request
from planbook.execute.runner import Started, run, run_all
from planbook.execute.order import Task
from planbook.execute.cluster import pool as cluster
from planbook.execute.cluster.pool import ClusterPool

CHAPTER = (
    'from planbook import chapter\nc = chapter.load("12_air", city=city, lang=lang, as_of=as_of)'
)
KILLER = (
    "import os, psutil, signal\n"
    "worker = next(one for one in psutil.Process().parents() if 'Nanny' in ' '.join(one.cmdline()) or 'spawn_main' in ' '.join(one.cmdline()))\n"
    "os.kill(worker.pid, signal.SIGKILL)"
)


@pytest.fixture(scope="module")
def workers():
    """A scheduler in this process with two workers in processes of their own."""
    # A dead worker is started again however long that takes on a busy machine.
    patient = {"distributed.deploy.lost-worker-timeout": "10 minutes"}
    with (
        dask.config.set(patient),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as found,
    ):
        yield found


@pytest.fixture
def pool(workers, tmp_path):
    """Their pool, with a shared folder."""
    with ClusterPool(workers.scheduler_address, str(tmp_path / "shared"), timeout=60) as one:
        yield one


def chapters(project, *names, pause=0.0):
    """Write a notebook for each name that shows a figure of the city."""
    found = []
    for name in names:
        cells = (CHAPTER, f'import time\ntime.sleep({pause})\nc.headline("pm25_january")')
        path = write(project.notebooks / f"{name}.ipynb", *cells)
        found.append(Task(path, project.book / f"{name}.ipynb", SETTINGS))
    return found


def test_a_cluster_gives_the_bytes_and_keys_of_this_machine_also_when_a_worker_dies(
    workers, pool, project
):
    work = chapters(project, "90_a", "91_b", pause=1.5)
    events, progress = noted()
    killed: list[int] = []

    def note(event, item):
        progress(event, item)
        begun = [one for one, _ in events].count("start")
        if begun == len(work) and not killed:  # so whoever is busy has begun what it has
            busy = next(one for one in workers.scheduler.workers.values() if one.processing)
            killed.append(workers.workers[busy.name].pid)
            os.kill(killed[0], signal.SIGKILL)

    found = run(work, project, Request(progress=note, executor=pool))
    assert [one.reason for one in found] == ["not yet executed"] * 2
    assert all(one.executed and one.seconds > 0 and one.memory_mb > 0 for one in found)
    begun = [item.task for event, item in events if event == "start" and isinstance(item, Started)]
    assert set(map(id, begun)) == set(map(id, work))
    assert len(begun) > len(work)  # what the dead worker had begun was begun again
    assert len(killed) == 1

    made = [task.output.read_bytes() for task in work]
    assert "60.0" in texts(work[0].output)
    again = run(work, project)  # on this machine, with the same keys
    assert [one.executed for one in again] == [False] * 2
    run(work, project, Request(chapters=["90_a"], kernel="cold"))
    assert [task.output.read_bytes() for task in work] == made


def test_what_fails_or_goes_beyond_a_limit_is_told_by_chapter(pool, project):
    wrong = write(project.notebooks / "90_wrong.ipynb", "1 / 0")
    large = write(
        project.notebooks / "91_large.ipynb", "x = b'x' * 900_000_000\nimport time; time.sleep(60)"
    )
    work = [Task(path, project.book / path.name, SETTINGS) for path in (wrong, large)]
    found = run_all(work, project, Request(executor=pool, memory_limit=600))
    assert found[0].failure == "90_wrong.ipynb (en), cell 2: ZeroDivisionError: division by zero"
    assert found[1].failure.startswith("91_large.ipynb (en): used ")
    assert "the limit is 600 MB" in found[1].failure


def test_orders_do_not_wait_for_ever_where_no_worker_is_left(pool, project, monkeypatch):
    monkeypatch.setattr(cluster, "DESERTED", 0)
    monkeypatch.setattr(cluster, "LOOK_INTERVAL", 0)
    monkeypatch.setattr(pool._client, "nthreads", dict)
    path = write(project.notebooks / "90_slow.ipynb", "import time\ntime.sleep(2)")
    work = [Task(path, project.book / "90_slow.ipynb", SETTINGS)]
    with pytest.raises(BuildError) as caught:
        run(work, project, Request(executor=pool))
    assert str(caught.value) == "90_slow.ipynb (en): no worker has been left for 0 s"


def test_an_order_that_kills_its_workers_is_given_up_by_name(workers, project, tmp_path):
    path = write(project.notebooks / "90_killer.ipynb", KILLER)
    work = [Task(path, project.book / "90_killer.ipynb", SETTINGS)]
    with (
        ClusterPool(
            workers.scheduler_address, str(tmp_path / "shared"), timeout=60, deaths=1
        ) as pool,
        pytest.raises(BuildError) as caught,
    ):
        run(work, project, Request(executor=pool))
    assert str(caught.value) == (
        "90_killer.ipynb (en): 1 worker that ran it died, so it is not tried again; it may need "
        "more memory than they have: give them more, or set --memory-limit below it"
    )


def test_a_worker_of_another_version_is_refused(workers, tmp_path, monkeypatch):
    here, real = os.getpid(), cluster.identity

    def other():
        return {**real(), "version": "99.0"} if os.getpid() == here else real()

    monkeypatch.setattr(cluster, "identity", other)
    told = r"^worker tcp://127.0.0.1:\d+: it has planbook [\d.]+, this build has 99.0; install the same"
    with pytest.raises(PlanbookError, match=told):
        ClusterPool(workers.scheduler_address, str(tmp_path / "shared"), timeout=60)


def test_a_scheduler_that_is_not_there_is_told_and_nothing_changes(project, monkeypatch, capsys):
    monkeypatch.setenv("PLANBOOK_ROOT", str(project.root))
    monkeypatch.setattr(cluster, "CONNECT_TIMEOUT", 1.0)
    before = sorted(project.root.rglob("*"))
    address = "tcp://127.0.0.1:9"
    code = main(["build", "--city", "smallville", "--executor", "dask", "--scheduler", address])
    assert code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"--scheduler {address}: not reached within 1 s (")
    assert line.endswith("nothing was changed")
    assert sorted(project.root.rglob("*")) == before


@pytest.mark.parametrize(
    "given", [["--executor", "dask"], ["--scheduler", "tcp://h:1"], ["--objects", "x"]]
)
def test_options_of_a_cluster_go_together(project, monkeypatch, capsys, given):
    monkeypatch.setenv("PLANBOOK_ROOT", str(project.root))
    assert main(["build", *given]) == 1
    assert "give both --executor dask and --scheduler" in capsys.readouterr().err


def test_a_cluster_without_the_package_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(PlanbookError, match=r"distributed is not installed; pip install -e"):
        ClusterPool("tcp://127.0.0.1:9", "x")
