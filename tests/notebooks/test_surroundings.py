"""What lies around a project changes no page: other copies, a user's profile, git's refusals."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import entry_points

import pytest
from notebook_writer import SETTINGS, texts, write

from planbook.exports import descriptor
from planbook.data.paths import ROOT_VARIABLE

ROOT_OF = (
    "from planbook import chapter\n"
    'page = chapter.load("10_agriculture", city=city, lang=lang, as_of=as_of, horizon=horizon)\n'
    'print("reads", page.view.project.paths.root)'
)


def papermill(notebook, out, cwd, *arguments, **variables):
    surroundings = {key: value for key, value in os.environ.items() if key != ROOT_VARIABLE}
    return subprocess.run(
        [sys.executable, "-m", "papermill", str(notebook), str(out), *arguments],
        cwd=cwd, env=surroundings | variables, capture_output=True, encoding="utf-8", timeout=300,
    )  # fmt: skip


@pytest.fixture
def notebook(project):
    return write(project.notebooks / "90_root.ipynb", ROOT_OF)


@pytest.mark.parametrize("engine", [(), ("--engine", "planbook")], ids=["plain", "planbook"])
@pytest.mark.parametrize("place", ["nowhere", "checkout", "project"])
def test_a_notebook_reads_its_own_project_wherever_it_is_run(
    project, notebook, repo, tmp_path_factory, engine, place
):
    """The package comes from another checkout, whose figures must not be shown instead."""
    places = {"nowhere": tmp_path_factory.mktemp("nowhere"), "checkout": repo.root}
    out = tmp_path_factory.mktemp("out") / "out.ipynb"
    if engine and not entry_points(group="papermill.engine", name="planbook"):
        pytest.skip("the package is not installed, so Papermill does not know its engine")
    done = papermill(notebook, out, places.get(place, project.root), *engine)
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"reads {project.root.resolve()}" in texts(out)


def test_a_notebook_outside_of_any_project_is_refused(tmp_path):
    path = write(tmp_path / "90_root.ipynb", ROOT_OF)
    done = papermill(path, tmp_path / "out.ipynb", tmp_path)
    assert done.returncode != 0
    assert "it is not known in which project the notebook lies" in done.stderr
    assert "--cwd" in done.stderr and ROOT_VARIABLE in done.stderr


def test_the_variable_says_which_project(project, tmp_path_factory):
    folder = tmp_path_factory.mktemp("outside")
    path = write(folder / "90_root.ipynb", ROOT_OF)
    out = folder / "out.ipynb"
    done = papermill(path, out, folder, **{ROOT_VARIABLE: str(project.root)})
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"reads {project.root.resolve()}" in texts(out)


# ---- a user's own files

STYLE = "import matplotlib\nmatplotlib.rcParams['lines.linewidth'] = 77\nSPOILT = True\n"
LOOK = (
    "import os, sys, matplotlib\n"
    "print(matplotlib.rcParams['lines.linewidth'], 'SPOILT' in globals(), "
    "get_ipython().ipython_dir, os.environ.get('PYTHONSTARTUP'))"
)


@pytest.fixture
def spoilt(tmp_path_factory, monkeypatch):
    """A home folder with all that IPython, Jupyter and Python run of their own accord."""
    home = tmp_path_factory.mktemp("home")
    profile = home / ".ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "startup" / "00-style.py").write_text(STYLE)
    (profile / "ipython_config.py").write_text(f"c.InteractiveShellApp.exec_lines = [{STYLE!r}]\n")
    (profile / "ipython_kernel_config.py").write_text(
        f"c.InteractiveShellApp.exec_lines = [{STYLE!r}]\n"
    )
    (home / "startup.py").write_text(STYLE)
    spec = home / ".local/share/jupyter/kernels/python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        json.dumps({"argv": ["/bin/false"], "display_name": "mine", "language": "python"})
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("IPYTHONDIR", str(home / ".ipython"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(home / ".local/share/jupyter"))
    monkeypatch.setenv("PYTHONSTARTUP", str(home / "startup.py"))
    return home


@pytest.mark.parametrize("kernel", ["cold", "warm"])
def test_a_users_profile_is_not_read(project, spoilt, kernel):
    from planbook.execute.request import Parent, Request
    from planbook.execute.runner import run
    from planbook.execute.order import Task
    from planbook.execute.kernels.warm import can_fork

    if kernel == "warm" and not can_fork():
        pytest.skip("needs fork")
    path = write(project.notebooks / "90_look.ipynb", LOOK)
    task = Task(path, project.book / "90_look.ipynb", SETTINGS)
    with Parent(project, "", kernel) as parent:
        run([task], project, Request(force=True, kernel=kernel, parent=parent))
    line = texts(task.output).strip().splitlines()[-1]
    width, is_spoilt, profile, startup = line.split()
    assert float(width) != 77 and is_spoilt == "False" and startup == "None"
    assert not profile.startswith(str(spoilt))


def test_that_profile_would_change_an_ordinary_kernel(spoilt):
    """So that the test above can fail."""
    program = (
        "from ipykernel.kernelapp import IPKernelApp\n"
        "app = IPKernelApp(); app.initialize(['--quiet'])\n"
        "import sys; print('SPOILT' in app.shell.user_ns, file=sys.__stdout__, flush=True)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8")
    assert done.stdout.strip().endswith("True"), done.stderr[-500:]


# ---- what git says


def test_what_git_says_is_passed_on(project, command, tmp_path):
    descriptor.write(project)
    program = shutil.which("git")
    if program is None:
        pytest.skip("git is not installed")
    done = command(project, "diff", "HEAD~1", "HEAD", "--city", "smallville")
    assert done.returncode == 1
    assert "git says: fatal: not a git repository" in done.stderr
    for arguments in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one"],
    ):
        subprocess.run([program, "-C", str(project.root), *arguments], check=True)
    done = command(project, "diff", "HEAD~1", "HEAD", "--city", "smallville")
    assert done.returncode == 1
    assert "no such commit or tag; git says: fatal: " in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="gives a folder away")
def test_a_repository_of_another_owner_is_named_as_such(project, command):
    descriptor.write(project)
    program = shutil.which("git")
    subprocess.run([program, "-C", str(project.root), "init", "-q"], check=True)
    for path in (project.root, project.root / ".git"):
        os.chown(path, 65534, 65534)
    done = command(project, "diff", "HEAD~1", "HEAD", "--city", "smallville")
    assert done.returncode == 1
    assert "git says: " in done.stderr and "dubious ownership" in done.stderr
    assert "safe.directory" in done.stderr and len(done.stderr.splitlines()) == 1
