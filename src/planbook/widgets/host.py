"""Tell whether somebody sits before the kernel, who can move a widget."""

from __future__ import annotations

import sys


def is_live() -> bool:
    """Tell whether the code runs in a kernel whose front end could answer a question."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    kernel = getattr(shell, "kernel", None)
    return bool(getattr(kernel, "_allow_stdin", False))
