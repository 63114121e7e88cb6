"""What the operating system refuses is told in one line, and nothing is changed."""

from __future__ import annotations

import ctypes
import errno
import json
import multiprocessing.synchronize
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import openpyxl
import pytest
from site_reader import digests

from planbook.cli import main as cli
from planbook.data.paths import ROOT_VARIABLE
from planbook.errors import PlanbookError, refused
from planbook.execute import pools
from planbook.files import journal
from planbook.files.atomic import check_writable

CITY = ("--city", "smallville")
DROP, OVERRIDE, SEARCH = 24, 1, 2  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
KINDS = {
    errno.EACCES: PermissionError, errno.EPERM: PermissionError, errno.EROFS: OSError,
    errno.ENOSPC: OSError, errno.EDQUOT: OSError, errno.EMFILE: OSError, errno.ENFILE: OSError,
    errno.ENAMETOOLONG: OSError, errno.EISDIR: IsADirectoryError, errno.EIO: OSError,
    errno.ENOTDIR: NotADirectoryError, errno.ENOENT: FileNotFoundError, errno.EAGAIN: OSError,
    errno.ENOMEM: OSError, errno.EFBIG: OSError, errno.ENOTSUP: OSError,
}  # fmt: skip


ONE_OF = {"template": ["--all"], "edition": ["--list"]}  # of options that exclude one another


def commands() -> dict[str, click.Command]:
    return cli.commands.commands


def least(name: str) -> list[str]:
    """Give the fewest arguments that a command takes, whatever they mean."""
    needed = [one for one in commands()[name].params if one.required]
    given = [[*(one.opts[:1] if isinstance(one, click.Option) else []), "x"] for one in needed]
    return [name, *ONE_OF.get(name, []), *(word for one in given for word in one)]


def refusing(monkeypatch, error: BaseException, *, name: str) -> None:
    """Let a command meet an error, whatever it does."""

    def run(**_: object) -> int:
        raise error

    monkeypatch.setattr(commands()[name], "callback", run)


@pytest.mark.parametrize("number", KINDS, ids=errno.errorcode.get)
@pytest.mark.parametrize("name", commands())
def test_every_command_tells_what_the_system_refuses_in_one_line(name, number, monkeypatch, capsys):
    error = KINDS[number](number, os.strerror(number), f"/place/of/{name}.csv")
    refusing(monkeypatch, error, name=name)
    assert cli.main(least(name)) == 1
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    file, _, told = line.partition(": ")
    rule, _, remedy = told.partition("; ")
    assert file == f"/place/of/{name}.csv"
    assert rule.lower() == os.strerror(number).lower() and remedy
    assert said.out == ""


@pytest.mark.parametrize(
    "name", [name for name, one in commands().items()
             if any(x.name == "as_json" for x in one.params)]
)  # fmt: skip
def test_what_speaks_json_gives_it_as_json_too(name, monkeypatch, capsys):
    refusing(monkeypatch, OSError(errno.ENOSPC, "No space left on device", "/d/x"), name=name)
    assert cli.main([*least(name), "--format", "json"]) == 1
    said = capsys.readouterr()
    (told,) = json.loads(said.out)["errors"]
    assert (told["file"], told["rule"]) == ("/d/x", "no space left on device")
    assert len(said.err.splitlines()) == 1


def test_a_fault_of_the_program_keeps_its_traceback(monkeypatch):
    refusing(monkeypatch, RuntimeError("dictionary changed size"), name="check")
    with pytest.raises(RuntimeError):
        cli.main(["check"])


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "the memory is used up; "),
        (RuntimeError("can't start new thread"), "the system starts no more threads; "),
        (OSError("no room\n at all"), "no room at all; "),
        (OSError(errno.EACCES, "Permission denied", b"/a/b"), "/a/b: permission denied; "),
        (OSError(errno.EACCES, "Permission denied", 7), "permission denied; "),
        (OSError(errno.EACCES, "Permission denied", "/a/x", None, "/b/y"), "/b/y: permission"),
        (OSError(errno.EACCES, "Permission denied", "/a/12-q_z.part"), "/a: permission denied"),
    ],
)
def test_the_line_names_what_is_known(error, told):
    assert str(refused(error)).startswith(told)


