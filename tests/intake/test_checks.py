"""Figures beside others: jumps, slips of units, gaps, parts and totals; the schema."""

from __future__ import annotations

import pytest
import yaml

from planbook.data.catalog import load_catalog, load_departments
from planbook.data.city import load
from planbook.errors import DataError
from planbook.intake.checks import together as checks
from planbook.intake.checks.on_file import standing
from planbook.intake.checks.revisions import compare, latest
from planbook.intake.checks.single import check_figures
from planbook.intake.meaning.entries import Entry
from planbook.intake.meaning.resolve import NewFigure
from planbook.intake.reading.grid import Cell

from .conftest import TODAY


@pytest.fixture(scope="module")
def catalog(repo):
    return load_catalog(repo.catalog, load_departments(repo.departments))


def figure(
    indicator="manure_utilisation_rate",
    year=2024,
    value=50.0,
    unit="%",
    entity="town",
    row=2,
    **more,
):
    cells = {"value": Cell(row, 3, "s", str(value)), "year": Cell(row, 2, "s", str(year))}
    given = {
        "status": "final",
        "published": "",
        "source": "bureau",
        "locator": "",
        "note": "",
        "note_zh": "",
        "qualifier": "",
    }
    return NewFigure(
        indicator,
        entity,
        year,
        value,
        unit,
        **{**given, **more},
        entry=Entry("a.csv", "", row, cells),
    )


def known(values, indicator="manure_utilisation_rate", entity="town", **more):
    row = {
        "status": "final",
        "published": "2020-01",
        "source": "bureau",
        "qualifier": "",
        "unit": "%",
    } | more
    return {(indicator, entity, year): {**row, "value": value} for year, value in values.items()}


def rules(figures, have, catalog, relations=()):
    found = checks.check_together(figures, have, catalog, relations, "town")
    return [(fault.rule, fault.level) for fault in found]


STEADY = {2017: 50.0, 2018: 51.0, 2019: 52.2, 2020: 53.1, 2021: 54.3, 2022: 55.2}


def test_a_jump_is_told_with_its_score():
    # changes of logarithms: median about .0199, deviations about .002: 70 is far beyond
    rule, told = checks.jump(STEADY, 2023, 70.0)
    assert rule == "jump"
    assert float(told["score"]) > 50 and told["limit"] == "3.5" and told["changes"] == 5
    assert checks.jump(STEADY, 2023, 56.4) is None


def test_the_score_is_that_of_iglewicz_and_hoaglin():
    # differences 1, 3, 1, 3 after a zero: median 2, MAD 1; the new one is 12
    others = {2017: 0.0, 2018: 1.0, 2019: 4.0, 2020: 5.0, 2021: 8.0}
    rule, told = checks.jump(others, 2022, 20.0)
    assert rule == "jump"
    assert told["score"] == "6.7"  # 0.6745 × (12 − 2) / 1
    assert checks.jump(others, 2022, 15.0) is None  # 0.6745 × 5 = 3.37


def test_growth_by_a_steady_rate_is_no_jump():
    others = {2015 + n: 100 * 1.3**n for n in range(7)}
    assert checks.jump(others, 2022, 100 * 1.3**7) is None


def test_a_small_change_is_no_jump_however_steady_the_series():
    flat = dict.fromkeys(range(2015, 2022), 50.0)
    assert checks.jump(flat, 2022, 51.0) is None
    assert checks.jump(flat, 2022, 60.0)[0] == "jump"


@pytest.mark.parametrize(("value", "odd"), [(29.0, False), (31.0, True), (3.4, False), (3.2, True)])
def test_short_series_are_compared_with_their_neighbour(value, odd):
    assert (checks.jump({2022: 10.0}, 2023, value) is not None) == odd


@pytest.mark.parametrize(
    ("value", "other", "slip"),
    [
        (812, 81, 10),
        (8.1, 81, 10),
        (81_000, 8.2, 1e4),
        (0.81, 81, 100),
        (81, 82, None),
        (0, 5, None),
        (400, 81, None),
    ],
)
def test_slips_of_units(value, other, slip):
    assert checks.unit_slip(value, other) == slip


