"""Packages that only cost time seem not to be there while others are imported."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys

import pytest

from planbook.execute.hidden_packages import GRAMMARS, absent


def test_what_is_absent_cannot_be_imported_and_can_be_afterwards(tmp_path, monkeypatch):
    (tmp_path / "nobody_else_has_this.py").write_text("here = True\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with absent("nobody_else_has_this"):
        with pytest.raises(ImportError):
            importlib.import_module("nobody_else_has_this")
        with absent("nobody_else_has_this"), pytest.raises(ImportError):
            importlib.import_module("nobody_else_has_this")
    assert importlib.import_module("nobody_else_has_this").here


def test_what_is_in_use_stays():
    with absent("sys"):
        import sys as again
    assert again is sys


@pytest.mark.parametrize(
    "code",
    [
        "from planbook.execute.order import Order\n"
        "from planbook.execute.task import execute_task\n"
        "try: execute_task(Order('a.ipynb', '{}'))\n"
        "except Exception: pass\n"
        "assert 'papermill' in sys.modules",
        "from planbook.execute.kernels import forkserver; forkserver.preload('', '')",
        "import importlib\n"
        "from planbook.publish.sphinx import renderer\n"
        "import io; sys.stdin = io.StringIO(''); renderer.serve()\n"
        "assert 'jupyter_book.sphinx' in sys.modules",
    ],
    ids=["worker", "kernels", "renderer"],
)
def test_no_process_of_a_build_waits_for_grammars(code):
    """They come with JupyterLab, and building them takes longer than all other imports."""
    assert importlib.util.find_spec(GRAMMARS), "the test finds nothing where they are not"
    told = f"import sys\n{code}\nprint(sorted({{{GRAMMARS!r}, 'lark'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, timeout=300)
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr
