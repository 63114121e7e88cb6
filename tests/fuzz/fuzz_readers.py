"""Throw changed bytes at everything that reads a department's file, guided by coverage.

Run ``python tests/fuzz/fuzz_readers.py tests/bad_inputs -max_total_time=60``; a file that
crashes a reader is left as ``crash-…`` in the working directory. Reading happens in this
process, not in the child, so that nothing is hidden by its limits.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["planbook.intake"]):
    from planbook.files.records import Text
    from planbook.intake.meaning.entries import Knows
    from planbook.intake.meaning.layout import find_table
    from planbook.intake.meaning.scope import Scopes
    from planbook.intake.meaning.values import read_date, read_number, read_text, read_year
    from planbook.intake.reading.delimited import read_table
    from planbook.intake.reading.grid import Grid
    from planbook.intake.reading.refusal import Refused
    from planbook.intake.reading.workbook import read_workbook

SCOPES = Scopes({"city": Text(en="Smallville", zh="小城市"), "east": Text(en="East", zh="东区")})
KNOWS = Knows(lambda text: len(text) > 3, lambda text: len(text) < 3, SCOPES, lambda texts: False)
FOLDER = Path(tempfile.mkdtemp(prefix="planbook-fuzz-"))


def take(data: bytes) -> None:
    """Read bytes as a workbook if they look like an archive, as a table otherwise."""
    is_book = data.startswith(b"PK")
    path = FOLDER / ("a.xlsx" if is_book else "a.csv")
    path.write_bytes(data)
    try:
        grids = read_workbook(path, path.name) if is_book else [read_table(path, path.name)]
    except Refused:
        return
    for grid in grids:
        assert Grid.from_plain(grid.to_plain()) == grid
        table = find_table(grid, KNOWS)
        for entry in table.entries if table else ():
            for cell in entry.cells.values():
                for read in (read_number, read_year, read_date, read_text):
                    try:
                        read(cell)
                    except Refused as refused:
                        assert refused.rule


def main() -> None:
    """Fuzz until the time that the arguments give."""
    atheris.Setup(sys.argv, take)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
