"""Tables that are sorted and filtered: from the folder, by keyboard, on a desk and a phone."""

from __future__ import annotations

import pytest
from site_reader import LANGS

from planbook.text import say

pytestmark = [pytest.mark.browser, pytest.mark.book]

BOARD = "chapters/02_overview.html"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
VIEWPORTS = pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
SHOWN = "rows => rows.filter(row => row.offsetParent).map(row => row.id)"
CUT_OFF = """wrap => wrap.scrollWidth - wrap.clientWidth"""


@pytest.fixture(scope="module")
def site(shipped_book):
    assert shipped_book.done.returncode == 0, shipped_book.done.stderr
    return shipped_book.site


@pytest.fixture
def open_board(chromium, site):
    """Give a function that opens a page from its folder; errors and requests are checked."""
    opened, wrong = [], []

    def open_(lang: str, viewport=DESK, name: str = BOARD, **more):
        context = chromium.new_context(viewport=viewport, **more)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request", lambda one: one.url.startswith(("file:", "data:")) or wrong.append(one.url)
        )
        page.goto(f"{site.as_uri()}/{lang}/{name}", wait_until="load")
        return page

    yield open_
    for context in opened:
        context.close()
    assert wrong == []


def rows(page, block: str = "board") -> list[str]:
    """List the rows in sight, from the top."""
    return page.locator(f"#{block} tbody tr").evaluate_all(SHOWN)


def told(page, lang: str, shown: int, total: int = 38) -> None:
    assert page.locator("#board .pb-grid-count").inner_text() == say(
        "grid_count", lang, shown=shown, total=total
    )


@VIEWPORTS
@pytest.mark.parametrize("lang", LANGS)
def test_filters_narrow_the_board_and_are_taken_back(open_board, lang, viewport):
    page = open_board(lang, viewport)
    everything = rows(page)
    assert len(everything) == 38
    told(page, lang, 38)
    page.locator("#board select[name=verdict]").select_option("no_data")
    some = rows(page)
    assert 0 < len(some) < 38
    told(page, lang, len(some))
    page.locator("#board select[name=part]").select_option("3")
    fewer = rows(page)
    assert 0 < len(fewer) < len(some)
    assert set(fewer) < set(some)
    page.locator("#board select[name=lead]").select_option("forestry")
    assert set(rows(page)) <= set(fewer)
    page.locator("#board button[type=reset]").click()
    page.locator("#board tbody tr:not([hidden]):nth-child(38)").wait_for(state="attached")
    assert rows(page) == everything
    told(page, lang, 38)


@pytest.mark.parametrize(("lang", "word"), [("en", "PHOTOVOLTAIC base"), ("zh", "光伏")])
def test_search_finds_every_word_and_says_when_nothing_fits(open_board, lang, word):
    page = open_board(lang)
    search = page.locator("#board input[type=search]")
    search.fill(word)
    assert "target-pv_base_capacity" in rows(page)
    assert len(rows(page)) < 5
    search.fill("zzzz")
    assert rows(page) == []
    assert page.locator("#board .pb-grid-none").inner_text() == say("grid_none", lang)
    search.press("Enter")  # sends no form, so the page stays
    assert page.locator("#board .pb-grid-none").is_visible()


def test_each_column_sorts_up_down_and_back_by_keyboard(open_board):
    page = open_board("en")
    heads = page.locator("#board thead th")
    assert heads.count() == 9
    first = rows(page)
    for number in range(heads.count()):
        head, button = heads.nth(number), heads.nth(number).locator("button")
        button.focus()
        for state in ("ascending", "descending", None):
            page.keyboard.press("Enter")
            assert head.get_attribute("aria-sort") == state
            assert sorted(rows(page)) == sorted(first)
        assert rows(page) == first


def test_numbers_sort_as_numbers_and_missing_ones_stand_last(open_board):
    page = open_board("en")
    page.locator("#board tbody tr").evaluate_all(  # invented: no target has a figure of the city
        """rows => rows.forEach((row, i) =>
            { row.cells[3].dataset.sort = { 4: "9.5", 20: "100", 30: "-2" }[i] ?? ""; })"""
    )
    button = page.locator("#board thead th", has_text=say("column_latest", "en")).locator("button")
    for known in (["-2", "9.5", "100"], ["100", "9.5", "-2"]):
        button.click()
        keys = page.locator("#board tbody tr").evaluate_all(
            "rows => rows.map(row => row.cells[3].dataset.sort)"
        )
        assert keys == [*known, *[""] * 35]
    page.locator("#board thead th", has_text=say("column_asked", "en")).locator("button").click()
    keys = page.locator("#board tbody tr").evaluate_all(
        "rows => rows.map(row => Number(row.cells[2].dataset.sort))"
    )
    assert keys == sorted(keys)
    assert keys != sorted(keys, key=str)


