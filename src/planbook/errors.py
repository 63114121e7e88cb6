"""Errors of planbook: each names file, row or key, rule and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MAX_PROBLEMS_SHOWN = 50  # lines; enough to mend a file in one go, few enough to read


class PlanbookError(Exception):
    """Base class of every error that a user can mend."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in one place.

    Attributes
    ----------
    file : str
        Path of the file, relative to the project where possible.
    place : str
        Row, line or key within the file, such as ``row 9`` or ``line 4``.
    rule : str
        What is wrong, with the offending value.
    remedy : str
        What to do about it.
    """

    file: str
    place: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file} {self.place}".strip()
        return f"{where}: {self.rule}; {self.remedy}"


class DataError(PlanbookError):
    """Input data break a rule.

    Parameters
    ----------
    problems : Problem or sequence of Problem
        Everything found, in file order.

    Attributes
    ----------
    problems : tuple of Problem
    """

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        if isinstance(problems, Problem):
            problems = [problems]
        self.problems = tuple(problems)
        shown = [str(problem) for problem in self.problems[:MAX_PROBLEMS_SHOWN]]
        hidden = len(self.problems) - len(shown)
        if hidden > 0:
            shown.append(f"… and {hidden} more of the kind")
        super().__init__("\n".join(shown))


class MissingYearError(PlanbookError):
    """A computation needs a year that a series does not have."""


class ForecastRefused(PlanbookError):
    """A series cannot be forecast; the message is the reason shown on the page.

    Parameters
    ----------
    reason : str
        Key of the message table, so that the page can say it in its language.
    **details
        Values for the message's placeholders.
    """

    def __init__(self, reason: str, **details: object) -> None:
        self.reason = reason
        self.details = details
        listed = ", ".join(f"{name}={value}" for name, value in details.items())
        super().__init__(f"{reason} ({listed})" if listed else reason)


class FontError(PlanbookError):
    """No font on this machine can draw the text of a chart."""


class ParameterError(PlanbookError):
    """A notebook was given a parameter it does not declare, or a wrong value."""


class BuildError(PlanbookError):
    """The book could not be built; the published one is untouched."""


def relative(path: Path, root: Path | None) -> str:
    """Give `path` relative to `root` where it lies below it.

    Parameters
    ----------
    path : pathlib.Path
    root : pathlib.Path or None

    Returns
    -------
    str
        With forward slashes, so that messages are the same on every system.
    """
    try:
        return path.resolve().relative_to(root.resolve()).as_posix() if root else path.name
    except ValueError:
        return path.as_posix()
