"""Several cities in one run: one pool and one parent, a folder for each, faults kept apart."""

from __future__ import annotations

import shutil

import pytest
from notebook_writer import texts, write

from planbook import build
from planbook.cli.main import main
from planbook.execute.request import Parent

CELLS = (
    'from planbook import chapter\nc = chapter.load("12_air", city=city, lang=lang, as_of=as_of)',
    'shown = c.headline("pm25_january")\nshown',
    'assert "61.0" not in shown.html, "no such figure"',
)


@pytest.fixture
def cities(project, monkeypatch):
    """Smallville and its twin, whose January figure is 61, with one small chapter."""
    for notebook in project.notebooks.glob("*.ipynb"):
        notebook.unlink()
    write(project.notebooks / "12_air.ipynb", *CELLS)
    twin = project.cities / "twin"
    shutil.copytree(project.city("smallville"), twin)
    for path in twin.rglob("*.*"):
        text = path.read_text(encoding="utf-8").replace("smallville", "twin")
        path.write_text(text.replace("twin,2023,60,", "twin,2023,61,"), encoding="utf-8")
    monkeypatch.setenv("PLANBOOK_ROOT", str(project.root))
    return project


def test_each_city_gets_its_own_book_and_a_fault_of_one_stops_no_other(cities, monkeypatch, capsys):
    published, parents = [], []

    def publish(project, langs, _ahead, **_):
        published.append((project.city.id, project.paths.site, tuple(langs)))
        return 7

    monkeypatch.setattr(build, "publish", publish)
    start = Parent.start
    monkeypatch.setattr(Parent, "start", lambda self: parents.append(self) or start(self))
    again = ["build", "--city", "all", "--lang", "en", "--jobs", "1"]
    homes = {name: cities.build / "cities" / name for name in ("smallville", "twin")}

    assert main(again) == 1
    told = capsys.readouterr()
    assert "twin: 12_air.ipynb (en), cell 4: AssertionError: no such figure" in told.err
    assert "not published: twin; its earlier state stands" in told.err
    assert "smallville · 12_air · en" in told.err
    assert told.out.count("7 pages; 1 notebooks executed, 0 reused") == 1
    assert published == [("smallville", homes["smallville"] / "html", ("en",))]
    assert "60.0" in texts(homes["smallville"] / "chapters" / "en" / "12_air.ipynb")
    assert not (homes["twin"] / "chapters").exists()
    assert not (cities.book / "chapters").exists()
    assert len(set(map(id, parents))) == 1

    figures = cities.city("twin") / "observations" / "air.csv"
    figures.write_text(
        figures.read_text("utf-8").replace("twin,2023,61,", "twin,2023,62,"), "utf-8"
    )
    assert main(again) == 0  # the other city's book is as it was, and not looked at again
    told = capsys.readouterr()
    assert told.out.count("7 pages; 0 notebooks executed, 1 reused") == 1
    assert told.out.count("7 pages; 1 notebooks executed, 0 reused") == 1
    assert [name for name, *_ in published] == ["smallville", "twin"]
    assert "62.0" in texts(homes["twin"] / "chapters" / "en" / "12_air.ipynb")


def test_wrong_data_of_one_city_stop_all_before_anything_is_executed(cities, capsys):
    figures = cities.city("twin") / "observations" / "air.csv"
    figures.write_text(figures.read_text("utf-8").replace(",ug/m3,", ",kg,", 1), "utf-8")
    assert main(["build", "--city", "smallville", "twin", "--kernel", "cold"]) == 1
    assert "data/cities/twin/observations/air.csv" in capsys.readouterr().err
    assert not cities.build.exists()


def test_all_stands_alone(cities, capsys):
    assert main(["build", "--city", "all", "twin"]) == 1
    assert "--city all: it takes every city" in capsys.readouterr().err
