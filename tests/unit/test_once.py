"""What the processes of a test run share is made by one of them alone."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from edits import edit


def test_of_several_that_ask_at_once_one_makes_and_all_get_the_same(once):
    makers = []

    def make(folder):
        makers.append(folder)
        time.sleep(0.2)  # the others come meanwhile
        (folder / "a.txt").write_text("made", encoding="utf-8")
        return {"count": len(makers)}

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: once("test-once", make), range(3)))
    assert len(makers) == 1
    assert found == [(makers[0], {"count": 1})] * 3
    assert (makers[0] / "a.txt").read_text(encoding="utf-8") == "made"


def test_what_failed_is_made_anew_from_nothing(once):
    def fail(folder):
        (folder / "half.txt").write_text("half", encoding="utf-8")
        raise ValueError("no disk")

    with pytest.raises(ValueError, match="no disk"):
        once("test-fail", fail)
    folder, _ = once("test-fail", lambda made: {"files": len(list(made.iterdir()))})
    assert list(folder.iterdir()) == []


def test_only_a_change_of_the_data_makes_a_project_be_read_again(project):
    from planbook.data.city import load

    first = load("smallville", project)
    assert load("smallville", project).observations is first.observations
    edit(project.city("smallville") / "observations" / "air.csv", "2023,36,", "2023,35,")
    again = load("smallville", project)
    rows = again.observations.query("indicator == 'pm25_iqair' and year == 2023")
    assert rows["value"].tolist() == [35]
    before = first.observations.query("indicator == 'pm25_iqair' and year == 2023")
    assert before["value"].tolist() == [36]
