"""What the cache is made of: hashes of code, of data, the store, merging."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pandas as pd
import pytest

from planbook import text
from planbook.data.city import load
from planbook.errors import ParameterError
from planbook.execute.cache import code as code_module
from planbook.execute.cache import notebook_parts
from planbook.execute.cache.code import Code, hash_of, imports_of
from planbook.execute.cache.dependencies import Present, said_by, told
from planbook.execute.cache.program import environment
from planbook.execute.cache.recording import Recorder, _Words, watched_project
from planbook.execute.cache.store import Store
from planbook.execute.merging import check_parameters, marked, merge
from planbook.execute.order import Task
from planbook.report.themes import THEMES
from planbook.widgets import words as words_module

MODULE = '"""Doc."""\nRATE = 2  # per year\n\ndef f(x):\n    """Say."""\n    return x * RATE\n'


def test_comments_and_docstrings_do_not_change_a_module():
    assert hash_of(MODULE) == hash_of(MODULE.replace("# per year", "#").replace("Say.", "Tell."))
    assert hash_of(MODULE) == hash_of("\n\n" + MODULE)
    for old, new in (
        ("RATE = 2", "RATE = 3"),
        ("x * RATE", "x + RATE"),
        ("RATE = 2", "RATE = 2.0"),
    ):
        assert hash_of(MODULE) != hash_of(MODULE.replace(old, new))
    # text that is no docstring counts, and so does all of a module that looks at its docstrings
    assert hash_of("X = 'a'") != hash_of("X = 'b'")
    looks = MODULE + "print(f.__doc__)\n"
    assert hash_of(looks) != hash_of(looks.replace("Say.", "Tell."))


def test_imports_within_functions_count():
    text = "import numpy\ndef f():\n    from planbook.report.drawing import style\n    import planbook.text\n"
    assert imports_of(text) == [
        "planbook.report.drawing",
        "planbook.report.drawing.style",
        "planbook.text",
    ]


@pytest.mark.parametrize(
    "around",
    [
        "if x:\n    {}\n",
        "if x:\n    pass\nelse:\n    {}\n",
        "try:\n    {}\nfinally:\n    pass\n",
        "try:\n    pass\nexcept OSError:\n    {}\n",
        "try:\n    pass\nexcept OSError:\n    pass\nelse:\n    {}\n",
        "try:\n    pass\nfinally:\n    {}\n",
        "with x:\n    {}\n",
        "while x:\n    {}\nelse:\n    pass\n",
        "for y in x:\n    pass\nelse:\n    {}\n",
        "match x:\n    case 1:\n        {}\n",
        "class C:\n    async def f(self):\n        async with x:\n            {}\n",
    ],
)
def test_statements_at_any_depth_are_seen(around):
    assert imports_of(around.format("from planbook.report.drawing import style")) == ["planbook.report.drawing", "planbook.report.drawing.style"]  # fmt: skip
    depth = around.partition("{")[0].rpartition("\n")[2] + "    "
    text = around.format(f"def g():\n{depth}'Say.'\n{depth}return 1")
    assert hash_of(text) == hash_of(text.replace("Say.", "Tell."))
    assert hash_of(text) != hash_of(text.replace("return 1", "return 2"))


def test_what_a_chapter_reaches(tmp_path):
    code = Code(tmp_path / "code.json")
    found = code.reached(["planbook.chapter"])
    assert {"planbook", "planbook.chapter", "planbook.data.series", "planbook.analysis.progress", "report/html/templates/figure.html"} <= set(found)  # fmt: skip
    assert not [name for name in found if name.startswith(("planbook.publish", "planbook.execute", "planbook.cli", "messages"))]  # fmt: skip
    assert "planbook.report.drawing.style" not in code.reached(["planbook.data.series"])
    # forecast methods are found, not named
    assert "planbook.analysis.forecast.registered.drift" in code.reached(
        ["planbook.analysis.forecast"]
    )
    code.save()
    assert Code(tmp_path / "code.json").reached(["planbook.chapter"]) == found


def test_a_file_is_looked_at_once_a_build_and_again_by_the_next(tmp_path, monkeypatch):
    looked = []
    plain = code_module._file_of
    monkeypatch.setattr(code_module, "_file_of", lambda name: looked.append(name) or plain(name))
    code = Code(tmp_path / "code.json")
    found = code.reached(["planbook.chapter"])
    assert "planbook.data.series" in looked
    assert len(looked) == len(set(looked))
    looked.clear()
    assert code.reached(["planbook.chapter"]) == found
    assert looked == []
    assert Code(tmp_path / "code.json").reached(["planbook.chapter"]) == found
    assert "planbook.data.series" in looked


def test_differences_are_told_in_words():
    before = {"cells": "a", "parameters": {"lang": "en", "horizon": 2030}, "modules": {"planbook.text": "1"}, "packages": ["numpy-2.3"]}  # fmt: skip
    now = {"cells": "b", "parameters": {"lang": "en", "horizon": 2035}, "modules": {"planbook.text": "2"}, "packages": ["numpy-2.4"]}  # fmt: skip
    assert notebook_parts.differences(before, now) == [
        "the notebook's code changed",
        "parameter horizon: 2030 → 2035",
        "changed in the package: planbook.text",
        "other packages installed: numpy-2.3, numpy-2.4",
    ]
    one = {**before, "prose": "x"}
    assert notebook_parts.key(one) == notebook_parts.key({**one, "prose": "y"})
    assert notebook_parts.key(one) != notebook_parts.key({**one, "packages": now["packages"]})
    assert any(name.startswith("pandas-") for name in environment())


def test_hashes_tell_values_apart():
    assert said_by([1, "a", None]) == said_by((1, "a", None))
    assert said_by({"a": 1, "b": 2}) != said_by({"b": 2, "a": 1})  # order shows on a page
    assert said_by(1) != said_by(1.0) != said_by("1.0")
    with pytest.raises(TypeError, match="cannot tell what a object says"):
        said_by([object()])


def test_a_frame_is_hashed_by_what_it_says():
    frame = pd.DataFrame({"rank": [1, 2], "note": ["a", None], "value": [1.5, float("nan")]})
    assert said_by(frame) == said_by(frame.copy())
    assert said_by(frame) != said_by(frame.rename(columns={"note": "remark"}))
    assert said_by(frame) != said_by(frame.assign(rank=[1, 3]))
    assert said_by(frame) != said_by(frame.iloc[::-1])
    rank = frame["rank"]
    assert said_by(rank) == said_by(rank.copy()) != said_by(rank + 1)
    assert said_by(rank) != said_by(rank.set_axis(["x", "y"]))


def test_an_answer_whose_content_cannot_be_told_is_an_error_and_never_taken_as_absent():
    class Place:
        def found(self) -> object:
            return object()

        def missing(self) -> object:
            raise KeyError("missing")

    known = Present(SimpleNamespace(place=Place()))
    with pytest.raises(TypeError, match="cannot tell what a object says"):
        known.state(("call", "place", "found"))
    assert known.state(("call", "place", "missing")) == "absent"


@pytest.fixture
def watched(project):
    """The small city, plain, watched, and what was noted."""
    raw, recorder = load("smallville", project), Recorder()
    return raw, watched_project(Present(raw), recorder), recorder


def test_what_is_asked_is_noted_and_nothing_else(watched):
    raw, project, recorder = watched
    assert recorder.notes == {}
    assert project.catalog["pm25_iqair"] == raw.catalog["pm25_iqair"]
    figures = project.figures(2024)
    assert figures.rows("pm25_july", "smallville")["value"].tolist() == [20.0]
    assert figures.rows("pm25_july", "nowhere").empty
    assert project.plan.measures_of(12) == raw.plan.measures_of(12)
    assert project.plan.targets_for([12]) == raw.plan.targets_for([12])
    assert list(recorder.notes) == [
        ("item", "catalog.indicators", "pm25_iqair"),
        ("rows", "pm25_july", "smallville"),
        ("rows", "pm25_july", "nowhere"),
        ("call", "plan", "measures_of", 12),
        ("call", "plan", "targets_for", (12,)),
    ]
    assert len(recorder.details["rows", "pm25_july", "smallville"]["rows"]) == 1
    assert recorder.details["rows", "pm25_july", "nowhere"]["rows"] == []


@pytest.mark.parametrize(
    ("ask", "key"),
    [
        (lambda p: p.known(2024), ("figures",)),
        (lambda p: p.observations, ("figures",)),
        (lambda p: "bureau" in p.sources, ("item", "sources", "bureau")),
        (lambda p: len(p.entities), ("keys", "entities")),
        (lambda p: p.city.name, ("value", "city")),
        (lambda p: p.factors.lines, ("value", "factors.lines")),
        (lambda p: p.accountability_page, ("call", "", "accountability_page")),
        (lambda p: p.page_of(p.plan.sections[12]), ("page", 12)),
        (lambda p: list(p.plan.targets.values()), ("keys", "plan.targets")),
        (lambda p: p.plan.lead_of(p.plan.targets["manure_2025"]), ("item", "plan.measures", 24)),
    ],
)
def test_every_way_of_asking_is_noted(watched, ask, key):
    raw, project, recorder = watched
    if key[:2] == ("item", "plan.measures"):
        key = (*key[:2], raw.plan.targets["manure_2025"].measure)
    ask(project)
    assert key in recorder.notes
    # and the key, written and read as JSON, finds the same again
    known = Present(raw)
    assert all(known.state(key) == found for key, found in recorder.notes.items())


def test_where_the_project_lies_is_not_noted(watched):
    _, project, recorder = watched
    assert project.paths.root.is_dir()
    assert recorder.notes == {}


def test_a_message_is_noted_where_it_is_read_and_not_where_all_are_looked_through(monkeypatch):
    noted = []
    table = {name: {"en": name, "zh": name} for name in ("unit", "explore_unit", "other")}
    words = _Words(table, lambda *key: noted.append(key))
    assert {key: entry["zh"] for key, entry in words.items() if key != "other"} == {
        "unit": "unit",
        "explore_unit": "explore_unit",
    }
    assert noted == [("words",), ("word", "unit", "zh"), ("word", "explore_unit", "zh")]
    noted.clear()
    assert words["other"]["en"] == "other" and "other" in words
    with pytest.raises(KeyError):
        words["nothing"]
    assert noted == [("word", "other", "en"), ("word", "other", "en"), ("word", "nothing", "en")]
    present = Present(SimpleNamespace())
    monkeypatch.setattr(text, "messages", lambda: table)
    assert present.state(("words",)) == said_by(list(table))
    assert "added, removed or moved" in told(("words",), None)


def test_an_explorer_depends_on_the_words_it_shows_in_its_language(monkeypatch):
    noted = []
    words_module.texts.cache_clear()
    table = _Words(text.messages(), lambda *key: noted.append(key))
    monkeypatch.setattr(words_module, "messages", lambda: table)
    found = words_module.texts.__wrapped__("forecast", "zh")
    read = {key[1:] for key in noted if key[0] == "word"}
    assert {lang for _, lang in read} == {"zh"}
    assert len(found) <= len(read) < len(table) / 4


def test_changes_are_told_by_file_series_and_number_of_rows(project):
    key = ("rows", "pm25_iqair", "smallville")
    file, rows = Present(load("smallville", project)).rows(*key[1:])
    path = project.root / file
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",48,", ",49,").replace(",45,", ",46,"), encoding="utf-8")
    now = Present(load("smallville", project))
    assert told(key, {"file": file, "rows": rows}, now) == "air.csv: pm25_iqair of smallville changed: 2 rows"  # fmt: skip
    # where a row stands is no part of what it says
    head, _, body = text.partition("\n")
    blank = f"{head}\npm25_january,smallville,2022,,ug/m3,final,2023,bureau,,,,\n{body}"
    path.write_text(blank, encoding="utf-8")
    assert Present(load("smallville", project)).rows(*key[1:])[1] == rows


def test_the_store_gives_back_what_it_was_given_and_nothing_damaged(tmp_path):
    store = Store(tmp_path / ".cache")
    name = store.put(b"result")
    assert store.get(name) == b"result"
    for number in range(8):
        store.add("12_air.x.en", "key", {"object": name, "reads": [number]})
    assert [run["reads"] for run in store.runs("key")] == [[n] for n in (7, 6, 5, 4, 3, 2)]
    assert store.last("12_air.x.en")["keys"] == ["key"]
    gone = store.put(b"nobody's")
    store.tidy()
    assert (store.get(gone), store.get(name)) == (None, b"result")
    (tmp_path / ".cache" / "objects" / name[:2] / name[2:]).write_bytes(b"resul")
    assert store.get(name) is None
    assert store.runs("other") == [] and store.last("other") is None


def cell(kind: str, source: str, *tags: str, **more):
    return {"cell_type": kind, "id": source, "metadata": {"tags": list(tags)}, "source": [source], **more}  # fmt: skip


def test_results_are_put_into_todays_prose():
    executed = {"metadata": {}, "cells": [cell("markdown", "old"), cell("code", "p", "parameters"), cell("code", "i", "injected-parameters"), cell("code", "c", outputs=["result"])]}  # fmt: skip
    source = {"cells": [cell("code", "p", "parameters"), cell("markdown", "new"), cell("code", "c"), cell("markdown", "end")]}  # fmt: skip
    merged = merge(executed, source)["cells"]
    assert [one["id"] for one in merged] == ["p", "i", "new", "c", "end"]
    assert merged[3]["outputs"] == ["result"]


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "made on 2024-01-02"), ("zh", "生成于2024-01-02")]
)
def test_an_old_version_says_so_and_shows_the_reason_as_text(lang, words):
    book = {"cells": [cell("markdown", "title"), cell("code", "c")]}
    made = marked(book, lang=lang, date="2024-01-02", reason="<script>\n\nx" + "y" * 400)
    assert [one["id"] for one in made["cells"]] == ["title", "last-good-version", "c"]
    text = made["cells"][1]["source"][0]
    assert (
        words in text
        and "&lt;script&gt; x" in text
        and "\n" not in text
        and text.count("y" * 300) == 0
    )
    assert len(book["cells"]) == 2


def test_parameters_are_read_without_running_anything(tmp_path):
    task = Task(tmp_path / "n.ipynb", tmp_path / "o.ipynb", {"city": "x", "years": 1})
    book = {"cells": [cell("code", "city: str = 'a'\nlang = 'en'", "parameters")]}
    with pytest.raises(ParameterError, match="unknown parameter years; it declares city, lang"):
        check_parameters(task, book)


def themes_reached(tmp_path, book) -> set[str]:
    """Name the modules of themes that a notebook's code reaches."""
    modules = notebook_parts.parts(book, {}, Code(tmp_path / "code.json"), [])["modules"]
    return {name for name in modules if name.endswith((".calls", "_calls"))}


