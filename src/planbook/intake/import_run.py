"""One import from files to the question whether to write: no writing before that."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planbook.data.catalog import Department
from planbook.data.city import CityData
from planbook.data.observations import check_rows, load_sources, read_rows
from planbook.errors import DataError, Problem
from planbook.files import journal
from planbook.intake import import_records as records
from planbook.intake import merge
from planbook.intake.answers import FILE as ANSWERS
from planbook.intake.answers import Answer, with_key
from planbook.intake.answers import apply as apply_answers
from planbook.intake.answers import load as load_answers
from planbook.intake.answers import to_bytes as answers_to_bytes
from planbook.intake.checks.revisions import Change, compare, latest
from planbook.intake.checks.single import check_figures, drop_equal
from planbook.intake.checks.together import (
    accounts_of,
    check_together,
    check_totals,
    load_relations,
)
from planbook.intake.faults import Fault, of_level, refuse, visible
from planbook.intake.meaning.entries import DECORATION, FIGURE, NOT_UNDERSTOOD, READ_WITH, Entry
from planbook.intake.meaning.names import Names
from planbook.intake.meaning.origins import Origins, to_yaml
from planbook.intake.meaning.resolve import NewFigure, resolve
from planbook.intake.meaning.sheets import Sheets
from planbook.intake.reading import limits
from planbook.intake.reading.grid import Grid
from planbook.intake.reading.reader import Reader, shared
from planbook.intake.reading.refusal import Refused
from planbook.intake.reading.safety import TABLE, WORKBOOK

_FIRST_TO_BEGIN = dt.timezone(dt.timedelta(hours=14))  # where a day begins first


@dataclass(frozen=True)
class Intake:
    """What an import would do."""

    changes: tuple[Change, ...]  # empty of refused figures; those are in `faults`
    faults: tuple[Fault, ...]
    grids: tuple[Grid, ...]  # what was read, for the annotated copy
    read: tuple[dict[str, Any], ...]  # name, size and SHA-256 of each file
    sources: dict[str, dict]  # new entries of ``sources.yml``
    entries: int  # figures found in the sheets, with those refused
    # cells with content that are figures, that figures were read with, decoration, and not
    # understood
    cells: dict[str, int]
    forms: dict[tuple[str, str], tuple[str, str]]  # sender and layout by file and sheet

    @property
    def errors(self) -> list[Fault]:
        return of_level(self.faults, "error")

    @property
    def questions(self) -> list[Fault]:
        return of_level(self.faults, "question")

    @property
    def unread(self) -> list[Fault]:
        return of_level(self.faults, "unread")

    @property
    def hints(self) -> list[Fault]:
        return of_level(self.faults, "hint")

    @property
    def warnings(self) -> list[Fault]:
        return of_level(self.faults, "warning")

    @property
    def is_incomplete(self) -> bool:
        """Whether a file or sheet has the form and no figure in it."""
        return any(one.rule in ("no_figure", "no_figure_sheet") for one in self.faults)

    @property
    def to_write(self) -> list[Change]:
        return [one for one in self.changes if one.action != "unchanged"]


def list_files(given: Sequence[Path], lang: str) -> tuple[list[Path], list[Fault]]:
    """Resolve folders to the workbooks and tables in them, and name what else lies there.

    Raises `IntakeError` if nothing is there, or too much.
    """
    found: list[Path] = []
    left: list[Fault] = []
    for path in given:
        if not path.is_dir():
            found.append(path)
            continue
        inner = [
            one
            for one in sorted(path.rglob("*"))
            if one.is_file() and not _is_clutter(one.relative_to(path))
        ]
        taken = [
            one
            for one in inner
            if one.parent == path and one.suffix.lower() in (WORKBOOK, TABLE, *_NAMED_ANYHOW)
        ]
        if not inner:
            raise refuse("folder_empty", lang, folder=visible(path))
        if not taken:
            left.append(Fault("folder_empty", visible(path.name), details={"folder": path.name}))
        found += taken
        left += [
            Fault("file_unread", visible(one.relative_to(path).as_posix()), level="unread",
                  details={"heading": one.name})
            for one in inner
            if one not in taken
        ]  # fmt: skip
    if len(found) > limits.MAX_FILES:
        raise refuse("too_many_files", lang, count=len(found), limit=limits.MAX_FILES)
    return list(dict.fromkeys(found)), left


_NAMED_ANYHOW = (".xlsm", ".xls", ".xlsb", ".ods", ".et")  # refused by name, with a remedy


def _is_clutter(path: Path) -> bool:
    """Tell whether a file is what programs leave behind: locks, thumbnails, hidden files."""
    names = ("thumbs.db", "desktop.ini", "__macosx")
    return any(part.startswith((".", "~$")) or part.lower() in names for part in path.parts)


def prepare(
    project: CityData,
    files: Sequence[Path],
    *,
    source: str = "",
    today: dt.date | None = None,
    lang: str = "en",
    reader: Reader | None = None,
    answers: Sequence[str] = (),
) -> Intake:
    """Read and check files; change nothing.

    Raises `IntakeError` if there is no file, or `source` is unknown.
    """
    # a figure published today in China is not of the future where it is still yesterday
    latest_day = today or dt.datetime.now(_FIRST_TO_BEGIN).date()
    today = today or dt.date.today()
    city = project.city
    folder = project.paths.city(city.id)
    own_sources = load_sources(folder / "sources.yml", project.paths.root)
    if source and source not in own_sources:
        raise refuse("source_option", lang, source=visible(source), city=city.id)
    answered = load_answers(folder, project.paths.root)
    departments = {**project.catalog.departments, **city.departments}
    names = _names(project, departments)
    origins = Origins(own_sources, departments, today.isoformat(), source,
                      frozenset(project.sources))  # fmt: skip
    figures: list[NewFigure] = []
    grids: list[Grid] = []
    roles: dict[tuple[str, str, str], str] = {}
    forms: dict[tuple[str, str], tuple[str, str]] = {}
    read = []
    entries = 0
    paths, faults = list_files(files, lang)
    for path in paths:
        try:
            raw = path.read_bytes() if path.is_file() else b""
            inside = (reader or shared()).read(path)
        except Refused as refused:
            faults.append(Fault(refused.rule, path.name, details=refused.details))
            continue
        except OSError:
            faults.append(Fault("unreadable", path.name))
            continue
        read.append({"name": visible(path.name), "bytes": len(raw), "sha256": records.digest(raw)})
        grids += inside
        sheets = Sheets(path.name, inside, departments, city.id, origins, names)
        faults += sheets.read()
        roles |= sheets.roles
        forms |= sheets.forms
        entries += len(sheets.entries)
        for entry in sheets.entries:
            figure, wrong = resolve(entry, names, origins, sheets.holders.get(entry.sheet, ""))
            faults += wrong
            if figure:
                figures.append(figure)
        faults += sheets.without_figures()
    figures, equal = drop_equal(figures)
    faults += equal
    faults += check_figures(figures, project.catalog, latest_day)
    faults += check_totals(figures, project.catalog, list(city.counties))
    known = latest(project.observations, city.entities)
    of_relations = project.paths.factors / "relations.yml"
    relations = load_relations(of_relations, project.catalog, project.paths.root)
    bad = {(fault.file, fault.sheet, fault.cell) for fault in of_level(faults, "error")}
    sound = [one for one in figures if not _cells(one.entry) & bad]
    changes, wrong = compare(sound, known)
    faults += wrong
    moved = [one.figure for one in changes if one.action != "unchanged"]
    accounts = accounts_of(project.sources)
    faults += check_together(moved, known, project.catalog, relations, city.id, accounts)
    bad = {(fault.file, fault.sheet, fault.cell) for fault in of_level(faults, "error")}
    changes = [one for one in changes if not _cells(one.figure.entry) & bad]
    used = {one.figure.source for one in changes if one.action != "unchanged"}
    faults = [
        with_key(one, *forms.get((one.file, one.sheet), ("", "")), names.scopes) for one in faults
    ]
    told = apply_answers(_ordered(faults, grids), answered, answers)
    return Intake(tuple(changes), tuple(told), tuple(grids), tuple(read), origins.entries(used),
                  entries, _count(grids, roles, faults), forms)  # fmt: skip


def _count(
    grids: Sequence[Grid], roles: Mapping[tuple[str, str, str], str], faults: Sequence[Fault]
) -> dict[str, int]:
    """Count every cell with content by what it is there for."""
    unread = {
        (fault.file, fault.sheet, cell)
        for fault in faults
        if fault.level == "unread"
        for cell in fault.places
    }
    found = dict.fromkeys((FIGURE, READ_WITH, DECORATION, NOT_UNDERSTOOD), 0)
    for grid in grids:
        for cell in grid.cells.values():
            place = (grid.file, grid.sheet, cell.ref)
            found[NOT_UNDERSTOOD if place in unread else roles[place]] += 1
    return found


def _names(project: CityData, departments: Mapping[str, Department]) -> Names:
    """Gather every name that a sheet of the city may use."""
    city = project.city
    labels = [name for key, one in departments.items() for name in (key, one.en, one.zh)]
    places = {city.id: city.name, **city.counties}
    return Names(project.catalog, places, city.other_names, _other_cities(project), labels)


def _other_cities(project: CityData) -> list[str]:
    """Give the names of the cities that this one is compared with, in both languages."""
    if project.peers is None:
        return []
    frame = project.peers.frame
    others = frame[(frame["row"] == "peer") & (frame["code"] != project.city.code)]
    return sorted({*others["name_zh"], *others["name_en"]} - {""})


def _cells(entry: Entry) -> set[tuple[str, str, str]]:
    return {(entry.file, entry.sheet, cell.ref) for cell in entry.cells.values()}


def _ordered(faults: Sequence[Fault], grids: Sequence[Grid]) -> list[Fault]:
    """Sort faults as a reader goes through the sheets, the errors of a cell first."""
    order = {(grid.file, grid.sheet): place for place, grid in enumerate(grids)}
    places = {
        (grid.file, grid.sheet, cell.ref): (cell.row, cell.column)
        for grid in grids
        for cell in grid.cells.values()
    }

    def key(fault: Fault) -> tuple:
        where = (fault.file, fault.sheet, fault.cell)
        return (fault.file, order.get(where[:2], -1), places.get(where, (0, 0)), fault.level,
                fault.rule)  # fmt: skip

    return sorted(_unique(faults), key=key)


def _unique(faults: Sequence[Fault]) -> list[Fault]:
    seen, found = set(), []
    for fault in faults:
        mark = (fault.rule, fault.file, fault.sheet, fault.cell, repr(fault.details))
        if mark not in seen:
            seen.add(mark)
            found.append(fault)
    return found


def write(
    project: CityData, intake: Intake, *, who: str = "", now: dt.datetime | None = None,
    lang: str = "en", beside: journal.Beside | None = None, answers: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """Write what an import changes, in one step, with its record.

    Raises `IntakeError` if there are errors, or if a file changed since it was compared. Raises
    `DataError` if the files would not pass `planbook check`; nothing is written then.
    """
    if intake.errors:
        raise refuse("has_errors", lang, count=len(intake.errors))
    city = project.city.id
    folder = project.paths.city(city)
    homes = {
        (row["indicator"], row["entity"]): f"observations/{Path(row['file']).name}"
        for row in project.observations[
            project.observations["entity"].isin(list(project.city.entities))
        ]
        .drop_duplicates(["indicator", "entity"])
        .to_dict("records")
    }
    by_file: dict[str, list[Change]] = {}
    for change in intake.to_write:
        by_file.setdefault(merge.home_of(change, homes, project.catalog), []).append(change)
    new: dict[str, bytes | None] = {}
    seen: dict[str, bytes | None] = {}
    written, rows = [], []
    if intake.sources:
        raw = (folder / "sources.yml").read_bytes()
        text = raw.decode("utf-8")
        tail = ("" if text.endswith("\n") else "\n") + to_yaml(intake.sources)
        seen["sources.yml"], new["sources.yml"] = raw, (longer := raw + tail.encode())
        written.append(_written("sources.yml", raw, longer) | {"tail": tail})
    for name, changes in sorted(by_file.items()):
        path = folder / name
        old = path.read_bytes() if path.is_file() else None
        result, lines, plain = merge.add_rows(old, changes)
        seen[name], new[name] = old, result
        about = _written(name, old, result, None if plain or old is None else old)
        written.append(about | {"lines": lines})
        rows += [_row(name, change) for change in changes]
    _check_result(project, new)
    moment = now or dt.datetime.now(dt.UTC)
    taken = [path.stem for path in (folder / records.FOLDER).glob("*.json")]
    name = records.new_id(moment, intake.read, taken)
    record = records.make(
        name, when=moment, who=who or records.who_asks(), city=city, read=intake.read,
        written=written, rows=rows, sources=intake.sources,
        accepted=[fault.as_dict(lang) for fault in intake.warnings],
    )  # fmt: skip

    def unchanged() -> None:
        for path, raw in seen.items():
            now_raw = (folder / path).read_bytes() if (folder / path).is_file() else None
            if now_raw != raw:
                raise refuse("changed_meanwhile", lang, file=path)

    kept = _answered(intake, folder, project.paths.root, answers, record, moment)
    # the record first: a reader that sees any new file sees that an import has happened
    whole = {records.path_of(name): records.to_bytes(record), **kept, **new}
    journal.apply(folder, whole, unchanged, beside)
    return record


def _answered(
    intake: Intake,
    folder: Path,
    root: Path,
    given: Sequence[str],
    record: Mapping[str, Any],
    moment: dt.datetime,
) -> dict[str, bytes]:
    """Give the file of answers with those of this import, or nothing where there are none."""
    new = {}
    for fault in intake.faults:
        if fault.key in given and fault.answered is not None:
            sender, layout = intake.forms.get((fault.file, fault.sheet), ("", ""))
            new[fault.key] = Answer(
                rule=fault.rule, value=fault.value, sender=sender, layout=layout or "–",
                file=visible(fault.file), who=record["who"], when=moment.date(),
                record=record["id"],
            )  # fmt: skip
    return {ANSWERS: answers_to_bytes({**load_answers(folder, root), **new})} if new else {}


def _written(
    name: str, before: bytes | None, after: bytes, keep: bytes | None = None
) -> dict[str, Any]:
    encoding = merge.encoding_of(keep) if keep is not None else "utf-8"
    return {
        "path": name,
        "sha256_before": None if before is None else records.digest(before),
        "sha256_after": records.digest(after),
        "encoding": encoding,
        "text_before": None if keep is None else keep.decode(encoding),
    }


def _row(name: str, change: Change) -> dict[str, Any]:
    figure = change.figure
    before = change.before
    kept = None if before is None else {key: before[key] for key in merge.HEADER}
    return {
        "file": name,
        "action": change.action,
        "indicator": figure.indicator,
        "entity": figure.entity,
        "year": figure.year,
        "row": merge.row_of(change),
        "read_from": {
            "file": visible(figure.entry.file),
            "sheet": visible(figure.entry.sheet),
            "cell": figure.entry.cells["value"].ref,
            "value": figure.given_value,
            "unit": figure.given_unit,
        },
        "before": kept,
    }


def _check_result(project: CityData, new: dict[str, bytes | None]) -> None:
    """Test the files to be as `planbook check` does, in a folder that is thrown away."""
    folder = project.paths.city(project.city.id)
    with tempfile.TemporaryDirectory() as draft_name:
        draft = Path(draft_name)
        (draft / "observations").mkdir()
        for name in {"sources.yml", *new}:
            drafted = new[name] if name in new else (folder / name).read_bytes()
            if drafted is not None:
                (draft / name).write_bytes(drafted)
        sources = load_sources(draft / "sources.yml", draft)
        problems: list[Problem] = []
        for path in sorted((draft / "observations").glob("*.csv")):
            try:
                check_rows(read_rows(path, draft), project.catalog,
                           entities=project.city.entities, sources=sources)  # fmt: skip
            except DataError as error:
                problems += error.problems
        if problems:
            raise DataError(problems)
