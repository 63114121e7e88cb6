"""Notebooks run by themselves, and by the engine: checked, reused, never half written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import BrokenExecutor, Executor

import pytest
from notebook_writer import LOAD, SETTINGS, noted, texts, write

from planbook import chapter
from planbook.errors import BuildError, ParameterError
from planbook.execute.request import Request
from planbook.execute.runner import run, run_all
from planbook.execute.order import Task

UNTOUCHED = "nothing it depends on has changed"


def test_plain_papermill_runs_a_notebook_by_itself(repo, tmp_path):
    out = tmp_path / "out.ipynb"
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "notebooks/10_agriculture.ipynb", str(out), "-p", "horizon", "2026"],
        cwd=repo.root, capture_output=True, encoding="utf-8", timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    cells = {cell["id"]: cell for cell in json.loads(out.read_text(encoding="utf-8"))["cells"]}
    shown = {
        name: "".join(output["data"]["text/html"])
        for name, cell in cells.items()
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    }
    assert {"question", "targets", "forecast-fertiliser", "sources", "downloads"} <= set(shown)
    assert "forecast to 2026" in shown["forecast-fertiliser"]
    assert "Forecast for 2026" in shown["forecast-fertiliser"]
    assert "2027" not in shown["forecast-fertiliser"].partition("</figcaption>")[0]
    kinds = {output["output_type"] for cell in cells.values() for output in cell.get("outputs", [])}
    assert kinds <= {"execute_result", "display_data"}


def test_parameters_are_checked_before_anything_runs(project):
    good = write(project.notebooks / "90_good.ipynb", "1 / 0")
    plain = write(project.notebooks / "91_plain.ipynb", tag="settings")
    events, progress = noted()
    for notebook, settings, message in (
        (good, {**SETTINGS, "horizont": 2035}, r"90_good\.ipynb: unknown parameter horizont; it declares city, lang, as_of, horizon, level"),
        (plain, SETTINGS, r"91_plain\.ipynb: no cell is tagged 'parameters'; tag the cell"),
    ):  # fmt: skip
        work = [
            Task(good, project.book / "first.ipynb", SETTINGS),
            Task(notebook, project.book / "second.ipynb", settings),
        ]
        with pytest.raises(ParameterError, match=message):
            run(work, project, Request(progress=progress))
    assert events == []
    assert list(project.book.glob("*.ipynb")) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lang": "fr"}, "lang 'fr': use one of en, zh"),
        ({"level": 20}, "level 20: give a per cent from 50 to 99"),
        ({"as_of": 1900}, "as_of 1900: give a year from 1990 to 2100, a date as YYYY-MM-DD, or 0"),
        ({"horizon": 1990}, "horizon 1990: give a year from 2024 to 2060"),
        ({"name": "agriculture"}, "chapter 'agriculture': give the notebook's name, such as 05_energy"),
    ],
)  # fmt: skip
def test_a_chapter_says_what_a_parameter_may_be(project, settings, message):
    given = {"name": "10_agriculture", **SETTINGS, **settings}
    with pytest.raises(ParameterError) as caught:
        chapter.load(given.pop("name"), **given, root=project)
    assert str(caught.value) == message


def test_wrong_values_stop_the_notebook_with_their_reason(project):
    notebook = write(project.notebooks / "90_load.ipynb", "from planbook import chapter", LOAD)
    wrong = {"lang": "fr", "horizon": 1990}
    work = [
        Task(notebook, project.book / f"{key}.ipynb", {**SETTINGS, key: value})
        for key, value in wrong.items()
    ]
    with pytest.raises(BuildError) as caught:
        run(work, project, Request(jobs=2))
    assert str(caught.value).splitlines() == [
        "90_load.ipynb (en), cell 3: ParameterError: horizon 1990: give a year from 2024 to 2060",
        "90_load.ipynb (fr), cell 3: ParameterError: lang 'fr': use one of en, zh",
    ]
    assert list(project.book.glob("*.ipynb")) == []


def test_a_notebook_runs_again_exactly_when_what_it_depends_on_has_changed(project):
    notebook = write(
        project.notebooks / "90_count.ipynb", "print('lang', lang, 'horizon', horizon)"
    )
    task = Task(notebook, project.book / "out" / "90_count.ipynb", SETTINGS)

    def again(work=task, **options):
        events, progress = noted()
        begun = []  # of what the caller does meanwhile: how far the notebook was then
        asked = Request(progress=progress, **options)
        (outcome,) = run(
            [work],
            project,
            asked,
            meanwhile=lambda: begun.append([event for event, _ in events]),
        )
        assert [event for event, _ in events] == ["start"] * outcome.executed + ["done"]
        assert begun == [["start"]] * outcome.executed
        return outcome

    first = again()
    assert (first.executed, first.reason) == (True, "not yet executed")
    assert first.seconds > 0
    assert "lang en horizon 2030" in texts(task.output)
    before = task.output.read_bytes()
    second = again()
    assert (second.executed, second.reason, second.seconds) == (False, UNTOUCHED, 0.0)

    forced = again(chapters=["90_count"])
    assert (forced.executed, forced.reason) == (True, "forced")
    assert task.output.read_bytes() == before  # nothing in it tells one run from another
    assert not again(chapters=["another"]).executed

    figures = project.data / "cities" / "smallville" / "observations" / "air.csv"
    raw = figures.read_bytes()
    figures.write_bytes(raw.replace(b",36,", b",35,"))
    changed = again()
    assert (changed.executed, changed.reason) == (False, UNTOUCHED)  # it reads no figure

    other = Task(notebook, task.output, {**SETTINGS, "horizon": 2035})
    assert again(other).reason == "parameter horizon: 2030 → 2035"
    assert "horizon 2035" in texts(task.output)
    assert not again().executed  # the results of before are still there
    assert "horizon 2030" in texts(task.output)

    task.output.write_text("{", encoding="utf-8")
    assert not again().executed
    assert task.output.read_bytes() == before
    for stored in (project.build / ".cache" / "objects").glob("*/*"):
        stored.write_bytes(b"{")
    assert again().reason == "the stored results are damaged"
    assert task.output.read_bytes() == before

    write(notebook, "print('lang', lang)", prose="Words.")
    assert again().reason == "the notebook's code changed"
    write(notebook, "print('lang', lang)", prose="Other words.")
    prose = again()
    assert (prose.executed, prose.reason) == (
        False,
        "only its prose has changed; its results are reused",
    )
    assert "Other words." in texts(task.output)
    assert "lang en" in texts(task.output)


def test_a_failing_notebook_keeps_the_old_output_and_those_that_worked(project):
    notebook = write(project.notebooks / "90_old.ipynb", "raise ValueError('no such figure')")
    fine = write(project.notebooks / "91_fine.ipynb", "print('fine')")
    failing = Task(notebook, project.book / "90_old.ipynb", SETTINGS)
    working = Task(fine, project.book / "91_fine.ipynb", SETTINGS)
    failing.output.write_text('{"metadata": {}}', encoding="utf-8")
    events, progress = noted()
    with pytest.raises(BuildError) as caught:
        run([failing, working], project, Request(jobs=2, progress=progress))
    assert str(caught.value) == "90_old.ipynb (en), cell 2: ValueError: no such figure"
    assert failing.output.read_text(encoding="utf-8") == '{"metadata": {}}'
    assert "fine" in texts(working.output)
    assert [item.task for event, item in events if event == "done"] == [working]
    left = {path.name for path in project.book.iterdir() if path.is_file()}
    assert left == {"90_old.ipynb", "91_fine.ipynb"}


KILL = """
import pathlib, psutil
seen = pathlib.Path({seen!r})
if {always} or not seen.exists():
    seen.touch()
    for process in psutil.Process({build}).children():
        if "spawn_main" in " ".join(process.cmdline()):
            process.kill()
