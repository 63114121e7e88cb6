"""What a rule looks at, what it says, and an indicator's figures in a target's terms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from planbook.analysis.forecast import Forecast, ForecastRefused
from planbook.catalog import Catalog, Indicator
from planbook.derive import Series, series
from planbook.plan import Target

VERDICTS = (
    "met",
    "on_course",
    "at_risk",
    "off_course",
    "missed",
    "due_no_data",
    "no_data",
    "not_measurable",
)
DECIDED = VERDICTS[:5]  # verdicts that figures give; the others tell that they are lacking
ON_COURSE, AT_RISK = 0.66, 0.33  # chance of meeting the target; “likely” of the IPCC is 66 %
# Share of what the schedule asks by now. As for the alerts of the methods page: at 80 % a
# whole year's task of five is missing at the end.
ON_SCHEDULE, BEHIND_SCHEDULE = 1.0, 0.8


Span = tuple[float, float]  # least and most


@dataclass(frozen=True)
class Facts:
    """One target and the figures that its rule may use.

    Attributes
    ----------
    target : Target
    indicator : Indicator
    observed : pandas.Series
        The city's observed figures after the last break, by year, in the
        indicator's unit; no modelled value.
    as_of : int
        Year at whose end the target is judged.
    bounds : mapping of int to (float, float)
        By year, the least and the most that a published bound such as “over 41” leaves
        possible, in the indicator's unit. Never fitted.
    """

    target: Target
    indicator: Indicator
    observed: pd.Series
    as_of: int
    bounds: Mapping[int, Span] = field(default_factory=dict)

    @cached_property
    def measured(self) -> pd.Series:
        """The figures in the terms of the target; see `measure`."""
        return measure(self.target, self.observed)

    @property
    def due(self) -> bool:
        """Whether the deadline has passed."""
        return self.target.deadline is not None and self.target.deadline <= self.as_of

    @property
    def until_deadline(self) -> pd.Series:
        """The measured figures up to the deadline; all where there is none."""
        deadline, measured = self.target.deadline, self.measured
        if deadline is None or measured.empty:
            return measured
        return measured[measured.index <= deadline]

    @property
    def last(self) -> float:
        """The latest measured figure that the deadline lets count."""
        return float(self.until_deadline.iloc[-1])

    @property
    def limits(self) -> dict[str, object]:
        """Bounds and kind of the indicator, as the forecast takes them."""
        one = self.indicator
        return {"lower": one.lower, "upper": one.upper, "kind": one.kind}

    @property
    def sign(self) -> int:
        """1 if the target asks for at least its value, −1 if for at most."""
        return -1 if self.target.wants == "at_most" else 1

    @property
    def is_full(self) -> bool:
        """Whether the target is the indicator's bound itself, such as 100 %."""
        edge = self.indicator.upper if self.sign > 0 else self.indicator.lower
        return math.isfinite(edge) and self.target.value == edge and self.is_level

    @property
    def is_level(self) -> bool:
        """Whether the target is a value of the indicator itself."""
        return self.target.shape not in ("cumulative", "change_from_base")

    @property
    def threshold(self) -> float:
        """The value whose chance is asked for, in the target's unit.

        A bound itself is reached by no continuous distribution; a figure counts
        as the bound once it rounds to it, at the decimals of the indicator.
        """
        return self.inside(self.target.value) if self.is_full else self.target.value

    @property
    def level_wanted(self) -> float:
        """The value asked for as a level of the indicator, also of a change from a base.

        Raises
        ------
        KeyError
            If a change has no figure of its base year.
        """
        if self.target.shape == "change_from_base":
            return float(self.observed[self.target.base_year]) * (1 + self.target.value / 100)
        return self.threshold

    def inside(self, value: float) -> float:
        """Move a value that lies on a bound to the edge of what rounds to the bound."""
        half = 0.5 * 10.0**-self.indicator.decimals
        return min(max(value, self.indicator.lower + half), self.indicator.upper - half)


