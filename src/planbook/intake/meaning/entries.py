"""What is found in a sheet: its tables, their entries, what stands around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from planbook.intake.faults import Fault, visible
from planbook.intake.meaning.scope import Scopes
from planbook.intake.reading.grid import Cell, Grid, area

META = "_planbook"  # the hidden sheet of a template
PROBLEMS = "planbook_problems"  # the sheet of an annotated copy
FIGURE, READ_WITH, DECORATION = "figures", "read_with", "decoration"
NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True)
class Said:
    """A text around a table that may say of what its figures are."""

    where: str
    text: str
    cell: Cell | None = None  # none for the name of a file or sheet


@dataclass(frozen=True)
class Entry:
    """One figure of a sheet, before it is understood."""

    file: str
    sheet: str
    row: int
    # by field of an observation, and ``period``, ``nature``, ``office``; what is blank is left out
    cells: Mapping[str, Cell]
    units: tuple[str, ...] = ()  # units that headings and lines around the table give
    said: tuple[Said, ...] = ()  # what stands around it
    has_place: bool = False  # whether the table has a column of places
    default_source: Cell | None = None  # the document that a line below the table names
    # of the row's columns that need no reading, such as an explanation
    beside: tuple[Cell, ...] = ()
    is_series: bool = False  # whether the table has figures of several years

    def place(self, name: str) -> Cell:
        """Give the cell of a field, or of the value where that is blank."""
        return self.cells.get(name) or self.cells["value"]


@dataclass
class Table:
    """What one sheet holds."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    roles: dict[tuple[int, int], str] = field(default_factory=dict)  # role of each cell understood
    sender: str = ""  # who sends it, as a line says
    layout: str = ""  # its headings and the sheet's name without years, to know the form again
    columns: set[str] = field(default_factory=set)  # fields that its first header has


@dataclass
class Knows:
    """What the reader of a sheet may ask of the city: whether a name is known."""

    indicator: Callable[[str], bool]  # tell whether a text names one
    place: Callable[[str], bool]
    scopes: Scopes
    same: Callable[[Iterable[str]], bool]  # tells whether texts name one and the same indicator
    # whether the sheet is of a template, whose columns for reading only are known
    is_template: bool = False


def unread(grid: Grid, rule: str, cells: list[Cell], **details) -> Fault:
    """Make the fault that names cells which are not understood."""
    shown = "; ".join(visible(cell.text) for cell in cells[:3]) + ("; …" if cells[3:] else "")
    return Fault(rule, grid.file, grid.sheet, area(cells), shown, "unread",
                 {**details, "count": len(cells)}, tuple(cell.ref for cell in cells),
                 content=" ".join(cell.text for cell in cells))  # fmt: skip
