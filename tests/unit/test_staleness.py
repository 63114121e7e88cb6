"""Which figures are overdue: by a stated rule, of the city alone, with whom to ask."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

from planbook.analysis.staleness import last_day, months_before, months_between, overdue
from planbook.cli.main import main
from planbook.data.catalog import Catalog, Department, Indicator
from planbook.data.paths import ROOT_VARIABLE
from planbook.data.plan import City, Measure, Plan, Target

TEXT = {"en": "x", "zh": "x"}
TODAY = dt.date(2026, 7, 1)


def indicator(name, **more):
    return Indicator(id=name, sector="s", title=TEXT, unit="t", direction="up", kind="amount",
                     bounds=(0, None), definition=TEXT, department="bureau", **more)  # fmt: skip


ITEMS = [
    indicator("a"),
    indicator("b"),
    indicator("ratio", derive={"op": "ratio", "of": ("a", "b")}),
    indicator("model"),
    indicator("idle"),
]
CATALOG = Catalog({one.id: one for one in ITEMS}, {"bureau": Department(en="B", zh="局")})
CITY = City(id="city", code="1", name=TEXT, plan_title=TEXT, plan_status=TEXT, boundary=TEXT,
            parents=("china",), as_of=2026)  # fmt: skip
TARGET = Target(target_id="t", section=1, measure=1, indicator="ratio", shape="level_by_date",
                operator=">=", value=1, unit="t", base_year=None, deadline=2030, note_en="n",
                note_zh="n")  # fmt: skip
MEASURE = Measure(number=1, section=1, title=TEXT, summary=TEXT, departments=("lead", "bureau"),
                  targets=("t",), indicators=("model",))  # fmt: skip
PLAN = Plan({}, {}, {1: MEASURE}, {"t": TARGET}, {}, {})


def rows(*given):
    names = ["indicator", "entity", "year", "value", "status", "published", "qualifier", "source"]
    frame = pd.DataFrame([[*one, "", "s"] for one in given], columns=names)
    return frame.assign(row=range(2, 2 + len(given)))


def found(*given, today=TODAY, months=18):
    listed = overdue(rows(*given, ESTIMATE), CATALOG, PLAN, CITY, today=today, months=months)
    return {one.indicator.id: one for one in listed}


ESTIMATE = ("model", "city", 2020, 1.0, "modelled", "")  # nobody publishes 'model'
FRESH_B = ("b", "city", 2025, 1.0, "final", "2026-03-01")


def test_a_figure_older_than_the_months_is_overdue_and_the_day_itself_is_not():
    for published, late in (("2025-01-01", False), ("2024-12-31", True)):
        out = found(("a", "city", 2023, 5.0, "final", published), FRESH_B)
        assert list(out) == (["a"] if late else []), published
    one = found(("a", "city", 2023, 5.0, "final", "2024-12-31"), FRESH_B)["a"]
    assert (one.months, one.dated_by, one.department, one.leads, one.targets) == (18, "day", "bureau", ("lead",), ("t",))  # fmt: skip
    assert (one.last["year"], one.last["value"]) == (2023, 5.0)


def test_what_a_target_is_computed_from_is_asked_for_though_never_published():
    out = found(FRESH_B)
    assert list(out) == ["a"]
    assert (out["a"].last, out["a"].months, out["a"].dated_by) == (None, None, "never")


def test_estimates_and_figures_of_others_do_not_count():
    given = [
        ("a", "china", 2025, 1.0, "final", "2026-06-01"),
        ("a", "city", 2025, 1.0, "modelled", "2026-06-01"),
        FRESH_B,
    ]
    out = found(*given)
    assert list(out) == ["a"]
    assert out["a"].last is None
    without = overdue(rows(*given), CATALOG, PLAN, CITY, today=TODAY)
    assert [one.indicator.id for one in without] == ["a", "model"]


def test_the_figure_of_the_latest_year_counts_in_its_latest_version():
    given = [
        ("a", "city", 2022, 1.0, "final", "2026-06-01"),  # an older year, found later
        ("a", "city", 2023, 2.0, "final", "2024-03-01"),
        ("a", "city", 2023, 3.0, "revised", "2024-09-01"),
        FRESH_B,
    ]
    one = found(*given)["a"]
    assert (one.last["value"], one.came_out) == (3.0, dt.date(2024, 9, 1))


def test_a_figure_that_came_out_later_than_the_day_asked_does_not_count():
    given = [("a", "city", 2019, 1.0, "final", "2020-05-01"), ("a", "city", 2025, 2.0, "final", "2026-06-30")]  # fmt: skip
    assert "a" not in found(*given, FRESH_B)
    assert found(*given, today=dt.date(2026, 6, 29))["a"].last["year"] == 2019


@pytest.mark.parametrize(
    ("published", "day", "by"),
    [
        ("2024-02-10", dt.date(2024, 2, 10), "day"),
        ("2024-02", dt.date(2024, 2, 29), "month"),
        ("2024", dt.date(2024, 12, 31), "year"),
        ("", dt.date(2022, 12, 31), "undated"),
        ("2023-02-31", dt.date(2023, 2, 28), "day"),
    ],
)
def test_the_stated_rule_for_incomplete_dates(published, day, by):
    assert last_day(published, 2021) == (day, by)


def test_months():
    assert months_before(dt.date(2026, 8, 31), 18) == dt.date(2025, 2, 28)
    assert months_between(dt.date(2025, 1, 31), dt.date(2025, 2, 28)) == 1
    assert months_between(dt.date(2025, 1, 31), dt.date(2025, 3, 30)) == 1
    assert months_between(dt.date(2026, 1, 1), dt.date(2025, 1, 1)) == 0


def test_the_command_tells_whom_to_ask_and_succeeds(project, monkeypatch, capsys):
    monkeypatch.setenv(ROOT_VARIABLE, str(project.root))
    ask = ["check", "--stale", "--city", "smallville", "--today", "2026-03-01"]
    assert main([*ask, "--format", "json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert (out["today"], out["months"]) == ("2026-03-01", 18)
    assert "31" not in out["rule"]["en"] and "18 months" in out["rule"]["en"]
    listed = {one["indicator"]: one for one in out["overdue"]}
    steel = listed["steel_ule_share"]
    assert (steel["last_year"], steel["dated_by"], steel["targets"]) == (None, "never", ["steel_ule"])  # fmt: skip
    manure = listed["manure_utilisation_rate"]
    assert (manure["last_year"], manure["last_value"], manure["unit"]) == (2023, 80.4, "%")
    assert manure["next_step"] == "python -m planbook template --city smallville --department agriculture_rural --year 2024"  # fmt: skip
    assert manure["department_name"]["zh"] == "市农业农村局"
    assert main([*ask, "--lang", "zh"]) == 0
    text = capsys.readouterr().out
    assert (
        text.startswith("截至2026-03-01，")
        and "截至2024年7月1日未检索到" in text
        and "市农业农村局" in text
    )
    assert main([*ask, "--months", "60"]) == 0
    assert "Livestock manure" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--today", "tomorrow"], "--today tomorrow: is no day"), (["--months", "0"], "--months 0: give")],
)  # fmt: skip
def test_a_wrong_question_is_told(options, told, capsys):
    assert main(["check", "--stale", *options]) == 1
    assert told in capsys.readouterr().err
