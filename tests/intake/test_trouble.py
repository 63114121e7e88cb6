"""Trouble by the hundred: usual sheets, changed in what they mean and in what they do not.

After a change of meaning an import stops, or it reads exactly the figures that are right
then; after a change without meaning it reads the same figures and is not stopped.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from planbook.intake.run import prepare
from planbook.project import Project, load

from .changes import MEANING, NOTHING
from .conftest import STOPPED, TODAY, outcome, told
from .layouts import Layout, layouts

NAMES = [
    "one row a figure", "table of text", "table of text in GBK",
    "table of text with a mark of its encoding", "set off by tabs", "set off by semicolons",
    "in English, by code", "in English, by name", "in both languages", "numbered and signed",
    "with status, date, page and note", "with codes of the office", "counties as rows",
    "notes below", "lines of an index above", "years as columns", "years as columns, text",
    "units in the headings of years", "one unit above", "years as numbers",
    "counties as rows, years as columns", "two parts with titles", "form of our own",
]  # fmt: skip


@pytest.fixture(scope="session")
def smallville(lay_out, tmp_path_factory) -> Project:
    return load("smallville", lay_out(tmp_path_factory.mktemp("smallville")))


@pytest.fixture(scope="session")
def sheets(smallville) -> dict[str, Layout]:
    return {layout.name: layout for layout in layouts(smallville)}


def imported(project: Project, layout: Layout, folder: Path) -> tuple[object, str]:
    """Import a sheet; give what came of it, and what was said."""
    path = layout.write(folder)
    intake = prepare(project, [path], today=TODAY)
    path.unlink()
    return outcome(intake), "; ".join(told(intake)[:2]) or "nothing was said"


def test_there_is_trouble_enough(sheets):
    """Each combination is a file that differs from its layout, or is laid out otherwise."""
    assert list(sheets) == NAMES and len(NAMES) >= 20
    assert len(MEANING) >= 40 and len(NOTHING) >= 40
    meant = [change(layout) for layout in sheets.values() for change in MEANING.values()]
    same = [change(layout) for layout in sheets.values() for change in NOTHING.values()]
    counts = (sum(one is not None for one in meant), sum(one is not None for one in same))
    print(f"{counts[0]} changes of meaning, {counts[1]} without")
    assert sum(counts) >= 1500
    for change in (*MEANING.values(), *NOTHING.values()):  # each fits somewhere
        assert any(change(layout) is not None for layout in sheets.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_is_read_as_it_stands(name, sheets, smallville, tmp_path):
    found, why = imported(smallville, sheets[name], tmp_path)
    assert found == sheets[name].right, why


@pytest.mark.parametrize("name", NAMES)
def test_no_change_of_meaning_passes_without_a_word(name, sheets, smallville, tmp_path):
    layout, failed = sheets[name], []
    for change_name, change in MEANING.items():
        changed = change(layout)
        if changed is None:
            continue
        found, why = imported(smallville, changed[0], tmp_path)
        if found != STOPPED and found != changed[1]:
            failed.append(f"{change_name}: came {found}, right {changed[1] or STOPPED} ({why})")
    assert not failed, f"{len(failed)} of {len(MEANING)}:\n" + "\n".join(failed)


@pytest.mark.parametrize("name", NAMES)
def test_a_change_without_meaning_changes_nothing(name, sheets, smallville, tmp_path):
    layout, failed = sheets[name], []
    for change_name, change in NOTHING.items():
        changed = change(layout)
        if changed is None:
            continue
        found, why = imported(smallville, changed, tmp_path)
        if found != layout.right:
            failed.append(f"{change_name}: came {found} ({why})")
    assert not failed, f"{len(failed)} of {len(NOTHING)}:\n" + "\n".join(failed)
