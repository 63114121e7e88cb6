"""A two-page book, as the executed notebooks leave it, for the tests of publishing."""

from __future__ import annotations

import base64
import json
import tempfile
import zlib
from pathlib import Path
from typing import Any

import yaml

from planbook.errors import BuildError
from planbook.publish.sphinx.config import edition_config, edition_toc
from planbook.publish.sphinx.renderer import Job, Renderer
from planbook.publish.sphinx.rendering import copy_pages, explain

ROOT = Path(__file__).resolve().parents[2]

TOC = {
    "format": "jb-book",
    "root": "book/en/index",
    "parts": [
        {"caption": "Chapters", "chapters": [{"file": "book/chapters/en/05_energy"}]},
        {"caption": "Method", "chapters": [{"file": "book/en/methods"}]},
    ],
}
CAPTIONS = {"Chapters": "分章报告", "Method": "方法"}
TITLES = {"en": "Test book", "zh": "试验书"}

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 300" width="900" height="300" '
    'role="img" aria-label="line"><path d="M20 280 L300 120 L880 40" fill="none" '
    'stroke="#0b5c8f" stroke-width="4"/><text x="40" y="40">t</text></svg>'
)
DRAWN = f"data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"
WIDE = "".join(f"<th>column number {i}</th>" for i in range(14))
CELLS = "".join(f"<td>{i}.00</td>" for i in range(14))

PAGES = {
    "index": {
        "en": """# Test book

What the plan asks for, and where the city is. See {ref}`energy`.

<div class="pb-cards">
<div class="pb-card"><p class="pb-card-label">Share of clean buses</p>
<p class="pb-card-value">82.4 <span class="pb-card-unit">%</span></p>
<span class="pb-badge pb-met">Met</span></div>
<div class="pb-card"><p class="pb-card-label">Coal power capacity retrofitted</p>
<p class="pb-card-value">5 940 <span class="pb-card-unit">MW</span></p>
<span class="pb-badge pb-at_risk">At risk</span></div>
<div class="pb-card"><p class="pb-card-label">Rail freight lines</p>
<p class="pb-card-value">–</p><span class="pb-badge pb-due_no_data">Due, awaiting data</span>
<p class="pb-card-note">Held by the transport bureau</p></div>
</div>

<p><span class="pb-badge pb-missed">Missed</span> <span class="pb-badge pb-on_course">On
course</span> <span class="pb-badge pb-off_course">Off course</span>
<span class="pb-badge pb-no_data">No data</span>
<span class="pb-badge pb-not_measurable">Not measurable</span></p>

<div class="pb-missing"><p>No public figure. The bureau of transport would hold it.</p></div>

| a | b |
|---|---|
| 1 | a rather long text that will wrap on a telephone but not on a desk |
""",
        "zh": """# 试验书

规划的要求与城市的现状。另见{ref}`energy`。

<div class="pb-cards">
<div class="pb-card"><p class="pb-card-label">清洁能源公交车占比</p>
<p class="pb-card-value">82.4 <span class="pb-card-unit">%</span></p>
<span class="pb-badge pb-met">已达标</span></div>
<div class="pb-card"><p class="pb-card-label">煤电改造规模</p>
<p class="pb-card-value">594 <span class="pb-card-unit">万千瓦</span></p>
<span class="pb-badge pb-at_risk">有风险</span></div>
<div class="pb-card"><p class="pb-card-label">铁路专用线</p>
<p class="pb-card-value">–</p><span class="pb-badge pb-due_no_data">到期待数据</span>
<p class="pb-card-note">数据由市交通运输局掌握</p></div>
</div>

<p><span class="pb-badge pb-missed">未达标</span>
<span class="pb-badge pb-on_course">进度正常</span>
<span class="pb-badge pb-off_course">偏离进度</span> <span class="pb-badge pb-no_data">无数据</span>
<span class="pb-badge pb-not_measurable">不可量化</span></p>

<div class="pb-missing"><p>没有公开数据，市交通运输局应掌握该数据。</p></div>

| 甲 | 乙 |
|---|---|
| 1 | 一段较长的文字，在手机上会换行，在电脑上不会换行，这样可以检查表格的宽度 |
""",
    },
    "methods": {
        "en": """# Methods

(rate)=
## Required rate

```{math}
:label: required
r = \\left(\\frac{x_T}{x_0}\\right)^{1/(T - t)} - 1 < 0.05
```

Equation {eq}`required` gives it; inline $a_i < \\sum_j b_j$. See {ref}`rate`.
""",
        "zh": """# 方法

(rate)=
## 所需速度

```{math}
:label: required
r = \\left(\\frac{x_T}{x_0}\\right)^{1/(T - t)} - 1 < 0.05
```

见式 {eq}`required`；行内 $a_i < \\sum_j b_j$，$\\text{排放量} = E$。另见{ref}`rate`。
""",
    },
}


