"""LMDI-I: published examples, the limits for zeros, and what must hold for any figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from planbook.analysis.drivers.decomposition import (
    KAYA,
    WITHOUT_ENERGY,
    chain_of_ratios,
    decompose,
    effects,
    log_mean,
    over,
)

# Four years of two sectors and three factors, the example of Ang 2005 as LMDIR tests it:
# https://github.com/MatthewHeun/LMDIR, tests/testthat/test_lmdi.R and test_util.R
YEARS = {
    1971: [[1, 10, 2], [4, 5, 3]],
    1972: [[4, 5, 3], [5, 6, 4]],
    1973: [[8, 2, 4], [5, 7, 5]],
    1974: [[10, 1, 5], [6, 8, 6]],
}
EFFECTS = {
    (1971, 1972): [
        [50.47438029, -25.23719014, 14.76280986],
        [19.31568569, 15.78206435, 24.90224996],
    ],
    (1972, 1973): [[42.96021467, -56.79031473, 17.83010006], [0, 22.47128816, 32.52871184]],
    (1973, 1974): [[12.6549815, -39.30996299, 12.6549815], [41.35566084, 30.28867832, 41.35566084]],
}
SUMS = {
    (1971, 1972): [69.79006598, -9.455125793, 39.66505981],
    (1972, 1973): [42.96021467, -34.31902656, 50.3588119],
    (1973, 1974): [54.01064234, -9.021284671, 54.01064234],
}
RATIOS = {
    (1971, 1972): [1.761117821, 0.926191306, 1.379410116],
    (1972, 1973): [1.229284572, 0.847970248, 1.273773912],
    (1973, 1974): [1.208140223, 0.968911503, 1.208140223],
}
STEPS = pytest.mark.parametrize("step", EFFECTS)
P = 9999.0  # any positive number
# population (million), floor area a head, and so on: China's commercial buildings, 2017 and 2018,
# https://github.com/xiwangxiang/PyLMDI, Numercial_Examples/Examples_China.py
BUILDINGS = {
    "P": (1390.08, 1395.38, 2.9614),
    "g": (59.04367375, 64.52073987, 69.0322),
    "s": (0.51892765, 0.521570193, 3.9527),
    "i": (0.002876626, 0.002743568, -36.8539),
    "e": (3.004500526, 3.053397862, 12.5628),
    "K": (2.07, 2.02, -19.0275),
}


def additive(x0, x1) -> np.ndarray:
    return effects(x0, x1).sum(axis=0)


def multiplicative(x0, x1) -> np.ndarray:
    """The same as ratios, D = exp(Z / L(V1, V0)): published tables give them, the book does not."""
    whole0, whole1 = (np.prod(one, axis=1).sum() for one in (x0, x1))
    return np.exp(additive(x0, x1) / log_mean(whole1, whole0))


def kaya(levels: pd.DataFrame) -> pd.DataFrame:
    names = KAYA if "energy" in set(levels["level"]) else WITHOUT_ENERGY
    return decompose(chain_of_ratios(levels, names), unit="Mt")


def frame(years: dict[int, list], sectors=("s1", "s2"), unit="1") -> pd.DataFrame:
    rows = [
        (year, sectors[i], f"f{k + 1}", float(value), unit)
        for year, table in years.items()
        for i, row in enumerate(table)
        for k, value in enumerate(row)
    ]
    return pd.DataFrame(rows, columns=["year", "sector", "factor", "value", "unit"])


# ---- published examples ----


@STEPS
def test_the_published_table_by_sector(step):
    found = effects(YEARS[step[0]], YEARS[step[1]])
    np.testing.assert_allclose(found, EFFECTS[step], atol=1e-6)


@STEPS
def test_the_published_sums_and_ratios(step):
    x0, x1 = YEARS[step[0]], YEARS[step[1]]
    np.testing.assert_allclose(additive(x0, x1), SUMS[step], atol=1e-7)
    np.testing.assert_allclose(multiplicative(x0, x1), RATIOS[step], atol=1e-8)


def test_the_example_adds_up_to_100_and_multiplies_to_2_25():
    x0, x1 = YEARS[1971], YEARS[1972]
    assert additive(x0, x1).sum() == pytest.approx(100, rel=1e-12)
    assert multiplicative(x0, x1).prod() == pytest.approx(2.25, rel=1e-12)


def test_the_buildings_of_china():
    x0 = [[one[0] for one in BUILDINGS.values()]]
    x1 = [[one[1] for one in BUILDINGS.values()]]
    found = additive(x0, x1)
    np.testing.assert_allclose(found, [one[2] for one in BUILDINGS.values()], atol=5e-5)
    # the sum of the printed example, and the totals that it starts from
    assert found.sum() == pytest.approx(32.6276739058, abs=1e-6)
    assert np.prod(x0) == pytest.approx(761.984276581356, abs=1e-6)
    assert np.prod(x1) == pytest.approx(794.6119504871361, abs=1e-6)


def test_energy_intensity_of_two_uses_with_one_that_ends():
    """The figures of Ghana of LMDIR's tests: a use of electricity that ends in the second year."""
    x0 = [
        [7909.898576, 0.168054745, 0.521283202, 0.009258785],
        [7909.898576, 0.072489945, 0.078700891, 0.036152202],
    ]
    x1 = [[42, 42, 42, 0], [7962.921168, 0.101321321, 0.059104816, 0.036042366]]
    found = effects(x0, x1)
    np.testing.assert_allclose(found[0], [0, 0, 0, -6.415779079], atol=1e-6)
    np.testing.assert_allclose(
        found[1], [0.011188553, 0.56076961, -0.479535332, -0.005095744], atol=1e-6
    )
    np.testing.assert_allclose(
        multiplicative(x0, x1), [1.002733012, 1.146589093, 0.889606884, 0.208820902], atol=1e-7
    )


