"""Packages that only cost time seem not to be there while others are imported."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from planbook.packages import GRAMMARS, absent


def test_what_is_absent_cannot_be_imported_and_can_be_afterwards():
    with absent("colorsys"):
        with pytest.raises(ImportError):
            __import__("colorsys")
        with absent("colorsys"), pytest.raises(ImportError):
            __import__("colorsys")
    assert __import__("colorsys").rgb_to_hsv


def test_what_is_in_use_stays():
    with absent("sys"):
        import sys as again
    assert again is sys


@pytest.mark.parametrize(
    "code",
    [
        "from planbook.execute import Order, execute_task\n"
        "try: execute_task(Order('a.ipynb', '{}'))\n"
        "except Exception: pass\n"
        "assert 'papermill' in sys.modules",
        "from planbook.execute import forkserver; forkserver.preload('', '')",
        "import importlib\n"
        "from planbook.publish import renderer\n"
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
