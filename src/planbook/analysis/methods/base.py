"""What every progress method takes and gives: a case, a result, cuts."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from planbook.errors import PlanbookError

TOLERANCE = 1e-12  # below any cut by less than this is rounding of floats, not a shortfall
MISSING_YEARS = "too_few_points"


class NotApplicableError(PlanbookError):
    """A method does not apply to a case.

    Parameters
    ----------
    reason : str
        Ending of a ``method_missing_`` key of the message table.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Case:
    """One indicator to judge.

    Attributes
    ----------
    direction : {'up', 'down'}
        Which way is good.
    base : tuple of (int, float)
        Year and value that progress is counted from; any unit, the same throughout.
    latest : tuple of (int, float)
        Year and value of the latest figure.
    target : tuple of (int or None, float) or None
        Year and value asked for. A year of None: the value is to be kept each
        year, or the plan gives no deadline.
    limit : float or None
        Value that the indicator can approach but hardly pass, such as 100 %;
        used by the Open SDG method where there is no target.
    series : mapping of int to float or None
        Yearly values, ending with `latest`; needed by the methods that look at
        recent years. Later years are ignored.

    Raises
    ------
    PlanbookError
        If the direction is unknown or a value is no finite number.
    """

    direction: str
    base: tuple[int, float]
    latest: tuple[int, float]
    target: tuple[int | None, float] | None = None
    limit: float | None = None
    series: Mapping[int, float] | None = None

    def __post_init__(self) -> None:
        if self.direction not in ("up", "down"):
            raise PlanbookError(f"direction '{self.direction}': use 'up' or 'down'")
        values = [self.base[1], self.latest[1], *(self.series or {}).values()]
        values += [value for value in (self.target and self.target[1], self.limit) if value]
        if not all(math.isfinite(value) for value in values):
            raise PlanbookError("a case needs finite values; leave missing ones out")

    @property
    def sign(self) -> int:
        """1 if up is good, else −1."""
        return 1 if self.direction == "up" else -1

    @property
    def met(self) -> bool:
        """Whether the latest value is as good as the target."""
        return self.target is not None and (
            self.sign * (self.latest[1] - self.target[1]) >= -TOLERANCE * abs(self.target[1])
        )

    @property
    def elapsed_share(self) -> float | None:
        """Share of the time from base year to deadline that has passed, at most 1."""
        if self.target is None or self.target[0] is None or self.target[0] <= self.base[0]:
            return None
        return min(1.0, (self.latest[0] - self.base[0]) / (self.target[0] - self.base[0]))

    def recent(self, most: int) -> list[float]:
        """Give the last unbroken yearly values up to the latest year.

        Parameters
        ----------
        most : int
            Number of values wanted at most.

        Returns
        -------
        list of float
            Oldest first.

        Raises
        ------
        NotApplicableError
            Without a series, or if it does not end with the latest figure.
        """
        if not self.series:
            raise NotApplicableError("no_series")
        year, value = self.latest
        if year not in self.series or self.series[year] != value:
            raise NotApplicableError("series_disagrees")
        found: list[float] = []
        while year in self.series and len(found) < most:
            found.append(float(self.series[year]))
            year -= 1
        return found[::-1]


@dataclass(frozen=True)
class Result:
    """What one method says of one case.

    Attributes
    ----------
    method : str
        Key in `METHODS`.
    rule : str
        Which of the method's rules applied: ``target``, ``trend`` (no target),
        ``keep`` or ``direction``.
    value : float or None
        The figure that the method's cuts apply to.
    category : str or None
        Ending of a ``method_category_`` key of the message table.
    figures : mapping of str to (float or None)
        Intermediate figures; the keys are the same for every case.
    reason : str or None
        Why there is no value: ending of a ``method_missing_`` key.
    """

    method: str
    rule: str
    value: float | None
    category: str | None
    figures: Mapping[str, float | None]
    reason: str | None = None

    @property
    def available(self) -> bool:
        """Whether the method says anything."""
        return self.value is not None or self.category is not None

    def as_row(self) -> dict[str, object]:
        """Give rule, value, category, reason and every figure, unrounded, for JSON."""
        said = ("rule", "value", "category", "reason")
        return {name: getattr(self, name) for name in said} | dict(self.figures)


