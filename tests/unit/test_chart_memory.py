"""What is remembered while a chart is drawn changes nothing of it and is then forgotten."""

from contextlib import nullcontext

import pytest
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.font_manager import FontManager
from matplotlib.markers import MarkerStyle
from matplotlib.text import Text

from planbook.report.drawing import speedup as chart_memory
from planbook.report.drawing import style as charts

METHODS = (
    (Text, "_get_layout"),
    (FontManager, "_find_fonts_by_props"),
    (MarkerStyle, "_set_marker"),
    (Axes, "get_tightbbox"),
    (Axes, "draw"),
    (Axis, "_update_ticks"),
    (Axis, "_get_ticklabel_bboxes"),
)


def drawn() -> str:
    """Draw all that makes a layout hard: panels that share an axis, turned and bold texts."""
    with charts.style():
        figure = charts.new_figure((6, 5))
        above, below = figure.subplots(2, sharex=True)
        for ax, scale in ((above, 1.0), (below, 1e6)):
            ax.plot([2019, 2020, 2024], [scale, 3 * scale, 2 * scale], marker="^", label="六盘水 a")
            ax.annotate("30 ≥", (2020, 3 * scale), xytext=(0, 8), textcoords="offset points",
                        fontweight="bold", bbox={"boxstyle": "round", "fc": "white"})  # fmt: skip
        above.set_title("标题\n第二行")
        below.set_ylabel("万吨")
        below.tick_params(axis="x", rotation=35)
        twin = below.twinx()
        twin.plot([2019, 2024], [0.1, 0.9], marker="s", fillstyle="none")
        figure.align_ylabels()
        charts.legend(figure, above, narrow=False)
        return charts.to_svg(figure)


def test_a_chart_is_the_same_to_the_byte(monkeypatch):
    remembering = drawn()
    monkeypatch.setattr(charts, "remembered", nullcontext)
    assert remembering == drawn()


def test_matplotlib_has_every_method_and_has_it_back_afterwards():
    before = [(getattr(kind, name), name in vars(kind)) for kind, name in METHODS]
    with pytest.raises(ZeroDivisionError), chart_memory.remembered(), chart_memory.remembered():
        within = [getattr(kind, name) for kind, name in METHODS]
        assert all(one is not own for one, (own, _) in zip(within, before, strict=True))
        raise ZeroDivisionError
    assert [(getattr(kind, name), name in vars(kind)) for kind, name in METHODS] == before


def test_a_text_is_measured_once_and_again_when_it_changes(monkeypatch):
    measured = []
    plain = Text._get_layout
    monkeypatch.setattr(
        Text, "_get_layout", lambda self, by: measured.append(self.get_text()) or plain(self, by)
    )
    with charts.style():
        figure = charts.new_figure((3, 2))
        text = figure.text(0.5, 0.5, "a")
        by = figure._get_renderer()
        small = text.get_window_extent(by).width
        assert text.get_window_extent(by).width == small
        assert measured == ["a"]
        text.set_fontsize(30)
        assert text.get_window_extent(by).width > 2 * small
        text.set_text("aa")
        assert text.get_window_extent(by).width > 4 * small
    assert measured == ["a", "a", "aa"]


def test_a_changed_copy_of_a_marker_leaves_the_first_as_it_was():
    with chart_memory.remembered():
        first = MarkerStyle("^")
        copy = MarkerStyle(first)
        copy._set_fillstyle("none")
        copy._recache()
    assert (first.is_filled(), copy.is_filled()) == (True, False)


def test_ticks_follow_the_limits_between_two_looks():
    with charts.style():
        figure = charts.new_figure((4, 3))
        ax = figure.subplots()
        by = figure._get_renderer()
        for last in (10, 1000):
            ax.set_xlim(0, last)
            ax.get_tightbbox(by)
            assert max(tick.get_loc() for tick in ax.xaxis._update_ticks()) == last
