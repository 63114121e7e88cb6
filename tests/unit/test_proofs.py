"""Published bounds decide where they prove a state, and nowhere else."""

import pandas as pd
import pytest

from planbook.analysis.progress import Standing, stand, status_rows
from planbook.data.catalog import Catalog, Department, Indicator
from planbook.data.plan import Target
from planbook.text import messages

TEXT = {"en": "x", "zh": "x"}
OPEN = {"bounds": (0, None), "kind": "amount"}
SIGNS = {"≥": "at_least", "≤": "at_most"}


def indicator(**more) -> Indicator:
    base = dict(id="i", sector="s", title=TEXT, unit="%", direction="up", kind="share",
                bounds=(0, 100), definition=TEXT, department="d")  # fmt: skip
    return Indicator(**{**base, **more})


def target(shape, operator, value, *, base=None, deadline=None) -> Target:
    return Target(target_id="t", section=1, measure=1, indicator="i", shape=shape,
                  operator=operator, value=value, unit="%", base_year=base, deadline=deadline,
                  note_en="n", note_zh="n")  # fmt: skip


def standing(one, figures, as_of, status="final", **meta) -> Standing:
    """Judge figures; a text such as "≥85" is a bound."""
    rows = []
    for year, value in figures.items():
        sign, number = (value[0], value[1:]) if isinstance(value, str) else ("", value)
        rows.append(
            dict(indicator="i", entity="town", year=year, value=float(number), unit="%",
                 status=status, published="", source="s", qualifier=SIGNS.get(sign, ""),
                 note="", note_zh="")
        )  # fmt: skip
    catalog = Catalog({"i": indicator(**meta)}, {"d": Department(en="D", zh="部")})
    return stand(one, pd.DataFrame(rows), catalog, city="town", as_of=as_of)


LEVEL = target("level_by_date", ">=", 80, deadline=2025)
ABOVE = target("level_by_date", ">", 30, deadline=2025)
CAP = target("level_by_date", "<=", 40, deadline=2025)
FULL = target("saturation", ">=", 100, deadline=2025)
FLOOR = target("floor_each_year", ">=", 80, base=2020, deadline=2025)
KEPT = {2021: 81, 2023: 82, 2024: 83, 2025: 90}


@pytest.mark.parametrize(
    ("one", "figures", "as_of", "verdict", "rule"),
    [
        (LEVEL, {2025: "≥85"}, 2026, "met", "rule_bound"),
        (LEVEL, {2025: "≥80"}, 2026, "met", "rule_bound"),
        (LEVEL, {2025: "≤79"}, 2026, "missed", "rule_bound"),
        (LEVEL, {2025: "≥75"}, 2026, "due_no_data", "rule_due_bound"),
        (LEVEL, {2025: "≤85"}, 2026, "due_no_data", "rule_due_bound"),
        (LEVEL, {2024: "≥85"}, 2026, "due_no_data", "rule_due_bound"),  # not the deadline's year
        (LEVEL, {2024: "≥85"}, 2024, "on_course", "rule_bound_holds"),
        (LEVEL, {2024: "≥75"}, 2024, "no_data", "rule_bound_open"),
        (LEVEL, {2022: 85, 2024: "≤70"}, 2024, "at_risk", "rule_bound_fails"),
        (LEVEL, {2022: 85, 2024: "≥70"}, 2024, "on_course", "rule_already"),
        (LEVEL, {2025: 81, 2024: "≤70"}, 2026, "met", "rule_deadline"),
        (ABOVE, {2025: "≥30"}, 2026, "due_no_data", "rule_due_bound"),  # 30 itself is too little
        (ABOVE, {2025: "≤30"}, 2026, "missed", "rule_bound"),
        (CAP, {2025: "≤35"}, 2026, "met", "rule_bound"),
        (CAP, {2025: "≥41"}, 2026, "missed", "rule_bound"),
        (CAP, {2025: "≥35"}, 2026, "due_no_data", "rule_due_bound"),
        (FULL, {2025: "≥100"}, 2026, "met", "rule_bound"),
        (FULL, {2025: "≥99"}, 2026, "due_no_data", "rule_due_bound"),
        (target("level_by_date", "==", 100, deadline=2025), {2025: "≥100"}, 2026, "met", "rule_bound"),
        (target("level_by_date", "==", 50, deadline=2025), {2025: "≥60"}, 2026, "missed", "rule_bound"),
        (target("level_by_date", "==", 50, deadline=2025), {2025: "≥40"}, 2026, "due_no_data", "rule_due_bound"),
        (target("saturation", ">=", 100), {2022: 100, 2023: "≤98"}, 2024, "at_risk", "rule_bound"),
        (FLOOR, {**KEPT, 2022: "≥85"}, 2026, "met", "rule_bound"),
        (FLOOR, {**KEPT, 2022: "≥70"}, 2026, "due_no_data", "rule_floor_gap"),
        (FLOOR, {2021: 81, 2022: "≤79"}, 2023, "missed", "rule_bound"),
        (FLOOR, {2019: "≤70", 2021: 81}, 2022, "on_course", "rule_floor_so_far"),
        (target("limit", "<=", 10, deadline=2022), {2022: "≤9"}, 2024, "met", "rule_bound"),
        (target("limit", "<=", 10, deadline=2022), {2022: 9, 2023: "≥12"}, 2024, "missed", "rule_bound"),
        (target("limit", "<=", 10, deadline=2022), {2021: "≥12", 2022: 9}, 2024, "met", "rule_limit_worst"),
        (target("limit", "<=", 10), {2021: 9, 2022: "≥12"}, 2023, "off_course", "rule_bound"),
        (target("limit", "<=", 10), {2021: "≥12", 2022: 9}, 2023, "at_risk", "rule_bound"),
        (target("limit", "<=", 10), {2022: "≥8"}, 2023, "no_data", "rule_bound_open"),
    ],
)  # fmt: skip
def test_a_bound_decides_a_level_only_where_it_proves_it(one, figures, as_of, verdict, rule):
    found = standing(one, figures, as_of)
    assert (found.verdict, found.rule) == (verdict, rule)


