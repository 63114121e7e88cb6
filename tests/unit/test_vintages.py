"""What was known when: dates, replay by year and day, revised figures."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planbook.data.observations import known_in
from planbook.data.vintages import (
    day_of,
    is_day,
    known_from,
    last_day,
    revisions,
    standing,
    year_before,
    year_of,
)
from planbook.errors import ParameterError


def frame(*rows: tuple[str, int, float, str]) -> pd.DataFrame:
    """Rows of (entity, year, value, published), in the order of a file."""
    return pd.DataFrame(
        [
            {"indicator": "rate", "entity": entity, "year": year, "value": value, "unit": "%",
             "status": "final", "published": published, "source": f"s{number}",
             "qualifier": "", "row": number}
            for number, (entity, year, value, published) in enumerate(rows, start=2)
        ]
    )  # fmt: skip


TWICE = frame(
    ("town", 2020, 60.0, ""), ("town", 2020, 63.0, "2022-05"), ("town", 2021, 64.0, "2022")
)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2024", "2024-12-31"), ("2024-02", "2024-02-29"), ("2023-02", "2023-02-28"),
     ("2023-06-05", "2023-06-05")],
)  # fmt: skip
def test_a_date_that_names_no_day_means_its_last_one(text, day):
    assert last_day(text) == day_of(text) == day


def test_a_replay_stands_on_a_year_a_month_or_a_day():
    assert day_of(2024) == "2024-12-31"
    assert [year_of(one) for one in (2024, "2024-12-31", "2024-12-30")] == [2024, 2024, 2023]
    assert standing(2024) == standing("2024") == (2024, "")
    assert standing("2024-06-30") == (2023, "2024-06-30")
    assert year_before("2024-02-29") == "2023-02-28"
    for wrong in ("2024-13", "2023-02-29", "24", "soon", "2024-1-1", "2024-06-30T00"):
        assert not is_day(wrong)
        with pytest.raises(ParameterError, match=f"as_of '{wrong}': give a year, or a date"):
            day_of(wrong)


def test_an_undated_figure_counts_from_the_end_of_the_year_after_its_own():
    assert known_from(TWICE).tolist() == ["2021-12-31", "2022-05-31", "2022-12-31"]


@pytest.mark.parametrize(
    ("as_of", "values"),
    [(2020, []), ("2021-12-30", []), (2021, [60.0]), ("2022-05-30", [60.0]),
     ("2022-05-31", [63.0]), ("2022-12-30", [63.0]), (2022, [63.0, 64.0])],
)  # fmt: skip
def test_replay_by_year_and_day(as_of, values):
    before = TWICE.copy()
    assert known_in(TWICE, as_of)["value"].tolist() == values
    pd.testing.assert_frame_equal(TWICE, before)


DATES = st.one_of(
    st.just(""),
    st.integers(2018, 2024).map(str),
    st.dates(pd.Timestamp("2018-01-01").date(), pd.Timestamp("2024-12-31").date()).map(str),
    st.dates(pd.Timestamp("2018-01-01").date(), pd.Timestamp("2024-12-31").date()).map(
        lambda day: str(day)[:7]
    ),
)
ROWS = st.lists(
    st.tuples(st.sampled_from(["town", "city"]), st.integers(2017, 2020), st.integers(0, 9), DATES),
    min_size=1,
    max_size=8,
)
DAYS = st.dates(pd.Timestamp("2016-01-01").date(), pd.Timestamp("2026-12-31").date()).map(str)
quickly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quickly
@given(ROWS, DAYS)
def test_no_replay_uses_a_figure_published_later(rows, day):
    known = known_in(frame(*rows), day)
    assert (known_from(known) <= day).all()
    for published in known["published"]:
        assert last_day(published) <= day if published else True
    assert not known.duplicated(["indicator", "entity", "year"]).any()


@quickly
@given(ROWS, DAYS, DAYS)
def test_what_was_known_stays_known_and_no_earlier_vintage_comes_back(rows, one, other):
    early, late = sorted((one, other))
    key = ["indicator", "entity", "year"]
    first, second = (known_in(frame(*rows), day).set_index(key) for day in (early, late))
    assert set(first.index) <= set(second.index)
    for place in first.index:
        before, after = (
            (one.at[place, "published"], one.at[place, "row"]) for one in (first, second)
        )
        assert before <= after


@quickly
@given(ROWS, st.integers(2016, 2026))
def test_a_year_is_its_last_day(rows, year):
    pd.testing.assert_frame_equal(
        known_in(frame(*rows), year), known_in(frame(*rows), f"{year}-12-31")
    )


def test_a_revision_names_both_figures_and_the_change():
    (row,) = revisions(TWICE, 2024).to_dict("records")
    assert (row["before"], row["after"], row["year"]) == (60.0, 63.0, 2020)
    assert (row["before_published"], row["after_published"]) == ("", "2022-05")
    assert (row["before_source"], row["after_source"]) == ("s2", "s3")
    assert row["change_pct"] == pytest.approx(5.0)


def test_a_revision_that_is_not_known_yet_or_repeats_the_figure_is_none():
    assert revisions(TWICE, "2022-05-30").empty
    assert revisions(frame(("town", 2020, 60.0, ""), ("town", 2020, 60.0, "2022")), 2024).empty
    assert revisions(TWICE.iloc[:0], 2024).empty


def test_each_of_several_revisions_is_listed_with_the_one_before_it():
    thrice = frame(
        ("town", 2020, 50.0, "2021"), ("town", 2020, 0.0, "2022"), ("town", 2020, 55.0, "2023")
    )
    found = revisions(thrice, 2024)
    assert found[["before", "after"]].to_numpy().tolist() == [[50.0, 0.0], [0.0, 55.0]]
    assert found["change_pct"].iloc[0] == pytest.approx(-100.0)
    assert pd.isna(found["change_pct"].iloc[1])  # nothing can be a share of zero
