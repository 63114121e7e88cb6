"""Chapters hold no arithmetic: what a reader sees was computed, and tested, in the package.

`test_style` lets a notebook call only its chapter. This scan does not trust that rule: it
looks through every code cell for anything that makes a new number out of others.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
# Functions and methods that turn numbers into another number.
COMPUTING = {
    "abs", "cumprod", "cumsum", "diff", "div", "divmod", "eval", "exec", "float", "fsum", "int",
    "interpolate", "log", "log10", "max", "mean", "median", "min", "mul", "pct_change", "pow",
    "prod", "quantile", "round", "sqrt", "std", "sub", "sum", "var",
}  # fmt: skip
LIBRARIES = {"cmath", "decimal", "fractions", "math", "numpy", "operator", "pandas", "scipy",
             "statistics", "statsmodels"}  # fmt: skip


def arithmetic(text: str) -> list[str]:
    """List what computes in the source of one cell, as written there."""
    found = []
    tree = ast.parse(text)
    # The sign of a declared default, such as `change: float = -5.0`, computes nothing.
    signs = [
        node.value
        for node in tree.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.value, ast.UnaryOp)
        and isinstance(node.value.operand, ast.Constant)
    ]
    for node in ast.walk(tree):
        if node in signs:
            continue
        if isinstance(node, ast.BinOp | ast.AugAssign | ast.UnaryOp | ast.Compare | ast.BoolOp):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in COMPUTING:
                found.append(ast.unparse(node.func))
        elif isinstance(node, ast.Import):
            found += [one.name for one in node.names if one.name.split(".")[0] in LIBRARIES]
        elif isinstance(node, ast.ImportFrom):
            found += [node.module] if (node.module or "").split(".")[0] in LIBRARIES else []
    return found


def scan(folder: Path) -> dict[str, list[str]]:
    """Look for arithmetic in every notebook of a folder.

    Returns
    -------
    dict of str to list of str
        Name of the notebook and cell → what computes there; empty if nothing does.

    Raises
    ------
    AssertionError
        If the folder has no notebook, or a notebook has no code: nothing was looked at.
    """
    paths = sorted(folder.glob("*.ipynb"))
    assert paths, f"no notebook in {folder}"
    found = {}
    for path in paths:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert code, f"no code in {path.name}"
        for cell in code:
            if wrong := arithmetic("".join(cell["source"])):
                found[f"{path.stem}, {cell['id']}"] = wrong
    return found


def test_no_chapter_computes():
    assert scan(FOLDER) == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("air.plot_trend('pm25', from_zero=1 + 1)", ["1 + 1"]),
        ("share = 100 * part / whole", ["100 * part / whole", "100 * part"]),
        ("total += 3", ["total += 3"]),
        ("air.plot_forecast('pm25', horizon=-5)", ["-5"]),
        ("air.headline(round(3.14159))", ["round"]),
        ("air.frame['value'].mean()", ["air.frame['value'].mean"]),
        ("air.show(sum(values) > 3)", ["sum(values) > 3", "sum"]),
        ("import numpy as np", ["numpy"]),
        ("from scipy.stats import linregress", ["scipy.stats"]),
        ("air.table_targets()", []),
        ("air.plot_months(*[f'pm25_{month}' for month in chapter.MONTHS], title='title_x')", []),
        ("horizon: int = 2030", []),
        ("change_pct: float = -5.0", []),
        ("change_pct: float = -level", ["-level"]),
    ],
)
def test_the_scan_sees_arithmetic_and_nothing_else(text, found):
    assert arithmetic(text) == found


def plant(folder: Path, text: str) -> None:
    cell = {"cell_type": "code", "id": "planted", "source": text.splitlines(keepends=True)}
    book = {"cells": [{"cell_type": "markdown", "id": "words", "source": "1 + 1"}, cell]}
    (folder / "90_planted.ipynb").write_text(json.dumps(book), encoding="utf-8")


def test_a_planted_sum_is_found_with_its_place(tmp_path):
    plant(tmp_path, "waste.question()")
    assert scan(tmp_path) == {}
    plant(tmp_path, "waste.plot_trend(\n    'rate', level=60 * 2)")
    assert scan(tmp_path) == {"90_planted, planted": ["60 * 2"]}


def test_a_scan_of_nothing_fails(tmp_path):
    with pytest.raises(AssertionError, match="no notebook in"):
        scan(tmp_path)
    (tmp_path / "90_empty.ipynb").write_text('{"cells": []}', encoding="utf-8")
    with pytest.raises(AssertionError, match=r"no code in 90_empty\.ipynb"):
        scan(tmp_path)