# ---- zeros ----


@pytest.mark.parametrize(
    ("x0", "x1", "wanted"),
    [
        ([0, 6], [7, 6], [42, 0]),  # 1: the factor leaves zero
        ([7, 6], [0, 6], [-42, 0]),  # 2: it falls to zero
        ([0, 6], [7, 3], [21, 0]),  # 3: a factor that was and is positive, v from zero
        ([7, 6], [0, 3], [-42, 0]),  # 4: the same, v to zero
        ([0, P, 3], [0, P, 5], [0, 0, 0]),  # 5: v zero in both years; and 6: a factor always zero
        ([0, P], [0, 0], [0, 0]),  # 7: v zero in both years, the factor falls to zero
        ([0, 0], [0, P], [0, 0]),  # 8: v zero in both years, the factor leaves zero
    ],
)
def test_the_eight_limits(x0, x1, wanted):
    np.testing.assert_allclose(effects([x0], [x1])[0], wanted, atol=1e-12)


def test_factors_that_turn_together_share_the_change():
    np.testing.assert_allclose(effects([[0, 0, 2]], [[3, 4, 5]]), [[30, 30, 0]])
    np.testing.assert_allclose(effects([[3, 4, 5]], [[0, 4, 0]]), [[-30, 0, -30]])


def test_published_zeros():
    x0 = [[0, 10, 2], [4, 5, 3]]
    np.testing.assert_allclose(effects(x0, YEARS[1972])[0], [60, 0, 0], atol=1e-9)
    x1 = [[4, 5, 3], [5, 6, 0]]
    np.testing.assert_allclose(effects(YEARS[1971], x1)[1], [0, 0, -60], atol=1e-9)


def test_a_small_number_in_place_of_the_zero_comes_to_the_same():
    """The limits are limits: the general formula approaches them, if slowly."""
    exact = effects([[0.0, 6.0]], [[7.0, 6.5]])
    near = effects([[1e-300, 6.0]], [[7.0, 6.5]])
    np.testing.assert_allclose(near, exact, atol=0.01)


# ---- what must hold for any figures ----

FACTOR = st.one_of(st.floats(1e-3, 1e3), st.just(0.0))
POSITIVE = st.floats(1e-3, 1e3)


@st.composite
def pairs(draw, elements=FACTOR):
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 5)))
    return tuple(draw(hnp.arrays(float, shape, elements=elements)) for _ in range(2))


def whole(x: np.ndarray) -> float:
    return float(x.prod(axis=1).sum())


