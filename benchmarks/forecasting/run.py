"""Measure the forecast methods on the development data and write the table.

    python benchmarks/forecasting/run.py --data DIR [--methods pooled naive …]

All methods of the registry run on the same series and columns in one go, and those of
statsforecast where it is installed (``requirements.txt`` beside this file: an environment
of its own, since it asks for an older pandas than the book).
Beside the plain figures of the pooled method stand those of a cross-validation by
country: tables learned on the training parts of half the countries, tested on the
others. Writes into ``benchmarks/README.md`` between the markers, and a figure.
"""

from __future__ import annotations

import argparse
import time
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd
from metrics import COLUMNS, Answer, Score, score
from train import learn

from data import FILES, META, TARGETS, Case, digest, half, load
from planbook.analysis.forecast import METHODS, forecast
from planbook.analysis.forecast import pooled as engine
from planbook.errors import ForecastRefused

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "benchmarks/README.md"
FIGURE = Path(__file__).with_name("accuracy.png")
BEGIN, END = "<!-- forecasting: begin -->", "<!-- forecasting: end -->"
TAILS = (0.025, 0.1, 0.9, 0.975)
CROSS = "pooled, other countries"
LABELS = {
    "pooled": "**pooled**",
    CROSS: "pooled, tables from other countries",
    "naive": "last value",
    "drift": "drift, closed form",
    "theta": "statsmodels ThetaModel",
    "ets_damped": "statsmodels ETSModel, damped",
    "arima_drift": "statsmodels ARIMA(0,1,0), drift",
    "ucm": "statsmodels UnobservedComponents, lldtrend",
    "sf_ets": "statsforecast AutoETS",
    "sf_dotm": "statsforecast DynamicOptimizedTheta",
    "sf_theta": "statsforecast AutoTheta",
}
OTHERS = {"sf_ets": "AutoETS", "sf_dotm": "DynamicOptimizedTheta", "sf_theta": "AutoTheta"}


def answer(case: Case, cut: int | None, name: str) -> Answer | None:
    """Forecast one series by one method; None if it is refused or fails.

    The standard methods run on the plain scale, as they come: on the log scale that
    the book would choose for amounts, they do worse.
    """
    known = case.train[-cut:] if cut else case.train
    points = pd.Series(known, index=range(2000 - len(known), 2000))
    bounds = {"lower": case.lower, "upper": case.upper} if name == "pooled" else {}
    try:
        made = forecast(points, len(case.test), method=name, **bounds)
        chance = np.nan
        if case.target is not None:
            h, wants, value, _ = case.target
            chance = made.probability(1999 + h, value, wants=wants)
        return Answer(made.median, np.array([made.quantile(p) for p in TAILS]), chance)
    except (ForecastRefused, ValueError, np.linalg.LinAlgError):
        return None


def others() -> list[str]:
    """Name the methods of statsforecast; none where it is not installed."""
    try:
        version("statsforecast")
    except PackageNotFoundError:
        return []
    return list(OTHERS)


def answer_other(case: Case, cut: int | None, name: str) -> Answer | None:
    """Forecast one series by statsforecast; the chance by the normal law of its interval."""
    from scipy.special import ndtr
    from statsforecast import models

    known = case.train[-cut:] if cut else case.train
    try:
        made = getattr(models, OTHERS[name])(season_length=1).forecast(
            np.asarray(known, float), len(case.test), level=[80, 95]
        )
    except Exception:  # refusals of short series come as bare exceptions
        return None
    chance = np.nan
    if case.target is not None:
        h, wants, value, _ = case.target
        spread = (made["hi-95"][h - 1] - made["mean"][h - 1]) / 1.959963984540054
        below = float(ndtr((value - made["mean"][h - 1]) / max(spread, 1e-12)))
        chance = below if wants == "at_most" else 1 - below
    bands = [made[key] for key in ("lo-95", "lo-80", "hi-80", "hi-95")]
    return Answer(np.asarray(made["mean"]), np.array(bands), chance)


def measure(cases: list[Case], name: str) -> tuple[dict[str, Score], np.ndarray]:
    """Score one method on every column; give also the seconds of each series."""
    found, seconds = {}, []
    for column, (dataset, cut) in COLUMNS.items():
        members = [case for case in cases if case.dataset == dataset]
        answers = []
        for case in members:
            began = time.perf_counter()
            answers.append((answer_other if name in OTHERS else answer)(case, cut, name))
            seconds.append(time.perf_counter() - began)
        found[column] = score(members, answers)
    return found, np.array(seconds)


def cross_validate(folder: Path, cases: list[Case]) -> dict[str, Score]:
    """Score the pooled method with tables that have seen no series of the country."""
    known = load(folder, test=False)
    shipped = engine.tables
    answers: dict[tuple[str, str], Answer | None] = {}
    try:
        for side in (0, 1):
            learned = learn([case for case in known if half(case.entity) != side])
            made = {name: engine.PooledTable.from_json(entry) for name, entry in learned.items()}
            engine.tables = lambda made=made: made
            for column, (dataset, cut) in COLUMNS.items():
                for case in cases:
                    if case.dataset == dataset and half(case.entity) == side:
                        answers[column, case.series_id] = answer(case, cut, "pooled")
    finally:
        engine.tables = shipped
    return {
        column: score(members, [answers[column, case.series_id] for case in members])
        for column, (dataset, _) in COLUMNS.items()
        for members in [[case for case in cases if case.dataset == dataset]]
    }


