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
from playwright.sync_api import Browser, CDPSession, Request, sync_playwright

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
SLIDERS = {  # of each kind of explorer
    "forecast": ("adjust", "step", "horizon", "level", "target", "fade"),
    "scenario": ("activity.power", "intensity.rest", "output", "from", "year", "activity.coke"),
    "synergy": ("change.coal_power", "change.coke", "weight.so2", "weight.nox"),
}
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
READY = """() => Math.max(...performance.getEntriesByType("mark")
    .filter((one) => one.name.startsWith("planbook-ready")).map((one) => one.startTime))"""
STATES = """() => Object.fromEntries([...document.querySelectorAll(".pb-explorer")].map((one) => [
    one.dataset.planbookWidget,
    JSON.parse(one.querySelector("script[type='application/json']").textContent).payload,
]))"""


def spent_in(devtools: CDPSession) -> tuple[float, float]:
    """Give the processor time of a page's scripts, and of all its main thread, in milliseconds."""
    found = {
        one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]
    }
    return 1000 * found["ScriptDuration"], 1000 * found["TaskDuration"]


def measure_page(browser: Browser, path: Path, width: int) -> dict[str, object]:
    """Open a page, drag its sliders, and give times in milliseconds and sizes in KB."""
    foreign: list[str] = []
    opened, opening = [], []

    def note(request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            foreign.append(request.url)

    for _ in range(OPENINGS):
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        page.on("request", note)
        devtools = context.new_cdp_session(page)
        devtools.send("Performance.enable")
        page.goto(path.as_uri(), wait_until="load")
        opened.append(page.evaluate(READY))
        opening.append(spent_in(devtools)[0])
        if len(opened) < OPENINGS:
            context.close()
    page.evaluate(WATCH)
    page.evaluate(FRAMES)
    idle = []
    for _ in range(20):  # what asking itself costs
        before = spent_in(devtools)
        page.evaluate(FRAMES)
        idle.append(np.subtract(spent_in(devtools), before))
    script, task = [], []
    states = page.evaluate(STATES)
    for kind, name in [(one, slider) for one in states for slider in SLIDERS[one]]:
        place = f'[data-planbook-widget="{kind}"] input[type=range][name="{name}"]'
        slider = page.locator(place).first
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        y = box["y"] + box["height"] / 2
        at = slider.evaluate("one => (one.value - one.min) / (one.max - one.min)")
        page.mouse.move(box["x"] + 8 + (box["width"] - 16) * at, y)
        page.mouse.down()
        for move in range(MOVES):
            before = spent_in(devtools)
            page.mouse.move(box["x"] + box["width"] * (0.1 + 0.8 * move / MOVES), y)
            page.evaluate(FRAMES)
            each = np.subtract(spent_in(devtools), before)
            script.append(each[0])
            task.append(each[1])
        page.mouse.up()
    long_tasks = page.evaluate("window.longTasks")
    context.close()
    own = [front.style()]
    for kind, state in states.items():
        text = json.dumps({"payload": state}, ensure_ascii=False, separators=(",", ":"))
        own += [front.classic(kind), text]
    return {
        "page": f"{path.stem}, {width} px",
        "script": float(np.quantile(script, 0.95)),
        "idle": float(np.median([one[0] for one in idle])),
        "task": float(np.quantile(task, 0.95)),
        "long": max(long_tasks, default=0.0),
        "usable": float(np.median(opened)),
        "opening": float(np.median(opening)),
        "size": sum(len(gzip.compress(text.encode(), 9)) for text in own) / 1024,
        "requests": len(foreign),
        "states": states,
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
        "| page | script, ms | all of the main thread, ms | longest task, ms | usable, ms "
        "| scripts while opening, ms | KB |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        longest = f"{row['long']:.0f}" if row["long"] else "< 50"
        lines.append(
            f"| {row['page']} | {row['script']:.1f} | {row['task']:.1f} | {longest} "
            f"| {row['usable']:.0f} | {row['opening']:.0f} | {row['size']:.0f} |"
        )
    lines += ["", f"Browser: Chromium {version}, headless, opened from the folder."]
    return "\n".join(lines)


def main() -> int:
    """Measure, print and write; 1 if a limit is exceeded."""
    from test_explorer import PAGES, compare, grid
    from test_scenario_explorer import KINDS

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
        states = {row["page"].partition(",")[0]: row["states"] for row in rows}
        each = -(-args.settings // len(states))
        difference = max(
            compare(browser, own["forecast"], grid(own["forecast"], each))
            for own in states.values()
        )
        count = each * len(states)
        for kind, one in KINDS.items():
            state = next(own[kind] for own in states.values() if kind in own)
            state, chosen = one.few(state), one.grid(state, args.settings)
            found = compare(browser, state, chosen, kind=kind, own=one.explore)
            difference, count = max(difference, found), count + len(chosen)
        text = report(rows, difference, count, browser.version)
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
