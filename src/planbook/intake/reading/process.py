"""The process that opens workbooks: limited in memory, stopped when it takes too long.

It reads a path a line on its input and answers with one line of JSON. It ends with
its input, so that it never outlives the command that started it.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from planbook.intake.reading import limits
from planbook.intake.reading.refusal import Refused


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limits.CHILD_BYTES, limits.CHILD_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(path: Path, name: str) -> dict[str, object]:
    from planbook.intake.reading.workbook import read_workbook

    try:
        return {"grids": [grid.to_plain() for grid in read_workbook(path, name)]}
    except Refused as refused:
        return {"rule": refused.rule, "details": refused.details}
    except (MemoryError, RecursionError):
        return {"rule": "too_complex", "details": {}}


def main() -> None:
    """Answer until the input ends."""
    # before the limit: libraries need room
    from planbook.intake.reading import workbook  # noqa: F401

    _limit_memory()
    answers = sys.stdout
    sys.stdout = sys.stderr  # nothing that a library prints gets between the answers
    answers.write("ready\n")
    answers.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        answers.write(json.dumps(_answer(Path(asked["path"]), asked["name"])) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
