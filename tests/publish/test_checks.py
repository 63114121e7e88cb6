"""The checks on finished pages: each fault is found, nothing else is."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from planbook.errors import BuildError
from planbook.publish.checks import images
from planbook.publish.checks import requests as foreign
from planbook.publish.checks.policy import protect
from planbook.publish.checks.site import PageProblem, check_site, raise_problems

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L9 9"/></svg>'
EMPTY_SVG = '<svg xmlns="http://www.w3.org/2000/svg"><defs><path d="M0 0"/></defs><g/></svg>'
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PAGE = (
    '<!DOCTYPE html><html lang="{tag}"><head><title>t</title>{head}</head><body><main>'
    '<a href="{switch}" hreflang="{other}">x</a><h2 id="place">p</h2>{body}</main></body></html>'
)


def write_page(root: Path, name: str, body: str = "", head: str = "") -> None:
    lang, _, rest = name.partition("/")
    other = {"en": "zh", "zh": "en"}[lang]
    tags = {"en": "en", "zh": "zh-CN"}
    page = PAGE.format(
        tag=tags[lang],
        other=tags[other],
        switch="../" * name.count("/") + f"{other}/{rest}",
        body=body,
        head=head,
    )
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(protect(page), encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A sound site: two editions of two pages, a drawing, a picture, a style sheet."""
    for lang in ("en", "zh"):
        write_page(tmp_path, f"{lang}/index.html")
        write_page(tmp_path, f"{lang}/chapters/05.html")
        (tmp_path / lang / "a.svg").write_text(SVG, encoding="utf-8")
        (tmp_path / lang / "a b.png").write_bytes(PNG)
        (tmp_path / lang / "a.css").write_text("p{background:url(a.svg)}", encoding="utf-8")
    (tmp_path / "index.html").write_text(
        protect(
            "<html><head></head><body>"
            '<a href="en/index.html">en</a><a href="zh/index.html">zh</a></body></html>'
        ),
        encoding="utf-8",
    )
    return tmp_path


def problems(site: Path, body: str = "", head: str = "") -> list[PageProblem]:
    write_page(site, "en/chapters/05.html", body, head)
    return check_site(site)


def test_sound_site(site: Path) -> None:
    assert check_site(site) == []


