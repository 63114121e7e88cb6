"""How many chapters an edit of one module executes again: those whose code reaches it.

Before the chapter was composed of themes each edit of any theme's table executed all 36
editions of the 18 chapters again. Result noted in README.md here.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from planbook.execute.cache.code import Code
from planbook.execute.cache.notebook_parts import parts

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Print for each module of the themes how many chapters its edit reaches."""
    code, reached = Code(Path(tempfile.mkdtemp()) / "code.json"), {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        book = json.loads(path.read_text(encoding="utf-8"))
        reached[path.stem] = set(parts(book, {}, code, [])["modules"])
    themes = (ROOT / "src/planbook/report").glob("*/tables.py")
    for path in sorted([*themes, *(ROOT / "src/planbook/widgets").glob("*_calls.py")]):
        name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        chapters = [chapter for chapter, names in reached.items() if name in names]
        print(f"{name}: {len(chapters)} of {len(reached)}: {', '.join(chapters) or 'none'}")


if __name__ == "__main__":
    main()
