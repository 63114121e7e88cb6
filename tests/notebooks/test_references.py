"""What notebooks name exists: methods, indicators, targets, messages, places."""

from __future__ import annotations

import ast
import inspect
import json
from importlib import import_module
from pathlib import Path

import pytest

from planbook import chapter
from planbook.data.city import load
from planbook.report.series.calls import MONTHS
from planbook.report.themes import THEMES
from planbook.text import messages

REPO = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((REPO / "notebooks").glob("*.ipynb"))
ROLES = ("city", "province", "nation")
ONE_UNIT = ("plot_trend", "plot_stack", "plot_months", "plot_latest")  # drawn on one axis


def calls(text: str) -> list[tuple[str, list, dict]]:
    """List the calls of a notebook's chapter: theme and method, arguments and options, evaluated."""
    found, defaults = [], {}
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    for cell in cells:
        if "parameters" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), defaults)
        for line in ast.parse("".join(cell["source"])).body:
            if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Call)):
                continue
            call = line.value
            catch = ast.parse("catch()", mode="eval")
            catch.body.args, catch.body.keywords = call.args, call.keywords
            scope = {**defaults, "catch": lambda *args, **options: (args, options)}
            args, options = eval(compile(ast.fix_missing_locations(catch), "cell", "eval"), scope)
            name = ast.unparse(call.func).removeprefix("page.")
            found.append((name, list(args), options))
    return found


def faults(found: list[tuple[str, list, dict]], project) -> list[str]:
    """List the names that do not exist."""
    wrong = []
    for method, args, options in found:
        theme, _, own = method.rpartition(".")
        home = chapter.Chapter
        if theme in THEMES:
            module, kind = THEMES[theme]
            home = getattr(import_module(module), kind)
        function = getattr(home, own, None) if theme in ("", *THEMES) else None
        if function is None:
            wrong.append(f"no method {method}")
            continue
        try:
            inspect.signature(function).bind(None, *args, **options)
        except TypeError as error:
            wrong.append(f"{method}: {error}")
        given = [f"{args[0]}_{month}" for month in MONTHS] if own == "plot_months" else args
        pairs = [(one, "city") if isinstance(one, str) else one for one in given]
        places = [place for _, place in pairs]
        places += [options["entity"]] if "entity" in options else []
        wrong += [
            f"{method}: no indicator {indicator}"
            for indicator, _ in pairs
            if indicator not in project.catalog
        ]
        wrong += [
            f"{method}: no place {place}"
            for place in places
            if place not in (*ROLES, *project.entities)
        ]
        if "target" in options and options["target"] not in project.plan.targets:
            wrong.append(f"{method}: no target {options['target']}")
        if "title" in options and options["title"] not in messages():
            wrong.append(f"{method}: no message {options['title']}")
        units = {project.catalog[name].unit for name, _ in pairs if name in project.catalog}
        if own in ONE_UNIT and len(units) > 1:
            wrong.append(f"{method}: units {', '.join(sorted(units))} on one axis")
    return wrong


@pytest.fixture(scope="module")
def shipped(repo):
    return load("liupanshui", repo)


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_everything_named_exists(path, shipped):
    found = calls(path.read_text(encoding="utf-8"))
    assert len(found) >= 8
    assert sum(len(args) for _, args, _ in found) >= (path.stem not in ("24_accountability", "27_changes"))
    assert faults(found, shipped) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_chapter_has_the_parts_a_reader_expects(path):
    methods = [method for method, _, _ in calls(path.read_text(encoding="utf-8"))]
    if path.stem == "27_changes":
        assert methods[:2] == ["changes.comparison", "changes.cards"]
        assert methods[-3:] == ["changes.caveats", "sources", "downloads"]
        assert any(".plot" in method for method in methods)
        return
    assert methods[0] == "question"
    for part in ("headline", "summary", "targets.table_measures"):
        assert methods.count(part) == 1, part
    assert {"targets.table", "plan.scoreboard", "plan.table_departments"} & set(methods)
    assert methods[-4:] == ["caveats", "definitions", "sources", "downloads"]
    assert any(".plot" in method for method in methods)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (("series.plot_nothing", [], {}), "no method series.plot_nothing"),
        (("question", ["gdp_real"], {}), "question: too many positional arguments"),
        (("series.plot_stack", ["gdp_real"], {}), "series.plot_stack: missing a required argument: 'entity'"),
        (("headline", ["gdp"], {}), "headline: no indicator gdp"),
        (("headline", [("gdp_real", "county")], {}), "headline: no place county"),
        (("series.plot_forecast", ["gdp_real"], {"target": "gdp_2025"}), "series.plot_forecast: no target gdp_2025"),
        (("series.plot_trend", ["gdp_real"], {"title": "title_gold"}), "series.plot_trend: no message title_gold"),
        (("series.plot_stack", ["gdp_real"], {"entity": "mars", "title": "title_co2"}), "series.plot_stack: no place mars"),
        (("series.plot_trend", ["gdp_real", "pm25_iqair"], {}), "series.plot_trend: units"),
    ],
)  # fmt: skip
def test_each_kind_of_name_is_checked(call, message, shipped):
    (fault,) = faults([call], shipped)
    assert fault.startswith(message)