def test_no_page_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="no page found to check"):
        check_site(tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        '<a href="https://example.org/source">source</a>',
        '<a href="//example.org/source">source</a>',
        '<a href="mailto:a@example.org">m</a> <a href="#">top</a> <a href="#place">p</a>',
        '<a href="../index.html?q=1#place">p</a> <a href="../">p</a>',
        '<a href="../../zh/chapters/05.html#place">p</a>',
        '<a href="../a%20b.png">picture</a>',
        '<img src="../a%20b.png"> <img src="../a.svg"> <img srcset="../a.svg 1x, ../a.svg 2x" '
        'src="../a.svg">',
        f'<img src="data:image/svg+xml;utf8,{SVG.replace("#", "%23").replace(chr(34), chr(39))}">',
        f'<img src="data:image/png;base64,{base64.b64encode(PNG).decode()}">',
        SVG,
        "<picture><source srcset='../a.svg'><img src='../a.svg'></picture>",
        "<style>@namespace svg url(http://www.w3.org/2000/svg); p {color: red}</style>",
        "<script>// see https://example.org\nvar licence = 'https://example.org/licence';</script>",
        '<script type=\'application/json\'>{"source": "https://example.org/a.json"}</script>',
        "<code>{ref}`x`</code> <pre>Some {glue} text</pre> {a} set {b, c}",
        "<style>p { background: url(data:image/png;base64,AAAA) }</style>",
    ],
)
def test_allowed(site: Path, body: str) -> None:
    assert problems(site, body) == []


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ('<script src="https://cdn.example/a.js"></script>', "<script src>"),
        ('<script src="//cdn.example/a.js"></script>', "//cdn.example/a.js"),
        ('<img src="http://example.org/a.png">', "<img src>"),
        ('<img src="\\\\example.org\\a.png">', "<img src>"),
        ('<img src="ht\ntps://example.org/a.png">', "<img src>"),
        ('<img src="../a.svg" srcset="../a.svg 1x, https://example.org/a.png 2x">', "<img srcset>"),
        ('<picture><source srcset="https://e.org/a.webp"><img src="../a.svg"></picture>', "source"),
        ('<iframe src="https://example.org/map"></iframe>', "<iframe src>"),
        ("<iframe srcdoc=\"<img src='https://example.org/a.png'>\"></iframe>", "<img src>"),
        ('<video poster="https://example.org/a.jpg"></video>', "<video poster>"),
        ('<video><source src="https://example.org/a.mp4"></video>', "<source src>"),
        ('<audio src="https://example.org/a.ogg"></audio>', "<audio src>"),
        ('<object data="https://example.org/a.pdf"></object>', "<object data>"),
        ('<embed src="https://example.org/a.pdf">', "<embed src>"),
        ('<form action="https://example.org/s"></form>', "<form action>"),
        ('<a href="https://e.org" ping="https://spy.example/x">x</a>', "<a ping>"),
        ("<style>p{background:url(https://example.org/a.png)}</style>", "url()"),
        ("<style>p{background:image-set('https://e.org/a.png' 1x)}</style>", "image-set"),
        ("<style>@import 'https://fonts.example/css';</style>", "@import"),
        ("<style>@import url(//fonts.example/css);</style>", "url()"),
        ("<style>@media print{@font-face{src:url('https://f.example/a')}}</style>", "url()"),
        ("<style>p{background:\\75rl(https://e.org/a)}</style>", "url()"),
        (f"{SVG[:-6]}<image href='https://example.org/a.png'/></svg>", "<image href>"),
        (f"{SVG[:-6]}<use xlink:href='https://example.org/a.svg#x'/></svg>", "xlink:href"),
        ("<script>fetch('https://example.org/data')</script>", "<script> asks"),
        ('<script>x.open("GET", "//example.org/data")</script>', "<script> asks"),
        ('<script type="module">import x from "https://esm.example/x";</script>', "<script> asks"),
        ("<script>s.src = `https://example.org/a`</script>", "<script> asks"),
        ('<script>const URL_ = "https://unpkg.com/thebe/index.js"</script>', "<script> asks"),
        ("<script>new WebSocket('wss://example.org')</script>", "<script> asks"),
    ],
)
def test_request_to_another_host(site: Path, body: str, detail: str) -> None:
    found = problems(site, body)
    assert {problem.rule for problem in found} == {"request"}
    assert any(detail in problem.detail for problem in found)
    assert found[0].page == "en/chapters/05.html"


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="preconnect" href="https://fonts.example">',
        '<link rel="stylesheet" href="https://fonts.example/css">',
        '<link rel="alternate stylesheet" href="//fonts.example/css">',
        '<link rel="icon" href="https://example.org/i.png">',
        '<base href="https://example.org/">',
        '<meta http-equiv="refresh" content="3; url=https://example.org/">',
    ],
)
def test_request_from_the_head(site: Path, head: str) -> None:
    assert "request" in {problem.rule for problem in problems(site, head=head)}


def test_canonical_link_asks_for_nothing(site: Path) -> None:
    assert problems(site, head='<link rel="canonical" href="https://example.org/a">') == []


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("b.css", "@import url('https://fonts.example/css');", "request"),
        ("b.css", "p{background:url(gone.png)}", "link"),
        ("b.js", "fetch(`https://example.org/x.json`)", "request"),
        ("b.svg", SVG.replace("<path", "<image href='http://e.org/a.png'/><path"), "request"),
        ("b.svg", SVG.replace("<path", "<style>@import '//e.org/a';</style><path"), "request"),
    ],
)
def test_files_beside_the_pages(site: Path, name: str, text: str, rule: str) -> None:
    (site / "en" / name).write_text(text, encoding="utf-8")
    (found,) = check_site(site)
    assert (found.page, found.rule) == (f"en/{name}", rule)