def test_tab_leads_from_the_search_through_every_control_to_the_rows(open_board):
    page = open_board("en")
    page.locator("#board input[type=search]").focus()
    reached = []
    for _ in range(16):
        reached.append(
            page.evaluate("[document.activeElement.tagName, document.activeElement.name || '']")
        )
        page.keyboard.press("Tab")
    names = [name for _, name in reached]
    assert names[:4] == ["text", "verdict", "part", "lead"]
    assert [tag for tag, _ in reached].count("BUTTON") == 10  # show all, and nine columns


@pytest.mark.parametrize("lang", LANGS)
def test_a_phone_sorts_by_a_list_and_stacks_the_rows(open_board, lang):
    page = open_board(lang, PHONE)
    sort = page.locator("#board select[name=sort]")
    assert sort.is_visible()
    first = rows(page)
    sort.select_option("0 descending")
    assert rows(page) != first
    sort.select_option("")
    assert rows(page) == first
    row = page.locator(f"#{first[0]}")
    assert row.bounding_box()["width"] <= 390
    assert page.locator("#board .pb-table-wrap").evaluate(CUT_OFF) <= 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("lang", LANGS)
def test_a_desk_sees_every_column_without_scrolling_sideways(open_board, lang):
    page = open_board(lang, DESK)
    assert page.locator("#board .pb-table-wrap").evaluate(CUT_OFF) <= 0
    assert not page.locator("#board select[name=sort]").is_visible()


@VIEWPORTS
def test_a_count_opens_its_rows_here_and_from_a_link_sent_to_someone(open_board, viewport):
    page = open_board("zh", viewport)
    link = page.locator("#counts a[href^='?verdict=no_data&part=']").first
    count, address = int(link.inner_text()), link.get_attribute("href")
    link.click()
    assert len(rows(page)) == count
    assert page.locator("#board select[name=verdict]").input_value() == "no_data"
    other = open_board("zh", viewport, BOARD + address)
    assert len(rows(other)) == count
    whole = open_board("zh", viewport, f"{BOARD}?verdict=nonsense#board")
    assert len(rows(whole)) == 38


@VIEWPORTS
@pytest.mark.parametrize("lang", LANGS)
def test_without_a_script_the_board_is_a_plain_table(open_board, lang, viewport):
    page = open_board(lang, viewport, java_script_enabled=False)
    assert page.locator("#board tbody tr:visible").count() == 38
    assert not page.locator("#board form").is_visible()
    assert page.locator("#board thead button").count() == 0


@VIEWPORTS
@pytest.mark.parametrize("lang", LANGS)
def test_projects_and_departments_use_the_same_table(open_board, lang, viewport):
    page = open_board(lang, viewport, "chapters/24_accountability.html")
    assert len(rows(page, "all-projects")) == 25
    page.locator("#all-projects select[name=box]").select_option("2")
    assert len(rows(page, "all-projects")) == 5
    assert len(rows(page, "by-department")) == 28  # another table of the page is left alone
    page.locator("#by-department select[name=role]").select_option("lead")
    assert 0 < len(rows(page, "by-department")) < 28
    is_phone = viewport == PHONE
    assert page.locator(".pb-heat-list").is_visible() == is_phone
    assert page.locator(".pb-heat-table").is_visible() != is_phone


@pytest.mark.parametrize("lang", LANGS)
def test_a_department_is_reached_and_saves_its_sheet(open_board, lang, tmp_path):
    page = open_board(lang, name="chapters/24_accountability.html")
    page.locator("#by-department a[href='department_energy.html']").click()
    page.wait_for_url("**/department_energy.html")
    with page.expect_download() as caught:
        page.locator("a[download*='assessment']").click()
    assert caught.value.suggested_filename.endswith("_energy.xlsx")
    caught.value.save_as(tmp_path / "sheet.xlsx")
    assert (tmp_path / "sheet.xlsx").read_bytes().startswith(b"PK")
    page.locator("a.pb-language").click()
    page.wait_for_url("**/department_energy.html")
    assert page.evaluate("document.documentElement.lang")[:2] != lang
