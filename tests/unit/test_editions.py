"""Snapshots of editions: their bytes, their faults, and why two differ."""

from dataclasses import replace

import pandas as pd
import pytest

from planbook.analysis.changes import fingerprints
from planbook.analysis.changes.differences import compare
from planbook.data.snapshots import (
    DEFINITION,
    FIGURE_COLUMNS,
    RESULTS,
    Edition,
    check_name,
    from_bytes,
    load_editions,
    to_bytes,
)
from planbook.errors import DataError, PlanbookError


def target(verdict="off_course", latest=60.0, chance=0.2, terms="t", value=70.0):
    asked = dict(
        zip(DEFINITION, ("rate", "level_by_date", ">=", value, "%", None, 2030), strict=True)
    )
    said = dict.fromkeys(RESULTS) | {
        "verdict": verdict, "rule": "rule_x", "latest_year": 2020, "latest": latest,
        "forecast": 65.0, "lo95": 60.0, "hi95": 70.0, "probability": chance,
    }  # fmt: skip
    return {"definition": asked, "terms": terms, "behind": ["rate"], "result": said}


def edition(*values: float, year=2022, code="a", targets=None, entity="town", **more) -> Edition:
    rows = [
        ("rate", entity, 2020 + place, value, "%", "final", "2021", "book", "")
        for place, value in enumerate(values)
    ]
    figures = pd.DataFrame(rows, columns=list(FIGURE_COLUMNS))
    return Edition(
        city="town", day=f"{year}-12-31", year=year, program={"planbook": "1", "code": code},
        data={"city": "x"}, imports=(), figures=figures,
        targets={"t1": target()} if targets is None else targets, **more,
    )  # fmt: skip


def test_an_edition_is_written_the_same_each_time_and_read_back():
    one = edition(60.5, 61.25)
    raw = to_bytes(one)
    back = from_bytes(raw, "edition.json")
    assert to_bytes(back) == raw == to_bytes(one)
    assert back.targets == one.targets
    pd.testing.assert_frame_equal(back.figures, one.figures)
    assert raw.decode().count('  ["rate", "town"') == 2  # one figure a line, for git
    assert to_bytes(from_bytes(to_bytes(edition(targets={})), "x")) == to_bytes(edition(targets={}))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('"format": 1', '"format": 9', "its format is 9, not 1"),
        ('"year": 2022', '"year": "2022"', "'year' is no whole number"),
        ('"day": "2022-12-31"', '"day": "2022-02-31"', "'day' is no date: 2022-02-31"),
        ("60.5", "NaN", "NaN is no number"),
        ("60.5", "true", "figure"),
        ('"code": "a"', '"other": "a"', "'program' names no code"),
        ('"verdict": "off_course", ', "", "the result of t1"),
        (' "imports": [],\n', "", "'imports' is missing"),
        ("{", "[", "no snapshot of an edition"),
    ],
)
def test_a_damaged_edition_is_named_with_its_fault(old, new, rule):
    text = to_bytes(edition(60.5)).decode()
    assert old in text
    with pytest.raises(DataError, match=rule) as caught:
        from_bytes(text.replace(old, new, 1).encode(), "editions/x.json")
    assert str(caught.value).startswith("editions/x.json: no snapshot of an edition: ")


@pytest.mark.parametrize("name", ["2025", "now", "a/b", "..", "Spring", "", "con", "a" * 41])
def test_a_name_that_could_be_something_else_is_refused(name):
    with pytest.raises(PlanbookError, match="cannot name an edition; begin with a letter"):
        check_name(name)


def test_kept_editions_are_ordered_by_the_day_they_were_kept(tmp_path):
    folder = tmp_path / "town"
    (folder / "editions").mkdir(parents=True)
    for name, kept in (("b", "2024-01-01"), ("a", "2025-01-01")):
        raw = to_bytes(edition(1.0, name=name, kept=kept))
        (folder / "editions" / f"{name}.json").write_bytes(raw)
    assert list(load_editions(folder)) == ["b", "a"]
    (folder / "editions" / "c.json").write_bytes(raw)
    with pytest.raises(DataError, match=r"c\.json.*it says that it is 'a' of 'town'; restore"):
        load_editions(folder)


