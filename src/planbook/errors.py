"""Errors of planbook: each names file, row or key, rule and remedy."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Iterable, Sequence
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
        return f"{where}: {self.rule}; {self.remedy}".removeprefix(": ")


class DataError(PlanbookError):
    """Input data break a rule.

    Parameters
    ----------
    problems : Problem or sequence of Problem
        Everything found, in file order.
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


class Problems(list[Problem]):
    """What is wrong in one file, gathered while it is read."""

    def __init__(self, file: str, found: Iterable[Problem] = ()) -> None:
        super().__init__(found)
        self.file = file

    def add(self, place: str, rule: str, remedy: str) -> None:
        """Note one more."""
        self.append(Problem(self.file, place, rule, remedy))

    def stop(self) -> None:
        """Raise `DataError` if anything is wrong."""
        if self:
            raise DataError(self)


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


_REFUSALS = {
    errno.EACCES: "change its permissions, or give another place",
    errno.EPERM: "change its permissions, or give another place",
    errno.EROFS: "make it writable, or give another place",
    errno.ENOSPC: "free some space and run the command again",
    errno.EDQUOT: "free some space and run the command again",
    errno.EFBIG: "raise the limit for the size of a file (ulimit -f)",
    errno.EMFILE: "raise the limit for open files (ulimit -n), or use --jobs 1",
    errno.ENFILE: "close other programs, or use --jobs 1",
    errno.EAGAIN: "end other programs, or use --jobs 1",
    errno.ENOMEM: "end other programs, or use --jobs 1",
    errno.ENAMETOOLONG: "give a shorter name",
    errno.EISDIR: "give the name of a file",
    errno.ENOTDIR: "a part of the path is a file; give another place",
    errno.ENOENT: "check the path, or make it first",
    errno.EEXIST: "remove it, or give another name",
    errno.EBUSY: "close the program that uses it",
    errno.EIO: "check the disk",
    errno.ELOOP: "remove the circle of links",
}
_SEMAPHORES = "/dev/shm"  # where the locks of several processes live


def refused(error: OSError | MemoryError | RuntimeError) -> Problem | None:
    """Say in one line what the operating system refuses.

    Returns
    -------
    Problem or None
        None if the system has nothing to do with it.
    """
    if isinstance(error, MemoryError):
        return Problem("", "", "the memory is used up", "end other programs, or use --jobs 1")
    if isinstance(error, RuntimeError):
        if "start new thread" not in str(error):
            return None
        return Problem("", "", "the system starts no more threads", _REFUSALS[errno.EAGAIN])
    reason = error.strerror if isinstance(error.strerror, str) else str(error)
    reason = " ".join(reason.split()) or type(error).__name__
    reason = reason[0].lower() + reason[1:]
    remedy = _REFUSALS.get(error.errno or 0, "mend this and run the command again")
    frames = traceback.extract_tb(error.__traceback__)
    if any(Path(frame.filename).name == "synchronize.py" for frame in frames):
        remedy = "several processes need it writable and with some space; mount it or use --jobs 1"
        return Problem(_SEMAPHORES, "", reason, remedy)
    if "temporary directory" in reason:
        return Problem("", "", reason, "make one of them writable, or set TMPDIR to a folder")
    named = error.filename2 or error.filename
    if isinstance(named, bytes):
        named = named.decode(errors="replace")
    if isinstance(named, str) and named.endswith(".part"):  # of a file not yet in its place
        named = str(Path(named).parent)
    return Problem(named if isinstance(named, str) else "", "", reason, remedy)


def relative(path: Path, root: Path | None) -> str:
    """Give `path` relative to `root` where it lies below it.

    Returns
    -------
    str
        With forward slashes, so that messages are the same on every system.
    """
    try:
        return path.resolve().relative_to(root.resolve()).as_posix() if root else path.name
    except ValueError:
        return path.as_posix()
