"""Rendering what has changed gives the site that rendering everything gives."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_book
import yaml
from warm_renderer import Renderers

from planbook.errors import BuildError
from planbook.files.hashing import Inputs, save, saved
from planbook.publish import cache as kept
from planbook.publish.assemble import remove_abandoned
from planbook.publish.cache import SEAL, Kept, Lock
from planbook.publish.sphinx import drawings, renderer
from planbook.publish.sphinx.rendering import Workshop, render_editions

CHAPTER = "chapters/05_energy.ipynb"
Files = dict[str, bytes]


def staged(folder: Path, lang: str = "en") -> Files:
    """Give the sources of the two-page book by name."""
    tiny_book.stage(folder, lang)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def contents(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Bench:
    """A workshop in which the book was rendered once, and its sources.

    Attributes
    ----------
    shop : Workshop
    files : dict of str to bytes
    static : pathlib.Path
        A copy of the static files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.static = folder / "static"
        shutil.copytree(tiny_book.ROOT / "book" / "_static", self.static)
        self.files = staged(folder / "sources")
        config = yaml.safe_load(self.files["_config.yml"])
        config["sphinx"]["config"]["html_static_path"] = [str(self.static)]
        self.files["_config.yml"] = yaml.safe_dump(config, allow_unicode=True).encode()
        self.shop = Workshop(folder / "cache", "stamp", folder / "cache" / "checked.json")
        self.count = 0
        self.render(self.files)
        for name in ("cache", "static"):
            shutil.copytree(folder / name, folder / f"{name}-first")

    def restore(self) -> None:
        """Make everything as it was after the first rendering."""
        for name in ("cache", "static"):
            shutil.rmtree(self.folder / name)
            shutil.copytree(self.folder / f"{name}-first", self.folder / name)

    def render(self, files: Files, shop: Workshop | None = None) -> tuple[Files, int]:
        """Render; give the pages by name and how many sources had changed."""
        self.count += 1
        html = self.folder / f"html-{self.count}"
        counts = render_editions([("en", files)], html, shop or self.shop, static=self.static)
        return contents(html / "en"), counts["en"]

    def render_from_nothing(self, files: Files) -> Files:
        """Render in a workshop where nothing is known."""
        folder = self.folder / f"other-{self.count}"
        found, count = self.render(files, replace(self.shop, folder=folder))
        assert count == len(files)
        return found

    def time_of(self, page: str) -> int:
        """Give the time at which Sphinx wrote a page."""
        return (self.shop.kept("en").html / page).stat().st_mtime_ns


@pytest.fixture(scope="module", autouse=True)
def _quick(renderers: Renderers | None) -> Iterator[None]:
    """Load the renderer once: what is compared here are pages, not how it starts."""
    with pytest.MonkeyPatch.context() as patch:
        if renderers is not None:
            patch.setattr(renderer, "subprocess", renderers)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


@pytest.fixture
def bench(made: Bench) -> Bench:
    made.restore()
    return made


def with_chapter(files: Files, change: Callable[[list], list]) -> Files:
    book = json.loads(files[CHAPTER])
    book["cells"] = change(book["cells"])
    return {**files, CHAPTER: json.dumps(book, ensure_ascii=False).encode()}


def without_figure(files: Files) -> Files:
    """A figure, its image and the only “retrofitted units” of the book go."""
    return with_chapter(
        files,
        lambda cells: [
            {**cell, "source": cell["source"].replace("Retrofitted units", "They")}
            for cell in cells
            if cell["source"] != "plot()"
        ],
    )


def redrawn(files: Files) -> Files:
    """A drawing beside the page makes way for another."""
    raw = tiny_book.SVG.replace("M20 280", "M20 200").encode()
    new = f"data:image/svg+xml;base64,{base64.b64encode(raw).decode()}"
    assert tiny_book.DRAWN.encode() in files[CHAPTER]
    return {**files, CHAPTER: files[CHAPTER].replace(tiny_book.DRAWN.encode(), new.encode())}


def with_prose(files: Files) -> Files:
    return {**files, "methods.md": files["methods.md"] + b"\nA remark about zirconium.\n"}


def with_title(files: Files) -> Files:
    return {**files, "methods.md": files["methods.md"].replace(b"# Methods", b"# Procedures")}


def with_label_moved(files: Files) -> Files:
    """What the first page refers to gets another title."""
    return with_chapter(
        files,
        lambda cells: [
            {**cell, "source": cell["source"].replace("# Energy", "# Power")} for cell in cells
        ],
    )


def with_page(files: Files) -> Files:
    toc = yaml.safe_load(files["_toc.yml"])
    toc["parts"][1]["chapters"].append({"file": "more"})
    return {**files, "more.md": b"# More\n\nText.\n", "_toc.yml": yaml.safe_dump(toc).encode()}