"""


@pytest.mark.parametrize("always", [False, True], ids=["once", "always"])
def test_a_worker_that_dies_costs_no_chapter_but_the_one_that_kills_it(project, tmp_path, always):
    """What was at work is tried again, by itself; the build and the other chapters go on."""
    kill = KILL.format(seen=str(tmp_path / "killed"), always=always, build=os.getpid())
    work = [
        Task(write(project.notebooks / f"9{n}.ipynb", cell), project.book / f"9{n}.ipynb", SETTINGS)
        for n, cell in enumerate((kill, "print('one')", "print('two')", "print('three')"))
    ]
    outcomes = run_all(work, project, Request(jobs=2))
    failures = [one.failure for one in outcomes]
    if always:
        assert "90 · en: the process at work on it was killed, twice" in failures[0]
        assert not work[0].output.exists()
    else:
        assert failures[0] == ""
    assert failures[1:] == ["", "", ""]
    for task, word in zip(work[1:], ("one", "two", "three"), strict=True):
        assert word in texts(task.output)


class Broken(Executor):
    """An executor whose workers are gone."""

    def submit(self, fn, /, *args, **kwargs):
        raise BrokenExecutor("no workers are left")


def test_a_callers_executor_without_workers_fails_each_chapter_by_name(project):
    work = [
        Task(write(project.notebooks / f"9{n}.ipynb", "1"), project.book / f"9{n}.ipynb", SETTINGS)
        for n in range(3)
    ]
    failures = [one.failure for one in run_all(work, project, Request(executor=Broken()))]
    assert failures == [f"9{n} · en: BrokenExecutor: no workers are left" for n in range(3)]


def test_a_chapter_that_fails_later_keeps_its_last_good_version_marked_as_such(
    project, monkeypatch
):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")  # 14 November 2023
    notebook = write(project.notebooks / "90_once.ipynb", "print('good result')")
    task = Task(notebook, project.book / "90_once.ipynb", SETTINGS)
    run([task], project)
    good = task.output.read_bytes()
    write(notebook, "raise ValueError('<b>broken</b>')")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1710000000")
    (outcome,) = run([task], project)
    failure = "90_once.ipynb (en), cell 2: ValueError: <b>broken</b>"
    assert (outcome.failure, outcome.made, outcome.executed) == (failure, "2023-11-14", False)
    shown = texts(task.output)
    assert "good result" in shown
    assert "made on 2023-11-14" in shown
    assert "ValueError: &lt;b&gt;broken&lt;/b&gt;" in shown
    with pytest.raises(BuildError, match="ValueError: <b>broken"):
        run([task], project, Request(strict=True))
    write(notebook, "print('good result')")
    assert not run([task], project)[0].executed
    assert task.output.read_bytes() == good
