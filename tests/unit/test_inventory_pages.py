"""What the chapter shows of the inventory: kinds apart, missing figures with their department."""

from __future__ import annotations

import pytest
from edits import edit

from planbook import chapter
from planbook.report.inventory.words import mega, significant

NAMES = ("co2_emissions_edgar", "co2_emissions_ceads")


def _rewrite(project, old: str, new: str) -> None:
    edit(project.city("smallville") / "observations" / "inventory.csv", old, new)


def _own(project, lang="en"):
    return chapter.load("20_inventory", city="smallville", lang=lang, root=project)


@pytest.fixture
def mixed(project):
    """The small city with a capacity in place of its steel, and no figure of cement clinker."""
    _rewrite(project, "crude_steel_output,smallville,2023,1,Mt", "crude_steel_capacity,smallville,2023,1,Mt/a")  # fmt: skip
    _rewrite(project, "cement_clinker_output,smallville,2023,1,Mt", "co2_captured,smallville,2023,1,t")  # fmt: skip
    return project


def test_kinds_are_never_added(mixed):
    own = _own(mixed)
    results = own.inventory.results
    assert results.kind("steel") == "scaled"
    assert results.kind("clinker") == "missing"
    assert set(results.totals) == {("published", 1), ("published", 2), ("scaled", 1)}
    assert results.totals["scaled", 1].lines.index.tolist() == ["steel"]
    assert "steel" not in results.totals["published", 1].lines.index
    told = own.inventory.totals().plain
    assert "Lines: 12 (" in told
    assert "Lines: 1 (Iron and steel)" in told
    assert "never added" in told


def test_a_missing_line_names_its_figure_and_department(mixed):
    table = _own(mixed).inventory.table().data.set_index("Id")
    said = table.loc["clinker", "Starts from, or needs"]
    assert "Cement clinker output" in said
    assert "Would be held by" in said
    assert table.loc["clinker", "State"] == "not computed"
    steel = table.loc["steel"]
    assert "× load 78 %" in steel["Starts from, or needs"]
    assert steel["t CO2e"] == round(1e6 * 0.781 * 1.58)
    assert steel["t CO2e, low"] < steel["t CO2e"] < steel["t CO2e, high"]
    assert "nbs_utilisation_2024" in steel["Source"]


def test_filling_in_the_output_replaces_the_capacity(mixed):
    _rewrite(mixed, "crude_steel_capacity,smallville,2023,1,Mt/a", "crude_steel_output,smallville,2023,2,Mt")  # fmt: skip
    results = _own(mixed).inventory.results
    assert results.kind("steel") == "published"
    assert results.lines.loc["steel", "co2e"] == pytest.approx(2e6 * 1.58)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_both_panels_are_drawn_and_told_apart(mixed, lang):
    own = _own(mixed, lang)
    shown = own.inventory.plot(title="title_inv_lines")
    assert own.view.say("inv_note_hatched") in shown.html
    assert own.view.say("kind_scaled") in own.inventory.table().html
    assert "NaN" not in shown.html
    assert "nan" not in own.inventory.table().html


def test_both_sets_stand_with_their_numbers(project):
    own = _own(project)
    html = own.inventory.table_factor_sets().html
    for text in ("1.741750", "1.9798 (+13.7 %)", "2.860419", "21.621888", "1.172864"):
        assert text in html
    swapped = own.inventory.table_swapped().html
    assert "same" in swapped
    assert "CEADs" in html  # said to be not entered


def test_a_city_without_any_figure_says_so(project):
    observations = project.city("smallville") / "observations"
    (observations / "inventory.csv").unlink()
    energy = observations / "energy.csv"
    lines = energy.read_text(encoding="utf-8").splitlines(keepends=True)
    energy.write_text("".join(line for line in lines if "_capacity," not in line), "utf-8")
    own = _own(project)
    assert own.inventory.results.lines.empty
    assert "No line can be computed from published activity" in own.inventory.totals().plain
    for shown in (
        own.inventory.plot(title="title_inv_lines"),
        own.inventory.plot_uncertainty(title="title_inv_drivers"),
        own.inventory.table_swapped(),
    ):
        assert "No line can be computed" in shown.plain
    assert "No line with a pollutant factor" in own.inventory.table_benefits().plain
    assert "nothing to compare" in own.inventory.compare_estimates(*NAMES).plain


def test_the_shipped_city_has_orders_of_magnitude_alone(as_shipped):
    own = chapter.load("20_inventory", city="liupanshui", root=as_shipped)
    results = own.inventory.results
    assert set(results.totals) == {("scaled", 1)}
    assert set(results.lines["kind"]) == {"scaled"}
    assert set(results.rows["status"]) == {"modelled"}
    told = own.inventory.compare_estimates(*NAMES, methane="coal_mine_methane").plain
    assert "Ours lies" in told
    assert "Ours lacks lines" in told
    assert "modelled mine by mine" in told


def test_numbers_feign_no_precision(repo):
    view = chapter.load("20_inventory", city="liupanshui", root=repo).view
    assert significant(37.3, 2) == "37"
    assert significant(0.1357, 2) == "0.14"
    assert significant(373.0, 2) == "370"
    assert mega(view, 37_300_120, 2) == "37"
    assert mega(view, 91, 3) == "<0.001"
    assert mega(view, 2100, 3) == "0.002"
    assert mega(view, 0) == "0"
