"""Measure the explorers of a built book in headless Chromium, with the network blocked.

Usage: python benchmarks/widget.py [--site _build/html] [--browser PROGRAM]

Writes into ``benchmarks/README.md`` between the markers. The script time of one pointer
move is all that the page's main thread spent in scripts from the move to the repainted
chart, as the browser itself counts it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import sys
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "browser"), str(ROOT / "tests")]

from planbook.widgets import front  # noqa: E402

README = ROOT / "benchmarks/README.md"
BEGIN, END = "<!-- widget: begin -->", "<!-- widget: end -->"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no name of any host resolves
]
SLIDERS = ("adjust", "step", "horizon", "level", "target", "fade")
MOVES = 40  # of the pointer on each slider
OPENINGS = 5  # of each page; the median counts
LIMITS = {
    "script": 16.0,
    "long": 50.0,
    "usable": 1000.0,
    "size": 120.0,
    "requests": 0,
    "grid": 1e-6,
}
WATCH = """() => {
    window.longTasks = [];
    const note = (list) => window.longTasks.push(...list.getEntries().map((one) => one.duration));
    new PerformanceObserver(note).observe({ type: "longtask", buffered: false });
}"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
READY = """() => performance.getEntriesByType("mark")
    .find((one) => one.name.startsWith("planbook-ready")).startTime"""
STATE = "JSON.parse(document.querySelector('.pb-explorer script').textContent).payload"


def measure_page(browser: Browser, path: Path, width: int) -> dict[str, object]:
    """Open a page, drag its sliders, and give times in milliseconds and sizes in KB."""
    foreign: list[str] = []
    opened = []

    def note(request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            foreign.append(request.url)

    for _ in range(OPENINGS):
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        page.on("request", note)
        page.goto(path.as_uri(), wait_until="load")
        opened.append(page.evaluate(READY))
        if len(opened) < OPENINGS:
            context.close()
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def spent() -> tuple[float, float]:
        found = {
            one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]
        }
        return 1000 * found["ScriptDuration"], 1000 * found["TaskDuration"]

    page.evaluate(WATCH)
    page.evaluate(FRAMES)
    idle = []
    for _ in range(20):  # what asking itself costs
        before = spent()
        page.evaluate(FRAMES)
        idle.append(np.subtract(spent(), before))
    script, task = [], []
    for name in SLIDERS:
        slider = page.locator(f".pb-x input[type=range][name={name}]").first
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        y = box["y"] + box["height"] / 2
        at = slider.evaluate("one => (one.value - one.min) / (one.max - one.min)")
        page.mouse.move(box["x"] + 8 + (box["width"] - 16) * at, y)
        page.mouse.down()
        for move in range(MOVES):
            before = spent()
            page.mouse.move(box["x"] + box["width"] * (0.1 + 0.8 * move / MOVES), y)
            page.evaluate(FRAMES)
            each = np.subtract(spent(), before)
            script.append(each[0])
            task.append(each[1])
        page.mouse.up()
    long_tasks = page.evaluate("window.longTasks")
    state = page.evaluate(STATE)
    page.evaluate("payload => { window.payload = payload; }", state)
    context.close()
    own = [
        front.classic("forecast"),
        front.style(),
        json.dumps({"payload": state}, ensure_ascii=False, separators=(",", ":")),
    ]
    return {
        "page": f"{path.stem}, {width} px",
        "script": float(np.quantile(script, 0.95)),
        "idle": float(np.median([one[0] for one in idle])),
        "task": float(np.quantile(task, 0.95)),
        "long": max(long_tasks, default=0.0),
        "usable": float(np.median(opened)),
        "size": sum(len(gzip.compress(text.encode(), 9)) for text in own) / 1024,
        "requests": len(foreign),
        "state": state,
    }


def report(rows: list[dict], grid: float, count: int, version: str) -> str:
    """Write the tables."""
    worst = {
        key: max(row[key] for row in rows)
        for key in ("script", "long", "usable", "size", "requests")
    }
    worst["grid"] = grid
    labels = {
        "script": ("script from pointer move to repainted chart, 95th percentile", "ms", ".1f"),
        "long": ("longest task while dragging", "ms", ".0f"),
        "usable": ("first usable after opening the page, median of five", "ms", ".0f"),
        "size": ("script, style and data added to a page, compressed", "KB", ".0f"),
        "requests": ("requests to any other host", "", "d"),
        "grid": (f"largest difference Python against front end, {count} settings", "", ".1e"),
    }
    lines = ["| what | at most | measured (worst page) |", "|---|---|---|"]
    for key, (label, unit, form) in labels.items():
        value = format(worst[key], form)
        if key == "long" and not worst[key]:
            value = "none over 50"
        lines.append(f"| {label} | {LIMITS[key]:g} {unit} | {value} {unit} |".replace("  ", " "))
    lines += [
        "",
        "| page | script, ms | all of the main thread, ms | longest task, ms | usable, ms | KB |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        longest = f"{row['long']:.0f}" if row["long"] else "< 50"
        lines.append(
            f"| {row['page']} | {row['script']:.1f} | {row['task']:.1f} | {longest} "
            f"| {row['usable']:.0f} | {row['size']:.0f} |"
        )
    lines += ["", f"Browser: Chromium {version}, headless, opened from the folder."]
    return "\n".join(lines)


def main() -> int:
    """Measure, print and write; 1 if a limit is exceeded."""
    from test_explorer import PAGES, compare, grid

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--browser", default=next(filter(None, map(shutil.which, BROWSERS)), None))
    parser.add_argument("--settings", type=int, default=2500, help="settings of the grid")
    args = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=args.browser, args=OPTIONS)
        rows = [
            measure_page(browser, args.site / "en" / "chapters" / f"{name}.html", width)
            for name in PAGES
            for width in (1440, 390)
        ]
        states = {row["page"].partition(",")[0]: row["state"] for row in rows}
        each = -(-args.settings // len(states))
        difference = max(compare(browser, state, grid(state, each)) for state in states.values())
        text = report(rows, difference, each * len(states), browser.version)
        browser.close()
    print(text)
    before, rest = README.read_text(encoding="utf-8").split(BEGIN)
    README.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
    over = [
        key
        for key in ("script", "long", "usable", "size", "requests")
        if max(row[key] for row in rows) > LIMITS[key]
    ]
    return 1 if over or difference > LIMITS["grid"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
