"""Citations: read back by other programs, safe for LaTeX, the same each time."""

from __future__ import annotations

import json

import pybtex.database
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planbook.data.city import load
from planbook.data.observations import Source
from planbook.exports.citations import bibtex, citation_key, csl, gbt, latex, url


def source(title="Bulletin", zh="公报", **more) -> Source:
    return Source(producer={"en": "Bureau & Sons", "zh": "统计局"}, title={"en": title, "zh": zh},
                  licence={"en": "free", "zh": "免费"}, accessed="2024-07-01", **more)  # fmt: skip


def parsed(sources, lang="en"):
    return pybtex.database.parse_string(bibtex(sources, lang).decode(), "bibtex").entries


def test_an_entry_has_what_a_reference_needs():
    one = source("50 % of {coal}_x #1", address="https://example.org/a_b?c=1&d={2}", published="2024-06")  # fmt: skip
    (entry,) = parsed({"bureau": one}).values()
    assert entry.type == "misc"
    assert entry.fields["title"] == r"{50 \% of \textbraceleft{}coal\textbraceright{}\_x \#1}"
    assert str(entry.persons["author"][0]) == r"{Bureau \& Sons}"
    assert (entry.fields["year"], entry.fields["month"]) == ("2024", "6")
    assert entry.fields["url"] == "https://example.org/a_b?c=1&d=%7B2%7D"
    assert entry.fields["urldate"] == "2024-07-01"
    assert entry.fields["note"] == "Chinese title: 公报. Read on 2024-07-01. Terms: free"


def test_chinese_is_kept_and_an_unknown_date_left_out():
    (entry,) = parsed({"bureau": source(reposted=True)}, "zh").values()
    assert entry.fields["title"] == "{公报}"
    assert entry.fields["note"] == "英文名：Bulletin；据转载文本；2024-07-01查阅；使用条款：免费"
    assert {"year", "url", "urldate"} & set(entry.fields) == set()


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
def test_any_title_gives_a_file_that_other_programs_read(text):
    one = source(text, text)
    (entry,) = parsed({"a": one}).values()
    assert entry.fields["title"] == f"{{{latex(text)}}}"
    (item,) = json.loads(csl({"a": one}, "en"))
    assert item["title"] == text


@pytest.mark.parametrize(
    "text", ["\\input{/etc/passwd}", "$x$", "a^b~c", "}\n@misc{b,", "%", "<b>"]
)
def test_no_character_of_a_text_is_a_command(text):
    assert not set("\\{}$&#_%~^<>").intersection(latex(text).replace("{}", "").replace(r"\_", "").replace(r"\#", "").replace(r"\%", "").replace(r"\$", "").replace("\\text", ""))  # fmt: skip
    assert list(parsed({"a": source(text)})) == ["a"]


def test_keys_are_those_of_the_sources_and_safe():
    assert citation_key("china_bulletin_2024") == "china_bulletin_2024"
    odd = citation_key("a, b{c")
    assert odd == citation_key("a, b{c") != citation_key("a, b{d")
    assert odd.isascii() and "{" not in odd
    assert list(parsed({"a, b{c": source()})) == [odd]


def test_csl_has_dates_by_their_parts():
    one = source(address="https://example.org/x", published="2024-06-01")
    (item,) = json.loads(csl({"bureau": one}, "zh"))
    assert item == {
        "id": "bureau", "type": "webpage", "author": [{"literal": "统计局"}], "title": "公报",
        "accessed": {"date-parts": [[2024, 7, 1]]}, "language": "zh-CN",
        "note": "英文名：Bulletin；2024-07-01查阅；使用条款：免费",
        "issued": {"date-parts": [[2024, 6, 1]]}, "URL": "https://example.org/x",
    }  # fmt: skip
    (item,) = json.loads(csl({"bureau": source(published="2024")}, "en"))
    assert (item["type"], item["issued"]) == ("document", {"date-parts": [[2024]]})


def test_the_form_of_the_chinese_standard():
    one = source(address="https://example.org/x", published="2024-06-01")
    assert gbt(one, "zh") == "统计局. 公报[EB/OL]. (2024-06-01)[2024-07-01]. https://example.org/x"
    assert gbt(source(), "zh") == "统计局. 公报[Z]."


@pytest.mark.parametrize("address", [None, "file:///etc/passwd", "javascript:alert(1)", "p. 3"])
def test_only_web_addresses_become_links(address):
    assert url(source(address=address)) == ""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_shipped_source_is_cited_once(repo, lang):
    sources = load("liupanshui", repo).sources
    assert list(parsed(sources, lang)) == sorted(sources)
    items = json.loads(csl(sources, lang))
    assert [one["id"] for one in items] == sorted(sources)
    assert all("date-parts" in one.get("issued", {"date-parts": 1}) for one in items)
    assert bibtex(sources, lang) == bibtex(dict(reversed(sources.items())), lang)