@pytest.mark.parametrize(
    ("body", "rule", "detail"),
    [
        ('<a href="gone.html">x</a>', "link", "gone.html leads to no file"),
        ('<a href="../INDEX.html">x</a>', "link", "../INDEX.html leads to no file"),
        ('<a href="/en/index.html">x</a>', "link", "/en/index.html leads to no file"),
        ('<a href="../../../other/index.html">x</a>', "link", "leads to no file"),
        ('<a href="../../zh/gone.html">x</a>', "link", "../../zh/gone.html leads to no file"),
        ('<a href="#gone">x</a>', "anchor", "no place named 'gone'"),
        ('<a href="../../zh/index.html#gone">x</a>', "anchor", "zh/index.html has no place"),
        ('<img src="gone.png">', "link", "gone.png"),
        ('<img src="">', "image", "no address"),
        ("<img alt='x'>", "image", "no address"),
        ('<img src="data:image/svg+xml;utf8,">', "image", "the picture is empty"),
        ('<img src="data:image/png;base64,AAAA">', "image", "no PNG"),
        ('<img src="data:text/plain,x">', "image", "holds no picture"),
        (EMPTY_SVG, "image", "nothing to draw"),
        ('<div class="output traceback">KeyError: 1</div>', "error output", "KeyError"),
        ("<pre>Traceback (most recent call last):</pre>", "error output", "Traceback"),
        ('<div class="output stderr">Warning: x</div>', "error output", "Warning: x"),
        ("<p>bad \ufffd text</p>", "replacement character", "bad"),
        ('<p title="&#65533;">text</p>', "replacement character", "U+FFFD"),
        ("<p>see {ref}`rate`</p>", "markup", "{ref}`rate`"),
        ("<p>see {custom}<code>x</code></p>", "markup", "{custom}`x`"),
        ("<p>`{glue} share</p>", "markup", "{glue}"),
        ("<p>about {{ share }} %</p>", "markup", "{{ share }}"),
        ("<p>:::{note}</p>", "markup", ":::{note}"),
    ],
)
def test_fault_on_a_page(site: Path, body: str, rule: str, detail: str) -> None:
    found = problems(site, body)
    assert [problem.rule for problem in found] == [rule]
    assert detail in found[0].detail


@pytest.mark.parametrize(
    ("name", "data", "detail"),
    [
        ("a.svg", b"", "empty"),
        ("a.svg", b"<svg", "no well-formed SVG"),
        ("a.svg", EMPTY_SVG.encode(), "nothing to draw"),
        ("a b.png", b"", "empty"),
        ("a b.png", PNG[:-12], "cut short"),
        ("a b.png", b"GIF89a", "no PNG"),
    ],
)
def test_broken_picture(site: Path, name: str, data: bytes, detail: str) -> None:
    (site / "en" / name).write_bytes(data)
    (found,) = problems(site, f'<img src="../{name}">')
    assert found.rule == "image"
    assert detail in found.detail


def test_page_that_is_not_utf8(site: Path) -> None:
    path = site / "en" / "index.html"
    path.write_bytes(path.read_bytes().replace(b"<title>t", "<title>能".encode("gbk")))
    (found,) = check_site(site)
    assert (found.rule, found.page) == ("page", "en/index.html")


def test_missing_switch(site: Path) -> None:
    path = site / "zh" / "chapters" / "05.html"
    path.write_text(path.read_text(encoding="utf-8").replace("hreflang", "data-x"), "utf-8")
    (found,) = check_site(site)
    assert (found.page, found.rule) == ("zh/chapters/05.html", "switch")


def test_switch_to_another_page(site: Path) -> None:
    path = site / "zh" / "chapters" / "05.html"
    text = path.read_text(encoding="utf-8").replace("en/chapters/05.html", "en/index.html")
    path.write_text(text, encoding="utf-8")
    (found,) = check_site(site)
    assert "no link to the same page in 'en'" in found.detail


def test_page_without_counterpart(site: Path) -> None:
    (site / "zh" / "chapters" / "05.html").unlink()
    found = check_site(site)
    assert {(problem.page, problem.rule) for problem in found} == {
        ("en/chapters/05.html", "link"),
        ("en/chapters/05.html", "switch"),
    }


