"""Trouble by the hundred: usual sheets, changed in what they mean and in what they do not.

After a change of meaning an import stops, or it reads exactly the figures that are right
then; after a change without meaning it reads the same figures and is not stopped.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from planbook.data.city import CityData, load
from planbook.intake.import_run import prepare

from . import changes_of_form, changes_of_nothing, changes_of_scope
from .changes import MEANING, NOTHING, Meant
from .conftest import STOPPED, TODAY, outcome, told
from .layouts import Layout, layouts

MODULES = (changes_of_form, changes_of_nothing, changes_of_scope)  # they enter their changes
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
def smallville(lay_out, tmp_path_factory) -> CityData:
    return load("smallville", lay_out(tmp_path_factory.mktemp("smallville")))


@pytest.fixture(scope="session")
def sheets(smallville) -> dict[str, Layout]:
    return {layout.name: layout for layout in layouts(smallville)}


@pytest.fixture(scope="session")
def chosen(sheets) -> tuple[dict[str, dict[str, Meant]], dict[str, dict[str, Layout]]]:
    """Choose the combinations to try: changes of meaning, and changes without, by layout.

    Every change is tried on its share of the layouts it fits, a different share each time,
    so that together they cover all; PLANBOOK_TROUBLE=all tries every one.
    """
    every = os.environ.get("PLANBOOK_TROUBLE") == "all"
    found: tuple[dict, dict] = ({name: {} for name in sheets}, {name: {} for name in sheets})
    for which, changes, share in ((0, MEANING, 4), (1, NOTHING, 2)):
        for number, (change_name, change) in enumerate(changes.items()):
            fits = [(name, made) for name, layout in sheets.items() if (made := change(layout))]
            assert fits, f"{change_name} fits no layout"
            for place, (name, made) in enumerate(fits):
                if every or (place + number) % share == 0 or len(fits) < share:
                    found[which][name][change_name] = made
    return found


def imported(project: CityData, layout: Layout, folder: Path) -> tuple[object, str]:
    """Import a sheet; give what came of it, and what was said."""
    path = layout.write(folder)
    intake = prepare(project, [path], today=TODAY)
    path.unlink()
    return outcome(intake), "; ".join(told(intake)[:2]) or "nothing was said"


def test_there_is_trouble_enough(sheets, chosen):
    """At least twenty layouts, forty changes of each kind, 1,500 files; none chosen twice."""
    assert list(sheets) == NAMES and len(NAMES) >= 20
    assert len(MODULES) == 3
    assert len(MEANING) >= 40 and len(NOTHING) >= 40
    counts = [sum(map(len, changes.values())) for changes in chosen]
    print(f"{len(MEANING)} changes of meaning, {len(NOTHING)} without; files: {counts}")
    assert sum(counts) >= 1500
    assert all(changes[name] for changes in chosen for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_is_read_as_it_stands(name, sheets, smallville, tmp_path):
    found, why = imported(smallville, sheets[name], tmp_path)
    assert found == sheets[name].right, why


@pytest.mark.parametrize("name", NAMES)
def test_no_change_of_meaning_passes_without_a_word(name, chosen, smallville, tmp_path):
    failed = []
    for change, (layout, right) in chosen[0][name].items():
        found, why = imported(smallville, layout, tmp_path)
        if found not in (STOPPED, right):
            failed.append(f"{change}: came {found}, right {right or STOPPED} ({why})")
    assert not failed, f"{len(failed)} of {len(chosen[0][name])}:\n" + "\n".join(failed)


@pytest.mark.parametrize("name", NAMES)
def test_a_change_without_meaning_changes_nothing(name, sheets, chosen, smallville, tmp_path):
    right, failed = sheets[name].right, []
    for change, layout in chosen[1][name].items():
        found, why = imported(smallville, layout, tmp_path)
        if found != right:
            failed.append(f"{change}: came {found} ({why})")
    assert not failed, f"{len(failed)} of {len(chosen[1][name])}:\n" + "\n".join(failed)
