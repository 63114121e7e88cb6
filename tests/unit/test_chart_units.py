"""Plants as bars: one block a unit, one look a kind of work."""

from __future__ import annotations

import pandas as pd

from planbook.report.drawing import style as charts
from planbook.report.drawing.bars import plot_units

PLANTS = pd.DataFrame(
    {
        "name": ["One", "Two"],
        "kind": ["both", "saving"],
        "units_count": [2, 3],
        "unit_size": [660.0, 200.0],
        "total": [1320.0, 600.0],
        "label": ["2 × 660", "3 × 200"],
    }
)
KINDS = {"both": "both: 1,320 MW", "saving": "saving: 600 MW"}


def test_each_unit_is_a_block_and_each_kind_has_a_colour_and_a_hatch():
    before = PLANTS.copy()
    ax = plot_units(charts.new_figure(charts.WIDE).subplots(), PLANTS, KINDS, limit=2000)
    blocks = [one for one in ax.patches if one.get_width() > 100]
    assert sorted(one.get_width() for one in blocks) == [200] * 3 + [660] * 2
    looks = {(one.get_facecolor(), one.get_hatch()) for one in blocks}
    assert (
        len(looks) == len({color for color, _ in looks}) == len({hatch for _, hatch in looks}) == 2
    )
    assert [one.get_text() for one in ax.get_yticklabels()] == ["Two", "One"]  # the first on top
    assert sum(one.get_width() for one in blocks) == PLANTS["total"].sum()
    pd.testing.assert_frame_equal(PLANTS, before)


def test_the_legend_names_each_kind_once():
    ax = plot_units(charts.new_figure(charts.WIDE).subplots(), PLANTS, KINDS, limit=2000)
    assert ax.get_legend_handles_labels()[1] == list(KINDS.values())