def test_gaps_and_breaks(catalog):
    assert rules([figure(year=2025, value=56)], known(STEADY), catalog) == [("year_gap", "warning")]
    filled = [
        figure(year=2023, value=55.9),
        figure(year=2024, value=56.9),
        figure(year=2025, value=57.8),
    ]
    assert rules(filled, known(STEADY), catalog) == []
    # steel's series has a break for the nation in 2020: what came before says nothing
    name = "industrial_solid_waste_generated"
    before = known({2017: 1.0, 2018: 1.0, 2019: 1.0}, name, "china", unit="Mt")
    assert rules([figure(name, 2020, 30.0, "Mt", "china")], before, catalog) == []


def test_parts_above_totals(catalog, repo):
    relations = checks.load_relations(repo.factors / "relations.yml", catalog)
    total = known({2024: 10.0}, "solar_capacity", unit="MW")
    half = [
        figure("solar_capacity_utility", value=5.0, unit="MW"),
        figure("solar_capacity_distributed", value=5.04, unit="MW", row=3),
    ]
    assert rules(half, total, catalog, relations) == []  # rounding
    half[1] = figure("solar_capacity_distributed", value=5.1, unit="MW", row=3)
    assert rules(half, total, catalog, relations) == [("parts_above", "error")]
    assert rules(half[:1], total, catalog, relations) == []  # the other part is unknown


SECTORS = ("value_added_primary", "value_added_secondary", "value_added_tertiary")


def test_parts_as_first_published_are_not_set_against_a_revised_total(catalog, repo):
    relations = checks.load_relations(repo.factors / "relations.yml", catalog)
    total = known({2024: 90.0}, "gdp_current", unit="1e8 CNY", source="yearbook")
    parts = [figure(name, value=40.0, unit="1e8 CNY", row=n) for n, name in enumerate(SECTORS, 2)]

    def found(**accounts):
        faults = checks.check_together(parts, total, catalog, relations, "town", accounts)
        return [(one.rule, one.level) for one in faults]

    warned = [("parts_above_open", "warning")]
    assert found() == warned  # nothing is known of the sources
    assert found(yearbook="revised") == warned
    assert found(yearbook="revised", bureau="revised") == warned
    assert found(yearbook="revised", bureau="first") == []
    assert found(yearbook="first", bureau="revised") == []


def test_what_is_not_set_against_each_other_is_told_by_the_check(repo):
    told = [str(one) for one in standing(load("liupanshui", repo))]
    (line,) = [one for one in told if "gdp_current" in one]
    assert line == (
        "data/cities/liupanshui/observations: value_added_primary + value_added_secondary + "
        "value_added_tertiary of liupanshui exceed gdp_current in 2005–2006, 2009–2018, 2021, at "
        "most by 40.5 % (2015): some are as first published, the others of revised accounts "
        "('accounts' in sources.yml); enter revised figures of all of them"
    )


def test_the_shipped_figures_come_in_again_without_a_warning(as_shipped):
    """Every figure of the city as if it were new: nothing on file is odd to an import."""
    project = load("liupanshui", as_shipped)
    relations = checks.load_relations(as_shipped.factors / "relations.yml", project.catalog)
    rows = latest(project.observations, project.city.entities)
    figures = [
        figure(name, year, row["value"], row["unit"], entity, row=n, source=row["source"])
        for n, ((name, entity, year), row) in enumerate(rows.items(), start=2)
    ]
    accounts = checks.accounts_of(project.sources)
    faults = checks.check_together(figures, {}, project.catalog, relations, "liupanshui", accounts)
    assert len(figures) > 500
    assert [one for one in faults if one.rule.startswith("parts_above")] == []


def test_waste_utilised_may_come_from_stock(catalog, repo):
    relations = checks.load_relations(repo.factors / "relations.yml", catalog)
    waste = "industrial_solid_waste"
    have = known({2024: 10.0}, f"{waste}_generated", unit="Mt")
    used = figure(f"{waste}_utilised", value=11.0, unit="Mt")
    assert rules([used], have, catalog, relations) == [("parts_above_open", "warning")]
    enough = figure(f"{waste}_from_stock", value=1.0, unit="Mt", row=3)
    assert rules([used, enough], have, catalog, relations) == []
    short = figure(f"{waste}_from_stock", value=0.5, unit="Mt", row=3)
    assert rules([used, short], have, catalog, relations) == [("parts_above", "error")]


