"""What users do to a city's data: a figure for every indicator, and revisions of some.

The figures are invented and serve tests only.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from planbook.data.catalog import Indicator
from planbook.data.city import CityData, load
from planbook.data.paths import Paths
from planbook.exports import descriptor

SOURCE = "invented_reply"
COLUMNS = ("indicator", "entity", "year", "value", "unit", "status", "published", "source",
           "locator", "note", "note_zh", "qualifier")  # fmt: skip
NEW_YEARS = (2024, 2025)
READING, BUILDING = {"repo", "as_shipped"}, {"book", "browser"}  # fixtures, marks
ENTERED, REVISED = "2026-08-05", "2026-10-15"


def enter_everything(where: Paths, city: str) -> dict[str, int]:
    """Enter into a copy of a project what its departments might send.

    Every observed indicator gets a figure of the city: two years of one that has none,
    the year after the last of one that has, and a revision of its last.

    Returns
    -------
    dict of str to int
        How many figures were new, later and revised.
    """
    project = load(city, where)
    observed = project.observations
    own = observed[observed["entity"] == city]
    home = where.city(city)
    new: dict[str, list[dict[str, object]]] = {}
    done = {"new": 0, "later": 0, "revised": 0}

    def add(kind: str, file: str, indicator: Indicator, year: int, value: float, **more: str):
        row = dict.fromkeys(COLUMNS, "") | {
            "indicator": indicator.id, "entity": city, "year": year, "value": f"{value:.6g}",
            "unit": indicator.unit, "status": "final", "published": ENTERED, "source": SOURCE,
        }  # fmt: skip
        new.setdefault(file, []).append(row | more)
        done[kind] += 1

    for indicator in project.catalog.values():
        if indicator.derive:
            continue
        rows = own[own["indicator"] == indicator.id].sort_values(["year", "published"])
        if rows.empty:
            file = f"data/cities/{city}/observations/{indicator.sector}.csv"
            for year in NEW_YEARS:
                add("new", file, indicator, year, _plausible(project, indicator))
            continue
        last = rows.iloc[-1]
        file, value = last["file"], last["value"]
        is_modelled = last["status"] == "modelled"
        add("revised", file, indicator, last["year"], _within(indicator, value * 1.003),
            published=REVISED, status="modelled" if is_modelled else "revised")  # fmt: skip
        if last["year"] < max(NEW_YEARS):
            add("later", file, indicator, last["year"] + 1, _within(indicator, value * 0.98),
                status="modelled" if is_modelled else "final")  # fmt: skip
    for file, added in new.items():
        _append(where.root / file, added)
    with (home / "sources.yml").open("a", encoding="utf-8") as out:
        out.write(
            f"\n{SOURCE}:\n"
            "  producer: {en: An invented office, zh: 虚构部门}\n"
            "  title: {en: Invented reply, zh: 虚构复函}\n"
            f"  accessed: {ENTERED}\n"
            "  licence: {en: invented, zh: 虚构}\n"
        )
    descriptor.write(where)
    return done


def _plausible(project: CityData, indicator: Indicator) -> float:
    """Give a value within bounds: the nation's last, or a part of the range."""
    low = max(indicator.lower, 0.0) if math.isfinite(indicator.lower) else 0.0
    high = indicator.upper if math.isfinite(indicator.upper) else low + 100.0
    return round(low + 0.4 * (high - low), 3) if high - low < 1000 else 40.0


def _within(indicator: Indicator, value: float) -> float:
    if indicator.kind == "count":
        value = round(value)
    return min(max(value, indicator.lower), indicator.upper)


def _append(path: Path, rows: list[dict[str, object]]) -> None:
    old = path.read_text(encoding="utf-8") if path.exists() else ",".join(COLUMNS) + "\n"
    header = next(csv.reader(io.StringIO(old)))
    out = io.StringIO(newline="")
    csv.DictWriter(out, header, lineterminator="\n").writerows(rows)
    path.write_text(old + out.getvalue(), encoding="utf-8")


def pytest_collection_modifyitems(config, items) -> None:
    """Keep the tests that read the shipped city and build no book, where this is a plugin."""
    data = Path(__file__).parent / "data"
    wanted, left = [], []
    for item in items:
        reads = item.path.parent == data or READING & set(item.fixturenames)
        builds = BUILDING & {one.name for one in item.iter_markers()}
        (wanted if reads and not builds else left).append(item)
    items[:] = wanted
    config.hook.pytest_deselected(items=left)