def without_page(files: Files) -> Files:
    toc = yaml.safe_load(files["_toc.yml"])
    del toc["parts"][1]
    left = {name: raw for name, raw in files.items() if name != "methods.md"}
    return {**left, "_toc.yml": yaml.safe_dump(toc).encode()}


def with_caption(files: Files) -> Files:
    return {**files, "_toc.yml": files["_toc.yml"].replace(b"caption: Method", b"caption: How")}


def with_setting(files: Files) -> Files:
    return {**files, "_config.yml": files["_config.yml"].replace(b"2023-06-30", b"2024-01-01")}


@pytest.mark.parametrize(
    ("change", "read", "is_methods_written"),
    [
        (without_figure, 1, False),
        (redrawn, 1, False),
        (with_prose, 1, True),
        (with_title, 1, True),
        (with_label_moved, 1, True),
        (with_page, 6, True),
        (without_page, 4, False),
        (with_caption, 5, True),
        (with_setting, 5, True),
    ],
)
def test_a_change_gives_the_site_that_everything_anew_gives(
    bench: Bench, change: Callable[[Files], Files], read: int, is_methods_written: bool
) -> None:
    before = bench.time_of("methods.html")
    changed = change(bench.files)
    assert changed != bench.files
    found, count = bench.render(changed)
    assert count == read
    anew = bench.render_from_nothing(changed)
    assert found.keys() == anew.keys()
    assert [name for name in anew if found[name] != anew[name]] == []
    if "methods.html" in found:
        assert (bench.time_of("methods.html") != before) is is_methods_written


def test_a_broken_drawing_stays_for_the_check_of_pages() -> None:
    broken = "data:image/svg+xml;base64,AAAAA"
    text, files = drawings.lift(f"{broken} {tiny_book.DRAWN} {tiny_book.DRAWN}", "../")
    ((name, raw),) = files.items()
    assert (text, raw) == (f"{broken} ../_images/{name} ../_images/{name}", tiny_book.SVG.encode())


def test_nothing_changed_renders_nothing(bench: Bench) -> None:
    times = {page: bench.time_of(page) for page in ("index.html", "methods.html", "search.html")}
    found, count = bench.render(bench.files)
    assert count == 0
    assert found == contents(bench.folder / "html-1" / "en")
    assert {page: bench.time_of(page) for page in times} == times


def test_changing_back_gives_the_first_site(bench: Bench) -> None:
    bench.render(without_figure(bench.files))
    found, count = bench.render(bench.files)
    assert count == 1
    assert found == contents(bench.folder / "html-1" / "en")