def test_no_temporary_folder_is_told(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/nowhere/at/all"])
    with pytest.raises(OSError) as caught:
        tempfile.mkdtemp()
    told = str(refused(caught.value))
    assert told.startswith("no usable temporary directory found in ['/nowhere/at/all']; ")
    assert "TMPDIR" in told


@pytest.fixture
def no_locks(monkeypatch):
    """Let the system have no locks between processes, as without ``/dev/shm``."""

    class None_(multiprocessing.synchronize._multiprocessing.SemLock):
        def __new__(cls, *_: object, **__: object):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    monkeypatch.setattr(multiprocessing.synchronize._multiprocessing, "SemLock", None_)


def test_chapters_are_executed_without_locks_between_processes(no_locks, monkeypatch):
    monkeypatch.setattr(pools, "execute_task", lambda order: {"done": order})
    with pools.processes(1) as pool:
        futures = [pool.submit(number) for number in (1, 2, 3)]
        assert [pool.result(one) for one in futures] == [{"done": number} for number in (1, 2, 3)]


def test_a_command_that_needs_them_names_the_place(no_locks, tmp_path, capsys):
    rows = [f"{name},{2000 + year},{year % 7}" for name in "ab" for year in range(12)]
    (tmp_path / "in.csv").write_text("\n".join(["series_id,t,value", *rows]))
    out = tmp_path / "out.csv"
    asked = ["forecast", "--input", str(tmp_path / "in.csv"), "--output", str(out), "--jobs", "2"]
    code = cli.main(asked)
    said = capsys.readouterr().err.splitlines()
    if code == 0:  # it went without them
        assert out.exists()
        return
    assert code == 1 and not out.exists()
    (line,) = said
    assert line.startswith("/dev/shm: no such file or directory; ") and "--jobs 1" in line


def as_anyone() -> None:
    """Give up the right of root to write anywhere, before a program starts."""
    libc = ctypes.CDLL(None, use_errno=True)
    for right in (OVERRIDE, SEARCH):
        libc.prctl(DROP, right, 0, 0, 0)


@pytest.fixture(scope="module")
def obeys(tmp_path_factory) -> bool:
    """Whether a program that is started here is stopped by the rights of a folder."""
    folder = tmp_path_factory.mktemp("closed")
    folder.chmod(0o500)
    program = f"import os; print(os.access({str(folder)!r}, os.W_OK))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, preexec_fn=as_anyone
    )
    return done.stdout.strip() == "False"


posix = pytest.mark.skipif(os.name != "posix", reason="rights of folders are POSIX")


def run(root: Path, *arguments: str, out: int = subprocess.PIPE) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "planbook", *arguments],
        stdout=out, stderr=subprocess.PIPE, encoding="utf-8", timeout=300, cwd=root,
        env={**os.environ, ROOT_VARIABLE: str(root)}, preexec_fn=as_anyone,
    )  # fmt: skip


def filled(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["indicator", "entity", "year", "value", "unit", "source", "published"])
    book.active.append(["manure_utilisation_rate", "smallville", 2024, 81.2, "%",
                        "Bulletin of Smallville 2024", "2025-03"])  # fmt: skip
    book.save(path)
    return path


# What each command is asked in a project, and a folder, that nobody may write to; those
# that write must fail, those that only read must not.
WRITES = {
    "build": ["--chapters", "12_air", "--lang", "en", "--jobs", "1", *CITY],
    "template": ["--department", "市农业农村局", "--year", "2024", "--output", "{closed}/t.xlsx", *CITY],
    "import": ["{open}/new.xlsx", "--yes", *CITY],
    "import --annotate": ["{open}/new.xlsx", "--dry-run", "--annotate", "{closed}/a.xlsx", *CITY],
    "export": ["--output", "{closed}/out", *CITY],
    "edition": ["--keep", "first", *CITY],
    "edition --output": ["--output", "{closed}/e.json", *CITY],
    "forecast": ["--input", "{open}/in.csv", "--output", "{closed}/out.csv"],
    "contents": CITY,
    "datapackage": [],
}  # fmt: skip
READS = {
    "check": CITY,
    "status": CITY,
    "verdict": ["--input", "{open}/cases.csv"],
    "diff": ["2022", "2023", *CITY],
}
NO_FILES = {"serve"}  # writes nothing; a port that is taken it tells by itself


def test_every_command_is_tried():
    tried = {name.split()[0] for name in (*WRITES, *READS)}
    assert tried | NO_FILES == set(commands())