def a_book(*cells: str) -> dict:
    load = 'page = chapter.load("05_energy")'
    return {
        "cells": [
            {"cell_type": "code", "source": text, "metadata": {}}
            for text in ("from planbook import chapter", load, *cells)
        ]
    }


def test_a_notebook_reaches_the_themes_that_it_names_and_no_other(tmp_path):
    plain = themes_reached(tmp_path, a_book("page.question()"))
    found = themes_reached(tmp_path, a_book("page.inventory.table_lines()"))
    assert found - plain == {"planbook.report.inventory.calls"}
    found = themes_reached(tmp_path, a_book("show = page.peers", "show.plot_peers()"))
    assert found - plain == {"planbook.report.peers.calls"}
    everything = {module for module, _ in THEMES.values()}
    for hidden in ('getattr(page, "peers").plot_peers()', "vars(page)", "%load page"):
        assert themes_reached(tmp_path, a_book(hidden)) >= everything


def test_an_edit_of_one_theme_reaches_the_chapters_that_show_it(repo, tmp_path):
    code = Code(tmp_path / "code.json")
    reached = {}
    for path in sorted(repo.notebooks.glob("*.ipynb")):
        book = json.loads(path.read_text(encoding="utf-8"))
        reached[path.stem] = notebook_parts.parts(book, {}, code, [])["modules"]
    for theme in ("inventory", "peers", "scenarios", "changes", "drivers", "synergy"):
        texts = {path.stem: path.read_text("utf-8") for path in repo.notebooks.glob("*.ipynb")}
        naming = {name for name, text in texts.items() if f"page.{theme}." in text}
        touched = {name for name, modules in reached.items() if THEMES[theme][0] in modules}
        assert naming and naming <= touched, theme
        assert len(touched) <= len(reached) // 3, (theme, sorted(touched))
