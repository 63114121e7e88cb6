"""No date of a city's data lies in the future."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from planbook.data.city import CityData
from planbook.data.observations import load_sources
from planbook.data.vintages import is_day, last_day
from planbook.errors import DataError, Problem, relative

FIX = "mend the date; what has not happened yet is no figure and no source"


def check_dates(project: CityData, today: dt.date) -> None:
    """Refuse dates of publication, reading and states of projects and units that are still to come.

    Parameters
    ----------
    today : datetime.date
        A book searched up to a later day stands on that day.

    Raises
    ------
    DataError
        With every such date. One that names no day lies in the future if its first day does.
    """
    city = project.city
    home = project.paths.city(city.id)
    searched = last_day(city.searched) if city.searched else ""
    limit = max(today.isoformat(), searched)
    found = []
    if searched > f"{city.as_of}-12-31":
        rule = f"searched '{city.searched}' is later than as_of {city.as_of}"
        where = relative(home / "city.yml", project.paths.root)
        found.append(Problem(where, "key searched", rule, "mend one of the two"))
    for file, spot, name, day in _dates(project, home):
        if is_day(day) and _first_day(day) > limit:
            rule = f"{name} '{day}' lies in the future; today is {limit}"
            found.append(Problem(file, spot, rule, FIX))
    if found:
        raise DataError(found)


def _first_day(day: str) -> str:
    return day + "-01" * ((10 - len(day)) // 3)


def _dates(project: CityData, home: Path) -> Iterator[tuple[str, str, str, str]]:
    """Give file, place, name and text of every date."""
    where = project.paths
    folders = [home, *(where.context / parent for parent in project.city.parents), where.factors]
    for folder in folders:
        path = folder / "sources.yml"
        for key, source in load_sources(path, where.root).items():
            for name in ("published", "accessed"):
                day = getattr(source, name) or ""
                yield relative(path, where.root), f"key {key}.{name}", name, day
    rows = project.observations[["file", "row", "published"]]
    for row in rows[rows["published"] != ""].itertuples():
        yield row.file, f"row {row.row}", "published", row.published
    file = relative(home / "plan/projects.csv", where.root)
    for key, item in project.plan.projects.items():
        yield file, f"project '{key}'", "status_date", item.status_date
    file = relative(home / "units.csv", where.root)
    for key, unit in project.plants.items():
        yield file, f"unit '{key}'", "status_date", unit.status_date
