"""The chapters on ecology, water, soil, synergy and inventory, also for a city without their data."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from planbook import chapter

REPO = Path(__file__).resolve().parents[2]
NAMES = ("11_ecology", "13_water", "14_soil", "16_synergy", "20_inventory")
SETTINGS = {"as_of": 0, "horizon": 2030, "level": 95}
SECTION = """
  - number: {number}
    part: 2
    chapter: {chapter}
    title: {{en: Title, zh: 标题}}
    question: {{en: "Question {number}?", zh: "问题{number}？"}}
    summary: {{en: Summary., zh: 摘要。}}
"""


def shown(name: str, city: str, lang: str, root) -> dict[str, chapter.Chapter]:
    """Run a notebook's calls and give what each cell shows."""
    cells = json.loads((REPO / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    own = chapter.load(name, city=city, lang=lang, root=root, **SETTINGS)
    found, defaults = {}, {}
    for cell in cells:
        text = "".join(cell["source"])
        if cell["id"] == "parameters":
            exec(text, defaults)
        if cell["cell_type"] == "code" and cell["id"] not in ("imports", "parameters", "load"):
            variable = text.partition(".")[0]
            found[cell["id"]] = eval(text, {**defaults, variable: own, "chapter": chapter})
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_a_city_without_the_section_still_gets_a_page(name, lang, project):
    found = shown(name, "smallville", lang, project)
    for cell, one in found.items():
        assert isinstance(one.html, str), cell
        assert "Liupanshui" not in one.html
        assert "nan" not in re.sub(r"data:[^\"]+|<[^>]+>|\w*nan\w+|\w+nan\w*", "", one.html), cell


def test_a_chapter_of_two_sections_answers_each(project):
    path = project.city("smallville") / "plan" / "sections.yml"
    with path.open("a", encoding="utf-8") as file:
        for number in (16, 17):
            file.write(SECTION.format(number=number, chapter="16_synergy"))
    own = chapter.load("16_synergy", city="smallville", root=project, **SETTINGS)
    assert "16 · Title" in own.question().html
    answers = own.targets.table_sections()
    assert list(answers.data["Section"]) == [16, 17]
    assert "not found by 2024-07-01" in answers.html


@pytest.fixture(scope="module")
def of(as_shipped):
    made = {}

    def load(name: str) -> chapter.Chapter:
        return made.setdefault(name, chapter.load(name, root=as_shipped, **SETTINGS))

    return load


def test_planned_cuts_stand_apart_from_what_is_published(of):
    table = of("16_synergy").synergy.table_cuts().data.set_index("Id")
    column = "In pollutant equivalents (thousand)"
    assert table.at["nox_cut_2025", column] == pytest.approx(2973.7, abs=0.05)
    assert table[column].isna().to_dict()["voc_cut_2025"]
    assert table["Cut so far, published"].isna().all()
    assert table.at["nox_cut_2025", "Planned cut against it"] == pytest.approx(5.0, abs=0.05)


def test_modelled_figures_have_a_column_of_their_own(of):
    rows = of("20_inventory").inventory.table_coverage().data.set_index("Id")
    assert "777" in rows.at["coal_methane", "Modelled estimate"]
    assert "777" not in rows.at["coal_methane", "Published for the city"]
    answers = of("16_synergy").targets.table_sections().data.set_index("Section")
    assert "EDGAR" in answers.at[17, "Modelled estimate"]
    assert "EDGAR" not in answers.at[17, "Published for the city"]


def test_the_box_is_not_added_up(of):
    html = of("11_ecology").targets.plot_amounts(title="title_box_areas").html
    assert "Do not add the three" in html
    assert "What has been done was not found by 2026-11-30" in html


def test_what_is_missing_is_told_once_with_its_holder(of):
    text = of("13_water").targets.missing_figures("drinking_water_source_compliance_rate").plain
    assert text.count("Would be held by the Municipal Bureau of Ecology and Environment") == 1
    assert "Cut of ammonia nitrogen" in text
    assert "Drinking-water sources" in text
    assert "Surface water sections" not in text  # it is published


def test_each_reading_of_joint_movement_names_its_years(of):
    table = (
        of("16_synergy")
        .synergy.table_co_movement("co2_emissions_edgar", pollutants=["industrial_so2_emissions"])
        .data
    )
    assert table[["First year", "Last year", "Reading"]].to_numpy().tolist() == [
        [2011, 2019, "only the pollutant fell"]  # the series breaks before 2011
    ]
