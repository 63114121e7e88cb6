"""A city beside others: ranks, quantiles, the facts drawn from a panel, and their file."""

from __future__ import annotations

import csv
import re

import pandas as pd
import pytest

from planbook import chapter
from planbook.analysis.peers import (
    band,
    facts,
    measures,
    place,
    quantiles,
    ranks,
)
from planbook.data.city import load
from planbook.data.peers import COLUMNS, load_peers
from planbook.errors import DataError

SOURCES = {"bureau": object()}


def panel() -> pd.DataFrame:
    """Three cities, two years; the third has no GDP, prices of 2000 are half of today's."""
    rows = [
        # year, code, co2_t, real at 2000 prices, current, residents
        (2020, "110000", 8e6, 200.0, 400.0, 100.0),
        (2022, "110000", 6e6, 300.0, 700.0, 100.0),
        (2020, "120000", 3e6, 100.0, 100.0, 50.0),
        (2022, "120000", 6e6, 100.0, 150.0, None),
        (2020, "130000", 9e6, None, 300.0, 90.0),
        (2022, "130000", 9e6, None, 300.0, 90.0),
    ]
    names = ["year", "code", "co2_t", "gdp_real_1e8cny", "gdp_current_1e8cny", "population_1e4"]
    frame = pd.DataFrame(rows, columns=names)
    frame.attrs["prices"] = 2000
    return frame


def test_equal_values_share_the_better_rank_and_missing_ones_have_none():
    values = pd.Series([5.0, 9.0, 5.0, None, 1.0])
    assert ranks(values, largest_first=True).tolist() == [2, 1, 2, pd.NA, 4]
    assert ranks(values, largest_first=False).tolist() == [2, 4, 2, pd.NA, 1]


def test_quantiles_leave_out_what_is_missing():
    found = quantiles(pd.Series([0.0, 10.0, None, 20.0, 30.0, 40.0]))
    assert found.to_dict() == {
        "min": 0, "p10": 4, "p25": 10, "p50": 20, "p75": 30, "p90": 36, "max": 40
    }  # fmt: skip
    with pytest.raises(ValueError, match="quantiles of nothing"):
        quantiles(pd.Series([None], dtype="float64"))


def test_a_value_lies_between_two_quantiles():
    points = quantiles(pd.Series([0.0, 10.0, 20.0, 30.0, 40.0]))
    assert band(12, points) == ("p25", "p50")
    assert band(20, points) == ("p50", "p75")
    assert band(40, points) == ("p90", "max")
    with pytest.raises(ValueError, match="41 lies outside"):
        band(41, points)


def test_measures_of_a_panel():
    given = panel()
    kept = given.copy()
    found = measures(given, first=2020, last=2022)
    pd.testing.assert_frame_equal(given, kept)
    at = found.set_index(["measure", "year", "prices", "code"])["value"]
    # 8 Mt over 20 billion yuan: 4 t per 10,000 yuan; at prices of 2020 over 40 billion: 2
    assert at["intensity", 2020, 2000, "110000"] == pytest.approx(4)
    assert at["intensity", 2020, 2020, "110000"] == pytest.approx(2)
    assert at["intensity", 2022, 2020, "110000"] == pytest.approx(1)
    # 4 → 2: a fall by half, whatever the prices
    assert at["intensity_change", 2022, 2000, "110000"] == pytest.approx(-50)
    heads = found[found["measure"] == "per_head"].set_index(["year", "code"])["value"]
    assert heads[2020, "110000"] == pytest.approx(8)
    assert pd.isna(heads[2022, "120000"])
    assert pd.isna(at["intensity", 2022, 2000, "130000"])


def test_facts_count_only_cities_with_a_value():
    found = facts(measures(panel(), first=2020, last=2022), ["110000", "130000", "999999"])
    change = found[(found["measure"] == "intensity_change") & (found["row"] == "peer")]
    change = change.set_index("code")
    assert change["rank"].tolist() == [1, pd.NA, pd.NA]
    assert change["count"].tolist() == [2, 2, 2]
    points = found[(found["measure"] == "intensity_change") & (found["row"] == "quantile")]
    assert points.set_index("code")["value"][["min", "p50", "max"]].tolist() == pytest.approx(
        [-50, 25, 100]
    )
    heads = found[(found["measure"] == "per_head") & (found["year"] == 2022)]
    assert set(heads["count"]) == {2}


def test_scaling_a_unit_changes_no_rank_and_no_change():
    larger = panel().assign(co2_t=lambda one: one["co2_t"] * 1000)
    larger.attrs["prices"] = 2000
    one, other = (facts(measures(p, first=2020, last=2022), ["110000"]) for p in (panel(), larger))
    pd.testing.assert_series_equal(one["rank"], other["rank"])
    is_change = one["measure"] == "intensity_change"
    pd.testing.assert_series_equal(one["value"][is_change], other["value"][is_change])


# ---- the file


@pytest.fixture
def lines(repo):
    path = repo.root / "tests" / "fixtures" / "smallville" / "peers.csv"
    return path.read_text(encoding="utf-8").splitlines()


