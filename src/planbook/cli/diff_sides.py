"""Where the two sides of ``planbook diff`` come from: file, build, kept edition, date, commit."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from planbook.analysis.changes import fingerprints
from planbook.analysis.changes.differences import Changes, compare
from planbook.analysis.changes.snapshot import again, definition, take, terms
from planbook.data.city import CityData, load
from planbook.data.paths import Paths
from planbook.data.snapshots import RESULTS, SITE_FILE, Edition, from_bytes
from planbook.data.vintages import is_day
from planbook.errors import DataError, PlanbookError

NOW = "now"
_PACKAGE = "src/planbook"
_SECONDS = 600  # that the code of a commit may take to judge its targets


@dataclass(frozen=True)
class Side:
    """One side of a comparison."""

    edition: Edition
    kind: str
    label: str  # as it was asked for; a commit with its hash
    project: CityData | None = None  # the data it was computed from; None for a snapshot
    notes: tuple[str, ...] = ()  # keys of messages: what the comparison cannot see


def resolve(text: str, present: CityData) -> Side:
    """Find what one side of a comparison names.

    Raises `PlanbookError` if it is none of these, is of another city, or cannot be read.
    """
    path = Path(text)
    if path.is_dir() or path.is_file():
        side = _of_path(path, text)
    elif text == NOW:
        return Side(_present(present), "now", text, present)
    elif text in present.editions:
        return Side(present.editions[text], "edition", text)
    elif is_day(text):
        hashes = fingerprints.data(present.paths, present.city.id)
        return Side(take(present, text, data=hashes), "date", text, present)
    else:
        return _of_commit(text, present)
    if side.edition.city != present.city.id:
        raise PlanbookError(
            f"{text}: an edition of '{side.edition.city}', not of '{present.city.id}'; "
            f"give --city {side.edition.city} or another edition"
        )
    return side


def _present(project: CityData) -> Edition:
    hashes = fingerprints.data(project.paths, project.city.id)
    return take(project, project.city.as_of, data=hashes)


def _of_path(path: Path, text: str) -> Side:
    if path.is_dir():
        places = [path / SITE_FILE, path / "html" / SITE_FILE, path / "_build/html" / SITE_FILE]
        found = next((one for one in places if one.is_file()), None)
        if found is None:
            raise PlanbookError(
                f"{text}: the folder holds no {SITE_FILE}; give one that 'planbook build' made, "
                "such as _build/html"
            )
        path = found
    return Side(from_bytes(path.read_bytes(), str(path)), "file", text)


def _of_commit(text: str, present: CityData) -> Side:
    root, kept = present.paths.root, ", ".join(present.editions) or "none"
    unknown = f"'{text[:60]}' is no file, folder, date or kept edition ({kept})"
    program = shutil.which("git")
    if program is None:
        raise PlanbookError(f"{unknown}; a commit or tag can be given only where git is installed")
    _, said = _git(program, root, "rev-parse", "--is-inside-work-tree")
    if said is not None:
        raise PlanbookError(
            f"{unknown}; a commit or tag can be given only where git reads the project's "
            f"repository; git says: {said}"
        )
    asked = f"{text}^{{commit}}"
    raw, said = _git(program, root, "rev-parse", "--verify", "--end-of-options", asked)
    if said is not None:
        raise PlanbookError(
            f"{unknown}, and the repository has no such commit or tag; git says: {said}"
        )
    commit = raw.decode().strip()
    label = f"{text} ({commit[:10]})"
    with tempfile.TemporaryDirectory(prefix="planbook-diff-") as name:
        folder = Path(name).resolve()
        _extract(program, root, commit, folder, label)
        try:
            project = load(present.city.id, Paths(folder))
        except DataError as error:
            raise PlanbookError(
                f"{label}: its data break rules of this version; build that commit and compare "
                f"the {SITE_FILE} of its site instead:\n{error}"
            ) from error
        except PlanbookError as error:
            raise PlanbookError(f"{label}: {error}") from error
        edition, package = _present(project), folder / _PACKAGE
        if not package.is_dir() or fingerprints.code(package) == fingerprints.code():
            return Side(edition, "commit", label, project)
        judged = _told_by(folder, present.city.id)
        if judged is None:
            return Side(edition, "commit", label, project, ("change_note_code",))
        about = {**edition.program, "planbook": _version(package),
                 "code": fingerprints.code(package)}  # fmt: skip
        targets = {
            target: {**one, "result": judged.get(target, one["result"])}
            for target, one in edition.targets.items()
        }
        return Side(replace(edition, program=about, targets=targets), "commit", label, project)


def _git(program: str, root: Path, *arguments: str) -> tuple[bytes, str | None]:
    """Ask git; give what it prints, and in one line why it says no, None where it does not."""
    done = subprocess.run(
        [program, "-C", str(root), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    said = " ".join(done.stderr.decode(errors="replace").split())
    return done.stdout, None if done.returncode == 0 else said or f"exit code {done.returncode}"


def _extract(program: str, root: Path, commit: str, folder: Path, label: str) -> None:
    """Write the data of a commit, and its code if it has any, below `folder`."""
    wanted = []
    for name in ("data", _PACKAGE):
        raw, said = _git(program, root, "ls-tree", "-d", "--name-only", commit, "--", name)
        if said is not None:
            raise PlanbookError(f"{label}: git cannot read the commit; git says: {said}")
        wanted += [name] if raw.strip() else []
    if "data" not in wanted:
        raise PlanbookError(f"{label}: the commit has no folder 'data'; give a later one")
    raw, said = _git(program, root, "archive", "--format=tar", commit, "--", *wanted)
    if said is not None:
        raise PlanbookError(
            f"{label}: git cannot read the commit; fetch it in full and try again; git says: {said}"
        )
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        for one in archive:
            parts = PurePosixPath(one.name)
            if not one.isfile() or parts.is_absolute() or ".." in parts.parts:
                continue  # folders come with their files; links lead out of the commit
            path = folder / one.name
            path.parent.mkdir(parents=True, exist_ok=True)
            if (content := archive.extractfile(one)) is not None:
                path.write_bytes(content.read())


def _told_by(folder: Path, city: str) -> dict[str, dict[str, Any]] | None:
    """Ask the code of a commit where its targets stand; None where it does not run here."""
    environment = {
        **os.environ,
        "PLANBOOK_ROOT": str(folder),
        "PYTHONPATH": str(folder / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "planbook", "status", "--city", city, "--format", "json"]
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            check=True, timeout=_SECONDS,
        )  # fmt: skip
        rows = json.loads(done.stdout)
        return {row["target_id"]: {name: row.get(name) for name in RESULTS} for row in rows}
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _version(package: Path) -> str:
    text = (package / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    return found[1] if found else ""


def difference(old: Side, new: Side, present: CityData) -> Changes:
    """Compare two sides; code is told from figures where the data can be computed again."""
    if new.edition.program["code"] != fingerprints.code():
        return compare(old.edition, new.edition)
    project = new.project or present

    def middle() -> Mapping[str, Mapping[str, Any]]:
        found, targets, city = again(project, old.edition), project.plan.targets, project.city.id
        same = {}
        for name, one in new.edition.targets.items():
            target = targets.get(name)
            if target is not None and (definition(target), one["terms"]) == (
                dict(one["definition"]),
                terms(project.catalog, target.indicator, city),
            ):
                same[name] = found[name]
        return same

    return compare(old.edition, new.edition, middle)
