"""States of targets, by shape."""

import pandas as pd
import pytest

from planbook.analysis.progress import measure, stand
from planbook.catalog import Catalog, Department, Indicator
from planbook.plan import Target

TEXT = {"en": "x", "zh": "x"}


def indicator(**more) -> Indicator:
    base = dict(id="i", sector="s", title=TEXT, unit="%", direction="up", kind="share",
                bounds=(0, 100), definition=TEXT, department="d")  # fmt: skip
    return Indicator(**{**base, **more})


def target(shape, operator, value, *, base=None, deadline=None, unit="%") -> Target:
    return Target(target_id="t", section=1, measure=1, indicator="i", shape=shape,
                  operator=operator, value=value, unit=unit, base_year=base, deadline=deadline,
                  note_en="n", note_zh="n")  # fmt: skip


def verdict(one: Target, figures: dict[int, float], as_of: int, status="final", **meta) -> str:
    rows = [
        dict(indicator="i", entity="town", year=year, value=value, unit="%", status=status,
             published="", source="s", qualifier="", note="", note_zh="")
        for year, value in figures.items()
    ]  # fmt: skip
    columns = ["indicator", "entity", "year", "value", "unit", "status", "published", "source",
               "qualifier", "note", "note_zh"]  # fmt: skip
    known = pd.DataFrame(rows, columns=columns)
    catalog = Catalog({"i": indicator(**meta)}, {"d": Department(en="D", zh="部")})
    return stand(one, known, catalog, city="town", as_of=as_of).verdict


LEVEL = target("level_by_date", ">=", 70, deadline=2025)
RISING = {2016: 50.0, 2017: 53.5, 2018: 55.0, 2019: 58.4, 2020: 61.0, 2021: 63.2, 2022: 66.1}


@pytest.mark.parametrize(
    ("one", "figures", "as_of", "expected"),
    [
        (LEVEL, {}, 2024, "no_data"),
        (LEVEL, {}, 2025, "due_no_data"),
        (LEVEL, {2025: 71}, 2026, "met"),
        (LEVEL, {2025: 70}, 2026, "met"),
        (LEVEL, {2025: 69.9}, 2026, "missed"),
        (LEVEL, {2024: 75, 2026: 76}, 2026, "due_no_data"),
        (LEVEL, RISING, 2023, "at_risk"),
        (LEVEL, {year: value + 2.5 for year, value in RISING.items()}, 2023, "on_course"),
        (LEVEL, RISING, 2026, "due_no_data"),
        (LEVEL, {year: value - 12 for year, value in RISING.items()}, 2023, "off_course"),
        (LEVEL, {2022: 60}, 2023, "not_measurable"),
        (target("level_by_date", ">", 30, deadline=2025), {2025: 30}, 2026, "missed"),
        (target("quantity", ">=", 100, deadline=2025), {2022: 100}, 2023, "met"),
        (target("quantity", ">=", 100), {2022: 40}, 2030, "not_measurable"),
        (target("limit", "<=", 10), {2022: 11}, 2023, "off_course"),
        (target("limit", "<=", 10), {2022: 9}, 2023, "met"),
        (target("saturation", ">=", 100, deadline=2025), {2025: 100}, 2025, "met"),
        (target("cumulative", ">=", 50, base=2020, deadline=2025), {2021: 20, 2022: 31}, 2023, "met"),
        (target("cumulative", ">=", 50, base=2020, deadline=2025), {2021: 20}, 2026, "due_no_data"),
        (target("change_from_base", "<=", -18, base=2020, deadline=2025), {2020: 2, 2025: 1.6}, 2026, "met"),
        (target("change_from_base", "<=", -18, base=2020, deadline=2025), {2020: 2, 2025: 1.7}, 2026, "missed"),
        (target("change_from_base", "<=", -18, base=2020, deadline=2025), {2025: 1.7}, 2026, "due_no_data"),
    ],
)  # fmt: skip
def test_state_by_shape(one, figures, as_of, expected):
    assert verdict(one, figures, as_of) == expected


def test_a_modelled_estimate_never_decides():
    assert verdict(LEVEL, {2025: 99}, 2026, status="modelled") == "due_no_data"


def test_figures_before_a_break_do_not_count():
    cut = {"breaks": ({"from": 2021, "reason": TEXT},)}
    assert verdict(LEVEL, RISING, 2023, **cut) == "not_measurable"


def test_a_catalogue_that_forbids_a_forecast_is_obeyed():
    assert verdict(LEVEL, RISING, 2023, forecast=TEXT) == "not_measurable"


def test_a_sum_ends_before_the_first_missing_year():
    one = target("cumulative", ">=", 50, base=2020, deadline=2025)
    points = pd.Series({2020: 9.0, 2021: 1.0, 2022: 2.0, 2024: 5.0})
    assert measure(one, points).to_dict() == {2021: 1.0, 2022: 3.0}
