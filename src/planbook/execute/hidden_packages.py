"""Packages that an environment may hold besides the book's, and that only cost time here."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

# Whoever imports jsonschema, and so nbformat, Papermill or jupyter-book, where JupyterLab is
# installed waits three seconds for 38 grammars of addresses that no notebook asks for.
GRAMMARS = "rfc3987_syntax"


@contextlib.contextmanager
def absent(*names: str) -> Iterator[None]:
    """Let packages seem not to be installed, unless they are in use already."""
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)  # another thread may have been here, too
