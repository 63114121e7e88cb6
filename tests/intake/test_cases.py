"""Every case of `cases_scope` and `cases_form`: it is understood, or it stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from .cases_form import digits, forms, units
from .cases_scope import kinds, periods, places, titles
from .casework import FOLDER, Case
from .conftest import figures_of, outcome, told

CASES = [case for part in (places, periods, kinds, titles, digits, units, forms) for case in part()]


def _check(case: Case, folder: Path, prepared) -> list[str]:
    """Import what came; say what is not right."""
    path = case.make(folder)
    intake = prepared(path)
    found, wrong = outcome(intake), []
    if found not in case.right:
        why = "; ".join(told(intake)) or "nothing was said"
        wrong.append(f"came {found}, right {' or '.join(map(str, case.right))} ({why})")
    if case.holds is not None and figures_of(intake) != case.holds:
        wrong.append(f"holds {figures_of(intake)}, right {case.holds}")
    for fault in intake.faults:
        for lang in ("en", "zh"):
            if not (fault.message(lang) and fault.remedy(lang)):
                wrong.append(f"{fault.rule}: no message or remedy in {lang}")
        if fault.file != path.name:
            wrong.append(f"{fault.rule}: told of the file {fault.file}")
    return wrong


@pytest.mark.parametrize("kind", sorted({case.kind for case in CASES}))
def test_what_came_is_understood_or_stops(kind, tmp_path, prepared):
    failed = []
    for number, case in enumerate(case for case in CASES if case.kind == kind):
        folder = tmp_path / str(number)
        folder.mkdir()
        failed += [f"{case.came}: {line}" for line in _check(case, folder, prepared)]
    assert not failed, f"{len(failed)} of {kind}:\n" + "\n".join(failed)


def test_every_file_that_came_is_a_case():
    """Those of a folder and of a clock have tests of their own."""
    told_of = "".join(Path(__file__).with_name(name).read_text(encoding="utf-8")
                      for name in ("cases_scope.py", "cases_form.py", "test_account.py"))  # fmt: skip
    for path in FOLDER.rglob("*"):
        if path.is_file():
            assert path.stem in told_of or path.relative_to(FOLDER).parts[0] in told_of, path