def markdown(source: str, *tags: str) -> dict[str, Any]:
    """Make a markdown cell."""
    return {
        "cell_type": "markdown",
        "id": f"m{zlib.crc32(repr((source, tags)).encode())}",
        "metadata": {"tags": list(tags)},
        "source": source,
    }


def code(source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """Make an executed code cell."""
    return {
        "cell_type": "code",
        "id": f"c{zlib.crc32(repr((source, tags)).encode())}",
        "metadata": {"tags": list(tags)},
        "execution_count": 1,
        "outputs": list(outputs),
        "source": source,
    }


def shown(data: dict[str, Any]) -> dict[str, Any]:
    """Make a display output."""
    return {"output_type": "display_data", "metadata": {}, "data": data}


def notebook() -> dict[str, Any]:
    """Make an executed notebook with everything that a chapter may hold."""
    widget = {
        "application/vnd.jupyter.widget-view+json": {
            "model_id": "abc",
            "version_major": 2,
            "version_minor": 0,
        },
        "text/plain": "interactive(children=(IntSlider(value=1),))",
    }
    state = {"abc": {"model_name": "VBoxModel", "model_module": "x", "state": {}}}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            "papermill": {"input_path": "/somewhere/05_energy.ipynb", "duration": 1.5},
            "widgets": {
                "application/vnd.jupyter.widget-state+json": {
                    "version_major": 2,
                    "version_minor": 0,
                    "state": state,
                }
            },
        },
        "cells": [
            markdown("(energy)=\n# Energy\n\nHow much coal power is left?", "lang-en"),
            markdown("(energy)=\n# 能源\n\n还剩多少煤电机组？", "lang-zh"),
            code("horizon: int = 2035", tags=("parameters",)),
            code("horizon = 2040", tags=("injected-parameters",)),
            markdown("## Trend\n\nRetrofitted units are counted once, $E = \\alpha m$.", "lang-en"),
            markdown("## 趋势\n\n畜禽粪污与煤电改造只计一次，$E = \\alpha m$。", "lang-zh"),
            code(
                "secret_call()",
                shown(
                    {
                        "text/html": f'<figure class="pb-figure">{SVG}'
                        "<figcaption>Unit: MW.</figcaption></figure>"
                    }
                ),
            ),
            code("plot()", shown({"image/svg+xml": SVG, "text/plain": "<Figure size 900x300>"})),
            code("draw()", shown({"text/html": f'<img src="{DRAWN}" alt="drawn line">'})),
            code(
                "table()",
                shown({"text/html": f"<table><tr>{WIDE}</tr><tr>{CELLS}</tr></table>"}),
            ),
            code("widget()", shown(widget)),
            code(
                "widget_with_page()",
                shown({**widget, "text/html": '<div class="static-widget">0</div>'}),
            ),
            markdown("## Sources\n\n- [Atlas](https://example.org/atlas)", "lang-en"),
            markdown("## 来源\n\n- [图集](https://example.org/atlas)", "lang-zh"),
        ],
    }


def stage(folder: Path, lang: str) -> Path:
    """Write a staged edition, ready to be rendered."""
    base = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config = edition_config(
        base,
        lang,
        TITLES[lang],
        "A. Author",
        copyright_text="2023, A. City",
        updated="2023-06-30",
        static_path=str(ROOT / "book" / "_static"),
    )
    (folder / "chapters").mkdir(parents=True)
    dump(folder / "_config.yml", config)
    dump(folder / "_toc.yml", edition_toc(TOC, lang, captions=CAPTIONS if lang == "zh" else None))
    for name, text in PAGES.items():
        (folder / f"{name}.md").write_text(text[lang], encoding="utf-8")
    (folder / "chapters" / "05_energy.ipynb").write_text(
        json.dumps(notebook(), ensure_ascii=False), encoding="utf-8"
    )
    return folder


def render(stage: Path, out: Path, *, lang: str, strict: bool = True) -> None:
    """Render a staged edition from nothing, in a process of its own."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".render-", dir=out.parent) as work:
        html, log = Path(work, "out", "html"), Path(work, "log.txt")
        with Renderer() as renderer:
            renderer.start(Job(lang, str(stage), str(html), str(log), strict))
            if not renderer.results()[lang]:
                raise BuildError(explain(log, stage, lang))
        copy_pages(html, out)


def dump(path: Path, data: object) -> None:
    """Write YAML."""
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