def loaded(tmp_path, lines):
    path = tmp_path / "peers.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_peers(path, "999900", SOURCES, tmp_path)


def test_a_good_file_gives_cities_and_quantiles(tmp_path, lines):
    found = loaded(tmp_path, lines)
    assert list(found.frame.columns) == COLUMNS
    assert found.years("intensity") == [2020, 2022]
    assert found.prices() == [2000]
    assert found.named("intensity", 2022, 2000).at["999900", "value"] == 2.7
    assert found.quantiles("intensity_change", 2022)["p50"] == -5
    assert found.sources == ["bureau"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("measure,year", "measure,years", "row 1: column 'year' is missing"),
        ("999900,Smallville,小城市,3,", "999900,Small,ville,小城市,3,", "row 2: 15 cells, the header has 14"),
        ("intensity,2020,,2000,peer,999900", "level,2020,,2000,peer,999900", "row 2, column measure"),
        ("999900,Smallville,小城市,3,t/1e4", "999900,Smallville,小城市,three,t/1e4", "row 2, column value"),
        ("小城市,3,t/1e4 CNY", "小城市,3,t", "row 2: unit 't' of intensity; give t/1e4 CNY"),
        ("intensity,2020,,2000,peer,999900", "intensity,2020,,,peer,999900", "row 2: a price base belongs"),
        ("per_head,2022,,,peer,999900", "per_head,2022,,2000,peer,999900", "row 32: a price base belongs"),
        ("intensity,2020,,2000,peer,999900", "intensity,2020,2019,2000,peer,999900", "row 2: a level since 2019; empty"),
        ("intensity_change,2022,2020,2000,peer,999900", "intensity_change,2022,2022,2000,peer,999900", "row 22: a change since 2022 in 2022; give an earlier"),
        ("2020,,2000,quantile,min", "2020,,2000,quantile,p5", "row 5: no quantile 'p5'; use one of min, p10"),
        ("2020,,2000,quantile,min,,,1,", "2020,,2000,quantile,min,,,,", "row 5: a quantile has a value and no rank"),
        ("2020,,2000,peer,999900", "2020,,2000,peer,9999", "row 2: code '9999' is no statutory code; give six"),
        ("Smallville,小城市,3,", "Smallville,,3,", "row 2: a city without its name in both"),
        ("小城市,3,t/1e4 CNY,2,4", "小城市,3,t/1e4 CNY,,4", "row 2: a value without rank"),
        ("小城市,3,t/1e4 CNY,2,4", "小城市,3,t/1e4 CNY,5,4", "row 2: rank 5 of 4; give a rank within"),
        ("小城市,3,t/1e4 CNY,2,4", "小城市,-3,t/1e4 CNY,2,4", r"row 2: value -3\.0 below zero"),
        ("小城市,3,t/1e4 CNY,2,4,modelled,bureau", "小城市,3,t/1e4 CNY,2,4,final,bureau", "row 2, column status"),
        ("小城市,3,t/1e4 CNY,2,4,modelled,bureau", "小城市,3,t/1e4 CNY,2,4,modelled,other", "row 2: unknown source 'other'; add it"),
        ("小城市,3,t/1e4 CNY,2,4,modelled,bureau", "小城市,3,t/1e4 CNY,2,4,modelled,", "row 2: unknown source ''"),
        ("2020,,2000,peer,999800,Otherville,他城市", "2020,,2000,peer,999900,Otherville,他城市", "row 3: '999900' stands twice for intensity 2020"),
        ("2020,,2000,quantile,p10,,,1.3", "2020,,2000,quantile,p10,,,2.6", "the quantiles of intensity 2020 2000 do not ascend"),
        ("小城市,3,t/1e4 CNY,2,4", "小城市,3,t/1e4 CNY,2,5", "several counts for intensity 2020"),
        ("小城市,3,t/1e4 CNY,2,4", "小城市,,t/1e4 CNY,,4", r"the city itself \(999900\) has no value for intensity 2020"),
        ("小城市,3,t/1e4 CNY,2,4", "小城市,9,t/1e4 CNY,1,4", r"row 2: value 9\.0 outside the quantiles"),
        ("小城市,3,t/1e4 CNY,2,4", "小城市,3,t/1e4 CNY,4,4", "the ranks of intensity 2020 2000 contradict the values"),
    ],
)  # fmt: skip
def test_each_rule_of_the_file_has_teeth(tmp_path, lines, old, new, message):
    text = "\n".join(lines)
    assert text.count(old) >= 1, old
    bad = text.replace(old, new, 1).splitlines()
    with pytest.raises(DataError, match=message):
        loaded(tmp_path, bad)


def test_the_first_rank_of_a_change_is_the_largest_fall(tmp_path, lines):
    bad = (
        "\n".join(lines).replace("市,-10,%,2,4", "市,-10,%,4,4").replace("市,5,%,4,4", "市,5,%,2,4")
    )
    with pytest.raises(DataError, match="the ranks of intensity_change 2022 2000 contradict"):
        loaded(tmp_path, bad.splitlines())