def test_a_wrong_clock_hides_no_change(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    fill = Kept.fill_stage

    def fill_in_the_past(self: Kept, files: Files) -> None:
        fill(self, files)
        for path in self.stage.rglob("*.md"):
            os.utime(path, (1, 1))

    monkeypatch.setattr(Kept, "fill_stage", fill_in_the_past)
    found, count = bench.render(with_prose(bench.files))
    assert count == 1
    assert b"zirconium" in found["methods.html"]
    assert b"zirconium" in found["searchindex.js"]


def test_a_static_file_changed(bench: Bench) -> None:
    with (bench.static / "planbook.css").open("a", encoding="utf-8") as file:
        file.write("\n.pb-new { color: red }\n")
    found, count = bench.render(bench.files)
    assert count == len(bench.files)
    assert b".pb-new" in found["_static/planbook.css"]
    first = contents(bench.folder / "html-1" / "en")
    assert found["index.html"] != first["index.html"]  # the new address of the style sheet


def test_another_program_or_package_begins_anew(bench: Bench) -> None:
    _, count = bench.render(bench.files, replace(bench.shop, stamp="another"))
    assert count == len(bench.files)


@pytest.mark.parametrize(
    "changed",
    [
        "publish/one_language.py",
        "publish/sphinx/templates",
        "widgets/front.py",
        "widgets/front/chart.js",
    ],
)
def test_what_makes_a_page_is_part_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    package = Path(kept.__file__).parents[1]
    for name in ("publish", "widgets"):
        shutil.copytree(package / name, tmp_path / name)
    monkeypatch.setattr(kept, "__file__", str(tmp_path / "publish" / "cache.py"))
    before = kept.code(Inputs())
    path = tmp_path / changed
    path = next(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else path
    path.write_bytes(path.read_bytes() + b"\n")
    assert kept.code(Inputs()) != before


def test_pages_are_made_with_no_other_module_of_the_program() -> None:
    """What rendering loads beyond `kept.code` could change without a page being made anew."""
    look = "import sys, planbook.publish.sphinx.renderer, planbook.publish.sphinx.extension; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    own = {name for name in told.split() if name.split(".")[0] == "planbook"}
    others = {name for name in own if not name.startswith("planbook.publish")}
    # faults, writing, and what is left out of imports
    harmless = {
        "planbook",
        "planbook.errors",
        "planbook.files",
        "planbook.files.atomic",
        "planbook.files.hashing",
        "planbook.execute",
        "planbook.execute.hidden_packages",
    }
    assert others - harmless == {"planbook.widgets", "planbook.widgets.front"}


@pytest.mark.parametrize("damaged", ["out/html/methods.html", "out/.doctrees/methods.doctree"])
def test_a_damaged_state_is_not_used(bench: Bench, damaged: str) -> None:
    path = bench.shop.kept("en").folder / damaged
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    found, count = bench.render(bench.files)
    assert count == len(bench.files)
    assert found == contents(bench.folder / "html-1" / "en")


@pytest.mark.parametrize("harm", ["missing", "empty", "cut", "extra file"])
def test_a_state_without_a_good_seal_is_not_used(bench: Bench, harm: str) -> None:
    kept = bench.shop.kept("en")
    seal = kept.folder / SEAL
    if harm == "missing":
        seal.unlink()
    elif harm == "extra file":
        (kept.html / "left.html").write_text("x", encoding="utf-8")
    else:
        seal.write_bytes(seal.read_bytes()[: 0 if harm == "empty" else -9])
    assert kept.open(key="any") == {}
    assert list(kept.folder.iterdir()) == []


def test_a_state_in_use_has_no_seal(bench: Bench) -> None:
    kept = bench.shop.kept("en")
    key = saved(kept.folder / SEAL)["key"]
    assert len(kept.open(key)) == len(bench.files)
    assert not (kept.folder / SEAL).exists()
    assert kept.open(key) == {}  # as the build after one that was killed finds it


def test_a_warning_drops_the_state_and_comes_back(bench: Bench) -> None:
    text = bench.files["methods.md"] + b"\nsee {ref}`nowhere`\n"
    for _ in range(2):  # a second build must not be silent because the page is known
        with pytest.raises(BuildError, match="undefined label: 'nowhere'"):
            bench.render({**bench.files, "methods.md": text})
        assert not bench.shop.kept("en").folder.exists()


def test_a_change_that_breaks_another_page_is_found(bench: Bench) -> None:
    """The first page, which is unchanged, refers to a label of the chapter."""
    changed = with_chapter(
        bench.files,
        lambda cells: [
            {**cell, "source": cell["source"].replace("(energy)=\n", "")} for cell in cells
        ],
    )
    with pytest.raises(BuildError, match=r"index\.md.*undefined label: 'energy'"):
        bench.render(changed)


def test_both_editions_at_once(tmp_path: Path) -> None:
    shop = Workshop(tmp_path / "cache", "stamp", tmp_path / "checked.json")
    sources = [(lang, staged(tmp_path / lang, lang)) for lang in ("en", "zh")]
    static = tiny_book.ROOT / "book" / "_static"
    render_editions(sources, tmp_path / "html", shop, static=static)
    for lang, word in (("en", "Energy"), ("zh", "能源")):
        page = (tmp_path / "html" / lang / "chapters" / "05_energy.html").read_text("utf-8")
        assert f"<h1>{word}" in page
    broken = dict(sources[1][1])
    broken["methods.md"] += "\n见{ref}`nowhere`\n".encode()
    with pytest.raises(BuildError, match="the 'zh' edition has 1 warning"):
        render_editions([sources[0], ("zh", broken)], tmp_path / "next", shop, static=static)
    assert shop.kept("en").folder.exists()
    assert not shop.kept("zh").folder.exists()


def test_only_one_build_holds_the_folder(tmp_path: Path) -> None:
    with Lock(tmp_path / "cache") as first, Lock(tmp_path / "cache") as second:
        assert first.take()
        assert not second.take()
        assert first.take(), "it has it already"
    with Lock(tmp_path / "cache") as third:
        assert third.take()


def test_saved_data_are_whole_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a.json"
    save(path, {"b": [1, "二"]})
    assert saved(path) == {"b": [1, "二"]}
    path.write_bytes(path.read_bytes().replace(b"1", b"2"))
    assert saved(path) == {}
    assert saved(tmp_path / "missing.json") == {}


def test_what_a_killed_build_was_writing_is_removed(tmp_path: Path) -> None:
    gone, mine = 2**31 - 1, os.getpid()  # no process has the first number
    build, chapters = tmp_path / "_build", tmp_path / "chapters"
    for folder in (
        build / ".cache",
        chapters / "en",
        *(build / f".draft-{n}-x" for n in (gone, mine)),
    ):
        folder.mkdir(parents=True)
    for folder in (build / ".cache", chapters / "en"):
        for name in (f"{gone}-a.part", f"{mine}-a.part", "page.ipynb"):
            (folder / name).write_text("x", encoding="utf-8")
    remove_abandoned(build, chapters)
    left = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert left == [f"{mine}-a.part"] * 2 + ["page.ipynb"] * 2
    assert [path.name for path in build.glob(".draft-*")] == [f".draft-{mine}-x"]
