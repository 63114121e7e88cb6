"""Both editions of a two-page book: rendered strictly, checked, opened in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tiny_book
from lxml import html

from planbook.errors import BuildError
from planbook.publish.checks.site import check_site

PAGES = ("index.html", "methods.html", "chapters/05_energy.html", "search.html")
CHAPTER = "chapters/05_energy.html"


def read(site: Path, name: str) -> Any:
    return html.fromstring((site / name).read_bytes())


def prose(site: Path, name: str) -> str:
    (article,) = read(site, name).xpath("//article")
    return article.text_content()


def test_site_passes_its_checks(tiny_site: Path) -> None:
    assert check_site(tiny_site) == []


def test_pages_and_nothing_for_the_renderer_alone(tiny_site: Path) -> None:
    names = {path.relative_to(tiny_site).as_posix() for path in tiny_site.rglob("*.html")}
    assert names == {"index.html", *(f"{lang}/{page}" for lang in ("en", "zh") for page in PAGES)}
    for pattern in (".buildinfo", "objects.inv", "_sources", "*.map"):
        assert not list(tiny_site.rglob(pattern))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_edition_keeps_its_cells(tiny_site: Path, lang: str) -> None:
    text = prose(tiny_site, f"{lang}/{CHAPTER}")
    own, foreign_ = ("coal power", "煤电") if lang == "en" else ("煤电", "coal power")
    assert own in text
    assert foreign_ not in text
    for hidden in ("horizon", "secret_call", "plot()", "interactive(", "IntSlider"):
        assert hidden not in text
    page = (tiny_site / lang / CHAPTER).read_text(encoding="utf-8")
    for hidden in ("widget-state", "widget-view", "papermill", "/somewhere/"):
        assert hidden not in page
    assert 'class="static-widget"' in page


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_no_page_loads_from_another_host(tiny_site: Path, lang: str, page: str) -> None:
    text = (tiny_site / lang / page).read_text(encoding="utf-8")
    hosts = set(re.findall(r"https?://([\w.-]+)", text))
    assert hosts <= {"www.w3.org", "example.org"}  # namespaces, and the link to a source
    for word in ("mathjax", "thebe", "require.min.js", "unpkg", "cdn."):
        assert word not in text.lower()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_formulas_are_mathml(tiny_site: Path, lang: str) -> None:
    page = read(tiny_site, f"{lang}/methods.html")
    block, inline, *_ = page.iter("math")
    assert block.get("display") == "block"
    assert inline.get("display") == "inline"
    assert "<" in block.text_content()
    assert page.xpath("//div[contains(@class, 'math')]/span[@class='eqno']")
    assert page.xpath("//a[@href='#equation-required']")


def test_figures_keep_their_drawing(tiny_site: Path) -> None:
    page = read(tiny_site, f"en/{CHAPTER}")
    assert page.xpath("//figure//svg/path")
    image, drawn = page.xpath("//article//img")
    assert image.get("alt") == ""
    address = drawn.get("src")  # beside the page, which is read faster without it
    assert re.fullmatch(r"\.\./_images/drawing-[0-9a-f]{40}\.svg", address)
    assert (tiny_site / "en/chapters" / address).read_text(encoding="utf-8") == tiny_book.SVG


@pytest.mark.parametrize(("lang", "tag", "other"), [("en", "en", "zh"), ("zh", "zh-CN", "en")])
def test_switch_and_language(tiny_site: Path, lang: str, tag: str, other: str) -> None:
    page = read(tiny_site, f"{lang}/{CHAPTER}")
    assert page.get("lang") == tag
    (switch,) = page.xpath("//a[@class='pb-language']")
    assert switch.get("href") == f"../../{other}/{CHAPTER}"
    assert switch.get("hreflang") == switch.get("lang") == {"en": "en", "zh": "zh-CN"}[other]
    assert switch.text == {"en": "English", "zh": "中文"}[other]
    (alternate,) = page.xpath("//head/link[@rel='alternate']")
    assert alternate.get("href") == switch.get("href")
    (root_switch,) = read(tiny_site, f"{lang}/index.html").xpath("//a[@class='pb-language']")
    assert root_switch.get("href") == f"../{other}/index.html"


@pytest.mark.parametrize("page", PAGES)
def test_chinese_pages_say_everything_in_chinese(tiny_site: Path, page: str) -> None:
    tree = read(tiny_site, f"zh/{page}")
    for part in tree.xpath("//script | //style | //article | //kbd | //math | //noscript/style"):
        part.drop_tree()
    for part in tree.xpath("//*[@class='pb-language' or @class='pb-footer']"):
        part.drop_tree()
    texts = [text.strip() for text in tree.xpath("//body//text()") if text.strip()]
    names = ("title", "aria-label", "placeholder", "alt", "data-bs-title")
    for name in names:
        texts += [text for text in tree.xpath(f"//body//@{name}") if text.strip()]
    assert len(texts) > 10
    english = [text for text in texts if re.search(r"[A-Za-z]{3,}", text)]
    assert [text for text in english if "JavaScript" not in text] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_footer_from_the_configuration_alone(tiny_site: Path, lang: str) -> None:
    (footer,) = read(tiny_site, f"{lang}/index.html").xpath("//p[@class='pb-footer']")
    dated = "2023-06-30"
    assert footer.text == f"A. Author · © 2023, A. City · {dated}"


def test_second_build_is_the_same(tiny_site: Path, tmp_path: Path) -> None:
    stage = tiny_book.stage(tmp_path / "elsewhere" / "stage", "zh")
    tiny_book.render(stage, tmp_path / "zh", lang="zh")

    def contents(folder: Path) -> dict[str, bytes]:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    first, second = contents(tiny_site / "zh"), contents(tmp_path / "zh")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_whoever_builds_where_and_when_gets_the_same(
    tiny_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = {
        "HOME": str(tmp_path),
        "TZ": "Asia/Shanghai",
        "LANG": "zh_CN.UTF-8",
        "LC_ALL": "zh_CN.UTF-8",
        "PYTHONHASHSEED": "4711",
        "SOURCE_DATE_EPOCH": "86400",
    }
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)
    tiny_book.render(tiny_book.stage(tmp_path / "stage", "en"), tmp_path / "en", lang="en")
    for path in (tiny_site / "en").rglob("*"):
        if path.is_file():
            name = path.relative_to(tiny_site / "en")
            assert path.read_bytes() == (tmp_path / "en" / name).read_bytes(), name


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# T\n\nsee {ref}`nowhere`\n", "undefined label: 'nowhere'"),
        ("# T\n\n[x](gone.md)\n", "gone.md"),
        ("# T\n\n![x](gone.png)\n", "gone.png"),
        ("# T\n\n```{nosuch}\n```\n", "nosuch"),
        ("# T\n\n$\\unheardof{x}$\n", "cannot be shown"),
    ],
)
def test_warning_fails_the_build(tmp_path: Path, text: str, message: str) -> None:
    stage = tiny_book.stage(tmp_path / "stage", "en")
    with (stage / "methods.md").open("a", encoding="utf-8") as file:
        file.write("\n" + text.removeprefix("# T\n"))
    with pytest.raises(BuildError, match="the 'en' edition has 1 warning") as error:
        tiny_book.render(stage, tmp_path / "en", lang="en")
    assert message in str(error.value)
    assert "methods.md" in str(error.value)
    assert str(tmp_path) not in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["stage"]


@pytest.mark.usefixtures("quick")
def test_broken_notebook_fails_the_build(tmp_path: Path) -> None:
    stage = tiny_book.stage(tmp_path / "stage", "en")
    (stage / "chapters" / "05_energy.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(BuildError, match=r"could not be rendered|warning"):
        tiny_book.render(stage, tmp_path / "en", lang="en")
    assert not (tmp_path / "en").exists()


@pytest.mark.usefixtures("quick")
def test_error_in_a_notebook_is_found_on_the_page(tmp_path: Path) -> None:
    stage = tiny_book.stage(tmp_path / "stage", "en")
    book = tiny_book.notebook()
    error = {
        "output_type": "error",
        "ename": "KeyError",
        "evalue": "'share'",
        "traceback": ["\x1b[31mKeyError\x1b[0m: 'share'"],
    }
    book["cells"].append(tiny_book.code("broken()", error))
    (stage / "chapters" / "05_energy.ipynb").write_text(json.dumps(book), encoding="utf-8")
    tiny_book.render(stage, tmp_path / "site" / "en", lang="en", strict=False)
    found = {(problem.page, problem.rule) for problem in check_site(tmp_path / "site")}
    assert (f"en/{CHAPTER}", "error output") in found


# --- in a browser, from the folder, with every other request refused -----------------


class Tab:
    """A page of a browser that notes requests and errors."""

    def __init__(self, page: Any, site: Path) -> None:
        self.page, self.site = page, site
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.route("**/*", self._refuse)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _refuse(self, route: Any) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            self.requests.append(route.request.url)
            route.abort()

    def _note(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def open(self, name: str, query: str = "") -> None:
        self.page.goto((self.site / name).as_uri() + query, wait_until="load")

    def overflow(self) -> int:
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.fixture(params=[1440, 390], ids=["desk", "telephone"])
def tab(request: pytest.FixtureRequest, chromium: Any, tiny_site: Path) -> Iterator[Tab]:
    context = chromium.new_context(viewport={"width": request.param, "height": 844})
    yield Tab(context.new_page(), tiny_site)
    context.close()


@pytest.mark.browser
def test_every_page_opens_from_the_folder(tab: Tab) -> None:
    names = ["index.html", *(f"{lang}/{page}" for lang in ("en", "zh") for page in PAGES)]
    for name in names:
        tab.open(name)
        assert tab.overflow() <= 0, name
    assert tab.requests == []
    assert tab.errors == []


@pytest.mark.browser
def test_switch_leads_to_the_same_page_and_back(tab: Tab) -> None:
    tab.open(f"en/{CHAPTER}")
    switch = tab.page.locator("a.pb-language")
    assert switch.is_visible()
    box = switch.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= tab.page.viewport_size["width"]
    switch.click()
    tab.page.wait_for_url(f"**/zh/{CHAPTER}")
    assert tab.page.locator("article h1").inner_text().startswith("能源")
    tab.page.locator("a.pb-language").click()
    tab.page.wait_for_url(f"**/en/{CHAPTER}")
    assert tab.errors == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "query", "titles"),
    [
        ("en", "retrofits", ["Energy", "Test book"]),
        ("en", "Required rate", ["Methods"]),
        ("zh", "畜禽粪污", ["能源"]),
        ("zh", "煤电", ["能源", "试验书"]),
        ("zh", "水", []),
        ("zh", "columns", ["能源"]),
    ],
)
def test_search(tab: Tab, lang: str, query: str, titles: list[str]) -> None:
    tab.open(f"{lang}/search.html", f"?q={query}")
    # not by a function that the page runs again and again: its policy refuses that
    tab.page.locator(".search-summary", has_text=re.compile(r"\d|没有|did not match")).wait_for()
    found = tab.page.locator("#search-results ul.search > li > a").all_inner_texts()
    assert sorted({text.split(" > ")[0] for text in found}) == sorted(titles)
    assert tab.requests == []
    assert tab.errors == []


@pytest.mark.browser
def test_search_from_a_page(tab: Tab) -> None:
    tab.open(f"zh/{CHAPTER}")
    tab.page.locator(".search-button__button:visible").first.click()
    tab.page.keyboard.type("粪污")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/zh/search.html?q=*")
    tab.page.locator("#search-results ul.search > li > a").first.click()
    tab.page.wait_for_url(f"**/zh/{CHAPTER}*")
    assert tab.errors == []


@pytest.mark.browser
def test_wide_table_scrolls_in_its_own_box(tab: Tab) -> None:
    tab.open(f"en/{CHAPTER}")
    wider = tab.page.locator(".output.text_html:has(table)").evaluate(
        "box => box.scrollWidth - box.clientWidth"
    )
    assert wider > 0
    assert tab.overflow() <= 0
    for picture in tab.page.locator("article :is(img, svg)").all():
        assert picture.bounding_box()["width"] <= tab.page.viewport_size["width"]


@pytest.mark.browser
def test_dark_mode_reaches_our_blocks(chromium: Any, tiny_site: Path) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        context = chromium.new_context(color_scheme=scheme)
        page = context.new_page()
        for name in ("index.html", "zh/index.html"):
            page.goto((tiny_site / name).as_uri())
            colours[scheme, name] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        context.close()
    for name in ("index.html", "zh/index.html"):
        assert colours["light", name] != colours["dark", name]