SUM = target("cumulative", ">=", 100, base=2020, deadline=2025)
BUDGET = target("cumulative", "<=", 100, base=2020, deadline=2022)
FALL = target("change_from_base", "<=", -18, base=2020, deadline=2025)


@pytest.mark.parametrize(
    ("one", "figures", "as_of", "verdict", "rule"),
    [
        (SUM, {2021: 60, 2022: "≥40"}, 2023, "met", "rule_bound"),
        (SUM, {2021: 60, 2023: 45}, 2023, "met", "rule_published_years"),  # 2022 is not negative
        (SUM, {2021: 10, 2022: 10, 2023: 10, 2024: 10, 2025: "≤20"}, 2026, "missed", "rule_bound"),
        (SUM, {2021: 10, 2022: 10, 2023: 10, 2024: 10, 2025: "≤70"}, 2026, "due_no_data", "rule_due_nowcast"),
        (BUDGET, {2021: 60, 2022: "≥50"}, 2022, "missed", "rule_bound"),
        (BUDGET, {2021: 50, 2022: "≤50"}, 2023, "met", "rule_bound"),
        (target("quantity", ">=", 100), {2022: "≥120"}, 2023, "met", "rule_bound"),
        (FALL, {2020: 2, 2025: "≤1.6"}, 2026, "met", "rule_bound"),
        (FALL, {2020: 2, 2025: "≥1.7"}, 2026, "missed", "rule_bound"),
        (FALL, {2020: "≥2", 2025: 1.6}, 2026, "due_no_data", "rule_no_base"),
    ],
)  # fmt: skip
def test_a_bound_decides_an_amount_only_where_it_proves_it(one, figures, as_of, verdict, rule):
    found = standing(one, figures, as_of, **OPEN)
    assert (found.verdict, found.rule) == (verdict, rule)


def test_a_gap_proves_nothing_of_a_quantity_that_can_be_negative():
    one = standing(SUM, {2021: 60, 2023: 45}, 2023, bounds=(None, None), kind="amount")
    assert (one.verdict, one.rule) == ("not_measurable", "rule_sum_gap")


def test_the_deciding_bound_is_named_and_never_fitted():
    figures = {2016: 70.0, 2017: 71, 2018: 73, 2019: 74, 2020: 76, 2021: 77, 2025: "≥85"}
    found = standing(LEVEL, figures, 2026)
    assert dict(found.judgement.evidence) == {
        "bound_year": 2025, "bound": 85.0, "bound_qualifier": "at_least"
    }  # fmt: skip
    assert found.latest_bound == (2025, 85.0, "at_least")
    assert 2025 not in found.measured.index
    assert (found.chance, found.chance_reason) == (None, "chance_decided")
    without = standing(LEVEL, {y: v for y, v in figures.items() if y < 2025}, 2024)
    beside = standing(LEVEL, {**figures, 2025: "≥75"}, 2024)
    assert beside.chance == without.chance


def test_a_modelled_bound_proves_nothing():
    assert standing(LEVEL, {2025: "≥85"}, 2026, status="modelled").verdict == "due_no_data"


def test_a_broken_floor_names_year_and_bound():
    found = standing(FLOOR, {2021: 81, 2022: "≤79"}, 2023)
    evidence = found.judgement.evidence
    assert (evidence["breaches"], evidence["worst_year"], evidence["worst"]) == ((2022,), 2022, 79)


@pytest.mark.parametrize("figures", [{}, {2025: "≥85"}, {2025: "≥75"}, {2021: 70}, {2025: 81}])
@pytest.mark.parametrize(
    "one", [LEVEL, FLOOR, FULL, FALL, SUM, BUDGET, target("quantity", ">=", 9)]
)
def test_every_empty_field_of_the_status_has_a_reason(one, figures):
    if not figures:
        figures = {2019: 3}
    row = status_rows({"t": standing(one, figures, 2024, **OPEN)})[0]
    empty = {name for name, value in row.items() if value is None} - {"chance_reason"}
    assert empty - set(row["reasons"]) == set()
    assert set(row["reasons"].values()) <= set(messages())


def test_where_a_bound_decides_the_latest_figure_alone_flips_nothing():
    found = standing(SUM, {2021: 60, 2022: "≥40"}, 2023, **OPEN)
    assert (found.flip, found.flip_reason) == (None, "flip_bound")


def test_a_year_proven_kept_is_no_risk_to_a_floor():
    figures = {2016: 79.0, 2017: 80, 2018: 79.5, 2019: 80.5, 2020: 80.0}
    proven = standing(FLOOR, {**figures, 2021: "≥80"}, 2022)
    unproven = standing(FLOOR, {**figures, 2021: "≥75"}, 2022)
    assert proven.rule == unproven.rule == "rule_chance_floor"
    assert proven.chance > unproven.chance