def test_a_missing_quantile_is_named(tmp_path, lines):
    bad = [line for line in lines if not line.startswith("intensity,2020,,2000,quantile,p90")]
    with pytest.raises(DataError, match=r"quantiles of intensity 2020 2000 are not min, p10"):
        loaded(tmp_path, bad)


def test_an_empty_file_is_refused(tmp_path, lines):
    with pytest.raises(DataError, match=re.escape("no row; give the facts or remove the file")):
        loaded(tmp_path, lines[:1])


@pytest.mark.parametrize(
    ("rank", "count", "expected"),
    [
        (1, 294, "top_tenth"), (31, 294, "top_tenth"), (45, 294, "top_quarter"),
        (88, 294, "top_quarter"), (100, 294, "upper_half"), (147, 294, "middle"),
        (1, 1, "middle"), (200, 294, "lower_half"), (230, 294, "bottom_quarter"),
        (294, 294, "bottom_tenth"),
    ],
)  # fmt: skip
def test_a_rank_is_told_roughly(rank, count, expected):
    assert place(rank, count) == expected
    with pytest.raises(ValueError, match="give one from 1 to"):
        place(count + 1, count)


# ---- the shipped city


def test_nothing_printed_was_rounded_before(repo):
    """By hand from the panel of 294 cities: sort the change of t CO2 per 10,000 yuan, 2020 to 2023.

    The two in the middle (147th and 148th) are −6.85697 and −6.84580, so the median is
    −6.85138 and prints as −6.9. Kept as −6.85 it printed −6.8. Bijie's change is +1.45201,
    the tenth percentile of CO2 per head 2.55015 (not +1.45 and 2.550, as kept before).
    """
    own = load("liupanshui", repo).peers
    change = own.quantiles("intensity_change", 2023)
    assert change["p50"] == pytest.approx((-6.856969702 - 6.845798173) / 2, abs=1e-7)
    assert f"{change['p50']:.1f}" == "-6.9"
    assert f"{own.named('intensity_change', 2023).at['520500', 'value']:.1f}" == "1.5"
    assert f"{own.quantiles('per_head', 2023)['p10']:.1f}" == "2.6"
    path = repo.city("liupanshui") / "peers.csv"
    with path.open(encoding="utf-8", newline="") as file:
        values = [row["value"] for row in csv.DictReader(file) if row["value"]]
    long = [one for one in values if len(one.strip("-0.").replace(".", "")) >= 7]
    assert len(values) > 90
    assert len(long) > 0.95 * len(values)  # nine digits, but for zeros at the end


def test_the_shipped_facts(repo):
    own = load("liupanshui", repo).peers
    change = own.named("intensity_change", 2023).loc["520200"]
    assert (round(change["value"], 2), change["rank"], change["count"]) == (-15.86, 31, 294)
    assert own.named("intensity", 2023, 2000).at["520200", "rank"] == 39
    assert own.named("intensity", 2023, 2020).at["520200", "rank"] == 45
    assert own.named("intensity", 2023, 2000)["value"].isna().sum() == 3  # not in the panel


def test_the_shipped_facts_agree_with_the_citys_own_series(as_shipped):
    from planbook.data.series import series

    project = load("liupanshui", as_shipped)
    known = project.known()
    for name, measure, digits in (
        ("co2_intensity_edgar", "intensity", 3),
        ("co2_intensity_edgar_change", "intensity_change", 2),
        ("co2_per_capita_edgar", "per_head", 3),
    ):
        points = series(known, project.catalog, name, "liupanshui").points
        years = project.peers.years(measure)
        assert years, measure
        for year in years:
            prices = 2000 if measure != "per_head" else None
            own = project.peers.named(measure, year, prices).at["520200", "value"]
            assert own == pytest.approx(points[year], abs=0.6 * 10**-digits)


def test_a_city_without_the_file_has_none(project):
    (project.city("smallville") / "peers.csv").unlink()
    assert load("smallville", project).peers is None
    own = chapter.load("16_synergy", city="smallville", root=project)
    assert own.peers.plot().plain == (
        "No comparison with other cities has been prepared for Smallville."
    )
    assert own.peers.table().html == ""


def test_the_page_names_ranks_and_what_is_not_covered(repo):
    own = chapter.load("16_synergy", root=repo)
    figure, listing = own.peers.plot(), own.peers.table()
    # rank 31 of 294 lies next to the tenth percentile, (30.3rd value): about the top tenth
    assert (
        "fell by 15.9 %, which puts it in about the top tenth of 294 cities by the size of the "
        "fall (middle one: −6.9 %)"
    ) in figure.html
    assert "stands in about the top tenth of 294" in figure.html
    assert "ranks 31" not in figure.html
    assert "(changes run from −42 % to +169 %)" in listing.html
    assert "39 from the highest at 2000 prices and 45 at 2020 prices" in figure.html
    assert listing.html.count("not covered") == 3
    assert set(figure.data["Cities ranked"]) == {285, 294, 295}