def test_page_in_the_wrong_language(site: Path) -> None:
    path = site / "zh" / "index.html"
    path.write_text(path.read_text(encoding="utf-8").replace("zh-CN", "en", 1), "utf-8")
    (found,) = check_site(site)
    assert found.rule == "language"


def test_one_edition_needs_no_switch(site: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("one")
    (root / "en").mkdir()
    page = protect('<html lang="en"><head></head><p>x</p></html>')
    (root / "en" / "index.html").write_text(page, encoding="utf-8")
    assert check_site(root) == []


def test_front_page_names_each_edition(site: Path) -> None:
    page = protect('<html><head></head><body><a href="en/index.html">en</a></body></html>')
    (site / "index.html").write_text(page, encoding="utf-8")
    (found,) = check_site(site)
    assert found.detail == "no link to the edition 'zh'"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ('<p onclick="go()">x</p>', "handler in the page, <p onclick>: go()"),
        ("<svg onload=go()><path d='M0 0L9 9'/></svg>", "handler in the page, <svg onload>"),
        ('<p style="color: red">x</p>', "style in the page, <p style>: color: red"),
        ("<p style=\"background:url('a.svg')\">x</p>", "style in the page"),
        ('<a href="javascript:go()">x</a>', "address that runs, <a href>: javascript:go()"),
        ('<a href=" java\nscript:go()">x</a>', "address that runs"),
        ('<a href="data:text/html,<b>">x</a>', "address that runs"),
    ],
)
def test_what_the_policy_forbids_is_not_published(site: Path, body: str, detail: str) -> None:
    (found,) = [one for one in problems(site, body) if one.rule == "policy"]
    assert found.detail.startswith(detail)
    assert found.page == "en/chapters/05.html"


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        ('<meta http-equiv="Content-Security-Policy"', "<meta", "no policy first in its head"),
        ("<head>", "<head><title>t</title>", "no policy first in its head"),
        ("<h2", "<script>go()</script><h2", "script in the page that the policy does not name: go"),
        ("<h2", "<style>p{}</style><h2", "style sheet in the page that the policy does not name"),
        ("script-src 'self'", "script-src 'unsafe-inline' 'self'", "not the book's: default-src"),
        ("base-uri 'none'", "base-uri *", "not the book's"),
    ],
)
def test_a_page_without_its_own_policy_is_not_published(
    site: Path, old: str, new: str, detail: str
) -> None:
    path = site / "en" / "index.html"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = check_site(site)
    assert {(one.page, one.rule) for one in found} == {("en/index.html", "policy")}
    assert any(detail in one.detail for one in found)
    assert {one.remedy for one in found} == {"build this edition again"}


def test_words_like_an_address_or_a_handler_are_words(site: Path) -> None:
    assert problems(site, '<p title="javascript:go()">onclick=go()</p>') == []


def test_all_problems_in_one_error(site: Path) -> None:
    found = problems(site, '<a href="gone.html">x</a><img src="">')
    with pytest.raises(BuildError, match="2 problem") as error:
        raise_problems(found)
    assert "en/chapters/05.html: link: gone.html leads to no file of the site; mend" in str(
        error.value
    )
    assert "en/chapters/05.html: image: an image has no address; draw" in str(error.value)


def test_no_problem_raises_nothing() -> None:
    raise_problems([])


@pytest.mark.parametrize(
    ("url", "foreign_", "local"),
    [
        ("https://a.org", True, False),
        (" //a.org", True, False),
        ("/\\a.org", True, False),
        ("a.html", False, True),
        ("data:text/plain,//a", False, False),
        ("mailto:a@b", False, False),
        ("", False, False),
    ],
)
def test_addresses(url: str, foreign_: bool, local: bool) -> None:
    assert foreign.is_foreign(url) is foreign_
    assert foreign.is_local(url) is local


def test_unknown_kind_of_picture_is_left_alone() -> None:
    assert images.fault(b"x", "bmp") is None
