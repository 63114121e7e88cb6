"""Rules for notebooks: thin, bilingual, without outputs, numbers from code alone."""

from __future__ import annotations

import ast
import copy
import json
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from planbook.data.city import load
from planbook.report.themes import THEMES

REPO = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((REPO / "notebooks").glob("*.ipynb"))
PARAMETERS = {"city": str, "lang": str, "as_of": int, "horizon": int, "level": int}
MOST_LINES, MOST_LINES_A_CELL = 60, 8
# Chapters about more than one sector; every other is named after a catalogue file.
CROSS_CUTTING = ("overview", "synergy", "inventory", "accountability")
HAN = re.compile(r"[\u3400-\u9fff]")
# Digits that are part of a name, and the plan's numbered boxes.
NAMED_DIGITS = re.compile(
    r"(?<![A-Za-z])(?:(?:CO2|SO2|NO2|PM2\.5|PM10|CH4|N2O|NH3)(?!\d)|box \d\b)|专栏\d", re.I
)
NUMERALS = "〇一二三四五六七八九十"


def chinese(number: int) -> str:
    """Write a number below 100 as the plan numbers its sections."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens]}十"
    return head + (NUMERALS[ones] if ones else "")


def source(cell: dict) -> str:
    return "".join(cell["source"])


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def faults(name: str, book: dict) -> list[str]:
    """List what breaks the rules in the notebook `name`."""
    found = []
    for check in (stored, thin, parameters, code, languages, titles):
        try:
            found += check(name, book)
        except SyntaxError as error:
            found.append(f"not Python: {error.text}")
    return list(dict.fromkeys(found))


def of_kind(book: dict, kind: str) -> list[dict]:
    return [cell for cell in book["cells"] if cell["cell_type"] == kind]


def stored(name: str, book: dict) -> list[str]:
    found = []
    names = [cell.get("id") for cell in book["cells"]]
    if None in names or len(set(names)) < len(names):
        found.append("a cell without an id of its own")
    else:
        try:
            nbformat.validate(copy.deepcopy(book))
        except nbformat.ValidationError as error:
            found.append(f"not valid: {error.message}")
    for cell in of_kind(book, "code"):
        if cell["outputs"] or cell["execution_count"] is not None:
            found.append(f"{cell.get('id')}: stored output")
    return found


def thin(name: str, book: dict) -> list[str]:
    counts = {
        cell.get("id"): sum(
            bool(line.strip()) and not line.lstrip().startswith("#")
            for line in source(cell).splitlines()
        )
        for cell in of_kind(book, "code")
        if "parameters" not in tags(cell)  # declarations, one a line, are no code to read
    }
    found = [f"{key}: {count} lines" for key, count in counts.items() if count > MOST_LINES_A_CELL]
    if sum(counts.values()) > MOST_LINES:
        found.append(f"{sum(counts.values())} lines of code")
    return found


def parameters(name: str, book: dict) -> list[str]:
    tagged = [cell for cell in of_kind(book, "code") if "parameters" in tags(cell)]
    if len(tagged) != 1:
        return [f"{len(tagged)} cells tagged 'parameters'"]
    declared = {}
    for line in ast.parse(source(tagged[0])).body:
        value = getattr(line, "value", None)
        if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
            value = value.operand  # the sign of a number
        if not (
            isinstance(line, ast.AnnAssign)
            and isinstance(line.annotation, ast.Name)
            and isinstance(value, ast.Constant)
            and type(value.value).__name__ == line.annotation.id
        ):
            return ["a parameter without type hint and plain default"]
        declared[line.target.id] = type(value.value)
    # A chapter may declare more after those that the build sets; they keep their defaults.
    first = dict(list(declared.items())[: len(PARAMETERS)])
    return [] if first == PARAMETERS else [f"parameters {', '.join(declared)}"]


def code(name: str, book: dict) -> list[str]:
    found, variables, imports, loads = [], set(), [], 0
    for cell in of_kind(book, "code"):
        if "parameters" in tags(cell):
            continue
        tree = ast.parse(source(cell))
        if len(tree.body) != 1:
            found.append(f"{cell['id']}: {len(tree.body)} statements")
        for line in tree.body:
            if isinstance(line, ast.Import | ast.ImportFrom):
                imports.append(ast.unparse(line))
            elif isinstance(line, ast.Assign) and isinstance(line.value, ast.Call):
                loads += 1
                variables |= {target.id for target in line.targets}
                expected = [f"{key}={key}" for key in PARAMETERS]
                given = [f"{one.arg}={ast.unparse(one.value)}" for one in line.value.keywords]
                first = [ast.literal_eval(one) for one in line.value.args]
                if (ast.unparse(line.value.func), first, given) != (
                    "chapter.load",
                    [name],
                    expected,
                ):
                    found.append(f"{cell['id']}: the chapter is not loaded by its own name")
            elif not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Call)):
                found.append(f"{cell['id']}: neither a load nor a call")
        for node in ast.walk(tree):
            kind = type(node).__name__
            if kind in ("FunctionDef", "AsyncFunctionDef", "ClassDef", "Lambda"):
                found.append(f"{cell['id']}: defines something")
            elif kind in ("BinOp", "AugAssign", "UnaryOp"):
                found.append(f"{cell['id']}: computes")
            elif isinstance(node, ast.Call):
                owner = node.func.value if isinstance(node.func, ast.Attribute) else None
                if isinstance(owner, ast.Attribute) and owner.attr in THEMES:
                    owner = owner.value
                if not (isinstance(owner, ast.Name) and owner.id in {"chapter", *variables}):
                    found.append(f"{cell['id']}: calls {ast.unparse(node.func)}")
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                if not re.fullmatch(r"\w+", node.value):  # an id or key: no path, address, prose
                    found.append(f"{cell['id']}: the text '{node.value}'")
    if imports != ["from planbook import chapter"]:
        found.append(f"imports {imports}")
    if loads != 1:
        found.append(f"{loads} loads")
    return found


def languages(name: str, book: dict) -> list[str]:
    found, cells = [], book["cells"]
    for cell in of_kind(book, "markdown"):
        own = [tag for tag in tags(cell) if tag.startswith("lang-")]
        if own not in (["lang-en"], ["lang-zh"]):
            found.append(f"{cell['id']}: tags {own}")
            continue
        lang = own[0].removeprefix("lang-")
        if not cell["id"].endswith(f"-{lang}"):
            found.append(f"{cell['id']}: the id does not end in -{lang}")
        if bool(HAN.search(source(cell))) != (lang == "zh"):
            found.append(f"{cell['id']}: not in the language it is tagged with")
    for before, cell, after in zip([None, *cells], cells, [*cells[1:], None], strict=False):
        partner = {"lang-en": after, "lang-zh": before}
        for tag in set(tags(cell)) & set(partner):
            other, stem = partner[tag], cell["id"].rpartition("-")[0]
            if other is None or other["id"].rpartition("-")[0] != stem:
                found.append(f"{cell['id']}: no partner beside it")
            elif level(source(other)) != level(source(cell)):
                found.append(f"{cell['id']}: heading of another level than its partner's")
    return found


def level(text: str) -> int:
    return len(text) - len(text.lstrip("#"))


def titles(name: str, book: dict) -> list[str]:
    number, found = int(name[:2]), []
    texts = [source(cell) for cell in of_kind(book, "markdown")]
    heads = [text.splitlines()[0] for text in texts if level(text) == 1]
    starts = [f"# {number} · ", f"# （{chinese(number)}）"]
    if len(heads) != 2 or not all(map(str.startswith, heads, starts)):
        found.append(f"titles {heads}")
    for text in texts:
        bare = text
        for start in starts:
            bare = bare.removeprefix(start)
        bare = NAMED_DIGITS.sub("", bare)
        if re.search(r"\d", bare):
            found.append(f"a number is typed: {text[:60]}")
    levels = [level(text) for text in texts if level(text)]
    if any(after > before + 1 for before, after in pairwise(levels)):
        found.append("a heading skips a level")
    return found


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_follows_the_rules(path):
    text = path.read_text(encoding="utf-8")
    assert re.fullmatch(r"\d\d_[a-z]+", path.stem)
    assert "warnings" not in text
    assert text.endswith("}\n")
    assert faults(path.stem, json.loads(text)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_answers_the_section_it_is_numbered_after(path, repo):
    project = load("liupanshui", repo)
    numbers = [section.number for section in project.plan.sections_of(path.stem)]
    if path.stem == "27_changes":  # about the book as a whole: numbered after the last section
        assert not numbers
        assert int(path.stem[:2]) > max(project.plan.sections)
        return
    assert numbers
    assert numbers[0] == int(path.stem[:2])
    sector = path.stem[3:]
    if sector in CROSS_CUTTING:
        assert ".table_known(" not in path.read_text(encoding="utf-8")
    else:
        assert (repo.catalog / f"{sector}.yml").is_file()
        assert project.catalog.sector(sector)


@pytest.fixture
def book():
    """The shortest notebook that breaks no rule."""

    def markdown(name: str, text: str) -> dict:
        tag = f"lang-{name[-2:]}"
        return {"cell_type": "markdown", "id": name, "metadata": {"tags": [tag]}, "source": text}

    def cell(name: str, text: str, *tagged: str) -> dict:
        about = {"tags": list(tagged)} if tagged else {}
        return {"cell_type": "code", "id": name, "metadata": about, "execution_count": None, "outputs": [], "source": text}  # fmt: skip

    declared = 'city: str = "x"\nlang: str = "en"\nas_of: int = 0\nhorizon: int = 1\nlevel: int = 2'
    load_ = 'page = chapter.load("12_air", city=city, lang=lang, as_of=as_of, horizon=horizon, level=level)'
    cells = [
        markdown("title-en", "# 12 · Air"),
        markdown("title-zh", "# （十二）大气"),
        cell("imports", "from planbook import chapter"),
        cell("parameters", declared, "parameters"),
        cell("load", load_),
        cell("draw", 'page.series.plot_trend("pm25_iqair")'),
        markdown("text-en", "Box 3 and PM2.5."),
        markdown("text-zh", "专栏3与PM2.5。"),
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


def test_the_shortest_notebook_breaks_no_rule(book):
    assert faults("12_air", book) == []
    assert [chinese(n) for n in (2, 10, 12, 20, 26)] == ["二", "十", "十二", "二十", "二十六"]


def test_a_chapter_may_declare_assumptions_of_its_own(book):
    (spot,) = (one for one in book["cells"] if one["id"] == "parameters")
    spot["source"] += "".join(f"\nchange_{place}_pct: float = -5.0" for place in range(9))
    assert faults("12_air", book) == []


@pytest.mark.parametrize(
    ("cell", "field", "value", "message"),
    [
        ("draw", "outputs", [{"output_type": "stream", "name": "stdout", "text": "x"}], "stored output"),
        ("draw", "execution_count", 3, "stored output"),
        ("draw", "id", "load", "a cell without an id of its own"),
        ("draw", "source", "air.a()\n" * 9, "draw: 9 lines"),
        ("draw", "source", "# says\nair.a(\n" + "1,\n" * 60 + ")", "lines of code"),
        ("draw", "source", "air.a()\nair.b()", "draw: 2 statements"),
        ("draw", "source", "def f(): pass", "draw: defines something"),
        ("draw", "source", "air.map(lambda x: x)", "draw: defines something"),
        ("draw", "source", "air.plot(1 + 1)", "draw: computes"),
        ("draw", "source", "air.plot(-1)", "draw: computes"),
        ("draw", "source", "print(1)", "draw: calls print"),
        ("draw", "source", "chapter.paths.os.listdir()", "draw: calls chapter.paths.os.listdir"),
        ("draw", "source", 'air.plot("../data/x.csv")', "draw: the text '../data/x.csv'"),
        ("draw", "source", 'air.plot("Yearly mean")', "draw: the text 'Yearly mean'"),
        ("draw", "source", "x = 3", "draw: neither a load nor a call"),
        ("draw", "source", "!pip install x", "not Python"),
        ("draw", "source", "%matplotlib inline", "not Python"),
        ("draw", "source", "import warnings", "imports"),
        ("draw", "source", "from planbook import chapter", "imports"),
        ("load", "source", 'air = chapter.load("10_agriculture", city=city, lang=lang, as_of=as_of, horizon=horizon, level=level)', "not loaded by its own name"),
        ("load", "source", 'air = chapter.load("12_air", city=city)', "not loaded by its own name"),
        ("parameters", "metadata", {}, "0 cells tagged 'parameters'"),
        ("parameters", "source", 'city = "x"', "without type hint"),
        ("parameters", "source", "level: int = 90 + 5", "without type hint"),
        ("parameters", "source", "level: int = True", "without type hint"),
        ("parameters", "source", "level: int = 95", "parameters level"),
        ("text-zh", "metadata", {}, "text-zh: tags []"),
        ("text-en", "metadata", {"tags": ["lang-en", "lang-zh"]}, "text-en: tags"),
        ("text-en", "id", "words-en", "words-en: no partner beside it"),
        ("text-zh", "id", "text-cn", "text-cn: the id does not end in -zh"),
        ("text-zh", "source", "In English.", "text-zh: not in the language it is tagged with"),
        ("text-en", "source", "见PM.", "text-en: not in the language it is tagged with"),
        ("text-en", "source", "It fell by 18 %.", "a number is typed"),
        ("text-zh", "source", "降低18%。", "a number is typed"),
        ("text-en", "source", "## Trend", "heading of another level"),
        ("title-en", "source", "# 13 · Air", "titles"),
        ("title-zh", "source", "# （十三）大气", "titles"),
    ],
)  # fmt: skip
def test_each_rule_has_teeth(book, cell, field, value, message):
    broken = copy.deepcopy(book)
    (spot,) = (one for one in broken["cells"] if one["id"] == cell)
    spot[field] = value
    assert any(message in fault for fault in faults("12_air", broken)), faults("12_air", broken)
