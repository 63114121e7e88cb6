"""The book of the shipped city: complete, sourced, and each edition in its language."""

from __future__ import annotations

import io
import json
import re
from collections import Counter

import openpyxl
import pytest
from site_reader import LANGS, article, files, linked, page_names, prose, squeezed, table

from planbook.analysis.changes.baseline import choose
from planbook.analysis.progress import VERDICTS
from planbook.data.city import load
from planbook.files.records import LANGS as EDITIONS
from planbook.publish.checks.site import check_site
from planbook.publish.pages.sections import AUTHORED_PAGES, BIBLIOGRAPHY, department_names
from planbook.report.view import View
from planbook.text import day_text, messages, say

pytestmark = pytest.mark.book

OVERVIEW = "chapters/02_overview.html"
ACCOUNTABILITY = "chapters/24_accountability.html"
# Figures that show what the plan says, not what anyone has published.
OF_THE_PLAN = ("fig-verdicts", "fig-plants-")
AMOUNTS = "fig-amounts-"  # the plan's own amounts, and published ones beside them
WORDED = ("liupanshui_sections_", "liupanshui_inventory_")  # tables of sentences, not of figures
STATES = "fig-states-"  # of the plan's projects; sourced only where a state was reported


@pytest.fixture(scope="module")
def site(shipped_book):
    assert shipped_book.done.returncode == 0, shipped_book.done.stderr
    return shipped_book.site


@pytest.fixture(scope="module")
def city(shipped_book):
    return load("liupanshui", shipped_book.paths)


def test_the_build_succeeds_without_a_complaint(shipped_book, site, city):
    assert check_site(site) == []
    for word in ("Warning", "Traceback", "Error"):
        assert word not in shipped_book.done.stderr
    answered = {city.page_of(section) for section in city.plan.sections.values()}
    own = ["27_changes", *AUTHORED_PAGES, BIBLIOGRAPHY]
    beside = ["index", "search", *own, *department_names(city)]
    assert len(page_names(site)) == 1 + len(LANGS) * (len(answered) + len(beside))


@pytest.mark.parametrize("lang", LANGS)
def test_the_chapter_on_changes_says_what_it_compares_with_what(site, city, lang):
    text = prose(site, f"{lang}/chapters/27_changes.html")
    baseline = choose(city, city.city.as_of)
    assert baseline.edition.day in text
    said = say(f"change_against_{baseline.kind}", lang, day="{}", year="{}", newest="{}",
               name="{}", kept="{}", count="{}")  # fmt: skip
    assert all(squeezed(part) in squeezed(text) for part in said.split("{}"))
    others = [f"{lang}/chapters/{name}.html" for name in ("05_energy", "15_waste")]
    for name in others:  # every chapter tells of revisions, or that none is known
        words = (say("label_revisions", lang), say("revision_none", lang))
        assert any(one in prose(site, name) for one in words), name


@pytest.mark.parametrize("lang", LANGS)
def test_every_section_is_reached_from_the_front_of_its_edition(site, city, lang):
    reached = linked(site, f"{lang}/index.html")
    assert reached == set(page_names(site, lang)) - {f"{lang}/search.html"}  # reached by its form
    sections = list(city.plan.sections.values())
    assert len(sections) == 26
    for section in sections:
        name = f"{lang}/chapters/{city.page_of(section)}.html"
        assert name in reached, section.number
        assert section.question[lang] in prose(site, name)
        if city.page_of(section).startswith("section_"):
            assert section.title[lang] in article(site, name).findtext(".//h1")


