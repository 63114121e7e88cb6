"""Nothing is computed across a break, whatever stood before it.

The general test multiplies every figure before a break of its series and asks every door that
compares years for its answer again: what is said within one definition must not move.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from itertools import combinations

import pandas as pd
import pytest

from planbook import chapter
from planbook.analysis.drivers import decoupling
from planbook.analysis.drivers import levels as drivers
from planbook.analysis.forecast import ForecastRefused
from planbook.analysis.synergy.city import burdens_of
from planbook.analysis.synergy.equivalents import co_movement, screening
from planbook.data.catalog import Department, load_catalog
from planbook.data.city import load
from planbook.data.series import series
from planbook.errors import DataError
from planbook.report.figure import describe, details_of
from planbook.report.page import Page
from planbook.report.series.calls import MONTHS as MONTH_NAMES
from planbook.report.view import View
from planbook.widgets.lab import points as fitted_in_the_lab

FACTOR = 1.37
MONTHS = [f"pm25_{month}" for month in MONTH_NAMES]


@pytest.fixture(scope="module")
def shipped(as_shipped):
    return load("liupanshui", as_shipped)


def breaks_of(project, indicator: str, entity: str) -> list[int]:
    return [one.from_ for one in project.catalog[indicator].breaks_of(entity) if not one.gap]


@pytest.fixture(scope="module")
def shifted(shipped):
    """The same city, had every figure before a break been larger by a factor for each break."""
    frame = shipped.observations.copy()
    last = frame.groupby(["indicator", "entity"])["year"].transform("max")
    size = [
        FACTOR ** sum(year < first <= end for first in breaks_of(shipped, indicator, entity))
        for indicator, entity, year, end in zip(
            frame["indicator"], frame["entity"], frame["year"], last, strict=True
        )
    ]
    assert sum(one != 1 for one in size) > 150
    return replace(shipped, observations=frame.assign(value=frame["value"] * size))


def views(shipped, shifted) -> tuple[View, View]:
    year = shipped.city.as_of
    return tuple(View(one, year, 2030, lang="en", level=95) for one in (shipped, shifted))


@pytest.fixture(scope="module")
def broken(shipped) -> list[tuple[str, str]]:
    """Every series that has figures on both sides of a break, computed ones too."""
    known = shipped.known()
    found = []
    for indicator in shipped.catalog:
        for entity in shipped.entities:
            years = breaks_of(shipped, indicator, entity)
            points = series(known, shipped.catalog, indicator, entity).points if years else ()
            if len(points) and any(points.index[0] < one <= points.index[-1] for one in years):
                found.append((indicator, entity))
    return found


def test_the_shipped_city_has_series_that_break(broken):
    assert len(broken) > 20
    assert {("pm25_iqair", "liupanshui"), ("pm25_who", "liupanshui"), ("pm25_stations", "liupanshui"),
            ("pm25_january", "liupanshui"), ("good_air_days_share", "china"),
            ("heavy_industry_share_co2", "liupanshui")} - set(broken) <= {
                ("heavy_industry_share_co2", "liupanshui")}  # fmt: skip


def test_what_stood_before_a_break_moves_no_forecast_sentence_or_score(shipped, shifted, broken):
    before, after = views(shipped, shifted)
    drawn = 0
    for indicator, entity in broken:
        told = []
        for view in (before, after):
            found = view.series(indicator, entity)
            said = [describe(view, found)]
            try:
                made = view.forecast(indicator, entity)[1]
                said += [made.fitted_years, *(made.quantile(p).tolist() for p in (0.1, 0.5, 0.9))]
                drawn += 1
            except ForecastRefused as error:
                said.append((error.reason, error.details))
            try:
                said.append(fitted_in_the_lab(view, indicator, entity).to_dict())
                said.append(view.track(indicator, entity))
            except ForecastRefused as error:
                said.append((error.reason, error.details))
            told.append(said)
        assert told[0] == told[1], (indicator, entity)
    assert drawn


def test_what_stood_before_a_break_moves_no_state_of_a_target(shipped, shifted):
    frames = [view.status for view in views(shipped, shifted)]
    pd.testing.assert_frame_equal(*frames)


def test_what_stood_before_a_break_moves_no_pair_of_series(shipped, shifted, broken):
    """Falls of two series, the coupling of two, and every elasticity to GDP."""
    before, after = views(shipped, shifted)
    names = [name for name, entity in broken if entity == "liupanshui"]
    names += ["co2_emissions_edgar", "co2_emissions_ceads"]
    counted = 0
    for one, other in combinations(dict.fromkeys(names), 2):
        told = []
        for view in (before, after):
            parts = [view.series(name).last_segment for name in (one, other)]
            said = [co_movement(*parts)]
            said += [screening(*parts, yearly=yearly).to_dict() for yearly in (False, True)]
            said.append(burdens_of(view, one, other)[0].to_dict())
            told.append(said)
        counted += told[0][0] is not None
        assert told[0] == told[1], (one, other)
    assert counted > 5


CHANGES = ["first_year", "last_year", "change_pct", "growth_pct", "elasticity", "state"]


def test_what_stood_before_a_break_moves_no_elasticity_to_gdp_and_no_driver(
    shipped, shifted, broken
):
    compared = 0
    for entity in shipped.entities:
        told = []
        for view in views(shipped, shifted):
            said = []

            def series_of(name, view=view, entity=entity):
                return view.series(name, entity)

            gdp = drivers.real_gdp(series_of)
            for indicator, place in broken:
                if gdp is None or place != entity:
                    continue
                quantity = drivers.joined(view.series(indicator, entity))
                if (quantity["value"] > 0).all():
                    said.append(decoupling.by_year(quantity, gdp[0])[CHANGES])
                    said.append(decoupling.by_plan(quantity, gdp[0])[["plan", *CHANGES]])
            for carbon in ("co2_emissions_edgar", "co2_emissions_ceads", "co2_emissions_total"):
                known = drivers.levels(series_of, carbon)
                if known is not None:
                    effects = known.effects()
                    spans = effects.groupby(["first_year", "last_year"])["effect"]
                    shares = effects["effect"] / spans.transform(lambda own: own.abs().sum())
                    said.append(effects[["first_year", "last_year", "factor"]].assign(share=shares))
            told.append(said)
        for one, other in zip(*told, strict=True):
            compared += len(one)
            pd.testing.assert_frame_equal(one, other)
    assert compared > 50


def test_what_stood_before_a_break_moves_no_sentence_of_the_pages(shipped, shifted):
    told = []
    for view in views(shipped, shifted):
        air = chapter.Chapter(Page("12_air", view))
        synergy = chapter.Chapter(Page("16_synergy", view))
        pollutants = ["industrial_so2_emissions", "pm25_iqair", "pm25_who"]
        shown = [
            air.headline("pm25_iqair", "good_air_days_share", "industrial_so2_emissions"),
            synergy.synergy.table_co_movement(
                "co2_emissions_edgar", "co2_emissions_ceads", pollutants=pollutants
            ),
            synergy.synergy.plot_city_years("co2_emissions_edgar", pollutants=pollutants),
            synergy.synergy.plot_coupling("co2_emissions_edgar", "industrial_so2_emissions"),
            synergy.synergy.table_coupling("co2_emissions_edgar", "industrial_so2_emissions"),
            synergy.drivers.table_required("co2_emissions_edgar", target="co2_intensity_2025"),
        ]
        told.append([one.plain for one in shown])
    assert told[0] == told[1]


# ---- PM2.5 and CO2 of the city, by hand from the rows as they stand in the files


def raw(as_shipped, sector: str, indicator: str) -> dict[int, float]:
    path = as_shipped.city("liupanshui") / "observations" / f"{sector}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["indicator"] == indicator]
    return {int(row["year"]): float(row["value"]) for row in rows if row["entity"] == "liupanshui"}


def test_pm25_and_co2_are_compared_from_2019_on(as_shipped):
    pm25, co2 = (
        raw(as_shipped, *one)
        for one in (("air", "pm25_iqair"), ("emissions", "co2_emissions_edgar"))
    )
    falls = [1 - own[2022] / own[2019] for own in (pm25, co2)]
    assert [round(100 * one, 1) for one in falls] == [4.7, 9.6]
    assert round(falls[1] / falls[0], 2) == 2.05
    own = chapter.load("16_synergy", root=as_shipped)
    plain = own.synergy.plot_city_years("co2_emissions_edgar", pollutants=["pm25_iqair"]).plain
    assert "2019 to 2022: −4.7 %; CO2 −9.6 % (I: both fall, elasticity 2.05)" in plain
    table = own.synergy.table_co_movement("co2_emissions_edgar", pollutants=["pm25_iqair"]).plain
    assert "2017" not in plain + table
    assert "42.7" not in plain + table


def test_the_forecast_of_pm25_rests_on_2019_and_later(as_shipped):
    view = chapter.load("12_air", root=as_shipped).view
    assert view.series("pm25_iqair").last_segment.to_dict() == {
        2019: 23.4, 2020: 21.1, 2021: 24.1, 2022: 22.3,
    }  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_breaks_alike_is_said_once(as_shipped, lang):
    """Eight months break before 2019 and four before 2018, all for one reason: two lines."""
    page = chapter.load("12_air", lang=lang, root=as_shipped)
    catalog = page.view.project.catalog
    page.series.plot_months("pm25", title="title_pm25_months")
    under = details_of(page.view, [page.view.series(month) for month in MONTHS])
    (reason,) = {
        one.reason[lang]
        for month in MONTHS
        for one in catalog[month].breaks_of("liupanshui")
        if one.from_ in (2018, 2019)
    }
    for said in (page.caveats().plain.splitlines(), under):
        lines = [line for line in said if line.endswith(reason)]
        assert len(lines) == 2
        names = [one.strip() for one in re.split("[;；,：]|六盘水市", " ;".join(lines))]
        assert all(names.count(catalog[month].title[lang]) == 1 for month in MONTHS)


def test_months_of_two_bases_are_neither_drawn_nor_averaged_together(as_shipped):
    """By hand, from the twelve figures a year: 2015 and 2016 on one basis, 2021 on the other."""
    months = [raw(as_shipped, "air", name) for name in MONTHS]
    mean = [(own[2015] + own[2016]) / 2 for own in months]
    later = [own[2021] for own in months]
    high, low = mean.index(max(mean)) + 1, mean.index(min(mean)) + 1
    own = chapter.load("12_air", root=as_shipped).series.plot_months(
        "pm25", title="title_pm25_months"
    )
    assert f"highest in month {high}, lowest in month {low}, on the average" in own.plain
    assert "(2015, 2016)" in own.plain
    assert (
        f"In 2021: highest in month {later.index(max(later)) + 1}, "
        f"lowest in month {later.index(min(later)) + 1}."
    ) in own.plain
    assert "2015, 2016, 2021" not in own.plain
    assert "are not averaged together" in own.html


# ---- the rule of the catalogue

ENTRY = """
pm25_new:
  title: {en: PM, zh: 颗粒物}
  unit: ug/m3
  direction: down
  kind: concentration
  bounds: [0, null]
  definition: {en: Mean., zh: 均值。}
  department: ecology_environment
