"""The analyst's workbench runs from top to bottom, and holds no output."""

from __future__ import annotations

import json
from pathlib import Path

import ipywidgets
import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from planbook.analysis.forecast import ForecastRefused
from planbook.errors import PlanbookError
from planbook.data.paths import ROOT_VARIABLE
from planbook.data.city import load
from planbook.report.view import View
from planbook.widgets import lab
from planbook.widgets.forecast_explorer import ForecastExplorer, read_points

LAB = Path(__file__).resolve().parents[2] / "notebooks" / "lab" / "forecast_lab.ipynb"


def test_it_is_stored_without_outputs():
    book = json.loads(LAB.read_text(encoding="utf-8"))
    nbformat.validate(book)
    for cell in book["cells"]:
        assert not cell.get("outputs"), cell["id"]


def test_it_runs_for_the_shipped_city(repo, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(repo.root / "src"))
    monkeypatch.setenv(ROOT_VARIABLE, str(repo.root))
    book = nbformat.read(LAB, 4)
    NotebookClient(book, timeout=120, kernel_name="python3").execute(cwd=str(tmp_path))
    cells = {cell["id"]: cell for cell in book["cells"]}
    kinds = {kind for cell in cells.values() for one in cell.get("outputs", ()) for kind in one.get("data", {})}
    assert "application/vnd.jupyter.widget-view+json" in kinds
    assert not [one for cell in cells.values() for one in cell.get("outputs", ()) if one["output_type"] == "error"]


@pytest.fixture(scope="module")
def explorer(repo):
    view = View(load("liupanshui", repo), 2026, 2030, lang="en", level=95)
    return ForecastExplorer(view, [("pm25_iqair", "liupanshui")])


def test_settings_move_the_frame(explorer):
    before = explorer.frame
    explorer.choose(adjust=-5.0, adjust_from=2027)
    assert list(before.columns) == ["forecast", "unadjusted", "lo95", "hi95"]
    assert before.index[-1] == explorer.frame.index[-1] == 2028  # six years after the last figure
    ratio = explorer.frame["forecast"] / explorer.frame["unadjusted"]
    assert ratio.loc[2028] == pytest.approx(0.95**2)
    with pytest.raises(PlanbookError, match="no setting colour; use one of"):
        explorer.choose(colour="red")


def test_other_figures_and_years_are_fitted_and_refused_in_words(explorer):
    explorer.use({2015 + n: 30.0 + n for n in range(8)})
    assert explorer.payload["series"][0]["models"]["pooled"]["0"]["fit"] == [2015, 2022, 8]
    explorer.refit(2017, 2022)
    assert explorer.payload["series"][0]["models"]["pooled"]["0"]["fit"] == [2017, 2022, 6]
    explorer.request = {"kind": "window", "first": 2021, "last": 2022, "series": 0}
    assert explorer.message.startswith("Not fitted: ")
    explorer.request = {"kind": "data", "text": "year,value\n2020,a\n", "series": 0}
    assert "row 2: year or value is no number" in explorer.message
    with pytest.raises(ForecastRefused):
        explorer.use(pd.Series([-5.0, 1, 2, 3, 4], index=range(2015, 2020)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a CSV"),
        ("year\n2020\n", "one column only"),
        ("year,value\n", "no row below the header"),
        ("year,value\n2020,1\n2020,2\n", "a year occurs twice"),
        ("year,value\n2020.5,1\n", "row 2"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(text, message):
    with pytest.raises(PlanbookError, match=message):
        read_points(text)


def test_columns_are_found_by_name_or_place():
    assert read_points("\ufeffvalue,note,year\n3,x,2020\n2,y,2019\n").to_dict() == {2019: 2.0, 2020: 3.0}
    assert read_points("a,b\n2019,2\n").to_dict() == {2019: 2.0}


def test_a_slider_of_years_follows_a_series_of_other_years():
    slider = ipywidgets.IntRangeSlider()
    for first, last in ((2000, 2020), (2022, 2024), (1990, 1999)):
        lab.span(slider, pd.Series(1.0, index=range(first, last + 1)))
        assert (slider.min, slider.max, slider.value) == (first, last, (first, last))


def test_some_years_are_fitted_again_and_drawn_or_refused_in_words(repo, monkeypatch, capsys):
    view = View(load("liupanshui", repo), 2026, 2030, lang="en", level=95)
    which = ("pm25_iqair", "liupanshui")
    seen = lab.points(view, *which)
    first, last = int(seen.index[0]), int(seen.index[-1])
    shown = []
    monkeypatch.setattr(lab, "display", shown.append)
    lab.show_refit(view, which=which, model="pooled", years=(first, last - 1), change=2.0)
    (figure,) = shown
    past, median, moved = (figure.axes[0].lines[n] for n in (0, -2, -1))
    assert list(past.get_xdata()) == list(range(first, last))
    assert moved.get_ydata()[-1] > median.get_ydata()[-1]
    lab.show_refit(view, which=which, model="pooled", years=(last, last))
    assert len(shown) == 1
    assert capsys.readouterr().out.strip()
