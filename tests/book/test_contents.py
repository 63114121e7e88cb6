"""Contents, notebooks, plan and authored pages agree with each other."""

from __future__ import annotations

import re

import pytest

from planbook.data.city import load
from planbook.files.yaml import load as load_yaml
from planbook.publish.pages import sections as pages
from planbook.publish.pages.edition import book_title
from planbook.publish.sphinx.config import edition_toc

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1\s*$", re.S | re.M)


@pytest.fixture(scope="module")
def shipped(repo):
    return load("liupanshui", repo)


@pytest.fixture(scope="module")
def toc(repo):
    return load_yaml(repo.root / "_toc.yml", repo.root)[0]


def listed(toc) -> list[str]:
    """List the pages of the contents without their folders, in order."""
    return [one["file"].rpartition("/")[2] for part in toc["parts"] for one in part["chapters"]]


def headings(text: str) -> list[int]:
    """List the levels of the headings of a Markdown page."""
    return [len(found) for found in re.findall(r"^(#+) ", FENCE.sub("", text), re.M)]


def test_the_written_contents_are_those_of_the_plan(toc, shipped):
    assert toc == pages.contents(shipped)


def test_every_notebook_is_named_exactly_once(toc, repo):
    notebooks = [path.stem for path in sorted(repo.notebooks.glob("*.ipynb"))]
    assert len(notebooks) >= 5
    names = listed(toc)
    assert [names.count(name) for name in notebooks] == [1] * len(notebooks)
    assert len(set(names)) == len(names)


def test_each_of_the_26_sections_has_a_page_in_the_order_of_the_plan(toc, shipped):
    sections = list(shipped.plan.sections.values())
    assert [section.number for section in sections] == list(range(1, 27))
    answered = list(dict.fromkeys(shipped.page_of(section) for section in sections))
    names = listed(toc)
    assert names == [*answered, "27_changes", *pages.AUTHORED_PAGES, pages.BIBLIOGRAPHY]


def test_every_department_of_the_plan_has_a_page_below_accountability(toc, shipped):
    (home,) = (
        one
        for part in toc["parts"]
        for one in part["chapters"]
        if one["file"].endswith("24_accountability")
    )
    below = [one["file"].rpartition("/")[2] for one in home["sections"]]
    named = {one for item in shipped.plan.measures.values() for one in item.departments}
    assert len(below) == len(named) == 28
    assert {name.removeprefix(pages.DEPARTMENT) for name in below} == named


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_captions_of_an_edition_are_in_its_language(toc, shipped, lang):
    own = edition_toc(toc, lang, captions=pages.captions(shipped, lang))
    captions = [part["caption"] for part in own["parts"]]
    assert len(set(captions)) == len(shipped.plan.parts) + 2  # changes, about the book
    chinese = [bool(re.search(r"[\u4e00-\u9fff]", caption)) for caption in captions]
    assert chinese == [lang == "zh"] * len(captions)
    assert shipped.city.name[lang] in book_title(shipped, lang)


def test_authored_pages_exist_in_both_languages_with_the_same_parts(repo):
    english = {path.name: path for path in (repo.book / "en").glob("*.md")}
    chinese = {path.name: path for path in (repo.book / "zh").glob("*.md")}
    assert {"index.md", *(f"{name}.md" for name in pages.AUTHORED_PAGES)} == set(english)
    assert set(english) == set(chinese)
    for name in english:
        one, other = (path[name].read_text(encoding="utf-8") for path in (english, chinese))
        assert headings(one)[0] == 1
        assert headings(one) == headings(other), name
        assert len(LINK.findall(one)) == len(LINK.findall(other)), name
        assert one.count(pages.SUMMARY_MARK) == other.count(pages.SUMMARY_MARK)
        for mark in ("$$", "\n|"):  # formulas and rows of tables are as many
            assert one.count(mark) == other.count(mark), f"{name}: {mark!r}"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_links_of_authored_pages_lead_somewhere(repo, shipped, lang):
    generated = {shipped.page_of(section) for section in shipped.plan.sections.values()}
    checked = 0
    for path in sorted((repo.book / lang).glob("*.md")):
        for address in LINK.findall(path.read_text(encoding="utf-8")):
            if address.startswith(("https://", "#")):
                continue
            checked += 1
            target = (path.parent / address.partition("#")[0]).resolve()
            if target.parent == repo.book / "chapters" / lang:
                assert target.stem in generated, f"{path.name}: {address}"
                made = ".md" if target.stem.startswith("section_") else ".ipynb"
                assert target.suffix == made, f"{path.name}: {address}"
            else:
                assert target.is_file(), f"{path.name}: {address}"
                assert target.parent == repo.book / lang, f"{path.name}: {address}"
    assert checked >= 2


def test_the_shipped_book_has_a_chapter_for_every_field_of_the_plan(repo):
    project = load("liupanshui", repo)
    numbers = [int(name[:2]) for name in pages.chapters(project)]
    assert numbers == sorted(numbers) and numbers[-1] == 27  # what changed, after 26 sections
    answered = {
        section.number
        for name in pages.chapters(project)
        for section in project.plan.sections_of(name)
    }
    assert answered == set(range(2, 27))


def test_the_contents_are_written_from_the_plan(project, command):
    path = project.root / "_toc.yml"
    path.write_text("# kept\nformat: jb-book\n", encoding="utf-8")
    first = command(project, "contents", "--city", "smallville")
    assert "written" in first.stdout
    assert load_yaml(path)[0] == pages.contents(load("smallville", project))
    assert path.read_text(encoding="utf-8").startswith("# kept\n")
    raw = path.read_bytes()
    assert "up to date" in command(project, "contents", "--city", "smallville").stdout
    assert path.read_bytes() == raw
