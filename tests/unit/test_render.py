"""Plain tables, and sentences on a series that breaks."""

import pandas as pd
import pytest

from planbook import chapter
from planbook.report.figure import describe
from planbook.report.html.fragments import Column, without_empty

COLUMNS = [Column("name"), Column("published"), Column("modelled")]


def test_a_column_of_dashes_is_left_out_and_inputs_stay():
    rows = [{"group": "Air"}, {"anchor": "a", "cells": ["SO2", "3", "–"]}, {"cells": ["NOx", "–", "–"]}]  # fmt: skip
    columns, shown = without_empty(COLUMNS, rows)
    assert [one.title for one in columns] == ["name", "published"]
    assert shown == [{"group": "Air"}, {"anchor": "a", "cells": ["SO2", "3"]}, {"cells": ["NOx", "–"]}]  # fmt: skip
    assert rows[1]["cells"] == ["SO2", "3", "–"]


def test_a_column_with_one_figure_stays():
    rows = [{"cells": ["SO2", "3", "–"]}, {"cells": ["NOx", "–", "4"]}]
    assert without_empty(COLUMNS, rows) == (COLUMNS, rows)


@pytest.mark.parametrize(
    ("segments", "told"),
    [
        ([0, 0, 0], "50 % in 2015, 62 % in 2022 (3 figures)."),
        ([0, 1, 1], "Since the last break in the series: 59 % in 2018, 62 % in 2022 (3 figures in all)."),
        ([0, 0, 1], "62 % in 2022, the only figure since the last break in the series (3 figures in all)."),
    ],
)  # fmt: skip
def test_a_sentence_on_a_series_never_reaches_across_a_break(repo, segments, told):
    view = chapter.load("11_ecology", root=repo).view
    found = view.series("forest_coverage")
    frame = found.frame.iloc[:3].assign(value=[50.0, 59.0, 62.0], segment=segments, qualifier="")
    frame.index = pd.Index([2015, 2018, 2022], name="year")
    plain = type(found)(view.project.catalog["manure_utilisation_rate"], found.entity, frame)
    text = describe(view, plain, named=False)
    assert text.replace(".0 %", " %") == told
    assert describe(view, plain).endswith(text)