@settings(max_examples=300, deadline=None)
@given(pairs())
def test_nothing_is_left_over(pair):
    x0, x1 = pair
    kept = x0.copy(), x1.copy()
    found = effects(x0, x1)
    scale = max(whole(x0), whole(x1), 1e-300)
    assert abs(found.sum() - (whole(x1) - whole(x0))) / scale < 1e-9
    np.testing.assert_allclose(
        found.sum(axis=1), x1.prod(axis=1) - x0.prod(axis=1), rtol=0, atol=1e-9 * scale
    )
    np.testing.assert_array_equal(x0, kept[0])
    np.testing.assert_array_equal(x1, kept[1])


@settings(max_examples=200, deadline=None)
@given(pairs())
def test_reversing_time_flips_the_signs(pair):
    x0, x1 = pair
    scale = max(whole(x0), whole(x1))
    np.testing.assert_allclose(effects(x1, x0), -effects(x0, x1), rtol=1e-9, atol=1e-9 * scale)


@settings(max_examples=200, deadline=None)
@given(pairs(POSITIVE), st.floats(1e-3, 1e3), st.integers(0, 4))
def test_another_unit_scales_amounts(pair, scale, place):
    x0, x1 = pair
    column = place % x0.shape[1]
    y0, y1 = x0.copy(), x1.copy()
    y0[:, column] *= scale
    y1[:, column] *= scale
    size = max(whole(y0), whole(y1))
    np.testing.assert_allclose(
        additive(y0, y1), additive(x0, x1) * scale, rtol=1e-9, atol=1e-9 * size
    )


@settings(max_examples=200, deadline=None)
@given(pairs())
def test_two_halves_of_a_sector_are_the_sector(pair):
    x0, x1 = pair
    halves = []
    for x in (x0, x1):
        half = x[:1].copy()
        half[:, 0] /= 2
        halves.append(np.vstack([half, half, x[1:]]))
    scale = max(whole(x0), whole(x1))
    np.testing.assert_allclose(additive(*halves), additive(x0, x1), rtol=1e-9, atol=1e-9 * scale)


@settings(max_examples=200, deadline=None)
@given(st.floats(1e-12, 1e12), st.floats(1e-12, 1e12))
def test_the_logarithmic_mean_lies_between_its_arguments(a, b):
    mean = float(log_mean(a, b))
    assert min(a, b) * (1 - 1e-12) <= mean <= max(a, b) * (1 + 1e-12)
    assert mean == pytest.approx(float(log_mean(b, a)), rel=1e-12)
    assert mean >= np.sqrt(a) * np.sqrt(b) * (1 - 1e-9)  # above the geometric mean


@pytest.mark.parametrize(("a", "b", "mean"), [(3, 3, 3), (0, 3, 0), (3, 0, 0), (np.e, 1, np.e - 1)])
def test_the_logarithmic_mean(a, b, mean):
    assert float(log_mean(a, b)) == pytest.approx(mean)


# ---- frames ----


def test_a_chain_by_year_with_units_adds_up_over_the_period():
    factors = frame(YEARS)
    kept = factors.copy()
    found = decompose(factors, unit="Mt")
    pd.testing.assert_frame_equal(factors, kept)
    assert len(found) == 3 * 2 * 3
    assert set(found["unit"]) == {"Mt"}
    total = over(found, 1971, 1974)
    assert total["effect"].sum() == pytest.approx(258)
    assert total[["first_year", "last_year"]].drop_duplicates().to_numpy().tolist() == [
        [1971, 1974]
    ]
    by_factor = total.groupby("factor")["effect"].sum()
    assert by_factor["f1"] == pytest.approx(69.79006598 + 42.96021467 + 54.01064234)


def test_end_points_give_the_same_total_but_other_shares():
    ends = decompose(frame(YEARS), unit="Mt", chained=False)
    assert ends["effect"].sum() == pytest.approx(258)
    chain = over(decompose(frame(YEARS), unit="Mt"), 1971, 1974)
    assert not np.allclose(ends["effect"], chain["effect"])


