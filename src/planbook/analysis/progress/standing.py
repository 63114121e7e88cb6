"""The state of one target in one year, with all that follows from its figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from planbook.analysis.forecast import Forecast, ForecastRefused, shown_until
from planbook.analysis.methods import Result, disagreement
from planbook.analysis.progress.chances import Record, record
from planbook.analysis.progress.facts import Facts, Judgement, facts_of
from planbook.analysis.progress.line_chance import Trend, trend
from planbook.analysis.progress.pace import Pace, pace
from planbook.analysis.progress.rules import judge
from planbook.analysis.progress.stability import Flip, flip
from planbook.analysis.progress.yardsticks import by_methods
from planbook.data.catalog import Catalog
from planbook.data.plan import Plan, Target
from planbook.data.series import Series


@dataclass(frozen=True)
class Standing:
    """The state of one target in one year.

    What takes time (methods, track record, flip distance) is computed when it is
    first asked for.

    Attributes
    ----------
    facts : Facts
        The target and the figures that its rule saw.
    series : Series
        The city's own figures of the target's indicator.
    judgement : Judgement
        What the rule of its shape says.
    """

    facts: Facts
    series: Series
    judgement: Judgement

    @property
    def target(self) -> Target:
        """The target itself."""
        return self.facts.target

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`."""
        return self.judgement.verdict

    @property
    def rule(self) -> str:
        """Key of the message that says which rule gave the verdict."""
        return self.judgement.rule

    @property
    def measured(self) -> pd.Series:
        """The figures in the terms of the target, by year; see `measure`."""
        return self.facts.measured

    @property
    def forecast(self) -> Forecast | None:
        """Of `measured`, where it can be made and the deadline lies ahead of it."""
        return self.judgement.forecast

    @property
    def chance(self) -> float | None:
        """Chance of meeting the target at the deadline."""
        return self.judgement.chance

    @property
    def refused(self) -> ForecastRefused | None:
        """Why there is no forecast."""
        return self.judgement.refused

    @property
    def chance_reason(self) -> str | None:
        """Key of the message that says why there is no chance; None where there is one."""
        if self.chance is not None:
            return None
        if self.refused is not None:
            return self.refused.reason
        if self.rule in ("rule_bound", "rule_published_years"):
            return "chance_decided"
        if self.rule in ("rule_bound_holds", "rule_bound_fails"):
            return "chance_bound"
        if self.rule == "rule_sum_gap":
            return "chance_sum_gap"
        if self.measured.empty:
            return "chance_only_bound" if self.facts.bounds else "chance_no_figure"
        if self.target.deadline is None:
            return "chance_no_deadline"
        return "chance_decided"

    @property
    def latest_year(self) -> int | None:
        """Year of the latest figure, or None."""
        return None if self.measured.empty else int(self.measured.index[-1])

    @property
    def latest_value(self) -> float | None:
        """The latest figure in the target's unit, or None."""
        return None if self.measured.empty else float(self.measured.iloc[-1])

    @property
    def latest_bound(self) -> tuple[int, float, str] | None:
        """Year, value and qualifier of a bound later than every figure of a level, or None.

        In the indicator's unit, which is the target's; None for sums and changes.
        """
        year = max(self.facts.bounds, default=None)
        later = self.latest_year is None or (year is not None and year > self.latest_year)
        if year is None or not later or not self.facts.is_level:
            return None
        row = self.series.frame.loc[year]
        return year, float(row["value"]), str(row["qualifier"])

    @property
    def gap(self) -> float | None:
        """Target minus latest figure, in the target's unit."""
        return None if self.latest_value is None else self.target.value - self.latest_value

    @cached_property
    def pace(self) -> Pace:
        """Start, way, time and speed."""
        return pace(self.facts)

    @cached_property
    def methods(self) -> dict[str, Result]:
        """What each published method says, or why it does not apply."""
        return by_methods(self.facts)

    @property
    def disagreement(self) -> tuple[str, ...]:
        """Whether the methods disagree and why: endings of ``method_why_`` keys."""
        return disagreement(self.methods)

    @cached_property
    def record(self) -> Record | None:
        """How good such chances were in the past of this series."""
        return None if self.chance is None else record(self.facts)

    @cached_property
    def withheld(self) -> ForecastRefused | None:
        """Why the forecast of the deadline is not shown, although a chance may rest on it."""
        if self.forecast is None:
            return None
        one, target = self.facts.indicator, self.target
        level = not target.kind.sums
        past = None if self.record is None else self.record.track  # over the steps to the deadline
        try:
            shown_until(
                self.forecast,
                needed=target.due,
                past=lambda steps: past,
                lower=one.lower if level else -math.inf,
                upper=one.upper if level else math.inf,
                base=100.0 if target.kind.relative else 0.0,
            )
        except ForecastRefused as error:
            return error
        return None

    @cached_property
    def trends(self) -> dict[str, Trend | None]:
        """The textbook chances of a straight line and a constant rate, as yardsticks.

        None where the target is no level at a date, or there are too few figures.
        """
        target = self.target
        out: dict[str, Trend | None] = {}
        for name in ("linear", "log"):
            out[name] = None
            if self.forecast is None or target.kind.sums or target.kind.every_year:
                continue
            points, goal = self.facts.observed, self.facts.level_wanted
            points = points[points.index < target.due]
            try:
                out[name] = trend(points, target.due, goal, wants=target.wants, log=name == "log")
            except ForecastRefused:
                continue
        return out

    @property
    def flip_reason(self) -> str | None:
        """Key of the message that says why there is no flip; None where there is one."""
        if "bound" in self.judgement.evidence:
            return "flip_bound"
        if self.latest_year is None:
            return "flip_no_figure"
        return "flip_none" if self.flip is None else None

    @cached_property
    def flip(self) -> Flip | None:
        """The smallest change of the latest figure that changes the verdict."""
        return flip(self.facts, self.judgement)


def stand(
    target: Target,
    known: pd.DataFrame,
    catalog: Catalog,
    *,
    city: str,
    as_of: int,
    plan_year: int | None = None,
) -> Standing:
    """Tell where one target stands.

    Parameters
    ----------
    target, known, catalog, city, as_of, plan_year
        As for `facts_of`.

    Notes
    -----
    Methods page, "States": one rule for each shape, in `shapes`.
    """
    facts, found = facts_of(target, known, catalog, city=city, as_of=as_of, plan_year=plan_year)
    return Standing(facts, found, judge(facts))


def stand_all(
    plan: Plan, known: pd.DataFrame, catalog: Catalog, *, city: str, as_of: int
) -> dict[str, Standing]:
    """Tell where every target of `plan` stands; see `stand`."""
    return {
        target.target_id: stand(target, known, catalog, city=city, as_of=as_of, plan_year=plan.year)
        for target in plan.targets.values()
    }
