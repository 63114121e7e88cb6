"""Cells, formulas, search terms and the front page, without a renderer."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from lxml import html
from tiny_book import code, markdown, notebook, shown

from planbook.publish.one_language import WIDGET_VIEW, for_readers
from planbook.publish.pages.landing import write_landing
from planbook.publish.sphinx.mathml import latex_to_mathml
from planbook.publish.sphinx.search import BilingualSearch


def sources(book: dict) -> list[str]:
    return [cell["source"] for cell in book["cells"]]


def test_one_language_stays() -> None:
    book = {"cells": [markdown("a", "lang-en"), markdown("b", "lang-zh"), markdown("c")]}
    assert sources(for_readers(book, "en")) == ["a", "c"]
    assert sources(for_readers(book, "zh")) == ["b", "c"]


def test_code_cells_may_have_a_language_and_cells_both() -> None:
    book = {"cells": [code("x", tags=("lang-zh",)), markdown("y", "lang-en", "lang-zh")]}
    assert sources(for_readers(book, "en")) == ["y"]
    assert sources(for_readers(book, "zh")) == ["x", "y"]


def test_parameters_and_run_metadata_go() -> None:
    before = notebook()
    kept = copy.deepcopy(before)
    book = for_readers(before, "en")
    assert before == kept
    assert not any("horizon" in source for source in sources(book))
    assert set(book["metadata"]) == {"kernelspec", "language_info"}


def test_live_widgets_leave_only_what_stands_alone() -> None:
    view = {WIDGET_VIEW: {}, "text/plain": "interactive()"}
    book = {"cells": [code("a", shown(view)), code("b", shown({**view, "text/html": "<b>"}))]}
    first, second = for_readers(book, "en")["cells"]
    assert first["outputs"] == []
    assert second["outputs"][0]["data"] == {"text/plain": "interactive()", "text/html": "<b>"}


@pytest.mark.parametrize(
    "latex",
    [
        r"E = \sum_{i} A_i \cdot \mathit{EF}_i",
        r"\begin{equation} \frac{a}{b} \end{equation}",
        r"\begin{align} a &= b \\ c &= d \end{align}",
        r"\hat{y}_{T} \geq 0.95 \times \bar{y}",
        r"\ln\frac{C_t}{C_0}, \quad \Delta_{\text{强度}}",
        r"a < b \& c > d",
    ],
)
def test_formula_becomes_wellformed_mathml(latex: str) -> None:
    math = html.fromstring(latex_to_mathml(latex, block=True))
    assert math.tag == "math"
    assert math.get("display") == "block"
    assert "\\" not in math.text_content()


def test_less_than_is_escaped() -> None:
    assert "<mo>&lt;</mo>" in latex_to_mathml("a < b")


@pytest.mark.parametrize("latex", ["", "  ", r"\frac{a}", r"\unheardof{x}", r"\left( a"])
def test_formula_that_cannot_be_shown(latex: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        latex_to_mathml(latex)


def test_search_terms() -> None:
    search = BilingualSearch({})
    terms = search.split("PM2.5 畜禽粪污 rates")
    assert terms == ["PM2", "5", *"畜禽粪污", "畜禽", "禽粪", "粪污", "rates"]
    assert search.stem("rates") == search.stem("rate") == "rate"
    assert search.stem("粪污") == "粪污"


def test_front_page(tmp_path: Path) -> None:
    path = write_landing(
        tmp_path,
        title={"en": "A & B", "zh": "甲与乙"},
        summary_html_by_lang={"en": "<table></table>", "zh": "<table></table>"},
        subtitle={"en": "sub", "zh": "副"},
        footer={"en": "f", "zh": "尾"},
    )
    tree = html.fromstring(path.read_bytes())
    assert [link.get("href") for link in tree.iter("a")] == ["en/index.html", "zh/index.html"]
    assert [part.get("lang") for part in tree.iter("section")] == ["en", "zh-CN"]
    assert [title.text for title in tree.iter("h1")] == ["A & B", "甲与乙"]
    assert len(list(tree.iter("table"))) == 2
    assert not list(tree.iter("script"))


def test_front_page_of_one_edition(tmp_path: Path) -> None:
    path = write_landing(tmp_path, title={"zh": "甲"}, langs=["zh"])
    tree = html.fromstring(path.read_bytes())
    assert tree.get("lang") == "zh-CN"
    assert [link.get("href") for link in tree.iter("a")] == ["zh/index.html"]
