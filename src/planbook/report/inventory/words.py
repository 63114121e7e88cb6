"""How amounts and lines of an inventory are written."""

from __future__ import annotations

import math

from planbook.analysis.inventory.activity import PUBLISHED, SCALED
from planbook.analysis.inventory.city import line_of
from planbook.analysis.synergy.city import figure_of
from planbook.analysis.synergy.measure_effects import activity_bases
from planbook.data import units
from planbook.data.effects import Chain
from planbook.report.view import View
from planbook.text import number, signed

SMALLEST = 0.001  # of the unit shown; what is less is only said to be less
KIND_DIGITS = {PUBLISHED: 3, SCALED: 2}  # significant digits that a reader may trust


def significant(value: float, digits: int) -> str:
    """Write a number with so many significant digits and no false ones."""
    if not math.isfinite(value) or value == 0:
        return number(value if math.isfinite(value) else None, 0)
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    return number(rounded, max(0, places))


def mega(view: View, tonnes: float, digits: int = 2) -> str:
    """Write tonnes in the unit in which readers of the language count millions of them."""
    _, factor = units.display("Mt", view.lang)
    value = tonnes / 1e6 * factor
    if 0 < value < SMALLEST:
        return view.say("inv_below", value=number(SMALLEST, 3))
    return significant(value, min(digits, max(1, 4 + math.floor(math.log10(value or 1)))))


def mega_unit(view: View) -> str:
    """Name the unit of `mega`."""
    return units.display("Mt", view.lang)[0]


def span(view: View, low: float, high: float, digits: int = 2) -> str:
    """Write an interval in the unit of `mega`."""
    return view.say("inv_span", low=mega(view, low, digits), high=mega(view, high, digits))


def line_title(view: View, line: str) -> str:
    """Name a line of the inventory."""
    return line_of(view, line).title[view.lang]


def driver_title(view: View, variable: str) -> str:
    """Name an uncertain number in words; ``variable`` is as the draws name it."""
    part, _, rest = variable.partition(":")
    if part in ("carbon", "heat"):
        return view.say(f"driver_{part}", fuel=view.say(f"fuel_{rest}"))
    if part == "mix":
        names = view.say("driver_and").join(view.say(f"fuel_{one}") for one in rest.split("+"))
        return view.say("driver_mix", fuels=names)
    if part == "factor":
        line, _, gas, component = rest.split(":")
        what = view.say(f"component_{component}")
        return view.say("driver_factor", line=line_title(view, line), gas=gas, component=what)
    return view.say(f"driver_{part}", line=line_title(view, rest))


def co2_beside(view: View, chain: Chain) -> list[str]:
    """Say what another published factor would make of an activity's CO2."""
    found = view.project.effects
    if chain.co2 is None or chain.co2_beside is None:
        return []
    base = activity_bases(found, view.project.plan, lambda name: figure_of(view, name))
    rows = base[(base["activity"] == chain.id) & (base["substance"] == "co2")]
    if rows.empty:
        return []
    own, other = (found.factors[name] for name in (chain.co2, chain.co2_beside))
    sign, size = units.display("Mt", view.lang)
    value = float(rows["amount"].iloc[0]) * units.factor(str(rows["unit"].iloc[0]), "Mt")
    return [
        view.say(
            "co2_beside",
            value=number(value * size, 1 if size == 1 else 0),
            unit=sign,
            own=number(own.value, 0),
            name=view.words(other, "name"),
            factor=number(other.value, 0),
            year=other.year,
            other=number(value * size * other.value / own.value, 1 if size == 1 else 0),
            pct=signed(100 * (other.value / own.value - 1), "%", view.lang, 0),
        )
    ]