def test_units_of_parts_and_totals_are_reconciled(catalog):
    relation = checks.Relation(
        parts=("fertiliser_use_total",), totals=("raw_coal_output",), reason={"en": "a", "zh": "一"}
    )
    have = known({2024: 1.0}, "raw_coal_output", unit="Mt")
    assert (
        rules(
            [
                figure(
                    "fertiliser_use_total", value=999.0, unit=catalog["fertiliser_use_total"].unit
                )
            ],
            have,
            catalog,
            [relation],
        )
        == []
    )
    assert catalog["fertiliser_use_total"].unit == "kt"


def test_counties_cannot_exceed_the_city_in_what_adds_up(catalog):
    have = known({2024: 10.0}, "solar_capacity", unit="MW")
    counties = [
        figure("solar_capacity", value=6.0, unit="MW", entity=name, row=row)
        for row, name in enumerate(("east", "west"), 2)
    ]
    assert rules(counties, have, catalog) == [("counties_above", "error")]
    assert rules(counties[:1], have, catalog) == []
    shares = known({2024: 50.0})
    assert rules([figure(value=60.0, entity="east")], shares, catalog) == []


def test_relations_name_indicators_that_exist(catalog, repo, tmp_path):
    path = repo.factors / "relations.yml"
    named = {
        one
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")).values()
        for field in ("parts", "totals", "may_add")
        for one in entry.get(field, ())
    }
    assert named <= set(catalog)
    (tmp_path / "r.yml").write_text(
        "a: {parts: [x], totals: [y], reason: {en: a, zh: 一}, colour: red}\n", encoding="utf-8"
    )
    with pytest.raises(DataError, match="unknown key 'colour'"):
        checks.load_relations(tmp_path / "r.yml", catalog)


def broken_rules(figures, catalog):
    return [(fault.rule, fault.cell) for fault in check_figures(figures, catalog, TODAY)]


def test_every_row_that_breaks_a_rule_is_told(catalog):
    found = [
        figure(value=50.0),
        figure(value=101.0, row=3, year=2023),
        figure(value=-1.0, row=4, year=2022, published="2099-01"),
        figure(value=51.0, row=5),
        figure(year=2027, row=6),
        figure(year=2021, row=7, published="2020-05"),
        figure(year=2020, row=8, status="revised"),
    ]
    assert broken_rules(found, catalog) == [
        ("bounds", "C3"), ("bounds", "C4"), ("published_future", "C4"), ("duplicate", "C5"),
        ("year_future", "B6"), ("published_before", "C7"), ("revised_undated", "C8"),
    ]  # fmt: skip
    assert broken_rules(found[:1], catalog) == []
    assert broken_rules([], catalog) == []


def test_today_counts_in_the_precision_of_the_date(catalog):
    fine = [
        figure(published=one, year=2020 + n, row=n + 2)
        for n, one in enumerate(("2026", "2026-11", "2026-11-24"))
    ]
    assert broken_rules(fine, catalog) == []
    assert broken_rules([figure(published="2026-11-25")], catalog) == [("published_future", "C2")]


def test_what_a_figure_changes():
    have = known({2023: 80.0, 2022: 79.0}, published="2024-06")
    new = figure(year=2024)
    same = figure(year=2023, value=80.0, row=3, source="other")
    later = figure(year=2022, value=79.5, row=4, published="2025")
    changes, faults = compare([new, same, later], have)
    assert [one.action for one in changes] == ["new", "unchanged", "revised"]
    assert changes[2].figure.status == "revised" and later.status == "final"
    assert faults == []
    for more, rule in (
        (dict(), "revision_undated"),
        (dict(published="2024-06"), "revision_not_later"),
        (dict(published="2025", source="other"), "other_source"),
        (dict(published="2025", status="modelled"), "modelled_mixed"),
    ):
        _, faults = compare([figure(year=2023, value=81.0, **more)], have)
        assert [fault.rule for fault in faults] == [rule]
        assert "80" in faults[0].message("en")


def test_a_published_bound_differs_from_a_point():
    have = known({2023: 80.0}, published="2024-06")
    changes, _ = compare(
        [figure(year=2023, value=80.0, qualifier="at_least", published="2025")], have
    )
    assert [one.action for one in changes] == ["revised"]
