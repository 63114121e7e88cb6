"""Every chapter gives a sensible page for a city that has little or nothing to show in it."""

from __future__ import annotations

import ast
import json
from functools import cache, partial
from pathlib import Path

import pytest

from planbook import chapter

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
SOURCES_AND_FIELDS = (
    "03_zoning", "04_access", "06_living", "07_industry", "08_transport", "09_buildings",
)  # fmt: skip
MAY_BE_EMPTY = {"plot_plants", "plot_projects"}  # where the plan names no project


def show(name: str, lang: str, root) -> dict[str, tuple[str, object]]:
    """Run the cells of a chapter for Smallville: cell id → method and what it shows."""
    made = chapter.load(name, city="smallville", lang=lang, root=root)
    found = {}
    for cell in json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        line = ast.parse("".join(cell["source"])).body[0]
        if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Call)):
            continue
        call = line.value
        found[cell["id"]] = (call.func.attr, eval(ast.unparse(call), {"page": made}))
    return found


@pytest.fixture(scope="module")
def small(tmp_path_factory, lay_out):
    """A small project that nobody changes."""
    return lay_out(tmp_path_factory.mktemp("chapters") / "project")


@pytest.fixture(scope="module")
def shown_in(small):
    """Run each chapter once, for all tests that look at it."""
    return cache(partial(show, root=small))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", SOURCES_AND_FIELDS)
def test_chapter_of_a_city_without_figures(name, lang, small, shown_in):
    assert name in NOTEBOOKS
    shown = shown_in(name, lang)
    assert len(shown) >= 12
    for cell, (method, one) in shown.items():
        assert one.html or method in MAY_BE_EMPTY, cell
        assert bool(one.html) == bool(one.plain), cell
    own = chapter.load(name, city="smallville", lang=lang, root=small)
    question, targets = shown["question"][1].plain, shown["targets"][1].plain
    assert own.view.place("smallville") in question
    if own.page.sections:
        assert own.page.sections[0].question[lang] in question
    else:
        assert own.view.say("no_section", city=own.view.place("smallville")) in question
        assert targets == own.view.say("no_target") == shown["missing"][1].plain
        assert shown["measures"][1].plain == own.view.say("no_measure")
        assert shown["projects"][1].plain == own.view.say("no_project")


def test_no_context_is_shown_as_the_citys(small, shown_in):
    """Each figure of a place other than the city says that it is context."""
    for name in SOURCES_AND_FIELDS:
        own = chapter.load(name, city="smallville", root=small)
        note = own.view.say("note_context", city="Smallville")
        for cell, (method, one) in shown_in(name, "en").items():
            if method in ("plot_context", "plot_stack", "plot_latest") and one.data is not None:
                assert note in one.html, (name, cell)
                assert "Value of the city" not in one.data.columns, (name, cell)


def test_the_retrofits_of_a_plan_are_drawn_by_their_state(repo):
    zoning = chapter.load("03_zoning", root=repo)
    shown = zoning.targets.plot_projects()
    assert len(shown.data) == len(zoning.view.project.plan.projects_of(3)) == 6
    assert "6 not found by 2026-11-30" in shown.plain
    industry = chapter.load("07_industry", root=repo)
    assert "under construction" in industry.targets.plot_projects().plain
    assert "guizhou_daily_2024_04_29" in industry.page.sources
