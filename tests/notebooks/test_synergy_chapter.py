"""The calls of the synergy chapter: what is drawn, what has no point, what a reader sets."""

from __future__ import annotations

import re

import papermill
import pytest

from planbook import chapter
from planbook.errors import ParameterError

SETTINGS = {"as_of": 0, "horizon": 2030, "level": 95}
CARBON = "co2_emissions_edgar"


@pytest.fixture(scope="module")
def shown(as_shipped):
    return chapter.load("16_synergy", root=as_shipped, **SETTINGS)


@pytest.fixture
def small(project):
    return chapter.load("16_synergy", city="smallville", root=project, **SETTINGS)


def test_air_and_water_are_summed_apart_without_and_with_vocs(shown):
    column = "Without VOCs (equivalents)"
    plain = shown.synergy.table_equivalents()
    assert plain.data[column].tolist() == pytest.approx([2825e3 / 0.95, 2710e3 + 590e3 / 0.8])
    assert plain.data["With VOCs (equivalents)"].isna().all()
    assert "no weight set" in plain.html
    assert "1,715.8" in plain.html  # what the other published weight would add
    with_voc = shown.synergy.table_equivalents(voc_equivalent_kg=2.0).data
    air = with_voc.iloc[0]
    assert air["With VOCs (equivalents)"] - air[column] == pytest.approx(1630e3 / 2)
    assert with_voc.iloc[1]["With VOCs (equivalents)"] == with_voc.iloc[1][column]


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_a_wrong_weight_is_refused(shown, weight):
    for call in (shown.synergy.table_equivalents, lambda **given: shown.synergy.plot_quadrants(CARBON, **given)):
        with pytest.raises(ParameterError, match="give kilograms above zero, or 0"):
            call(voc_equivalent_kg=weight)


def test_published_and_computed_effects_are_never_mixed(shown):
    table = shown.synergy.table_effects(CARBON).data.set_index("Measure")
    kinds = table["Kind of figure"].to_dict()
    assert kinds["Measure 5: Photovoltaic base"] == "computed, planned"
    assert kinds["Nitrogen oxides"] == "published plan figure"
    published = table[table["Kind of figure"] == "published plan figure"]
    assert published["Cut of CO2 (kt)"].isna().all()
    assert set(published["Quadrant"]) <= {"unknown_ghg", "unknown"}
    assert table.at["Measure 5: Photovoltaic base", "Quadrant"] == "I"
    coking = table.loc["Measure 13: Coking with hydrogen"]
    assert coking["Quadrant"] == "III"
    assert coking.isna()["Elasticity Els(c/p)"]  # the quotient would be positive
    assert coking["Cut of CO2, most"] == 0


def test_the_chart_says_what_stands_in_no_quadrant(shown):
    html = shown.synergy.plot_quadrants(CARBON).html
    assert "Nitrogen oxides: planned cut 2,973.7, effect on CO2 not given." in html
    assert re.search(r"Measure 5: Photovoltaic base: .* I: both fall", html)
    chinese = chapter.load("16_synergy", lang="zh", root=shown.view.project.paths, **SETTINGS)
    assert "未给出碳减排效果" in chinese.synergy.plot_quadrants(CARBON).html


def test_no_elasticity_is_given_from_factors_of_another_year_than_the_base(shown):
    """Thermal power is of 2022, the base of 2018: 14.2 for either measure told the years apart."""
    found = shown.synergy.table_effects(CARBON)
    own = found.data[found.data["Quadrant"] == "I"]
    assert len(own) == 2
    assert own["Elasticity Els(c/p)"].isna().all()
    assert own["Angle"].isna().all()
    assert own["CO2, per cent of base"].notna().all()
    assert found.html.count("not given: factors and base are of different years") == 2


def test_the_page_says_how_soot_and_dust_are_weighed_and_what_else_they_could_be(shown):
    """26,212 t of 2018: by 2.18 kg 12,024 thousand, by 4 kg 6,553 thousand equivalents."""
    assert round(26212 / 2.18) == 12024
    assert round(26212 / 4) == 6553
    for lang, said in (
        (
            "en",
            "Counted as soot (2.18 kg an equivalent) it is 12,024 thousand pollutant equivalents",
        ),
        ("zh", "若按一般性粉尘（4千克）折算则为6,553千个污染当量，基数为180,479千个污染当量"),
    ):
        own = chapter.load("16_synergy", lang=lang, root=shown.view.project.paths, **SETTINGS)
        assert said in own.synergy.table_effects(CARBON).html


