"""The configuration and contents of an edition, and the site's words."""

from __future__ import annotations

import copy
from string import Formatter

import pytest
import yaml
from jupyter_book.config import get_final_config, validate_yaml
from tiny_book import CAPTIONS, ROOT, TOC

from planbook.errors import BuildError
from planbook.publish import words as wording
from planbook.publish.sphinx import config

BASE = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
HOSTILE = {
    "html": {
        "analytics": {"google_analytics_id": "G-1"},
        "comments": {"hypothesis": True},
        "announcement": "kept",
    },
    "launch_buttons": {"thebe": True, "binderhub_url": "https://mybinder.org"},
    "sphinx": {
        "extra_extensions": ["sphinx.ext.todo"],
        "config": {
            "html_math_renderer": "mathjax",
            "html_theme_options": {"github_url": "https://example.org", "show_toc_level": 2},
        },
    },
}


def edition(base: dict, lang: str = "zh", **options: object) -> dict:
    return config.edition_config(base, lang, "书名", "作者", **options)


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_edition_is_valid_and_offline(lang: str) -> None:
    derived = edition(BASE, lang)
    validate_yaml(derived, raise_on_errors=True)
    final, _ = get_final_config(user_yaml=derived, cli_config={"latex_individualpages": False})
    assert final["nb_execution_mode"] == "off"
    assert final["language"] == {"en": "en", "zh": "zh_CN"}[lang]
    assert final["planbook_lang"] == lang
    assert final["external_toc_exclude_missing"] is True
    for name in ("sphinx_thebe", "sphinx_comments", "sphinx.ext.intersphinx"):
        assert name not in final["extensions"]
    for key, value in config.OFFLINE.items():
        if key != "extensions":
            assert final[key] == value, key


def test_repository_configuration_says_the_same() -> None:
    settings = BASE["sphinx"]["config"]
    assert {key: settings[key] for key in config.OFFLINE} == config.OFFLINE
    assert settings["html_theme_options"] == config.THEME_OPTIONS
    assert BASE["execute"]["execute_notebooks"] == "off"
    assert BASE["only_build_toc_files"] is True


def test_base_is_left_alone() -> None:
    before = copy.deepcopy(BASE)
    edition(BASE)
    assert before == BASE


def test_own_settings_stay_and_foreign_ones_go() -> None:
    derived = edition(HOSTILE)
    assert derived["html"] == {"announcement": "kept", "use_multitoc_numbering": False}
    assert "launch_buttons" not in derived
    settings = derived["sphinx"]["config"]
    assert settings["html_math_renderer"] == "planbook_mathml"
    assert settings["extensions"][-1] == "sphinx.ext.todo"
    assert "extra_extensions" not in derived["sphinx"]
    assert settings["html_theme_options"]["show_toc_level"] == 2
    assert "github_url" not in settings["html_theme_options"]


def test_other_edition_and_footer() -> None:
    derived = edition(BASE, "en", copyright_text="2023, A", updated="2023-06-30")
    settings = derived["sphinx"]["config"]
    assert settings["planbook_other_edition"] == "../zh/"
    assert settings["planbook_updated"] == "2023-06-30"
    assert (derived["title"], derived["copyright"]) == ("书名", "2023, A")
    alone = edition(BASE, "en", with_other_edition=False)
    assert alone["sphinx"]["config"]["planbook_other_edition"] == ""


def test_unknown_language() -> None:
    with pytest.raises(BuildError, match="language 'fr' is not known; give one of en, zh"):
        edition(BASE, "fr")


def test_toc_is_flattened_and_translated() -> None:
    before = copy.deepcopy(TOC)
    assert config.edition_toc(TOC, "zh", captions=CAPTIONS) == {
        "format": "jb-book",
        "root": "index",
        "parts": [
            {"caption": "分章报告", "chapters": [{"file": "chapters/05_energy"}]},
            {"caption": "方法", "chapters": [{"file": "methods"}]},
        ],
    }
    assert config.edition_toc(TOC, "en")["parts"][0]["caption"] == "Chapters"
    assert before == TOC


def test_toc_with_sections() -> None:
    nested = {
        "root": "book/en/index",
        "chapters": [
            {"file": "book/en/a", "sections": [{"file": "book/chapters/en/b", "title": "Method"}]}
        ],
    }
    derived = config.edition_toc(nested, "zh", captions=CAPTIONS)
    assert derived["chapters"] == [
        {"file": "a", "sections": [{"file": "chapters/b", "title": "方法"}]}
    ]


def test_caption_without_translation() -> None:
    with pytest.raises(BuildError, match="no 'zh' wording for 'Method'; add it"):
        config.edition_toc(TOC, "zh", captions={"Chapters": "分章报告"})


def test_page_outside_the_book() -> None:
    with pytest.raises(BuildError, match="page 'docs/x' lies neither in book/en/"):
        config.edition_toc({"root": "docs/x"}, "en")


@pytest.mark.parametrize("key", sorted(wording.WORDS))
def test_words_are_complete(key: str) -> None:
    entry = wording.WORDS[key]
    assert set(entry) == set(wording.LANGUAGES)
    assert all(text.strip() for text in entry.values())
    fields = [{name for _, name, _, _ in Formatter().parse(text)} for text in entry.values()]
    assert fields[0] == fields[1]


def test_chinese_words_are_chinese() -> None:
    words = {**wording.THEME_WORDS["zh"], **wording.HARD_CODED["zh"]}
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in words.values())
