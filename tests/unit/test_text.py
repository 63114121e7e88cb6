"""The message table and how numbers are written."""

import re
from pathlib import Path

import pytest

import planbook
from planbook.data.plan import Target
from planbook.errors import PlanbookError
from planbook.text import (
    bare,
    join_counts,
    messages,
    number,
    probability,
    quantity,
    say,
    section_number,
    target_value,
)

PACKAGE = Path(planbook.__file__).parent
# keys that are put together from a part and a value
FAMILIES = (
    "verdict_", "status_", "qualifier_", "project_", "mark_", "method_", "refused_", "rule_",
    "warn_", "title_", "column_", "pace_missing_", "direction_", "chart_amount_", "coverage_",
    "line_", "grid_", "role_", "plan_no_", "kind_", "fuel_", "driver_", "component_", "per_",
    "mass_", "standard_", "inv_total_", "inv_panel_", "peer_tick_", "peer_place_", "peer_measure_", "peer_rank_",
    "scn_ground_", "scn_factor_", "scn_quantity_", "scn_panel_", "quadrant_", "chart_quadrant_",
    "class_", "scaling_", "syn_reading_", "syn_medium_", "syn_kind_", "syn_factor_", "syn_reason_",
    "syn_share_", "decoupling_", "meaning_", "factor_", "required_", "intake_", "explore_", "unit_",
    "field_", "table_", "resource_", "export_", "change_",
)  # fmt: skip


def test_every_message_exists_in_both_languages():
    assert len(messages()) > 100
    for key, entry in messages().items():
        chinese = re.search(r"[\u4e00-\u9fff]|\{|^[（）：；、·/ ]+$", entry["zh"])
        assert chinese or key == "book_author", key
        assert not re.search(r"[\u4e00-\u9fff]", entry["en"]), key


def test_every_message_used_exists_and_every_message_is_used():
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    books = (PACKAGE.parents[1] / "notebooks").glob("*.ipynb")
    code += "".join(path.read_text(encoding="utf-8") for path in books)
    used = set(re.findall(r"\b(?:say|both|column|held|shown)\(\s*\"(\w+)\"", code))
    assert len(used) > 50
    assert used - set(messages()) == set()
    words = set(re.findall(r"\w+", code))
    idle = {key for key in messages() if key not in words and not key.startswith(FAMILIES)}
    assert idle == set()


def test_a_missing_message_or_value_is_an_error():
    with pytest.raises(PlanbookError, match="message 'nothing_such'"):
        say("nothing_such", "en")
    with pytest.raises(PlanbookError, match=r"message 'note_bounds_x'|nothing for 'year'"):
        say("title_verdicts", "en", total=3)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234.56, 1, "1,234.6"), (-18, 0, "−18"), (-0.04, 1, "0.0"), (None, 1, "–"),
     (float("nan"), 1, "–"), (float("inf"), 1, "–")],
)  # fmt: skip
def test_numbers(value, decimals, text):
    assert number(value, decimals) == text


def test_quantities_follow_the_language():
    assert quantity(43, "%", "en", 0) == "43 %"
    assert quantity(43, "%", "zh", 0) == "43%"
    assert quantity(1175, "km2", "zh", 0) == "1,175平方公里"
    assert quantity(6240, "MW", "zh", 0) == "624万千瓦"
    assert quantity(1027.7, "1e8 CNY", "en", 1) == "102.77 billion CNY"
    assert bare(9.61) == "9.61"
    assert bare(250000) == "250,000"


@pytest.mark.parametrize(
    ("chance", "text"),
    [(None, "not estimated"), (0.001, "< 2 %"), (0.999, "> 98 %"), (0.5, "50 %"), (0.02, "2 %")],
)
def test_extreme_chances_are_given_as_bounds(chance, text):
    assert probability(chance, "en") == text


@pytest.mark.parametrize(
    ("value", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (26, "二十六")]
)
def test_sections_are_numbered_as_in_the_plan(value, text):
    assert section_number(value, "zh") == text
    assert section_number(value, "en") == str(value)


def test_a_larger_unit_feigns_no_precision():
    assert quantity(8_700_000, "mu", "zh", 0) == "870万亩"
    assert quantity(29_800, "mu", "zh", 0) == "2.98万亩"
    assert quantity(660, "MW", "zh", 0) == "66万千瓦"
    assert quantity(660, "MW", "en", 1) == "660.0 MW"  # the digits asked for stay


@pytest.mark.parametrize(
    ("shape", "value", "english", "chinese"),
    [
        ("change_from_base", -18.0, "18 % below 2020", "较2020年下降18%"),
        ("change_from_base", 5.0, "5 % above 2020", "较2020年上升5%"),
        ("saturation", 100.0, "100 %", "100%"),
        ("saturation", 95.0, "≥ 95 %", "≥95%"),
        ("level_by_date", 43.0, "≥ 43 %", "≥43%"),
    ],
)
def test_what_a_target_asks_is_written_in_words_that_people_use(shape, value, english, chinese):
    target = Target(
        target_id="x", section=1, measure=1, indicator="share", shape=shape, operator=">=",
        value=value, unit="%", base_year=2020, deadline=2025, note_en="a", note_zh="一",
    )  # fmt: skip
    assert (target_value(target, "en"), target_value(target, "zh")) == (english, chinese)


def test_counts_are_joined_so_that_a_comma_inside_a_state_splits_nothing():
    counts = {"met": 1, "at_risk": 0, "due_no_data": 21}
    assert join_counts(counts, "verdict_{}", "en") == "1 met; 21 due, awaiting data"
    assert join_counts(counts, "verdict_{}", "zh") == "已完成1项、已到期待数据21项"
