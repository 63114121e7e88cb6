"""A chapter runs again exactly when something that it read has changed."""

from __future__ import annotations

import pytest
from notebook_writer import SETTINGS, texts, write

from planbook.execute.request import Parent, Request
from planbook.execute.runner import run
from planbook.execute.order import Task

UNTOUCHED = "nothing it depends on has changed"
CHAPTER = (
    'from planbook import chapter\nc = chapter.load("{name}", city=city, lang=lang, as_of=as_of)'
)
NOTEBOOKS = {
    "10_agriculture": ('c.headline("manure_utilisation_rate")',),
    "12_air": ('c.headline("pm25_january", "pm10_ipe")', "c.summary()"),
    "15_waste": ("c.question()",),
}


@pytest.fixture
def again(project):
    """Run three small chapters; give what was executed, with the reason, and what was shown."""
    tasks = []
    for name, cells in NOTEBOOKS.items():
        path = write(project.notebooks / f"{name}.ipynb", CHAPTER.format(name=name), *cells)
        tasks.append(Task(path, project.book / f"{name}.ipynb", SETTINGS))
    with Parent(project, "smallville") as parent:

        def once():
            found = run(tasks, project, Request(parent=parent, jobs=2))
            return {one.task.notebook.stem: one.reason for one in found if one.executed}

        assert once() == dict.fromkeys(NOTEBOOKS, "not yet executed")
        assert once() == {}
        yield once


def change(path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_observation_reruns_those_that_read_it_and_no_other(project, again):
    home = project.city("smallville")
    air = home / "observations" / "air.csv"
    change(air, "pm25_january,smallville,2023,60,", "pm25_january,smallville,2023,61,")
    told = "air.csv: pm25_january of smallville changed: 1 row"
    assert again() == {"12_air": told}
    assert "61.0" in texts(project.book / "12_air.ipynb")
    change(air, "pm25_january,smallville,2023,61,", "pm25_january,smallville,2023,60,")
    assert again() == {}  # what came out of that state is still known
    assert "60.0" in texts(project.book / "12_air.ipynb")

    change(air, "pm25_july,smallville,2023,20,", "pm25_july,smallville,2023,21,")
    assert again() == {}  # nobody asked for it
    # a figure where there was none, for one who asked
    with air.open("a", encoding="utf-8") as file:
        file.write("pm10_ipe,smallville,2023,50,ug/m3,final,2024,bureau,table 8,,,\n")
    assert again() == {"12_air": "air.csv: pm10_ipe of smallville changed: 1 row"}

    manure = home / "observations" / "agriculture.csv"
    change(manure, "2023,80.4,%,final,2024-06-01,bureau,table 1", "2023,80.5,%,final,2024-06-01,bureau,table 1")  # fmt: skip
    assert list(again()) == ["10_agriculture"]


def test_plan_catalogue_and_prose_are_followed_by_entry(project, again):
    plan = project.city("smallville") / "plan"
    change(plan / "sections.yml", "{en: Zoning,", "{en: Zones,")
    assert again() == {}
    catalogue = project.catalog / "air.yml"
    text = catalogue.read_text(encoding="utf-8")
    title = text[text.index("pm25_january:") :].partition("en: ")[2].partition(",")[0]
    head, _, tail = text.partition("pm25_january:")
    catalogue.write_text(f"{head}pm25_january:{tail.replace(title, 'Winter dust', 1)}", "utf-8")
    assert again() == {"12_air": "catalog.indicators: pm25_january changed"}
    write(project.notebooks / "15_waste.ipynb", CHAPTER.format(name="15_waste"), "c.question()", prose="New words")  # fmt: skip
    assert again() == {}
    assert "New words" in texts(project.book / "15_waste.ipynb")
