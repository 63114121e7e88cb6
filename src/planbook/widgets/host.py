"""Tell whether somebody sits before the kernel, who can move a widget."""

from __future__ import annotations

import sys


def is_live() -> bool:
    """Tell whether the code runs in a kernel whose front end could answer a question.

    Returns
    -------
    bool
        True in JupyterLab and other notebook interfaces. False in plain Python, and where
        notebooks are executed in a batch, as for the book: what sends the cells there
        allows no input, since nobody would give it.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    kernel = getattr(shell, "kernel", None)
    return bool(getattr(kernel, "_allow_stdin", False))
