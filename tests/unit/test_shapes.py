"""A target shape is one class: a new one is judged right at once, a half-made one does not load."""

from __future__ import annotations

import pytest
from judged import standing, target

from planbook.data.shapes import SHAPES, LevelByDate, TargetShape
from planbook.data.targets import Target

FIGURES = {2021: 78.0, 2022: 79.0, 2023: 80.0, 2024: 82.0, 2025: 83.0}  # mean 402 / 5 = 80.4
BEFORE = {2016: 75.0, 2017: 76.0, 2018: 76.5, 2019: 77.0, 2020: 77.5}


@pytest.fixture
def period_mean():
    """Make a shape that no plan has: the mean of the years from the base year to the deadline."""

    class PeriodMean(TargetShape):
        key, rule = "period_mean", "level"
        in_plan = needs_base = sums = may_hold_already = True
        relative = every_year = from_deadline = at_once = False
        to_full = rate = of_target = is_amount = is_paced = open_end = False
        keeps, start, yardsticks, refusal = "never", "zero", "kept", "shape_floor"

        def phrase(self, target):
            return None

        def measure(self, target, points, first):
            return points[points.index > target.base].expanding().mean()

        def spans(self, target, spans, base, whole):
            return {}

        def latest_for(self, wanted, latest, measured, base):
            return latest + wanted - measured

        def weights(self, before, steps):
            years = [before + step + 1 for step in range(steps)]
            return [before / count for count in years], [1 / count for count in years]

        def limits(self, lower, upper):
            return lower, upper

    yield lambda value: Target.model_construct(
        **target("cumulative", value, base_year=2020, deadline=2025).model_dump()
        | {"shape": PeriodMean.key}
    )
    del SHAPES[PeriodMean.key]


def test_a_new_shape_is_judged_by_what_it_measures(period_mean):
    missed = standing(period_mean(85), FIGURES, 2025)
    assert (missed.verdict, missed.latest_value) == ("missed", pytest.approx(80.4))
    assert standing(period_mean(80), FIGURES, 2025).verdict == "met"


def test_the_chance_of_a_new_shape_is_that_of_its_own_quantity(period_mean):
    until = {**BEFORE, **{year: value for year, value in FIGURES.items() if year < 2024}}
    easy, hard = (standing(period_mean(value), until, 2023) for value in (78.5, 82))
    # with 78, 79, 80 known the mean of five is 82 only if the last two are 86.5 on average
    assert easy.chance > 0.95 and hard.chance < 0.01
    assert easy.forecast.median[-1] == pytest.approx(79.6, abs=0.4)


def test_a_shape_that_leaves_an_answer_out_does_not_load():
    with pytest.raises(TypeError, match="Half gives no answer to rule, in_plan, needs_base"):
        type("Half", (TargetShape,), {"key": "half"})
    assert "half" not in SHAPES
    with pytest.raises(TypeError, match="Wordless gives no answer to phrase"):
        type("Wordless", (LevelByDate,), {"key": "wordless", "phrase": TargetShape.phrase})
