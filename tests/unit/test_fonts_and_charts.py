"""Charts: a font for both languages, no boxes, the same bytes each time."""

import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib import font_manager

from planbook.data.catalog import Catalog, Indicator
from planbook.data.series import series
from planbook.errors import FontError
from planbook.report.drawing import fonts
from planbook.report.drawing import style as charts

TEXT = {"en": "x", "zh": "x"}


def made(values: dict[int, float], **more):
    meta = Indicator(id="i", sector="s", title=TEXT, unit="t", direction="none", kind="amount",
                     bounds=(0, None), definition=TEXT, department="d", **more)  # fmt: skip
    known = pd.DataFrame(
        [
            dict(indicator="i", entity="town", year=year, value=value, status="final",
                 published="", source="s", qualifier="", note="", note_zh="")
            for year, value in values.items()
        ]
    )  # fmt: skip
    return series(known, Catalog({"i": meta}, {}), "i", "town")


def test_the_font_that_pip_brings_is_found():
    assert fonts.family() == fonts.OWN
    for weight, file in ((400, "NotoSansCJKsc-Regular.otf"), (700, "NotoSansCJKsc-Bold.otf")):
        wanted = font_manager.FontProperties(family=fonts.family(), weight=weight)
        found = Path(font_manager.findfont(wanted, fallback_to_default=False))
        assert found.name == file and "mpl_font" in found.parts


@pytest.fixture
def other_fonts(monkeypatch):
    """Let the system know fonts of the same families, from other files and placed first."""
    impostors = [
        font_manager.FontEntry(
            fname=str(Path(mpl.get_data_path()) / "fonts/ttf/STIXGeneral.ttf"), name=name,
            style="normal", variant="normal", weight=weight, stretch="normal", size="scalable",
        )
        for name in ("Noto Sans CJK SC", "DejaVu Sans", "Source Han Sans SC")
        for weight in (400, 700)
    ]  # fmt: skip
    fonts.family(), fonts.latin()
    own = [one for one in font_manager.fontManager.ttflist if one.name.startswith("planbook")]
    rest = [one for one in font_manager.fontManager.ttflist if one not in own]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [*impostors, *rest, *own])
    font_manager.fontManager._findfont_cached.cache_clear()
    yield
    font_manager.fontManager._findfont_cached.cache_clear()


def test_charts_are_drawn_with_files_of_packages_whatever_fonts_the_system_has(other_fonts):
    with_others = draw()
    plain = font_manager.findfont("Noto Sans CJK SC", fallback_to_default=False)
    assert plain.endswith("STIXGeneral.ttf")  # by its usual name the other one is found
    with charts.style():
        for family in mpl.rcParams["font.family"]:
            for weight in (400, 700):
                wanted = font_manager.FontProperties(family=family, weight=weight)
                path = font_manager.findfont(wanted, fallback_to_default=False)
                assert "mpl_font" in path or path.startswith(mpl.get_data_path())
                assert not path.endswith("STIXGeneral.ttf")
    program = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('drawing', {str(Path(__file__))!r})\n"
        "made = importlib.util.module_from_spec(spec); spec.loader.exec_module(made)\n"
        "sys.stdout.buffer.write(made.draw().encode())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode() == with_others


def test_no_font_is_a_clear_error(monkeypatch):
    fonts.family.cache_clear()
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    try:
        with pytest.raises(FontError, match="pip install mpl-font"):
            fonts.family()
    finally:
        fonts.family.cache_clear()


def test_a_character_without_a_glyph_is_an_error_and_never_a_box():
    with charts.style():
        figure = charts.new_figure((3, 2))
        figure.subplots().set_title("\U0001f9ff 六盘水")
        with pytest.raises(UserWarning, match=r"Glyph .* missing"):
            charts.to_svg(figure)


def draw() -> str:
    with charts.style():
        figure = charts.new_figure((4, 3))
        ax = figure.subplots()
        one = made({2018: 3.0, 2019: 4.0, 2021: 6.0})
        charts.plot_series(ax, one, charts.LOOKS["city"], label="六盘水市", lang="zh")
        charts.finish(ax, unit="吨 CO₂ µg/m³ ≥ −")
        charts.legend(figure, ax, narrow=True)
        return charts.to_svg(figure)


def test_the_same_chart_gives_the_same_bytes():
    assert draw() == draw()


def test_no_line_is_drawn_across_missing_years():
    with charts.style():
        ax = charts.new_figure((4, 3)).subplots()
        one = made({2018: 3.0, 2019: 4.0, 2021: 6.0})
        charts.plot_series(ax, one, charts.LOOKS["city"], label="x", lang="en")
    assert [list(line.get_xdata()) for line in ax.lines] == [[2018, 2019], [2021]]


def test_no_line_is_drawn_across_a_break():
    with charts.style():
        ax = charts.new_figure((4, 3)).subplots()
        one = made({2018: 3.0, 2019: 4.0, 2020: 6.0}, breaks=({"from": 2020, "reason": TEXT},))
        charts.plot_series(ax, one, charts.LOOKS["city"], label="x", lang="en")
    assert [list(line.get_xdata()) for line in ax.lines] == [[2018, 2019], [2020]]


def test_no_two_kinds_of_figure_share_a_line_style():
    styles = [(look.dashes, look.marker, look.filled) for look in charts.LOOKS.values()]
    assert len(set(styles)) == len(styles)
    dashes = [look.dashes for look in charts.LOOKS.values()]
    assert len(set(map(str, dashes))) == len(dashes)


def test_labels_are_wrapped_in_both_languages():
    assert charts.wrap("短", 10) == "短"
    assert max(map(len, charts.wrap("减污降碳协同增效实施方案", 12).split("\n"))) <= 6
    assert charts.wrap("Forecast of the waste rate", 14).count("\n") == 1
