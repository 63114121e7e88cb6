"""What the book says of one target by forecast, by scenario and by arithmetic, side by side."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from planbook.analysis.forecast import Forecast, ForecastRefused
from planbook.analysis.scenarios.city import ScenarioResult
from planbook.analysis.scenarios.parameters import RECENT
from planbook.data.plan import Target
from planbook.data.scenarios import ECONOMY, OUTPUT
from planbook.report.html.fragments import Shown, fragment
from planbook.report.view import View
from planbook.text import asked, probability, signed

FITS = 0.25  # percentage points a year within which forecasts made apart count as agreeing


def compared(view: View, outcome: ScenarioResult, stand_in: str, target: Target) -> Shown:
    """Name the figures that the book gives for one target by what they are."""
    lines = [
        line
        for line in (
            _forecast(view, stand_in, target),
            _scenario(view, outcome, target),
            _arithmetic(view, stand_in, target),
        )
        if line
    ]
    if len(lines) < 2:
        return Shown("", "")
    title = view.say("readings_title", name=view.title(target.indicator),
                     target=asked(target, view.lang))  # fmt: skip
    lines.append(view.say("readings_why"))
    lines += _fit(view, outcome, stand_in)
    html = Markup("{}{}").format(
        fragment("sentences.html", lines=[title]), fragment("list.html", lines=lines)
    )
    return Shown(html, "\n".join([title, *lines]))


def _made(view: View, indicator: str) -> Forecast | None:
    try:
        return view.forecast(indicator)[1]
    except ForecastRefused:
        return None


def _forecast(view: View, stand_in: str, target: Target) -> str:
    made = _made(view, stand_in)
    if made is None or target.deadline is None or target.deadline not in made.years:
        return ""
    at = int(np.flatnonzero(made.years == target.deadline)[0])
    chance = made.probability(target.deadline, target.value, wants=target.wants)
    return view.say(
        "readings_forecast",
        year=target.deadline,
        middle=signed(float(made.median[at]), "%", view.lang),
        chance=probability(chance, view.lang),
    )


def _scenario(view: View, outcome: ScenarioResult, target: Target) -> str:
    first = outcome.found.scenarios[0]
    if outcome.found.intensity_target != target.target_id or first.id not in outcome.meeting:
        return ""
    assert target.deadline is not None  # or no draw of the scenario would be seen to meet it
    change = outcome.value(first.id, "intensity_change", target.deadline)
    return view.say(
        "readings_scenario",
        scenario=first.title[view.lang],
        year=target.deadline,
        change=signed(change, "%", view.lang),
        share=probability(outcome.meeting[first.id], view.lang),
    )


def _arithmetic(view: View, stand_in: str, target: Target) -> str:
    if target.base_year is None or target.deadline is None:
        return ""
    base, deadline = target.base_year, target.deadline
    points = view.series(stand_in).points
    since = points[points.index > base]
    if since.empty or since.index[-1] >= deadline:
        return ""
    last = int(since.index[-1])
    level = 1 + points / 100

    def pace(first: int) -> str:
        start = 1.0 if first == base else float(level[first])
        return signed(100 * _yearly(float(level[last]) / start, last - first), "%", view.lang)

    needed = (1 + target.value / 100) / float(level[last])
    short = last - RECENT
    recent = short in level.index and short > base
    return view.say(
        "readings_arithmetic" if recent else "readings_arithmetic_once",
        base=base,
        last=last,
        year=deadline,
        seen=pace(base),
        short=short,
        recent=pace(short) if recent else "",
        needed=signed(100 * _yearly(needed, deadline - last), "%", view.lang),
    )


def _yearly(ratio: float, years: int) -> float:
    return ratio ** (1 / years) - 1


def _fit(view: View, outcome: ScenarioResult, stand_in: str) -> list[str]:
    """Say whether the forecasts of emissions, of output and of their ratio fit together."""
    found = outcome.found
    names = (found.total, found.output, stand_in)
    made = [one for one in (_made(view, name) for name in names) if one is not None]
    if len(made) < len(names):
        return []
    ends = [view.series(name).points for name in names]
    year = min(int(one.years[-1]) for one in made)
    last = int(ends[0].index[-1])
    if year <= last or any(int(one.index[-1]) != last for one in ends):
        return []
    at = [float(one.median[int(np.flatnonzero(one.years == year)[0])]) for one in made]
    carbon, output = (at[place] / float(ends[place].iloc[-1]) for place in (0, 1))
    ratio = (1 + at[2] / 100) / (1 + float(ends[2].iloc[-1]) / 100)
    implied, direct = (100 * _yearly(one, year - last) for one in (carbon / ratio, output))
    key = "readings_fit" if abs(implied - direct) <= FITS else "readings_unfit"
    changes = outcome.parameters["scenarios"][0]["changes"]
    begins = [one for one in changes if (one["sector"], one["factor"]) == (ECONOMY, OUTPUT)]
    return [
        view.say(
            key,
            last=last,
            year=year,
            output=view.title(found.output),
            implied=signed(implied, "%", view.lang),
            direct=signed(direct, "%", view.lang),
            scenario=found.scenarios[0].title[view.lang],
            begins=signed(100 * begins[0]["value"], "%", view.lang),
        )
    ]
