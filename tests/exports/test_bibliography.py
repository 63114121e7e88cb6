"""The page of all sources: each once, in its group, with what rests on it."""

from __future__ import annotations

import base64
import json
import re

import pytest
from site_reader import article, page_names

from planbook.data.city import load
from planbook.exports.citations import bibtex, csl
from planbook.files.records import LANGS
from planbook.publish.pages import bibliography
from planbook.publish.pages.sections import BIBLIOGRAPHY


@pytest.fixture(scope="module")
def city(small_book):
    assert small_book.done.returncode == 0, small_book.done.stderr
    return load("smallville", small_book.paths)


def test_each_source_stands_once_in_the_group_of_its_published_figures(city):
    found = bibliography.groups(city)
    assert list(found) == ["smallville", "guizhou", "china", bibliography.OTHER]
    listed = [name for names in found.values() for name in names]
    assert sorted(listed) == sorted(city.sources)
    rows = city.observations
    own = rows[rows["entity"].isin(city.city.entities) & (rows["status"] != "modelled")]
    named = {one.source for one in city.plan.projects.values() if one.source}
    assert found["smallville"] == sorted({*own["source"], *named})
    assert "bureau" in found["smallville"]
    modelled = set(rows[rows["status"] == "modelled"]["source"])
    published = set(rows[rows["status"] != "modelled"]["source"])
    assert modelled - published <= set(found[bibliography.OTHER])


def test_uses_follow_the_catalogue(city):
    used = bibliography.uses(city)["bureau"]
    order = list(city.catalog)
    assert used == sorted(set(used), key=order.index)
    assert "manure_utilisation_rate" in used


def test_pages_that_list_a_source_are_found_in_notebooks_and_in_pages():
    told = {"05_energy": json.dumps('<tr id="source-a"><tr id="source-b_2">'),
            "section_03": '<tr id="source-a">', "section_04": "source-a"}  # fmt: skip
    assert bibliography.cited_in(told) == {"a": ["05_energy", "section_03"], "b_2": ["05_energy"]}


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_lists_every_source_and_links_to_the_sections(small_book, city, lang):
    name = f"{lang}/chapters/{BIBLIOGRAPHY}.html"
    assert name in page_names(small_book.site)
    page = article(small_book.site, name)
    rows = page.xpath(".//tr[starts-with(@id, 'source-')]")
    assert sorted(row.get("id").removeprefix("source-") for row in rows) == sorted(city.sources)
    (own,) = page.xpath(".//tr[@id='source-bureau']")
    text = own.text_content()
    assert "<b>" in text  # the title's markup is text
    assert ("Yearbook" if lang == "en" else "年鉴") in text
    links = own.xpath(".//td[last()]//a/@href")
    assert "05_energy.html#source-bureau" in links
    assert own.xpath(".//a[@class='pb-address']/@href") == ["https://example.org/yearbook"]
    assert ("[EB/OL]" in text) == (lang == "zh")
    assert "<!-- cited" not in re.sub(r"\s+", " ", str(text))


@pytest.mark.parametrize("lang", LANGS)
def test_the_files_to_save_are_those_of_the_export(small_book, city, lang):
    page = article(small_book.site, f"{lang}/chapters/{BIBLIOGRAPHY}.html")
    links = {one.get("download"): one.get("href") for one in page.xpath(".//a[@download]")}
    raw = {name: base64.b64decode(address.split(",", 1)[1]) for name, address in links.items()}
    assert raw == {
        f"smallville_sources_{lang}.bib": bibtex(city.sources, lang),
        f"smallville_sources_{lang}.csl.json": csl(city.sources, lang),
    }


@pytest.mark.parametrize("lang", LANGS)
def test_sources_of_a_chapter_lead_to_it_and_departments_show_what_is_overdue(small_book, lang):
    chapter = article(small_book.site, f"{lang}/chapters/05_energy.html")
    assert f"{BIBLIOGRAPHY}.html" in chapter.xpath(".//a/@href")
    page = article(small_book.site, f"{lang}/chapters/department_ecology_environment.html")
    (command,) = page.xpath(".//code[@class='pb-command']")
    assert (
        "template --city smallville --department ecology_environment --year 2023"
        in command.text_content()
    )
    assert "2024-12-31" in page.text_content()
