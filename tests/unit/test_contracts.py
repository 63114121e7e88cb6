"""docs/contracts.md says what the program does, and the guides name what exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from planbook.analysis.progress.facts import VERDICTS
from planbook.cli.main import commands
from planbook.data import observations
from planbook.data.plan import PlanProject, Status
from planbook.data.row_rules import QUALIFIERS, STATUSES
from planbook.data.shapes import SHAPES
from planbook.data.targets import Target

REPO = Path(__file__).resolve().parents[2]
PACKAGE = REPO / "src" / "planbook"
CONTRACTS = (REPO / "docs" / "contracts.md").read_text(encoding="utf-8")


def row_of(first: str) -> list[list[str]]:
    """Give the words in code of each cell of a table's row that begins with `first`."""
    (line,) = [one for one in CONTRACTS.splitlines() if one.startswith(f"| `{first}")]
    return [
        re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", cell)))
        for cell in line.split("|")[2:4]
    ]


@pytest.mark.parametrize(
    ("file", "model"), [("plan/targets.csv", Target), ("plan/projects.csv", PlanProject)]
)
def test_the_columns_of_the_plan_are_those_told(file, model):
    told, optional = row_of(file)
    assert {*told, *optional} == set(model.model_fields)
    must = {name for name, about in model.model_fields.items() if about.is_required()}
    assert set(told) <= must  # what is told to be optional may still be asked for


def test_the_columns_and_words_of_observations_are_those_told():
    assert row_of("observations/") == [observations.COLUMNS, observations.OPTIONAL_COLUMNS]
    (line,) = [one for one in CONTRACTS.splitlines() if one.startswith("- **Observations.**")]
    words = set(re.findall(r"`(\w+)`", line))
    assert {*STATUSES, *filter(None, QUALIFIERS)} <= words
    assert words - {"status", "qualifier", "published"} == {*STATUSES, *filter(None, QUALIFIERS)}


def test_shapes_states_and_verdicts_are_those_told():
    (line,) = [one for one in CONTRACTS.splitlines() if one.startswith("- **Shapes.**")]
    assert set(re.findall(r"`(\w+)`:", line)) == {key for key, one in SHAPES.items() if one.in_plan}
    (line,) = [one for one in CONTRACTS.splitlines() if one.startswith("- **Projects.**")]
    assert set(re.findall(r"`(\w+)`", line)) - {"status"} == set(Status.__args__)
    (line,) = [one for one in CONTRACTS.splitlines() if one.startswith("Verdicts are")]
    assert set(re.findall(r"`(\w+)`", line)) == set(VERDICTS)


def test_the_commands_are_those_told():
    (line,) = [one for one in CONTRACTS.splitlines() if one.startswith("`planbook build |")]
    assert re.findall(r"\w+", line.partition("`.")[0])[1:] == list(commands.commands)


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md", "docs/style.md"])
def test_a_guide_names_only_what_exists(page):
    text = (REPO / page).read_text(encoding="utf-8")
    named = re.findall(r"`([\w./]+(?:\.py|\.yml|\.md|/))`", text)
    named += re.findall(r"\]\(([^)#:]+)\)", text)
    homes = (
        REPO,
        (REPO / page).parent,
        PACKAGE,
        *PACKAGE.rglob("*/"),
        REPO / "data",
        REPO / "data/cities/liupanshui",
    )
    lost = [
        one
        for one in named
        if not any((home / one).exists() for home in homes) and "_build" not in one
    ]
    assert len(named) > 2
    assert lost in ([], ["data/catalog/name.yml"]), lost  # the example of a chapter


def test_nobody_asks_for_the_name_of_a_targets_shape():
    names = set(SHAPES)
    asked = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Compare):
                continue
            words = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
            of_shape = any(getattr(one, "attr", "") == "shape" for one in ast.walk(node))
            # "quantity" is also what a scenario's paths are told apart by
            if words & (names - {"quantity"}) or (of_shape and words & names):
                asked.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert asked == []
    scripts = list((PACKAGE / "widgets" / "front").glob("*.js"))
    assert len(scripts) > 2
    for path in scripts:
        assert not re.search(rf"[=!]==? *[\"'](?:{'|'.join(names)})[\"']", path.read_text("utf-8"))
