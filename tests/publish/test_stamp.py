"""A site is current only if nothing it was made of, and nothing of it, has changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from planbook.analysis.changes import fingerprints
from planbook.data.paths import Paths
from planbook.execute.cache import stamp
from planbook.execute.cache.code import Code
from planbook.execute.cache.stamp import Stamp, changed, inputs_of, outputs_of
from planbook.files.hashing import Inputs
from planbook.publish.cache import CACHE, code
from planbook.publish.pages.kept_pages import basis

ASKED = {"city": "smallville", "langs": ["en", "zh"], "as_of": 2024}
FILES = {
    "_config.yml": "title: t\n",
    "data/cities/smallville/city.yml": "name: s\n",
    "notebooks/05_energy.ipynb": "{}",
    "book/en/index.md": "# T\n",
    "book/_static/planbook.css": "p {}",
    "book/chapters/en/05_energy.ipynb": "{}",
    "_build/html/index.html": "<p>1</p>",
    "_build/html/en/index.html": "<p>2</p>",
}


@pytest.fixture
def published(tmp_path: Path) -> Paths:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    paths = Paths(tmp_path)
    Stamp(inputs_of(paths), outputs_of(paths), ASKED, 2, []).save(paths)
    return paths


def is_current(paths: Paths, **asked: object) -> bool:
    before = Stamp.load(paths)
    return bool(
        before
        and not changed(before, inputs_of(paths))
        and before.covers({**ASKED, **asked})
        and before.outputs == outputs_of(paths)
    )


def test_untouched(published: Paths) -> None:
    assert is_current(published)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_text("other", encoding="utf-8"),
        lambda path: path.unlink(),
        lambda path: path.with_name("new.md").write_text("x", encoding="utf-8"),
    ],
    ids=["changed", "deleted", "added beside"],
)
def test_any_file_changed(
    published: Paths, name: str, harm: Callable[[Path], object], request: pytest.FixtureRequest
) -> None:
    harm(published.root / name)
    is_stray = (
        name in ("_config.yml", "notebooks/05_energy.ipynb") and "added" in request.node.callspec.id
    )
    assert is_current(published) == is_stray


@pytest.mark.parametrize(
    "asked",
    [{"city": "other"}, {"langs": ["en", "fr"]}, {"as_of": 2025}],
    ids=lambda one: next(iter(one)),
)
def test_another_book_is_asked_for(published: Paths, asked: dict[str, object]) -> None:
    assert not is_current(published, **asked)


def test_a_package_or_the_program_changed(
    published: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert any(name.startswith("package:cli") for name in inputs_of(published))
    monkeypatch.setattr(stamp, "packages", lambda: "another")
    assert not is_current(published)


def test_what_changed_is_named_and_one_language_is_part_of_both(published: Paths) -> None:
    before = Stamp.load(published)
    assert before is not None
    (published.root / "_config.yml").write_text("title: u\n", encoding="utf-8")
    (published.book / "en" / "index.md").unlink()
    assert changed(before, inputs_of(published)) == ["_config.yml", "book/en/index.md"]
    assert before.covers({**ASKED, "langs": ["zh"]})


def test_a_file_is_read_once_a_build_and_again_by_the_next(published: Paths) -> None:
    path, inputs = published.root / "_config.yml", Inputs()
    first = inputs.of(path)
    path.write_text("title: u\n", encoding="utf-8")
    assert inputs.of(path) == first == inputs_of(published, inputs=inputs)["_config.yml"]
    assert Inputs().of(path) != first
    path.write_bytes(b"title: u\r\n")
    assert Inputs().of_texts([("a", path)]) != Inputs().of_texts([("b", path)])
    windows = Inputs().of_texts([("a", path)])
    path.write_bytes(b"title: u\n")
    assert Inputs().of_texts([("a", path)]) == windows


def test_whoever_asks_in_a_build_each_file_is_read_once(
    published: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    plain = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: read.append(self) or plain(self))
    inputs = Inputs()
    known = inputs_of(published, "smallville", inputs)
    assert len(read) >= len(known) - 1 > 300  # the packages are no file
    basis(published, inputs)
    fingerprints.data(published, "smallville", inputs)
    fingerprints.program(inputs)
    code(inputs)
    Code(published.root / "code.json", inputs).reached(["planbook.chapter"])
    assert len(read) == len(set(read))


def test_a_note_that_is_damaged_or_removed(published: Paths) -> None:
    note = published.build / CACHE / "built.json"
    raw = note.read_bytes()
    note.write_bytes(raw[:-5])
    assert not is_current(published)
    note.write_bytes(raw)
    assert is_current(published)
    stamp.remove(published)
    assert not is_current(published)


def test_nothing_heavy_is_imported() -> None:
    heavy = ("pandas", "numpy", "sphinx", "lxml", "yaml", "papermill", "jinja2")
    program = (
        "import sys, planbook.execute.cache.stamp, planbook.cli.main\n"
        "planbook.cli.main.commands.commands['build'].make_context('build', [])\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8")
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
