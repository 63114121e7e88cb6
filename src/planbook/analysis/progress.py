"""Where each target stands, by rules that fit its shape."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from planbook.analysis.forecast import (
    MIN_POINTS,
    Forecast,
    ForecastRefused,
    forecast,
    forecast_change,
    forecast_sum,
)
from planbook.catalog import Catalog, Indicator
from planbook.derive import Series, series
from planbook.plan import Plan, Target

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
ON_COURSE, AT_RISK = 0.66, 0.33  # chance of meeting the target; “likely” of the IPCC is 66 %


@dataclass(frozen=True)
class Standing:
    """The state of one target in one year.

    Attributes
    ----------
    target : Target
    verdict : str
        One of `VERDICTS`.
    rule : str
        Key of the message that says which rule gave the verdict.
    series : Series
        The city's own figures of the target's indicator.
    measured : pandas.Series
        Those figures in the terms of the target (a running sum, a change from
        the base year, or the level), by year.
    forecast : Forecast or None
        Of `measured`, where it can be made and the deadline lies ahead of it.
    chance : float or None
        Chance of meeting the target at the deadline.
    refused : ForecastRefused or None
        Why there is no forecast.
    """

    target: Target
    verdict: str
    rule: str
    series: Series
    measured: pd.Series
    forecast: Forecast | None = None
    chance: float | None = None
    refused: ForecastRefused | None = None

    @property
    def latest_year(self) -> int | None:
        """Year of the latest figure, or None."""
        return None if self.measured.empty else int(self.measured.index[-1])

    @property
    def latest_value(self) -> float | None:
        """The latest figure in the target's unit, or None."""
        return None if self.measured.empty else float(self.measured.iloc[-1])

    @property
    def gap(self) -> float | None:
        """Target minus latest figure, in the target's unit."""
        return None if self.latest_value is None else self.target.value - self.latest_value


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
        ``change_from_base`` the change in per cent; else the figures.
    """
    points = points.sort_index()
    if target.shape == "cumulative":
        after = points[points.index > target.base_year]
        years = range(target.base_year + 1, target.base_year + 1 + len(after))
        whole = [year for year, have in zip(years, after.index, strict=True) if year == have]
        return after.loc[whole].cumsum()
    if target.shape == "change_from_base":
        base = points.get(target.base_year)
        if base is None or base == 0:
            return points.iloc[:0]
        after = points[points.index > target.base_year]
        return (after / base - 1) * 100
    return points


def stand(
    target: Target, known: pd.DataFrame, catalog: Catalog, *, city: str, as_of: int
) -> Standing:
    """Tell where one target stands.

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
    Standing

    Notes
    -----
    A deadline passed without the figure of its year is *due, awaiting data*. A
    target with a figure of its deadline is met or missed. A yearly floor or a
    cap without a deadline is judged by its latest figure, a quantity is met as
    soon as it is reached. Before the deadline the chance of meeting it decides:
    from 66 % on course, from 33 % at risk, else off course.
    """
    found = series(known, catalog, target.indicator, city)
    points = found.last_segment
    observed = points[found.frame.loc[points.index, "status"] != "modelled"]
    measured = measure(target, observed)
    due = target.deadline is not None and target.deadline <= as_of

    def standing(verdict: str, rule: str, **more: object) -> Standing:
        return Standing(target, verdict, rule, found, measured, **more)

    if measured.empty:
        if due:
            return standing("due_no_data", "rule_due_no_data")
        return standing("no_data", "rule_no_data")
    last_year, last = int(measured.index[-1]), float(measured.iloc[-1])
    if target.shape in ("quantity", "cumulative") and target.is_met_by(last):
        return standing("met", "rule_reached")
    if target.deadline is None:
        if target.shape == "quantity":
            return standing("not_measurable", "rule_no_deadline")
        return standing("met" if target.is_met_by(last) else "off_course", "rule_latest")
    if last_year >= target.deadline:
        final = float(measured[measured.index <= target.deadline].iloc[-1])
        if target.deadline in measured.index:
            return standing("met" if target.is_met_by(final) else "missed", "rule_deadline")
    indicator = catalog[target.indicator]
    try:
        if indicator.forecast:
            raise ForecastRefused("refused_catalog")
        made = _ahead(target, indicator, observed, measured, max(1, target.deadline - last_year))
        chance = made.probability(target.deadline, target.value, wants=target.wants)
    except ForecastRefused as error:
        if due:
            return standing("due_no_data", "rule_due_no_data", refused=error)
        return standing("not_measurable", "rule_no_forecast", refused=error)
    if due:
        return standing("due_no_data", "rule_due_nowcast", forecast=made, chance=chance)
    verdict = (
        "on_course" if chance >= ON_COURSE else "at_risk" if chance >= AT_RISK else "off_course"
    )
    return standing(verdict, "rule_chance", forecast=made, chance=chance)


def _ahead(
    target: Target, indicator: Indicator, observed: pd.Series, measured: pd.Series, steps: int
) -> Forecast:
    """Forecast a target's quantity in the terms of the target."""
    if len(observed) < MIN_POINTS:  # too few to back a chance, whatever a method would give
        raise ForecastRefused("refused_short", n=len(observed), least=MIN_POINTS)
    limits = {"lower": indicator.lower, "upper": indicator.upper, "kind": indicator.kind}
    if target.shape == "change_from_base":
        return forecast_change(observed, steps, base_year=target.base_year, **limits)
    if target.shape == "cumulative":
        counted = observed[observed.index.isin(measured.index)]
        return forecast_sum(counted, steps, **limits)
    return forecast(measured, steps, **limits)


def stand_all(
    plan: Plan, known: pd.DataFrame, catalog: Catalog, *, city: str, as_of: int
) -> dict[str, Standing]:
    """Tell where every target of `plan` stands; see `stand`."""
    return {
        target.target_id: stand(target, known, catalog, city=city, as_of=as_of)
        for target in plan.targets.values()
    }


def status_frame(standings: dict[str, Standing]) -> pd.DataFrame:
    """Give the standings as a frame, one row a target, for tables and JSON.

    Returns
    -------
    pandas.DataFrame
        ``target_id, section, measure, indicator, shape, operator, target, unit,
        base_year, deadline, verdict, rule, latest_year, latest, gap, forecast,
        lo80, hi80, lo95, hi95, probability``; empty cells are missing values.
    """
    rows = []
    for standing in standings.values():
        target = standing.target
        row = {
            "target_id": target.target_id,
            "section": target.section,
            "measure": target.measure,
            "indicator": target.indicator,
            "shape": target.shape,
            "operator": target.operator,
            "target": target.value,
            "unit": target.unit,
            "base_year": target.base_year,
            "deadline": target.deadline,
            "verdict": standing.verdict,
            "rule": standing.rule,
            "latest_year": standing.latest_year,
            "latest": standing.latest_value,
            "gap": standing.gap,
        }
        ahead = standing.forecast.frame() if standing.forecast else None
        at = ahead.loc[target.deadline] if ahead is not None else {}
        for column in ("forecast", "lo80", "hi80", "lo95", "hi95"):
            row[column] = at.get(column)
        row["probability"] = standing.chance
        rows.append(row)
    whole = dict.fromkeys(["base_year", "deadline", "latest_year"], "Int64")
    numbers = ["latest", "gap", "forecast", "lo80", "hi80", "lo95", "hi95", "probability"]
    return pd.DataFrame(rows).astype({**whole, **dict.fromkeys(numbers, "float64")})
