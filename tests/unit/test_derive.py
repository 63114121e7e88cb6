"""Derived series: formulas, statuses, breaks; nothing is filled in."""

import pandas as pd
import pytest

from planbook.data.catalog import Catalog, Indicator
from planbook.data.series import series

TEXT = {"en": "x", "zh": "x"}


def entry(name: str, **more) -> Indicator:
    base = dict(id=name, sector="s", title=TEXT, unit="t", direction="none", kind="amount",
                bounds=(0, None), definition=TEXT, department="d")  # fmt: skip
    return Indicator(**{**base, **more})


def rows(name: str, values: dict[int, float], **more) -> list[dict]:
    base = dict(status="final", source=f"of_{name}", published="", qualifier="", note="",
                note_zh="")  # fmt: skip
    return [
        {**base, "indicator": name, "entity": "town", "year": year, "value": value, **more}
        for year, value in values.items()
    ]


KNOWN = pd.DataFrame(
    rows("carbon", {2019: 90.0, 2020: 100.0, 2021: 95.0}, status="modelled")
    + rows("gdp", {2020: 50.0, 2021: 52.0, 2022: 55.0})
    + rows("bound", {2020: 40.0}, qualifier="at_least")
)


def of(op: str, *names: str, **more):
    made = entry("made", derive={"op": op, "of": names, **more})
    known = {name: entry(name) for name in ("carbon", "gdp", "bound")}
    return series(KNOWN, Catalog({**known, "made": made}, {}), "made", "town")


@pytest.mark.parametrize(
    ("op", "names", "more", "expected"),
    [
        ("ratio", ("carbon", "gdp"), {"factor": 10}, {2020: 20.0, 2021: 950 / 52}),
        ("share_of", ("gdp", "carbon"), {}, {2020: 50.0, 2021: 5200 / 95}),
        ("difference", ("carbon", "gdp"), {}, {2020: 50.0, 2021: 43.0}),
        ("sum", ("carbon", "gdp"), {}, {2020: 150.0, 2021: 147.0}),
        ("complement", ("gdp",), {}, {2020: 50.0, 2021: 48.0, 2022: 45.0}),
        ("change_from", ("carbon",), {"base_year": 2020}, {2019: -10.0, 2020: 0.0, 2021: -5.0}),
        ("change_from", ("gdp",), {"base_year": 2019}, {}),
        ("annual_change", ("gdp",), {}, {2021: 4.0, 2022: 100 * (55 / 52 - 1)}),
        ("ratio", ("gdp", "bound"), {}, {}),
    ],
)
def test_formulas_hold_only_where_every_input_has_a_point(op, names, more, expected):
    assert of(op, *names, **more).points.to_dict() == pytest.approx(expected)


def test_the_worst_status_and_all_sources_are_kept():
    made = of("ratio", "carbon", "gdp")
    assert made.frame["status"].unique().tolist() == ["modelled"]
    assert made.sources == ["of_carbon", "of_gdp"]
    assert made.is_modelled


def test_a_break_splits_and_a_bound_is_no_point():
    cut = entry("gdp", breaks=({"from": 2021, "reason": TEXT},))
    split = series(KNOWN, Catalog({"gdp": cut}, {}), "gdp", "town")
    assert split.frame["segment"].tolist() == [0, 1, 1]
    assert split.last_segment.index.tolist() == [2021, 2022]
    bound = series(KNOWN, Catalog({"bound": entry("bound")}, {}), "bound", "town")
    assert len(bound) == 1
    assert bound.points.empty


def test_a_break_of_another_place_does_not_split():
    cut = entry("gdp", breaks=({"from": 2021, "entity": "village", "reason": TEXT},))
    whole = series(KNOWN, Catalog({"gdp": cut}, {}), "gdp", "town")
    assert whole.frame["segment"].tolist() == [0, 0, 0]


def test_a_series_is_the_same_from_a_frame_and_from_figures(repo):
    from planbook.data.city import load
    from planbook.data.observations import Figures

    project = load("liupanshui", repo)
    known = project.known()
    figures = Figures(known)
    for entity in ("liupanshui", "guizhou"):
        for indicator in project.catalog:
            one = series(known, project.catalog, indicator, entity)
            two = series(figures, project.catalog, indicator, entity)
            pd.testing.assert_frame_equal(one.frame, two.frame)
            assert (one.indicator, one.entity) == (two.indicator, two.entity)


def test_targets_judged_one_by_one_stand_as_they_do_together(repo):
    from planbook.analysis.progress import history, stand_all
    from planbook.data.city import load
    from planbook.report.view import View

    project = load("liupanshui", repo)
    view = View(project, 2024, 2030, lang="en", level=95)
    found = stand_all(
        project.plan, project.known(2024), project.catalog, city="liupanshui", as_of=2024
    )
    past = history(
        project.plan.targets,
        project.observations,
        project.catalog,
        city="liupanshui",
        as_of=2024,
        plan_year=project.plan.year,
    )
    assert list(view.standings) == list(found) and len(found) > 30
    for name, one in found.items():
        two = view.standings[name]
        assert (one.verdict, one.rule, one.latest_value) == (
            two.verdict,
            two.rule,
            two.latest_value,
        )
    for name in list(past)[::6]:
        assert view.histories[name] == past[name]