"""
CHANGES_FILE = """
amended:
  date: 2018-09-01
  kinds: [concentration]
  units: [ug/m3]
  indicators: [good_days]
  reason: {en: New basis., zh: 新基准。}
  mixed: {en: Both bases., zh: 两种基准。}
  source: notice
"""


def catalog_of(folder, text: str):
    (folder / "basis").mkdir(exist_ok=True)
    (folder / "basis" / "changes.yml").write_text(CHANGES_FILE, encoding="utf-8")
    (folder / "air.yml").write_text(text, encoding="utf-8")
    return load_catalog(folder, {"ecology_environment": Department(en="E", zh="环")})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("", "without a break for every place"),
        ("  breaks: [{from: 2019, entity: town, change: amended}]\n", "for every place"),
        ("  breaks: [{from: 2020, change: amended}]\n", "give 2018 or 2019"),
        ("  breaks: [{from: 2019, gap: true, change: amended}]\n", "without 'gap'"),
        ("  breaks: [{from: 2019, change: other}]\n", "no change of basis 'other'"),
        ("  unaffected: {other: {en: x, zh: x}}\n", "no change of basis 'other'"),
        (
            "  breaks: [{from: 2019, change: amended}]\n  unaffected: {amended: {en: x, zh: x}}\n",
            "keep one of the two",
        ),
    ],
)
def test_a_series_of_the_kind_must_break_or_say_why_not(tmp_path, more, message):
    with pytest.raises(DataError, match=message):
        catalog_of(tmp_path, ENTRY + more)


def test_a_break_takes_its_reason_from_the_change(tmp_path):
    breaks = "[{from: 2018, change: amended, mixed: true}, {from: 2019, change: amended}]"
    own = catalog_of(tmp_path, f"{ENTRY}  breaks: {breaks}\n")["pm25_new"].breaks_of("town")
    assert [(one.from_, one.reason.en) for one in own] == [
        (2018, "Both bases."),
        (2019, "New basis."),
    ]
    said = "  unaffected: {amended: {en: Modelled., zh: 模型。}}\n"
    assert catalog_of(tmp_path, ENTRY + said)["pm25_new"].breaks == ()
    flue = ENTRY.replace("ug/m3", "mg/m3")  # of another unit: not of the kind
    assert catalog_of(tmp_path, flue)["pm25_new"].breaks == ()
    with pytest.raises(DataError, match=r"good_days.*without a break"):
        share = ENTRY.replace("pm25_new", "good_days").replace("ug/m3", '"%"')
        catalog_of(tmp_path, share.replace("concentration", "share"))


def test_every_concentration_in_ambient_air_breaks_in_2018_or_2019(shipped):
    """Told from the units alone: what is no flue gas and no model is ambient air."""
    apart = {
        "coal_power_dust_concentration", "coal_power_so2_concentration",
        "coal_power_nox_concentration", "pm25_population_exposure",
    }  # fmt: skip
    found = [one for one in shipped.catalog.values() if one.unit in ("ug/m3", "mg/m3")]
    assert len(found) > 35
    for one in found:
        years = {item.from_ for item in one.breaks if item.entity is None}
        assert bool(years & {2018, 2019}) is (one.id not in apart), one.id
    for name in ("good_air_days_share", "good_air_days_share_county"):
        assert 2019 in {one.from_ for one in shipped.catalog[name].breaks if one.entity is None}


def test_a_computed_series_breaks_with_its_inputs_and_changes_leave_the_step_out(tmp_path):
    base = ENTRY.replace("ug/m3", "t").replace("concentration", "amount")

    def made(name: str, derive: str) -> str:
        return base.replace("pm25_new", name) + f"  derive: {derive}\n"

    text = (
        base
        + "  breaks: [{from: 2019, reason: {en: x, zh: x}}]\n"
        + base.replace("pm25_new", "gdp")
    )
    text += made("ratio", "{op: ratio, of: [pm25_new, gdp]}")
    text += made("again", "{op: sum, of: [ratio, gdp]}")
    text += made("yearly", "{op: annual_change, of: [pm25_new]}")
    text += made("since", "{op: change_from, of: [pm25_new], base_year: 2018}")
    catalog = catalog_of(tmp_path, text)
    rows = [
        dict(indicator=name, entity="town", year=year, value=value, status="final", source="s",
             published="", qualifier="", note="", note_zh="")
        for name, values in (("pm25_new", (40, 30, 10, 11)), ("gdp", (1, 1, 1, 1)))
        for year, value in zip(range(2017, 2021), values, strict=True)
    ]  # fmt: skip
    known = pd.DataFrame(rows)

    def points(name: str) -> pd.Series:
        return series(known, catalog, name, "town").points

    for name in ("ratio", "again"):
        assert series(known, catalog, name, "town").frame["segment"].tolist() == [0, 0, 1, 1], name
    assert points("yearly").to_dict() == pytest.approx({2018: -25.0, 2020: 10.0})
    assert points("since").to_dict() == pytest.approx({2017: 100 / 3, 2018: 0.0})


def test_growth_is_not_chained_across_a_break():
    growth = pd.DataFrame(
        {"year": [2018, 2019, 2020], "value": [10.0, 50.0, 20.0], "prices": "constant",
         "segment": [0, 1, 1]}
    )  # fmt: skip
    found = decoupling.chain_index(growth)
    assert found[["year", "segment"]].to_numpy().tolist() == [
        [2017, 0],
        [2018, 0],
        [2019, 1],
        [2020, 1],
    ]
    assert found["value"].tolist() == pytest.approx([100, 110, 100, 120])


def test_a_scenario_takes_no_trend_across_a_break(project):
    """Smallville's baseline rests on the growth of real GDP from 2020 to 2022."""
    path = project.catalog / "economy.yml"
    text = path.read_text(encoding="utf-8")
    head, entry = text.split("gdp_real:\n")
    for first, gap, refused in ((2021, "", True), (2021, ", gap: true", False), (2020, "", False)):
        cut = f"  breaks: [{{from: {first}{gap}, reason: {{en: x, zh: x}}}}]\n"
        path.write_text(f"{head}gdp_real:\n{cut}{entry}", encoding="utf-8")
        if refused:
            with pytest.raises(DataError, match="'gdp_real' breaks before 2021, between 2020 and"):
                load("smallville", project)
        else:
            load("smallville", project)
