"""The command ``planbook forecast``: many short annual series from a CSV."""

from __future__ import annotations

from pathlib import Path

import click

from planbook.cli.options import command, option, positive
from planbook.errors import PlanbookError


@command("forecast", "Forecast many short annual series from a CSV.")
@option("--input", "", Path, to="source", required=True, metavar="IN.csv")
@option("--output", "", Path, required=True, metavar="OUT.csv")
@option("--horizon", "steps ahead, up to 100 (default: 6)", positive, 6, "H")
@option("--targets", "targets to give chances for", Path, metavar="T.csv")
@option("--probabilities", "where chances go", Path, metavar="P.csv")
@option("--jobs", "processes (default: 1)", positive, 1, "N")
def forecast(
    source: Path,
    output: Path,
    horizon: int,
    targets: Path | None,
    probabilities: Path | None,
    jobs: int,
) -> int:
    """Forecast; the exit code is 3 if some series are refused, 1 if all are."""
    from planbook.analysis.forecast import MOST_STEPS, too_far
    from planbook.analysis.forecast.batch import forecast_many, read_input, read_targets
    from planbook.files.atomic import check_writable, write_atomically
    from planbook.text import say

    if bool(targets) != bool(probabilities):
        raise PlanbookError("--targets and --probabilities go together; give both or neither")
    check_writable(output)
    if probabilities:
        check_writable(probabilities)
    if horizon > MOST_STEPS:
        raise PlanbookError(f"--horizon {horizon}: {too_far()}")
    series = read_input(source)
    asked = read_targets(targets, set(series["series_id"])) if targets else None
    forecasts, chances, refused = forecast_many(series, horizon=horizon, targets=asked, jobs=jobs)
    reasons = {name: say(key, "en", **details) for name, (key, details) in refused.items()}
    forecasts["refused"] = forecasts["series_id"].map(reasons)
    write_atomically(output, forecasts.to_csv(index=False, lineterminator="\n").encode())
    if probabilities:
        told = chances.to_csv(index=False, lineterminator="\n")
        write_atomically(probabilities, told.encode())
    for name, reason in reasons.items():
        click.echo(f"{name}: refused: {reason}", err=True)
    if not refused:
        return 0
    return 1 if forecasts["mean"].isna().all() else 3