def test_a_chain_with_a_hole_is_not_added_up():
    found = decompose(frame(YEARS), unit="Mt")
    with pytest.raises(ValueError, match="1970–1972: the steps do not lead"):
        over(found, 1970, 1972)
    with pytest.raises(ValueError, match="1971–1974: the steps do not lead"):
        over(found[found["first_year"] != 1972], 1971, 1974)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f[~((f.year == 1971) & (f.sector == "s2"))], "1971: sector 's2' has no row"),
        (lambda f: f.iloc[1:], "1971, sector 's1': no value of 'f1'"),
        (lambda f: pd.concat([f, f.iloc[:1]]), "1971, s1, f1: stands twice"),
        (lambda f: f.assign(value=f.value.where(f.index != 0, -1.0)), "-1 is negative"),
        (lambda f: f.assign(unit=["t"] + ["1"] * (len(f) - 1)), "factor f1: units 1, t"),
        (lambda f: f[f.year == 1971], "fewer than two years"),
        (lambda f: f.drop(columns="unit"), "column 'unit' is missing"),
        (lambda f: f.assign(value=np.nan), "no value of 'f"),
    ],
)
def test_faults_of_a_frame_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        decompose(change(frame(YEARS)), unit="Mt")


@pytest.mark.parametrize(
    ("x0", "x1", "message"),
    [
        ([[1, 2]], [[1, 2], [3, 4]], "the same sectors and factors in both years"),
        ([1, 2], [1, 2], "give .sectors, factors. twice"),
        ([[1, -2]], [[1, 2]], "first year, sector 0, factor 1: -2 is negative"),
        ([[1, 2]], [[1, np.inf]], "last year hold a value that is no number"),
        ([[]], [[]], "no sector or no factor"),
    ],
)
def test_faults_of_arrays_are_named(x0, x1, message):
    with pytest.raises(ValueError, match=message):
        effects(x0, x1)


def levels(**series: dict[int, float]) -> pd.DataFrame:
    units = {"population": "1e4 persons", "gdp": "1e8 CNY", "energy": "Mtce", "co2": "Mt"}
    rows = [
        (year, level, value, units[level])
        for level, values in series.items()
        for year, value in values.items()
    ]
    return pd.DataFrame(rows, columns=["year", "level", "value", "unit"])


def test_kaya_has_three_factors_and_four_where_energy_is_known():
    known = {
        "population": {2020: 100.0, 2021: 110.0},
        "gdp": {2020: 50.0, 2021: 66.0},
        "co2": {2020: 30.0, 2021: 36.0},
    }
    three = kaya(levels(**known)).set_index("factor")["effect"]
    assert list(three.index) == ["population", "gdp_per_head", "co2_per_gdp"]
    assert three.sum() == pytest.approx(6)
    weight = 6 / np.log(36 / 30)
    assert three["population"] == pytest.approx(weight * np.log(1.1))
    assert three["gdp_per_head"] == pytest.approx(weight * np.log(1.2))
    four = kaya(levels(**known, energy={2020: 10.0, 2021: 11.0})).set_index("factor")["effect"]
    assert list(four.index) == ["population", "gdp_per_head", "energy_per_gdp", "co2_per_energy"]
    # splitting a factor in two leaves the others as they are
    assert four["population"] == pytest.approx(three["population"])
    both = four["energy_per_gdp"] + four["co2_per_energy"]
    assert both == pytest.approx(three["co2_per_gdp"])


def test_a_year_without_one_of_the_levels_is_left_out_and_never_filled():
    known = levels(
        population={2012: 1.0, 2014: 1.1}, gdp={2012: 2.0, 2013: 2.1, 2014: 2.2},
        co2={2012: 3.0, 2013: 9.0, 2014: 3.1},
    )  # fmt: skip
    found = kaya(known)
    assert set(zip(found["first_year"], found["last_year"], strict=True)) == {(2012, 2014)}


def test_levels_must_be_known_and_above_zero():
    with pytest.raises(ValueError, match="level 'gdp' is missing; known are co2, population"):
        chain_of_ratios(
            levels(population={2020: 1.0}, co2={2020: 1.0}),
            {"population": "a", "gdp": "b", "co2": "c"},
        )
    with pytest.raises(ValueError, match="zero or below"):
        kaya(
            levels(
                population={2020: 1.0, 2021: 0.0},
                gdp={2020: 1.0, 2021: 1.0},
                co2={2020: 1.0, 2021: 1.0},
            )
        )