def test_figures_are_new_revised_or_withdrawn():
    old, new = edition(60.0, 61.0, 62.0), edition(60.0, 66.1)
    new = replace(new, figures=pd.concat([new.figures, edition(9.0, entity="east").figures]))
    found = compare(old, new)
    told = [(one.kind, one.entity, one.year, one.change_pct) for one in found.figures]
    assert [one[:3] for one in told] == [
        ("added", "east", 2020), ("revised", "town", 2021), ("withdrawn", "town", 2022),
    ]  # fmt: skip
    assert told[1][3] == pytest.approx(100 * 5.1 / 61)
    assert compare(new, old).counts()["figures_added"] == 1
    assert compare(old, old).figures == compare(old, old).targets == ()


def changed(old, new, again=None):
    (one,) = compare(old, new, again).targets
    return one.aspects, one.reasons


MOVED = {"t1": target("at_risk", 66.0, 0.4)}


def test_new_and_revised_figures_behind_a_target_are_its_reasons():
    assert changed(edition(60.0), edition(60.0, 66.0, targets=MOVED)) == (
        ("verdict", "latest", "chance"), ("added",),
    )  # fmt: skip
    old, new = edition(60.0, 61.0), edition(60.0, 66.0, targets=MOVED)
    assert changed(old, new)[1] == ("revised",)
    assert changed(new, edition(60.0))[1] == ("withdrawn",)


def test_a_figure_of_another_place_is_no_reason():
    new = edition(60.0, targets=MOVED)
    new = replace(new, figures=pd.concat([new.figures, edition(9.0, entity="china").figures]))
    assert changed(edition(60.0), new)[1] == ("unexplained",)


def test_time_and_definition_are_reasons():
    later = {"t1": target("due_no_data")}
    assert changed(edition(60.0), edition(60.0, year=2023, targets=later)) == (
        ("verdict",),
        ("time",),
    )
    other = {"t1": target(value=75.0)}
    assert changed(edition(60.0), edition(60.0, targets=other)) == (
        ("definition",),
        ("definition",),
    )
    other = {"t1": target("met", terms="u")}
    assert changed(edition(60.0), edition(60.0, targets=other)) == (("verdict",), ("definition",))
    (one,) = compare(edition(60.0, targets={}), edition(60.0)).targets
    assert (one.kind, one.reasons) == ("added", ("definition",))


def test_code_is_told_from_figures_by_computing_the_old_figures_again():
    old, new = edition(60.0), edition(60.0, 66.0, code="b", targets=MOVED)
    before, after = old.targets["t1"]["result"], MOVED["t1"]["result"]
    assert changed(old, new, lambda: {"t1": before})[1] == ("added",)
    assert changed(old, new, lambda: {"t1": after})[1] == ("code",)
    between = target("met", 60.0, 0.9)["result"]
    assert changed(old, new, lambda: {"t1": between})[1] == ("added", "code")


def test_code_without_such_a_test_is_a_possibility_beside_other_reasons():
    assert changed(edition(60.0), edition(60.0, 66.0, code="b", targets=MOVED))[1] == (
        "added", "code_possible",
    )  # fmt: skip
    assert changed(edition(60.0), edition(60.0, code="b", targets=MOVED))[1] == ("code",)

    def never():
        raise AssertionError("the code is the same")

    assert changed(edition(60.0), edition(60.0, 66.0, targets=MOVED), never)[1] == ("added",)


def test_the_hash_of_the_code_follows_what_computes_and_nothing_else(tmp_path):
    (tmp_path / "analysis").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "units.py").write_bytes(b"a = 1\r\n")
    (tmp_path / "analysis" / "x.py").write_bytes(b"b = 2\n")
    (tmp_path / "charts.py").write_bytes(b"c = 3\n")

    def fresh() -> str:
        return fingerprints.code(tmp_path)

    first = fresh()
    (tmp_path / "charts.py").write_bytes(b"c = 4\n")
    (tmp_path / "data" / "units.py").write_bytes(b"a = 1\n")  # only its line ends differ
    assert fresh() == first
    (tmp_path / "analysis" / "x.py").write_bytes(b"b = 3\n")
    assert fresh() != first