def facts_of(
    target: Target, known: pd.DataFrame, catalog: Catalog, *, city: str, as_of: int
) -> tuple[Facts, Series]:
    """Collect what a target's rule may use, and the city's whole series.

    Parameters
    ----------
    target : Target
    known : pandas.DataFrame
        Observations known at the end of `as_of`, one row a year.
    catalog : Catalog
    city : str
        Only the city's own observed figures count; context and stand-ins never do.
    as_of : int
        Year.

    Returns
    -------
    facts : Facts
    series : Series
    """
    found = series(known, catalog, target.indicator, city)
    points = found.last_segment
    observed = points[found.frame.loc[points.index, "status"] != "modelled"]
    one = catalog[target.indicator]
    bounds = {
        int(year): (row.value, one.upper) if row.qualifier == "at_least" else (one.lower, row.value)
        for year, row in found.last_bounds.iterrows()
        if row.status != "modelled"
    }
    return Facts(target, one, observed, as_of, bounds), found


@dataclass(frozen=True)
class Judgement:
    """What the rule of a target's shape says.

    Attributes
    ----------
    verdict : str
        One of `VERDICTS`.
    rule : str
        Key of the message that says which rule gave the verdict.
    forecast : Forecast or None
        In the target's terms, where one can be made and its deadline is open.
    chance : float or None
        Chance of meeting the target at the deadline.
    refused : ForecastRefused or None
        Why there is no forecast.
    evidence : mapping of str to object
        ``breaches`` (years that broke a floor or cap), ``worst_year``, ``worst``; and
        where a published bound decides, ``bound_year``, ``bound`` and
        ``bound_qualifier``.
    """

    verdict: str
    rule: str
    forecast: Forecast | None = None
    chance: float | None = None
    refused: ForecastRefused | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)


def measure(target: Target, points: pd.Series) -> pd.Series:
    """Express an indicator's figures in the terms of a target.

    Parameters
    ----------
    target : Target
    points : pandas.Series
        Figures by year, in the indicator's unit.

    Returns
    -------
    pandas.Series
        In the target's unit. For ``cumulative`` the sum over the years since
        the base year, which ends before the first year that is missing; for
        ``change_from_base`` the change in per cent; for ``floor_each_year`` the
        figures of the years that the floor covers, those after the base year (without
        one, of the five years up to the deadline); else the figures. A base of zero or
        below has no change in per cent.
    """
    points = points.sort_index()
    base = target.base_year
    if target.shape == "cumulative":
        after = points[points.index > base]
        years = range(base + 1, base + 1 + len(after))
        whole = [year for year, have in zip(years, after.index, strict=True) if year == have]
        return after.loc[whole].cumsum()
    if target.shape == "change_from_base":
        start = points.get(base)
        if start is None or start <= 0:
            return points.iloc[:0]
        after = points[points.index > base]
        return (after / start - 1) * 100
    if target.shape == "floor_each_year":
        first = target.first_year
        covered = points if first is None else points[points.index >= first]
        return covered if target.deadline is None else covered[covered.index <= target.deadline]
    return points


def breaches(target: Target, measured: pd.Series) -> tuple[int, ...]:
    """List the years whose figure does not satisfy a target."""
    return tuple(int(year) for year, value in measured.items() if not target.is_met_by(value))


def worst(target: Target, measured: pd.Series) -> tuple[int, float] | None:
    """Give year and value of the figure furthest on the wrong side, or None."""
    if measured.empty:
        return None
    at_most = target.wants == "at_most"
    year = measured.idxmax() if at_most else measured.idxmin()
    return int(year), float(measured[year])


def settles(target: Target, span: Span) -> bool | None:
    """Tell whether all values of a span satisfy a target, none does (False), or some (None)."""
    low, high = span
    ends = target.is_met_by(low), target.is_met_by(high)
    if all(ends):
        return True
    if target.operator == "==":
        return None if low <= target.value <= high else False
    return None if any(ends) else False
