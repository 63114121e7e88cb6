"""The textbook chance: the worked example of ten road figures, and its guards."""

import pandas as pd
import pytest

from planbook.analysis.progress.line_chance import trend
from planbook.errors import ForecastRefused

TEN = pd.Series(
    [1.51, 1.51, 1.38, 1.40, 1.27, 1.55, 1.69, 1.65, 1.62, 1.82], index=range(2010, 2020)
)


def test_the_worked_example_to_the_digits_printed():
    line = trend(TEN, 2030, 1.5, wants="at_most")
    assert f"{line.mean:.4f} {line.lo95:.4f} {line.hi95:.4f}" == "2.1093 1.5247 2.6938"
    assert f"{line.chance:.4f}" == "0.0215"
    rate = trend(TEN, 2030, 1.5, wants="at_most", log=True)
    assert f"{rate.mean:.4f} {rate.lo95:.4f} {rate.hi95:.4f}" == "2.1957 1.4805 3.2564"
    assert f"{rate.chance:.4f}" == "0.0282"


def test_the_two_directions_add_up_to_one():
    below = trend(TEN, 2025, 1.9, wants="at_most").chance
    assert below + trend(TEN, 2025, 1.9, wants="at_least").chance == pytest.approx(1)


def test_a_perfect_line_is_certain_either_way():
    line = pd.Series({2015 + i: 10.0 + 2 * i for i in range(5)})
    assert trend(line, 2020, 20, wants="at_least").mean == pytest.approx(20)
    assert trend(line, 2020, 19, wants="at_least").chance == pytest.approx(1)
    assert trend(line, 2020, 21, wants="at_least").chance == pytest.approx(0)


def test_too_few_figures_and_logarithms_of_zero_are_refused():
    with pytest.raises(ForecastRefused, match="n=4"):
        trend(TEN.iloc[:4], 2030, 1.5, wants="at_most")
    with pytest.raises(ForecastRefused, match="refused_not_finite"):
        trend(TEN - 1.27, 2030, 1.5, wants="at_most", log=True)
