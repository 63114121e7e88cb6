"""Modules import downwards only, and what computes never draws."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "planbook"
# From the bottom up: each imports only what stands above it, never its neighbour in a line.
LAYERS = (
    ("errors",),
    ("files",),
    ("data",),
    ("text",),
    ("analysis", "intake"),
    ("report",),
    ("exports",),
    ("widgets", "execute"),
    ("chapter",),
    ("publish",),
    ("build",),
    ("cli",),
    ("__main__",),
)
RANK = {name: number for number, names in enumerate(LAYERS) for name in names}
COMPUTING = {"errors", "files", "data", "analysis"}
DRAWING = ("matplotlib", "seaborn", "IPython", "ipywidgets", "jinja2", "papermill", "rich")
TYPES = {"matplotlib.axes.Axes", "matplotlib.figure.Figure"}


def name_of(path: Path) -> str:
    """Name a module without the package: ``publish.pages``, ``publish`` for its __init__."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports(text: str, *, run: bool = False) -> list[str]:
    """List everything that a module imports, also inside functions, or what runs of it."""
    found, tree = [], ast.parse(text)
    for node in ast.walk(tree):
        if run and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write imports in full"
            found += [f"{node.module}.{one.name}" for one in node.names]
    return found


def own(text: str, *, run: bool = False) -> list[str]:
    """List the modules of the package that a module imports."""
    found = []
    for name in imports(text, run=run):
        inner = name.removeprefix("planbook.") if name.startswith("planbook.") else ""
        while inner and inner not in MODULES:
            inner = inner.rpartition(".")[0]
        if inner:
            found.append(inner)
    return list(dict.fromkeys(found))


GRAPH = {name: own(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def upwards(graph: dict[str, list[str]]) -> list[str]:
    """List the imports that do not run downwards."""
    found = []
    for module, others in graph.items():
        for other in others:
            one, two = (name.partition(".")[0] for name in (module, other))
            if one in RANK and one != two and RANK[two] >= RANK[one]:
                found.append(f"{module} imports {other}")
    return found


def test_imports_run_downwards():
    assert {name.partition(".")[0] for name in MODULES} - {"__init__"} == set(RANK)
    assert upwards(GRAPH) == []


def test_the_rule_would_catch_an_import_upwards():
    text = "def f():\n    from planbook.report import view\n    import planbook.publish.swap\n"
    assert own(text) == ["report.view", "publish.swap"]
    assert own("from planbook.analysis.forecast.base import METHODS") == ["analysis.forecast.base"]
    assert upwards({"data.series": own(text)}) == [
        "data.series imports report.view",
        "data.series imports publish.swap",
    ]
    assert upwards({"report.view": ["exports.bundle"]}) != []
    assert upwards({"report.view": ["analysis.peers", "report.figure"]}) == []


def test_no_two_modules_import_each_other():
    graph = {name: own(path.read_text("utf-8"), run=True) for name, path in MODULES.items()}
    assert sum(map(len, graph.values())) > 60
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail, name])
        if name not in done:
            for other in graph[name]:
                # a package's own __init__ may gather what its modules offer
                if not name.startswith(f"{other}."):
                    walk(other, (*trail, name))
            done.add(name)

    for name in graph:
        walk(name, ())
    assert done == set(graph)


def test_what_computes_imports_nothing_that_draws():
    named = {
        name: {one.partition(".")[0] for one in imports(path.read_text(encoding="utf-8"))}
        for name, path in MODULES.items()
        if name.partition(".")[0] in COMPUTING
    }
    assert {name: found for name, found in named.items() if found & set(DRAWING)} == {}


def test_matplotlib_is_called_by_drawing_and_charts_alone():
    calling = {
        name: found - TYPES
        for name, path in MODULES.items()
        if not name.startswith("report.drawing.") and not name.endswith(".charts")
        if (found := {one for one in imports(path.read_text("utf-8")) if "matplotlib" in one})
        - TYPES
    }
    assert calling == {"execute.cache.recording": {"matplotlib.font_manager"}}  # notes its reads


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        ("data.city planbook.analysis.progress planbook.cli.main", (*DRAWING, "openpyxl")),
        ("exports.bundle planbook.cli.export planbook.analysis.as_of", DRAWING),
    ],
)
def test_data_judgements_and_exports_load_nothing_that_draws(modules, absent):
    program = (
        f"import sys, planbook.{', '.join(modules.split())}\n"
        f"print([name for name in {absent} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", timeout=120
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


# What a theme may use of others; all may use what stands in none of them.
THEME_USES = {
    "series": set(),
    "targets": {"series"},
    "drivers": set(),
    "scenarios": set(),
    "peers": set(),
    "changes": {"series", "targets"},
    "inventory": {"series", "targets"},
    "synergy": {"series", "targets", "inventory"},
}


def test_themes_use_series_and_targets_alone_but_those_on_top():
    found = {}
    for theme, allowed in THEME_USES.items():
        modules = [name for name in MODULES if name.startswith(f"report.{theme}.")]
        assert modules, theme
        used = {
            one.split(".")[1]
            for name in modules
            for one in GRAPH[name]
            if one.startswith("report.")
        }
        found[theme] = (used & set(THEME_USES)) - {theme} - allowed
    assert found == {key: set() for key in THEME_USES}


def test_no_theme_of_a_chapter_hides_a_call_of_its_own():
    from planbook.chapter import Chapter
    from planbook.report.themes import THEMES

    assert len(THEMES) > 10
    assert set(THEMES) & set(vars(Chapter)) == set()


def test_no_class_stands_twice_and_nothing_is_too_long():
    classes: dict[str, list[str]] = {}
    long = []
    for name, path in MODULES.items():
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        long += [f"{name}:{n}" for n, line in enumerate(lines, 1) if len(line) > 100]
        long += [name] if len(lines) > 600 else []
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                classes.setdefault(node.name, []).append(name)
            elif isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 80:
                long.append(f"{name}.{node.name}")
    assert len(classes) > 100
    assert {key: homes for key, homes in classes.items() if len(homes) > 1} == {}
    assert long == []