@pytest.fixture
def closed(project, tmp_path_factory, obeys):
    """A project and a folder that nobody may write to, beside one that anyone may."""
    if not obeys:
        pytest.skip("this user may write anywhere")
    home = tmp_path_factory.mktemp("places")
    places = {"open": home / "open", "closed": home / "closed"}
    for place in places.values():
        place.mkdir()
    filled(places["open"] / "new.xlsx")
    rows = [f"a,{2000 + year},{year % 7}" for year in range(12)]
    (places["open"] / "in.csv").write_text("\n".join(["series_id,t,value", *rows]))
    case = "case_id,indicator,direction,base_year,base_value,latest_year,latest_value"
    (places["open"] / "cases.csv").write_text(f"{case}\n")
    (project.data / "datapackage.json").write_text("{}")  # so that there is something to write
    folders = [places["closed"], *(one for one in project.root.rglob("*") if one.is_dir())]
    for folder in (project.root, *folders):
        folder.chmod(0o555)
    yield project, places
    for folder in (project.root, *folders):
        folder.chmod(0o755)


@posix
@pytest.mark.parametrize("name", WRITES)
def test_a_closed_folder_is_told_in_one_line_and_nothing_changes(name, closed):
    project, places = closed
    before = digests(project.root), digests(places["closed"])
    words = [one.format(**places) for one in WRITES[name]]
    done = run(project.root, name.split()[0], *words)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    (line,) = [one for one in done.stderr.splitlines() if ": " in one][-1:]
    assert "permission" in line and "; " in line, done.stderr
    assert any(str(place) in line for place in (project.root, places["closed"])), line
    assert (digests(project.root), digests(places["closed"])) == before


@posix
@pytest.mark.parametrize("name", [name for name in READS if name != "verdict"])
def test_what_only_reads_needs_no_right_to_write(name, closed):
    project, _ = closed
    done = run(project.root, name, *READS[name])
    assert "Traceback" not in done.stderr
    if name == "check":  # of the data package that was made unfit above
        assert "out of date" in done.stderr
    else:
        assert done.returncode == 0, done.stderr


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full")
@pytest.mark.parametrize("arguments", [["status", *CITY], ["check", *CITY, "--format", "json"]])
def test_a_full_disk_below_the_output_is_told(arguments, project):
    with Path("/dev/full").open("w") as full:
        done = run(project.root, *arguments, out=full.fileno())
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "no space left on device; free some space and run the command again"
    ]


@posix
def test_whoever_stops_reading_is_told_nothing(project):
    reader, writer = os.pipe()
    os.close(reader)
    done = run(project.root, "status", *CITY, out=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@posix
def test_a_limit_of_open_files_is_told(project):
    program = (
        "import resource, sys; from planbook.cli.main import main; import planbook.data.city\n"
        "kept = open('/dev/null'); most = kept.fileno() + 1\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))\n"
        "sys.exit(main(['status', '--city', 'smallville']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8",
        env={**os.environ, ROOT_VARIABLE: str(project.root)},
    )  # fmt: skip
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "too many open files; raise the limit" in line


def test_a_change_that_finds_no_place_is_never_decided(tmp_path, monkeypatch):
    city = tmp_path / "town"
    (city / "observations").mkdir(parents=True)
    (city / "observations/a.csv").write_text("old")
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: (
        Path(path).name != "observations" and access(path, mode)))  # fmt: skip
    before = digests(tmp_path)
    with pytest.raises(PlanbookError, match="observations: you may not write to"):
        journal.apply(city, {"observations/a.csv": b"new"})
    assert digests(tmp_path) == before
    assert journal.settle(city) == journal.stamp(city)


def test_a_disk_that_fills_up_leaves_no_half_change(tmp_path, monkeypatch):
    city = tmp_path / "town"
    (city / "observations").mkdir(parents=True)
    (city / "observations/a.csv").write_text("old")
    write = journal._write
    monkeypatch.setattr(
        journal, "_write", lambda path, raw: write(path, raw) if path.name == "0" else full(path)
    )

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with pytest.raises(OSError):
        journal.apply(city, {"observations/a.csv": b"new", "observations/b.csv": b"new"})
    assert (city / "observations/a.csv").read_text() == "old"
    left = [one.name for one in (city / "imports").iterdir() if not one.name.endswith(".lock")]
    assert left == [] and not (city / "observations/b.csv").exists()


@pytest.mark.parametrize("place", ["", "below/"])
def test_a_path_that_cannot_be_written_is_refused_beforehand(place, tmp_path, monkeypatch):
    (tmp_path / "below").mkdir()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PlanbookError, match="you may not write to"):
        check_writable(tmp_path / place / "out.csv")
