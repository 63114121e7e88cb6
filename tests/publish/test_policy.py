"""The policy of a page: what it names, and that it is the same for the same page."""

from __future__ import annotations

from pathlib import Path

import pytest

from planbook.errors import BuildError
from planbook.publish.checks import policy
from planbook.publish.sphinx import theme

# echo -n "go()" | openssl dgst -sha256 -binary | base64
GO = "'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='"
PAGE = "<html><head>{head}<title>t</title></head><body>{body}</body></html>"


def protected(body: str = "", head: str = "") -> str:
    return policy.protect(PAGE.format(head=head, body=body))


def test_it_stands_first_in_the_head_and_forbids_all_that_the_book_does_not_need() -> None:
    page = protected()
    begin = '<html><head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    assert page.startswith(begin)
    found = policy.policy()
    assert found == (
        "default-src 'none'; script-src 'self' file:; style-src 'self' file:; "
        "img-src 'self' file: data:; font-src 'self' file:; form-action 'self' file:; "
        "base-uri 'none'"
    )
    for word in ("unsafe", "http:", "https:", "*", "blob:"):
        assert word not in found


def test_scripts_of_the_page_are_named_by_their_hash_and_data_are_not() -> None:
    page = protected(
        "<script>go()</script><script src='a.js'></script>"
        "<script type='application/json'>{}</script><!-- <script>no()</script> -->",
        head="<script type=module>go()</script>",
    )
    (given,) = [one for one in page.split("; ") if one.startswith("script-src")]
    assert given == f"script-src 'self' file: {GO}"


def test_the_order_of_scripts_does_not_count() -> None:
    assert policy.policy(["a", "b", "a"]) == policy.policy(["b", "a"])
    assert policy.policy(["a"]) != policy.policy([], ["a"])


def test_a_page_that_has_it_is_left_alone() -> None:
    page = protected("<script>go()</script>")
    assert policy.protect(page) == page


def test_a_page_without_a_head_is_an_error() -> None:
    with pytest.raises(BuildError, match="no <head> to hold its policy"):
        policy.protect("<p>x</p>")


# ---- what the theme does against it


def test_the_style_of_icons_is_a_file_and_their_script_writes_none() -> None:
    style = theme.icon_style()
    assert ".svg-inline--fa{" in style
    assert style.count("{") == style.count("}")
    page = '<script defer src="../_static/scripts/fontawesome.js?digest=1"></script><script src="a.js">'
    assert theme.without_icon_style(page) == page.replace(
        "<script defer", '<script data-auto-add-css="false" defer', 1
    )


CATALOG = (
    'Documentation.addTranslations({"locale": "zh", "messages": {"a": "b"}, "plural_expr": "%s"});'
)


def test_translations_are_taken_over_without_compiling_text(tmp_path: Path) -> None:
    path = tmp_path / "translations.js"
    path.write_text(CATALOG % "0", encoding="utf-8")
    theme.mend_translations(tmp_path)
    mended = path.read_text(encoding="utf-8")
    assert "addTranslations" not in mended
    assert '({"locale": "zh", "messages": {"a": "b"}, "plural_expr": "0"});' in mended
    theme.mend_translations(tmp_path)
    assert path.read_text(encoding="utf-8") == mended


@pytest.mark.parametrize(
    ("text", "told"),
    [(CATALOG % "n != 1", "plurals follow 'n != 1'"), ("go();", "not in the form known here")],
)
def test_translations_of_another_form_stop_the_build(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "translations.js").write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match=told):
        theme.mend_translations(tmp_path)


def test_an_edition_without_translations_needs_nothing(tmp_path: Path) -> None:
    theme.mend_translations(tmp_path)
    assert list(tmp_path.iterdir()) == []
