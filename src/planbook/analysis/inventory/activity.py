"""What the lines of an inventory start from: published activity, or a capacity with a load."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from planbook.data.factor_library import Library
from planbook.data.factor_records import GJ_PER_TCE, Load
from planbook.data.factors import InventoryLine
from planbook.data.series import Series
from planbook.data.units import UNITS
from planbook.errors import ParameterError

HOURS_PER_YEAR = 8760
# what factors are given per: dimension and size in the base unit of `planbook.units`
PER = {
    "t": ("mass", 1.0),
    "1e4 m3": ("volume", 1e4),
    "head": ("livestock", 1.0),
    "MWh": ("electricity", 1e-6),
}
PUBLISHED, SCALED, MISSING = KINDS = ("published", "scaled", "missing")


@dataclass(frozen=True)
class ActivityFigure:
    """One published figure of the territory."""

    value: float  # in `unit`, a unit of `planbook.data.units`
    unit: str
    year: int
    sources: tuple[str, ...] = ()
    qualifier: str = ""  # {'', 'about', 'at_least', 'at_most'}


@dataclass(frozen=True)
class Variable:
    """One uncertain number of a product, relative to its central value.

    Lines that name the same variable share one draw: they are fully correlated.
    """

    name: str
    low: float
    high: float
    distribution: str


@dataclass(frozen=True)
class Activity:
    """How much of one activity there was, as a factor needs it."""

    line: str
    indicator: str
    kind: str  # {'published', 'scaled'}
    # what is published: the activity itself, or the capacity that it is scaled from
    figure: ActivityFigure
    near: str | None  # indicator of the capacity
    amount: float  # in `per`
    per: str  # a key of `PER`, or ``TJ`` where the load leads to heat
    # what makes the amount uncertain; empty where it is published
    variables: tuple[Variable, ...] = ()
    load: Load | None = None


def to_base(value: float, unit: str) -> tuple[float, str]:
    """Convert an amount to what factors are given per.

    Parameters
    ----------
    value : in `unit`.
    unit : a unit of `planbook.data.units`, of mass, volume, livestock or electricity.

    Returns
    -------
    per : a key of `PER`.

    Raises
    ------
    ParameterError : if factors are not given per this dimension.
    """
    dimension, size = UNITS.get(unit, ("", 0.0))
    for per, (own, base) in PER.items():
        if own == dimension:
            return value * size / base, per
    raise ParameterError(f"unit '{unit}': factors are given per {', '.join(PER)} only")


def published(line: str, indicator: str, figure: ActivityFigure) -> Activity:
    """Take a published activity figure as it is."""
    amount, per = to_base(figure.value, figure.unit)
    return Activity(line, indicator, PUBLISHED, figure, None, amount, per)


def scaled(load: Load, figure: ActivityFigure) -> Activity:
    """Turn a capacity into an order of magnitude of an activity.

    Parameters
    ----------
    load : share of the capacity used, or days of a year, with bounds and source.
    figure : the capacity: MW, mass a year or mass a day.

    Returns
    -------
    Of kind ``scaled``. Power plants: MW x 8,760 h x share x gce/kWh, in TJ of coal.

    Raises
    ------
    ParameterError : if load and capacity do not fit each other.
    """
    dimension, size = UNITS[figure.unit]
    variables = [_relative(f"load:{load.line}", load.load_low, load.load, load.load_high)]
    if load.conversion_unit == "gce/kWh":
        if dimension != "power":
            raise ParameterError(f"loads.csv: '{load.near}' is no power, but has gce/kWh")
        assert load.conversion is not None  # it comes with its unit
        mwh = figure.value * size * HOURS_PER_YEAR * load.load
        tce = mwh * load.conversion / 1000  # gce/kWh is kgce/MWh
        amount, per = tce * GJ_PER_TCE / 1000, "TJ"
        variables.append(
            _relative(
                f"conversion:{load.line}",
                load.conversion_low,
                load.conversion,
                load.conversion_high,
            )
        )
    elif dimension == "mass flow":
        # t/d is kept as 365 days a year in `planbook.units`; the load says how many days count
        days = 365 if load.load_unit == "d/a" else 1
        amount, per = figure.value * size * load.load / days, "t"
    else:
        raise ParameterError(f"loads.csv: '{load.near}' in {figure.unit} cannot be scaled")
    certain = tuple(one for one in variables if one.low < one.high)
    return Activity(load.line, load.activity, SCALED, figure, load.near, amount, per, certain, load)


def _relative(name: str, low: float | None, value: float, high: float | None) -> Variable:
    if low is None or high is None:
        return Variable(name, 1.0, 1.0, "fixed")
    return Variable(name, low / value, high / value, "triangular")


def activities(
    library: Library,
    lines: Sequence[InventoryLine],
    figure: Callable[[str], ActivityFigure | None],
    *,
    computed: Collection[str] | None = None,
) -> dict[str, tuple[Activity, ...]]:
    """Find what every line can be computed from; empty where nothing is known.

    Published activity comes first: a line that has any is not scaled.

    Parameters
    ----------
    figure : gives the latest published figure of an indicator, or None.
    computed : activity indicators that have a factor; all by default.
    """
    loads: Mapping[str, Load] = {one.line: one for one in library.loads}
    found: dict[str, tuple[Activity, ...]] = {}
    for line in lines:
        own = [
            published(line.id, name, known)
            for name in line.activity
            if (computed is None or name in computed) and (known := figure(name)) is not None
        ]
        if not own and line.id in loads:
            known = figure(loads[line.id].near)
            own = [scaled(loads[line.id], known)] if known else []
        found[line.id] = tuple(own)
    return found


def published_figure(found: Series, year: int | None = None) -> ActivityFigure | None:
    """Give the published point of a year, else of the last before, else the first after.

    Without a year the latest. Neither a bound nor an estimate is one.
    """
    frame = found.frame
    points = frame[frame["qualifier"].isin(["", "about"]) & (frame["status"] != "modelled")]
    if points.empty:
        return None
    before = points if year is None else points[points.index <= year]
    row = before.iloc[-1] if len(before) else points.iloc[0]
    return ActivityFigure(
        float(row["value"]),
        found.indicator.unit,
        int(row.name),
        tuple(str(row["source"]).split()),
        str(row["qualifier"]),
    )