@pytest.mark.parametrize("lang", LANGS)
def test_the_overview_gives_every_target_the_state_that_status_gives(
    shipped_book, site, city, command, lang
):
    done = command(shipped_book.paths, "status", "--city", "liupanshui", "--format", "json")
    assert done.returncode == 0, done.stderr
    states = {row["target_id"]: row for row in json.loads(done.stdout)}
    assert list(states) == list(city.plan.targets)
    assert len(states) >= 38
    page = article(site, f"{lang}/{OVERVIEW}")
    for target, row in states.items():
        shown = page.xpath(".//tr[@id=$name]", name=f"target-{target}")
        assert shown, target
        for line in shown:
            (badge,) = line.xpath(".//span[contains(@class, 'pb-badge')]")
            assert badge.get("class") == f"pb-badge pb-{row['verdict']}", target
            assert badge.text == say(f"verdict_{row['verdict']}", lang), target
            no_figure = (
                say("no_figure", lang, searched=day_text(city.searched, lang))
                in line.text_content()
            )
            assert no_figure == (row["latest"] is None), target
    counts = Counter(row["verdict"] for row in states.values())
    assert set(counts) <= set(VERDICTS)
    (figure,) = article(site, f"{lang}/{ACCOUNTABILITY}").xpath(".//figure[@id='fig-verdicts']")
    for verdict, count in counts.items():
        words = re.escape(say(f"verdict_{verdict}", lang))
        either_way = rf"\b{count} {words}|{words} ?{count}(?!\d)"
        assert re.search(either_way, figure.xpath(".//img/@alt")[0]), verdict


@pytest.mark.parametrize("lang", LANGS)
def test_every_measure_department_and_project_stands_in_the_book(site, city, lang):
    chapters = [name for name in page_names(site, lang) if "/chapters/" in name]
    text = squeezed(" ".join(article(site, name).text_content() for name in chapters))
    measures = list(city.plan.measures.values())
    assert sum(item.number > 0 for item in measures) == 41
    assert [m.number for m in measures if squeezed(m.title[lang]) not in text] == []
    assert [m.number for m in measures if squeezed(m.summary[lang]) not in text] == []
    named = {one for item in measures for one in item.departments}
    assert [one for one in named if city.plan.departments[one][lang] not in text] == []
    projects = [(p.name_en, p.name_zh)[LANGS.index(lang)] for p in city.plan.projects.values()]
    assert len(projects) == 25
    assert [name for name in projects if squeezed(name) not in text] == []


def pieces(lang: str) -> dict[str, list[str]]:
    """Give the fixed words of each message, between what is filled in."""
    shortest = {"en": 12, "zh": 6}[lang]  # characters; Chinese says as much in half of them
    found = {}
    for key, entry in messages().items():
        if entry["en"] == entry["zh"]:
            continue
        parts = [squeezed(part) for part in re.split(r"\{\w*\}", entry[lang])]
        if parts := [part for part in parts if len(part) > shortest]:
            found[key] = parts
    return found


@pytest.mark.parametrize("lang", LANGS)
def test_no_edition_speaks_the_language_of_the_other(site, lang):
    (other,) = set(EDITIONS) - {lang}
    foreign, own = pieces(other), pieces(lang)
    assert len(foreign) > 60
    wrong, used = [], set()
    names = page_names(site, lang)
    assert len(names) > 26
    for name in names:
        text = prose(site, name)
        wrong += [(name, key) for key, parts in foreign.items() if any(p in text for p in parts)]
        used |= {key for key, parts in own.items() if all(part in text for part in parts)}
    assert wrong == []
    assert len(used) > 40  # the same search does find this edition's own messages


@pytest.mark.parametrize("lang", LANGS)
def test_every_figure_has_words_a_source_and_files_to_save(site, city, lang):
    view = View(city, city.city.as_of, 2030, lang=lang, level=95)
    known = {one["label"]: one["address"] for one in view.cite(list(city.sources))}
    assert len(known) > 100
    figures = sourced = 0
    for name in page_names(site, lang):
        for figure in article(site, name).xpath(".//figure"):
            spot = f"{name} {figure.get('id')}"
            figures += 1
            (image,) = figure.xpath(".//img")
            assert len(image.get("alt").strip()) > 10, spot
            assert figure.xpath("string(.//figcaption//strong)").strip(), spot
            saved = files(figure)
            assert sorted(file.rpartition(".")[2] for file in saved) == ["csv", "xlsx"], spot
            for file, raw in saved.items():
                assert file.startswith("liupanshui_"), spot
                if file.endswith(".csv"):
                    assert len(table(raw)) > 0, spot
            lines = figure.xpath(".//div[@class='pb-figure-note']/p")
            source = [
                p for p in lines if p.text_content().startswith(say("source_word", lang).strip())
            ]
            if figure.get("id").startswith(OF_THE_PLAN):
                assert source == [], spot
                continue
            if figure.get("id").startswith(STATES) and not source:
                (raw,) = (raw for file, raw in saved.items() if file.endswith(".csv"))
                unknown = say("project_unknown", lang, searched=day_text(city.searched, lang))
                assert set(table(raw)[say("column_project_state", lang)]) == {unknown}, spot
                continue
            if figure.get("id").startswith(AMOUNTS) and not source:
                (raw,) = (raw for file, raw in saved.items() if file.endswith(".csv"))
                assert set(table(raw)[say("column_so_far", lang)]) == {""}, spot
                continue
            (line,) = source
            sourced += 1
            text = line.text_content()
            assert any(label in text for label in known), spot
            for link in line.xpath(".//a"):
                assert known[link.text] == link.get("href"), spot
    assert figures >= 25
    assert sourced >= 20


