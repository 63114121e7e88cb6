"""Pages made from the data are made anew exactly when something that they read has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from planbook.data.city import load
from planbook.data.paths import Paths
from planbook.files.hashing import Inputs
from planbook.files.records import LANGS
from planbook.publish.pages import kept_pages
from planbook.publish.pages.kept_pages import Made, basis

OBSERVED = "data/cities/smallville/observations"


def made(paths: Paths, on: str = "basis") -> Made:
    project = load("smallville", paths)
    return Made(project, on, paths.root / "made.json", as_of=2024, horizon=2030, level=95)


def pages(one: Made) -> dict[str, dict[str, str]]:
    return {lang: dict(one.of(lang)) for lang in LANGS}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def test_only_what_was_read_makes_them_anew(project: Paths) -> None:
    first = pages(made(project))
    assert any(name.startswith("department_") for name in first["en"])
    again = made(project)
    assert again.is_kept
    assert pages(again) == first

    # a figure that is no target's and stands in for none
    change(project.root / OBSERVED / "inventory.csv", "pig_stock,smallville,2023,50,", "pig_stock,smallville,2023,51,")  # fmt: skip
    again = made(project)
    assert again.is_kept
    assert pages(again) == first == pages(made(project, ""))

    # the latest figure of a target
    change(project.root / OBSERVED / "agriculture.csv", "2023,80.4,", "2023,81.7,")
    again = made(project)
    assert not again.is_kept
    assert pages(again) == pages(made(project, ""))
    assert made(project).is_kept


CHANGES = (
    ("city.yml", "Smallville as a whole.", "Smallville and its lakes."),
    ("plan/measures.yml", "Retrofits steel.", "Renews steel."),
    ("plan/sections.yml", "{en: Zoning,", "{en: Zones,"),
    ("plan/targets.csv", "quantity,>=,600,", "quantity,>=,900,"),
    ("observations/energy.csv", ",600,MW,provisional,", ",450,MW,final,"),
)


def test_whatever_they_show_makes_them_anew(project: Paths) -> None:
    before = pages(made(project))
    for name, old, new in CHANGES:
        change(project.root / "data/cities/smallville" / name, old, new)
        changed = pages(made(project))
        assert changed == pages(made(project, "")), name
        assert changed != before, name
        before = changed


def test_what_makes_them_makes_them_anew(project: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    pages(made(project))
    assert not made(project, "other").is_kept
    before = basis(project, Inputs())
    assert basis(project, Inputs()) == before
    (project.notebooks / "new.ipynb").write_text("{}", encoding="utf-8")
    after = basis(project, Inputs())
    monkeypatch.setattr(kept_pages, "packages", lambda: "others")
    assert len({before, after, basis(project, Inputs())}) == 3
    monkeypatch.setattr(kept_pages, "PACKAGE", project.book)
    assert basis(project, Inputs()) not in (before, after)