@dataclass(frozen=True)
class MethodOutcome:
    """What a method's formula gives, before `method` makes a `Result` of it."""

    value: float | None
    category: str | None
    figures: Mapping[str, float | None] = field(default_factory=dict)
    rule: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Cuts:
    """Lower bounds of categories, the best first.

    Attributes
    ----------
    steps : tuple of (str, float)
        Category and the lowest value that belongs to it.
    below : str
        Category of everything under the last step.
    """

    steps: tuple[tuple[str, float], ...]
    below: str

    def level(self, value: float, factor: float = 1.0) -> str:
        """Give the category of `value`, with every cut multiplied by `factor`."""
        for category, cut in self.steps:
            if reaches(value, cut * factor):
                return category
        return self.below


METHODS: dict[str, Callable[[Case], Result]] = {}


def method(
    name: str, *, figures: tuple[str, ...], when_met: str | None = None
) -> Callable[[Callable[[Case], MethodOutcome]], Callable[[Case], Result]]:
    """Register a formula as a method that never raises for a case it does not fit.

    Parameters
    ----------
    figures : tuple of str
        Names of all intermediate figures; those not computed are None.
    when_met : str, optional
        Category of a target that is met already, whatever the formula says.
    """

    def wrap(compute: Callable[[Case], MethodOutcome]) -> Callable[[Case], Result]:
        @functools.wraps(compute)
        def run(case: Case) -> Result:
            try:
                made = compute(case)
                numbers = [made.value, *made.figures.values()]
                if not all(number is None or math.isfinite(number) for number in numbers):
                    raise NotApplicableError("not_finite")
            except NotApplicableError as error:
                made = MethodOutcome(None, None, reason=error.reason)
            except ArithmeticError:
                made = MethodOutcome(None, None, reason="not_finite")
            return Result(
                method=name,
                rule=made.rule or ("trend" if case.target is None else "target"),
                value=made.value,
                category=when_met if when_met and case.met else made.category,
                figures={**dict.fromkeys(figures), **made.figures},
                reason=made.reason,
            )

        METHODS[name] = run
        return run

    return wrap


def reaches(value: float, cut: float) -> bool:
    """Tell whether `value` is at least `cut`, forgiving the rounding of floats."""
    return value >= cut - TOLERANCE


def growth(first: float, last: float, years: int) -> float:
    """Compound yearly rate of change (CAGR).

    Parameters
    ----------
    first, last : float
        In one unit.
    years : int
        Between the two, at least 1.

    Returns
    -------
    float
        ``(last / first) ** (1 / years) - 1``, as a fraction a year.

    Raises
    ------
    NotApplicableError
        If fewer than one year lies between, `first` is zero, or the sign changes.
    """
    if years < 1:
        raise NotApplicableError(MISSING_YEARS)
    if first == 0:
        raise NotApplicableError("zero_base")
    if last != 0 and (first < 0) != (last < 0):
        raise NotApplicableError("sign_change")
    return (last / first) ** (1 / years) - 1


def observed_growth(case: Case) -> float:
    """CAGR from base to latest figure; raises as `growth`."""
    return growth(case.base[1], case.latest[1], case.latest[0] - case.base[0])


def wanted_growth(case: Case, observed: float) -> float:
    """Turn a rate of change so that a positive one is good, for negative levels too."""
    return case.sign * (-1 if case.base[1] < 0 else 1) * observed


def need_target(case: Case) -> tuple[int, float]:
    """Give deadline and value of the target.

    Raises
    ------
    NotApplicableError
        Without a target or deadline, or if the deadline is not after the base year.
    """
    if case.target is None:
        raise NotApplicableError("no_target")
    year, value = case.target
    if year is None:
        raise NotApplicableError("no_deadline")
    if year <= case.base[0]:
        raise NotApplicableError("deadline_before_base")
    return year, value


def need_two_points(case: Case) -> int:
    """Give the years between base and latest figure; raises if below one."""
    years = case.latest[0] - case.base[0]
    if years < 1:
        raise NotApplicableError(MISSING_YEARS)
    return years


def need_way_to_go(case: Case) -> float:
    """Give target minus base; raises unless the target lies ahead of the base."""
    assert case.target is not None
    way = case.target[1] - case.base[1]
    if way == 0:
        raise NotApplicableError("no_change_required")
    if case.sign * way < 0:
        raise NotApplicableError("target_behind_base")
    return way