def report(found: dict[str, dict[str, Score]], seconds: dict[str, np.ndarray], folder: Path) -> str:
    """Write the measured tables as Markdown."""
    head = "| method | " + " | ".join(COLUMNS) + " |"
    rule = "|---|" + "---|" * len(COLUMNS)

    def block(title: str, cell) -> list[str]:
        lines = [f"### {title}", "", head, rule]
        for name, scores in found.items():
            cells = [cell(scores[column]) for column in COLUMNS]
            lines.append(f"| {LABELS.get(name, name)} | " + " | ".join(cells) + " |")
        return [*lines, ""]

    def digits(value: float, places: int) -> str:
        return f"{value:.{places}f}" if np.isfinite(value) else "–"

    lines = block("OWA (last value = 1)", lambda one: digits(one.owa, 3))
    lines += block(
        "MSIS95 / coverage of 80 % / of 95 % intervals",
        lambda one: f"{digits(one.msis95, 1)} / {digits(one.cov80, 2)} / {digits(one.cov95, 2)}",
    )
    lines += block("Brier score of the target questions", lambda one: digits(one.brier, 3))
    lines += ["### Coverage of the pooled method by step", "", head, rule]
    for level in (80, 95):
        cells = [
            " ".join(
                f"{100 * value:.0f}" for value in getattr(found["pooled"][column], f"step{level}")
            )
            for column in COLUMNS
        ]
        lines.append(f"| {level} % | " + " | ".join(cells) + " |")
    lines += ["", "### Faults and speed", ""]
    lines += ["| method | outside bounds | crossing | failures | ms a series | slowest, ms |"]
    lines += ["|---|---|---|---|---|---|"]
    for name, scores in found.items():
        counts = [sum(getattr(one, key) for one in scores.values()) for key in
                  ("outside", "crossing", "failures")]  # fmt: skip
        speed = (
            f"{1000 * seconds[name].mean():.1f} | {1000 * seconds[name].max():.0f}"
            if name in seconds
            else "– | –"
        )
        lines.append(
            f"| {LABELS.get(name, name)} | {counts[0]} | {counts[1]} | {counts[2]} | {speed} |"
        )
    used = ["numpy", "scipy", "statsmodels", *(["statsforecast"] if others() else [])]
    packages = ", ".join(f"{name} {version(name)}" for name in used)
    files = ", ".join(
        f"{name} {digest(folder / name)}" for name in [*FILES.values(), META, TARGETS]
    )
    lines += ["", f"Versions: {packages}. Data (SHA-256, first 16 digits): {files}."]
    return "\n".join(lines)


def draw(found: dict[str, dict[str, Score]], path: Path) -> None:
    """Draw the error and the coverage of every method; dashed: tables of other countries."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    columns = list(COLUMNS)
    for name, scores in found.items():
        ours = name == "pooled"
        style = {
            "color": "#b2182b" if ours else "#777777",
            "linewidth": 2.2 if ours else 0.9,
            "marker": "o" if ours else None,
            "linestyle": "--" if name == CROSS else "-",
            "zorder": 3 if ours else 2,
        }
        for ax, key in zip(axes, ("owa", "cov95"), strict=True):
            values = [getattr(scores[column], key) for column in columns]
            ax.plot(columns, values, **style)
            if name in (CROSS, "arima_drift"):  # beside `pooled`; the same centre as `drift`
                continue
            ax.annotate(
                name, (len(columns) - 1, values[-1]), xytext=(4, 0), textcoords="offset points",
                fontsize=7, va="center", color=style["color"],
            )  # fmt: skip
    axes[0].axhline(1, color="black", linewidth=0.6)
    axes[0].set_title("Error relative to repeating the last value (OWA)", fontsize=9)
    axes[1].axhline(0.95, color="black", linewidth=0.6)
    axes[1].set_title("Share of outcomes inside the 95 % interval", fontsize=9)
    for ax in axes:
        ax.tick_params(labelsize=8)
        ax.tick_params(axis="x", rotation=25)
        ax.set_xlim(-0.2, len(columns) + 0.3)
        ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150, metadata={"Software": None})


def put(text: str, path: Path) -> None:
    """Replace what stands between the markers."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--methods", nargs="+", default=[], metavar="NAME", help="default: all")
    parser.add_argument("--no-cross", action="store_true", help="leave out the cross-validation")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    cases = load(args.data, test=True)
    names = args.methods or [
        *sorted(METHODS, key=lambda name: (name != "pooled", name)),
        *others(),
    ]
    found, seconds = {}, {}
    for name in names:
        found[name], seconds[name] = measure(cases, name)
        shown = "  ".join(f"{column} {one.owa:.3f}" for column, one in found[name].items())
        print(f"{name:>12}: OWA {shown}", flush=True)
        if name == "pooled" and not args.no_cross:
            found[CROSS] = cross_validate(args.data, cases)
    text = report(found, seconds, args.data)
    print(text)
    if not args.methods and not args.no_cross:
        put(text, README)
        draw(found, FIGURE)


if __name__ == "__main__":
    main()
