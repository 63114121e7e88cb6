"""What a rule looks at, what it says, and an indicator's figures in a target's terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from planbook.analysis.forecast import Forecast, ForecastRefused
from planbook.analysis.forecast.base import MethodOptions
from planbook.data.catalog import Catalog, Indicator
from planbook.data.observations import EXTERNAL, NOT_OWN
from planbook.data.plan import Target
from planbook.data.series import Series, series
from planbook.data.targets import PERIOD

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
    observed : pandas.Series
        The city's observed figures after the last break, by year, in the
        indicator's unit; none that is modelled or of others.
    as_of : int
        Year at whose end the target is judged.
    bounds : mapping of int to (float, float)
        By year, the least and the most that a published bound such as “over 41” leaves
        possible, in the indicator's unit. Never fitted.
    plan_year : int or None
        Year from which the plan binds.
    outside : bool
        Whether others list or measure the indicator; it is no figure of the city.
    """

    target: Target
    indicator: Indicator
    observed: pd.Series
    as_of: int
    bounds: Mapping[int, Span] = field(default_factory=dict)
    plan_year: int | None = None
    outside: bool = False

    @cached_property
    def measured(self) -> pd.Series:
        """The figures in the terms of the target; see `measure`."""
        return measure(self.target, self.observed, first=self.first_year)

    @property
    def first_year(self) -> int | None:
        """First year that the target covers; None where all years count.

        A floor or cap without a deadline binds from the plan's own year on; where that is
        not known, in the five years up to now. Years before a plan are no breach of it.
        """
        first, target = self.target.first_year, self.target
        if first is None and target.deadline is None and target.kind.at_once:
            return self.as_of - PERIOD + 1 if self.plan_year is None else self.plan_year
        return first

    @cached_property
    def accumulates(self) -> bool:
        """Whether what has been reached stays reached: a sum, or an amount of work done.

        Of an amount the catalogue says so; where it does not, a figure below an earlier one
        shows that it can be lost again.
        """
        if self.is_undeclared:
            return bool((self.observed.diff().dropna() >= 0).all())
        keeps = self.target.kind.keeps
        return keeps == "always" or (keeps == "declared" and self.indicator.counts == "total")

    @property
    def is_undeclared(self) -> bool:
        """Whether the catalogue does not say if an amount can be lost again."""
        return self.target.kind.keeps == "declared" and self.indicator.counts is None

    @property
    def missing_year(self) -> int | None:
        """First year of a sum without a figure, where a later one up to the deadline has it."""
        target = self.target
        if not target.kind.sums:
            return None
        last = self.as_of if target.deadline is None else target.deadline
        covered = [year for year in self.observed.index if target.base < year <= last]
        whole = range(target.base + 1, max(covered, default=0) + 1)
        return next((year for year in whole if year not in covered), None)

    def is_met_by(self, value: float) -> bool:
        """Tell whether a value, in the target's unit, satisfies the target."""
        return self.target.is_met_by(value, self.indicator)

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
    def limits(self) -> MethodOptions:
        """Bounds and kind of the indicator, as the forecast takes them."""
        one = self.indicator
        return {"lower": one.lower, "upper": one.upper, "kind": one.kind}

    @property
    def sign(self) -> int:
        """1 if the target asks for at least its value, −1 if for at most."""
        return -1 if self.target.wants == "at_most" else 1

    @property
    def is_level(self) -> bool:
        """Whether the target is a value of the indicator itself."""
        return not (self.target.kind.sums or self.target.kind.relative)

    @property
    def threshold(self) -> float:
        """The value that decides, in the target's unit; see `Target.threshold`."""
        return self.target.threshold(self.indicator)

    @property
    def level_wanted(self) -> float:
        """The value asked for as a level of the indicator, also of a change from a base.

        Raises
        ------
        KeyError
            If a change has no figure of its base year.
        """
        if self.target.kind.relative:
            return float(self.observed[self.target.base]) * (1 + self.target.value / 100)
        return self.threshold

    def inside(self, value: float) -> float:
        """Move a value that lies on a bound to the edge of what rounds to the bound."""
        half = 0.5 * 10.0**-self.indicator.decimals
        return min(max(value, self.indicator.lower + half), self.indicator.upper - half)


def facts_of(
    target: Target,
    known: pd.DataFrame,
    catalog: Catalog,
    *,
    city: str,
    as_of: int,
    plan_year: int | None = None,
) -> tuple[Facts, Series]:
    """Collect what a target's rule may use, and the city's whole series.

    Parameters
    ----------
    known : pandas.DataFrame
        Observations known at the end of `as_of`, one row a year.
    city : str
        Only the city's own observed figures count; context, stand-ins and what others
        list or measure never do.
    as_of : int
        Year.
    plan_year : int, optional
        Year from which the plan binds.
    """
    found = series(known, catalog, target.indicator, city)
    points = found.last_segment
    status = found.frame["status"]
    observed = points[~status.loc[points.index].isin(NOT_OWN)]
    one = catalog[target.indicator]
    bounds = {
        int(year): (row.value, one.upper) if row.qualifier == "at_least" else (one.lower, row.value)
        for year, row in found.last_bounds.iterrows()
        if row.status not in NOT_OWN
    }
    outside = bool((status == EXTERNAL).any())
    return Facts(target, one, observed, as_of, bounds, plan_year, outside), found


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
        ``breaches`` (years that broke a floor or cap), ``worst_year``, ``worst``; where a
        published bound decides, ``bound_year``, ``bound`` and ``bound_qualifier``;
        ``neighbours`` (the years with a figure before and after a deadline without one);
        ``missing_year`` of a sum.
    """

    verdict: str
    rule: str
    forecast: Forecast | None = None
    chance: float | None = None
    refused: ForecastRefused | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)


def measure(target: Target, points: pd.Series, *, first: int | None = None) -> pd.Series:
    """Express an indicator's figures in the terms of a target.

    Parameters
    ----------
    points : pandas.Series
        Figures by year, in the indicator's unit.
    first : int, optional
        First year that a floor covers, where the target itself names none.

    Returns
    -------
    pandas.Series
        In the target's unit, by its shape; see `planbook.data.shapes`.
    """
    return target.kind.measure(target, points.sort_index(), first)


def breaches(facts: Facts, measured: pd.Series) -> tuple[int, ...]:
    """List the years whose figure does not satisfy a target."""
    return tuple(int(year) for year, value in measured.items() if not facts.is_met_by(value))


def worst(target: Target, measured: pd.Series) -> tuple[int, float]:
    """Give year and value of the figure furthest on the wrong side; there must be one."""
    at_most = target.wants == "at_most"
    year = measured.idxmax() if at_most else measured.idxmin()
    return int(year), float(measured[year])


def settles(facts: Facts, span: Span) -> bool | None:
    """Tell whether all values of a span satisfy a target, none does (False), or some (None)."""
    low, high = span
    ends = facts.is_met_by(low), facts.is_met_by(high)
    if all(ends):
        return True
    if facts.target.operator == "==":
        return None if low <= facts.target.value <= high else False
    return None if any(ends) else False
