"""What an executed notebook depends on, as one hash: anything changed, it runs again."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from planbook.paths import Paths


def tree(*roots: Path) -> str:
    """Hash the names and contents of all files below `roots`.

    Parameters
    ----------
    *roots : pathlib.Path
        Folders or files; what is missing counts as missing.

    Returns
    -------
    str
        SHA-256, hexadecimal.
    """
    out = hashlib.sha256()
    for root in roots:
        files = [root] if root.is_file() else sorted(root.rglob("*"))
        for path in files:
            if not path.is_file() or "__pycache__" in path.parts or path.suffix == ".pyc":
                continue
            name = path.relative_to(root if root.is_dir() else root.parent).as_posix()
            out.update(name.encode("utf-8") + b"\0")
            out.update(hashlib.sha256(path.read_bytes()).digest())
    return out.hexdigest()


def environment() -> str:
    """Hash the versions of Python and of every installed package."""
    names = sorted(
        f"{item.metadata['Name']}=={item.version}"
        for item in metadata.distributions()
        if item.metadata["Name"]
    )
    return hashlib.sha256("\n".join([sys.version, *names]).encode()).hexdigest()


def shared(paths: Paths) -> str:
    """Hash what every chapter depends on: data, the package's code, the environment."""
    package = Path(__file__).resolve().parents[1]
    return hashlib.sha256(
        "\n".join([tree(paths.data), tree(package), environment()]).encode()
    ).hexdigest()


def of_notebook(notebook: Path, parameters: Mapping[str, object], common: str) -> str:
    """Hash one notebook's source, its parameters and what all share."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    source = [
        [cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])]
        for cell in cells
    ]
    text = json.dumps([source, dict(sorted(parameters.items())), common], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
