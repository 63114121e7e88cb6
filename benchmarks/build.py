"""Measure how long the book takes to build, ours against plain tools, in one run.

    python -m venv PEER && PEER/bin/pip install -r benchmarks/snakemake_requirements.txt
    python benchmarks/build.py --snakemake PEER/bin/snakemake [--rounds 2] [--cases a d e]

Run it in an environment that holds the book's packages alone (``make setup``):
JupyterLab beside them slows the peers. Works on a copy of the project in a temporary
folder. The cases alternate, so that a slow minute of the machine does not fall on one
of them alone; medians and ratios go into ``benchmarks/README.md`` between the markers.
All cases make both editions:

(a) ``papermill`` one notebook after another, then ``jupyter-book build`` of each edition
(b) ``jupyter-book build`` that executes by itself (``force``)
(c) snakemake with two jobs: a rule for each notebook (``papermill``) and each edition
(d) ``planbook build --jobs 2`` with nothing stored
(e) the same again, nothing changed
(f) after one observation changed
(g) after one module of the package changed

What the peers need besides the notebooks (pages made from the plan, configuration) is
laid out beforehand and not counted. They neither check the data nor the pages, nor do
they publish in one step; ours does all three within its time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import papermill
import psutil
import yaml

from planbook.publish.one_language import HIDDEN_TAGS

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "benchmarks/README.md"
BEGIN, END = "<!-- build: begin -->", "<!-- build: end -->"
CITY, LANGS, JOBS = "liupanshui", ("en", "zh"), 2
OBSERVATION = Path("data/cities/liupanshui/observations/waste.csv")
INDICATOR = "msw_incineration_capacity"  # shown in one chapter
MODULE = Path("src/planbook/analysis/inventory/coverage.py")
JUPYTER_BOOK = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
SAMPLE_S = 0.5  # between two looks at the memory
LABELS = {
    "a": "(a) papermill one by one, jupyter-book",
    "b": "(b) jupyter-book executing (`force`)",
    "c": "(c) snakemake, two jobs",
    "d": "(d) **planbook**, nothing stored",
    "e": "(e) **planbook**, nothing changed",
    "f": "(f) **planbook**, one observation changed",
    "g": "(g) **planbook**, one module changed",
}


@dataclass(frozen=True)
class Run:
    """What one case took once: seconds of wall time, peak memory in MB, notebooks executed."""

    seconds: float
    memory_mb: float
    executed: int | None


def main() -> None:
    """Measure and write the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--snakemake", type=Path, help="the program; case (c) needs it")
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--cases", nargs="+", default=list(LABELS), choices=list(LABELS))
    options.add_argument("--dry", action="store_true", help="print only")
    args = options.parse_args()
    if "c" in args.cases and not args.snakemake:
        options.error("case (c) needs --snakemake")
    runs: dict[str, list[Run]] = {case: [] for case in args.cases}
    with copy_of_project() as project:
        bench = Bench(project, args.snakemake)
        for number in range(args.rounds):
            for case in args.cases:
                run = bench.run(case, number)
                runs[case].append(run)
                print(f"round {number + 1} ({case}) {run.seconds:.1f} s {run.memory_mb:.0f} MB")
    text = table(runs)
    print(text)
    if not args.dry:
        before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        README.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def table(runs: dict[str, list[Run]]) -> str:
    """Lay out medians and ratios as Markdown."""
    medians = {
        case: statistics.median(run.seconds for run in found) for case, found in runs.items()
    }
    bases = [case for case in "abc" if case in medians]
    lines = [
        "| case | seconds | peak memory, MB | executed |"
        + "".join(f" against ({base}) |" for base in bases),
        "|---|---|---|---|" + "---|" * len(bases),
    ]
    for case, found in runs.items():
        ratios = "".join(f" {medians[case] / medians[base]:.3f} |" for base in bases)
        executed = found[-1].executed
        lines.append(
            f"| {LABELS[case]} | {medians[case]:.1f} | {max(run.memory_mb for run in found):.0f} | "
            f"{'all' if executed is None else executed} |{ratios}"
        )
    count = len(next(iter(runs.values())))
    lines += [
        "",
        f"Medians of {count} rounds on {os.cpu_count()} cores. Memory is the largest sum over all "
        "processes of the case (proportional set size: a page shared by forked processes "
        "counts once).",
    ]
    return "\n".join(lines)


