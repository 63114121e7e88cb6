"""A site is current only if nothing it was made of, and nothing of it, has changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from planbook.data.paths import Paths
from planbook.execute.cache import stamp
from planbook.publish import manifest

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
    made = stamp.Stamp(stamp.inputs(paths), stamp.outputs(paths), ASKED, 2, [])
    stamp.save(paths, made)
    return paths


def is_current(paths: Paths, **asked: object) -> bool:
    before = stamp.load(paths)
    return bool(
        before
        and not stamp.changed(before, stamp.inputs(paths))
        and stamp.covers(before, {**ASKED, **asked})
        and before.outputs == stamp.outputs(paths)
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
    monkeypatch.setattr(stamp, "environment", lambda: ["another==1"])
    assert not is_current(published)
    monkeypatch.undo()
    assert any(name.startswith("package:cli") for name in stamp.inputs(published))
    monkeypatch.setattr(manifest.kept, "packages", lambda: "other")
    inputs = manifest.inputs_of(published)
    assert set(inputs) == {"program", "packages", "data", "notebooks", "book", "config"}
    assert inputs["packages"] == "other"
    assert inputs["program"] == manifest.kept.tree(Path(manifest.__file__).parents[1])


def test_a_note_that_is_damaged_or_removed(published: Paths) -> None:
    note = published.build / manifest.CACHE / "built.json"
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
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8")
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
