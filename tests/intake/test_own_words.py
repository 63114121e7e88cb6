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


def test_a_table_under_its_indicators_own_name(prepared, tmp_path):
    for one in PROJECT.catalog.values():
        if one.derive:
            continue
        path = tmp_path / f"{one.id}.csv"
        path.write_text(table(one.title.zh, one.title.zh, one.unit), encoding="utf-8")
        rules = {fault.rule for fault in prepared(path).faults if fault.level == "question"}
        assert not rules, (one.id, one.title.zh, rules)