def test_every_other_measure_is_listed_with_its_reason(shown):
    found = shown.synergy.table_unplaced()
    numbers = set(found.data["No."])
    assert len(numbers) == 38  # 41 measures, three of which have a computed effect
    assert not numbers & {5, 12, 13}
    assert "The plan sets no figure for these 24 measures" in found.html
    # the audits of four named firms stand in a box, and dust at building sites has a target
    assert "projects in the plan&#39;s boxes (1): 9 Green industry." in found.html
    assert found.data.set_index("No.")["Reason"][23].startswith("A share of building sites")


def test_a_reader_s_change_is_proportional_and_turns_with_its_sign(shown):
    down = shown.synergy.what_if(coal_power=-5.0).data.set_index("Measure")
    up = shown.synergy.what_if(coal_power=10.0).data.set_index("Measure")
    name = "Coal power"
    column = "Cut of CO2 (kt)"
    assert up.at[name, column] == pytest.approx(-2 * down.at[name, column])
    assert (down.at[name, "Quadrant"], up.at[name, "Quadrant"]) == ("I", "III")
    assert down.at[name, "Cut of CO2, least"] < down.at[name, column]
    assert up.isna().at[name, "Elasticity Els(c/p)"]


def test_an_activity_without_a_base_says_so(shown):
    found = shown.synergy.what_if(cement=-5.0, transport=-5.0)
    assert "Cement clinker output was not found by 2026-11-30" in found.html
    assert "Fuel sold or vehicle mileage was not found" in found.html
    assert found.data["Cut of CO2 (kt)"].isna().all()


def test_an_unknown_activity_or_an_impossible_change_is_refused(shown):
    with pytest.raises(ParameterError, match="no activity 'coal'; use one of coal_power, steel"):
        shown.synergy.what_if(coal=-5.0)
    with pytest.raises(ParameterError, match=r"steel: -101\.0 per cent; give a number from -100"):
        shown.synergy.what_if(steel=-101.0)


def test_the_city_s_years_name_quadrant_and_elasticity(shown):
    html = shown.synergy.plot_city_years(CARBON, pollutants=["industrial_so2_emissions", "pm25_iqair"]).html
    assert "2011 to 2019: −80.3 %; CO2 +22.8 % (IV: only pollutants fall)" in html
    # since the basis of concentrations changed: 23.4 to 22.3 and 47.29 to 42.74 Mt
    assert "2019 to 2022: −4.7 %; CO2 −9.6 % (I: both fall, elasticity 2.05)" in html


def test_coupling_shows_how_far_it_hangs_on_the_scaling(shown):
    found = shown.synergy.table_coupling(CARBON, "industrial_so2_emissions")
    assert found.data["D"].between(0, 1).all()
    assert len(found.data) == 4 * 3 * 9
    assert "across 7 classes" in found.html
    drawn = shown.synergy.plot_coupling(CARBON, "industrial_so2_emissions").html
    assert "a degree of 0.23 to 0.97 for 2019, depending on scaling and weights" in drawn


def test_a_city_without_effects_says_so(small):
    assert "No effects have been entered for the city" in small.synergy.table_unplaced().html
    assert "nothing is drawn" in small.synergy.what_if(cement=-5.0).html
    assert "The plan gives no figure from which" in small.synergy.plot_quadrants(CARBON).html


def test_the_changes_can_be_set_from_outside_the_notebook(project, tmp_path, monkeypatch):
    monkeypatch.setenv("PLANBOOK_ROOT", str(project.root))
    out = tmp_path / "out.ipynb"
    papermill.execute_notebook(
        str(project.notebooks / "16_synergy.ipynb"),
        str(out),
        parameters={"city": "smallville", "coal_change_pct": -12.5},
        progress_bar=False,
        kernel_name="python3",
        request_save_on_cell_execute=False,  # most of its time otherwise
    )
    text = out.read_text(encoding="utf-8")
    assert "\u221212.5 %" in text or "−12.5 %" in text
