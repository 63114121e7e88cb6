"""Choose what the present state of a book is compared with."""

from __future__ import annotations

from dataclasses import dataclass

from planbook.analysis.changes.snapshot import before_imports, take
from planbook.data.city import CityData
from planbook.data.snapshots import Edition
from planbook.data.vintages import is_day, known_on, last_day, year_before
from planbook.errors import ParameterError


@dataclass(frozen=True)
class Baseline:
    """An earlier state, and how it was chosen."""

    # {'since', 'edition', 'imports', 'year'}; a date that was asked for, a kept edition, the data
    # before the imports recorded, or what was known a year before the newest publication date
    kind: str
    edition: Edition
    newest: str = ""  # with ``year``: the newest publication date; empty where no figure has one


def choose(project: CityData, as_of: int | str, since: str = "") -> Baseline:
    """Choose what the state at the end of `as_of` is compared with.

    Parameters
    ----------
    as_of : year or day.
    since : a date (``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``) or the name of a kept edition. Without
        it: the edition kept last; where there is none, the data without what was imported; where
        nothing was, what was known a year before the newest publication date.

    Raises
    ------
    ParameterError : if `since` is neither a date nor an edition.
    """
    if since and is_day(since):
        return Baseline("since", take(project, since))
    if since and since not in project.editions:
        known = ", ".join(project.editions) or "none"
        raise ParameterError(
            f"since '{since[:40]}': give a date as YYYY-MM-DD, or a kept edition ({known})"
        )
    if since or project.editions:
        return Baseline("edition", project.editions[since or list(project.editions)[-1]])
    if project.imports:
        rows = before_imports(project, list(project.imports))
        return Baseline("imports", take(project, as_of, observations=rows, imports=()))
    dates = known_on(project.observations, as_of)["published"]
    newest = max((last_day(text) for text in dates if text), default="")
    day = year_before(newest) if newest else str(int(str(as_of)[:4]) - 1)
    return Baseline("year", take(project, day), newest)


def entered(project: CityData, baseline: Baseline) -> list[str]:
    """List the imports that the baseline did not hold, the oldest first."""
    return [name for name in project.imports if name not in baseline.edition.imports]