@pytest.mark.parametrize("lang", LANGS)
def test_every_source_shown_is_one_of_the_files_of_sources(site, city, lang):
    shown = set()
    for name in page_names(site, lang):
        page = article(site, name)
        rows = page.xpath(".//tr[starts-with(@id, 'source-')]")
        for row in rows:
            key = row.get("id").removeprefix("source-")
            assert key in city.sources, f"{name}: {key}"
            about = city.sources[key]
            assert about.producer[lang] in row.text_content()
            assert squeezed(about.title[lang]) in squeezed(row.text_content())
            assert about.accessed in row.text_content()
            shown.add(key)
        listed = squeezed(" ".join(row.text_content() for row in rows))
        for link in page.xpath(".//figure//div[@class='pb-figure-note']/p/a[not(@download)]"):
            told = link.text.removesuffix(say("as_reposted", lang))
            assert squeezed(told) in listed, f"{name}: cited below a figure, not at the end: {told}"
    assert len(shown) > 50


@pytest.mark.parametrize("lang", LANGS)
def test_city_context_and_modelled_figures_never_share_a_column(site, city, lang):
    names = {kind: say(f"column_value_{kind}", lang) for kind in ("city", "context", "modelled")}
    forecast, modelled = say("status_forecast", lang), say("status_modelled", lang)
    own = {city.entities[entity][lang] for entity in city.city.entities}
    counts = dict.fromkeys([*names, "forecast"], 0)
    for page in page_names(site, lang):
        for file, raw in files(article(site, page)).items():
            if not file.endswith(".csv") or not set(names.values()) & set(table(raw).columns):
                continue
            if file.startswith(WORDED):
                continue
            for row in table(raw).to_dict("records"):
                filled = [kind for kind, name in names.items() if row.get(name, "") != ""]
                if not filled and file.startswith("liupanshui_peers."):
                    continue  # ranks and counts, and cities without a figure
                status, place = row[say("column_kind", lang)], row[say("column_place", lang)]
                if status == forecast:
                    expected = []
                    assert row[say("column_forecast", lang)] != "", file
                else:
                    expected = [
                        "modelled" if status == modelled else "city" if place in own else "context"
                    ]
                assert filled == expected, (page, file, row)
                counts[(expected or ["forecast"])[0]] += 1
    assert min(counts.values()) > 10, counts


@pytest.mark.parametrize("lang", LANGS)
def test_no_page_uses_an_anchor_twice(site, lang):
    twice = {}
    for name in page_names(site, lang):
        counts = Counter(article(site, name).xpath(".//@id"))
        if found := [key for key, count in counts.items() if count > 1]:
            twice[name] = found
    assert twice == {}


@pytest.mark.parametrize("lang", LANGS)
def test_workbooks_of_chapters_open_and_no_file_name_stands_for_two_files(site, city, lang):
    workbooks = 0
    for name in page_names(site, lang):
        links = article(site, name).xpath(".//a[@download]")
        by_file: dict[str, set[str]] = {}
        for link in links:
            by_file.setdefault(link.get("download"), set()).add(link.get("href"))
        assert {file for file, raws in by_file.items() if len(raws) > 1} == set(), name
        for file, raw in files(article(site, name)).items():
            if re.fullmatch(r"liupanshui_\d\d_\w+\.xlsx", file):
                workbooks += 1
                book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True)
                assert len(book.sheetnames) >= 3, name
    answered = {city.page_of(section) for section in city.plan.sections.values()} | {"27_changes"}
    assert workbooks == sum(not page.startswith("section_") for page in answered)
