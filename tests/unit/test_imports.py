"""Modules import downwards only, and what computes never draws."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "planbook"
# From the bottom up; modules of one line do not import each other, except within a package.
LAYERS = (
    ("errors", "packages"),
    ("files",),
    ("journal",),
    ("units", "yamlio", "paths", "vintages", "import_records"),
    ("models", "fingerprints", "editions"),
    ("basis",),
    ("catalog", "csv_files", "factor_records"),
    ("observations", "factor_library"),
    ("derive", "targets"),
    ("plan", "factors", "peer_data"),
    ("plant_units",),
    ("effects", "scenario_data"),
    ("sanity",),
    ("project",),
    ("control", "future"),
    ("analysis",),
    ("text", "fonts", "downloads", "chart_memory"),
    ("intake",),
    ("charts", "sheets"),
    (
        "chart_rows",
        "chart_units",
        "charts_changes",
        "charts_drivers",
        "charts_evidence",
        "charts_inventory",
        "charts_peers",
        "charts_scenarios",
    ),
    ("charts_synergy",),
    ("render",),
    ("view", "grid", "sparkline"),
    ("exports",),
    ("figure_parts", "inventory_results", "synergy_parts"),
    ("scenario_results",),
    (
        "figure_rows",
        "figures",
        "figures_decoupling",
        "figures_drivers",
        "figures_evidence",
        "figures_inventory",
        "figures_peers",
        "figures_scenarios",
        "outlook",
        "tables",
    ),
    (
        "judgement",
        "scoreboard",
        "tables_drivers",
        "tables_evidence",
        "tables_inventory",
        "tables_overdue",
        "tables_scenarios",
        "tables_synergy",
        "widgets",
    ),
    ("tables_coupling", "tables_changes", "tables_grounds", "tables_readings"),
    ("figures_synergy", "figures_changes"),
    (
        "chapter_changes",
        "chapter_drivers",
        "chapter_evidence",
        "chapter_explorers",
        "chapter_inventory",
        "chapter_peers",
        "chapter_scenarios",
        "chapter_synergy",
        "duty_tables",
    ),
    ("chapter",),
    ("execute",),
    ("publish",),
    ("build", "progress_bar", "edition_sources"),
    ("changes_text",),
    ("cli_build", "cli_exports", "cli_intake", "cli_serve", "cli_stale"),
    ("cli_editions",),
    ("cli",),
    ("__main__",),
)
RANK = {name: number for number, names in enumerate(LAYERS) for name in names}
COMPUTING = [name for names in LAYERS[: RANK["analysis"] + 1] for name in names]
DRAWING = (
    "matplotlib",
    "seaborn",
    "IPython",
    "ipywidgets",
    "great_tables",
    "jinja2",
    "openpyxl",
    "papermill",
    "rich",
)


def name_of(path: Path) -> str:
    """Name a module without the package: ``publish.pages``, ``publish`` for its __init__."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports(text: str) -> list[str]:
    """List everything that a module imports, also inside functions."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write imports in full"
            found += [f"{node.module}.{one.name}" for one in node.names]
    return found


def own(text: str) -> list[str]:
    """List the modules of the package that a module imports."""
    found = []
    for name in imports(text):
        inner = name.removeprefix("planbook.") if name.startswith("planbook.") else ""
        while inner and inner not in MODULES:
            inner = inner.rpartition(".")[0]
        if inner:
            found.append(inner)
    return list(dict.fromkeys(found))


def is_allowed(importer: str, imported: str) -> bool:
    """Tell whether one top-level name may import another."""
    return importer == imported or RANK[imported] < RANK[importer]


def test_every_module_has_its_layer():
    top = {name.partition(".")[0] for name in MODULES} - {"__init__"}
    assert top == set(RANK)


@pytest.mark.parametrize("module", [name for name in MODULES if name != "__init__"])
def test_imports_run_downwards(module):
    top = module.partition(".")[0]
    found = own(MODULES[module].read_text(encoding="utf-8"))
    upwards = [one for one in found if not is_allowed(top, one.partition(".")[0])]
    assert upwards == []


def test_the_rule_would_catch_an_import_upwards():
    text = "def f():\n    from planbook import charts\n    import planbook.publish.pages\n"
    assert own(text) == ["charts", "publish.pages"]
    assert own("from planbook.analysis.forecast.base import METHODS") == ["analysis.forecast.base"]
    assert not is_allowed("derive", "charts")
    assert not is_allowed("figures", "tables")
    assert is_allowed("figures", "view")


def test_no_two_modules_import_each_other():
    graph = {name: own(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}
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


@pytest.mark.parametrize("module", [n for n in MODULES if n.partition(".")[0] in COMPUTING])
def test_what_computes_imports_nothing_that_draws(module):
    named = {one.partition(".")[0] for one in imports(MODULES[module].read_text(encoding="utf-8"))}
    assert named & set(DRAWING) == set()


def test_the_data_are_loaded_and_judged_without_the_plotting_stack():
    program = (
        "import sys, planbook.project, planbook.analysis.progress, planbook.cli\n"
        f"print([name for name in {DRAWING} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", timeout=120
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_no_call_of_a_chapter_hides_another_of_the_same_name():
    from planbook.chapter import Chapter

    homes: dict[str, list[str]] = {}
    for part in Chapter.__mro__[:-1]:
        for name in vars(part):
            if not name.startswith("_"):
                homes.setdefault(name, []).append(part.__name__)
    assert len(homes) > 40
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}
