"""The explorer in JupyterLab with a live kernel: what is set arrives in Python and comes back."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError

from planbook.data.paths import ROOT_VARIABLE

pytestmark = pytest.mark.browser

REPO = Path(__file__).resolve().parents[2]
TOKEN = "lab"
START = """import pandas as pd
from planbook import chapter
from planbook.widgets.forecast_explorer import ForecastExplorer
book = chapter.load("20_inventory")
ex = book.forecast_explorer.show("co2_emissions_edgar")
ex"""
TELL = "print('told', type(ex).__name__, ex.settings['adjust'], ex.settings['model'], ex.payload['series'][0]['models']['pooled']['0']['fit'])"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab of its own on a free port, without settings of whoever runs the tests."""
    pytest.importorskip("jupyterlab")
    home = tmp_path_factory.mktemp("lab")
    cells = [
        {
            "cell_type": "code",
            "id": name,
            "metadata": {},
            "source": text,
            "outputs": [],
            "execution_count": None,
        }
        for name, text in (
            ("start", START),
            ("tell", TELL),
            ("move", "ex.choose(adjust=3.0, model='naive')"),
            ("scenarios", "sx = book.scenario_explorer.show()\nsx"),
            ("told", "print('told', type(sx).__name__, sx.settings['activity.power'])"),
            ("set", "sx.choose(year=2035)"),
        )
    ]
    book = {
        "cells": cells,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (home / "live.ipynb").write_text(json.dumps(book), encoding="utf-8")
    own = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "RUNTIME")}
    environment = {
        **os.environ,
        **own,
        "PYTHONPATH": str(REPO / "src"),
        ROOT_VARIABLE: str(REPO),
        "OPENBLAS_NUM_THREADS": "1",
    }
    environment |= {
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "spaces"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.port=0", "--allow-root", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={home}", "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
    try:
        address = None
        for _ in range(240):
            files = list((home / "RUNTIME").glob("jpserver-*.json"))
            if files:
                address = json.loads(files[0].read_text(encoding="utf-8"))["url"]
                try:
                    urllib.request.urlopen(f"{address}api?token={TOKEN}", timeout=2)
                    break
                except OSError:
                    pass
            assert process.poll() is None, (home / "log").read_text()
            time.sleep(0.25)
        else:
            pytest.fail((home / "log").read_text())
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def run_cell(page, number: int) -> None:
    page.locator(".jp-CodeCell .jp-InputArea-editor").nth(number).click()
    page.keyboard.press("Control+Enter")


def shown(page, number: int, place) -> None:
    """Run a cell until its output is there; a key that came too early was lost."""
    for _ in range(6):
        prompt = page.locator(".jp-CodeCell").nth(number).locator(".jp-InputPrompt").inner_text()
        if "*" not in prompt:  # else it still runs
            run_cell(page, number)
        try:
            return place.wait_for(timeout=30_000)
        except TimeoutError:
            continue
    raise AssertionError(f"cell {number} shows nothing: {prompt}")


def told(page, *wanted: str, cell: int = 1) -> str:
    """Run a cell, at first the second, until it prints everything wanted."""
    text = ""
    for _ in range(20):
        run_cell(page, cell)
        page.wait_for_timeout(400)
        text = page.locator(".jp-CodeCell").nth(cell).locator(".jp-OutputArea").inner_text()
        if all(one in text for one in wanted):
            return text
    raise AssertionError(f"{wanted} not in {text}")


def test_what_is_set_in_the_widget_arrives_in_python_and_back(lab, chromium, tmp_path):
    context = chromium.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda one: one.url.startswith((lab, lab.replace("http", "ws", 1), "data:", "blob:")) or wrong.append(one.url))  # fmt: skip
    try:
        page.goto(f"{lab}lab/tree/live.ipynb?token={TOKEN}")
        page.locator(".jp-CodeCell").nth(2).wait_for(timeout=60_000)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=60_000)
        explorer = page.locator(".pb-x").first
        shown(page, 0, explorer.locator(".pb-x-chart"))
        assert "ForecastExplorer" in told(page, "ForecastExplorer 0.0 pooled [2000, 2023, 24]")

        number = explorer.locator("input[name=adjust_number]")
        number.fill("-2.5")
        number.press("Enter")
        explorer.locator("select[name=model]").select_option("drift")
        told(page, "-2.5 drift")

        explorer.locator("input[name=fit_first]").fill("2010")
        explorer.locator("button[name=fit]").click()
        told(page, "[2010, 2023, 14]")
        page.wait_for_function(
            "() => [...document.querySelectorAll('.pb-x-words')].some(one => one.textContent.includes('2010–2023'))"
        )

        file = tmp_path / "own.csv"
        file.write_text(
            "year,value\n" + "".join(f"{2012 + n},{20 + n % 3}\n" for n in range(9)),
            encoding="utf-8",
        )
        explorer.locator("input[name=fit_file]").set_input_files(file)
        told(page, "[2012, 2020, 9]")

        run_cell(page, 2)
        page.wait_for_function(
            "() => document.querySelector('.pb-x select[name=model]').value === 'naive'"
        )
        assert explorer.locator("input[name=adjust_number]").input_value() == "3"
        explorer.locator("button[name=lang]").click()
        page.wait_for_function(
            "() => /中位数/.test(document.querySelector('.pb-x-words').textContent)"
        )
        assert re.search("naive", told(page, "3.0 naive"))

        scenarios = page.locator(".pb-x:has(.pb-x-tabs-scenario)")
        shown(page, 3, scenarios.locator(".pb-x-chart"))
        number = scenarios.locator("input[name='activity.power_number']")
        number.fill("-1.5")
        number.press("Enter")
        told(page, "ScenarioExplorer -1.5", cell=4)
        run_cell(page, 5)
        page.wait_for_function("() => document.querySelector('input[name=year]').value === '2035'")
        assert wrong == []
    finally:
        context.close()
