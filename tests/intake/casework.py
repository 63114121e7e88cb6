"""What offices sent that was once misread, and other files of the same kinds.

Each case says what came and what is right: the import stops, or it reads these figures
and nothing else. `asks` means that both are right: what matters is that no other figure
gets in without a word. The values in the catalogue's unit were worked out by hand.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .conftest import STOPPED
from .trouble import Sheet, write_csv, write_xlsx

FOLDER = Path(__file__).parent / "cases"
SOURCE = "市农业农村局函（2026）12号"
CITY = "liupanshui"
MANURE, FERTILISER, STRAW = (
    ("畜禽粪污资源化综合利用率", "manure_utilisation_rate"),
    ("主要农作物化肥利用率", "fertiliser_utilisation_rate"),
    ("农作物秸秆综合利用率", "straw_utilisation_rate"),
)
WASTE = ("工业固体废物产生量", "industrial_solid_waste_generated")  # Mt
DIESEL = ("农用柴油使用量", "agricultural_diesel_use")  # kt
LONG = ("指标名称", "年份", "数值", "单位", "来源")
Figures = dict[tuple[str, str, int], tuple[float, str]]


def read(*figures: tuple) -> Figures:
    """Write figures as (indicator, value), (indicator, value, place) or with a year as well."""
    found: Figures = {}
    for (_, indicator), value, *more in figures:
        place, year = [*more, *(CITY, 2025)[len(more) :]]
        found[indicator, place, year] = (float(value), "")
    return found


@dataclass(frozen=True)
class Case:
    """What came, and what is right."""

    kind: str
    came: str
    right: tuple[str | Figures, ...]
    make: Callable[[Path], Path]
    holds: Figures | None = None  # the figures held though it stops, where that matters


def stops(kind: str, came: str, make, holds: Figures | None = None) -> Case:
    return Case(kind, came, (STOPPED,), make, holds)


def reads(kind: str, came: str, make, *figures: tuple) -> Case:
    return Case(kind, came, (read(*figures),), make)


def asks(kind: str, came: str, make, *figures: tuple) -> Case:
    return Case(kind, came, (STOPPED, read(*figures)), make)


def given(name: str):
    """Take a file from the folder of cases."""

    def make(folder: Path) -> Path:
        return Path(shutil.copy(FOLDER / name, folder))

    return make


def xlsx(*sheets: Sheet, name: str = "new.xlsx", book=None):
    return lambda folder: write_xlsx(folder / name, *sheets, book=book)


def table(sheet: Sheet, name: str = "new.csv", **more):
    return lambda folder: write_csv(folder / name, sheet, **more)


def text(content: str, name: str = "new.csv"):
    def make(folder: Path) -> Path:
        (folder / name).write_text(content, encoding="utf-8")
        return folder / name

    return make


def long(*rows: tuple, head: tuple = LONG, **more) -> Sheet:
    return Sheet(head, rows, **more)


def waste(value=310, unit="万吨", source=SOURCE, year=2025, **more) -> Sheet:
    return long((WASTE[0], year, value, unit, source), **more)


def manure(value=88.6, unit="%", source=SOURCE, year=2025, **more) -> Sheet:
    return long((MANURE[0], year, value, unit, source), **more)


def with_column(heading: str, content, at: int = 1, value=310) -> Sheet:
    """Set one more column beside the figure of 310 万吨."""
    row = [WASTE[0], 2025, value, "万吨", SOURCE]
    head = list(LONG)
    head.insert(at, heading)
    row.insert(at, content)
    return Sheet(tuple(head), (tuple(row),))


def wide(heading, value=310, unit="万吨", indicator=WASTE[0], **more) -> Sheet:
    """Lay out one figure below the heading of its year."""
    return Sheet(
        ("指标名称", "计量单位", heading, "来源"), ((indicator, unit, value, SOURCE),), **more
    )


def wide_without_unit(heading, value=310, indicator=WASTE[0], **more) -> Sheet:
    return Sheet(("指标名称", heading, "来源"), ((indicator, value, SOURCE),), **more)


RIGHT = (WASTE, 3.1)  # 310 万吨
PLACED = ("地区", *LONG)


def placed(*rows: tuple, **more) -> Sheet:
    """Lay out figures of waste by place: (place, value)."""
    return long(*((place, WASTE[0], 2025, value, "万吨", SOURCE) for place, value in rows),
                head=PLACED, **more)  # fmt: skip
