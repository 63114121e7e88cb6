"""The book's own names, in a file's name or above a table, ask nothing."""

from __future__ import annotations

import pytest

from planbook.data.city import load
from planbook.data.paths import Paths

from .conftest import REPO, figures_of, told

PROJECT = load("liupanshui", Paths(REPO))
HEAD = "指标,年份,数值,单位,来源"


def table(title: str, name: str, unit: str) -> str:
    return f"{title}\n{HEAD}\n{name},2024,81.5,{unit},aqistudy_daily\n"


@pytest.mark.parametrize("department", sorted(PROJECT.catalog.departments))
def test_a_file_named_and_sent_as_its_department_is(department, prepared, tmp_path):
    title = PROJECT.catalog.departments[department].zh
    for stem in (f"template_liupanshui_{department}_2024", f"2024年{title}报表"):
        path = tmp_path / f"{stem}.csv"
        path.write_text(table(f"填报单位：{title}", "农作物秸秆综合利用率", "%"), encoding="utf-8")
        intake = prepared(path)
        assert told(intake) == []
        assert figures_of(intake).keys() == {("straw_utilisation_rate", "liupanshui", 2024)}


def questions(intake) -> set[str]:
    return {fault.rule for fault in intake.faults if fault.level == "question"}


def test_a_table_under_its_indicators_own_name(prepared, tmp_path):
    read = 0
    for one in PROJECT.catalog.values():
        if one.derive:
            continue
        path = tmp_path / f"{one.id}.csv"
        path.write_text(table(one.title.zh, one.title.zh, one.unit), encoding="utf-8")
        intake = prepared(path)
        assert not questions(intake), (one.id, one.title.zh)
        read += bool(intake.changes)
    assert read > 100  # the others cannot be 81.5


@pytest.mark.parametrize(
    ("indicator", "title"),
    [
        ("forest_coverage_inventory", "全国2024年森林资源"),  # 全国 names its way of counting
        ("carbon_market_firms", "全国2024年"),
        ("coke_capacity_provincial_share", "全省2024年焦化"),
        ("pm25_three_city_mean", "贵阳市2024年空气质量"),
        ("rural_sewage_treatment_rate", "农村2024年（不含盘州市）"),
        ("pm25_november", "2024年1月空气质量"),
        ("straw_utilisation_rate", "农村2024年"),
    ],
)
def test_a_word_of_the_name_by_itself_may_say_something_else(indicator, title, prepared, tmp_path):
    one = PROJECT.catalog[indicator]
    path = tmp_path / "agriculture_rural.csv"
    path.write_text(table(title, one.title.zh, one.unit), encoding="utf-8")
    assert questions(prepared(path)) & {"scope_place", "scope_county", "scope_period"}


def test_a_part_that_the_name_is_about_asks_nothing(prepared, tmp_path):
    one = PROJECT.catalog["rural_sewage_treatment_rate"]
    path = tmp_path / "a.csv"
    path.write_text(table("农村2024年", one.title.zh, one.unit), encoding="utf-8")
    assert questions(prepared(path)) == set()
