"""Every city's figures are those that its ``control.csv`` pins, and none of them is lost."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from planbook.data import control
from planbook.data.city import load
from planbook.data.paths import Paths
from planbook.errors import DataError

REPO = Path(__file__).resolve().parents[2]
CITIES = [path.parent.name for path in sorted(REPO.glob("data/cities/*/city.yml"))]
HEAD = "indicator,entity,year,source,value,unit,status,qualifier,note,note_zh\n"


@pytest.mark.parametrize("city", CITIES)
def test_every_figure_that_was_read_stands_on_file(city):
    assert control.compare(load(city, Paths(REPO))) == []


def test_the_shipped_city_pins_what_was_read():
    """So that pins do not go with the figures that they are there for."""
    project = load("liupanshui", Paths(REPO))
    path = project.paths.city("liupanshui") / control.NAME
    pins = control.load(path, project.catalog, entities=project.entities, sources=project.sources)
    assert len(pins) >= 119
    assert len({pin.indicator for _, pin in pins}) > 90
    assert {pin.entity for _, pin in pins} >= {"liupanshui", "guizhou", "china", "panzhou"}


# ---- its teeth, on the invented city


def pinned(project: Paths, *rows: str) -> list[str]:
    path = project.city("smallville") / control.NAME
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return [str(one) for one in control.compare(load("smallville", project))]


def first(project: Paths, indicator: str = "manure_utilisation_rate") -> dict[str, str]:
    path = project.city("smallville") / "observations/agriculture.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return next(row for row in rows if row["indicator"] == indicator)


def pin(row: dict[str, str], **other: str) -> str:
    given = {**row, "note": "", "note_zh": "", **other}
    return ",".join(given.get(name) or "" for name in HEAD.strip().split(","))


def test_a_figure_as_it_was_read_is_no_fault(project):
    row = first(project)
    assert pinned(project, pin(row)) == []
    assert pinned(project, pin(row, value=f"{float(row['value']):.3f}", status="")) == []


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"value": "12.5"}, "read as 12.5 %, is "),
        ({"year": "1990"}, "is not on file; restore it; a later figure stands beside it"),
        ({"status": "modelled"}, "status of manure_utilisation_rate of smallville"),
        ({"qualifier": "about"}, "qualifier of manure_utilisation_rate of smallville"),
    ],
)
def test_what_is_not_on_file_as_it_was_read_is_told(project, other, told):
    row = first(project)
    (line,) = pinned(project, pin(row, **other))
    assert line.startswith("data/cities/smallville/control.csv row 2: ")
    assert told in line


def test_a_revision_beside_it_is_no_fault_and_one_in_its_place_is(project):
    row = first(project)
    path = project.city("smallville") / "observations/agriculture.csv"
    text = path.read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if one.startswith(row["indicator"] + ","))
    changed = line.replace(f",{row['value']},", ",1.25,")
    later = changed.replace(f",{row['status']},{row['published']},", ",revised,2024-11,")
    path.write_text(f"{text}{later}\n", encoding="utf-8")
    assert pinned(project, pin(row)) == []
    path.write_text(text.replace(line, changed), encoding="utf-8")
    (told,) = pinned(project, pin(row))
    assert "is 1.25 % in data/cities/smallville/observations/agriculture.csv row " in told


def test_a_pin_may_be_in_the_unit_of_its_source(project):
    path = project.city("smallville") / "observations/energy.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    row = next(one for one in rows if one["unit"] == "MW")
    assert pinned(project, pin(row, value=f"{float(row['value']) / 1000}", unit="GW")) == []
    assert len(pinned(project, pin(row, value=row["value"], unit="GW"))) == 1


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"indicator": "nothing"}, "no observed indicator 'nothing'"),
        ({"entity": "nowhere"}, "no place 'nowhere'"),
        ({"source": "nobody"}, "unknown source 'nobody'"),
        ({"unit": "kt"}, "row 2: "),
        ({"status": "sure"}, "status 'sure' is unknown"),
        ({"qualifier": "perhaps"}, "qualifier 'perhaps' is unknown"),
        ({"note": "only"}, "the note stands in one language only"),
        ({"year": "20"}, "row 2, column year"),
        ({"value": "x"}, "row 2, column value"),
    ],
)
def test_a_pin_that_makes_no_sense_is_told_and_stops_no_book(project, other, told):
    row = first(project)
    with pytest.raises(DataError, match=told):
        pinned(project, pin(row, **other))
    assert load("smallville", project).city.id == "smallville"


def test_check_reports_and_the_exit_code_is_that_of_notes(project, command):
    from planbook.exports import descriptor

    row = first(project)
    pinned(project, pin(row, value="12.5"))
    descriptor.write(project)
    done = command(project, "check", "--city", "smallville")
    assert done.returncode == 0, done.stderr
    (line,) = [one for one in done.stdout.splitlines() if "control.csv" in one]
    assert line.startswith("note: data/cities/smallville/control.csv row 2: ")
    assert command(project, "status", "--city", "smallville").returncode == 0