@contextmanager
def copy_of_project() -> Iterator[Path]:
    """Copy what is under version control into a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="bench-build-") as folder:
        names = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True
        ).stdout.decode()
        for name in filter(None, names.split("\0")):
            target = Path(folder) / "project" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        yield Path(folder) / "project"


class Bench:
    """The cases, on one copy of the project."""

    def __init__(self, project: Path, snakemake: Path | None) -> None:
        self.project = project
        self.snakemake = snakemake
        self.env = {
            **os.environ,
            "PYTHONPATH": str(project / "src"),
            "PLANBOOK_ROOT": str(project),
            "OPENBLAS_NUM_THREADS": "1",
        }
        self.notebooks = sorted((project / "notebooks").glob("[0-9]*.ipynb"))

    def run(self, case: str, number: int) -> Run:
        """Prepare and measure one case."""
        cases: dict[str, Callable[[int], tuple[list[list[str]], Path]]] = {
            "a": self.plain,
            "b": self.executing,
            "c": self.make,
        }
        if case in cases:
            self.clean()
            commands = cases[case](number)
            run = self.measure(commands)
            self.check(case)
            return run
        if case == "d":
            self.clean()
            shutil.rmtree(self.project / "_build", ignore_errors=True)
        elif case == "f":
            self.change_observation(number)
        elif case == "g":
            path = self.project / MODULE
            text = path.read_text(encoding="utf-8")
            path.write_text(f"{text}\n_MEASURED_{number} = {number}\n", encoding="utf-8")
        return self.measure(
            [[sys.executable, "-m", "planbook", "build", "--city", CITY, "--jobs", str(JOBS)]],
            ours=True,
        )

    def check(self, case: str) -> None:
        """Stop if a peer's chapter has no result: a notebook that fails at once is fast."""
        for lang in LANGS:
            folder = self.project / "peer" / f"out-{lang}" / "_build/html/chapters"
            for notebook in self.notebooks:
                page = (folder / f"{notebook.stem}.html").read_text(encoding="utf-8")
                if "Traceback" in page or "pb-" not in page.partition("<article")[2]:
                    sys.exit(f"case ({case}): {notebook.name} ({lang}) has no result")

    def clean(self) -> None:
        """Remove executed chapters, so that every peer makes its own."""
        shutil.rmtree(self.project / "book/chapters", ignore_errors=True)
        shutil.rmtree(self.project / "peer", ignore_errors=True)

    def parameters(self, lang: str) -> dict[str, object]:
        """Give the parameters with which ours executes a chapter."""
        return {"city": CITY, "lang": lang, "as_of": 0, "horizon": 2030, "level": 95}

    def stage(self, *, execute: bool) -> None:
        """Lay out both editions with the notebooks still unexecuted."""
        for lang in LANGS:
            folder = self.project / "book/chapters" / lang
            folder.mkdir(parents=True, exist_ok=True)
            for notebook in self.notebooks:
                shutil.copy2(notebook, folder / notebook.name)
        program = (
            "import sys; from pathlib import Path; from planbook.data.city import load\n"
            "from planbook.publish.pages.edition import edition_files\n"
            "from planbook.publish.pages.kept_pages import Made\n"
            "project = load(sys.argv[1])\n"
            "year = project.city.as_of\n"
            "made = Made(project, '', Path('made'), as_of=year, horizon=2030, level=95)\n"
            "for lang in ('en', 'zh'):\n"
            "    files = edition_files(project, lang, made.of(lang), as_of=year)\n"
            "    for name, raw in files.items():\n"
            "        path = Path('peer', lang, name)\n"
            "        path.parent.mkdir(parents=True, exist_ok=True)\n"
            "        path.write_bytes(raw)\n"
        )
        subprocess.run(
            [sys.executable, "-c", program, CITY], cwd=self.project, env=self.env, check=True
        )
        for lang in LANGS:
            path = self.project / "peer" / lang / "_config.yml"
            config = yaml.safe_load(path.read_text(encoding="utf-8"))
            config["execute"]["execute_notebooks"] = "force" if execute else "off"
            config["execute"]["timeout"] = 600
            path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")

    def plain(self, _number: int) -> list[list[str]]:
        """Case (a)."""
        self.stage(execute=False)
        commands = []
        for lang in LANGS:
            for notebook in self.notebooks:
                target = self.project / "peer" / lang / "chapters" / notebook.name
                commands.append(self.papermill(notebook, target, lang))
        return commands + [self.render(lang) for lang in LANGS]

    def papermill(self, notebook: Path, target: Path, lang: str) -> list[str]:
        """Give the command that executes one notebook."""
        command = [sys.executable, "-m", "papermill", str(notebook), str(target)]
        for name, value in self.parameters(lang).items():
            command += ["-p", name, str(value)]
        return [*command, "--no-progress-bar", "--log-level", "ERROR", "-k", "python3"]

    def render(self, lang: str) -> list[str]:
        """Give the command that renders one edition."""
        return [*JUPYTER_BOOK, f"peer/{lang}", "--path-output", f"peer/out-{lang}", "-q"]

    def executing(self, _number: int) -> list[list[str]]:
        """Case (b)."""
        self.stage(execute=True)
        for lang in LANGS:
            for notebook in self.notebooks:
                book = papermill.iorw.load_notebook_node(str(notebook))
                book = papermill.parameterize.parameterize_notebook(book, self.parameters(lang))
                for cell in book.cells:  # tagged as parameters, the book would leave them out
                    if HIDDEN_TAGS & set(cell.metadata.get("tags", [])):
                        cell.metadata["tags"] = ["remove-cell"]
                target = self.project / "peer" / lang / "chapters" / notebook.name
                papermill.iorw.write_ipynb(book, str(target))
        return [self.render(lang) for lang in LANGS]

    def make(self, _number: int) -> list[list[str]]:
        """Case (c)."""
        self.stage(execute=False)
        rules = ["rule all:", f"    input: {', '.join(repr(f'peer/{x}.done') for x in LANGS)}", ""]
        for lang in LANGS:
            made = []
            for notebook in self.notebooks:
                target = f"peer/{lang}/made/{notebook.name}"
                made.append(target)
                command = " ".join(map(repr, self.papermill(notebook, Path("{output}"), lang)))
                rules += [
                    "rule:",
                    f"    input: {str(notebook)!r}",
                    f"    output: {target!r}",
                    f"    shell: {command!r}",
                    "",
                ]
            copy = f"cp peer/{lang}/made/*.ipynb peer/{lang}/chapters/ && "
            render = " ".join(map(repr, self.render(lang)))
            rules += [
                "rule:",
                f"    input: {', '.join(map(repr, made))}",
                f"    output: touch('peer/{lang}.done')",
                f"    shell: {copy + render!r}",
                "",
            ]
        (self.project / "Snakefile").write_text("\n".join(rules), encoding="utf-8")
        shutil.rmtree(self.project / ".snakemake", ignore_errors=True)
        return [[str(self.snakemake), "--cores", str(JOBS), "--quiet", "all"]]

    def change_observation(self, number: int) -> None:
        """Change one figure of the copy, each round to another value."""
        path = self.project / OBSERVATION
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        place = next(i for i, line in enumerate(lines) if line.startswith(f"{INDICATOR},{CITY},"))
        cells = lines[place].split(",")
        cells[3] = f"{float(cells[3]) + number + 1:g}"
        lines[place] = ",".join(cells)
        path.write_text("".join(lines), encoding="utf-8")

    def measure(self, commands: list[list[str]], *, ours: bool = False) -> Run:
        """Run commands one after another; time them and watch their memory."""
        peak, stop = [0.0], threading.Event()
        watcher = threading.Thread(target=watch, args=(os.getpid(), peak, stop), daemon=True)
        watcher.start()
        started = time.perf_counter()
        told = ""
        for command in commands:
            done = subprocess.run(
                command, cwd=self.project, env=self.env, capture_output=True, text=True
            )
            if done.returncode:
                sys.exit(f"{' '.join(command)[:200]}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
            told = done.stdout
        seconds = time.perf_counter() - started
        stop.set()
        watcher.join()
        executed = None
        if ours:
            words = told.split(" notebooks executed")[0].split()
            executed = int(words[-1])
        return Run(seconds, peak[0], executed)


def watch(root: int, peak: list[float], stop: threading.Event) -> None:
    """Keep the largest memory of all descendants of `root`, in MB."""
    while not stop.wait(SAMPLE_S):
        total = 0
        for process in psutil.Process(root).children(recursive=True):
            try:
                total += getattr(process.memory_full_info(), "pss", 0)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        peak[0] = max(peak[0], total / 1e6)


if __name__ == "__main__":
    main()
